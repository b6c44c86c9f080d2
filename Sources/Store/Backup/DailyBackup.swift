import Domain
import GRDB
import Glibc

import class Foundation.FileManager

/// Backs a store of real work up by itself, once a day, into `STORE.backups/YEAR-MONTH-DAY.store`, and keeps the last few.
/// Every desk offers to do it while it is idle; a lock lets one.
package struct DailyBackup: Sendable {
  /// How many are kept; 0: none is made.
  let count: Int
  let clock: WallClock

  /// After so much time another one is due.
  static let interval: Int64 = 86_400_000

  package init(count: Int = 7, clock: WallClock = .local) {
    self.count = count
    self.clock = clock
  }

  static func folder(of store: String) -> String { store + ".backups" }

  /// Nil when none is due, when somebody else makes it, or when the disk has no room for it.
  func runIfDue(_ store: SharedStore) throws -> BackupReport? {
    guard count > 0, try isDue(store) else { return nil }
    let lock = try BackupLock(folder: Self.folder(of: store.path))
    // Another desk may have made it between the question and the lock.
    guard lock.isTaken(waiting: false), try isDue(store), Self.room(for: store.path).isEnough else {
      return nil
    }
    return try make(store)
  }

  /// Makes one now, whether it is due or not: before something that cannot be undone.
  ///
  /// - Throws: `noRoom`.
  func run(_ store: SharedStore) throws -> BackupReport {
    let lock = try BackupLock(folder: Self.folder(of: store.path))
    _ = lock.isTaken(waiting: true)
    let room = Self.room(for: store.path)
    guard room.isEnough else {
      throw StoreError.noRoom(path: store.path, needed: room.needed, free: room.free)
    }
    return try make(store)
  }

  private func isDue(_ store: SharedStore) throws -> Bool {
    guard store.purpose == .work, let last = try store.backedUpOrMade() else { return false }
    return store.now() - last >= Self.interval
  }

  /// Called with the lock.
  private func make(_ store: SharedStore) throws -> BackupReport {
    let folder = Self.folder(of: store.path)
    let kept = Self.backups(in: folder)
    let name = "\(folder)/\(clock.civil(store.now()).date).store"
    let report = try store.backUp(to: name, earlier: kept.last)
    for path in (kept.filter { $0 != name } + [name]).dropLast(max(1, count)) {
      try? FileManager.default.removeItem(atPath: path)
      try? FileManager.default.removeItem(atPath: path + ".files")
    }
    return report
  }

  /// Oldest first: their names are their days.
  static func backups(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".store") && $0.utf8.count == 16 }.sorted().map { "\(folder)/\($0)" }
  }

  /// A backup must never fill the disk on which people save their work: twice its size has to be free.
  static func room(for store: String) -> (needed: Int64, free: Int64, isEnough: Bool) {
    var facts = statvfs()
    let needed = 2 * ((ByteFile.size(store) ?? 0) + StoreFile.walSize(store))
    guard statvfs(StoreFile.folder(of: store), &facts) == 0 else { return (needed, 0, false) }
    let free = Int64(facts.f_bavail) * Int64(facts.f_frsize)
    return (needed, free, free > needed)
  }
}

/// Lets one process at a time write backups into a folder.
private final class BackupLock {
  private let file: Int32

  init(folder: String) throws(StoreError) {
    try StoreFile.makeFolder(folder)
    file = open(folder + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(path: folder) }
  }

  deinit { close(file) }

  func isTaken(waiting: Bool) -> Bool {
    while flock(file, waiting ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }
}

extension SharedStore {
  /// When the last backup was verified, or the store was made; nil where nobody needs one: demo and practice.
  package func backedUpOrMade() throws -> Timestamp? {
    try read { try Self.backedUpOrMade($0, purpose) }
  }

  static func backedUpOrMade(_ db: Database, _ purpose: Purpose) throws -> Timestamp? {
    guard purpose == .work else { return nil }
    let meta = Meta(db: db)
    return Timestamp(milliseconds: max(try meta.int("backup_at"), try meta.int("created_at")))
  }
}
