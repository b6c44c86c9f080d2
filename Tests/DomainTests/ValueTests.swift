import Domain
import Testing

@Suite struct `Money, dates and keys` {
  @Test(arguments: [
    ("38", 3800), ("38.5", 3850), ("38.50", 3850), ("¥1,024.50", 102_450), ("￥38", 3800), ("38元", 3800),
    ("３８．５", 3850), ("-12.30", -1230), ("0", 0), ("0.01", 1), ("999999999999.99", 99_999_999_999_999),
  ])
  func `money is read as people write it`(text: String, cents: Int64) throws {
    #expect(Money(text)?.cents == cents)
  }

  @Test(arguments: [
    "", "元", "38.555", "3.8.0", "三十八", "38块", "1e3", "--5", "5-", "0x10", "99999999999999999",
  ])
  func `what is no amount is not read as money`(text: String) {
    #expect(Money(text) == nil)
  }

  @Test(arguments: [(0, "0.00"), (5, "0.05"), (3850, "38.50"), (-1230, "-12.30"), (100_000, "1000.00")])
  func `money is written with two decimals and read back`(cents: Int64, text: String) {
    #expect(Money(cents: cents).description == text)
    #expect(Money(text)?.cents == cents)
  }

  @Test func `every day of 800 years is numbered and named without a gap`() throws {
    var date = try #require(CivilDate(year: 1600, month: 1, day: 1))
    var day = date.daysSinceEpoch
    for _ in 0..<(800 * 366) {
      #expect(CivilDate(daysSinceEpoch: day) == date)
      #expect(date.daysSinceEpoch == day)
      if date.day < CivilDate.days(inMonth: date.month, of: date.year) {
        date.day += 1
      } else if date.month < 12 {
        (date.month, date.day) = (date.month + 1, 1)
      } else {
        (date.year, date.month, date.day) = (date.year + 1, 1, 1)
      }
      day += 1
      if date.year == 2400 { break }
    }
    #expect(date.year == 2400)
  }

  @Test(arguments: [
    ("2026-10-01", "2026-10-01"), ("2026/10/1", "2026-10-01"), ("2026.10.01", "2026-10-01"),
    ("20261001", "2026-10-01"), ("2026年10月1日", "2026-10-01"), ("2024-02-29", "2024-02-29"),
  ])
  func `a date is read as people write it and written in one form`(text: String, written: String) {
    #expect(CivilDate(text)?.description == written)
  }

  @Test(arguments: [
    "", "2026-13-01", "2026-02-29", "1900-02-29", "2026-10", "10-01", "yesterday", "2026-10-01-02", "0-1-1",
    "99999-01-01", "2026--01",
  ])
  func `what is no day is not read as a date`(text: String) {
    #expect(CivilDate(text) == nil)
  }

  @Test func `the wall clock and the moment agree both ways`() throws {
    let clock = WallClock.china
    for second in stride(from: Int64(-90_000_000), to: 3_000_000_000, by: 12_345_677) {
      let moment = Timestamp(seconds: second)
      let civil = clock.civil(moment)
      #expect(clock.moment(civil.date, secondOfDay: civil.secondOfDay) == moment)
    }
    #expect(clock.civil(Timestamp(seconds: -1)).minuteText == "07:59")
  }

  @Test func `keys sort by the time at which they were made`() {
    let early = IdentifierSource.text(milliseconds: 1_790_000_000_000, high: .max, low: .max)
    let late = IdentifierSource.text(milliseconds: 1_790_000_000_001, high: 0, low: 0)
    #expect(early < late)
    #expect(early.utf8.count == 26)
  }

  @Test(arguments: [
    ("2026-10", "2026-10"), (" 2026/3 ", "2026-03"), ("2026.03", "2026-03"), ("202610", "2026-10"),
    ("２０２６年１０月", "2026-10"), ("2026年9月", "2026-09"), ("10月", "10月"), ("国庆期间", "国庆期间"), ("三月和四月", "三月和四月"),
    ("2026-09 至 2026-10", "2026-09 至 2026-10"), ("2026-10-05", "2026-10-05"),
    ("工单 2611-0417", "工单 2611-0417"),
    ("13812342071", "13812342071"), ("last month", "last month"),
  ])
  func `a month is stored in one form, and words stay words`(_ text: String, _ stored: String) throws {
    let month = FormField(id: "m", name: Floor.both("m"), kind: .text, reads: .period)
    #expect(try month.canonical(text) == stored)
    #expect(try FormField(id: "m", name: Floor.both("账期"), kind: .text).canonical(text) == stored)
    #expect(try FormField(id: "m", name: Floor.both("m"), kind: .text).canonical(text) == text.trimmed)
  }

  @Test(arguments: [
    "2026-13", "2026-00", "2026/13", "2026年13月", "13月", "202613", "20261305", "2026-02-30", "0000-10",
    "2026-09 至 2026-13",
  ])
  func `a month that no calendar has is refused`(_ text: String) {
    let month = FormField(id: "m", name: Floor.both("m"), kind: .text, reads: .period)
    #expect(throws: FormField.Problem.notDate) { try month.canonical(text) }
  }

  @Test func `what the customer wants is a choice that says so, and never what it is about`() {
    func field(_ name: String, _ kind: FormField.Kind = .choice, isDemand: Bool? = nil) -> FormField {
      FormField(id: "f", name: Floor.both(name), kind: kind, isDemand: isDemand)
    }
    #expect(field("诉求").saysDemand && field("Request").saysDemand)
    #expect(!field("退订业务").saysDemand && !field("故障现象").saysDemand && !field("诉求", .text).saysDemand)
    #expect(field("方向", isDemand: true).saysDemand && !field("诉求", isDemand: false).saysDemand)
  }

  @Test func `a form field stores one form of a value or says why not`() throws {
    let money = FormField(id: "a", name: Floor.both("金额"), kind: .money)
    let date = FormField(id: "d", name: Floor.both("日期"), kind: .date)
    let phone = FormField(id: "p", name: Floor.both("电话"), kind: .phone)
    let text = FormField(id: "t", name: Floor.both("备注"), kind: .text)
    #expect(try money.canonical("38 元") == "38.00")
    #expect(try date.canonical("2026年10月1日") == "2026-10-01")
    #expect(try phone.canonical("+86 138 1234 2071") == "13812342071")
    #expect(try text.canonical("  ok  ") == "ok")
    #expect(try text.canonical(" \n ") == "")
    #expect(throws: FormField.Problem.notMoney) { try money.canonical("很多") }
    #expect(throws: FormField.Problem.notDate) { try date.canonical("明天") }
    #expect(throws: FormField.Problem.notPhone) { try phone.canonical("123") }
    #expect(throws: FormField.Problem.notMoney) { try money.canonical("-38") }
    #expect(try money.canonical("0") == "0.00")
    #expect(throws: FormField.Problem.notDate) { try date.canonical("2026-02-30") }
    #expect(throws: FormField.Problem.notDate) { try date.canonical("2026-13-01") }
    #expect(throws: FormField.Problem.tooLong) {
      try text.canonical(String(repeating: "长", count: FormField.longestValue + 1))
    }
  }

  @Test(arguments: [
    ("多行\n文字  和\t空格", "多行 文字 和 空格"), ("", ""), ("   开头", "开头"),
  ])
  func `a preview is one line`(text: String, preview: String) {
    #expect(Ticket.preview(of: text) == preview)
  }

  @Test func `a preview has at most 120 characters`() {
    #expect(Ticket.preview(of: String(repeating: "长", count: 5000)).count == 120)
  }
}
