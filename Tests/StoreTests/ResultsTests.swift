import Domain
import GRDB
import Testing

@testable import Store

/// The numbers of "my results" against operations that ran through a real store and replica.
struct ResultsTests {
  private let test: TestStore
  private let desk: DeskConnection
  private let customer: CustomerID

  init() throws {
    test = try TestStore()
    desk = try test.desk("linxiao")
    customer = try desk.makeCustomer(test)
  }

  /// Claims, works `seconds` and closes.
  @discardableResult
  private func close(
    after seconds: Int64, by agent: AgentID = "linxiao", template: TemplateID? = "double", keys: Int = 8
  ) throws -> TicketID {
    let id = try desk.makeTicket(test, customer: customer)
    #expect(try desk.submit(test.ticket(id, .claim, by: agent)) == .accepted)
    test.clock.advance(seconds: seconds)
    #expect(try desk.submit(test.ticket(id, .setFields(["period": "2026-09"]), by: agent)) == .accepted)
    try finish(id, by: agent, template: template, keys: keys)
    return id
  }

  private func finish(
    _ id: TicketID, by agent: AgentID = "linxiao", template: TemplateID? = nil, keys: Int = 8,
    isSolving: Bool = false
  ) throws {
    let closing = Closing(
      text: "已处理", mode: template == nil ? .blank : .template, template: template, keys: keys,
      milliseconds: Int64(keys) * 1000)
    let version = try #require(try desk.replica.version(of: id))
    let action: TicketAction =
      isSolving
      ? .solve(disposition: "refunded", closing) : .close(disposition: "refunded", closing)
    #expect(try desk.submit(test.ticket(id, action, by: agent, basedOn: version)) == .accepted)
  }

  private func reopen(_ id: TicketID, by agent: AgentID) throws {
    #expect(try desk.submit(test.ticket(id, .reopen(reason: "没到账"), by: agent)) == .accepted)
  }

  private func results() throws -> MyResults {
    try desk.replica.results(ResultsQuery(agent: "linxiao", now: test.clock.now, clock: .china))
  }

  @Test func `three days are counted apart, each until the same time of day`() throws {
    // A year ago: two closes, and one in the evening that the same time today has not reached.
    let start = test.clock.now
    try close(after: 100)
    try close(after: 200, template: nil)
    test.clock.advance(seconds: 3600)
    try close(after: 60)
    func go(to days: Int64) {
      test.clock.advance(milliseconds: start.milliseconds + days * 86_400_000 - test.clock.now.milliseconds)
    }
    go(to: 364)
    try close(after: 30)
    go(to: 365)
    try close(after: 120, keys: 4)
    let back = try close(after: 60, template: "any", keys: 10)
    try close(after: 60, template: nil, keys: 16)
    try close(after: 10, by: "tangyue")
    test.clock.advance(seconds: 400)
    try reopen(back, by: "tangyue")
    let found = try results()
    #expect(found.today.closes == 3)
    #expect(found.today.reopened == 1)
    #expect(found.today.reopenRate == 1.0 / 3)
    #expect(found.today.fromTemplate == 2)
    #expect(found.today.zones == ["billing": 3])
    #expect(found.today.handling.handled == 3)
    #expect(found.today.handling.averageSeconds == 80)
    // The text of the reopened one is still the ticket's newest closing.
    #expect(found.today.averageKeys == 10)
    #expect(found.today.averageClosingSeconds == 10)
    #expect(Set(found.templates.map(\.name.chinese)) == ["重复扣费", "通用"])
    #expect(found.dayBefore.closes == 1)
    #expect(found.dayBefore.handling.averageSeconds == 30)
    #expect(found.yearBefore.closes == 2)
    #expect(found.yearBefore.handling.averageSeconds == 150)
    #expect(Comparison.change(from: 1, to: 3) == 2)
  }

  @Test func `solving and closing is one close, of whoever solved`() throws {
    let id = try desk.makeTicket(test, customer: customer)
    #expect(try desk.submit(test.ticket(id, .claim)) == .accepted)
    #expect(try desk.submit(test.ticket(id, .setFields(["period": "2026-09"]))) == .accepted)
    try finish(id, template: "any", isSolving: true)
    test.clock.advance(seconds: 60)
    try finish(id)
    let counts = try results().today
    #expect(counts.closes == 1)
    #expect(counts.fromTemplate == 1)
    // What the second closing cost says nothing about the first.
    #expect(counts.averageKeys == nil)
    #expect(counts.templates.isEmpty)
  }

  @Test func `a close that its closer took back at once counts nowhere, later it was reopened`() throws {
    let undone = try close(after: 10)
    test.clock.advance(seconds: 20)
    try reopen(undone, by: "linxiao")
    let late = try close(after: 10)
    test.clock.advance(seconds: 301)
    try reopen(late, by: "linxiao")
    let counts = try results().today
    #expect(counts.closes == 1)
    #expect(counts.reopened == 1)
    // Closed again, the ticket counts as what it is now.
    try finish(undone)
    #expect(try results().today.closes == 2)
  }

  @Test func `nothing done is no number but n/a`() throws {
    let counts = try results().today
    #expect(counts.closes == 0)
    #expect(counts.reopenRate == nil)
    #expect(counts.templateShare == nil)
    #expect(counts.averageKeys == nil)
    #expect(counts.averageClosingSeconds == nil)
    #expect(counts.handling.averageSeconds == nil)
  }

  @Test func `a replica of an older program gets the index that it lacks`() throws {
    try close(after: 10)
    try desk.replica.write(durably: true) { try $0.execute(sql: "DROP INDEX entry_closed") }
    let path = desk.replica.path
    desk.close()
    let reopened = try Replica(path: path)
    defer { reopened.close() }
    let query = ResultsQuery(agent: "linxiao", now: test.clock.now, clock: .china)
    #expect(try reopened.results(query).today.closes == 1)
  }
}
