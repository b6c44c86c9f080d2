import Domain
import GRDB

/// Fills an empty replica: with `file:` whole tables are copied from the store's file at one revision, over a connection they
/// come page by page as of one revision. Indexes are made afterwards, and from there on the replica follows the feed like any
/// other.
struct FirstFill {
  let store: any StoreService
  let desk: String
  /// Nil: everything.
  var window: DeskWindow? = nil
  var now = Timestamp.now

  private var scope: DeskScope? { window?.scope(at: now, earliest: 0) }

  /// `progress` gets the part that is done, 0 to 1.
  func run(_ db: Database, progress: (Double) throws -> Void) throws {
    guard let file = store.fillFile else {
      return try transaction(db) { try fill(db, progress, from: .pages) }
    }
    var attach = try Prepared(db, "ATTACH DATABASE ? AS source")
    attach.bind(file)
    try attach.run()
    defer { try? Prepared(db, "DETACH DATABASE source").run() }
    try transaction(db) { try fill(db, progress, from: .attachedFile) }
  }

  private enum Source { case attachedFile, pages }

  /// Deferred on purpose: an immediate transaction would take the write lock of the store as well.
  private func transaction(_ db: Database, _ body: () throws -> Void) throws {
    try Prepared(db, "BEGIN").run()
    do {
      try body()
      try Prepared(db, "COMMIT").run()
    } catch {
      try? Prepared(db, "ROLLBACK").run()
      throw error
    }
  }

  private func fill(_ db: Database, _ progress: (Double) throws -> Void, from source: Source) throws {
    try dropIndexes(db)
    let (head, epoch, log) =
      switch source {
      case .attachedFile: try copy(db, progress)
      case .pages: try fetch(db, progress)
      }
    var done = Self.shareOfRows
    let indexes = Tables.uniqueIndexes + Tables.sharedIndexes + Tables.deskIndexes
    for index in indexes {
      try db.execute(sql: index)
      done += 0.25 / Double(indexes.count)
      try progress(done)
    }
    try Tally(db: db).rebuild()
    let left = 1 - done
    try Replica.rebuildSearch(db) { try progress(1 - left + left * $0) }
    let meta = Meta(db: db)
    try meta.set("store_id", store.id)
    try meta.set("purpose", store.purpose.rawValue)
    try meta.set("desk", desk)
    try meta.set("epoch", epoch)
    try meta.set("cursor", head)
    try meta.set("settled", head)
    try meta.set("sequence", 0)
    try Replica.begin(window, db)
    // The log as it was at this head: whoever rewrites it later has to explain this entry.
    if let log { try WitnessTable(db: db).follow(log, body: nil, epoch: epoch) }
    try progress(1)
  }

  /// Shares of the time, as measured with a million tickets.
  private static let shares: [Row.Kind: Double] = [
    .entry: 0.2, .ticket: 0.1, .contact: 0.05, .customer: 0.01,
  ]
  private static let shareOfRows = Row.Kind.allCases.reduce(0) { $0 + (shares[$1] ?? 0.002) }

  private func copy(_ db: Database, _ progress: (Double) throws -> Void) throws -> (
    head: Int64, epoch: Int64, log: AuditHead?
  ) {
    func source(_ key: String) throws -> Int64 {
      try RowReader(db: db).first("SELECT value FROM source.meta WHERE key = ?", key) { $0.int(0) } ?? 0
    }
    let (head, epoch) = (try source("rev"), try source("epoch"))
    try AdminKey.learn(
      try RowReader(db: db).first("SELECT value FROM source.meta WHERE key = ?", AdminKey.name) {
        $0.text(0)
      },
      db)
    var done = 0.0
    // Tickets first: what belongs to a part of them is found by them.
    for kind in [.ticket] + Row.Kind.allCases.filter({ $0 != .ticket }) {
      try copy(kind, db)
      done += Self.shares[kind] ?? 0.002
      try progress(done)
    }
    let last = try RowReader(db: db).all("SELECT n, hash FROM source.audit ORDER BY n DESC LIMIT 1") {
      AuditHead(number: $0.int(0), hash: AuditHash(bytes: $0.blob(1)))
    }
    return (head, epoch, last.first)
  }

  private func copy(_ kind: Row.Kind, _ db: Database) throws {
    let table = kind.table
    // By name: the table of a newer store may have more of them.
    let columns = try RowReader(db: db).all("SELECT name FROM pragma_table_info('\(table)', 'main')") {
      $0.text(0)
    }.joined(separator: ", ")
    func insert(where condition: String) throws -> Prepared {
      try Prepared(
        db, "INSERT INTO main.\(table)(\(columns)) SELECT \(columns) FROM source.\(table) WHERE \(condition)")
    }
    guard let scope else { return try insert(where: "1").run() }
    switch kind {
    case .ticket:
      var statement = try insert(where: ScopeFilter.condition)
      scope.bind(to: &statement)
      try statement.run()
    case .contact, .entry, .attachment: try insert(where: "ticket IN (SELECT id FROM main.ticket)").run()
    case .customer:
      try insert(where: "id IN (SELECT customer FROM main.ticket)").run()
      // Whoever they were merged into, and those in turn.
      for _ in 0..<16 {
        try insert(
          where: """
            id IN (SELECT merged_into FROM main.customer WHERE merged_into IS NOT NULL)
            AND id NOT IN (SELECT id FROM main.customer)
            """
        ).run()
      }
    case .identity, .product, .order, .bill, .disclosure:
      try insert(where: "customer IN (SELECT id FROM main.customer)").run()
    case .agent, .configuration, .missedSearch: try insert(where: "1").run()
    }
  }

  /// What changes while the pages come has a revision above the head and is left out of them: the feed brings it.
  private func fetch(_ db: Database, _ progress: (Double) throws -> Void) throws -> (
    head: Int64, epoch: Int64, log: AuditHead?
  ) {
    let (head, epoch) = try store.beginning()
    let log = try store.audit(AuditRequest(store: store.id, epoch: epoch, after: nil)).head
    let writer = RowWriter(db: db, isLoading: true)
    var done = 0.0
    for kind in Row.Kind.allCases {
      var request = FillRequest(kind: kind.rawValue, after: 0, head: head, scope: scope)
      let share = Self.shares[kind] ?? 0.002
      // How many pages there are is not known: each takes half of what is left of this kind's share.
      var part = 0.0
      while true {
        let page = try store.fill(request)
        for item in page.items {
          guard item.row.key.kind == kind else { throw StoreError.wrongFrame(.body) }
          try writer.put(item.row, revision: item.revision)
        }
        if page.isLast { break }
        guard page.last > request.after else { throw StoreError.wrongFrame(.body) }
        request.after = page.last
        part += (1 - part) / 2
        try progress(done + share * part)
      }
      done += share
      try progress(done)
    }
    return (head, epoch, log)
  }

  /// The indexes that `Tables` makes; those of the search and of primary keys stay.
  private func dropIndexes(_ db: Database) throws {
    let names = Set(
      (Tables.uniqueIndexes + Tables.sharedIndexes + Tables.deskIndexes).compactMap(Tables.name(ofIndex:)))
    for name in try RowReader(db: db).all(
      "SELECT name FROM main.sqlite_master WHERE type = 'index'", { $0.text(0) })
    where names.contains(name) {
      try db.execute(sql: "DROP INDEX main.\(name)")
    }
  }
}
