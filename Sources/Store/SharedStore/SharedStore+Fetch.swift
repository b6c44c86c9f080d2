import Domain
import GRDB

extension SharedStore {
  /// Answers what a desk asks for beyond its scope, from one snapshot.
  package func fetch(_ request: FetchRequest) throws -> FetchReply {
    try check(request.store)
    try prepareForScopes()
    return try read { db in
      try Prepared(db, "BEGIN").run()
      defer { try? Prepared(db, "COMMIT").run() }
      let meta = Meta(db: db)
      let (items, hasMore) = try FetchReader(reader: RowReader(db: db)).items(request.subject)
      return FetchReply(
        store: id, epoch: try meta.int("epoch"), head: try meta.int("rev"), items: items, hasMore: hasMore)
    }
  }
}

private struct FetchReader {
  typealias Items = [PullReply.Item]

  let reader: RowReader

  func items(_ subject: FetchRequest.Subject) throws -> (Items, hasMore: Bool) {
    switch subject {
    case .ticket(let id, let before): return try ticket(id.text, before)
    case .ticketNumber(let number):
      guard let id = try reader.first("SELECT id FROM ticket WHERE number = ?", number, { $0.text(0) }) else {
        return ([], false)
      }
      return try ticket(id, nil)
    case .customer(let id, let before): return try customer(id.text, before)
    case .identity(let kind, let normalized):
      let holders = try reader.all(
        "SELECT customer FROM identity WHERE normalized = ? AND kind = '\(kind.rawValue)' ORDER BY row LIMIT 1",
        key: normalized, { $0.text(0) })
      return try holders.first.map { try customer($0, nil) } ?? ([], false)
    case .record(let number):
      let holder =
        try reader.first("SELECT customer FROM customer_order WHERE number = ?", number) { $0.text(0) }
        ?? reader.first("SELECT customer FROM bill WHERE number = ?", number) { $0.text(0) }
      return try holder.map { try customer($0, nil) } ?? ([], false)
    }
  }

  private func ticket(_ id: String, _ before: Int64?) throws -> (Items, hasMore: Bool) {
    var items = try reader.items(.ticket, "id = ?", id)
    guard case .ticket(let ticket)? = items.first?.row else { return ([], false) }
    let older = before.map { " AND row < \($0)" } ?? ""
    let entries = try reader.items(
      .entry, "ticket = ?\(older) ORDER BY row DESC LIMIT \(FetchRequest.limit + 1)", id)
    items += try reader.items(.contact, "ticket = ? ORDER BY row", id)
    items += entries.prefix(FetchRequest.limit).reversed()
    items += try reader.items(.attachment, "ticket = ? ORDER BY row", id)
    return (try reader.person(ticket.customer.text) + items, entries.count > FetchRequest.limit)
  }

  private func customer(_ id: String, _ before: Timestamp?) throws -> (Items, hasMore: Bool) {
    let older = before.map { " AND created_at < \($0.milliseconds)" } ?? ""
    let tickets = try reader.items(
      .ticket, "customer = ?\(older) ORDER BY created_at DESC, row DESC LIMIT \(FetchRequest.limit + 1)", id)
    var items = try reader.person(id)
    for kind in [Row.Kind.product, .order, .bill] {
      items += try reader.items(kind, "customer = ? ORDER BY row", id)
    }
    items += tickets.prefix(FetchRequest.limit)
    return (items, tickets.count > FetchRequest.limit)
  }
}

extension RowReader {
  /// A customer with the identities.
  func person(_ id: String) throws -> [PullReply.Item] {
    try items(.customer, "id = ?", id) + items(.identity, "customer = ? ORDER BY row", id)
  }

  func items(_ kind: Row.Kind, _ condition: String, _ key: String) throws -> [PullReply.Item] {
    var statement = try Prepared.bound(db, "\(Self.withPlace[kind]!) WHERE \(condition)", key)
    return try rows(kind, &statement).map {
      PullReply.Item(revision: $0.revision, row: $0.row, place: $0.place)
    }
  }
}
