import Domain
import Foundation
import GRDB

/// Writes articles and synonyms into the tables of knowledge search.
///
/// Terms of an article's former text are computed again from what is stored and taken back, so that the index after any
/// number of changes finds what a rebuilt index finds.
struct KnowledgeWriter {
  private let db: Database
  /// Articles of one pass. Blocks of rows make passes of a bulk load disjoint, and the memory bounded.
  private static let passSize = 16_384

  /// Whether bodies are Markdown, as articles are, or plain text.
  private let isMarkdown: Bool

  init(_ db: Database, isMarkdown: Bool = true) {
    self.db = db
    self.isMarkdown = isMarkdown
  }

  /// Articles that are not in `articles` leave the index when `removingOthers`.
  func write(_ articles: [Article], removingOthers: Bool, progress: ((Int) -> Void)? = nil) throws {
    var changes = TermChanges()
    if removingOthers { try removeOthers(than: articles, &changes) }
    var count = 0
    for article in Self.lastOfEach(articles) {
      try stage(article, &changes)
      count += 1
      if count % Self.passSize == 0 {
        try apply(&changes)
        progress?(count)
      }
    }
    try apply(&changes)
    progress?(count)
  }

  /// An article that is listed twice counts as its last version.
  private static func lastOfEach(_ articles: [Article]) -> [Article] {
    var places: [ArticleKey: Int] = [:]
    for (place, article) in articles.enumerated() {
      places[ArticleKey(id: article.id, language: article.language)] = place
    }
    guard places.count < articles.count else { return articles }
    return places.values.sorted().map { articles[$0] }
  }

  func write(synonyms: [[String]]) throws {
    try db.execute(sql: "DELETE FROM search_synonym")
    let insert = try db.cachedStatement(sql: "INSERT INTO search_synonym(team, word) VALUES(?, ?)")
    for (team, words) in synonyms.enumerated() {
      for word in words {
        let folded = SearchText.folded(word).trimmed
        if !folded.isEmpty { try insert.execute(arguments: [team, folded]) }
      }
    }
    try db.execute(sql: "UPDATE search_state SET generation = generation + 1")
  }

  /// Takes articles out. Those that are not there are none.
  func remove(_ keys: [ArticleKey]) throws {
    var changes = TermChanges()
    for key in Set(keys) { try remove(key, &changes) }
    try apply(&changes)
  }

  private func removeOthers(than articles: [Article], _ changes: inout TermChanges) throws {
    let kept = Set(articles.map { ArticleKey(id: $0.id, language: $0.language) })
    for row in try GRDB.Row.fetchAll(db, sql: "SELECT id, language FROM search_article") {
      guard let language = Language(rawValue: row[1]) else { continue }
      let key = ArticleKey(id: ArticleID(row[0] as String), language: language)
      if !kept.contains(key) { try remove(key, &changes) }
    }
  }

  private func remove(_ key: ArticleKey, _ changes: inout TermChanges) throws {
    let arguments: StatementArguments = [key.id.text, key.language.rawValue]
    guard
      let row = try GRDB.Row.fetchOne(
        db, sql: "SELECT row, title, tags, body FROM search_article WHERE id = ? AND language = ?",
        arguments: arguments)
    else { return }
    let terms = ArticleTerms(title: row[1], tags: row[2], body: row[3])
    changes.replace(row: UInt32(row[0] as Int64), old: terms, new: nil)
    try db.execute(sql: "DELETE FROM search_article WHERE row = ?", arguments: [row[0] as Int64])
  }

