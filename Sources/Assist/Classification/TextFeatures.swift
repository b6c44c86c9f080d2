/// What a classifier sees of a text. Nobody says in which language it is: each Chinese character is a token, each word of
/// a script with spaces is one, and a text may hold both.
///
/// Features are hashes of 64 bits of
/// - one to three neighbouring Chinese characters, one or two neighbouring words, the ends of the text counting as tokens;
/// - every two tokens that do not stand beside each other, in either order: what a sentence is about is often in two words
///   far apart (换 … 套餐);
/// - two to five neighbouring letters of a word, with its ends, so that inflected and mistyped words are still known.
package struct TextFeatures {
  package struct Token {
    /// Code points from the start of the text, half-open.
    package var start: Int
    package var end: Int
    fileprivate var hash: UInt64
    fileprivate var isWord: Bool
  }

  /// What a feature is made of; how much each counts is in `FeatureWeighting`.
  package enum Block: Int { case tokens, letters, pairs }

  package struct Feature {
    package var hash: UInt64
    package var block: Block
    /// Places in `tokens`; both the same where the feature is of one token. A run of three has its middle between them.
    package var first: Int
    package var last: Int
  }

  /// Tokens beyond this are not read.
  private static let mostTokens = 2000
  /// Pairs that are made of a text, about: the window shrinks in long ones.
  private static let mostPairs = 1200
  private static let widestWindow = 30
  private static let longestWord = 40

  package private(set) var tokens: [Token] = []
  package private(set) var features: [Feature] = []

  package init(_ text: String) {
    tokens.reserveCapacity(64)
    features.reserveCapacity(512)
    readTokens(text)
    addRuns()
    addPairs()
  }

  /// The part of words among the tokens: how much letters count beside tokens.
  package var wordShare: Float {
    tokens.isEmpty ? 0 : Float(tokens.count { $0.isWord }) / Float(tokens.count)
  }

  // MARK: - Tokens

  private mutating func readTokens(_ text: String) {
    var letters: [UInt64] = []
    var start = 0
    var index = 0
    for scalar in text.unicodeScalars {
      if tokens.count >= Self.mostTokens { return }
      let value = Self.folded(scalar)
      switch Self.kind(value) {
      case .letter:
        if letters.isEmpty { start = index }
        letters.append(UInt64(value))
      case .apostrophe:
        // Inside a word it belongs to it; the one at the end is taken off again.
        if !letters.isEmpty { letters.append(UInt64(value)) }
      case .character:
        endWord(&letters, start, index)
        tokens.append(
          Token(start: index, end: index + 1, hash: Hash.of(UInt64(value), Hash.character), isWord: false))
      case .other:
        endWord(&letters, start, index)
      }
      index += 1
    }
    endWord(&letters, start, index)
  }

  private mutating func endWord(_ letters: inout [UInt64], _ start: Int, _ end: Int) {
    guard !letters.isEmpty else { return }
    var end = end
    while letters.last == 0x27 {
      letters.removeLast()
      end -= 1
    }
    let hash = letters.reduce(Hash.word) { Hash.of($0, $1) }
    let place = tokens.count
    tokens.append(Token(start: start, end: end, hash: hash, isWord: true))
    if letters.count <= Self.longestWord {
      letters.insert(0x20, at: 0)
      letters.append(0x20)
      for first in letters.indices {
        var hash = Hash.letters
        for next in first..<min(first + 5, letters.count) {
          hash = Hash.of(hash, letters[next])
          if next > first {
            features.append(Feature(hash: hash, block: .letters, first: place, last: place))
          }
        }
      }
    }
    letters.removeAll(keepingCapacity: true)
  }

  private enum Kind { case letter, apostrophe, character, other }

  private static func kind(_ value: UInt32) -> Kind {
    switch value {
    case 0x61...0x7A, 0x30...0x39: .letter
    case 0x27: .apostrophe
    case 0..<0xC0: .other
    case 0xD7, 0xF7, 0x2000..<0x2E80, 0x3000..<0x3040, 0xFE00..<0xFE70, 0xFF00...0xFFFF, 0xE000..<0xF900:
      .other
    case 0xC0..<0x2000: .letter
    case 0x2E80..<0xE000, 0xF900..<0xFE00, 0x20000..<0x40000: .character
    // Emoji stand for themselves.
    case 0x1F300..<0x1FB00: .character
    default: .other
    }
  }

  /// Small letters, and the narrow form of full-width ones.
  private static func folded(_ scalar: Unicode.Scalar) -> UInt32 {
    var value = scalar.value
    if value >= 0xFF01 && value <= 0xFF5E { value -= 0xFEE0 }
    switch value {
    case 0x41...0x5A: return value + 32
    case 0x2019: return 0x27
    case 0xC0..<0x2000:
      let lower = scalar.properties.lowercaseMapping.unicodeScalars
      return lower.first.map(\.value) ?? value
    default: return value
    }
  }

  // MARK: - Features of tokens

  private mutating func addRuns() {
    let count = tokens.count
    guard count > 0 else { return }
    for place in 0..<count {
      let token = tokens[place]
      add(Hash.of(Hash.one, token.hash), place, place)
      let next = place + 1 < count ? tokens[place + 1].hash : Hash.end
      let two = Hash.of(Hash.of(Hash.two, token.hash), next)
      add(two, place, min(place + 1, count - 1))
      guard !token.isWord, place + 1 < count, !tokens[place + 1].isWord else { continue }
      if place + 2 >= count {
        add(Hash.of(two, Hash.end), place, place + 1)
      } else if !tokens[place + 2].isWord {
        add(Hash.of(two, tokens[place + 2].hash), place, place + 2)
      }
    }
    let start = Hash.of(Hash.of(Hash.two, Hash.start), tokens[0].hash)
    add(start, 0, 0)
    if count > 1, !tokens[0].isWord, !tokens[1].isWord { add(Hash.of(start, tokens[1].hash), 0, 1) }
  }

  private mutating func addPairs() {
    let count = tokens.count
    guard count > 2 else { return }
    let window = max(3, min(Self.widestWindow, Self.mostPairs / count))
    for place in 0..<count - 2 {
      let hash = tokens[place].hash
      for other in place + 2..<min(count, place + window + 1) {
        let (low, high) = (min(hash, tokens[other].hash), max(hash, tokens[other].hash))
        features.append(
          Feature(
            hash: Hash.of(Hash.of(Hash.pair, low), high), block: .pairs, first: place, last: other))
      }
    }
  }

  private mutating func add(_ hash: UInt64, _ first: Int, _ last: Int) {
    features.append(Feature(hash: hash, block: .tokens, first: first, last: last))
  }
}

/// Mixing of 64 bits. A model file stands on these numbers: another mixing needs another version of the file.
private enum Hash {
  static let character: UInt64 = 0x1B87_3593_9E37_79B9
  static let word: UInt64 = 0x27D4_EB2F_1656_67C5
  static let letters: UInt64 = 0x85EB_CA77_C2B2_AE63
  static let one: UInt64 = 0x9FB2_1C65_1E98_DF25
  static let two: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  static let pair: UInt64 = 0x1656_67B1_9E37_79F9
  static let start: UInt64 = 0x5851_F42D_4C95_7F2D
  static let end: UInt64 = 0x1405_7B7E_F767_814F

  static func of(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = (left ^ (right &* 0x9E37_79B9_7F4A_7C15)).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
  }
}
