import Domain
import GRDB

extension SharedStore {
  /// Checks the log against itself, against the ledger, and against what witnesses have seen.
  ///
  /// Reads in pieces, each from a snapshot of its own: desks go on working, and their log does not grow without end.
  package func verifyAudit(witnesses: [AuditWitness] = []) throws -> AuditReport {
    var check = ChainCheck(secret: try read { try AuditLog(db: $0).secret() })
    var entries: Int64 = 0
    var isAtEnd = false
    var findings: [AuditFinding] = []
    while !isAtEnd {
      try read { db in
        try Prepared(db, "BEGIN").run()
        defer { try? Prepared(db, "COMMIT").run() }
        let before = check.revision
        let count = try Self.take(&check, db)
        try Self.takeStrangers(&check, after: before, db)
        entries += count
        isAtEnd = count < Self.pieceSize
        // In the same snapshot: desks go on working while the rest was read.
        if isAtEnd { findings = try Self.end(of: check, db) }
      }
    }
    findings = check.findings + check.unexplained + findings
    let log = WitnessCheck.Log(head: check.head) { [self] number in
      try read { db in
        var statement = try Prepared(db, "SELECT hash, body FROM audit WHERE n = ?")
        statement.bind(number)
        guard try statement.step() else { return nil }
        return (AuditHash(bytes: statement.blob(0)), statement.blob(1))
      }
    }
    for witness in witnesses {
      for finding in try WitnessCheck(log: log).findings(of: witness)
      where !findings.contains(where: {
        $0.kind == finding.kind && $0.place == .log && $0.entry == finding.entry && $0.witness == nil
      }) {
        findings.append(finding)
      }
    }
    return AuditReport(
      entries: entries, head: check.head, witnesses: witnesses.count, findings: findings)
  }

  private static let pieceSize: Int64 = 4096

  /// The next entries with the operations that they name.
  private static func take(_ check: inout ChainCheck, _ db: Database) throws -> Int64 {
    var count: Int64 = 0
    var statement = try Prepared(
      db, "SELECT n, hash, body FROM audit WHERE n > ? ORDER BY n LIMIT ?")
    statement.bind(check.head.number)
    statement.bind(pieceSize)
    while try statement.step() {
      let entry = ChainCheck.Entry(
        number: statement.int(0), hash: AuditHash(bytes: statement.blob(1)), body: statement.blob(2))
      var row: LedgerRow?
      if let content = AuditEntry(body: entry.body), case .operation = content.event {
        row = try ledger(content.revision, db)
      }
      check.take(entry, ledger: row)
      count += 1
    }
    return count
  }

  private static func ledger(_ revision: Int64, _ db: Database) throws -> LedgerRow? {
    var statement = try Prepared(db, LedgerRow.select + " WHERE rev = ?")
    statement.bind(revision)
    return try statement.step() ? LedgerRow(statement) : nil
  }

  /// Operations of the ledger between two revisions that no entry names.
  private static func takeStrangers(_ check: inout ChainCheck, after first: Int64, _ db: Database) throws {
    var known = Set<Int64>()
    var bodies = try Prepared(db, "SELECT body FROM audit WHERE n > ? AND n <= ?")
    bodies.bind(check.head.number - 2 * pieceSize)
    bodies.bind(check.head.number)
    while try bodies.step() {
      if let entry = AuditEntry(body: bodies.blob(0)), case .operation = entry.event {
        known.insert(entry.revision)
      }
    }
    var rows = try Prepared(db, "SELECT rev, id FROM operation WHERE rev > ? AND rev <= ? ORDER BY rev")
    rows.bind(first)
    rows.bind(check.revision)
    while try rows.step() {
      if !known.contains(rows.int(0)) { check.take(stranger: rows.key(1), revision: rows.int(0)) }
    }
  }

  /// What the store itself remembers beyond the last entry: operations, revisions, the count of each desk.
  private static func end(of check: ChainCheck, _ db: Database) throws -> [AuditFinding] {
    let next = check.head.number + 1
    var lost = try Prepared(db, "SELECT id FROM operation WHERE rev > ? ORDER BY rev LIMIT 1")
    lost.bind(check.revision)
    if try lost.step() {
      return [AuditFinding(.truncated, entry: next, operation: lost.key(0))]
    }
    // An entry that is gone in the middle explains a desk that counted further.
    if !check.findings.contains(where: { $0.kind == .deleted || $0.kind == .edited }) {
      let desks = try Prepared(db, "SELECT id, last_seq FROM desk")
      while try desks.step() {
        if check.sequences[desks.text(0)] ?? 0 < desks.int(1) {
          return [AuditFinding(.truncated, entry: next)]
        }
      }
    }
    if try Meta(db: db).int("rev") > check.revision { return [AuditFinding(.truncated, entry: next)] }
    return []
  }
}

extension AuditWitness {
  /// What a desk's replica remembers of the log of `store`. The file may be open in a desk meanwhile; it is only read.
  ///
  /// - Throws: `wrongStore` for a replica of another one, `notAStore`, `missing`.
  package init(replica path: String, of store: SharedStore) throws {
    guard StoreFile.exists(path) else { throw StoreError.missing(path: path) }
    let epoch = try store.epoch()
    do {
      var configuration = StoreFile.configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      defer { try? queue.close() }
      let sights = try queue.unsafeRead { db in
        guard try !StoreFile.isEmpty(db, .replica, path: path) else {
          throw StoreError.notAStore(path: path)
        }
        let known = try Meta(db: db).text("store_id") ?? ""
        guard known == store.id else { throw StoreError.wrongStore(expected: store.id, found: known) }
        let rows = try RowReader(db: db).all(
          "SELECT epoch, n, hash, digest, operation FROM witness ORDER BY n"
        ) { row in
          (
            row.int(0),
            AuditWitness.Sight(
              number: row.int(1), hash: AuditHash(bytes: row.blob(2)),
              digest: row.isNull(3) || row.blob(3).isEmpty ? nil : row.blob(3), operation: row.optionalKey(4))
          )
        }
        return rows.filter { $0.0 == epoch }.map(\.1)
      }
      self.init(name: path, sights: sights)
    } catch {
      throw StoreError.of(error, path: path)
    }
  }
}
