import Domain
import GRDB

/// Keeps a replica to its scope, within one transaction, while the tables hold the pulled rows.
final class ScopeKeeper {
  /// How much of a visitor is here: `visitor.state`.
  private enum State: Int64 {
    case whole = 1
    /// The ticket without what belongs to it.
    case row
    /// It changed after it came, and stays because somebody works on it.
    case stale
  }

  /// Visitors that stay at most, and for how long nobody has to look at one.
  static let mostVisitors = 300
  private static let longestVisit: Int64 = 7 * 86_400_000

  private let transaction: ReplicaTransaction
  private let db: Database
  private let scope: DeskScope
  private let indexesText: Bool
  private let now: Timestamp
  private let pinned: Set<TicketID>
  private let pinnedCustomers: Set<String>
  /// Customers who may have nothing here any more.
  private var touched = Set<String>()

  init(_ transaction: ReplicaTransaction, _ scope: DeskScope, indexesText: Bool, now: Timestamp) throws {
    self.transaction = transaction
    db = transaction.db
    self.scope = scope
    self.indexesText = indexesText
    self.now = now
    pinned = Set(try Self.pinned(db))
    pinnedCustomers = Set(try Self.waiting("customer", db))
  }

  // MARK: - What stays

  /// Tickets with a draft, or with an operation that is not part of the pulled rows yet.
  static func pinned(_ db: Database) throws -> [TicketID] {
    let drafts = try RowReader(db: db).all("SELECT DISTINCT ticket FROM draft WHERE ticket <> ''") {
      $0.text(0)
    }
    return try (drafts + waiting("ticket", db)).map { TicketID($0) }
  }

  private static func waiting(_ kind: String, _ db: Database) throws -> [String] {
    var statement = try Prepared(
      db,
      """
      SELECT aggregate FROM outbox WHERE state = 0 \
      UNION SELECT aggregate FROM outbox WHERE state = 1 AND rev > ? AND result = ''
      """)
    statement.bind(try Meta(db: db).int("settled"))
    var keys: [String] = []
    while try statement.step() {
      let aggregate = statement.text(0)
      if aggregate.hasPrefix(kind + ":") { keys.append(String(aggregate.dropFirst(kind.utf8.count + 1))) }
    }
    return keys
  }

  static func isWhole(_ ticket: String, _ db: Database) throws -> Bool {
    guard try RowReader(db: db).first("SELECT 1 FROM ticket WHERE id = ?", ticket, { $0.int(0) }) != nil
    else {
      return false
    }
    return try state(RowKey(.ticket, ticket), db) ?? .whole == .whole
  }

  /// The customer of a ticket and all that the customer was merged into: what comes with the ticket.
  static func people(of ticket: TicketID, _ db: Database) throws -> Set<CustomerID> {
    let reader = RowReader(db: db)
    var people: Set<CustomerID> = []
    var next = try reader.first("SELECT customer FROM ticket WHERE id = ?", ticket.text) {
      CustomerID($0.text(0))
    }
    while let id = next, people.insert(id).inserted { next = try reader.customer(id)?.mergedInto }
    return people
  }

  private static func state(_ key: RowKey, _ db: Database) throws -> State? {
    var statement = try Prepared(db, "SELECT state FROM visitor WHERE kind = ? AND id = ?")
    statement.bind(key.kind.rawValue)
    statement.bind(key.id)
    return try statement.step() ? State(rawValue: statement.int(0)) : nil
  }

  // MARK: - What comes

  /// Before the rows of the answer are written: what it evicts may be among them again.
  func evict(_ reply: PullReply) throws {
    for ticket in reply.evictions ?? [] { try leave(ticket) }
    for customer in reply.evictedCustomers ?? [] {
      try leave(all: customer.text)
    }
  }

  /// Tickets of a customer that changed, and of those who were merged into the customer: they show the customer's records.
  private func leave(all customer: String) throws {
    var known: Set<String> = []
    var next = [customer]
    while let id = next.popLast() {
      guard known.insert(id).inserted else { continue }
      let reader = RowReader(db: db)
      for ticket in try reader.all(
        "SELECT id FROM ticket WHERE customer = ?", key: id, { TicketID($0.text(0)) })
      {
        try leave(ticket)
      }
      try forget(RowKey(.customer, id))
      touched.insert(id)
      next += try reader.all("SELECT id FROM customer WHERE merged_into = ?", key: id) { $0.text(0) }
    }
  }

  func put(_ fetched: Fetched) throws {
    let placed = fetched.items.sorted {
      ($0.row.key.kind.rawValue, $0.place ?? 0) < ($1.row.key.kind.rawValue, $1.place ?? 0)
    }
    for item in placed {
      if case .ticket(let ticket) = item.row, !fetched.isWhole {
        // A ticket that is here with all of it stays as it is; the feed knows when it changes.
        guard try !Self.isWhole(ticket.id.text, db) else { continue }
        try note(item.row.key, .row)
      }
      try transaction.put(pulled: item.row, revision: item.revision, place: item.place)
    }
    let filter = ScopeFilter(db, scope)
    for item in placed {
      switch item.row {
      case .ticket(let ticket) where fetched.isWhole:
        if try filter.contains(ticket: ticket.id.text) {
          try forget(item.row.key)
        } else {
          try note(item.row.key, .whole)
        }
      case .customer: if !fetched.isWhole { try note(item.row.key, .whole) }
      default: break
      }
    }
  }

