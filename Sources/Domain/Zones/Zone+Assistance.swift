extension Zone {
  /// What the zone says about assistance: `assistance:` of its file.
  package struct Assistance: Hashable, Codable, Sendable {
    /// What a reply to the customer has to say.
    package struct Fact: Hashable, Codable, Sendable {
      package enum Kind: String, Codable, CaseIterable, Sendable {
        /// An amount of money.
        case amount
        /// When it happens: a date, a time, within so many days, at once.
        case timing
        /// How the customer reaches us: a number or a place to look.
        case contact
        /// The number of the ticket.
        case number
        /// An apology.
        case apology
        /// One of `words`.
        case words
      }

      package var kind: Kind
      /// Outcome codes for which it is required; empty: always.
      package var dispositions: [String]
      package var severity: FindingSeverity
      /// For `words`: one of them must stand in the text.
      package var words: [String]
      /// For `words`: how the fact is called.
      package var name: LocalizedText?

      package init(
        kind: Kind, dispositions: [String] = [], severity: FindingSeverity = .warning, words: [String] = [],
        name: LocalizedText? = nil
      ) {
        self.kind = kind
        self.dispositions = dispositions
        self.severity = severity
        self.words = words
        self.name = name
      }
    }

    package static let usualThreshold = 0.5

    /// Below this confidence, 0 to 1, the desk says "not sure" instead of an answer.
    package var threshold: Double
    /// The lead is told from this mood on, 0 (content) to 3 (furious); nil: never.
    package var raiseMood: Int?
    /// The lead is told from this severity on; nil: only of what is critical.
    package var raiseRisk: RiskSeverity?
    /// Words of the zone's own, beside those of `Resources/assistance/`.
    package var words: AssistanceWords
    package var facts: [Fact]

    package init(
      threshold: Double = Self.usualThreshold, raiseMood: Int? = nil, raiseRisk: RiskSeverity? = nil,
      words: AssistanceWords = AssistanceWords(), facts: [Fact] = []
    ) {
      self.threshold = threshold
      self.raiseMood = raiseMood
      self.raiseRisk = raiseRisk
      self.words = words
      self.facts = facts
    }
  }
}

extension Zone.Assistance {
  private enum CodingKeys: String, CodingKey { case threshold, raiseMood, raiseRisk, words, facts }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      threshold: try container.decodeIfPresent(Double.self, forKey: .threshold) ?? Self.usualThreshold,
      raiseMood: try container.decodeIfPresent(Int.self, forKey: .raiseMood),
      raiseRisk: try container.decodeIfPresent(RiskSeverity.self, forKey: .raiseRisk),
      words: try container.decodeIfPresent(AssistanceWords.self, forKey: .words) ?? AssistanceWords(),
      facts: try container.decodeIfPresent([Fact].self, forKey: .facts) ?? [])
  }
}
