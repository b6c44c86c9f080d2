import Domain
import GRDB
import Glibc

/// `STORE-index`: lists that lead to words, names and numbers in all tickets of a store, for desks that keep a part of it.
///
/// The file holds the lists alone. Its connection has the store attached, so that the search finds the rows themselves where a
/// replica has them: names of tables that are not here are those of the store. Nothing in it is needed: it is thrown away and
/// made again whenever something about it is not as expected.
final class StoreIndex: Sendable {
  /// Of our files, as SQLite's `application_id`.
  private static let application: Int64 = 0x4144_4931
  /// The layout of this file, and how texts are taken apart.
  private static let format = 1000 + SearchIndexing.version

  /// What the lists hold.
  struct State: Hashable {
    /// Every change up to this revision of the store.
    var revision: Int64
    /// The history that the revision counts in.
    var epoch: Int64
    var store: String
  }

  let path: String
  /// One process writes at a time.
  let turnstile: Turnstile
  private let queue: DatabaseQueue
  private let storeTurnstile: Turnstile
  private let inode: UInt?

  static func path(of store: String) -> String { store + "-index" }

  /// Opens the file, or makes an empty one where somebody is going to write.
  ///
  /// - Parameter store: stays open longer than this: the last connection that is closed copies the store's log back, and that
  ///   must pass the turnstile.
  /// - Throws: `missing` where there is none to read, and everything that SQLite finds wrong with it.
  init(of store: SharedStore, isWriting: Bool) throws {
    path = Self.path(of: store.path)
    storeTurnstile = store.turnstile
    turnstile = try Turnstile(store: path)
    if isWriting {
      // Only where there is none: closing a descriptor of a file that is open elsewhere drops its locks.
      if StoreFile.inode(path) == nil { try StoreFile.create(at: path) }
    } else if !StoreFile.exists(path) {
      throw StoreError.missing(path: path)
    }
    inode = StoreFile.inode(path)
    do {
      var configuration = Configuration()
      // Whoever looks while the lists are made anew is better told so at once.
      configuration.busyMode = .timeout(isWriting ? StoreFile.busySeconds : 0.25)
      // A journal that is rolled back, not WAL: whoever throws the file away leaves nothing beside it that another process
      // would take for the log of the next one.
      configuration.journalMode = .default
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.writeWithoutTransaction { db in
        // A page that is written before the commit would lock readers out for as long as the work takes.
        try db.execute(sql: "PRAGMA temp_store = FILE; PRAGMA cache_spill = 0; PRAGMA synchronous = NORMAL")
        var attach = try Prepared(db, "ATTACH DATABASE ? AS source")
        attach.bind(store.path)
        try attach.run()
        if !isWriting { try db.execute(sql: "PRAGMA query_only = 1") }
      }
    } catch {
      throw StoreError.of(error, path: path)
    }
  }

  func close() {
    try? storeTurnstile.hold { try queue.close() }
  }

  /// Whether another file has taken its place, or none.
  var isGone: Bool { inode == nil || StoreFile.inode(path) != inode }

  /// Takes the file away; whoever has it open notices by `isGone`. Called behind the turnstile.
  static func discard(_ path: String) {
    unlink(path)
    unlink(path + "-journal")
  }

  /// Its bytes; nil where there is none.
  static func size(of store: String) -> Int64? { ByteFile.size(path(of: store)) }

  // MARK: - Access

  /// One state of the lists and one of the store.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try perform { db in
      try transaction(db) { try body(db) }
    }
  }

  /// One transaction. Deferred on purpose: an immediate one would take the write lock of the store as well.
  func write(_ body: (Database) throws -> Void) throws {
    try perform { db in
      try transaction(db) { try body(db) }
    }
  }

  private func transaction<Result>(_ db: Database, _ body: () throws -> Result) throws -> Result {
    try Prepared(db, "BEGIN DEFERRED").run()
    do {
      let result = try body()
      try Prepared(db, "COMMIT").run()
      return result
    } catch {
      try? Prepared(db, "ROLLBACK").run()
      throw error
    }
  }

  private func perform<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do {
      return try queue.writeWithoutTransaction(body)
    } catch {
      throw StoreError.of(error, path: path)
    }
  }

  /// Runs parts of a larger work, each in a transaction of its own. They may be larger than the memory that they should take.
  func inParts(_ body: (Database, @escaping FindRebuild.Part) throws -> Void) throws {
    try perform { db in
      try db.execute(sql: "PRAGMA cache_spill = 1")
      defer { try? db.execute(sql: "PRAGMA cache_spill = 0; PRAGMA shrink_memory") }
      try body(db) { part in try self.transaction(db) { try part() } }
    }
  }

  // MARK: - State

  /// Nil where the lists have to be made: they are not finished, or of another format.
  func state() throws -> State? { try read { try Self.state($0) } }

  static func state(_ db: Database) throws -> State? {
    guard try number("PRAGMA main.user_version", db) == format,
      try number("PRAGMA main.application_id", db) == application,
      try number("SELECT count(*) FROM main.sqlite_master WHERE name = 'index_state'", db) == 1
    else { return nil }
    let statement = try Prepared(db, "SELECT store, epoch, revision FROM index_state")
    guard try statement.step() else { return nil }
    return State(revision: statement.int(2), epoch: statement.int(1), store: statement.text(0))
  }

  /// Nil: the lists are not finished.
  static func set(_ state: State?, _ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS main.index_state(store TEXT NOT NULL, epoch INTEGER NOT NULL, revision INTEGER NOT NULL);
        DELETE FROM main.index_state;
        """)
    guard let state else { return }
    var insert = try Prepared(db, "INSERT INTO main.index_state(store, epoch, revision) VALUES (?, ?, ?)")
    insert.bind(state.store)
    insert.bind(state.epoch)
    insert.bind(state.revision)
    try insert.run()
  }

  /// Whether this program may write into the file as it is: nothing is there yet, or what it made itself.
  func isOurs() throws -> Bool {
    try read { db in
      let format = try Self.number("PRAGMA main.user_version", db)
      let application = try Self.number("PRAGMA main.application_id", db)
      if format == Self.format, application == Self.application { return true }
      return try format == 0 && application == 0
        && Self.number("SELECT count(*) FROM main.sqlite_master", db) == 0
    }
  }

  func mark(_ db: Database) throws {
    try db.execute(
      sql: "PRAGMA main.application_id = \(Self.application); PRAGMA main.user_version = \(Self.format)")
  }

  private static func number(_ sql: String, _ db: Database) throws -> Int64 {
    let statement = try Prepared(db, sql)
    return try statement.step() ? statement.int(0) : 0
  }
}
