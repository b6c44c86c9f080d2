/// The records that a diagnosis rule may speak of, by the words of the rule.
package enum RecordKind: String, Codable, CaseIterable, Sendable {
  case bill
  case billLine = "bill_line"
  case order
  case product
  /// A known disturbance that covers where the customer is.
  case outage
  /// Another ticket of the customer, before this one.
  case earlierTicket = "earlier_ticket"
  /// What the customer wrote or said in this ticket.
  case message
  case customer
  /// The ticket that is read.
  case ticket
  /// The form of the ticket; its properties are the zone's fields.
  case form
}

/// What a property of a record is, and so what it can be compared with.
package enum PropertyType: Hashable, Sendable {
  case text
  /// Several texts, of which one has to fit.
  case texts
  case money
  case date
  /// A month billed.
  case month
  case number
  case flag
  /// A text out of these.
  case choice([String])

  package var word: String {
    switch self {
    case .text: "text"
    case .texts: "texts"
    case .money: "money"
    case .date: "date"
    case .month: "month"
    case .number: "number"
    case .flag: "flag"
    case .choice: "choice"
    }
  }

  package var isText: Bool {
    switch self {
    case .text, .texts, .choice: true
    default: false
    }
  }
}

extension RecordKind {
  /// Properties in the order of the manual. The form has those of the zone.
  package var properties: [(name: String, type: PropertyType)] {
    switch self {
    case .bill: [("number", .text), ("period", .month), ("total", .money), ("paid", .flag)]
    case .billLine:
      [
        ("title", .text), ("amount", .money), ("charged_on", .date), ("period", .month), ("bill", .text),
        ("paid", .flag), ("catalogue", .text), ("refundable", .money),
      ]
    case .order:
      [
        ("title", .text), ("number", .text), ("state", .choice(Order.State.allCases.map(\.rawValue))),
        ("placed_on", .date), ("amount", .money),
      ]
    case .product:
      [
        ("name", .text), ("kind", .choice(Product.Kind.allCases.map(\.rawValue))),
        ("state", .choice(Product.State.allCases.map(\.rawValue))), ("fee", .money), ("started_on", .date),
        ("ended_on", .date), ("contract_until", .date), ("catalogue", .text),
      ]
    case .outage:
      [
        ("id", .text), ("services", .texts), ("from", .date), ("until", .date), ("promised", .date),
        ("open", .flag), ("area", .text), ("cause", .text),
      ]
    case .earlierTicket:
      [
        ("number", .text), ("subject", .text), ("zone", .text), ("category", .text),
        ("opened_on", .date), ("state", .choice(Ticket.State.allCases.map(\.rawValue))),
        ("channel", .choice(Channel.allCases.map(\.rawValue))),
      ]
    case .message: [("text", .text), ("written_on", .date)]
    case .customer:
      [
        ("level", .choice(Customer.Level.allCases.map(\.rawValue))), ("tags", .texts),
        ("risk", .choice(Customer.Risk.allCases.map(\.rawValue))), ("city", .text), ("since", .date),
      ]
    case .ticket:
      [
        ("category", .text), ("subject", .text), ("tags", .texts), ("opened_on", .date),
        ("channel", .choice(Channel.allCases.map(\.rawValue))),
        ("priority", .number),
      ]
    case .form: []
    }
  }

  package func type(of property: String, in fields: [FormField]) -> PropertyType? {
    if self == .form { return fields.first { $0.id == property }.map(\.propertyType) }
    return properties.first { $0.name == property }?.type
  }

  /// The date that orders its rows; nil where there is one row only.
  package var dateProperty: String? {
    switch self {
    case .bill: "period"
    case .billLine: "charged_on"
    case .order: "placed_on"
    case .product: "started_on"
    case .outage: "from"
    case .earlierTicket: "opened_on"
    case .message: "written_on"
    case .customer, .ticket, .form: nil
    }
  }

  /// What a finding about such a row is worth. A product is not: that it runs on costs nothing by itself.
  package var amountProperty: String? {
    switch self {
    case .bill: "total"
    case .billLine, .order: "amount"
    default: nil
    }
  }
}

extension FormField {
  package var propertyType: PropertyType {
    switch kind {
    case .money: .money
    case .date: .date
    case .choice: .choice(choices.map(\.id))
    case .text, .phone, .order, .billLine: .text
    }
  }
}
