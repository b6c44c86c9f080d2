import Domain

extension DateReader {
  /// A word of letters, apostrophes and full stops of abbreviations left out; `next` is where the following word begins.
  private struct Word {
    var text: String
    var start: Int
    var end: Int
    var next: Int
  }

  private func word(at start: Int) -> Word? {
    guard FoldedText.isLetter(text[start]) else { return nil }
    var end = start
    while end < text.count, end - start < 16,
      FoldedText.isLetter(text[end])
        || (text[end] == "'" && FoldedText.isLetter(text[end + 1]) && text[end + 1] != "s")
    {
      end += 1
    }
    var next = end
    if text[next] == "'" { next = text[next + 1] == "s" ? next + 2 : next + 1 }
    return Word(text: string(start, end), start: start, end: end, next: text.skippingSpaces(next))
  }

  private static let weekdays: [String: Int] = [
    "monday": 1, "mon": 1, "tuesday": 2, "tue": 2, "tues": 2, "wednesday": 3, "wed": 3, "thursday": 4,
    "thu": 4, "thur": 4, "thurs": 4,
    "friday": 5, "fri": 5, "saturday": 6, "sat": 6, "sunday": 7, "sun": 7,
  ]
  private static let months: [String: Int] = [
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5,
    "june": 6, "jun": 6,
    "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sep": 9, "sept": 9, "october": 10, "oct": 10,
    "november": 11, "nov": 11,
    "december": 12, "dec": 12,
  ]
  private static let numbers: [String: Int] = [
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
  ]
  private static let relations: [String: Int] = [
    "last": -1, "previous": -1, "past": -1, "this": 0, "current": 0, "next": 1, "coming": 1, "following": 1,
  ]
  private static let ordinals: [String: Int] = [
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12,
  ]

  private var monday: CivilDate { today.moved(days: 1 - today.weekday) }

  func english(at start: Int) -> Part? {
    if FoldedText.isDigit(text[start]) {
      return englishAgo(at: start) ?? dayThenMonth(at: start)
    }
    guard let word = word(at: start) else { return nil }
    if let part = namedDay(word) ?? named(word) ?? englishAgo(at: start) { return part }
    if let offset = Self.relations[word.text] { return related(word, offset) }
    if let part = partOfPeriod(word) { return part }
    if word.text == "the" { return afterThe(word) }
    if let day = Self.weekdays[word.text], isName(word) { return weekday(day, word) }
    if let month = Self.months[word.text] { return monthFirst(month, word) }
    if word.text == "q", let part = quarterNumber(at: word.end) { return part }
    if let ordinal = Self.ordinals[word.text], ordinal <= 4, let noun = self.word(at: word.next),
      noun.text == "quarter"
    {
      return quarter(ordinal, end: noun.end)
    }
    if let date = holiday(at: start, year: nil) { return date }
    return inYear(word)
  }

  // MARK: - Days

  private func namedDay(_ word: Word) -> Part? {
    switch word.text {
    case "today": return timed(.day(today, end: word.end))
    case "yesterday": return timed(.day(today.moved(days: -1), end: word.end))
    case "tomorrow": return timed(.day(today.moved(days: 1), end: word.end))
    case "tonight":
      var part = Part.day(today, end: word.end)
      part.minutes = 1080..<1440
      return timed(part)
    case "day":
      if has("before yesterday", word.next) { return timed(.day(today.moved(days: -2), end: word.next + 16)) }
      if has("after tomorrow", word.next) { return timed(.day(today.moved(days: 2), end: word.next + 14)) }
      return nil
    default: return nil
    }
  }

  private static let verbs: Set<String> = [
    "be", "have", "not", "also", "take", "need", "well", "cause", "result", "only", "never", "still", "just",
    "mean", "get", "help", "contain", "include", "require",
  ]

  /// mon, sat, sun, mar and may are words of their own where they are small.
  private func isName(_ word: Word) -> Bool {
    // "This MAY be an error".
    if word.text == "may", let verb = self.word(at: word.next), Self.verbs.contains(verb.text) {
      return false
    }
    guard ["mon", "sat", "sun", "wed", "mar", "may", "march", "jan", "dec"].contains(word.text) else {
      return true
    }
    return (0x41...0x5A).contains(original[word.start].value) || original[word.start].value >= 0xFF21
  }

  private func weekday(_ day: Int, _ word: Word) -> Part? {
    if let behind = self.word(at: word.next), let offset = Self.relations[behind.text],
      let noun = self.word(at: behind.next), noun.text == "week"
    {
      return timed(.day(monday.moved(days: 7 * offset + day - 1), end: noun.end))
    }
    let date = monday.moved(days: day - 1)
    return timed(.day(date <= today ? date : date.moved(days: -7), end: word.end, assumption: .week))
  }

