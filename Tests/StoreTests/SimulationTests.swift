import Domain
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Store

/// Desks that work on one store while messages are lost, doubled, answered late and desks are killed between two steps. The
/// real replica, outbox, protocol and store run; only the way between them is bad.
///
/// `AGENTDESK_SEEDS=FIRST-LAST` chooses the seeds; a failure names its own.
struct SimulationTests {
  static var seeds: ClosedRange<UInt64> {
    let parts = (ProcessInfo.processInfo.environment["AGENTDESK_SEEDS"] ?? "").split(separator: "-")
    guard parts.count == 2, let first = UInt64(parts[0]), let last = UInt64(parts[1]), first <= last else {
      return 1...100
    }
    return first...last
  }

  @Test
  func
    `whatever is lost, doubled or killed, every saved operation is done exactly once and all copies agree`()
    throws
  {
    for seed in Self.seeds {
      var world = try Simulation(seed: seed)
      do {
        try world.run()
      } catch {
        Issue.record("seed \(seed): \(error)")
        return
      }
    }
  }

  @Test(arguments: [BadTransport.Fault.forgetsRows, .countsTwice, .answersOthers])
  func `a planted fault is found`(_ fault: BadTransport.Fault) throws {
    #expect(throws: (any Error).self) {
      for seed in 1...30 as ClosedRange<UInt64> {
        var world = try Simulation(seed: seed, fault: fault)
        try world.run()
      }
    }
  }
}

/// What broke, for the report.
struct Violation: Error, CustomStringConvertible {
  var description: String
}

/// A way to the store on which messages get lost on the way there or back, arrive twice, and answers come late.
final class BadTransport: StoreTransport {
  enum Fault: Sendable {
    /// A pulled row is left out.
    case forgetsRows
    /// An operation reaches the store as two.
    case countsTwice
    /// The answer to another operation.
    case answersOthers
  }

  struct Lost: Error {}
  struct Killed: Error {}

  private struct State {
    var random: SeededRandom
    var loss: Double
    var doubling: Double
    var killing: Double
    /// Nothing goes wrong while the desks are being set up.
    var isArmed = false
    var late: PullReply?
  }

  private let store: SharedStore
  private let state: Mutex<State>
  private let fault: Fault?

  init(_ store: SharedStore, seed: UInt64, fault: Fault?) {
    self.store = store
    self.fault = fault
    var random = SeededRandom(seed)
    state = Mutex(
      State(
        random: random, loss: [0, 0.1, 0.3][random.below(3)], doubling: [0, 0.2][random.below(2)],
        killing: [0, 0.05][random.below(2)]))
  }

  func arm() { state.withLock { $0.isArmed = true } }
  func heal() { state.withLock { $0.isArmed = false } }

  private func trouble() throws {
    let (lost, killed) = state.withLock { state in
      (
        state.random.chance(state.loss) && state.isArmed, state.random.chance(state.killing) && state.isArmed
      )
    }
    if killed { throw Killed() }
    if lost { throw StoreError.busy(path: "network") }
  }

  private func doubles() -> Bool { state.withLock { $0.random.chance($0.doubling) && $0.isArmed } }

  func push(_ request: PushRequest) throws -> PushReply {
    try trouble()
    var reply = try store.push(request)
    if doubles() { reply = try store.push(request) }
    if fault == .countsTwice, let first = request.envelopes.first {
      var again = first
      again.id = OperationID(first.id.text + "x")
      again.desk += "x"
      _ = try? store.push(PushRequest(store: request.store, epoch: request.epoch, envelopes: [again]))
    }
    if fault == .answersOthers, reply.answers.count > 1 {
      reply.answers[0].outcome = .refused(.ticketMissing)
    }
    try trouble()
    return reply
  }

  func audit(_ request: AuditRequest) throws -> AuditReply {
    try trouble()
    let reply = try store.audit(request)
    try trouble()
    return reply
  }

  func pull(_ request: PullRequest) throws -> PullReply {
    try trouble()
    var request = request
    request.limit = state.withLock { [1, 2, 5, 512][$0.random.below(4)] }
    if doubles(), let late = state.withLock({ $0.late }) { return late }
    var reply = try store.pull(request)
    if fault == .forgetsRows, reply.items.count > 1 { reply.items.removeLast() }
    state.withLock { $0.late = reply }
    try trouble()
    return reply
  }
}

