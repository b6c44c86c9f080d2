import Domain
import GRDB

/// What a query asks for: groups of terms, each group a thing that was typed and the terms that may stand for it.
struct KnowledgePlan {
  struct Alternative {
    var code: TermCode
    var term: KnowledgeCache.Term
    var weight: Float
    /// The stem of a word; nil for characters, pairs of words, and words that a beginning led to.
    var stem: String?
  }

  struct Group {
    var alternatives: [Alternative]
    /// More than a single character.
    var isStrong: Bool
  }

  private(set) var groups: [Group] = []
  /// The share of what single characters could give that makes them evidence without any other, when more was typed: where
  /// no article has any other, and beside articles that have.
  private(set) var leastOfCharacters: (alone: Float, besides: Float) = (0, 0)
  /// Fitted to the articles and to the query.
  let ranking: KnowledgeRanking
  /// What was typed, to be compared with the questions that articles answered.
  let question: QuestionTerms
  /// The query without spaces, folded.
  let compact: [UInt32]
  /// Words of letters that may be pinyin.
  private(set) var pinyin: [[UInt8]] = []
  /// Beginnings of words that the highlights mark.
  private(set) var prefixes: [String] = []
  private(set) var isSingleCharacter = false
  /// Words of Latin letters, whose forms are compared letter by letter.
  private(set) var letters: [[UInt8]] = []

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

  /// Of a word of two or three characters half of what they tell has to be there; of a question a third, and anything once
  /// something in it was found for certain.
  private static func share(ofCharacters count: Int) -> (alone: Float, besides: Float) {
    count < 4 ? (0.5, 0.5) : (0.35, 0)
  }

  init(_ query: String, _ db: Database, _ cache: inout KnowledgeCache) throws {
    let folded = Self.folded(query)
    compact = folded.filter { SearchText.isIdeograph($0) || SearchText.isWordPart($0) }
    let runs = SearchText.runs(folded)
    let characters = runs.reduce(0) { $0 + ($1.isIdeographic ? $1.end - $1.start : 0) }
    ranking = cache.ranking.fitted(characters: characters, length: cache.averageLength)
    question = QuestionTerms(folded: folded)
    var seen: Set<TermCode> = []
    var builder = Builder(db: db, ranking: ranking)
    var previous: TermCode?
    for (index, run) in runs.enumerated() {
      if run.isIdeographic {
        previous = nil
        for place in run.start..<run.end {
          let single = TermCode.character(folded[place])
          if ranking.characterWeight > 0 || run.end - run.start == 1, seen.insert(single).inserted {
            builder.add(single, weight: ranking.characterWeight, isStrong: false, &cache)
          }
          guard place + 1 < run.end, ranking.pairWeight > 0 else { continue }
          let pair = TermCode.pair(folded[place], folded[place + 1])
          if seen.insert(pair).inserted {
            builder.add(pair, weight: ranking.pairWeight, isStrong: true, &cache)
          }
        }
      } else {
        let stem = SearchText.term(folded[run.start..<run.end])
        let code = TermCode.word(stem)
        if let previous, ranking.wordPairWeight > 0, seen.insert(.words(previous, code)).inserted {
          builder.add(.words(previous, code), weight: ranking.wordPairWeight, isStrong: true, &cache)
        }
        previous = code
        guard seen.insert(code).inserted else { continue }
        if let word = Self.letters(folded[run.start..<run.end]) { letters.append(word) }
        let isBeingTyped = index == runs.count - 1 && run.end == folded.count
        builder.addWord(
          SearchText.string(folded[run.start..<run.end]), stem, isBeingTyped: isBeingTyped, &cache)
      }
      if builder.groups.count >= Self.mostGroups { break }
    }
    builder.addSynonyms(of: folded, runs, &cache)
    if let error = builder.error { throw error }
    groups = builder.groups
    pinyin = builder.pinyin
    prefixes = builder.prefixes
    if ranking.needsMoreThanCharacters, groups.contains(where: \.isStrong) {
      leastOfCharacters = Self.share(ofCharacters: characters)
    }
    isSingleCharacter = !groups.contains(where: \.isStrong)
  }

