import Domain
import Synchronization

extension DeskConnection {
  /// Whether this desk has a part of the store only.
  package var keepsPart: Bool { (try? replica.scope(at: now())) != nil }

  /// Brings a ticket with all that belongs to it, where it is not here. It stays until it changes elsewhere, or a week.
  ///
  /// - Returns: whether something came.
  package func bring(_ ticket: TicketID) throws -> Bool {
    guard keepsPart, try !replica.isWhole(ticket) else { return false }
    return try bring { try [fetchWhole(ticket)] }
  }

  /// Brings a customer with the newest tickets of one; their timelines come when they are opened.
  package func bring(_ customer: CustomerID) throws -> Bool {
    guard keepsPart else { return false }
    return try bring { try [fetch(.customer(customer, ticketsBefore: nil))] }
  }

  /// Brings whatever bears a number, an identity or the beginning of a name, so that finding it here finds it.
  package func bring(named text: String) throws -> Bool {
    let text = String(text.prefix(100)).trimmingSpaces
    guard keepsPart, !text.isEmpty else { return false }
    return try bring { try [fetch(.named(text))] }
  }

  /// Tickets in whose texts something stands and that this desk may not have, and how far the store looked. Nothing is kept.
  package func found(words text: String) -> (hits: [FindHit], reach: FindReach) {
    let text = text.trimmingSpaces
    guard keepsPart, !text.isEmpty else { return ([], .whole) }
    guard let found = try? ask(.words(String(text.prefix(100)))).words, found.indexed != nil else {
      return ([], .unavailable)
    }
    return (found.hits, found.upTo.map { .upTo($0) } ?? .whole)
  }

  /// What the store knows of tickets like this one; nil where it cannot be asked. Nothing is kept.
  package func solvedInStore(_ query: SimilarQuery) -> SolvedBefore? { try? ask(.solvedBefore(query)).solved }

  /// - Throws: what kept the store from answering.
  private func bring(_ body: () throws -> [Fetched]) throws -> Bool {
    try exchange.withLock {
      let fetched = try body().filter { !$0.items.isEmpty }
      guard !fetched.isEmpty else { return false }
      return try !replica.keep(fetched, at: now()).isEmpty
    }
  }

  // MARK: - Asking

  /// What the feed names is there, although it was not when it was asked for.
  func takeAsThere(_ reply: PullReply) {
    missing.withLock { $0.subtract((reply.partial ?? []) + (reply.evictions ?? [])) }
  }

  func isThere(_ ticket: TicketID) -> Bool { missing.withLock { !$0.contains(ticket) } }

  /// All parts of a ticket, in the order in which the store has them.
  func fetchWhole(_ ticket: TicketID) throws -> Fetched {
    var whole = Fetched(subject: .ticket(ticket, entriesBefore: nil), items: [])
    var before: Int64?
    var known = Set<RowKey>()
    while true {
      let reply = try ask(.ticket(ticket, entriesBefore: before))
      // The newest version of a row came first.
      whole.items += reply.items.filter { known.insert($0.row.key).inserted }
      let places = reply.items.filter { $0.row.key.kind == .entry }.compactMap(\.place)
      guard reply.hasMore, let first = places.min(), first < before ?? .max else { break }
      before = first
    }
    if whole.items.isEmpty { missing.withLock { _ = $0.insert(ticket) } }
    return whole
  }

  private func fetch(_ subject: FetchRequest.Subject) throws -> Fetched {
    Fetched(subject: subject, items: try ask(subject).items)
  }

  private func ask(_ subject: FetchRequest.Subject) throws -> FetchReply {
    let epoch = try replica.epoch()
    let reply = try transport.fetch(FetchRequest(store: store.id, epoch: epoch, subject: subject))
    guard reply.store == store.id else {
      throw StoreError.wrongStore(expected: store.id, found: reply.store)
    }
    // Rows of another history do not belong beside ours; the next exchange turns to it.
    guard reply.epoch == epoch else { throw StoreError.otherEpoch(expected: epoch, found: reply.epoch) }
    return reply
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
