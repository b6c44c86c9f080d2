/// A person or company that contacts us. Identities of all channels belong to one customer.
package struct Customer: Hashable, Codable, Sendable, Identifiable {
  package enum Level: String, Codable, CaseIterable, Sendable { case standard, silver, gold, platinum }
  package enum Risk: String, Codable, CaseIterable, Sendable { case low, medium, high }

  package var id: CustomerID
  package var name: String
  package var level: Level
  /// The day on which the person became a customer.
  package var since: CivilDate?
  package var city: String
  package var address: String
  package var language: Language
  package var tags: [String]
  package var risk: Risk
  package var preferredChannel: Channel?
  /// Hours in which the customer does not want to be called, such as `22:00-08:00`.
  package var quietHours: String?
  /// Set while this record is merged into another one; everything it had is shown there, and un-merging clears it.
  package var mergedInto: CustomerID?
  /// See `offerAnswers`. Optional, so that customers who were written before there were offers can be read.
  private var answers: [OfferAnswer]?
  private var namesLanguage: Bool?
  package var version: Int64

  package init(
    id: CustomerID, name: String, level: Level = .standard, since: CivilDate? = nil, city: String = "",
    address: String = "", language: Language = .chinese, tags: [String] = [], risk: Risk = .low,
    preferredChannel: Channel? = nil, quietHours: String? = nil, mergedInto: CustomerID? = nil,
    version: Int64 = 0
  ) {
    self.id = id
    self.name = name
    self.level = level
    self.since = since
    self.city = city
    self.address = address
    self.language = language
    self.tags = tags
    self.risk = risk
    self.preferredChannel = preferredChannel
    self.quietHours = quietHours
    self.mergedInto = mergedInto
    self.version = version
  }

  /// Whether `language` is what the customer asked for, and not what was thought when the record was made.
  package var isLanguageNamed: Bool {
    get { namesLanguage == true }
    set { namesLanguage = newValue ? true : nil }
  }

  /// How many answers are kept; older ones stay counted where they were counted.
  package static let mostOfferAnswers = 50

  /// What was answered to offers, oldest first.
  package var offerAnswers: [OfferAnswer] {
    get { answers ?? [] }
    set { answers = newValue.isEmpty ? nil : newValue }
  }
}

/// One way in which a customer is known: a phone number, a WeChat account, an ID card.
package struct Identity: Hashable, Codable, Sendable, Identifiable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    case phone, email, wechat, app, idCard, bankCard, account
  }

  package var id: IdentityID
  package var customer: CustomerID
  package var kind: Kind
  /// As it was given.
  package var value: String
  /// What is compared and indexed: digits only for phones and cards, lower case for the rest.
  package var normalized: String
  package var isVerified: Bool

  package init(id: IdentityID, customer: CustomerID, kind: Kind, value: String, isVerified: Bool = false) {
    self.id = id
    self.customer = customer
    self.kind = kind
    self.value = value
    self.normalized = Self.normalize(value, kind: kind)
    self.isVerified = isVerified
  }

  /// Full-width forms become ASCII; phones and cards keep their digits (and a card's X); the country code 86 of a mobile
  /// number is dropped.
  package static func normalize(_ value: String, kind: Kind) -> String {
    let folded = value.unicodeScalars.map { scalar -> Character in
      (0xFF01...0xFF5E).contains(scalar.value)
        ? Character(Unicode.Scalar(scalar.value - 0xFEE0)!) : Character(scalar)
    }
    switch kind {
    case .phone, .bankCard:
      let digits = String(folded.filter { $0.isASCII && $0.isNumber })
      return kind == .phone && digits.count == 13 && digits.hasPrefix("861")
        ? String(digits.dropFirst(2)) : digits
    case .idCard:
      return String(folded.filter { $0.isASCII && ($0.isNumber || $0 == "X" || $0 == "x") }).uppercased()
    case .email, .wechat, .app, .account:
      return String(folded.filter { !$0.isWhitespace }).lowercased()
    }
  }

  /// Whether a text can be a phone number: 5 to 15 digits and what people write between them.
  package static func isPhone(_ text: String) -> Bool {
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      let value = (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
      return Unicode.Scalar(value).map { "0123456789+-()/. \u{3000}".unicodeScalars.contains($0) } ?? false
    }
    return isPlain && (5...15).contains(normalize(text, kind: .phone).count)
  }

  /// Kinds of which one person has one: two customers with different values are two people.
  package static let personal: Set<Kind> = [.idCard]
}

/// Something the customer has: a plan, a package, a line.
package struct Product: Hashable, Codable, Sendable, Identifiable {
  package enum Kind: String, Codable, CaseIterable, Sendable { case plan, broadband, package, service }
  package enum State: String, Codable, CaseIterable, Sendable { case active, suspended, cancelled }

  package var id: ProductID
  package var customer: CustomerID
  package var kind: Kind
  package var name: String
  package var state: State
  package var monthlyFee: Money
  package var startedOn: CivilDate
  package var endedOn: CivilDate?
  package var contractUntil: CivilDate?

  package init(
    id: ProductID, customer: CustomerID, kind: Kind, name: String, state: State = .active, monthlyFee: Money,
    startedOn: CivilDate, endedOn: CivilDate? = nil, contractUntil: CivilDate? = nil
  ) {
    self.id = id
    self.customer = customer
    self.kind = kind
    self.name = name
    self.state = state
    self.monthlyFee = monthlyFee
    self.startedOn = startedOn
    self.endedOn = endedOn
    self.contractUntil = contractUntil
  }
}

package struct Order: Hashable, Codable, Sendable, Identifiable {
  package enum State: String, Codable, CaseIterable, Sendable {
    case placed, inProgress, completed, cancelled
  }

  package var id: OrderID
  package var number: String
  package var customer: CustomerID
  package var title: String
  package var state: State
  package var placedOn: CivilDate
  package var amount: Money

  package init(
    id: OrderID, number: String, customer: CustomerID, title: String, state: State, placedOn: CivilDate,
    amount: Money
  ) {
    self.id = id
    self.number = number
    self.customer = customer
    self.title = title
    self.state = state
    self.placedOn = placedOn
    self.amount = amount
  }
}
