/// Everything a person does to the desk's data, as a value. The desk runs it on its replica at once; the shared store runs
/// the same one as the authority, through the same reducer.
package struct Operation: Hashable, Codable, Sendable, Identifiable {
  /// The number of this format. The store upgrades older ones. 2: refunds and verification.
  package static let currentSchema = 2

  package var id: OperationID
  package var actor: AgentID
  /// The desk's clock when it was done.
  package var at: Timestamp
  package var schema: Int
  /// The version of the ticket (or customer) that the person saw; where it is given and others changed the thing since, the
  /// operation is refused.
  package var basedOn: Int64?
  package var action: Action
  /// Whether the text in it began as the draft of a language model; nil: no. It stays so however much a person changed.
  package var isMachineDrafted: Bool?

  package init(
    id: OperationID, actor: AgentID, at: Timestamp, basedOn: Int64? = nil, action: Action,
    schema: Int = Operation.currentSchema, isMachineDrafted: Bool = false
  ) {
    self.id = id
    self.actor = actor
    self.at = at
    self.schema = schema
    self.basedOn = basedOn
    self.action = action
    self.isMachineDrafted = isMachineDrafted ? true : nil
  }

  /// The key of the timeline entry that this operation writes; the same wherever it runs.
  package func entry(_ index: Int = 0) -> EntryID { EntryID("\(id.text)-\(index)") }
}

/// What an operation does, by the aggregate that it changes.
package enum Action: Hashable, Codable, Sendable {
  case ticket(TicketID, TicketAction)
  case customer(CustomerID, CustomerAction)
  case bill(BillID, BillAction)
  case agent(AgentID, AgentAction)
  case configuration(ConfigurationAction)
  /// A search that found nothing, kept for the people who write articles.
  case missedSearch(query: String, language: Language)
  /// An article answered a question: search finds it again for questions like it.
  case articleUse(ArticleUse)
  /// Data leaves the desk, masked or in clear. It changes nothing; it is there to be known, and comes before the first line.
  case export(Export)

  package var aggregate: AggregateID {
    switch self {
    case .ticket(let id, _): .ticket(id)
    case .customer(let id, _): .customer(id)
    case .bill(let id, _): .bill(id)
    case .agent(let id, _): .agent(id)
    case .configuration: .configuration
    case .missedSearch(let query, _): .missedSearch(query)
    case .articleUse(let use): .article(use.article)
    case .export(let export): .export(export.kind)
    }
  }
}

extension Action {
  /// The word that the log of the store uses: `ticket.claim`.
  package var name: String {
    switch self {
    case .ticket(_, let action): "ticket.\(action.name)"
    case .customer(_, let action): "customer.\(action.name)"
    case .bill(_, let action): "bill.\(action.name)"
    case .agent(_, let action): "agent.\(action.name)"
    case .configuration(let action): "configuration.\(action.name)"
    case .missedSearch: "search.missed"
    case .articleUse(let use): use.isTakenBack ? "article.takenBack" : "article.\(use.kind.rawValue)"
    case .export(let export): export.isClear ? "export.clear" : "export.masked"
    }
  }
}

/// The thing that is loaded, reduced and written as a whole.
package enum AggregateID: Hashable, Codable, Sendable {
  case ticket(TicketID)
  case customer(CustomerID)
  case bill(BillID)
  case agent(AgentID)
  case configuration
  case missedSearch(String)
  case article(ArticleID)
  case export(Export.Kind)

  /// One text a key: `ticket:…`.
  package var text: String {
    switch self {
    case .ticket(let id): "ticket:\(id)"
    case .customer(let id): "customer:\(id)"
    case .bill(let id): "bill:\(id)"
    case .agent(let id): "agent:\(id)"
    case .configuration: "configuration"
    case .missedSearch(let query): "search:\(query)"
    case .article(let id): "article:\(id)"
    case .export(let kind): "export:\(kind.rawValue)"
    }
  }
}

/// What leaves the desk, and why.
package struct Export: Hashable, Codable, Sendable {
  package enum Kind: String, Codable, CaseIterable, Sendable { case tickets, customers }

  package var kind: Kind
  /// Personal data in clear; then every customer has a disclosure of their own besides.
  package var isClear: Bool
  package var reason: String

  package init(_ kind: Kind, isClear: Bool, reason: String) {
    self.kind = kind
    self.isClear = isClear
    self.reason = reason
  }
}

