import Foundation

/// The numbers of the ranking. Chosen on texts that are not in the project; see docs/decisions/0035 and 0039.
///
/// Three of them follow the articles: how often a term repeats tells more in long texts, a title tells more where it is a
/// small part of its article, and single characters tell less the more often they meet by chance.
package struct KnowledgeRanking: Sendable {
  /// Saturation of repeated terms in texts of `shortText`, and weight of the length (BM25).
  package var saturation: Float = 1.0
  package var lengthWeight: Float = 0.7
  /// What the saturation gains each time texts are e times as long.
  package var saturationGrowth: Float = 0.5
  /// One place in the title or tags counts as so many in the body. The title's is for articles that are some eighteen times
  /// as long as their titles.
  package var titleWeight: Float = 2.5
  package var tagWeight: Float = 2
  /// What the weight of the title gains each time articles are twice as long against their titles.
  package var titleGrowth: Float = 0.7
  /// A pair of characters, a single one, and two words side by side, against a word.
  package var pairWeight: Float = 1
  package var characterWeight: Float = 1.4
  package var wordPairWeight: Float = 0.1
  /// The power of the number of chance meetings (characters of the query × length of a text) by which characters count less.
  package var characterDecay: Float = 0.5
  package var synonymWeight: Float = 0.7
  package var prefixWeight: Float = 0.6
  /// Three neighbouring letters of a word: forms and parts of words that no stem makes equal.
  package var letterWeight: Float = 0.4
  /// What articles were used for before, against what they say.
  package var usageWeight: Float = 1
  /// What the answers find that solved similar tickets, against what a ticket says: for suggestions.
  package var answersWeight: Float = 0.8
  /// How much of the factor for a title that says the very query is used, 0 to 1.
  package var phraseWeight: Double = 1
  /// Candidates whose order is looked at more closely.
  package var candidates = 32
  /// Whether single characters alone are too little evidence when more was typed.
  package var needsMoreThanCharacters = true

  package init() {}

  /// Plain BM25, as search engines come: every place counts alike, nothing stands for anything else.
  package static func plain(_ method: Plain) -> KnowledgeRanking {
    var ranking = KnowledgeRanking()
    (ranking.saturation, ranking.lengthWeight) = (1.2, 0.75)
    (ranking.saturationGrowth, ranking.titleGrowth, ranking.characterDecay) = (0, 0, 0)
    (ranking.titleWeight, ranking.tagWeight) = (1, 1)
    (ranking.pairWeight, ranking.characterWeight) = method == .words ? (0, 1) : (1, 1)
    (ranking.wordPairWeight, ranking.synonymWeight, ranking.prefixWeight) = (0, 0, 0)
    (ranking.letterWeight, ranking.phraseWeight, ranking.usageWeight, ranking.answersWeight) = (0, 0, 0, 0)
    ranking.needsMoreThanCharacters = false
    if method == .pairs { ranking.characterWeight = 0 }
    return ranking
  }

  package enum Plain: String, CaseIterable, Sendable {
    /// Stems of words; each Chinese character is a word.
    case words = "bm25-words"
    /// Stems and pairs of Chinese characters.
    case pairs = "bm25-pairs"
    /// Stems, Chinese characters and pairs of them.
    case grams = "bm25-grams"
  }

  /// What the ranking is put together from, to be left out for measuring what it brings.
  package enum Part: String, CaseIterable, Sendable {
    case characters, pairs, letters, fields, synonyms, prefixes, phrases, usage, answers
    case wordPairs = "word-pairs"
    /// What follows the articles.
    case fit
  }

  package func without(_ part: Part) -> KnowledgeRanking {
    var ranking = self
    switch part {
    case .characters: ranking.characterWeight = 0
    case .pairs: ranking.pairWeight = 0
    case .wordPairs: ranking.wordPairWeight = 0
    case .letters: ranking.letterWeight = 0
    case .fields: (ranking.titleWeight, ranking.tagWeight, ranking.titleGrowth) = (1, 1, 0)
    case .synonyms: ranking.synonymWeight = 0
    case .prefixes: ranking.prefixWeight = 0
    case .phrases: ranking.phraseWeight = 0
    case .usage: ranking.usageWeight = 0
    case .answers: ranking.answersWeight = 0
    case .fit:
      (ranking.saturationGrowth, ranking.titleGrowth, ranking.characterDecay) = (0, 0, 0)
      if ranking.characterWeight > 0 { ranking.characterWeight = 2.5 }
    }
    return ranking
  }
}

// MARK: - What follows the articles

extension KnowledgeRanking {
  /// Characters and words of a short text: one sentence.
  private static let shortText: Float = 20
  /// Articles against their titles where `titleWeight` holds.
  private static let usualTitleShare: Float = 17.7
  /// Chance meetings where `characterWeight` holds: a question of ten characters and articles of three hundred.
  private static let usualMeetings: Float = 3000
  /// Characters count for no more than this against a word; pairs then count for less instead.
  private static let mostForCharacters: Float = 2.5
  private static let characterRange: ClosedRange<Float> = 0.2...6

  /// For articles of `length` characters and words in the mean, `titleLength` of them in the title.
  func fitted(length: Float, titleLength: Float) -> KnowledgeRanking {
    var ranking = self
    let length = max(1, length)
    let growth = saturationGrowth * log(length / Self.shortText)
    ranking.saturation = saturation + min(max(0, growth), 1.5)
    if titleGrowth > 0, titleLength > 0 {
      let doublings = log2(length / titleLength / Self.usualTitleShare)
      ranking.titleWeight = min(max(1, titleWeight + titleGrowth * doublings), 4)
    }
    return ranking
  }

  /// For a query with so many Chinese characters, over articles of `length` in the mean.
  func fitted(characters: Int, length: Float) -> KnowledgeRanking {
    guard characterDecay > 0, characterWeight > 0, characters > 0 else { return self }
    var ranking = self
    let meetings = Float(characters) * max(1, length) / Self.usualMeetings
    let range = Self.characterRange
    let weight = min(
      max(range.lowerBound, characterWeight * pow(meetings, -characterDecay)), range.upperBound)
    ranking.characterWeight = min(weight, Self.mostForCharacters)
    ranking.pairWeight = pairWeight * min(1, Self.mostForCharacters / weight)
    return ranking
  }
}
