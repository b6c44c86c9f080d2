import Assist
import Configuration
import Domain
import Testing

@Suite struct `Dates in a text` {
  /// What was found, as `2026-10-02 [words]`; said on a day at noon, or at the minute given.
  private func found(
    _ text: String, on day: String = "2026-11-22", minute: Int = 720, calendars: [WorkingCalendar] = []
  ) -> [String] {
    let moment = WallClock.china.moment(CivilDate(day)!, secondOfDay: minute * 60)
    let scalars = Array(text.unicodeScalars)
    return DateReader.find(in: text, at: moment, clock: .china, calendars: calendars).map {
      "\($0.description) [\(String(String.UnicodeScalarView(scalars[$0.start..<$0.end])))]"
    }
  }

  // 2026-11-22 is a Sunday.
  @Test(arguments: [
    ("我上个月出国", "2026-10 [上个月]"), ("上上个月的", "2026-09 [上上个月]"), ("本月话费", "2026-11 [本月]"),
    ("下个月生效", "2026-12 [下个月]"),
    ("昨天下午断的", "2026-11-21 12:00-18:00 [昨天下午]"), ("昨天下午3点", "2026-11-21 15:00 [昨天下午3点]"),
    ("前天", "2026-11-20 [前天]"),
    ("大前天", "2026-11-19 [大前天]"), ("上周三", "2026-11-11 [上周三]"), ("上上周五", "2026-11-06 [上上周五]"),
    ("这周二", "2026-11-17 [这周二]"),
    ("周三那天", "2026-11-18 [周三]"), ("星期天", "2026-11-22 [星期天]"), ("上周", "2026-11-09/2026-11-15 [上周]"),
    ("上个星期", "2026-11-09/2026-11-15 [上个星期]"),
    ("上周末", "2026-11-14/2026-11-15 [上周末]"), ("本月初扣的", "2026-11-01/2026-11-10 [本月初]"),
    ("上月底", "2026-10-21/2026-10-31 [上月底]"),
    ("月底扣的", "2026-11-21/2026-11-30 [月底]"), ("这个月3号", "2026-11-03 [这个月3号]"), ("3号扣的", "2026-11-03 [3号]"),
    ("25号扣的", "2026-10-25 [25号]"),
    ("10月2日", "2026-10-02 [10月2日]"), ("12月25日", "2025-12-25 [12月25日]"), ("2026-10", "2026-10 [2026-10]"),
    ("2026-10-02", "2026-10-02 [2026-10-02]"),
    ("2026/10/2", "2026-10-02 [2026/10/2]"), ("2026.10.02", "2026-10-02 [2026.10.02]"),
    ("20261002", "2026-10-02 [20261002]"),
    ("二〇二六年十月", "2026-10 [二〇二六年十月]"), ("二零二六年十月二日", "2026-10-02 [二零二六年十月二日]"), ("去年10月", "2025-10 [去年10月]"),
    ("26年3月", "2026-03 [26年3月]"),
    ("去年国庆", "2025-10-01/2025-10-07 [去年国庆]"), ("国庆期间", "2026-10-01/2026-10-07 [国庆期间]"),
    ("国庆当天", "2026-10-01 [国庆当天]"),
    ("五一", "2026-05-01/2026-05-05 [五一]"), ("十一长假", "2026-10-01/2026-10-07 [十一长假]"), ("元旦", "2026-01-01 [元旦]"),
    ("三天前", "2026-11-19 [三天前]"), ("半个月前", "2026-11-07 [半个月前]"), ("两周前", "2026-11-08 [两周前]"),
    ("三个月前", "2026-08 [三个月前]"),
    ("半年前", "2026-05 [半年前]"), ("近半年", "2026-05-22/2026-11-22 [近半年]"),
    ("最近三个月", "2026-08-22/2026-11-22 [最近三个月]"),
    ("今早8点", "2026-11-22 08:00 [今早8点]"), ("今天上午10点半", "2026-11-22 10:30 [今天上午10点半]"),
    ("昨晚", "2026-11-21 18:00-24:00 [昨晚]"),
    ("昨晚12点", "2026-11-22 00:00 [昨晚12点]"), ("10月3日20:15", "2026-10-03 20:15 [10月3日20:15]"),
    ("两小时前", "2026-11-22 10:00 [两小时前]"),
    ("10月1日到7日", "2026-10-01/2026-10-07 [10月1日到7日]"), ("10月1日至10月7日", "2026-10-01/2026-10-07 [10月1日至10月7日]"),
    ("9月到11月", "2026-09-01/2026-11-30 [9月到11月]"), ("周一到周五", "2026-11-16/2026-11-20 [周一到周五]"),
    ("自10月2日起", "2026-10-02/2026-11-22 [10月2日起]"), ("昨天开始", "2026-11-21/2026-11-22 [昨天开始]"),
    ("第三季度", "2026-07-01/2026-09-30 [第三季度]"),
    ("上半年", "2026-01-01/2026-06-30 [上半年]"), ("去年底", "2025-11-01/2025-12-31 [去年底]"),
    ("10月份的账单", "2026-10 [10月份]"),
    ("１０月２日", "2026-10-02 [１０月２日]"), ("十月二號", "2026-10-02 [十月二號]"), ("上週三", "2026-11-11 [上週三]"),
    ("10月12下午", "2026-10-12 12:00-18:00 [10月12下午]"),
    // Words that begin with 一 or 天 are no days.
    ("上个月一直没网", "2026-10 [上个月]"), ("10月一共扣了80", "2026-10 [10月]"), ("9月20多块", "2026-09 [9月]"),
    ("9月20几条短信", "2026-09 [9月]"), ("10月三番五次", "2026-10 [10月]"), ("十月一样慢", "2026-10 [十月]"),
    ("十月一断的", "2026-10-01 [十月一]"), ("十月十二断的", "2026-10-12 [十月十二]"), ("10月3小时没网", "2026-10 [10月]"),
    ("上周一直掉线", "2026-11-09/2026-11-15 [上周]"), ("上周天天断", "2026-11-09/2026-11-15 [上周]"),
    ("上周一共三次", "2026-11-09/2026-11-15 [上周]"), ("上周三次断网", "2026-11-09/2026-11-15 [上周]"),
    ("上星期一起投诉的", "2026-11-09/2026-11-15 [上星期]"), ("上周天断的", "2026-11-15 [上周天]"),
    ("上周一断的", "2026-11-09 [上周一]"), ("从上周一起断网", "2026-11-09/2026-11-22 [上周一起]"),
    ("上周日常费用", "2026-11-09/2026-11-15 [上周]"), ("上周天天气不好", "2026-11-15 [上周天]"),
    // 上 out of other words.
    ("马上月底了", "2026-11-21/2026-11-30 [月底]"), ("晚上月底扣费", "2026-11-21/2026-11-30 [月底]"),
    ("马上周末了", "2026-11-21/2026-11-22 [周末]"), ("楼下周三断的", "2026-11-18 [周三]"),
    // The small hours belong to the night before.
    ("昨晚1点", "2026-11-22 01:00 [昨晚1点]"), ("昨天夜里2点断网", "2026-11-22 02:00 [昨天夜里2点]"),
    ("昨晚11点", "2026-11-21 23:00 [昨晚11点]"), ("昨晚0点", "2026-11-22 00:00 [昨晚0点]"),
    ("昨晚5点", "2026-11-21 17:00 [昨晚5点]"), ("昨天凌晨1点", "2026-11-21 01:00 [昨天凌晨1点]"),
    ("10月31日晚上2点半", "2026-11-01 02:30 [10月31日晚上2点半]"), ("昨天下午1点", "2026-11-21 13:00 [昨天下午1点]"),
    // 25日前 and 2018年以前 are no spans of time.
    ("我2018年以前办的", "2018-01-01/2018-12-31 [2018年]"), ("25天前", "2026-10-28 [25天前]"),
    ("三年前", "2023-11 [三年前]"),
    ("然后天天打电话，昨天也是", "2026-11-21 [昨天]"), ("2026年费用明细", "2026-01-01/2026-12-31 [2026年]"),
    ("10/2 扣了38元", "2026-10-02 [10/2]"), ("2026-10-02T15:00", "2026-10-02 15:00 [2026-10-02T15:00]"),
    ("2026-10-02T15:04:05Z", "2026-10-02 15:04 [2026-10-02T15:04:05]"),
    ("2026/10/1-2026/10/7", "2026-10-01/2026-10-07 [2026/10/1-2026/10/7]"),
    ("2026-10-01-2026-10-07", "2026-10-01/2026-10-07 [2026-10-01-2026-10-07]"),
    ("国庆到春节", "2026-10-01/2027-02-12 [国庆到春节]"), ("中秋到除夕", "2026-09-25/2027-02-05 [中秋到除夕]"),
  ])
  func `in Chinese are days of the calendar`(text: String, expected: String) {
    #expect(found(text) == [expected])
  }

