import Domain
import GRDB

/// What the file of a desk says of its exchange with the store, without opening it as a desk: it may be open in one meanwhile.
package struct ReplicaGlance: Sendable {
  package var path: String
  /// The name under which the desk sends; nil while the replica is empty.
  package var desk: String?
  package var store: String?
  package var cursor: Int64
  package var status: SyncStatus
  /// When the oldest operation that waits was saved.
  package var waitingSince: Timestamp?
  package var notSent: [NotSent]
  /// The fingerprint of a key that the store names and this desk does not trust.
  package var offeredKey: String?
  /// What keeps it from exchanging anything until somebody has looked at it.
  package var trouble: StoreError?
  /// The last restore of the store that it has seen.
  package var restoration: Restoration?
  /// Whether a desk has it open.
  package var isOpen: Bool

  /// - Throws: `missing`, `notAStore`, `newerVersion`.
  package init(path: String) throws {
    guard StoreFile.exists(path) else { throw StoreError.missing(path: path) }
    self.path = path
    isOpen = StoreFile.isInUse(path)
    do {
      var configuration = StoreFile.configuration()
      configuration.readonly = true
      configuration.journalMode = .default
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      defer { try? queue.close() }
      (desk, store, cursor, status, waitingSince, notSent, offeredKey, trouble, restoration) =
        try queue.unsafeRead { db in
          guard try !StoreFile.isEmpty(db, .replica, path: path) else {
            throw StoreError.notAStore(path: path)
          }
          let meta = Meta(db: db)
          let waiting = try Prepared(db, "SELECT count(*), min(saved_at) FROM outbox WHERE state = 0")
          _ = try waiting.step()
          let refused = try Replica.notSent(db)
          let trouble = try Replica.trouble(db)
          return (
            try meta.text("desk"), try meta.text("store_id"), try meta.int("cursor"),
            SyncStatus(
              queued: Int(waiting.int(0)), refused: refused.count,
              offlineSince: try Replica.offlineSince(db), isHalted: trouble != nil),
            waiting.optionalMoment(1), refused, try AdminKey.offered(db)?.fingerprint, trouble,
            try Replica.restoration(db)
          )
        }
    } catch {
      throw StoreError.of(error, path: path)
    }
  }
}
