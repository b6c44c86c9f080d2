import Domain
import Foundation
import Store
import Synchronization

/// One desk writes notes, the others wait for news and fetch it: from the moment a note is sent until each of them has it.
struct LagMeasure {
  struct Result: Encodable {
    var desks: Int
    var operations: Int
    var seen: Int
    var lost: Int
    var p50Ms: Double
    var p99Ms: Double
    var maxMs: Double

    enum CodingKeys: String, CodingKey {
      case desks, operations, seen, lost
      case p50Ms = "p50_ms"
      case p99Ms = "p99_ms"
      case maxMs = "max_ms"
    }
  }

  static func run(store address: String, desks: Int, operations: Int) throws -> Result {
    let way = try ServiceDesks(address)
    let (tickets, agents) = try way.prepare(tickets: 1)
    let writer = try way.open(as: agents[0].id)
    let readers = try (1..<max(2, desks)).map { try way.open(as: agents[$0 % agents.count].id) }
    defer { for service in readers + [writer] { service.close() } }
    let board = Board(count: operations)
    let (head, epoch) = try writer.beginning()
    let group = DispatchGroup()
    let isReady = DispatchSemaphore(value: 0)
    for reader in readers {
      group.enter()
      let thread = Thread {
        defer { group.leave() }
        do {
          let news = try reader.news()
          isReady.signal()
          try listen(reader, news, from: head, epoch: epoch, board)
        } catch {
          FileHandle.standardError.write(Data("\(error)\n".utf8))
        }
      }
      thread.stackSize = 1 << 20
      thread.start()
    }
    for _ in readers { isReady.wait() }
    var sender = ServiceSender(writer, agent: agents[0].id)
    let identifiers = IdentifierSource()
    for number in 0..<operations {
      let operation = Domain.Operation(
        id: identifiers.next(), actor: agents[0].id, at: .now,
        action: .ticket(tickets[0], .note("lag \(number)")))
      board.begin(number)
      _ = try sender.push([operation])
      usleep(10_000)
    }
    board.end(at: Date(timeIntervalSinceNow: 10), expected: operations * readers.count)
    group.wait()
    let samples = Samples(board.times)
    return Result(
      desks: desks, operations: operations, seen: samples.values.count,
      lost: operations * readers.count - samples.values.count, p50Ms: samples.p50 ?? 0,
      p99Ms: samples.p99 ?? 0,
      maxMs: samples.quantile(1) ?? 0)
  }

  private static func listen(
    _ reader: any StoreService, _ news: any NewsSource, from head: Int64, epoch: Int64, _ board: Board
  ) throws {
    var cursor = head
    while !board.isOver {
      var source = pollfd(fd: news.descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&source, 1, 100)
      if source.revents != 0 { news.drain() }
      let reply = try reader.pull(
        PullRequest(
          store: reader.id, epoch: epoch, schema: Domain.Operation.currentSchema, scope: .everything,
          cursor: cursor,
          limit: 512))
      let moment = monotonicMilliseconds()
      cursor = max(cursor, reply.newCursor)
      for case .entry(let entry) in reply.items.map(\.row) where entry.body.hasPrefix("lag ") {
        if let number = Int(entry.body.dropFirst(4)) { board.seen(number, at: moment) }
      }
    }
  }

  /// When each note was sent, and how long after it was seen.
  private final class Board: Sendable {
    private let state: Mutex<(begun: [Double], times: [Double])>
    private let over = Atomic(false)

    init(count: Int) { state = Mutex((Array(repeating: 0, count: count), [])) }

    var isOver: Bool { over.load(ordering: .acquiring) }
    var times: [Double] { state.withLock { $0.times } }

    func begin(_ number: Int) { state.withLock { $0.begun[number] = monotonicMilliseconds() } }

    func seen(_ number: Int, at moment: Double) {
      state.withLock { state in
        guard state.begun.indices.contains(number) else { return }
        state.times.append(moment - state.begun[number])
      }
    }

    func end(at limit: Date, expected: Int) {
      while times.count < expected, Date() < limit { usleep(10_000) }
      over.store(true, ordering: .releasing)
    }
  }
}
