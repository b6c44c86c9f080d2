import Domain

/// An amount of yuan that stands in a text.
package struct FoundAmount: Hashable, Sendable {
  package var amount: Money
  /// Code points from the start of the text, half-open.
  package var start: Int
  package var end: Int
}

/// Finds amounts as customers write them: 38元, ¥1,024.50, 三十八块五, 一百五十块零五分, 1.5万元, 两块半, 5毛.
///
/// A number without a unit or sign of money is none: it may be anything. Traditional characters and full-width digits are
/// read as what they mean.
package struct AmountReader {
  private let scalars: [Unicode.Scalar]

  package static func find(in text: String) -> [FoundAmount] {
    let reader = AmountReader(scalars: FoldedText(text).scalars)
    var found: [FoundAmount] = []
    var index = 0
    while index < reader.scalars.count {
      if let amount = reader.amount(from: index) {
        found.append(amount)
        index = amount.end
      } else {
        index = reader.afterNumber(index)
      }
    }
    return found
  }

  /// A number that is no amount is left as a whole: its tail is not one either.
  private func afterNumber(_ start: Int) -> Int {
    var index = start + 1
    while index < scalars.count, FoldedText.isDigit(scalars[index - 1]),
      FoldedText.isDigit(scalars[index]) || scalars[index] == "." || scalars[index] == ","
    {
      index += 1
    }
    return index
  }

  // MARK: - Amounts

  private static let signs = ["¥", "rmb", "cny", "人民币"].map { Array($0.unicodeScalars) }
  private static let englishUnits = ["yuan", "rmb", "cny"].map { Array($0.unicodeScalars) }

  private func amount(from start: Int) -> FoundAmount? {
    var index = start
    let sign = Self.signs.first { stands($0, at: start) }
    if let sign { index = skipSpace(start + sign.count) }
    guard sign != nil || canBegin(start), let number = ChineseNumber.quantity(scalars, from: index) else {
      return nil
    }
    let numberStart = index
    index = skipSpace(number.end)
    guard index < scalars.count else {
      return sign == nil
        ? nil : FoundAmount(amount: Money(cents: number.hundredths), start: start, end: number.end)
    }
    switch scalars[index] {
    case "元", "块", "圆":
      if followed(by: ["旦", "月", "宵", "素", "组"], index), scalars[index] == "元" { return nil }
      return yuan(number, unit: index, from: start, isAlone: isPiece(number, index, numberStart))
    case "角", "毛":
      if followed(by: ["病", "落", "度", "巾", "衣"], index) { return nil }
      return small(number, unit: index, from: start)
    default: break
    }
    if let unit = Self.englishUnits.first(where: { stands($0, at: index) }),
      index + unit.count == scalars.count || !Self.isLetterOrDigit(scalars[index + unit.count])
    {
      return FoundAmount(amount: Money(cents: number.hundredths), start: start, end: index + unit.count)
    }
    guard sign != nil else { return nil }
    return FoundAmount(amount: Money(cents: number.hundredths), start: start, end: number.end)
  }

  /// The rest of a longer number is none: 三八元 is not eight yuan, 几百块 not a hundred.
  private func canBegin(_ start: Int) -> Bool {
    guard start > 0 else { return true }
    let before = scalars[start - 1]
    if Self.isLetterOrDigit(before) { return false }
    guard ChineseNumber.isNumeral(scalars[start]) else { return true }
    if ChineseNumber.isNumeral(before) || before == "第" { return false }
    // 九点五元 is an hour with five yuan, or nine and a half: nobody knows. 九点五十块 is fifty.
    if before == "点", start > 1,
      ChineseNumber.isNumeral(scalars[start - 2]) || FoldedText.isDigit(scalars[start - 2]),
      start + 1 == scalars.count || ChineseNumber.unit(scalars[start + 1]) == nil
    {
      return false
    }
    return ChineseNumber.digit(scalars[start]) != nil || !["几", "数", "上", "成", "好", "多"].contains(before)
  }

  /// 一块 alone is "together" or "a piece".
  private func isPiece(_ number: ChineseNumber, _ unit: Int, _ start: Int) -> Bool {
    scalars[unit] == "块" && number.end - start == 1 && scalars[start] == "一"
  }

  /// What follows 元 or 块: 五, 五毛, 五毛二, 零五分, 半, 钱.
  private func yuan(_ number: ChineseNumber, unit: Int, from start: Int, isAlone: Bool) -> FoundAmount? {
    var cents = number.hundredths
    var index = unit + 1
    var hasMore = false
    if index < scalars.count, scalars[index] == "半" {
      cents += 50
      index += 1
      hasMore = true
    } else if number.isWhole {
      let (more, end) = tail(from: index, isSpoken: scalars[unit] == "块")
      hasMore = end > index
      cents += more
      index = end
    }
    if index < scalars.count, scalars[index] == "钱" || scalars[index] == "整" || scalars[index] == "正" {
      hasMore = true
      index += 1
    }
    guard !isAlone || hasMore else { return nil }
    return FoundAmount(amount: Money(cents: cents), start: start, end: index)
  }

  /// Tenths and hundredths: 五毛二, 五角, 零五分, and 五 alone where people speak (38块5).
  private func tail(from start: Int, isSpoken: Bool) -> (cents: Int64, end: Int) {
    var index = start
    let isHundredth = index < scalars.count && (scalars[index] == "零" || scalars[index] == "〇")
    if isHundredth { index += 1 }
    guard index < scalars.count, let first = Self.digit(scalars[index]) else { return (0, start) }
    index += 1
    guard index < scalars.count else { return isSpoken && !isHundredth ? (first * 10, index) : (0, start) }
    switch scalars[index] {
    case "分" where !followed(by: ["钟", "之", "机"], index):
      return (first, index + 1)
    case "角", "毛":
      guard !isHundredth else { return (0, start) }
      return hundredths(first * 10, from: index + 1)
    default:
      let isMore = Self.digit(scalars[index]) != nil || Self.isNumeral(scalars[index])
      return isSpoken && !isHundredth && !isMore ? (first * 10, index) : (0, start)
    }
  }

  /// Behind 角 or 毛: 二, 二分.
  private func hundredths(_ tenths: Int64, from start: Int) -> (cents: Int64, end: Int) {
    guard start < scalars.count, let digit = Self.digit(scalars[start]) else { return (tenths, start) }
    let end = start + 1
    if end < scalars.count, scalars[end] == "分" { return (tenths + digit, end + 1) }
    if end < scalars.count, Self.digit(scalars[end]) != nil || Self.isNumeral(scalars[end]) {
      return (tenths, start)
    }
    return (tenths + digit, end)
  }

  private func small(_ number: ChineseNumber, unit: Int, from start: Int) -> FoundAmount? {
    guard number.isWhole, number.hundredths < 10_000 else { return nil }
    var (cents, end) = hundredths(number.hundredths / 10, from: unit + 1)
    if end < scalars.count, scalars[end] == "钱" { end += 1 }
    return FoundAmount(amount: Money(cents: cents), start: start, end: end)
  }

  // MARK: - Characters

  private func stands(_ word: [Unicode.Scalar], at index: Int) -> Bool {
    index + word.count <= scalars.count && scalars[index..<index + word.count].elementsEqual(word)
  }

  private func followed(by characters: Set<Unicode.Scalar>, _ index: Int) -> Bool {
    index + 1 < scalars.count && characters.contains(scalars[index + 1])
  }

  private func skipSpace(_ index: Int) -> Int {
    index < scalars.count && scalars[index] == " " ? index + 1 : index
  }

  private static func digit(_ scalar: Unicode.Scalar) -> Int64? {
    FoldedText.isDigit(scalar) ? Int64(scalar.value - 0x30) : ChineseNumber.digit(scalar)
  }

  private static func isNumeral(_ scalar: Unicode.Scalar) -> Bool {
    ChineseNumber.unit(scalar) != nil || ChineseNumber.largeUnit(scalar) != nil
  }

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    FoldedText.isDigit(scalar) || (0x61...0x7A).contains(scalar.value) || scalar == "." || scalar == "-"
  }
}
