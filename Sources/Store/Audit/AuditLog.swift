import Domain
import GRDB

/// The log of one store as its table: append one entry, read some. Everything runs in the caller's transaction, so that an
/// operation and its entry are there together or not at all.
struct AuditLog {
  let db: Database

  /// The last entry.
  func head() throws -> AuditHead {
    let statement = try Prepared(db, "SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1")
    guard try statement.step() else { return .empty }
    return AuditHead(number: statement.int(0), hash: AuditHash(bytes: statement.blob(1)))
  }

  @discardableResult
  func append(_ entry: AuditEntry) throws -> AuditHead {
    let last = try head()
    let body = entry.body
    let next = AuditHead(
      number: last.number + 1, hash: .entry(last.number + 1, after: last.hash, body))
    var statement = try Prepared(db, "INSERT INTO audit(n, hash, body) VALUES (?, ?, ?)")
    statement.bind(next.number)
    statement.bind(next.hash.bytes)
    statement.bind(body)
    try statement.run()
    return next
  }

  func hash(of number: Int64) throws -> AuditHash? {
    if number == 0 { return AuditHash.none }
    var statement = try Prepared(db, "SELECT hash FROM audit WHERE n = ?")
    statement.bind(number)
    return try statement.step() ? AuditHash(bytes: statement.blob(0)) : nil
  }

  /// Entries after `number`, as they are stored.
  func links(after number: Int64, limit: Int = AuditRequest.limit) throws -> [AuditReply.Link] {
    var statement = try Prepared(db, "SELECT hash, body FROM audit WHERE n > ? ORDER BY n LIMIT ?")
    statement.bind(number)
    statement.bind(Int64(limit))
    var links: [AuditReply.Link] = []
    while try statement.step() {
      links.append(
        AuditReply.Link(hash: AuditHash(bytes: statement.blob(0)), body: statement.blob(1)))
    }
    return links
  }

  /// The operation that was recorded under a revision. Revisions never fall along the log, so that halving finds it.
  func operation(ofRevision revision: Int64) throws -> AuditedOperation? {
    var (low, high) = (Int64(0), try head().number)
    while low < high {
      let middle = (low + high + 1) / 2
      guard let entry = try entry(middle) else { return nil }
      if entry.revision <= revision { low = middle } else { high = middle - 1 }
    }
    // Entries that made no revision may follow under the same one.
    while low > 0, let entry = try entry(low), entry.revision == revision {
      if case .operation(let operation) = entry.event { return operation }
      low -= 1
    }
    return nil
  }

  private func entry(_ number: Int64) throws -> AuditEntry? {
    var statement = try Prepared(db, "SELECT body FROM audit WHERE n = ?")
    statement.bind(number)
    return try statement.step() ? AuditEntry(body: statement.blob(0)) : nil
  }

  // MARK: - The store's secret

  private static let secretKey = "audit_secret"

  func secret() throws -> AuditSecret {
    guard let secret = try Meta(db: db).text(Self.secretKey).flatMap({ Base64($0) }) else {
      throw StoreError.damaged(table: "meta", key: Self.secretKey)
    }
    return AuditSecret(bytes: secret.bytes)
  }

  /// The table, the secret and the first entry of a store that is being made.
  func begin(store: String, at now: Timestamp) throws {
    try makeTable()
    try append(AuditEntry(.created(store: store), revision: 1, at: now))
  }

  private func makeTable() throws {
    try db.execute(sql: Tables.audit)
    try Meta(db: db).set(Self.secretKey, Base64(bytes: AuditSecret.random().bytes).description)
  }

  /// Chains the ledger of a store that had no log yet, in the order of its revisions. What happened to the ledger before this
  /// moment nobody can tell; the first entry says so.
  func adopt(store: String, at now: Timestamp) throws {
    try makeTable()
    let secret = try secret()
    let operations = try RowReader(db: db).all("SELECT count(*) FROM operation") { $0.int(0) }.first ?? 0
    try append(
      AuditEntry(
        .adopted(store: store, operations: operations), revision: try Meta(db: db).int("rev"), at: now))
    let statement = try Prepared(db, LedgerRow.select + " ORDER BY rev")
    while try statement.step() {
      let row = LedgerRow(statement)
      try append(
        AuditEntry(.operation(try row.audited(with: secret)), revision: row.revision, at: row.receivedAt))
    }
  }
}

/// One row of the ledger.
struct LedgerRow {
  static let select =
    "SELECT rev, id, desk, seq, actor, at, received_at, payload, result, aggregate FROM operation"

  var revision: Int64
  var id: OperationID
  var desk: String
  var sequence: Int64
  var actor: AgentID
  var at: Timestamp
  var receivedAt: Timestamp
  var payload: String
  var result: String
  var aggregate: String

  init(_ statement: borrowing Prepared) {
    revision = statement.int(0)
    id = statement.key(1)
    desk = statement.text(2)
    sequence = statement.int(3)
    actor = statement.key(4)
    at = statement.moment(5)
    receivedAt = statement.moment(6)
    payload = statement.text(7)
    result = statement.text(8)
    aggregate = statement.text(9)
  }

  /// As the log names it. `through` stands in the log alone.
  func audited(with secret: AuditSecret) throws -> AuditedOperation {
    let operation: Operation = try JSON.value(payload)
    return AuditedOperation(
      id: id, actor: actor, through: nil, desk: desk, sequence: sequence, action: operation.action.name,
      aggregate: secret.name(operation.action.aggregate), at: at, refusal: Self.refusal(result),
      payload: secret.digest(payload), result: secret.digest(result))
  }

  /// The name of a stored refusal, with the right that was missing; empty for an accepted operation. Nothing else of it: a
  /// refusal may repeat what was typed.
  static func refusal(_ result: String) -> String {
    let parts = result.split(separator: "\"", maxSplits: 6, omittingEmptySubsequences: false)
    guard parts.count > 2 else { return "" }
    let name = String(parts[1])
    return name == "missingRight" && parts.count > 5 ? "\(name):\(parts[5])" : name
  }
}
