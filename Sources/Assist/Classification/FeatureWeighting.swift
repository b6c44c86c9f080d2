import Glibc

/// How much each feature of a text counts: 1 + ln(times), times how rare it is, brought to length 1.
///
/// The letters of words are a part of their own beside tokens and pairs: there are many more of them, and each part is brought
/// to its own length before they are joined.
struct FeatureWeighting {
  struct Item {
    var feature: Int
    var value: Float
    var isLetters: Bool
  }

  // Chosen with texts held back from training sets; see docs/decisions/0027-a-linear-classifier-of-our-own.md.
  private static let pairs: Float = 0.7
  private static let letters: Float = 0.7

  /// Squared lengths of the two parts before they are joined.
  private var tokensLength: Float = 0
  private var lettersLength: Float = 0
  private(set) var items: [Item] = []

  /// ln((1 + texts) / (1 + texts with it)) + 1.
  static func rarity(texts: Int, with count: Int) -> Float {
    logf(Float(1 + texts) / Float(1 + count)) + 1
  }

  /// The number of a feature and its block as one value that sorts by number.
  static func packed(_ number: Int, _ block: TextFeatures.Block) -> UInt64 {
    UInt64(number) << 2 | UInt64(block.rawValue)
  }

  /// - Parameters:
  ///   - known: every occurrence, `packed`, sorted.
  ///   - wordShare: letters count less where few tokens are words.
  init(_ known: [UInt64], wordShare: Float, rarity: (Int) -> Float) {
    items.reserveCapacity(known.count)
    var place = 0
    while place < known.count {
      var next = place + 1
      while next < known.count, known[next] == known[place] { next += 1 }
      let feature = Int(known[place] >> 2)
      let block = known[place] & 3
      let times = next - place
      var value = (times == 1 ? 1 : 1 + logf(Float(times))) * rarity(feature)
      if block == TextFeatures.Block.pairs.rawValue { value *= Self.pairs }
      let isLetters = block == TextFeatures.Block.letters.rawValue
      if isLetters { lettersLength += value * value } else { tokensLength += value * value }
      items.append(Item(feature: feature, value: value, isLetters: isLetters))
      place = next
    }
    join(wordShare: wordShare)
  }

  private mutating func join(wordShare: Float) {
    let share = wordShare * Self.letters
    let whole = (tokensLength > 0 ? 1 : 0) + (lettersLength > 0 ? share * share : 0)
    guard whole > 0 else { return }
    let tokens = tokensLength > 0 ? 1 / (tokensLength * whole).squareRoot() : 0
    let letters = lettersLength > 0 ? share / (lettersLength * whole).squareRoot() : 0
    for index in items.indices { items[index].value *= items[index].isLetters ? letters : tokens }
  }

  /// How much of the text's tokens and pairs is known, 0 to 1, by length: `unknown` is how many of each are not.
  func familiarity(unknownTokens: Int, unknownPairs: Int, texts: Int) -> Float {
    let rarity = Self.rarity(texts: texts, with: 0)
    let unknown =
      rarity * rarity * (Float(unknownTokens) + Self.pairs * Self.pairs * Float(unknownPairs))
    guard tokensLength + unknown > 0 else { return 0 }
    return (tokensLength / (tokensLength + unknown)).squareRoot()
  }
}
