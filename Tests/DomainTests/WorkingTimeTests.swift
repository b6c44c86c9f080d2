import Domain
import Testing

@Suite struct `Working time` {
  /// 08:30-12:00 and 13:30-18:00 from Monday to Friday: eight hours a day.
  static let office = WorkingCalendar(
    id: "office", timeZone: "Asia/Shanghai",
    weekdays: Array(repeating: [interval("08:30", "12:00"), interval("13:30", "18:00")], count: 5) + [
      [], [],
    ],
    specialDays: [
      special("2026-02-14", isOff: false), special("2026-02-16", isOff: true),
      special("2026-02-17", isOff: true),
      special("2026-02-18", isOff: true), special("2026-02-19", isOff: true),
      special("2026-02-20", isOff: true),
      special("2026-02-28", isOff: false), special("2026-02-21", isOff: true),
      special("2026-02-22", isOff: true),
    ], years: [2026])
  static let always = WorkingCalendar(
    id: "always", timeZone: "Asia/Shanghai",
    weekdays: Array(repeating: [WorkingCalendar.Interval(start: 0, end: 86_400)], count: 7))

  static func interval(_ start: String, _ end: String) -> WorkingCalendar.Interval {
    func seconds(_ text: String) -> Int {
      let parts = text.split(separator: ":").compactMap { Int($0) }
      return parts[0] * 3600 + parts[1] * 60
    }
    return WorkingCalendar.Interval(start: seconds(start), end: seconds(end))
  }

  static func special(_ date: String, isOff: Bool) -> WorkingCalendar.SpecialDay {
    WorkingCalendar.SpecialDay(name: "节", date: CivilDate(date)!, isOff: isOff)
  }

  static func at(_ text: String, _ clock: WallClock = .china) -> Timestamp {
    let parts = text.split(separator: " ")
    let time = parts[1].split(separator: ":").compactMap { Int($0) }
    return clock.moment(CivilDate(parts[0])!, secondOfDay: time[0] * 3600 + time[1] * 60)
  }

  /// New York in 2026: summer time from 8 March 02:00 to 1 November 02:00.
  static let newYork = WallClock { moment in
    let summer = Timestamp(seconds: 1_772_953_200)..<Timestamp(seconds: 1_793_512_800)
    return summer.contains(moment) ? -4 * 3600 : -5 * 3600
  }

  @Test(arguments: [
    // 2026-03-02 is a Monday.
    ("2026-03-02 09:00", "2026-03-02 10:00", 3600), ("2026-03-02 11:30", "2026-03-02 14:00", 3600),
    ("2026-03-02 12:00", "2026-03-02 13:30", 0), ("2026-03-02 06:00", "2026-03-02 22:00", 28_800),
    ("2026-03-06 17:00", "2026-03-09 09:30", 7200), ("2026-03-07 00:00", "2026-03-08 23:00", 0),
    ("2026-03-02 00:00", "2026-03-09 00:00", 144_000), ("2026-03-02 18:00", "2026-03-03 08:30", 0),
    // Spring Festival: Saturday the 14th and the 28th are worked, the 16th to the 20th are not.
    ("2026-02-14 00:00", "2026-02-15 00:00", 28_800),
    // Friday one hour, Saturday the 14th and Monday the 23rd eight, Tuesday half an hour.
    ("2026-02-13 17:00", "2026-02-24 09:00", 63_000),
    ("2026-02-16 00:00", "2026-02-21 00:00", 0), ("2026-02-28 17:30", "2026-03-02 09:00", 3600),
    ("2026-03-02 10:00", "2026-03-02 09:00", 0), ("2026-03-02 10:00", "2026-03-02 10:00", 0),
  ])
  func `counts what the calendar works`(start: String, end: String, seconds: Int) {
    let time = WorkingTime(Self.office, clock: .china)
    #expect(time.span(from: Self.at(start), to: Self.at(end)).seconds == seconds)
  }

  @Test(arguments: [
    ("2026-03-02 09:00", 3600, "2026-03-02 10:00"), ("2026-03-02 11:30", 3600, "2026-03-02 14:00"),
    ("2026-03-02 11:00", 3600, "2026-03-02 12:00"), ("2026-03-02 20:00", 1200, "2026-03-03 08:50"),
    ("2026-03-06 17:50", 1200, "2026-03-09 08:40"), ("2026-02-13 17:30", 3600, "2026-02-14 09:00"),
    ("2026-02-14 17:30", 3600, "2026-02-23 09:00"), ("2026-03-02 08:30", 144_000, "2026-03-06 18:00"),
    ("2026-03-02 08:30", 144_001, "2026-03-09 08:30"), ("2026-03-07 10:00", 0, "2026-03-07 10:00"),
  ])
  func `a deadline is the first moment at which the time is worked`(start: String, seconds: Int, due: String)
  {
    let time = WorkingTime(Self.office, clock: .china)
    let deadline = time.deadline(after: seconds, from: Self.at(start))
    let expected = Self.at(due).advanced(seconds: seconds == 144_001 ? 1 : 0)
    #expect(deadline?.at == expected)
  }

