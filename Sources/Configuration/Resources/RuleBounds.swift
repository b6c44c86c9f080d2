import Domain

/// What is left of a property when all conditions of a pattern that name a fixed value hold, in the property's own unit: cents,
/// numbers, days since 1970, months as year × 12 + month − 1.
struct RuleBounds {
  private let type: PropertyType
  private var low = Int64.min
  private var high = Int64.max

  init(of type: PropertyType) { self.type = type }

  /// Whether nothing is left.
  var isEmpty: Bool { low > high }

  mutating func add(_ condition: DiagnosisRule.Condition) {
    guard case .expression(let expression) = condition.operand, expression.operand == nil,
      let value = range(of: expression.base)
    else { return }
    switch condition.comparison {
    case .above, .after: low = max(low, value.upperBound == .max ? .max : value.upperBound + 1)
    case .atLeast, .onOrAfter: low = max(low, value.lowerBound)
    case .below, .before: high = min(high, value.lowerBound == .min ? .min : value.lowerBound - 1)
    case .atMost, .onOrBefore: high = min(high, value.upperBound)
    case .is: (low, high) = (max(low, value.lowerBound), min(high, value.upperBound))
    default: break
    }
  }

  /// A month is all of its days where days are compared with it, and a day is its month where months are.
  private func range(of term: DiagnosisRule.Expression.Term) -> ClosedRange<Int64>? {
    switch term {
    case .money(let value), .number(let value): return value...value
    case .date(let date):
      let value = type == .month ? Int64(date.year * 12 + date.month - 1) : Int64(date.daysSinceEpoch)
      return value...value
    case .month(let month):
      guard type == .date else { return Int64(month)...Int64(month) }
      let (year, number) = (month / 12, month % 12 + 1)
      guard let first = CivilDate(year: year, month: number, day: 1) else { return nil }
      let days = Int64(first.daysSinceEpoch)
      return days...(days + Int64(CivilDate.days(inMonth: number, of: year)) - 1)
    default: return nil
    }
  }
}
