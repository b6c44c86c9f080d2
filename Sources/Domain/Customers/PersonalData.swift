/// Personal data that stands in a text, and where. Masking and everything else that looks for it use this one reader.
package struct PersonalData: Hashable, Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    /// A Chinese mobile number: 11 digits from 13 on, with or without 86 before it.
    case mobile
    /// 18 characters whose last one is right by ISO 7064 MOD 11-2 (GB 11643).
    case idCard = "id_card"
    /// 16 to 19 digits that satisfy Luhn's rule.
    case bankCard = "bank_card"
    case email
    /// The plate of a vehicle: province, letter, five or six characters.
    case plate
  }

  package var kind: Kind
  /// Code points from the start of the text, half-open.
  package var start: Int
  package var end: Int
  /// In one form: digits, X and letters as ASCII, nothing between them.
  package var value: String

  /// As a person may see it.
  package var masked: String {
    switch kind {
    case .mobile: Masking.phone(value)
    case .idCard: Masking.identity(value, kind: .idCard)
    case .bankCard: Masking.identity(value, kind: .bankCard)
    case .email: Masking.email(value)
    case .plate: Masking.plate(value)
    }
  }

  /// In the order of the text, never overlapping. Digits may be full-width, of another alphabet or Chinese
  /// (一三八…, 幺, 壹貳叁), with up to three spaces, dashes, dots or brackets between them. A number that is only a part of a longer one is not taken: order numbers must stay readable.
  package static func find(in text: String) -> [PersonalData] {
    // Most texts have none of these, and every row of a list comes by here.
    guard text.unicodeScalars.contains(where: PersonalDataReader.isNeeded) else { return [] }
    var reader = PersonalDataReader(Array(text.unicodeScalars))
    return reader.all()
  }
}

private struct PersonalDataReader {
  /// Digits without anything between them, from `start` to `end`.
  private struct Piece {
    var digits: [UInt8]
    var start: Int
    var end: Int
  }

  private let scalars: [Unicode.Scalar]
  private var found: [PersonalData] = []

  init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

  mutating func all() -> [PersonalData] {
    var index = 0
    while index < scalars.count {
      if let end = emailEnd(from: index) {
        add(.email, index, end, String(String.UnicodeScalarView(scalars[index..<end])))
        index = end
      } else if let end = plateEnd(from: index) {
        index = end
      } else if Self.digit(scalars[index]) != nil {
        index = readNumber(from: index)
      } else {
        index = wordEnd(from: index)
      }
    }
    return found
  }

  private mutating func add(_ kind: PersonalData.Kind, _ start: Int, _ end: Int, _ value: String) {
    found.append(PersonalData(kind: kind, start: start, end: end, value: value))
  }

  /// Behind a character that begins nothing: a word is left as a whole, up to its first digit.
  private func wordEnd(from start: Int) -> Int {
    var index = start + 1
    while index < scalars.count, Self.isWord(scalars[index - 1]), Self.isWord(scalars[index]),
      Self.digit(scalars[index]) == nil
    {
      index += 1
    }
    return index
  }

  // MARK: - Numbers

  /// Reads pieces of digits with single separators between them and takes the numbers that whole pieces make.
  private mutating func readNumber(from start: Int) -> Int {
    var pieces: [Piece] = []
    var index = start
    while index < scalars.count {
      var piece = Piece(digits: [], start: index, end: index)
      while index < scalars.count, let digit = Self.digit(scalars[index]) {
        piece.digits.append(digit)
        index += 1
      }
      piece.end = index
      pieces.append(piece)
      guard let next = nextDigit(behind: index) else { break }
      index = next
    }
    var first = 0
    while first < pieces.count { first = take(pieces, from: first) }
    // The check character of an ID card may stand behind the last digit.
    return max(index, found.last?.end ?? 0)
  }

  /// The digit behind at most three separators; what nobody sees does not count.
  private func nextDigit(behind start: Int) -> Int? {
    var index = start
    var separators = 0
    while index < scalars.count, index - start < 12 {
      if Self.isInvisible(scalars[index]) {
        index += 1
      } else if separators < 3, Self.isSeparator(scalars[index]) {
        separators += 1
        index += 1
      } else {
        break
      }
    }
    return index > start && index < scalars.count && Self.digit(scalars[index]) != nil ? index : nil
  }

  /// How many digits one number of several has that stand in a row without anything between them.
  private static let lengthsInRow = [11, 16, 19, 18]

  /// Two numbers or three, pasted one behind the other: all of them phones, cards or ID cards.
  private mutating func takeRow(_ piece: Piece) -> Bool {
    for length in Self.lengthsInRow where [2 * length, 3 * length].contains(piece.digits.count) {
      let parts = stride(from: 0, to: piece.digits.count, by: length).map { start in
        (start, String(decoding: piece.digits[start..<start + length].map { $0 + 0x30 }, as: UTF8.self))
      }
      let kind: PersonalData.Kind
      if parts.allSatisfy({ Masking.isMobile($0.1) }) {
        kind = .mobile
      } else if parts.allSatisfy({ Masking.isIDCard($0.1) }) {
        kind = .idCard
      } else if parts.allSatisfy({ Masking.isBankCard($0.1) }) {
        kind = .bankCard
      } else {
        continue
      }
      for (start, value) in parts {
        add(kind, piece.start + start, piece.start + start + length, value)
      }
      return true
    }
    return false
  }

