import Domain

/// Marks what was found in titles and bodies, and cuts the part of a body that shows most of it.
struct MatchMarker {
  /// Pairs of ideographs as `first << 32 | second`, single ones as they are, with their worth.
  private var grams: [UInt64: Float] = [:]
  /// First characters of `grams`, by their last ten bits: most characters of a text need no look into the dictionary.
  private var firstCharacters = [Bool](repeating: false, count: 1024)
  private var stems: [String: Float] = [:]
  /// First letters of stems and prefixes: a word that begins otherwise needs no look.
  private var firstLetters: Set<UInt32> = []
  private var prefixes: [[UInt32]] = []
  private let pinyin: [[UInt8]]

  init(_ plan: KnowledgePlan) {
    pinyin = plan.pinyin
    for group in plan.groups {
      for alternative in group.alternatives {
        let characters = alternative.code.characters
        // Rare terms tell more: a place that shows them is the better excerpt.
        let worth = alternative.weight / Float(1 + alternative.term.articles).squareRoot()
        if let first = characters.first { firstCharacters[Int(first & 1023)] = true }
        if characters.count == 2 {
          grams[UInt64(characters[0]) << 32 | UInt64(characters[1])] = worth
        } else if let character = characters.first {
          if plan.isSingleCharacter { grams[UInt64(character)] = worth }
        } else if let stem = alternative.stem, let first = stem.unicodeScalars.first {
          stems[stem] = worth
          firstLetters.insert(first.value)
        }
      }
    }
    for prefix in plan.prefixes {
      let scalars = prefix.unicodeScalars.map(\.value)
      prefixes.append(scalars)
      if let first = scalars.first { firstLetters.insert(first) }
    }
  }

  func matches(inTitle title: String) -> [TextMatch] {
    let folded = SearchText.fold(title)
    var spans = spans(folded).map(\.range)
    for letters in pinyin {
      if let range = Pinyin.match(letters, in: folded) { spans.append(range) }
    }
    return Self.inCharacters(Self.joined(spans), of: title)
  }

  /// At most about two lines.
  private static let excerptWidth = 150

  func excerpt(of body: String) -> (text: String, matches: [TextMatch]) {
    let scalars = Array(body.unicodeScalars)
    let folded = scalars.map { SearchText.fold($0.value) }
    let spans = spans(folded)
    var start = spans.isEmpty ? 0 : bestStart(spans, folded)
    start = lineStart(folded, before: start)
    var end = start
    var width = 0
    while end < folded.count, width < Self.excerptWidth {
      width += SearchText.isIdeograph(folded[end]) || folded[end] >= 0x3000 ? 2 : 1
      end += 1
    }
    var view = String.UnicodeScalarView()
    for scalar in scalars[start..<end] { view.append(scalar == "\n" || scalar == "\r" ? " " : scalar) }
    var text = String(view)
    let inside = Self.joined(spans.map(\.range)).compactMap { range -> Range<Int>? in
      let clipped = range.clamped(to: start..<end)
      return clipped.isEmpty ? nil : clipped.lowerBound - start..<clipped.upperBound - start
    }
    var matches = Self.inCharacters(inside, of: text)
    if start > 0 {
      text = "…" + text
      matches = matches.map { TextMatch(start: $0.start + 1, end: $0.end + 1) }
    }
    if end < folded.count { text += "…" }
    return (text, matches)
  }

  private struct Span {
    var range: Range<Int>
    var key: UInt64
    var worth: Float
  }

  private func spans(_ folded: [UInt32]) -> [Span] {
    var spans: [Span] = []
    if !grams.isEmpty {
      for index in folded.indices
      where firstCharacters[Int(folded[index] & 1023)] && SearchText.isIdeograph(folded[index]) {
        let first = UInt64(folded[index])
        if let worth = grams[first] { spans.append(Span(range: index..<index + 1, key: first, worth: worth)) }
        guard index + 1 < folded.count else { continue }
        let pair = first << 32 | UInt64(folded[index + 1])
        if let worth = grams[pair] { spans.append(Span(range: index..<index + 2, key: pair, worth: worth)) }
      }
    }
    guard !firstLetters.isEmpty else { return spans }
    for run in SearchText.runs(folded) where !run.isIdeographic && firstLetters.contains(folded[run.start]) {
      let word = folded[run.start..<run.end]
      if let worth = stems[SearchText.term(word)] {
        spans.append(Span(range: run.start..<run.end, key: UInt64(word.hashValue.magnitude), worth: worth))
      } else if let prefix = prefixes.first(where: { word.starts(with: $0) }) {
        spans.append(
          Span(
            range: run.start..<run.start + prefix.count, key: UInt64(word.hashValue.magnitude), worth: 0.01))
      }
    }
    spans.sort { $0.range.lowerBound < $1.range.lowerBound }
    return spans
  }

  /// Where the window begins that shows most different terms.
  private func bestStart(_ spans: [Span], _ folded: [UInt32]) -> Int {
    var best: Float = -1
    var start = 0
    for (index, first) in spans.prefix(400).enumerated() {
      var seen: Set<UInt64> = []
      var worth: Float = 0
      for span in spans[index...] {
        if span.range.upperBound - first.range.lowerBound > Self.excerptWidth / 2 { break }
        if seen.insert(span.key).inserted { worth += span.worth }
        if seen.count > 24 { break }
      }
      if worth > best * 1.001 {
        best = worth
        start = first.range.lowerBound
      }
    }
    return start
  }

  /// The beginning of the line or sentence when it is near, else a few characters before the match.
  private func lineStart(_ folded: [UInt32], before start: Int) -> Int {
    guard start > 0 else { return 0 }
    let nearest = max(0, start - 40)
    var index = start
    while index > nearest {
      let before = folded[index - 1]
      if before == 0x0A || before == 0x3002 || before == 0xFF01 || before == 0xFF1F { return index }
      if before == 0x20, index - 2 >= 0, folded[index - 2] == 0x2E { return index }
      index -= 1
    }
    if nearest == 0 { return 0 }
    var place = max(0, start - 16)
    while place < start, SearchText.isWordPart(folded[place]), place > 0,
      SearchText.isWordPart(folded[place - 1])
    {
      place += 1
    }
    return place
  }

  private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, range.lowerBound <= last.upperBound {
        result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }

  /// Ranges of scalars as ranges of characters; a character that is touched is marked as a whole.
  static func inCharacters(_ ranges: [Range<Int>], of text: String) -> [TextMatch] {
    guard !ranges.isEmpty else { return [] }
    var matches: [TextMatch] = []
    var index = 0
    var scalar = 0
    var start: Int?
    for (place, character) in text.enumerated() {
      let end = scalar + character.unicodeScalars.count
      while index < ranges.count, ranges[index].upperBound <= scalar { index += 1 }
      let isInside = index < ranges.count && ranges[index].lowerBound < end
      if isInside, start == nil { start = place }
      if !isInside, let begun = start {
        matches.append(TextMatch(start: begun, end: place))
        start = nil
      }
      scalar = end
    }
    if let start { matches.append(TextMatch(start: start, end: text.count)) }
    return matches
  }
}
