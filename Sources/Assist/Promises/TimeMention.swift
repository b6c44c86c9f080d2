import Domain

/// A time by which something is to happen, as people say it in a promise: 今天, 24 小时内, by Friday, 10月8日.
///
/// Coarser than what a form field needs: the end of the day, week or month that is meant.
struct TimeMention: Hashable, Sendable {
  var start: Int
  var end: Int
  /// The moment by which it has happened; nil where the words name none (下期账单, the next bill).
  var due: Timestamp?
  /// A span within which it has happened, with the words that say so (within, 内); nil where none does.
  var within: Range<Int>?

  /// In the order of the text.
  static func all(
    in text: FoldedText, at moment: Timestamp, clock: WallClock, workingDays: WorkingDays = .mondayToFriday
  ) -> [TimeMention] {
    var found: [TimeMention] = []
    for match in words.matches(in: text) {
      if let mention = mention(match.value, match.start, match.end, text, moment, clock, workingDays) {
        found.append(mention)
      }
    }
    found += dates(in: text, moment, clock)
    return found.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
  }

  private enum Word: Sendable {
    /// Behind a number.
    case unit(seconds: Int64)
    case workingDays
    /// From today; the end of that day.
    case day(Int)
    /// 1 is Monday.
    case weekday(Int)
    case week(Int)
    case month(Int)
    case now
    case vague
  }

  private static let words = WordFinder<Word>(
    groups.flatMap { group in group.words.map { (word: $0, value: group.value) } })

  private static let groups: [(value: Word, words: [String])] = [
    (.unit(seconds: 60), ["分钟", "minutes", "minute", "mins", "min"]),
    (.unit(seconds: 3600), ["小时", "个小时", "钟头", "个钟头", "hours", "hour", "hrs", "hr", "h"]),
    (.unit(seconds: 86400), ["天", "日内", "日之内", "日后", "days", "day", "个自然日", "calendar days"]),
    (.unit(seconds: 7 * 86400), ["周", "个星期", "星期", "weeks", "week"]),
    (.unit(seconds: 30 * 86400), ["个月", "months", "month"]),
    (
      .workingDays,
      ["个工作日", "工作日", "working days", "working day", "business days", "business day", "work days"]
    ),
    (
      .day(0),
      [
        "今天", "今日", "今晚", "今早", "当天", "当日", "today", "tonight", "this evening", "this afternoon",
        "this morning",
      ]
    ),
    (.day(1), ["明天", "明日", "明早", "明晚", "次日", "tomorrow"]), (.day(2), ["后天", "the day after tomorrow"]),
    (.weekday(1), ["周一", "星期一", "礼拜一", "monday"]), (.weekday(2), ["周二", "星期二", "礼拜二", "tuesday"]),
    (.weekday(3), ["周三", "星期三", "礼拜三", "wednesday"]),
    (.weekday(4), ["周四", "星期四", "礼拜四", "thursday"]), (.weekday(5), ["周五", "星期五", "礼拜五", "friday"]),
    (.weekday(6), ["周六", "星期六", "礼拜六", "saturday"]),
    (.weekday(7), ["周日", "周天", "星期日", "星期天", "礼拜天", "sunday"]),
    (.week(0), ["本周", "这周", "本周内", "this week"]), (.week(1), ["下周", "next week"]),
    (.month(0), ["月底", "本月底", "本月内", "月末", "end of the month", "end of this month"]),
    (.month(1), ["下个月", "下月", "次月", "next month"]),
    (
      .now,
      [
        "立即", "立刻", "马上", "即时", "实时", "即刻", "现在就", "immediately", "right away", "at once", "right now",
        "instantly", "straight away",
      ]
    ),
    (
      .vague,
      [
        "下期账单", "下个账单", "下个账期", "下期", "下一账期", "next bill", "your next bill", "已生效", "已到账", "即可生效", "已为您取消",
        "already", "has been", "have been", "is now", "are now", "已退回", "已完成", "已恢复", "已办理", "现已",
      ]
    ),
  ]

  private static func mention(
    _ word: Word, _ start: Int, _ end: Int, _ text: FoldedText, _ moment: Timestamp, _ clock: WallClock,
    _ workingDays: WorkingDays
  ) -> TimeMention? {
    let today = clock.civil(moment).date.daysSinceEpoch
    func endOfDay(_ days: Int) -> Timestamp {
      clock.moment(CivilDate(daysSinceEpoch: days + 1)).advanced(seconds: -1)
    }
    let weekday = (today + 3) % 7 + 1
    switch word {
    case .unit(let seconds):
      guard let number = number(before: start, text) else { return nil }
      return TimeMention(
        start: number.start, end: end, due: moment.advanced(seconds: number.value * seconds),
        within: within(number.start, end, text))
    case .workingDays:
      guard let number = number(before: start, text) else { return nil }
      let day = workingDays.day(Int(number.value), after: CivilDate(daysSinceEpoch: today))
      return TimeMention(
        start: number.start, end: end, due: endOfDay(day.daysSinceEpoch),
        within: within(number.start, end, text))
    case .day(let days): return TimeMention(start: start, end: end, due: endOfDay(today + days))
    case .weekday(let wanted):
      let isNextWeek = text[start - 1] == "下" || text.stands(Array("next ".unicodeScalars), at: start - 5)
      let ahead = isNextWeek ? 7 - weekday + wanted : (wanted - weekday + 7) % 7
      return TimeMention(start: start, end: end, due: endOfDay(today + ahead))
    case .week(let weeks):
      // 本周五 is a day, which the words of the week read.
      if let next = text.scalars.dropFirst(end).first, "一二三四五六日天".unicodeScalars.contains(next) {
        let wanted = Array("一二三四五六日".unicodeScalars).firstIndex(of: next).map { $0 + 1 } ?? 7
        return TimeMention(start: start, end: end + 1, due: endOfDay(today - weekday + wanted + weeks * 7))
      }
      return TimeMention(start: start, end: end, due: endOfDay(today - weekday + 7 + weeks * 7))
    case .month(let months):
      let date = clock.civil(moment).date
      let month = date.year * 12 + date.month - 1 + months
      let (year, number) = (month / 12, month % 12 + 1)
      let last = CivilDate(year: year, month: number, day: CivilDate.days(inMonth: number, of: year))
      return TimeMention(start: start, end: end, due: last.map { endOfDay($0.daysSinceEpoch) })
    case .now: return TimeMention(start: start, end: end, due: moment)
    case .vague: return TimeMention(start: start, end: end, due: nil)
    }
  }

