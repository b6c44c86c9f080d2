import Domain
import GRDB
import GRDBSQLite
import Glibc

/// What is common to the files of the shared store and of replicas: where they may be, who may read them, how they are opened.
enum StoreFile {
  /// How long a statement waits for a lock that another connection holds.
  static let busySeconds = 5.0

  /// Which of our files it is, kept as SQLite's `application_id`.
  enum Kind: Int32 {
    case shared = 0x4144_5331
    case replica = 0x4144_5231
  }

  /// Makes the folder (0700) and the empty file (0600), and refuses folders in which WAL cannot work.
  static func create(at path: String) throws(StoreError) {
    let folder = folder(of: path)
    try makeFolder(folder)
    try refuseNetwork(folder)
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(path: path) }
    close(file)
  }

  /// Checks that the file is there and may be written.
  ///
  /// It is never opened for that except by SQLite: closing any descriptor of a file drops all locks that the process holds on
  /// it (`fcntl(2)`), also those of a connection that is open already. Another process would then take itself for the last one,
  /// copy the log back and remove it, and everything that was committed afterwards would be gone.
  static func check(_ path: String) throws(StoreError) {
    var facts = stat()
    guard stat(path, &facts) == 0, access(path, R_OK | W_OK) == 0 else { throw .system(path: path) }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw .notAStore(path: path) }
    try refuseNewer(path)
    try refuseNetwork(folder(of: path))
    // SQLite writes its journal beside the file: a folder that cannot be written is as bad as a file that cannot.
    guard access(folder(of: path), W_OK) == 0 else { throw .readOnly(path: folder(of: path)) }
  }

  /// Looks into the header before the file is opened for writing: opening a file in WAL mode already writes to it, and what a
  /// newer program wrote is not ours to touch. What SQLite cannot read at all is told later, by whoever opens it.
  private static func refuseNewer(_ path: String) throws(StoreError) {
    let escaped = path.utf8.map { byte -> String in
      byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "%")
        ? "%" + String(byte, radix: 16) : String(decoding: [byte], as: UTF8.self)
    }
    var connection: OpaquePointer?
    defer { sqlite3_close_v2(connection) }
    let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
    guard sqlite3_open_v2("file:\(escaped.joined())?immutable=1", &connection, flags, nil) == SQLITE_OK else {
      return
    }
    func number(_ pragma: String) -> Int32 {
      var statement: OpaquePointer?
      defer { sqlite3_finalize(statement) }
      guard sqlite3_prepare_v2(connection, "PRAGMA \(pragma)", -1, &statement, nil) == SQLITE_OK,
        sqlite3_step(statement) == SQLITE_ROW
      else { return 0 }
      return sqlite3_column_int(statement, 0)
    }
    let found = number("user_version")
    guard Kind(rawValue: number("application_id")) != nil, found > Tables.version else { return }
    throw .newerVersion(path: path, found: Int(found), known: Int(Tables.version))
  }

  static func exists(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_size > 0
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func makeFolder(_ folder: String) throws(StoreError) {
    var facts = stat()
    if stat(folder, &facts) == 0 { return }
    let parent = self.folder(of: folder)
    if parent != folder { try makeFolder(parent) }
    if mkdir(folder, 0o700) != 0, errno != EEXIST { throw .system(path: folder) }
    // What a power cut takes of a folder that nobody may sync is not ours.
    try? ByteFile.syncFolder(parent)
  }

  /// WAL needs memory that all processes share, which network and user-space file systems do not give: two desks on one file
  /// there would destroy it.
  private static func refuseNetwork(_ folder: String) throws(StoreError) {
    var facts = stat()
    guard stat(folder, &facts) == 0 else { throw .system(path: folder) }
    if let type = MountTable.current.fileSystem(of: folder, device: facts.st_dev),
      let system = MountTable.refused(type)
    {
      throw .networkFolder(path: folder, system: system)
    }
  }

  static func configuration(readers: Int = 1) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(busySeconds)
    configuration.foreignKeysEnabled = false
    configuration.maximumReaderCount = readers
    configuration.persistentReadOnlyConnections = true
    // Not `.wal`: then opening would write a transaction that is not synced. See `makeDurable`.
    configuration.journalMode = .default
    configuration.prepareDatabase { db in
      // Nobody checkpoints by itself: a checkpoint beside a commit of another connection can destroy the file in the SQLite
      // versions that we run on. See Turnstile.
      sqlite3_wal_autocheckpoint(db.sqliteConnection, 0)
      try db.execute(sql: "PRAGMA cache_size = -2048; PRAGMA temp_store = MEMORY")
    }
    return configuration
  }

  /// Sets the journal to WAL and `synchronous` to FULL, which survives a power cut, and makes sure that both are set.
  ///
  /// GRDB would set the journal too, with NORMAL, and begin a new log with a transaction of its own that nobody syncs. When the
  /// next sync fails, the system takes those pages for written; everything after them would be behind a hole after a power cut.
  static func makeDurable(_ db: Database, path: String) throws {
    try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    guard try synchronous(db) == 2, try journal(db) == "wal" else {
      throw StoreError.failed(path: path, detail: "PRAGMA synchronous")
    }
  }

  private static func journal(_ db: Database) throws -> String {
    let statement = try Prepared(db, "PRAGMA journal_mode")
    return try statement.step() ? statement.text(0) : ""
  }

  static func synchronous(_ db: Database) throws -> Int64 {
    let statement = try Prepared(db, "PRAGMA synchronous")
    return try statement.step() ? statement.int(0) : -1
  }

  /// Whether the tables have to be made; refuses files of other programs and of newer ones.
  static func isEmpty(_ db: Database, _ kind: Kind, path: String) throws -> Bool {
    let found = try pragma(db, "user_version")
    let application = try pragma(db, "application_id")
    if found == 0, application == 0 {
      let tables = try Prepared(db, "SELECT 1 FROM sqlite_master LIMIT 1")
      guard try !tables.step() else { throw StoreError.notAStore(path: path) }
      return true
    }
    guard application == Int64(kind.rawValue) else { throw StoreError.notAStore(path: path) }
    guard found <= Int64(Tables.version) else {
      throw StoreError.newerVersion(path: path, found: Int(found), known: Int(Tables.version))
    }
    return false
  }

  /// Brings a file of an older program up to date, in one transaction: a crash leaves the old one. `step` makes what the
  /// version after the given one has.
  static func upgrade(_ db: Database, _ kind: Kind, step: (_ from: Int64) throws -> Void) throws {
    let found = try pragma(db, "user_version")
    guard found < Int64(Tables.version) else { return }
    try immediately(db) {
      for version in found..<Int64(Tables.version) { try step(version) }
      try mark(db, as: kind)
    }
  }

  static func version(_ db: Database) throws -> Int32 {
    Int32(truncatingIfNeeded: try pragma(db, "user_version"))
  }

  static func mark(_ db: Database, as kind: Kind) throws {
    try db.execute(
      sql: "PRAGMA application_id = \(kind.rawValue); PRAGMA user_version = \(Tables.version)")
  }

  private static func pragma(_ db: Database, _ name: String) throws -> Int64 {
    let statement = try Prepared(db, "PRAGMA \(name)")
    return try statement.step() ? statement.int(0) : 0
  }

  /// What tells one file from another that was put in its place; nil where there is none.
  static func inode(_ path: String) -> UInt? {
    var facts = stat()
    return stat(path, &facts) == 0 ? UInt(facts.st_ino) : nil
  }

  /// Copies the log back and empties it, unless somebody reads: nobody is waited for, because others may wait for this.
  ///
  /// - Returns: SQLite's code; most callers just try again later.
  @discardableResult
  static func emptyLog(_ db: Database) -> ResultCode {
    sqlite3_busy_timeout(db.sqliteConnection, 0)
    defer { sqlite3_busy_timeout(db.sqliteConnection, Int32(busySeconds * 1000)) }
    return ResultCode(
      rawValue: sqlite3_wal_checkpoint_v2(db.sqliteConnection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil))
  }

  /// Bytes in the write-ahead log.
  static func walSize(_ path: String) -> Int64 {
    var facts = stat()
    return stat(path + "-wal", &facts) == 0 ? Int64(facts.st_size) : 0
  }
}

