import Domain
import Foundation
import TestSupport
import Testing

/// A floor with an open ticket of the agent and a bill of two lines of 38.00 and one credit.
private struct Till {
  var floor: Floor
  static let bill: BillID = "bill"

  init(limits: [Role: RefundRules.Limit]? = nil) throws {
    floor = try Floor.with(.open)
    floor.state.bills[Self.bill] = Bill(
      id: Self.bill, number: "B-2610", customer: Floor.customer, period: "2026-10",
      lines: [3800, 3800, -500].map {
        Bill.Line(
          title: "国际漫游包", amount: Money(cents: $0), chargedOn: CivilDate("2026-10-03")!)
      })
    floor.state.configuration.refunds = RefundRules(
      limits: limits ?? [
        .agent: RefundRules.Limit(refund: Money(cents: 2000), day: Money(cents: 3000)),
        .lead: RefundRules.Limit(refund: Money(cents: 3800), day: Money(cents: 5000)),
      ], withdrawSeconds: 60)
  }

  var bill: Bill { floor.state.bills[Self.bill]! }

  mutating func refund(
    _ cents: Int64, line: Int = 0, by agent: AgentID = Floor.agent(.agent), charged: Int64 = 3800,
    reason: String = "重复扣费", ticket: TicketID = Floor.ticket
  ) throws -> Outcome {
    try floor.run(
      .bill(
        Self.bill,
        .refund(
          RefundRequest(
            line: line, charged: Money(cents: charged), amount: Money(cents: cents), ticket: ticket,
            reason: reason))), by: agent)
  }

  mutating func act(_ action: BillAction, by agent: AgentID) throws -> Outcome {
    try floor.run(.bill(Self.bill, action), by: agent)
  }
}

@Suite struct `Refunds` {
  private let lead = Floor.agent(.lead)
  private let agent = Floor.agent(.agent)

  @Test func `never pay back more than was charged, to the cent, and requests count`() throws {
    var till = try Till()
    #expect(try till.refund(1999) == .accepted)
    #expect(try till.refund(1802) == .refused(.refundAboveCharge(left: Money(cents: 1801))))
    // Above the day's limit it only waits, and the line is used up all the same.
    #expect(try till.refund(1801) == .accepted)
    #expect(till.bill.refunds.map(\.state) == [.granted, .requested])
    #expect(till.bill.refundable(ofLine: 0) == Money(cents: 0))
    #expect(try till.refund(1) == .refused(.refundAboveCharge(left: Money(cents: 0))))
    // The other line of the same title is another line.
    #expect(till.bill.line(named: "国际漫游包") == 1)
    #expect(try till.act(.decline(till.bill.refunds[1].id, reason: "按规则收取"), by: lead) == .accepted)
    #expect(till.bill.refundable(ofLine: 0) == Money(cents: 1801))
  }

  @Test(
    arguments: [
      (0, 0, 3800, "r", Refusal.refundNotPositive), (-1, 0, 3800, "r", .refundNotPositive),
      (.min, 0, 3800, "r", .refundNotPositive),
      (100, 0, 3799, "r", .billChanged), (100, 9, 3800, "r", .billChanged),
      (100, -1, 3800, "r", .billChanged),
      (100, 2, -500, "r", .refundAboveCharge(left: Money(cents: 0))),
      (.max, 0, 3800, "r", .refundAboveCharge(left: Money(cents: 3800))),
      (100, 0, 3800, " \n", .reasonMissing),
    ] as [(Int64, Int, Int64, String, Refusal)])
  func `that make no sense are refused`(
    _ cents: Int64, _ line: Int, _ charged: Int64, _ reason: String, _ refusal: Refusal
  ) throws {
    var till = try Till()
    #expect(try till.refund(cents, line: line, charged: charged, reason: reason) == .refused(refusal))
    #expect(till.bill.refunds.isEmpty)
  }

