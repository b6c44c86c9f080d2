import Domain

extension DateReader {
  struct PartOfDay {
    var minutes: Range<Int>
    /// Hours below twelve are those of the afternoon.
    var isLate: Bool
  }

  private static let morning = PartOfDay(minutes: 300..<540, isLate: false)
  private static let evening = PartOfDay(minutes: 1080..<1440, isLate: true)

  private static let parts = WordTable<PartOfDay>([
    ("凌晨", PartOfDay(minutes: 0..<360, isLate: false)), ("清晨", morning), ("清早", morning), ("一大早", morning),
    ("一早", morning),
    ("早晨", morning), ("早上", morning), ("早", morning), ("晨", morning),
    ("上午", PartOfDay(minutes: 360..<720, isLate: false)),
    ("中午", PartOfDay(minutes: 660..<780, isLate: true)), ("下午", PartOfDay(minutes: 720..<1080, isLate: true)),
    ("午后", PartOfDay(minutes: 720..<1080, isLate: true)),
    ("傍晚", PartOfDay(minutes: 1020..<1140, isLate: true)),
    ("晚上", evening), ("晚间", evening), ("夜里", evening), ("夜间", evening), ("晚", evening), ("夜", evening),
    ("深夜", PartOfDay(minutes: 1320..<1440, isLate: true)),
    ("半夜", PartOfDay(minutes: 1320..<1440, isLate: true)),
    ("morning", PartOfDay(minutes: 300..<720, isLate: false)),
    ("noon", PartOfDay(minutes: 720..<721, isLate: true)),
    ("afternoon", PartOfDay(minutes: 720..<1080, isLate: true)), ("evening", evening), ("night", evening),
    ("midnight", PartOfDay(minutes: 0..<1, isLate: false)),
  ])

  /// A day with the part of the day and the time that stand behind it.
  func timed(_ part: Part) -> Part {
    var part = part
    var index = text.skippingSpaces(part.end)
    if text[index] == "的" || text[index] == "," { index = text.skippingSpaces(index + 1) }
    if has("at ", index) || has("in the ", index) || has("around ", index) || has("about ", index) {
      while index < text.count, text[index] != " " { index += 1 }
      index = text.skippingSpaces(index)
      if has("the ", index) { index += 4 }
    }
    let word = Self.parts.longest(in: text, at: index)
    // 早 and 晚 also begin words: 早就, 晚了.
    if let word, word.end - index == 1,
      ["就", "已", "了", "点", "些", "期", "年", "报", "于"].contains(text[word.end])
    {
      return clocked(part, at: index, nil)
    }
    guard let word else { return clocked(part, at: index, nil) }
    part.minutes = word.value.minutes
    part.end = word.end
    if word.value.minutes.count == 1 { part.granularity = .time }
    var next = text.skippingSpaces(word.end)
    if text[next] == "的" { next += 1 }
    if has("at ", next) { next = text.skippingSpaces(next + 3) }
    return clocked(part, at: next, word.value)
  }

  func clocked(_ part: Part, at index: Int, _ word: PartOfDay?) -> Part {
    guard let (minutes, end) = clock(at: index, word, isAttached: true) else { return part }
    var part = part
    part.end = end
    part.granularity = .time
    part.minutes = minutes
    if minutes.lowerBound >= 1440 {
      (part.from, part.to) = (part.from.moved(days: 1), part.to.moved(days: 1))
      part.next = part.next.map { FoundPeriod.Days(from: $0.from.moved(days: 1), to: $0.to.moved(days: 1)) }
      part.minutes = minutes.lowerBound - 1440..<minutes.upperBound - 1440
    }
    return part
  }

