#if canImport(Glibc)
  import Glibc
#endif

/// That an article helped somebody with a question. Search finds the article again for questions like it.
///
/// It is about the article and not about the person: neither the agent, nor the customer, nor the ticket stands in what is kept.
package struct ArticleUse: Hashable, Codable, Sendable {
  /// How far the article was used.
  package enum Kind: String, Codable, CaseIterable, Sendable {
    case opened, inserted
    /// The ticket was closed with something of it in the reply.
    case closed

    /// How much it tells: whoever opens an article may find that it is the wrong one.
    package var weight: Double {
      switch self {
      case .opened: 1
      case .inserted: 2
      case .closed: 4
      }
    }
  }

  package var article: ArticleID
  package var language: Language
  /// What was typed, or what the ticket says: at most `ArticleUsage.longestQuestion` code points, masked by the desk. What is kept
  /// beside the article is masked once more by the store; its ledger keeps the operation as it came, as it does all.
  package var question: String
  package var kind: Kind
  /// It did not help after all, as when a close is taken back: what it told is forgotten again.
  package var isTakenBack: Bool

  package init(
    article: ArticleID, language: Language, question: String, kind: Kind, isTakenBack: Bool = false
  ) {
    self.article = article
    self.language = language
    self.question = question
    self.kind = kind
    self.isTakenBack = isTakenBack
  }

  /// What forgets this use.
  package var takenBack: ArticleUse {
    var use = self
    use.isTakenBack = true
    return use
  }
}

extension ArticleUse {
  private enum CodingKeys: String, CodingKey {
    case article, language, question, kind, takenBack
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let takenBack = try container.decodeIfPresent(String.self, forKey: .takenBack)
    self.init(
      article: try container.decode(ArticleID.self, forKey: .article),
      language: try container.decode(Language.self, forKey: .language),
      question: try takenBack ?? container.decode(String.self, forKey: .question),
      kind: try container.decode(Kind.self, forKey: .kind), isTakenBack: takenBack != nil)
  }

  /// What is taken back stands under a key of its own: a store of before, which does not know it, refuses the empty question and does not
  /// count it once more.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(article, forKey: .article)
    try container.encode(language, forKey: .language)
    try container.encode(isTakenBack ? "" : question, forKey: .question)
    try container.encode(kind, forKey: .kind)
    if isTakenBack { try container.encode(question, forKey: .takenBack) }
  }
}

/// The questions that an article answered, the weightiest first: bounded, and worth less every day.
package struct ArticleUsage: Hashable, Codable, Sendable {
  package struct Question: Hashable, Codable, Sendable {
    package var text: String
    /// The sum of `ArticleUse.Kind.weight`, as it was at `at`.
    package var weight: Double
    package var at: Timestamp

    package init(text: String, weight: Double, at: Timestamp) {
      self.text = text
      self.weight = weight
      self.at = at
    }

    package func weight(at moment: Timestamp) -> Double { weight * ArticleUsage.decay(moment - at) }
  }

  /// What is heaviest stays when there are more.
  package static let mostQuestions = 24
  /// Unicode scalars of a question: the first sentences of a ticket say what it is about.
  package static let longestQuestion = 120
  /// After so long a question is worth half. Half a year outlives a season, and not a change of the tariffs by much.
  package static let halfLifeDays = 180.0
  /// One question, however often it is asked, and whatever a hostile desk sends.
  private static let mostWeight = 64.0

  package private(set) var questions: [Question]

  package init(questions: [Question] = []) { self.questions = questions }

  /// - Parameter milliseconds: since when; what lies ahead counts as now.
  package static func decay(_ milliseconds: Int64) -> Double {
    pow(0.5, Double(max(0, milliseconds)) / 86_400_000 / halfLifeDays)
  }

  /// Adds what was used once more. `text` is folded and masked.
  package mutating func add(_ text: String, _ kind: ArticleUse.Kind, at moment: Timestamp) {
    let text = String(text.unicodeScalars.prefix(Self.longestQuestion))
    var question = Question(text: text, weight: 0, at: moment)
    if let place = questions.firstIndex(where: { $0.text == text }) {
      question = questions.remove(at: place)
      question.weight = question.weight(at: moment)
      question.at = max(question.at, moment)
    }
    question.weight = min(question.weight + kind.weight, Self.mostWeight)
    questions.append(question)
    sort(at: moment)
    // The newest stays, or nothing could ever enter a full list of heavy ones.
    if questions.count > Self.mostQuestions {
      let last = questions.indices.last { questions[$0].text != text } ?? questions.endIndex - 1
      questions.remove(at: last)
    }
  }

  /// Takes away what `add` added; a question that nothing else speaks for leaves. What left the list meanwhile stays away.
  package mutating func takeBack(_ text: String, _ kind: ArticleUse.Kind, at moment: Timestamp) {
    let text = String(text.unicodeScalars.prefix(Self.longestQuestion))
    guard let place = questions.firstIndex(where: { $0.text == text }) else { return }
    var question = questions.remove(at: place)
    let at = max(question.at, moment)
    question.weight = question.weight(at: at) - kind.weight
    question.at = at
    // Nothing is left but what decayed between the two.
    guard question.weight >= 0.05 else { return }
    questions.append(question)
    sort(at: at)
  }

  private mutating func sort(at moment: Timestamp) {
    questions.sort {
      ($0.weight(at: moment), $0.at, $1.text) > ($1.weight(at: moment), $1.at, $0.text)
    }
  }
}
