import Domain
import GRDB

extension SharedStore {
  /// Answers what a desk asks for beyond its scope, from one snapshot.
  package func fetch(_ request: FetchRequest) throws -> FetchReply {
    try check(request.store)
    if case .words(let text) = request.subject {
      let found = foundWords(text)
      let (head, epoch) = try beginning()
      return FetchReply(store: id, epoch: epoch, head: head, items: [], hasMore: false, words: found)
    }
    if case .solvedBefore(let query) = request.subject {
      let found = solvedBefore(query)
      let (head, epoch) = try beginning()
      return FetchReply(store: id, epoch: epoch, head: head, items: [], hasMore: false, solved: found)
    }
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
    case .named(let text): return (try named(text), false)
    case .words, .solvedBefore: return ([], false)
    }
  }

  /// Customers an answer to a name carries at most, and the characters of a name below which nothing is looked for.
  private static let mostNamed = 20
  private static let shortestName = 2

  private func named(_ text: String) throws -> Items {
    var keys: [String] = []
    func add(_ found: [String]) {
      for key in found where !keys.contains(key) && keys.count < Self.mostNamed { keys.append(key) }
    }
    let plain = text.hasPrefix("#") ? String(text.dropFirst()) : text
    add(try reader.all("SELECT customer FROM ticket WHERE number = ?", key: plain) { $0.text(0) })
    for kind in Identity.Kind.allCases {
      let normalized = Identity.normalize(text, kind: kind)
      guard !normalized.isEmpty else { continue }
      add(
        try reader.all(
          "SELECT customer FROM identity WHERE normalized = ? AND kind = '\(kind.rawValue)' ORDER BY row",
          key: normalized, { $0.text(0) }))
    }
    for table in ["customer_order", "bill"] {
      add(try reader.all("SELECT customer FROM \(table) WHERE number = ?", key: text) { $0.text(0) })
    }
    if text.count >= Self.shortestName {
      // One range of the index; the last scalar there is ends it.
      var statement = try Prepared(
        reader.db,
        "SELECT id FROM customer WHERE name >= ? AND name < ? ORDER BY name LIMIT \(Self.mostNamed)")
      statement.bind(text)
      statement.bind(text + "\u{10FFFF}")
      var found: [String] = []
      while try statement.step() { found.append(statement.text(0)) }
      add(found)
    }
    return try keys.flatMap { try customer($0, nil).0 }
  }

  private func ticket(_ id: String, _ before: Int64?) throws -> (Items, hasMore: Bool) {
    let items = try reader.items(.ticket, "id = ?", id)
    guard case .ticket(let ticket)? = items.first?.row else { return ([], false) }
    let older = before.map { " AND row < \($0)" } ?? ""
    let entries = try reader.items(
      .entry, "ticket = ?\(older) ORDER BY row DESC LIMIT \(FetchRequest.limit + 1)", id)
    return (
      try reader.person(ticket.customer.text) + items + reader.items(.contact, "ticket = ? ORDER BY row", id)
        + entries.prefix(FetchRequest.limit).reversed()
        + reader.items(.attachment, "ticket = ? ORDER BY row", id),
      entries.count > FetchRequest.limit
    )
  }

  private func customer(_ id: String, _ before: Timestamp?) throws -> (Items, hasMore: Bool) {
    let older = before.map { " AND created_at < \($0.milliseconds)" } ?? ""
    let tickets = try reader.items(
      .ticket, "customer = ?\(older) ORDER BY created_at DESC, row DESC LIMIT \(FetchRequest.limit + 1)", id)
    return (
      try reader.person(id) + tickets.prefix(FetchRequest.limit), tickets.count > FetchRequest.limit
    )
  }
}

extension RowReader {
  /// A customer with all that belongs to one, and whoever the customer was merged into.
  func person(_ id: String) throws -> [PullReply.Item] {
    var (result, known): ([PullReply.Item], Set<String>) = ([], [])
    var next: String? = id
    while let id = next, known.insert(id).inserted, known.count < 16 {
      let customers = try items(.customer, "id = ?", id)
      result += customers
      for kind in [Row.Kind.identity, .product, .order, .bill, .disclosure] {
        result += try items(kind, "customer = ? ORDER BY row", id)
      }
      next = nil
      if case .customer(let customer)? = customers.first?.row { next = customer.mergedInto?.text }
    }
    return result
  }

  /// Everything of a ticket but itself.
  func belongings(ofTicket id: String) throws -> [PullReply.Item] {
    try [Row.Kind.contact, .entry, .attachment].flatMap { try items($0, "ticket = ? ORDER BY row", id) }
  }

  /// Whether something of a ticket was there at a revision.
  func isOlder(_ ticket: String, than revision: Int64) throws -> Bool {
    for table in ["entry", "contact"] {
      var statement = try Prepared(db, "SELECT 1 FROM \(table) WHERE ticket = ? AND rev <= ? LIMIT 1")
      statement.bind(ticket)
      statement.bind(revision)
      if try statement.step() { return true }
    }
    return false
  }

  func items(_ kind: Row.Kind, _ condition: String, _ key: String) throws -> [PullReply.Item] {
    var statement = try Prepared.bound(db, "\(Self.withPlace[kind]!) WHERE \(condition)", key)
    return try rows(kind, &statement).map {
      PullReply.Item(revision: $0.revision, row: $0.row, place: $0.place)
    }
  }
}
