import Domain
import GRDB
import GRDBSQLite

extension SharedStore {
  /// Takes a desk's operations in order, in one durable transaction: each gets a revision and a recorded result, refusals too,
  /// because a refusal that is not recorded would be asked again for ever.
  ///
  /// An operation that is known already is answered with its stored result. Missing ones before it are asked for.
  ///
  /// A message of another epoch is answered with this store's one, and nothing of it is done.
  ///
  /// - Throws: `wrongStore`, `operationReused`; then nothing of the message was done.
  package func push(_ request: PushRequest) throws -> PushReply {
    try check(request.store)
    return try push([PushJob(request: request)])[0].get()
  }

  /// Takes the messages of several desks in one durable transaction: a group commit. One that fails is undone alone and has
  /// its error; the others are done.
  ///
  /// - Throws: what keeps the whole transaction from being done, such as a full disk; and the error of a message that is alone.
  package func push(_ jobs: [PushJob]) throws -> [Result<PushReply, any Error>] {
    let received = now()
    return try write { db in
      let meta = Meta(db: db)
      let epoch = try meta.int("epoch")
      var revision = try meta.int("rev")
      let before = revision
      var replies: [Result<PushReply, any Error>] = []
      for job in jobs {
        if jobs.count == 1 {
          replies.append(.success(try take(job, epoch: epoch, revision: &revision, received: received, db)))
        } else {
          replies.append(
            try undoingAlone(db, &revision) { revision in
              try take(job, epoch: epoch, revision: &revision, received: received, db)
            })
        }
      }
      if revision != before { try meta.set("rev", revision) }
      // The head as of the commit: what all of these messages are part of.
      let head = try AuditLog(db: db).head()
      return replies.map { result in
        result.map { reply in
          var reply = reply
          reply.auditHead = head
          return reply
        }
      }
    }
  }

  /// The name under which timed work counts its operations: no desk has it, because theirs begin with somebody's name.
  static let stewardDesk = "steward"

  /// Does what is due by the clock, in one durable transaction; what was done already is left out.
  ///
  /// - Returns: how many operations were done.
  func perform(_ due: (Database) throws -> [Operation]) throws -> Int {
    let received = now()
    return try write { db in
      let meta = Meta(db: db)
      let before = try meta.int("rev")
      var revision = before
      var sequence = try lastSequence(of: Self.stewardDesk, db)
      for operation in try due(db) where try !isKnown(operation.id, db) {
        revision += 1
        sequence += 1
        let envelope = try Envelope(
          store: id, desk: Self.stewardDesk, sequence: sequence, operation: operation)
        _ = try apply(envelope, from: nil, revision: revision, received: received, db)
      }
      if revision != before { try meta.set("rev", revision) }
      return Int(revision - before)
    }
  }

  func isKnown(_ operation: OperationID, _ db: Database) throws -> Bool {
    var statement = try Prepared(db, "SELECT 1 FROM operation WHERE id = ?")
    statement.bind(operation)
    return try statement.step()
  }

  /// Runs `body` in a savepoint. Its error is an answer, unless the transaction itself is lost.
  private func undoingAlone(
    _ db: Database, _ revision: inout Int64, _ body: (inout Int64) throws -> PushReply
  ) throws -> Result<PushReply, any Error> {
    let before = revision
    try Prepared(db, "SAVEPOINT message").run()
    do {
      let reply = try body(&revision)
      try Prepared(db, "RELEASE message").run()
      return .success(reply)
    } catch {
      if error is DatabaseError || sqlite3_get_autocommit(db.sqliteConnection) != 0 { throw error }
      revision = before
      try Prepared(db, "ROLLBACK TO message").run()
      try Prepared(db, "RELEASE message").run()
      return .failure(error)
    }
  }

  private func take(
    _ job: PushJob, epoch: Int64, revision: inout Int64, received: Timestamp, _ db: Database
  ) throws -> PushReply {
    let request = job.request
    try check(request.store)
    var reply = PushReply(store: id, epoch: epoch, answers: [])
    guard request.epoch == epoch else { return reply }
    for envelope in request.envelopes.prefix(PushRequest.limit) {
      try check(envelope.store)
      try job.sender?.check(desk: envelope.desk)
      if let known = try stored(envelope, db) {
        reply.answers.append(known)
        continue
      }
      let last = try lastSequence(of: envelope.desk, db)
      guard envelope.sequence == last + 1 else {
        reply.sendFrom = last + 1
        break
      }
      revision += 1
      let outcome = try apply(envelope, from: job.sender, revision: revision, received: received, db)
      reply.answers.append(PushReply.Answer(id: envelope.id, revision: revision, outcome: outcome))
    }
    return reply
  }

  func check(_ store: String) throws(StoreError) {
    guard store == id else { throw .wrongStore(expected: id, found: store) }
  }

  private func stored(_ envelope: Envelope, _ db: Database) throws -> PushReply.Answer? {
    var statement = try Prepared(db, "SELECT rev, payload, result FROM operation WHERE id = ?")
    statement.bind(envelope.id)
    guard try statement.step() else { return nil }
    let revision = statement.int(0)
    guard try isPayload(envelope.payload, of: revision, stored: statement.text(1), db) else {
      throw StoreError.operationReused(envelope.id)
    }
    return PushReply.Answer(
      id: envelope.id, revision: revision, outcome: try OutcomeCoding.value(statement.text(2)))
  }

