import Domain
import GRDB

extension Replica {
  /// Solved tickets that say what a ticket says, and how often each template ended such tickets; of the tickets that this desk
  /// has. A desk that keeps a part asks `DeskConnection.solvedInStore(_:)` besides.
  ///
  /// - Throws: `CancellationError` when nobody waited for it any more.
  package func solvedBefore(
    _ query: SimilarQuery, now: Timestamp, unless isSuperseded: IsSuperseded? = nil
  ) throws -> SolvedBefore {
    try read(unless: isSuperseded) { try SolvedBefore.find($0, query, now: now) }
  }
}

extension SharedStore {
  /// The longest text that is compared.
  private static let longestText = 2000
  private static let mostTickets = 20

  /// How tickets like this one ended, of all there are; nil where there is no index that could be asked.
  func solvedBefore(_ query: SimilarQuery) -> SolvedBefore? {
    var query = query
    query.text = String(query.text.prefix(Self.longestText))
    query.limit = min(query.limit, Self.mostTickets)
    return try? lookIntoIndex { db in try SolvedBefore.find(db, query, now: now()) }
  }
}
