import Domain
import Foundation
import GRDB
import Testing

@testable import Store

/// Refunds and verification over a real store with desks of their own.
struct RefundStoreTests {
  private static let bill: BillID = "bill-1"

  private static var configuration: ConfigurationSet {
    var set = Sample.configuration
    set.refunds = RefundRules(
      limits: [
        .agent: RefundRules.Limit(refund: Money(cents: 5000), day: Money(cents: 20_000)),
        .lead: RefundRules.Limit(refund: Money(cents: 30_000), day: Money(cents: 200_000)),
      ], withdrawSeconds: 600)
    return set
  }

  private struct Till {
    let test: TestStore
    let first: DeskConnection
    let second: DeskConnection
    let customer: CustomerID
    let tickets: [TicketID]

    init(_ configuration: ConfigurationSet = RefundStoreTests.configuration) throws {
      let test = try TestStore(configuration)
      let desks = [try test.desk("linxiao"), try test.desk("chenyu", store: test.reopened())]
      let customer = try desks[0].makeCustomer(test)
      let tickets = try desks.map { try $0.makeTicket(test, customer: customer) }
      let admin = try test.desk("admin", store: test.reopened())
      let bill = Bill(
        id: RefundStoreTests.bill, number: "B-1", customer: customer, period: "2026-10",
        lines: [3800, 12_900].map {
          Bill.Line(title: "国际漫游包", amount: Money(cents: $0), chargedOn: CivilDate("2026-10-02")!)
        })
      let imported = try admin.submit(
        test.operation(
          "admin", .customer(customer, .importRecords(products: [], orders: [], bills: [bill]))))
      try #require(imported == .accepted)
      admin.close()
      for (desk, ticket) in zip(desks, tickets) {
        let claimed = try desk.submit(test.ticket(ticket, .claim, by: desk.agent))
        try #require(claimed == .accepted)
      }
      for desk in desks { _ = try desk.synchronize() }
      (self.test, first, second) = (test, desks[0], desks[1])
      (self.customer, self.tickets) = (customer, tickets)
    }

    func refund(_ desk: DeskConnection, _ cents: Int64, line: Int = 0) -> Domain.Operation {
      let charged: Int64 = line == 0 ? 3800 : 12_900
      return test.operation(
        desk.agent,
        .bill(
          RefundStoreTests.bill,
          .refund(
            RefundRequest(
              line: line, charged: Money(cents: charged), amount: Money(cents: cents),
              ticket: tickets[desk.agent == "linxiao" ? 0 : 1], reason: "重复扣费 13812342071"))))
    }

    func bill(_ desk: DeskConnection) throws -> Bill {
      try #require(try desk.replica.customerProfile(customer)?.bills.first)
    }
  }

