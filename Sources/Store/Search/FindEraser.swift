import Domain
import GRDB

/// Takes out what leads to rows that leave the desk. Called before the rows go.
struct FindEraser {
  let db: Database

  func erase(_ key: RowKey) throws {
    switch key.kind {
    case .ticket: try eraseTicket(key.id)
    case .customer: try eraseCustomer(key.id)
    case .identity: try eraseIdentity(key.id)
    default: break
    }
  }

  /// With the words of its texts, which have to be there still.
  private func eraseTicket(_ id: String) throws {
    var ticket = try Prepared(db, "SELECT row, subject, number FROM ticket WHERE id = ?")
    ticket.bind(id)
    guard try ticket.step() else { return }
    let row = ticket.int(0)
    var codes: [UInt32] = []
    WordIndex.addCodes(of: ticket.text(1), to: &codes)
    if let number = ticket.optionalText(2) { try FindTail(.ticket, of: number)?.erase(row: row, db) }
    var bodies = try Prepared(db, "SELECT body FROM entry WHERE ticket = ? AND kind <= 2 AND body <> ''")
    bodies.bind(id)
    while try bodies.step() { WordIndex.addCodes(of: bodies.text(0), to: &codes) }
    try WordIndex(db).remove(ticket: row, codes: codes)
    try execute("DELETE FROM find_ticket WHERE ticket = ?", row)
    try ClosingTally(db).erase(row: row)
  }

  private func eraseCustomer(_ id: String) throws {
    var customer = try Prepared(db, "SELECT row, name FROM customer WHERE id = ?")
    customer.bind(id)
    guard try customer.step() else { return }
    let row = customer.int(0)
    for key in FindTables.keys(ofName: customer.text(1)) {
      var statement = try Prepared(db, "DELETE FROM find_name WHERE key = ? AND customer = ?")
      statement.bind(key)
      statement.bind(row)
      try statement.run()
    }
  }

  private func eraseIdentity(_ id: String) throws {
    var identity = try Prepared(db, "SELECT row, normalized FROM identity WHERE id = ?")
    identity.bind(id)
    guard try identity.step() else { return }
    try FindTail(.identity, of: identity.text(1))?.erase(row: identity.int(0), db)
  }

  private func execute(_ sql: String, _ row: Int64) throws {
    var statement = try Prepared(db, sql)
    statement.bind(row)
    try statement.run()
  }
}

extension FindTail {
  func erase(row: Int64, _ db: Database) throws {
    guard let key = key(row: row) else { return }
    var statement = try Prepared(db, "DELETE FROM find_tail WHERE key = ?")
    statement.bind(key)
    try statement.run()
  }
}
