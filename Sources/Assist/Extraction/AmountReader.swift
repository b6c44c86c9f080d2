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
    let reader = AmountReader(scalars: text.unicodeScalars.map(folded))
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
    while index < scalars.count, Self.arabic(scalars[index - 1]) != nil,
      Self.arabic(scalars[index]) != nil || scalars[index] == "." || scalars[index] == ","
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
    guard start == 0 || sign != nil || !Self.isLetterOrDigit(scalars[start - 1]),
      var number = ChineseNumber.read(scalars, from: index)
    else { return nil }
    let numberStart = index
    index = skipSpace(number.end)
    if index < scalars.count, scalars[index] == "万" || scalars[index] == "千", !number.isChinese {
      number.hundredths *= scalars[index] == "万" ? 10_000 : 1000
      index += 1
    }
    guard number.hundredths <= 1_000_000_000_000_000 else { return nil }
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
    // 万 was taken when it stood there.
    return FoundAmount(
      amount: Money(cents: number.hundredths), start: start,
      end: max(number.end, lastTaken(number.end, index)))
  }

  private func lastTaken(_ end: Int, _ index: Int) -> Int {
    index > end && (scalars[index - 1] == "万" || scalars[index - 1] == "千") ? index : end
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
    if cents < 0 { cents = 0 }
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

  fileprivate static func arabic(_ scalar: Unicode.Scalar) -> Int64? {
    (0x30...0x39).contains(scalar.value) ? Int64(scalar.value - 0x30) : nil
  }

  private static func digit(_ scalar: Unicode.Scalar) -> Int64? {
    arabic(scalar) ?? ChineseNumber.digits[scalar]
  }

  private static func isNumeral(_ scalar: Unicode.Scalar) -> Bool {
    ChineseNumber.units[scalar] != nil || scalar == "万" || scalar == "亿"
  }

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    arabic(scalar) != nil || (0x61...0x7A).contains(scalar.value) || scalar == "." || scalar == "-"
  }

  /// Small ASCII, narrow forms, simplified characters of numbers and money.
  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "￥": return "¥"
    case "\u{3000}", "\u{A0}": return " "
    case "塊": return "块"
    case "錢": return "钱"
    case "圓": return "圆"
    case "兩": return "两"
    case "萬": return "万"
    case "億": return "亿"
    case "幣": return "币"
    default: break
    }
    var value = scalar.value
    if (0xFF01...0xFF5E).contains(value) { value -= 0xFEE0 }
    if (0x41...0x5A).contains(value) { value += 32 }
    return Unicode.Scalar(value) ?? scalar
  }
}

/// A number in digits (1,024.50) or in words (一千零二十四, 一百五, 两万三), in hundredths.
struct ChineseNumber {
  var hundredths: Int64
  var end: Int
  var isChinese: Bool

  var isWhole: Bool { hundredths % 100 == 0 }

  static let digits: [Unicode.Scalar: Int64] = [
    "零": 0, "〇": 0, "一": 1, "壹": 1, "二": 2, "贰": 2, "两": 2, "三": 3, "叁": 3, "四": 4, "肆": 4, "五": 5, "伍": 5,
    "六": 6, "陆": 6, "七": 7, "柒": 7, "八": 8, "捌": 8, "九": 9, "玖": 9,
  ]
  static let units: [Unicode.Scalar: Int64] = ["十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000]

  static func read(_ scalars: [Unicode.Scalar], from start: Int) -> ChineseNumber? {
    guard start < scalars.count else { return nil }
    if AmountReader.arabic(scalars[start]) != nil { return inDigits(scalars, from: start) }
    return inWords(scalars, from: start)
  }

  /// Commas stand before three digits; at most two decimals, and fifteen digits in all.
  private static func inDigits(_ scalars: [Unicode.Scalar], from start: Int) -> ChineseNumber? {
    var value: Int64 = 0
    var count = 0
    var index = start
    func isDigit(_ place: Int) -> Bool { place < scalars.count && AmountReader.arabic(scalars[place]) != nil }
    while index < scalars.count {
      if let digit = AmountReader.arabic(scalars[index]) {
        value = value * 10 + digit
        count += 1
        guard count <= 12 else { return nil }
        index += 1
      } else if scalars[index] == ",", isDigit(index + 1), isDigit(index + 2), isDigit(index + 3),
        !isDigit(index + 4)
      {
        index += 1
      } else {
        break
      }
    }
    value *= 100
    if index < scalars.count, scalars[index] == ".", isDigit(index + 1) {
      var scale: Int64 = 10
      index += 1
      while let digit = index < scalars.count ? AmountReader.arabic(scalars[index]) : nil {
        guard scale > 0 else { return nil }
        value += digit * scale
        scale /= 10
        index += 1
      }
    }
    return ChineseNumber(hundredths: value, end: index, isChinese: false)
  }

  private static func inWords(_ scalars: [Unicode.Scalar], from start: Int) -> ChineseNumber? {
    // `whole` has what stands before 万 and 亿, `part` what stands behind, `last` a digit that waits for its unit.
    var (whole, part): (Int64, Int64) = (0, 0)
    var last: Int64?
    var unit: Int64 = 1
    var hasZero = false
    var index = start
    while index < scalars.count, index - start < 24 {
      let scalar = scalars[index]
      if let digit = digits[scalar] {
        // 三八 is no number in words; what was read up to here may be one.
        if let waiting = last, waiting != 0 { break }
        hasZero = hasZero || digit == 0
        last = digit
      } else if let value = units[scalar] {
        guard last != 0 else { break }
        part += (last ?? 1) * value
        (last, unit, hasZero) = (nil, value, false)
      } else if scalar == "万" || scalar == "亿" {
        guard index > start else { return nil }
        let value: Int64 = scalar == "万" ? 10_000 : 100_000_000
        whole = (whole + part + (last ?? 0)) * value
        guard whole <= 1_000_000_000_000 else { return nil }
        (part, last, unit, hasZero) = (0, nil, value, false)
      } else {
        break
      }
      index += 1
    }
    guard index > start else { return nil }
    // 一百五 is 150, 一百零五 is 105.
    if let digit = last { part += unit >= 100 && !hasZero ? digit * unit / 10 : digit }
    return ChineseNumber(hundredths: (whole + part) * 100, end: index, isChinese: true)
  }
}
