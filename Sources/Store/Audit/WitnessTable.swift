import Domain
import GRDB

/// What a desk remembers of the store's log: the entries that it has followed, and heads that it was told about since. The
/// newest few thousand one by one, older ones every 256th, for ever: thousands of desks together are what nobody can rewrite.
struct WitnessTable {
  static let kept: Int64 = 4096
  static let sparse: Int64 = 256

  let db: Database

  /// The last entry up to which this desk has checked every link; nil while it has checked none in this epoch.
  func followed(epoch: Int64) throws -> AuditHead? {
    var statement = try Prepared(
      db,
      "SELECT n, hash FROM witness WHERE epoch = ? AND digest IS NOT NULL ORDER BY n DESC LIMIT 1")
    statement.bind(epoch)
    guard try statement.step() else { return nil }
    return AuditHead(number: statement.int(0), hash: AuditHash(bytes: statement.blob(1)))
  }

  /// The newest entry that this desk has heard of.
  func newest(epoch: Int64) throws -> AuditHead? {
    var statement = try Prepared(
      db, "SELECT n, hash FROM witness WHERE epoch = ? ORDER BY n DESC LIMIT 1")
    statement.bind(epoch)
    guard try statement.step() else { return nil }
    return AuditHead(number: statement.int(0), hash: AuditHash(bytes: statement.blob(1)))
  }

  func hash(of number: Int64, epoch: Int64) throws -> AuditHash? {
    var statement = try Prepared(db, "SELECT hash FROM witness WHERE epoch = ? AND n = ?")
    statement.bind(epoch)
    statement.bind(number)
    return try statement.step() ? AuditHash(bytes: statement.blob(0)) : nil
  }

  /// A head that came with an answer: what it is chained to is checked later.
  func hear(_ head: AuditHead, epoch: Int64) throws {
    var statement = try Prepared(
      db, "INSERT OR IGNORE INTO witness(epoch, n, hash) VALUES (?, ?, ?)")
    statement.bind(epoch)
    statement.bind(head.number)
    statement.bind(head.hash.bytes)
    try statement.run()
  }

  /// An entry that the desk has checked, or the one at which it starts.
  func follow(_ head: AuditHead, body: [UInt8]?, epoch: Int64) throws {
    var statement = try Prepared(
      db,
      "INSERT OR REPLACE INTO witness(epoch, n, hash, digest, operation) VALUES (?, ?, ?, ?, ?)")
    statement.bind(epoch)
    statement.bind(head.number)
    statement.bind(head.hash.bytes)
    statement.bind(body.map(Self.digest) ?? [])
    if let body, let entry = AuditEntry(body: body), case .operation(let operation) = entry.event {
      statement.bind(operation.id)
    } else {
      statement.bind(nil as String?)
    }
    try statement.run()
  }

  /// Enough of a body's digest to see that it is still the same one.
  static func digest(_ body: [UInt8]) -> [UInt8] {
    Array(AuditHash.entry(0, after: .none, body).bytes.prefix(8))
  }

  func thin(below number: Int64, epoch: Int64) throws {
    var statement = try Prepared(
      db, "DELETE FROM witness WHERE epoch = ? AND n < ? AND n % ? <> 0")
    statement.bind(epoch)
    statement.bind(number - Self.kept)
    statement.bind(Self.sparse)
    try statement.run()
  }
}
