import Domain
import GRDB

extension Simulation {
  /// What must hold when nothing is on its way any more.
  func checkEnd() throws {
    let ledger = try store.read { db in
      try RowReader(db: db).all("SELECT id, result, payload, schema FROM operation ORDER BY rev") {
        (id: $0.text(0), result: $0.text(1), payload: $0.text(2), schema: Int($0.int(3)))
      }
    }
    try checkLedger(ledger.map { $0.id })
    try checkRefunds(
      ledger.filter { $0.result.isEmpty }.map { try schema.operation($0.payload, schema: $0.schema) })
    try checkFields(
      ledger.filter { $0.result.isEmpty }.map { try schema.operation($0.payload, schema: $0.schema) })
    try checkGrants()
    if let problem = try store.check().problems.first { throw SimulationViolation("\(problem)") }
    // What desks have seen of an older history is kept, and is no part of this one.
    let witnesses =
      counts.restores == 0 ? try desks.map { try AuditWitness(replica: $0.file, of: store) } : []
    let report = try store.verifyAudit(witnesses: witnesses)
    guard report.isWhole else { throw SimulationViolation("the log: \(report.findings)") }
    let truth = try store.read { try Self.everything($0) }
    for desk in desks {
      let replica = desk.connection.replica
      for (id, result, _, _) in ledger {
        if let told = try replica.outcome(of: OperationID(id)), try told != OutcomeCoding.value(result) {
          throw SimulationViolation("\(desk.agent) was told something else about \(id)")
        }
      }
      let copy = try replica.read { try Self.everything($0) }
      if desk.window != nil {
        try checkPart(desk, copy, of: truth)
      } else if copy != truth {
        let missing = truth.filter { !copy.contains($0) }.prefix(2)
        let extra = copy.filter { !truth.contains($0) }.prefix(2)
        throw SimulationViolation(
          "\(desk.agent) has another copy; missing \(Array(missing)), too much \(Array(extra)), or another order"
        )
      }
      let kept = try replica.read { try RowReader(db: $0).all("SELECT 1 FROM pulled") { $0.int(0) } }
      guard kept.isEmpty else { throw SimulationViolation("pulled rows are left over") }
      try Self.checkTally(replica)
    }
  }

  /// A desk that keeps a part has everything of its scope; whatever else it has is what the store has, and was asked for.
  private func checkPart(_ desk: Desk, _ copy: Set<Fact>, of truth: Set<Fact>) throws {
    let replica = desk.connection.replica
    guard let scope = try replica.scope(at: clock.now) else {
      throw SimulationViolation("\(desk.agent) keeps everything")
    }
    let wanted = try store.read { db in
      let filter = ScopeFilter(db, scope)
      return try truth.filter { fact in
        switch fact {
        case .row(_, let row): try filter.contains(row)
        case .place(let ticket, _, _): try filter.contains(ticket: ticket)
        }
      }
    }
    guard wanted.isSubset(of: copy), copy.isSubset(of: truth) else {
      throw SimulationViolation(
        "\(desk.agent) has another part; missing \(Array(wanted.subtracting(copy).prefix(2))), too much \(Array(copy.subtracting(truth).prefix(2)))"
      )
    }
    try replica.read { db in
      let pinned = Set(try ScopeKeeper.pinned(db))
      let visitors = Set(try RowReader(db: db).all("SELECT id FROM visitor") { TicketID($0.text(0)) })
      for case .row(_, .ticket(let ticket)) in copy.subtracting(wanted)
      where !visitors.contains(ticket.id) && !pinned.contains(ticket.id) {
        throw SimulationViolation("\(ticket.id) is out of the scope and still there")
      }
      for ticket in pinned where !copy.contains(where: { $0.isTicket(ticket) }) {
        guard !truth.contains(where: { $0.isTicket(ticket) }) else {
          throw SimulationViolation("a draft has lost its ticket \(ticket)")
        }
      }
    }
  }

  /// Every saved operation once, and nothing that nobody saved.
  private func checkLedger(_ ledger: [String]) throws {
    let counts = Dictionary(ledger.map { ($0, 1) }, uniquingKeysWith: +)
    for (_, operation) in saved where counts[operation.id.text] != 1 {
      throw SimulationViolation("\(operation.id) is in the ledger \(counts[operation.id.text] ?? 0) times")
    }
    let known = Set(saved.map(\.operation.id.text))
    let strangers = ledger.filter { !known.contains($0) }.count
    guard strangers == world.operations else {
      throw SimulationViolation("\(strangers - world.operations) operations came from nowhere")
    }
  }

