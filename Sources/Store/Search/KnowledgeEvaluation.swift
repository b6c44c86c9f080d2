import Domain
import Foundation
import GRDB

/// How well knowledge search ranks somebody's own texts: the three files that retrieval sets come in.
///
/// `corpus.jsonl` has `_id`, `title` (may be missing) and `text`; `queries.jsonl` has `_id` and `text`; `qrels.tsv` has a head
/// and then `query-id`, `corpus-id`, `score`, where a score above 0 means relevant. A query that stands in the corpus itself
/// (the same `_id`) is not counted as its own answer. Queries without a relevant text are left out.
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
  /// Microseconds for one search.
  package var medianMicroseconds: Double
  package var p95Microseconds: Double

  private enum CodingKeys: String, CodingKey {
    case articles, queries
    case meanReciprocalRank = "mrr_at_10"
    case recall = "recall_at_10"
    case recallOfHundred = "recall_at_100"
    case normalizedGain = "ndcg_at_10"
    case medianMicroseconds = "p50_us"
    case p95Microseconds = "p95_us"
  }

  /// Indexes `corpus` in memory, asks every query once and compares with `qrels`. All three are paths.
  package init(
    corpus: String, queries: String, qrels: String, ranking: KnowledgeRanking = KnowledgeRanking()
  ) throws {
    self = try RelevanceSet(corpus: corpus, queries: queries, qrels: qrels).measure(ranking)
  }

  fileprivate init(articles: Int, queries: Int) {
    (self.articles, self.queries) = (articles, queries)
    (meanReciprocalRank, recall, normalizedGain, recallOfHundred) = (0, 0, 0, 0)
    (medianMicroseconds, p95Microseconds) = (0, 0)
  }

  fileprivate mutating func add(_ found: [String], _ relevant: Set<String>) {
    let places = found.indices.filter { relevant.contains(found[$0]) }
    if let first = places.first { meanReciprocalRank += 1 / Double(first + 1) }
    let most = min(relevant.count, 10)
    recall += Double(places.count) / Double(most)
    let best = (0..<most).reduce(0) { $0 + 1 / log2(Double($1) + 2) }
    normalizedGain += places.reduce(0) { $0 + 1 / log2(Double($1) + 2) } / best
  }

  fileprivate mutating func finish(_ times: [Double]) {
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

/// Texts with their relevance, indexed once and measured as often as there are rankings.
package final class RelevanceSet: Sendable {
  private let database: DatabaseQueue
  private let asked: [(id: String, text: String, relevant: Set<String>)]
  private let articles: Int

  package init(corpus: String, queries: String, qrels: String) throws {
    let relevant = try Self.relevant(qrels)
    asked = try Self.lines(queries, as: QueryLine.self).compactMap { query in
      relevant[query._id].map { (query._id, query.text, $0) }
    }
    guard !asked.isEmpty else { throw KnowledgeEvaluation.Problem.noQueries }
    let texts = try Self.lines(corpus, as: CorpusLine.self)
    articles = texts.count
    database = try DatabaseQueue()
    try database.write { db in
      try KnowledgeTables.create(db)
      let articles = texts.map { text in
        Article(
          id: ArticleID(text._id), language: .chinese, title: text.title ?? "", body: text.text)
      }
      try KnowledgeWriter(db, isMarkdown: false).write(articles, removingOthers: false)
    }
  }

  private static let today = CivilDate(daysSinceEpoch: 0)

  package func measure(_ ranking: KnowledgeRanking) throws -> KnowledgeEvaluation {
    var evaluation = KnowledgeEvaluation(articles: articles, queries: asked.count)
    let index = KnowledgeIndex(ranking: ranking)
    var wide = ranking
    wide.candidates = max(128, ranking.candidates)
    let wideIndex = KnowledgeIndex(ranking: wide)
    var times: [Double] = []
    try database.read { db in
      // The first searches fill caches that a desk has filled long ago.
      for query in asked.prefix(20) {
        _ = try index.search(db, query.text, language: .chinese, today: Self.today)
      }
      for query in asked {
        let clock = ContinuousClock()
        let start = clock.now
        let hits = try index.search(db, query.text, language: .chinese, today: Self.today, limit: 11)
        let time = clock.now - start
        times.append(Double(time.components.seconds) * 1e6 + Double(time.components.attoseconds) / 1e12)
        evaluation.add(Array(hits.map(\.id.text).filter { $0 != query.id }.prefix(10)), query.relevant)
        let many = try wideIndex.matches(
          db, query.text, language: .chinese, today: Self.today, limit: 101
        ).map(\.id.text).filter { $0 != query.id }.prefix(100)
        evaluation.recallOfHundred +=
          Double(many.count(where: query.relevant.contains)) / Double(query.relevant.count)
      }
    }
    evaluation.finish(times)
    return evaluation
  }

  // MARK: - Files

  private struct CorpusLine: Decodable {
    var _id: String
    var title: String?
    var text: String
  }

  private struct QueryLine: Decodable {
    var _id: String
    var text: String
  }

  private static func lines<Line: Decodable>(_ path: String, as _: Line.Type) throws -> [Line] {
    var lines: [Line] = []
    let decoder = JSONDecoder()
    for (number, text) in try contents(path) {
      guard let line = try? decoder.decode(Line.self, from: Data(text.utf8)) else {
        throw KnowledgeEvaluation.Problem.badLine(file: path, line: number)
      }
      lines.append(line)
    }
    return lines
  }

  private static func relevant(_ path: String) throws -> [String: Set<String>] {
    var relevant: [String: Set<String>] = [:]
    for (number, text) in try contents(path) {
      let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
      if number == 1, parts.count > 2, Double(parts[2]) == nil { continue }
      guard parts.count > 2, let score = Double(parts[2]) else {
        throw KnowledgeEvaluation.Problem.badLine(file: path, line: number)
      }
      if score > 0 { relevant[String(parts[0]), default: []].insert(String(parts[1])) }
    }
    return relevant
  }

  /// Lines with their numbers from 1; empty ones are left out.
  private static func contents(_ path: String) throws -> [(Int, Substring)] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw KnowledgeEvaluation.Problem.unreadable(file: path)
    }
    return String(decoding: data, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).enumerated().compactMap { $1.allSatisfy(\.isWhitespace) ? nil : ($0 + 1, $1) }
  }
}