  private static func letters(_ word: ArraySlice<UInt32>) -> [UInt8]? {
    guard word.count > 1, word.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }) else { return nil }
    return word.map { UInt8($0) }
  }

  /// How much more an article counts whose title says the very thing that was typed.
  func titleFactor(_ title: [UInt32]) -> Double {
    guard compact.count > 1 else { return 1 }
    let place = Self.find(compact, in: title)
    if let place { return place == 0 ? (compact.count == Self.compact(title).count ? 2.2 : 1.9) : 1.6 }
    let read = pinyin.compactMap { Pinyin.match($0, in: title) }.min { $0.lowerBound < $1.lowerBound }
    guard let read else { return 1 }
    return read.lowerBound == 0 ? (read.count == title.count ? 2.2 : 2) : 1.8
  }

  private static func compact(_ text: [UInt32]) -> [UInt32] {
    text.filter { SearchText.isIdeograph($0) || SearchText.isWordPart($0) }
  }

  /// Where `needle` stands in `text`, spaces and marks left out.
  private static func find(_ needle: [UInt32], in text: [UInt32]) -> Int? {
    let compact = compact(text)
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
  private var places: [TermCode: Int] = [:]

  init(db: Database, ranking: KnowledgeRanking) {
    self.db = db
    self.ranking = ranking
  }

  private mutating func alternative(
    _ code: TermCode, _ weight: Float, stem: String? = nil, _ cache: inout KnowledgeCache
  ) -> KnowledgePlan.Alternative? {
    do {
      return try cache.term(code, db).map { .init(code: code, term: $0, weight: weight, stem: stem) }
    } catch {
      self.error = self.error ?? error
      return nil
    }
  }

  mutating func add(_ code: TermCode, weight: Float, isStrong: Bool, _ cache: inout KnowledgeCache) {
    let found = alternative(code, weight, &cache)
    places[code] = groups.count
    groups.append(.init(alternatives: found.map { [$0] } ?? [], isStrong: isStrong))
  }

  /// With so many articles for the very word, words that begin with it add nothing but time.
  private static let enoughArticles = 20

  mutating func addWord(_ word: String, _ stem: String, isBeingTyped: Bool, _ cache: inout KnowledgeCache) {
    let exact = alternative(.word(stem), 1, stem: stem, &cache)
    places[.word(stem)] = groups.count
    var group = KnowledgePlan.Group(alternatives: exact.map { [$0] } ?? [], isStrong: true)
    let isRare = (exact?.term.articles ?? 0) < Self.enoughArticles
    if ranking.prefixWeight > 0, isRare, isBeingTyped || exact == nil, word.utf8.count > 1 {
      let weight = ranking.prefixWeight * (exact == nil ? 1.4 : 0.5)
      let known = exact?.code
      group.alternatives += expansions(.word, from: word, isPrefix: true, most: 12, weight, &cache)
        .filter { $0.code != known }
      prefixes.append(word)
    }
    let letters = Array(word.utf8)
    var extra: [KnowledgePlan.Group] = []
    if ranking.prefixWeight > 0, letters.count > 1, letters.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }) {
      addPinyin(letters, isWord: exact != nil, &group, &extra, &cache)
    }
    groups.append(group)
    groups += extra
  }

  private mutating func addPinyin(
    _ letters: [UInt8], isWord: Bool, _ group: inout KnowledgePlan.Group,
    _ extra: inout [KnowledgePlan.Group], _ cache: inout KnowledgeCache
  ) {
    let word = String(decoding: letters, as: UTF8.self)
    let ways = Pinyin.segmentations(of: letters)
    // A word of the articles is that word, unless it can be read as syllables through and through.
    if isWord, !ways.contains(where: { $0.count > 1 && $0.allSatisfy { $0.utf8.count > 1 } }) { return }
    let factor: Float = isWord ? 0.4 : 1
    let before = group.alternatives.count
    if !ways.isEmpty {
      group.alternatives += expansions(.pinyin, from: word, isPrefix: true, most: 16, factor, &cache)
    }
    for way in ways where way.count > 2 {
      for index in 0..<way.count - 1 {
        let isLast = index == way.count - 2
        let found = expansions(
          .pinyin, from: way[index] + way[index + 1], isPrefix: isLast, most: 12, factor, &cache)
        if !found.isEmpty { extra.append(.init(alternatives: found, isStrong: true)) }
      }
    }
    // No syllable begins with i, u or v.
    if !isWord, letters.count <= 8, letters.allSatisfy({ !"iuv".utf8.contains($0) }) {
      let weight: Float = ways.isEmpty ? 0.8 : 0.3
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
      return try cache.expansions(kind, from: key, isPrefix: isPrefix, db).prefix(most).map {
        .init(code: $0.code, term: $0.term, weight: weight, stem: nil)
      }
    } catch {
      self.error = self.error ?? error
      return []
    }
  }

  /// Words that mean the same as a part of the query stand for it, or beside it when they are longer than one term.
  mutating func addSynonyms(
    of folded: [UInt32], _ runs: [SearchText.Run], _ cache: inout KnowledgeCache
  ) {
    guard ranking.synonymWeight > 0 else { return }
    let table = cache.synonyms
    var added: Set<Int> = []
    for (place, word) in table.words.enumerated() where contains(folded, word.scalars) {
      for other in table.others(of: place) where added.insert(other).inserted {
        let synonym = table.words[other]
        if !contains(folded, synonym.scalars) { addSynonym(synonym, for: word, &cache) }
      }
    }
  }

  private mutating func addSynonym(
    _ other: SynonymTable.Word, for word: SynonymTable.Word, _ cache: inout KnowledgeCache
  ) {
    let weight = ranking.synonymWeight
    if other.terms.count == 1, word.terms.count == 1, let place = places[word.terms[0].code] {
      let term = other.terms[0]
      if let found = alternative(term.code, weight, stem: term.stem, &cache) {
        groups[place].alternatives.append(found)
      }
      return
    }
    let share = weight * min(1, Float(word.terms.count) / Float(other.terms.count))
    for term in other.terms where places[term.code] == nil {
      if let found = alternative(term.code, share, stem: term.stem, &cache) {
        places[term.code] = groups.count
        groups.append(.init(alternatives: [found], isStrong: true))
      }
    }
  }

  /// Ideographs anywhere; words only as whole words.
  private func contains(_ folded: [UInt32], _ word: [UInt32]) -> Bool {
    guard let first = word.first, folded.count >= word.count else { return false }
    for start in 0...folded.count - word.count where folded[start] == first {
      guard folded[start..<start + word.count].elementsEqual(word) else { continue }
      if SearchText.isIdeograph(first) { return true }
      let isBegin = start == 0 || !SearchText.isWordPart(folded[start - 1])
      let end = start + word.count
      if isBegin, end == folded.count || !SearchText.isWordPart(folded[end]) { return true }
    }
    return false
  }
}
