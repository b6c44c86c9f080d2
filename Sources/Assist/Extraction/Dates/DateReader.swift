import Domain

/// Finds days, months and stretches of days in a text, in Chinese and English, as of the moment at which it was said:
/// 上个月, 昨天下午, 国庆期间, 大年初二, 三天前, last Tuesday, October 2nd, since Monday.
///
/// What a text leaves open is the latest that has begun; `FoundPeriod.assumption` says what was open. Stretches are
/// half-open. Whatever the text is, the time is linear in its length.
package struct DateReader {
  /// A stretch that was read, before it is joined with what stands beside it.
  struct Part {
    var from: CivilDate
    var to: CivilDate
    var granularity: FoundPeriod.Granularity
    var assumption: FoundPeriod.Assumption?
    var end: Int
    var minutes: Range<Int>?
    /// The same of the next year or month, where that is no simple move.
    var next: FoundPeriod.Days?

    init(
      _ from: CivilDate, _ to: CivilDate, _ granularity: FoundPeriod.Granularity, end: Int,
      assumption: FoundPeriod.Assumption? = nil
    ) {
      (self.from, self.to, self.granularity, self.end, self.assumption) = (
        from, to, granularity, end, assumption
      )
    }

    static func day(_ day: CivilDate, end: Int, assumption: FoundPeriod.Assumption? = nil) -> Part {
      Part(day, day.moved(days: 1), .day, end: end, assumption: assumption)
    }

    static func month(_ first: CivilDate, end: Int, assumption: FoundPeriod.Assumption? = nil) -> Part {
      Part(first, first.moved(months: 1), .month, end: end, assumption: assumption)
    }
  }

  let text: FoldedText
  /// As it was written: capital letters tell a month from a word.
  let original: [Unicode.Scalar]
  let today: CivilDate
  let minuteOfDay: Int
  let holidays: Holidays

  /// - Parameter calendars: Holidays of years that they know count as they say; other years as the law has them.
  package static func find(
    in text: String, at moment: Timestamp, clock: WallClock, calendars: [WorkingCalendar] = []
  ) -> [FoundPeriod] {
    let civil = clock.civil(moment)
    return DateReader(
      text: FoldedText(text), original: Array(text.unicodeScalars), today: civil.date,
      minuteOfDay: civil.secondOfDay / 60, holidays: Holidays(calendars)
    ).all()
  }

  /// The same for a text that was folded before; capital letters say nothing in it.
  static func find(in text: FoldedText, at moment: Timestamp, clock: WallClock) -> [FoundPeriod] {
    let civil = clock.civil(moment)
    return DateReader(
      text: text, original: text.scalars, today: civil.date, minuteOfDay: civil.secondOfDay / 60,
      holidays: Holidays([])
    ).all()
  }

  private func all() -> [FoundPeriod] {
    var found: [FoundPeriod] = []
    var index = 0
    while index < text.count {
      if let part = expression(at: index), part.end > index {
        append(part, start: index, to: &found)
        index = part.end
      } else {
        index = afterToken(index)
      }
    }
    return found
  }

  private static let marks: Set<Unicode.Scalar> = ["-", ".", "/", ":", "_"]

  /// A number, a word of letters and a number in characters are left as a whole.
  private func afterToken(_ start: Int) -> Int {
    var index = start + 1
    let first = text[start]
    if FoldedText.isWord(first) {
      while index < text.count {
        if FoldedText.isWord(text[index]) {
          index += 1
        } else if Self.marks.contains(text[index]), FoldedText.isDigit(text[index - 1]),
          FoldedText.isDigit(text[index + 1])
        {
          index += 2
        } else {
          break
        }
      }
    } else if Self.isChineseNumeral(first) {
      while index < text.count, Self.isChineseNumeral(text[index]) { index += 1 }
    }
    return index
  }

  private func expression(at index: Int) -> Part? {
    let scalar = text[index]
    if FoldedText.isDigit(scalar) {
      guard text.isBoundary(index) else { return nil }
      return numeric(at: index) ?? chinese(at: index) ?? english(at: index) ?? clockAlone(at: index)
    }
    if FoldedText.isLetter(scalar) { return text.isBoundary(index) ? english(at: index) : nil }
    return scalar.value >= 0x3007 ? chinese(at: index) ?? clockAlone(at: index) : nil
  }

  // MARK: - Joining

  private func append(_ part: Part, start: Int, to found: inout [FoundPeriod]) {
    var period = FoundPeriod(
      from: part.from, to: part.to, minutes: part.minutes, granularity: part.granularity,
      assumption: part.assumption, next: part.next, start: start, end: part.end)
    if var before = found.last, joins(before.end, start), before.minutes == nil || period.minutes == nil {
      // 周一到周五: the second follows the first.
      if period.from < before.from { period = later(period, than: before.from) }
      if period.from >= before.from, period.to > before.from {
        before.to = max(before.to, period.to)
        before.end = period.end
        before.granularity = .range
        before.minutes = nil
        before.assumption = before.assumption ?? period.assumption
        before.next = before.next.flatMap { first in
          period.next.map { FoundPeriod.Days(from: first.from, to: max(first.to, $0.to)) }
        }
        found[found.count - 1] = before
        return
      }
    }
    extendToToday(&period)
    found.append(period)
  }

  private func later(_ period: FoundPeriod, than day: CivilDate) -> FoundPeriod {
    let coming = period.asComing
    return coming.from > day ? coming : period
  }

  private static let joiners = ["到", "至", "-", "~", "to", "until", "till", "through", "and", "一直到", "直到"].map
  {
    Array($0.unicodeScalars)
  }

  private func joins(_ end: Int, _ start: Int) -> Bool {
    guard start > end, start - end <= 12 else { return false }
    let from = text.skippingSpaces(end)
    guard
      let joiner = Self.joiners.first(where: {
        text.stands($0, at: from) && text.skippingSpaces(from + $0.count) == start
      })
    else { return false }
    // "on Monday and Tuesday" are two days; "between Monday and Tuesday" is one stretch.
    return joiner.count != 3 || joiner[0] != "a" || hasBefore("between", end)
  }

  /// Whether `word` stands in the forty characters before `end`.
  private func hasBefore(_ word: String, _ end: Int) -> Bool {
    let scalars = Array(word.unicodeScalars)
    return (max(0, end - 40)..<end).contains { text.stands(scalars, at: $0) }
  }

  private static let sinceSuffixes = [
    "以来", "开始", "起", "至今", "到现在", "到今天", "到目前", "一直到现在", "那天起", "那天开始", "之后", "以后", "onwards", "on",
  ].map { Array($0.unicodeScalars) }

  /// 自10月2日起, 昨天开始, since Monday: up to now.
  private func extendToToday(_ period: inout FoundPeriod) {
    guard period.from <= today, period.to <= today.moved(days: 1), period.granularity != .range else {
      return
    }
    let isSince =
      wordBefore(period.start) == "since" || text[period.start - 1] == "自" || text[period.start - 1] == "打"
    let place = text.skippingSpaces(period.end)
    let suffix = Self.sinceSuffixes.first { text.stands($0, at: place) && text.isBoundary(place + $0.count) }
    if let suffix, suffix[0] != "o" || wordBefore(period.start) == "from" {
      // 起 also begins words: 起床, 起诉.
      if suffix == ["起"], ["床", "诉", "来", "码", "飞", "初"].contains(text[place + 1]) { return }
      if suffix.count == 2, suffix[1] == "后", text[place + 2] == "台" { return }
      period.end = place + suffix.count
    } else if !isSince {
      return
    }
    period.to = today.moved(days: 1)
    period.minutes = nil
    period.next = nil
    period.granularity = .range
  }

  /// The word of letters that ends before `index`, spaces between left out.
  func wordBefore(_ index: Int) -> String {
    var end = index
    while end > 0, text[end - 1] == " " { end -= 1 }
    var start = end
    while start > 0, FoldedText.isLetter(text[start - 1]), end - start < 12 { start -= 1 }
    return string(start, end)
  }

  func string(_ start: Int, _ end: Int) -> String {
    start < end ? String(String.UnicodeScalarView(text.scalars[start..<end])) : ""
  }

  // MARK: - Numbers

  static func isChineseNumeral(_ scalar: Unicode.Scalar) -> Bool {
    ChineseNumber.digit(scalar) != nil || ChineseNumber.unit(scalar) != nil || scalar == "廿"
      || scalar == "卅"
  }

  /// A whole number of at most eight digits, or one in characters: 三, 十二, 廿三, 二〇二六.
  func integer(at start: Int) -> (value: Int, end: Int)? {
    var index = start
    if FoldedText.isDigit(text[start]) {
      var value = 0
      while index < text.count, FoldedText.isDigit(text[index]) {
        guard index - start < 8 else { return nil }
        value = value * 10 + Int(text[index].value - 0x30)
        index += 1
      }
      return (value, index)
    }
    guard Self.isChineseNumeral(text[start]) else { return nil }
    if text[start] == "廿" || text[start] == "卅" {
      let tens = text[start] == "廿" ? 20 : 30
      if let digit = ChineseNumber.digit(text[start + 1]) { return (tens + Int(digit), start + 2) }
      return (tens, start + 1)
    }
    while index < text.count, ChineseNumber.digit(text[index]) != nil, index - start < 5 { index += 1 }
    if index - start >= 2 {
      // 二〇二六, 二六: digit by digit.
      guard index - start <= 4, ChineseNumber.unit(text[index]) == nil else { return nil }
      return ((start..<index).reduce(0) { $0 * 10 + Int(ChineseNumber.digit(text[$1]) ?? 0) }, index)
    }
    guard let number = ChineseNumber.read(text.scalars, from: start), number.hundredths <= 99_999_900 else {
      return nil
    }
    return (Int(number.hundredths / 100), number.end)
  }

  func day(_ year: Int, _ month: Int, _ day: Int) -> CivilDate? {
    (1990...2100).contains(year) ? CivilDate(year: year, month: month, day: day) : nil
  }

  // MARK: - Numeric forms

  /// 2026-10-02, 2026/10, 20261002, 10/2/2026, 10/2.
  private func numeric(at start: Int) -> Part? {
    guard let first = integer(at: start),
      !["-", "/", ".", ":"].contains(text[start - 1]) || !FoldedText.isDigit(text[start - 2])
        || text[start - 1] == "-" && endsDate(start - 1)
    else { return nil }
    let mark = text[first.end]
    if first.end - start == 8,
      let date = day(first.value / 10_000, first.value / 100 % 100, first.value % 100),
      text.isBoundary(first.end), mark != "-", mark != "/"
    {
      return timed(.day(date, end: first.end))
    }
    if first.end - start == 6, let date = day(first.value / 100, first.value % 100, 1),
      isBillMonth(start, first.end)
    {
      return .month(date, end: first.end)
    }
    guard mark == "-" || mark == "/" || mark == ".", let second = integer(at: first.end + 1),
      FoldedText.isDigit(text[first.end + 1]), second.end - first.end <= 3
    else { return nil }
    let third = text[second.end] == mark ? integer(at: second.end + 1) : nil
    if first.end - start == 4 {
      if let third, FoldedText.isDigit(text[second.end + 1]) {
        guard let date = day(first.value, second.value, third.value) else { return nil }
        if text[third.end] == "t", FoldedText.isDigit(text[third.end + 1]) {
          return clocked(.day(date, end: third.end), at: third.end + 1, nil)
        }
        guard text.isBoundary(third.end) else { return nil }
        return timed(.day(date, end: third.end))
      }
      guard mark != "." || second.end - first.end == 3, text.isBoundary(second.end), text[second.end] != "-",
        let date = day(first.value, second.value, 1)
      else { return nil }
      return .month(date, end: second.end)
    }
    guard mark == "/", first.end - start <= 2 else { return nil }
    if let third {
      guard third.end - second.end == 5, text.isBoundary(third.end) else { return nil }
      return either(first.value, second.value, year: third.value, end: third.end)
    }
    guard text[second.end] != "/", text.isBoundary(second.end),
      !text.stands(["."], at: second.end) || !FoldedText.isDigit(text[second.end + 1]),
      text[start - 1] == " " || text[start - 1] == "\n" || FoldedText.isIdeograph(text[start - 1])
    else { return nil }
    return either(first.value, second.value, year: nil, end: second.end)
  }

  /// 2026/10/1-2026/10/7: whether a date with all its parts ends at `end`.
  private func endsDate(_ end: Int) -> Bool {
    var start = end
    while start > 0, end - start < 10,
      FoldedText.isDigit(text[start - 1]) || "-/.".unicodeScalars.contains(text[start - 1])
    {
      start -= 1
    }
    return CivilDate(string(start, end)).map { (1990...2100).contains($0.year) && end - start > 7 } ?? false
  }

  /// 202610账单, 账期 202610.
  private func isBillMonth(_ start: Int, _ end: Int) -> Bool {
    guard text.isBoundary(end) else { return false }
    let next = text[text.skippingSpaces(end)]
    var before = start - 1
    while before > 0, text[before] == " " || text[before] == ":" { before -= 1 }
    return ["账", "帐", "的", "期"].contains(next) || ["期", "单", "份"].contains(text[before])
      || wordBefore(start) == "period"
  }

  /// Month and day in either order: the one that is a day, and of two the one that has passed.
  private func either(_ first: Int, _ second: Int, year: Int?, end: Int) -> Part? {
    func date(_ month: Int, _ day: Int) -> Part? {
      if let year { return self.day(year, month, day).map { .day($0, end: end) } }
      return latest(month, day).map { .day($0, end: end, assumption: .year) }
    }
    guard let monthFirst = date(first, second) else { return date(second, first).map(timed) }
    guard let dayFirst = date(second, first), first != second else { return timed(monthFirst) }
    var chosen = monthFirst.from <= today || dayFirst.from > today ? monthFirst : dayFirst
    chosen.assumption = .order
    return timed(chosen)
  }

  /// The latest such day that is not to come. 29 February may lie some years back.
  func latest(_ month: Int, _ day: Int) -> CivilDate? {
    for year in stride(from: today.year, through: today.year - 8, by: -1) {
      if let date = self.day(year, month, day), date <= today { return date }
    }
    return nil
  }

  /// The latest such month that has begun.
  func latestMonth(_ month: Int) -> CivilDate? {
    day(month <= today.month ? today.year : today.year - 1, month, 1)
  }
}
