import Domain
import GRDB

/// Which draft an operation makes superfluous.
package struct DraftKey: Hashable, Sendable {
  package var ticket: TicketID?
  package var slot: Draft.Slot

  package init(ticket: TicketID?, slot: Draft.Slot) {
    self.ticket = ticket
    self.slot = slot
  }
}

extension Replica {
  /// Saves an operation: the next sequence number, the outbox, the shown rows, and the draft it came from, in one durable
  /// transaction. Only then may the screen say "saved".
  ///
  /// - Returns: `refused` when the reducer refuses it on the rows that this desk knows; then nothing was written, the draft
  ///   stays, and the store was not asked.
  func save(_ operation: Operation, clearing draft: DraftKey? = nil) throws -> (Outcome, Set<RowKey>) {
    do {
      let changed = try write(durably: true) { db in
        let meta = Meta(db: db)
        guard let store = try meta.text("store_id"), let desk = try meta.text("desk") else {
          throw StoreError.missing(path: path)
        }
        let sequence = try meta.int("sequence") + 1
        let transaction = ReplicaTransaction(db, cache: cache)
        try transaction.apply(pending: operation)
        try meta.set("sequence", sequence)
        var statement = try Prepared(
          db,
          """
          INSERT INTO outbox(seq, id, store, desk, schema, aggregate, payload, saved_at, state) \
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
          """)
        statement.bind(sequence)
        statement.bind(operation.id)
        statement.bind(store)
        statement.bind(desk)
        statement.bind(Int64(operation.schema))
        statement.bind(operation.action.aggregate.text)
        statement.bind(try JSON.text(operation))
        statement.bind(operation.at)
        try statement.run()
        if let draft { try delete(draft, db) }
        return try transaction.finish(indexesText: indexesText)
      }
      return (.accepted, changed)
    } catch let refusal as Refusal {
      return (.refused(refusal), [])
    }
  }

  /// The next operations to send, in order.
  func queued(limit: Int = PushRequest.limit) throws -> [Envelope] {
    try read { db in
      var statement = try Prepared(
        db,
        """
        SELECT seq, id, store, desk, schema, payload FROM outbox WHERE state = 0 ORDER BY seq LIMIT ?
        """)
      statement.bind(Int64(limit))
      var result: [Envelope] = []
      while try statement.step() {
        result.append(
          Envelope(
            store: statement.text(2), desk: statement.text(3), sequence: statement.int(0),
            schema: Int(statement.int(4)), id: statement.key(1), payload: statement.text(5)))
      }
      return result
    }
  }

  /// Everything that came back from the store in one step: answers to operations and rows.
  ///
  /// Marks what was answered, keeps what was refused with its text, and rebuilds the shown rows from the pulled ones and what
  /// is still pending, in one transaction. Not synced to disk at once: whatever a power cut takes of it, the store answers
  /// again.
  ///
  /// - Parameters:
  ///   - fetched: what the scope needs beside the answer; see `wanted`.
  ///   - scope: that of the request.
  func take(
    _ answers: [PushReply.Answer], _ reply: PullReply, _ fetched: [Fetched] = [], in scope: DeskScope? = nil,
    at now: Timestamp
  ) throws -> Set<RowKey> {
    try write(durably: false) { db in
      let meta = Meta(db: db)
      for answer in answers { try mark(answer, at: now, db) }
      var cursor = try meta.int("cursor")
      let renewal = try renewal(db)
      let transaction = ReplicaTransaction(db, cache: cache, renewal: renewal)
      try transaction.restorePulled()
      if reply.cursor == cursor, try reply.epoch == meta.int("epoch"),
        try reply.store == meta.text("store_id")
      {
        let keeper = try scope.map {
          try ScopeKeeper(transaction, $0, indexesText: indexesText, now: now)
        }
        try keeper?.evict(reply)
        for answer in fetched { try keeper?.put(answer) }
        for item in reply.itemsInPlace {
          try transaction.put(pulled: item.row, revision: item.revision, place: item.place)
        }
        // After the rows: what was added and taken away again must be gone, what came back has a newer revision.
        for removal in reply.removals {
          try transaction.remove(pulled: removal.key, revision: removal.revision)
        }
        try keeper?.took(reply)
        try keeper?.tidy()
        cursor = reply.newCursor
        try meta.set("cursor", cursor)
        try AdminKey.learn(reply.adminKey, db)
        if let head = reply.auditHead { try WitnessTable(db: db).hear(head, epoch: reply.epoch) }
        if reply.newCursor >= reply.head {
          try meta.set("settled", cursor)
          if renewal != nil, try isAnswered(upTo: cursor, db) {
            try transaction.sweepOldRows(indexesText: indexesText)
            try ScopeKeeper.forgetMissing(db)
            try meta.set(Self.renewalKey, nil)
          }
          try forget(settled: cursor, safeRevision: reply.safeRevision, now: now, db)
        }
      }
      try transaction.applyPending(settled: try meta.int("settled"))
      return try transaction.finish(indexesText: indexesText)
    }
  }

