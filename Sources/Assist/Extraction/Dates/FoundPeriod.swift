import Domain

/// A day, a month or a stretch of days that a text names, as days of the calendar.
package struct FoundPeriod: Hashable, Sendable {
  package enum Granularity: String, CaseIterable, Sendable {
    case time, day, week, month, quarter, year, range
  }

  /// What the text left open and the reader decided.
  package enum Assumption: String, CaseIterable, Sendable {
    /// Which year, month or week: the latest that has begun.
    case year, month, week
    /// Which of day and month stands first.
    case order
    /// A number that people leave open: some days ago.
    case vague
  }

  /// The first day, and the day behind the last one.
  package var from: CivilDate
  package var to: CivilDate
  /// Minutes of `from`, half-open, where a time was said; up to 1,440.
  package var minutes: Range<Int>?
  package var granularity: Granularity
  package var assumption: Assumption?
  /// Code points from the start of the text, half-open.
  package var start: Int
  package var end: Int

  /// The last day.
  package var last: CivilDate { to.moved(days: -1) }

  package var isOneDay: Bool { last == from }

  /// `2026-10-02`, `2026-10`, `2026-10-01/2026-10-07`, `2026-10-02 15:00-18:00`.
  package var description: String {
    if granularity == .month, from.day == 1, to == from.moved(months: 1) { return from.monthText }
    guard isOneDay else { return "\(from)/\(last)" }
    guard let minutes else { return from.description }
    func clock(_ minute: Int) -> String { "\(padded(minute / 60, 2)):\(padded(minute % 60, 2))" }
    return minutes.count <= 1
      ? "\(from) \(clock(minutes.lowerBound))"
      : "\(from) \(clock(minutes.lowerBound))-\(clock(minutes.upperBound))"
  }

  /// The same in the next year (month, week) where the reader took the last one: what a date to come means.
  package var asComing: FoundPeriod {
    var moved = self
    switch assumption {
    case .year:
      (moved.from, moved.to) = (from.moved(months: 12), to.moved(months: 12))
    case .month:
      moved.from = from.moved(months: 1)
      moved.to = moved.from.moved(days: to.daysSinceEpoch - from.daysSinceEpoch)
    case .week:
      (moved.from, moved.to) = (from.moved(days: 7), to.moved(days: 7))
    case .order, .vague, nil: break
    }
    return moved
  }
}
