/// One form for what people write and say in many: full-width or not, with spaces, digits in Chinese.
///
/// It is tolerant of form and never of content: two texts have one form only when they say the same characters or numbers.
enum SpokenForm {
  /// ASCII for full-width, small letters, no spaces and no punctuation.
  static func letters(_ text: String) -> String {
    var view = String.UnicodeScalarView()
    for scalar in FoldedText(text).scalars {
      let properties = scalar.properties
      switch properties.generalCategory {
      case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .dashPunctuation,
        .openPunctuation, .closePunctuation, .connectorPunctuation, .otherPunctuation, .initialPunctuation,
        .finalPunctuation:
        continue
      default: view.append(scalar)
      }
    }
    return String(view).lowercased()
  }

  /// Digits one by one, as numbers of telephones and cards are said: 幺三八, １３８, 138. Other characters are dropped except
  /// X, which may be said 叉.
  static func digits(_ text: String) -> String {
    var result = ""
    for scalar in FoldedText(text).scalars {
      if let digit = digit(scalar) {
        result += String(digit)
      } else if scalar == "x" || scalar == "叉" {
        result += "X"
      } else if scalar.properties.isAlphabetic {
        // Something else than a number was said.
        return ""
      }
    }
    return result
  }

  /// Numbers in Chinese become digits: 十二号 → 12号, 一百二十 → 120, 二零一 → 201.
  static func numbers(_ text: String) -> String {
    var result = ""
    var run: [Unicode.Scalar] = []
    func flush() {
      if !run.isEmpty { result += number(run) }
      run = []
    }
    for scalar in FoldedText(text).scalars {
      if digit(scalar) != nil || isUnit(scalar) {
        run.append(scalar)
      } else {
        flush()
        result.unicodeScalars.append(scalar)
      }
    }
    flush()
    return result
  }

  /// An amount as people say it: 38, ３８.５０元, 三十八块五, 38块5毛2分, ¥1,024.50. Nil for everything else.
  static func money(_ text: String) -> Money? {
    var plain = String(String.UnicodeScalarView(FoldedText(text).scalars)).lowercased()
      .replacing("点", with: ".").filter { !$0.isWhitespace && $0 != "," && $0 != "¥" && $0 != "￥" }
    for word in ["人民币", "rmb", "cny", "yuan", "块钱", "元钱", "圆", "元", "块"] {
      plain = plain.replacing(word, with: ["人民币", "rmb", "cny"].contains(word) ? "" : "元")
    }
    plain = numbers(plain.replacing("毛", with: "角").filter { $0 != "整" && $0 != "钱" })
    let parts = plain.split(separator: "元", omittingEmptySubsequences: false)
    guard parts.count <= 2, let first = parts.first else { return nil }
    guard parts.count == 2 else { return whole(String(first)) }
    guard let yuan = first.isEmpty ? nil : Money(first), let rest = cents(String(parts[1])) else {
      return nil
    }
    return yuan.cents % 100 == 0 || rest == 0 ? yuan + Money(cents: rest) : nil
  }

  private static func whole(_ text: String) -> Money? {
    text.contains("角") || text.contains("分") ? cents(text).map { Money(cents: $0) } : Money(text)
  }

  /// What stands behind 元: nothing, `5`, `52`, `5角`, `5角2分`, `05分`.
  private static func cents(_ text: String) -> Int64? {
    guard !text.isEmpty else { return 0 }
    var total: Int64 = 0
    var number = ""
    for character in text {
      switch character {
      case "角":
        guard number.count == 1, let value = Int64(number) else { return nil }
        total += value * 10
        number = ""
      case "分":
        guard let value = Int64(number), value < 100 else { return nil }
        total += value
        number = ""
      default:
        guard character.isASCII, character.isNumber else { return nil }
        number.append(character)
      }
    }
    guard !number.isEmpty else { return total }
    guard let value = Int64(number) else { return nil }
    // 三块五 is three and a half; 三角二 has two cents; 三块五二 has fifty-two.
    switch (number.count, total) {
    case (1, 0): return value * 10
    case (1, _): return total + value
    case (2, 0): return value
    default: return nil
    }
  }

  /// 两 is said for 2 before a unit.
  private static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
    ChineseNumber.spokenDigit(scalar) ?? ChineseNumber.digit(scalar).map { UInt8($0) }
  }

  private static func isUnit(_ scalar: Unicode.Scalar) -> Bool {
    ChineseNumber.unit(scalar) != nil || ChineseNumber.largeUnit(scalar) != nil
  }

  /// Longer runs are no numbers that anybody says.
  private static let longestRun = 18

  /// A run that is no number stays as it is: nothing that was said is made up.
  private static func number(_ run: [Unicode.Scalar]) -> String {
    let unread = String(String.UnicodeScalarView(run))
    guard run.count <= longestRun else { return unread }
    guard run.contains(where: isUnit) else { return run.compactMap(digit).map { String($0) }.joined() }
    guard let number = ChineseNumber.quantity(run, from: 0), number.end == run.count, number.isWhole else {
      return unread
    }
    return String(number.hundredths / 100)
  }
}