  @Test func `of two desks that refund one line at once the second is told what is left`() throws {
    let till = try Till()
    // Both see all of the line, and both save: the store decides.
    #expect(try till.first.save(till.refund(till.first, 2000)) == .accepted)
    #expect(try till.second.save(till.refund(till.second, 2000)) == .accepted)
    #expect(try till.bill(till.second).refunds.count == 1)
    #expect(try till.first.synchronize().answered.map(\.outcome) == [.accepted])
    #expect(
      try till.second.synchronize().answered.map(\.outcome)
        == [.refused(.refundAboveCharge(left: Money(cents: 1800)))])
    for desk in [till.first, till.second] {
      _ = try desk.synchronize()
      let bill = try till.bill(desk)
      #expect(bill.refunds.map(\.requestedBy) == ["linxiao"])
      // Free text is masked wherever it is read.
      #expect(!bill.refunds[0].reason.contains("13812342071"))
    }
    #expect(try till.second.replica.notSent().count == 1)
    let trace = try #require(try till.first.replica.ticketDetail(till.tickets[0]))
    #expect(
      trace.entries.contains {
        if case .refund(let event) = $0.kind { event.state == .granted } else { false }
      })
    #expect(trace.customer?.refunds(of: till.tickets[0]).count == 1)
    #expect(try till.test.store.verifyAudit(witnesses: []).isWhole)
  }

  @Test func `what others give back beside a ticket that stays with a desk outside its part is seen there`()
    throws
  {
    let till = try Till()
    let ticket = till.tickets[0]
    let zone = try #require(try till.first.replica.ticket(ticket)?.zone)
    let clock = till.test.clock
    let part = try DeskConnection(
      store: till.test.reopened(), replica: Replica(path: till.test.folder("part.replica")), agent: "tangyue",
      now: { clock.now }, identifiers: till.test.identifiers,
      window: DeskWindow(agent: "tangyue", zones: [zone == "billing" ? "broadband" : "billing"], days: 3))
    #expect(try part.replica.ticket(ticket) == nil)
    #expect(try part.bring(ticket))
    try part.replica.saveDraft(Draft(ticket: ticket, slot: .note, body: "还没写完", savedAt: clock.now))
    _ = try part.synchronize()
    #expect(try till.bill(part).refunds.isEmpty)
    // On the bill for another ticket: nothing of the one with the draft changes.
    #expect(try till.second.submit(till.refund(till.second, 2000)) == .accepted)
    _ = try part.synchronize()
    #expect(try till.bill(part) == till.bill(till.second))
    #expect(try till.bill(part).refunds.count == 1)
  }

  @Test func `nor is what they give back to whom the customer of that ticket was merged into missed`() throws
  {
    let till = try Till()
    let clock = till.test.clock
    let merged = try till.first.makeCustomer(till.test, phone: "13812342079")
    let (stays, visits) = (
      try till.first.makeTicket(till.test, customer: merged),
      try till.first.makeTicket(till.test, customer: merged)
    )
    let merging = till.test.operation("tangyue", .customer(merged, .merge(into: till.customer)))
    let lead = try till.test.desk("tangyue", store: till.test.reopened())
    try #require(try lead.submit(merging) == .accepted)
    _ = try till.second.synchronize()
    let part = try DeskConnection(
      store: till.test.reopened(), replica: Replica(path: till.test.folder("part.replica")), agent: "admin",
      now: { clock.now }, identifiers: till.test.identifiers,
      window: DeskWindow(agent: "admin", zones: ["general"], days: 3))
    for ticket in [stays, visits] {
      #expect(try part.replica.ticket(ticket) == nil)
      #expect(try part.bring(ticket))
    }
    try part.replica.saveDraft(Draft(ticket: stays, slot: .note, body: "还没写完", savedAt: clock.now))
    _ = try part.synchronize()
    #expect(try part.replica.customerProfile(merged)?.bills.first?.refunds.isEmpty == true)
    #expect(try till.second.submit(till.refund(till.second, 2000)) == .accepted)
    _ = try part.synchronize()
    #expect(try till.bill(part) == till.bill(till.second))
    #expect(try part.replica.customerProfile(merged)?.bills.first?.refunds.count == 1)
    // Nobody works on the other one: it went with what it showed.
    #expect(try part.replica.ticket(visits) == nil)
  }

  @Test func `the limit of a day holds over desks and counts by the clock of the store`() throws {
    var configuration = Self.configuration
    configuration.refunds = RefundRules(
      limits: [.agent: RefundRules.Limit(refund: Money(cents: 5000), day: Money(cents: 5000))])
    let till = try Till(configuration)
    #expect(try till.first.submit(till.refund(till.first, 3800)) == .accepted)
    var late = till.refund(till.first, 1201, line: 1)
    late.at = late.at.advanced(seconds: -5 * 86_400)
    #expect(try till.first.submit(late) == .accepted)
    #expect(try till.bill(till.first).refunds.map(\.state) == [.granted, .requested])
    till.test.clock.advance(seconds: 86_401)
    #expect(try till.first.submit(till.refund(till.first, 1201, line: 1)) == .accepted)
    #expect(try till.bill(till.first).refunds.map(\.state) == [.granted, .requested, .granted])
  }

  @Test func `what was raised on a ticket waits for a lead until somebody looks after it`() throws {
    let till = try Till()
    let ticket = till.tickets[0]
    let reason = Reason("risk.escalation", ["word": "12315"])
    #expect(
      try till.first.submit(
        till.test.operation("linxiao", .ticket(ticket, .raise(.escalation, .high, reason))))
        == .accepted)
    let lead = try till.test.desk("tangyue", store: till.test.reopened())
    func waiting() throws -> [RaisedItem] { try lead.replica.raised(at: till.test.clock.now) }
    let item = try #require(try waiting().first)
    guard case .alert(let alert) = item.matter else {
      Issue.record("no alert")
      return
    }
    #expect(alert.kind == .escalation && alert.reason == reason && item.ticket == ticket)
    #expect(item.customerName == "王*芳")
    func submit(_ action: TicketAction) throws -> Outcome {
      try lead.submit(till.test.operation("tangyue", .ticket(ticket, action)))
    }
    #expect(try submit(.attend(.escalation)) == .accepted)
    #expect(try waiting().isEmpty)
    till.test.clock.advance(seconds: 5)
    #expect(try submit(.unattend(.escalation)) == .accepted)
    // Raised twice by now, and listed once, by the newest line.
    let again = try waiting()
    #expect(again.count == 1 && again.first?.id != item.id)
    #expect(try submit(.attend(.escalation)) == .accepted)
    #expect(try waiting().isEmpty)
  }

  @Test func `what waits for a lead hides what the customer's words tell of the customer`() throws {
    let till = try Till()
    let reason = Reason("risk.escalation", ["word": "我王晓芳 13812342071 要投诉到 12315"])
    let raising = TicketAction.raise(.escalation, .high, reason)
    #expect(
      try till.first.submit(till.test.operation("linxiao", .ticket(till.tickets[0], raising))) == .accepted)
    let item = try #require(try till.first.replica.raised(at: till.test.clock.now).first)
    guard case .alert(let alert) = item.matter else {
      Issue.record("no alert")
      return
    }
    let word = try #require(alert.reason.values["word"])
    #expect(word.contains("12315") && !word.contains("王晓芳") && !word.contains("13812342071"), "\(word)")
  }

  @Test func `what waits for a lead is the oldest of each kind, whatever there is of others`() throws {
    let till = try Till()
    let start = till.test.clock.now
    try till.test.store.write { db in
      let writer = RowWriter(db: db)
      func put(_ id: String, _ seconds: Int, _ kind: TimelineEntry.Kind, on ticket: TicketID) throws {
        let entry = TimelineEntry(
          id: EntryID(id), ticket: ticket, at: start.advanced(seconds: Int64(seconds)), author: .system,
          kind: kind)
        try writer.put(.entry(entry), revision: 2)
      }
      let requests = (0..<210).map {
        Refund(
          id: RefundID("r\($0)"), line: 0, amount: Money(cents: 1), ticket: "t", reason: "因",
          state: .requested,
          requestedBy: "linxiao", requestedAt: start)
      }
      try writer.put(
        .bill(
          Bill(
            id: "many", number: "B-2", customer: till.customer, period: "2026-10",
            lines: [
              Bill.Line(title: "包", amount: Money(cents: 3800), chargedOn: CivilDate("2026-10-02")!)
            ], refunds: requests)), revision: 2)
      for index in requests.indices {
        let event = Refund.Event(
          refund: requests[index].id, bill: "many", billNumber: "B-2", title: "包", amount: Money(cents: 1),
          state: .requested)
        try put("r\(index)", 210 - index, .refund(event), on: till.tickets[0])
      }
      // Raised in another order than that of their tickets.
      for index in 0..<205 {
        var ticket = Ticket(
          id: TicketID("t\(index)"), customer: till.customer, zone: "billing", subject: "s", channel: .chat,
          createdAt: start, createdBy: "linxiao")
        let reason = Reason("risk.escalation", ["word": "12315"])
        let at = start.advanced(seconds: Int64(1000 - index))
        ticket.alerts = [
          Ticket.Alert(kind: .escalation, severity: .high, reason: reason, raisedAt: at, raisedBy: "linxiao")
        ]
        try writer.put(.ticket(ticket), revision: 2)
        try put("a\(index)", 1000 - index, .raised(.escalation, .high, reason), on: ticket.id)
      }
    }
    let lead = try till.test.desk("tangyue", store: till.test.reopened())
    let items = try lead.replica.raised(at: start.advanced(seconds: 2000))
    let alerts = items.filter { if case .alert = $0.matter { true } else { false } }
    #expect(items.count == 400 && alerts.count == 200)
    #expect(items.map(\.at) == items.map(\.at).sorted())
    #expect(Set(items.filter { !alerts.contains($0) }.map(\.id.text)) == Set((10..<210).map { "r\($0)" }))
    #expect(Set(alerts.map(\.ticket.text)) == Set((5..<205).map { "t\($0)" }))
  }

  @Test func `what waits for a lead is on their desk until it is decided`() throws {
    let till = try Till()
    #expect(try till.first.submit(till.refund(till.first, 12_900, line: 1)) == .accepted)
    let lead = try till.test.desk("tangyue", store: till.test.reopened())
    let items = try lead.replica.raised(at: till.test.clock.now)
    #expect(items.count == 1)
    #expect(items.first?.agent == "linxiao" && items.first?.customerName == "王*芳")
    guard case .refund(let refund, let event, let charged)? = items.first?.matter else {
      Issue.record("no refund")
      return
    }
    #expect(charged == Money(cents: 12_900))
    #expect(
      try lead.submit(till.test.operation("tangyue", .bill(event.bill, .approve(refund.id)))) == .accepted)
    #expect(try lead.replica.raised(at: till.test.clock.now) == [])
    _ = try till.first.synchronize()
    #expect(try till.bill(till.first).refunds.map(\.decidedBy) == ["tangyue"])
    #expect(
      try till.first.submit(till.test.operation("linxiao", .bill(event.bill, .withdraw(refund.id))))
        == .accepted)
  }

  @Test func `a verification is compared with the records, counted by the store, and holds no value`() throws
  {
    var configuration = Self.configuration
    configuration.zones[0].verification = Zone.Verification(
      questions: [.name, .phone, .lastBill], needed: 2, attempts: 2, gates: [.refund, .reveal])
    let till = try Till(configuration)
    let replica = till.first.replica
    #expect(try replica.matches("王 晓芳", to: .name, customer: till.customer))
    #expect(try replica.matches("幺三八 1234 2071", to: .phone, customer: till.customer))
    #expect(try replica.matches("一百六十七块", to: .lastBill, customer: till.customer))
    #expect(try !replica.matches("13812342070", to: .phone, customer: till.customer))
    #expect(try !replica.matches("漕溪北路2号", to: .address, customer: till.customer))
    #expect(
      try till.first.submit(till.refund(till.first, 100)) == .refused(.verificationMissing))
    let contact = try #require(try replica.ticketDetail(till.tickets[0])?.ticket.contact)
    for question in [VerificationQuestion.name, .phone] {
      let action = TicketAction.verify(contact, question, isRight: true)
      #expect(try till.first.submit(till.test.ticket(till.tickets[0], action)) == .accepted)
    }
    #expect(try till.first.submit(till.refund(till.first, 100)) == .accepted)
    let contacts = try #require(try replica.ticketDetail(till.tickets[0])?.contacts)
    #expect(contacts.first?.verification?.right == [.name, .phone])
    #expect(contacts.first?.verification?.passedAt != nil)
  }

  @Test func `a desk of the program before goes on, and is refused in words that it knows`() throws {
    var configuration = Self.configuration
    configuration.zones[0].verification = Zone.Verification(
      questions: [.name], needed: 1, attempts: 2, gates: [.reveal])
    let till = try Till(configuration)
    func push(_ action: Action) throws -> Outcome {
      var operation = till.test.operation("chenyu", action)
      operation.schema = 1
      let sequence = try till.test.store.read {
        try RowReader(db: $0).all("SELECT last_seq FROM desk WHERE id = 'old'") { $0.int(0) }.first ?? 0
      }
      let envelope = try Envelope(
        store: till.test.store.id, desk: "old", sequence: sequence + 1, operation: operation)
      let reply = try till.test.store.push(
        PushRequest(store: till.test.store.id, epoch: 1, envelopes: [envelope]))
      return try #require(reply.answers.first?.outcome)
    }
    #expect(try push(.ticket(till.tickets[1], .note("旧程序"))) == .accepted)
    #expect(
      try push(.customer(till.customer, .reveal(field: "phone", reason: "回拨")))
        == .refused(.missingRight(.reveal)))
    // The very bytes of the program before: without a word of a ticket.
    let old = #"{"customer":{"_0":"c","_1":{"reveal":{"field":"phone","reason":"x"}}}}"#
    #expect(
      try JSONDecoder().decode(Action.self, from: Data(old.utf8))
        == .customer("c", .reveal(field: "phone", reason: "x")))
    #expect(throws: StoreError.otherSchema(found: 3, known: 2)) {
      try SchemaRules.known.operation("{}", schema: 3)
    }
  }

  @Test func `bills, contacts and rules come back as they were written`() throws {
    let till = try Till()
    _ = try till.first.submit(till.refund(till.first, 100))
    let moment = till.test.clock.now
    try till.test.store.write { db in
      let writer = RowWriter(db: db)
      let states = Refund.State.allCases.enumerated().map { index, state in
        Refund(
          id: RefundID("r\(index)"), line: index, amount: Money(cents: .max), ticket: "t", reason: "因\u{0}",
          state: state, requestedBy: "a", requestedAt: moment, decidedBy: index == 0 ? nil : "b",
          decidedAt: index == 0 ? nil : moment, decision: "x", releasesAt: index == 1 ? moment : nil)
      }
      let bill = Bill(id: "x", number: "", customer: "c", period: "", lines: [], refunds: states)
      var contact = Contact(id: "x", ticket: "t", customer: "c", channel: .phone, arrivedAt: moment)
      contact.verification = ContactVerification(
        right: [.name, .lastBill], failures: 2, passedAt: moment, lockedAt: moment, refused: .pressure)
      try writer.put(.bill(bill), revision: 1)
      try writer.put(.contact(contact), revision: 1)
      #expect(try RowReader(db: db).bill("x") == bill)
      #expect(try RowReader(db: db).contact("x") == contact)
      let kinds: [TimelineEntry.Kind] =
        Refund.State.allCases.map {
          .refund(
            Refund.Event(
              refund: "r", bill: "b", billNumber: "n", title: "t", amount: Money(cents: 1), state: $0))
        }
        + [
          .verification(.right(.name)), .verification(.wrong(.idCard)), .verification(.passed),
          .verification(.locked), .verification(.refused(.thirdParty)),
        ]
      for (index, kind) in kinds.enumerated() {
        let entry = TimelineEntry(
          id: EntryID("x\(index)"), ticket: "t", at: moment, author: .system, kind: kind)
        try writer.put(.entry(entry), revision: 1)
        #expect(try RowReader(db: db).entry(entry.id) == entry)
      }
    }
  }
}
