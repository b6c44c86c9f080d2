import Domain

/// Something of the catalogue, or of the customer's own products and bill lines, that a text names.
package struct FoundProduct: Hashable, Sendable {
  package enum Match: String, CaseIterable, Sendable {
    /// By its name, another name of it, its sound (国际慢游包), or but for one character.
    case name, alias, sound, spelling
  }

  /// The id in the catalogue; nil for a name that only the customer's records have.
  package var item: String?
  /// As the catalogue or the record writes it, in the language in which it was found where that is known.
  package var name: String
  package var kind: CatalogueItem.Kind?
  package var match: Match
  /// Code points from the start of the text, half-open.
  package var start: Int
  package var end: Int
}

/// Names are made ready once for a catalogue and then found in one walk, the longest at each place.
package struct ProductReader: Sendable {
  private struct Name: Sendable {
    var item: CatalogueItem?
    var text: String
    var isAlias: Bool
    var scalars: [Unicode.Scalar]
  }

  private var names: [Name] = []
  private var exact = WordTable<Int>()
  private var sounds = WordTable<Int>()
  /// Halves of names with the names that have them and where in the name they stand.
  private var halves = WordTable<[(name: Int, offset: Int)]>()

  /// Enough for any catalogue; what shares a half with more names than this is found by its exact name alone.
  private static let mostNamesOfHalf = 12

  /// Of each name, as it is compared.
  private var known: Set<[Unicode.Scalar]> = []
  /// As `halves`, with those that too many names have.
  private var parts: [String: [(name: Int, offset: Int)]] = [:]

  package init(catalogue: [CatalogueItem], customer: CustomerProfile? = nil) {
    for item in catalogue {
      add(item.name.chinese, item, isAlias: false)
      add(item.name.english, item, isAlias: false)
    }
    for item in catalogue { for alias in item.aliases { add(alias, item, isAlias: true) } }
    for (text, entries) in parts where entries.count <= Self.mostNamesOfHalf { halves.add(text, entries) }
    if let customer { self = adding(customer) }
  }

  /// With the names that only the customer's records have. The catalogue is not made ready again, which takes milliseconds.
  package func adding(_ customer: CustomerProfile?) -> ProductReader {
    guard let customer else { return self }
    var seen: Set<String> = []
    var texts: [String] = []
    func take(_ text: String) { if seen.insert(text).inserted { texts.append(text) } }
    for product in customer.products { take(product.name) }
    for bill in customer.bills { for line in bill.lines { take(line.title) } }
    var reader = self
    for text in texts where reader.add(text, nil, isAlias: false) {
      for (part, _) in Self.halves(reader.names[reader.names.count - 1].scalars) {
        guard let entries = reader.parts[part], entries.count <= Self.mostNamesOfHalf else { continue }
        reader.halves.add(part, entries, replacing: true)
      }
    }
    return reader
  }

  /// Whether it is a name that was not there.
  @discardableResult
  private mutating func add(_ text: String, _ item: CatalogueItem?, isAlias: Bool) -> Bool {
    let text = text.trimmed
    let scalars = text.unicodeScalars.map(FoldedText.fold)
    guard scalars.count >= 2, !known.contains(scalars) else { return false }
    known.insert(scalars)
    let name = Name(item: item, text: text, isAlias: isAlias, scalars: scalars)
    let index = names.count
    names.append(name)
    exact.add(text, index)
    // 轻享 19 and 轻享19.
    let compact = scalars.filter { $0 != " " }
    if compact.count < scalars.count { exact.add(String(String.UnicodeScalarView(compact)), index) }
    guard scalars.count >= 3, !isAlias || scalars.count >= 4 else { return true }
    if let sound = Self.sound(scalars) { sounds.add(sound, index) }
    for (part, offset) in Self.halves(scalars) { parts[part, default: []].append((index, offset)) }
    return true
  }

  package func find(in text: String) -> [FoundProduct] { find(in: FoldedText(text)) }

  func find(in text: FoldedText) -> [FoundProduct] {
    var found = exact.all(in: text).map {
      make($0.value, names[$0.value].isAlias ? .alias : .name, $0.start, $0.end)
    }
    var isTaken = [Bool](repeating: false, count: text.count)
    func take(_ product: FoundProduct) { for place in product.start..<product.end { isTaken[place] = true } }
    found.forEach(take)
    func add(_ more: [FoundProduct]) {
      for product in more where !isTaken[product.start..<product.end].contains(true) {
        found.append(product)
        take(product)
      }
    }
    let spoken = FoldedText(sounding: text)
    add(
      sounds.all(in: spoken).filter { names[$0.value].scalars.count == $0.end - $0.start }.map {
        make($0.value, .sound, $0.start, $0.end)
      })
    add(misspelt(text))
    return found.sorted { $0.start < $1.start }
  }

  private func make(_ index: Int, _ match: FoundProduct.Match, _ start: Int, _ end: Int) -> FoundProduct {
    let name = names[index]
    return FoundProduct(
      item: name.item?.id,
      name: name.isAlias
        ? name.item?.name[Self.isChinese(name.scalars) ? .chinese : .english] ?? name.text : name.text,
      kind: name.item?.kind, match: match, start: start, end: end)
  }

  private static func isChinese(_ scalars: [Unicode.Scalar]) -> Bool {
    scalars.contains(where: FoldedText.isIdeograph)
  }

  // MARK: - By sound

  /// The name with each character as its usual reading; nil where that is no name of Chinese characters.
  private static func sound(_ scalars: [Unicode.Scalar]) -> String? {
    guard scalars.filter(FoldedText.isIdeograph).count >= 3 else { return nil }
    return String(String.UnicodeScalarView(scalars.map(FoldedText.sound)))
  }

  // MARK: - By spelling

  /// Half of a name stands as it is in every text that has the name with one mistake in it.
  private static func halves(_ scalars: [Unicode.Scalar]) -> [(String, Int)] {
    func text(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }
    if isChinese(scalars) {
      guard scalars.count >= 5 else { return [] }
      let middle = scalars.count / 2
      return [(text(0..<middle), 0), (text(middle..<scalars.count), middle)]
    }
    guard scalars.count >= 7 else { return [] }
    // Words: a mistake is in one of them.
    var parts: [(String, Int)] = []
    var start = 0
    for index in 0...scalars.count where index == scalars.count || scalars[index] == " " {
      if index - start >= 3 { parts.append((text(start..<index), start)) }
      start = index + 1
    }
    return parts.count >= 2 ? parts : []
  }

  private func misspelt(_ text: FoldedText) -> [FoundProduct] {
    var found: [FoundProduct] = []
    var index = 0
    while index < text.count {
      var next = index + 1
      halves: for half in halves.every(in: text, at: index) {
        for (name, offset) in half.value {
          if let (start, end) = nearly(names[name].scalars, text, around: index - offset) {
            found.append(make(name, .spelling, start, end))
            next = max(next, end)
            break halves
          }
        }
      }
      index = next
    }
    return found
  }

  /// Where the name stands with one character other, missing or too many; the last one has to be right: 包 is not 费.
  private func nearly(_ name: [Unicode.Scalar], _ text: FoldedText, around place: Int) -> (Int, Int)? {
    for shift in [0, 1, -1] {
      for length in [name.count, name.count - 1, name.count + 1] {
        let start = place + shift
        guard start >= 0, start + length <= text.count, text.isBoundary(start),
          text.isBoundary(start + length), text[start + length - 1] == name[name.count - 1],
          text[start] != " ", Self.isOneAway(name, text.scalars[start..<start + length])
        else { continue }
        // A mark inside is no mistake of writing.
        if text.scalars[start..<start + length].contains(where: {
          !FoldedText.isWord($0) && !FoldedText.isIdeograph($0) && $0 != " "
        }) {
          continue
        }
        if zip(name, text.scalars[start..<start + length]).contains(where: {
          FoldedText.isDigit($0) != FoldedText.isDigit($1) || FoldedText.isDigit($0) && $0 != $1
        }) {
          continue
        }
        return (start, start + length)
      }
    }
    return nil
  }

  private static func isOneAway(_ name: [Unicode.Scalar], _ text: ArraySlice<Unicode.Scalar>) -> Bool {
    let other = Array(text)
    var prefix = 0
    while prefix < min(name.count, other.count), name[prefix] == other[prefix] { prefix += 1 }
    var suffix = 0
    while suffix < min(name.count, other.count) - prefix,
      name[name.count - 1 - suffix] == other[other.count - 1 - suffix]
    { suffix += 1 }
    return max(name.count, other.count) - prefix - suffix == 1
  }
}
