import Domain
import GRDB
import Synchronization

import class Foundation.FileManager

/// Desks that work on one store while messages are lost, doubled and answered late, processes end at any commit, clocks
/// differ, and the store is backed up and restored. The real replica, outbox, protocol, store, backup and restore run; time,
/// chance and the way between them come from a seed, so that a run can be repeated.
package final class Simulation {
  /// What a run did, for the report.
  package struct Counts: Sendable {
    package var operations = 0
    package var kills = 0
    package var restores = 0
    package var grants = 0

    package init() {}
  }

  struct Desk {
    let agent: AgentID
    let file: String
    let transport: SimulatedTransport
    /// Milliseconds that its clock is wrong.
    let skew: Int64
    /// Nil: it keeps everything.
    let window: DeskWindow?
    var connection: DeskConnection
    var epoch: Int64 = 1
    var cursor: Int64 = 0
    /// Own notes that left the desk with their ticket. After a restore they wait to be sent again, and are on the screen again when
    /// the ticket has been fetched.
    var gone: Set<OperationID> = []
  }

  package private(set) var counts = Counts()
  let world: SimulationWorld
  let path: String
  let clock = SimulationClock()
  let fault: PlantedFault?
  private let folder: String
  private let restores: Bool
  private let identifiers: IdentifierSource
  private var random: SplitMix64
  private var backups = 0
  private(set) var desks: [Desk] = []
  private(set) var saved: [(desk: Int, operation: Operation)] = []
  private(set) var tickets = SimulationWorld.tickets
  /// What looks at the store from outside.
  private(set) var store: SharedStore
  /// Nil: all desks open the file.
  let server: SimulatedServer?
  let schema: SchemaRules

  /// - Parameter restores: whether the store is backed up and restored meanwhile.
  package init(seed: UInt64, in world: SimulationWorld, fault: PlantedFault? = nil, restores: Bool = false)
    throws
  {
    self.world = world
    self.fault = fault
    self.restores = restores
    folder = try world.files(for: seed)
    path = folder + "/team.store"
    random = SplitMix64(seed &* 31 &+ 7)
    let clock = clock
    let chance = Mutex(SplitMix64(seed &* 131 &+ 11))
    identifiers = IdentifierSource(now: { clock.now }, random: { chance.withLock { $0.next() } })
    schema = fault == .schemaUpgrade ? OldProgram.noRules : OldProgram.rules
    store = try SharedStore(
      path: path, now: { clock.now }, wallClock: .china, schema: schema, interruption: nil)
    let isServed = random.chance(0.4) || fault?.needsServer == true
    server =
      isServed
      ? try SimulatedServer(
        path: path, seed: seed &* 53 &+ 3, schema: schema, fault: fault, now: { clock.now }) : nil
    for index in 0..<random.below(3) + 2 {
      let (agent, file) = SimulationWorld.desks[index]
      let transport = SimulatedTransport(
        seed: seed &* 17 &+ UInt64(index), agent: agent, server: server,
        isOld: random.chance(0.15) || fault == .schemaUpgrade && index == 0, fault: fault)
      let skew = random.one(of: [0, -3_600_000, 900_000])
      var window: DeskWindow?
      if random.chance(0.35) || fault?.needsScope == true {
        window = DeskWindow(
          agent: agent, zones: random.one(of: [["billing"], ["general"], []]),
          span: Int64(random.one(of: [20_000, 120_000, 100_000_000])), step: 1000)
      }
      let connection = try open(folder + "/" + file, agent, transport, window)
      desks.append(
        Desk(
          agent: agent, file: folder + "/" + file, transport: transport, skew: Int64(skew),
          window: window, connection: connection))
    }
    server?.company = { [unowned self] in company($0) }
  }

  /// What the other desks have sent at the same moment.
  private func company(_ name: String) -> [PushJob] {
    desks.compactMap { desk in
      guard desk.connection.desk != name, !desk.transport.isAway, random.chance(0.5),
        let envelopes = try? desk.connection.replica.queued(), let first = envelopes.first,
        let epoch = try? desk.connection.replica.epoch(),
        let written = try? desk.transport.written(envelopes)
      else { return nil }
      return PushJob(
        request: PushRequest(store: first.store, epoch: epoch, envelopes: written),
        sender: Sender(agent: desk.agent))
    }
  }

  deinit {
    for desk in desks { close(desk) }
    server?.close()
    store.close()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// A process: its own connection to the store, its replica, its way between them.
  private func open(
    _ file: String, _ agent: AgentID, _ transport: SimulatedTransport,
    _ window: DeskWindow?
  ) throws -> DeskConnection {
    let clock = clock
    let store = try SharedStore(
      path: path, now: { clock.now }, wallClock: .china, schema: schema, interruption: transport.interrupt)
    let replica: Replica
    do {
      replica = try Replica(
        path: file, lock: ReplicaLock(replica: file), interruption: transport.interrupt, indexesText: false,
        readers: 1)
    } catch {
      store.close()
      throw error
    }
    transport.join(store, replica)
    do {
      return try DeskConnection(
        store: store, replica: replica, agent: agent, transport: transport, now: { clock.now },
        identifiers: identifiers, window: window)
    } catch {
      replica.close()
      store.close()
      throw error
    }
  }

  private func close(_ desk: Desk) {
    desk.transport.part()
    desk.connection.replica.close()
    desk.connection.store.close()
  }

  // MARK: - Running

  /// - Throws: `SimulationViolation`, or an error that the protocol must not let out.
  package func run(steps: Int = 80) throws {
    for desk in desks { desk.transport.arm() }
    server?.arm()
    for _ in 0..<steps {
      clock.advance(milliseconds: Int64(random.below(5000)))
      let index = random.below(desks.count)
      do {
        try step(index)
      } catch is SimulatedTransport.Killed {
        counts.kills += 1
        try restart(index)
      }
      try checkDesk(index)
    }
    try settle()
    try checkEnd()
  }

  private func step(_ index: Int) throws {
    switch random.below(100) {
    case 0..<5 where desks[index].window != nil: try look(index)
    case 0..<45: try work(index)
    case 45..<90: _ = try desks[index].connection.synchronize()
    case 90..<94: desks[index].transport.setAway(random.chance(0.5))
    case 94..<97 where restores: try backUp()
    case 97..<99 where restores: try restore()
    case 99: try update(index)
    default: break
    }
  }

  /// The administrator asks for the program of today; one desk gets it.
  private func update(_ index: Int) throws {
    if random.chance(0.5) { try store.requireSchema(Operation.currentSchema) }
    desks[index].transport.update()
  }

  private func restart(_ index: Int) throws {
    close(desks[index])
    for _ in 0..<100 {
      do {
        desks[index].connection = try open(
          desks[index].file, desks[index].agent, desks[index].transport, desks[index].window)
        return
      } catch is SimulatedTransport.Killed {
        continue
      }
    }
    throw SimulationViolation("a desk did not come back")
  }

  private func work(_ index: Int) throws {
    let desk = desks[index]
    let operation = try operation(desk)
    if fault == .outboxSeparate, random.chance(0.05) {
      try desk.connection.replica.write(durably: false) { db in
        try Meta(db: db).set("sequence", try Meta(db: db).int("sequence") + 1)
      }
      saved.append((index, operation))
      throw SimulatedTransport.Killed()
    }
    defer {
      if (try? desk.connection.replica.hasSaved(operation.id)) == true {
        counts.operations += 1
        saved.append((index, operation))
      }
    }
    do {
      _ =
        try random.chance(0.2) ? desk.connection.submit(operation) : desk.connection.save(operation)
    } catch StoreError.busy, StoreError.otherEpoch, StoreError.wentBack, StoreError.unreachable,
      StoreError.programTooOld
    {
      // It waits in the outbox.
    }
  }

  /// Somebody opens a ticket that may not be here, and begins to write.
  private func look(_ index: Int) throws {
    let connection = desks[index].connection
    let ticket = random.one(of: tickets)
    do {
      _ = try connection.bring(ticket)
      guard random.chance(0.5), try connection.replica.ticket(ticket) != nil else { return }
      try connection.replica.saveDraft(
        Draft(ticket: ticket, slot: .note, body: "草稿", savedAt: clock.now))
    } catch StoreError.busy, StoreError.otherEpoch, StoreError.unreachable {
      // Later.
    }
  }

  /// Another month for each number, so that the last value of a field is known.
  private static func month(_ number: Int) -> String {
    let month = number % 12 + 1
    return "\(2000 + number / 12)-\(month < 10 ? "0" : "")\(month)"
  }

  private func operation(_ desk: Desk) throws -> Operation {
    let ticket = random.one(of: tickets)
    let version = try desk.connection.replica.ticket(ticket)?.version
    let number = saved.count
    let moment = Timestamp(milliseconds: clock.now.milliseconds + desk.skew)
    func on(_ ticket: TicketID, _ action: TicketAction, basedOn: Int64? = nil) -> Operation {
      Operation(
        id: identifiers.next(), actor: desk.agent, at: moment, basedOn: basedOn,
        action: .ticket(ticket, action))
    }
    func setFields() -> Operation {
      on(ticket, .setFields(["period": Self.month(number), "amount": "\(random.below(90)).5"]))
    }
    if random.chance(0.2), let action = try refund(desk, ticket, number) {
      return Operation(id: identifiers.next(), actor: desk.agent, at: moment, action: action)
    }
    switch random.below(17) {
    case 0...2: return on(ticket, .note("备注 \(number) 13812342071"))
    case 3: return on(ticket, .reply("您好 \(number)"))
    case 4, 5: return on(ticket, .claim)
    case 6: return on(ticket, .release)
    case 7: return setFields()
    case 8: return on(ticket, .receive(message: "还没好吗 \(number)", contact: nil))
    case 9:
      return on(
        ticket, .close(disposition: "refunded", Closing(text: "已退费", mode: .template)), basedOn: version)
    case 10: return on(ticket, .setPriority(random.one(of: Ticket.Priority.allCases)))
    case 11...13: return setFields()
    case 14, 15:
      return on(
        ticket,
        .transfer(zone: random.one(of: ["billing", "general"]), team: nil, agent: nil, note: "转 \(number)"))
    default:
      let id: TicketID = identifiers.next()
      tickets.append(id)
      return on(
        id,
        .create(
          NewTicket(
            customer: SimulationWorld.customer, zone: "general", subject: "新工单 \(number)", channel: .phone)))
    }
  }

  /// Two desks may do it at once with the same line: asked for, approved, declined, withdrawn.
  private func refund(_ desk: Desk, _ ticket: TicketID, _ number: Int) throws -> Action? {
    let id = SimulationWorld.bill
    guard let bill = try desk.connection.replica.read({ try RowReader(db: $0).bill(id) }) else { return nil }
    if !bill.refunds.isEmpty, random.chance(0.5) {
      let refund = random.one(of: bill.refunds)
      switch random.below(3) {
      case 0: return .bill(id, .approve(refund.id))
      case 1: return .bill(id, .decline(refund.id, reason: "不符合 \(number)"))
      default: return .bill(id, .withdraw(refund.id))
      }
    }
    let line = random.below(bill.lines.count)
    return .bill(
      id,
      .refund(
        RefundRequest(
          line: line, charged: bill.lines[line].amount, amount: Money(cents: Int64(random.below(2500) + 1)),
          ticket: ticket, reason: "重复扣费 \(number)")))
  }

  // MARK: - Backups

  private func backup(_ number: Int) -> String { "\(folder)/\(number).backup" }

  private func backUp() throws {
    backups += 1
    _ = try store.backUp(to: backup(backups))
  }

  /// From the last backup: what an older one misses, desks may have forgotten.
  private func restore() throws {
    guard backups > 0 else { return }
    let clock = clock
    _ = try StoreRestore(
      backup: backup(backups), to: path, isReplacing: true, now: { clock.now }
    ).run()
    counts.restores += 1
  }

  // MARK: - Coming to rest

  /// Faults stop: every outbox has to drain.
  private func settle() throws {
    for desk in desks {
      desk.transport.heal()
      desk.transport.update()
    }
    server?.heal()
    for _ in 0..<50 {
      for desk in desks { _ = try desk.connection.synchronize() }
      let revision = try store.revision()
      let isQuiet = try desks.allSatisfy { desk in
        try desk.connection.replica.queued().isEmpty && desk.connection.replica.cursor() == revision
          && desk.connection.replica.read { try desk.connection.replica.renewal($0) == nil }
      }
      if isQuiet { return }
    }
    throw SimulationViolation("an outbox does not drain")
  }

  /// After every step: own text is on the screen or on the list of what was not sent, and the cursor never falls within an
  /// epoch.
  private func checkDesk(_ index: Int) throws {
    let replica = desks[index].connection.replica
    let (cursor, epoch) = (try replica.cursor(), try replica.epoch())
    guard epoch >= desks[index].epoch, epoch > desks[index].epoch || cursor >= desks[index].cursor else {
      throw SimulationViolation("the cursor fell from \(desks[index].cursor) to \(cursor)")
    }
    (desks[index].cursor, desks[index].epoch) = (cursor, epoch)
    let refused = Set(try replica.notSent().map(\.id))
    try replica.read { db in
      for (owner, operation) in saved where owner == index {
        guard case .ticket(let ticket, .note) = operation.action else { continue }
        if try RowReader(db: db).entry(operation.entry()) != nil || refused.contains(operation.id) {
          desks[index].gone.remove(operation.id)
        } else if desks[index].window != nil, try isGone(ticket, with: operation.id, db) {
          desks[index].gone.insert(operation.id)
        } else if !desks[index].gone.contains(operation.id) {
          throw SimulationViolation("the note \(operation.id) left the screen")
        }
      }
    }
  }

  /// Whether a ticket has left the desk, and what was done there is with the store.
  private func isGone(_ ticket: TicketID, with id: OperationID, _ db: Database) throws -> Bool {
    guard try !ScopeKeeper.isWhole(ticket.text, db) else { return false }
    let settled = try Meta(db: db).int("settled")
    let waits = try RowReader(db: db).first(
      "SELECT 1 FROM outbox WHERE id = ? AND (state = 0 OR rev > \(settled))", id.text, { $0.int(0) })
    return waits == nil
  }

  func count(grants: Int) { counts.grants = grants }
}
