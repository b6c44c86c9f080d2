import Domain
import Foundation
import GRDB
import Testing

@testable import Store

/// Articles are found again for questions like those that they answered.
struct ArticleUsageTests {
  private static func uses(_ question: String, _ kind: ArticleUse.Kind = .closed) -> Action {
    .articleUse(ArticleUse(article: "roaming", language: .chinese, question: question, kind: kind))
  }

  private func questions(_ replica: Replica) throws -> [String] {
    try replica.read {
      try RowReader(db: $0).all("SELECT text FROM search_question ORDER BY text") { $0.text(0) }
    }
  }

  private func find(_ query: String, _ replica: Replica) throws -> [String] {
    try replica.searchKnowledge(query, language: .chinese, today: CivilDate(year: 2026, month: 9, day: 22)!)
      .map(\.id.text)
  }

  @Test func `what one desk used is found at another one, for a question like it`() throws {
    let test = try TestStore()
    let mine = try test.desk("linxiao")
    let other = try test.desk("chenyu")
    _ = try other.synchronize()
    #expect(try find("出国回来话费多了", other.replica).isEmpty)
    #expect(try mine.submit(test.operation("linxiao", Self.uses("出国回来话费突然多了很多"))) == .accepted)
    #expect(try find("出国回来话费多了", mine.replica) == ["roaming"])
    _ = try other.synchronize()
    #expect(try find("出国回来话费多了", other.replica) == ["roaming"])
    #expect(try find("发票抬头开错", other.replica).isEmpty)
    // A desk that comes later has it too.
    let late = try test.desk("tangyue")
    _ = try late.synchronize()
    #expect(try find("出国回来话费多了", late.replica) == ["roaming"])
  }

  @Test func `what is kept is masked and names nobody, however it was sent`() throws {
    let test = try TestStore()
    let desk = try test.desk("linxiao")
    _ = try desk.submit(test.operation("linxiao", Self.uses("漫游费 13812342071 多扣", .opened)))
    _ = try desk.submit(test.operation("linxiao", Self.uses("漫游费 13812342071 多扣", .inserted)))
    let row = try test.store.read {
      try RowReader(db: $0).all("SELECT body FROM configuration WHERE id = 'usage/zh-Hans/roaming'") {
        $0.text(0)
      }
    }
    let body = try #require(row.first)
    #expect(!body.contains("13812342071"))
    #expect(!body.contains("linxiao"))
    let usage = try JSON.value(body, as: ArticleUsage.self)
    #expect(usage.questions.map(\.weight) == [3])
  }

  @Test func `the log names no article that somebody made up, and no question is a book`() throws {
    let test = try TestStore()
    let desk = try test.desk("linxiao")
    let use = ArticleUse(
      article: "王晓芳 13812342071", language: .chinese, question: "漫游费多扣", kind: .opened)
    #expect(try desk.submit(test.operation("linxiao", .articleUse(use))) == .accepted)
    let log = try test.store.read {
      try Data.fetchAll($0, sql: "SELECT body FROM audit").map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(!log.isEmpty && !log.contains { $0.contains("13812342071") })
    #expect(try test.store.verifyAudit(witnesses: []).isWhole)
    let long = Self.uses(String(repeating: "长", count: 500))
    #expect(
      try desk.submit(test.operation("linxiao", long))
        == .refused(.textTooLong(limit: 4 * ArticleUsage.longestQuestion)))
  }

  @Test func `what was taken back is found nowhere any more`() throws {
    let test = try TestStore()
    let mine = try test.desk("linxiao")
    let other = try test.desk("chenyu")
    let use = ArticleUse(article: "roaming", language: .chinese, question: "出国回来话费突然多了很多", kind: .closed)
    #expect(try mine.submit(test.operation("linxiao", .articleUse(use))) == .accepted)
    _ = try other.synchronize()
    #expect(try find("出国回来话费多了", other.replica) == ["roaming"])
    #expect(try mine.submit(test.operation("linxiao", .articleUse(use.takenBack))) == .accepted)
    _ = try other.synchronize()
    for desk in [mine, other] {
      #expect(try find("出国回来话费多了", desk.replica).isEmpty)
      #expect(try questions(desk.replica).isEmpty)
    }
  }

  @Test func `an article that is not there keeps no questions`() throws {
    let test = try TestStore()
    let desk = try test.desk("linxiao")
    let use = ArticleUse(article: "nothing", language: .chinese, question: "漫游费多扣", kind: .opened)
    #expect(try desk.submit(test.operation("linxiao", .articleUse(use))) == .accepted)
    #expect(try desk.submit(test.operation("linxiao", Self.uses("？"))) == .accepted)
    #expect(try questions(desk.replica).isEmpty)
  }

  @Test func `a new configuration keeps the questions of articles that stay`() throws {
    let test = try TestStore()
    let desk = try test.desk("linxiao")
    let admin = try test.desk("admin")
    _ = try desk.submit(test.operation("linxiao", Self.uses("出国回来话费突然多了")))
    let refund = ArticleUse(article: "refund", language: .chinese, question: "钱什么时候退", kind: .closed)
    _ = try desk.submit(test.operation("linxiao", .articleUse(refund)))
    #expect(try questions(desk.replica).count == 2)
    var set = Sample.configuration
    set.articles.removeAll { $0.id == "refund" }
    #expect(try admin.submit(test.operation("admin", .configuration(.apply(set)))) == .accepted)
    _ = try desk.synchronize()
    #expect(try questions(desk.replica) == ["出国回来话费突然多了"])
  }

