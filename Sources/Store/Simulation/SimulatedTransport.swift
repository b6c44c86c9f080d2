import Domain
import GRDB
import Synchronization

/// A way to the store on which messages get lost on the way there or back, arrive twice, and answers come late; and a process
/// that may end at every commit.
final class SimulatedTransport: StoreTransport {
  struct Killed: Error {}

  private struct State {
    var random: SplitMix64
    var loss: Double
    var doubling: Double
    var killing: Double
    /// Nothing goes wrong while desks are being opened and when faults have stopped.
    var isArmed = false
    var isAway = false
    var late: [PullReply] = []
    var again: Int64 = 0
    var newestFields: [TicketID: Timestamp] = [:]
    var store: SharedStore?
    var replica: Replica?
    /// Whether the desk has the program of yesterday, and what it saved then.
    var isOld = false
    var old: Set<OperationID> = []
  }

  private let state: Mutex<State>
  private let fault: PlantedFault?
  private let agent: AgentID
  /// Nil: the desk opens the file itself.
  private let server: SimulatedServer?

  init(seed: UInt64, agent: AgentID, server: SimulatedServer?, isOld: Bool, fault: PlantedFault?) {
    self.agent = agent
    self.server = server
    self.fault = fault
    var random = SplitMix64(seed)
    let (loss, doubling) = (random.one(of: [0, 0.1, 0.3]), random.one(of: [0, 0.2]))
    let killing = random.one(of: [0, 0.01, 0.04])
    state = Mutex(State(random: random, loss: loss, doubling: doubling, killing: killing, isOld: isOld))
  }

  func arm() { state.withLock { $0.isArmed = true } }

  func heal() {
    state.withLock { state in
      (state.isArmed, state.isAway) = (false, false)
      state.late = []
    }
  }

  /// The desk gets the program of today.
  func update() { state.withLock { $0.isOld = false } }

  var isOld: Bool { state.withLock { $0.isOld } }
  var isAway: Bool { state.withLock { $0.isAway } }

  /// As this desk's program writes them: an operation keeps the format in which it was saved.
  func written(_ envelopes: [Envelope]) throws -> [Envelope] {
    try envelopes.map { envelope in
      let isOld = state.withLock { state in
        if state.isOld { state.old.insert(envelope.id) }
        return state.old.contains(envelope.id)
      }
      return isOld ? try OldProgram.envelope(envelope) : envelope
    }
  }

  func setAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

  /// The process on this side of it.
  func join(_ store: SharedStore, _ replica: Replica) {
    state.withLock { ($0.store, $0.replica) = (store, replica) }
  }

  /// The process is gone. Its store would hold this transport, and be held by it, with its files open.
  func part() { state.withLock { ($0.store, $0.replica) = (nil, nil) } }

  /// Ends the process now and then; called at every commit.
  func interrupt() throws {
    let isKilled = state.withLock { $0.isArmed && $0.random.chance($0.killing) }
    if isKilled { throw Killed() }
  }

  private func trouble() throws {
    let isLost = state.withLock { $0.isAway || $0.isArmed && $0.random.chance($0.loss) }
    if isLost { throw StoreError.busy(path: "network") }
  }

  private func chance(_ probability: Double) -> Bool {
    state.withLock { $0.isArmed && $0.random.chance(probability) }
  }

  private var doubles: Bool { state.withLock { $0.isArmed && $0.random.chance($0.doubling) } }

  private func sides() throws -> (SharedStore, Replica) {
    let (store, replica) = state.withLock { ($0.store, $0.replica) }
    guard let store, let replica else { throw Killed() }
    return (store, replica)
  }

  // MARK: - Push

  func push(_ request: PushRequest) throws -> PushReply {
    try trouble()
    let (store, replica) = try sides()
    var request = request
    if fault == .noEpochRequest { request.epoch = try store.read { try Meta(db: $0).int("epoch") } }
    try prepare(request, store)
    let plain = request
    request.envelopes = try written(request.envelopes)
    func send() throws -> PushReply { try server?.push(request, of: agent) ?? store.push(request) }
    var reply = try send()
    try spoil(plain, store)
    if doubles {
      if fault == .noDedupe { try pushAsNew(plain, store) }
      reply = try send()
    }
    try trouble()
    if fault == .noEpochRequest { reply.epoch = try replica.epoch() }
    if fault == .ackDelete {
      for answer in reply.answers {
        try replica.write(durably: false) {
          try Prepared.bound($0, "DELETE FROM outbox WHERE id = ?", answer.id.text).run()
        }
      }
    }
    return reply
  }

  private func prepare(_ request: PushRequest, _ store: SharedStore) throws {
    if fault == .refundRace {
      for case .bill(let bill, .refund) in try actions(request) {
        try store.write { db in
          guard var known = try RowReader(db: db).bill(bill) else { return }
          known.refunds = []
          try RowWriter(db: db).put(.bill(known), revision: Meta(db: db).int("rev"))
        }
      }
    }
    guard fault == .claimRace else { return }
    for case .ticket(let ticket, .claim) in try actions(request) {
      try store.write { db in
        guard var known = try RowReader(db: db).ticket(ticket), !known.state.isDone else { return }
        known.owner = nil
        try RowWriter(db: db).put(.ticket(known), revision: Meta(db: db).int("rev"))
      }
    }
  }

