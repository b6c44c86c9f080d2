import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Store

/// What is due by the clock is done once, whoever does it.
struct StewardTests {
  /// Seconds of a process, moved by the test.
  private final class Uptime: Sendable {
    private let seconds = Mutex(1000.0)
    var value: Double { seconds.withLock { $0 } }
    func advance(_ count: Double) { seconds.withLock { $0 += count } }
  }

  private static func steward(
    _ test: TestStore, _ name: String, _ uptime: Uptime = Uptime(), _ news: SeatNews = SeatNews()
  ) throws -> Steward {
    Steward(try test.reopened(), name: name, uptime: { uptime.value }, seats: { news })
  }

  private static func done(_ test: TestStore) throws -> [String] {
    try test.store.read { db in
      try RowReader(db: db).all(
        "SELECT aggregate || ' ' || result FROM operation WHERE actor = 'system' ORDER BY rev"
      ) { $0.text(0) }
    }
  }

  /// A ticket of `linxiao` that is held for an hour.
  private static func held() throws -> (TestStore, DeskConnection, TicketID) {
    let test = try TestStore()
    let desk = try test.desk(store: test.reopened())
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    try #require(try desk.submit(test.ticket(ticket, .claim)) == .accepted)
    let until = test.clock.now.advanced(seconds: 3600)
    try #require(try desk.submit(test.ticket(ticket, .hold(reason: "等客户", until: until))) == .accepted)
    return (test, desk, ticket)
  }

  @Test func `a hold that is over comes back to its owner, once, whichever of two stewards is quicker`()
    throws
  {
    let (test, desk, ticket) = try Self.held()
    let (one, other) = (try Self.steward(test, "one"), try Self.steward(test, "other"))
    #expect(try one.tend() == 0)
    test.clock.advance(seconds: 3600 + 29)
    #expect(try one.tend() == 0)
    test.clock.advance(seconds: 1)
    #expect(try one.tend() == 1)
    test.clock.advance(seconds: 11)
    #expect(try other.tend() == 0)
    _ = try desk.synchronize()
    let woken = try #require(try desk.replica.ticket(ticket))
    #expect(woken.state == .open)
    #expect(woken.isUnread)
    #expect(woken.pendingUntil == nil)
    #expect(try Self.done(test) == ["ticket:\(ticket) "])
    #expect(try test.store.verifyAudit().findings == [])
    #expect(try test.store.check().problems == [])
  }