  @Test func `a replica of an older program gets its questions when it is opened`() throws {
    let test = try TestStore()
    var desk: DeskConnection? = try test.desk("linxiao")
    _ = try desk?.submit(test.operation("linxiao", Self.uses("出国回来话费突然多了很多")))
    try desk?.replica.write(durably: false) {
      try $0.execute(sql: "DROP TABLE search_question; DROP TABLE search_question_term")
    }
    desk?.close()
    desk = nil
    let again = try test.desk("linxiao")
    #expect(try find("出国回来话费多了", again.replica) == ["roaming"])
  }

  @Test func `questions that cannot be read keep no desk from opening, pulling or sending`() throws {
    let test = try TestStore()
    let desk = try test.desk("linxiao")
    let other = ArticleUse(article: "refund", language: .chinese, question: "钱什么时候退回来", kind: .closed)
    _ = try desk.submit(test.operation("linxiao", Self.uses("出国回来话费突然多了很多")))
    _ = try desk.submit(test.operation("linxiao", .articleUse(other)))
    try test.store.write {
      try $0.execute(
        sql: "UPDATE configuration SET body = '{' WHERE id = 'usage/zh-Hans/roaming'")
    }
    // A desk that is filled with it, and opens its copy once more with the lists made anew.
    let late = try test.desk("chenyu")
    #expect(try questions(late.replica) == ["钱什么时候退回来"])
    try late.replica.write(durably: false) {
      try $0.execute(sql: "DROP TABLE search_question; DROP TABLE search_question_term")
    }
    late.close()
    #expect(try questions(test.desk("chenyu").replica) == ["钱什么时候退回来"])
    // One that pulls it.
    var changes = SearchChanges()
    let id = ConfigurationRows.usage(of: "roaming", .chinese)
    let row = ConfigurationRow(kind: .categories, id: id, zone: nil, position: 0, body: "{")
    try changes.add(.configuration(row), RowKey(.configuration, id))
    #expect(changes.usages.isEmpty)
    // One that sends another question of the same article, and everything after it.
    #expect(try desk.submit(test.operation("linxiao", Self.uses("回国以后话费多了"))) == .accepted)
    #expect(try desk.submit(test.operation("linxiao", .articleUse(other))) == .accepted)
    #expect(try desk.replica.status().queued == 0)
  }

  @Test func `of a term that many questions have the newest are looked at`() throws {
    let fixture = try SearchFixture()
    let texts = try fixture.database.write { db in
      let table = QuestionTable(db)
      for number in 0..<300 {
        var usage = ArticleUsage()
        usage.add("退费 编号\(number)", .closed, at: Timestamp(seconds: 1_763_800_000))
        try table.write(usage, of: ArticleKey(id: ArticleID("a\(number)"), language: .chinese))
      }
      return try table.questions(like: QuestionTerms("退费"), limit: 300) { _ in 1 }.map(\.text)
    }
    #expect(texts.count == 256)
    #expect(texts.contains("退费 编号299") && !texts.contains("退费 编号0"))
  }

  @Test func `old questions count for less, and unlike ones for nothing`() throws {
    let fixture = try SearchFixture()
    try fixture.rebuild(articles: [Sample.article("old"), Sample.article("new"), Sample.article("else")])
    let today = SearchFixture.today
    func moment(_ days: Int) -> Timestamp {
      Timestamp(seconds: Int64(today.daysSinceEpoch - days) * 86_400)
    }
    try fixture.database.write { db in
      for (id, days, text) in [
        ("old", 720, "出国回来话费突然多了很多"), ("new", 1, "出国回来话费突然多了很多"), ("else", 1, "宽带装机师傅一直不来"),
      ] {
        var usage = ArticleUsage()
        usage.add(text, .closed, at: moment(days))
        try QuestionTable(db).write(usage, of: ArticleKey(id: ArticleID(id), language: .chinese))
      }
    }
    #expect(try fixture.articles("出国回来话费多了").map(\.id.text) == ["new", "old"])
    // Written again with less, the questions that left lead nowhere.
    try fixture.database.write { db in
      try QuestionTable(db).write(ArticleUsage(), of: ArticleKey(id: "new", language: .chinese))
    }
    #expect(try fixture.articles("出国回来话费多了").map(\.id.text) == ["old"])
    #expect(
      try fixture.database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM search_question") } == 2)
  }
}

/// What follows the articles and the query.
struct FittedRankingTests {
  @Test func `repetition tells more in long texts, titles where they are a small part`() {
    let ranking = KnowledgeRanking()
    let short = ranking.fitted(length: 10, titleLength: 0)
    let long = ranking.fitted(length: 330, titleLength: 9)
    #expect(short.saturation == ranking.saturation)
    #expect(long.saturation > short.saturation)
    #expect(ranking.fitted(length: .greatestFiniteMagnitude, titleLength: 1).saturation == 2.5)
    #expect(short.titleWeight == ranking.titleWeight)
    #expect(long.titleWeight > ranking.titleWeight)
    #expect(ranking.fitted(length: 60, titleLength: 10).titleWeight < long.titleWeight)
    #expect(ranking.fitted(length: 10, titleLength: 10).titleWeight == 1)
  }

  @Test func `single characters count less the more of them meet by chance`() {
    let ranking = KnowledgeRanking()
    func share(_ characters: Int, _ length: Float) -> Float {
      let fitted = ranking.fitted(characters: characters, length: length)
      return fitted.characterWeight / fitted.pairWeight
    }
    #expect(share(9, 10) > share(9, 330))
    #expect(share(3, 330) > share(30, 330))
    #expect(share(100_000, 100_000) > 0)
    // Against words they never count for more than two and a half.
    #expect(ranking.fitted(characters: 2, length: 5).characterWeight == 2.5)
    #expect(KnowledgeRanking.plain(.grams).fitted(characters: 30, length: 330).characterWeight == 1)
  }
}
