import Domain
import Testing

@testable import Store

/// What was raised to a lead, in the lists of every desk.
struct RaisedListTests {
  private static let query = QueueQuery(scope: .raised)

  private static func page(
    _ desk: DeskConnection, _ edge: QueueRequest.Edge = .first, limit: Int = 10, query: QueueQuery = query
  ) throws -> QueuePage {
    try desk.replica.queuePage(QueueRequest(query: query, edge: edge, limit: limit))
  }

  private static let reason = Reason("risk.escalation", ["word": "12315"])

  @Test func `what was raised is listed until a lead looks after it`() throws {
    let test = try TestStore()
    let desk = try test.desk(store: test.reopened())
    let customer = try desk.makeCustomer(test)
    var tickets: [TicketID] = []
    for _ in 0..<4 { tickets.append(try desk.makeTicket(test, customer: customer)) }
    #expect(try Self.page(desk).rows.isEmpty)
    for ticket in tickets.prefix(3) {
      test.clock.advance(seconds: 60)
      try #require(
        try desk.submit(test.ticket(ticket, .raise(.escalation, .high, Self.reason))) == .accepted)
    }
    try #require(
      try desk.submit(test.ticket(tickets[0], .raise(.selfHarm, .critical, Self.reason))) == .accepted)
    let page = try Self.page(desk)
    // The newest first.
    #expect(page.rows.map(\.id) == [tickets[2], tickets[0], tickets[1]])
    #expect(page.rows.first { $0.id == tickets[0] }?.alert?.kind == .selfHarm)
    #expect(page.rows.first { $0.id == tickets[1] }?.alert?.reason == Self.reason)
    // One at a time, there and back.
    var forward: [TicketID] = []
    var edge = QueueRequest.Edge.first
    while let row = try Self.page(desk, edge, limit: 1).rows.first {
      forward.append(row.id)
      edge = .after(row.key)
    }
    #expect(forward == page.rows.map(\.id))
    let last = try Self.page(desk, .last, limit: 2)
    #expect(last.rows.map(\.id) == Array(page.rows.map(\.id).suffix(2)) && last.hasBefore && !last.hasAfter)
    // The mark stands in every other list as well.
    let open = try Self.page(desk, query: QueueQuery(scope: .open))
    #expect(open.rows.count { $0.alert != nil } == 3)

    let ticket = try #require(try desk.replica.ticket(tickets[0]))
    #expect(ticket.alerts.map(\.kind) == [.escalation, .selfHarm])
  }

  @Test func `another desk has it, after closing nobody`() throws {
    let test = try TestStore()
    let desk = try test.desk(store: test.reopened())
    let ticket = try desk.makeTicket(test, customer: desk.makeCustomer(test))
    try #require(try desk.submit(test.ticket(ticket, .raise(.mood, .medium, Self.reason))) == .accepted)
    let other = try test.desk("chenyu", store: test.reopened())
    _ = try other.synchronize()
    #expect(try Self.page(other).rows.map(\.id) == [ticket])
    #expect(try other.replica.ticket(ticket)?.alerts == desk.replica.ticket(ticket)?.alerts)
    #expect(try Self.page(other, query: QueueQuery(scope: .raised, zones: ["nowhere"])).rows.isEmpty)
  }

  @Test(arguments: [
    ("双倍", ["t1"]), ("roaming PACK", ["t2"]), ("2609-2", ["t2"]), ("wangxiaof", ["t1"]),
    ("shuangbei", ["t1"]),
    ("小龙", ["t2"]), ("nothing", []), ("100%", []),
  ])
  func `the list is filtered by what the other lists are filtered by`(_ typed: String, _ expected: [String])
    throws
  {
    let test = try TestStore(inMemory: true)
    let reason = Self.reason
    func raised(_ id: TicketID, _ customer: CustomerID, _ subject: String, _ number: String) -> [Change] {
      var ticket = Ticket(
        id: id, customer: customer, zone: "billing", subject: subject, channel: .phone,
        createdAt: test.clock.now, createdBy: "system")
      ticket.number = number
      ticket.alerts = [
        Ticket.Alert(
          kind: .escalation, severity: .high, reason: reason, raisedAt: test.clock.now, raisedBy: "linxiao")
      ]
      return [
        .ticket(ticket),
        .entry(
          TimelineEntry(
            id: EntryID("e-\(id)"), ticket: id, at: test.clock.now, author: .system,
            kind: .raised(.escalation, .high, reason))),
      ]
    }
    try test.store.bulkLoad([
      [.customer(Customer(id: "c1", name: "王晓芳")), .customer(Customer(id: "c2", name: "李小龙"))],
      raised("t1", "c1", "双倍扣费", "2609-1") + raised("t2", "c2", "Roaming pack", "2609-2"),
    ])
    let desk = try test.desk()
    #expect(try Self.page(desk).rows.count == 2)
    let page = try Self.page(desk, query: QueueQuery(scope: .raised, text: typed))
    #expect(page.rows.map(\.id.text) == expected)
  }

  @Test func `follow-ups are counted over the copy`() throws {
    let test = try TestStore()
    var changes: [Change] = []
    let start = test.clock.now.advanced(seconds: -100 * 86400)
    for index in 0..<12 {
      changes.append(.customer(Customer(id: CustomerID("c\(index)"), name: "客户\(index)")))
      for (place, category) in [CategoryID("billing/a"), "plans/b"].enumerated() {
        var ticket = Ticket(
          id: TicketID("t\(index)-\(place)"), customer: CustomerID("c\(index)"), zone: "billing",
          category: category,
          subject: "s", channel: .chat, createdAt: start.advanced(seconds: Int64(place) * 5 * 86400),
          createdBy: "system")
        ticket.state = .closed
        ticket.closedAt = ticket.createdAt
        changes.append(.ticket(ticket))
      }
    }
    try test.store.bulkLoad([changes])
    let counted = try test.desk().replica.followUps(now: test.clock.now)
    let likely = counted.likely(after: "billing/a")
    #expect(likely.map(\.category) == ["plans/b"])
    #expect(likely.first?.count == 12 && likely.first?.total == 12)
    #expect(counted.likely(after: "plans/b").isEmpty)
  }
}
