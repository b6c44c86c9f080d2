import Domain
import Testing

@testable import Assist

/// Until when a reply promises something: the record for the file has it, and so has the risk of the ticket.
@Suite struct `A promise` {
  /// 2026-11-18 10:00 in China, a Wednesday.
  private static let now = ReadingSupport.now

  private func first(
    _ text: String, at moment: Timestamp = now, _ days: WorkingDays = .mondayToFriday
  ) -> String? {
    PromiseReader.first(in: text, at: moment, clock: .china, workingDays: days).map { "\($0.text) \($0.day)" }
  }

  @Test(arguments: [
    ("退款将在 3 个工作日内到账。", "3 个工作日内 2026-11-23"), ("三个工作日内到账", "三个工作日内 2026-11-23"),
    ("1 至 3 个工作日内到账", "1 至 3 个工作日内 2026-11-23"), ("7-15个工作日内答复", "7-15个工作日内 2026-12-09"),
    ("已收费用 8.00 元全额退回，24 小时内到账。", "24 小时内 2026-11-19"), ("16 小时内恢复", "16 小时内 2026-11-19"),
    ("12 小时以内恢复", "12 小时以内 2026-11-18"), ("７２小时内回复您", "７２小时内 2026-11-21"), ("30 分钟内致电", "30 分钟内 2026-11-18"),
    ("2 周之内上门", "2 周之内 2026-12-02"), ("10 日内书面答复", "10 日内 2026-11-28"), ("5 天后生效", "5 天后 2026-11-23"),
    ("It arrives within 3 working days.", "within 3 working days 2026-11-23"),
    ("Within 1 to 3 business days you will see it", "Within 1 to 3 business days 2026-11-23"),
    ("We call you in 24 hours", "in 24 hours 2026-11-19"),
    ("先退 38.00 元，2 小时内；其余 5 天内", "2 小时内 2026-11-18"),
  ])
  func `is the first span within which something happens, with its last day`(text: String, expected: String) {
    #expect(first(text) == expected)
  }

  /// Said on Wednesday, 2026-11-18, if nothing else is given.
  @Test(arguments: [
    ("12月底前处理", "2026-12-31"), ("2028年1月8日前", "2028-01-08"), ("下个星期五答复", "2026-11-27"),
    ("下周五答复", "2026-11-27"),
    ("周五答复", "2026-11-20"), ("本周五答复", "2026-11-20"), ("周三答复", "2026-11-18"), ("十二月八日前", "2026-12-08"),
    ("25日前答复", "2026-11-25"), ("十号前给您答复", "2026-12-10"), ("10日前给您答复", "2026-12-10"), ("半小时内致电", "2026-11-18"),
    ("两个半小时内", "2026-11-18"), ("36小时内", "2026-11-19"), ("1.5 天内", "2026-11-19"),
    ("within two hours", "2026-11-18"),
    ("within forty-eight hours", "2026-11-20"), ("within half an hour", "2026-11-18"),
    ("in an hour", "2026-11-18"),
    ("by Friday", "2026-11-20"), ("by the end of the month", "2026-11-30"), ("月底前", "2026-11-30"),
    ("下个月退还", "2026-12-31"),
    ("本月内退还", "2026-11-30"), ("本周内", "2026-11-22"), ("明天", "2026-11-19"), ("后天", "2026-11-20"),
    ("今晚", "2026-11-18"),
    ("by May 5th", "2027-05-05"), ("12月8日", "2026-12-08"), ("2026-12-08", "2026-12-08"),
    ("春节前", "2027-02-12"),
    ("by the 25th", "2026-11-25"), ("tomorrow", "2026-11-19"), ("次日", "2026-11-19"),
    ("next month", "2026-12-31"),
  ])
  func `has the day that is to come`(text: String, day: String) {
    let due = TimeMention.all(in: FoldedText(text), at: Self.now, clock: .china).compactMap(\.due).max()
    #expect(due.map { WallClock.china.civil($0).date.description } == day)
  }

