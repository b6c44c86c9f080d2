import Domain
import GRDB

extension SharedStore {
  /// The revision up to which tombstones are gone.
  static let floorKey = "floor"

  /// The rows that were written after the desk's cursor, from one snapshot, cut at the end of a revision.
  package func pull(_ request: PullRequest) throws -> PullReply {
    try check(request.store)
    if case .desk = request.scope { try prepareForScopes() }
    return try read { db in
      // A snapshot: the head and the rows of the answer belong together.
      try Prepared(db, "BEGIN").run()
      defer { try? Prepared(db, "COMMIT").run() }
      let meta = Meta(db: db)
      let epoch = try meta.int("epoch")
      let head = try meta.int("rev")
      guard request.epoch == epoch else {
        return PullReply(
          store: id, epoch: epoch, cursor: -1, newCursor: -1, head: head, safeRevision: 0, items: [],
          removals: [], restorations: try Restoration.all(after: request.epoch, db))
      }
      // What was taken away up to here is forgotten: a desk that was away longer cannot learn it row by row.
      let floor = try meta.int(Self.floorKey)
      if request.cursor > 0, request.cursor < floor, request.floor ?? 0 < floor {
        return PullReply(
          store: id, epoch: epoch, cursor: -1, newCursor: -1, head: head, safeRevision: 0, items: [],
          removals: [], floor: floor)
      }
      let needed = try minimumSchema(db)
      guard request.schema >= needed else {
        throw StoreError.programTooOld(found: request.schema, needed: needed)
      }
      let end = try end(after: request.cursor, head: head, limit: request.limit, db)
      var reply = PullReply(
        store: id, epoch: epoch, cursor: request.cursor, newCursor: end, head: head,
        safeRevision: try meta.int("safe_rev"), items: [], removals: [],
        auditHead: try AuditLog(db: db).head(), backedUpAt: try Self.backedUpOrMade(db, purpose))
      reply.adminKey = try AdminKey.known(db)
      guard end > request.cursor else { return reply }
      let reader = RowReader(db: db)
      for kind in Row.Kind.allCases {
        reply.items += try reader.rows(kind, after: request.cursor, upTo: end).map {
          PullReply.Item(revision: $0.revision, row: $0.row, place: $0.place)
        }
      }
      var removed = try Prepared(
        db, "SELECT kind, id, rev FROM removed WHERE rev > ? AND rev <= ? ORDER BY rev")
      removed.bind(request.cursor)
      removed.bind(end)
      while try removed.step() {
        guard let kind = Row.Kind(rawValue: removed.int(0)) else { continue }
        reply.removals.append(
          PullReply.Removal(revision: removed.int(2), key: RowKey(kind, removed.text(1))))
      }
      if case .desk(let scope) = request.scope {
        try Self.narrow(&reply, to: scope, isWhole: request.isWhole == true, db)
      }
      return reply
    }
  }

  /// Where an answer ends: after `limit` revisions, and earlier where they hold very many rows; one revision is never cut.
  private func end(after cursor: Int64, head: Int64, limit: Int64, _ db: Database) throws -> Int64 {
    // Both come from outside: their sum must not overflow.
    let cursor = min(max(cursor, -1), head)
    var end = min(head, cursor + min(max(1, limit), 1 << 40))
    while end > cursor + 1 {
      var statement = try Prepared(
        db, "SELECT count(*) FROM (SELECT 1 FROM entry WHERE rev > ? AND rev <= ? LIMIT 20001)")
      statement.bind(cursor)
      statement.bind(end)
      guard try statement.step(), statement.int(0) > 20_000 else { break }
      end = cursor + (end - cursor) / 2
    }
    return end
  }
}