  @Test func `are granted up to the limit and wait for somebody else above it`() throws {
    for (cents, state) in [(2000, .granted), (2001, .requested)] as [(Int64, Refund.State)] {
      var till = try Till()
      #expect(try till.refund(cents) == .accepted)
      #expect(till.bill.refunds[0].state == state)
      #expect((till.bill.refunds[0].releasesAt != nil) == (state == .granted))
    }
    var till = try Till()
    _ = try till.refund(2001)
    let id = till.bill.refunds[0].id
    #expect(try till.act(.approve(id), by: agent) == .refused(.missingRight(.approveRefunds)))
    #expect(try till.act(.approve(id), by: lead) == .accepted)
    #expect(till.bill.refunds[0].decidedBy == lead)
    #expect(till.floor.state.tickets[Floor.ticket]?.isUnread == true)
    #expect(try till.act(.approve(id), by: lead) == .refused(.refundDecided(.granted)))
    #expect(try till.act(.decline(id, reason: "x"), by: lead) == .refused(.refundDecided(.granted)))
    #expect(try till.act(.approve("none"), by: lead) == .refused(.refundMissing))
  }

  @Test func `count over any 24 hours, and what was taken back counts no more`() throws {
    var till = try Till()
    #expect(try till.refund(2000) == .accepted)
    #expect(try till.refund(1000, line: 1) == .accepted)
    #expect(till.bill.refunds.map(\.state) == [.granted, .granted])
    #expect(try till.refund(1, line: 1) == .accepted)
    #expect(till.bill.refunds[2].state == .requested)
    #expect(try till.act(.withdraw(till.bill.refunds[1].id), by: agent) == .accepted)
    #expect(try till.refund(1000, line: 1) == .accepted)
    #expect(till.bill.refunds[3].state == .granted)
    // A desk whose clock was set back has the same day: the store's clock counts.
    var operation = till.floor.operation(
      .bill(
        Till.bill,
        .refund(
          RefundRequest(
            line: 1, charged: Money(cents: 3800), amount: Money(cents: 1), ticket: Floor.ticket, reason: "r"))
      ))
    let now = operation.at
    operation.at = now.advanced(seconds: -3 * 86_400)
    func state(at moment: Timestamp) throws -> Refund.State? {
      let changes = try Reducer(state: till.floor.state, now: operation.at, rightsAt: moment)
        .changes(of: operation)
      guard case .bill(let bill)? = changes.first else { return nil }
      return bill.refunds.last?.state
    }
    #expect(try state(at: now) == .requested)
    #expect(try state(at: now.advanced(seconds: 86_400)) == .granted)
  }

