import Domain
import GRDB
import GRDBSQLite
import Synchronization

/// The authority over the desk's data: one SQLite file that several processes of one host open at once.
///
/// Every write passes the turnstile, is one transaction with `synchronous=FULL`, and rings the bell. All methods are safe to
/// call from any thread.
package final class SharedStore: StoreTransport {
  /// What the data is for: practice never mixes with work, because every store has an id of its own.
  package enum Purpose: String, Codable, Sendable { case work, demo, practice }

  package let path: String
  /// Random; part of every message, so that a desk can never write to another store than its own.
  package let id: String
  package let purpose: Purpose

  let turnstile: Turnstile
  let bell: Doorbell
  let cache = ConfigurationCache()
  /// Read once: it never changes.
  let secret = Mutex<AuditSecret?>(nil)
  let now: @Sendable () -> Timestamp
  let wallClock: WallClock
  let schema: SchemaRules
  let queue: DatabaseQueue
  /// The index for words in old texts, once somebody has looked into it.
  let words = Mutex<StoreIndex?>(nil)
  private let interruption: Interruption?
  private let inode: UInt?

  /// Opens a store that exists.
  package convenience init(
    path: String, now: @escaping @Sendable () -> Timestamp = { .now }, wallClock: WallClock = .local
  ) throws {
    let path = StoreFile.resolved(path)
    guard StoreFile.exists(path) else { throw StoreError.missing(path: path) }
    try StoreFile.check(path)
    try self.init(opening: path, now: now, wallClock: wallClock, interruption: nil)
  }

  /// Opens a store in which a simulation ends processes.
  convenience init(
    path: String, now: @escaping @Sendable () -> Timestamp, wallClock: WallClock,
    schema: SchemaRules = .known, interruption: Interruption?
  ) throws {
    try self.init(
      opening: path, now: now, wallClock: wallClock, schema: schema, interruption: interruption)
  }

  /// Makes a new store with its configuration and people.
  ///
  /// - Throws: `StoreError.alreadyExists` when there is a file; it is never overwritten.
  package static func create(
    at path: String, id: String = IdentifierSource().next(Operation.self).text, purpose: Purpose = .work,
    configuration: ConfigurationSet, now: @escaping @Sendable () -> Timestamp = { .now },
    wallClock: WallClock = .local
  ) throws -> SharedStore {
    guard !StoreFile.exists(path) else { throw StoreError.alreadyExists(path: path) }
    try StoreFile.create(at: path)
    return try SharedStore(
      opening: path, creating: (id, purpose, configuration), now: now, wallClock: wallClock, interruption: nil
    )
  }

  private init(
    opening path: String,
    creating new: (id: String, purpose: Purpose, configuration: ConfigurationSet)? = nil,
    now: @escaping @Sendable () -> Timestamp, wallClock: WallClock, schema: SchemaRules = .known,
    interruption: Interruption?
  ) throws {
    self.path = path
    self.schema = schema
    self.interruption = interruption
    self.now = now
    self.wallClock = wallClock
    turnstile = try Turnstile(store: path)
    bell = try Doorbell(store: path)
    // Opening a fresh file from several processes at once fails now and then; the turnstile lets one in at a time.
    (queue, id, purpose) = try turnstile.hold {
      do {
        let queue = try DatabaseQueue(path: path, configuration: StoreFile.configuration())
        let (id, purpose) = try queue.writeWithoutTransaction { db -> (String, Purpose) in
          try StoreFile.makeDurable(db, path: path)
          if try StoreFile.isEmpty(db, .shared, path: path) {
            guard let new else { throw StoreError.notAStore(path: path) }
            try Self.fill(db, new, at: now())
          } else if new != nil {
            throw StoreError.alreadyExists(path: path)
          } else {
            try Self.upgrade(db, path, at: now())
          }
          let meta = Meta(db: db)
          guard let id = try meta.text("store_id") else { throw StoreError.corrupt(path: path) }
          return (id, try meta.text("purpose").flatMap(Purpose.init(rawValue:)) ?? .work)
        }
        return (queue, id, purpose)
      } catch {
        throw StoreError.of(error, path: path)
      }
    }
    inode = StoreFile.inode(path)
  }

  private static func fill(
    _ db: Database, _ new: (id: String, purpose: Purpose, configuration: ConfigurationSet), at now: Timestamp
  ) throws {
    try immediately(db) {
      try db.execute(sql: Tables.data)
      try db.execute(sql: Tables.ledger)
      for index in Tables.uniqueIndexes + Tables.sharedIndexes + Tables.feedIndexes + Tables.timedIndexes
        + Tables.refundIndexes
      {
        try db.execute(sql: index)
      }
      let meta = Meta(db: db)
      try meta.set("store_id", new.id)
      try meta.set("purpose", new.purpose.rawValue)
      try meta.set("created_at", now.milliseconds)
      try meta.set("epoch", 1)
      try meta.set("safe_rev", 0)
      try meta.set("loaded", 0)
      try meta.set("rev", 1)
      try AuditLog(db: db).begin(store: new.id, at: now)
      let writer = RowWriter(db: db)
      for agent in new.configuration.agents { try writer.put(.agent(agent), revision: 1) }
      for row in try ConfigurationRows.rows(of: new.configuration) {
        try writer.put(.configuration(row), revision: 1)
      }
      try StoreFile.mark(db, as: .shared)
    }
  }

  /// A store of real work is kept as it was before anything is changed.
  private static func upgrade(_ db: Database, _ path: String, at now: Timestamp) throws {
    guard try StoreFile.version(db) < Tables.version else { return }
    if try Meta(db: db).text("purpose") == Purpose.work.rawValue { try SchemaMigration.keep(path) }
    try bringUpToDate(db, at: now)
  }

  /// What each version has that the one before had not, in one transaction.
  static func bringUpToDate(_ db: Database, at now: Timestamp) throws {
    try StoreFile.upgrade(db, .shared) { from in
      switch from {
      case 1: try AuditLog(db: db).adopt(store: try Meta(db: db).text("store_id") ?? "", at: now)
      case 2: for index in Tables.timedIndexes { try db.execute(sql: index) }
      case 3: for index in Tables.refundIndexes { try db.execute(sql: index) }
      default: break
      }
    }
  }

  /// Closes the connection; the store cannot be used afterwards.
  package func close() {
    closeWords()
    try? turnstile.hold { try queue.close() }
  }

  /// The newest revision.
  package func revision() throws -> Int64 {
    try read { db in try Meta(db: db).int("rev") }
  }

  // MARK: - Access

  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do {
      return try queue.unsafeRead(body)
    } catch {
      throw StoreError.of(error, path: path)
    }
  }

  /// One durable transaction behind the turnstile; the bell rings when it is committed.
  func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do {
      let result = try queue.writeWithoutTransaction { db in
        try turnstile.hold {
          // Another file has taken its place: what is written to the old one would be lost.
          guard StoreFile.inode(path) == inode else { throw StoreError.missing(path: path) }
          return try immediately(db, interruption: interruption) { try body(db) }
        }
      }
      bell.ring()
      if StoreFile.walSize(path) > Self.largestLog { try checkpoint() }
      return result
    } catch {
      throw StoreError.of(error, path: path)
    }
  }

  /// The write-ahead log is copied back when it is larger than this, and above `idleLog` when nothing else is to do.
  static let largestLog: Int64 = 64 << 20
  static let idleLog: Int64 = 4 << 20

  func checkpoint() throws {
    try queue.writeWithoutTransaction { db in
      _ = try turnstile.hold {
        sqlite3_wal_checkpoint_v2(db.sqliteConnection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
      }
    }
  }

  /// Called while nothing else happens.
  package func checkpointIfIdle() {
    guard StoreFile.walSize(path) > Self.idleLog else { return }
    _ = try? queue.writeWithoutTransaction { db in try turnstile.hold { StoreFile.emptyLog(db) } }
  }
}
