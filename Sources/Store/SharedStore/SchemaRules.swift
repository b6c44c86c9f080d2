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

  /// There is no older format yet.
  static let known = SchemaRules(current: Operation.currentSchema, steps: [:])

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

  /// From now on desks whose program writes an older format may still send, and get nothing until they are updated.
  func requireSchema(_ number: Int) throws {
    try write { try Meta(db: $0).set(Self.minimumKey, Int64(number)) }
  }
}