  /// After the rows of an answer are written.
  func took(_ reply: PullReply) throws {
    for item in reply.items {
      switch item.row {
      case .ticket: try forget(item.row.key)
      case .customer(let customer): touched.insert(customer.id.text)
      default: break
      }
    }
  }

  private func note(_ key: RowKey, _ state: State) throws {
    var statement = try Prepared(
      db, "INSERT OR REPLACE INTO visitor(kind, id, at, state) VALUES (?, ?, ?, ?)")
    statement.bind(key.kind.rawValue)
    statement.bind(key.id)
    statement.bind(now)
    statement.bind(state.rawValue)
    try statement.run()
  }

  private func forget(_ key: RowKey) throws {
    var statement = try Prepared(db, "DELETE FROM visitor WHERE kind = ? AND id = ?")
    statement.bind(key.kind.rawValue)
    statement.bind(key.id)
    try statement.run()
  }

  // MARK: - What goes

  private func leave(_ ticket: TicketID) throws {
    let key = RowKey(.ticket, ticket.text)
    guard
      let customer = try RowReader(db: db).first(
        "SELECT customer FROM ticket WHERE id = ?", ticket.text, { $0.text(0) })
    else { return }
    guard !pinned.contains(ticket) else { return try note(key, .stale) }
    try forget(key)
    touched.insert(customer)
    try transaction.evict(key, indexesText: indexesText)
    for kind in [Row.Kind.contact, .entry, .attachment] {
      try evictAll(kind, "ticket", ticket.text)
    }
  }

  private func evictAll(_ kind: Row.Kind, _ column: String, _ value: String) throws {
    let ids = try RowReader(db: db).all(
      "SELECT id FROM \(kind.table) WHERE \(column) = ?", key: value, { $0.text(0) })
    for id in ids { try transaction.evict(RowKey(kind, id), indexesText: indexesText) }
  }

  /// What left the scope without a change, visitors who stayed long enough, and customers of whom no ticket is here.
  func tidy() throws {
    try sweepOldTickets()
    try sendVisitorsAway()
    while let customer = touched.popFirst() { try leaveIfAlone(customer) }
  }

  /// Tickets that are done leave as days pass; once a day all are looked at.
  private func sweepOldTickets() throws {
    let meta = Meta(db: db)
    guard try meta.int(Replica.sinceKey) < scope.since.milliseconds else { return }
    try meta.set(Replica.sinceKey, scope.since.milliseconds)
    let filter = ScopeFilter(db, scope)
    var old: [TicketID] = []
    do {
      var statement = try Prepared(db, "SELECT id FROM ticket WHERE state >= 3 AND updated_at < ?")
      statement.bind(scope.since)
      while try statement.step() { old.append(statement.key(0)) }
    }
    for ticket in old where try !filter.contains(ticket: ticket.text) {
      if pinned.contains(ticket) {
        try note(RowKey(.ticket, ticket.text), .whole)
      } else if try Self.state(RowKey(.ticket, ticket.text), db) == nil {
        try leave(ticket)
      }
    }
    touched.formUnion(
      try RowReader(db: db).all("SELECT id FROM customer WHERE id NOT IN (SELECT customer FROM ticket)") {
        $0.text(0)
      })
  }

  private func sendVisitorsAway() throws {
    var visitors: [(key: RowKey, at: Timestamp, state: State)] = []
    do {
      let statement = try Prepared(db, "SELECT kind, id, at, state FROM visitor ORDER BY at DESC, kind, id")
      while try statement.step() {
        guard let kind = Row.Kind(rawValue: statement.int(0)), let state = State(rawValue: statement.int(3))
        else { continue }
        visitors.append((RowKey(kind, statement.text(1)), statement.moment(2), state))
      }
    }
    for (index, visitor) in visitors.enumerated() {
      let isLong = index >= Self.mostVisitors || now - visitor.at > Self.longestVisit
      guard isLong || visitor.state == .stale else { continue }
      if visitor.key.kind == .ticket {
        if !pinned.contains(TicketID(visitor.key.id)) { try leave(TicketID(visitor.key.id)) }
      } else {
        try forget(visitor.key)
        touched.insert(visitor.key.id)
      }
    }
  }

  private func leaveIfAlone(_ customer: String) throws {
    let reader = RowReader(db: db)
    for sql in [
      "SELECT 1 FROM ticket WHERE customer = ? LIMIT 1",
      "SELECT 1 FROM customer WHERE merged_into = ? LIMIT 1",
    ] where try reader.first(sql, customer, { $0.int(0) }) != nil {
      return
    }
    guard !pinnedCustomers.contains(customer),
      try Self.state(RowKey(.customer, customer), db) == nil
    else { return }
    let target = try reader.first("SELECT merged_into FROM customer WHERE id = ?", customer) {
      $0.optionalText(0)
    }
    for kind in [Row.Kind.identity, .product, .order, .bill, .disclosure] {
      try evictAll(kind, "customer", customer)
    }
    try transaction.evict(RowKey(.customer, customer), indexesText: indexesText)
    if case .some(.some(let target)) = target { touched.insert(target) }
  }

  /// After old rows were swept: visitors that went with them are none.
  static func forgetMissing(_ db: Database) throws {
    for kind in [Row.Kind.ticket, .customer] {
      var statement = try Prepared(
        db, "DELETE FROM visitor WHERE kind = ? AND id NOT IN (SELECT id FROM \(kind.table))")
      statement.bind(kind.rawValue)
      try statement.run()
    }
  }
}