package enum TicketAction: Hashable, Codable, Sendable {
  case create(NewTicket)
  /// The customer comes again about this ticket.
  case addContact(ContactID, Channel, message: String)
  case moveContact(ContactID, to: Contact.State, code: String?)
  /// Something the customer wrote or said.
  case receive(message: String, contact: ContactID?)
  case claim
  case release
  case hold(reason: String, until: Timestamp?)
  case resume
  case note(String)
  /// A public answer. Recorded now, released 10 s later, to be taken back until then.
  case reply(String)
  /// An undone note stays, struck through; an undone reply is taken back while it has not been released.
  case strike(EntryID)
  /// Values by field id; an empty text clears a field. All of them or none.
  case setFields([String: String])
  case setCategory(CategoryID, zone: ZoneID)
  /// It has none any more: what undoes a category that came with a close.
  case clearCategory
  case setPriority(Ticket.Priority)
  case setSubject(String)
  case addTag(String)
  case removeTag(String)
  /// To another zone, team or person, with a note for them.
  case transfer(zone: ZoneID?, team: TeamID?, agent: AgentID?, note: String)
  case close(disposition: String, Closing)
  /// Solved, while the customer may still object.
  case solve(disposition: String, Closing)
  case reopen(reason: String)
  case link(TicketID, Ticket.Link.Relation)
  case unlink(TicketID)
  /// This ticket ends; its timeline is shown in `into` as well.
  case merge(into: TicketID)
  /// The other side of a merge: what was merged into this ticket.
  case absorb(TicketID)
  case attach(Attachment)
  case setReminder(Ticket.Reminder?)
  /// The time of a reminder has come: done by the system, for whoever was not there to be told.
  case remind(at: Timestamp)
  /// A step of the zone's procedure (SOP) was done, or was not after all.
  case setStep(String, isDone: Bool)
  /// A step is left out, and why.
  case skipStep(String, reason: String)
  /// What the desk read before closing: steps that something else shows to be done, and steps whose conditions do not hold.
  case recordSteps(done: [String], notNeeded: [String])
  case markRead
  /// A lead looks at the ticket while somebody works on it. Nothing changes; that it happened is recorded.
  case watch
  /// A word of a lead that only colleagues see (耳语).
  case coach(String)
  /// A lead is to know of it: once of each kind. Done by the desk that reads the ticket.
  case raise(Ticket.Alert.Kind, RiskSeverity, Reason)
  /// A lead looks after what was raised.
  case attend(Ticket.Alert.Kind)
  /// Nobody looks after it after all: it waits for a lead again.
  case unattend(Ticket.Alert.Kind)
  /// What the customer answered was compared with the records; only the result travels. See decision 33.
  case verify(ContactID, VerificationQuestion, isRight: Bool)
  /// Somebody who is not the customer, or presses, is turned away; the contact is asked nothing more.
  case refuseVerification(ContactID, ContactVerification.Refused)
  /// Several changes of one ticket as one: the first that is refused refuses them all. What a macro does, and what a close
  /// saves first.
  case together([TicketAction])
  /// Masked text of the ticket goes to a language model. Nothing changes; it comes before the first byte leaves.
  case consult(Consultation)

  /// The word that the ledger, the log and a refusal use.
  package var name: String {
    switch self {
    case .create: "create"
    case .addContact: "addContact"
    case .moveContact: "moveContact"
    case .receive: "receive"
    case .claim: "claim"
    case .release: "release"
    case .hold: "hold"
    case .resume: "resume"
    case .note: "note"
    case .reply: "reply"
    case .strike: "strike"
    case .setFields: "setFields"
    case .setCategory: "setCategory"
    case .clearCategory: "clearCategory"
    case .setPriority: "setPriority"
    case .setSubject: "setSubject"
    case .addTag: "addTag"
    case .removeTag: "removeTag"
    case .transfer: "transfer"
    case .close: "close"
    case .solve: "solve"
    case .reopen: "reopen"
    case .link: "link"
    case .unlink: "unlink"
    case .merge: "merge"
    case .absorb: "absorb"
    case .attach: "attach"
    case .setReminder: "setReminder"
    case .remind: "remind"
    case .setStep: "setStep"
    case .skipStep: "skipStep"
    case .recordSteps: "recordSteps"
    case .markRead: "markRead"
    case .watch: "watch"
    case .coach: "coach"
    case .raise: "raise"
    case .attend: "attend"
    case .unattend: "unattend"
    case .verify: "verify"
    case .refuseVerification: "refuseVerification"
    case .together: "together"
    case .consult: "consult"
    }
  }
}

extension TicketAction {
  /// Whether it may be one of several that are done together: what changes this ticket alone and is decided by what is
  /// known of it. A second contact, another ticket, and who looks at it stay operations of their own.
  package var fitsTogether: Bool {
    switch self {
    case .setFields, .setCategory, .clearCategory, .setPriority, .setSubject, .addTag, .removeTag, .setStep,
      .skipStep,
      .recordSteps,
      .setReminder,
      .note, .reply, .strike, .hold, .resume, .transfer, .close, .solve, .reopen:
      true
    default: false
    }
  }
}

