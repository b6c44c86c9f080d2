import Domain
import GRDB

extension Replica {
  /// What somebody did today, the day before and the year before. The cost grows with what the floor did on those three days,
  /// never with the store.
  package func results(_ query: ResultsQuery) throws -> MyResults {
    try read { db in
      func counts(_ range: Range<Timestamp>) throws -> WorkCounts {
        WorkCounts(
          of: query.agent, in: range, contacts: try served(in: range, db),
          timelines: try closed(by: query.agent, in: range, db))
      }
      let today = try counts(query.today)
      let used = today.templates.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      return MyResults(
        query: query, today: today, dayBefore: try counts(query.dayBefore),
        yearBefore: try counts(query.yearBefore),
        templates: try templateNames(used, db))
    }
  }

  private func served(in range: Range<Timestamp>, _ db: Database) throws -> [Contact] {
    var statement = try Prepared(
      db,
      RowReader.contacts
        + " INDEXED BY contact_served WHERE served_at >= ? AND served_at < ? AND served_at IS NOT NULL")
    statement.bind(range.lowerBound)
    statement.bind(range.upperBound)
    var found: [Contact] = []
    while try statement.step() { found.append(try RowReader.contact(statement)) }
    return found
  }

  private func closed(by agent: AgentID, in range: Range<Timestamp>, _ db: Database) throws -> [(
    ticket: Ticket, entries: [TimelineEntry]
  )] {
    var statement = try Prepared(
      db,
      """
      SELECT DISTINCT ticket FROM entry INDEXED BY entry_closed \
      WHERE kind = 18 AND author = ? AND at >= ? AND at < ?
      """)
    statement.bind(TimelineEntry.Author.agent(agent).column)
    statement.bind(range.lowerBound)
    statement.bind(range.upperBound)
    let reader = RowReader(db: db)
    var found: [(ticket: Ticket, entries: [TimelineEntry])] = []
    while try statement.step() {
      let id: TicketID = statement.key(0)
      guard let ticket = try reader.ticket(id) else { continue }
      let entries = try reader.all(
        RowReader.entries + " INDEXED BY entry_ticket WHERE ticket = ? AND kind IN (3, 18) ORDER BY row",
        key: id.text, RowReader.entry)
      found.append((ticket, entries))
    }
    return found
  }

  private func templateNames(_ used: [(key: TemplateID, value: Int)], _ db: Database) throws
    -> [MyResults.TemplateUse]
  {
    guard !used.isEmpty else { return [] }
    let all: [ClosingTemplate] = try cache.values(.template, zone: nil, db)
    let names = Dictionary(all.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    return used.map { id, count in
      // A template that was removed since has only its id left.
      MyResults.TemplateUse(
        name: names[id] ?? LocalizedText(chinese: id.text, english: id.text), count: count)
    }
  }
}
