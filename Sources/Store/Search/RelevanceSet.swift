import Domain
import Foundation
import GRDB

/// Texts with their relevance, indexed once and measured as often as there are rankings.
package final class RelevanceSet: Sendable {
  private let database: DatabaseQueue
  private let asked: [(id: String, text: String, relevant: Set<String>)]
  private let articles: Int
  private let asksAsTicket: Bool

  /// All are paths; see `KnowledgeEvaluation`.
  package init(
    corpus: String, queries: String, qrels: String, clicks: String? = nil, solved: String? = nil
  ) throws {
    let relevant = try Self.relevant(qrels)
    asked = try Self.lines(queries, as: QueryLine.self).compactMap { query in
      // A query that is in the corpus itself is no answer to itself, and none that could be missed.
      let answers = (relevant[query._id] ?? []).subtracting([query._id])
      return answers.isEmpty ? nil : (query._id, query.text, answers)
    }
    guard !asked.isEmpty else { throw KnowledgeEvaluation.Problem.noQueries }
    let texts = try Self.lines(corpus, as: CorpusLine.self)
    let used = try clicks.map { try Self.lines($0, as: ClickLine.self) } ?? []
    let before = try solved.map { try Self.lines($0, as: SolvedLine.self) } ?? []
    articles = texts.count
    asksAsTicket = solved != nil
    database = try DatabaseQueue()
    try database.write { db in
      try db.execute(sql: Tables.data)
      for sql in Tables.uniqueIndexes + Tables.sharedIndexes + Tables.deskIndexes { try db.execute(sql: sql) }
      try SearchIndexing.createTables(db)
      let articles = texts.map { text in
        Article(
          id: ArticleID(text._id), language: .chinese, title: text.title ?? "", body: text.text)
      }
      try KnowledgeWriter(db, isMarkdown: false).write(articles, removingOthers: false)
      try Self.write(used, db)
      try Self.write(before, db)
    }
  }

  /// The day on which everything is asked.
  private static let today = CivilDate(year: 2026, month: 1, day: 1)!
  private static let now = Timestamp(seconds: Int64(today.daysSinceEpoch) * 86_400)

  private static func write(_ clicks: [ClickLine], _ db: Database) throws {
    var usages: [ArticleKey: ArticleUsage] = [:]
    for click in clicks.sorted(by: { ($0.days ?? 0) > ($1.days ?? 0) }) {
      guard let text = KnowledgeIndex.missedSearch(click.text) else { continue }
      let at = now.advanced(seconds: -Int64(min(max(0, click.days ?? 0), 100_000) * 86_400))
      let key = ArticleKey(id: ArticleID(click.article), language: .chinese)
      usages[key, default: ArticleUsage()].add(text, click.use ?? .opened, at: at)
    }
    for (key, usage) in usages { try QuestionTable(db).write(usage, of: key) }
  }

  private static func write(_ solved: [SolvedLine], _ db: Database) throws {
    guard !solved.isEmpty else { return }
    let writer = RowWriter(db: db)
    var changes = SearchChanges()
    for (number, line) in solved.enumerated() {
      var ticket = Ticket(
        id: TicketID("t\(number)"), customer: "c", zone: "z", subject: line.text, channel: .chat,
        createdAt: now, createdBy: Agent.system.id)
      (ticket.state, ticket.closedAt, ticket.disposition) = (.closed, now, "solved")
      let reply = TimelineEntry(
        id: EntryID("r\(number)"), ticket: ticket.id, at: now, author: .agent(Agent.system.id), kind: .reply,
        body: line.reply)
      try writer.put(.ticket(ticket), revision: 0)
      try writer.put(.entry(reply), revision: 0)
      changes.tickets.append(ticket)
      changes.entries.append(reply)
    }
    try SearchIndexing.update(db, changes)
  }

  package func measure(_ ranking: KnowledgeRanking) throws -> KnowledgeEvaluation {
    var evaluation = KnowledgeEvaluation(articles: articles, queries: asked.count)
    let index = KnowledgeIndex(ranking: ranking)
    var wide = ranking
    wide.candidates = max(128, ranking.candidates)
    let wideIndex = KnowledgeIndex(ranking: wide)
    var times: [Double] = []
    try database.read { db in
      // The first searches fill caches that a desk has filled long ago.
      for query in asked.prefix(20) { _ = try find(query.text, index, db) }
      for query in asked {
        let clock = ContinuousClock()
        let start = clock.now
        let hits = try find(query.text, index, db)
        let time = clock.now - start
        times.append(Double(time.components.seconds) * 1e6 + Double(time.components.attoseconds) / 1e12)
        evaluation.add(Array(hits.filter { $0 != query.id }.prefix(10)), query.relevant)
        let many = try findMany(query.text, wideIndex, db).filter { $0 != query.id }.prefix(100)
        evaluation.recallOfHundred +=
          Double(many.count(where: query.relevant.contains)) / Double(query.relevant.count)
      }
    }
    evaluation.finish(times)
    return evaluation
  }

  /// One more than are counted: the query itself may be among them.
  private func find(_ text: String, _ index: KnowledgeIndex, _ db: Database) throws -> [String] {
    guard asksAsTicket else {
      return try index.search(db, text, language: .chinese, today: Self.today, limit: 11).map(\.id.text)
    }
    return try suggest(
      text, ArticleSuggestions(db: db, index: index, language: .chinese, today: Self.today), limit: 11)
  }

  /// As deep as the hundredth; asked in the same way as the first ten.
  private func findMany(_ text: String, _ index: KnowledgeIndex, _ db: Database) throws -> [String] {
    guard asksAsTicket else {
      return try index.matches(db, text, language: .chinese, today: Self.today, limit: 101).map(\.id.text)
    }
    var suggestions = ArticleSuggestions(db: db, index: index, language: .chinese, today: Self.today)
    suggestions.candidates = index.ranking.candidates
    return try suggest(text, suggestions, limit: 101)
  }

  private func suggest(_ text: String, _ suggestions: ArticleSuggestions, limit: Int) throws -> [String] {
    let query = SimilarQuery(ticket: nil, text: text, zone: "z", category: nil)
    return try suggestions.find(query, category: nil, now: Self.now, limit: limit).map(\.id.text)
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

  private struct ClickLine: Decodable {
    var text: String
    var article: String
    var use: ArticleUse.Kind?
    var days: Double?
  }

  private struct SolvedLine: Decodable {
    var text: String
    var reply: String
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
