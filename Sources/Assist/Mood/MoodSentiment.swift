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

/// Accuracy and macro F1 of given labels.
package struct LabelFigures: Hashable, Sendable {
  package var accuracy = 0.0
  /// The mean over the labels of the texts of 2·right ÷ (given + true).
  package var macroF1 = 0.0

  package init<Label: Hashable>(_ answers: [(label: Label, given: Label)]) {
    guard !answers.isEmpty else { return }
    var (right, given, actual): ([Label: Int], [Label: Int], [Label: Int]) = ([:], [:], [:])
    for answer in answers {
      actual[answer.label, default: 0] += 1
      given[answer.given, default: 0] += 1
      if answer.label == answer.given { right[answer.label, default: 0] += 1 }
    }
    accuracy = Double(right.values.reduce(0, +)) / Double(answers.count)
    macroF1 =
      actual.reduce(0) { sum, item in
        sum + 2 * Double(right[item.key] ?? 0) / Double(item.value + (given[item.key] ?? 0))
      } / Double(actual.count)
  }
}
