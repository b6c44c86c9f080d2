import Domain
import GRDB

/// The state of a store or a replica as the reducer reads it.
struct DatabaseState: DeskState {
  let db: Database
  let cache: ConfigurationCache
  /// Only the shared store gives numbers; the clock on the wall says which month it is.
  let numbering: WallClock?

  private var reader: RowReader { RowReader(db: db) }

  func ticket(_ id: TicketID) throws -> Ticket? { try reader.ticket(id) }
  func contact(_ id: ContactID) throws -> Contact? { try reader.contact(id) }

  func openContacts(of ticket: TicketID) throws -> [Contact] {
    try reader.contacts(of: ticket).filter { $0.state != .wrappedUp && $0.state != .abandoned }
  }

  func entry(_ id: EntryID) throws -> TimelineEntry? { try reader.entry(id) }
  func customer(_ id: CustomerID) throws -> Customer? { try reader.customer(id) }
  func identity(_ id: IdentityID) throws -> Identity? { try reader.identity(id) }
  func identities(of customer: CustomerID) throws -> [Identity] { try reader.identities(of: customer) }

  func holder(of kind: Identity.Kind, normalized: String) throws -> CustomerID? {
    var statement = try Prepared(
      db, "SELECT customer FROM identity WHERE normalized = ? AND kind = ? ORDER BY row LIMIT 1")
    statement.bind(normalized)
    statement.bind(kind.rawValue)
    return try statement.step() ? statement.key(0) : nil
  }

  func bill(_ id: BillID) throws -> Bill? { try reader.bill(id) }

  func grantedRefunds(by agent: AgentID, after moment: Timestamp) throws -> [Refund.Event] {
    var statement = try Prepared(
      db,
      "SELECT id, rev, ticket, at, kind, author, body, rest, row FROM entry WHERE author = ? AND at > ? AND kind = 22"
    )
    statement.bind(TimelineEntry.Author.agent(agent).column)
    statement.bind(moment)
    var events: [Refund.Event] = []
    while try statement.step() {
      if case .refund(let event) = try RowReader.entry(statement).kind, event.state == .granted {
        events.append(event)
      }
    }
    return events
  }

  func refundRules() throws -> RefundRules? { try cache.value(ConfigurationRows.refunds, db) }
  func agent(_ id: AgentID) throws -> Agent? { try reader.agent(id) }

  func everybody() throws -> [Agent] { try reader.all(RowReader.agents + " ORDER BY row", RowReader.agent) }

  func teamExists(_ id: TeamID) throws -> Bool {
    try cache.value(ConfigurationRows.id(id), db, as: Team.self) != nil
  }

  func zones() throws -> [Zone] { try cache.values(.zone, db) }
  func zone(_ id: ZoneID) throws -> Zone? { try cache.value(ConfigurationRows.id(id), db) }
  func category(_ id: CategoryID) throws -> Domain.Category? { try cache.categories(db)[id] }
  func learnedModel() throws -> LearnedModel? { try cache.value(ConfigurationRows.model, db) }
  func offers() throws -> OfferBook { try cache.value(ConfigurationRows.offers, db) ?? OfferBook() }

  func nextTicketNumber(at moment: Timestamp) throws -> String? {
    guard let numbering else { return nil }
    let month = TicketNumber.month(of: moment, numbering)
    var statement = try Prepared(db, "SELECT last FROM ticket_counter WHERE month = ?")
    statement.bind(month)
    let last = try statement.step() ? statement.int(0) : 0
    return TicketNumber(month: month, count: last + 1).text
  }
}

/// `2611-0417`: year, month and a counter of that month.
struct TicketNumber: Hashable {
  var month: String
  var count: Int64

  init(month: String, count: Int64) {
    self.month = month
    self.count = count
  }

  /// Nil for numbers that were not made here.
  init?(_ text: String) {
    guard let dash = text.firstIndex(of: "-"), let count = Int64(text[text.index(after: dash)...]), count >= 0
    else { return nil }
    self.init(month: String(text[..<dash]), count: count)
  }

  var text: String { "\(month)-\(padded(Int(count), 4))" }

  static func month(of moment: Timestamp, _ clock: WallClock) -> String {
    let date = clock.civil(moment).date
    return padded(date.year % 100, 2) + padded(date.month, 2)
  }

  /// Moves the counter on, so that the number is not given again.
  func take(_ db: Database) throws {
    var statement = try Prepared(
      db,
      "INSERT INTO ticket_counter(month, last) VALUES (?, ?) ON CONFLICT(month) DO UPDATE SET last = max(last, excluded.last)"
    )
    statement.bind(month)
    statement.bind(count)
    try statement.run()
  }
}

/// The rows that one change writes and removes.
func rows(of change: Change, _ db: Database) throws -> (written: [Row], removed: [RowKey]) {
  switch change {
  case .ticket(let value): return ([.ticket(value)], [])
  case .contact(let value): return ([.contact(value)], [])
  case .entry(let value): return ([.entry(value)], [])
  case .attachment(let value): return ([.attachment(value)], [])
  case .customer(let value): return ([.customer(value)], [])
  case .identity(let value): return ([.identity(value)], [])
  case .removeIdentity(let id): return ([], [RowKey(.identity, id.text)])
  case .product(let value): return ([.product(value)], [])
  case .order(let value): return ([.order(value)], [])
  case .bill(let value): return ([.bill(value)], [])
  case .agent(let value): return ([.agent(value)], [])
  case .disclosure(let value): return ([.disclosure(value)], [])
  case .configuration(let change): return try ConfigurationRows.difference(change, db)
  case .missedSearch(let query, let language):
    // Here and not on the desk alone: however it was typed, and whoever sends it, the same question counts once.
    guard let query = KnowledgeIndex.missedSearch(query) else { return ([], []) }
    let key = RowKey(.missedSearch, MissedSearch.id(query, language))
    var missed = MissedSearch(query: query, language: language, count: 0)
    if case .missedSearch(let known) = try RowReader(db: db).row(key) { missed = known }
    missed.count += 1
    return ([.missedSearch(missed)], [])
  case .articleUse(let use, let moment):
    return (try ConfigurationRows.adding(use, at: moment, db).map { [.configuration($0)] } ?? [], [])
  }
}
