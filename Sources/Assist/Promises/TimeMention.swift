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
    found += days(in: text, moment, clock)
    return found.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
  }

  private enum Word: Sendable {
    /// Behind a number.
    case unit(seconds: Int64)
    case workingDays
    /// From today; the end of that day.
    case day(Int)
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
    // All other days are those of the reader of dates.
    (.day(0), ["当天", "当日"]), (.day(1), ["次日"]),
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
    switch word {
    case .unit(let seconds):
      guard let number = number(before: start, text), !isPast(number.start, end, text) else { return nil }
      return TimeMention(
        start: number.start, end: end, due: moment.advanced(seconds: number.hundredths * seconds / 100),
        within: within(number.start, end, text))
    case .workingDays:
      guard let number = number(before: start, text) else { return nil }
      let day = workingDays.day(Int((number.hundredths + 99) / 100), after: CivilDate(daysSinceEpoch: today))
      return TimeMention(
        start: number.start, end: end, due: endOfDay(day.daysSinceEpoch),
        within: within(number.start, end, text))
    case .day(let days): return TimeMention(start: start, end: end, due: endOfDay(today + days))
    case .now: return TimeMention(start: start, end: end, due: moment)
    case .vague: return TimeMention(start: start, end: end, due: nil)
    }
  }

  // MARK: - Spans

  private static let agos = scalars(["前", "以前", "之前", "以来", "来", " ago", " earlier"])
  private static let lasts = scalars(["近", "最近", "过去", "last ", "past ", "previous "])

  /// 三天前, 近三个月: a span that is over.
  private static func isPast(_ start: Int, _ end: Int, _ text: FoldedText) -> Bool {
    agos.contains { text.stands($0, at: end) }
      || lasts.contains {
        text.stands($0, at: start - $0.count)
          || text.stands($0, at: start - 1 - $0.count) && text[start - 1] == " "
      }
  }

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

  /// The number that stands directly before a unit, at most 100,000: 24, 1.5, 三, 半, 两个半, two, half an.
  private static func number(before end: Int, _ text: FoldedText) -> (hundredths: Int64, start: Int)? {
    var last = end
    while last > 0, text.scalars[last - 1] == " " { last -= 1 }
    if text[last - 1] == "半" {
      guard text[last - 2] == "个", let whole = number(before: last - 2, text) else { return (50, last - 1) }
      return (whole.hundredths + 50, whole.start)
    }
    if FoldedText.isLetter(text[last - 1]) { return englishNumber(before: last, text) }
    var start = last
    while start > 0, last - start < 8, isNumeral(text.scalars[start - 1]) || isPoint(start - 1, text) {
      start -= 1
    }
    guard start < last, let number = ChineseNumber.read(text.scalars, from: start), number.end == last,
      number.hundredths <= 10_000_000
    else { return nil }
    return (number.hundredths, start)
  }

  private static func isNumeral(_ scalar: Unicode.Scalar) -> Bool {
    FoldedText.isDigit(scalar) || ChineseNumber.digit(scalar) != nil || ChineseNumber.unit(scalar) != nil
  }

  private static func isPoint(_ index: Int, _ text: FoldedText) -> Bool {
    text[index] == "." && FoldedText.isDigit(text[index - 1]) && FoldedText.isDigit(text[index + 1])
  }

  private static let ones: [String: Int64] = [
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60,
    "seventy": 70, "ninety": 90,
  ]

  /// two, forty-eight, half an; "an hour" only behind within or in, for "ten hours a day" is no time to come.
  private static func englishNumber(before end: Int, _ text: FoldedText) -> (hundredths: Int64, start: Int)? {
    func begin(_ end: Int) -> Int {
      var start = end
      while start > 0, end - start < 12, FoldedText.isLetter(text[start - 1]) { start -= 1 }
      return start
    }
    func word(_ start: Int, _ end: Int) -> String {
      String(String.UnicodeScalarView(text.scalars[start..<end]))
    }
    let start = begin(end)
    guard start < end else { return nil }
    let last = word(start, end)
    if last == "a" || last == "an" {
      var before = start
      while before > 0, text[before - 1] == " " { before -= 1 }
      let first = begin(before)
      switch word(first, before) {
      case "half": return (50, first)
      case "within", "in": return (100, start)
      default: return nil
      }
    }
    guard let value = ones[last] else { return nil }
    if value < 10, text[start - 1] == "-" || text[start - 1] == " ", start > 1 {
      let first = begin(start - 1)
      if let tens = ones[word(first, start - 1)], tens >= 20, tens % 10 == 0 {
        return ((tens + value) * 100, first)
      }
    }
    return (value * 100, start)
  }
}
