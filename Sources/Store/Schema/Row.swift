import Domain

/// One row of the desk's data as it is stored and as it travels: everything an accepted operation can write.
package enum Row: Hashable, Codable, Sendable {
  case customer(Customer)
  case identity(Identity)
  case product(Product)
  case order(Order)
  case bill(Bill)
  case ticket(Ticket)
  case contact(Contact)
  case entry(TimelineEntry)
  case attachment(Attachment)
  case agent(Agent)
  case configuration(ConfigurationRow)
  case disclosure(Disclosure)
  case missedSearch(MissedSearch)

  package enum Kind: Int64, Codable, CaseIterable, Sendable {
    case customer = 1
    case identity, product, order, bill, ticket, contact, entry, attachment, agent, configuration, disclosure
    case missedSearch

    var table: String {
      switch self {
      case .customer: "customer"
      case .identity: "identity"
      case .product: "product"
      case .order: "customer_order"
      case .bill: "bill"
      case .ticket: "ticket"
      case .contact: "contact"
      case .entry: "entry"
      case .attachment: "attachment"
      case .agent: "agent"
      case .configuration: "configuration"
      case .disclosure: "disclosure"
      case .missedSearch: "missed_search"
      }
    }
  }

  package var key: RowKey {
    switch self {
    case .customer(let value): RowKey(.customer, value.id.text)
    case .identity(let value): RowKey(.identity, value.id.text)
    case .product(let value): RowKey(.product, value.id.text)
    case .order(let value): RowKey(.order, value.id.text)
    case .bill(let value): RowKey(.bill, value.id.text)
    case .ticket(let value): RowKey(.ticket, value.id.text)
    case .contact(let value): RowKey(.contact, value.id.text)
    case .entry(let value): RowKey(.entry, value.id.text)
    case .attachment(let value): RowKey(.attachment, value.id.text)
    case .agent(let value): RowKey(.agent, value.id.text)
    case .configuration(let value): RowKey(.configuration, value.id)
    case .disclosure(let value): RowKey(.disclosure, value.id.text)
    case .missedSearch(let value): RowKey(.missedSearch, value.id)
    }
  }
}

package struct RowKey: Hashable, Codable, Sendable {
  package var kind: Row.Kind
  package var id: String

  package init(_ kind: Row.Kind, _ id: String) {
    self.kind = kind
    self.id = id
  }

  /// The row of what was learned.
  package static let learnedModel = RowKey(.configuration, ConfigurationRows.model)
}

/// One zone, template, article, … as a row of its own, so that a changed folder reaches the desks as what really changed.
package struct ConfigurationRow: Hashable, Codable, Sendable {
  /// A newer program may add kinds. A row of one that is not known here is kept, handed on to other desks and asked by nobody.
  package struct Kind: RawRepresentable, Hashable, Codable, Sendable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package init(from decoder: any Decoder) throws {
      rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(rawValue)
    }

    package static let zone = Kind(rawValue: "zone")
    package static let categories = Kind(rawValue: "categories")
    package static let template = Kind(rawValue: "template")
    package static let article = Kind(rawValue: "article")
    package static let synonyms = Kind(rawValue: "synonyms")
    package static let calendar = Kind(rawValue: "calendar")
    package static let team = Kind(rawValue: "team")
    package static let catalogue = Kind(rawValue: "catalogue")
    package static let refunds = Kind(rawValue: "refunds")
    package static let outages = Kind(rawValue: "outages")
    package static let offers = Kind(rawValue: "offers")
    package static let words = Kind(rawValue: "words")
    package static let macros = Kind(rawValue: "macros")

    static let known: [Kind] = [
      .zone, .categories, .template, .article, .synonyms, .calendar, .team, .catalogue, .refunds, .outages,
      .offers, .words, .macros,
    ]
  }

  package var kind: Kind
  /// `KIND/ID`; articles `article/LANGUAGE/ID`; `categories`, `synonyms`, `catalogue` and `words` are one row each.
  package var id: String
  package var zone: ZoneID?
  /// The place in its file, for zones, templates and teams.
  package var position: Int64
  /// The value of the domain as JSON with sorted keys.
  package var body: String
}

/// A search that found nothing, and how often.
package struct MissedSearch: Hashable, Codable, Sendable {
  package var query: String
  package var language: Language
  package var count: Int64

  var id: String { Self.id(query, language) }

  static func id(_ query: String, _ language: Language) -> String { "\(language.rawValue):\(query)" }
}

// Numbers that stand in columns. They are part of the file format: never give one of them another meaning.

extension Ticket.State {
  var code: Int64 {
    switch self {
    case .new: 0
    case .open: 1
    case .pending: 2
    case .solved: 3
    case .closed: 4
    case .archived: 5
    }
  }

  init(code: Int64) {
    self =
      switch code {
      case 1: .open
      case 2: .pending
      case 3: .solved
      case 4: .closed
      case 5: .archived
      default: .new
      }
  }
}

extension Contact.State {
  var code: Int64 {
    switch self {
    case .waiting: 0
    case .offered: 1
    case .answered: 2
    case .held: 3
    case .ended: 4
    case .wrappedUp: 5
    case .abandoned: 6
    }
  }

  init(code: Int64) {
    self =
      switch code {
      case 1: .offered
      case 2: .answered
      case 3: .held
      case 4: .ended
      case 5: .wrappedUp
      case 6: .abandoned
      default: .waiting
      }
  }
}

extension Row {
  /// The ticket that it is, or belongs to.
  var ticketID: TicketID? {
    switch self {
    case .ticket(let value): value.id
    case .contact(let value): value.ticket
    case .entry(let value): value.ticket
    case .attachment(let value): value.ticket
    default: nil
    }
  }

  /// The customer that it is, or belongs to without a ticket between them.
  var customerID: CustomerID? {
    switch self {
    case .customer(let value): value.id
    case .identity(let value): value.customer
    case .product(let value): value.customer
    case .order(let value): value.customer
    case .bill(let value): value.customer
    case .disclosure(let value): value.customer
    default: nil
    }
  }
}