  @Test(arguments: [
    ("last Tuesday", "2026-11-17 [last Tuesday]"), ("yesterday", "2026-11-21 [yesterday]"),
    ("two weeks ago", "2026-11-08 [two weeks ago]"),
    ("3 Oct", "2026-10-03 [3 Oct]"), ("October 2nd", "2026-10-02 [October 2nd]"),
    ("Oct. 2, 2025", "2025-10-02 [Oct. 2, 2025]"),
    ("2 October 2025", "2025-10-02 [2 October 2025]"),
    ("the 3rd of October", "2026-10-03 [the 3rd of October]"),
    ("the week before last", "2026-11-02/2026-11-08 [the week before last]"),
    ("last month", "2026-10 [last month]"), ("last week", "2026-11-09/2026-11-15 [last week]"),
    ("since Monday", "2026-11-16/2026-11-22 [Monday]"),
    ("at the end of October", "2026-10-21/2026-10-31 [the end of October]"),
    ("the day before yesterday", "2026-11-20 [the day before yesterday]"),
    ("yesterday afternoon", "2026-11-21 12:00-18:00 [yesterday afternoon]"),
    ("last night", "2026-11-21 18:00-24:00 [last night]"),
    ("this morning", "2026-11-22 05:00-12:00 [this morning]"),
    ("three months ago", "2026-08 [three months ago]"), ("a week ago", "2026-11-15 [a week ago]"),
    ("the last three months", "2026-08-22/2026-11-22 [the last three months]"),
    ("in December", "2025-12 [December]"), ("December 2025", "2025-12 [December 2025]"),
    ("my March bill", "2026-03 [March]"), ("in May", "2026-05 [May]"),
    ("3-5 October", "2026-10-03/2026-10-05 [3-5 October]"),
    ("from 3 Oct to 5 Oct", "2026-10-03/2026-10-05 [3 Oct to 5 Oct]"),
    ("yesterday at 3pm", "2026-11-21 15:00 [yesterday at 3pm]"), ("on Monday", "2026-11-16 [Monday]"),
    ("next Friday", "2026-11-27 [next Friday]"),
    ("last quarter", "2026-07-01/2026-09-30 [last quarter]"), ("Q3 2025", "2025-07-01/2025-09-30 [Q3 2025]"),
    ("last year", "2025-01-01/2025-12-31 [last year]"),
    ("National Day last year", "2025-10-01/2025-10-07 [National Day last year]"),
    ("early October", "2026-10-01/2026-10-10 [early October]"),
    ("last May", "2026-05 [last May]"), ("this May I was charged", "2026-05 [this May]"),
    ("last sat", "2026-11-21 [last sat]"),
    ("last night at 1am", "2026-11-22 01:00 [last night at 1am]"),
    ("last night at 2 o'clock", "2026-11-22 02:00 [last night at 2 o'clock]"),
    ("last night at 11pm", "2026-11-21 23:00 [last night at 11pm]"),
    ("10/15/2026", "2026-10-15 [10/15/2026]"), ("15/10/2026", "2026-10-15 [15/10/2026]"),
  ])
  func `in English are days of the calendar`(text: String, expected: String) {
    #expect(found(text) == [expected])
  }

