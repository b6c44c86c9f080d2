import Domain
import GRDB
import GRDBSQLite

extension Replica {
  func fill(_ fill: FirstFill, progress: (Double) throws -> Void) throws {
    do {
      try pool.writeWithoutTransaction { db in
        // Sorting millions of keys for the indexes goes to temporary files, not to memory.
        try db.execute(sql: "PRAGMA temp_store = FILE; PRAGMA cache_size = -65536")
        defer {
          try? db.execute(sql: "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2048; PRAGMA shrink_memory")
        }
        try fill.run(db, progress: progress)
        sqlite3_wal_checkpoint_v2(db.sqliteConnection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
      }
    } catch {
      throw StoreError.of(error, path: path)
    }
  }

  /// Which of the store's histories this copy follows.
  package func epoch() throws -> Int64 { try read { try Meta(db: $0).int("epoch") } }

  func pullRequest(at now: Timestamp) throws -> PullRequest {
    try read { db in
      let meta = Meta(db: db)
      let scope = try scope(at: now, db)
      let floor = try meta.int(SharedStore.floorKey)
      return PullRequest(
        store: try meta.text("store_id") ?? "", epoch: try meta.int("epoch"), schema: Operation.currentSchema,
        scope: scope.map { .desk($0) } ?? .everything, cursor: try meta.int("cursor"), limit: 512,
        floor: floor == 0 ? nil : floor, isWhole: try scope != nil && renewal(db) != nil ? true : nil)
    }
  }
}
