import Domain
import GRDB

// What leaves the desk in clear, for imports that complete a record and for exports that were disclosed before. Screens have
// no use for any of it.
extension Replica {
  /// A customer as the store has it.
  package func customerRecord(_ id: CustomerID) throws -> Customer? {
    try read { try RowReader(db: $0).customer(id) }
  }

  package func identityRecords(of id: CustomerID) throws -> [Identity] {
    try read { try RowReader(db: $0).identities(of: id) }
  }

  package func ticketRecord(_ id: TicketID) throws -> Ticket? {
    try read { try RowReader(db: $0).ticket(id) }
  }

  /// The timeline of a ticket, oldest first.
  package func entryRecords(of id: TicketID) throws -> [TimelineEntry] {
    try read {
      try RowReader(db: $0).all(
        RowReader.entries + " WHERE ticket = ? ORDER BY row", key: id.text, RowReader.entry)
    }
  }

  /// Customers in the order in which they came here: `limit` of them after the place `after` (0 at first).
  package func customers(after place: Int64, limit: Int) throws -> (customers: [CustomerID], place: Int64) {
    try read { db in
      var statement = try Prepared(db, "SELECT id, row FROM customer WHERE row > ? ORDER BY row LIMIT ?")
      statement.bind(place)
      statement.bind(Int64(limit))
      var result: [CustomerID] = []
      var last = place
      while try statement.step() {
        result.append(statement.key(0))
        last = statement.int(1)
      }
      return (result, last)
    }
  }
}
