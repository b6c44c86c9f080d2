import Domain

/// Everything that is read when a ticket opens. Texts are in clear: they never leave the module that reads them, and what is
/// said about them is masked.
package struct ReadingInput: Sendable {
  /// Something that was said, in the order of the ticket.
  package struct Message: Hashable, Sendable {
    package var author: TimelineEntry.Author
    package var at: Timestamp
    package var text: String

    package init(author: TimelineEntry.Author, at: Timestamp, text: String) {
      self.author = author
      self.at = at
      self.text = text
    }

    package var isFromCustomer: Bool { author == .customer }
  }

  package var ticket: Ticket
  package var zone: Zone?
  /// Oldest first: messages of the customer and public replies; notes are not read.
  package var messages: [Message]
  /// Records of the customer; nil where they are not here.
  package var customer: CustomerProfile?
  package var clock: WallClock
  package var now: Timestamp
  /// What was done on the ticket; empty where nobody asks for the procedure.
  package var deeds = StepDeeds()

  package init(
    ticket: Ticket, zone: Zone?, messages: [Message], customer: CustomerProfile?, clock: WallClock,
    now: Timestamp
  ) {
    self.ticket = ticket
    self.zone = zone
    self.messages = messages
    self.customer = customer
    self.clock = clock
    self.now = now
  }
}

extension ReadingInput {
  /// What people said on a ticket: messages of the customer and public replies that were not taken back.
  package init(_ clear: ClearTicket, clock: WallClock, now: Timestamp) {
    self.init(
      ticket: clear.ticket, zone: clear.zone,
      messages: clear.entries.compactMap { entry in
        switch entry.kind {
        case .customerMessage, .reply:
          entry.struckAt == nil ? Message(author: entry.author, at: entry.at, text: entry.body) : nil
        default: nil
        }
      }, customer: clear.customer, clock: clock, now: now)
    deeds = StepDeeds(entries: clear.entries)
  }
}
