import Domain

/// A rule's value while rows are bound to its names.
struct RuleValue {
  indirect enum Term {
    case constant(Int64)
    /// `names` place and column.
    case row(Int, [Int64])
    case group(Int, DiagnosisRule.Reference.Aggregate, [Int64])
    case days(Int64)
    case months(Int64)
    case percent(Int64)
  }

  var base: Term
  var isMinus = false
  var operand: Term?
  var type: PropertyType

  /// `RecordTables.none` where a part has no value.
  func number(_ bound: RuleBindings) -> Int64 {
    let value = Self.number(base, bound)
    guard value != RecordTables.none, let operand else { return value }
    switch operand {
    case .days(let days): return value.adding(isMinus ? -days : days)
    case .months(let months):
      let moved = isMinus ? -months : months
      return type == .month ? value.adding(moved) : Self.moving(value, months: moved)
    case .percent(let percent): return Self.percent(of: value, isMinus ? 100 - percent : 100 + percent)
    default:
      let other = Self.number(operand, bound)
      guard other != RecordTables.none else { return other }
      return isMinus ? value.subtracting(other) : value.adding(other)
    }
  }

  private static func number(_ term: Term, _ bound: RuleBindings) -> Int64 {
    switch term {
    case .constant(let value), .days(let value), .months(let value), .percent(let value): return value
    case .row(let place, let column):
      let row = bound.rows[place]
      return row >= 0 && row < column.count ? column[row] : RecordTables.none
    case .group(let place, let aggregate, let column):
      let rows = bound.groups[place]
      switch aggregate {
      case .count: return Int64(rows.count)
      case .newest: return rows.last.map { column[$0] } ?? RecordTables.none
      case .oldest: return rows.first.map { column[$0] } ?? RecordTables.none
      case .sum, .mean:
        var sum: Int64 = 0
        var count: Int64 = 0
        for row in rows where column[row] != RecordTables.none {
          sum = sum.adding(column[row])
          count += 1
        }
        guard count > 0 else { return RecordTables.none }
        return aggregate == .sum ? sum : rounded(sum, by: count)
      }
    }
  }

  /// `value` × `percent` / 100 in whole cents, halves away from zero.
  static func percent(of value: Int64, _ percent: Int64) -> Int64 {
    let (product, isOver) = value.multipliedReportingOverflow(by: percent)
    guard !isOver else { return (value < 0) == (percent < 0) ? .max : .min + 1 }
    return rounded(product, by: 100)
  }

  /// Halves away from zero.
  static func rounded(_ value: Int64, by divisor: Int64) -> Int64 {
    let quotient = value / divisor
    let rest = (value % divisor).magnitude
    return rest * 2 >= divisor.magnitude ? quotient.adding(value < 0 ? -1 : 1) : quotient
  }

  /// The same day of another month, or its last one.
  private static func moving(_ days: Int64, months: Int64) -> Int64 {
    let date = CivilDate(daysSinceEpoch: Int(days))
    let month = date.year * 12 + date.month - 1 + Int(months)
    let (year, number) = (month.floorDivided(by: 12), month - month.floorDivided(by: 12) * 12 + 1)
    guard (1...9999).contains(year) else { return days }
    let last = CivilDate.days(inMonth: number, of: year)
    return CivilDate(year: year, month: number, day: min(date.day, last)).map { Int64($0.daysSinceEpoch) }
      ?? days
  }

  /// The month of a day, as year × 12 + month − 1.
  static func month(ofDays days: Int64) -> Int64 {
    guard days != RecordTables.none else { return days }
    let date = CivilDate(daysSinceEpoch: Int(days))
    return Int64(date.year * 12 + date.month - 1)
  }
}

/// What the names of a rule stand for at one moment of the search.
final class RuleBindings {
  /// A row, or -1.
  var rows: [Int]
  var groups: [[Int]]
  /// What was spent so far; see `RuleSearch.mostWork`.
  var work = 0

  init(count: Int) {
    rows = Array(repeating: -1, count: count)
    groups = Array(repeating: [], count: count)
  }
}

/// One condition, ready to be asked of rows.
final class RuleTest {
  let condition: DiagnosisRule.Condition
  private let column: [Int64]
  private let list: [[Int64]]?
  private let type: PropertyType
  private let value: RuleValue?
  private let patterns: [[UInt8]]
  private let texts: TextPool
  /// By text: 0 not yet asked, 1 fits, 2 does not.
  private var memory: [UInt8] = []