struct Simulation {
  private let test: TestStore
  private var random: SeededRandom
  private var desks: [Desk] = []
  private var saved: [(desk: Int, operation: Domain.Operation)] = []
  private var tickets: [TicketID] = []
  private let customer: CustomerID

  private struct Desk {
    let agent: AgentID
    let name: String
    let transport: BadTransport
    var connection: DeskConnection
    var cursor: Int64 = 0
  }

  init(seed: UInt64, fault: BadTransport.Fault? = nil) throws {
    test = try TestStore(seed: seed, inMemory: true)
    random = SeededRandom(seed &* 31)
    let first = try test.desk("tangyue")
    customer = try first.makeCustomer(test)
    for _ in 0..<3 { tickets.append(try first.makeTicket(test, customer: customer)) }
    first.close()
    for index in 0..<random.below(2) + 2 {
      let agent: AgentID = ["linxiao", "chenyu", "tangyue"][index]
      // Each desk has a connection of its own to the store, as a process of its own has.
      let store = try test.reopened()
      let transport = BadTransport(store, seed: seed &+ UInt64(index), fault: fault)
      let name = "desk-\(index).replica"
      let replica = try Replica(path: test.folder(name))
      let connection = try test.connection(store: store, replica: replica, agent, transport)
      desks.append(Desk(agent: agent, name: name, transport: transport, connection: connection))
    }
  }

  mutating func run(steps: Int = 60) throws {
    for desk in desks { desk.transport.arm() }
    for _ in 0..<steps {
      test.clock.advance(milliseconds: Int64(random.below(5000)))
      let index = random.below(desks.count)
      do {
        if random.chance(0.5) { try work(index) } else { _ = try desks[index].connection.synchronize() }
      } catch is BadTransport.Killed {
        try restart(index)
      }
      try checkDesk(index)
    }
    try settle()
    try checkEnd()
  }

  /// The process is gone between two steps; its file is what it was.
  private mutating func restart(_ index: Int) throws {
    desks[index].connection.replica.close()
    desks[index].connection = try reconnect(index)
  }

  private func reconnect(_ index: Int) throws -> DeskConnection {
    for _ in 0..<100 {
      do {
        let replica = try Replica(path: test.folder(desks[index].name))
        return try test.connection(
          store: desks[index].connection.store, replica: replica, desks[index].agent, desks[index].transport)
      } catch is BadTransport.Killed {
        continue
      }
    }
    throw Violation(description: "a desk did not come back")
  }

  private mutating func work(_ index: Int) throws {
    let desk = desks[index]
    let operation = try self.operation(desk)
    let failure: (any Error)?
    do {
      let isWaitedFor = random.chance(0.2)
      _ = try isWaitedFor ? desk.connection.submit(operation) : desk.connection.save(operation)
      failure = nil
    } catch StoreError.busy {
      failure = nil
    } catch {
      failure = error
    }
    if try desk.connection.replica.hasSaved(operation.id) { saved.append((index, operation)) }
    if let failure { throw failure }
  }

  private mutating func operation(_ desk: Desk) throws -> Domain.Operation {
    let ticket = tickets[random.below(tickets.count)]
    let version = try desk.connection.replica.ticket(ticket)?.version
    let action: TicketAction
    var basedOn: Int64?
    switch random.below(12) {
    case 0...2: action = .note("备注 \(saved.count) 13812342071")
    case 3: action = .reply("您好 \(saved.count)")
    case 4, 5: action = .claim
    case 6: action = .release
    case 7: action = .setFields(["period": "2026-\(random.below(9) + 1)", "amount": "\(random.below(90)).5"])
    case 8: action = .receive(message: "还没好吗 \(saved.count)", contact: nil)
    case 9:
      action = .close(disposition: "refunded", Closing(text: "已退费", mode: .template))
      basedOn = version
    case 10: action = .setPriority(Ticket.Priority.allCases[random.below(4)])
    default:
      let id: TicketID = test.identifiers.next()
      tickets.append(id)
      return test.ticket(
        id,
        .create(
          NewTicket(customer: customer, zone: "general", subject: "新工单 \(saved.count)", channel: .phone)),
        by: desk.agent)
    }
    return test.ticket(ticket, action, by: desk.agent, basedOn: basedOn)
  }

