import Domain
import GRDB

/// The rows that one transaction of the replica writes: keeps the pulled versions of what pending operations touch, the
/// counters of the lists, and the search index in step, and knows in the end what is shown differently.
final class ReplicaTransaction {
  let db: Database
  private let cache: ConfigurationCache
  private let reader: RowReader
  private let writer: RowWriter
  private var before: [RowKey: Row?] = [:]
  private var order: [RowKey] = []
  /// Rows that stand in another place than before.
  private var moved = Set<RowKey>()
  /// Set while the replica fills itself again beside its old rows.
  private let renewal: Renewal?

  init(_ db: Database, cache: ConfigurationCache, renewal: Renewal? = nil) {
    self.db = db
    self.cache = cache
    self.renewal = renewal
    reader = RowReader(db: db)
    writer = RowWriter(db: db)
  }

  // MARK: - Pending operations

  /// Applies an operation that the store has not answered to the shown rows.
  ///
  /// - Throws: `Refusal` before anything was written.
  func apply(pending operation: Operation) throws {
    let state = DatabaseState(db: db, cache: cache, numbering: nil)
    // The operation's own time, so that applying it again gives the same rows.
    let changes = try Reducer(state: state, now: operation.at).changes(of: operation)
    for change in changes {
      let (written, removed) = try rows(of: change, db)
      for row in written {
        try keepPulled(row.key)
        try put(row, revision: 0)
      }
      for key in removed {
        try keepPulled(key)
        try remove(key)
      }
    }
  }

  /// Applies every operation again that is not part of the pulled rows yet, in the order in which they were made. One that
  /// the reducer refuses now shows nothing; the store will say the same, and its text is kept.
  ///
  /// `settled` is the newest revision up to which the rows are complete: the cursor when it last was at the head.
  func applyPending(settled: Int64) throws {
    for payload in try pendingPayloads(settled: settled) {
      do {
        try apply(pending: try JSON.value(payload))
      } catch is Refusal {
        continue
      }
    }
  }

  private func pendingPayloads(settled: Int64) throws -> [String] {
    var statement = try Prepared(
      db,
      """
      SELECT seq, payload FROM outbox WHERE state = 0 \
      UNION ALL SELECT seq, payload FROM outbox WHERE state = 1 AND rev > ? AND result = '' ORDER BY seq
      """)
    statement.bind(settled)
    var result: [String] = []
    while try statement.step() { result.append(statement.text(1)) }
    return result
  }

  // MARK: - Pulled rows

  private func keepPulled(_ key: RowKey) throws {
    var known = try Prepared(db, "SELECT 1 FROM pulled WHERE kind = ? AND id = ?")
    known.bind(key.kind.rawValue)
    known.bind(key.id)
    if try known.step() { return }
    var statement = try Prepared(db, "INSERT INTO pulled(kind, id, body) VALUES (?, ?, ?)")
    statement.bind(key.kind.rawValue)
    statement.bind(key.id)
    if let columns = try RowSnapshot(of: key, db) {
      statement.bind(columns.bytes)
    } else {
      statement.bind(nil as String?)
    }
    try statement.run()
  }

  /// Puts every pulled row back in its place: the shown rows are the pulled ones then.
  func restorePulled() throws {
    var kept: [(RowKey, RowSnapshot?)] = []
    do {
      let statement = try Prepared(db, "SELECT kind, id, body FROM pulled")
      while try statement.step() {
        guard let kind = Row.Kind(rawValue: statement.int(0)) else { continue }
        kept.append(
          (
            RowKey(kind, statement.text(1)),
            statement.isNull(2) ? nil : try RowSnapshot(reading: statement.record(2), of: kind)
          ))
      }
    }
    guard !kept.isEmpty else { return }
    for (key, snapshot) in kept {
      try remember(key)
      if let snapshot {
        try snapshot.write(db)
      } else {
        try writer.remove(key)
      }
    }
    try Prepared(db, "DELETE FROM pulled").run()
  }

  /// Writes a row of the store unless a newer version of it is here.
  ///
  /// After a restore revisions begin again: a row of the old history gives way to whatever the store has.
  func put(pulled row: Row, revision: Int64, place: Int64? = nil) throws {
    let key = row.key
    let known = try self.revision(of: key)
    if let renewal, try renew(key) {
      // Its place in the lists is that of the new history.
      if known != nil, !renewal.keeps(place, key.kind) {
        try remove(key)
        moved.insert(key)
      }
    } else if let known, known >= revision {
      return
    }
    try put(row, revision: revision)
  }

  func remove(pulled key: RowKey, revision: Int64) throws {
    guard let known = try self.revision(of: key) else { return }
    if try renewal != nil && !isRenewed(key) || known < revision { try remove(key) }
  }

  // MARK: - Filling again

  /// Marks a row as one of the new history; false when it was marked already.
  private func renew(_ key: RowKey) throws -> Bool {
    var statement = try Prepared(db, "INSERT OR IGNORE INTO renewed(kind, id) VALUES (?, ?) RETURNING 1")
    statement.bind(key.kind.rawValue)
    statement.bind(key.id)
    return try statement.step()
  }

