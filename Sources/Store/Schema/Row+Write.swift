import Domain
import GRDB

/// Writes rows into the tables of a store or a replica, one prepared statement a table.
struct RowWriter {
  let db: Database
  /// Plain inserts, for a bulk load before there are indexes.
  var isLoading = false

  func put(_ row: Row, revision: Int64) throws {
    switch row {
    case .customer(let value): try put(value, revision)
    case .identity(let value): try put(value, revision)
    case .product(let value): try put(value, revision)
    case .order(let value): try put(value, revision)
    case .bill(let value): try put(value, revision)
    case .ticket(let value): try put(value, revision)
    case .contact(let value): try put(value, revision)
    case .entry(let value): try put(value, revision)
    case .attachment(let value): try put(value, revision)
    case .agent(let value): try put(value, revision)
    case .configuration(let value): try put(value, revision)
    case .disclosure(let value): try put(value, revision)
    case .missedSearch(let value): try put(value, revision)
    }
  }

  func remove(_ key: RowKey) throws {
    var statement = try Prepared(db, Self.removals[key.kind]!)
    statement.bind(key.id)
    try statement.run()
  }

  private static let removals = Dictionary(
    uniqueKeysWithValues: Row.Kind.allCases.map { ($0, "DELETE FROM \($0.table) WHERE id = ?") })

  /// A plain insert, and one that replaces the row of the same id and keeps its place (`row`).
  private struct Insert {
    let plain: String
    let upsert: String

    init(_ kind: Row.Kind, _ columns: String...) {
      let all = ["id", "rev"] + columns
      plain = """
        INSERT INTO \(kind.table)(\(all.joined(separator: ", "))) \
        VALUES (\(all.map { _ in "?" }.joined(separator: ", ")))
        """
      let updates = all.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
      upsert = plain + " ON CONFLICT(id) DO UPDATE SET " + updates
    }
  }

  private func prepare(_ insert: Insert) throws -> Prepared {
    try Prepared(db, isLoading ? insert.plain : insert.upsert)
  }

  private static let customer = Insert(.customer, "name", "level", "merged_into", "rest")