  // MARK: - last, this, next

  private func related(_ word: Word, _ offset: Int) -> Part? {
    if offset == -1, let part = lastSome(word) { return part }
    guard let noun = self.word(at: word.next) else { return nil }
    switch noun.text {
    case "day" where offset == -1: return nil
    case "night" where offset == -1 || offset == 0, "morning" where offset == 0,
      "afternoon" where offset == 0, "evening" where offset <= 0:
      return timed(
        .day(today.moved(days: noun.text == "night" || noun.text == "evening" ? offset : 0), end: word.end))
    case "week":
      return Part(monday.moved(days: 7 * offset), monday.moved(days: 7 * offset + 7), .week, end: noun.end)
    case "weekend":
      let saturday = monday.moved(days: 5 + 7 * offset)
      return Part(saturday, saturday.moved(days: 2), .range, end: noun.end)
    case "month": return .month(today.firstOfMonth.moved(months: offset), end: noun.end)
    case "year":
      let first = today.firstOfYear.moved(months: 12 * offset)
      // "last year's National Day"
      if let part = holiday(at: noun.next, year: first.year) { return part }
      return Part(first, first.moved(months: 12), .year, end: noun.end)
    case "quarter":
      let first =
        CivilDate(year: today.year, month: (today.month - 1) / 3 * 3 + 1, day: 1)?.moved(months: 3 * offset)
        ?? today
      return Part(first, first.moved(months: 3), .quarter, end: noun.end)
    default: break
    }
    // "This may be a billing error", "the following may apply".
    let needsName = offset == 0 || noun.text == "may" || word.text == "following"
    if let day = Self.weekdays[noun.text], !needsName || isName(noun) {
      // The last one before today, the one of this week, the first one after today.
      let inWeek = monday.moved(days: day - 1)
      let date =
        offset < 0
        ? (inWeek < today ? inWeek : inWeek.moved(days: -7))
        : offset > 0 ? (inWeek > today ? inWeek : inWeek.moved(days: 7)) : inWeek
      return timed(.day(date, end: noun.end, assumption: .week))
    }
    if let month = Self.months[noun.text], !needsName || isName(noun), let first = latestMonth(month) {
      let isNow = first.month == today.month && first.year == today.year
      if offset < 0 {
        return .month(isNow ? first.moved(months: -12) : first, end: noun.end, assumption: .year)
      }
      return .month(
        offset == 0
          ? day(today.year, month, 1) ?? first
          : isNow ? first.moved(months: 12) : first.moved(months: first > today ? 0 : 12), end: noun.end)
    }
    if offset == -1, var part = holiday(at: word.next, year: nil) {
      part.assumption = .year
      return part
    }
    return nil
  }

  /// last three months, past 2 weeks, last few days: up to today.
  private func lastSome(_ word: Word) -> Part? {
    guard let (amount, next) = amount(at: word.next), let noun = self.word(at: next),
      let unit = unit(noun.text), noun.text.hasSuffix("s") || amount != 1
    else { return nil }
    return stretch(
      amount, unit, end: noun.end,
      isVague: has("few", word.next) || has("couple", word.next) || has("several", word.next))
  }

  private func stretch(_ amount: Double, _ unit: String, end: Int, isVague: Bool) -> Part? {
    let from: CivilDate
    switch unit {
    case "day": from = today.moved(days: -Int(amount))
    case "week": from = today.moved(days: -Int(amount * 7))
    case "month": from = amount == 0.5 ? today.moved(days: -15) : today.moved(months: -Int(amount))
    case "year": from = today.moved(months: -Int(amount * 12))
    case "hour": from = today.moved(days: (minuteOfDay - Int(amount * 60)).floorDivided(by: 1440))
    default: return nil
    }
    return Part(from, today.moved(days: 1), .range, end: end, assumption: isVague ? .vague : nil)
  }

  private func unit(_ word: String) -> String? {
    let known = ["minute", "hour", "day", "week", "month", "year", "fortnight"]
    return known.first { $0 == word || $0 + "s" == word }
  }

