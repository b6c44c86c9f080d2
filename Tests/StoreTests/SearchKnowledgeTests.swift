import Configuration
import Domain
import Foundation
import GRDB
import Testing

@testable import Store

struct SearchKnowledgeTests {
  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func resources() throws -> ConfigurationSet {
    try ResourceFolder(repository.appendingPathComponent("Resources").path).load()
  }

  private static func fixture(_ set: ConfigurationSet) throws -> SearchFixture {
    let fixture = try SearchFixture()
    try fixture.database.write { try SearchIndexing.update($0, changes: [.configuration(.replace(set))]) }
    return fixture
  }

  private static func article(
    _ id: String, _ title: String, _ body: String, language: Language = .chinese, zone: ZoneID? = nil,
    tags: [String] = [], validUntil: CivilDate? = nil
  ) -> Article {
    Article(
      id: ArticleID(id), language: language, title: title, zone: zone, tags: tags, validUntil: validUntil,
      body: body)
  }

  private static func fixture(_ articles: [Article], synonyms: [[String]] = []) throws -> SearchFixture {
    var set = ConfigurationSet()
    set.articles = articles
    set.synonyms = synonyms
    return try fixture(set)
  }

  // MARK: - The articles that come with the program

  @Test(arguments: ["退款", "tuikuan"])
  func `a word that a title has leads to that title first`(_ query: String) throws {
    let fixture = try Self.fixture(Self.resources())
    let first = try #require(fixture.articles(query).first)
    #expect(first.title.contains("退款"))
    for hit in try fixture.articles(query) { #expect(!hit.excerpt.contains("相关文章"), "\(hit.id)") }
  }

  @Test func `a whole title comes before the beginning of one, and both before a text`() throws {
    let filler = String(repeating: "账单说明。", count: 40)
    let fixture = try Self.fixture([
      Self.article("text", "账单说明", String(repeating: "退款规则", count: 12)),
      Self.article("begins", "退款规则与到账时间", filler), Self.article("whole", "退款规则", filler),
    ])
    #expect(try fixture.articles("退款规则").map(\.id.text) == ["whole", "begins", "text"])
  }

  @Test func `what agents type finds the article among the first five in 95 of 100 cases`() throws {
    let fixture = try Self.fixture(Self.resources())
    let path = Self.repository.appendingPathComponent("Tests/Fixtures/knowledge-queries.tsv")
    let index = KnowledgeIndex()
    var missed: [String] = []
    var count = 0
    try fixture.database.read { db in
      for line in try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
      where !line.hasPrefix("#") {
        let parts = line.split(separator: "\t").map(String.init)
        let language: Language = parts[2] == "english" ? .english : .chinese
        let hits = try index.search(db, parts[0], language: language, today: SearchFixture.today, limit: 5)
        count += 1
        if !hits.contains(where: { $0.id.text == parts[1] }) { missed.append(String(line)) }
      }
    }
    #expect(count > 50)
    #expect(Double(missed.count) <= Double(count) * 0.05, "missed: \(missed)")
  }

  @Test func `every article is found by its title`() throws {
    let set = try Self.resources()
    let fixture = try Self.fixture(set)
    let index = KnowledgeIndex()
    try fixture.database.read { db in
      for article in set.articles {
        let hits = try index.search(
          db, article.title, language: article.language, today: SearchFixture.today, limit: 3)
        let isFirst = hits.first?.id == article.id || hits.first?.title == article.title
        // What replaced an expired article may stand before it.
        let isListed = article.isExpired(on: SearchFixture.today) && hits.contains { $0.id == article.id }
        #expect(isFirst || isListed, "\(article.title)")
      }
    }
  }

  @Test func `each further letter of a word keeps finding the article`() throws {
    let fixture = try Self.fixture([
      Self.article("a", "退款到账时间", "退款三天到账"),
      Self.article("b", "Roaming charges", "Roaming abroad", language: .english),
      Self.article("c", "宽带慢", "先测速"),
    ])
    for (word, id) in [("tuikuan", "a"), ("roaming", "b"), ("kuandai", "c"), ("退款到账时间", "a")] {
      for length in 2...word.count {
        let hits = try fixture.articles(String(word.prefix(length)))
        #expect(hits.contains { $0.id.text == id }, "\(word.prefix(length))")
      }
    }
  }

  // MARK: - Ranking

  @Test func `pinyin, the beginning of it and initials find an article`() throws {
    let fixture = try Self.fixture([
      Self.article("refund", "退款规则", "先核实"), Self.article("dup", "重复扣费", "两次扣费"),
      Self.article("long", "长途资费", "国内长途"), Self.article("bank", "银行代扣", "银行卡"),
    ])
    for (query, id) in [
      ("tuikuan", "refund"), ("tuik", "refund"), ("tk", "refund"), ("chongfukoufei", "dup"), ("cfkf", "dup"),
      ("chongfu", "dup"), ("changtu", "long"), ("yinhang", "bank"), ("ＴＫ", "refund"), ("yhdk", "bank"),
    ] {
      #expect(try fixture.articles(query).first?.id.text == id, "\(query)")
    }
  }

  @Test func `a title weighs more than a body`() throws {
    let fixture = try Self.fixture([
      Self.article("body", "账单说明", "这里也讲到违约金的计算"), Self.article("title", "违约金", "按月计算"),
    ])
    #expect(try fixture.articles("违约金").map(\.id.text) == ["title", "body"])
  }

  @Test func `words that are missing cost points and not the place`() throws {
    let fixture = try Self.fixture([
      Self.article("a", "国际漫游包计费规则", "按天计费"), Self.article("b", "宽带掉线", "检查光猫"),
    ])
    #expect(try fixture.articles("漫游包扣了两次怎么投诉").first?.id.text == "a")
  }

  @Test func `synonyms find articles, and are marked`() throws {
    let fixture = try Self.fixture(
      [
        Self.article("a", "退费到账", "原路退回"), Self.article("b", "Refund timing", "How long", language: .english),
      ],
      synonyms: [["退费", "退款", "refund", "money back"]])
    let hits = try fixture.articles("退款")
    #expect(hits.map(\.id.text) == ["a", "b"])
    #expect(hits.first?.titleMatches.first == TextMatch(start: 0, end: 2))
    #expect(try fixture.articles("money back", language: .english).first?.id.text == "b")
  }

  @Test func `my zone and my language come first`() throws {
    let fixture = try Self.fixture([
      Self.article("a", "套餐变更", "说明", zone: "plan-change"),
      Self.article("b", "套餐变更", "说明", zone: "broadband-fault"),
      Self.article("c", "Plan 套餐变更", "说明", language: .english),
    ])
    #expect(try fixture.articles("套餐变更", zone: "broadband-fault").first?.id.text == "b")
    #expect(try fixture.articles("套餐变更", zone: "plan-change").first?.id.text == "a")
    #expect(try fixture.articles("套餐变更", language: .english).last?.id.text != "c")
  }

  @Test func `an article in two languages is listed once, in mine`() throws {
    let fixture = try Self.fixture([
      Self.article("roaming", "漫游 roaming", "漫游"),
      Self.article("roaming", "Roaming", "Roaming", language: .english),
    ])
    let chinese = try fixture.articles("roaming")
    #expect(chinese.map(\.language) == [.chinese])
    #expect(try fixture.articles("roaming", language: .english).map(\.language) == [.english])
  }

  @Test func `expired articles are marked and come later`() throws {
    let fixture = try Self.fixture([
      Self.article("old", "漫游包规则", "旧", validUntil: CivilDate(year: 2026, month: 11, day: 20)),
      Self.article("new", "漫游包规则", "新", validUntil: CivilDate(year: 2026, month: 11, day: 21)),
    ])
    let hits = try fixture.articles("漫游包规则")
    #expect(hits.map(\.id.text) == ["new", "old"])
    #expect(hits.map(\.isExpired) == [false, true])
  }

  @Test func `a search that fits nothing finds nothing`() throws {
    let fixture = try Self.fixture([Self.article("a", "退款规则", "量大从优"), Self.article("b", "Refunds", "text")])
    for query in ["量子纠缠", "zzzzqqq", "🎉", "", "   ", "？！", "。"] {
      #expect(try fixture.articles(query).isEmpty, "\(query)")
    }
  }

  @Test func `a missed search is written down without personal data`() {
    #expect(KnowledgeIndex.missedSearch("  Ｆoo   bar ") == "foo bar")
    #expect(KnowledgeIndex.missedSearch("号码 13800138000 查询")?.contains("13800138000") == false)
    #expect(KnowledgeIndex.missedSearch(" \u{0} ") == nil)
    #expect((KnowledgeIndex.missedSearch(String(repeating: "长", count: 10_000))?.count ?? 0) <= 256)
  }

  @Test func `the same question counts once, however it was typed and whoever sent it`() throws {
    let test = try TestStore()
    let (first, second) = (try test.desk("linxiao"), try test.desk("chenyu"))
    func miss(_ query: String, _ desk: DeskConnection) throws {
      let action = Action.missedSearch(query: query, language: .chinese)
      #expect(try desk.submit(test.operation(desk.agent, action)) == .accepted)
    }
    for query in ["卫星电话 资费", "  衛星電話   資費 ", "卫星电话\u{3000}资费"] { try miss(query, first) }
    for query in ["SIM 换 13800138000", "sim 换 13800138000", " Ｓｉｍ 换  138****8000"] { try miss(query, second) }
    try miss("🎉", second)
    _ = try first.synchronize()
    let kept = try first.replica.missedSearches()
    #expect(kept.map(\.count) == [3, 3])
    #expect(Set(kept.map(\.query)) == ["卫星电话 资费", "sim 换 138****8000"])
    #expect(try test.store.revision() == (try first.replica.cursor()))
  }

  @Test(arguments: ["  Ｆoo   bar ", "号码 13800138000", "衛星電話", "Ärger?", "a@b.example 退款", "龘靐齉爩"])
  func `what is written down stays the same when it is written down again`(_ query: String) throws {
    let once = try #require(KnowledgeIndex.missedSearch(query))
    #expect(KnowledgeIndex.missedSearch(once) == once)
  }

  // MARK: - Marks

  @Test func `matches are characters of title and excerpt`() throws {
    let body = "## 步骤\n\n前面的话。" + String(repeating: "说明", count: 200) + "。\n\n先**退款**给👩‍👩‍👧客户，再告知。"
    let fixture = try Self.fixture([Self.article("a", "👩‍👩‍👧退款", body)])
    let hit = try #require(try fixture.articles("退款").first)
    #expect(hit.titleMatches == [TextMatch(start: 1, end: 3)])
    let characters = Array(hit.excerpt)
    #expect(!hit.excerpt.contains("*"))
    #expect(!hit.excerptMatches.isEmpty)
    for match in hit.excerptMatches { #expect(String(characters[match.start..<match.end]) == "退款") }
  }

  // MARK: - Keeping the index

  @Test func `an index after many changes finds what a new one finds`() throws {
    var random = Sequence(seed: 7)
    let words = ["退款", "重复", "扣费", "宽带", "掉线", "漫游", "套餐", "变更", "refund", "charge", "roaming", "密码"]
    func text(_ count: Int) -> String {
      (0..<count).map { _ in words[random.next(words.count)] }.joined(
        separator: random.next(2) == 0 ? "" : " ")
    }
    let fixture = try SearchFixture()
    var articles: [ArticleKey: Article] = [:]
    for _ in 0..<120 {
      var changes = SearchChanges()
      let key = ArticleKey(
        id: ArticleID("a\(random.next(20))"), language: random.next(3) == 0 ? .english : .chinese)
      if random.next(4) == 0 {
        articles[key] = nil
        changes.removedArticles = [key]
      } else {
        let article = Article(
          id: key.id, language: key.language, title: text(3), tags: [text(1)], body: text(1 + random.next(30))
        )
        articles[key] = article
        changes.articles = [article]
      }
      try fixture.database.write { try SearchIndexing.update($0, changes) }
    }
    let fresh = try SearchFixture()
    try fresh.rebuild(
      articles: articles.values.sorted { ($0.id, $0.language.rawValue) < ($1.id, $1.language.rawValue) })
    for query in words + ["tk", "tuik", "cfkf", "ref", "宽带掉线", "重复扣费 refund", "kuandai", "费"] {
      let left = try fixture.articles(query, limit: 40).map { "\($0.id) \(($0.score * 1000).rounded())" }
      let right = try fresh.articles(query, limit: 40).map { "\($0.id) \(($0.score * 1000).rounded())" }
      #expect(left.sorted() == right.sorted(), "\(query)")
    }
    let terms = "SELECT code, articles, titled FROM search_term ORDER BY code"
    let keys = """
      SELECT kind, key, code FROM search_key JOIN search_term ON id = search_key.term WHERE kind > 0 ORDER BY 1, 2, 3
      """
    for sql in [terms, keys, "SELECT articles, length FROM search_state"] {
      let left = try fixture.database.read { try GRDB.Row.fetchAll($0, sql: sql) }
      let right = try fresh.database.read { try GRDB.Row.fetchAll($0, sql: sql) }
      #expect(left == right)
    }
  }

  @Test func `replacing the configuration drops articles that are gone`() throws {
    let fixture = try Self.fixture([Self.article("a", "退款", "正文"), Self.article("b", "宽带", "正文")])
    var set = ConfigurationSet()
    set.articles = [Self.article("b", "携号转网", "正文")]
    try fixture.database.write { try SearchIndexing.update($0, changes: [.configuration(.replace(set))]) }
    #expect(try fixture.articles("退款").isEmpty)
    #expect(try fixture.articles("宽带").isEmpty)
    #expect(try fixture.articles("携号转网").map(\.id.text) == ["b"])
  }

  @Test func `a search object notices what others write`() throws {
    let fixture = try Self.fixture([Self.article("a", "退款", "正文")])
    let index = KnowledgeIndex()
    func find(_ query: String) throws -> [String] {
      try fixture.database.read {
        try index.search($0, query, language: .chinese, today: SearchFixture.today).map(\.id.text)
      }
    }
    #expect(try find("退款") == ["a"])
    var changes = SearchChanges()
    changes.articles = [Self.article("b", "退款流程", "正文")]
    try fixture.database.write { try SearchIndexing.update($0, changes) }
    #expect(Set(try find("退款")) == ["a", "b"])
  }

  // MARK: - Hostile queries

  @Test(arguments: [
    "\"", "'", "NEAR(a b)", "a* OR b", "*", "title:退款", "-", "\u{0}", "a\u{0}b", "👩‍👩‍👧‍👦", "\u{202E}退款", "((((((",
    "%_%",
    "; DROP TABLE search_term", "\u{10FFFF}", "é\u{301}\u{301}", "\r\n\t",
  ])
  func `no query is an error`(query: String) throws {
    let fixture = try Self.fixture([Self.article("a", "退款规则", "正文 body")])
    _ = try fixture.articles(query)
    _ = try fixture.find(query)
    _ = try fixture.articles(query + "退款")
  }

  @Test func `ten thousand characters are a query like any other`() throws {
    let fixture = try Self.fixture([Self.article("a", "退款规则", "正文")])
    #expect(try fixture.articles(String(repeating: "退款", count: 5000)).first?.id.text == "a")
    _ = try fixture.articles(String(repeating: "a", count: 10_000))
    _ = try fixture.articles(String(repeating: "xian", count: 2500))
    _ = try fixture.find(String(repeating: "退款 ", count: 3300))
    _ = try fixture.find(String(repeating: "1", count: 10_000))
  }

  // MARK: - Evaluation

  @Test func `an evaluation counts places and names bad lines`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("evaluation-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ name: String, _ text: String) throws -> String {
      let url = folder.appendingPathComponent(name)
      try text.write(to: url, atomically: true, encoding: .utf8)
      return url.path
    }
    let corpus = try write(
      "corpus.jsonl",
      """
      {"_id": "1", "title": "退款规则", "text": "先核实"}
      {"_id": "2", "title": "宽带", "text": "掉线"}
      {"_id": "q2", "text": "宽带 掉线 怎么办"}

      """)
    let queries = try write(
      "queries.jsonl",
      """
      {"_id": "q1", "text": "退款"}
      {"_id": "q2", "text": "宽带 掉线 怎么办"}
      {"_id": "q3", "text": "没有答案"}
      """)
    let qrels = try write("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\t1\t1\nq2\t2\t1\nq3\t1\t0\n")
    let result = try KnowledgeEvaluation(corpus: corpus, queries: queries, qrels: qrels)
    #expect(result.queries == 2)
    #expect(result.meanReciprocalRank == 1)
    #expect(result.recall == 1)
    #expect(result.normalizedGain == 1)
    let bad = try write("bad.jsonl", "{\"_id\": \"1\", \"text\": \"a\"}\n{\"text\": 3}\n")
    #expect(throws: KnowledgeEvaluation.Problem.badLine(file: bad, line: 2)) {
      try KnowledgeEvaluation(corpus: bad, queries: queries, qrels: qrels)
    }
    #expect(throws: KnowledgeEvaluation.Problem.unreadable(file: "/nowhere")) {
      try KnowledgeEvaluation(corpus: "/nowhere", queries: queries, qrels: qrels)
    }
    let none = try write("none.tsv", "query-id\tcorpus-id\tscore\n")
    #expect(throws: KnowledgeEvaluation.Problem.noQueries) {
      try KnowledgeEvaluation(corpus: corpus, queries: queries, qrels: none)
    }
  }
}

/// Numbers that are the same in every run.
struct Sequence {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