  private func put(_ value: Customer, _ revision: Int64) throws {
    var rest = RecordWriter()
    rest.put(value.since)
    rest.put(value.city)
    rest.put(value.address)
    rest.put(value.language.rawValue)
    rest.put(value.tags)
    rest.put(value.risk.rawValue)
    rest.put(value.preferredChannel?.rawValue)
    rest.put(value.quietHours)
    rest.put(value.version)
    // Only where there are some: the mark at the end is how a scan finds them (`Tally.rebuild`), and others stay as they were.
    if !value.offerAnswers.isEmpty || value.isLanguageNamed {
      rest.put(value.offerAnswers.count)
      for answer in value.offerAnswers {
        rest.put(answer.offer)
        rest.put(answer.answer.rawValue)
        rest.put(answer.at)
      }
      if value.isLanguageNamed { rest.put(true) }
      if !value.offerAnswers.isEmpty { rest.put(-1 as Int64) }
    }
    var statement = try prepare(Self.customer)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.name)
    statement.bind(value.level.rawValue)
    statement.bind(value.mergedInto)
    statement.bind(rest.bytes)
    try statement.run()
  }

  private static let identity = Insert(.identity, "customer", "kind", "value", "normalized", "is_verified")

  private func put(_ value: Identity, _ revision: Int64) throws {
    var statement = try prepare(Self.identity)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.customer)
    statement.bind(value.kind.rawValue)
    statement.bind(value.value)
    statement.bind(value.normalized)
    statement.bind(value.isVerified)
    try statement.run()
  }

  private static let product = Insert(.product, "customer", "rest")

  private func put(_ value: Product, _ revision: Int64) throws {
    var rest = RecordWriter()
    rest.put(value.kind.rawValue)
    rest.put(value.name)
    rest.put(value.state.rawValue)
    rest.put(value.monthlyFee)
    rest.put(value.startedOn)
    rest.put(value.endedOn)
    rest.put(value.contractUntil)
    var statement = try prepare(Self.product)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.customer)
    statement.bind(rest.bytes)
    try statement.run()
  }

  private static let order = Insert(.order, "customer", "number", "placed_on", "rest")

  private func put(_ value: Order, _ revision: Int64) throws {
    var rest = RecordWriter()
    rest.put(value.title)
    rest.put(value.state.rawValue)
    rest.put(value.amount)
    var statement = try prepare(Self.order)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.customer)
    statement.bind(value.number)
    statement.bind(Int64(value.placedOn.daysSinceEpoch))
    statement.bind(rest.bytes)
    try statement.run()
  }

  private static let bill = Insert(.bill, "customer", "number", "period", "rest")

  private func put(_ value: Bill, _ revision: Int64) throws {
    var rest = RecordWriter()
    rest.put(value.isPaid)
    rest.put(value.lines.count)
    for line in value.lines {
      rest.put(line.title)
      rest.put(line.amount)
      rest.put(line.chargedOn)
    }
    rest.put(value.refunds)
    var statement = try prepare(Self.bill)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.customer)
    statement.bind(value.number)
    statement.bind(value.period)
    statement.bind(rest.bytes)
    try statement.run()
  }

  private static let ticket = Insert(
    .ticket, "number", "customer", "zone", "category", "subject", "preview", "state", "priority", "owner",
    "channel", "created_at", "updated_at", "waiting_since", "moment", "pending_until", "is_unread",
    "reminder_at", "merged_into", "rest")

  private func put(_ value: Ticket, _ revision: Int64) throws {
    var rest = RecordWriter()
    rest.put(value.version)
    rest.put(value.team)
    rest.put(value.language.rawValue)
    rest.put(value.fields)
    rest.put(value.tags)
    rest.put(value.steps)
    rest.put(value.createdBy)
    rest.put(value.contact)
    rest.put(value.firstRepliedAt)
    rest.put(value.pendingSince)
    rest.put(value.pendingReason)
    rest.put(value.solvedAt)
    rest.put(value.closedAt)
    rest.put(value.disposition)
    rest.put(value.closing != nil)
    if let closing = value.closing {
      rest.put(closing.text)
      rest.put(closing.mode.rawValue)
      rest.put(closing.template)
      rest.put(closing.keys.map(Int64.init))
      rest.put(closing.milliseconds)
    }
    rest.put(value.reopenCount)
    rest.put(value.links.count)
    for link in value.links {
      rest.put(link.ticket)
      rest.put(link.relation.rawValue)
    }
    rest.put(value.reminder != nil)
    if let reminder = value.reminder {
      rest.put(reminder.text)
      rest.put(reminder.agent)
    }
    // What came to closings later: their place in the middle is taken.
    if let closing = value.closing {
      rest.put(closing.characters.map(Int64.init))
      rest.put(try closing.record.map { try JSON.text($0) })
      rest.put(closing.suggestions.isEmpty ? nil : try JSON.text(closing.suggestions))
    }
    rest.put(value.closing?.isMachineDrafted == true)
    rest.put(value.skippedSteps)
    rest.put(value.alerts)
    if value.isLanguageNamed { rest.put(true) }
    var statement = try prepare(Self.ticket)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.number)
    statement.bind(value.customer)
    statement.bind(value.zone)
    statement.bind(value.category)
    statement.bind(value.subject)
    statement.bind(value.preview)
    statement.bind(value.state.code)
    statement.bind(Int64(value.priority.rawValue))
    statement.bind(value.owner)
    statement.bind(value.channel.rawValue)
    statement.bind(value.createdAt)
    statement.bind(value.updatedAt)
    statement.bind(value.waitingSince)
    statement.bind(value.listMoment)
    statement.bind(value.pendingUntil)
    statement.bind(value.isUnread)
    statement.bind(value.reminder?.at)
    statement.bind(value.mergedInto)
    statement.bind(rest.bytes)
    try statement.run()
  }

  private static let contact = Insert(
    .contact, "ticket", "customer", "channel", "state", "agent", "arrived_at", "served_at", "rest")

  private func put(_ value: Contact, _ revision: Int64) throws {
    var rest = RecordWriter()
    rest.put(value.offeredAt)
    rest.put(value.answeredAt)
    rest.put(value.heldAt)
    rest.put(value.heldMilliseconds)
    rest.put(value.endedAt)
    rest.put(value.wrappedUpAt)
    rest.put(value.abandonedAt)
    rest.put(value.wrapUpCode)
    rest.put(value.verification)
    var statement = try prepare(Self.contact)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.ticket)
    statement.bind(value.customer)
    statement.bind(value.channel.rawValue)
    statement.bind(value.state.code)
    statement.bind(value.agent)
    statement.bind(value.arrivedAt)
    statement.bind(value.answeredAt ?? value.abandonedAt)
    statement.bind(rest.bytes)
    try statement.run()
  }

  private static let entry = Insert(.entry, "ticket", "at", "kind", "author", "body", "rest")

  private func put(_ value: TimelineEntry, _ revision: Int64) throws {
    var rest = RecordWriter()
    rest.put(value.contact)
    rest.put(value.releasesAt)
    rest.put(value.struckAt)
    value.kind.put(into: &rest)
    // At the end, behind what the kind holds, and only where there is something to say.
    if value.isMachineDrafted == true { rest.put(true) }
    var statement = try prepare(Self.entry)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.ticket)
    statement.bind(value.at)
    statement.bind(value.kind.code)
    statement.bind(value.author.column)
    statement.bind(value.body)
    statement.bind(rest.bytes)
    try statement.run()
  }

  private static let attachment = Insert(
    .attachment, "ticket", "name", "media_type", "byte_count", "digest")

  private func put(_ value: Attachment, _ revision: Int64) throws {
    var statement = try prepare(Self.attachment)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.ticket)
    statement.bind(value.name)
    statement.bind(value.mediaType)
    statement.bind(value.byteCount)
    statement.bind(value.digest)
    try statement.run()
  }

  private static let agent = Insert(.agent, "is_active", "body")

  private func put(_ value: Agent, _ revision: Int64) throws {
    var statement = try prepare(Self.agent)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.isActive)
    statement.bind(try JSON.text(value))
    try statement.run()
  }

  private static let configuration = Insert(
    .configuration, "kind", "zone", "position", "body", "digest")

  private func put(_ value: ConfigurationRow, _ revision: Int64) throws {
    var statement = try prepare(Self.configuration)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.kind.rawValue)
    statement.bind(value.zone)
    statement.bind(value.position)
    statement.bind(value.body)
    statement.bind(Digest.short(value.body))
    try statement.run()
  }

  private static let disclosure = Insert(.disclosure, "customer", "agent", "at", "field", "reason")

  private func put(_ value: Disclosure, _ revision: Int64) throws {
    var statement = try prepare(Self.disclosure)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.customer)
    statement.bind(value.agent)
    statement.bind(value.at)
    statement.bind(value.field)
    statement.bind(value.reason)
    try statement.run()
  }

  private static let missedSearch = Insert(.missedSearch, "query", "language", "count")

  private func put(_ value: MissedSearch, _ revision: Int64) throws {
    var statement = try prepare(Self.missedSearch)
    statement.bind(value.id)
    statement.bind(revision)
    statement.bind(value.query)
    statement.bind(value.language.rawValue)
    statement.bind(value.count)
    try statement.run()
  }
}

