import Domain
import Foundation
import GRDB

/// What a search keeps between keystrokes, as long as nobody writes the index.
struct KnowledgeCache {
  struct Term {
    var id: Int64
    var articles: Int
    var titled: Int
  }

  struct Expansion {
    var code: TermCode
    var term: Term
  }

  /// A list with the most that one of its articles can have of it.
  struct List {
    var postings: [UInt32] = []
    var peak: Float = 0
  }

  private let limit: Int
  private let wanted: KnowledgeRanking
  /// Fitted to the articles.
  private(set) var ranking: KnowledgeRanking
  private var generation: Int64 = -1
  private(set) var articleCount = 0
  /// Characters and words of an article in the mean.
  private(set) var averageLength: Float = 1
  var board = ScoreBoard(norms: [])
  private var terms: [TermCode: Term?] = [:]
  private var expansions: [String: [Expansion]] = [:]
  private var lists: [Int64: List] = [:]
  private var cachedPostings = 0
  private var heads: [UInt32: ArticleHead] = [:]
  private(set) var synonyms = SynonymTable()
  /// Made by the first query with words.
  var letterRarity: LetterRarity?

  init(limit: Int, ranking: KnowledgeRanking) {
    self.limit = limit
    wanted = ranking
    self.ranking = ranking
  }

  mutating func refresh(_ db: Database) throws {
    let statement = try db.cachedStatement(sql: "SELECT generation, articles, length FROM search_state")
    guard let row = try GRDB.Row.fetchOne(statement) else { return }
    let current: Int64 = row[0]
    guard current != generation else { return }
    self = KnowledgeCache(limit: limit, ranking: wanted)
    articleCount = row[1]
    let average = articleCount > 0 ? max(1, Float(row[2] as Int) / Float(articleCount)) : 1
    averageLength = average
    ranking = wanted.fitted(length: average, titleLength: try Self.titleLength(db))
    var norms: [Float] = []
    let blocks = try GRDB.Row.fetchCursor(db, sql: "SELECT block, data FROM search_length ORDER BY block")
    while let row = try blocks.next() {
      let first = Int(row[0] as Int64) * Int(Postings.rowsInBlock)
      while norms.count < first { norms.append(ranking.saturation) }
      let data: Data = row[1]
      data.withUnsafeBytes { bytes in
        for place in stride(from: 0, to: bytes.count - 1, by: 2) {
          let length = Float(UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8)
          norms.append(
            ranking.saturation * (1 - ranking.lengthWeight + ranking.lengthWeight * length / average))
        }
      }
    }
    board = ScoreBoard(norms: norms)
    let words = try GRDB.Row.fetchAll(db, sql: "SELECT team, word FROM search_synonym ORDER BY team")
    synonyms = SynonymTable(words.map { ($0[0], $0[1]) })
    // Last, so that a search that is interrupted before does not leave half of it behind.
    generation = current
  }

  /// Titles that are read to know how long titles are.
  private static let measuredTitles = 500

  /// Characters and words of a title in the mean.
  private static func titleLength(_ db: Database) throws -> Float {
    var (length, titles) = (0, 0)
    let statement = try Prepared(db, "SELECT title FROM search_article ORDER BY row LIMIT \(measuredTitles)")
    while try statement.step() {
      titles += 1
      for run in SearchText.runs(SearchText.fold(statement.text(0))) {
        length += run.isIdeographic ? run.end - run.start : 1
      }
    }
    return titles > 0 ? Float(length) / Float(titles) : 0
  }

  /// Inverse document frequency (BM25), above 0 for terms that most articles have.
  func rarity(_ articles: Int) -> Float {
    let frequency = Float(articles)
    return max(0.01, log(1 + (Float(articleCount) - frequency + 0.5) / (frequency + 0.5)))
  }

  mutating func term(_ code: TermCode, _ db: Database) throws -> Term? {
    if let known = terms[code] { return known }
    if terms.count > 50_000 { terms.removeAll(keepingCapacity: true) }
    var statement = try Prepared(db, "SELECT id, articles, titled FROM search_term WHERE code = ?")
    statement.bind(Int64(code.value))
    let term =
      try statement.step()
      ? Term(id: statement.int(0), articles: Int(statement.int(1)), titled: Int(statement.int(2))) : nil
    terms[code] = .some(term)
    return term
  }

  /// At most so many keys are read, and so many terms kept.
  private static let mostKeys = 400
  private static let mostExpansions = 24

  /// Terms that `key` leads to, those that stand in most titles first.
  mutating func expansions(
    _ kind: KnowledgeTables.KeyKind, from key: String, isPrefix: Bool, _ db: Database
  ) throws -> [Expansion] {
    let name = "\(kind.rawValue)\(isPrefix)\(key)"
    if let known = expansions[name] { return known }
    if expansions.count > 2_000 { expansions.removeAll(keepingCapacity: true) }
    let statement = try db.cachedStatement(
      sql: """
        SELECT code, id, articles, titled FROM search_key JOIN search_term ON id = search_key.term
        WHERE kind = ? AND key >= ? AND key < ? LIMIT ?
        """)
    let end = key + (isPrefix ? "\u{10FFFF}" : "\u{1}")
    let rows = try GRDB.Row.fetchCursor(statement, arguments: [kind.rawValue, key, end, Self.mostKeys])
    var found: [Int64: Expansion] = [:]
    while let row = try rows.next() {
      let term = Term(id: row[1], articles: row[2], titled: row[3])
      found[term.id] = Expansion(code: TermCode(value: UInt64(row[0] as Int64)), term: term)
    }
    let sorted = found.values.sorted {
      ($0.term.titled, $0.term.articles, $1.code) > ($1.term.titled, $1.term.articles, $0.code)
    }
    let kept = Array(sorted.prefix(Self.mostExpansions))
    expansions[name] = kept
    return kept
  }

  mutating func list(of term: Term, _ db: Database) throws -> List {
    if let known = lists[term.id] { return known }
    var list = List()
    list.postings.reserveCapacity(term.articles)
    var statement = try Prepared(
      db, "SELECT key, data FROM search_posting WHERE key BETWEEN ? AND ? ORDER BY key")
    statement.bind(Postings.key(term: term.id, block: 0))
    statement.bind(Postings.key(term: term.id, block: 4095))
    while try statement.step() {
      let block = UInt32(truncatingIfNeeded: statement.int(0) & 4095)
      statement.blob(1).withUnsafeBytes { Postings.decode($0, block: block, into: &list.postings) }
    }
    let weights = ranking.fieldWeights
    list.peak = board.peak(of: list.postings, weights)
    while cachedPostings + list.postings.count > limit, let victim = lists.first {
      cachedPostings -= victim.value.postings.count
      lists[victim.key] = nil
    }
    cachedPostings += list.postings.count
    lists[term.id] = list
    return list
  }

  mutating func head(_ row: UInt32, _ db: Database) throws -> ArticleHead? {
    if let known = heads[row] { return known }
    if heads.count > 5_000 { heads.removeAll(keepingCapacity: true) }
    var statement = try Prepared(
      db, "SELECT id, language, zone, expires, title FROM search_article WHERE row = ?")
    statement.bind(Int64(row))
    guard try statement.step() else { return nil }
    let title = statement.text(4)
    let head = ArticleHead(
      id: statement.key(0), language: Language(rawValue: statement.text(1)) ?? .chinese,
      zone: statement.optionalKey(2), expires: statement.optionalInt(3).map(Int.init), title: title,
      foldedTitle: SearchText.fold(title))
    heads[row] = head
    return head
  }
}
