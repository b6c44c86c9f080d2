import Domain
import GRDB

/// What a query asks for: groups of terms, each group a thing that was typed and the terms that may stand for it.
struct KnowledgePlan {
  struct Alternative {
    var text: String
    var term: KnowledgeCache.Term
    var weight: Float
  }

  struct Group {
    var alternatives: [Alternative]
    /// More than a single character.
    var isStrong: Bool
  }

  private(set) var groups: [Group] = []
  /// Single characters alone are no evidence when more was typed.
  private(set) var needsStrongEvidence = false
  /// The query without spaces, folded.
  let compact: [UInt32]
  /// Words of letters that may be pinyin.
  private(set) var pinyin: [[UInt8]] = []
  /// Beginnings of words that the highlights mark.
  private(set) var prefixes: [String] = []
  private(set) var isSingleCharacter = false

  /// What is longer is cut: nobody types it, and every term costs time.
  private static let longestQuery = 256
  private static let mostGroups = 64

  static func folded(_ query: String) -> [UInt32] {
    var folded: [UInt32] = []
    for scalar in query.unicodeScalars.prefix(longestQuery) {
      let value = SearchText.fold(scalar.value)
      folded.append(value < 0x20 ? SearchText.gap : value)
    }
    return folded
  }

  init(_ query: String, _ db: Database, _ cache: inout KnowledgeCache, _ ranking: KnowledgeRanking) throws {
    let folded = Self.folded(query)
    compact = folded.filter { SearchText.isIdeograph($0) || SearchText.isWordPart($0) }
    let runs = SearchText.runs(folded)
    var seen: Set<String> = []
    var builder = Builder(db: db, ranking: ranking)
    for (index, run) in runs.enumerated() {
      if run.isIdeographic {
        for place in run.start..<run.end {
          let single = SearchText.gram(folded[place])
          if seen.insert(single).inserted {
            builder.add(single, weight: ranking.characterWeight, isStrong: false, &cache)
          }
          guard place + 1 < run.end else { continue }
          let pair = SearchText.gram(folded[place], folded[place + 1])
          if seen.insert(pair).inserted { builder.add(pair, weight: 1, isStrong: true, &cache) }
        }
      } else {
        let word = folded[run.start..<run.end]
        let text = SearchText.string(word)
        guard seen.insert(text).inserted else { continue }
        let isBeingTyped = index == runs.count - 1 && run.end == folded.count
        builder.addWord(text, term: SearchText.term(word), isBeingTyped: isBeingTyped, &cache)
      }
      if builder.groups.count >= Self.mostGroups { break }
    }
    builder.addSynonyms(of: folded, runs, &cache)
    if let error = builder.error { throw error }
    groups = builder.groups
    pinyin = builder.pinyin
    prefixes = builder.prefixes
    needsStrongEvidence = groups.contains(where: \.isStrong) || compact.count > 2
    isSingleCharacter = !groups.contains(where: \.isStrong)
  }

  /// How much more an article counts whose title says the very thing that was typed.
  func titleFactor(_ title: [UInt32]) -> Double {
    guard compact.count > 1 else { return 1 }
    let place = Self.find(compact, in: title)
    if let place { return place == 0 ? (compact.count == title.count ? 1.8 : 1.4) : 1.3 }
    return pinyin.contains { Pinyin.match($0, in: title) != nil } ? 1.5 : 1
  }

  /// Where `needle` stands in `text`, spaces and marks left out.
  private static func find(_ needle: [UInt32], in text: [UInt32]) -> Int? {
    let compact = text.filter { SearchText.isIdeograph($0) || SearchText.isWordPart($0) }
    guard compact.count >= needle.count else { return nil }
    return (0...compact.count - needle.count).first { start in
      compact[start] == needle[0] && compact[start..<start + needle.count].elementsEqual(needle)
    }
  }
}

/// Looks terms up while the plan is made. The first error is kept and thrown at the end.
private struct Builder {
  let db: Database
  let ranking: KnowledgeRanking
  var groups: [KnowledgePlan.Group] = []
  var pinyin: [[UInt8]] = []
  var prefixes: [String] = []
  var error: (any Error)?
  /// The group of a pair or word that was typed, for the synonyms that may stand for it.
  private var places: [String: Int] = [:]

  init(db: Database, ranking: KnowledgeRanking) {
    self.db = db
    self.ranking = ranking
  }

  private mutating func alternative(_ text: String, _ weight: Float, _ cache: inout KnowledgeCache)
    -> KnowledgePlan.Alternative?
  {
    do {
      return try cache.term(text, db).map { .init(text: text, term: $0, weight: weight) }
    } catch {
      self.error = self.error ?? error
      return nil
    }
  }

  mutating func add(_ text: String, weight: Float, isStrong: Bool, _ cache: inout KnowledgeCache) {
    let found = alternative(text, weight, &cache)
    places[text] = groups.count
    groups.append(.init(alternatives: found.map { [$0] } ?? [], isStrong: isStrong))
  }

