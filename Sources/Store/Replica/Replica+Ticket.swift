import Domain
import GRDB

extension Replica {
  /// One ticket, with texts masked.
  package func ticket(_ id: TicketID) throws -> Ticket? {
    try read { try RowReader(db: $0).ticket(id).map { masked($0) } }
  }

  package func ticket(number: String) throws -> Ticket? {
    try read { db in
      try RowReader(db: db).first(RowReader.tickets + " WHERE number = ?", number, RowReader.ticket)
        .map { masked($0) }
    }
  }

  /// Tickets in the order in which they came here, for exports: `limit` of them after the place `after` (0 at first).
  package func tickets(after place: Int64, limit: Int) throws -> (tickets: [Ticket], place: Int64) {
    try read { db in
      let select = RowReader.tickets.replacing(" FROM ticket", with: ", row FROM ticket")
      var statement = try Prepared(db, select + " WHERE row > ? ORDER BY row LIMIT ?")
      statement.bind(place)
      statement.bind(Int64(limit))
      var result: [Ticket] = []
      var last = place
      while try statement.step() {
        result.append(masked(try RowReader.ticket(statement)))
        last = statement.int(20)
      }
      return (result, last)
    }
  }

  /// The version that an operation on the ticket should be based on.
  package func version(of id: TicketID) throws -> Int64? {
    try read { try RowReader(db: $0).ticket(id)?.version }
  }

  /// Everything the ticket pane shows: the newest `entryLimit` entries of the ticket and of the tickets merged into it.
  package func ticketDetail(_ id: TicketID, entryLimit: Int = 200) throws -> TicketDetail? {
    try read { db in
      let reader = RowReader(db: db)
      guard let ticket = try reader.ticket(id) else { return nil }
      let merged = try mergedTickets(into: id, db)
      let (entries, hasOlder) = try newestEntries(of: [id] + merged, limit: entryLimit, db)
      var contacts = try reader.contacts(of: id)
      var attachments = try attachments(of: id, db)
      for other in merged {
        contacts += try reader.contacts(of: other)
        attachments += try self.attachments(of: other, db)
      }
      let templates: [ClosingTemplate] = try cache.values(.template, zone: ticket.zone, db)
      let zone: Zone? = try cache.value(ConfigurationRows.id(ticket.zone), db)
      let names = try [ticket.customer, survivor(of: ticket.customer, db)].compactMap {
        try reader.customer($0)?.name
      }
      return TicketDetail(
        ticket: masked(ticket, hiding: names), entries: entries.map { masked($0, hiding: names) },
        hasOlderEntries: hasOlder,
        contacts: contacts,
        attachments: attachments, related: try related(to: ticket, merged: merged, db),
        templates: templates.ranked(for: ticket.category), zone: zone,
        categoryPath: try cache.categories(db).path(to: ticket.category),
        isWaitingForStore: try pendingAggregates(db).contains(AggregateID.ticket(id).text),
        customer: try profile(of: ticket.customer, db))
    }
  }

  /// Contacts of a person that are offered, live or waiting for wrap-up.
  package func contacts(by agent: AgentID) throws -> [Contact] {
    try read { db in
      try RowReader(db: db).all(
        RowReader.contacts + " WHERE agent = ? AND state IN (1, 2, 3, 4) ORDER BY row", key: agent.text,
        RowReader.contact)
    }
  }

  /// Reminders of a person that are due at `moment`, oldest first, at most 100.
  package func dueReminders(of agent: AgentID, at moment: Timestamp) throws -> [Ticket] {
    try read { db in
      var statement = try Prepared(
        db, RowReader.tickets + " WHERE reminder_at <= ? AND reminder_at IS NOT NULL ORDER BY reminder_at")
      statement.bind(moment)
      var result: [Ticket] = []
      while result.count < 100, try statement.step() {
        let ticket = try RowReader.ticket(statement)
        if ticket.reminder?.agent == agent { result.append(masked(ticket)) }
      }
      return result
    }
  }

  // MARK: - Parts

  /// Tickets that were merged into this one, and into those.
  func mergedTickets(into id: TicketID, _ db: Database) throws -> [TicketID] {
    var found: [TicketID] = []
    var next = [id]
    while let target = next.popLast(), found.count < 100 {
      let merged: [TicketID] = try RowReader(db: db).all(
        "SELECT id FROM ticket WHERE merged_into = ? ORDER BY row", key: target.text
      ) { $0.key(0) }
      for ticket in merged where ticket != id && !found.contains(ticket) {
        found.append(ticket)
        next.append(ticket)
      }
    }
    return found
  }

  /// Oldest first; the order is the one in which the store wrote them.
  func newestEntries(of tickets: [TicketID], limit: Int, _ db: Database) throws -> (
    [TimelineEntry], Bool
  ) {
    var found: [(row: Int64, entry: TimelineEntry)] = []
    for ticket in tickets {
      var statement = try Prepared(
        db, RowReader.entries + " INDEXED BY entry_ticket WHERE ticket = ? ORDER BY row DESC LIMIT ?")
      statement.bind(ticket)
      statement.bind(Int64(limit + 1))
      while try statement.step() { found.append((statement.int(8), try RowReader.entry(statement))) }
    }
    if tickets.count > 1 { found.sort { $0.row > $1.row } }
    let hasOlder = found.count > limit
    return (found.prefix(limit).reversed().map(\.entry), hasOlder)
  }

  private func attachments(of ticket: TicketID, _ db: Database) throws -> [Attachment] {
    try RowReader(db: db).all(
      RowReader.attachments + " WHERE ticket = ? ORDER BY row", key: ticket.text, RowReader.attachment)
  }

  private func related(to ticket: Ticket, merged: [TicketID], _ db: Database) throws -> [TicketDetail.Related]
  {
    let reader = RowReader(db: db)
    func related(_ id: TicketID, _ relation: Ticket.Link.Relation?) throws -> TicketDetail.Related? {
      try reader.ticket(id).map {
        TicketDetail.Related(
          id: id, number: $0.number, subject: Masking.text($0.subject), state: $0.state, relation: relation)
      }
    }
    return try ticket.links.compactMap { try related($0.ticket, $0.relation) }
      + merged.compactMap { try related($0, nil) }
      + [ticket.mergedInto].compactMap { try $0.flatMap { try related($0, nil) } }
  }

  // MARK: - Masking

  func masked(_ ticket: Ticket, hiding names: [String] = []) -> Ticket {
    var ticket = ticket
    ticket.subject = Masking.text(ticket.subject, hiding: names)
    ticket.preview = Masking.text(ticket.preview, hiding: names)
    ticket.pendingReason = ticket.pendingReason.map(Masking.text)
    if let text = ticket.closing?.text { ticket.closing?.text = Masking.text(text) }
    if let text = ticket.reminder?.text { ticket.reminder?.text = Masking.text(text) }
    return ticket
  }

  private func masked(_ entry: TimelineEntry, hiding names: [String]) -> TimelineEntry {
    var entry = entry
    entry.body = Masking.text(entry.body, hiding: names)
    switch entry.kind {
    case .fieldChanged(let field, let from, let to):
      entry.kind = .fieldChanged(field: field, from: from.map(Masking.text), to: to.map(Masking.text))
    case .subjectChanged(let from, let to):
      entry.kind = .subjectChanged(from: Masking.text(from), to: Masking.text(to))
    default: break
    }
    return entry
  }
}
