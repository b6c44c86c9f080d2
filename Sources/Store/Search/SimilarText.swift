import Domain
import Glibc

/// What a ticket says, as terms in the order of the text: pairs of characters, and words.
struct SimilarText {
  struct Token: Hashable {
    /// Folded.
    var scalars: [UInt32]
    /// What the first line (the subject) has counts more.
    var emphasis: Float

    static func == (left: Token, right: Token) -> Bool { left.scalars == right.scalars }
    func hash(into hasher: inout Hasher) { hasher.combine(scalars) }
  }

  private static let longestText = 2000

  /// Each once, in order.
  private(set) var tokens: [Token] = []
  /// Characters and words.
  private(set) var length = 0
  private let folded: [UInt32]

  init(_ text: String) {
    folded = SearchText.fold(String(text.unicodeScalars.prefix(Self.longestText)))
    let firstLine = folded.firstIndex(of: 0x0A) ?? 0
    var seen: Set<Token> = []
    for run in SearchText.runs(folded) {
      length += run.isIdeographic ? run.end - run.start : 1
      for range in Self.terms(of: run, folded) {
        let token = Token(
          scalars: Array(folded[range]), emphasis: range.lowerBound < firstLine ? 1.4 : 1)
        if seen.insert(token).inserted { tokens.append(token) }
      }
    }
  }

  /// Long numbers belong to somebody; short words to everybody.
  static func terms(of run: SearchText.Run, _ folded: [UInt32]) -> [Range<Int>] {
    guard run.isIdeographic else {
      let word = folded[run.start..<run.end]
      let digits = word.count(where: FindQuery.Token.isDigit)
      return digits > 4 || word.count < (digits > 0 ? 2 : 3) ? [] : [run.start..<run.end]
    }
    guard run.end - run.start > 1 else { return [] }
    return (run.start..<run.end - 1).map { $0..<$0 + 2 }
  }

  // MARK: - What two have in common

  private static let mostWords = 4
  private static let longestWord = 8

  /// Words that both have, those that tell most first. Terms that overlap become one word as long as it stands in the other
  /// text as well.
  func shared(with said: SimilarSaid, weights: [SimilarFinder.Term], hiding name: String) -> [String] {
    let weights = Dictionary(weights.map { ($0.token.scalars, $0.weight) }, uniquingKeysWith: max)
    let hidden = SearchText.fold(name)
    var found: [(word: [UInt32], weight: Float)] = []
    for run in SearchText.runs(folded) {
      var word: Range<Int>?
      var weight: Float = 0
      func finish() {
        if let word { found.append((Array(folded[word]), weight)) }
        (word, weight) = (nil, 0)
      }
      for range in Self.terms(of: run, folded) {
        guard let worth = weights[Array(folded[range])], said.contains(folded[range]) else {
          finish()
          continue
        }
        if let begun = word, begun.count < Self.longestWord,
          said.contains(folded[begun.lowerBound..<range.upperBound])
        {
          word = begun.lowerBound..<range.upperBound
          weight += worth
        } else {
          finish()
          (word, weight) = (range, worth)
        }
      }
      finish()
    }
    found.sort { ($0.weight, $1.word.count) > ($1.weight, $0.word.count) }
    var words: [String] = []
    for (word, _) in found where words.count < Self.mostWords {
      let text = SearchText.string(word[...])
      guard hidden.isEmpty || !Self.overlaps(word, hidden), Masking.text(text) == text else { continue }
      if !words.contains(where: { $0.contains(text) || text.contains($0) }) { words.append(text) }
    }
    return words
  }

  /// Whether a word is a part of a name or has it in it.
  private static func overlaps(_ word: [UInt32], _ name: [UInt32]) -> Bool {
    let (short, long) = word.count < name.count ? (word, name) : (name, word)
    return (0...long.count - short.count).contains { long[$0..<$0 + short.count].elementsEqual(short) }
  }
}

/// What was said on a solved ticket.
struct SimilarSaid {
  /// By the customer and in the subject.
  private(set) var own: Set<SimilarText.Token> = []
  private(set) var others: Set<SimilarText.Token> = []
  private(set) var length = 0
  private var texts: [[UInt32]] = []

  mutating func add(_ text: String, isOwn: Bool) {
    let folded = SearchText.fold(String(text.unicodeScalars.prefix(2000)))
    texts.append(folded)
    for run in SearchText.runs(folded) {
      if isOwn { length += run.isIdeographic ? run.end - run.start : 1 }
      for range in SimilarText.terms(of: run, folded) {
        let token = SimilarText.Token(scalars: Array(folded[range]), emphasis: 1)
        if isOwn { own.insert(token) } else { others.insert(token) }
      }
    }
  }

  func contains(_ word: ArraySlice<UInt32>) -> Bool {
    let word = Array(word)
    return texts.contains { WordMatch.range(of: word, in: $0) != nil }
  }
}

extension FloatingPoint where Self: BinaryFloatingPoint {
  /// To base e.
  var logarithm: Self { Self(Glibc.log(Double(self))) }
}
