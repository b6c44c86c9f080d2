import Domain
import Foundation
import Synchronization

/// The engine of a served store without its sockets and threads: what several desks sent is committed together, one message of
/// a group may be refused, and its process ends at any commit and begins again.
///
/// A simulation is one thread, which alone touches this; `Sendable` is asked for by the transport that holds it.
final class SimulatedServer: @unchecked Sendable {
  /// When the process ends, and whether it has just ended.
  private final class Fate: Sendable {
    struct State {
      var random: SplitMix64
      var killing: Double
      var isArmed = false
      var wasKilled = false
    }

    let state: Mutex<State>

    init(_ state: State) { self.state = Mutex(state) }

    /// Called at every commit.
    func interrupt() throws {
      let isKilled = state.withLock { state in
        guard state.isArmed, state.random.chance(state.killing) else { return false }
        state.wasKilled = true
        return true
      }
      if isKilled { throw SimulatedTransport.Killed() }
    }

    var wasKilled: Bool { state.withLock { $0.wasKilled } }
  }

  private let path: String
  private let now: @Sendable () -> Timestamp
  private let schema: SchemaRules
  private let fault: PlantedFault?
  private let fate: Fate
  private var random: SplitMix64
  private let answers: AnswerBox
  private var store: SharedStore
  private var engine: ServerEngine
  private var shelf: ServerShelf
  private var state: ServerEngine.State
  private var number: UInt32 = 0
  private var strangers = 0
  private var isArmed = false
  private(set) var restarts = 0
  /// What other desks have sent meanwhile; its answers get lost.
  var company: (_ besides: DeskName) -> [PushJob] = { _ in [] }

  typealias DeskName = String

  init(
    path: String, seed: UInt64, schema: SchemaRules, fault: PlantedFault?,
    now: @escaping @Sendable () -> Timestamp
  ) throws {
    (self.path, self.now, self.schema, self.fault) = (path, now, schema, fault)
    var random = SplitMix64(seed)
    let killing = random.one(of: [0.0, 0.02, 0.08])
    fate = Fate(
      Fate.State(
        random: SplitMix64(random.next()), killing: fault == .daemonRestart ? 0.2 : killing))
    self.random = random
    answers = try AnswerBox()
    store = try SharedStore(
      path: path, now: now, wallClock: .china, schema: schema, interruption: fate.interrupt)
    engine = ServerEngine(store: store, answers: answers, steward: nil)
    shelf = ServerShelf(store: store, answers: answers, program: "", index: nil)
    state = engine.begin()
  }

  func close() { store.close() }

  func arm() { setArmed(true) }
  func heal() { setArmed(false) }

  private func setArmed(_ isArmed: Bool) {
    self.isArmed = isArmed
    fate.state.withLock { $0.isArmed = isArmed }
  }

  // MARK: - Messages

  func push(_ request: PushRequest, of agent: AgentID) throws -> PushReply {
    var jobs = [PushJob(request: request, sender: Sender(agent: agent))]
    if isArmed {
      if random.chance(0.4) { jobs += company(request.envelopes.first?.desk ?? "") }
      if random.chance(0.2) { jobs.insert(try stranger(request), at: random.below(jobs.count + 1)) }
    }
    let own = jobs.firstIndex { $0.request.envelopes.first?.desk == request.envelopes.first?.desk } ?? 0
    let rehearsed = fault?.needsServer == true ? try rehearse(jobs)[own] : nil
    if fault == .groupCommit, isArmed, random.chance(0.3), let rehearsed { return try rehearsed.get() }
    let first = number + 1
    let found = turn(jobs.map { .push(nextAddress(), $0) })
    if fate.wasKilled {
      try begin()
      if fault == .daemonRestart, let rehearsed { return try rehearsed.get() }
      throw StoreError.unreachable(address: path, detail: "killed")
    }
    return try value(found, number: first + UInt32(own))
  }

  /// - Parameter isFuture: answers with columns that the desk does not know.
  func pull(_ request: PullRequest, isFuture: Bool) throws -> PullReply {
    let address = nextAddress()
    let found = turn([.pull(address, request)])
    return try value(found, number: address.number, isFuture: isFuture)
  }