  /// A time of day: 1,440 for the midnight that ends it, and more for the small hours of its night (昨晚1点).
  private func clock(at start: Int, _ word: PartOfDay?, isAttached: Bool) -> (Range<Int>, Int)? {
    guard let hour = integer(at: start), (0...24).contains(hour.value), hour.end - start <= 3 else {
      return nil
    }
    let mark = text[hour.end]
    var (minute, end, width) = (0, hour.end, 1)
    if mark == ":", FoldedText.isDigit(text[start]), let minutes = integer(at: hour.end + 1),
      minutes.value < 60, minutes.end - hour.end == 3
    {
      (minute, end) = (minutes.value, minutes.end)
      if text[end] == ":", let seconds = integer(at: end + 1), seconds.value < 60, seconds.end - end == 3 {
        end = seconds.end
      }
      guard text[end] != ":", !FoldedText.isDigit(text[end]) else { return nil }
    } else if mark == "点"
      || (mark == "时" && !["间", "候", "代", "段", "长", "速", "常", "效"].contains(text[hour.end + 1]))
    {
      end = hour.end + 1
      var hasMinutes = true
      if text[end] == "半" {
        (minute, end) = (30, end + 1)
      } else if has("一刻", end) {
        (minute, end) = (15, end + 2)
      } else if has("三刻", end) {
        (minute, end) = (45, end + 2)
      } else if let minutes = integer(at: end), minutes.value < 60,
        text[minutes.end] == "分" || minutes.end - end == 2
      {
        (minute, end) = (minutes.value, text[minutes.end] == "分" ? minutes.end + 1 : minutes.end)
      } else if let last = first(["多钟", "多", "来钟"], end) {
        (width, end) = (60, last)
      } else if let last = first(["钟", "整", "左右", "前后"], end) {
        end = last
      } else {
        hasMinutes = false
      }
      guard hasMinutes || word != nil || isAttached, !["击", "赞", "建", "要", "意", "评", "餐"].contains(text[end])
      else { return nil }
      if let last = first(["左右", "前后"], end) { end = last }
    } else {
      return englishClock(hour, word)
    }
    if let (marked, last) = meridiem(hour.value, at: end) {
      let first = Self.night(marked, word) * 60 + minute
      return (first..<first + width, last)
    }
    let first = Self.hours(hour.value, word) * 60 + minute
    return (first..<first + width, end)
  }

  /// The hour of the day that is meant behind a part of the day.
  private static func hours(_ hour: Int, _ word: PartOfDay?) -> Int {
    guard let word, hour <= 12 else { return hour }
    let begins = word.minutes.lowerBound
    // 晚上12点 ends the day, 凌晨12点 begins it.
    if hour == 12 { return begins >= 1080 ? 24 : begins == 0 ? 0 : 12 }
    if begins == 1080, hour < 5 { return hour + 24 }
    let isEarly = begins == 660 && hour >= 10 || begins == 1320 && hour < 6
    return word.isLate && !isEarly ? hour + 12 : hour
  }

  /// "last night at 1am" is the small hours of the next day.
  private static func night(_ hour: Int, _ word: PartOfDay?) -> Int {
    word?.minutes.lowerBound == 1080 && hour < 5 ? hour + 24 : hour
  }

  private func englishClock(_ hour: (value: Int, end: Int), _ word: PartOfDay?) -> (Range<Int>, Int)? {
    let index = text.skippingSpaces(hour.end)
    let isOClock = has("o'clock", index)
    let end = isOClock ? index + 7 : hour.end
    if let (marked, last) = meridiem(hour.value, at: end) {
      let first = Self.night(marked, word) * 60
      return (first..<first + 1, last)
    }
    guard isOClock else { return nil }
    let first = Self.hours(hour.value, word) * 60
    return (first..<first + 1, end)
  }

  /// am, pm, a.m., p.m.
  private func meridiem(_ hour: Int, at start: Int) -> (hour: Int, end: Int)? {
    let index = text.skippingSpaces(start)
    guard (1...12).contains(hour), let end = first(["a.m.", "p.m.", "am", "pm"], index), text.isBoundary(end)
    else { return nil }
    return (hour % 12 + (text[index] == "p" ? 12 : 0), end)
  }

  /// A time without a day: of today, or of yesterday where it is to come.
  func clockAlone(at start: Int) -> Part? {
    let word = Self.parts.longest(in: text, at: start)
    var index = start
    if let word {
      guard word.end - start >= 2 else { return nil }
      index = text.skippingSpaces(word.end)
    } else if !FoldedText.isDigit(text[start]) || FoldedText.isWord(text[start - 1]) || text[start - 1] == ":"
      || text[start - 1] == "."
    {
      return nil
    }
    guard let (minutes, end) = clock(at: index, word?.value, isAttached: false) else { return nil }
    var part = Part.day(today, end: end)
    let start = minutes.lowerBound % 1440
    part.minutes = start..<start + minutes.count
    if part.minutes.map({ $0.lowerBound > minuteOfDay }) ?? false {
      part.from = today.moved(days: -1)
      part.to = today
    }
    part.granularity = .time
    return part
  }
}
