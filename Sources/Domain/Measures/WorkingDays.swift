/// Which days are working days: what “within 3 working days” counts.
package struct WorkingDays: Hashable, Sendable {
  /// From Monday.
  private var weekdays: [Bool]
  /// Holidays and make-up workdays (调休), by days since 1970.
  private var special: [Int: Bool] = [:]

  package static let mondayToFriday = WorkingDays(weekdays: (0..<7).map { $0 < 5 })

  private init(weekdays: [Bool]) { self.weekdays = weekdays }

  package init(_ calendar: WorkingCalendar) {
    weekdays = (0..<7).map { $0 < calendar.weekdays.count && !calendar.weekdays[$0].isEmpty }
    for day in calendar.specialDays { special[day.date.daysSinceEpoch] = !day.isOff }
  }

  /// Those of a zone. Where people work on every day of the week, a customer who hears “working days” still means those of banks
  /// and offices: the first calendar that has a day off, else Monday to Friday.
  package static func of(_ zone: Zone?, _ calendars: [WorkingCalendar]) -> WorkingDays {
    let own = calendars.filter { $0.id == zone?.calendar }
    return (own + calendars).lazy.map(WorkingDays.init).first {
      $0.weekdays.contains(false) && $0.weekdays.contains(true)
    }
      ?? .mondayToFriday
  }

  package func contains(_ day: CivilDate) -> Bool {
    // 1970-01-01 was a Thursday.
    let weekday = ((day.daysSinceEpoch + 3) % 7 + 7) % 7
    return special[day.daysSinceEpoch] ?? weekdays[weekday]
  }

  /// The `count`-th working day after `day`; `day` itself for none.
  package func day(_ count: Int, after day: CivilDate) -> CivilDate {
    var (found, left) = (day, min(max(0, count), 1000))
    while left > 0 {
      found = CivilDate(daysSinceEpoch: found.daysSinceEpoch + 1)
      if contains(found) { left -= 1 }
    }
    return found
  }
}
