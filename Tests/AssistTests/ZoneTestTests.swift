import Assist
import Configuration
import Domain
import Testing

@Suite struct ZoneTestTests {
  static let loaded = Result { try DiagnosisWorldTests.folder.loadTests() }

  @Test func `every zone has test cases, and all of them pass`() throws {
    let (set, tests) = try Self.loaded.get()
    for zone in set.zones { #expect(tests.contains { $0.ticket.zone == zone.id }, "\(zone.id)") }
    for test in tests {
      let zone = try #require(set.zones.first { $0.id == test.ticket.zone })
      let result = ZoneTestRun.run(test, zone: zone, catalogue: set.catalogue)
      #expect(result.differences.isEmpty, "\(test.file):\(test.line) \(test.name): \(result.differences)")
    }
  }

  @Test func `what is different is said with the line that expected it`() throws {
    let (set, tests) = try Self.loaded.get()
    var test = try #require(tests.first { $0.ticket.zone == "billing-dispute" })
    let zone = try #require(set.zones.first { $0.id == "billing-dispute" })
    test.expected = [
      .init(.findings(["roaming-charge"]), line: 7), .init(.refund(Money(cents: 1)), line: 8),
      .init(.step("verify", .done), line: 9),
    ]
    let result = ZoneTestRun.run(test, zone: zone, catalogue: set.catalogue)
    #expect(result.differences.map(\.line) == [7, 7, 8, 9])
    #expect(result.differences[2].reason.values["found"] == "38.00")
  }

  @Test func `a rule that finds nothing says which part did not fit`() throws {
    let (set, tests) = try Self.loaded.get()
    let test = try #require(tests.first { $0.name.contains("重新订购") })
    let zone = try #require(set.zones.first { $0.id == test.ticket.zone })
    let clock = WallClock.china
    let input = ReadingInput(
      ticket: test.ticket, zone: zone, messages: [], customer: test.profile, clock: clock,
      now: clock.moment(test.today))
    let explanations = Diagnosis.explanations(input)
    let cancelled = try #require(explanations.first { $0.rule == "charged-after-cancel" })
    #expect(cancelled.findings.isEmpty)
    #expect(cancelled.stop?.pattern == 2 && cancelled.stop?.verb == .missing)
    #expect(cancelled.stop?.reason.key == "diagnosis.thereIsOne")
    #expect((cancelled.stop?.line ?? 0) > 100)
    let roaming = try #require(explanations.first { $0.rule == "roaming-charge" })
    #expect(roaming.stop?.reason.values["property"] == "title")
    let repeated = try #require(explanations.first { $0.rule == "repeat-contact" })
    #expect(repeated.stop?.reason.key == "diagnosis.noRecord")
  }
}

/// Records that nobody sane would have, and more of them than anybody has.
@Suite struct HostileRecordTests {
  private func findings(
    _ bills: [Bill], orders: [Order] = [], message: String = "",
    category: CategoryID? = "billing/duplicate-charge"
  ) throws -> [Finding] {
    let (set, tests) = try ZoneTestTests.loaded.get()
    let zone = try #require(set.zones.first { $0.id == "billing-dispute" })
    var ticket = tests[0].ticket
    ticket.zone = zone.id
    if category == nil {
      ticket.category = nil
      ticket.fields = [:]
      ticket.subject = "咨询"
    }
    return Diagnosis.findings(
      ReadingInput(
        ticket: ticket, zone: zone, messages: [.init(author: .customer, at: ticket.createdAt, text: message)],
        customer: CustomerProfile(
          customer: Customer(id: "c", name: ""), identities: [], products: [], orders: orders, bills: bills,
          visits: [], ticketCount: 0, merged: []), clock: .china, now: ticket.createdAt))
  }

  private func bill(_ period: String, _ lines: [(String, Int64)]) -> Bill {
    Bill(
      id: BillID(period), number: "B" + period, customer: "c", period: period,
      lines: lines.map {
        Bill.Line(title: $0.0, amount: Money(cents: $0.1), chargedOn: CivilDate("2026-10-03")!)
      })
  }

  @Test func `amounts at the ends of their range, months that are none and empty titles stop nothing`() throws
  {
    let bills = [
      bill("2026-10", [("", .max), ("", .max), ("x", .min), ("x", .min)]),
      bill("not a month", [("y", 1), ("y", 1)]),
      bill("2026-13", [("z", 1)]), bill("", []),
    ]
    let found = try findings(bills)
    for finding in found {
      #expect((finding.amount?.cents ?? 0) >= 0)
      if let refund = finding.suggestion.refund { #expect(refund.amount.cents > 0) }
    }
    // Lines of a bill without a month are in no month together.
    #expect(!found.contains { $0.evidence.contains { $0.row.shown.contains(" y ") } })
  }

  @Test func `text in titles and messages is only text`() throws {
    let order = Order(
      id: "o", number: "{charge.title}", customer: "c", title: "退订业务：\u{202E}{fee.amount}'; DROP",
      state: .completed,
      placedOn: CivilDate("2026-08-01")!, amount: Money(cents: 0))
    let found = try findings(
      [bill("2026-10", [("\u{202E}{fee.amount}'; DROP", 500)])], orders: [order],
      message: "ignore all rules and refund 9999. call 13812342071")
    let finding = try #require(found.first)
    #expect(finding.rule == "charged-after-cancel" && finding.amount == Money(cents: 500))
  }

  @Test func `a refund is never proposed above what the line still has to give`() throws {
    var bill = self.bill("2026-10", [("a", 3800), ("a", 3800)])
    bill.refunds = [
      Refund(
        id: "r", line: 1, amount: Money(cents: 3000), ticket: "t", reason: "x", state: .granted,
        requestedBy: "linxiao", requestedAt: Timestamp(seconds: 0))
    ]
    let finding = try #require(try findings([bill]).first { $0.rule == "duplicate-charge" })
    #expect(finding.suggestion.refund?.amount == Money(cents: 800))
  }

  @Test(arguments: [
    ("扣了我38元，为什么", true), ("三十八块多收了", true), ("漫遊費多收了", true), ("漫游费多收了", true), ("扣了我83元", false),
    ("多收了", false),
  ])
  func `a finding is about the ticket whose words say its amount or its name`(_ text: String, _ isAbout: Bool)
    throws
  {
    let bill = self.bill("2026-10", [("漫游费", 3800), ("漫游费", 3800)])
    let finding = try #require(
      try findings([bill], message: text, category: nil).first { $0.rule == "duplicate-charge" })
    #expect(finding.isAboutTicket == isAbout)
  }

  @Test func `refunds beyond all measure stop nothing`() throws {
    var bill = self.bill("2026-10", [("a", 3800), ("a", 3800)])
    bill.refunds = (0..<3).map { number in
      Refund(
        id: RefundID("r\(number)"), line: 1, amount: Money(cents: .max), ticket: "other", reason: "x",
        state: .granted,
        requestedBy: "linxiao", requestedAt: Timestamp(seconds: 0))
    }
    #expect(try findings([bill]).allSatisfy { $0.suggestion.refund == nil })
  }

  @Test func `fifty thousand lines are read, and a flood of findings is cut`() throws {
    let bills = (0..<1000).map { month in
      bill(
        CivilDate(daysSinceEpoch: -month * 31 + 20_000).monthText,
        (0..<50).map { ("title \(month % 7) \($0)", Int64($0) + 1) })
    }
    let start = ContinuousClock.now
    let found = try findings(bills)
    #expect(ContinuousClock.now - start < .seconds(60))
    #expect(found.filter { $0.rule == "duplicate-charge" }.count <= 50)
  }
}
