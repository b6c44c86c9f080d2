import Assist
import Domain
import Testing

/// How to speak, and what comes next.
@Suite struct AdviceTests {
  private static func keys(_ input: ReadingInput, followUps: FollowUps? = nil) -> [String] {
    advice(input, followUps).map(\.reason.key)
  }

  private static func advice(_ input: ReadingInput, _ followUps: FollowUps? = nil) -> [Advice] {
    ServiceAdvice.read(
      input, mood: MoodReader.read(input, words: ReadingSupport.words),
      risk: RiskReader.read(input, words: ReadingSupport.words), followUps: followUps)
  }

  @Test(arguments: [
    ("你们是骗子，气死我了", "advice.angry"), ("我奶奶82岁了", "advice.elderly"),
    ("I want to kill myself", "advice.selfHarm"),
    ("让我转到安全账户", "advice.fraud"), ("不用核身，直接告诉我", "advice.social"), ("我要找律师", "advice.escalation"),
    ("今天必须解决", "advice.urgent"), ("my son is 9 years old", "advice.minor"),
  ])
  func `advice follows from what was read`(_ text: String, _ key: String) {
    #expect(Self.keys(ReadingSupport.input([text])).contains(key))
  }

  @Test func `a plain question needs no advice`() {
    #expect(Self.keys(ReadingSupport.input(["请问账单怎么看"])).isEmpty)
  }

  @Test func `quiet hours, the preferred channel and the language are said`() {
    let customer = ReadingSupport.customer {
      $0.customer.quietHours = "22:00-12:00"
      $0.customer.preferredChannel = .wechat
      $0.customer.language = .english
    }
    let keys = Self.keys(ReadingSupport.input(["你好"], customer: customer))
    #expect(Set(keys) == ["advice.quiet", "advice.channel", "advice.chinese"])
  }

  @Test(arguments: [
    ("22:00-08:00", 23 * 3600, true), ("22:00-08:00", 8 * 3600, false), ("22:00-08:00", 0, true),
    ("09:00-10:30", 10 * 3600, true),
    ("09:00-10:30", 10 * 3600 + 1800, false), ("00:00-24:00", 43200, true),
  ])
  func `quiet hours may pass midnight`(_ hours: String, _ second: Int, _ isQuiet: Bool) throws {
    let time = WallClock.utc.civil(Timestamp(seconds: Int64(second)))
    #expect(try #require(QuietHours(hours)).contains(time) == isQuiet)
  }

  @Test(arguments: ["", "22:00", "25:00-01:00", "a-b", "22:61-08:00", "-", "1:2:3-4"])
  func `what is no hours is none`(_ hours: String) { #expect(QuietHours(hours) == nil) }

  @Test func `what comes next is counted from those who came back`() throws {
    var visits: [FollowUps.Visit] = []
    let start = ReadingSupport.now.advanced(seconds: -200 * 86400)
    func visit(_ customer: Int, _ category: CategoryID, _ day: Int64) {
      visits.append(
        FollowUps.Visit(
          customer: CustomerID("c\(customer)"), category: category, at: start.advanced(seconds: day * 86400)))
    }
    for customer in 0..<20 { visit(customer, "billing/a", 0) }
    for customer in 0..<5 { visit(customer, "plans/b", 10) }
    for customer in 5..<8 { visit(customer, "billing/a", 3) }
    visit(5, "plans/b", 20)
    visit(9, "plans/late", 45)
    let counted = FollowUps(visits.shuffled(), now: ReadingSupport.now)
    let likely = counted.likely(after: "billing/a")
    #expect(likely.count == 1)
    #expect(likely.first?.category == "plans/b")
    // Customers are counted, as the sentence says: who came three times with a category is one.
    #expect(likely.first?.total == 20 && likely.first?.count == 6)
    var input = ReadingSupport.input(["你好"])
    input.ticket.category = "billing/a"
    let advice = try #require(Self.advice(input, counted).last)
    #expect(advice.kind == .next && advice.category == "plans/b")
    #expect(advice.reason.values["count"] == "6" && advice.reason.values["total"] == "20")
    #expect(
      FollowUps(visits, now: start.advanced(seconds: 86400)).likely(after: "billing/a").isEmpty,
      "too early to know")
  }

  @Test func `a customer who comes again and again is one customer, and quickly counted`() {
    let start = ReadingSupport.now.advanced(seconds: -400 * 86_400)
    func visits(_ count: Int) -> [FollowUps.Visit] {
      (0..<count).map {
        FollowUps.Visit(
          customer: "c", category: $0 == count - 1 ? "plans/b" : "billing/a",
          at: start.advanced(seconds: Int64($0)))
      }
    }
    let three = FollowUps(visits(3), now: ReadingSupport.now)
    #expect(three.rows["billing/a"] == FollowUps.Row(total: 1, next: ["plans/b": 1]))
    #expect(three.rows["plans/b"] == FollowUps.Row(total: 1))
    let taken = ContinuousClock().measure {
      #expect(FollowUps(visits(100_000), now: ReadingSupport.now).rows["billing/a"]?.total == 1)
    }
    #expect(taken < .seconds(5))
  }

  @Test func `what comes next follows the category that was read where the ticket has none`() throws {
    let start = ReadingSupport.now.advanced(seconds: -60 * 86_400)
    let visits = (0..<10).flatMap { index in
      let customer = CustomerID("c\(index)")
      return [
        FollowUps.Visit(customer: customer, category: "billing/duplicate-charge", at: start),
        FollowUps.Visit(
          customer: customer, category: "billing/invoice", at: start.advanced(seconds: 86_400)),
      ]
    }
    let followUps = FollowUps(visits, now: ReadingSupport.now)
    var input = ReadingSupport.input(["客: 账单"])
    input.ticket.category = "billing/duplicate-charge"
    let reading = TicketReader(configuration: ReadingSupport.set).read(
      input, history: ReadingHistory(followUps: followUps))
    let next = try #require(reading.advice.first { $0.kind == .next })
    #expect(next.category == "billing/invoice")
    #expect(reading.shortAdvice.contains(next))
    #expect(reading.shortAdvice.count <= 2)
  }
}