/// What the file system says of the last write to a SQLite file and its log.
struct FileStamp: Equatable {
  /// Two writes within one tick of the file system's clock have one time: equal stamps say nothing until it has passed.
  private static let tick: Int64 = 1_000_000_000

  private var log: [Int64]
  private var main: [Int64]

  init(path: String) {
    log = Self.facts(path + "-wal")
    main = Self.facts(path)
  }

  /// Inode, bytes, nanoseconds of the last write; nothing where there is no file.
  private static func facts(_ path: String) -> [Int64] {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return [] }
    let moment = Int64(facts.st_mtim.tv_sec) * 1_000_000_000 + Int64(facts.st_mtim.tv_nsec)
    return [Int64(facts.st_ino), Int64(facts.st_size), moment]
  }

  var isSettled: Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let moment = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    return [log, main].allSatisfy { $0.last.map { abs(moment - $0) > Self.tick } ?? true }
  }
}

/// The small values of a store or replica: its id, revision, epoch, cursor.
struct Meta {
  let db: Database

  func text(_ key: String) throws -> String? {
    var statement = try Prepared(db, "SELECT value FROM meta WHERE key = ?")
    statement.bind(key)
    return try statement.step() ? statement.optionalText(0) : nil
  }

  func int(_ key: String) throws -> Int64 {
    var statement = try Prepared(db, "SELECT value FROM meta WHERE key = ?")
    statement.bind(key)
    return try statement.step() ? statement.int(0) : 0
  }

  func set(_ key: String, _ value: Int64) throws {
    var statement = try Prepared(db, Self.set)
    statement.bind(key)
    statement.bind(value)
    try statement.run()
  }

  func set(_ key: String, _ value: String?) throws {
    var statement = try Prepared(db, Self.set)
    statement.bind(key)
    statement.bind(value)
    try statement.run()
  }

  private static let set =
    "INSERT INTO meta(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value"
}

/// Throws where a process should end.
typealias Interruption = @Sendable () throws -> Void

/// Runs `body` in one immediate transaction: all of it or nothing. A deferred one that turns into a write would fail at once
/// when another connection wrote meanwhile.
///
/// `interruption` is called before and after the commit: where a simulation ends a process. What happens inside a transaction
/// is undone with it, so that these are the only two moments which differ.
func immediately<Result>(
  _ db: Database, interruption: Interruption? = nil, _ body: () throws -> Result
) throws -> Result {
  try Prepared(db, "BEGIN IMMEDIATE").run()
  do {
    let result = try body()
    try interruption?()
    try Prepared(db, "COMMIT").run()
    try interruption?()
    return result
  } catch {
    if sqlite3_get_autocommit(db.sqliteConnection) == 0 { try? Prepared(db, "ROLLBACK").run() }
    throw error
  }
}
