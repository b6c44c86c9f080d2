import Domain

package enum SpeedReader {
  private static let cues = [
    "测", "只有", "不到", "才", "实际", "跑", "仅", "get", "only", "measur", "test", "less than", "at most", "barely",
  ].map { Array($0.unicodeScalars) }

  /// A measured speed: 86 Mbps, 只有20兆. The speed of a product (500M宽带) is none.
  static func find(in text: FoldedText) -> [FoundPhrase] {
    var found: [FoundPhrase] = []
    var index = 0
    while index < text.count {
      guard FoldedText.isDigit(text[index]), text.isBoundary(index) || !FoldedText.isLetter(text[index - 1])
      else {
        index += 1
        continue
      }
      let start = index
      while index < text.count,
        FoldedText.isDigit(text[index]) || (text[index] == "." && FoldedText.isDigit(text[index + 1]))
      { index += 1 }
      guard index - start <= 7, let (unit, end) = unit(text, at: text.skippingSpaces(index)) else { continue }
      let isSure =
        unit != "M"
        || (max(0, start - 14)..<start).contains { place in cues.contains { text.stands($0, at: place) } }
      if isSure, !["宽", "套", "光", "包"].contains(text[text.skippingSpaces(end)]),
        !text.stands(Array("broadband".unicodeScalars), at: text.skippingSpaces(end))
      {
        let number = String(String.UnicodeScalarView(text.scalars[start..<index]))
        found.append(
          FoundPhrase(value: "\(number) \(unit == "Kbps" ? "Kbps" : "Mbps")", start: start, end: end))
      }
      index = max(index, end)
    }
    return found
  }

  private static func unit(_ text: FoldedText, at index: Int) -> (String, Int)? {
    for (word, unit) in [
      ("mbps", "Mbps"), ("mbit/s", "Mbps"), ("mb/s", "Mbps"), ("m/s", "Mbps"), ("兆", "M"), ("kbps", "Kbps"),
      ("kb/s", "Kbps"), ("k/s", "Kbps"), ("mb", "M"), ("m", "M"),
    ] {
      let scalars = Array(word.unicodeScalars)
      if text.stands(scalars, at: index), text.isBoundary(index + scalars.count) {
        return (unit, index + scalars.count)
      }
    }
    return nil
  }
}
