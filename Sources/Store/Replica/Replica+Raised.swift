import Domain
import GRDB

extension Replica {
  /// Days after which nobody is told any more.
  private static let raisedDays: Int64 = 30
  private static let mostOfEach = 200
  /// Tickets with something that nobody looks after, of which the oldest alerts are listed.
  private static let mostAlerted = 1000

  /// What waits for a lead, oldest first, the oldest 200 of each: refunds that nobody has decided, contacts still there whose
  /// verification is locked, and what was raised on open tickets and nobody looks after. Masked.
  package func raised(at now: Timestamp) throws -> [RaisedItem] {
    try read { db in
      let reader = RowReader(db: db)
      var statement = try Prepared(
        db, RowReader.entries + " WHERE kind IN (23, 25) AND at > ? ORDER BY at")
      statement.bind(now.advanced(seconds: -Self.raisedDays * 86_400))
      var items: [RaisedItem] = []
      var (refunds, locks) = (0, 0)
      while refunds < Self.mostOfEach || locks < Self.mostOfEach, try statement.step() {
        let entry = try RowReader.entry(statement)
        let isRefund = if case .refund = entry.kind { true } else { false }
        guard (isRefund ? refunds : locks) < Self.mostOfEach else { continue }
        guard let matter = try matter(of: entry, db), let ticket = try reader.ticket(entry.ticket) else {
          continue
        }
        var agent: AgentID?
        if case .agent(let author) = entry.author { agent = author }
        items.append(try item(of: entry, ticket, agent, matter, db))
        if isRefund { refunds += 1 } else { locks += 1 }
      }
      return (items + (try alerts(db))).sorted { ($0.at, $0.id) < ($1.at, $1.id) }
    }
  }

  private func item(
    of entry: TimelineEntry, _ ticket: Ticket, _ agent: AgentID?, _ matter: RaisedItem.Matter, _ db: Database
  ) throws -> RaisedItem {
    let name = try name(of: ticket, db)
    return RaisedItem(
      id: entry.id, ticket: ticket.id, number: ticket.number, customerName: Masking.name(name), agent: agent,
      at: entry.at, matter: matter)
  }

  /// In clear.
  private func name(of ticket: Ticket, _ db: Database) throws -> String {
    try RowReader(db: db).customer(survivor(of: ticket.customer, db))?.name ?? ""
  }

  /// Few tickets at a time have an alert that nobody looks after; see the list of them in the queue.
  private func alerts(_ db: Database) throws -> [RaisedItem] {
    let reader = RowReader(db: db)
    let tickets = try Prepared(
      db,
      """
      SELECT e.ticket FROM entry e INDEXED BY entry_alerted CROSS JOIN ticket t ON t.id = e.ticket \
      WHERE e.kind IN (30, 31) AND t.state < 3 GROUP BY e.ticket \
      HAVING sum(CASE e.kind WHEN 30 THEN 1 ELSE -1 END) > 0 ORDER BY min(e.at) LIMIT \(Self.mostAlerted)
      """)
    var ids: [TicketID] = []
    while try tickets.step() { ids.append(tickets.key(0)) }
    let all = try ids.flatMap { id -> [RaisedItem] in
      guard let ticket = try reader.ticket(id) else { return [] }
      let raised = try reader.all(
        RowReader.entries + " INDEXED BY entry_alerted WHERE ticket = ? AND kind IN (30, 31) ORDER BY at",
        key: id.text,
        RowReader.entry)
      let name = try name(of: ticket, db)
      // Raised again after somebody had looked after it: the newest counts.
      return try ticket.alerts.filter { $0.attendedAt == nil }.compactMap { alert in
        let entry = raised.last { if case .raised(alert.kind, _, _) = $0.kind { true } else { false } }
        guard let entry else { return nil }
        var listed = try item(of: entry, ticket, ticket.owner, .alert(alert.masked(hiding: name)), db)
        // It keeps its place in the list.
        listed.at = alert.raisedAt
        return listed
      }
    }
    return Array(all.sorted { ($0.at, $0.id) < ($1.at, $1.id) }.prefix(Self.mostOfEach))
  }

  private func matter(of entry: TimelineEntry, _ db: Database) throws -> RaisedItem.Matter? {
    let reader = RowReader(db: db)
    switch entry.kind {
    case .refund(let event):
      guard let bill = try reader.bill(event.bill), var refund = bill.refund(event.refund),
        refund.state == .requested, bill.lines.indices.contains(refund.line)
      else { return nil }
      refund.reason = Masking.text(refund.reason)
      return .refund(refund, event, charged: bill.lines[refund.line].amount)
    case .verification(let event):
      guard let contact = try entry.contact.flatMap({ try reader.contact($0) }), !contact.state.isOver else {
        return nil
      }
      return .verification(event)
    default: return nil
    }
  }
}
