import Domain

/// What is probably wrong in the customer's records, with everything that shows it. Made by `Diagnosis.findings`.
package struct Finding: Hashable, Sendable, Identifiable {
  /// One row that the finding stands on.
  package struct Evidence: Hashable, Sendable {
    package enum Row: Hashable, Sendable {
      case bill(Bill.ID, number: String, period: String, total: Money)
      /// `line` counts from 0.
      case billLine(
        Bill.ID, number: String, period: String, line: Int, title: String, amount: Money, chargedOn: CivilDate
      )
      case order(Order.ID, number: String, title: String, placedOn: CivilDate)
      case product(Product.ID, name: String, contractUntil: CivilDate?)
      case outage(Outage.ID, area: String, cause: LocalizedText, promised: Timestamp?)
      case ticket(Ticket.ID, number: String?, subject: String, at: Timestamp)
      /// Index in `ReadingInput.messages`.
      case message(Int)
      case customer
      case thisTicket
      case form
    }

    /// What the rule calls the row.
    package var name: String
    package var row: Row

    package init(name: String, row: Row) {
      self.name = name
      self.row = row
    }
  }

  /// What the rule proposes; every name is one of the zone's.
  package struct Suggestion: Hashable, Sendable {
    package struct Refund: Hashable, Sendable {
      package var bill: Bill.ID
      /// From 0.
      package var line: Int
      /// Above 0 and at most what the line charged.
      package var amount: Money

      package init(bill: Bill.ID, line: Int, amount: Money) {
        self.bill = bill
        self.line = line
        self.amount = amount
      }
    }

    package var refund: Refund?
    package var template: TemplateID?
    package var step: String?
    package var article: ArticleID?
    package var offer: OfferID?
    package var category: CategoryID?
    /// Values of the form in canonical form.
    package var fields: [String: String]

    package init(
      refund: Refund? = nil, template: TemplateID? = nil, step: String? = nil, article: ArticleID? = nil,
      offer: OfferID? = nil, category: CategoryID? = nil, fields: [String: String] = [:]
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

  /// Id of the rule in its zone.
  package var rule: String
  /// Unique among the findings of one reading.
  package var id: String
  package var name: LocalizedText
  /// One sentence with the figures of this finding in both languages; the name where the rule says no more. Masked.
  package var says: LocalizedText
  package var strength: DiagnosisRule.Strength
  /// What is at stake, never negative; nil where it is not about money.
  package var amount: Money?
  /// The row that it is about first.
  package var evidence: [Evidence]
  package var suggestion: Suggestion
  /// Whether the ticket speaks of it: its category is one of the rule's, or its texts or its form name the title, the
  /// amount or the number of the evidence. Such findings come first.
  package var isAboutTicket: Bool

  package init(
    rule: String, id: String, name: LocalizedText, says: LocalizedText, strength: DiagnosisRule.Strength,
    amount: Money?, evidence: [Evidence], suggestion: Suggestion, isAboutTicket: Bool
  ) {
    self.rule = rule
    self.id = id
    self.name = name
    self.says = says
    self.strength = strength
    self.amount = amount
    self.evidence = evidence
    self.suggestion = suggestion
    self.isAboutTicket = isAboutTicket
  }
}
