import Domain
import GRDB

extension SolvedBefore {
  /// Tickets that most templates are read from.
  private static let leastCompared = 20

  /// How tickets like this one ended, by what the lists in `db` lead to.
  static func find(_ db: Database, _ query: SimilarQuery, now: Timestamp) throws -> SolvedBefore {
    var wide = query
    wide.limit = max(query.limit, leastCompared)
    let tickets = try SimilarFinder(db).find(wide, now: now)
    var counts = try ClosingTally(db).counts(query.zone, query.category, now: now)
    for template in tickets.compactMap(\.template) {
      counts[
        template,
        default: TemplateCount(template: template, last30Days: 0, last90Days: 0, similar: 0)
      ].similar += 1
    }
    return SolvedBefore(
      tickets: Array(tickets.prefix(max(0, query.limit))),
      templates: counts.values.sorted {
        ($0.last30Days, $0.last90Days, $0.similar, $1.template)
          > ($1.last30Days, $1.last90Days, $1.similar, $0.template)
      })
  }
}
