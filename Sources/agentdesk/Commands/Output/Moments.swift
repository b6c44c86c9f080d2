import Domain

/// Times as commands read and write them.
enum Moments {
  /// `2026-11-21T12:03:00.000Z`.
  static func json(_ moment: Timestamp?) -> JSON {
    guard let moment else { return .null }
    let civil = WallClock.utc.civil(moment)
    let millisecond = Int(moment.milliseconds - moment.milliseconds.floorDivided(by: 1000) * 1000)
    return .text(
      "\(civil.date)T\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
        + ".\(padded(millisecond, 3))Z")
  }

  /// `2026-11-21 20:03`, by the clock on the wall.
  static func shown(_ moment: Timestamp?, clock: WallClock = .local) -> String {
    guard let moment else { return "" }
    let civil = clock.civil(moment)
    return "\(civil.date) \(civil.minuteText)"
  }

  /// RFC 3339 with an offset; nil for anything else, also for a time without one, which could be anywhere.
  static func rfc3339(_ text: String) -> Timestamp? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54 || bytes[10] == 0x74,
      bytes[13] == 0x3A, bytes[16] == 0x3A,
      let year = number(bytes, 0, 4), let month = number(bytes, 5, 2), let day = number(bytes, 8, 2),
      let hour = number(bytes, 11, 2), let minute = number(bytes, 14, 2), let second = number(bytes, 17, 2),
      let date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60, second <= 60
    else { return nil }
    var position = 19
    var millisecond = 0
    if bytes[position] == 0x2E {
      position += 1
      var scale = 100
      let first = position
      while position < bytes.count, let digit = number(bytes, position, 1) {
        millisecond += digit * scale
        scale /= 10
        position += 1
      }
      guard position > first, position - first <= 9 else { return nil }
    }
    guard position < bytes.count, let offset = offset(bytes[position...]) else { return nil }
    let seconds =
      Int64(date.daysSinceEpoch) * 86400 + Int64(hour * 3600 + minute * 60 + min(second, 59) - offset)
    return Timestamp(milliseconds: seconds * 1000 + Int64(millisecond))
  }

  private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
    let bytes = Array(bytes)
    if bytes == [0x5A] || bytes == [0x7A] { return 0 }
    guard bytes.count == 6, bytes[0] == 0x2B || bytes[0] == 0x2D, bytes[3] == 0x3A,
      let hour = number(bytes, 1, 2),
      let minute = number(bytes, 4, 2), hour < 24, minute < 60
    else { return nil }
    return (hour * 3600 + minute * 60) * (bytes[0] == 0x2D ? -1 : 1)
  }

  private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int? {
    guard start + count <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[start..<(start + count)] {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }
}

extension Timestamp {
  /// Midnight of the day by this clock.
  func startOfDay(_ clock: WallClock) -> Timestamp { clock.moment(clock.civil(self).date) }
}
