/// One rule of a zone's `diagnosis:` (docs/configuration.md, "diagnosis"): patterns over the customer's records which together
/// say what is probably wrong. Names that the patterns give are checked when the file is read; a rule from anywhere else that
/// names what it does not have finds nothing.
package struct DiagnosisRule: Hashable, Codable, Sendable, Identifiable {
  /// How much a finding proves, strongest first.
  package enum Strength: String, Codable, CaseIterable, Sendable, Comparable {
    case certain, likely, possible

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  package var id: String
  package var name: LocalizedText
  /// A sentence with slots such as `{charge.title}`.
  package var says: LocalizedText?
  package var strength: Strength
  /// Categories that it explains: a ticket of one of them has its findings first. Empty: no category more than another.
  package var categories: [CategoryID]
  package var patterns: [Pattern]
  /// The name of the row that a finding is about: there is at most one finding for each.
  package var about: String
  /// What is at stake, its sign dropped; nil: the amount of the row that it is about, where that has one.
  package var amount: Expression?
  package var suggestion: Suggestion

  package init(
    id: String, name: LocalizedText, says: LocalizedText? = nil, strength: Strength = .likely,
    categories: [CategoryID] = [], patterns: [Pattern], about: String, amount: Expression? = nil,
    suggestion: Suggestion = Suggestion()
  ) {
    self.id = id
    self.name = name
    self.says = says
    self.strength = strength
    self.categories = categories
    self.patterns = patterns
    self.about = about
    self.amount = amount
    self.suggestion = suggestion
  }
}

extension DiagnosisRule {
  /// What a pattern does with the rows that fit it.
  package enum Verb: String, Codable, CaseIterable, Sendable {
    /// There is one; every one that fits is tried.
    case find
    /// All of them together, `atLeast` of them.
    case collect
    /// There is none.
    case missing
    /// The row that has the name already also fits this.
    case check
  }

  package enum Pick: String, Codable, CaseIterable, Sendable { case newest, oldest }

  package struct Pattern: Hashable, Codable, Sendable {
    package var verb: Verb
    package var record: RecordKind
    /// What other parts of the rule call the row; unique in the rule.
    package var name: String
    package var conditions: [Condition]
    package var atLeast: Int
    package var pick: Pick?
    /// Where it stands in its file, for whoever explains why it did not fit.
    package var line: Int

    package init(
      verb: Verb = .find, record: RecordKind, name: String, conditions: [Condition] = [], atLeast: Int = 1,
      pick: Pick? = nil, line: Int = 0
    ) {
      self.verb = verb
      self.record = record
      self.name = name
      self.conditions = conditions
      self.atLeast = atLeast
      self.pick = pick
      self.line = line
    }
  }

  /// One comparison of one property. A property without a value (a contract that never ends) fits `exists: false` alone.
  package struct Condition: Hashable, Codable, Sendable {
    package var property: String
    package var comparison: Comparison
    package var operand: Operand
    package var line: Int

    package init(_ property: String, _ comparison: Comparison, _ operand: Operand, line: Int = 0) {
      self.property = property
      self.comparison = comparison
      self.operand = operand
      self.line = line
    }
  }

  package enum Comparison: String, Codable, CaseIterable, Sendable {
    case `is`
    case isNot = "is_not"
    case contains
    case containsNot = "contains_not"
    case begins, ends
    /// The texts of both properties are the same.
    case sameAs = "same_as"
    /// The text has the other property's text in it.
    case mentions
    /// The text stands in the other property's text.
    case mentionedIn = "mentioned_in"
    case above, below
    case atLeast = "at_least"
    case atMost = "at_most"
    case before, after
    case onOrBefore = "on_or_before"
    case onOrAfter = "on_or_after"
    case exists
  }

  package enum Operand: Hashable, Codable, Sendable {
    /// One of these texts.
    case texts([String])
    case flag(Bool)
    case expression(Expression)
  }

  /// A value, or a value moved by another: `today - 30d`, `usual.mean.total + 30%`, `second.amount - first.amount`.
  package struct Expression: Hashable, Codable, Sendable {
    package enum Term: Hashable, Codable, Sendable {
      case reference(Reference)
      /// Cents.
      case money(Int64)
      case number(Int64)
      case date(CivilDate)
      /// Year × 12 + month - 1.
      case month(Int)
      case days(Int)
      case months(Int)
      case percent(Int)
    }

    package var base: Term
    package var isMinus: Bool
    package var operand: Term?

    package init(_ base: Term, isMinus: Bool = false, _ operand: Term? = nil) {
      self.base = base
      self.isMinus = isMinus
      self.operand = operand
    }
  }

  /// A property of a named row, or of a named collection: `charge.title`, `usual.mean.total`. `today` has no property.
  package struct Reference: Hashable, Codable, Sendable {
    package enum Aggregate: String, Codable, CaseIterable, Sendable { case count, sum, mean, newest, oldest }

    package var name: String
    package var aggregate: Aggregate?
    package var property: String

    package init(_ name: String, aggregate: Aggregate? = nil, _ property: String = "") {
      self.name = name
      self.aggregate = aggregate
      self.property = property
    }

    package static let today = Reference("today")
  }

  /// What the desk proposes when the rule has found something.
  package struct Suggestion: Hashable, Codable, Sendable {
    package enum Value: Hashable, Codable, Sendable {
      case text(String)
      case expression(Expression)
    }

    /// The name of a bill line, and how much of it; nil: all of it.
    package struct Refund: Hashable, Codable, Sendable {
      package var line: String
      package var amount: Expression?

      package init(line: String, amount: Expression? = nil) {
        self.line = line
        self.amount = amount
      }
    }

    package var refund: Refund?
    package var template: TemplateID?
    package var step: String?
    package var article: ArticleID?
    package var offer: String?
    package var category: CategoryID?
    /// Values by id of the zone's form fields.
    package var fields: [String: Value]

    package init(
      refund: Refund? = nil, template: TemplateID? = nil, step: String? = nil, article: ArticleID? = nil,
      offer: String? = nil, category: CategoryID? = nil, fields: [String: Value] = [:]
    ) {
      self.refund = refund
      self.template = template
      self.step = step
      self.article = article
      self.offer = offer
      self.category = category
      self.fields = fields
    }
  }
}