  /// 3, three, a, a couple of, a few, half a.
  private func amount(at start: Int) -> (Double, next: Int)? {
    if FoldedText.isDigit(text[start]) {
      guard let number = integer(at: start), number.value <= 10_000, text[number.end] != "." else {
        return nil
      }
      return (Double(number.value), text.skippingSpaces(number.end))
    }
    for (words, value) in [
      ("half a ", 0.5), ("half an ", 0.5), ("a couple of ", 2), ("couple of ", 2), ("couple ", 2),
      ("a few ", 3), ("few ", 3), ("several ", 5),
    ]
    where has(words, start) {
      return (value, start + words.unicodeScalars.count)
    }
    guard let word = word(at: start), let number = Self.numbers[word.text] else { return nil }
    return (Double(number), word.next)
  }

  /// three days ago, half a year ago, a week earlier.
  private func englishAgo(at start: Int) -> Part? {
    guard let (amount, next) = amount(at: start), let noun = word(at: next), let unit = unit(noun.text),
      let behind = word(at: noun.next), ["ago", "earlier", "back"].contains(behind.text)
    else { return nil }
    let isVague = has("few", start) || has("a few", start) || has("several", start)
    switch unit {
    case "minute", "hour":
      let minutes = minuteOfDay - Int(amount * (unit == "hour" ? 60 : 1))
      let days = minutes.floorDivided(by: 1440)
      var part = Part.day(today.moved(days: days), end: behind.end)
      part.minutes = minutes - days * 1440..<minutes - days * 1440 + 1
      part.granularity = .time
      return part
    case "month" where amount != 0.5:
      return .month(today.firstOfMonth.moved(months: -Int(amount)), end: behind.end)
    case "year": return .month(today.firstOfMonth.moved(months: -Int(amount * 12)), end: behind.end)
    default:
      let days = unit == "day" ? amount : unit == "week" ? amount * 7 : unit == "fortnight" ? amount * 14 : 15
      if isVague {
        return Part(
          today.moved(days: -Int(days * 2)), today.moved(days: -Int(days / 2)), .range, end: behind.end,
          assumption: .vague)
      }
      return .day(
        today.moved(days: -Int(days.rounded(.down))), end: behind.end,
        assumption: has("a couple", start) ? .vague : nil)
    }
  }

  // MARK: - Months

  /// 3 Oct, 3rd of October 2025, 3-5 October.
  private func dayThenMonth(at start: Int) -> Part? {
    guard let number = integer(at: start), (1...31).contains(number.value) else { return nil }
    var next = ordinalEnd(number.end)
    var last: Int?
    let joiner = text.skippingSpaces(next)
    if let end = first(["-", "to ", "and ", "until ", "till "], joiner),
      let second = integer(at: text.skippingSpaces(end)), (1...31).contains(second.value)
    {
      last = second.value
      next = ordinalEnd(second.end)
    }
    next = text.skippingSpaces(next)
    if text[next] == "-" { next += 1 }
    if has("of ", next) { next = text.skippingSpaces(next + 3) }
    guard let word = word(at: next), let month = Self.months[word.text] else {
      return dayOfRelatedMonth(number.value, at: next)
    }
    return date(month, number.value, last, yearAt: yearPlace(word))
  }

  /// the 3rd of last month
  private func dayOfRelatedMonth(_ number: Int, at index: Int) -> Part? {
    guard let word = word(at: index) else { return nil }
    guard let offset = Self.relations[word.text] ?? (word.text == "the" ? 0 : nil),
      let noun = self.word(at: word.next), noun.text == "month"
    else { return nil }
    let first = today.firstOfMonth.moved(months: offset)
    return day(first.year, first.month, number).map { timed(.day($0, end: noun.end)) }
  }

  private func ordinalEnd(_ index: Int) -> Int {
    guard let end = first(["st", "nd", "rd", "th"], index), text.isBoundary(end) else { return index }
    return end
  }

  private func yearPlace(_ word: Word) -> Int { text[word.end] == "." ? word.end + 1 : word.end }

  private func date(_ month: Int, _ first: Int, _ last: Int?, yearAt place: Int) -> Part? {
    let found = yearBehind(place)
    let end = found?.end ?? (text[place - 1] == "." ? place - 1 : place)
    let assumption: FoundPeriod.Assumption? = found == nil ? .year : nil
    guard let from = found.map({ day($0.year, month, first) }) ?? latest(month, first) else { return nil }
    if let last {
      guard let to = day(from.year, month, last), to >= from else { return nil }
      return Part(from, to.moved(days: 1), .range, end: end, assumption: assumption)
    }
    return timed(.day(from, end: end, assumption: assumption))
  }

