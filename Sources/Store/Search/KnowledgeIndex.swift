import Domain
import Foundation
import GRDB
import Synchronization

/// Search over articles: BM25 over characters, pairs of characters and stems, with title and tags weighing more than the
/// body, on lists that SQLite keeps and this object caches.
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
  private let ranking: KnowledgeRanking

  /// `cachedPostings` bounds the memory: four bytes each.
  package convenience init(cachedPostings: Int = 4_000_000) {
    self.init(cachedPostings: cachedPostings, ranking: KnowledgeRanking())
  }

  init(cachedPostings: Int = 4_000_000, ranking: KnowledgeRanking) {
    cache = Mutex(KnowledgeCache(limit: cachedPostings))
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
    let words = Masking.text(SearchText.string(KnowledgePlan.folded(query)[...])).split(separator: " ")
    let text = words.joined(separator: " ")
    return text.unicodeScalars.count < 2 ? nil : text
  }

  private func ranked(
    _ db: Database, _ query: String, preference: KnowledgePreference, _ limit: Int
  ) throws -> (KnowledgePlan, [RankedArticle]) {
    try cache.withLock { cache in
      try cache.refresh(db)
      let plan = try KnowledgePlan(query, db, &cache, ranking)
      let ranked = try cache.rank(plan, db, preference, ranking, limit)
      return (plan, ranked)
    }
  }

  private func hit(_ ranked: RankedArticle, _ db: Database, _ marker: MatchMarker, _ today: CivilDate) throws
    -> ArticleHit
  {
    let statement = try db.cachedStatement(sql: "SELECT body FROM search_article WHERE row = ?")
    let body = try String.fetchOne(statement, arguments: [ranked.row]) ?? ""
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

/// The numbers of the ranking. Chosen on texts that are not in the project; see docs/decisions.
struct KnowledgeRanking {
  /// Saturation of repeated terms and weight of the length (BM25).
  var saturation: Float = 1.2
  var lengthWeight: Float = 0.6
  /// One place in the title or tags counts as so many in the body.
  var titleWeight: Float = 3
  var tagWeight: Float = 2
  /// A single character against a pair.
  var characterWeight: Float = 0.4
  var synonymWeight: Float = 0.7
  var prefixWeight: Float = 0.6
  /// Candidates whose order is looked at more closely.
  var candidates = 40
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
}

/// What a search keeps between keystrokes, as long as nobody writes the index.
struct KnowledgeCache {
  struct Term {
    var id: Int64
    var articles: Int
    var titled: Int
  }

  private let limit: Int
  private var generation: Int64 = -1
  private(set) var articleCount = 0
  private(set) var averageLength: Float = 1
  /// By row.
  private var lengths: [UInt16] = []
  private var terms: [String: Term?] = [:]
  private var postings: [Int64: [UInt32]] = [:]
  private var cachedPostings = 0
  private var heads: [UInt32: ArticleHead] = [:]
  private(set) var synonyms = SynonymTable()
  /// Scores by row; zero between searches.
  private var scores: [Float] = []
  private var groupScores: [Float] = []
  /// Whether more than single characters were found; false between searches.
  private var strongRows: [Bool] = []

  init(limit: Int) { self.limit = limit }

  mutating func refresh(_ db: Database) throws {
    let statement = try db.cachedStatement(sql: "SELECT generation, articles, length FROM search_state")
    guard let row = try GRDB.Row.fetchOne(statement) else { return }
    guard row[0] as Int64 != generation else { return }
    self = KnowledgeCache(limit: limit)
    generation = row[0]
    articleCount = row[1]
    averageLength = articleCount > 0 ? max(1, Float(row[2] as Int) / Float(articleCount)) : 1
    let blocks = try GRDB.Row.fetchCursor(db, sql: "SELECT block, data FROM search_length ORDER BY block")
    while let row = try blocks.next() {
      let first = Int(row[0] as Int64) * Int(Postings.rowsInBlock)
      while lengths.count < first { lengths.append(0) }
      let data: Data = row[1]
      data.withUnsafeBytes { bytes in
        for place in stride(from: 0, to: bytes.count - 1, by: 2) {
          lengths.append(UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8)
        }
      }
    }
    scores = [Float](repeating: 0, count: lengths.count)
    groupScores = scores
    strongRows = [Bool](repeating: false, count: lengths.count)
    let words = try GRDB.Row.fetchAll(db, sql: "SELECT team, word FROM search_synonym ORDER BY team")
    synonyms = SynonymTable(words.map { ($0[0], $0[1]) })
  }

  mutating func term(_ text: String, _ db: Database) throws -> Term? {
    if let known = terms[text] { return known }
    if terms.count > 50_000 { terms.removeAll(keepingCapacity: true) }
    let statement = try db.cachedStatement(sql: "SELECT id, articles, titled FROM search_term WHERE term = ?")
    let term = try GRDB.Row.fetchOne(statement, arguments: [text]).map {
      Term(id: $0[0], articles: $0[1], titled: $0[2])
    }
    terms[text] = .some(term)
    return term
  }

  private mutating func postings(of term: Term, _ db: Database) throws -> [UInt32] {
    if let known = postings[term.id] { return known }
    var list: [UInt32] = []
    list.reserveCapacity(term.articles)
    let statement = try db.cachedStatement(
      sql: "SELECT key, data FROM search_posting WHERE key BETWEEN ? AND ? ORDER BY key")
    let cursor = try GRDB.Row.fetchCursor(
      statement,
      arguments: [Postings.key(term: term.id, block: 0), Postings.key(term: term.id, block: 4095)])
    while let row = try cursor.next() {
      let block = UInt32(truncatingIfNeeded: (row[0] as Int64) & 4095)
      try row.withUnsafeData(atIndex: 1) { data in
        data?.withUnsafeBytes { Postings.decode($0, block: block, into: &list) }
      }
    }
    while cachedPostings + list.count > limit, let victim = postings.first {
      cachedPostings -= victim.value.count
      postings[victim.key] = nil
    }
    cachedPostings += list.count
    postings[term.id] = list
    return list
  }

  private mutating func head(_ row: UInt32, _ db: Database) throws -> ArticleHead? {
    if let known = heads[row] { return known }
    if heads.count > 5_000 { heads.removeAll(keepingCapacity: true) }
    let statement = try db.cachedStatement(
      sql: "SELECT id, language, zone, expires, title FROM search_article WHERE row = ?")
    guard let found = try GRDB.Row.fetchOne(statement, arguments: [row]) else { return nil }
    let title: String = found[4]
    let head = ArticleHead(
      id: ArticleID(found[0] as String), language: Language(rawValue: found[1]) ?? .chinese,
      zone: (found[2] as String?).map { ZoneID($0) }, expires: found[3], title: title,
      foldedTitle: SearchText.fold(title))
    heads[row] = head
    return head
  }
}

// MARK: - Ranking

extension KnowledgeCache {
  /// A group with its lists, ready to be scored.
  private struct Work {
    struct List {
      var postings: [UInt32]
      var factor: Float
    }
    var lists: [List]
    var size: Int
    var most: Float
    var isStrong: Bool
  }

  mutating func rank(
    _ plan: KnowledgePlan, _ db: Database, _ preference: KnowledgePreference, _ ranking: KnowledgeRanking,
    _ limit: Int
  ) throws -> [RankedArticle] {
    var work: [Work] = []
    for group in plan.groups {
      var lists: [Work.List] = []
      for alternative in group.alternatives {
        let postings = try postings(of: alternative.term, db)
        let frequency = Float(alternative.term.articles)
        let idf = log(1 + (Float(articleCount) - frequency + 0.5) / (frequency + 0.5))
        lists.append(
          Work.List(
            postings: postings, factor: max(idf, 0.01) * alternative.weight * (ranking.saturation + 1)))
      }
      guard !lists.isEmpty else { continue }
      work.append(
        Work(
          lists: lists, size: lists.reduce(0) { $0 + $1.postings.count }, most: lists.map(\.factor).max()!,
          isStrong: group.isStrong))
    }
    work.sort { $0.size < $1.size }
    let candidates = score(work, ranking, needsStrong: plan.needsStrongEvidence)
    return try order(candidates, plan, db, preference, limit)
  }

  /// The best rows by evidence alone.
  private mutating func score(_ work: [Work], _ ranking: KnowledgeRanking, needsStrong: Bool) -> [(
    row: UInt32, score: Float
  )] {
    var rest = [Float](repeating: 0, count: work.count + 1)
    for index in work.indices.reversed() { rest[index] = rest[index + 1] + work[index].most }
    var seen: [UInt32] = []
    let total = rest[0]
    let wanted = ranking.candidates
    let average = averageLength
    let lengths = lengths

    @inline(__always)
    func value(_ posting: UInt32, _ factor: Float) -> Float {
      let counts = posting & 0xFF
      var frequency = Float(counts & 0xF)
      if counts > 0xF {
        frequency +=
          Float((counts >> 4) & 3) * ranking.titleWeight + Float(counts >> 6) * ranking.tagWeight
      }
      let length = Float(lengths[Int(posting >> 8)])
      let norm = ranking.saturation * (1 - ranking.lengthWeight + ranking.lengthWeight * length / average)
      return factor * frequency / (frequency + norm)
    }

    var index = 0
    scan: while index < work.count {
      if seen.count >= wanted, index > 0 {
        let threshold = threshold(seen, wanted)
        if rest[index] < threshold {
          refine(work[index...], seen, threshold, rest, index, value)
          break scan
        }
      }
      let group = work[index]
      if group.lists.count == 1 {
        let list = group.lists[0]
        for posting in list.postings {
          let row = Int(posting >> 8)
          if scores[row] == 0 { seen.append(UInt32(row)) }
          scores[row] += value(posting, list.factor)
          if group.isStrong { strongRows[row] = true }
        }
      } else {
        var touched: [UInt32] = []
        for list in group.lists {
          for posting in list.postings {
            let row = Int(posting >> 8)
            let value = value(posting, list.factor)
            if groupScores[row] == 0 { touched.append(UInt32(row)) }
            if value > groupScores[row] { groupScores[row] = value }
          }
        }
        for row in touched {
          if scores[Int(row)] == 0 { seen.append(row) }
          scores[Int(row)] += groupScores[Int(row)]
          groupScores[Int(row)] = 0
          if group.isStrong { strongRows[Int(row)] = true }
        }
      }
      index += 1
    }
    var found: [(row: UInt32, score: Float)] = []
    let threshold = seen.count > wanted * 2 ? threshold(seen, wanted) : 0
    for row in seen {
      let score = scores[Int(row)]
      scores[Int(row)] = 0
      let isStrong = strongRows[Int(row)]
      strongRows[Int(row)] = false
      guard score >= threshold, !needsStrong || isStrong || score >= total * 0.3 else { continue }
      found.append((row, score))
    }
    found.sort { ($0.score, $1.row) > ($1.score, $0.row) }
    return Array(found.prefix(wanted))
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

  /// Adds the frequent terms to rows that can still be among the best.
  private mutating func refine(
    _ work: ArraySlice<Work>, _ seen: [UInt32], _ threshold: Float, _ rest: [Float], _ first: Int,
    _ value: (UInt32, Float) -> Float
  ) {
    var rows = seen.filter { scores[Int($0)] + rest[first] >= threshold }
    for (offset, group) in work.enumerated() {
      let index = first + offset
      rows.removeAll { scores[Int($0)] + rest[index] < threshold }
      for row in rows {
        var best: Float = 0
        for list in group.lists {
          if let posting = Self.find(row, in: list.postings) { best = max(best, value(posting, list.factor)) }
        }
        scores[Int(row)] += best
      }
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

  /// Puts the candidates into the order that a person sees.
  private mutating func order(
    _ candidates: [(row: UInt32, score: Float)], _ plan: KnowledgePlan, _ db: Database,
    _ preference: KnowledgePreference, _ limit: Int
  ) throws -> [RankedArticle] {
    var ranked: [RankedArticle] = []
    for candidate in candidates {
      guard let head = try head(candidate.row, db) else { continue }
      var score = Double(candidate.score) * plan.titleFactor(head.foldedTitle)
      if head.language != preference.language { score *= 0.7 }
      if let zone = preference.zone, head.zone == zone { score *= 1.15 }
      if head.isExpired(on: preference.today) { score *= 0.5 }
      ranked.append(RankedArticle(row: Int64(candidate.row), head: head, score: score))
    }
    ranked.sort { ($0.score, $1.row) > ($1.score, $0.row) }
    var listed: Set<ArticleID> = []
    return Array(ranked.filter { listed.insert($0.head.id).inserted }.prefix(limit))
  }
}

/// Words that mean the same, by team.
struct SynonymTable {
  struct Word {
    var text: String
    var scalars: [UInt32]
    var team: Int
  }

  private(set) var words: [Word] = []
  private var teams: [Int: [Int]] = [:]

  init(_ rows: [(Int, String)] = []) {
    for (team, text) in rows {
      teams[team, default: []].append(words.count)
      words.append(Word(text: text, scalars: text.unicodeScalars.map(\.value), team: team))
    }
  }

  func others(of place: Int) -> [Word] {
    (teams[words[place].team] ?? []).filter { $0 != place }.map { words[$0] }
  }
}