  @Test(arguments: [
    // Month ends and leap days.
    ("2026-03-31", "上个月", "2026-02 [上个月]"), ("2028-03-01", "昨天", "2028-02-29 [昨天]"),
    ("2026-03-01", "昨天", "2026-02-28 [昨天]"),
    ("2026-03-01", "2月29日", "2024-02-29 [2月29日]"), ("2028-03-30", "近一个月", "2028-02-29/2028-03-30 [近一个月]"),
    ("2026-05-31", "last month", "2026-04 [last month]"),
    ("2026-03-05", "31号", "2026-01-31 [31号]"), ("2028-03-02", "上月底", "2028-02-21/2028-02-29 [上月底]"),
    ("2100-03-01", "昨天", "2100-02-28 [昨天]"),
    ("2025-02-05", "2月底", "2024-02-21/2024-02-29 [2月底]"),
    ("2024-02-05", "2月底", "2023-02-21/2023-02-28 [2月底]"),
    ("2025-02-05", "2月28日", "2024-02-28 [2月28日]"),
    ("2025-02-05", "2月20日到28日", "2024-02-20/2024-02-28 [2月20日到28日]"),
    ("2028-02-05", "2月29日", "2024-02-29 [2月29日]"), ("2026-11-05", "月初到月底", "2026-11-01/2026-11-30 [月初到月底]"),
    ("2027-02-05", "月初到月底", "2027-02-01/2027-02-28 [月初到月底]"),
    ("2026-11-05", "11月底", "2025-11-21/2025-11-30 [11月底]"),
    ("2026-11-05", "end of November", "2025-11-21/2025-11-30 [end of November]"),
    ("2025-02-05", "end of February", "2024-02-21/2024-02-29 [end of February]"),
    ("2026-11-25", "end of November", "2026-11-21/2026-11-30 [end of November]"),
    ("2026-11-05", "马上月底了", "2026-11-21/2026-11-30 [月底]"),
    ("2026-11-18", "马上周末了", "2026-11-21/2026-11-22 [周末]"),
    // Year ends.
    ("2026-01-01", "昨天", "2025-12-31 [昨天]"), ("2026-01-15", "上个月", "2025-12 [上个月]"),
    ("2026-01-02", "上周三", "2025-12-24 [上周三]"),
    ("2026-01-05", "12月30日到1月2日", "2025-12-30/2026-01-02 [12月30日到1月2日]"),
    ("2026-01-05", "December", "2025-12 [December]"),
    ("2026-02-01", "上上个月", "2025-12 [上上个月]"), ("2026-01-03", "去年", "2025-01-01/2025-12-31 [去年]"),
    // Spring Festival moves.
    ("2026-03-01", "春节期间", "2026-02-16/2026-02-23 [春节期间]"),
    ("2026-02-01", "春节期间", "2025-01-28/2025-02-04 [春节期间]"),
    ("2026-03-01", "大年初二", "2026-02-18 [大年初二]"), ("2025-03-01", "大年初二", "2025-01-30 [大年初二]"),
    ("2024-03-01", "大年三十", "2024-02-09 [大年三十]"),
    ("2026-03-05", "正月十五", "2026-03-03 [正月十五]"), ("2026-03-05", "腊月二十三", "2026-02-10 [腊月二十三]"),
    ("2026-11-22", "去年春节", "2025-01-28/2025-02-04 [去年春节]"),
    ("2026-11-22", "中秋节", "2026-09-25 [中秋节]"), ("2025-11-22", "中秋节", "2025-10-06 [中秋节]"),
    ("2026-11-22", "端午节", "2026-06-19 [端午节]"),
    ("2026-11-22", "清明节", "2026-04-05 [清明节]"), ("2024-11-22", "清明", "2024-04-04 [清明]"),
    ("2026-11-22", "农历八月十五", "2026-09-25 [农历八月十五]"),
    ("2033-12-31", "农历闰月", ""), ("2034-03-01", "大年初一", "2034-02-19 [大年初一]"),
    ("2026-03-01", "last Spring Festival", "2026-02-16/2026-02-23 [last Spring Festival]"),
  ])
  func `follow months, leap years, year ends and the moon`(day: String, text: String, expected: String) {
    #expect(found(text, on: day) == (expected.isEmpty ? [] : [expected]))
  }

