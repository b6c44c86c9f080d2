import Domain
import GRDB
import Glibc

/// What a store, or a copy of one, says of itself.
struct BackupFacts: Hashable {
  var id: String
  var purpose: String
  var epoch: Int64
  var revision: Int64
  var operations: Int64
  /// How far its log is; nil in a store of a program that had none.
  var auditHead: AuditHead?
  /// The largest place of each table.
  var places: [String: Int64]
  /// The restores that it has seen, oldest first.
  var restorations: [Restoration]
  /// The public half of the key that signs restores; nil where there was none yet.
  var adminKey: String?

  init(_ db: Database) throws {
    let meta = Meta(db: db)
    func count(_ sql: String) throws -> Int64 {
      let statement = try Prepared(db, sql)
      return try statement.step() ? statement.int(0) : 0
    }
    id = try meta.text("store_id") ?? ""
    purpose = try meta.text("purpose") ?? ""
    epoch = try meta.int("epoch")
    revision = try meta.int("rev")
    operations = try count("SELECT count(*) FROM operation")
    let hasLog = try count("SELECT count(*) FROM sqlite_master WHERE name = 'audit'") > 0
    auditHead = hasLog ? try AuditLog(db: db).head() : nil
    restorations = try Restoration.all(after: 0, db)
    adminKey = try AdminKey.known(db)
    places = [:]
    for kind in Row.Kind.allCases { places[kind.table] = try count("SELECT max(row) FROM \(kind.table)") }
  }

  /// Opens a copy without writing to it, lets SQLite look at every page, and reads it. Errors name `name`, which is what
  /// somebody gave us, where that is not the copy itself.
  ///
  /// - Throws: `notABackup` for files of other kinds, `corrupt`, `newerVersion`.
  static func verified(_ path: String, named name: String? = nil) throws -> BackupFacts {
    let name = name ?? path
    do {
      var configuration = Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      defer { try? queue.close() }
      return try queue.unsafeRead { db in
        guard try !StoreFile.isEmpty(db, .shared, path: name) else { throw StoreError.notABackup(path: name) }
        guard try problems(db).isEmpty else { throw StoreError.corrupt(path: name) }
        let facts = try BackupFacts(db)
        guard !facts.id.isEmpty else { throw StoreError.notABackup(path: name) }
        return facts
      }
    } catch {
      let fact = StoreError.of(error, path: name)
      if case StoreError.notAStore = fact { throw StoreError.notABackup(path: name) }
      throw fact
    }
  }

  /// What SQLite finds wrong with the file itself.
  static func problems(_ db: Database) throws -> [String] {
    let statement = try Prepared(db, "PRAGMA integrity_check(20)")
    var problems: [String] = []
    while try statement.step() { problems.append(statement.text(0)) }
    return problems == ["ok"] ? [] : problems
  }
}

/// A copy of a store in a file of its own: what a backup is before it has its name.
struct StoreCopy {
  let path: String

  /// Copies what `source` holds at one moment. Others may write meanwhile: the copy reads a snapshot, and makes no
  /// checkpoint, so that it needs no turnstile.
  static func make(of source: String, at path: String) throws -> StoreCopy {
    let copy = StoreCopy(path: path)
    copy.remove()
    do {
      try ByteFile(creating: path).sync()
      var reading = StoreFile.configuration()
      reading.readonly = true
      let from = try DatabaseQueue(path: source, configuration: reading)
      defer { try? from.close() }
      let to = try DatabaseQueue(path: path)
      defer { try? to.close() }
      // Exclusive: the copy may lie where memory cannot be shared. Afterwards one file is all there is.
      try to.writeWithoutTransaction { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
      try from.backup(to: to)
      try to.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    } catch {
      copy.remove()
      throw StoreError.of(error, path: path)
    }
    return copy
  }

  /// Changes the small values of a copy, for a restore.
  func change(_ body: (Database) throws -> Void) throws {
    do {
      let queue = try DatabaseQueue(path: path)
      defer { try? queue.close() }
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE")
        try immediately(db) { try body(db) }
      }
    } catch {
      throw StoreError.of(error, path: path)
    }
  }

  func remove() {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlinkFile(path + suffix) }
  }
}

/// `unlink`, where nothing is to be said when there is no such file.
func unlinkFile(_ path: String) { _ = unlink(path) }