  /// Only marks what was answered. The shown rows follow with the next `take`: rebuilding them for each message would make a
  /// long outbox slow.
  func mark(_ answers: [PushReply.Answer], at now: Timestamp) throws {
    try write(durably: false) { db in
      for answer in answers { try mark(answer, at: now, db) }
    }
  }

  private func mark(_ answer: PushReply.Answer, at now: Timestamp, _ db: Database) throws {
    var waiting = try Prepared(db, "SELECT payload, store FROM outbox WHERE id = ? AND state = 0")
    waiting.bind(answer.id)
    guard try waiting.step() else { return }
    let (payload, store) = (waiting.text(0), waiting.text(1))
    var statement = try Prepared(db, "UPDATE outbox SET state = 1, rev = ?, result = ? WHERE id = ?")
    statement.bind(answer.revision)
    statement.bind(try OutcomeCoding.text(answer.outcome))
    statement.bind(answer.id)
    try statement.run()
    guard case .refused(let refusal) = answer.outcome else {
      // Refused by a history that is gone, accepted now.
      try Prepared.bound(db, "DELETE FROM not_sent WHERE id = ?", answer.id.text).run()
      return
    }
    var refused = try Prepared(
      db, "INSERT OR IGNORE INTO not_sent(id, store, payload, refusal, at) VALUES (?, ?, ?, ?, ?)")
    refused.bind(answer.id)
    refused.bind(store)
    refused.bind(payload)
    refused.bind(try JSON.text(refusal))
    refused.bind(now)
    try refused.run()
  }

  /// The store misses operations from `sequence` on: they are sent again.
  ///
  /// - Throws: `sequenceGap` when they are not here any more, except after a restore: see `startNewCount`.
  func sendAgain(from sequence: Int64, newDesk: () -> String) throws {
    try write(durably: false) { db in
      let meta = Meta(db: db)
      guard try isKept(sequence, db) else {
        guard try renewal(db) != nil else {
          throw StoreError.sequenceGap(desk: try meta.text("desk") ?? "", from: sequence)
        }
        return try startNewCount(as: newDesk(), db)
      }
      var statement = try Prepared(
        db, "UPDATE outbox SET state = 0, rev = NULL, result = NULL WHERE seq >= ?")
      statement.bind(sequence)
      try statement.run()
    }
  }

  /// Drops operations that are answered, in the pulled rows, and in a verified backup or thirty days old.
  private func forget(settled: Int64, safeRevision: Int64, now: Timestamp, _ db: Database) throws {
    var safe = try Prepared(db, "DELETE FROM outbox WHERE state = 1 AND rev <= ?")
    safe.bind(min(settled, safeRevision))
    try safe.run()
    // Looks at all that is kept, so once a day is enough.
    let meta = Meta(db: db)
    guard try now.milliseconds - meta.int("forgot_at") > 86_400_000 else { return }
    try meta.set("forgot_at", now.milliseconds)
    var old = try Prepared(db, "DELETE FROM outbox WHERE state = 1 AND rev <= ? AND saved_at < ?")
    old.bind(settled)
    old.bind(now.advanced(seconds: -30 * 86_400))
    try old.run()
  }

