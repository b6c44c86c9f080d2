import Domain

/// An age that makes somebody vulnerable: 82岁, 七十多岁, 82-year-old, aged 9.
enum AgeReader {
  struct Age {
    var years: Int
    var start: Int
    var end: Int
    var isMinor: Bool
  }

  private static let elderly = 65
  private static let adult = 18
  private static let units = WordFinder<Bool>(
    ["岁", "周岁", "多岁", "years old", "year old", "yrs old", "-year-old", "-years-old", "yo"].map { ($0, true) })

  static func find(in text: FoldedText) -> Age? {
    for match in units.matches(in: text) {
      var end = match.start
      while end > 0, text.scalars[end - 1] == " " { end -= 1 }
      var start = end
      while start > 0, end - start < 4,
        FoldedText.isDigit(text.scalars[start - 1]) || ChineseNumber.digit(text.scalars[start - 1]) != nil
          || ChineseNumber.unit(text.scalars[start - 1]) != nil
      {
        start -= 1
      }
      guard start < end, let number = ChineseNumber.read(text.scalars, from: start), number.end == end,
        number.isWhole
      else { continue }
      let years = Int(number.hundredths / 100)
      guard (1...125).contains(years), years >= elderly || years < adult else { continue }
      return Age(years: years, start: start, end: match.end, isMinor: years < adult)
    }
    return nil
  }
}
