import Domain
import GRDB

/// What a restore did to the history of a store: written by `StoreRestore`, told to every desk that comes back.
package struct Restoration: Hashable, Codable, Sendable {
  /// The history that began with it.
  package var epoch: Int64
  package var at: Timestamp
  /// The revision of the backup: up to here the old history and the new one are the same.
  package var revision: Int64
  /// The history that ended, and the newest revision it had; nil where its file was missing or could not be read.
  package var oldEpoch: Int64?
  package var oldHead: Int64?
  /// How far the log of that history was.
  package var oldAuditHead: AuditHead?
  /// The largest place (`row`) of each table up to which both histories are the same; a table that is not there has none.
  package var places: [String: Int64]
  /// Ed25519 of all of this and the store's id, and the public key that checks it, as base64; see `RestorationSigning`. Nil
  /// in what an older program restored.
  package var key: String? = nil
  package var signature: String? = nil

  /// What desks have to send again; nil when nothing is missing, as far as is known.
  package var lost: ClosedRange<Int64>? {
    guard let oldHead, oldHead > revision else { return nil }
    return revision + 1...oldHead
  }
}

extension Restoration {
  private static let key = "restoration"

  static func key(_ epoch: Int64) -> String { "\(key).\(epoch)" }

  /// Every restore since `epoch`, oldest first.
  static func all(after epoch: Int64, _ db: Database) throws -> [Restoration] {
    try RowReader(db: db).all("SELECT value FROM meta WHERE key LIKE '\(key).%'") { $0.text(0) }
      .map { try JSON.value($0, as: Restoration.self) }
      .filter { $0.epoch > epoch }.sorted { $0.epoch < $1.epoch }
  }
}

/// What a desk has to know of the restores that it missed, while it fills itself again.
struct Renewal: Hashable, Codable {
  /// Up to which revision both histories are the same.
  var revision: Int64
  /// Rows behind these places are in another order than before.
  var places: [String: Int64]

  /// Nothing is known: nothing stays in its place.
  static let unknown = Renewal(revision: 0, places: [:])

  /// Nothing was lost: every row stays in its place.
  static let sameHistory = Renewal(
    revision: 1 << 60, places: Dictionary(uniqueKeysWithValues: Row.Kind.allCases.map { ($0.table, 1 << 60) })
  )

  init(revision: Int64, places: [String: Int64]) { (self.revision, self.places) = (revision, places) }

  init(_ restorations: [Restoration]) {
    guard let first = restorations.first else {
      self = .unknown
      return
    }
    self = restorations.dropFirst().reduce(Renewal(revision: first.revision, places: first.places)) {
      $0.and(Renewal(revision: $1.revision, places: $1.places))
    }
  }

  /// What holds after both.
  func and(_ other: Renewal) -> Renewal {
    Renewal(
      revision: min(revision, other.revision),
      places: places.merging(other.places, uniquingKeysWith: min).filter {
        places[$0.key] != nil && other.places[$0.key] != nil
      })
  }

  /// Whether a row that the store has at `place` stands there in both histories.
  func keeps(_ place: Int64?, _ kind: Row.Kind) -> Bool {
    guard let place, let last = places[kind.table] else { return false }
    return place <= last
  }
}
