import Domain
import Foundation
import GRDB

/// How well knowledge search ranks somebody's own texts: the three files that retrieval sets come in.
///
/// `corpus.jsonl` has `_id`, `title` (may be missing) and `text`; `queries.jsonl` has `_id` and `text`; `qrels.tsv` has a head
/// and then `query-id`, `corpus-id`, `score`, where a score above 0 means relevant. A query that stands in the corpus itself
/// (the same `_id`) is not counted as its own answer. Queries without a relevant text are left out.
///
/// What a team leaves behind may come with them: `clicks` has lines of JSON with `text`, `article`, and where known `use` (opened,
/// inserted, closed) and `days` (so long ago); `solved` has lines with `text` and `reply`, tickets of before. With `solved` every
/// query is asked as an open ticket is, else as if it was typed.
package struct KnowledgeEvaluation: Hashable, Codable, Sendable {
  /// What is wrong with the files.
  package enum Problem: Error, Hashable, Sendable {
    case unreadable(file: String)
    /// The line is not JSON, or lacks a key.
    case badLine(file: String, line: Int)
    case noQueries

    package func sentence(_ words: StringCatalogue) -> String {
      switch self {
      case .unreadable(let file): words("error.evaluation.unreadable", ["file": file])
      case .badLine(let file, let line): words("error.evaluation.badLine", ["file": file, "line": line])
      case .noQueries: words("error.evaluation.noQueries")
      }
    }
  }

  package var articles: Int
  package var queries: Int
  /// The mean of 1 / place of the first relevant text among the first ten.
  package var meanReciprocalRank: Double
  /// Found relevant ÷ min(relevant, 10), the mean over queries.
  package var recall: Double
  /// Found relevant ÷ relevant among the first hundred, the mean over queries.
  package var recallOfHundred: Double
  /// Discounted gain of the first ten against the best possible order.
  package var normalizedGain: Double
  /// Of each query that was counted, in the order of its file.
  package var gains: [Double] = []
  /// Microseconds for one search.
  package var medianMicroseconds: Double
  package var p95Microseconds: Double

  private enum CodingKeys: String, CodingKey {
    case articles, queries
    case meanReciprocalRank = "mrr_at_10"
    case recall = "recall_at_10"
    case recallOfHundred = "recall_at_100"
    case normalizedGain = "ndcg_at_10"
    case gains
    case medianMicroseconds = "p50_us"
    case p95Microseconds = "p95_us"
  }

  /// Indexes `corpus` in memory, asks every query once and compares with `qrels`. All of them are paths.
  package init(
    corpus: String, queries: String, qrels: String, clicks: String? = nil, solved: String? = nil,
    ranking: KnowledgeRanking = KnowledgeRanking()
  ) throws {
    let set = try RelevanceSet(
      corpus: corpus, queries: queries, qrels: qrels, clicks: clicks, solved: solved)
    self = try set.measure(ranking)
  }

  init(articles: Int, queries: Int) {
    (self.articles, self.queries) = (articles, queries)
    (meanReciprocalRank, recall, normalizedGain, recallOfHundred) = (0, 0, 0, 0)
    (medianMicroseconds, p95Microseconds) = (0, 0)
  }

  mutating func add(_ found: [String], _ relevant: Set<String>) {
    let places = found.indices.filter { relevant.contains(found[$0]) }
    if let first = places.first { meanReciprocalRank += 1 / Double(first + 1) }
    let most = min(relevant.count, 10)
    recall += Double(places.count) / Double(most)
    let best = (0..<most).reduce(0) { $0 + 1 / log2(Double($1) + 2) }
    let gain = places.reduce(0) { $0 + 1 / log2(Double($1) + 2) } / best
    normalizedGain += gain
    gains.append(gain)
  }

  mutating func finish(_ times: [Double]) {
    let count = Double(queries)
    meanReciprocalRank /= count
    recall /= count
    recallOfHundred /= count
    normalizedGain /= count
    let times = times.sorted()
    medianMicroseconds = times[times.count / 2]
    p95Microseconds = times[min(times.count - 1, times.count * 95 / 100)]
  }
}