  // MARK: - Spans

  private static func scalars(_ words: [String]) -> [[Unicode.Scalar]] {
    words.map { Array($0.unicodeScalars) }
  }

  private static let ends = scalars(["之内", "以内", "内", "之后", "后"])
  private static let starts = scalars(["within ", "in ", "by ", "up to "])
  private static let links = scalars(["至", "到", "-", "~", "–", "—", "to"])

  /// The span with the words that make it one; nil for one that is only long (24 个月的合约).
  private static func within(_ start: Int, _ end: Int, _ text: FoldedText) -> Range<Int>? {
    let start = beginOfRange(start, text)
    // 日内 and 日后 are words of days.
    if ["内", "后"].contains(text[end - 1]) { return start..<end }
    if let word = ends.first(where: { text.stands($0, at: end) }) { return start..<end + word.count }
    guard
      let word = starts.first(where: {
        text.stands($0, at: start - $0.count) && text.isBoundary(start - $0.count)
      })
    else { return nil }
    return start - word.count..<end
  }

  /// Where 1 至 3 and 1-3 begin, from where their second number does.
  private static func beginOfRange(_ start: Int, _ text: FoldedText) -> Int {
    func skip(_ index: Int) -> Int {
      var index = index
      while index > 0, text.scalars[index - 1] == " " { index -= 1 }
      return index
    }
    let end = skip(start)
    guard let link = links.first(where: { text.stands($0, at: end - $0.count) }) else { return start }
    return number(before: end - link.count, text)?.start ?? start
  }

  /// The number that stands directly before a unit, at most 100,000.
  private static func number(before end: Int, _ text: FoldedText) -> (value: Int64, start: Int)? {
    var last = end
    while last > 0, text.scalars[last - 1] == " " { last -= 1 }
    var start = last
    while start > 0, last - start < 8, isNumeral(text.scalars[start - 1]) { start -= 1 }
    guard start < last, let number = ChineseNumber.read(text.scalars, from: start), number.end == last,
      number.isWhole, number.hundredths <= 10_000_000
    else { return nil }
    return (number.hundredths / 100, start)
  }

  private static func isNumeral(_ scalar: Unicode.Scalar) -> Bool {
    FoldedText.isDigit(scalar) || ChineseNumber.digit(scalar) != nil || ChineseNumber.unit(scalar) != nil
  }

  /// 10月8日, 10月8号, 2026-10-08; a day that has passed this year is meant in the next.
  private static func dates(in text: FoldedText, _ moment: Timestamp, _ clock: WallClock) -> [TimeMention] {
    var found: [TimeMention] = []
    let today = clock.civil(moment).date
    var index = 0
    func digits(_ start: Int) -> (Int, Int)? {
      var (value, place) = (0, start)
      while place < text.count, place - start < 4, FoldedText.isDigit(text.scalars[place]) {
        value = value * 10 + Int(text.scalars[place].value - 0x30)
        place += 1
      }
      return place > start ? (value, place) : nil
    }
    while index < text.count {
      guard FoldedText.isDigit(text.scalars[index]), !FoldedText.isDigit(text[index - 1]),
        let (first, afterFirst) = digits(index)
      else {
        index += 1
        continue
      }
      let start = index
      index = afterFirst
      var date: CivilDate?
      if text[afterFirst] == "月", let (day, end) = digits(afterFirst + 1),
        text[end] == "日" || text[end] == "号"
      {
        date = CivilDate(year: today.year, month: first, day: day)
        if let given = date, given.daysSinceEpoch < today.daysSinceEpoch - 60 {
          date = CivilDate(year: today.year + 1, month: first, day: day)
        }
        index = end + 1
      } else if first > 1900, ["-", "/", "."].contains(text[afterFirst]),
        let (month, middle) = digits(afterFirst + 1),
        text[middle] == text[afterFirst], let (day, end) = digits(middle + 1)
      {
        date = CivilDate(year: first, month: month, day: day)
        index = end
      }
      if let date {
        let due = clock.moment(CivilDate(daysSinceEpoch: date.daysSinceEpoch + 1)).advanced(seconds: -1)
        found.append(TimeMention(start: start, end: index, due: due))
      }
    }
    return found
  }
}
