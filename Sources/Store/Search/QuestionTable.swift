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
  /// Questions of one term that are looked at: the terms that more have tell little.
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
      guard let article = ConfigurationRows.article(ofUsage: rows.text(0)) else { continue }
      usages.append((article, try JSON.value(rows.text(1))))
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
      var rows = try Prepared(db, "SELECT question FROM search_question_term WHERE code = ? LIMIT ?")
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

/// The terms of a question, each once.
struct QuestionTerms {
  private(set) var characters: [TermCode] = []
  private(set) var pairs: [TermCode] = []
  private(set) var words: [TermCode] = []

  /// What leads to questions.
  var leading: [TermCode] { pairs + words }

  init(_ text: String) { self.init(folded: KnowledgePlan.folded(text)) }

  init(folded: [UInt32]) {
    var seen: Set<TermCode> = []
    for run in SearchText.runs(folded) {
      guard run.isIdeographic else {
        let code = TermCode.word(SearchText.term(folded[run.start..<run.end]))
        if seen.insert(code).inserted { words.append(code) }
        continue
      }
      for place in run.start..<run.end {
        let single = TermCode.character(folded[place])
        if seen.insert(single).inserted { characters.append(single) }
        guard place + 1 < run.end else { continue }
        let pair = TermCode.pair(folded[place], folded[place + 1])
        if seen.insert(pair).inserted { pairs.append(pair) }
      }
    }
  }
}

/// What the questions that articles answered say for a query: each votes for its article as much as it resembles the query.
struct QuestionVotes {
  /// Questions that are compared.
  private static let mostCompared = 40
  /// Below this resemblance a question has no vote.
  private static let leastResemblance: Float = 0.2
  /// Votes count up to so many questions that are the query itself.
  private static let mostVotes: Float = 2

  private let ranking: KnowledgeRanking
  private let today: CivilDate

  init(_ ranking: KnowledgeRanking, today: CivilDate) {
    self.ranking = ranking
    self.today = today
  }

  /// In the measure of BM25: a whole vote is worth what an article gets that has every term of the query once.
  func scores(
    _ query: QuestionTerms, _ db: Database, rarity: (TermCode) throws -> Float
  ) throws -> [ArticleKey: Float] {
    let table = QuestionTable(db)
    guard ranking.usageWeight > 0, try !table.isEmpty() else { return [:] }
    let wanted = Set(query.characters + query.leading)
    let whole = try worth(query, rarity) { _ in true }
    guard whole > 0 else { return [:] }
    var votes: [ArticleKey: Float] = [:]
    for question in try table.questions(like: query, limit: Self.mostCompared, rarity: rarity) {
      let terms = QuestionTerms(question.text)
      let shared = try worth(terms, rarity, where: wanted.contains)
      let resemblance = min(1, shared / (whole * (try worth(terms, rarity) { _ in true })).squareRoot())
      guard resemblance >= Self.leastResemblance else { continue }
      let weight = Float(question.weight * ArticleUsage.decay(age(question.at)))
      votes[question.article, default: 0] +=
        (1 + weight).logarithm / Float(2).logarithm * resemblance * resemblance * resemblance
    }
    return votes.mapValues { ranking.usageWeight * min($0, Self.mostVotes) * whole }
  }

  private func age(_ moment: Timestamp) -> Int64 {
    Int64(today.daysSinceEpoch) * 86_400_000 - moment.milliseconds
  }

  private func worth(
    _ terms: QuestionTerms, _ rarity: (TermCode) throws -> Float, where isWanted: (TermCode) -> Bool
  ) throws -> Float {
    var sum: Float = 0
    for code in terms.words where isWanted(code) { sum += try rarity(code) }
    for code in terms.pairs where isWanted(code) { sum += ranking.pairWeight * (try rarity(code)) }
    for code in terms.characters where isWanted(code) { sum += ranking.characterWeight * (try rarity(code)) }
    return sum
  }
}
