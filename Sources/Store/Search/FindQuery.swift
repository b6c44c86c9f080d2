import Domain

/// What somebody typed into "find anything", taken apart.
struct FindQuery {
  /// One thing that every result has to explain.
  struct Token: Hashable {
    /// Folded, without spaces.
    var scalars: [UInt32]

    var text: String { SearchText.string(scalars[...]) }
    var isIdeographic: Bool { scalars.first.map(SearchText.isIdeograph) ?? false }

    /// Digits and marks that are written between them, and nothing else.
    var isNumber: Bool {
      scalars.contains(where: Self.isDigit)
        && scalars.allSatisfy { Self.isDigit($0) || "-+(). ".unicodeScalars.map(\.value).contains($0) }
    }

    /// The digits of a number, with an ID card's X at the end.
    var digits: String {
      SearchText.string(scalars.filter { Self.isDigit($0) || $0 == 0x78 }[...])
    }

    /// Letters that may be pinyin, initials or a name.
    var isLetters: Bool { scalars.allSatisfy { $0 >= 0x61 && $0 <= 0x7A } && !scalars.isEmpty }

    /// What is looked for in texts: of a longer English word the part that its forms have in common, so that `charges`
    /// finds `charged`.
    var searched: [UInt32] {
      guard isLetters, scalars.count > 4 else { return scalars }
      let stem = PorterStemmer.stem(scalars.map { UInt8($0) })
      let common = zip(stem, scalars).prefix { UInt32($0) == $1 }.count
      return common > 3 ? Array(scalars[..<common]) : scalars
    }

    static func isDigit(_ scalar: UInt32) -> Bool { scalar >= 0x30 && scalar <= 0x39 }
  }

  let tokens: [Token]

  private static let longestQuery = 128
  private static let mostTokens = 6

  init(_ query: String) {
    var folded: [UInt32] = []
    for scalar in query.unicodeScalars.prefix(Self.longestQuery) {
      let value = SearchText.fold(scalar.value)
      folded.append(value <= 0x20 || value == 0x7F ? SearchText.gap : value)
    }
    let whole = Token(scalars: folded.filter { $0 != SearchText.gap })
    // A phone number written in groups is one number.
    if whole.isNumber, whole.digits.count >= 7 || folded.allSatisfy({ $0 != SearchText.gap }) {
      tokens = [whole]
      return
    }
    var tokens: [Token] = []
    var current: [UInt32] = []
    func finish() {
      let token = Token(scalars: current)
      current = []
      let says = token.scalars.contains { SearchText.isIdeograph($0) || SearchText.isWordPart($0) }
      if says, !tokens.contains(token) { tokens.append(token) }
    }
    for scalar in folded {
      if scalar == SearchText.gap || Self.isSeparator(scalar) {
        finish()
        continue
      }
      if let last = current.last, SearchText.isIdeograph(last) != SearchText.isIdeograph(scalar) { finish() }
      current.append(scalar)
    }
    finish()
    self.tokens = Array(tokens.prefix(Self.mostTokens))
  }

  /// Marks that never stand inside an identifier.
  private static func isSeparator(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x21, 0x22, 0x23, 0x25, 0x26, 0x27, 0x2A, 0x2C, 0x3A, 0x3B, 0x3C, 0x3E, 0x3F, 0x5B, 0x5C, 0x5D, 0x5E,
      0x60, 0x7B,
      0x7C, 0x7D, 0x7E, 0xB7, 0x3000...0x303F, 0x2010...0x2027:
      true
    default: false
    }
  }
}