  private func stage(_ article: Article, _ changes: inout TermChanges) throws {
    let tags = article.tags.joined(separator: "\n")
    let body = isMarkdown ? PlainText.of(markdown: article.body) : article.body
    let expires = article.validUntil?.daysSinceEpoch
    let known = try db.cachedStatement(
      sql: "SELECT row, zone, expires, title, tags, body FROM search_article WHERE id = ? AND language = ?")
    let old = try GRDB.Row.fetchOne(known, arguments: [article.id.text, article.language.rawValue])
    var oldTerms: ArticleTerms?
    if let old {
      let isSameText =
        old[3] as String == article.title && old[4] as String == tags && old[5] as String == body
      if isSameText {
        guard old[1] as String? != article.zone?.text || old[2] as Int? != expires else { return }
      } else {
        oldTerms = ArticleTerms(title: old[3], tags: old[4], body: old[5])
      }
      try db.cachedStatement(
        sql: """
          UPDATE search_article SET zone = ?, expires = ?, title = ?, tags = ?, body = ? WHERE row = ?
          """
      ).execute(arguments: [article.zone?.text, expires, article.title, tags, body, old[0] as Int64])
      changes.isChanged = true
      if isSameText { return }
    } else {
      try db.cachedStatement(
        sql: """
          INSERT INTO search_article(id, language, zone, expires, title, tags, body) VALUES(?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(
        arguments: [
          article.id.text, article.language.rawValue, article.zone?.text, expires, article.title, tags, body,
        ])
    }
    let row = old.map { $0[0] as Int64 } ?? db.lastInsertedRowID
    guard row < Int64(Postings.mostRows) else { throw DatabaseError(message: "too many articles") }
    changes.replace(
      row: UInt32(row), old: oldTerms, new: ArticleTerms(title: article.title, tags: tags, body: body))
  }

  private func apply(_ changes: inout TermChanges) throws {
    guard changes.isChanged else { return }
    for code in changes.postings.keys.sorted() { try apply(code, changes.postings[code] ?? []) }
    try writeWordKeys(changes.words)
    try writeLengths(changes.lengths)
    try db.execute(
      sql: """
        UPDATE search_state SET generation = generation + 1, articles = articles + ?, length = length + ?
        """, arguments: [changes.articleDelta, changes.lengthDelta])
    changes = TermChanges()
  }

  private func apply(_ code: TermCode, _ unsorted: [UInt32]) throws {
    let postings = unsorted.sorted()
    let find = try db.cachedStatement(sql: "SELECT id, articles, titled FROM search_term WHERE code = ?")
    let known = try GRDB.Row.fetchOne(find, arguments: [Int64(code.value)])
    let before = (articles: known.map { $0[1] as Int } ?? 0, titled: known.map { $0[2] as Int } ?? 0)
    var after = before
    let id: Int64
    if let known {
      id = known[0]
    } else {
      try db.cachedStatement(sql: "INSERT INTO search_term(code, articles, titled) VALUES(?, ?, ?)")
        .execute(arguments: [Int64(code.value), postings.count, titled(postings[...])])
      id = db.lastInsertedRowID
    }
    var start = 0
    while start < postings.count {
      let block = (postings[start] >> 8) / Postings.rowsInBlock
      var end = start + 1
      while end < postings.count, (postings[end] >> 8) / Postings.rowsInBlock == block { end += 1 }
      if known == nil {
        try writeBlock(id, block, postings[start..<end])
      } else {
        let old = try readBlock(id, block)
        let new = Postings.merge(old, postings[start..<end])
        after.articles += new.count - old.count
        after.titled += titled(new[...]) - titled(old[...])
        try writeBlock(id, block, new[...])
      }
      start = end
    }
    if known == nil {
      after = (postings.count, titled(postings[...]))
    } else if after.articles == 0 {
      try db.cachedStatement(sql: "DELETE FROM search_term WHERE id = ?").execute(arguments: [id])
    } else if after != before {
      try db.cachedStatement(sql: "UPDATE search_term SET articles = ?, titled = ? WHERE id = ?")
        .execute(arguments: [after.articles, after.titled, id])
    }
    try writePinyinKeys(code, id, wasKey: isPinyinKey(before), isKey: isPinyinKey(after))
  }

  private func titled(_ postings: ArraySlice<UInt32>) -> Int {
    postings.reduce(0) { $0 + ($1 & 0xF0 != 0 ? 1 : 0) }
  }

  /// Pairs that stand once in one body are mostly the end of one word and the beginning of the next: nobody types them
  /// in pinyin, and they would be most of the table.
  private func isPinyinKey(_ counts: (articles: Int, titled: Int)) -> Bool {
    counts.titled > 0 || counts.articles > 1
  }

  private func writePinyinKeys(_ code: TermCode, _ id: Int64, wasKey: Bool, isKey: Bool) throws {
    guard wasKey != isKey, code.characters.count == 2 else { return }
    let keys = Pinyin.keys(of: code.characters)
    let statement = try db.cachedStatement(
      sql: isKey
        ? "INSERT OR IGNORE INTO search_key(kind, key, term) VALUES(?, ?, ?)"
        : "DELETE FROM search_key WHERE kind = ? AND key = ? AND term = ?")
    for key in keys.full {
      try statement.execute(arguments: [KnowledgeTables.KeyKind.pinyin.rawValue, key, id])
    }
    for key in keys.initials {
      try statement.execute(arguments: [KnowledgeTables.KeyKind.initials.rawValue, key, id])
    }
  }

  private func readBlock(_ term: Int64, _ block: UInt32) throws -> [UInt32] {
    let statement = try db.cachedStatement(sql: "SELECT data FROM search_posting WHERE key = ?")
    guard let data = try Data.fetchOne(statement, arguments: [Postings.key(term: term, block: block)]) else {
      return []
    }
    var postings: [UInt32] = []
    data.withUnsafeBytes { Postings.decode($0, block: block, into: &postings) }
    return postings
  }

  private func writeBlock(_ term: Int64, _ block: UInt32, _ postings: ArraySlice<UInt32>) throws {
    let key = Postings.key(term: term, block: block)
    if postings.isEmpty {
      try db.cachedStatement(sql: "DELETE FROM search_posting WHERE key = ?").execute(arguments: [key])
    } else {
      try db.cachedStatement(sql: "INSERT OR REPLACE INTO search_posting(key, data) VALUES(?, ?)")
        .execute(arguments: [key, Postings.encode(postings)])
    }
  }

  /// A word that no article has any more may stay: it leads to a term that is not there.
  private func writeWordKeys(_ words: [String: TermCode]) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO search_key(kind, key, term) SELECT 0, ?, id FROM search_term WHERE code = ?
        """)
    for (word, code) in words.sorted(by: { $0.key < $1.key }) {
      try statement.execute(arguments: [word, Int64(code.value)])
    }
  }

  private func writeLengths(_ lengths: [UInt32: UInt16]) throws {
    let blocks = Dictionary(grouping: lengths) { $0.key / Postings.rowsInBlock }
    for (block, changed) in blocks {
      let stored = try Data.fetchOne(
        db, sql: "SELECT data FROM search_length WHERE block = ?", arguments: [block])
      var bytes = [UInt8](stored ?? Data(count: Int(Postings.rowsInBlock) * 2))
      for (row, length) in changed {
        let place = Int(row % Postings.rowsInBlock) * 2
        bytes[place] = UInt8(length & 0xFF)
        bytes[place + 1] = UInt8(length >> 8)
      }
      try db.execute(
        sql: "INSERT OR REPLACE INTO search_length(block, data) VALUES(?, ?)",
        arguments: [block, Data(bytes)])
    }
  }
}

/// What one article puts into the index.
private struct ArticleTerms {
  /// Packed counts by term (`Postings.counts`).
  private(set) var counts: [TermCode: UInt8] = [:]
  /// Characters and words of title, tags and body.
  private(set) var length = 0
  /// Words as they are written, with their terms.
  private(set) var words: [String: TermCode] = [:]

