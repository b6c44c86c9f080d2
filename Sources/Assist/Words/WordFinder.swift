import Domain

/// Finds many words in a text in one walk. The cost grows with the text, hardly with the number of words.
struct WordFinder<Value: Sendable>: Sendable {
  struct Match: Sendable {
    var value: Value
    /// Code points, half-open.
    var start: Int
    var end: Int
  }

  private struct Entry: Sendable {
    var pattern: WordPattern
    var value: Value
  }

  private var entries: [Entry] = []
  /// By the first two code points, or the first alone where the word has one; the longest word first.
  private var places: [UInt64: [Int]] = [:]
  /// Whether a word begins with a code point, by its low 16 bits: most places of a text are passed by this alone.
  private var begins = [Bool](repeating: false, count: 1 << 16)

  /// Of one word that is given twice the first counts.
  init(_ words: [(word: String, value: Value)]) {
    for (word, value) in words {
      guard let pattern = WordPattern(word) else { continue }
      let first = pattern.first
      let key = Self.key(first[0], first.count > 1 && first[1] != " " ? first[1] : nil)
      begins[Int(first[0].value & 0xFFFF)] = true
      places[key, default: []].append(entries.count)
      entries.append(Entry(pattern: pattern, value: value))
    }
    let entries = entries
    places = places.mapValues { list in
      list.sorted { (-entries[$0].pattern.weight, $0) < (-entries[$1].pattern.weight, $1) }
    }
  }

  var isEmpty: Bool { entries.isEmpty }

  private static func key(_ first: Unicode.Scalar, _ second: Unicode.Scalar?) -> UInt64 {
    UInt64(first.value) << 32 | UInt64(second?.value ?? 0)
  }

  /// In the order of the text, the longest at each place, never overlapping.
  func matches(in text: FoldedText) -> [Match] {
    var found: [Match] = []
    var index = 0
    let scalars = text.scalars
    while index < scalars.count {
      guard begins[Int(scalars[index].value & 0xFFFF)], WordPattern.isBegin(text, index),
        let match = match(in: text, at: index)
      else {
        index += 1
        continue
      }
      found.append(match)
      index = max(index + 1, match.end)
    }
    return found
  }

  /// The longest that stands at `start`.
  private func match(in text: FoldedText, at start: Int) -> Match? {
    let scalars = text.scalars
    let two = start + 1 < scalars.count ? places[Self.key(scalars[start], scalars[start + 1])] : nil
    // Written apart: 投 诉.
    let apart =
      start + 2 < scalars.count && scalars[start + 1] == " "
      ? places[Self.key(scalars[start], scalars[start + 2])] : nil
    let one = places[Self.key(scalars[start], nil)]
    var best: (entry: Int, end: Int, weight: Int)?
    for list in [two, apart, one] {
      for entry in list ?? [] {
        let pattern = entries[entry].pattern
        if let best, pattern.weight <= best.weight { break }
        if let end = pattern.end(in: text, at: start), end > start {
          best = (entry, end, pattern.weight)
          break
        }
      }
    }
    return best.map { Match(value: entries[$0.entry].value, start: start, end: $0.end) }
  }
}
