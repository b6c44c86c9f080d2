/// What a ticket is compared by with those that are solved.
package struct SimilarQuery: Hashable, Codable, Sendable {
  /// Never listed itself; nil for a ticket that is not saved yet.
  package var ticket: TicketID?
  /// The subject and what the customer wrote, in clear.
  package var text: String
  package var zone: ZoneID
  package var category: CategoryID?
  /// Values of the form by field id, in canonical form.
  package var fields: [String: String]
  package var limit: Int

  package init(
    ticket: TicketID? = nil, text: String, zone: ZoneID, category: CategoryID? = nil,
    fields: [String: String] = [:], limit: Int = 5
  ) {
    self.ticket = ticket
    self.text = text
    self.zone = zone
    self.category = category
    self.fields = fields
    self.limit = limit
  }
}

/// A solved ticket about the same thing, and how it ended. Personal data is masked.
package struct SimilarTicket: Hashable, Codable, Sendable, Identifiable {
  package var id: TicketID
  package var number: String?
  package var subject: String
  package var zone: ZoneID
  package var category: CategoryID?
  package var disposition: String?
  /// Nil where it was closed without one.
  package var template: TemplateID?
  /// When it was solved.
  package var solvedAt: Timestamp
  /// 0 to 1: the share of what the query says that this ticket says too, rare words weighing more, lowered for another category
  /// and for age. Comparable within one answer.
  package var score: Double
  /// Words that both have, those that tell most first; at most four.
  package var words: [String]
  package var isSameCategory: Bool
  /// Ids of form fields with the same value.
  package var fields: [String]

  package init(
    id: TicketID, number: String?, subject: String, zone: ZoneID, category: CategoryID?, disposition: String?,
    template: TemplateID?, solvedAt: Timestamp, score: Double, words: [String], isSameCategory: Bool,
    fields: [String] = []
  ) {
    self.id = id
    self.number = number
    self.subject = subject
    self.zone = zone
    self.category = category
    self.disposition = disposition
    self.template = template
    self.solvedAt = solvedAt
    self.score = score
    self.words = words
    self.isSameCategory = isSameCategory
    self.fields = fields
  }
}

/// How often a template ended tickets. A ticket counts for the closing that it has now: one that was reopened counts for none
/// until it is solved again.
package struct TemplateCount: Hashable, Codable, Sendable {
  package var template: TemplateID
  /// In the same category (in the zone, where the ticket has none): of the last 30 and 90 days, today included. Days are those
  /// of UTC.
  package var last30Days: Int
  package var last90Days: Int
  /// Among the similar solved tickets.
  package var similar: Int

  package init(template: TemplateID, last30Days: Int, last90Days: Int, similar: Int) {
    self.template = template
    self.last30Days = last30Days
    self.last90Days = last90Days
    self.similar = similar
  }
}

/// What the desk knows of how such tickets end.
package struct SolvedBefore: Hashable, Codable, Sendable {
  /// The most similar first.
  package var tickets: [SimilarTicket]
  /// Templates that ended any of them, or tickets of the category in the last 90 days; the most frequent of the last 30 days
  /// first.
  package var templates: [TemplateCount]

  package init(tickets: [SimilarTicket] = [], templates: [TemplateCount] = []) {
    self.tickets = tickets
    self.templates = templates
  }
}
