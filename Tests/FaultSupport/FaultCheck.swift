import Domain
import Foundation
import Store

/// Opens a store and its desks after everything that happened to them, lets the desks deliver, and looks whether what people
/// were told is so.
package struct FaultCheck: Sendable {
  package struct Desk: Sendable {
    package var replica: String
    package var journal: String
    package var agent: AgentID

    package init(replica: String, journal: String, agent: AgentID) {
      self.replica = replica
      self.journal = journal
      self.agent = agent
    }
  }

  package struct Report: Sendable {
    /// Operations of which a desk said that they were saved.
    package var saved = 0
    /// Operations in the ledger.
    package var ledger = 0
    /// Saved, and nowhere in the ledger.
    package var lost = 0
    /// In the ledger more than once.
    package var doubled = 0
    /// Files that the store said it keeps.
    package var kept = 0
    /// Tickets given to somebody, and given again before they were given back.
    package var doubleGrants = 0
    package var grants = 0
    /// Every broken rule in words, the ones above too.
    package var violations: [String] = []

    package init() {}
  }

  private let store: String
  private let desks: [Desk]
  private let tickets: Int

  package init(store: String, desks: [Desk], tickets: Int) {
    self.store = store
    self.desks = desks
    self.tickets = tickets
  }

  /// - Throws: when the store cannot be opened. A desk that cannot be is a violation.
  package func run() throws -> Report {
    let shared = try SharedStore(path: store)
    defer { shared.close() }
    var report = Report()
    var open: [(desk: Desk, connection: DeskConnection)] = []
    defer { for (_, connection) in open { connection.close() } }
    for desk in desks {
      do {
        let replica = try Replica(path: desk.replica)
        open.append((desk, try DeskConnection(store: shared, replica: replica, agent: desk.agent)))
      } catch {
        report.violations.append("\(desk.replica) cannot be opened: \(error)")
      }
    }
    try drain(open.map(\.connection), shared, &report)
    try checkLedger(shared, &report)
    try checkTexts(open, &report)
    report.violations += try shared.check().problems.map { "store check: \($0)" }
    // What desks have seen of a history that a restore ended is no part of this one.
    let seen =
      try shared.epoch() == 1 ? open.map { try AuditWitness(replica: $0.desk.replica, of: shared) } : []
    let audit = try shared.verifyAudit(witnesses: seen)
    if !audit.isWhole { report.violations.append("the log: \(audit.findings)") }
    return report
  }

  private func drain(_ connections: [DeskConnection], _ shared: SharedStore, _ report: inout Report) throws {
    for _ in 0..<20 {
      for connection in connections {
        do {
          _ = try connection.synchronize()
        } catch {
          return report.violations.append("\(connection.desk) cannot deliver: \(error)")
        }
      }
      let head = try shared.revision()
      let isQuiet = try connections.allSatisfy {
        try $0.replica.status().queued == 0 && $0.replica.cursor() == head
      }
      if isQuiet { return }
    }
    report.violations.append("an outbox does not drain")
  }

  private func rows(_ sql: String) throws -> [[String?]] {
    let reader = try StoreReader(path: store)
    defer { reader.close() }
    var rows: [[String?]] = []
    try reader.run(sql, columns: { _ in }, row: { rows.append($0) })
    return rows
  }

  // MARK: - The ledger

  private struct Ledger {
    var isAccepted: [String: Bool] = [:]
    /// Operations of desks that no journal explains.
    var strangers: Set<String> = []
    private var owners: [String: String] = [:]

    mutating func take(_ row: [String?], _ report: inout Report) {
      guard let id = row[0], let aggregate = row[3] else { return }
      report.ledger += 1
      let isGood = row[2] == "1"
      if isAccepted.updateValue(isGood, forKey: id) != nil {
        report.doubled += 1
        report.violations.append("\(id) is in the ledger twice")
      }
      if row[1] != FaultWorld.desk { strangers.insert(id) }
      guard isGood else { return }
      if row[5] == "claim" {
        report.grants += 1
        if let owner = owners[aggregate] {
          report.doubleGrants += 1
          report.violations.append("\(aggregate) belongs to \(owner) and was given to \(row[4] ?? "")")
        }
        owners[aggregate] = row[4]
      } else if row[5] == "release" {
        owners[aggregate] = nil
      }
    }
  }

  /// Answers of a history that a restore ended count for nothing: what was granted there may go to somebody else.
  private func checkLedger(_ store: SharedStore, _ report: inout Report) throws {
    let history = try store.epoch()
    var ledger = Ledger()
    let found = try rows(
      """
      SELECT id, desk, result = '', aggregate, actor, CASE WHEN payload LIKE '%"claim":{}%' THEN 'claim' \
      WHEN payload LIKE '%"release":{}%' THEN 'release' END FROM operation ORDER BY rev
      """)
    for row in found { ledger.take(row, &report) }
    for desk in desks {
      for fact in try FaultJournal.facts(of: desk.journal) {
        switch fact {
        case .trying(let id): ledger.strangers.remove(id.text)
        case .saved(let id):
          report.saved += 1
          guard ledger.isAccepted[id.text] == nil else { continue }
          report.lost += 1
          report.violations.append("\(id) was saved by \(desk.agent) and is not in the ledger")
        case .told(let id, let epoch, let wasAccepted) where epoch == history:
          guard ledger.isAccepted[id.text] != wasAccepted else { continue }
          report.violations.append("\(desk.agent) was told accepted=\(wasAccepted) of \(id), wrongly")
        case .kept(let digest):
          report.kept += 1
          if (try? store.attachment(digest)).map({ $0.count == 1500 }) != true {
            report.lost += 1
            report.violations.append("the file \(digest) was kept and is not there")
          }
        default: break
        }
      }
    }
    for id in ledger.strangers { report.violations.append("\(id) is in the ledger, and nobody tried it") }
  }

  // MARK: - What is on the screens

  /// Every accepted note stands once in its ticket, and every desk shows what the store has.
  private func checkTexts(
    _ open: [(desk: Desk, connection: DeskConnection)], _ report: inout Report
  ) throws {
    let counts = try rows(
      """
      SELECT (SELECT count(*) FROM operation WHERE result = '' AND payload LIKE '%"note":{"_0":"fault %'), \
      (SELECT count(*) FROM entry WHERE body LIKE 'fault %'), \
      (SELECT count(DISTINCT body) FROM entry WHERE body LIKE 'fault %')
      """)[0]
    if Set(counts).count != 1 {
      report.violations.append("notes in the ledger, in tickets, different ones: \(counts)")
    }
    for number in 0..<tickets {
      let ticket = FaultWorld.ticket(number)
      let entries = try rows("SELECT id FROM entry WHERE ticket = '\(ticket)'").compactMap { $0[0] }
      for (desk, connection) in open {
        let detail = try connection.replica.ticketDetail(ticket, entryLimit: entries.count + 10)
        let shown = detail?.entries.map(\.id.text) ?? []
        if shown.sorted() != entries.sorted() {
          report.violations.append(
            "\(desk.agent) shows \(shown.count) of \(entries.count) entries of \(ticket)")
        }
      }
    }
  }
}
