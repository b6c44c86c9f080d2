import Domain
import GRDB

/// Reads closed tickets as lessons, in pieces: nobody who writes waits for it, and no snapshot stays open for long.
struct ClosedTickets {
  /// Of one ticket: what was said later teaches little.
  private static let mostMessages = 12
  private static let longestMessage = 4000
  /// Entries that are looked at in one reading.
  private static let step: Int64 = 20_000
  /// Customer's message, change of category, change of subject, closed.
  private static let kinds = "kind IN (0, 5, 8, 18)"

  /// What a ticket's timeline adds to it.
  private struct Story {
    var messages: [String] = []
    var firstSubject: String?
    var labelledBy: AgentID?
    var closedBy: AgentID?
    var isCorrected = false

    mutating func add(_ entry: TimelineEntry, category: CategoryID?) {
      let person: AgentID = if case .agent(let id) = entry.author { id } else { Agent.system.id }
      switch entry.kind {
      case .customerMessage:
        guard messages.count < mostMessages, entry.struckAt == nil else { return }
        messages.append(String(entry.body.prefix(longestMessage)))
      case .categoryChanged(let from, let to):
        guard person != Agent.system.id else { return }
        labelledBy = person
        isCorrected = from != nil && to == category
      case .subjectChanged(let from, _): firstSubject = firstSubject ?? from
      case .closed: closedBy = person
      default: break
      }
    }
  }

  /// - Parameter isStopped: asked between pieces; then `CancellationError` is thrown.
  static func newest(
    _ limit: Int, isStopped: () -> Bool, reading read: ((Database) throws -> Void) throws -> Void
  ) throws -> [ClosedTicket] {
    var tickets: [Ticket] = []
    var (last, isIndexed) = (Int64(0), false)
    try read { db in
      let sql =
        RowReader.tickets
        + " WHERE state >= 3 AND category IS NOT NULL AND merged_into IS NULL ORDER BY updated_at DESC LIMIT \(limit)"
      tickets = try RowReader(db: db).all(sql, RowReader.ticket)
      last = try RowReader(db: db).all("SELECT coalesce(max(row), 0) FROM entry", { $0.int(0) }).first ?? 0
      isIndexed = try !RowReader(db: db).all(
        "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'entry_ticket'", { $0.int(0) }
      ).isEmpty
    }
    var stories: [TicketID: Story] = Dictionary(
      tickets.map { ($0.id, Story()) }, uniquingKeysWith: { first, _ in first })
    let categories = Dictionary(
      tickets.map { ($0.id, $0.category) }, uniquingKeysWith: { first, _ in first })
    func add(_ entry: TimelineEntry) {
      stories[entry.ticket]?.add(entry, category: categories[entry.ticket] ?? nil)
    }
    if isIndexed {
      for start in stride(from: 0, to: tickets.count, by: 500) {
        if isStopped() { throw CancellationError() }
        try read { db in
          for ticket in tickets[start..<min(tickets.count, start + 500)] {
            let sql = RowReader.entries + " WHERE ticket = ? AND \(kinds) ORDER BY row"
            try RowReader(db: db).all(sql, key: ticket.id.text, RowReader.entry).forEach(add)
          }
        }
      }
    } else {
      var first: Int64 = 0
      while first < last {
        if isStopped() { throw CancellationError() }
        try read { db in
          var statement = try Prepared(
            db, RowReader.entries + " WHERE row > ? AND row <= ? AND \(kinds) ORDER BY row")
          statement.bind(first)
          statement.bind(first + step)
          while try statement.step() {
            guard stories[statement.key(2)] != nil else { continue }
            add(try RowReader.entry(statement))
          }
        }
        first += step
      }
    }
    return tickets.compactMap { lesson($0, stories[$0.id] ?? Story()) }
      .sorted { ($0.closedAt, $0.id.text) < ($1.closedAt, $1.id.text) }
  }

  private static func lesson(_ ticket: Ticket, _ story: Story) -> ClosedTicket? {
    guard let category = ticket.category, !story.messages.isEmpty else { return nil }
    return ClosedTicket(
      id: ticket.id, subject: story.firstSubject ?? ticket.subject, messages: story.messages,
      category: category, priority: ticket.priority,
      closedAt: ticket.closedAt ?? ticket.solvedAt ?? ticket.updatedAt,
      labelledBy: story.labelledBy ?? story.closedBy ?? Agent.system.id, isCorrected: story.isCorrected)
  }
}

extension SharedStore {
  /// The newest closed tickets that have a category and a message of the customer, oldest close first.
  package func closedTickets(newest limit: Int, isStopped: () -> Bool = { false }) throws -> [ClosedTicket] {
    try ClosedTickets.newest(limit, isStopped: isStopped, reading: { body in try read(body) })
  }

  /// How many tickets were closed after a moment; looks at no more than `limit`.
  package func closes(since moment: Timestamp, limit: Int) throws -> Int {
    try read { db in
      var statement = try Prepared(
        db,
        "SELECT count(*) FROM (SELECT 1 FROM ticket WHERE state >= 3 AND updated_at > ? LIMIT \(limit))")
      statement.bind(moment)
      return try statement.step() ? Int(statement.int(0)) : 0
    }
  }

  /// What was learned; nil while nothing was.
  package func learnedModel() throws -> LearnedModel? {
    try read { try cache.value(ConfigurationRows.model, $0) }
  }

  /// In the order of the file.
  package func zones() throws -> [Zone] { try read { try cache.values(.zone, $0) } }

  /// The categories of the store, in the order of the file.
  package func categories() throws -> [Domain.Category] { try read { try cache.categories($0).nodes } }

  /// Does what no person did: adopting what the store learned by itself, or keeping why not.
  ///
  /// - Returns: false where somebody else was quicker.
  @discardableResult
  package func learn(_ attempt: LearnedModel.Attempt, isAdopted: Bool) throws -> Bool {
    let before = try learnedModel()
    let moment = now()
    let id = Steward.id(
      "learn", attempt.files.map(\.digest).joined(), due: moment)
    _ = try perform { _ in
      [
        Operation(
          id: id, actor: Agent.system.id, at: moment,
          action: .configuration(isAdopted ? .adoptModel(attempt) : .refuseModel(attempt)))
      ]
    }
    let isDone = try learnedModel() != before
    if isDone, isAdopted { try forgetModels(since: before) }
    return isDone
  }

  /// Removes files of models that nobody opens any more. Whoever has one mapped keeps it.
  package func forgetModels(since before: LearnedModel?) throws {
    let kept = Set((try learnedModel()?.files ?? []).map(\.digest))
    let old = (before?.files ?? []).map(\.digest).filter { !kept.contains($0) }
    let folder = AttachmentFolder(store: path)
    for digest in old {
      let isAttached = try read { db in
        try RowReader(db: db).first("SELECT 1 FROM attachment WHERE digest = ? LIMIT 1", digest) { $0.int(0) }
          != nil
      }
      if !isAttached { folder.remove(digest) }
    }
  }
}

extension Replica {
  /// The newest closed tickets that are on this desk; see `SharedStore.closedTickets`.
  package func closedTickets(newest limit: Int) throws -> [ClosedTicket] {
    try ClosedTickets.newest(limit, isStopped: { false }, reading: { body in try read(body) })
  }
}