  /// `, 2026`, ` 2026`, ` last year`, ` of this year`.
  func yearBehind(_ index: Int) -> (year: Int, end: Int)? {
    var place = index
    if text[place] == "," { place += 1 }
    place = text.skippingSpaces(place)
    if has("of ", place) { place = text.skippingSpaces(place + 3) }
    if place > index, let number = integer(at: place), (1990...2100).contains(number.value),
      number.end - place == 4, text.isBoundary(number.end)
    {
      return (number.value, number.end)
    }
    if let word = word(at: place), let offset = Self.relations[word.text],
      let noun = self.word(at: word.next), noun.text == "year"
    {
      return (today.year + offset, noun.end)
    }
    return nil
  }

  /// October 2nd, October 3-5, October 2025, October.
  private func monthFirst(_ month: Int, _ word: Word) -> Part? {
    let place = text.skippingSpaces(yearPlace(word))
    if let number = integer(at: place), (1...31).contains(number.value), number.end - place <= 2,
      place > word.end || FoldedText.isDigit(text[word.end])
    {
      let next = ordinalEnd(number.end)
      if text.isBoundary(next), text[next] != ":", text[next] != "%" {
        let joiner = text.skippingSpaces(next)
        if let end = first(["-", "to ", "until ", "till ", "through "], joiner),
          let second = integer(at: text.skippingSpaces(end)),
          (1...31).contains(second.value), text.isBoundary(ordinalEnd(second.end))
        {
          return date(month, number.value, second.value, yearAt: ordinalEnd(second.end))
        }
        return date(month, number.value, nil, yearAt: next)
      }
    }
    if let found = yearBehind(yearPlace(word)), let first = day(found.year, month, 1) {
      return .month(first, end: found.end)
    }
    guard isName(word), word.text != "may" && word.text != "march" || isMonthHere(word),
      let first = latestMonth(month)
    else { return nil }
    return .month(first, end: word.end, assumption: .year)
  }

  /// "in May", "since March", "my May bill".
  private func isMonthHere(_ word: Word) -> Bool {
    if ["in", "since", "of", "last", "during", "until", "for", "from", "early", "mid", "late", "my", "the"]
      .contains(wordBefore(word.start))
    {
      return true
    }
    return self.word(at: word.next).map {
      $0.text == "bill" || $0.text == "statement" || $0.text == "invoice"
    } ?? false
  }

  // MARK: - The, beginning of, early

  private func afterThe(_ word: Word) -> Part? {
    if has("other day", word.next) {
      return Part(
        today.moved(days: -7), today.moved(days: -1), .range, end: word.next + 9, assumption: .vague)
    }
    if let noun = self.word(at: word.next) {
      if has("before last", noun.next) {
        let end = noun.next + 11
        switch noun.text {
        case "week": return Part(monday.moved(days: -14), monday.moved(days: -7), .week, end: end)
        case "month": return .month(today.firstOfMonth.moved(months: -2), end: end)
        case "year":
          return Part(
            today.firstOfYear.moved(months: -24), today.firstOfYear.moved(months: -12), .year, end: end)
        default: break
        }
      }
      if let part = namedDay(noun) ?? partOfPeriod(noun) { return part }
      if let offset = Self.relations[noun.text], offset == -1, let part = lastSome(noun) { return part }
      if let ordinal = Self.ordinals[noun.text] {
        if has("day of the lunar new year", noun.next) || has("day of chinese new year", noun.next)
          || has("day of the spring festival", noun.next)
        {
          var end = noun.next
          while end < text.count, !has("new year", end), !has("festival", end) { end += 1 }
          end += 8
          for year in [today.year + 1, today.year, today.year - 1] {
            if let date = LunarCalendar.day(year: year, month: 1, day: ordinal), date <= today {
              var part = Part.day(date, end: end, assumption: .year)
              part.next = nextLunar(year, 1, ordinal)
              return timed(part)
            }
          }
        }
        if noun.text != "second",
          let month = dayOfRelatedMonth(
            ordinal, at: text.skippingSpaces(has("of ", noun.next) ? noun.next + 3 : noun.next))
        {
          return month
        }
        if let quarter = self.word(at: noun.next), quarter.text == "quarter", ordinal <= 4 {
          return self.quarter(ordinal, end: quarter.end)
        }
      }
      return nil
    }
    // "the 3rd" alone, and "the 3rd of last month".
    guard let number = integer(at: word.next), (1...31).contains(number.value),
      ordinalEnd(number.end) > number.end
    else { return nil }
    if let part = dayThenMonth(at: word.next) { return part }
    let end = ordinalEnd(number.end)
    guard
      !["floor", "time", "of", "party", "street", "avenue", "one", "day", "person", "attempt", "call"]
        .contains(self.word(at: text.skippingSpaces(end))?.text ?? ""),
      ["on", "since", "by", "before", "until"].contains(wordBefore(word.start))
    else { return nil }
    for months in 0..<3 {
      let first = today.firstOfMonth.moved(months: -months)
      if let date = day(first.year, first.month, number.value), date <= today {
        return timed(.day(date, end: end, assumption: .month))
      }
    }
    return nil
  }