package struct NewTicket: Hashable, Codable, Sendable {
  package var customer: CustomerID
  package var zone: ZoneID
  package var category: CategoryID?
  package var subject: String
  package var priority: Ticket.Priority
  package var language: Language
  package var channel: Channel
  /// The contact it comes from; nil for a ticket that nobody waits for.
  package var contact: ContactID?
  /// What the customer said first; may be empty.
  package var message: String
  package var fields: [String: String]
  package var tags: [String]
  /// Whether whoever creates it works on it at once (a new ticket during a call).
  package var isClaimed: Bool
  /// Set when it was split off.
  package var splitFrom: TicketID?
  /// When it came in, where that is not now (imports).
  package var arrivedAt: Timestamp?
  /// What was said before it came here (imports), oldest first; `message` then stays empty.
  package var conversation: [PastMessage]
  /// Whether somebody said which `language` it is; nil: no.
  package var isLanguageNamed: Bool?

  package init(
    customer: CustomerID, zone: ZoneID, category: CategoryID? = nil, subject: String,
    priority: Ticket.Priority = .normal, language: Language = .chinese, channel: Channel,
    contact: ContactID? = nil, message: String = "", fields: [String: String] = [:], tags: [String] = [],
    isClaimed: Bool = false, splitFrom: TicketID? = nil, arrivedAt: Timestamp? = nil,
    conversation: [PastMessage] = [], isLanguageNamed: Bool = false
  ) {
    self.customer = customer
    self.zone = zone
    self.category = category
    self.subject = subject
    self.priority = priority
    self.language = language
    self.channel = channel
    self.contact = contact
    self.message = message
    self.fields = fields
    self.tags = tags
    self.isClaimed = isClaimed
    self.splitFrom = splitFrom
    self.arrivedAt = arrivedAt
    self.conversation = conversation
    self.isLanguageNamed = isLanguageNamed ? true : nil
  }
}

/// A message of a conversation that took place before the ticket was imported.
package struct PastMessage: Hashable, Codable, Sendable {
  package var author: TimelineEntry.Author
  package var at: Timestamp
  package var text: String

  package init(author: TimelineEntry.Author, at: Timestamp, text: String) {
    self.author = author
    self.at = at
    self.text = text
  }
}

package enum CustomerAction: Hashable, Codable, Sendable {
  case create(Customer, identities: [Identity])
  /// The whole profile as it should be; refused when others changed it since (`basedOn`).
  case update(Customer)
  case addIdentity(Identity)
  case removeIdentity(IdentityID)
  /// This record is shown as part of `into` from now on.
  case merge(into: CustomerID)
  case unmerge
  /// Somebody looks at personal data in clear, and why. With the ticket on which they work, whose zone may ask for a
  /// verification first.
  case reveal(field: String, reason: String, ticket: TicketID? = nil)
  case importRecords(products: [Product], orders: [Order], bills: [Bill])
  /// What the customer said to an offer of the configuration, on which ticket.
  case answerOffer(OfferID, Offer.Answer, ticket: TicketID?)

  package var name: String {
    switch self {
    case .create: "create"
    case .update: "update"
    case .addIdentity: "addIdentity"
    case .removeIdentity: "removeIdentity"
    case .merge: "merge"
    case .unmerge: "unmerge"
    case .reveal: "reveal"
    case .importRecords: "importRecords"
    case .answerOffer: "answerOffer"
    }
  }
}

package enum BillAction: Hashable, Codable, Sendable {
  /// Granted at once within the limits of whoever asks; above them it waits for somebody who may approve it. The refund has
  /// the key of the operation.
  case refund(RefundRequest)
  case approve(RefundID)
  case decline(RefundID, reason: String)
  /// Before it was paid.
  case withdraw(RefundID)

  package var name: String {
    switch self {
    case .refund: "refund"
    case .approve: "approve"
    case .decline: "decline"
    case .withdraw: "withdraw"
    }
  }
}

package enum AgentAction: Hashable, Codable, Sendable {
  case setPresence(Presence.State, reason: String?, ticket: TicketID?)
  /// Who somebody is. Grants and presence stay as they are.
  case define(Agent)
  /// Whether somebody works here. Nobody is deleted: what they did stays theirs.
  case setActive(Bool)
  /// Adds it, or replaces the one about the same subject.
  case grant(Grant)
  case revoke(Grant.Subject)

  package var name: String {
    switch self {
    case .setPresence: "setPresence"
    case .define: "define"
    case .setActive(let isActive): isActive ? "activate" : "deactivate"
    case .grant: "grant"
    case .revoke: "revoke"
    }
  }
}

package enum ConfigurationAction: Hashable, Codable, Sendable {
  /// Replaces everything of the kinds that the set holds: a changed folder is loaded all or nothing.
  case apply(ConfigurationSet)
  /// Adds or replaces articles and leaves the rest.
  case addArticles([Article])
  case defineTeam(Team)
  case removeTeam(TeamID)
  /// Desks read with it from now on.
  case adoptModel(LearnedModel.Attempt)
  /// It was not better: nothing changes, and why is kept.
  case refuseModel(LearnedModel.Attempt)

  package var name: String {
    switch self {
    case .apply: "apply"
    case .addArticles: "addArticles"
    case .defineTeam: "defineTeam"
    case .removeTeam: "removeTeam"
    case .adoptModel: "adoptModel"
    case .refuseModel: "refuseModel"
    }
  }
}
