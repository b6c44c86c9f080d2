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
  fileprivate struct List {
    var postings: [UInt32] = []
    var peak: Float = 0
  }

  private let limit: Int
  private let wanted: KnowledgeRanking
  /// Fitted to the articles.
  private(set) var ranking: KnowledgeRanking
  private var generation: Int64 = -1
  private var articleCount = 0
  /// Characters and words of an article in the mean.
  private(set) var averageLength: Float = 1
  /// What the length of an article adds to the denominator of BM25, by row.
  private var norms: [Float] = []
  private var terms: [TermCode: Term?] = [:]
  private var expansions: [String: [Expansion]] = [:]
  private var lists: [Int64: List] = [:]
  private var cachedPostings = 0
  private var heads: [UInt32: ArticleHead] = [:]
  private(set) var synonyms = SynonymTable()
  /// Scores by row; zero between searches.
  private var scores: [Float] = []
  private var groupScores: [Float] = []
  /// Whether more than single characters were found; false between searches.
  private var strongRows: [Bool] = []
  /// Made by the first query with words.
  private var rarity: LetterRarity?

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
    scores = [Float](repeating: 0, count: norms.count)
    groupScores = scores
    strongRows = [Bool](repeating: false, count: norms.count)
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

  private mutating func list(of term: Term, _ db: Database) throws -> List {
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
    norms.withUnsafeBufferPointer { norms in
      for posting in list.postings where Int(posting >> 8) < norms.count {
        list.peak = max(list.peak, weights.value(posting, norms))
      }
    }
    while cachedPostings + list.postings.count > limit, let victim = lists.first {
      cachedPostings -= victim.value.postings.count
      lists[victim.key] = nil
    }
    cachedPostings += list.postings.count
    lists[term.id] = list
    return list
  }

  private mutating func head(_ row: UInt32, _ db: Database) throws -> ArticleHead? {
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

// MARK: - Ranking

/// How often a term counts, by the place where it stands, and what that is worth.
private struct FieldWeights {
  var title: Float
  var tags: Float

  /// Between 0 and 1.
  @inline(__always)
  func value(_ posting: UInt32, _ norms: UnsafeBufferPointer<Float>) -> Float {
    let counts = posting & 0xFF
    var frequency = Float(counts & 0xF)
    if counts > 0xF { frequency += Float((counts >> 4) & 3) * title + Float(counts >> 6) * tags }
    return frequency / (frequency + norms[Int(posting >> 8)])
  }
}

extension KnowledgeRanking {
  fileprivate var fieldWeights: FieldWeights { FieldWeights(title: titleWeight, tags: tagWeight) }
}

extension KnowledgeCache {
  /// A group with its lists, ready to be scored.
  private struct Work {
    struct Weighted {
      var postings: [UInt32]
      var factor: Float
    }
    var lists: [Weighted]
    var size: Int
    /// The most that the group can give an article.
    var most: Float
    var isStrong: Bool
  }

  mutating func rank(
    _ plan: KnowledgePlan, _ db: Database, _ preference: KnowledgePreference, _ limit: Int
  ) throws -> [RankedArticle] {
    var work: [Work] = []
    // What the single characters could give, those that no article has with them.
    var whole: Float = 0
    for group in plan.groups {
      if group.alternatives.isEmpty {
        if !group.isStrong { whole += rarity(0) * plan.ranking.characterWeight }
        continue
      }
      var lists: [Work.Weighted] = []
      var most: Float = 0
      for alternative in group.alternatives {
        let list = try list(of: alternative.term, db)
        let factor =
          rarity(alternative.term.articles) * alternative.weight * (ranking.saturation + 1)
        most = max(most, factor * list.peak)
        lists.append(Work.Weighted(postings: list.postings, factor: factor))
      }
      if !group.isStrong { whole += most }
      work.append(
        Work(
          lists: lists, size: lists.reduce(0) { $0 + $1.postings.count }, most: most, isStrong: group.isStrong
        ))
    }
    work.sort { $0.size < $1.size }
    var candidates = score(
      work, least: (plan.leastOfCharacters.alone * whole, plan.leastOfCharacters.besides * whole))
    try addVotes(plan, db, preference, to: &candidates)
    return try order(candidates, plan, db, preference, limit)
  }

  /// The best rows by evidence alone.
  ///
  /// - Parameter least: what single characters have to give where nothing else does (see `KnowledgePlan.leastOfCharacters`).
  private mutating func score(
    _ work: [Work], least: (alone: Float, besides: Float)
  ) -> [(row: UInt32, score: Float)] {
    var rest = [Float](repeating: 0, count: work.count + 1)
    for index in work.indices.reversed() { rest[index] = rest[index + 1] + work[index].most }
    let wanted = ranking.candidates
    let weights = ranking.fieldWeights
    var seen: [UInt32] = []
    var index = 0
    while index < work.count {
      if index > 0, seen.count >= wanted {
        let threshold = threshold(seen, wanted)
        if rest[index] < threshold {
          refine(work[index...], seen, threshold, wanted, weights)
          break
        }
      }
      if work[index].lists.count == 1 {
        add(work[index].lists[0], work[index].isStrong, weights, &seen)
      } else {
        add(work[index].lists, work[index].isStrong, weights, &seen)
      }
      index += 1
    }
    var found: [(row: UInt32, score: Float)] = []
    let least = seen.contains { strongRows[Int($0)] } ? least.besides : least.alone
    let threshold = seen.count > wanted * 2 ? threshold(seen, wanted) : 0
    for row in seen {
      let score = scores[Int(row)]
      let isStrong = strongRows[Int(row)]
      scores[Int(row)] = 0
      strongRows[Int(row)] = false
      guard score >= threshold, isStrong || score >= least else { continue }
      found.append((row, score))
    }
    found.sort { ($0.score, $1.row) > ($1.score, $0.row) }
    return Array(found.prefix(wanted))
  }

  /// Adds a list to the scores. Rows beyond the lengths that were read belong to a damaged index and are left out.
  private mutating func add(
    _ list: Work.Weighted, _ isStrong: Bool, _ weights: FieldWeights, _ seen: inout [UInt32]
  ) {
    let factor = list.factor
    norms.withUnsafeBufferPointer { norms in
      scores.withUnsafeMutableBufferPointer { scores in
        strongRows.withUnsafeMutableBufferPointer { strongRows in
          for posting in list.postings {
            let row = Int(posting >> 8)
            guard row < norms.count else { continue }
            if scores[row] == 0 { seen.append(UInt32(row)) }
            scores[row] += factor * weights.value(posting, norms)
            if isStrong { strongRows[row] = true }
          }
        }
      }
    }
  }

  /// Adds the best of several lists to the scores.
  private mutating func add(
    _ lists: [Work.Weighted], _ isStrong: Bool, _ weights: FieldWeights, _ seen: inout [UInt32]
  ) {
    var touched: [UInt32] = []
    norms.withUnsafeBufferPointer { norms in
      groupScores.withUnsafeMutableBufferPointer { groupScores in
        for list in lists {
          for posting in list.postings {
            let row = Int(posting >> 8)
            guard row < norms.count else { continue }
            let value = list.factor * weights.value(posting, norms)
            if groupScores[row] == 0 { touched.append(UInt32(row)) }
            if value > groupScores[row] { groupScores[row] = value }
          }
        }
      }
    }
    for touchedRow in touched {
      let row = Int(touchedRow)
      if scores[row] == 0 { seen.append(touchedRow) }
      scores[row] += groupScores[row]
      groupScores[row] = 0
      if isStrong { strongRows[row] = true }
    }
  }

  /// The score of the `wanted`-th best row so far.
  private func threshold(_ seen: [UInt32], _ wanted: Int) -> Float {
    var heap: [Float] = []
    heap.reserveCapacity(wanted + 1)
    for row in seen {
      let score = scores[Int(row)]
      if heap.count < wanted {
        heap.append(score)
        var child = heap.count - 1
        while child > 0, heap[(child - 1) / 2] > heap[child] {
          heap.swapAt(child, (child - 1) / 2)
          child = (child - 1) / 2
        }
      } else if score > heap[0] {
        heap[0] = score
        var parent = 0
        while true {
          var least = parent
          for child in [2 * parent + 1, 2 * parent + 2] where child < wanted && heap[child] < heap[least] {
            least = child
          }
          if least == parent { break }
          heap.swapAt(parent, least)
          parent = least
        }
      }
    }
    return heap.first ?? 0
  }

  /// Adds the frequent terms to rows that can still be among the best, those that can give most first: the rows that are
  /// left become few quickly.
  private mutating func refine(
    _ frequent: ArraySlice<Work>, _ seen: [UInt32], _ start: Float, _ wanted: Int, _ weights: FieldWeights
  ) {
    let work = frequent.sorted { $0.most > $1.most }
    var rest = work.reduce(0) { $0 + $1.most }
    var threshold = start
    var rows = seen
    for group in work {
      rows.removeAll { scores[Int($0)] + rest < threshold }
      rest -= group.most
      for row in rows {
        var best: Float = 0
        for list in group.lists {
          guard let posting = Self.find(row, in: list.postings) else { continue }
          best = max(best, norms.withUnsafeBufferPointer { list.factor * weights.value(posting, $0) })
        }
        scores[Int(row)] += best
        if best > 0, group.isStrong { strongRows[Int(row)] = true }
      }
      if rows.count > 2 * wanted { threshold = self.threshold(rows, wanted) }
    }
  }

  private static func find(_ row: UInt32, in postings: [UInt32]) -> UInt32? {
    var low = 0
    var high = postings.count
    while low < high {
      let middle = (low + high) / 2
      if postings[middle] >> 8 < row { low = middle + 1 } else { high = middle }
    }
    return low < postings.count && postings[low] >> 8 == row ? postings[low] : nil
  }

  /// Adds what articles answered before, and those that nothing else found.
  private mutating func addVotes(
    _ plan: KnowledgePlan, _ db: Database, _ preference: KnowledgePreference,
    to candidates: inout [(row: UInt32, score: Float)]
  ) throws {
    let votes = try QuestionVotes(plan.ranking, today: preference.today).scores(plan.question, db) { code in
      let articles = try term(code, db)?.articles ?? 0
      return rarity(articles)
    }
    guard !votes.isEmpty else { return }
    var rows: [UInt32: Float] = [:]
    for (article, score) in votes {
      var find = try Prepared(db, "SELECT row FROM search_article WHERE id = ? AND language = ?")
      find.bind(article.id)
      find.bind(article.language.rawValue)
      // One that was taken away has no row, and may come back.
      if try find.step() { rows[UInt32(truncatingIfNeeded: find.int(0))] = score }
    }
    for place in candidates.indices {
      if let score = rows.removeValue(forKey: candidates[place].row) { candidates[place].score += score }
    }
    candidates += rows.filter { Int($0.key) < norms.count }.map { ($0.key, $0.value) }
  }

  /// What the letters of the query's words add to each candidate.
  private mutating func letterScores(
    _ candidates: [(row: UInt32, score: Float)], _ plan: KnowledgePlan, _ db: Database
  ) throws -> [Float] {
    var scores = [Float](repeating: 0, count: candidates.count)
    guard ranking.letterWeight > 0, candidates.count > 1, !plan.letters.isEmpty else { return scores }
    let rarity = try self.rarity ?? LetterRarity(db, articles: articleCount)
    self.rarity = rarity
    var evidence = LetterEvidence(plan.letters, rarity)
    for (place, candidate) in candidates.enumerated() {
      var text = try Prepared(db, "SELECT title, tags, body FROM search_article WHERE row = ?")
      text.bind(Int64(candidate.row))
      guard try text.step() else { continue }
      evidence.add(text.text(0), weight: ranking.titleWeight)
      evidence.add(text.text(1), weight: ranking.tagWeight)
      evidence.add(text.text(2), weight: 1)
      scores[place] =
        ranking.letterWeight * (ranking.saturation + 1) * evidence.take(norm: norms[Int(candidate.row)])
    }
    return scores
  }

  /// Puts the candidates into the order that a person sees.
  private mutating func order(
    _ candidates: [(row: UInt32, score: Float)], _ plan: KnowledgePlan, _ db: Database,
    _ preference: KnowledgePreference, _ limit: Int
  ) throws -> [RankedArticle] {
    var ranked: [RankedArticle] = []
    let letters = try letterScores(candidates, plan, db)
    for (place, candidate) in candidates.enumerated() {
      guard let head = try head(candidate.row, db) else { continue }
      let factor = 1 + (plan.titleFactor(head.foldedTitle) - 1) * ranking.phraseWeight
      var score = Double(candidate.score + letters[place]) * factor
      if head.language != preference.language { score *= 0.6 }
      if let zone = preference.zone, head.zone == zone { score *= 1.15 }
      if head.isExpired(on: preference.today) { score *= 0.5 }
      ranked.append(RankedArticle(row: Int64(candidate.row), head: head, score: score))
    }
    ranked.sort { ($0.score, $1.row) > ($1.score, $0.row) }
    // Of an article in both languages mine is shown, at the place of the better one.
    var places: [ArticleID: Int] = [:]
    var listed: [RankedArticle] = []
    for article in ranked {
      if let place = places[article.head.id] {
        if article.head.language == preference.language { listed[place].take(article) }
      } else {
        places[article.head.id] = listed.count
        listed.append(article)
      }
    }
    return Array(listed.prefix(limit))
  }
}
