import Domain
import GRDB

/// What a look at the whole store found.
package struct StoreCheckReport: Sendable {
  /// Something that must not be.
  package enum Problem: Hashable, Sendable, CustomStringConvertible {
    /// In the words of SQLite.
    case file(String)
    /// The ledger has a revision that is newer than the store's.
    case ledgerAhead(revision: Int64, head: Int64)
    /// Revisions that neither an operation nor a load explains.
    case revisionsMissing(count: Int64)
    /// A desk's numbers have a gap, or end elsewhere than the store remembers.
    case sequence(desk: String, operations: Int64, last: Int64)
    /// Rows that are newer than the store.
    case rowsAhead(table: String, revision: Int64, head: Int64)
    /// Rows that belong to something that is not there.
    case orphans(table: String, of: String, count: Int64)
    /// The next ticket number was given already.
    case counter(month: String, last: Int64, highest: Int64)
    case attachmentMissing(digest: String)
    /// The backup that lets desks forget is newer than the store.
    case safeRevisionAhead(revision: Int64, head: Int64)

    package var key: String {
      switch self {
      case .file: "file"
      case .ledgerAhead: "ledger"
      case .revisionsMissing: "revisions"
      case .sequence: "sequence"
      case .rowsAhead: "rows"
      case .orphans: "orphans"
      case .counter: "counter"
      case .attachmentMissing: "attachment"
      case .safeRevisionAhead: "backup"
      }
    }

    /// The facts behind the sentence.
    package var values: KeyValuePairs<String, any CustomStringConvertible> {
      switch self {
      case .file(let words): ["detail": words]
      case .ledgerAhead(let revision, let head), .safeRevisionAhead(let revision, let head):
        ["revision": revision, "head": head]
      case .revisionsMissing(let count): ["count": count]
      case .sequence(let desk, let operations, let last): ["desk": desk, "count": operations, "last": last]
      case .rowsAhead(let table, let revision, let head):
        ["table": table, "revision": revision, "head": head]
      case .orphans(let table, let of, let count): ["table": table, "of": of, "count": count]
      case .counter(let month, let last, let highest): ["month": month, "last": last, "highest": highest]
      case .attachmentMissing(let digest): ["digest": digest]
      }
    }

    package var description: String {
      "\(key) \(values.map { "\($0.key)=\($0.value)" }.joined(separator: " "))"
    }
  }

  package var store: String
  package var epoch: Int64
  package var revision: Int64
  package var operations: Int64
  package var desks: Int64
  package var rows: Int64
  package var problems: [Problem]
}

extension SharedStore {
  /// Looks at every page and at what the ledger, the rows and the counters must agree on. Reads one snapshot; others may work.
  package func check() throws -> StoreCheckReport {
    try read { db in
      try Prepared(db, "BEGIN").run()
      defer { try? Prepared(db, "COMMIT").run() }
      return try StoreCheck(db: db, attachments: AttachmentFolder(store: path)).report()
    }
  }
}

private struct StoreCheck {
  typealias Problem = StoreCheckReport.Problem

  let db: Database
  let attachments: AttachmentFolder

  func report() throws -> StoreCheckReport {
    let facts = try BackupFacts(db)
    var problems = try BackupFacts.problems(db).map(Problem.file)
    problems += try ledger(facts) + sequences() + rows(facts.revision) + orphans() + counters() + files()
    var rows: Int64 = 0
    for kind in Row.Kind.allCases { rows += try number("SELECT count(*) FROM \(kind.table)") }
    return StoreCheckReport(
      store: facts.id, epoch: facts.epoch, revision: facts.revision, operations: facts.operations,
      desks: try number("SELECT count(*) FROM desk"), rows: rows, problems: problems)
  }

  private func number(_ sql: String) throws -> Int64 {
    let statement = try Prepared(db, sql)
    return try statement.step() ? statement.int(0) : 0
  }

  private func ledger(_ facts: BackupFacts) throws -> [Problem] {
    var problems: [Problem] = []
    let newest = try number("SELECT max(rev) FROM operation")
    if newest > facts.revision { problems.append(.ledgerAhead(revision: newest, head: facts.revision)) }
    let meta = Meta(db: db)
    let safe = try meta.int("safe_rev")
    if safe > facts.revision { problems.append(.safeRevisionAhead(revision: safe, head: facts.revision)) }
    // The first revision made the store; loads of many rows count theirs. Stores from before they did cannot be compared.
    if try meta.text("loaded") != nil {
      let missing = facts.revision - 1 - facts.operations - (try meta.int("loaded"))
      if missing != 0 { problems.append(.revisionsMissing(count: missing)) }
    }
    return problems
  }

  private func sequences() throws -> [Problem] {
    try RowReader(db: db).all(
      """
      SELECT d.id, count(o.id), d.last_seq FROM desk AS d LEFT JOIN operation AS o ON o.desk = d.id \
      GROUP BY d.id HAVING count(o.id) <> d.last_seq OR count(DISTINCT o.seq) <> d.last_seq \
        OR max(o.seq) <> d.last_seq \
      UNION ALL SELECT desk, count(*), 0 FROM operation \
      WHERE desk NOT IN (SELECT id FROM desk) GROUP BY desk LIMIT 20
      """
    ) { .sequence(desk: $0.text(0), operations: $0.int(1), last: $0.int(2)) }
  }

  private func rows(_ head: Int64) throws -> [Problem] {
    try (Row.Kind.allCases.map(\.table) + ["removed"]).compactMap { table in
      let newest = try number("SELECT max(rev) FROM \(table)")
      return newest > head ? .rowsAhead(table: table, revision: newest, head: head) : nil
    }
  }

  /// What refers to what; an empty reference is none.
  private static let references = [
    ("entry", "ticket"), ("contact", "ticket"), ("attachment", "ticket"), ("ticket", "customer"),
    ("identity", "customer"), ("product", "customer"), ("customer_order", "customer"), ("bill", "customer"),
  ]

  private func orphans() throws -> [Problem] {
    try Self.references.compactMap { table, of in
      let count = try number(
        """
        SELECT count(*) FROM \(table) AS r WHERE \(of) <> '' \
        AND NOT EXISTS (SELECT 1 FROM \(of) AS t WHERE t.id = r.\(of))
        """)
      return count > 0 ? .orphans(table: table, of: of, count: count) : nil
    }
  }

  private func counters() throws -> [Problem] {
    var highest: [String: Int64] = [:]
    for number in try RowReader(db: db).all(
      "SELECT number FROM ticket WHERE number IS NOT NULL", { $0.text(0) })
    {
      guard let number = TicketNumber(number) else { continue }
      highest[number.month] = max(highest[number.month] ?? 0, number.count)
    }
    return try highest.sorted { $0.key < $1.key }.compactMap { month, highest in
      let last = try RowReader(db: db).first("SELECT last FROM ticket_counter WHERE month = ?", month) {
        $0.int(0)
      }
      return last ?? 0 < highest ? .counter(month: month, last: last ?? 0, highest: highest) : nil
    }
  }

  private func files() throws -> [Problem] {
    let models = try ConfigurationCache().value(ConfigurationRows.model, db, as: LearnedModel.self)
    let kept = try RowReader(db: db).all("SELECT DISTINCT digest FROM attachment") { $0.text(0) }
    return (kept + (models?.files ?? []).map(\.digest))
      .filter { (try? attachments.location($0)) == nil }.prefix(20).map(Problem.attachmentMissing)
  }
}
