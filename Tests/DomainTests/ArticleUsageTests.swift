import Domain
import Foundation
import Testing

@Suite struct `What an article answered` {
  private static let start = Timestamp(seconds: 1_763_800_000)

  private static func days(_ count: Int64) -> Timestamp { start.advanced(seconds: count * 86_400) }

  @Test func `a question that is asked again adds up and loses half in half a year`() {
    var usage = ArticleUsage()
    usage.add("漫游费", .opened, at: Self.start)
    usage.add("漫游费", .closed, at: Self.start)
    #expect(usage.questions.map(\.weight) == [5])
    #expect(usage.questions[0].weight(at: Self.days(180)) == 2.5)
    usage.add("漫游费", .inserted, at: Self.days(180))
    #expect(usage.questions.map(\.weight) == [4.5])
    #expect(usage.questions[0].at == Self.days(180))
  }

  @Test func `what is taken back is as if it had not been said`() {
    var usage = ArticleUsage()
    usage.add("漫游费", .opened, at: Self.start)
    usage.add("漫游费", .closed, at: Self.start)
    usage.add("掉线", .closed, at: Self.start)
    usage.takeBack("漫游费", .closed, at: Self.start.advanced(seconds: 60))
    usage.takeBack("掉线", .closed, at: Self.start.advanced(seconds: 3600))
    usage.takeBack("没有说过", .closed, at: Self.start)
    #expect(usage.questions.map(\.text) == ["漫游费"])
    #expect(abs(usage.questions[0].weight - 1) < 0.01)
  }

  @Test func `a use that is taken back travels so that a program of before counts nothing`() throws {
    struct Before: Decodable {
      var article: ArticleID
      var question: String
      var kind: ArticleUse.Kind
    }
    let use = ArticleUse(article: "a", language: .chinese, question: "漫游费", kind: .closed)
    for value in [use, use.takenBack] {
      let bytes = try JSONEncoder().encode(value)
      #expect(try JSONDecoder().decode(ArticleUse.self, from: bytes) == value)
      // It refuses a question without text.
      #expect(try JSONDecoder().decode(Before.self, from: bytes).question == (value.isTakenBack ? "" : "漫游费"))
    }
  }

  @Test func `a moment that lies ahead does not make a question heavier`() {
    let question = ArticleUsage.Question(text: "a", weight: 3, at: Self.days(400))
    #expect(question.weight(at: Self.start) == 3)
  }

  @Test func `questions are bounded: the lightest leaves, and the newest comes in`() {
    var usage = ArticleUsage()
    for number in 0..<ArticleUsage.mostQuestions {
      usage.add("问题\(number)", number == 3 ? .opened : .closed, at: Self.start)
    }
    usage.add("新问题", .opened, at: Self.start)
    let texts = Set(usage.questions.map(\.text))
    #expect(texts.count == ArticleUsage.mostQuestions)
    #expect(texts.contains("新问题"))
    #expect(!texts.contains("问题3"))
  }

  @Test func `a long question is cut, and one question cannot weigh without end`() {
    var usage = ArticleUsage()
    for _ in 0..<1000 { usage.add(String(repeating: "长", count: 5000), .closed, at: Self.start) }
    #expect(usage.questions.map(\.text.unicodeScalars.count) == [ArticleUsage.longestQuestion])
    #expect(usage.questions[0].weight <= 64)
  }
}
