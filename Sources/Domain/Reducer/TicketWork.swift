/// A ticket while one operation changes it: the rows it touched so far.
struct TicketWork {
  var ticket: Ticket
  let actor: Agent
  let operation: Operation
  let now: Timestamp
  private let before: Ticket
  private var contacts: [Contact] = []
  private var attachments: [Attachment] = []
  private var entries: [TimelineEntry] = []
  private var written = 0

  init(ticket: Ticket, actor: Agent, operation: Operation, now: Timestamp) {
    self.ticket = ticket
    self.before = ticket
    self.actor = actor
    self.operation = operation
    self.now = now
  }

  var author: TimelineEntry.Author { actor.id == Agent.system.id ? .system : .agent(actor.id) }

  mutating func record(
    _ kind: TimelineEntry.Kind, _ body: String = "", author: TimelineEntry.Author? = nil,
    contact: ContactID? = nil, at moment: Timestamp? = nil, releasesAt: Timestamp? = nil
  ) {
    var entry = TimelineEntry(
      id: operation.entry(written), ticket: ticket.id, contact: contact ?? ticket.contact,
      at: moment ?? now, author: author ?? self.author, kind: kind, body: body, releasesAt: releasesAt)
    if kind.isWritten { entry.isMachineDrafted = operation.isMachineDrafted }
    entries.append(entry)
    written += 1
  }

  mutating func rewrite(_ entry: TimelineEntry) { entries.append(entry) }

  mutating func put(_ contact: Contact) {
    contacts.removeAll { $0.id == contact.id }
    contacts.append(contact)
  }

  mutating func put(_ attachment: Attachment) { attachments.append(attachment) }

  /// The ticket changed in a way that whoever is about to close it must have seen.
  mutating func bump() { ticket.version += 1 }

  mutating func move(to state: Ticket.State) {
    guard ticket.state != state else { return }
    record(.stateChanged(from: ticket.state, to: state))
    ticket.state = state
    bump()
  }

  mutating func give(to owner: AgentID?) {
    guard ticket.owner != owner else { return }
    record(.ownerChanged(from: ticket.owner, to: owner))
    ticket.owner = owner
    bump()
  }

  mutating func endPause() {
    ticket.pendingSince = nil
    ticket.pendingUntil = nil
    ticket.pendingReason = nil
  }

  func changes() -> [Change] {
    var ticket = ticket
    if ticket != before || !entries.isEmpty { ticket.updatedAt = max(before.updatedAt, now) }
    return (ticket == before ? [] : [.ticket(ticket)]) + contacts.map(Change.contact)
      + attachments.map(Change.attachment) + entries.map(Change.entry)
  }
}