  init(
    _ condition: DiagnosisRule.Condition, column: [Int64], list: [[Int64]]?, type: PropertyType,
    value: RuleValue?, texts: TextPool
  ) {
    self.condition = condition
    self.column = column
    self.list = list
    self.type = type
    self.value = value
    self.texts = texts
    if case .texts(let wanted) = condition.operand {
      patterns = wanted.map(TextPool.fold)
    } else {
      patterns = []
    }
  }

  /// Whether it asks something of a row that another name stands for.
  var isBound: Bool {
    guard let value else { return false }
    return [value.base, value.operand].contains { term in
      switch term {
      case .row, .group: true
      default: false
      }
    }
  }

  /// The column and the value that must be the same, where it is a plain equation: what a row can be looked up by.
  func equation(_ bound: RuleBindings) -> (column: [Int64], value: Int64)? {
    guard let value, condition.comparison == .is || condition.comparison == .sameAs, list == nil,
      type.isText == value.type.isText, type.isText || type == value.type
    else { return nil }
    return (column, value.number(bound))
  }

  func fits(_ row: Int, _ bound: RuleBindings) -> Bool {
    if let list { return fits(list[row], bound) }
    let number = column[row]
    if condition.comparison == .exists {
      if case .flag(let isWanted) = condition.operand { return (number != RecordTables.none) == isWanted }
      return false
    }
    guard number != RecordTables.none else { return false }
    switch condition.operand {
    case .flag(let isWanted): return ((number != 0) == isWanted) != (condition.comparison == .isNot)
    case .texts: return fitsText(number, bound)
    case .expression:
      guard let value else { return false }
      let other = value.number(bound)
      guard other != RecordTables.none else { return false }
      return compare(number, with: other, of: value.type, bound)
    }
  }

  private func compare(
    _ number: Int64, with other: Int64, of otherType: PropertyType, _ bound: RuleBindings
  ) -> Bool {
    switch condition.comparison {
    case .mentions: return isMentioned(other, in: number, bound)
    case .mentionedIn: return isMentioned(number, in: other, bound)
    default: break
    }
    var left = number
    var right = other
    if type == .month, otherType == .date { right = RuleValue.month(ofDays: right) }
    if type == .date, otherType == .month { left = RuleValue.month(ofDays: left) }
    switch condition.comparison {
    case .is, .sameAs: return left == right
    case .isNot: return left != right
    case .above, .after: return left > right
    case .below, .before: return left < right
    case .atLeast, .onOrAfter: return left >= right
    case .atMost, .onOrBefore: return left <= right
    default: return false
    }
  }

  private func isMentioned(_ pattern: Int64, in text: Int64, _ bound: RuleBindings) -> Bool {
    guard let pattern = bytes(pattern), let text = bytes(text), !pattern.isEmpty else { return false }
    bound.work += text.count / 64
    return TextPool.contains(text, pattern)
  }

  /// Nil where the number is no place of a text.
  private func bytes(_ number: Int64) -> [UInt8]? {
    texts.bytes.indices.contains(Int(number)) ? texts.bytes[Int(number)] : nil
  }

  private func fits(_ values: [Int64], _ bound: RuleBindings) -> Bool {
    if case .flag(let isWanted) = condition.operand { return !values.isEmpty == isWanted }
    switch condition.comparison {
    case .isNot, .containsNot: return values.allSatisfy { fitsText($0, bound) }
    default: return values.contains { fitsText($0, bound) }
    }
  }

  private func fitsText(_ number: Int64, _ bound: RuleBindings) -> Bool {
    let place = Int(number)
    guard texts.bytes.indices.contains(place) else { return false }
    if memory.count <= place {
      memory.append(contentsOf: repeatElement(0, count: texts.bytes.count - memory.count))
    }
    if memory[place] == 0 {
      let text = texts.bytes[place]
      bound.work += text.count / 64 * patterns.count
      memory[place] = isFitting(text) ? 1 : 2
    }
    return memory[place] == 1
  }

  private func isFitting(_ text: [UInt8]) -> Bool {
    switch condition.comparison {
    case .is: patterns.contains(text)
    case .isNot: !patterns.contains(text)
    case .contains: patterns.contains { TextPool.contains(text, $0) }
    case .containsNot: !patterns.contains { TextPool.contains(text, $0) }
    case .begins: patterns.contains { text.starts(with: $0) }
    case .ends: patterns.contains { text.reversed().starts(with: $0.reversed()) }
    default: false
    }
  }
}

extension Int64 {
  /// Stops at the largest value.
  fileprivate func adding(_ other: Int64) -> Int64 {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? (other < 0 ? .min + 1 : .max) : sum
  }

  fileprivate func subtracting(_ other: Int64) -> Int64 {
    let (difference, isOver) = subtractingReportingOverflow(other)
    return isOver ? (other < 0 ? .max : .min + 1) : difference
  }
}
