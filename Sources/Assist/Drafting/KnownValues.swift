import Domain

/// Finds what is known of people wherever it stands in a text: in either script, in capitals or not, full-width, with spaces or
/// dashes inside.
struct KnownValues {
  private struct Known {
    var value: KnownValue
    /// Without what may stand between its characters.
    var wanted: [Unicode.Scalar]
  }

  private let known: [Known]
  /// Where a value may begin.
  private let beginnings: Set<Unicode.Scalar>

  init(_ values: [KnownValue]) {
    // The longest first: a full name before a part of it.
    known = values.map {
      Known(value: $0, wanted: Self.folded(Array($0.value.unicodeScalars)).filter { !Self.isGap($0) })
    }
    .filter { $0.wanted.count >= 2 }.sorted { $0.wanted.count > $1.wanted.count }
    beginnings = Set(known.compactMap(\.wanted.first))
  }

  /// May overlap; what is found first counts.
  func finds(in scalars: [Unicode.Scalar]) -> [OutgoingFind] {
    let text = Self.folded(scalars)
    let starts = text.indices.filter { beginnings.contains(text[$0]) }
    guard !starts.isEmpty else { return [] }
    return known.flatMap { item -> [OutgoingFind] in
      var found: [OutgoingFind] = []
      var free = 0
      for start in starts where start >= free {
        guard let end = Self.end(of: item.wanted, in: text, from: start),
          Self.standsAlone(text, start..<end)
        else { continue }
        found.append(
          OutgoingFind(
            kind: item.value.found, start: start, end: end, value: item.value.canonical,
            shown: item.value.shown))
        free = end
      }
      return found
    }
  }

  /// Capital letters of Latin alphabets as well; what is compared is never shown.
  private static func folded(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    scalars.map { scalar in
      let folded = FoldedText.fold(scalar)
      guard (0xC0...0x24F).contains(folded.value) else { return folded }
      let lower = folded.properties.lowercaseMapping.unicodeScalars
      return lower.count == 1 ? lower.first ?? folded : folded
    }
  }

  private static func isGap(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case " ", "-", "·", ",": true
    default: false
    }
  }

  /// Characters that may stand between two of a value.
  private static let widestGap = 2

  private static func end(of wanted: [Unicode.Scalar], in text: [Unicode.Scalar], from start: Int) -> Int? {
    var index = start
    for (offset, scalar) in wanted.enumerated() {
      var gap = 0
      while offset > 0, index < text.count, gap < widestGap, text[index] != scalar, isGap(text[index]) {
        index += 1
        gap += 1
      }
      guard index < text.count, text[index] == scalar else { return nil }
      index += 1
    }
    return index
  }

  /// A Latin name inside a longer word is none; Chinese has no such border.
  private static func standsAlone(_ text: [Unicode.Scalar], _ range: Range<Int>) -> Bool {
    func isLetter(_ index: Int) -> Bool { text.indices.contains(index) && FoldedText.isLetter(text[index]) }
    let before = isLetter(range.lowerBound - 1) && isLetter(range.lowerBound)
    let after = isLetter(range.upperBound) && isLetter(range.upperBound - 1)
    return !before && !after
  }
}

extension KnownValue {
  fileprivate var canonical: String {
    if case .identity(let kind) = kind { return Identity.normalize(value, kind: kind) }
    return String(value.lowercased().filter { !$0.isWhitespace })
  }
}
