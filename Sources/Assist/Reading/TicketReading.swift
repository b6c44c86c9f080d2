import Domain

/// What the desk read when a ticket was opened: everything that it proposes, each with its reason. Values of fields are in
/// clear, as the form keeps them; every reason is masked.
package struct TicketReading: Hashable, Sendable {
  /// Which state of the ticket it is about.
  package var version: ReadVersion
  package var category: CategoryReading?
  package var fields: [FieldReading]
  package var mood: MoodReading
  package var risk: RiskReading
  /// What the ticket speaks of first.
  package var findings: [Finding]
  /// One for each step of the zone, in its order.
  package var steps: [StepReading]
  package var offers: [OfferReading]
  package var advice: [Advice]
  /// Templates of the zone, best first.
  package var closings: [RankedClosing]
  /// Solved tickets that say the same, the most similar first; masked.
  package var similar: [SimilarTicket]
  /// What a reply on this ticket is checked with.
  package var words: ReplyWords

  package init(
    version: ReadVersion, category: CategoryReading? = nil, fields: [FieldReading] = [],
    mood: MoodReading = MoodReading(), risk: RiskReading = RiskReading(), findings: [Finding] = [],
    steps: [StepReading] = [], offers: [OfferReading] = [], advice: [Advice] = [],
    closings: [RankedClosing] = [], similar: [SimilarTicket] = [], words: ReplyWords = ReplyWords()
  ) {
    self.version = version
    self.category = category
    self.fields = fields
    self.mood = mood
    self.risk = risk
    self.findings = findings
    self.steps = steps
    self.offers = offers
    self.advice = advice
    self.closings = closings
    self.similar = similar
    self.words = words
  }
}

extension TicketReading {
  /// For where there is no room for all: how to speak, and what the customer will probably ask next.
  package var shortAdvice: [Advice] {
    let next = advice.first { $0.kind == .next }
    return Array(advice.filter { $0.kind != .next }.prefix(next == nil ? 2 : 1)) + [next].compactMap { $0 }
  }
}

/// The words of a zone, ready for checking replies. They come from the configuration and not from the ticket, so that two readings
/// do not differ by them.
package struct ReplyWords: Hashable, Sendable {
  /// Nil: nothing is checked.
  package var words: ReadingWords?

  package init(_ words: ReadingWords? = nil) { self.words = words }

  package static func == (left: Self, right: Self) -> Bool { true }
  package func hash(into hasher: inout Hasher) {}
}

/// A state of a ticket and of what is read with it: the same value, the same reading.
package struct ReadVersion: Hashable, Sendable {
  package var ticket: Int64
  /// Rises with notes and replies as well, which the version does not.
  package var updatedAt: Timestamp
  /// A hash of the customer's records: one that came or changed makes another version.
  package var records: Int

  package init(ticket: Int64, updatedAt: Timestamp, records: Int) {
    self.ticket = ticket
    self.updatedAt = updatedAt
    self.records = records
  }

  package init(_ ticket: Ticket, _ customer: CustomerProfile?) {
    self.init(
      ticket: ticket.version, updatedAt: ticket.updatedAt,
      records: customer?.hashValue ?? 0)
  }
}

// MARK: - What is proposed

/// A value for a field of the form, and why.
package struct Proposal: Hashable, Sendable {
  /// In stored form.
  package var value: String
  /// 0 to 1.
  package var confidence: Double
  package var reason: Reason
  /// Where it stands in the messages.
  package var place: TextPlace?

  package init(value: String, confidence: Double, reason: Reason, place: TextPlace? = nil) {
    self.value = value
    self.confidence = confidence
    self.reason = reason
    self.place = place
  }
}

extension TicketReading {
  /// Below it a value is not put into a form: an empty field is honest.
  package static let fieldThreshold = 0.5

  /// The best value for each field of the form that is not empty already, by field id.
  package func proposals(for ticket: Ticket, fields known: [FormField]) -> [String: Proposal] {
    var found: [String: Proposal] = [:]
    for field in known where found[field.id] == nil { found[field.id] = proposal(for: field, of: ticket) }
    return found
  }

  /// The best value for a field that is empty. What a finding that the ticket speaks of says comes before what stands in the text: it
  /// was compared with the records.
  package func proposal(for field: FormField, of ticket: Ticket) -> Proposal? {
    guard (ticket.fields[field.id] ?? "").isEmpty else { return nil }
    func stored(_ value: String) -> String? {
      guard let value = try? field.canonical(value), !value.isEmpty else { return nil }
      return value
    }
    for finding in findings where finding.isAboutTicket && finding.strength != .possible {
      guard let value = finding.suggestion.fields[field.id].flatMap(stored) else { continue }
      return Proposal(
        value: value, confidence: finding.strength == .certain ? 0.95 : 0.8,
        reason: Reason(
          "field.finding", ["zh-Hans": finding.name.chinese, "en": finding.name.english]))
    }
    let read = fields.filter { $0.field == field.id && $0.confidence >= Self.fieldThreshold }
    for reading in read.sorted(by: { $0.confidence > $1.confidence }) {
      guard let value = stored(reading.value) else { continue }
      return Proposal(
        value: value, confidence: reading.confidence, reason: reading.reason, place: reading.place)
    }
    return nil
  }

  /// The category that the ticket should have, where it has none and the reading is sure; one of another zone is only shown.
  package func proposedCategory(for ticket: Ticket) -> CategoryReading? {
    guard ticket.category == nil, let category, category.category != nil,
      category.candidates.first?.zone == ticket.zone
    else { return nil }
    return category
  }
}
