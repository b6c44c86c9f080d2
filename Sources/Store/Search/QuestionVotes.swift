import Domain
import GRDB

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
