import Domain
import Foundation
import GRDB

@testable import Store

/// A replica's tables in memory with rows as the store writes them.
struct SearchFixture {
  let database: DatabaseQueue
  static let today = CivilDate(year: 2026, month: 11, day: 21)!

  init() throws {
    database = try DatabaseQueue()
    try database.write { db in
      try db.execute(sql: Tables.data)
      for sql in Tables.uniqueIndexes + Tables.sharedIndexes + Tables.deskIndexes { try db.execute(sql: sql) }
      try SearchIndexing.createTables(db)
    }
  }

  func write(_ changes: [Change]) throws {
    try database.write { db in
      let writer = RowWriter(db: db)
      for change in changes {
        switch change {
        case .ticket(let value): try writer.put(.ticket(value), revision: 0)
        case .entry(let value): try writer.put(.entry(value), revision: 0)
        case .customer(let value): try writer.put(.customer(value), revision: 0)
        case .identity(let value): try writer.put(.identity(value), revision: 0)
        case .order(let value): try writer.put(.order(value), revision: 0)
        case .bill(let value): try writer.put(.bill(value), revision: 0)
        default: break
        }
      }
      try SearchIndexing.update(db, changes: changes)
    }
  }

  func rebuild(articles: [Article] = [], synonyms: [[String]] = []) throws {
    try database.write { try SearchIndexing.rebuild($0, articles: articles, synonyms: synonyms) }
  }

  func find(_ query: String) throws -> [FindHit] {
    try database.read { try FindIndex().find($0, query) }
  }

  func articles(
    _ query: String, zone: ZoneID? = nil, language: Language = .chinese, limit: Int = 10
  ) throws -> [ArticleHit] {
    try database.read {
      try KnowledgeIndex().search(
        $0, query, zone: zone, language: language, today: Self.today, limit: limit)
    }
  }

  static func customer(_ id: String, _ name: String, phone: String? = nil) -> [Change] {
    var changes: [Change] = [.customer(Customer(id: CustomerID(id), name: name))]
    if let phone {
      changes.append(
        .identity(
          Identity(id: IdentityID("\(id)-phone"), customer: CustomerID(id), kind: .phone, value: phone)))
    }
    return changes
  }

  static func ticket(
    _ id: String, of customer: String, number: String? = nil, subject: String, messages: [String] = [],
    at seconds: Int64 = 0
  ) -> [Change] {
    var ticket = Ticket(
      id: TicketID(id), customer: CustomerID(customer), zone: "billing-dispute", subject: subject,
      channel: .chat, createdAt: Timestamp(seconds: seconds), createdBy: "linxiao")
    ticket.number = number
    return [.ticket(ticket)]
      + messages.enumerated().map { place, body in
        .entry(entry("\(id)-\(place)", of: id, body))
      }
  }

  static func entry(_ id: String, of ticket: String, _ body: String) -> TimelineEntry {
    TimelineEntry(
      id: EntryID(id), ticket: TicketID(ticket), at: Timestamp(seconds: 0), author: .customer,
      kind: .customerMessage, body: body)
  }
}
