import Domain
import Foundation
import GRDB

/// Writes what leads to customers and tickets, after their rows were written.
struct FindWriter {
  private let db: Database

  init(_ db: Database) { self.db = db }

  func write(_ customer: Customer) throws {
    guard let row = try row(of: customer.id.text, in: "customer") else { return }
    try writeName(customer.name, row)
  }

  func writeName(_ name: String, _ row: Int64) throws {
    let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO find_name(key, customer) VALUES(?, ?)")
    for key in FindTables.keys(ofName: name) { try insert.execute(arguments: [key, row]) }
  }

  func write(_ identity: Identity) throws {
    guard let tail = FindTail(.identity, of: identity.normalized),
      let row = try row(of: identity.id.text, in: "identity")
    else { return }
    try tail.write(row: row, db)
  }

  /// Subjects and numbers are written when they are new or changed; texts of entries always.
  func write(_ tickets: [Ticket], _ entries: [TimelineEntry]) throws {
    var rows: [TicketID: Int64] = [:]
    var codes: [Int64: [UInt32]] = [:]
    for ticket in tickets {
      guard let row = try row(of: ticket.id.text, in: "ticket") else { continue }
      rows[ticket.id] = row
      try ClosingTally(db).write(ticket, row: row)
      let digest = Self.digest(ticket.subject, ticket.number)
      let known = try Int64.fetchOne(
        db.cachedStatement(sql: "SELECT digest FROM find_ticket WHERE ticket = ?"), arguments: [row])
      guard known != digest else { continue }
      try db.cachedStatement(sql: "INSERT OR REPLACE INTO find_ticket(ticket, digest) VALUES(?, ?)")
        .execute(arguments: [row, digest])
      WordIndex.addCodes(of: ticket.subject, to: &codes[row, default: []])
      if let tail = ticket.number.flatMap({ FindTail(.ticket, of: $0) }) { try tail.write(row: row, db) }
    }
    for entry in entries where Self.isSearched(entry) {
      let row = try rows[entry.ticket] ?? row(of: entry.ticket.text, in: "ticket")
      guard let row else { continue }
      rows[entry.ticket] = row
      WordIndex.addCodes(of: entry.body, to: &codes[row, default: []])
    }
    let words = WordIndex(db)
    for (row, codes) in codes.sorted(by: { $0.key < $1.key }) { try words.add(ticket: row, codes: codes) }
  }

  static func isSearched(_ entry: TimelineEntry) -> Bool {
    entry.isText && !entry.body.isEmpty
  }

  /// Of subject and number; no byte of UTF-8 is the mark between them.
  static func digest(_ subject: String, _ number: String?) -> Int64 {
    var digest = Digest.Short()
    digest.add(subject)
    digest.add(0xFF)
    digest.add(number ?? "")
    return Int64(bitPattern: digest.value)
  }

  private func row(of id: String, in table: String) throws -> Int64? {
    let statement = try db.cachedStatement(sql: "SELECT row FROM \(table) WHERE id = ?")
    return try Int64.fetchOne(statement, arguments: [id])
  }
}

/// Makes the tables of "find anything" again, in one sorted pass each.
struct FindRebuild {
  /// Does one part of the work; whoever wants a transaction for each part puts it around.
  typealias Part = (_ body: () throws -> Void) throws -> Void

  private let db: Database
  private let part: Part

  init(_ db: Database, part: @escaping Part = { try $0() }) { (self.db, self.part) = (db, part) }

  /// Makes what an index of version `known` does not have as it is made now; 0: everything.
  func run(since known: Int64, progress: ((Double) -> Void)?) throws {
    let isWhole = known < 1
    if known < 2 {
      try part {
        try FindTables.drop(
          db, isWhole ? ["name", "tail", "ticket", "block", "code", "pending", "fold"] : ["tail", "code"])
        try FindTables.create(db)
      }
      if isWhole { try part { try names() } }
      progress?(isWhole ? 0.1 : 0)
      try part { try tails() }
      progress?(isWhole ? 0.2 : 0.5)
    }
    if isWhole { try words { progress?(0.2 + 0.75 * $0) } }
    if known < 2 { try part { try WordIndex(db).summarize() } }
    try part { try ClosingTally(db).rebuild() }
    progress?(1)
  }

  private func names() throws {
    var keys: [(String, Int64)] = []
    let cursor = try GRDB.Row.fetchCursor(db, sql: "SELECT row, name FROM customer")
    while let row = try cursor.next() {
      let number: Int64 = row[0]
      for key in FindTables.keys(ofName: row[1]) { keys.append((key, number)) }
    }
    keys.sort { ($0.0, $0.1) < ($1.0, $1.1) }
    let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO find_name(key, customer) VALUES(?, ?)")
    for (key, number) in keys { try insert.execute(arguments: [key, number]) }
  }

  private func tails() throws {
    var keys: [Int64] = []
    for (kind, sql) in [
      (FindTail.Kind.identity, "SELECT row, normalized FROM identity"),
      // From its index, which is a hundredth of the tickets.
      (.ticket, "SELECT row, number FROM ticket INDEXED BY ticket_number WHERE number IS NOT NULL"),
    ] {
      let rows = try Prepared(db, sql)
      while try rows.step() {
        if let key = FindTail(kind, of: rows.text(1))?.key(row: rows.int(0)) { keys.append(key) }
      }
    }
    keys.sort()
    var insert = try Prepared(db, "INSERT OR IGNORE INTO find_tail(key) VALUES(?)")
    for key in keys {
      insert.reset()
      insert.bind(key)
      _ = try insert.step()
    }
  }

  private func words(_ progress: (Double) -> Void) throws {
    let last = try Int64.fetchOne(db, sql: "SELECT max(row) FROM ticket") ?? 0
    for block in 0...(last / WordIndex.rowsInBlock) {
      let first = block * WordIndex.rowsInBlock
      try part { try WordIndex(db).write(try pairs(ofBlock: block), isMerging: false) }
      progress(Double(first + WordIndex.rowsInBlock) / Double(last + WordIndex.rowsInBlock))
    }
  }

  /// `block << 47 | code << 15 | row in block` of all texts of a block, sorted.
  private func pairs(ofBlock block: Int64) throws -> [UInt64] {
    let first = block * WordIndex.rowsInBlock
    var insert = try Prepared(db, "INSERT INTO find_ticket(ticket, digest) VALUES(?, ?)")
    var subjects = try Prepared(
      db, "SELECT row, id, subject, number FROM ticket WHERE row >= ? AND row < ? ORDER BY row")
    var bodies = try Prepared(
      db, "SELECT body FROM entry WHERE ticket = ? AND kind <= 2 AND body <> ''")
    subjects.bind(first)
    subjects.bind(first + WordIndex.rowsInBlock)
    var pairs: [UInt64] = []
    var codes: [UInt32] = []
    while try subjects.step() {
      let row = subjects.int(0)
      let subject = subjects.text(2)
      codes.removeAll(keepingCapacity: true)
      WordIndex.addCodes(of: subject, to: &codes)
      bodies.reset()
      bodies.bind(subjects.text(1))
      while try bodies.step() { WordIndex.addCodes(of: bodies.text(0), to: &codes) }
      codes.sort()
      var previous: UInt32?
      for code in codes where code != previous {
        pairs.append(UInt64(block) << 47 | UInt64(code) << 15 | UInt64(row - first))
        previous = code
      }
      insert.reset()
      insert.bind(row)
      insert.bind(FindWriter.digest(subject, subjects.optionalText(3)))
      _ = try insert.step()
    }
    pairs.sort()
    return pairs
  }
}
