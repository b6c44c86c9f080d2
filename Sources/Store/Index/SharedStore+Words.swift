import Domain
import GRDB

/// What the store found in texts for a desk that does not have them.
package struct FoundWords: Hashable, Codable, Sendable {
  /// Tickets, newest first. Personal data is masked.
  package var hits: [FindHit]
  /// The revision up to which texts were looked through; nil: there is no index that could be asked.
  package var indexed: Int64?
  /// Set where changes of more than a few seconds ago were not looked through: those since this moment.
  package var upTo: Timestamp?

  static let nothing = FoundWords(hits: [], indexed: nil, upTo: nil)
}

extension SharedStore {
  private static let mostHits = 50
  /// Milliseconds by which the index may be late without a word.
  private static let patience: Int64 = 10_000

  /// Tickets whose texts hold what was typed. The index may be missing, be made just now or be damaged: then nothing is found
  /// and the answer says so, because no desk depends on it.
  func foundWords(_ text: String) -> FoundWords {
    (try? look { index in
      try index.read { db -> FoundWords in
        guard let state = try usable(StoreIndex.state(db), db) else { return .nothing }
        let hits = try FindIndex().find(db, String(text.prefix(Self.longestText)), limit: Self.mostHits)
        return FoundWords(
          hits: hits.filter { if case .ticket = $0.target { true } else { false } }, indexed: state.revision,
          upTo: try late(state, db))
      }
    }) ?? .nothing
  }

  /// A search in an index that can be used; nil where there is none.
  func lookIntoIndex<Result: Sendable>(_ body: (Database) throws -> Result) throws -> Result? {
    try look { index in
      try index.read { db in try usable(StoreIndex.state(db), db) == nil ? nil : body(db) }
    }
  }

  private static let longestText = 200

  /// The revision up to which the index goes; nil where there is none that can be used.
  package func indexedRevision() -> Int64? {
    try? look { index in try index.read { db in try usable(StoreIndex.state(db), db)?.revision } }
  }

  /// Of another store or another history it says nothing.
  private func usable(_ state: StoreIndex.State?, _ db: Database) throws -> StoreIndex.State? {
    guard let state, state.store == id, try state.epoch == Meta(db: db).int("epoch") else { return nil }
    return state
  }

  /// Since when the index is behind; nil where that is only a moment.
  private func late(_ state: StoreIndex.State, _ db: Database) throws -> Timestamp? {
    var statement = try Prepared(db, "SELECT received_at FROM operation WHERE rev > ? ORDER BY rev LIMIT 1")
    statement.bind(state.revision)
    guard try statement.step() else { return nil }
    let since = statement.moment(0)
    return now() - since > Self.patience ? since : nil
  }

  /// Whoever looks finds out first that pages cannot be read: then the file goes, and is made anew by whoever keeps it.
  private func look<Result: Sendable>(_ body: (StoreIndex) throws -> Result?) throws -> Result? {
    try words.withLock { opened in
      if opened?.isGone == true {
        opened?.close()
        opened = nil
      }
      do {
        let index = try opened ?? StoreIndex(of: self, isWriting: false)
        opened = index
        return try body(index)
      } catch let error as StoreError where error.isDamage {
        opened?.close()
        opened = nil
        let path = StoreIndex.path(of: path)
        _ = try Turnstile(store: path).holdIfFree { StoreIndex.discard(path) }
        throw error
      }
    }
  }

  func closeWords() {
    words.withLock { opened in
      opened?.close()
      opened = nil
    }
  }
}
