import Domain

/// Tells a pleased text from a displeased one by the words of mood alone.
package struct MoodSentiment {
  package enum Label: String, CaseIterable, Sendable {
    case positive, negative, neutral

    /// Reads the words and numbers that such files use: positive, pos, 1, 正面, 好评.
    package init?(_ text: String) {
      switch text.lowercased() {
      case "positive", "pos", "1", "正面", "积极", "好评", "正": self = .positive
      case "negative", "neg", "0", "-1", "负面", "消极", "差评", "负": self = .negative
      case "neutral", "neu", "2", "中性", "中": self = .neutral
      default: return nil
      }
    }
  }

  package struct Answer: Sendable {
    package var label: Label
    /// Whether a word spoke for either side.
    package var isDecided: Bool
  }

  /// Between the two sides.
  private static let narrow = 0.5

  private let words: ReadingWords
  private let hasNeutral: Bool

  package init(words: ReadingWords, hasNeutral: Bool) {
    self.words = words
    self.hasNeutral = hasNeutral
  }

  package func read(_ text: String) -> Answer {
    let balance = MessageMood(text, words: words).balance
    if hasNeutral, abs(balance) < Self.narrow { return Answer(label: .neutral, isDecided: balance != 0) }
    return Answer(label: balance > 0 ? .negative : .positive, isDecided: balance != 0)
  }
}
