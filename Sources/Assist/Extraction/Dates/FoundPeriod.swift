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

  /// Days in a row, half-open.
  struct Days: Hashable, Sendable {
    var from: CivilDate
    var to: CivilDate
  }

  /// The first day, and the day behind the last one.
  package var from: CivilDate
  package var to: CivilDate
  /// Minutes of `from`, half-open, where a time was said; up to 1,440.
  package var minutes: Range<Int>?
  package var granularity: Granularity
  package var assumption: Assumption?
  /// The same of the next year or month, where it does not simply move by one: holidays that follow the moon, ends of months.
  var next: Days?
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
    case .year: (moved.from, moved.to) = (next?.from ?? later(by: 12).from, next?.to ?? later(by: 12).to)
    case .month: (moved.from, moved.to) = (next?.from ?? later(by: 1).from, next?.to ?? later(by: 1).to)
    case .week: (moved.from, moved.to) = (from.moved(days: 7), to.moved(days: 7))
    case .order, .vague, nil: break
    }
    return moved
  }

  /// A day stays that day: the 31st is looked for in months that have one, 29 February in leap years. Whole months stay whole.
  private func later(by months: Int) -> Days {
    if isOneDay {
      for times in 1...8 {
        let date = from.moved(months: months * times)
        if date.day == from.day { return Days(from: date, to: date.moved(days: 1)) }
      }
    }
    let isWhole = from.day == 1 && to.day == 1
    return Days(
      from: from.moved(months: months),
      to: isWhole ? to.moved(months: months) : last.moved(months: months).moved(days: 1))
  }
}
