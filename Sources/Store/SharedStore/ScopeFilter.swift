import Domain
import GRDB

/// Which rows belong to a desk's scope, asked row by row within one snapshot.
final class ScopeFilter {
  private let db: Database
  private let scope: DeskScope
  private var tickets: [String: Bool] = [:]
  private var customers: [String: Bool] = [:]

  init(_ db: Database, _ scope: DeskScope) {
    self.db = db
    self.scope = scope
  }

  /// What a ticket has to be: open or changed lately, and of the zones or one's own.
  private static let condition = """
    (owner = ?1 OR ?2 = '' OR instr(?2, ',' || zone || ',') > 0) AND (state < 3 OR updated_at >= ?3)
    """

  private var zones: String {
    scope.zones.isEmpty ? "" : "," + scope.zones.map(\.text).sorted().joined(separator: ",") + ","
  }

  private func holds(_ sql: String, _ key: String) throws -> Bool {
    var statement = try Prepared(db, sql)
    statement.bind(scope.agent)
    statement.bind(zones)
    statement.bind(scope.since)
    statement.bind(key)
    return try statement.step()
  }

  func contains(ticket id: String) throws -> Bool {
    if let known = tickets[id] { return known }
    let answer = try holds("SELECT 1 FROM ticket WHERE \(Self.condition) AND id = ?4", id)
    tickets[id] = answer
    return answer
  }

  /// Whoever has a ticket in the scope.
  func contains(customer id: String) throws -> Bool {
    if let known = customers[id] { return known }
    let answer = try holds("SELECT 1 FROM ticket WHERE \(Self.condition) AND customer = ?4 LIMIT 1", id)
    customers[id] = answer
    return answer
  }

  func contains(_ row: Row) throws -> Bool {
    switch row {
    case .ticket(let value): try contains(ticket: value.id.text)
    case .contact(let value): try contains(ticket: value.ticket.text)
    case .entry(let value): try contains(ticket: value.ticket.text)
    case .attachment(let value): try contains(ticket: value.ticket.text)
    case .customer(let value): try contains(customer: value.id.text)
    case .identity(let value): try contains(customer: value.customer.text)
    case .product(let value): try contains(customer: value.customer.text)
    case .order(let value): try contains(customer: value.customer.text)
    case .bill(let value): try contains(customer: value.customer.text)
    case .disclosure(let value): try contains(customer: value.customer.text)
    case .agent, .configuration, .missedSearch: true
    }
  }
}

extension SharedStore {
  /// Leaves of an answer what belongs to the scope; tickets that changed and do not are evicted, and with the tickets that
  /// changed come the customers whom the desk may not have yet.
  static func narrow(_ reply: inout PullReply, to scope: DeskScope, _ db: Database) throws {
    let filter = ScopeFilter(db, scope)
    var evictions: [TicketID] = []
    var items: [PullReply.Item] = []
    var customers = Set<String>()
    for item in reply.items {
      if try filter.contains(item.row) {
        items.append(item)
        if case .ticket(let ticket) = item.row { customers.insert(ticket.customer.text) }
      } else if case .ticket(let ticket) = item.row {
        evictions.append(ticket.id)
      }
    }
    let sent = Set(items.map(\.row.key))
    let reader = RowReader(db: db)
    for customer in customers.sorted() {
      for item in try reader.person(customer) where !sent.contains(item.row.key) { items.append(item) }
    }
    reply.items = items
    reply.evictions = evictions
  }

  /// Indexes that a store needs only where desks do not have all of it: they make every save and every load dearer.
  func prepareForScopes() throws {
    let missing = try read { db in
      let found = Set(
        try RowReader(db: db).all("SELECT name FROM sqlite_master WHERE type = 'index'", { $0.text(0) }))
      return Tables.lookupIndexes.filter { Tables.name(ofIndex: $0).map { !found.contains($0) } == true }
    }
    guard !missing.isEmpty else { return }
    try write { db in
      for index in missing {
        try db.execute(sql: index.replacing("CREATE INDEX ", with: "CREATE INDEX IF NOT EXISTS "))
      }
    }
  }
}
