import Domain
import GRDB

/// The questions that articles answered, so that a similar question finds the article again.
///
/// Kept beside the lists of the articles and not in them: a click must not make the lists anew, nor empty what a search
/// has cached. Pairs of characters and words lead to questions; single characters would lead to all of them.
struct QuestionTable {
  struct Question {
    var article: ArticleKey
    var text: String
    var weight: Double
    var at: Timestamp
  }

  /// Weights are kept in thousandths.
  private static let thousand = 1000.0
  /// Questions of one term that are looked at, the newest: the terms that more have tell little.
  private static let mostOfATerm: Int64 = 256
  /// Terms of a query that are looked up.
  private static let mostTerms = 64

  private let db: Database

  init(_ db: Database) { self.db = db }

  // MARK: - Writing

  static func create(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS search_question(
          id INTEGER PRIMARY KEY, article TEXT NOT NULL, language TEXT NOT NULL, text TEXT NOT NULL,
          weight INTEGER NOT NULL, at INTEGER NOT NULL, UNIQUE(article, language, text));
        CREATE TABLE IF NOT EXISTS search_question_term(
          code INTEGER NOT NULL, question INTEGER NOT NULL, PRIMARY KEY(code, question)) WITHOUT ROWID;
        """)
  }

  /// In a replica of an older program, which may have pulled questions without knowing what they are.
  static func createMissing(_ db: Database) throws {
    let found = try Prepared(db, "SELECT 1 FROM sqlite_master WHERE name = 'search_question'")
    if try found.step() { return }
    try immediately(db) {
      try create(db)
      try QuestionTable(db).rebuild()
    }
  }

  /// Makes all of it again from the rows of the configuration.
  func rebuild() throws {
    try db.execute(sql: "DELETE FROM search_question; DELETE FROM search_question_term")
    var usages: [(ArticleKey, ArticleUsage)] = []
    var rows = try Prepared(db, "SELECT id, body FROM configuration WHERE id >= ? AND id < ?")
    rows.bind(ConfigurationRows.usage)
    rows.bind(ConfigurationRows.usage + "\u{10FFFF}")
    while try rows.step() {
      // Questions that cannot be read must not keep a desk from opening.
      guard let article = ConfigurationRows.article(ofUsage: rows.text(0)),
        let usage = try? JSON.value(rows.text(1), as: ArticleUsage.self)
      else { continue }
      usages.append((article, usage))
    }
    for (article, usage) in usages { try write(usage, of: article) }
  }

  /// `usage` takes the place of what is known of the article; without questions nothing stays.
  func write(_ usage: ArticleUsage, of article: ArticleKey) throws {
    var known: [String: Int64] = [:]
    do {
      var rows = try Prepared(db, "SELECT id, text FROM search_question WHERE article = ? AND language = ?")
      rows.bind(article.id)
      rows.bind(article.language.rawValue)
      while try rows.step() { known[rows.text(1)] = rows.int(0) }
    }
    for question in usage.questions {
      let isNew = known.removeValue(forKey: question.text) == nil
      var insert = try Prepared(
        db,
        """
        INSERT INTO search_question(article, language, text, weight, at) VALUES(?, ?, ?, ?, ?) \
        ON CONFLICT DO UPDATE SET weight = excluded.weight, at = excluded.at
        """)
      insert.bind(article.id)
      insert.bind(article.language.rawValue)
      insert.bind(question.text)
      insert.bind(Int64(question.weight * Self.thousand))
      insert.bind(question.at)
      try insert.run()
      if isNew { try writeTerms(question.text, db.lastInsertedRowID) }
    }
    for (text, id) in known { try remove(text, id) }
  }

  private func writeTerms(_ text: String, _ id: Int64) throws {
    for code in QuestionTerms(text).leading {
      var insert = try Prepared(
        db, "INSERT OR IGNORE INTO search_question_term(code, question) VALUES(?, ?)")
      insert.bind(Int64(code.value))
      insert.bind(id)
      try insert.run()
    }
  }

  private func remove(_ text: String, _ id: Int64) throws {
    for code in QuestionTerms(text).leading {
      var delete = try Prepared(db, "DELETE FROM search_question_term WHERE code = ? AND question = ?")
      delete.bind(Int64(code.value))
      delete.bind(id)
      try delete.run()
    }
    var delete = try Prepared(db, "DELETE FROM search_question WHERE id = ?")
    delete.bind(id)
    try delete.run()
  }

  // MARK: - Reading

  func isEmpty() throws -> Bool {
    let any = try Prepared(db, "SELECT 1 FROM search_question LIMIT 1")
    return try !any.step()
  }

  /// The questions that share most with a query, by the `rarity` of the terms that they share.
  func questions(
    like terms: QuestionTerms, limit: Int, rarity: (TermCode) throws -> Float
  ) throws -> [Question] {
    var shared: [Int64: Float] = [:]
    for code in terms.leading.prefix(Self.mostTerms) {
      let weight = try rarity(code)
      var rows = try Prepared(
        db, "SELECT question FROM search_question_term WHERE code = ? ORDER BY question DESC LIMIT ?")
      rows.bind(Int64(code.value))
      rows.bind(Self.mostOfATerm)
      while try rows.step() { shared[rows.int(0), default: 0] += weight }
    }
    let best = shared.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(limit)
    return try best.compactMap { id, _ in
      var row = try Prepared(
        db, "SELECT article, language, text, weight, at FROM search_question WHERE id = ?")
      row.bind(id)
      guard try row.step(), let language = Language(rawValue: row.text(1)) else { return nil }
      return Question(
        article: ArticleKey(id: row.key(0), language: language), text: row.text(2),
        weight: Double(row.int(3)) / Self.thousand,
        at: Timestamp(milliseconds: row.int(4)))
    }
  }
}
