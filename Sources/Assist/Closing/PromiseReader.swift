import Domain

/// What a reply promises, and until when.
package struct Promise: Hashable, Sendable {
  /// The words that promise: `3 个工作日内`, `within 24 hours`.
  package var text: String
  /// Code points of the text, half-open.
  package var start: Int
  package var end: Int
  /// The last day of it.
  package var due: CivilDate

  package init(text: String, start: Int, end: Int, due: CivilDate) {
    self.text = text
    self.start = start
    self.end = end
    self.due = due
  }
}

/// Finds spans of time that a text promises. Working days are Monday to Friday unless a calendar says otherwise.
package enum PromiseReader {
  private enum Unit { case minutes, hours, days, workingDays, weeks }

  private static let units: [(words: [String], unit: Unit)] = [
    (["个工作日", "工作日", "working days", "working day", "business days", "business day"], .workingDays),
    (["个小时", "小时", "hours", "hour"], .hours), (["分钟", "minutes", "minute"], .minutes),
    (["个自然日", "自然日", "天", "日", "days", "day"], .days), (["周", "个星期", "星期", "weeks", "week"], .weeks),
  ]
  /// What makes a span a promise: it ends within it.
  private static let ends = ["内", "之内", "以内", "后"]
  private static let starts = ["within ", "in ", "by ", "up to "]

  /// The first promise of the text.
  ///
  /// - Parameter isWorkingDay: of the zone's calendar.
  package static func read(
    _ text: String, today: CivilDate, isWorkingDay: (CivilDate) -> Bool = { Self.isWeekday($0) }
  ) -> Promise? {
    let scalars = Array(text.unicodeScalars)
    var index = 0
    while index < scalars.count {
      guard digit(scalars[index]) != nil, index == 0 || digit(scalars[index - 1]) == nil else {
        index += 1
        continue
      }
      var end = index
      var count = 0
      while end < scalars.count, let value = digit(scalars[end]), end - index < 4 {
        count = count * 10 + value
        end += 1
      }
      if let promise = promise(scalars, from: index, afterNumber: end, count, today, isWorkingDay) {
        return promise
      }
      index = max(end, index + 1)
    }
    return nil
  }

  private static func promise(
    _ scalars: [Unicode.Scalar], from start: Int, afterNumber: Int, _ count: Int, _ today: CivilDate,
    _ isWorkingDay: (CivilDate) -> Bool
  ) -> Promise? {
    var place = afterNumber
    while place < scalars.count, scalars[place] == " " { place += 1 }
    for (words, unit) in units {
      guard let word = words.first(where: { matches($0, scalars, at: place) }) else { continue }
      var end = place + word.unicodeScalars.count
      var begin = start
      let ending = ends.filter { matches($0, scalars, at: end) }.max { $0.count < $1.count }
      if let ending {
        end += ending.unicodeScalars.count
      } else if let opening = starts.first(where: {
        matches($0, scalars, at: start - $0.unicodeScalars.count)
      }) {
        begin = start - opening.unicodeScalars.count
      } else {
        return nil
      }
      // A hundred years are no promise, and the calendar ends somewhere.
      guard count <= 999 else { return nil }
      var words = String.UnicodeScalarView()
      words.append(contentsOf: scalars[begin..<end])
      return Promise(
        text: String(words), start: begin, end: end, due: due(count, unit, today, isWorkingDay))
    }
    return nil
  }

  private static func due(_ count: Int, _ unit: Unit, _ today: CivilDate, _ isWorkingDay: (CivilDate) -> Bool)
    -> CivilDate
  {
    switch unit {
    case .minutes: return later(today, count / (24 * 60))
    // Sixteen hours from the afternoon end tomorrow: the later day is the honest one.
    case .hours: return later(today, (count + 23) / 24)
    case .days: return later(today, count)
    case .weeks: return later(today, count * 7)
    case .workingDays:
      var day = today
      var left = count
      var steps = 0
      while left > 0, steps < 4000 {
        day = later(day, 1)
        steps += 1
        if isWorkingDay(day) { left -= 1 }
      }
      return day
    }
  }

  private static func later(_ day: CivilDate, _ days: Int) -> CivilDate {
    CivilDate(daysSinceEpoch: day.daysSinceEpoch + days)
  }

  /// Monday to Friday.
  package static func isWeekday(_ day: CivilDate) -> Bool {
    // 1970-01-01 was a Thursday.
    let weekday = ((day.daysSinceEpoch + 3) % 7 + 7) % 7
    return weekday < 5
  }

  private static func digit(_ scalar: Unicode.Scalar) -> Int? {
    switch scalar.value {
    case 0x30...0x39: Int(scalar.value - 0x30)
    case 0xFF10...0xFF19: Int(scalar.value - 0xFF10)
    default: nil
    }
  }

  private static func matches(_ word: String, _ scalars: [Unicode.Scalar], at place: Int) -> Bool {
    let wanted = Array(word.unicodeScalars)
    guard place >= 0, place + wanted.count <= scalars.count else { return false }
    return wanted.indices.allSatisfy { index in
      let scalar = scalars[place + index]
      return scalar == wanted[index]
        || (0x41...0x5A).contains(scalar.value) && scalar.value + 32 == wanted[index].value
    }
  }
}
