import Domain

/// Sends many operations to the store as a desk of its own, a message at a time: each message is one durable transaction of the
/// store. For imports, which keep their own record of what is done: nothing waits in an outbox, so that a run that was
/// stopped can simply be repeated.
package struct BulkDelivery {
  private let connection: DeskConnection
  private let desk: String
  private var sequence: Int64 = 0

  package init(_ connection: DeskConnection, identifiers: IdentifierSource = IdentifierSource()) {
    self.connection = connection
    desk = "\(connection.agent)-\(identifiers.next(Operation.self))"
  }

  /// The store's answers, in the order of the operations; afterwards the replica shows what they did.
  ///
  /// - Throws: what kept the store from answering; messages before it are done.
  package mutating func send(_ operations: [Operation]) throws -> [Outcome] {
    guard !operations.isEmpty else { return [] }
    let store = connection.store
    let epoch = try connection.replica.epoch()
    var outcomes: [Outcome] = []
    outcomes.reserveCapacity(operations.count)
    for start in stride(from: 0, to: operations.count, by: PushRequest.limit) {
      let envelopes = try operations[start..<min(operations.count, start + PushRequest.limit)].map {
        operation in
        sequence += 1
        return try Envelope(store: store.id, desk: desk, sequence: sequence, operation: operation)
      }
      let reply = try store.push(PushRequest(store: store.id, epoch: epoch, envelopes: envelopes))
      guard reply.epoch == epoch else { throw StoreError.otherEpoch(expected: epoch, found: reply.epoch) }
      guard reply.sendFrom == nil, reply.answers.count == envelopes.count else {
        throw StoreError.sequenceGap(desk: desk, from: reply.sendFrom ?? sequence)
      }
      outcomes += reply.answers.map(\.outcome)
    }
    if let offline = try connection.synchronize().offline { throw offline }
    return outcomes
  }
}
