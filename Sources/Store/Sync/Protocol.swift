import Domain

// The messages between a desk and the shared store. With `file:` they are handed over in the process; every other way sends
// the same ones.

/// One operation on its way: who sent it, as which of the desk's operations, for which store.
package struct Envelope: Hashable, Codable, Sendable {
  package var store: String
  package var desk: String
  /// 1, 2, 3, … without a gap for each desk.
  package var sequence: Int64
  package var schema: Int
  package var id: OperationID
  /// The operation as JSON with sorted keys: the same id with another payload is an error.
  package var payload: String

  package init(store: String, desk: String, sequence: Int64, operation: Operation) throws {
    self.store = store
    self.desk = desk
    self.sequence = sequence
    schema = operation.schema
    id = operation.id
    payload = try JSON.text(operation)
  }

  init(
    store: String, desk: String, sequence: Int64, schema: Int, id: OperationID, payload: String
  ) {
    self.store = store
    self.desk = desk
    self.sequence = sequence
    self.schema = schema
    self.id = id
    self.payload = payload
  }
}

package struct PushRequest: Hashable, Codable, Sendable {
  /// Operations a message carries at most.
  package static let limit = 64

  package var store: String
  package var epoch: Int64
  package var envelopes: [Envelope]

  package init(store: String, epoch: Int64, envelopes: [Envelope]) {
    self.store = store
    self.epoch = epoch
    self.envelopes = envelopes
  }
}

package struct PushReply: Hashable, Codable, Sendable {
  package struct Answer: Hashable, Codable, Sendable {
    package var id: OperationID
    package var revision: Int64
    package var outcome: Outcome
  }

  package var store: String
  /// Another one than that of the request: nothing of it was done, because the store was restored.
  package var epoch: Int64
  package var answers: [Answer]
  /// Set when operations are missing before those that were sent: send again from this sequence number on.
  package var sendFrom: Int64?
  /// How far the store's log was when it answered; nil from a store without one.
  package var auditHead: AuditHead? = nil
}

package struct PullRequest: Hashable, Codable, Sendable {
  package var store: String
  package var epoch: Int64
  package var schema: Int
  package var scope: PullScope
  /// Everything up to this revision is here already.
  package var cursor: Int64
  /// How many revisions an answer spans at most.
  package var limit: Int64
  /// The floor as of which this desk began to fill itself again; see `PullReply.floor`.
  package var floor: Int64?
  /// The desk fills itself again: tickets of its scope come whole, also where only a part of them changed.
  package var isWhole: Bool? = nil

  package init(
    store: String, epoch: Int64, schema: Int, scope: PullScope, cursor: Int64, limit: Int64,
    floor: Int64? = nil, isWhole: Bool? = nil
  ) {
    self.store = store
    self.epoch = epoch
    self.schema = schema
    self.scope = scope
    self.cursor = cursor
    self.limit = limit
    self.floor = floor
    self.isWhole = isWhole
  }
}

package struct PullReply: Hashable, Codable, Sendable {
  package struct Item: Hashable, Codable, Sendable {
    package var revision: Int64
    package var row: Row
    /// Where the store has the row in its table: rows of one kind are shown in this order.
    package var place: Int64?
  }

  package struct Removal: Hashable, Codable, Sendable {
    package var revision: Int64
    package var key: RowKey
  }

  package var store: String
  package var epoch: Int64
  /// The cursor of the request: an answer to another one is discarded.
  package var cursor: Int64
  /// The cursor after this answer; always the end of a revision.
  package var newCursor: Int64
  /// The newest revision of the store.
  package var head: Int64
  /// The newest revision in a verified backup: what is acknowledged up to here may be forgotten.
  package var safeRevision: Int64
  /// In the order of revisions; within one of them what others refer to comes first.
  package var items: [Item]
  package var removals: [Removal]
  /// Tickets that changed and are not in the scope of the request: with all that belongs to them they leave the desk.
  package var evictions: [TicketID]? = nil
  /// Customers of whom something changed and who are not in the scope.
  package var evictedCustomers: [CustomerID]? = nil
  /// Tickets of the scope of which something is older than the cursor: a desk that did not have them asks for the rest.
  package var partial: [TicketID]? = nil
  /// How far the store's log was when it answered; nil from a store without one.
  package var auditHead: AuditHead? = nil
  /// When a backup was last verified, or the store was made; nil where nobody needs one.
  package var backedUpAt: Timestamp?
  /// The restores since the epoch of the request, oldest first. Then the answer holds nothing else: the desk starts again.
  package var restorations: [Restoration]?
  /// The public key that signs restores; nil where the store has none yet.
  package var adminKey: String? = nil
  /// Set where the cursor of the request lies below what the store still knows of rows that were taken away. Then the answer
  /// holds nothing else: the desk pulls from 0 beside its old rows, and names this floor while it does.
  package var floor: Int64? = nil
}

extension PullReply {
  /// Rows of one kind in the order in which the store has them. They come by revision, and one that was changed later would
  /// otherwise be put behind those that were made after it.
  var itemsInPlace: [Item] {
    guard items.count > 1, items.allSatisfy({ $0.place != nil }) else { return items }
    return items.map { ($0.row.key.kind.rawValue, $0.place ?? 0, $0) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  func followed(by next: PullReply) -> PullReply {
    var whole = self
    whole.newCursor = next.newCursor
    whole.head = next.head
    whole.safeRevision = next.safeRevision
    whole.auditHead = next.auditHead
    whole.backedUpAt = next.backedUpAt
    whole.items += next.items
    whole.removals += next.removals
    guard let evictions = next.evictions, let customers = next.evictedCustomers else { return whole }
    // What came before and has left since must not come back.
    let (gone, goneCustomers) = (Set(evictions), Set(customers))
    whole.items =
      items.filter { item in
        !(item.row.ticketID.map(gone.contains) ?? false)
          && !(item.row.customerID.map(goneCustomers.contains) ?? false)
      } + next.items
    whole.evictions = (self.evictions ?? []) + evictions
    whole.evictedCustomers = (evictedCustomers ?? []) + customers
    whole.partial = (partial ?? []).filter { !gone.contains($0) } + (next.partial ?? [])
    return whole
  }
}

/// How a desk reaches the shared store.
package protocol StoreTransport: Sendable {
  func push(_ request: PushRequest) throws -> PushReply
  func pull(_ request: PullRequest) throws -> PullReply
  /// Entries of the store's log, for a desk that checks that it still contains what the desk has seen.
  func audit(_ request: AuditRequest) throws -> AuditReply
  /// What a desk needs beyond its scope.
  func fetch(_ request: FetchRequest) throws -> FetchReply
}
