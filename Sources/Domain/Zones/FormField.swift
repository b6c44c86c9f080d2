/// One field of a zone's form.
package struct FormField: Hashable, Codable, Sendable, Identifiable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    case text, choice, money, date, phone, order
    case billLine = "bill_line"
  }

  package struct Choice: Hashable, Codable, Sendable, Identifiable {
    package var id: String
    package var name: LocalizedText
    /// Words of customers that mean it, in either language.
    package var says: [String]

    package init(id: String, name: LocalizedText, says: [String] = []) {
      self.id = id
      self.name = name
      self.says = says
    }

    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      id = try container.decode(String.self, forKey: .id)
      name = try container.decode(LocalizedText.self, forKey: .name)
      says = try container.decodeIfPresent([String].self, forKey: .says) ?? []
    }
  }

  /// What is looked for in the messages and records to fill a field; see docs/configuration.md.
  package enum Reader: String, Codable, CaseIterable, Sendable {
    /// Nothing: a person fills it.
    case nothing = "none"
    case period, product, plan, place, name, email, plate, ticket, order, phone, amount, device, speed
    /// A number that stands behind one of the field's words.
    case reference
    /// A day that was said; with `since` one that has passed, with `coming` one that is to come.
    case date, since, coming
    /// The day of the contact; the first of the next month, where no later day was said.
    case today
    case nextMonth = "next-month"
    /// The day on which the bill line was charged.
    case chargedOn = "charged-on"
    case contractEnd = "contract-end"
    /// The choices and suggestions by their words.
    case words

    /// What can fill a field of a kind.
    package static func allowed(for kind: Kind) -> [Reader] {
      switch kind {
      case .text: allCases
      case .choice: [.nothing, .words, .product, .plan]
      case .money: [.nothing, .amount]
      case .date: [.nothing, .date, .since, .coming, .today, .nextMonth, .chargedOn, .contractEnd]
      case .phone: [.nothing, .phone]
      case .order: [.nothing, .order, .ticket, .reference]
      case .billLine: [.nothing, .product]
      }
    }
  }

  /// Why a value is not taken.
  package enum Problem: String, Hashable, Codable, Sendable, Error {
    case notMoney, notDate, notPhone, notChoice, tooLong
  }

  package static let longestValue = 2000

  package var id: String
  package var name: LocalizedText
  package var kind: Kind
  package var isRequired: Bool
  package var choices: [Choice]
  package var help: LocalizedText?
  /// What fills it; nil: what its kind and its names say.
  package var reads: Reader?
  /// Words behind which, or near which, its value stands, in either language.
  package var says: [String]
  /// Values that a text field often has, with the words that mean them.
  package var suggestions: [Choice]
  /// Whether its value is what the customer wants; nil: its names say it. See ``saysDemand``.
  package var isDemand: Bool?

  package init(
    id: String, name: LocalizedText, kind: Kind, isRequired: Bool = false, choices: [Choice] = [],
    help: LocalizedText? = nil, reads: Reader? = nil, says: [String] = [], suggestions: [Choice] = [],
    isDemand: Bool? = nil
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
    self.choices = choices
    self.help = help
    self.reads = reads
    self.says = says
    self.suggestions = suggestions
    self.isDemand = isDemand
  }

  /// Fields that were written before texts were read have no words.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try container.decode(String.self, forKey: .id),
      name: try container.decode(LocalizedText.self, forKey: .name),
      kind: try container.decode(Kind.self, forKey: .kind),
      isRequired: try container.decode(Bool.self, forKey: .isRequired),
      choices: try container.decode([Choice].self, forKey: .choices),
      help: try container.decodeIfPresent(LocalizedText.self, forKey: .help),
      reads: try container.decodeIfPresent(Reader.self, forKey: .reads),
      says: try container.decodeIfPresent([String].self, forKey: .says) ?? [],
      suggestions: try container.decodeIfPresent([Choice].self, forKey: .suggestions) ?? [],
      isDemand: try container.decodeIfPresent(Bool.self, forKey: .isDemand))
  }

  /// The form in which a value is stored: `38.00`, `2026-10-01`, `2026-10`, the id of a choice, digits of a phone. Empty stays
  /// empty. The one check of values: of the form on the screen, of commands, imports and the reducer.
  package func canonical(_ value: String) throws(Problem) -> String {
    let trimmed = value.trimmed
    guard !trimmed.isEmpty else { return "" }
    guard trimmed.unicodeScalars.count <= Self.longestValue else { throw .tooLong }
    switch kind {
    case .text where isMonth:
      guard let text = CivilMonths.canonical(trimmed) else { throw .notDate }
      return text
    case .text, .order, .billLine: return trimmed
    case .money:
      guard let money = Money(trimmed), money.cents >= 0 else { throw .notMoney }
      return money.description
    case .date:
      guard let date = CivilDate(trimmed) else { throw .notDate }
      return date.description
    case .phone:
      let digits = Identity.normalize(trimmed, kind: .phone)
      guard (5...15).contains(digits.count) else { throw .notPhone }
      return digits
    case .choice:
      let lowered = trimmed.lowercased()
      let match = choices.first { choice in
        choice.id == lowered || choice.name.chinese == trimmed || choice.name.english.lowercased() == lowered
      }
      guard let match else { throw .notChoice }
      return match.id
    }
  }

  /// What a person sees of a stored value: the name of a choice, everything else as it is.
  package func shown(_ value: String, in language: Language) -> String {
    kind == .choice ? choices.first { $0.id == value }?.name[language] ?? value : value
  }
}

extension FormField {
  /// Names of fields that hold the month of a bill.
  package static let monthNames = [
    "账期", "帐期", "出账月", "账单月份", "billing period", "billing month", "month billed",
  ]
  /// Names of choices that say what the customer wants.
  private static let demandNames = [
    "诉求", "要求", "请求", "期望", "希望", "request", "demand", "remedy", "wanted", "wants", "asks for", "asked for",
  ]

  /// Whether its text is a month, such as `2026-10`.
  package var isMonth: Bool {
    guard kind == .text else { return false }
    if let reads { return reads == .period }
    return isNamed(Self.monthNames)
  }

  /// Whether its value is what the customer wants of us, and not what it is about: a choice whose file or whose name says so.
  package var saysDemand: Bool { kind == .choice && (isDemand ?? isNamed(Self.demandNames)) }

  private func isNamed(_ words: [String]) -> Bool {
    let names = "\(name.chinese) \(name.english)".lowercased()
    return words.contains { names.contains($0) }
  }
}
