import Domain
import GRDB

/// What a desk keeps that does not keep everything.
///
/// A ticket is here because it is in the scope, or as a *visitor*: it was fetched because somebody opened it, and goes when it
/// changes elsewhere, when it was not looked at for a week, or when there are too many. Nothing goes that has a draft or an
/// operation which the store has not answered.
extension Replica {
  private static let windowKey = "window"
  static let sinceKey = "scope_since"

  /// Makes the table of visitors, in files from before there was one.
  static func createVisitors(_ db: Database) throws {
    try Prepared(
      db,
      """
      CREATE TABLE IF NOT EXISTS visitor(
        kind INTEGER NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, state INTEGER NOT NULL,
        PRIMARY KEY(kind, id)) WITHOUT ROWID
      """
    ).run()
  }

  private func window(_ db: Database) throws -> DeskWindow? {
    try Meta(db: db).text(Self.windowKey).map { try JSON.value($0) }
  }

  /// Nil: everything.
  func scope(at now: Timestamp, _ db: Database) throws -> DeskScope? {
    try window(db)?.scope(at: now, earliest: Meta(db: db).int(Self.sinceKey))
  }

  package func scope(at now: Timestamp) throws -> DeskScope? { try read { try scope(at: now, $0) } }

  static func begin(_ window: DeskWindow?, _ db: Database) throws {
    try Meta(db: db).set(windowKey, window.map { try JSON.text($0) })
  }

  /// Keeps another part of the store from now on: everything comes again beside the old rows, and what is not part of it
  /// goes when all has come and nothing waits.
  func setWindow(_ window: DeskWindow?) throws {
    guard try read({ try self.window($0) }) != window else { return }
    _ = try write(durably: true) { db in
      let meta = Meta(db: db)
      let renewal = try self.renewal(db) ?? .sameHistory
      let transaction = ReplicaTransaction(db, cache: cache, renewal: renewal)
      try transaction.restorePulled()
      try Self.begin(window, db)
      try meta.set(Self.sinceKey, 0)
      try meta.set("cursor", 0)
      try meta.set(Self.renewalKey, try JSON.text(renewal))
      try Prepared(db, "DELETE FROM renewed").run()
      try transaction.applyPending(settled: try meta.int("settled"))
      return try transaction.finish(indexesText: indexesText)
    }
  }

  /// Whether all of a ticket is here.
  package func isWhole(_ ticket: TicketID) throws -> Bool {
    try read { db in try ScopeKeeper.isWhole(ticket.text, db) }
  }

  /// Tickets that have to be asked for before an answer can be taken: they came into the scope with a part of them only, or
  /// must stay although they left it.
  func wanted(_ reply: PullReply) throws -> [TicketID] {
    try read { db in
      let pinned = try ScopeKeeper.pinned(db)
      let gone = Set(reply.evictions ?? [])
      var wanted: [TicketID] = []
      // Those come whole by themselves.
      if try renewal(db) == nil {
        wanted += try (reply.partial ?? []).filter {
          try gone.contains($0) || !ScopeKeeper.isWhole($0.text, db)
        }
      }
      wanted += pinned.filter { ticket in gone.contains(ticket) && !wanted.contains(ticket) }
      wanted += try pinned.filter { try !ScopeKeeper.isWhole($0.text, db) && !wanted.contains($0) }
      // What changed of a customer outside the scope (a bill that money was given back on) comes with a ticket that stays: one
      // of the customer, or of somebody who was merged into the customer, whose bills the ticket shows.
      let people = Set(reply.evictedCustomers ?? [])
      if !people.isEmpty {
        wanted += try pinned.filter { ticket in
          try !people.isDisjoint(with: ScopeKeeper.people(of: ticket, db))
        }
      }
      return Array(Set(wanted)).sorted { $0.text < $1.text }
    }
  }

  /// Whether days have passed, so that tickets leave without having changed.
  func isSweepDue(_ scope: DeskScope?) throws -> Bool {
    guard let scope else { return false }
    return try read { try Meta(db: $0).int(Self.sinceKey) } < scope.since.milliseconds
  }

  /// Keeps rows that were fetched beside those of the feed.
  func keep(_ fetched: [Fetched], at now: Timestamp) throws -> Set<RowKey> {
    try write(durably: false) { db in
      let meta = Meta(db: db)
      guard let scope = try scope(at: now, db) else { return [] }
      let transaction = ReplicaTransaction(db, cache: cache, renewal: try renewal(db))
      try transaction.restorePulled()
      let keeper = try ScopeKeeper(transaction, scope, indexesText: indexesText, now: now)
      for reply in fetched { try keeper.put(reply) }
      try keeper.tidy()
      try transaction.applyPending(settled: try meta.int("settled"))
      return try transaction.finish(indexesText: indexesText)
    }
  }
}

/// An answer to what a desk asked for beyond the feed.
struct Fetched {
  var subject: FetchRequest.Subject
  var items: [PullReply.Item]

  /// Whether a ticket comes with all that belongs to it.
  var isWhole: Bool {
    switch subject {
    case .ticket, .ticketNumber: true
    default: false
    }
  }
}