  @Test func `holidays that a calendar knows are as long as it says`() throws {
    let calendars = try DemoForms().configuration.calendars
    #expect(found("春节期间", on: "2026-03-01", calendars: calendars) == ["2026-02-15/2026-02-23 [春节期间]"])
    #expect(found("中秋假期", on: "2026-11-01", calendars: calendars) == ["2026-09-25/2026-09-27 [中秋假期]"])
    #expect(found("去年春节期间", on: "2026-03-01", calendars: calendars) == ["2025-01-28/2025-02-04 [去年春节期间]"])
  }

  @Test(arguments: [
    "", "三个月", "10个月", "每周三", "一周三次", "每月1号", "青禾路12号", "3号楼", "2号线", "以上月费", "月饼",
    "三月份饼".replacing("三月份", with: "月"), "13月2日", "13812342071",
    "订单 YF26112200000101", "12345-20261002-000123", "may I ask", "the sun is out", "march in", "38元",
    "五一路12号", "国庆路", "不过年底前", "1.5", "10.2", "三点建议", "早就",
    "This may be a billing error", "THIS MAY BE WRONG", "the following may apply", "this sun", "晚上周围没信号",
    "网上周转",
    "套餐超过年限", "25日前给我答复", "然后天天打电话", "基本月费", "手上周围", "ticket 2611-0417", "二〇二六", "一三八一二三四二〇七一", "2026",
    "99999999", "00000000", "2026-13-40", "3天", "one day",
  ])
  func `what is no date is none`(_ text: String) {
    #expect(found(text).isEmpty, "\(text): \(found(text))")
  }

