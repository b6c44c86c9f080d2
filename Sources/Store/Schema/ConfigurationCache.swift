import Domain
import GRDB
import Synchronization

/// Zones, templates and the category tree as values: decoded once, and again when their stored text has another digest.
final class ConfigurationCache: Sendable {
  private struct Item {
    var digest: Int64
    var value: any Sendable
  }

  private let items = Mutex<[String: Item]>([:])

  /// The value of one row; nil when there is no such row.
  func value<Value: Decodable & Sendable>(_ id: String, _ db: Database, as _: Value.Type = Value.self) throws
    -> Value?
  {
    var statement = try Prepared(db, "SELECT digest FROM configuration WHERE id = ?")
    statement.bind(id)
    guard try statement.step() else { return nil }
    return try value(id, digest: statement.int(0), db)
  }

  /// All values of a kind, in the order of their files; of one zone where it is given.
  func values<Value: Decodable & Sendable>(
    _ kind: ConfigurationRow.Kind, zone: ZoneID? = nil, _ db: Database, as _: Value.Type = Value.self
  ) throws -> [Value] {
    var keys: [(String, Int64)] = []
    do {
      var statement = try Prepared(
        db,
        "SELECT id, digest FROM configuration WHERE kind = ?\(zone == nil ? "" : " AND zone = ?") ORDER BY position, id"
      )
      statement.bind(kind.rawValue)
      if let zone { statement.bind(zone) }
      while try statement.step() { keys.append((statement.text(0), statement.int(1))) }
    }
    return try keys.compactMap { try value($0.0, digest: $0.1, db) }
  }

  private func value<Value: Decodable & Sendable>(_ id: String, digest: Int64, _ db: Database) throws
    -> Value?
  {
    if let item = items.withLock({ $0[id] }), item.digest == digest, let value = item.value as? Value {
      return value
    }
    guard
      let body = try RowReader(db: db).first(
        "SELECT body FROM configuration WHERE id = ?", id, { $0.text(0) })
    else { return nil }
    let value: Value = try JSON.value(body)
    items.withLock { $0[id] = Item(digest: digest, value: value) }
    return value
  }

  func categories(_ db: Database) throws -> CategoryTree {
    try value(ConfigurationRows.categories, db, as: CategoryTree.self) ?? CategoryTree(nodes: [])
  }
}

/// The category tree with a way to find a node.
struct CategoryTree: Codable, Sendable {
  let nodes: [Domain.Category]
  private let places: [CategoryID: Int]

  init(nodes: [Domain.Category]) {
    self.nodes = nodes
    places = Dictionary(nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  init(from decoder: any Decoder) throws {
    self.init(nodes: try decoder.singleValueContainer().decode([Domain.Category].self))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(nodes)
  }

  subscript(id: CategoryID) -> Domain.Category? { places[id].map { nodes[$0] } }

  /// From the root to `id`. A tree that names itself as its parent ends there.
  func path(to id: CategoryID?) -> [Domain.Category] {
    var path: [Domain.Category] = []
    var next = id
    while let id = next, let node = self[id], path.count < 16 {
      path.insert(node, at: 0)
      next = node.parent
    }
    return path
  }
}