  @Test func `are approved within the limit of whoever approves, and by nobody for themselves`() throws {
    var till = try Till()
    try till.floor.expectAccepted(
      .ticket(Floor.ticket, .transfer(zone: nil, team: nil, agent: lead, note: "请看")))
    #expect(try till.refund(3800, by: lead) == .accepted)
    #expect(try till.refund(1201, line: 1, by: lead) == .accepted)
    let id = till.bill.refunds[1].id
    #expect(till.bill.refunds[1].state == .requested)
    #expect(try till.act(.approve(id), by: lead) == .refused(.ownRefund))
    #expect(try till.act(.decline(id, reason: "x"), by: lead) == .refused(.ownRefund))
    // A manager may approve, and has no limit here.
    #expect(
      try till.act(.approve(id), by: Floor.agent(.manager))
        == .refused(.refundAboveLimit(refund: Money(cents: 0), left: Money(cents: 0))))
  }

  @Test func `can be withdrawn until they are paid, by whoever asked or may approve`() throws {
    var till = try Till()
    _ = try till.refund(100)
    let id = till.bill.refunds[0].id
    #expect(try till.act(.withdraw(id), by: "a-second") == .refused(.notYours))
    for _ in 0..<8 { _ = till.floor.operation(.ticket(Floor.ticket, .markRead)) }
    #expect(try till.act(.withdraw(id), by: agent) == .refused(.refundPaid))
    _ = try till.refund(100)
    #expect(try till.act(.withdraw(till.bill.refunds[1].id), by: lead) == .accepted)
    #expect(
      try till.act(.withdraw(till.bill.refunds[1].id), by: lead) == .refused(.refundDecided(.withdrawn)))
  }

  @Test func `belong to the customer, the owner and an open ticket, and stand in its timeline`() throws {
    var till = try Till()
    #expect(try till.refund(100, by: "a-second") == .refused(.notOwner(owner: agent)))
    #expect(try till.refund(100, ticket: "none") == .refused(.ticketMissing))
    #expect(try till.refund(100, by: lead) == .accepted)
    till.floor.state.tickets[Floor.ticket]?.customer = "other-customer"
    #expect(try till.refund(100) == .refused(.otherCustomer))
    till.floor.state.customers["other-customer"]?.mergedInto = Floor.customer
    #expect(try till.refund(100) == .accepted)
    till.floor.state.tickets[Floor.ticket]?.state = .closed
    #expect(try till.refund(100) == .refused(.wrongState(.closed)))
    let events = till.floor.state.entries(of: Floor.ticket).compactMap { entry -> Refund.Event? in
      if case .refund(let event) = entry.kind { event } else { nil }
    }
    #expect(events.map(\.refund) == till.bill.refunds.map(\.id))
    till.floor.state.configuration.refunds = nil
    #expect(try till.refund(100) == .refused(.refundsNotConfigured))
  }

  @Test func `outlive an import, which must leave their lines as they were`() throws {
    var till = try Till()
    _ = try till.refund(1000)
    var imported = till.bill
    imported.refunds = []
    let admin = Floor.agent(.admin)
    func load(_ bill: Bill, _ floor: inout Floor) throws -> Outcome {
      try floor.run(
        .customer(Floor.customer, .importRecords(products: [], orders: [], bills: [bill])), by: admin)
    }
    #expect(try load(imported, &till.floor) == .accepted)
    #expect(till.bill.refunds.count == 1)
    imported.lines[0].amount = Money(cents: 999)
    #expect(try load(imported, &till.floor) == .refused(.billHasRefunds(bill: "B-2610")))
    imported.lines = []
    #expect(try load(imported, &till.floor) == .refused(.billHasRefunds(bill: "B-2610")))
    var made = imported
    made.id = "new"
    made.refunds = till.bill.refunds
    #expect(try load(made, &till.floor) == .accepted)
    #expect(till.floor.state.bills["new"]?.refunds == [])
  }

  @Test func `need a verification where the zone says so`() throws {
    var till = try Till()
    till.floor.state.configuration.zones[0].verification = Zone.Verification(
      questions: [.name], needed: 1, attempts: 2, gates: [.refund])
    #expect(try till.refund(100) == .refused(.verificationMissing))
    try till.floor.expectAccepted(.ticket(Floor.ticket, .verify(Floor.contact, .name, isRight: true)))
    #expect(try till.refund(100) == .accepted)
    try till.floor.expectAccepted(.ticket(Floor.ticket, .moveContact(Floor.contact, to: .ended, code: nil)))
    #expect(try till.refund(100) == .refused(.verificationMissing))
  }

  @Test func `are read from what older programs wrote, and by them`() throws {
    let bill = Data(
      #"{"id":"b","number":"1","customer":"c","period":"2026-10","lines":[],"isPaid":true}"#.utf8)
    #expect(try JSONDecoder().decode(Bill.self, from: bill).refunds == [])
    let event = Refund.Event(
      refund: "r", bill: "b", billNumber: "1", title: "包", amount: Money(cents: 1), state: .granted)
    for kind in [TimelineEntry.Kind.refund(event), .verification(.wrong(.name)), .note] {
      let entry = TimelineEntry(
        id: "e", ticket: "t", at: Timestamp(seconds: 1), author: .system, kind: kind, body: "因为")
      let data = try JSONEncoder().encode(entry)
      #expect(try JSONDecoder().decode(TimelineEntry.self, from: data) == entry)
      // A program that has never heard of it looks at `kind` alone.
      let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
      #expect((object["kind"] as? [String: Any])?.keys.sorted() == ["note"])
      var newer = object
      newer["newer"] = ["somethingElse": [:]]
      let changed = try JSONSerialization.data(withJSONObject: newer)
      #expect(try JSONDecoder().decode(TimelineEntry.self, from: changed).kind == .note)
    }
    var zone = Floor.billing
    zone.verification = Zone.Verification(questions: [.name], needed: 1, attempts: 2, gates: [.reveal])
    var set = ConfigurationSet()
    set.zones = [zone]
    set.refunds = RefundRules(limits: [.agent: .nothing])
    #expect(try JSONDecoder().decode(ConfigurationSet.self, from: JSONEncoder().encode(set)) == set)
    #expect(Refusal.verificationMissing.told(toSchema: 1) == .missingRight(.reveal))
    #expect(Refusal.verificationMissing.told(toSchema: 2) == .verificationMissing)
  }
}