  @Test(arguments: [
    ("2027-12-20", "2月29日前", "2028-02-29"), ("2026-12-20", "1月8日前", "2027-01-08"),
    ("2028-02-20", "月底前", "2028-02-29"),
    ("2027-01-31", "2月底前", "2027-02-28"), ("2026-12-31", "明天", "2027-01-01"),
    ("2026-02-10", "31日前", "2026-03-31"),
    ("2026-12-30", "下周一", "2027-01-04"), ("2026-10-10", "中秋前", "2027-09-15"),
  ])
  func `follows month ends and leap years`(day: String, text: String, expected: String) {
    let said = WallClock.china.moment(CivilDate(day)!, secondOfDay: 36_000)
    let due = TimeMention.all(in: FoldedText(text), at: said, clock: .china).compactMap(\.due).max()
    #expect(due.map { WallClock.china.civil($0).date.description } == expected)
  }

  @Test(arguments: [
    "2025年12月8日的投诉", "您10月8日反映的问题", "昨天", "上周", "近三天", "10月账单", "三天前", "last Friday", "a day",
    "three days ago",
    "两小时前",
    "今年的账单", "最近三个月",
  ])
  func `has no day where nothing is to come`(_ text: String) {
    #expect(
      TimeMention.all(in: FoldedText(text), at: Self.now, clock: .china).allSatisfy { $0.due == nil },
      "\(text)")
  }

  @Test(arguments: [
    "", "合约 24 个月", "您过去 24 小时内拨打过热线", "近 3 天内没有记录", "in the last 3 days", "a 24 months contract",
    "10 天的流量已用完", "99999999 天内", "2026-11-18 起停止", "订单 24小时", "3 个工作日", "内 3 天",
  ])
  func `is nothing that only lasts, or that is over`(_ text: String) {
    #expect(first(text) == nil)
  }

  @Test func `counts the working days of the zone, with holidays and make-up days`() throws {
    let set = ReadingSupport.set
    let days = WorkingDays.of(set.zones.first { $0.id == "billing-dispute" }, set.calendars)
    let beforeSpringFestival = WallClock.china.moment(
      CivilDate("2026-02-13")!, secondOfDay: 10 * 3600)
    // Saturday the 14th is worked, then nobody works until the 24th.
    #expect(first("2 个工作日内", at: beforeSpringFestival, days) == "2 个工作日内 2026-02-24")
    #expect(first("2 个工作日内", at: beforeSpringFestival) == "2 个工作日内 2026-02-17")
    // Who works around the clock still means the days of banks and offices.
    let always = WorkingDays.of(set.zones.first { $0.calendar == "always" }, set.calendars)
    #expect(always == days)
    #expect(WorkingDays.of(nil, []) == .mondayToFriday)
  }

  @Test func `is not overdue while nobody works`() throws {
    let said = WallClock.china.moment(CivilDate("2026-02-13")!, secondOfDay: 10 * 3600)
    let reader = TicketReader(configuration: ReadingSupport.set)
    let zone = ReadingSupport.set.zones.first { $0.id == "billing-dispute" }
    func promise(on day: String) throws -> RiskReading.Sign? {
      let now = WallClock.china.moment(try #require(CivilDate(day)), secondOfDay: 10 * 3600)
      var input = ReadingSupport.input(
        ["< 我保证 2 个工作日内退给您"], zone: zone, now: said)
      input.now = now
      return reader.read(input).risk.signs.first { $0.kind == .promise }
    }
    #expect(try promise(on: "2026-02-20")?.reason.key == "risk.promised")
    #expect(try promise(on: "2026-02-25")?.reason.key == "risk.overdue")
  }

  @Test func `of a hostile text is read in time`() {
    for text in [
      String(repeating: "3 个工作日", count: 5000), String(repeating: "1-", count: 20_000) + "3 天内",
      String(repeating: "9", count: 50_000) + "天内",
    ] {
      let taken = ContinuousClock().measure { _ = first(text) }
      #expect(taken < .seconds(3), "\(text.prefix(8)) took \(taken)")
    }
  }
}
