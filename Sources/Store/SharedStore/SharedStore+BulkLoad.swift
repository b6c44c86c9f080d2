import Domain
import GRDB
import GRDBSQLite

extension SharedStore {
  /// Loads rows that need no reducer: a generated world, an import of millions. Each batch becomes one revision; tickets bring
  /// their numbers.
  ///
  /// All of it or nothing: one transaction. Other desks wait meanwhile.
  ///
  /// - Parameters:
  ///   - batches: rows that the store does not have yet, a few hundred to a few thousand at a time. Configuration is not among
  ///     them; `push` loads it.
  ///   - progress: called after every batch with the rows written so far, and while the indexes are made.
  package func bulkLoad(
    _ batches: some Sequence<[Change]>, progress: (BulkProgress) throws -> Void = { _ in }
  ) throws {
    do {
      try queue.writeWithoutTransaction { db in
        try turnstile.hold {
          try db.execute(sql: "PRAGMA temp_store = FILE; PRAGMA cache_size = -65536")
          defer {
            try? db.execute(
              sql: "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2048; PRAGMA shrink_memory")
          }
          try immediately(db) { try load(batches, db, progress) }
          sqlite3_wal_checkpoint_v2(db.sqliteConnection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        }
      }
      bell.ring()
    } catch {
      throw StoreError.of(error, path: path)
    }
  }

  private func load(
    _ batches: some Sequence<[Change]>, _ db: Database, _ progress: (BulkProgress) throws -> Void
  ) throws {
    let meta = Meta(db: db)
    var revision = try meta.int("rev")
    let indexes = Tables.uniqueIndexes + Tables.sharedIndexes + Tables.feedIndexes
    // Indexes are worth making anew only where there is little to index yet.
    let isFresh = try RowReader(db: db).all("SELECT 1 FROM entry LIMIT 1", { $0.int(0) }).isEmpty
    if isFresh { for index in indexes { try db.execute(sql: Self.drop(index)) } }
    let writer = RowWriter(db: db, isLoading: true)
    var counters: [String: Int64] = [:]
    var written = 0
    for batch in batches {
      revision += 1
      for change in batch {
        let (rows, _) = try rows(of: change, db)
        for row in rows {
          // People are there from the start; everything else in a batch is new and goes in without looking.
          if row.key.kind == .agent { try writer.remove(row.key) }
          try writer.put(row, revision: revision)
          if let number = row.ticket?.number.flatMap(TicketNumber.init) {
            counters[number.month] = max(counters[number.month] ?? 0, number.count)
          }
        }
        written += rows.count
      }
      try progress(BulkProgress(rows: written, stage: .rows))
    }
    if isFresh {
      for (place, index) in indexes.enumerated() {
        try db.execute(sql: index)
        try progress(
          BulkProgress(rows: written, stage: .indexes(Double(place + 1) / Double(indexes.count))))
      }
    }
    for (month, count) in counters { try TicketNumber(month: month, count: count).take(db) }
    if try meta.text("loaded") != nil {
      try meta.set("loaded", try meta.int("loaded") + revision - meta.int("rev"))
    }
    try meta.set("rev", revision)
    try AuditLog(db: db).append(AuditEntry(.loaded(rows: Int64(written)), revision: revision, at: now()))
  }

  /// `DROP INDEX` of what a `CREATE INDEX` made.
  static func drop(_ create: String) -> String {
    "DROP INDEX \(create.split(separator: " ").drop { $0 != "INDEX" }.dropFirst().first ?? "")"
  }
}

/// How far a bulk load is.
package struct BulkProgress: Hashable, Sendable {
  package enum Stage: Hashable, Sendable {
    case rows
    /// The part of the indexes that is made, 0 to 1.
    case indexes(Double)
  }

  /// Rows written so far.
  package var rows: Int
  package var stage: Stage
}
