import Domain

/// Finds in a text everything that must not leave the desk: more than what is masked on screens, and rather too much than too
/// little, because what is replaced by mistake comes back unharmed.
struct OutgoingReader {
  private let known: KnownValues
  private let addresses = AddressPattern()

  init(known: [KnownValue]) { self.known = KnownValues(known) }

  /// In the order of the text, never overlapping. The text is one that `OutgoingText.cleaned` returned.
  func finds(in text: String) -> [OutgoingFind] {
    var collection = Collection(text)
    addLinks(&collection)
    for data in PersonalData.find(in: text) {
      collection.add(
        Self.kind(data.kind), data.start..<data.end,
        value: data.kind == .email ? data.value.lowercased() : data.value, shown: data.masked)
    }
    for find in known.finds(in: collection.scalars) { collection.add(find) }
    addLoose(&collection)
    addSecrets(&collection)
    for range in addresses.ranges(in: text) { collection.add(.address, range) }
    addCodes(&collection)
    addNumbers(&collection)
    for range in NameReader.suspected(in: text) { collection.add(.name, range) }
    return collection.finds.sorted { $0.start < $1.start }
  }

  /// What was found so far in one text.
  struct Collection {
    let text: String
    let scalars: [Unicode.Scalar]
    /// The text with narrow forms, small letters and simplified characters; places in one are places in the other.
    let folded: FoldedText
    let foldedText: String
    private(set) var finds: [OutgoingFind] = []

    init(_ text: String) {
      self.text = text
      scalars = Array(text.unicodeScalars)
      folded = FoldedText(text)
      foldedText = String(String.UnicodeScalarView(folded.scalars))
    }

    func isFree(_ range: Range<Int>) -> Bool {
      !finds.contains { $0.start < range.upperBound && range.lowerBound < $0.end }
    }

    mutating func add(_ find: OutgoingFind) {
      add(find.kind, find.start..<find.end, value: find.value, shown: find.shown)
    }

    mutating func add(
      _ kind: OutgoingFind.Kind, _ range: Range<Int>, value: String? = nil, shown: String? = nil
    ) {
      guard !range.isEmpty, isFree(range) else { return }
      let words = String(String.UnicodeScalarView(scalars[range]))
      finds.append(
        OutgoingFind(
          kind: kind, start: range.lowerBound, end: range.upperBound,
          value: value ?? String(words.lowercased().filter { !$0.isWhitespace }),
          shown: shown ?? (kind == .secret ? "******" : Masking.text(words))))
    }

    /// Code points of a part of the folded text.
    func range(_ range: Range<String.Index>) -> Range<Int> {
      let start = foldedText.unicodeScalars.distance(from: foldedText.startIndex, to: range.lowerBound)
      return start..<start + foldedText.unicodeScalars.distance(from: range.lowerBound, to: range.upperBound)
    }
  }

  private static func kind(_ kind: PersonalData.Kind) -> OutgoingFind.Kind {
    switch kind {
    case .mobile: .phone
    case .idCard: .idCard
    case .bankCard: .bankCard
    case .email: .email
    case .plate: .plate
    }
  }

  // MARK: - Numbers

  /// Numbers of people in pieces with anything but letters between them: `138，1234，2071`.
  private func addLoose(_ collection: inout Collection) {
    let scalars = collection.scalars
    var pieces: [(digits: String, range: Range<Int>)] = []
    func finish() {
      for first in pieces.indices {
        var digits = ""
        for last in first..<min(pieces.count, first + 20) {
          digits += pieces[last].digits
          if digits.utf8.count > 19 { break }
          let range = pieces[first].range.lowerBound..<pieces[last].range.upperBound
          if Masking.isMobile(digits) {
            collection.add(.phone, range, value: digits, shown: Masking.phone(digits))
          } else if Masking.isIDCard(digits) {
            collection.add(.idCard, range, value: digits, shown: Masking.identity(digits, kind: .idCard))
          } else if Masking.isBankCard(digits) {
            collection.add(.bankCard, range, value: digits, shown: Masking.identity(digits, kind: .bankCard))
          }
        }
      }
      pieces = []
    }
    var index = 0
    var gap = 0
    while index < scalars.count {
      guard ChineseNumber.spokenDigit(scalars[index]) != nil else {
        gap += 1
        if gap > 3 || scalars[index].properties.isAlphabetic { finish() }
        index += 1
        continue
      }
      let start = index
      var digits = ""
      while index < scalars.count, let digit = ChineseNumber.spokenDigit(scalars[index]) {
        digits += String(digit)
        index += 1
      }
      pieces.append((digits, start..<index))
      gap = 0
    }
    finish()
  }

  /// Six digits in a row or seven in pieces are the number of something; amounts and dates are not. Between pieces stands one
  /// character; a full stop and brackets, which also stand in decimals, only between pieces of three digits or more.
  private func addNumbers(_ collection: inout Collection) {
    let pattern =
      /[(]?[0-9]{3,}(?:[ \-.()]{1,3}[0-9]{3,}){1,5}|[0-9〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]+(?:[ \-_·\/][0-9〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]+){0,12}/
      .matchingSemantics(.unicodeScalar)
    let amounts = AmountReader.find(in: collection.text)
    for match in collection.foldedText.matches(of: pattern) {
      // A day before or behind a number is none.
      let words = match.output.split(separator: " ").filter { !Self.isDate($0) }.joined(separator: " ")
      let digits = words.unicodeScalars.count { ChineseNumber.spokenDigit($0) != nil }
      let range = collection.range(match.range)
      guard digits >= 7 || digits >= 6 && digits == words.unicodeScalars.count,
        !amounts.contains(where: { $0.start < range.upperBound && range.lowerBound < $0.end })
      else { continue }
      collection.add(.number, range)
    }
  }

  private static func isDate(_ words: Substring) -> Bool {
    let parts = words.split { "-/".contains($0) }
    guard (2...3).contains(parts.count), let year = Int(parts[0]), (1900...2100).contains(year),
      let month = Int(parts[1]), (1...12).contains(month), parts[1].count <= 2
    else { return false }
    guard parts.count == 3 else { return true }
    return Int(parts[2]).map { (1...31).contains($0) } == true && parts[2].count <= 2
  }

  /// Letters and digits together: orders, contracts, devices, passports.
  private func addCodes(_ collection: inout Collection) {
    let pattern = /[a-z0-9][a-z0-9\-_]{4,60}/.matchingSemantics(.unicodeScalar)
    for match in collection.foldedText.matches(of: pattern) {
      let digits = match.output.utf8.count { (0x30...0x39).contains($0) }
      let letters = match.output.utf8.count { (0x61...0x7A).contains($0) }
      guard digits >= 4, letters >= 1 else { continue }
      collection.add(.code, collection.range(match.range))
    }
  }
}
