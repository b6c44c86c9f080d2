/// A number in digits (1,024.50), in words (一千零二十四, 一百五, 两万三), in both (3万5千) or digit by digit (一零八), in hundredths.
///
/// All readers of numbers share these tables. What they are asked about is folded (``FoldedText``), so that 貳, 參 and 萬 need no
/// entries of their own.
package struct ChineseNumber: Sendable {
  package var hundredths: Int64
  /// Behind its last code point.
  package var end: Int

  package var isWhole: Bool { hundredths % 100 == 0 }

  // MARK: - Characters

  package static func digit(_ scalar: Unicode.Scalar) -> Int64? {
    switch scalar {
    case "零", "〇": 0
    case "一", "壹", "弌": 1
    case "二", "贰", "两", "貮", "弍": 2
    case "三", "叁", "参", "弎": 3
    case "四", "肆": 4
    case "五", "伍": 5
    case "六", "陆": 6
    case "七", "柒": 7
    case "八", "捌": 8
    case "九", "玖": 9
    default: nil
    }
  }

  /// 十, 百, 千.
  package static func unit(_ scalar: Unicode.Scalar) -> Int64? {
    switch scalar {
    case "十", "拾": 10
    case "百", "佰": 100
    case "千", "仟": 1000
    default: nil
    }
  }

  /// 万, 亿.
  package static func largeUnit(_ scalar: Unicode.Scalar) -> Int64? {
    switch scalar {
    case "万": 10_000
    case "亿": 100_000_000
    default: nil
    }
  }

  /// Any character of which numbers in words are made.
  package static func isNumeral(_ scalar: Unicode.Scalar) -> Bool {
    digit(scalar) != nil || unit(scalar) != nil || largeUnit(scalar) != nil
  }

  /// A digit of any alphabet, as numbers of telephones and cards are read out one by one: 幺 is 1. 两 counts things and is none.
  /// It need not be folded.
  package static func spokenDigit(_ scalar: Unicode.Scalar) -> UInt8? {
    switch scalar.value {
    case 0x30...0x39: return UInt8(scalar.value - 0x30)
    case ..<0x660: return nil
    case 0x4E00...0x9FFF:
      if scalar == "幺" { return 1 }
      if scalar == "两" || scalar == "兩" { return nil }
      return digit(FoldedText.fold(scalar)).map { UInt8($0) }
    case 0xFF10...0xFF19: return UInt8(scalar.value - 0xFF10)
    case 0x25CB, 0x25EF, 0x3007: return 0
    // Punctuation is asked about most often, and its properties are slow to look up.
    case 0x2000...0x206F, 0x3000...0x303F, 0xFF00...0xFF60: return nil
    default: return FoldedText.digit(scalar)
    }
  }

  private static func arabic(_ scalar: Unicode.Scalar) -> Int64? {
    (0x30...0x39).contains(scalar.value) ? Int64(scalar.value - 0x30) : nil
  }

  // MARK: - Numbers

  /// The number that begins at `start`: in digits, or in words, or digit by digit.
  package static func read(_ scalars: [Unicode.Scalar], from start: Int) -> ChineseNumber? {
    guard start < scalars.count else { return nil }
    if arabic(scalars[start]) != nil { return inDigits(scalars, from: start) }
    return digitByDigit(scalars, from: start) ?? inWords(scalars, from: start, isMixed: false)
  }

  /// The same as people write amounts: 三十八点五, 1.5万, 3万5千, 2百.
  package static func quantity(_ scalars: [Unicode.Scalar], from start: Int) -> ChineseNumber? {
    guard start < scalars.count else { return nil }
    let isArabic = arabic(scalars[start]) != nil
    let whole =
      isArabic
      ? inDigits(scalars, from: start)
      : digitByDigit(scalars, from: start) ?? inWords(scalars, from: start, isMixed: true)
    guard var number = whole else { return nil }
    let hasPoint = number.isWhole && pointed(scalars, start, &number)
    guard number.end < scalars.count, isArabic || hasPoint else { return number }
    let scalar = scalars[number.end]
    guard let unit = largeUnit(scalar) ?? (scalar == "十" ? nil : self.unit(scalar)) else { return number }
    let (product, isOver) = number.hundredths.multipliedReportingOverflow(by: unit)
    guard !isOver, product <= most * 100 else { return nil }
    let rest = number.isWhole ? inWords(scalars, from: number.end + 1, isMixed: true) : nil
    number = ChineseNumber(hundredths: product, end: number.end + 1)
    guard let rest, rest.hundredths < unit * 100 else { return number }
    // 3万5 is 35,000, as 三万五 is.
    number.hundredths += rest.end == number.end + 1 ? rest.hundredths * unit / 10 : rest.hundredths
    number.end = rest.end
    return number
  }

  /// What is larger is no amount that anybody means.
  private static let most: Int64 = 1_000_000_000_000

  /// 三十八点五: decimals behind 点, which behind a part of the day is an hour (下午三点五元到账).
  private static func pointed(
    _ scalars: [Unicode.Scalar], _ start: Int, _ number: inout ChineseNumber
  ) -> Bool {
    guard number.end < scalars.count, scalars[number.end] == "点" else { return false }
    if start > 0, ["午", "晨", "晚", "早", "夜", "日", "号", "天"].contains(scalars[start - 1]) { return false }
    if start > 1, ["早上", "晚上", "夜里"].contains(String(String.UnicodeScalarView(scalars[start - 2..<start]))) {
      return false
    }
    var index = number.end + 1
    var cents: Int64 = 0
    var scale: Int64 = 10
    while index < scalars.count, scalars[index] != "两",
      let digit = arabic(scalars[index]) ?? digit(scalars[index])
    {
      guard scale > 0 else { return false }
      cents += digit * scale
      scale /= 10
      index += 1
    }
    guard index > number.end + 1, index == scalars.count || unit(scalars[index]) == nil else { return false }
    number.hundredths += cents
    number.end = index
    return true
  }

  /// Commas stand before three digits; at most two decimals, and twelve digits before them.
  private static func inDigits(_ scalars: [Unicode.Scalar], from start: Int) -> ChineseNumber? {
    var value: Int64 = 0
    var count = 0
    var index = start
    func isDigit(_ place: Int) -> Bool { place < scalars.count && arabic(scalars[place]) != nil }
    while index < scalars.count {
      if let digit = arabic(scalars[index]) {
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
      while let digit = index < scalars.count ? arabic(scalars[index]) : nil {
        guard scale > 0 else { return nil }
        value += digit * scale
        scale /= 10
        index += 1
      }
    }
    return ChineseNumber(hundredths: value, end: index)
  }

  /// 一零八, 二〇二六: three digits or more. Two are a guess (三五块: three to five).
  private static func digitByDigit(_ scalars: [Unicode.Scalar], from start: Int) -> ChineseNumber? {
    var value: Int64 = 0
    var index = start
    while index < scalars.count, scalars[index] != "两", let digit = digit(scalars[index]) {
      guard index - start < 12 else { return nil }
      value = value * 10 + digit
      index += 1
    }
    guard index - start >= 3,
      index == scalars.count || unit(scalars[index]) == nil && largeUnit(scalars[index]) == nil
    else { return nil }
    return ChineseNumber(hundredths: value * 100, end: index)
  }

  /// - Parameter isMixed: whether digits may stand among the words (两千38).
  private static func inWords(
    _ scalars: [Unicode.Scalar], from start: Int, isMixed: Bool
  ) -> ChineseNumber? {
    var sum = WordSum()
    var index = start
    while index < scalars.count, index - start < 24 {
      let scalar = scalars[index]
      if let digit = digit(scalar) {
        // 三八 is no number in words; what was read up to here may be one.
        guard sum.take(digit) else { break }
      } else if isMixed, let run = digits(scalars, from: index) {
        guard sum.take(run.value) else { break }
        index = run.end
        continue
      } else if let unit = unit(scalar) {
        guard sum.last != 0 else { break }
        guard sum.count(unit) else { return nil }
      } else if let unit = largeUnit(scalar) {
        guard index > start, sum.gather(unit, most) else { return nil }
      } else {
        break
      }
      index += 1
    }
    guard index > start, let total = sum.total else { return nil }
    return ChineseNumber(hundredths: total * 100, end: index)
  }

  /// At most four digits with nothing but digits.
  private static func digits(_ scalars: [Unicode.Scalar], from start: Int) -> (value: Int64, end: Int)? {
    var value: Int64 = 0
    var index = start
    while index < scalars.count, let digit = arabic(scalars[index]) {
      guard index - start < 4 else { return nil }
      value = value * 10 + digit
      index += 1
    }
    guard index > start, index == scalars.count || scalars[index] != "." && scalars[index] != "," else {
      return nil
    }
    return (value, index)
  }
}

/// A number in words while it is read: 三千|二百|五 behind 一亿|零|四万.
private struct WordSum {
  /// What stands before 亿, and before 万 behind it.
  private var hundredMillions: Int64 = 0
  private var tenThousands: Int64 = 0
  /// What stands behind the last of them, and a digit that waits for its unit.
  private var part: Int64 = 0
  private(set) var last: Int64?
  private var unit: Int64 = 1
  private var largeUnit = Int64.max
  private var smallUnit = Int64.max
  private var hasZero = false

  /// False where another digit waits.
  mutating func take(_ digit: Int64) -> Bool {
    if let last, last != 0 { return false }
    hasZero = hasZero || digit == 0
    last = digit
    return true
  }

  /// 十, 百, 千; false where a unit does not follow a larger one (一百千).
  mutating func count(_ value: Int64) -> Bool {
    guard value < smallUnit else { return false }
    part += (last ?? 1) * value
    (last, unit, smallUnit, hasZero) = (nil, value, value, false)
    return true
  }

  /// 万, 亿; false where they do not follow a larger one (亿亿, 万万) or where that would be more than `most`.
  mutating func gather(_ value: Int64, _ most: Int64) -> Bool {
    let before = part + (last ?? 0)
    if value == 10_000 {
      guard largeUnit > value, before <= most / value else { return false }
      tenThousands = before * value
    } else {
      // 一万亿 is right, 一亿亿 is not.
      guard hundredMillions == 0, largeUnit != value, before + tenThousands <= most / value else {
        return false
      }
      hundredMillions = (before + tenThousands) * value
      tenThousands = 0
    }
    (part, last, unit, largeUnit, smallUnit, hasZero) = (0, nil, value, value, .max, false)
    return true
  }

  var total: Int64? {
    // 一百五 is 150, 一百零五 is 105.
    let rest = last.map { unit >= 100 && !hasZero && $0 < 10 ? $0 * unit / 10 : $0 } ?? 0
    let total = hundredMillions + tenThousands + part + rest
    return total <= 10 * 1_000_000_000_000 ? total : nil
  }
}