  private func isRenewed(_ key: RowKey) throws -> Bool {
    var statement = try Prepared(db, "SELECT 1 FROM renewed WHERE kind = ? AND id = ?")
    statement.bind(key.kind.rawValue)
    statement.bind(key.id)
    return try statement.step()
  }

  /// Takes a row away that leaves the desk, and what leads to it. A ticket goes before its entries.
  func evict(_ key: RowKey, indexesText: Bool) throws {
    if indexesText { try FindEraser(db: db).erase(key) }
    try remove(key)
  }

  /// Takes away every row that the restored store does not have.
  func sweepOldRows(indexesText: Bool) throws {
    for kind in Row.Kind.allCases {
      var old: [String] = []
      do {
        var statement = try Prepared(
          db, "SELECT id FROM \(kind.table) WHERE id NOT IN (SELECT id FROM renewed WHERE kind = ?)")
        statement.bind(kind.rawValue)
        while try statement.step() { old.append(statement.text(0)) }
      }
      for id in old { try evict(RowKey(kind, id), indexesText: indexesText) }
    }
    try Prepared(db, "DELETE FROM renewed").run()
  }

  private func revision(of key: RowKey) throws -> Int64? {
    try reader.first(Self.revisions[key.kind]!, key.id) { $0.int(0) }
  }

  private static let revisions = Dictionary(
    uniqueKeysWithValues: Row.Kind.allCases.map { ($0, "SELECT rev FROM \($0.table) WHERE id = ?") })

  // MARK: - Writing

  private func put(_ row: Row, revision: Int64) throws {
    try remember(row.key)
    try writer.put(row, revision: revision)
  }

  private func remove(_ key: RowKey) throws {
    try remember(key)
    try writer.remove(key)
  }

  private func remember(_ key: RowKey) throws {
    guard before[key] == nil else { return }
    before[key] = .some(try reader.row(key))
    order.append(key)
  }

  /// Brings counters and search index in step with what was written. Answers the keys of rows that are shown differently.
  func finish(indexesText: Bool) throws -> Set<RowKey> {
    var search = SearchChanges()
    var changed = Set<RowKey>()
    let tally = Tally(db: db)
    for key in order {
      let old = before[key] ?? nil
      let new = try reader.row(key)
      guard old != new || moved.contains(key) else { continue }
      changed.insert(key)
      if key.kind == .ticket { try tally.move(from: old?.ticket, to: new?.ticket) }
      if key.kind == .customer { try tally.move(from: old?.customer, to: new?.customer) }
      try search.add(new, key)
    }
    if indexesText, !changed.isEmpty { try SearchIndexing.update(db, search) }
    return changed
  }
}

extension Row {
  var ticket: Ticket? { if case .ticket(let ticket) = self { ticket } else { nil } }
  var customer: Customer? { if case .customer(let customer) = self { customer } else { nil } }
}

/// A whole row as its table has it, to be put back later with its place and every column.
struct RowSnapshot {
  private let kind: Row.Kind
  private let columns: [ColumnValue]

  /// Nil when there is no such row.
  init?(of key: RowKey, _ db: Database) throws {
    var statement = try Prepared(db, Self.selects[key.kind]!)
    statement.bind(key.id)
    guard try statement.step() else { return nil }
    kind = key.kind
    var columns: [ColumnValue] = []
    for column in 0..<statement.columnCount { columns.append(statement.value(column)) }
    self.columns = columns
  }

  init(reading record: RecordReader, of kind: Row.Kind) throws {
    var record = record
    var columns: [ColumnValue] = []
    for _ in 0..<record.count() {
      switch record.int() {
      case 1: columns.append(.integer(record.int()))
      case 2: columns.append(.real(Double(bitPattern: UInt64(bitPattern: record.int()))))
      case 3: columns.append(.text(record.text()))
      case 4: columns.append(.blob(record.data()))
      default: columns.append(.null)
      }
    }
    try record.check("pulled", kind.table)
    self.kind = kind
    self.columns = columns
  }

  var bytes: [UInt8] {
    var record = RecordWriter()
    record.put(columns.count)
    for column in columns {
      switch column {
      case .null: record.put(0)
      case .integer(let value):
        record.put(1)
        record.put(value)
      case .real(let value):
        record.put(2)
        record.put(Int64(bitPattern: value.bitPattern))
      case .text(let value):
        record.put(3)
        record.put(value)
      case .blob(let value):
        record.put(4)
        record.put(value)
      }
    }
    return record.bytes
  }

  func write(_ db: Database) throws {
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    var statement = try Prepared(db, "INSERT OR REPLACE INTO \(kind.table) VALUES (\(places))")
    for column in columns { statement.bind(column) }
    try statement.run()
  }

  private static let selects = Dictionary(
    uniqueKeysWithValues: Row.Kind.allCases.map { ($0, "SELECT * FROM \($0.table) WHERE id = ?") })
}
