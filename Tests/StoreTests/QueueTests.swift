import Domain
import Synchronization
import Testing

@testable import Store

/// Lists against what sorting in memory gives.
struct QueueTests {
  private static func world(seed: UInt64, tickets count: Int) throws -> (TestStore, DeskConnection, [Ticket])
  {
    let test = try TestStore(seed: seed)
    var random = SplitMix64(seed)
    var changes: [Change] = [
      .customer(Customer(id: "c1", name: "王晓芳")), .customer(Customer(id: "c2", name: "John Smith")),
    ]
    for index in 0..<count {
      var ticket = Ticket(
        id: TicketID("t\(index)"), customer: random.chance(0.5) ? "c1" : "c2",
        zone: ["billing", "broadband", "general"][random.below(3)],
        subject: ["多扣费", "100% 掉线", "refund_due"][random.below(3)],
        priority: Ticket.Priority.allCases[random.below(4)], channel: .phone,
        createdAt: Timestamp(seconds: Int64(1_789_000_000 + random.below(40))), createdBy: "system")
      ticket.state = Ticket.State.allCases[random.below(6)]
      if ticket.state != .new { ticket.owner = ["linxiao", "chenyu"][random.below(2)] }
      if random.chance(0.5) {
        ticket.waitingSince = Timestamp(seconds: Int64(1_789_000_000 + random.below(40)))
      }
      if ticket.state.isDone { ticket.closedAt = Timestamp(seconds: Int64(1_789_000_000 + random.below(40))) }
      ticket.isUnread = random.chance(0.3)
      changes.append(.ticket(ticket))
    }
    try test.store.bulkLoad([changes])
    let desk = try test.desk()
    let tickets = changes.compactMap { if case .ticket(let ticket) = $0 { ticket } else { nil } }
    return (test, desk, tickets)
  }

  private static func expected(_ query: QueueQuery, _ tickets: [Ticket]) -> [TicketID] {
    let shown = tickets.enumerated().filter { _, ticket in
      let isIn =
        switch query.scope {
        case .waiting: ticket.owner == nil && !ticket.state.isDone
        case .open: !ticket.state.isDone
        case .mine: ticket.owner == query.owner && !ticket.state.isDone
        case .pending: ticket.state == .pending
        case .done: ticket.state.isDone
        case .raised: false
        }
      let name = ticket.customer == "c1" ? "王晓芳" : "john smith"
      let matches = query.text.isEmpty || ticket.subject.contains(query.text) || name.contains(query.text)
      return isIn && matches && (query.zones.isEmpty || query.zones.contains(ticket.zone))
    }
    return shown.sorted { left, right in
      let (a, b) = (left.element, right.element)
      if query.scope == .done {
        return (a.listMoment.milliseconds, left.offset) > (b.listMoment.milliseconds, right.offset)
      }
      return (a.priority.rawValue, a.listMoment.milliseconds, left.offset)
        < (b.priority.rawValue, b.listMoment.milliseconds, right.offset)
    }.map(\.element.id)
  }

