import Domain

/// Reads how the customer feels: from words that a team edits, what stands near them, and how it is written. What an agent
/// writes does not count.
package enum MoodReader {
  /// How much a message counts beside the one after it.
  private static let fading = 0.6
  /// A message without any sign of mood (an order number, "yes") says little about it.
  private static let silence = 0.35
  private static let mostWords = 6

  package static func read(_ input: ReadingInput, words: ReadingWords) -> MoodReading {
    var weighed: [(message: Int, mood: MessageMood)] = []
    for (index, message) in input.messages.enumerated() where message.isFromCustomer {
      weighed.append((index, MessageMood(message.text, words: words)))
    }
    var reading = MoodReading(urgency: UrgencyReader.read(input, words: words))
    guard !weighed.isEmpty else { return reading }
    reading.messages = weighed.map {
      MoodReading.Message(message: $0.message, score: $0.mood.score, level: level($0.mood.score))
    }
    var (sum, whole, age, agreement) = (0.0, 0.0, 1.0, 0.0)
    var ages = [Double](repeating: 0, count: weighed.count)
    for place in weighed.indices.reversed() {
      let mood = weighed[place].mood
      let weight = age * (mood.evidence.isEmpty ? silence : 1)
      sum += weight * mood.score
      agreement += weight * mood.agreement
      whole += weight
      ages[place] = age
      age *= fading
    }
    reading.score = sum / whole
    reading.level = level(reading.score)
    reading.balance = weighed.reduce(0) { $0 + $1.mood.balance }
    reading.trend = trend(weighed.map(\.mood))
    reading.words = evidence(of: weighed, ages, input)
    let isSilent = weighed.allSatisfy(\.mood.evidence.isEmpty)
    reading.confidence = isSilent ? 0.6 : confidence(reading.score, agreement: agreement / whole)
    return reading
  }

  static func level(_ score: Double) -> MoodReading.Level {
    switch score {
    case ..<0.5: .content
    case ..<1.5: .uneasy
    case ..<2.8: .angry
    default: .furious
    }
  }

  /// How far the score is from the next step, and whether the signs agree.
  private static func confidence(_ score: Double, agreement: Double) -> Double {
    // Nothing is above the last step: who is at the end of the scale is far from it.
    let distance = score > 2.9 ? 0.5 : [0.5, 1.5, 2.8].map { abs(score - $0) }.min() ?? 0
    return min(0.95, 0.45 + 0.3 * min(1, distance / 0.5) + 0.2 * agreement)
  }

  /// The last message that shows a mood, compared with those before it.
  private static func trend(_ moods: [MessageMood]) -> MoodReading.Trend? {
    guard moods.count > 1 else { return nil }
    let shown = moods.filter { !$0.evidence.isEmpty }
    guard let last = shown.last else { return .steady }
    let before = moods.count == shown.count ? Array(shown.dropLast()) : moods.dropLast().suffix(8).map { $0 }
    let earlier = shown.count > 1 ? Array(shown.dropLast().suffix(8)) : before
    guard !earlier.isEmpty else { return .steady }
    let mean = earlier.reduce(0) { $0 + $1.score } / Double(earlier.count)
    if last.score > mean + 0.5 { return .rising }
    return last.score < mean - 0.5 ? .falling : .steady
  }

  private static func evidence(
    of weighed: [(message: Int, mood: MessageMood)], _ ages: [Double], _ input: ReadingInput
  ) -> [MoodReading.Word] {
    var all: [(message: Int, evidence: MessageMood.Evidence, share: Double)] = []
    for (place, item) in weighed.enumerated() {
      for evidence in item.mood.evidence {
        // What was taken back by a negation stays visible, behind everything that counted.
        all.append((item.message, evidence, abs(evidence.weight) * ages[place]))
      }
    }
    all.sort { ($1.share, $0.message, $0.evidence.start) < ($0.share, $1.message, $1.evidence.start) }
    var texts: [Int: [Unicode.Scalar]] = [:]
    return all.prefix(mostWords).map { item in
      let scalars = texts[item.message] ?? Array(input.messages[item.message].text.unicodeScalars)
      texts[item.message] = scalars
      let evidence = item.evidence
      return MoodReading.Word(
        place: TextPlace(message: item.message, start: evidence.start, end: evidence.end),
        weight: evidence.weight,
        reason: Reason(
          "mood.\(evidence.key)", ["word": Quotation.text(scalars, evidence.start..<evidence.end)]))
    }
  }
}