  /// What the store answered; nil while it has not, or after thirty days.
  package func outcome(of id: OperationID) throws -> Outcome? {
    try read { db in
      var statement = try Prepared(db, "SELECT result FROM outbox WHERE id = ? AND state = 1")
      statement.bind(id)
      return try statement.step() ? OutcomeCoding.value(statement.text(0)) : nil
    }
  }

  /// Whether this desk has saved the operation.
  package func hasSaved(_ id: OperationID) throws -> Bool {
    try read { db in
      var statement = try Prepared(db, "SELECT 1 FROM outbox WHERE id = ?")
      statement.bind(id)
      return try statement.step()
    }
  }

  /// Claims that are saved here and that the store has not answered, oldest first.
  package func unansweredClaims() throws -> [Operation] {
    try read { db in
      // The text is looked at first: a long outbox is not decoded for the few claims in it.
      let statement = try Prepared(
        db, "SELECT payload FROM outbox WHERE state = 0 AND instr(payload, '\"claim\"') > 0 ORDER BY seq")
      var claims: [Operation] = []
      while try statement.step() {
        let operation = try JSON.value(statement.text(0), as: Operation.self)
        if case .ticket(_, .claim) = operation.action { claims.append(operation) }
      }
      return claims
    }
  }

  // MARK: - Not sent

  /// Operations that the store refused and nobody has looked at, oldest first, with everything that was typed.
  package func notSent() throws -> [NotSent] { try read { try Self.notSent($0) } }

  static func notSent(_ db: Database) throws -> [NotSent] {
    let statement = try Prepared(db, "SELECT id, payload, refusal, at FROM not_sent ORDER BY at, id")
    var result: [NotSent] = []
    while try statement.step() {
      result.append(
        NotSent(
          id: statement.key(0), operation: try JSON.value(statement.text(1)),
          refusal: try JSON.value(statement.text(2)), at: statement.moment(3)))
    }
    return result
  }

  package func dismissNotSent(_ id: OperationID) throws {
    try write(durably: false) { db in
      var statement = try Prepared(db, "DELETE FROM not_sent WHERE id = ?")
      statement.bind(id)
      try statement.run()
    }
  }

  // MARK: - Drafts

  /// Before a body that began with a language model. Nobody can type it, and an older program does not show it.
  private static let machineMark = "\u{1}"

  package func drafts() throws -> [Draft] {
    try read { db in
      let statement = try Prepared(db, "SELECT ticket, slot, body, saved_at FROM draft ORDER BY saved_at")
      var result: [Draft] = []
      while try statement.step() {
        guard let slot = Draft.Slot(rawValue: statement.text(1)) else { continue }
        let (ticket, body) = (statement.text(0), statement.text(2))
        let isMachineDrafted = body.hasPrefix(Self.machineMark)
        result.append(
          Draft(
            ticket: ticket.isEmpty ? nil : TicketID(ticket), slot: slot,
            body: isMachineDrafted ? String(body.dropFirst()) : body, savedAt: statement.moment(3),
            isMachineDrafted: isMachineDrafted))
      }
      return result
    }
  }

  /// Survives the end of the process at once, and a power cut after the next saved operation.
  package func saveDraft(_ draft: Draft) throws {
    try write(durably: false) { db in
      var statement = try Prepared(
        db,
        """
        INSERT INTO draft(ticket, slot, body, saved_at) VALUES (?, ?, ?, ?) \
        ON CONFLICT(ticket, slot) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at
        """)
      statement.bind(draft.ticket?.text ?? "")
      statement.bind(draft.slot.rawValue)
      statement.bind(draft.isMachineDrafted ? Self.machineMark + draft.body : draft.body)
      statement.bind(draft.savedAt)
      try statement.run()
    }
  }

  package func deleteDraft(_ key: DraftKey) throws {
    try write(durably: false) { try delete(key, $0) }
  }

  private func delete(_ key: DraftKey, _ db: Database) throws {
    var statement = try Prepared(db, "DELETE FROM draft WHERE ticket = ? AND slot = ?")
    statement.bind(key.ticket?.text ?? "")
    statement.bind(key.slot.rawValue)
    try statement.run()
  }
}