  private static var queries: [QueueQuery] {
    QueueQuery.Scope.allCases.flatMap { scope in
      [[], ["billing"], ["billing", "general"], ["billing", "broadband", "general"]].flatMap {
        (zones: Set<ZoneID>) in
        ["", "100%", "_due", "王晓", "john"].map { text in
          QueueQuery(scope: scope, zones: zones, owner: "linxiao", text: text)
        }
      }
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `pages put together are the sorted list, forwards and backwards`(_ seed: UInt64) throws {
    let (_, desk, tickets) = try Self.world(seed: seed, tickets: 150)
    for query in Self.queries {
      let expected = Self.expected(query, tickets)
      for limit in [7, 40] {
        var forward: [QueueRow] = []
        var edge = QueueRequest.Edge.first
        while true {
          let page = try desk.replica.queuePage(QueueRequest(query: query, edge: edge, limit: limit))
          #expect(page.hasBefore == !forward.isEmpty)
          forward += page.rows
          guard page.hasAfter, let last = page.rows.last else { break }
          edge = .after(last.key)
        }
        #expect(forward.map(\.id) == expected, "\(query)")
        var backward: [QueueRow] = []
        edge = .last
        while true {
          let page = try desk.replica.queuePage(QueueRequest(query: query, edge: edge, limit: limit))
          #expect(page.hasAfter == !backward.isEmpty)
          backward = page.rows + backward
          guard page.hasBefore, let first = page.rows.first else { break }
          edge = .before(first.key)
        }
        #expect(backward == forward)
      }
      for index in expected.indices.prefix(12) {
        let key = try #require(
          try desk.replica.queuePage(QueueRequest(query: query, edge: .first, limit: index + 1)).rows.last?
            .key)
        let page = try desk.replica.queuePage(QueueRequest(query: query, edge: .from(key), limit: 5))
        #expect(page.rows.map(\.id) == Array(expected[index...].prefix(5)))
      }
    }
  }

  @Test(arguments: [
    ("wangxiaof", ["t1"]), ("wxf", ["t1"]), ("manyou", ["t2"]), ("my", ["t2"]), ("manyoubao", ["t2"]),
    ("zzz", []),
  ])
  func `the filter reads names and subjects as pinyin`(_ typed: String, _ expected: [String]) throws {
    let test = try TestStore(inMemory: true)
    func ticket(_ id: TicketID, _ customer: CustomerID, _ subject: String) -> Change {
      .ticket(
        Ticket(
          id: id, customer: customer, zone: "billing", subject: subject, channel: .phone,
          createdAt: Timestamp(seconds: 1_789_000_000), createdBy: "system"))
    }
    try test.store.bulkLoad([
      [.customer(Customer(id: "c1", name: "王晓芳")), .customer(Customer(id: "c2", name: "John"))],
      [ticket("t1", "c1", "多扣费"), ticket("t2", "c2", "漫游包 100%"), ticket("t3", "c2", "宽带")],
    ])
    let query = QueueQuery(scope: .open, text: typed)
    let page = try test.desk().replica.queuePage(QueueRequest(query: query, edge: .first, limit: 10))
    #expect(page.rows.map(\.id.text) == expected)
    #expect(!page.hasAfter)
  }

  /// Every fortieth of 200,000 rows fits, so that a page of the filter looks at more rows than it may.
  @Test func `a filter that was superseded ends in the middle of its statement`() throws {
    let test = try TestStore(inMemory: true)
    let changes: [Change] = (0..<200_000).map { index in
      .ticket(
        Ticket(
          id: TicketID("t\(index)"), customer: "c1", zone: "billing",
          subject: index % 400 == 0 ? "漫游包" : "多扣费", channel: .phone,
          createdAt: Timestamp(seconds: 1_789_000_000 + Int64(index)), createdBy: "system"))
    }
    try test.store.bulkLoad([[.customer(Customer(id: "c1", name: "王晓芳"))], changes])
    let replica = try test.desk().replica
    let request = QueueRequest(query: QueueQuery(scope: .open, text: "漫游"), edge: .first, limit: 64)
    let questions = Atomic<Int>(0)
    let whole = try replica.queuePage(request) {
      questions.add(1, ordering: .relaxed)
      return false
    }
    let inWhole = questions.exchange(0, ordering: .relaxed)
    #expect(whole.rows.count == 13)
    #expect(inWhole > 20, "\(inWhole): SQLite was not asked often enough to end it early")
    #expect(throws: CancellationError.self) {
      try replica.queuePage(request) { questions.add(1, ordering: .relaxed).newValue > 5 }
    }
    #expect(questions.exchange(0, ordering: .relaxed) == 6)
    // The connection is not asked any more, and answers the next filter.
    #expect(try replica.queuePage(request) == whole)
    #expect(questions.load(ordering: .relaxed) == 0)
  }

  @Test func `counters are what counting gives`() throws {
    let (_, desk, tickets) = try Self.world(seed: 9, tickets: 200)
    for zones in [[], ["billing"], ["billing", "general"]] as [Set<ZoneID>] {
      let counts = try desk.replica.queueCounts(agent: "linxiao", zones: zones)
      func count(_ scope: QueueQuery.Scope) -> Int {
        Self.expected(QueueQuery(scope: scope, zones: zones), tickets).count
      }
      #expect(counts.waiting == count(.waiting))
      #expect(counts.open == count(.open))
      #expect(counts.pending == count(.pending))
      #expect(counts.done == count(.done))
      #expect(counts.mine == tickets.filter { $0.owner == "linxiao" && !$0.state.isDone }.count)
      #expect(
        counts.mineUnread == tickets.filter { $0.owner == "linxiao" && !$0.state.isDone && $0.isUnread }.count
      )
      let waiting = tickets.filter {
        $0.owner == nil && !$0.state.isDone && (zones.isEmpty || zones.contains($0.zone))
      }
      #expect(counts.oldestWaitingSince == waiting.compactMap(\.waitingSince).min())
    }
  }

  @Test func `the service level counts contacts of today within the threshold`() throws {
    let test = try TestStore()
    let desk = try test.desk()
    let customer = try desk.makeCustomer(test)
    for wait in [5, 20, 21, 60] as [Int64] {
      let ticket = try desk.makeTicket(test, customer: customer)
      test.clock.advance(seconds: wait)
      #expect(try desk.submit(test.ticket(ticket, .claim)) == .accepted)
    }
    let level = try desk.replica.serviceLevel(zones: [], since: Timestamp(seconds: 0))
    #expect(level.value == 0.5)
    #expect(level.percent == 50)
    #expect(try desk.replica.serviceLevel(zones: ["broadband"], since: Timestamp(seconds: 0)).value == nil)
    let tomorrow = try desk.replica.serviceLevel(zones: [], since: test.clock.now.advanced(seconds: 1))
    #expect(tomorrow.value == nil)
  }
}