  /// early October, the end of last month, mid-October.
  private func partOfPeriod(_ word: Word) -> Part? {
    let third: Int
    var place = word.next
    switch word.text {
    case "early", "beginning", "start": third = 0
    case "mid", "middle": third = 1
    case "late", "end": third = 2
    default: return nil
    }
    if word.text == "mid", text[word.end] == "-" { place = word.end + 1 }
    if ["beginning", "start", "end", "middle"].contains(word.text) {
      guard has("of ", place) else { return nil }
      place = text.skippingSpaces(place + 3)
      if has("the ", place) { place = text.skippingSpaces(place + 4) }
    } else if has("in ", place) {
      place = text.skippingSpaces(place + 3)
    }
    guard let noun = self.word(at: place) else { return nil }
    var base: Part?
    if let month = Self.months[noun.text] { base = monthFirst(month, noun) }
    if let offset = Self.relations[noun.text] { base = related(noun, offset) }
    if noun.text == "month" { base = .month(today.firstOfMonth, end: noun.end, assumption: .month) }
    if noun.text == "year" {
      base = Part(
        today.firstOfYear, today.firstOfYear.moved(months: 12), .year, end: noun.end, assumption: .year)
    }
    guard let base, base.granularity == .month || base.granularity == .year || base.granularity == .week
    else { return nil }
    func bounds(_ first: CivilDate, _ end: CivilDate) -> FoundPeriod.Days {
      let border: (CivilDate, CivilDate) =
        switch base.granularity {
        case .month: (first.moved(days: 10), first.moved(days: 20))
        case .year:
          third == 1
            ? (first.moved(months: 5), first.moved(months: 7))
            : (first.moved(months: 2), first.moved(months: 10))
        default: (first.moved(days: 2), first.moved(days: 4))
        }
      return FoundPeriod.Days(
        from: third == 0 ? first : third == 1 ? border.0 : border.1,
        to: third == 0 ? border.0 : third == 1 ? border.1 : end)
    }
    func moved(_ months: Int) -> FoundPeriod.Days {
      bounds(base.from.moved(months: months), base.to.moved(months: months))
    }
    var part = Part(base.from, base.to, .range, end: base.end, assumption: base.assumption)
    var days = bounds(base.from, base.to)
    // One that is to come was that of the last year or month, as in Chinese.
    if let step = base.assumption == .month ? 1 : base.assumption == .year ? 12 : nil {
      let isToCome = days.from > today
      if isToCome { days = moved(-step) }
      part.next = moved(isToCome ? 0 : step)
    }
    (part.from, part.to) = (days.from, days.to)
    return part
  }

  // MARK: - Quarters, years, names

  private func quarterNumber(at index: Int) -> Part? {
    guard let number = integer(at: index), (1...4).contains(number.value), text.isBoundary(number.end) else {
      return nil
    }
    return quarter(number.value, end: number.end)
  }

  private func quarter(_ number: Int, end: Int) -> Part? {
    let behind = yearBehind(end)
    guard let first = day(behind?.year ?? today.year, number * 3 - 2, 1) else { return nil }
    let from = behind == nil && first > today ? first.moved(months: -12) : first
    return Part(
      from, from.moved(months: 3), .quarter, end: behind?.end ?? end, assumption: behind == nil ? .year : nil)
  }

  /// "in 2025", "since 2025".
  private func inYear(_ word: Word) -> Part? {
    guard ["in", "since", "during", "of"].contains(word.text), let number = integer(at: word.next),
      number.end - word.next == 4,
      (1990...2100).contains(number.value), text.isBoundary(number.end),
      !["-", "/", "."].contains(text[number.end]), let first = day(number.value, 1, 1)
    else { return nil }
    if FoldedText.isWord(text[text.skippingSpaces(number.end)]),
      unit(self.word(at: text.skippingSpaces(number.end))?.text ?? "") != nil
    {
      return nil
    }
    return Part(first, first.moved(months: 12), .year, end: number.end)
  }

  private func named(_ word: Word) -> Part? {
    guard word.text == "new" || word.text == "chinese" || word.text == "lunar" || word.text == "may" else {
      return nil
    }
    return holiday(at: word.start, year: nil)
  }
}
