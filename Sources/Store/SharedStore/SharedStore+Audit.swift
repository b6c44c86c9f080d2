import Domain
import GRDB

extension SharedStore {
  /// How far the log is.
  package func auditHead() throws -> AuditHead { try read { try AuditLog(db: $0).head() } }

  /// The newest history of this store: 1 until it was put back to an older state.
  package func epoch() throws -> Int64 { try read { try Meta(db: $0).int("epoch") } }

  /// Entries of the log from one snapshot.
  package func audit(_ request: AuditRequest) throws -> AuditReply {
    try check(request.store)
    return try read { db in
      try Prepared(db, "BEGIN").run()
      defer { try? Prepared(db, "COMMIT").run() }
      let epoch = try Meta(db: db).int("epoch")
      guard request.epoch == epoch else { throw StoreError.otherEpoch(expected: request.epoch, found: epoch) }
      let log = AuditLog(db: db)
      var reply = AuditReply(store: id, head: try log.head(), start: nil, links: [])
      if let after = request.after {
        reply.start = try log.hash(of: after)
        if reply.start != nil { reply.links = try log.links(after: after) }
      }
      return reply
    }
  }
}