  /// After every step: own text is on the screen or on the list of what was not sent, and the cursor never falls.
  private mutating func checkDesk(_ index: Int) throws {
    let replica = desks[index].connection.replica
    let cursor = try replica.cursor()
    guard cursor >= desks[index].cursor else {
      throw Violation(description: "the cursor fell from \(desks[index].cursor) to \(cursor)")
    }
    desks[index].cursor = cursor
    let refused = Set(try replica.notSent().map(\.id))
    for (owner, operation) in saved where owner == index {
      guard case .ticket(_, .note) = operation.action else { continue }
      let isShown = try replica.read { try RowReader(db: $0).entry(operation.entry()) != nil }
      guard isShown || refused.contains(operation.id) else {
        throw Violation(description: "the note \(operation.id) left the screen")
      }
    }
  }

  /// Faults stop: every outbox has to drain.
  private mutating func settle() throws {
    for desk in desks { desk.transport.heal() }
    for _ in 0..<50 {
      for desk in desks { _ = try desk.connection.synchronize() }
      let revision = try test.store.revision()
      let isQuiet = try desks.allSatisfy { desk in
        try desk.connection.replica.queued().isEmpty && desk.connection.replica.cursor() == revision
      }
      if isQuiet { return }
    }
    throw Violation(description: "an outbox does not drain")
  }

  private func checkEnd() throws {
    let ledger = try test.store.read { db in
      try RowReader(db: db).all("SELECT id, result FROM operation ORDER BY rev") { ($0.text(0), $0.text(1)) }
    }
    let counts = Dictionary(ledger.map { ($0.0, 1) }, uniquingKeysWith: +)
    for (_, operation) in saved where counts[operation.id.text] != 1 {
      throw Violation(description: "\(operation.id) is in the ledger \(counts[operation.id.text] ?? 0) times")
    }
    let known = Set(saved.map(\.operation.id.text))
    let strangers = ledger.filter { !known.contains($0.0) }.count
    // What was made before the desks opened: a customer and three tickets.
    guard strangers == 4 else {
      throw Violation(description: "\(strangers - 4) operations came from nowhere")
    }
    let report = try test.store.verifyAudit(
      witnesses: desks.map { try AuditWitness(replica: $0.connection.replica.path, of: test.store) })
    guard report.isWhole else { throw Violation(description: "the log: \(report.findings)") }
    let truth = try Self.everything(in: test.store)
    for desk in desks {
      let replica = desk.connection.replica
      for (id, result) in ledger {
        if let told = try replica.outcome(of: OperationID(id)), try told != OutcomeCoding.value(result) {
          throw Violation(description: "\(desk.agent) was told something else about \(id)")
        }
      }
      let copy = try replica.read { try Self.everything($0) }
      guard copy == truth else {
        let missing = truth.filter { !copy.contains($0) }.prefix(2)
        let extra = copy.filter { !truth.contains($0) }.prefix(2)
        throw Violation(
          description:
            "\(desk.agent) has another copy; missing \(missing), too much \(extra), or another order")
      }
      let kept = try replica.read { try RowReader(db: $0).all("SELECT 1 FROM pulled") { $0.int(0) } }
      guard kept.isEmpty else { throw Violation(description: "pulled rows are left over") }
      try Self.checkTally(replica)
    }
  }

  private enum Fact: Hashable {
    case row(revision: Int64, Row)
    case place(ticket: String, entry: String, Int)
  }

  private static func everything(in store: SharedStore) throws -> Set<Fact> { try store.read(everything) }

  /// Every row with its revision; entries in the order in which they are shown.
  private static func everything(_ db: Database) throws -> Set<Fact> {
    var result: [Fact] = []
    for kind in Row.Kind.allCases {
      let rows = try RowReader(db: db).rows(kind, after: -1, upTo: .max)
      result += rows.map { .row(revision: $0.revision, $0.row) }
    }
    var places: [String: Int] = [:]
    for (ticket, id) in try RowReader(db: db).all(
      "SELECT ticket, id FROM entry ORDER BY ticket, row", { ($0.text(0), $0.text(1)) })
    {
      places[ticket, default: 0] += 1
      result.append(.place(ticket: ticket, entry: id, places[ticket] ?? 0))
    }
    return Set(result)
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
    guard kept == counted else { throw Violation(description: "counters \(kept), counted \(counted)") }
  }
}

extension TestStore {
  func connection(
    store: SharedStore, replica: Replica, _ agent: AgentID, _ transport: (any StoreTransport)? = nil
  ) throws -> DeskConnection {
    let clock = clock
    return try DeskConnection(
      store: store, replica: replica, agent: agent, transport: transport, now: { clock.now },
      identifiers: identifiers)
  }
}
