import Domain
import GRDB

extension KnowledgeCache {
  /// The best articles for a query, in the order that a person sees.
  mutating func rank(
    _ plan: KnowledgePlan, _ db: Database, _ preference: KnowledgePreference, _ limit: Int
  ) throws -> [RankedArticle] {
    var work: [ScoreBoard.Group] = []
    // What the single characters could give, those that no article has with them.
    var whole: Float = 0
    for group in plan.groups {
      if group.alternatives.isEmpty {
        if !group.isStrong { whole += rarity(0) * plan.ranking.characterWeight }
        continue
      }
      var lists: [ScoreBoard.Group.List] = []
      var most: Float = 0
      for alternative in group.alternatives {
        let list = try list(of: alternative.term, db)
        let factor =
          rarity(alternative.term.articles) * alternative.weight * (ranking.saturation + 1)
        most = max(most, factor * list.peak)
        lists.append(ScoreBoard.Group.List(postings: list.postings, factor: factor))
      }
      if !group.isStrong { whole += most }
      work.append(
        ScoreBoard.Group(
          lists: lists, size: lists.reduce(0) { $0 + $1.postings.count }, most: most, isStrong: group.isStrong
        ))
    }
    work.sort { $0.size < $1.size }
    var candidates = board.best(
      ranking.candidates, of: work, ranking.fieldWeights,
      least: (plan.leastOfCharacters.alone * whole, plan.leastOfCharacters.besides * whole))
    try addVotes(plan, db, preference, to: &candidates)
    return try order(candidates, plan, db, preference, limit)
  }

  /// Adds what articles answered before, and those that nothing else found.
  private mutating func addVotes(
    _ plan: KnowledgePlan, _ db: Database, _ preference: KnowledgePreference,
    to candidates: inout [ScoredRow]
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
    candidates += rows.filter { Int($0.key) < board.norms.count }.map {
      ScoredRow(row: $0.key, score: $0.value)
    }
  }

  /// What the letters of the query's words add to each candidate.
  private mutating func letterScores(
    _ candidates: [ScoredRow], _ plan: KnowledgePlan, _ db: Database
  ) throws -> [Float] {
    var scores = [Float](repeating: 0, count: candidates.count)
    guard ranking.letterWeight > 0, candidates.count > 1, !plan.letters.isEmpty else { return scores }
    let rarity = try letterRarity ?? LetterRarity(db, articles: articleCount)
    letterRarity = rarity
    var evidence = LetterEvidence(plan.letters, rarity)
    for (place, candidate) in candidates.enumerated() {
      var text = try Prepared(db, "SELECT title, tags, body FROM search_article WHERE row = ?")
      text.bind(Int64(candidate.row))
      guard try text.step() else { continue }
      evidence.add(text.text(0), weight: ranking.titleWeight)
      evidence.add(text.text(1), weight: ranking.tagWeight)
      evidence.add(text.text(2), weight: 1)
      scores[place] =
        ranking.letterWeight * (ranking.saturation + 1) * evidence.take(norm: board.norms[Int(candidate.row)])
    }
    return scores
  }

  /// Puts the candidates into the order that a person sees.
  private mutating func order(
    _ candidates: [ScoredRow], _ plan: KnowledgePlan, _ db: Database,
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
