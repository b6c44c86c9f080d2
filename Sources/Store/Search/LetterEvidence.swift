import GRDB

/// Three neighbouring letters of a word with its ends, in 15 bits: `^` and `$` are 27 and 28.
struct LetterGram {
  static let count = 1 << 15
  private static let begin: UInt16 = 27
  private static let end: UInt16 = 28

  /// Calls `body` with the codes of every word of letters in a text.
  @inline(__always)
  static func each(in bytes: UnsafeBufferPointer<UInt8>, _ body: (Int) -> Void) {
    var code: UInt16 = 0
    // Letters of the word so far.
    var length = 0
    for byte in bytes {
      let letter = byte | 0x20
      guard letter >= 0x61, letter <= 0x7A else {
        if length > 1 { body(Int((code << 5 | end) & 0x7FFF)) }
        length = 0
        continue
      }
      if length == 0 { code = begin }
      code = code << 5 | UInt16(letter - 0x60)
      length += 1
      if length > 1 { body(Int(code & 0x7FFF)) }
    }
    if length > 1 { body(Int((code << 5 | end) & 0x7FFF)) }
  }

  static func codes(of word: [UInt8]) -> [Int] {
    var codes: [Int] = []
    word.withUnsafeBufferPointer { each(in: $0) { codes.append($0) } }
    return codes
  }
}

/// How rare each three letters are. Counted from the words that articles have and how many have them: an article with two words
/// of the same letters counts twice, which changes little and spares lists of their own.
struct LetterRarity {
  private let weights: [Float]

  init(_ db: Database, articles: Int) throws {
    var counts = [Float](repeating: 0, count: LetterGram.count)
    let words = try Prepared(
      db, "SELECT key, articles FROM search_key JOIN search_term ON id = search_key.term WHERE kind = 0")
    while try words.step() {
      let articles = Float(words.int(1))
      var word = words.text(0)
      word.withUTF8 { LetterGram.each(in: $0) { counts[$0] += articles } }
    }
    let all = Float(articles)
    weights = counts.map { (1 + all / ($0 + 0.5)).logarithm }
  }

  subscript(code: Int) -> Float { weights[code] }
}

/// How much of the letters of a query stands in a text (BM25 over `LetterGram`).
struct LetterEvidence {
  /// The place of a code in `frequencies`, plus one; 0: the query does not have it.
  private var places = [UInt8](repeating: 0, count: LetterGram.count)
  private var weights: [Float] = []
  private var frequencies: [Float] = []

  private static let mostCodes = 250

  init(_ words: [[UInt8]], _ rarity: LetterRarity) {
    for word in words {
      for code in LetterGram.codes(of: word) where places[code] == 0 && weights.count < Self.mostCodes {
        weights.append(rarity[code])
        places[code] = UInt8(weights.count)
      }
    }
    frequencies = [Float](repeating: 0, count: weights.count)
  }

  mutating func add(_ text: String, weight: Float) {
    var text = text
    text.withUTF8 { bytes in
      LetterGram.each(in: bytes) { code in
        let place = places[code]
        if place > 0 { frequencies[Int(place) - 1] += weight }
      }
    }
  }

  /// The worth of what was added, and nothing is added any more.
  mutating func take(norm: Float) -> Float {
    var sum: Float = 0
    for place in frequencies.indices where frequencies[place] > 0 {
      sum += weights[place] * frequencies[place] / (frequencies[place] + norm)
      frequencies[place] = 0
    }
    return sum
  }
}
