import Domain
import GRDB

/// Which formats of operations a store understands: its own, and those before it that it can bring up to date.
///
/// Formats only grow from one to the next. A desk whose program is older goes on sending; what it sends is upgraded when it
/// arrives, and stays in the ledger as it was sent, because the same operation may come once more.
struct SchemaRules: Sendable {
  /// Makes the JSON of an operation into that of the next format.
  typealias Step = @Sendable (String) throws -> String

  /// The format that this program writes.
  let current: Int
  /// By the number of the format that is read.
  let steps: [Int: Step]

  /// What the first format could say the second one says in the same way.
  static let known = SchemaRules(current: Operation.currentSchema, steps: [1: { $0 }])

  /// - Throws: `otherSchema` for a format that is newer, or older than anything this program can read.
  func operation(_ payload: String, schema: Int) throws -> Operation {
    guard schema <= current else { throw StoreError.otherSchema(found: schema, known: current) }
    var text = payload
    for number in schema..<current {
      guard let step = steps[number] else { throw StoreError.otherSchema(found: schema, known: current) }
      text = try step(text)
    }
    return try JSON.value(text)
  }
}

extension SharedStore {
  private static let minimumKey = "minimum_schema"

  /// The oldest format of rows that desks must understand to get any.
  func minimumSchema(_ db: Database) throws -> Int { Int(try Meta(db: db).int(Self.minimumKey)) }

  /// From now on desks whose program writes an older format may still send, and get nothing until they are updated. The log
  /// says so.
  func requireSchema(_ number: Int) throws {
    try write { db in
      let meta = Meta(db: db)
      guard try minimumSchema(db) != number else { return }
      try meta.set(Self.minimumKey, Int64(number))
      try AuditLog(db: db).append(
        AuditEntry(.required(schema: Int64(number)), revision: try meta.int("rev"), at: now()))
    }
  }

  /// Desks that were here since a moment and whose last operation has an older format.
  fileprivate func desks(below schema: Int, since moment: Timestamp) throws -> Int64 {
    try read { db in
      var statement = try Prepared(
        db,
        """
        SELECT count(*) FROM
          (SELECT schema, max(rev) FROM operation WHERE received_at >= ? AND desk <> '' GROUP BY desk)
        WHERE schema < ?
        """)
      statement.bind(moment)
      statement.bind(Int64(schema))
      return try statement.step() ? statement.int(0) : 0
    }
  }
}

/// Which format of operations a store asks of the programs of its desks.
package struct SchemaRequirement: Hashable, Sendable {
  /// 0: any.
  package var needed: Int
  package var before: Int
  /// Desks of the last thirty days that would get nothing until they are updated, as far as what they sent last tells.
  package var olderDesks: Int64

  private static let span: Int64 = 30 * 86_400

  /// Asks for the format of this program from now on, or for none.
  ///
  /// - Throws: `newerVersion` and what else opening a store throws.
  package static func set(
    _ isRequired: Bool, path: String, isDryRun: Bool, now: @escaping @Sendable () -> Timestamp = { .now }
  ) throws -> SchemaRequirement {
    if isDryRun {
      // Opening the store of an older program would bring it up to date.
      guard try StoreReader.version(of: path) == Tables.version else {
        return SchemaRequirement(needed: isRequired ? Operation.currentSchema : 0, before: 0, olderDesks: 0)
      }
    }
    let store = try SharedStore(path: path, now: now)
    defer { store.close() }
    let needed = isRequired ? store.schema.current : 0
    let requirement = SchemaRequirement(
      needed: needed, before: try store.read { try store.minimumSchema($0) },
      olderDesks: try store.desks(below: needed, since: now().advanced(seconds: -span)))
    if !isDryRun { try store.requireSchema(needed) }
    return requirement
  }
}