  /// Takes the longest run of pieces that is something, or leaves the first one out.
  private mutating func take(_ pieces: [Piece], from first: Int) -> Int {
    if takeRow(pieces[first]) { return first + 1 }
    var digits: [UInt8] = []
    var taken: (kind: PersonalData.Kind, end: Int, value: String, next: Int)?
    for last in first..<pieces.count {
      digits += pieces[last].digits
      guard digits.count <= 21 else { break }
      let text = String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
      let isWhole = last == first
      if last == pieces.count - 1, digits.count == 17, let end = checkEnd(pieces[last].end),
        Masking.isIDCard(text + "X"), isWhole || Self.hasBirthday(digits)
      {
        return finish((.idCard, end, text + "X", last + 1), pieces[first].start)
      }
      if Masking.isIDCard(text), isWhole || Self.hasBirthday(digits) {
        taken = (.idCard, pieces[last].end, text, last + 1)
      } else if Masking.isBankCard(text), Self.isGroupedLikeCard(pieces[first...last]) {
        taken = (.bankCard, pieces[last].end, text, last + 1)
      } else if let mobile = Self.mobile(text) {
        taken = (.mobile, pieces[last].end, mobile, last + 1)
      }
      // What is whole by itself is not joined with the number that follows.
      if last == first, taken != nil { break }
    }
    guard let taken else { return first + 1 }
    return finish(taken, pieces[first].start)
  }

  /// Dates and amounts that stand in a row make long numbers, of which one in ten has a right check digit: an ID card in groups
  /// has a day of birth, a bank card groups of one length.
  private static func hasBirthday(_ digits: [UInt8]) -> Bool {
    let year = Int(digits[6]) * 10 + Int(digits[7])
    let month = Int(digits[10]) * 10 + Int(digits[11])
    let day = Int(digits[12]) * 10 + Int(digits[13])
    return (18...20).contains(year) && (1...12).contains(month) && (1...31).contains(day)
  }

  private static func isGroupedLikeCard(_ pieces: ArraySlice<Piece>) -> Bool {
    guard pieces.count > 2, let first = pieces.first else { return true }
    return pieces.dropLast().allSatisfy { $0.digits.count == first.digits.count }
  }

  private mutating func finish(
    _ taken: (kind: PersonalData.Kind, end: Int, value: String, next: Int), _ start: Int
  ) -> Int {
    add(taken.kind, start, taken.end, taken.value)
    return taken.next
  }

  /// Where an X at `index`, or behind one separator there, ends; nil where there is none.
  private func checkEnd(_ index: Int) -> Int? {
    for place in [index, index + 1] where place < scalars.count {
      if place > index, !Self.isSeparator(scalars[index]) { return nil }
      if ["X", "x", "Ｘ", "ｘ"].contains(scalars[place]) { return place + 1 }
    }
    return nil
  }

  /// Without the country's code.
  private static func mobile(_ digits: String) -> String? {
    for code in ["", "86", "0086"] where digits.hasPrefix(code) {
      let rest = String(digits.dropFirst(code.count))
      if Masking.isMobile(rest) { return rest }
    }
    return nil
  }

  // MARK: - Plates

  private static let provinces = Set("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼".unicodeScalars)

  private mutating func plateEnd(from start: Int) -> Int? {
    guard start + 6 < scalars.count, let letter = Self.plateCharacter(scalars[start + 1]),
      letter.properties.isAlphabetic, Self.provinces.contains(scalars[start])
    else { return nil }
    var index = start + 2
    if ["·", "•", ".", " ", "-"].contains(scalars[index]) { index += 1 }
    var rest: [Unicode.Scalar] = []
    while index < scalars.count, rest.count < 7, let character = Self.plateCharacter(scalars[index]) {
      rest.append(character)
      index += 1
    }
    let hasDigit = rest.contains { !$0.properties.isAlphabetic }
    guard (5...6).contains(rest.count), hasDigit else { return nil }
    add(.plate, start, index, String(String.UnicodeScalarView([scalars[start], letter] + rest)))
    return index
  }

  /// A capital letter or digit as ASCII.
  private static func plateCharacter(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    let narrow = (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
    switch narrow {
    case 0x30...0x39, 0x41...0x5A: return Unicode.Scalar(narrow)
    case 0x61...0x7A: return Unicode.Scalar(narrow - 32)
    default: return nil
    }
  }

  // MARK: - E-mail

  private func emailEnd(from start: Int) -> Int? {
    guard Self.isWord(scalars[start]), start == 0 || !Self.isWord(scalars[start - 1]) else { return nil }
    var index = start
    while index < scalars.count, Self.isWord(scalars[index]), index - start < 64 { index += 1 }
    guard index + 1 < scalars.count, scalars[index] == "@" || scalars[index] == "＠",
      Self.isWord(scalars[index + 1])
    else { return nil }
    index += 1
    let host = index
    while index < scalars.count, Self.isWord(scalars[index]) { index += 1 }
    // The full stop behind an address is not a part of it.
    while index > host + 1, [".", "．", "-", "_", "+", "%"].contains(scalars[index - 1]) { index -= 1 }
    return index
  }

  // MARK: - Characters

  /// Without one of these there is no personal data.
  static func isNeeded(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "@" || scalar == "＠" || digit(scalar) != nil
  }

  /// Of an e-mail address, full-width forms as well.
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x5F, 0x25, 0x2B, 0x2D: true
    default: false
    }
  }

  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case " ", "\u{A0}", "\u{3000}", "\u{2009}", "\u{202F}", "\t", "-", "－", "‐", "‑", "–", "—", "−", "·", "•",
      ".", "．", "_", "(", ")", "（",
      "）":
      true
    default: false
    }
  }

  /// Marks without width, which people who hide a number put between its digits.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFE00...0xFE0F, 0xFEFF:
      true
    default: false
    }
  }

  private static func digit(_ scalar: Unicode.Scalar) -> UInt8? { ChineseNumber.spokenDigit(scalar) }
}
