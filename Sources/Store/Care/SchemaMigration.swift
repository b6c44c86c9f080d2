import Domain
import GRDB
import Glibc

/// What bringing a store up to date changed, or would.
package struct MigrationReport: Hashable, Sendable {
  package var path: String
  package var store: String
  /// The number of the layout that the file had, and the one of this program.
  package var from: Int
  package var to: Int
  /// Tables and indexes that are new.
  package var added: [String]
  /// Entries of the log that were written for it.
  package var entries: Int64
  package var seconds: Double
  /// The verified copy of the store as it was; nil where nothing was done.
  package var backup: String?

  package var isNeeded: Bool { from < to }
}

/// Brings the file of an older program up to date: on a copy to see what would happen, or on the store itself after a
/// verified backup.
package struct SchemaMigration {
  let path: String
  let now: @Sendable () -> Timestamp

  package init(path: String, now: @escaping @Sendable () -> Timestamp = { .now }) {
    self.path = path
    self.now = now
  }

  /// Where the store of an older program is kept as it was.
  static func backup(of path: String, before version: Int32 = Tables.version) -> String {
    "\(DailyBackup.folder(of: path))/before-format-\(version).store"
  }

  /// Keeps the file as it is, verified, before it is changed. Desks wait at the turnstile meanwhile.
  ///
  /// - Throws: `noRoom`, `corrupt`, and errors of the disk: then the store was not touched.
  static func keep(_ path: String) throws {
    let room = DailyBackup.room(for: path)
    guard room.isEnough else { throw StoreError.noRoom(path: path, needed: room.needed, free: room.free) }
    let backup = backup(of: path)
    try StoreFile.makeFolder(StoreFile.folder(of: backup))
    let copy = try StoreCopy.make(of: path, at: backup + ".new")
    defer { copy.remove() }
    _ = try BackupFacts.verified(copy.path)
    try ByteFile.publish(copy.path, as: backup)
  }

  /// What would change, found by doing it to a copy.
  package func rehearse() throws -> MigrationReport {
    try StoreFile.check(path)
    let room = DailyBackup.room(for: path)
    guard room.isEnough else { throw StoreError.noRoom(path: path, needed: room.needed, free: room.free) }
    let copy = try StoreCopy.make(of: path, at: path + ".migrating")
    defer { copy.remove() }
    let before = try State(copy.path)
    let begin = SteadyClock.seconds()
    do {
      let queue = try DatabaseQueue(path: copy.path)
      defer { try? queue.close() }
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE")
        try SharedStore.bringUpToDate(db, at: now())
      }
    } catch {
      throw StoreError.of(error, path: copy.path)
    }
    let seconds = SteadyClock.seconds() - begin
    _ = try BackupFacts.verified(copy.path)
    return try report(before, State(copy.path), seconds, backup: nil)
  }

  /// All of it or nothing: opening the store does it in one transaction, after the backup.
  package func run() throws -> MigrationReport {
    try StoreFile.check(path)
    let before = try State(path)
    let begin = SteadyClock.seconds()
    let store = try SharedStore(path: path, now: now)
    try? store.checkpoint()
    store.close()
    return try report(
      before, State(path), SteadyClock.seconds() - begin,
      backup: before.version < Tables.version ? Self.backup(of: path) : nil)
  }

  private func report(_ before: State, _ after: State, _ seconds: Double, backup: String?) throws
    -> MigrationReport
  {
    MigrationReport(
      path: path, store: after.id, from: Int(before.version), to: Int(after.version),
      added: after.names.subtracting(before.names).sorted(), entries: after.entries - before.entries,
      seconds: seconds, backup: backup)
  }

  /// What a file says of its layout. Reading it changes nothing.
  private struct State {
    var id: String
    var version: Int32
    var names: Set<String>
    var entries: Int64

    init(_ path: String) throws {
      do {
        var configuration = StoreFile.configuration()
        configuration.readonly = true
        configuration.journalMode = .default
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        self = try queue.unsafeRead { db in
          guard try !StoreFile.isEmpty(db, .shared, path: path) else {
            throw StoreError.notAStore(path: path)
          }
          let names = Set(
            try RowReader(db: db).all(
              "SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'", { $0.text(0) }))
          let hasLog = names.contains("table audit")
          return State(
            id: try Meta(db: db).text("store_id") ?? "", version: try StoreFile.version(db), names: names,
            entries: hasLog ? try AuditLog(db: db).head().number : 0)
        }
      } catch {
        throw StoreError.of(error, path: path)
      }
    }

    private init(id: String, version: Int32, names: Set<String>, entries: Int64) {
      (self.id, self.version, self.names, self.entries) = (id, version, names, entries)
    }
  }
}