  @Test func `two stewards that both find it due have done it once`() throws {
    let (test, _, ticket) = try Self.held()
    test.clock.advance(seconds: 4000)
    let until = try #require(
      try test.store.read { try RowReader(db: $0).ticket(ticket) }?.pendingUntil)
    let operation = Domain.Operation(
      id: Steward.id("wake", ticket.text, due: until), actor: Agent.system.id, at: test.clock.now,
      action: .ticket(ticket, .resume))
    // Both looked before either wrote: what they found is the same operation, at moments of their own.
    var later = operation
    later.at = test.clock.now.advanced(seconds: 1)
    #expect(try test.store.perform { _ in [operation] } == 1)
    #expect(try test.reopened().perform { _ in [later] } == 0)
    #expect(try Self.done(test).count == 1)
  }

  @Test func `many stewards on one file at the same time do each thing once`() async throws {
    let test = try TestStore()
    let desk = try test.desk(store: test.reopened())
    let customer = try desk.makeCustomer(test)
    let until = test.clock.now.advanced(seconds: 60)
    for _ in 0..<20 {
      let ticket = try desk.makeTicket(test, customer: customer)
      try #require(try desk.submit(test.ticket(ticket, .claim)) == .accepted)
      try #require(try desk.submit(test.ticket(ticket, .hold(reason: "等", until: until))) == .accepted)
    }
    test.clock.advance(seconds: 100)
    let done = await withTaskGroup(of: Int.self) { group in
      for number in 0..<4 {
        group.addTask {
          guard let steward = try? Self.steward(test, "steward \(number)") else { return -1000 }
          return (0..<10).reduce(0) { sum, _ in sum + ((try? steward.tend()) ?? -1000) }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(done == 20)
    #expect(try Self.done(test).count == 20)
    #expect(try test.store.check().problems == [])
  }

  @Test func `who holds the lease does the work, and the next one after ten seconds`() throws {
    let (test, _, _) = try Self.held()
    test.clock.advance(seconds: 4000)
    #expect(try test.store.holdStewardship(as: "somebody who is killed now"))
    let next = try Self.steward(test, "next")
    #expect(try next.tend() == 0)
    test.clock.advance(seconds: 11)
    #expect(try next.tend() == 1)
  }

  @Test func `a hold that was made longer meanwhile stays`() throws {
    let (test, desk, ticket) = try Self.held()
    let first = try #require(try desk.replica.ticket(ticket)?.pendingUntil)
    test.clock.advance(seconds: 4000)
    try #require(try desk.submit(test.ticket(ticket, .resume)) == .accepted)
    let longer = test.clock.now.advanced(seconds: 3600)
    try #require(try desk.submit(test.ticket(ticket, .hold(reason: "再等", until: longer))) == .accepted)
    let late = Domain.Operation(
      id: Steward.id("wake", ticket.text, due: first), actor: Agent.system.id, at: test.clock.now,
      action: .ticket(ticket, .resume))
    #expect(try test.store.perform { _ in [late] } == 1)
    #expect(try test.store.read { try RowReader(db: $0).ticket(ticket) }?.state == .pending)
    #expect(try Self.steward(test, "one").tend() == 0)
  }

  @Test func `a reminder is written on the ticket at its time, once`() throws {
    let (test, desk, ticket) = try Self.held()
    let moment = test.clock.now.advanced(seconds: 600)
    let reminder = Ticket.Reminder(at: moment, text: "给客户回电", agent: "linxiao")
    try #require(try desk.submit(test.ticket(ticket, .setReminder(reminder))) == .accepted)
    let steward = try Self.steward(test, "one")
    #expect(try steward.tend() == 0)
    test.clock.advance(seconds: 640)
    #expect(try steward.tend() == 1)
    #expect(try steward.tend() == 0)
    _ = try desk.synchronize()
    let detail = try #require(try desk.replica.ticketDetail(ticket, entryLimit: 100))
    #expect(detail.entries.filter { $0.kind == .reminded(moment) }.map(\.body) == ["给客户回电"])
    #expect(detail.ticket.isUnread)
    // Nobody but the clock does it.
    #expect(try desk.submit(test.ticket(ticket, .remind(at: moment))) == .refused(.notYours))
  }

  @Test func `whoever left without a word is offline after two minutes, and who is there stays`() throws {
    let (test, desk, _) = try Self.held()
    let chen = try test.desk("chenyu", store: test.reopened())
    for connection in [desk, chen] {
      let ready = test.operation(
        connection.agent, .agent(connection.agent, .setPresence(.ready, reason: nil, ticket: nil)))
      try #require(try connection.submit(ready) == .accepted)
    }
    let left = test.clock.now
    let uptime = Uptime()
    let steward = try Self.steward(
      test, "one", uptime, SeatNews(present: ["linxiao"], gone: ["chenyu": left]))
    test.clock.advance(seconds: 200)
    // A machine that slept: the clock went on, this process has not looked for long.
    #expect(try steward.tend() == 0)
    uptime.advance(29)
    #expect(try steward.tend() == 0)
    uptime.advance(2)
    #expect(try steward.tend() == 1)
    _ = try desk.synchronize()
    #expect(try desk.replica.agent("chenyu")?.presence.state == .offline)
    #expect(try desk.replica.agent("linxiao")?.presence.state == .ready)
  }

  @Test func `a presence of yesterday is stale, one of this morning is not`() throws {
    let test = try TestStore()
    let desk = try test.desk(store: test.reopened())
    let ready = test.operation("linxiao", .agent("linxiao", .setPresence(.ready, reason: nil, ticket: nil)))
    try #require(try desk.submit(ready) == .accepted)
    let uptime = Uptime()
    let steward = try Self.steward(test, "one", uptime)
    test.clock.advance(seconds: 11 * 3600)
    _ = try steward.tend()
    uptime.advance(60)
    #expect(try steward.tend() == 0)
    test.clock.advance(seconds: 2 * 3600)
    #expect(try steward.tend() == 1)
    #expect(try steward.tend() == 0)
  }

  @Test func `a desk on the file is seen while it watches, missed when it is killed, and not when it closes`()
    throws
  {
    let test = try TestStore()
    let clock = test.clock
    let desk = try test.desk(store: test.reopened())
    let board = try LiveBoard(store: test.store.path, desk: "", agent: "", now: { clock.now })
    #expect(board.seats() == SeatNews())
    try desk.startWatching { _ in }
    #expect(board.seats().present == ["linxiao"])
    // No ticket is open: nobody is said to look at one.
    #expect(board.viewers().isEmpty)
    desk.stopWatching()
    clock.advance(seconds: 16)
    #expect(board.seats().present.isEmpty)
    #expect(board.seats().gone.keys.sorted() == ["linxiao"])
    desk.close()
    #expect(board.seats() == SeatNews())
  }

  @Test func `a desk on the file does what is due while it watches`() throws {
    let (test, desk, ticket) = try Self.held()
    test.clock.advance(seconds: 4000)
    desk.doTimedWork()
    try desk.startWatching { _ in }
    let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
    while try desk.replica.ticket(ticket)?.state != .open, Date() < limit { usleep(50_000) }
    #expect(try desk.replica.ticket(ticket)?.state == .open)
    desk.close()
  }
}