  @Test func `a day that ends at 24:00 joins the next one`() {
    let time = WorkingTime(Self.always, clock: .china)
    let (start, end) = (Self.at("2025-11-03 23:59"), Self.at("2031-02-01 00:01"))
    #expect(time.span(from: start, to: end).milliseconds == end - start)
    #expect(time.deadline(after: 86_400 * 1000, from: start)?.at == start.advanced(seconds: 86_400 * 1000))
    #expect(time.span(from: start, to: end).unknownYears == [])
    #expect(time.isWorking(at: Self.at("2026-03-01 00:00")))
  }

  @Test func `a year whose holidays are not known is named`() {
    let time = WorkingTime(Self.office, clock: .china)
    #expect(
      time.span(from: Self.at("2026-12-30 09:00"), to: Self.at("2027-01-04 09:00")).unknownYears == [2027])
    #expect(time.span(from: Self.at("2026-03-02 09:00"), to: Self.at("2026-12-30 09:00")).unknownYears == [])
    #expect(time.deadline(after: 86_400, from: Self.at("2026-12-31 17:00"))?.unknownYears == [2027])
  }

  @Test func `a calendar without working time has no deadline`() {
    let none = WorkingCalendar(id: "none", timeZone: "UTC", weekdays: [])
    let time = WorkingTime(none, clock: .utc)
    #expect(time.deadline(after: 1, from: Timestamp(seconds: 0)) == nil)
    #expect(time.span(from: Timestamp(seconds: 0), to: Timestamp(seconds: 1_000_000)).milliseconds == 0)
    let once = WorkingCalendar(
      id: "once", timeZone: "UTC",
      weekdays: [[Self.interval("09:00", "10:00")]] + Array(repeating: [], count: 6),
      specialDays: [])
    #expect(
      WorkingTime(once, clock: .utc).deadline(after: 3600 * 100, from: Self.at("2026-03-02 00:00", .utc))?.at
        == Self.at("2028-01-24 10:00", .utc))
  }

  @Test func `the night on which the clock changes is as long as it is`() {
    let time = WorkingTime(Self.always, clock: Self.newYork)
    func hours(_ from: String, _ to: String) -> Int {
      time.span(from: Self.at(from, Self.newYork), to: Self.at(to, Self.newYork)).seconds / 3600
    }
    #expect(hours("2026-03-08 00:00", "2026-03-09 00:00") == 23)
    #expect(hours("2026-11-01 00:00", "2026-11-02 00:00") == 25)
    #expect(hours("2026-03-01 00:00", "2026-03-15 00:00") == 14 * 24 - 1)
    #expect(hours("2026-01-01 00:00", "2027-01-01 00:00") == 365 * 24)
    #expect(hours("2026-01-05 00:00", "2026-07-06 00:00") == 182 * 24 - 1)
    let night = WorkingCalendar(
      id: "night", timeZone: "America/New_York",
      weekdays: Array(repeating: [Self.interval("01:00", "05:00")], count: 7))
    let nights = WorkingTime(night, clock: Self.newYork)
    func worked(_ from: String, _ to: String) -> Int {
      nights.span(from: Self.at(from, Self.newYork), to: Self.at(to, Self.newYork)).seconds / 3600
    }
    #expect(worked("2026-03-07 00:00", "2026-03-10 00:00") == 11)
    #expect(worked("2026-10-31 00:00", "2026-11-03 00:00") == 13)
  }

  /// The closed form against walking minute by minute.
  @Test func `agrees with walking the minutes`() {
    let time = WorkingTime(Self.office, clock: .china)
    var dice = Dice(seed: 7)
    let origin = Self.at("2026-02-01 00:00")
    for _ in 0..<200 {
      let start = origin.advanced(seconds: Int64(dice.below(40 * 1440) * 60))
      let minutes = dice.below(12 * 1440)
      let end = start.advanced(seconds: Int64(minutes * 60))
      let walked = (0..<minutes).count { time.isWorking(at: start.advanced(seconds: Int64($0 * 60))) }
      #expect(time.span(from: start, to: end).seconds == walked * 60)
      if walked > 0, let due = time.deadline(after: walked * 60, from: start) {
        #expect(time.span(from: start, to: due.at).seconds == walked * 60)
        #expect(due.at <= end)
        #expect(
          time.span(from: start, to: Timestamp(milliseconds: due.at.milliseconds - 1)).milliseconds
            == Int64(walked * 60_000 - 1))
      }
    }
  }
}