  /// The place of a count in the packed byte, and where it is full.
  private struct Field {
    var one: UInt8
    var mask: UInt8

    static let body = Field(one: 1, mask: 0x0F)
    static let title = Field(one: 1 << 4, mask: 0x30)
    static let tags = Field(one: 1 << 6, mask: 0xC0)
  }

  init(title: String, tags: String, body: String) {
    add(body, .body)
    add(title, .title)
    add(tags, .tags)
  }

  private mutating func count(_ code: TermCode, _ field: Field) {
    let known = counts[code, default: 0]
    if known & field.mask != field.mask { counts[code] = known + field.one }
  }

  private mutating func add(_ text: String, _ field: Field) {
    let folded = SearchText.fold(text)
    var previous: TermCode?
    for run in SearchText.runs(folded) {
      if run.isIdeographic {
        for index in run.start..<run.end {
          count(.character(folded[index]), field)
          if index + 1 < run.end { count(.pair(folded[index], folded[index + 1]), field) }
        }
        length += run.end - run.start
        previous = nil
        continue
      }
      let word = SearchText.string(folded[run.start..<run.end])
      let code = words[word] ?? .word(SearchText.term(folded[run.start..<run.end]))
      words[word] = code
      count(code, field)
      if let previous { count(.words(previous, code), field) }
      previous = code
      length += 1
    }
  }
}

/// Postings that change, gathered over many articles so that each list is written once.
private struct TermChanges {
  private(set) var postings: [TermCode: [UInt32]] = [:]
  private(set) var words: [String: TermCode] = [:]
  private(set) var lengths: [UInt32: UInt16] = [:]
  private(set) var articleDelta = 0
  private(set) var lengthDelta = 0
  var isChanged = false

  mutating func replace(row: UInt32, old: ArticleTerms?, new: ArticleTerms?) {
    isChanged = true
    articleDelta += (new == nil ? 0 : 1) - (old == nil ? 0 : 1)
    lengthDelta += (new?.length ?? 0) - (old?.length ?? 0)
    lengths[row] = UInt16(min(new?.length ?? 0, Int(UInt16.max)))
    if let new {
      for (code, counts) in new.counts where old?.counts[code] != counts {
        postings[code, default: []].append(row << 8 | UInt32(counts))
      }
      words.merge(new.words) { first, _ in first }
    }
    if let old {
      for code in old.counts.keys where new?.counts[code] == nil {
        postings[code, default: []].append(row << 8)
      }
    }
  }
}
