extension CivilDate {
  package func moved(days: Int) -> CivilDate { CivilDate(daysSinceEpoch: daysSinceEpoch + days) }

  /// The same day of another month, or that month's last day.
  package func moved(months: Int) -> CivilDate {
    let index = year * 12 + month - 1 + months
    let (year, month) = (index.floorDivided(by: 12), index - index.floorDivided(by: 12) * 12 + 1)
    guard (1...9999).contains(year) else { return self }
    return CivilDate(year: year, month: month, day: min(day, Self.days(inMonth: month, of: year))) ?? self
  }

  /// Monday is 1, Sunday 7.
  package var weekday: Int { (daysSinceEpoch + 3) - (daysSinceEpoch + 3).floorDivided(by: 7) * 7 + 1 }

  package var firstOfMonth: CivilDate { CivilDate(year: year, month: month, day: 1) ?? self }
  package var firstOfYear: CivilDate { CivilDate(year: year, month: 1, day: 1) ?? self }
}
