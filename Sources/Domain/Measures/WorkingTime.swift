/// Working time of one calendar on one clock, in closed form: whole weeks are multiplied, special days are looked up in a
/// sorted list, and only the first and the last day are looked at interval by interval. The cost does not grow with the
/// distance of the two moments.
///
/// A day that is off has no working time. A make-up workday (调休) keeps the hours of its weekday; when that weekday has
/// none, it takes those of Monday. Intervals are half-open and are moments of the clock, so that an interval over a change
/// of the clock (DST) lasts as long as it really lasts.
package struct WorkingTime: Sendable {
  /// An amount of working time.
  package struct Span: Hashable, Sendable {
    package var milliseconds: Int64
    /// Years that the span touches and whose holidays are not known: the span may be too long.
    package var unknownYears: [Int]

    package var seconds: Int { Int(milliseconds / 1000) }
  }

  package struct Deadline: Hashable, Sendable {
    package var at: Timestamp
    /// Years on the way whose holidays are not known: the deadline may be too early.
    package var unknownYears: [Int]
  }

  private let clock: WallClock
  private let weekdays: [[WorkingCalendar.Interval]]
  /// Seconds of working time before each weekday, and of a week at index 7.
  private let before: [Int]
  /// Days since 1970 of special days, rising, with their hours.
  private let specialDays: [(day: Int, hours: [WorkingCalendar.Interval])]
  /// What the special days up to (not including) an index add to their usual hours, in seconds.
  private let added: [Int]
  private let years: Set<Int>

  package init(_ calendar: WorkingCalendar, clock: WallClock) {
    self.clock = clock
    let weekdays = (0..<7).map { $0 < calendar.weekdays.count ? calendar.weekdays[$0] : [] }
    self.weekdays = weekdays
    before = weekdays.reduce(into: [0]) { $0.append($0[$0.count - 1] + Self.length($1)) }
    var hours: [Int: [WorkingCalendar.Interval]] = [:]
    for special in calendar.specialDays {
      let day = special.date.daysSinceEpoch
      let usual = weekdays[Self.weekday(day)]
      hours[day] = special.isOff ? [] : usual.isEmpty ? weekdays[0] : usual
    }
    let specialDays = hours.sorted { $0.key < $1.key }.map { (day: $0.key, hours: $0.value) }
    self.specialDays = specialDays
    added = specialDays.reduce(into: [0]) { sums, special in
      let usual = Self.length(weekdays[Self.weekday(special.day)])
      sums.append(sums[sums.count - 1] + Self.length(special.hours) - usual)
    }
    years = Set(calendar.years)
  }

  /// Working time from `start` to `end`; nothing when `end` is not after `start`.
  package func span(from start: Timestamp, to end: Timestamp) -> Span {
    guard start < end else { return Span(milliseconds: 0, unknownYears: []) }
    let (first, last) = (day(of: start), day(of: end))
    return Span(
      milliseconds: worked(from: start, on: first, to: end, on: last), unknownYears: unknown(first, last))
  }

  /// The first moment at which `seconds` of working time have passed since `start`; `start` itself for none. Nil when the
  /// calendar has no working time.
  package func deadline(after seconds: Int, from start: Timestamp) -> Deadline? {
    deadline(afterMilliseconds: Int64(seconds) * 1000, from: start)
  }

  package func deadline(afterMilliseconds wanted: Int64, from start: Timestamp) -> Deadline? {
    let first = day(of: start)
    guard wanted > 0 else { return Deadline(at: start, unknownYears: []) }
    let weekly = before[7]
    let special = specialDays.reduce(0) { $0 + Self.length($1.hours) }
    guard weekly > 0 || special > 0 else { return nil }
    // More days than can be needed: whole weeks, and as many again as special days may take away.
    let weeks = weekly > 0 ? Int(wanted / Int64(weekly * 1000)) + 2 : 0
    var high = max(first + weeks * 7 + specialDays.count * 7, (specialDays.last?.day ?? first)) + 8
    guard worked(from: start, on: first, until: high) >= wanted else { return nil }
    // The last day before which less than `wanted` has been worked is the day of the deadline.
    var low = first
    while low + 1 < high {
      let middle = (low + high) / 2
      if worked(from: start, on: first, until: middle) < wanted { low = middle } else { high = middle }
    }
    var left = wanted - (low > first ? worked(from: start, on: first, until: low) : 0)
    for interval in moments(of: low) where interval.end > start {
      let begin = max(interval.start, start)
      let length = interval.end - begin
      if length >= left {
        return Deadline(
          at: Timestamp(milliseconds: begin.milliseconds + left), unknownYears: unknown(first, low))
      }
      left -= length
    }
    return nil
  }

  package func isWorking(at moment: Timestamp) -> Bool {
    moments(of: day(of: moment)).contains { $0.start <= moment && moment < $0.end }
  }

  // MARK: - Days

  private static func length(_ intervals: [WorkingCalendar.Interval]) -> Int {
    intervals.reduce(0) { $0 + $1.end - $1.start }
  }

  /// 0 for Monday; 1970-01-01 was a Thursday.
  private static func weekday(_ day: Int) -> Int { day + 3 - (day + 3).floorDivided(by: 7) * 7 }

  private func day(of moment: Timestamp) -> Int { clock.civil(moment).date.daysSinceEpoch }

  private func hours(of day: Int) -> [WorkingCalendar.Interval] {
    let index = specials(before: day)
    return index < specialDays.count && specialDays[index].day == day
      ? specialDays[index].hours : weekdays[Self.weekday(day)]
  }

  /// How many special days lie before `day`.
  private func specials(before day: Int) -> Int {
    var (low, high) = (0, specialDays.count)
    while low < high {
      let middle = (low + high) / 2
      if specialDays[middle].day < day { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Seconds on the wall from Monday 1969-12-29 to the start of `day`.
  private func wallSeconds(until day: Int) -> Int {
    let shifted = day + 3
    let weeks = shifted.floorDivided(by: 7)
    return weeks * before[7] + before[shifted - weeks * 7] + added[specials(before: day)]
  }

  private func moments(of day: Int) -> [(start: Timestamp, end: Timestamp)] {
    let date = CivilDate(daysSinceEpoch: day)
    return hours(of: day).map {
      (clock.moment(date, secondOfDay: $0.start), clock.moment(date, secondOfDay: $0.end))
    }
  }

  private func start(of day: Int) -> Timestamp { clock.moment(CivilDate(daysSinceEpoch: day)) }

  // MARK: - Sums

  private func worked(from start: Timestamp, on first: Int, until day: Int) -> Int64 {
    worked(from: start, on: first, to: self.start(of: day), on: day)
  }

  private func worked(from start: Timestamp, on first: Int, to end: Timestamp, on last: Int) -> Int64 {
    if first >= last { return part(of: first, from: start, to: end) }
    return part(of: first, from: start, to: self.start(of: first + 1)) + whole(from: first + 1, until: last)
      + part(of: last, from: self.start(of: last), to: end)
  }

  private func part(of day: Int, from start: Timestamp, to end: Timestamp) -> Int64 {
    moments(of: day).reduce(0) { $0 + max(0, min($1.end, end) - max($1.start, start)) }
  }

  private func whole(from first: Int, until last: Int) -> Int64 {
    guard first < last else { return 0 }
    let wall = Int64(wallSeconds(until: last) - wallSeconds(until: first)) * 1000
    return clockChanges(from: first, until: last).reduce(wall) { sum, day in
      sum - Int64(Self.length(hours(of: day))) * 1000
        + moments(of: day).reduce(0) { $0 + ($1.end - $1.start) }
    }
  }

  /// Days on which the clock is changed. Offsets are compared every four weeks, which is less than any country keeps one,
  /// and the day is found by halving.
  private func clockChanges(from first: Int, until last: Int) -> [Int] {
    func offset(_ day: Int) -> Int64 { Int64(day) * 86_400_000 - start(of: day).milliseconds }
    var days: [Int] = []
    var day = first
    var known = offset(first)
    while day < last {
      let next = min(day + 28, last)
      let following = offset(next)
      if following != known {
        var (low, high) = (day, next)
        while low + 1 < high {
          let middle = (low + high) / 2
          if offset(middle) == known { low = middle } else { high = middle }
        }
        days.append(low)
      }
      known = following
      day = next
    }
    return days
  }

  /// A calendar that names no year has no holidays to know.
  private func unknown(_ first: Int, _ last: Int) -> [Int] {
    guard !years.isEmpty else { return [] }
    let (from, to) = (CivilDate(daysSinceEpoch: first).year, CivilDate(daysSinceEpoch: last).year)
    return (from...max(from, to)).filter { !years.contains($0) }
  }
}
