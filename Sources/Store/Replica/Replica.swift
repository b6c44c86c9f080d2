import Domain
import GRDB
import GRDBSQLite
import Glibc
import Synchronization

/// The desk's own copy of the data, from which every screen reads, with the operations that the shared store has not answered
/// yet. One process at a time; safe to use from any thread.
///
/// Its tables hold the *shown* rows: what was pulled, with this desk's pending operations applied by the reducer. The pulled
/// versions of rows that pending operations touch stand in `pulled`.
package final class Replica: Sendable {
  package let path: String

  let pool: DatabasePool
  let cache = ConfigurationCache()
  let knowledge = KnowledgeIndex()
  let indexesText: Bool
  private let lock: ReplicaLock
  private let interruption: Interruption?
  /// A sync failed, here or in a process that left a log behind: what the log holds may be on the disk or not.
  private let isDoubtful: Atomic<Bool>
  private let offline = Mutex<Timestamp?>(nil)
  private let backedUp = Mutex<Timestamp?>(nil)
  private let standing = Mutex<StoreError?>(nil)
  private let unable = Mutex<(error: StoreError?, turns: Int)>((nil, 0))

  /// Opens a replica, or makes an empty one that a `DeskConnection` fills.
  ///
  /// - Throws: `replicaInUse` when another process has it open, `newerVersion`, `notAStore`, `readOnly`, `networkFolder`.
  package convenience init(path: String) throws {
    if !StoreFile.exists(path) { try StoreFile.create(at: path) }
    try self.init(path: path, lock: ReplicaLock(replica: path))
  }

  /// - Parameters:
  ///   - interruption: where a simulation ends the process.
  ///   - indexesText: false where nobody searches.
  ///   - readers: connections that read beside the one that writes.
  init(
    path: String, lock: ReplicaLock, interruption: Interruption? = nil, indexesText: Bool = true,
    readers: Int = 3
  ) throws {
    self.path = path
    self.lock = lock
    self.interruption = interruption
    self.indexesText = indexesText
    isDoubtful = Atomic(StoreFile.walSize(path) > 0)
    do {
      try StoreFile.check(path)
      pool = try DatabasePool(path: path, configuration: StoreFile.configuration(readers: readers))
      try pool.writeWithoutTransaction { db in
        try StoreFile.makeDurable(db, path: path)
        guard try StoreFile.isEmpty(db, .replica, path: path) else {
          try StoreFile.upgrade(db, .replica) { from in
            if from == 1 { try db.execute(sql: Tables.witness) }
          }
          try Self.createRenewed(db)
          try Self.createVisitors(db)
          try QuestionTable.createMissing(db)
          let tally = Tally(db: db)
          if try tally.countsOffersAsBefore() { try immediately(db) { try tally.countOffersAnew() } }
          let since = try Self.offlineSince(db)
          offline.withLock { $0 = since }
          let trouble = try Self.trouble(db)
          standing.withLock { $0 = trouble }
          return try Self.addMissingIndexes(db)
        }
        try immediately(db) {
          try db.execute(sql: Tables.data)
          try db.execute(sql: Tables.desk)
          try db.execute(sql: Tables.witness)
          try Self.createRenewed(db)
          try Self.createVisitors(db)
          try SearchIndexing.createTables(db)
          for index in Tables.uniqueIndexes + Tables.sharedIndexes + Tables.deskIndexes {
            try db.execute(sql: index)
          }
          try Tally(db: db).countOffersAnew()
          try StoreFile.mark(db, as: .replica)
        }
      }
    } catch {
      throw StoreError.of(error, path: path)
    }
  }

  /// A replica that an older program made lacks the indexes that came since; a statement that names one would fail.
  private static func addMissingIndexes(_ db: Database) throws {
    let found = Set(
      try RowReader(db: db).all("SELECT name FROM sqlite_master WHERE type = 'index'", { $0.text(0) }))
    for index in Tables.deskIndexes where Tables.name(ofIndex: index).map({ !found.contains($0) }) == true {
      try db.execute(sql: index)
    }
  }

  /// The first replica of `agent` in `folder` that no other process has open: `NAME.replica`, then `NAME-2.replica`, …
  package static func free(in folder: String, for agent: AgentID) throws -> Replica {
    try StoreFile.makeFolder(folder)
    let name = fileName(agent)
    var number = 1
    while true {
      let path = "\(folder)/\(name)\(number == 1 ? "" : "-\(number)").replica"
      do {
        return try Replica(path: path)
      } catch StoreError.replicaInUse where number < 100 {
        number += 1
      }
    }
  }

  /// Agents are named in files that people edit: nothing in a name may leave the folder.
  private static func fileName(_ agent: AgentID) -> String {
    String(agent.text.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" }.prefix(80))
  }

  package func close() {
    emptyLog(above: 0)
    try? pool.close()
    lock.release()
  }

  // MARK: - What it belongs to

  /// The store it is a copy of; nil while it is empty.
  package func storeID() throws -> String? { try read { try Meta(db: $0).text("store_id") } }

  /// The name under which this copy sends its operations. A new file gets a new one, because its count starts at 1 again.
  package func deskID() throws -> String? { try read { try Meta(db: $0).text("desk") } }

  package func cursor() throws -> Int64 { try read { try Meta(db: $0).int("cursor") } }

  // MARK: - Access

  /// One consistent state; many readers beside one writer.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do {
      return try pool.read(body)
    } catch {
      throw StoreError.of(error, path: path)
    }
  }

  /// One transaction. Durable ones survive a power cut; the others survive the end of the process, and what they hold is
  /// either repeated by the store or a draft.
  func write<Result>(durably: Bool, _ body: (Database) throws -> Result) throws -> Result {
    do {
      let result = try pool.writeWithoutTransaction { db in
        if isDoubtful.load(ordering: .acquiring) { try rewriteLog(db) }
        if !durably { try Prepared(db, "PRAGMA synchronous = NORMAL").run() }
        defer { if !durably { try? Prepared(db, "PRAGMA synchronous = FULL").run() } }
        let result = try immediately(db, interruption: interruption) { try body(db) }
        if StoreFile.walSize(path) > SharedStore.largestLog { checkpoint(db) }
        return result
      }
      noteSaving(nil)
      return result
    } catch {
      noteFailedSync((error as? DatabaseError)?.resultCode)
      let error = StoreError.of(error, path: path)
      if let fact = error as? StoreError, fact.keepsFromSaving { noteSaving(fact) }
      throw error
    }
  }

  /// Why the last write to this file failed, where that does not pass by itself: a full or failing disk, a file that may not be
  /// written any more. Nil again with the next write that succeeds.
  package var cannotSave: StoreError? { unable.withLock { $0.error } }

  /// Rises whenever `cannotSave` becomes another: any write may find out.
  var savingTurns: Int { unable.withLock { $0.turns } }

  private func noteSaving(_ error: StoreError?) {
    unable.withLock { unable in
      guard unable.error != error else { return }
      unable = (error, unable.turns + 1)
    }
  }

  /// Tries whether there is room again, where there was none: nobody types while the desk says so.
  func trySaving() {
    guard cannotSave != nil else { return }
    // As much as a few drafts: a single row may still fit into a page that is there already.
    let text = String(repeating: "0", count: 1 << 16)
    try? write(durably: true) { db in
      try Meta(db: db).set(Self.roomKey, text)
      try Meta(db: db).set(Self.roomKey, String?.none)
    }
  }

  private static let roomKey = "room"

  /// No turnstile here: only this process writes, and only through this connection.
  private func checkpoint(_ db: Database) {
    noteFailedSync(
      ResultCode(
        rawValue: sqlite3_wal_checkpoint_v2(
          db.sqliteConnection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)))
  }

  private func noteFailedSync(_ code: ResultCode?) {
    if code?.primaryResultCode == .SQLITE_IOERR { isDoubtful.store(true, ordering: .releasing) }
  }

  /// After a sync that failed the system takes the pages for written, and the next sync says nothing of them: an answer that
  /// was pulled before (and not synced by itself) could be missing in the log in front of an operation that is "saved" later,
  /// and SQLite reads a log only up to the first hole. Copying all of it into the file and beginning a new log writes
  /// everything once more. Until that succeeds nothing is saved.
  private func rewriteLog(_ db: Database) throws {
    let code = ResultCode(
      rawValue: sqlite3_wal_checkpoint_v2(
        db.sqliteConnection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil))
    guard code == .SQLITE_OK else {
      throw DatabaseError(
        resultCode: code, message: sqlite3_errmsg(db.sqliteConnection).map { String(cString: $0) })
    }
    isDoubtful.store(false, ordering: .releasing)
  }

  /// Empties the log. Whoever opens the file next reads all of a log that was left, which takes a millisecond for each
  /// megabyte before anything is on the screen.
  private func emptyLog(above bytes: Int64) {
    guard StoreFile.walSize(path) > bytes else { return }
    pool.writeWithoutTransaction { noteFailedSync(StoreFile.emptyLog($0)) }
  }

  /// Called while nothing else happens.
  package func checkpointIfIdle() {
    emptyLog(above: SharedStore.idleLog)
  }

  // MARK: - Sync mark

  package func status() throws -> SyncStatus {
    try read { db in
      let queued = try Prepared(db, "SELECT count(*) FROM outbox WHERE state = 0")
      let refused = try Prepared(db, "SELECT count(*) FROM not_sent")
      _ = try queued.step()
      _ = try refused.step()
      return SyncStatus(
        queued: Int(queued.int(0)), refused: Int(refused.int(0)), offlineSince: offline.withLock { $0 },
        isHalted: trouble != nil, backedUpAt: backedUp.withLock { $0 }, cannotSave: cannotSave != nil)
    }
  }

  /// What the store said of its last verified backup.
  func setBackedUp(at moment: Timestamp?) { backedUp.withLock { $0 = moment } }

  var isOffline: Bool { offline.withLock { $0 != nil } }

  /// Kept in the file as well: a desk that begins again while the store is away says since when it really is, and so does
  /// `sync status` beside a desk that is open.
  func setOffline(since moment: Timestamp?) {
    let isNew = offline.withLock { since in
      guard (since == nil) != (moment == nil) else { return false }
      since = moment
      return true
    }
    guard isNew else { return }
    try? pool.writeWithoutTransaction { db in
      try Meta(db: db).set(Self.offlineKey, moment?.milliseconds ?? 0)
    }
  }

  /// What keeps this desk from exchanging anything and does not pass by itself; nil where the exchange goes on, or nobody
  /// answers.
  package var trouble: StoreError? { standing.withLock { $0 } }

  /// Kept in the file as well, as `setOffline` does.
  func setTrouble(_ error: StoreError?) {
    let isNew = standing.withLock { standing in
      defer { standing = error }
      return standing != error
    }
    guard isNew else { return }
    try? pool.writeWithoutTransaction { db in
      try Meta(db: db).set(Self.troubleKey, try error.map { try JSON.text($0) })
    }
  }

  private static let troubleKey = "trouble"

  /// One that a newer program wrote is not known here, and is met again anyway.
  static func trouble(_ db: Database) throws -> StoreError? {
    try Meta(db: db).text(troubleKey).flatMap { try? JSON.value($0) }
  }

  private static let offlineKey = "offline_since"

  static func offlineSince(_ db: Database) throws -> Timestamp? {
    let moment = try Meta(db: db).int(offlineKey)
    return moment == 0 ? nil : Timestamp(milliseconds: moment)
  }
}
