import Domain
import GRDB

/// How solved tickets ended: each with its outcome (zone, category, template) and day, and how many of an outcome there were
/// a day, so that counting ninety days of a category reads some hundred rows of a million tickets.
///
/// A ticket that is not solved has no row: one that comes back is taken out until it is solved again.
struct ClosingTally {
  private let db: Database

  init(_ db: Database) { self.db = db }

  static func create(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS find_outcome(
          id INTEGER PRIMARY KEY, category TEXT NOT NULL, zone TEXT NOT NULL, template TEXT NOT NULL,
          UNIQUE(category, zone, template));
        CREATE TABLE IF NOT EXISTS find_closed(
          ticket INTEGER PRIMARY KEY, outcome INTEGER NOT NULL, day INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS find_closing(
          outcome INTEGER NOT NULL, day INTEGER NOT NULL, count INTEGER NOT NULL,
          PRIMARY KEY(outcome, day)) WITHOUT ROWID;
        """)
  }

  /// Under what a ticket was closed; empty texts for what it does not have.
  struct Outcome: Hashable {
    var category: String
    var zone: String
    var template: String
  }

  struct Closed: Hashable {
    var outcome: Int64
    /// Days since 1970-01-01, UTC.
    var day: Int64
  }

  static func day(_ moment: Timestamp) -> Int64 { Int64(moment.milliseconds.floorDivided(by: 86_400_000)) }

  /// Nil while somebody works on it, and for a ticket whose conversation goes on in another.
  private static func end(of ticket: Ticket) -> (Outcome, day: Int64)? {
    guard ticket.state.isDone, ticket.mergedInto == nil, ticket.disposition != nil || ticket.closing != nil
    else { return nil }
    return (
      Outcome(
        category: ticket.category?.text ?? "", zone: ticket.zone.text,
        template: ticket.closing?.template?.text ?? ""),
      day(ticket.solvedAt ?? ticket.closedAt ?? ticket.updatedAt)
    )
  }

  // MARK: - Writing

  /// Notes how `ticket` stands now; saying the same again does no harm.
  func write(_ ticket: Ticket, row: Int64) throws {
    let known = try closed(row)
    guard let (outcome, day) = Self.end(of: ticket) else {
      if let known { try remove(known, row) }
      return
    }
    let now = Closed(outcome: try id(of: outcome), day: day)
    guard now != known else { return }
    if let known { try count(known, -1) }
    try count(now, 1)
    var insert = try Prepared(db, "INSERT OR REPLACE INTO find_closed(ticket, outcome, day) VALUES(?, ?, ?)")
    insert.bind(row)
    insert.bind(now.outcome)
    insert.bind(now.day)
    try insert.run()
  }

  /// The ticket leaves the desk.
  func erase(row: Int64) throws {
    if let known = try closed(row) { try remove(known, row) }
  }

  private func remove(_ known: Closed, _ row: Int64) throws {
    try count(known, -1)
    var delete = try Prepared(db, "DELETE FROM find_closed WHERE ticket = ?")
    delete.bind(row)
    try delete.run()
  }

  private func count(_ closed: Closed, _ change: Int64) throws {
    var update = try Prepared(
      db,
      """
      INSERT INTO find_closing(outcome, day, count) VALUES(?, ?, ?) \
      ON CONFLICT(outcome, day) DO UPDATE SET count = count + excluded.count
      """)
    update.bind(closed.outcome)
    update.bind(closed.day)
    update.bind(change)
    try update.run()
  }

  private func id(of outcome: Outcome) throws -> Int64 {
    var find = try Prepared(
      db, "SELECT id FROM find_outcome WHERE category = ? AND zone = ? AND template = ?")
    find.bind(outcome.category)
    find.bind(outcome.zone)
    find.bind(outcome.template)
    if try find.step() { return find.int(0) }
    var insert = try Prepared(db, "INSERT INTO find_outcome(category, zone, template) VALUES(?, ?, ?)")
    insert.bind(outcome.category)
    insert.bind(outcome.zone)
    insert.bind(outcome.template)
    try insert.run()
    return db.lastInsertedRowID
  }

  /// Counts all tickets again, in one pass.
  func rebuild() throws {
    for table in ["outcome", "closed", "closing"] {
      try db.execute(sql: "DROP TABLE IF EXISTS find_\(table)")
    }
    try Self.create(db)
    var ids: [Outcome: Int64] = [:]
    var counts: [Closed: Int64] = [:]
    var insert = try Prepared(db, "INSERT INTO find_closed(ticket, outcome, day) VALUES(?, ?, ?)")
    let tickets = try Prepared(
      db, RowReader.tickets.replacing(" FROM ", with: ", row FROM ") + " WHERE state >= 3 ORDER BY row")
    while try tickets.step() {
      guard let (outcome, day) = Self.end(of: try RowReader.ticket(tickets)) else { continue }
      let id = try ids[outcome] ?? self.id(of: outcome)
      ids[outcome] = id
      counts[Closed(outcome: id, day: day), default: 0] += 1
      insert.reset()
      insert.bind(tickets.int(tickets.columnCount - 1))
      insert.bind(id)
      insert.bind(day)
      _ = try insert.step()
    }
    for (closed, count) in counts { try self.count(closed, count) }
  }

  // MARK: - Reading

  func closed(_ row: Int64) throws -> Closed? {
    var find = try Prepared(db, "SELECT outcome, day FROM find_closed WHERE ticket = ?")
    find.bind(row)
    return try find.step() ? Closed(outcome: find.int(0), day: find.int(1)) : nil
  }

  func outcome(_ id: Int64) throws -> Outcome? {
    var find = try Prepared(db, "SELECT category, zone, template FROM find_outcome WHERE id = ?")
    find.bind(id)
    return try find.step()
      ? Outcome(category: find.text(0), zone: find.text(1), template: find.text(2)) : nil
  }

  /// By template, of a category of a zone, or of all of a zone where there is no category.
  func counts(_ zone: ZoneID, _ category: CategoryID?, now: Timestamp) throws -> [TemplateID: TemplateCount] {
    let today = Self.day(now)
    var statement = try Prepared(
      db,
      """
      SELECT template, sum(CASE WHEN day > ? THEN count ELSE 0 END), sum(count) FROM find_outcome \
      JOIN find_closing ON outcome = id AND day > ? AND day <= ? \
      WHERE zone = ? AND template <> ''\(category == nil ? "" : " AND category = ?") GROUP BY template
      """)
    statement.bind(today - 30)
    statement.bind(today - 90)
    statement.bind(today)
    statement.bind(zone.text)
    if let category { statement.bind(category.text) }
    var counts: [TemplateID: TemplateCount] = [:]
    while try statement.step() {
      let template = TemplateID(statement.text(0))
      let count = TemplateCount(
        template: template, last30Days: Int(statement.int(1)), last90Days: Int(statement.int(2)), similar: 0)
      if count.last90Days > 0 { counts[template] = count }
    }
    return counts
  }
}