  /// Of two values the later one in the order of the store stands, whatever the clocks said.
  private func checkFields(_ accepted: [Operation]) throws {
    var last: [TicketID: String] = [:]
    for operation in accepted {
      if case .ticket(let ticket, .setFields(let fields)) = operation.action {
        last[ticket] = fields["period"]
      }
    }
    for (ticket, period) in last {
      let found = try store.read { try RowReader(db: $0).ticket(ticket) }?.fields["period"]
      guard found == period else {
        throw SimulationViolation("ticket \(ticket) has \(found ?? "nothing"), the last value is \(period)")
      }
    }
  }

  /// Never more than was charged, at no moment; and the bill says what the accepted operations say.
  private func checkRefunds(_ accepted: [Operation]) throws {
    guard let bill = try store.read({ try RowReader(db: $0).bill(SimulationWorld.bill) }) else {
      throw SimulationViolation("the bill is gone")
    }
    var live: [RefundID: (line: Int, amount: Money)] = [:]
    var ended: Set<RefundID> = []
    for operation in accepted {
      guard case .bill(bill.id, let action) = operation.action else { continue }
      switch action {
      case .refund(let request):
        live[RefundID(operation.id.text)] = (request.line, request.amount)
        for line in bill.lines.indices {
          let sum = live.values.filter { $0.line == line }.reduce(Money(cents: 0)) { $0 + $1.amount }
          guard sum <= bill.lines[line].amount else {
            throw SimulationViolation(
              "\(sum) was refunded of line \(line), charged \(bill.lines[line].amount)")
          }
        }
      case .approve(let id):
        guard live[id] != nil else {
          throw SimulationViolation("the refund \(id) was approved after its end")
        }
      case .decline(let id, _), .withdraw(let id):
        guard live.removeValue(forKey: id) != nil, ended.insert(id).inserted else {
          throw SimulationViolation("the refund \(id) ended twice")
        }
      }
    }
    let stored = Set(bill.refunds.filter(\.state.isLive).map(\.id))
    guard stored == Set(live.keys) else {
      throw SimulationViolation("the bill has refunds \(stored), the ledger \(live.keys)")
    }
  }

  /// Owners follow one another: nobody is given a ticket that somebody else has.
  private func checkGrants() throws {
    let entries = try store.read { try RowReader(db: $0).rows(.entry, after: -1, upTo: .max) }
    var owners: [TicketID: AgentID] = [:]
    var grants = 0
    for case .entry(let entry) in entries.sorted(by: { $0.place < $1.place }).map({ $0.row }) {
      guard case .ownerChanged(let from, let to) = entry.kind else { continue }
      guard from == owners[entry.ticket] else {
        throw SimulationViolation(
          "ticket \(entry.ticket) went from \(from?.text ?? "nobody") to \(to?.text ?? "nobody"), but belonged to \(owners[entry.ticket]?.text ?? "nobody")"
        )
      }
      owners[entry.ticket] = to
      if to != nil { grants += 1 }
    }
    count(grants: grants)
  }

  private enum Fact: Hashable {
    case row(revision: Int64, Row)
    case place(ticket: String, entry: String, Int)

    func isTicket(_ id: TicketID) -> Bool {
      if case .row(_, .ticket(let ticket)) = self { ticket.id == id } else { false }
    }
  }

  /// Every row with its revision; entries in the order in which they are shown.
  private static func everything(_ db: Database) throws -> Set<Fact> {
    var result: Set<Fact> = []
    for kind in Row.Kind.allCases {
      for row in try RowReader(db: db).rows(kind, after: -1, upTo: .max) {
        result.insert(.row(revision: row.revision, row.row))
      }
    }
    var places: [String: Int] = [:]
    for (ticket, id) in try RowReader(db: db).all(
      "SELECT ticket, id FROM entry ORDER BY ticket, row", { ($0.text(0), $0.text(1)) })
    {
      places[ticket, default: 0] += 1
      result.insert(.place(ticket: ticket, entry: id, places[ticket] ?? 0))
    }
    return result
  }

  /// The counters are what counting gives.
  static func checkTally(_ replica: Replica) throws {
    let (kept, counted) = try replica.write(durably: false) { db -> ([String], [String]) in
      func all() throws -> [String] {
        try RowReader(db: db).all("SELECT kind, key, count FROM tally WHERE count <> 0 ORDER BY kind, key") {
          "\($0.text(0)) \($0.text(1)) \($0.int(2))"
        }
      }
      let kept = try all()
      try Tally(db: db).rebuild()
      return (kept, try all())
    }
    guard kept == counted else { throw SimulationViolation("counters \(kept), counted \(counted)") }
  }
}
