import Domain
import Foundation
import GRDB
import Synchronization

/// Search over articles: BM25 over characters, pairs of characters and stems, with title and tags weighing more than the
/// body, on lists that SQLite keeps and this object caches.
///
/// What articles were used for before (`QuestionTable`) is added.
///
/// Evidence is added up (OR): a word that an article lacks costs it points, not its place. Rare terms are scored first;
/// once no article that was not seen yet can reach the results, frequent terms only refine those that were.
package final class KnowledgeIndex: Sendable {
  /// An article and its score, before anything is read for showing it.
  package struct Match: Hashable, Sendable {
    package var row: Int64
    package var id: ArticleID
    package var score: Double
  }

  private let cache: Mutex<KnowledgeCache>
  /// As it was asked for; what a search uses follows the articles.
  let ranking: KnowledgeRanking

  /// `cachedPostings` bounds the memory: four bytes each.
  package convenience init(cachedPostings: Int = 4_000_000) {
    self.init(cachedPostings: cachedPostings, ranking: KnowledgeRanking())
  }

  package init(cachedPostings: Int = 4_000_000, ranking: KnowledgeRanking) {
    cache = Mutex(KnowledgeCache(limit: cachedPostings, ranking: ranking))
    self.ranking = ranking
  }

  /// Articles for `query` as it is being typed, best first. Those of `zone` and in `language` come before others of the
  /// same worth; expired ones are marked and come later; of an article in both languages the better one is listed.
  package func search(
    _ db: Database, _ query: String, zone: ZoneID? = nil, language: Language, today: CivilDate,
    limit: Int = 10
  ) throws -> [ArticleHit] {
    let (plan, ranked) = try ranked(
      db, query, preference: .init(zone: zone, language: language, today: today), limit)
    let marker = MatchMarker(plan)
    return try ranked.map { try hit($0, db, marker, today) }
  }

  /// The order alone, for measuring it.
  package func matches(
    _ db: Database, _ query: String, zone: ZoneID? = nil, language: Language, today: CivilDate,
    limit: Int = 10
  ) throws -> [Match] {
    let preference = KnowledgePreference(zone: zone, language: language, today: today)
    return try ranked(db, query, preference: preference, limit).1.map {
      Match(row: $0.row, id: $0.head.id, score: $0.score)
    }
  }

  /// How a search that found nothing is written down: folded, without personal data, nil when it says nothing.
  package static func missedSearch(_ query: String) -> String? {
    let words = Masking.text(SearchText.string(KnowledgePlan.folded(query)[...])).split(
      whereSeparator: \.isWhitespace)
    let text = words.joined(separator: " ")
    return text.unicodeScalars.count < 2 ? nil : text
  }

  private func ranked(
    _ db: Database, _ query: String, preference: KnowledgePreference, _ limit: Int
  ) throws -> (KnowledgePlan, [RankedArticle]) {
    try cache.withLock { cache in
      try cache.refresh(db)
      let plan = try KnowledgePlan(query, db, &cache)
      let ranked = try cache.rank(plan, db, preference, limit)
      return (plan, ranked)
    }
  }

  private func hit(_ ranked: RankedArticle, _ db: Database, _ marker: MatchMarker, _ today: CivilDate) throws
    -> ArticleHit
  {
    var statement = try Prepared(db, "SELECT body FROM search_article WHERE row = ?")
    statement.bind(ranked.row)
    let body = try statement.step() ? statement.text(0) : ""
    let head = ranked.head
    let excerpt = marker.excerpt(of: body)
    return ArticleHit(
      id: head.id, language: head.language, title: head.title,
      titleMatches: marker.matches(inTitle: head.title),
      excerpt: excerpt.text, excerptMatches: excerpt.matches, zone: head.zone,
      isExpired: head.isExpired(on: today), score: ranked.score)
  }
}

/// Whose results come first when they are of the same worth.
struct KnowledgePreference {
  var zone: ZoneID?
  var language: Language
  var today: CivilDate
}

/// What is known of an article without its text.
struct ArticleHead {
  var id: ArticleID
  var language: Language
  var zone: ZoneID?
  var expires: Int?
  var title: String
  var foldedTitle: [UInt32]

  func isExpired(on day: CivilDate) -> Bool { expires.map { $0 < day.daysSinceEpoch } ?? false }
}

struct RankedArticle {
  var row: Int64
  var head: ArticleHead
  var score: Double

  /// Shows `other` at the place of this one.
  mutating func take(_ other: RankedArticle) { (row, head) = (other.row, other.head) }
}
