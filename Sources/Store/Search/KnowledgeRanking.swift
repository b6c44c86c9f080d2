/// The numbers of the ranking. Chosen on texts that are not in the project; see docs/decisions/0035.
package struct KnowledgeRanking: Sendable {
  /// Saturation of repeated terms and weight of the length (BM25).
  package var saturation: Float = 1.0
  package var lengthWeight: Float = 0.7
  /// One place in the title or tags counts as so many in the body.
  package var titleWeight: Float = 2.5
  package var tagWeight: Float = 2
  /// A pair of characters, a single one, and two words side by side, against a word.
  package var pairWeight: Float = 1
  package var characterWeight: Float = 2.5
  package var wordPairWeight: Float = 0.1
  package var synonymWeight: Float = 0.7
  package var prefixWeight: Float = 0.6
  /// Three neighbouring letters of a word: forms and parts of words that no stem makes equal.
  package var letterWeight: Float = 0.4
  /// How much of the factor for a title that says the very query is used, 0 to 1.
  package var phraseWeight: Double = 1
  /// Candidates whose order is looked at more closely.
  package var candidates = 32

  package init() {}

  /// Plain BM25, as search engines come: every place counts alike, nothing stands for anything else.
  package static func plain(_ method: Plain) -> KnowledgeRanking {
    var ranking = KnowledgeRanking()
    (ranking.saturation, ranking.lengthWeight) = (1.2, 0.75)
    (ranking.titleWeight, ranking.tagWeight) = (1, 1)
    (ranking.pairWeight, ranking.characterWeight) = method == .words ? (0, 1) : (1, 1)
    (ranking.wordPairWeight, ranking.synonymWeight, ranking.prefixWeight) = (0, 0, 0)
    (ranking.letterWeight, ranking.phraseWeight) = (0, 0)
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
    case characters, pairs, letters, fields, synonyms, prefixes, phrases
    case wordPairs = "word-pairs"
  }

  package func without(_ part: Part) -> KnowledgeRanking {
    var ranking = self
    switch part {
    case .characters: ranking.characterWeight = 0
    case .pairs: ranking.pairWeight = 0
    case .wordPairs: ranking.wordPairWeight = 0
    case .letters: ranking.letterWeight = 0
    case .fields: (ranking.titleWeight, ranking.tagWeight) = (1, 1)
    case .synonyms: ranking.synonymWeight = 0
    case .prefixes: ranking.prefixWeight = 0
    case .phrases: ranking.phraseWeight = 0
    }
    return ranking
  }
}