extension Ticket {
  /// What lists sort by after the priority: since when somebody waits, or when it ended.
  var listMoment: Timestamp {
    state.isDone ? closedAt ?? solvedAt ?? updatedAt : waitingSince ?? createdAt
  }
}

extension TimelineEntry.Author {
  /// `*` is the customer and the empty text the system; everything else is the key of an agent.
  var column: String {
    switch self {
    case .customer: "*"
    case .system: ""
    case .agent(let id): id.text
    }
  }

  init(column: String) {
    self =
      switch column {
      case "*": .customer
      case "": .system
      default: .agent(AgentID(column))
      }
  }
}

extension TimelineEntry.Kind {
  var code: Int64 {
    switch self {
    case .customerMessage: 0
    case .reply: 1
    case .note: 2
    case .stateChanged: 3
    case .fieldChanged: 4
    case .categoryChanged: 5
    case .zoneChanged: 6
    case .priorityChanged: 7
    case .subjectChanged: 8
    case .ownerChanged: 9
    case .transferred: 10
    case .contactChanged: 11
    case .attached: 12
    case .linked: 13
    case .unlinked: 14
    case .merged: 15
    case .reminderSet: 16
    case .stepChanged: 17
    case .closed: 18
    case .absorbed: 19
    case .coaching: 20
    case .reminded: 21
    case .raised: 30
    case .attended: 31
    case .refund(let event): event.state == .requested ? 23 : 22
    case .verification(let event): event.isRaised ? 25 : 24
    case .stepSkipped: 32
    }
  }

