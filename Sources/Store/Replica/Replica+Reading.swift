import Domain
import GRDB

// What the desk reads to help: texts and records in clear, for the reader on this desk and for nothing else.
extension Replica {
  /// Entries beyond which a conversation is not read: what brought the customer here and what was said last is in them.
  private static let readEntries = 200

  package func clearTicket(_ id: TicketID) throws -> ClearTicket? {
    try read { db in
      let reader = RowReader(db: db)
      guard let ticket = try reader.ticket(id) else { return nil }
      let (entries, _) = try newestEntries(
        of: [id] + mergedTickets(into: id, db), limit: Self.readEntries, db)
      return ClearTicket(
        ticket: ticket, zone: try cache.value(ConfigurationRows.id(ticket.zone), db), entries: entries,
        customer: try profile(of: ticket.customer, db, isMasked: false))
    }
  }

  /// The newest closings of a zone that were made with a template, newest first. The cost grows with `limit` alone.
  package func pastClosings(in zone: ZoneID, limit: Int = 300) throws -> [PastClosing] {
    try read { db in
      var statement = try Prepared(
        db,
        RowReader.tickets
          + " INDEXED BY queue_done_zone WHERE zone = ? AND state >= 3 ORDER BY moment LIMIT ?")
      statement.bind(zone)
      statement.bind(Int64(limit))
      var found: [PastClosing] = []
      while try statement.step() {
        let ticket = try RowReader.ticket(statement)
        guard let closing = ticket.closing, let template = closing.template else { continue }
        // The text itself says best in which language it was written: the ticket may know it only from the conversation.
        found.append(
          PastClosing(
            template: template, text: closing.text,
            language: SpokenLanguage.of(closing.text) ?? ticket.language))
      }
      return found
    }
  }
}
