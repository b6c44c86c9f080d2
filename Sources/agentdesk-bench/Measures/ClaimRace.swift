import CFloor
import Domain
import Foundation
import Glibc
import Store
import TestSupport

/// One of several processes that claim the next ticket of one queue.
///
/// The tickets are those that `database` (a table `ticket(id, prio, status)`, 0 is open) holds; they are claimed in a shared
/// store of ours that the first process makes beside it.
struct ClaimRace {
  let database: String
  let worker: Int

  private static let tickets = 20_000
  private var path: String { database + ".store" }

  /// Opens the store, waits until standard input closes, claims for so many seconds.
  func run(seconds: Double, thinkMicroseconds: Int, output: String) throws {
    let (order, configuration) = (try openTickets(), try Place.configuration())
    let store = try open(order, configuration)
    defer { store.close() }
    let agents = configuration.agents.filter { $0.has(.work) }
    guard !agents.isEmpty else { throw BenchProblem.noAgent }
    var race = Race(
      store: store, agent: agents[worker % agents.count].id, worker: worker, order: order,
      cursor: try store.revision())
    var byte: UInt8 = 0
    while read(0, &byte, 1) > 0 {}
    var lines = ""
    let end = monotonicMilliseconds() + seconds * 1000
    while monotonicMilliseconds() < end {
      if thinkMicroseconds > 0 {
        usleep(UInt32(thinkMicroseconds / 2 + race.random.below(thinkMicroseconds)))
      }
      let start = monotonicMilliseconds()
      guard let ticket = try race.claimNext() else { break }
      lines += "\(ticket) \(String(format: "%.4f", monotonicMilliseconds() - start))\n"
    }
    try Data(lines.utf8).write(to: URL(fileURLWithPath: output))
  }

  private func openTickets() throws -> [Int64] {
    var numbers = [Int64](repeating: 0, count: Self.tickets)
    let count = floor_open_tickets(database, &numbers, Int32(numbers.count))
    guard count >= 0 else { throw BenchProblem.floor(-count) }
    return Array(numbers.prefix(Int(count)))
  }

  /// One process makes the store while the others wait at the lock.
  private func open(_ order: [Int64], _ configuration: ConfigurationSet) throws -> SharedStore {
    let lock = Glibc.open(path + ".made", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw BenchProblem.system(path, errno) }
    defer { Glibc.close(lock) }
    flock(lock, LOCK_EX)
    if access(path, F_OK) == 0 { return try SharedStore(path: path) }
    let store = try SharedStore.create(at: path, configuration: configuration)
    let zone = configuration.zones[0].id
    let tickets = order.map { number in
      Change.ticket(
        Ticket(
          id: TicketID("\(number)"), customer: "C1", zone: zone, subject: "ticket \(number)", channel: .chat,
          createdAt: .now, createdBy: Agent.system.id))
    }
    try store.bulkLoad([[.customer(Customer(id: "C1", name: "王慧芳"))], tickets])
    return store
  }
}

/// A desk without a screen that knows who took what from the feed of the store.
private struct Race {
  var random: SplitMix64
  private var desk: StoreDesk
  private let agent: AgentID
  private let order: [Int64]
  private var cursor: Int64
  private var taken = Set<Int64>()
  private var first = 0
  /// How far behind the head of the queue this desk looks. It grows where others were faster and shrinks where nobody was, so
  /// that many desks do not ask for the same ticket again and again.
  private var spread = 1
  private let identifiers = IdentifierSource()

  init(store: SharedStore, agent: AgentID, worker: Int, order: [Int64], cursor: Int64) {
    random = SplitMix64(UInt64(worker) &+ 1)
    desk = StoreDesk(store, name: "race-\(worker)-\(UInt64.random(in: .min ... .max))")
    self.agent = agent
    self.order = order
    self.cursor = cursor
  }

  /// Nil when every ticket is taken.
  mutating func claimNext() throws -> Int64? {
    while true {
      try listen()
      guard let number = candidate() else { return nil }
      let operation = Domain.Operation(
        id: identifiers.next(), actor: agent, at: .now, action: .ticket(TicketID("\(number)"), .claim))
      taken.insert(number)
      switch try desk.push(operation) {
      case .accepted:
        spread = max(1, spread / 2)
        return number
      case .refused(.alreadyOwned): spread = min(64, spread * 2)
      case .refused(let refusal): throw BenchProblem.refused(refusal)
      }
    }
  }

  private mutating func listen() throws {
    let reply = try desk.store.pull(
      PullRequest(
        store: desk.store.id, epoch: 1, schema: Domain.Operation.currentSchema, scope: .everything,
        cursor: cursor, limit: 512))
    for item in reply.items where item.row.key.kind == .ticket {
      if let number = Int64(item.row.key.id) { taken.insert(number) }
    }
    cursor = reply.newCursor
  }

  private mutating func candidate() -> Int64? {
    while first < order.count, taken.contains(order[first]) { first += 1 }
    var skipped = random.below(spread)
    var last: Int64?
    for number in order[first...] where !taken.contains(number) {
      last = number
      if skipped == 0 { break }
      skipped -= 1
    }
    return last
  }
}
