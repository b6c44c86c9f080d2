/// The case that is worked and closed.
///
/// new → open ⇄ pending → solved → closed → archived, with reopen. `version` rises with every change that a person who is
/// about to close must have seen: messages of the customer, fields, state, owner; not with notes.
package struct Ticket: Hashable, Codable, Sendable, Identifiable {
  package enum State: String, Codable, CaseIterable, Sendable {
    case new, open, pending, solved, closed, archived

    package var isDone: Bool { self == .solved || self == .closed || self == .archived }
  }

  package enum Priority: Int, Codable, CaseIterable, Sendable, Comparable {
    case urgent = 1
    case high = 2
    case normal = 3
    case low = 4

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  package struct Link: Hashable, Codable, Sendable {
    package enum Relation: String, Codable, CaseIterable, Sendable {
      case related, splitFrom, splitInto, duplicates
    }
    package var ticket: TicketID
    package var relation: Relation

    package init(ticket: TicketID, relation: Relation) {
      self.ticket = ticket
      self.relation = relation
    }
  }

  package struct Reminder: Hashable, Codable, Sendable {
    package var at: Timestamp
    package var text: String
    package var agent: AgentID

    package init(at: Timestamp, text: String, agent: AgentID) {
      self.at = at
      self.text = text
      self.agent = agent
    }
  }

  package var id: TicketID
  /// What people say, such as `2611-0417`: year, month and a counter. Given by the store; nil until it has answered.
  package var number: String?
  package var customer: CustomerID
  package var zone: ZoneID
  package var category: CategoryID?
  package var subject: String
  package var state: State
  package var priority: Priority
  package var owner: AgentID?
  package var team: TeamID?
  package var language: Language
  /// Values of the zone's form fields by field id, in canonical form (`FormField.canonical`).
  package var fields: [String: String]
  package var tags: [String]
  /// Ids of the zone's steps (SOP) that were done, in the order in which they were done.
  package var steps: [String]
  /// See `skippedSteps`. Optional, so that tickets that were written before there were skips can be read.
  private var skips: [String: String]?
  package var createdAt: Timestamp
  package var createdBy: AgentID
  package var updatedAt: Timestamp
  /// The newest contact and its channel: what a queue row shows.
  package var contact: ContactID?
  package var channel: Channel
  /// The beginning of the newest message of the customer, one line, at most 120 characters.
  package var preview: String
  /// The oldest message of the customer that nobody answered; nil when nobody waits.
  package var waitingSince: Timestamp?
  package var firstRepliedAt: Timestamp?
  package var pendingSince: Timestamp?
  package var pendingUntil: Timestamp?
  package var pendingReason: String?
  package var solvedAt: Timestamp?
  package var closedAt: Timestamp?
  package var disposition: String?
  package var closing: Closing?
  package var reopenCount: Int
  package var mergedInto: TicketID?
  package var links: [Link]
  package var reminder: Reminder?
  /// The customer wrote and the owner has not looked yet.
  package var isUnread: Bool
  package var version: Int64
  /// Nil where there is none, as in tickets of programs before: see `alerts`.
  var raised: [Alert]?
  private var namesLanguage: Bool?

  package init(
    id: TicketID, customer: CustomerID, zone: ZoneID, category: CategoryID? = nil, subject: String,
    priority: Priority = .normal, language: Language = .chinese, channel: Channel, createdAt: Timestamp,
    createdBy: AgentID
  ) {
    self.id = id
    self.customer = customer
    self.zone = zone
    self.category = category
    self.subject = subject
    state = .new
    self.priority = priority
    self.language = language
    fields = [:]
    tags = []
    steps = []
    self.createdAt = createdAt
    self.createdBy = createdBy
    updatedAt = createdAt
    self.channel = channel
    preview = ""
    reopenCount = 0
    links = []
    isUnread = false
    version = 1
  }

  /// Steps that nobody did, with the reason that somebody gave; empty where the step was not needed.
  package var skippedSteps: [String: String] {
    get { skips ?? [:] }
    set { skips = newValue.isEmpty ? nil : newValue }
  }

  /// Whether somebody said which language it is; else the customer's own words decide. See ``SpokenLanguage``.
  package var isLanguageNamed: Bool {
    get { namesLanguage == true }
    set { namesLanguage = newValue ? true : nil }
  }

  /// One line of at most 120 characters for `preview`.
  package static func preview(of text: String) -> String {
    var line = ""
    var count = 0
    for character in text.prefix(400) {
      if character.isWhitespace || character.isNewline {
        if line.last != " ", !line.isEmpty { line.append(" ") }
      } else {
        line.append(character)
      }
      count += 1
      if count == 120 { break }
    }
    return line
  }
}

/// One thing that happened on a ticket, in the order of the store: messages, replies, notes and every change.
package struct TimelineEntry: Hashable, Codable, Sendable, Identifiable {
  package enum Author: Hashable, Codable, Sendable {
    case customer
    case agent(AgentID)
    case system
  }

  package enum Kind: Hashable, Codable, Sendable {
    case customerMessage
    /// Public: the customer sees it. Released to the channel at `releasesAt`, until then it can be taken back.
    case reply
    /// Only colleagues see it.
    case note
    /// A word of a lead for whoever works on the ticket; only colleagues see it.
    case coaching
    case stateChanged(from: Ticket.State?, to: Ticket.State)
    case fieldChanged(field: String, from: String?, to: String?)
    case categoryChanged(from: CategoryID?, to: CategoryID?)
    case zoneChanged(from: ZoneID, to: ZoneID)
    case priorityChanged(from: Ticket.Priority, to: Ticket.Priority)
    case subjectChanged(from: String, to: String)
    case ownerChanged(from: AgentID?, to: AgentID?)
    case transferred(team: TeamID?, agent: AgentID?)
    case contactChanged(ContactID, Contact.State)
    case attached(AttachmentID)
    case linked(TicketID, Ticket.Link.Relation)
    case unlinked(TicketID)
    /// Into that ticket; the other side says `absorbed`.
    case merged(TicketID)
    case absorbed(TicketID)
    case reminderSet(Timestamp)
    case reminded(Timestamp)
    /// A lead is told, and why.
    case raised(Ticket.Alert.Kind, RiskSeverity, Reason)
    /// A lead looks after what was raised.
    case attended(Ticket.Alert.Kind)
    case stepChanged(step: String, isDone: Bool)
    /// The body is the reason; empty where the step was not needed.
    case stepSkipped(step: String)
    case closed(disposition: String, mode: Closing.Mode)
    /// A refund of a bill line of this ticket's customer; the body is the reason that was given.
    case refund(Refund.Event)
    case verification(VerificationEvent)

    /// Added after the first format of operations: programs of that time read it as a note.
    var isOfSecondFormat: Bool {
      switch self {
      case .refund, .verification, .stepSkipped: true
      default: false
      }
    }
  }

  /// Seconds in which a public reply can be taken back.
  package static let replyDelaySeconds: Int64 = 10

  package var id: EntryID
  package var ticket: TicketID
  package var contact: ContactID?
  package var at: Timestamp
  package var author: Author
  package var kind: Kind
  package var body: String
  /// When a public reply leaves the desk; nil for everything else.
  package var releasesAt: Timestamp?
  /// When it was undone; it stays, struck through.
  package var struckAt: Timestamp?
  /// Whether the text began as the draft of a language model; nil: no.
  package var isMachineDrafted: Bool?

  package init(
    id: EntryID, ticket: TicketID, contact: ContactID? = nil, at: Timestamp, author: Author, kind: Kind,
    body: String = "", releasesAt: Timestamp? = nil, struckAt: Timestamp? = nil
  ) {
    self.id = id
    self.ticket = ticket
    self.contact = contact
    self.at = at
    self.author = author
    self.kind = kind
    self.body = body
    self.releasesAt = releasesAt
    self.struckAt = struckAt
  }

  /// Whether people wrote it (as against a change that the desk recorded).
  package var isText: Bool {
    switch kind {
    case .customerMessage, .reply, .note, .coaching: true
    default: false
    }
  }
}

extension TimelineEntry {
  private enum CodingKeys: String, CodingKey {
    case id, ticket, contact, at, author, kind, newer, body, releasesAt, struckAt, isMachineDrafted
  }

  /// Kinds that a program does not know are notes to it: what a newer one wrote must not keep the rest from arriving.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let newer = try? container.decodeIfPresent(Kind.self, forKey: .newer)
    self.init(
      id: try container.decode(EntryID.self, forKey: .id),
      ticket: try container.decode(TicketID.self, forKey: .ticket),
      contact: try container.decodeIfPresent(ContactID.self, forKey: .contact),
      at: try container.decode(Timestamp.self, forKey: .at),
      author: try container.decode(Author.self, forKey: .author),
      kind: try newer ?? container.decode(Kind.self, forKey: .kind),
      body: try container.decode(String.self, forKey: .body),
      releasesAt: try container.decodeIfPresent(Timestamp.self, forKey: .releasesAt),
      struckAt: try container.decodeIfPresent(Timestamp.self, forKey: .struckAt))
    isMachineDrafted = try container.decodeIfPresent(Bool.self, forKey: .isMachineDrafted)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(ticket, forKey: .ticket)
    try container.encodeIfPresent(contact, forKey: .contact)
    try container.encode(at, forKey: .at)
    try container.encode(author, forKey: .author)
    try container.encode(kind.isOfSecondFormat ? .note : kind, forKey: .kind)
    if kind.isOfSecondFormat { try container.encode(kind, forKey: .newer) }
    try container.encode(body, forKey: .body)
    try container.encodeIfPresent(releasesAt, forKey: .releasesAt)
    try container.encodeIfPresent(struckAt, forKey: .struckAt)
    try container.encodeIfPresent(isMachineDrafted, forKey: .isMachineDrafted)
  }
}

extension TimelineEntry.Kind {
  /// Whether its body was written by whoever did it: what may have begun as the draft of a language model.
  var isWritten: Bool {
    switch self {
    case .reply, .note, .closed: true
    default: false
    }
  }
}

/// A file kept with a ticket. Its bytes are stored once under their SHA-256.
package struct Attachment: Hashable, Codable, Sendable, Identifiable {
  package var id: AttachmentID
  package var ticket: TicketID
  package var name: String
  package var mediaType: String
  package var byteCount: Int64
  /// SHA-256 of the bytes, 64 hexadecimal digits.
  package var digest: String

  package init(
    id: AttachmentID, ticket: TicketID, name: String, mediaType: String, byteCount: Int64, digest: String
  ) {
    self.id = id
    self.ticket = ticket
    self.name = name
    self.mediaType = mediaType
    self.byteCount = byteCount
    self.digest = digest
  }
}
