#if canImport(Glibc)
  import Glibc
#endif

/// A moment: milliseconds since 1970-01-01 00:00 UTC.
package struct Timestamp: Hashable, Sendable, Comparable, Codable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }
  package init(seconds: Int64) { milliseconds = seconds * 1000 }

  /// What lies outside the years 0 to 9999 becomes their border: no sum of two such moments overflows, whoever sent them.
  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer().decode(Int64.self)
    milliseconds = min(max(value, -62_167_219_200_000), 253_402_300_799_999)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }

  /// The clock of this machine. Only edges call it; everything else is handed a time.
  package static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  /// Milliseconds from `right` to `left`.
  package static func - (left: Self, right: Self) -> Int64 { left.milliseconds - right.milliseconds }

  package func advanced(seconds: Int64) -> Timestamp {
    Timestamp(milliseconds: milliseconds + seconds * 1000)
  }
}

/// A day of the Gregorian calendar without a time zone.
package struct CivilDate: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  package var year: Int
  package var month: Int
  package var day: Int

  /// Nil when there is no such day.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.days(inMonth: month, of: year)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// The day that lies `days` after 1970-01-01, by the civil-from-days algorithm of Howard Hinnant.
  package init(daysSinceEpoch days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Reads `2026-10-01`, `2026/10/1`, `2026.10.01`, `20261001` and `2026年10月1日`; nil for anything else.
  package init?(_ text: some StringProtocol) {
    var numbers: [Int] = []
    var digits = ""
    for character in text {
      if let digit = character.wholeNumberValue, character.isASCII || character.unicodeScalars.count == 1 {
        digits.append(String(digit))
      } else if "-/.年月日".contains(character) {
        guard let number = Int(digits) else { return nil }
        numbers.append(number)
        digits = ""
      } else {
        return nil
      }
    }
    if let number = Int(digits) { numbers.append(number) }
    if numbers.count == 1, digits.count == 8 {
      numbers = [numbers[0] / 10000, numbers[0] / 100 % 100, numbers[0] % 100]
    }
    guard numbers.count == 3 else { return nil }
    self.init(year: numbers[0], month: numbers[1], day: numbers[2])
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let date = CivilDate(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date: \(text)")
    }
    self = date
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Days since 1970-01-01.
  package var daysSinceEpoch: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  package var description: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

  /// `2026-10`.
  package var monthText: String { "\(padded(year, 4))-\(padded(month, 2))" }

  package static func < (left: Self, right: Self) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  package static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// A day and a time of day as a clock on the wall shows them.
package struct CivilTime: Hashable, Sendable {
  package var date: CivilDate
  /// Seconds since midnight, 0 to 86,399.
  package var secondOfDay: Int

  package var hour: Int { secondOfDay / 3600 }
  package var minute: Int { secondOfDay / 60 % 60 }
  package var second: Int { secondOfDay % 60 }

  /// `12:31`.
  package var minuteText: String { "\(padded(hour, 2)):\(padded(minute, 2))" }
}

/// Turns moments into wall time. The offset arrives by `init`, so that screens and tests do not depend on the machine.
package struct WallClock: Sendable {
  private let secondsFromUTC: @Sendable (Timestamp) -> Int

  package init(secondsFromUTC: @escaping @Sendable (Timestamp) -> Int) {
    self.secondsFromUTC = secondsFromUTC
  }

  package static let utc = WallClock { _ in 0 }
  package static let china = WallClock { _ in 8 * 3600 }

  /// The time zone of this machine (`TZ` or the system's).
  package static let local = WallClock { moment in
    var seconds = time_t(moment.milliseconds.floorDivided(by: 1000))
    var parts = tm()
    localtime_r(&seconds, &parts)
    return parts.tm_gmtoff
  }

  package func civil(_ moment: Timestamp) -> CivilTime {
    let seconds = Int(moment.milliseconds.floorDivided(by: 1000)) + secondsFromUTC(moment)
    let days = seconds.floorDivided(by: 86400)
    return CivilTime(date: CivilDate(daysSinceEpoch: days), secondOfDay: seconds - days * 86400)
  }

  /// The moment at which this clock shows `date` and `secondOfDay`.
  package func moment(_ date: CivilDate, secondOfDay: Int = 0) -> Timestamp {
    let wall = Int64(date.daysSinceEpoch * 86400 + secondOfDay)
    let guess = Timestamp(seconds: wall - Int64(secondsFromUTC(Timestamp(seconds: wall))))
    return Timestamp(seconds: wall - Int64(secondsFromUTC(guess)))
  }
}

extension BinaryInteger {
  /// The quotient rounded towards negative infinity: what calendars need before 1970.
  package func floorDivided(by divisor: Self) -> Self {
    let quotient = self / divisor
    return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
  }
}

/// `number` with at least `width` digits.
package func padded(_ number: Int, _ width: Int) -> String {
  let text = String(number)
  return text.count >= width ? text : String(repeating: "0", count: width - text.count) + text
}