  @Test func `what a text leaves open is the latest, and said to be open`() {
    let moment = WallClock.china.moment(CivilDate("2026-11-22")!, secondOfDay: 720 * 60)
    func assumption(_ text: String) -> FoundPeriod.Assumption? {
      DateReader.find(in: text, at: moment, clock: .china).first?.assumption
    }
    #expect(assumption("10月2日") == .year)
    #expect(assumption("2026年10月2日") == nil)
    #expect(assumption("3号") == .month)
    #expect(assumption("周三") == .week)
    #expect(assumption("5/6/2026") == .order)
    #expect(assumption("前几天") == .vague)
    #expect(assumption("昨天") == nil)
  }

  @Test(arguments: [
    ("除夕那天停机", "2027-02-05"), ("大年初一", "2027-02-06"), ("中秋", "2027-09-15"), ("端午", "2027-06-09"),
    ("清明", "2027-04-05"), ("正月十五", "2027-02-20"), ("腊月二十三", "2027-01-30"), ("春节", "2027-02-05/2027-02-12"),
    ("国庆", "2027-10-01/2027-10-07"), ("10月2日", "2027-10-02"), ("2月29日", "2028-02-29"), ("31号", "2026-12-31"),
    ("3号", "2026-12-03"), ("2月底", "2027-02-21/2027-02-28"), ("月底", "2026-12-21/2026-12-31"),
    ("10月", "2027-10"),
    ("2月1日到28日", "2027-02-01/2027-02-28"), ("周三", "2026-11-25"), ("end of February", "2027-02-21/2027-02-28"),
    ("October 2nd", "2027-10-02"), ("昨天", "2026-11-21"), ("2025年春节", "2025-01-28/2025-02-04"),
    ("正月", "2027-02-06/2027-03-07"), ("年底", "2027-11-01/2027-12-31"),
  ])
  func `what is to come is the next of its kind`(text: String, expected: String) {
    let moment = WallClock.china.moment(CivilDate("2026-11-22")!, secondOfDay: 720 * 60)
    #expect(
      DateReader.find(in: text, at: moment, clock: .china).first?.asComing.description == expected)
  }

  @Test func `a leap day that is to come is in a leap year`() {
    func coming(_ text: String, _ day: String) -> String? {
      let moment = WallClock.china.moment(CivilDate(day)!, secondOfDay: 720 * 60)
      return DateReader.find(in: text, at: moment, clock: .china).first?.asComing.description
    }
    #expect(coming("2月底", "2027-11-05") == "2028-02-21/2028-02-29")
    #expect(coming("end of February", "2027-11-05") == "2028-02-21/2028-02-29")
    #expect(coming("2月", "2027-11-05") == "2028-02")
    #expect(coming("2月28日", "2027-11-05") == "2028-02-28")
    #expect(coming("2月20日到28日", "2027-11-05") == "2028-02-20/2028-02-28")
  }

  @Test func `a holiday that a calendar names together with another is that of both`() {
    var calendar = WorkingCalendar(id: "c", timeZone: "Asia/Shanghai", weekdays: [])
    calendar.specialDays = (1...8).map {
      WorkingCalendar.SpecialDay(
        name: "国庆节、中秋节", date: CivilDate(year: 2025, month: 10, day: $0)!, isOff: true)
    }
    #expect(found("国庆期间", on: "2025-11-01", calendars: [calendar]) == ["2025-10-01/2025-10-08 [国庆期间]"])
    #expect(found("中秋假期", on: "2025-11-01", calendars: [calendar]) == ["2025-10-01/2025-10-08 [中秋假期]"])
  }

  @Test func `the day is that of the clock on the wall`() {
    // 23:30 in China on the 21st is 15:30 UTC.
    let moment = Timestamp(
      seconds: Int64(CivilDate("2026-11-21")!.daysSinceEpoch) * 86_400 + 15 * 3600 + 1800)
    #expect(DateReader.find(in: "今天", at: moment, clock: .china).first?.description == "2026-11-21")
    let later = moment.advanced(seconds: 3600)
    #expect(DateReader.find(in: "今天", at: later, clock: .china).first?.description == "2026-11-22")
    #expect(DateReader.find(in: "今天", at: later, clock: .utc).first?.description == "2026-11-21")
  }

  @Test func `lunar new years are those of the observatories`() {
    let known = [
      "1990-01-27", "2000-02-05", "2008-02-07", "2020-01-25", "2023-01-22", "2024-02-10", "2025-01-29",
      "2026-02-17", "2027-02-06", "2028-01-26", "2033-01-31", "2034-02-19", "2050-01-23",
    ]
    for date in known.compactMap({ CivilDate($0) }) { #expect(LunarCalendar.newYear(date.year) == date) }
    #expect(LunarCalendar.newYear(1989) == nil)
    #expect(LunarCalendar.newYear(2101) == nil)
    for year in 1990..<2100 {
      let first = LunarCalendar.newYear(year)!
      let next = LunarCalendar.newYear(year + 1)!
      #expect([353, 354, 355, 383, 384, 385].contains(next.daysSinceEpoch - first.daysSinceEpoch), "\(year)")
      // The last month ends where the next year begins.
      let last =
        LunarCalendar.day(year: year, month: 12, day: 30) ?? LunarCalendar.day(
          year: year, month: 12, day: 29)!
      #expect(last.moved(days: 1) == next, "\(year)")
    }
  }
}
