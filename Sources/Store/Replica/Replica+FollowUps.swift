import Domain
import GRDB

extension Replica {
  /// What customers came back with, counted over the newest `limit` closed tickets that have a category.
  package func followUps(now: Timestamp, limit: Int = 20_000) throws -> FollowUps {
    try read { db in
      var statement = try Prepared(
        db,
        """
        SELECT customer, category, created_at FROM ticket INDEXED BY queue_done \
        WHERE state >= 3 AND category IS NOT NULL AND merged_into IS NULL ORDER BY moment DESC LIMIT ?
        """)
      statement.bind(Int64(limit))
      var visits: [FollowUps.Visit] = []
      while try statement.step() {
        visits.append(
          FollowUps.Visit(customer: statement.key(0), category: statement.key(1), at: statement.moment(2)))
      }
      return FollowUps(visits, now: now)
    }
  }
}
