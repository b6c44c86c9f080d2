import Domain

/// The model of a device and a speed, as customers name them.
package struct FoundPhrase: Hashable, Sendable {
  /// `iPhone 15 Pro`; `86 Mbps`.
  package var value: String
  /// Code points from the start of the text, half-open.
  package var start: Int
  package var end: Int
}

package enum DeviceReader {
  private static let brands = WordTable<Bool>(
    [
      "iphone", "苹果", "华为", "huawei", "mate", "小米", "xiaomi", "mi", "redmi", "红米", "oppo", "vivo", "iqoo",
      "荣耀", "honor", "三星", "samsung", "galaxy", "一加", "oneplus",
      "realme", "真我", "pixel", "nokia", "诺基亚", "中兴", "zte", "魅族", "meizu", "moto", "motorola", "nova", "ipad",
    ].map { ($0, true) })

  /// A brand with the letters and numbers of its model.
  static func find(in text: FoldedText, _ original: [Unicode.Scalar]) -> [FoundPhrase] {
    var found: [FoundPhrase] = []
    var index = 0
    while index < text.count {
      // A model may touch its brand: iPhone15.
      guard let brand = brand(text, at: index) else {
        index += 1
        continue
      }
      var end = brand
      var hasModel = false
      var words = 0
      while words < 4 {
        let start = text.skippingSpaces(end)
        guard FoldedText.isWord(text[start]), start - end <= 1 else { break }
        var last = start
        while last - start < 10, FoldedText.isWord(text[last]) || text[last] == "+" { last += 1 }
        let word = String(String.UnicodeScalarView(text.scalars[start..<last]))
        let isModel =
          word.contains(where: \.isNumber)
          || [
            "pro", "max", "plus", "mini", "ultra", "se", "mate", "find", "note", "magic", "nova", "galaxy",
            "air", "fold", "flip", "reno", "x",
          ].contains(word)
        guard isModel, !["5g", "4g", "2g", "3g"].contains(word) else { break }
        hasModel = hasModel || word.contains(where: \.isNumber)
        end = last
        words += 1
      }
      if hasModel || FoldedText.isLetter(text[index]) && string(text, index, brand) == "iphone" {
        found.append(
          FoundPhrase(value: String(String.UnicodeScalarView(original[index..<end])), start: index, end: end))
      }
      index = max(end, index + 1)
    }
    return found
  }

  private static func string(_ text: FoldedText, _ start: Int, _ end: Int) -> String {
    String(String.UnicodeScalarView(text.scalars[start..<end]))
  }

  private static func brand(_ text: FoldedText, at start: Int) -> Int? {
    if let word = brands.longest(in: text, at: start) { return word.end }
    guard FoldedText.isLetter(text[start]), text.isBoundary(start) else { return nil }
    var end = start
    while FoldedText.isLetter(text[end]), end - start < 10 { end += 1 }
    guard FoldedText.isDigit(text[end]) else { return nil }
    let word = FoldedText(string(text, start, end))
    return brands.longest(in: word, at: 0)?.end == word.count ? end : nil
  }
}
