import Domain
import GRDB

/// Fills an empty replica from the store's file: tables are copied as a whole at one revision, indexes are made afterwards,
/// and from there on the replica follows the feed like any other.
struct FirstFill {
  let store: SharedStore
  let desk: String

  /// `progress` gets the part that is done, 0 to 1.
  func run(_ db: Database, progress: (Double) throws -> Void) throws {
    var attach = try Prepared(db, "ATTACH DATABASE ? AS source")
    attach.bind(store.path)
    try attach.run()
    defer { try? Prepared(db, "DETACH DATABASE source").run() }
    // Deferred on purpose: an immediate transaction would take the write lock of the store as well.
    try Prepared(db, "BEGIN").run()
    do {
      try fill(db, progress)
      try Prepared(db, "COMMIT").run()
    } catch {
      try? Prepared(db, "ROLLBACK").run()
      throw error
    }
  }

  private func fill(_ db: Database, _ progress: (Double) throws -> Void) throws {
    func source(_ key: String) throws -> Int64 {
      try RowReader(db: db).first("SELECT value FROM source.meta WHERE key = ?", key) { $0.int(0) } ?? 0
    }
    let (head, epoch) = (try source("rev"), try source("epoch"))
    try dropIndexes(db)
    // Shares of the time, as measured with a million tickets.
    let shares: [Row.Kind: Double] = [.entry: 0.2, .ticket: 0.1, .contact: 0.05, .customer: 0.01]
    var done = 0.0
    for kind in Row.Kind.allCases {
      try db.execute(sql: "INSERT INTO main.\(kind.table) SELECT * FROM source.\(kind.table)")
      done += shares[kind] ?? 0.002
      try progress(done)
    }
    let indexes = Tables.uniqueIndexes + Tables.sharedIndexes + Tables.deskIndexes
    for index in indexes {
      try db.execute(sql: index)
      done += 0.25 / Double(indexes.count)
      try progress(done)
    }
    try Tally(db: db).rebuild()
    let left = 1 - done
    try Replica.rebuildSearch(db) { try progress(1 - left + left * $0) }
    let meta = Meta(db: db)
    try meta.set("store_id", store.id)
    try meta.set("purpose", store.purpose.rawValue)
    try meta.set("desk", desk)
    try meta.set("epoch", epoch)
    try meta.set("cursor", head)
    try meta.set("settled", head)
    try meta.set("sequence", 0)
    // The log as it was at this head: whoever rewrites it later has to explain this entry.
    let last = try RowReader(db: db).all("SELECT n, hash FROM source.audit ORDER BY n DESC LIMIT 1") {
      AuditHead(number: $0.int(0), hash: AuditHash(bytes: $0.blob(1)))
    }
    if let last = last.first { try WitnessTable(db: db).follow(last, body: nil, epoch: epoch) }
    try progress(1)
  }

  /// The indexes that `Tables` makes; those of the search and of primary keys stay.
  private func dropIndexes(_ db: Database) throws {
    let names = Set(
      (Tables.uniqueIndexes + Tables.sharedIndexes + Tables.deskIndexes).compactMap(Tables.name(ofIndex:)))
    for name in try RowReader(db: db).all(
      "SELECT name FROM main.sqlite_master WHERE type = 'index'", { $0.text(0) })
    where names.contains(name) {
      try db.execute(sql: "DROP INDEX main.\(name)")
    }
  }
}
