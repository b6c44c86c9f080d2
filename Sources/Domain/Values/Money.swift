/// An amount in cents (分). Never a floating-point number.
package struct Money: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  package var cents: Int64

  package init(cents: Int64) { self.cents = cents }

  /// Reads `38`, `38.5`, `38.50`, `¥1,024.50`, `38元`, full-width digits; nil for anything else or more than two decimals.
  package init?(_ text: some StringProtocol) {
    var digits = ""
    var decimals: Int?
    var negative = false
    for character in text {
      switch character {
      case "¥", "￥", "$", "元", ",", "，", " ", "\u{3000}": continue
      case "-" where digits.isEmpty && !negative: negative = true
      case ".", "．", "。":
        guard decimals == nil else { return nil }
        decimals = 0
      default:
        guard let digit = character.wholeNumberValue, (0...9).contains(digit) else { return nil }
        digits.append(String(digit))
        if let count = decimals { decimals = count + 1 }
      }
    }
    guard !digits.isEmpty, digits.count <= 15, (decimals ?? 0) <= 2, let value = Int64(digits) else {
      return nil
    }
    let scale: Int64 = decimals == 2 ? 1 : decimals == 1 ? 10 : 100
    cents = (negative ? -value : value) * scale
  }

  package init(from decoder: any Decoder) throws {
    cents = try decoder.singleValueContainer().decode(Int64.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(cents)
  }

  /// `38.00`.
  package var description: String {
    let magnitude = cents.magnitude
    return "\(cents < 0 ? "-" : "")\(magnitude / 100).\(padded(Int(magnitude % 100), 2))"
  }

  package static func < (left: Self, right: Self) -> Bool { left.cents < right.cents }
  /// Stops at the largest amount: a bill that somebody made up must not stop the desks that show it.
  package static func + (left: Self, right: Self) -> Money {
    let (sum, isOver) = left.cents.addingReportingOverflow(right.cents)
    return Money(cents: isOver ? (right.cents < 0 ? .min : .max) : sum)
  }

  /// As `+`.
  package static func - (left: Self, right: Self) -> Money {
    let (difference, isOver) = left.cents.subtractingReportingOverflow(right.cents)
    return Money(cents: isOver ? (right.cents < 0 ? .max : .min) : difference)
  }
}
