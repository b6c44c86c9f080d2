import Domain

/// Reads when something should happen, as people write it: `30m`, `2h`, `1d`, `15:30`, `明天 9:00`, `tomorrow 9:00`,
/// `11-25 10:00`, `2026-11-25`. A time that has passed today is tomorrow's; a day without a time is its nine o'clock.
enum MomentParser {
  static func parse(_ text: String, now: Timestamp, clock: WallClock) -> Timestamp? {
    let words = text.trimmed.lowercased().split(separator: " ").map(String.init)
    guard !words.isEmpty, words.count <= 2 else { return nil }
    if words.count == 1, let seconds = duration(words[0]) { return now.advanced(seconds: seconds) }
    let today = clock.civil(now)
    var day: CivilDate?
    var second: Int?
    for word in words {
      if let time = timeOfDay(word), second == nil {
        second = time
      } else if let date = date(word, today: today.date), day == nil {
        day = date
      } else {
        return nil
      }
    }
    if let day { return clock.moment(day, secondOfDay: second ?? 9 * 3600) }
    guard let second else { return nil }
    let moment = clock.moment(today.date, secondOfDay: second)
    guard moment <= now else { return moment }
    return clock.moment(CivilDate(daysSinceEpoch: today.date.daysSinceEpoch + 1), secondOfDay: second)
  }

  private static func duration(_ word: String) -> Int64? {
    let units: [(suffix: String, seconds: Int64)] = [
      ("分钟", 60), ("小时", 3600), ("天", 86400), ("min", 60), ("m", 60), ("h", 3600), ("d", 86400),
    ]
    for unit in units where word.hasSuffix(unit.suffix) {
      guard let count = Int64(word.dropLast(unit.suffix.count)), (1...10_000).contains(count) else {
        continue
      }
      return count * unit.seconds
    }
    return nil
  }

  private static func timeOfDay(_ word: String) -> Int? {
    let parts = word.split(whereSeparator: { $0 == ":" || $0 == "：" }).map { Int($0) }
    guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0...23).contains(hour),
      (0...59).contains(minute)
    else { return nil }
    return hour * 3600 + minute * 60
  }

  private static func date(_ word: String, today: CivilDate) -> CivilDate? {
    switch word {
    case "今天", "today": return today
    case "明天", "tomorrow": return CivilDate(daysSinceEpoch: today.daysSinceEpoch + 1)
    case "后天": return CivilDate(daysSinceEpoch: today.daysSinceEpoch + 2)
    default: break
    }
    if let date = CivilDate(word) { return date }
    let parts = word.split(separator: "-").map { Int($0) }
    guard parts.count == 2, let month = parts[0], let day = parts[1],
      let date = CivilDate(year: today.year, month: month, day: day)
    else { return nil }
    return date < today ? CivilDate(year: today.year + 1, month: month, day: day) : date
  }
}
