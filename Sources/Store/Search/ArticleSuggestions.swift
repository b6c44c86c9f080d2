import Domain
import GRDB

/// Articles for a ticket before anything is typed: what its text finds, what the name of its category finds, and what the
/// answers find that solved similar tickets.
///
/// Each search gives every article a share of its best score; shares are added up. An answer counts as much as its ticket is
/// similar, so that an article which nobody's question resembles is found through what colleagues wrote before. An article that is
/// there in both languages is one article, whichever of them each search finds; it is listed in `language` where that was found.
struct ArticleSuggestions {
  /// Against the text of the ticket.
  static let categoryWeight = 0.6
  private static let mostAnswers = 4

  let db: Database
  let index: KnowledgeIndex
  let language: Language
  let today: CivilDate
  /// Articles that each search may bring.
  var candidates = 30

  func find(_ query: SimilarQuery, category: String?, now: Timestamp, limit: Int) throws -> [ArticleHit] {
    var hits: [ArticleID: ArticleHit] = [:]
    var scores: [ArticleID: Double] = [:]
    func add(_ text: String, _ weight: Double) throws {
      guard weight > 0, !text.isEmpty else { return }
      let found = try index.search(
        db, text, zone: query.zone, language: language, today: today, limit: candidates)
      guard let best = found.first?.score, best > 0 else { return }
      for hit in found {
        if hits[hit.id].map({ $0.language != language && hit.language == language }) ?? true {
          hits[hit.id] = hit
        }
        scores[hit.id, default: 0] += weight * hit.score / best
      }
    }
    try add(query.text, 1)
    try add(category ?? "", Self.categoryWeight)
    guard index.ranking.answersWeight > 0 else { return best(scores, hits, limit) }
    var wide = query
    wide.limit = Self.mostAnswers
    let similar = try SimilarFinder(db).find(wide, now: now).filter { !$0.words.isEmpty }
    let all = similar.reduce(0) { $0 + $1.score }
    for ticket in similar where all > 0 {
      try add(try answer(on: ticket.id), Double(index.ranking.answersWeight) * ticket.score / all)
    }
    return best(scores, hits, limit)
  }

  private func best(_ scores: [ArticleID: Double], _ hits: [ArticleID: ArticleHit], _ limit: Int)
    -> [ArticleHit]
  {
    let order = scores.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    return order.prefix(limit).compactMap { id, score in
      hits[id].map { hit in
        var hit = hit
        hit.score = score
        return hit
      }
    }
  }

  /// What the customer was told last.
  private func answer(on ticket: TicketID) throws -> String {
    var replies = try Prepared(
      db,
      "SELECT body FROM entry WHERE ticket = ? AND kind = 1 AND body <> '' ORDER BY at DESC, row DESC LIMIT 1"
    )
    replies.bind(ticket)
    return try replies.step() ? replies.text(0) : ""
  }
}
