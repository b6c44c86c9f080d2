import Domain
import GRDB

/// What a compaction took out of a store, or would.
package struct CompactionReport: Hashable, Sendable {
  package var path: String
  package var store: String
  /// Everything that was typed up to this revision is out of the ledger.
  package var revision: Int64
  /// Operations whose text was taken out. Their ids, numbers and results stay.
  package var operations: Int64
  /// Bytes of those texts.
  package var textBytes: Int64
  /// Forgotten marks of rows that were taken away.
  package var tombstones: Int64
  /// Of the file with its log.
  package var bytesBefore: Int64
  /// Nil while nothing was done.
  package var bytesAfter: Int64?
  /// Whether the file itself was made smaller; not while others have it open: then the room in it is used again.
  package var isShrunk: Bool
  /// The verified backup that was made first.
  package var backup: String?

  package var removesAnything: Bool { operations > 0 || tombstones > 0 }
}

/// Takes out of a store what no desk needs any more: the texts of operations that were done long ago, and the marks of rows
/// that were taken away.
///
/// Ids, sequence numbers and results of operations stay for ever: after a restore desks send again what they kept, and an id
/// that was forgotten would be done twice. A text that is sent again is recognised by its digest in the log.
package struct Compaction {
  let path: String
  /// What is younger than so many days stays.
  let days: Int64
  let backups: DailyBackup
  let now: @Sendable () -> Timestamp

  package init(
    path: String, days: Int64 = 30, backups: DailyBackup = DailyBackup(),
    now: @escaping @Sendable () -> Timestamp = { .now }
  ) {
    self.path = path
    self.days = days
    self.backups = backups
    self.now = now
  }

  /// - Throws: `notSound` for a store or a log with something wrong: it would be evidence that is destroyed; `noRoom`, and
  ///   what a backup throws. Then nothing was taken out.
  package func run(isDryRun: Bool = false) throws -> CompactionReport {
    let isAlone = !StoreFile.isInUse(path)
    let store = try SharedStore(path: path, now: now)
    defer { store.close() }
    let findings = try store.check().problems.count + store.verifyAudit().findings.count
    guard findings == 0 else { throw StoreError.notSound(path: path, findings: findings) }
    // The backup comes first: what is not in one may not be taken out.
    let backup = isDryRun ? nil : try backups.run(store)
    let bound = try bound(store, safe: backup?.revision)
    var report = try store.read { db in
      try Self.report(db, store: store, bound: bound, path: path, isAlone: isAlone)
    }
    guard !isDryRun else { return report }
    report.backup = backup?.path
    if report.removesAnything {
      try store.forget(through: bound, report: report, at: now())
      try store.eraseTexts(through: bound)
    }
    if isAlone { try store.shrink() }
    report.bytesAfter = Self.size(path)
    return report
  }

  /// The newest revision that is old enough.
  private func bound(_ store: SharedStore, safe: Int64?) throws -> Int64 {
    let before = now().advanced(seconds: -days * 86_400)
    return try store.read { db in
      var statement = try Prepared(
        db, "SELECT rev FROM operation WHERE received_at < ? ORDER BY rev DESC LIMIT 1")
      statement.bind(before)
      let old = try statement.step() ? statement.int(0) : 0
      return min(old, try safe ?? Meta(db: db).int("rev"))
    }
  }

  private static func report(
    _ db: Database, store: SharedStore, bound: Int64, path: String, isAlone: Bool
  ) throws -> CompactionReport {
    var texts = try Prepared(
      db,
      """
      SELECT count(*), coalesce(sum(length(CAST(payload AS BLOB))), 0) FROM operation \
      WHERE rev <= ? AND payload <> ''
      """)
    texts.bind(bound)
    var marks = try Prepared(db, "SELECT count(*) FROM removed WHERE rev <= ?")
    marks.bind(bound)
    guard try texts.step(), try marks.step() else { throw StoreError.corrupt(path: path) }
    return CompactionReport(
      path: path, store: store.id, revision: bound, operations: texts.int(0), textBytes: texts.int(1),
      tombstones: marks.int(0), bytesBefore: size(path), bytesAfter: nil, isShrunk: isAlone, backup: nil)
  }

  private static func size(_ path: String) -> Int64 { (ByteFile.size(path) ?? 0) + StoreFile.walSize(path) }
}

extension SharedStore {
  /// Says in the log what is about to be taken out, forgets tombstones, and raises the floor below which desks fill
  /// themselves again: one transaction, before the first text goes. After a crash the texts that are left are explained.
  fileprivate func forget(through bound: Int64, report: CompactionReport, at now: Timestamp) throws {
    try write { db in
      let meta = Meta(db: db)
      let entry = AuditEntry(
        .compacted(through: bound, operations: report.operations, tombstones: report.tombstones),
        revision: try meta.int("rev"), at: now)
      try AuditLog(db: db).append(entry)
      guard report.tombstones > 0 else { return }
      var statement = try Prepared(db, "DELETE FROM removed WHERE rev <= ?")
      statement.bind(bound)
      try statement.run()
      try meta.set(Self.floorKey, max(bound, try meta.int(Self.floorKey)))
    }
  }

  /// In small transactions, between which everybody else has their turn.
  fileprivate func eraseTexts(through bound: Int64) throws {
    let step: Int64 = 2000
    var first: Int64 = 0
    while first < bound {
      try quietly { db in
        var statement = try Prepared(
          db, "UPDATE operation SET payload = '' WHERE rev > ? AND rev <= ? AND payload <> ''")
        statement.bind(first)
        statement.bind(min(bound, first + step))
        try statement.run()
      }
      first += step
      if StoreFile.walSize(path) > Self.largestLog { try checkpoint() }
    }
  }

  /// Writes the file anew without the room in it. Everybody else waits at the turnstile meanwhile.
  fileprivate func shrink() throws {
    do {
      try queue.writeWithoutTransaction { db in
        try turnstile.hold {
          // A copy of the whole in memory would be too much, and /tmp may be small.
          let folder = StoreFile.folder(of: path).replacing("'", with: "''")
          try db.execute(sql: "PRAGMA temp_store = FILE; PRAGMA temp_store_directory = '\(folder)'")
          defer { try? db.execute(sql: "PRAGMA temp_store_directory = ''; PRAGMA temp_store = MEMORY") }
          try db.execute(sql: "VACUUM")
          StoreFile.emptyLog(db)
        }
      }
    } catch {
      throw StoreError.of(error, path: path)
    }
  }
}
