import Domain

/// Days that people name by a holiday. A calendar of the team says when people were off; where it does not know the year, the
/// days are those of the regulation on public holidays: Spring Festival from its eve, eight days; National Day, seven;
/// Labour Day, five.
struct Holidays: Sendable {
  enum Name: Hashable, Sendable {
    /// Month and day; of the lunar calendar; the last day of the lunar year; 清明.
    case fixed(Int, Int)
    case lunar(Int, Int)
    case eve
    case clearBrightness

    static let springFestival = Name.lunar(1, 1)
    static let nationalDay = Name.fixed(10, 1)
    static let labourDay = Name.fixed(5, 1)
  }

  private var off: [String: (from: CivilDate, to: CivilDate)] = [:]

  private static let names: [Name: String] = [
    .fixed(1, 1): "元旦", .springFestival: "春节", .clearBrightness: "清明节", .labourDay: "劳动节",
    .lunar(5, 5): "端午节", .lunar(8, 15): "中秋节", .nationalDay: "国庆节",
  ]

  init(_ calendars: [WorkingCalendar]) {
    for calendar in calendars {
      for special in calendar.specialDays where special.isOff {
        // 国庆节、中秋节: days off for both.
        for name in special.name.split(whereSeparator: { "、,，/及和与 ".contains($0) }) {
          let key = "\(special.date.year) \(name)"
          let known = off[key] ?? (special.date, special.date.moved(days: 1))
          off[key] = (min(known.from, special.date), max(known.to, special.date.moved(days: 1)))
        }
      }
    }
  }

  func day(_ name: Name, _ year: Int) -> CivilDate? {
    switch name {
    case .fixed(let month, let day): CivilDate(year: year, month: month, day: day)
    case .lunar(let month, let day): LunarCalendar.day(year: year, month: month, day: day)
    case .eve: LunarCalendar.newYear(year)?.moved(days: -1)
    case .clearBrightness: LunarCalendar.clearBrightness(year)
    }
  }

  /// The days off around it.
  func stretch(_ name: Name, _ year: Int) -> (from: CivilDate, to: CivilDate)? {
    guard let day = day(name, year) else { return nil }
    if let known = Self.names[name].flatMap({ off["\(year) \($0)"] }) { return known }
    switch name {
    case .springFestival: return (day.moved(days: -1), day.moved(days: 7))
    case .nationalDay: return (day, day.moved(days: 7))
    case .labourDay: return (day, day.moved(days: 5))
    default: return (day, day.moved(days: 1))
    }
  }

  /// Whether its bare name means all of its days.
  static func isLong(_ name: Name) -> Bool {
    name == .springFestival || name == .nationalDay || name == .labourDay
  }

  static let words = WordTable<Name>([
    ("国庆", .nationalDay), ("国庆节", .nationalDay), ("十一假期", .nationalDay), ("十一期间", .nationalDay),
    ("十一长假", .nationalDay), ("十一黄金周", .nationalDay), ("十一放假", .nationalDay), ("national day", .nationalDay),
    ("golden week", .nationalDay), ("五一", .labourDay), ("五一节", .labourDay), ("劳动节", .labourDay),
    ("五一劳动节", .labourDay), ("labour day", .labourDay), ("labor day", .labourDay), ("may day", .labourDay),
    ("元旦", .fixed(1, 1)), ("元旦节", .fixed(1, 1)), ("new year's day", .fixed(1, 1)), ("跨年夜", .fixed(12, 31)),
    ("new year's eve", .fixed(12, 31)), ("春节", .springFestival), ("过年", .springFestival),
    ("新春", .springFestival),
    ("农历新年", .springFestival), ("大年初一", .lunar(1, 1)), ("spring festival", .springFestival),
    ("chinese new year", .springFestival), ("lunar new year", .springFestival), ("除夕", .eve), ("除夕夜", .eve),
    ("大年三十", .eve), ("年三十", .eve), ("大年夜", .eve), ("年夜", .eve), ("chinese new year's eve", .eve),
    ("lunar new year's eve", .eve), ("元宵", .lunar(1, 15)), ("元宵节", .lunar(1, 15)),
    ("lantern festival", .lunar(1, 15)),
    ("清明", .clearBrightness), ("清明节", .clearBrightness), ("qingming", .clearBrightness),
    ("tomb sweeping day", .clearBrightness), ("tomb-sweeping day", .clearBrightness), ("端午", .lunar(5, 5)),
    ("端午节", .lunar(5, 5)), ("dragon boat festival", .lunar(5, 5)), ("七夕", .lunar(7, 7)),
    ("七夕节", .lunar(7, 7)),
    ("中元节", .lunar(7, 15)), ("中秋", .lunar(8, 15)), ("中秋节", .lunar(8, 15)),
    ("mid-autumn festival", .lunar(8, 15)),
    ("mid-autumn", .lunar(8, 15)), ("moon festival", .lunar(8, 15)), ("重阳", .lunar(9, 9)),
    ("重阳节", .lunar(9, 9)),
    ("腊八", .lunar(12, 8)), ("腊八节", .lunar(12, 8)), ("圣诞", .fixed(12, 25)), ("圣诞节", .fixed(12, 25)),
    ("christmas", .fixed(12, 25)), ("christmas day", .fixed(12, 25)), ("christmas eve", .fixed(12, 24)),
    ("平安夜", .fixed(12, 24)), ("情人节", .fixed(2, 14)), ("valentine's day", .fixed(2, 14)),
    ("三八节", .fixed(3, 8)),
    ("妇女节", .fixed(3, 8)), ("六一", .fixed(6, 1)), ("六一儿童节", .fixed(6, 1)), ("儿童节", .fixed(6, 1)),
    ("建军节", .fixed(8, 1)), ("教师节", .fixed(9, 10)), ("双十一", .fixed(11, 11)), ("双11", .fixed(11, 11)),
    ("双十二", .fixed(12, 12)), ("双12", .fixed(12, 12)), ("singles' day", .fixed(11, 11)),
    ("singles day", .fixed(11, 11)),
  ])

  /// What may follow: the days off, or the very day.
  static let suffixes = WordTable<Bool>([
    ("期间", true), ("假期", true), ("长假", true), ("小长假", true), ("黄金周", true), ("放假", true), ("放假期间", true),
    ("假期里", true), ("那几天", true), ("那段时间", true), ("前后", true), ("假", true), ("holiday", true),
    ("holidays", true),
    ("golden week", true), ("week", true), ("period", true), ("当天", false), ("那天", false), ("当日", false),
    ("节当天", false), ("节那天", false),
  ])
}
