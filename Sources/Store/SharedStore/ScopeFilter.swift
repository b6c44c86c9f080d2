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
  static let condition = """
    (owner = ?1 OR ?2 = '' OR instr(?2, ',' || zone || ',') > 0) AND (state < 3 OR updated_at >= ?3)
    """

  private func holds(_ sql: String, _ key: String) throws -> Bool {
    var statement = try Prepared(db, sql)
    scope.bind(to: &statement)
    statement.bind(key)
    return try statement.step()
  }

  func contains(ticket id: String) throws -> Bool {
    if let known = tickets[id] { return known }
    let answer = try holds("SELECT 1 FROM ticket WHERE \(Self.condition) AND id = ?4", id)
    tickets[id] = answer
    return answer
  }

  /// Whoever has a ticket in the scope, and the customer whom somebody was merged into who has.
  func contains(customer id: String) throws -> Bool {
    if let known = customers[id] { return known }
    // Until it is known, so that a circle ends.
    customers[id] = false
    let answer =
      try holds("SELECT 1 FROM ticket WHERE \(Self.condition) AND customer = ?4 LIMIT 1", id)
      || RowReader(db: db).all("SELECT id FROM customer WHERE merged_into = ?", key: id, { $0.text(0) })
        .contains { try contains(customer: $0) }
    customers[id] = answer
    return answer
  }

  func contains(_ row: Row) throws -> Bool {
    if let ticket = row.ticketID { return try contains(ticket: ticket.text) }
    if let customer = row.customerID { return try contains(customer: customer.text) }
    return true
  }
}

extension DeskScope {
  /// The first three values of `ScopeFilter.condition`.
  func bind(to statement: inout Prepared) {
    statement.bind(agent)
    statement.bind(
      zones.isEmpty ? "" : "," + zones.map(\.text).sorted().joined(separator: ",") + ",")
    statement.bind(since)
  }
}

extension SharedStore {
  /// Leaves of an answer what belongs to the scope. What changed and does not is evicted, whether the desk has it or not; with
  /// the tickets that changed come the customers whom the desk may not have yet.
  ///
  /// - Parameter isWhole: tickets that changed come with all that belongs to them.
  static func narrow(_ reply: inout PullReply, to scope: DeskScope, isWhole: Bool, _ db: Database) throws {
    let filter = ScopeFilter(db, scope)
    let reader = RowReader(db: db)
    var items: [PullReply.Item] = []
    var (tickets, customers) = (Set<TicketID>(), Set<String>())
    var (gone, goneCustomers) = (Set<TicketID>(), Set<CustomerID>())
    for item in reply.items {
      if try filter.contains(item.row) {
        items.append(item)
        guard case .ticket(let ticket) = item.row else { continue }
        tickets.insert(ticket.id)
        customers.insert(ticket.customer.text)
      } else if let ticket = item.row.ticketID {
        gone.insert(ticket)
      } else if let customer = item.row.customerID {
        goneCustomers.insert(customer)
      }
    }
    var sent = Set(items.map(\.row.key))
    func add(_ more: [PullReply.Item]) {
      for item in more where sent.insert(item.row.key).inserted { items.append(item) }
    }
    for customer in customers.sorted() { add(try reader.person(customer)) }
    var partial: [TicketID] = []
    for ticket in tickets.sorted(by: { $0.text < $1.text }) {
      guard try reader.isOlder(ticket.text, than: reply.cursor) else { continue }
      partial.append(ticket)
      if isWhole { add(try reader.belongings(ofTicket: ticket.text)) }
    }
    reply.items = items
    reply.partial = partial
    reply.evictions = gone.sorted { $0.text < $1.text }
    reply.evictedCustomers = goneCustomers.sorted { $0.text < $1.text }
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