  mutating func addWord(_ word: String, term: String, isBeingTyped: Bool, _ cache: inout KnowledgeCache) {
    let exact = alternative(term, 1, &cache)
    places[term] = groups.count
    var group = KnowledgePlan.Group(alternatives: exact.map { [$0] } ?? [], isStrong: true)
    let isKnown = exact != nil
    if isBeingTyped || !isKnown, word.utf8.count > 1 {
      let weight = ranking.prefixWeight * (isKnown ? 0.5 : 1.4)
      group.alternatives += expansions(.word, from: word, isPrefix: true, most: 12, weight, &cache)
        .filter { $0.text != term }
      prefixes.append(word)
    }
    let letters = Array(word.utf8)
    var extra: [KnowledgePlan.Group] = []
    if letters.count > 1, letters.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }) {
      addPinyin(letters, factor: isKnown ? 0.4 : 1, &group, &extra, &cache)
    }
    groups.append(group)
    groups += extra
  }

  private mutating func addPinyin(
    _ letters: [UInt8], factor: Float, _ group: inout KnowledgePlan.Group,
    _ extra: inout [KnowledgePlan.Group], _ cache: inout KnowledgeCache
  ) {
    let word = String(decoding: letters, as: UTF8.self)
    let ways = Pinyin.segmentations(of: letters)
    let before = group.alternatives.count
    group.alternatives += expansions(.pinyin, from: word, isPrefix: true, most: 16, factor, &cache)
    for way in ways where way.count > 2 {
      for index in 0..<way.count - 1 {
        let isLast = index == way.count - 2
        let found = expansions(
          .pinyin, from: way[index] + way[index + 1], isPrefix: isLast, most: 12, factor, &cache)
        if !found.isEmpty { extra.append(.init(alternatives: found, isStrong: true)) }
      }
    }
    let isInitials = letters.allSatisfy { !"iuv".utf8.contains($0) } && letters.count <= 8
    if isInitials {
      let weight = factor * (ways.isEmpty ? 0.8 : 0.3)
      if letters.count == 2 {
        group.alternatives += expansions(.initials, from: word, isPrefix: false, most: 24, weight, &cache)
      } else if ways.isEmpty {
        for index in 0..<letters.count - 1 {
          let pair = String(decoding: letters[index...index + 1], as: UTF8.self)
          let found = expansions(.initials, from: pair, isPrefix: false, most: 24, weight, &cache)
          if !found.isEmpty { extra.append(.init(alternatives: found, isStrong: true)) }
        }
      }
    }
    if group.alternatives.count > before || !extra.isEmpty { pinyin.append(letters) }
  }

  /// Terms that `key` leads to, those that stand in most titles first.
  private mutating func expansions(
    _ kind: KnowledgeTables.KeyKind, from key: String, isPrefix: Bool, most: Int, _ weight: Float,
    _ cache: inout KnowledgeCache
  ) -> [KnowledgePlan.Alternative] {
    do {
      let statement = try db.cachedStatement(
        sql: """
          SELECT search_term.term, search_term.id, search_term.articles, search_term.titled
          FROM search_key JOIN search_term ON search_term.id = search_key.term
          WHERE kind = ? AND key >= ? AND key < ? LIMIT 600
          """)
      let rows = try GRDB.Row.fetchCursor(
        statement, arguments: [kind.rawValue, key, key + (isPrefix ? "\u{10FFFF}" : "\u{1}")])
      var found: [KnowledgePlan.Alternative] = []
      while let row = try rows.next() {
        let term = KnowledgeCache.Term(id: row[1], articles: row[2], titled: row[3])
        found.append(.init(text: row[0], term: term, weight: weight))
      }
      found.sort { ($0.term.titled, $0.term.articles, $1.text) > ($1.term.titled, $1.term.articles, $0.text) }
      var seen: Set<Int64> = []
      return Array(found.filter { seen.insert($0.term.id).inserted }.prefix(most))
    } catch {
      self.error = self.error ?? error
      return []
    }
  }

  /// Words that mean the same as a part of the query stand for it, or beside it when they are longer than one term.
  mutating func addSynonyms(
    of folded: [UInt32], _ runs: [SearchText.Run], _ cache: inout KnowledgeCache
  ) {
    let table = cache.synonyms
    var added: Set<String> = []
    for (place, word) in table.words.enumerated() where contains(folded, runs, word.scalars) {
      for other in table.others(of: place) where added.insert(other.text).inserted {
        if contains(folded, runs, other.scalars) { continue }
        addSynonym(other, for: word, &cache)
      }
    }
  }

  private mutating func addSynonym(
    _ other: SynonymTable.Word, for word: SynonymTable.Word, _ cache: inout KnowledgeCache
  ) {
    var terms: [String] = []
    for run in SearchText.runs(other.scalars) {
      if run.isIdeographic, run.end - run.start > 1 {
        for place in run.start..<run.end - 1 {
          terms.append(SearchText.gram(other.scalars[place], other.scalars[place + 1]))
        }
      } else {
        terms.append(SearchText.term(other.scalars[run.start..<run.end]))
      }
    }
    guard !terms.isEmpty else { return }
    let typed = SearchText.term(word.scalars[...])
    if terms.count == 1, let place = places[word.text] ?? places[typed] {
      if let found = alternative(terms[0], ranking.synonymWeight, &cache) {
        groups[place].alternatives.append(found)
      }
      return
    }
    let weight =
      ranking.synonymWeight / Float(terms.count) * Float(max(1, min(terms.count, word.scalars.count - 1)))
    for term in terms where places[term] == nil {
      if let found = alternative(term, weight, &cache) {
        places[term] = groups.count
        groups.append(.init(alternatives: [found], isStrong: true))
      }
    }
  }

  /// Ideographs anywhere; words only as whole words.
  private func contains(_ folded: [UInt32], _ runs: [SearchText.Run], _ word: [UInt32]) -> Bool {
    guard !word.isEmpty, folded.count >= word.count else { return false }
    for start in 0...folded.count - word.count where folded[start] == word[0] {
      guard folded[start..<start + word.count].elementsEqual(word) else { continue }
      if SearchText.isIdeograph(word[0]) { return true }
      let isBegin = start == 0 || !SearchText.isWordPart(folded[start - 1])
      let end = start + word.count
      if isBegin, end == folded.count || !SearchText.isWordPart(folded[end]) { return true }
    }
    return false
  }
}
