import Domain

// Days, weeks and months are read by the reader of dates, which takes what is open for the latest that has begun; here it is the
// next that comes.
extension TimeMention {
  /// In days: a day without a year that has just passed is that day (您10月8日的投诉), and not the one of the next year.
  private static let recent = 60

  static func days(in text: FoldedText, _ moment: Timestamp, _ clock: WallClock) -> [TimeMention] {
    let today = clock.civil(moment).date
    func end(_ day: CivilDate) -> Timestamp { clock.moment(day.moved(days: 1)).advanced(seconds: -1) }
    let periods = DateReader.find(in: text, at: moment, clock: clock)
    return periods.compactMap { period in
      switch last(of: period, text, today) {
      case .day(let day): TimeMention(start: period.start, end: period.end, due: end(day))
      case .past: TimeMention(start: period.start, end: period.end, due: nil)
      case nil: nil
      }
    } + bareDays(in: text, today).map { TimeMention(start: $0.start, end: $0.end, due: end($0.day)) }
  }

  private enum Last {
    case day(CivilDate)
    /// A day that was named in full and is over: by then nothing will happen.
    case past
  }

  /// The last day of what is to come; nil for what says nothing about that.
  private static func last(of period: FoundPeriod, _ text: FoldedText, _ today: CivilDate) -> Last? {
    let isDeadline = isDeadline(period, text)
    if period.last >= today { return isToCome(period, isDeadline, text, today) ? .day(period.last) : nil }
    let days = today.daysSinceEpoch - period.last.daysSinceEpoch
    switch period.assumption {
    case .week where !isOver(period.start, text): return .day(period.asComing.last)
    case .month
    where isDeadline || ["底", "末"].contains(text[period.end - 1]) || text.stands(monthEnd, at: period.start):
      return .day(period.asComing.last)
    case .year where isDeadline || days > recent && (period.isOneDay || period.granularity == .range):
      let coming = period.asComing
      return coming.last >= today ? .day(coming.last) : nil
    case .year where period.isOneDay: return .past
    case nil where period.granularity == .day && isWritten(period, text): return .past
    default: return nil
    }
  }

  private static let monthEnd = Array("end of the month".unicodeScalars)

  /// What reaches today is to come, but not what has lasted until now (近三天), nor a month or a year that is only named.
  private static func isToCome(
    _ period: FoundPeriod, _ isDeadline: Bool, _ text: FoldedText, _ today: CivilDate
  ) -> Bool {
    if ["前", "来"].contains(text[period.end - 1])
      || text.stands(Array("ago".unicodeScalars), at: period.end - 3)
    {
      return false
    }
    switch period.granularity {
    case .day, .time, .week: return true
    case .range: return period.last > today
    case .month: return isDeadline || period.from > today
    case .quarter, .year: return isDeadline
    }
  }

  private static let behind = ["前", "之前", "以前", "内", "之内", "以内", "止", "为止"].map { Array($0.unicodeScalars) }
  private static let before = ["最晚", "最迟", "不晚于", "by ", "before ", "until ", "no later than "].map {
    Array($0.unicodeScalars)
  }

  private static func isDeadline(_ period: FoundPeriod, _ text: FoldedText) -> Bool {
    let place = text.skippingSpaces(period.end)
    if behind.contains(where: { text.stands($0, at: place) }) { return true }
    return before.contains { word in
      let start = period.start - word.count
      return text.stands(word, at: start) && text.isBoundary(start)
    }
  }

  private static let overs = ["last ", "past ", "previous "].map { Array($0.unicodeScalars) }

  /// "last Friday", and not the one that comes.
  private static func isOver(_ start: Int, _ text: FoldedText) -> Bool {
    overs.contains { text.stands($0, at: start) || text.stands($0, at: start - $0.count) }
  }

  /// 2025年12月8日, 2025-12-08: more than 昨天.
  private static func isWritten(_ period: FoundPeriod, _ text: FoldedText) -> Bool {
    ["日", "号"].contains(text[period.end - 1]) && text.scalars[period.start..<period.end].contains("月")
      || FoldedText.isDigit(text[period.start]) && FoldedText.isDigit(text[period.end - 1])
  }

  /// 25日前: before the next 25th. The reader of dates leaves it alone, because 3日前 may also be three days ago.
  private static func bareDays(in text: FoldedText, _ today: CivilDate) -> [(
    start: Int, end: Int, day: CivilDate
  )] {
    text.scalars.indices.compactMap { index in
      guard text.scalars[index] == "日",
        behind.prefix(3).contains(where: { text.stands($0, at: index + 1) })
      else { return nil }
      var start = index
      while start > 0, index - start < 3, isDayNumeral(text[start - 1]) { start -= 1 }
      guard start < index, text[start - 1] != "月", !isDayNumeral(text[start - 1]),
        !"-/.".unicodeScalars.contains(text[start - 1]),
        let number = ChineseNumber.read(text.scalars, from: start), number.end == index, number.isWhole
      else { return nil }
      for months in 0..<3 {
        let first = today.firstOfMonth.moved(months: months)
        if let day = CivilDate(year: first.year, month: first.month, day: Int(number.hundredths / 100)),
          day >= today
        {
          return (start, index + 1, day)
        }
      }
      return nil
    }
  }

  private static func isDayNumeral(_ scalar: Unicode.Scalar) -> Bool {
    FoldedText.isDigit(scalar) || ChineseNumber.digit(scalar) != nil || scalar == "十"
  }
}
