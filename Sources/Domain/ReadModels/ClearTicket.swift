/// A ticket with its texts and the customer's records in clear: what the desk reads to help the agent. It never reaches a screen,
/// a log or an export; what is said about it is masked. The language of `ticket` is the one in which the customer is answered.
package struct ClearTicket: Sendable {
  package var ticket: Ticket
  package var zone: Zone?
  /// Oldest first: the newest of the ticket and of the tickets merged into it.
  package var entries: [TimelineEntry]
  package var customer: CustomerProfile?

  package init(ticket: Ticket, zone: Zone?, entries: [TimelineEntry], customer: CustomerProfile?) {
    self.ticket = ticket
    self.ticket.language = SpokenLanguage.answering(
      ticket, customer: customer?.customer, zone: zone, messages: entries.saidByCustomer)
    self.zone = zone
    self.entries = entries
    self.customer = customer
  }
}

extension [TimelineEntry] {
  /// Texts of the customer that stand, in the order of the timeline.
  package var saidByCustomer: [String] {
    compactMap { $0.kind == .customerMessage && $0.struckAt == nil ? $0.body : nil }
  }
}

/// How a ticket was closed, as far as it helps to close the next one.
package struct PastClosing: Hashable, Sendable {
  package var template: TemplateID
  package var text: String
  package var language: Language

  package init(template: TemplateID, text: String, language: Language) {
    self.template = template
    self.text = text
    self.language = language
  }
}
