import Domain

/// `22:00-08:00`: hours in which somebody is not called; over midnight where the end comes first.
package struct QuietHours: Hashable, Sendable {
  /// Seconds of the day; half-open.
  package var start: Int
  package var end: Int

  /// Nil where the text is no such hours.
  package init?(_ text: String) {
    let parts = text.replacing("－", with: "-").split(separator: "-")
    guard parts.count == 2, let start = Self.seconds(parts[0]), let end = Self.seconds(parts[1]) else {
      return nil
    }
    self.start = start
    self.end = end
  }

  private static func seconds(_ text: Substring) -> Int? {
    let parts = String(text).trimmed.split(separator: ":")
    guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]), (0...24).contains(hour),
      (0..<60).contains(minute), hour * 60 + minute <= 1440
    else { return nil }
    return (hour * 60 + minute) * 60
  }

  package func contains(_ time: CivilTime) -> Bool {
    let second = time.secondOfDay
    return start <= end ? second >= start && second < end : second >= start || second < end
  }
}