  /// What a desk needs beyond its scope. The first one makes indexes, at whose commit the process may end.
  func fetch(_ request: FetchRequest) throws -> FetchReply {
    try shelved { .fetch($0, request) }
  }

  func audit(_ request: AuditRequest) throws -> AuditReply {
    try shelved { .audit($0, request) }
  }

  private func shelved<Value: Decodable>(_ job: (ServerJob.Address) -> ServerJob) throws -> Value {
    let address = nextAddress()
    shelf.turn([job(address)])
    let found = answers.take()
    if fate.wasKilled {
      try begin()
      throw StoreError.unreachable(address: path, detail: "killed")
    }
    return try value(found, number: address.number)
  }

  private func nextAddress() -> ServerJob.Address {
    number += 1
    return ServerJob.Address(connection: 1, number: number)
  }

  private func turn(_ jobs: [ServerJob]) -> [ServerAnswer] {
    var jobs = jobs
    if !isArmed || random.chance(0.3) { jobs.append(.look) }
    engine.turn(jobs, &state)
    return answers.take()
  }

  private func value<Value: Decodable>(_ answers: [ServerAnswer], number: UInt32, isFuture: Bool = false)
    throws -> Value
  {
    for answer in answers {
      switch answer {
      case .frame(let address, _, let body) where address.number == number:
        return try JSON.value(isFuture ? Self.withUnknownColumns(body) : body)
      case .failed(let address, let error, _) where address.number == number: throw error
      default: continue
      }
    }
    throw SimulationViolation("the server did not answer")
  }

  /// The rows of an answer as a newer program may write them.
  private static func withUnknownColumns(_ body: [UInt8]) throws -> [UInt8] {
    guard var reply = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any],
      var items = reply["items"] as? [[String: Any]]
    else { return body }
    for index in items.indices {
      guard let row = items[index]["row"] as? [String: [String: Any]] else { continue }
      items[index]["row"] = row.mapValues { value -> [String: Any] in
        guard var columns = value["_0"] as? [String: Any] else { return value }
        columns["columnOfTomorrow"] = 1
        return ["_0": columns]
      }
    }
    reply["items"] = items
    return [UInt8](try JSONSerialization.data(withJSONObject: reply, options: .sortedKeys))
  }

  // MARK: - Who does not belong here

  /// A message whose second operation has the id of its first with another content: nothing of it may be done, and all that
  /// came with it must be.
  private func stranger(_ request: PushRequest) throws -> PushJob {
    strangers += 1
    let id = OperationID("stranger-\(strangers)")
    let envelopes = try ["eins", "zwei"].enumerated().map { index, text in
      try Envelope(
        store: request.store, desk: "chenyu-stranger", sequence: Int64(index + 1),
        operation: Operation(
          id: id, actor: "chenyu", at: now(), action: .ticket(SimulationWorld.tickets[0], .note(text))))
    }
    return PushJob(
      request: PushRequest(store: request.store, epoch: request.epoch, envelopes: envelopes),
      sender: Sender(agent: "chenyu"))
  }

  // MARK: - Processes

  /// The process has ended: what it had in memory is gone.
  private func begin() throws {
    restarts += 1
    fate.state.withLock { $0.wasKilled = false }
    _ = answers.take()
    store.close()
    store = try SharedStore(
      path: path, now: now, wallClock: .china, schema: schema, interruption: fate.interrupt)
    engine = ServerEngine(store: store, answers: answers, steward: nil)
    shelf = ServerShelf(store: store, answers: answers, program: "", index: nil)
    state = engine.begin()
  }

  /// What would be answered, on a copy: for faults that answer what is not committed.
  private func rehearse(_ jobs: [PushJob]) throws -> [Result<PushReply, any Error>] {
    let copy = try StoreCopy.make(of: path, at: path + ".rehearsal")
    defer { copy.remove() }
    let store = try SharedStore(
      path: copy.path, now: now, wallClock: .china, schema: schema, interruption: nil)
    defer { store.close() }
    return try store.push(jobs)
  }
}
