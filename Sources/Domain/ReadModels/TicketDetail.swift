/// Everything the ticket pane shows. Personal data in texts is masked.
///
/// The language of `ticket` is the one in which the customer is answered; see ``SpokenLanguage``.
package struct TicketDetail: Hashable, Sendable {
  package struct Related: Hashable, Sendable, Identifiable {
    package var id: TicketID
    package var number: String?
    package var subject: String
    package var state: Ticket.State
    package var relation: Ticket.Link.Relation?

    package init(
      id: TicketID, number: String?, subject: String, state: Ticket.State, relation: Ticket.Link.Relation?
    ) {
      self.id = id
      self.number = number
      self.subject = subject
      self.state = state
      self.relation = relation
    }
  }

  package var ticket: Ticket
  /// Oldest first: the newest `entries.count` of the ticket and of the tickets merged into it.
  package var entries: [TimelineEntry]
  /// Whether older entries exist; ask again with a larger number.
  package var hasOlderEntries: Bool
  package var contacts: [Contact]
  package var attachments: [Attachment]
  package var related: [Related]
  /// Closing templates of the zone, those of the ticket's category first.
  package var templates: [ClosingTemplate]
  package var zone: Zone?
  /// From the root to the ticket's category.
  package var categoryPath: [Category]
  package var isWaitingForStore: Bool
  /// Masked, as every profile is.
  package var customer: CustomerProfile?
  /// The customer's name in clear, for what the customer will read; never shown elsewhere.
  package var clearName: String?
  /// What belongs to it is with the store and has not come.
  package var isPartial = false

  package init(
    ticket: Ticket, entries: [TimelineEntry], hasOlderEntries: Bool, contacts: [Contact],
    attachments: [Attachment], related: [Related], templates: [ClosingTemplate], zone: Zone?,
    categoryPath: [Category], isWaitingForStore: Bool, customer: CustomerProfile?
  ) {
    self.ticket = ticket
    self.ticket.language = SpokenLanguage.answering(
      ticket, customer: customer?.customer, zone: zone, messages: entries.saidByCustomer)
    self.entries = entries
    self.hasOlderEntries = hasOlderEntries
    self.contacts = contacts
    self.attachments = attachments
    self.related = related
    self.templates = templates
    self.zone = zone
    self.categoryPath = categoryPath
    self.isWaitingForStore = isWaitingForStore
    self.customer = customer
  }
}

/// The customer 360. `customer.name`, `customer.address` and the values of `identities` are masked; revealing one is an
/// operation with a reason, and answers with the clear value.
package struct CustomerProfile: Hashable, Sendable {
  package struct Visit: Hashable, Sendable, Identifiable {
    package var id: TicketID
    package var number: String?
    package var at: Timestamp
    package var channel: Channel
    package var subject: String
    package var zone: ZoneID
    package var category: CategoryID?
    package var state: Ticket.State

    package init(
      id: TicketID, number: String?, at: Timestamp, channel: Channel, subject: String, zone: ZoneID,
      category: CategoryID? = nil, state: Ticket.State
    ) {
      self.id = id
      self.number = number
      self.at = at
      self.channel = channel
      self.subject = subject
      self.zone = zone
      self.category = category
      self.state = state
    }
  }

  package var customer: Customer
  package var identities: [Identity]
  package var products: [Product]
  /// Newest first.
  package var orders: [Order]
  /// Newest first.
  package var bills: [Bill]
  /// Earlier tickets of the customer and of customers merged into this one; newest first, at most 50.
  package var visits: [Visit]
  package var ticketCount: Int
  /// Customers merged into this one; names masked.
  package var merged: [Customer]

  package init(
    customer: Customer, identities: [Identity], products: [Product], orders: [Order], bills: [Bill],
    visits: [Visit], ticketCount: Int, merged: [Customer]
  ) {
    self.customer = customer
    self.identities = identities
    self.products = products
    self.orders = orders
    self.bills = bills
    self.visits = visits
    self.ticketCount = ticketCount
    self.merged = merged
  }
}

/// Text that was typed and not yet saved as an operation. Kept in the replica within a second, offered again after a crash.
package struct Draft: Hashable, Codable, Sendable {
  package enum Slot: String, Codable, CaseIterable, Sendable { case reply, note, closing, form, newTicket }

  /// Nil for a new ticket.
  package var ticket: TicketID?
  package var slot: Slot
  /// For `form` and `closing` JSON of the desk; for the rest the text.
  package var body: String
  package var savedAt: Timestamp
  /// Whether a reply or a note began as the draft of a language model; a closing says so in its own body.
  package var isMachineDrafted: Bool

  package init(
    ticket: TicketID?, slot: Slot, body: String, savedAt: Timestamp, isMachineDrafted: Bool = false
  ) {
    self.ticket = ticket
    self.slot = slot
    self.body = body
    self.savedAt = savedAt
    self.isMachineDrafted = isMachineDrafted
  }
}

/// What the sync mark on the status line says.
package struct SyncStatus: Hashable, Sendable {
  /// Operations saved here that the store has not answered.
  package var queued: Int
  /// Operations that the store refused and nobody has looked at.
  package var refused: Int
  /// Nil while the store is reachable.
  package var offlineSince: Timestamp?
  /// The store is there, and this desk neither sends nor takes anything until somebody has looked at it.
  package var isHalted: Bool
  /// When a backup of the store was last verified, or the store was made; nil where nobody needs one.
  package var backedUpAt: Timestamp?
  /// Nothing can be saved on this desk: its disk is full or fails.
  package var cannotSave: Bool

  package init(
    queued: Int = 0, refused: Int = 0, offlineSince: Timestamp? = nil, isHalted: Bool = false,
    backedUpAt: Timestamp? = nil, cannotSave: Bool = false
  ) {
    self.queued = queued
    self.refused = refused
    self.offlineSince = offlineSince
    self.isHalted = isHalted
    self.backedUpAt = backedUpAt
    self.cannotSave = cannotSave
  }

  /// What comes first on the status line; what was refused needs somebody.
  package enum State: String, Sendable {
    case inStep = "in_step"
    case waiting, offline, refused
  }

  package var state: State {
    if refused > 0 { return .refused }
    if offlineSince != nil { return .offline }
    return queued > 0 ? .waiting : .inStep
  }

  /// Days without a verified backup, from the third on: one is made every day, so that something keeps it from being made.
  package func daysWithoutBackup(at now: Timestamp) -> Int? {
    guard let backedUpAt, now - backedUpAt >= 3 * 86_400_000 else { return nil }
    return Int((now - backedUpAt) / 86_400_000)
  }
}

/// An operation that the store refused, with everything that was typed.
package struct NotSent: Hashable, Sendable, Identifiable {
  package var id: OperationID
  package var operation: Operation
  package var refusal: Refusal
  package var at: Timestamp

  package init(id: OperationID, operation: Operation, refusal: Refusal, at: Timestamp) {
    self.id = id
    self.operation = operation
    self.refusal = refusal
    self.at = at
  }
}

/// Who has a ticket open right now, at another desk.
package struct Viewer: Hashable, Sendable {
  package var agent: AgentID
  package var ticket: TicketID
  /// Whether the person is typing there.
  package var isTyping: Bool

  package init(agent: AgentID, ticket: TicketID, isTyping: Bool) {
    self.agent = agent
    self.ticket = ticket
    self.isTyping = isTyping
  }
}
