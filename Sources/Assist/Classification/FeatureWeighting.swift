import Glibc

/// How much each feature of a text counts: 1 + ln(times), times how rare it is, brought to length 1.
enum FeatureWeighting {
  /// ln((1 + texts) / (1 + texts with it)) + 1.
  static func rarity(texts: Int, with count: Int) -> Float {
    logf(Float(1 + texts) / Float(1 + count)) + 1
  }

  /// - Parameters:
  ///   - known: number × 2 + block of every occurrence, sorted.
  ///   - wordShare: letters count as much as tokens where all tokens are words, and less where few are.
  static func row(_ known: [UInt64], wordShare: Float, rarity: (Int) -> Float) -> [(
    feature: Int, value: Float
  )] {
    var row: [(feature: Int, value: Float)] = []
    row.reserveCapacity(known.count)
    var lettersBegin: [Bool] = []
    lettersBegin.reserveCapacity(known.count)
    var lengths: (tokens: Float, letters: Float) = (0, 0)
    var place = 0
    while place < known.count {
      var next = place + 1
      while next < known.count, known[next] == known[place] { next += 1 }
      let feature = Int(known[place] >> 1)
      let times = next - place
      let value = (times == 1 ? 1 : 1 + logf(Float(times))) * rarity(feature)
      let isLetters = known[place] & 1 == 1
      if isLetters { lengths.letters += value * value } else { lengths.tokens += value * value }
      row.append((feature, value))
      lettersBegin.append(isLetters)
      place = next
    }
    let letters = lengths.letters > 0 ? wordShare / lengths.letters.squareRoot() : 0
    let tokens = lengths.tokens > 0 ? 1 / lengths.tokens.squareRoot() : 0
    let both = (lengths.tokens > 0 ? 1 : 0) + (lengths.letters > 0 ? wordShare * wordShare : 0)
    let whole = both > 0 ? 1 / Float(both).squareRoot() : 0
    for index in row.indices { row[index].value *= (lettersBegin[index] ? letters : tokens) * whole }
    return row
  }
}
