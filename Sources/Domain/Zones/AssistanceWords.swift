/// The words by which mood, urgency and risk are read, and which a reply must not hold: `Resources/assistance/*.yaml`. A zone
/// may add words of its own.
///
/// A word is found wherever it stands in Chinese text and as a whole word in English. `*` at the end of an English word stands
/// for any ending (`complain*`), `#` for a number (打了#次), `…` for at most twelve characters of the same clause (再不…就投诉).
package struct AssistanceWords: Hashable, Codable, Sendable {
  /// Words of a mood.
  package struct Feeling: Hashable, Codable, Sendable {
    /// -2 (thankful) to 3 (furious), never 0.
    package var strength: Int
    package var words: [String]

    package init(strength: Int, words: [String]) {
      self.strength = strength
      self.words = words
    }
  }

  /// What changes the words near it.
  package enum Modifier: String, Codable, CaseIterable, Sendable {
    /// 太, 非常, really.
    case intensifier
    /// 有点, a bit.
    case softener
    /// 不, 没有, not.
    case negation
    /// What holds a negation without being one: 不但, 不知, not only.
    case plain
  }

  package struct ModifierWords: Hashable, Codable, Sendable {
    package var modifier: Modifier
    package var words: [String]

    package init(modifier: Modifier, words: [String]) {
      self.modifier = modifier
      self.words = words
    }
  }

  package struct UrgencyWords: Hashable, Codable, Sendable {
    package var kind: UrgencyKind
    /// 1 soon, 2 now.
    package var strength: Int
    package var words: [String]

    package init(kind: UrgencyKind, strength: Int, words: [String]) {
      self.kind = kind
      self.strength = strength
      self.words = words
    }
  }

  package struct RiskWords: Hashable, Codable, Sendable {
    package var kind: RiskKind
    package var severity: RiskSeverity
    package var words: [String]

    package init(kind: RiskKind, severity: RiskSeverity, words: [String]) {
      self.kind = kind
      self.severity = severity
      self.words = words
    }
  }

  package struct ForbiddenWords: Hashable, Codable, Sendable {
    package var severity: FindingSeverity
    package var words: [String]
    /// What to say instead, for the agent.
    package var instead: LocalizedText?

    package init(severity: FindingSeverity, words: [String], instead: LocalizedText? = nil) {
      self.severity = severity
      self.words = words
      self.instead = instead
    }
  }

  package var feelings: [Feeling]
  package var modifiers: [ModifierWords]
  package var urgency: [UrgencyWords]
  package var risks: [RiskWords]
  package var forbidden: [ForbiddenWords]

  package init(
    feelings: [Feeling] = [], modifiers: [ModifierWords] = [], urgency: [UrgencyWords] = [],
    risks: [RiskWords] = [], forbidden: [ForbiddenWords] = []
  ) {
    self.feelings = feelings
    self.modifiers = modifiers
    self.urgency = urgency
    self.risks = risks
    self.forbidden = forbidden
  }

  package var isEmpty: Bool { self == AssistanceWords() }

  /// These words and those of a zone, which come first: where two words claim one place, the zone's is meant.
  package func adding(_ own: AssistanceWords?) -> AssistanceWords {
    own.map { $0.followed(by: self) } ?? self
  }

  /// These words first, then the others.
  package func followed(by others: AssistanceWords) -> AssistanceWords {
    AssistanceWords(
      feelings: feelings + others.feelings, modifiers: modifiers + others.modifiers,
      urgency: urgency + others.urgency, risks: risks + others.risks, forbidden: forbidden + others.forbidden)
  }
}

extension AssistanceWords {
  private enum CodingKeys: String, CodingKey { case feelings, modifiers, urgency, risks, forbidden }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      feelings: try container.decodeIfPresent([Feeling].self, forKey: .feelings) ?? [],
      modifiers: try container.decodeIfPresent([ModifierWords].self, forKey: .modifiers) ?? [],
      urgency: try container.decodeIfPresent([UrgencyWords].self, forKey: .urgency) ?? [],
      risks: try container.decodeIfPresent([RiskWords].self, forKey: .risks) ?? [],
      forbidden: try container.decodeIfPresent([ForbiddenWords].self, forKey: .forbidden) ?? [])
  }
}

/// What makes a contact urgent.
package enum UrgencyKind: String, Codable, CaseIterable, Sendable {
  /// A time by which something must have happened: 今天必须, by tonight.
  case deadline
  /// Somebody cannot do without: a hospital, no way to call for help.
  case need
  /// Waited long, or promised and not done.
  case waiting
  /// Came about it before.
  case again
}

/// What can go wrong with a contact beyond the matter itself.
package enum RiskKind: String, Codable, CaseIterable, Sendable {
  /// 12315, 工信部, the press, a lawyer.
  case escalation
  /// Harm to people or property.
  case threat
  /// Harm to oneself: must reach a person at once.
  case selfHarm = "self_harm"
  /// Old, ill, disabled, a minor, bereaved.
  case vulnerable
  /// Something that an agent promised.
  case promise
  /// Signs that the customer is being cheated, or cheats.
  case fraud
  /// Somebody wants what is not theirs: other people's data, a code, a way around the rules.
  case socialEngineering = "social_engineering"
}

package enum RiskSeverity: String, Codable, CaseIterable, Sendable, Comparable {
  case low, medium, high
  /// Told to the lead whatever the zone says.
  case critical

  private var rank: Int {
    switch self {
    case .low: 0
    case .medium: 1
    case .high: 2
    case .critical: 3
    }
  }

  package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// How much a quality finding weighs.
package enum FindingSeverity: String, Codable, CaseIterable, Sendable, Comparable {
  case note, warning
  /// Stops the reply (一票否决).
  case fatal

  private var rank: Int {
    switch self {
    case .note: 0
    case .warning: 1
    case .fatal: 2
    }
  }

  package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}
