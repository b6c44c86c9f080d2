/// A run of days, half-open: `end` is the first day that no longer belongs to it.
package struct Period: Hashable, Codable, Sendable {
  package var start: CivilDate
  package var end: CivilDate

  /// Nil when `end` is not after `start`.
  package init?(start: CivilDate, end: CivilDate) {
    guard start < end else { return nil }
    self.start = start
    self.end = end
  }

  /// The calendar month of `date`.
  package static func month(of date: CivilDate) -> Period {
    let days = CivilDate.days(inMonth: date.month, of: date.year)
    let first = date.daysSinceEpoch - date.day + 1
    return Period(first, first + days)
  }

  private init(_ first: Int, _ after: Int) {
    start = CivilDate(daysSinceEpoch: first)
    end = CivilDate(daysSinceEpoch: after)
  }

  package var dayCount: Int { end.daysSinceEpoch - start.daysSinceEpoch }

  package func contains(_ day: CivilDate) -> Bool { start <= day && day < end }

  /// What 环比 compares with: the calendar month before a calendar month, otherwise the same number of days before.
  package var previous: Period {
    if self == .month(of: start) {
      return .month(of: CivilDate(daysSinceEpoch: start.daysSinceEpoch - 1))
    }
    return Period(start.daysSinceEpoch - dayCount, start.daysSinceEpoch)
  }

  /// What 同比 compares with: the same dates a year earlier; 29 February becomes 1 March at a start and at an end, so that
  /// periods that touch still touch. Spring Festival moves: the two may not hold the same holidays.
  package var yearEarlier: Period {
    Period(Self.yearEarlier(start).daysSinceEpoch, Self.yearEarlier(end).daysSinceEpoch)
  }

  private static func yearEarlier(_ date: CivilDate) -> CivilDate {
    CivilDate(year: date.year - 1, month: date.month, day: date.day)
      ?? CivilDate(
        daysSinceEpoch: CivilDate(month: date.month, of: date.year - 1).daysSinceEpoch + date.day - 1)
  }
}

extension CivilDate {
  /// The first day of a month.
  fileprivate init(month: Int, of year: Int) {
    self.init(daysSinceEpoch: 0)
    (self.year, self.month, self.day) = (year, month, 1)
  }
}

/// How a figure moved.
package enum Comparison {
  /// (this − base) / base: 同比 against the same period last year, 环比 against the period before. Nil (n/a) when the base
  /// is 0 or there is none: a rise from nothing has no percentage.
  package static func change(from base: Double?, to value: Double?) -> Double? {
    guard let base, let value, base != 0 else { return nil }
    return (value - base) / base
  }
}
