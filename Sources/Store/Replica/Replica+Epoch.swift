import Domain
import GRDB

/// A restored store has another history than the one that this desk has seen. The desk starts again at revision 0 beside its
/// old rows, sends everything again that it still has, and takes the old rows away when it has caught up and nothing waits:
/// what somebody typed never leaves the screen meanwhile.
extension Replica {
  /// Set while the desk fills itself again: what it knows of the restores that it missed.
  static let renewalKey = "renewal"

  func renewal(_ db: Database) throws -> Renewal? {
    try Meta(db: db).text(Self.renewalKey).map { try JSON.value($0) }
  }

  /// Makes the table that tells new rows from old ones, in files from before there was one.
  static func createRenewed(_ db: Database) throws {
    try Prepared(
      db,
      """
      CREATE TABLE IF NOT EXISTS renewed(
        kind INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY(kind, id)) WITHOUT ROWID
      """
    ).run()
  }

  /// Turns to a newer history; nothing happens for one that is known already.
  ///
  /// Answers of the old history are void, so every operation that is still here waits again.
  func startAgain(epoch: Int64, _ restorations: [Restoration]) throws -> Set<RowKey> {
    try write(durably: true) { db in
      let meta = Meta(db: db)
      guard try epoch > meta.int("epoch") else { return [] }
      var renewal = Renewal(restorations)
      if let unfinished = try self.renewal(db) { renewal = renewal.and(unfinished) }
      let transaction = ReplicaTransaction(db, cache: cache, renewal: renewal)
      try transaction.restorePulled()
      try meta.set("epoch", epoch)
      try meta.set("cursor", 0)
      try meta.set("settled", 0)
      try meta.set(Self.renewalKey, try JSON.text(renewal))
      if let last = restorations.last {
        try meta.set("restoration", try JSON.text(last))
        try AdminKey.learn(last.key, db)
      }
      try Prepared(db, "DELETE FROM renewed").run()
      try Prepared(db, "UPDATE outbox SET state = 0, rev = NULL, result = NULL").run()
      try transaction.applyPending(settled: 0)
      return try transaction.finish(indexesText: indexesText)
    }
  }

  /// Begins at revision 0 in the same history: the store has forgotten which rows were taken away while this desk was
  /// away. Old rows stay until everything has come again; answers of the store remain what they are.
  func fillAgain(floor: Int64) throws -> Set<RowKey> {
    try write(durably: true) { db in
      let meta = Meta(db: db)
      guard try floor > meta.int(SharedStore.floorKey) else { return [] }
      let renewal = try self.renewal(db) ?? .sameHistory
      let transaction = ReplicaTransaction(db, cache: cache, renewal: renewal)
      try transaction.restorePulled()
      try meta.set("cursor", 0)
      try meta.set(SharedStore.floorKey, floor)
      try meta.set(Self.renewalKey, try JSON.text(renewal))
      try Prepared(db, "DELETE FROM renewed").run()
      try transaction.applyPending(settled: try meta.int("settled"))
      return try transaction.finish(indexesText: indexesText)
    }
  }

  /// The last restore that this desk has seen.
  package func restoration() throws -> Restoration? { try read { try Self.restoration($0) } }

  static func restoration(_ db: Database) throws -> Restoration? {
    try Meta(db: db).text("restoration").map { try JSON.value($0) }
  }

  /// Whether nothing waits and every answer belongs to the rows up to `revision`.
  func isAnswered(upTo revision: Int64, _ db: Database) throws -> Bool {
    var statement = try Prepared(
      db, "SELECT 1 FROM outbox WHERE state = 0 UNION ALL SELECT 1 FROM outbox WHERE rev > ? LIMIT 1")
    statement.bind(revision)
    return try !statement.step()
  }

  func isKept(_ sequence: Int64, _ db: Database) throws -> Bool {
    var statement = try Prepared(db, "SELECT 1 FROM outbox WHERE seq = ?")
    statement.bind(sequence)
    return try statement.step()
  }

  /// The backup was older than what this desk has forgotten: the store will never get the operations that it asks for. What
  /// is here is sent under a new name whose count begins at 1; the store knows by their ids what it has already.
  func startNewCount(as desk: String, _ db: Database) throws {
    let meta = Meta(db: db)
    var kept: [Int64] = []
    do {
      let statement = try Prepared(db, "SELECT seq FROM outbox ORDER BY seq")
      while try statement.step() { kept.append(statement.int(0)) }
    }
    // Ascending, and never above the old number: no number is taken twice.
    for (index, sequence) in kept.enumerated() {
      var statement = try Prepared(
        db, "UPDATE outbox SET seq = ?, desk = ?, state = 0, rev = NULL, result = NULL WHERE seq = ?")
      statement.bind(Int64(index + 1))
      statement.bind(desk)
      statement.bind(sequence)
      try statement.run()
    }
    try meta.set("desk", desk)
    try meta.set("sequence", Int64(kept.count))
  }
}