  private func actions(_ request: PushRequest) throws -> [Action] {
    try request.envelopes.map { try JSON.value($0.payload, as: Operation.self).action }
  }

  /// Gives a ticket the fields back that a desk with a later clock has set.
  private func spoil(_ request: PushRequest, _ store: SharedStore) throws {
    guard fault == .clock else { return }
    for envelope in request.envelopes {
      let operation: Operation = try JSON.value(envelope.payload)
      guard case .ticket(let ticket, .setFields) = operation.action else { continue }
      let newest = state.withLock { $0.newestFields[ticket] ?? operation.at }
      state.withLock { $0.newestFields[ticket] = max(newest, operation.at) }
      guard operation.at < newest else { continue }
      try store.write { db in
        guard var known = try RowReader(db: db).ticket(ticket) else { return }
        known.fields["period"] = "2020-01"
        try RowWriter(db: db).put(.ticket(known), revision: Meta(db: db).int("rev"))
      }
    }
  }

  private func pushAsNew(_ request: PushRequest, _ store: SharedStore) throws {
    guard var envelope = request.envelopes.first else { return }
    envelope.sequence = state.withLock { state in
      state.again += 1
      return state.again
    }
    let id = OperationID("\(envelope.id)-\(envelope.sequence)")
    envelope.payload = envelope.payload.replacing(envelope.id.text, with: id.text)
    envelope.id = id
    envelope.desk += "-again"
    _ = try store.push(PushRequest(store: request.store, epoch: request.epoch, envelopes: [envelope]))
  }

  func audit(_ request: AuditRequest) throws -> AuditReply {
    try trouble()
    let (store, _) = try sides()
    var request = request
    if fault == .noEpochRequest { request.epoch = try store.epoch() }
    let reply = try server?.audit(request) ?? store.audit(request)
    try trouble()
    return reply
  }

  func fetch(_ request: FetchRequest) throws -> FetchReply {
    try trouble()
    let (store, _) = try sides()
    let reply = try server?.fetch(request) ?? store.fetch(request)
    try trouble()
    return reply
  }

  // MARK: - Pull

  func pull(_ request: PullRequest) throws -> PullReply {
    try trouble()
    let (store, replica) = try sides()
    var request = request
    request.limit = state.withLock { $0.random.one(of: [1, 2, 5, 512]) }
    if doubles, let late = try late(request, replica) { return late }
    if fault == .noEpochRequest { request.epoch = try store.read { try Meta(db: $0).int("epoch") } }
    if isOld { request.schema = OldProgram.schema }
    var reply =
      try server.map { try $0.pull(request, isFuture: isOld) } ?? store.pull(request)
    state.withLock { $0.late.append(reply) }
    switch fault {
    case .hole where !reply.items.isEmpty && chance(0.1):
      reply.items.remove(at: state.withLock { $0.random.below(reply.items.count) })
    case .dropSent: reply.safeRevision = .max
    case .scopeStale where reply.evictions != nil: (reply.evictions, reply.evictedCustomers) = ([], [])
    case .scopeHole where reply.partial != nil: reply.partial = []
    case .scopeUnsent:
      for ticket in reply.evictions ?? [] {
        try replica.write(durably: false) { db in
          try Prepared.bound(db, "DELETE FROM outbox WHERE aggregate = ? AND state = 0", "ticket:\(ticket)")
            .run()
        }
      }
    case .noEpochRequest: reply.epoch = try replica.epoch()
    case .cursorFirst where reply.newCursor > reply.cursor && chance(0.2):
      try replica.write(durably: false) { try Meta(db: $0).set("cursor", reply.newCursor) }
      throw Killed()
    case .requeueLast where reply.cursor < 0:
      try replica.write(durably: false) { try Prepared($0, "DELETE FROM outbox WHERE state = 1").run() }
    case .resyncDelete where reply.cursor < 0:
      try replica.write(durably: false) { db in
        for table in ["entry", "ticket", "pulled"] { try Prepared(db, "DELETE FROM \(table)").run() }
      }
    default: break
    }
    try trouble()
    return reply
  }

  /// An answer to an earlier request.
  private func late(_ request: PullRequest, _ replica: Replica) throws -> PullReply? {
    let late = state.withLock { state in state.late.isEmpty ? nil : state.random.one(of: state.late) }
    guard var late, fault == .noGuard || fault == .cursorNoCheck, late.epoch == request.epoch else {
      return late
    }
    if fault == .cursorNoCheck {
      guard late.newCursor > request.cursor else { return late }
      late.cursor = request.cursor
      return late
    }
    late.cursor = request.cursor
    late.newCursor = max(late.newCursor, request.cursor)
    late.head = late.newCursor
    try replica.write(durably: false) { db in
      for item in late.items {
        try Prepared.bound(
          db, "UPDATE \(item.row.key.kind.table) SET rev = -1 WHERE id = ?", item.row.key.id
        ).run()
      }
    }
    return late
  }
}