  /// What was compacted away is still known by its digest in the log.
  private func isPayload(_ payload: String, of revision: Int64, stored: String, _ db: Database) throws -> Bool
  {
    guard stored.isEmpty else { return stored == payload }
    let log = AuditLog(db: db)
    guard let operation = try log.operation(ofRevision: revision) else {
      throw StoreError.damaged(table: "audit", key: "\(revision)")
    }
    return try log.secret().digest(payload) == operation.payload
  }

  private func lastSequence(of desk: String, _ db: Database) throws -> Int64 {
    var statement = try Prepared(db, "SELECT last_seq FROM desk WHERE id = ?")
    statement.bind(desk)
    return try statement.step() ? statement.int(0) : 0
  }

  private func apply(
    _ envelope: Envelope, from sender: Sender?, revision: Int64, received: Timestamp, _ db: Database
  ) throws -> Outcome {
    let operation = try schema.operation(envelope.payload, schema: envelope.schema)
    // Entries are named after the operation: under another id one could write over somebody else's.
    guard operation.id == envelope.id else { throw StoreError.operationReused(envelope.id) }
    try sender?.check(actor: operation.actor)
    // Clocks of desks decide no order. What is measured uses the desk's time, which cannot be later than the receipt.
    let moment = min(operation.at, received)
    let outcome: Outcome
    do {
      let state = DatabaseState(db: db, cache: cache, numbering: wallClock)
      let changes = try Reducer(state: state, now: moment, rightsAt: received).changes(of: operation)
      for change in changes { try write(change, revision: revision, db) }
      if case .ticket(_, .create) = operation.action { try takeNumber(changes, db) }
      outcome = .accepted
    } catch let refusal as Refusal {
      outcome = .refused(refusal.told(toSchema: envelope.schema))
    }
    try record(
      envelope, operation, outcome, through: sender?.through, revision: revision, received: received, db)
    return outcome
  }

  private func takeNumber(_ changes: [Change], _ db: Database) throws {
    for case .ticket(let ticket) in changes {
      try ticket.number.flatMap(TicketNumber.init)?.take(db)
    }
  }

  private func write(_ change: Change, revision: Int64, _ db: Database) throws {
    let (written, removed) = try rows(of: change, db)
    let writer = RowWriter(db: db)
    for row in written {
      try writer.put(row, revision: revision)
      if row.key.kind == .identity || row.key.kind == .configuration {
        var statement = try Prepared(db, "DELETE FROM removed WHERE kind = ? AND id = ?")
        statement.bind(row.key.kind.rawValue)
        statement.bind(row.key.id)
        try statement.run()
      }
    }
    for key in removed {
      try writer.remove(key)
      var statement = try Prepared(
        db,
        "INSERT INTO removed(kind, id, rev) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET rev = excluded.rev")
      statement.bind(key.kind.rawValue)
      statement.bind(key.id)
      statement.bind(revision)
      try statement.run()
    }
  }

  private func record(
    _ envelope: Envelope, _ operation: Operation, _ outcome: Outcome, through: String?, revision: Int64,
    received: Timestamp, _ db: Database
  ) throws {
    var ledger = try Prepared(
      db,
      """
      INSERT INTO operation(rev, id, desk, seq, schema, actor, aggregate, at, received_at, payload, result) \
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    ledger.bind(revision)
    ledger.bind(envelope.id)
    ledger.bind(envelope.desk)
    ledger.bind(envelope.sequence)
    ledger.bind(Int64(envelope.schema))
    ledger.bind(operation.actor)
    ledger.bind(operation.action.aggregate.text)
    ledger.bind(operation.at)
    ledger.bind(received)
    ledger.bind(envelope.payload)
    let result = try OutcomeCoding.text(outcome)
    ledger.bind(result)
    try ledger.run()
    try audit(envelope, operation, result, through: through, revision: revision, received: received, db)
    var desk = try Prepared(
      db,
      """
      INSERT INTO desk(id, last_seq, seen_at) VALUES (?, ?, ?) \
      ON CONFLICT(id) DO UPDATE SET last_seq = excluded.last_seq, seen_at = excluded.seen_at
      """)
    desk.bind(envelope.desk)
    desk.bind(envelope.sequence)
    desk.bind(received)
    try desk.run()
  }
}

extension SharedStore {
  /// The entry of an operation in the log, in the transaction of the operation itself.
  private func audit(
    _ envelope: Envelope, _ operation: Operation, _ result: String, through: String?, revision: Int64,
    received: Timestamp, _ db: Database
  ) throws {
    let log = AuditLog(db: db)
    let secret = try secret.withLock { known in
      let secret = try known ?? log.secret()
      known = secret
      return secret
    }
    try log.append(
      AuditEntry(
        .operation(
          AuditedOperation(
            id: envelope.id, actor: operation.actor, through: through, desk: envelope.desk,
            sequence: envelope.sequence, action: operation.action.name,
            aggregate: secret.name(operation.action.aggregate), at: operation.at,
            refusal: LedgerRow.refusal(result), payload: secret.digest(envelope.payload),
            result: secret.digest(result))),
        revision: revision, at: received))
  }
}

/// Outcomes as they stand in the ledger and the outbox: the empty text is accepted, everything else a refusal as JSON.
enum OutcomeCoding {
  static func text(_ outcome: Outcome) throws -> String {
    switch outcome {
    case .accepted: ""
    case .refused(let refusal): try JSON.text(refusal)
    }
  }

  static func value(_ text: String) throws -> Outcome {
    text.isEmpty ? .accepted : .refused(try JSON.value(text))
  }
}
