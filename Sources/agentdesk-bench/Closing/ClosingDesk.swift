import Assist
import Configuration
import Desk
import Domain
import Store
import Terminal

/// A desk without a terminal: the real update function over a real copy of a real store.
final class ClosingDesk {
  private(set) var model: DeskModel
  private let connection: DeskConnection
  private let reader: TicketReader?
  private let judge: ClosingJudge
  /// Kept as the program keeps them: five minutes, and an hour.
  private var closings: [ZoneID: (closings: [PastClosing], at: Timestamp)] = [:]
  private var followUps: (counts: FollowUps, at: Timestamp)?
  private var clock: Timestamp
  private(set) var readMilliseconds = Samples()
  private(set) var keys = 0
  private(set) var characters = 0

  init(_ world: ClosingWorld, folder: String, reads: Bool) throws {
    let store = try SharedStore.create(
      at: folder + "/desk.store", purpose: .demo, configuration: world.configuration)
    try store.bulkLoad([world.changes])
    connection = try DeskConnection(
      store: store, replica: try Replica(path: folder + "/desk.replica"), agent: world.agent.id)
    let known = TicketReader(
      configuration: try connection.replica.readingConfiguration(), models: world.models)
    reader = reads ? known : nil
    judge = ClosingJudge(reader: known)
    clock = world.now
    let resources = try Place.resources()
    model = DeskModel(
      DeskSetup(
        me: world.agent, language: .chinese,
        catalogues: Dictionary(
          uniqueKeysWithValues: Language.allCases.map {
            ($0, StringCatalogue.load($0, resources: resources).strings)
          }), clock: .china, now: world.now, size: Size(columns: 120, rows: 40), seed: 7))
    try send(.started)
    try send(.shown)
  }

  func close() { connection.close() }

  func ticket(_ id: TicketID) throws -> Ticket? { try connection.replica.clearTicket(id)?.ticket }

  /// Masked, as the screen has it.
  func customer(of id: TicketID) throws -> CustomerProfile? {
    try connection.replica.ticketDetail(id)?.customer
  }

  /// Before anything is done on it: what its end is measured with, whatever the mode.
  func judging(_ id: TicketID) throws -> ClosingJudge.Case? {
    try connection.replica.clearTicket(id).map { judge.open($0, now: clock) }
  }

  /// Of the text that it was closed with.
  func quality(_ opened: ClosingJudge.Case, _ id: TicketID) throws -> ClosingJudge.Verdict? {
    try connection.replica.clearTicket(id).map { judge.verdict(opened, $0, now: clock) }
  }

  func wait(seconds: Int64) throws {
    clock = clock.advanced(seconds: seconds)
    try send(.tick(clock))
  }

  func press(_ key: Key) throws {
    keys += 1
    if case .character = key.code, key.modifiers.isDisjoint(with: [.control, .alt]) { characters += 1 }
    try send(.input(.key(key)))
  }

  func press(_ name: String) throws {
    guard let key = Key(name: name) else { throw BenchProblem.noKey(name) }
    try press(key)
  }

  /// One key for each character: what an input method needs besides is not counted.
  func type(_ text: String) throws {
    for character in text { try character == "\n" ? press("Enter") : press(Key(character)) }
  }

  private func send(_ message: DeskMessage) throws {
    var messages = [message]
    while !messages.isEmpty {
      for effect in update(&model, messages.removeFirst()) { messages += try answer(effect) }
    }
  }

  private func answer(_ effect: DeskEffect) throws -> [DeskMessage] {
    let replica = connection.replica
    switch effect {
    case .loadDirectory:
      return [
        .directoryLoaded(
          Directory(
            zones: try replica.zones(), categories: try replica.categories(), teams: try replica.teams(),
            agents: try replica.agents(), macros: try replica.macros()))
      ]
    case .loadQueue(let request): return [.queueLoaded(try replica.queuePage(request))]
    case .loadCounts: return [.countsChanged(try replica.queueCounts(agent: model.me.id, zones: []))]
    case .loadTicket(let id, let entries):
      var detail = try replica.ticketDetail(id, entryLimit: entries)
      detail?.clearName = try replica.templateValues(ticket: id)?.customerName
      return [.ticketLoaded(id, detail)]
    case .loadCustomer(let id): return [.customerLoaded(id, try replica.customerProfile(id))]
    case .readTicket(let id):
      guard let reader, let clear = try replica.clearTicket(id) else { return [] }
      let start = monotonicMilliseconds()
      let history = ReadingHistory(
        closings: try pastClosings(in: clear.ticket.zone), followUps: try countedFollowUps(),
        solved: { [replica, clock] in (try? replica.solvedBefore($0, now: clock)) ?? SolvedBefore() })
      let reading = reader.read(ReadingInput(clear, clock: .china, now: clock), history: history)
      readMilliseconds.append(monotonicMilliseconds() - start)
      return [.ticketRead(id, reading)]
    case .save(let operation, _), .submit(let operation):
      let outcome: Outcome
      if case .submit = effect {
        outcome = try connection.submit(operation)
        return [.outcome(operation.id, outcome), .storeChanged]
      }
      outcome = try connection.save(operation)
      guard outcome == .accepted else { return [.outcome(operation.id, outcome)] }
      let report = try connection.synchronize()
      return [.saved(operation.id), .storeChanged]
        + report.answered.map { .outcome($0.id, $0.outcome) } + [.storeChanged]
    default: return []
    }
  }

  private func pastClosings(in zone: ZoneID) throws -> [PastClosing] {
    if let known = closings[zone], clock - known.at < 300_000 { return known.closings }
    let found = try connection.replica.pastClosings(in: zone)
    closings[zone] = (found, clock)
    return found
  }

  private func countedFollowUps() throws -> FollowUps {
    if let known = followUps, clock - known.at < 3_600_000 { return known.counts }
    let counts = try connection.replica.followUps(now: clock)
    followUps = (counts, clock)
    return counts
  }
}