  func put(into rest: inout RecordWriter) {
    switch self {
    case .customerMessage, .reply, .note, .coaching: break
    case .stateChanged(let from, let to):
      rest.put(from.map(\.code))
      rest.put(to.code)
    case .fieldChanged(let field, let from, let to):
      rest.put(field)
      rest.put(from)
      rest.put(to)
    case .categoryChanged(let from, let to):
      rest.put(from)
      rest.put(to)
    case .zoneChanged(let from, let to):
      rest.put(from)
      rest.put(to)
    case .priorityChanged(let from, let to):
      rest.put(from.rawValue)
      rest.put(to.rawValue)
    case .subjectChanged(let from, let to):
      rest.put(from)
      rest.put(to)
    case .ownerChanged(let from, let to):
      rest.put(from)
      rest.put(to)
    case .transferred(let team, let agent):
      rest.put(team)
      rest.put(agent)
    case .contactChanged(let contact, let state):
      rest.put(contact)
      rest.put(state.code)
    case .attached(let attachment): rest.put(attachment)
    case .linked(let ticket, let relation):
      rest.put(ticket)
      rest.put(relation.rawValue)
    case .unlinked(let ticket), .merged(let ticket), .absorbed(let ticket): rest.put(ticket)
    case .reminderSet(let at), .reminded(let at): rest.put(at)
    case .raised(let kind, let severity, let reason):
      rest.put(kind.rawValue)
      rest.put(severity.rawValue)
      rest.put(reason)
    case .attended(let kind): rest.put(kind.rawValue)
    case .stepChanged(let step, let isDone):
      rest.put(step)
      rest.put(isDone)
    case .stepSkipped(let step): rest.put(step)
    case .closed(let disposition, let mode):
      rest.put(disposition)
      rest.put(mode.rawValue)
    case .refund(let event): rest.put(event)
    case .verification(let event): rest.put(event)
    }
  }

  init(code: Int64, _ rest: inout RecordReader) {
    self =
      switch code {
      case 0: .customerMessage
      case 1: .reply
      case 3:
        .stateChanged(
          from: rest.optionalInt().map(Ticket.State.init(code:)), to: Ticket.State(code: rest.int()))
      case 4: .fieldChanged(field: rest.text(), from: rest.optionalText(), to: rest.optionalText())
      case 5: .categoryChanged(from: rest.optionalKey(), to: rest.optionalKey())
      case 6: .zoneChanged(from: rest.key(), to: rest.key())
      case 7:
        .priorityChanged(
          from: Ticket.Priority(rawValue: Int(rest.int())) ?? .normal,
          to: Ticket.Priority(rawValue: Int(rest.int())) ?? .normal)
      case 8: .subjectChanged(from: rest.text(), to: rest.text())
      case 9: .ownerChanged(from: rest.optionalKey(), to: rest.optionalKey())
      case 10: .transferred(team: rest.optionalKey(), agent: rest.optionalKey())
      case 11: .contactChanged(rest.key(), Contact.State(code: rest.int()))
      case 12: .attached(rest.key())
      case 13: .linked(rest.key(), Ticket.Link.Relation(rawValue: rest.text()) ?? .related)
      case 14: .unlinked(rest.key())
      case 15: .merged(rest.key())
      case 16: .reminderSet(rest.moment())
      case 17: .stepChanged(step: rest.text(), isDone: rest.bool())
      case 18: .closed(disposition: rest.text(), mode: Closing.Mode(rawValue: rest.text()) ?? .blank)
      case 19: .absorbed(rest.key())
      case 20: .coaching
      case 21: .reminded(rest.moment())
      case 30: .raised(rest.alertKind(), rest.riskSeverity(), rest.reason())
      case 31: .attended(rest.alertKind())
      case 22, 23: .refund(rest.refundEvent())
      case 24, 25: rest.verificationEvent().map { .verification($0) } ?? .note
      case 32: .stepSkipped(step: rest.text())
      // 2, and what a newer program may add: its text is shown like a note.
      default: .note
      }
  }
}
