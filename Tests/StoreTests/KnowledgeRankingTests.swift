import Domain
import Foundation
import GRDB
import Testing

@testable import Store

/// What the parts of the ranking bring, on texts made for it.
struct KnowledgeRankingTests {
  /// Title and body by id, the one that answers each question after one that has the same stems.
  private static let articles: [(id: String, title: String, body: String)] = [
    ("shoes", "", "A problem with shoes in the shop"), ("paying", "", "A problem with paying in the shop"),
    ("picture", "", "Which account picture fits your account"),
    ("verification", "", "Which account verification your bank asks"), ("speed", "", "宽带提速要重启光猫"),
    ("invoice", "", "电子发票开错抬头可以重开"),
  ]

  private static let questions: [(text: String, answer: String)] = [
    ("payment problem", "paying"), ("verify account", "verification"), ("提速", "speed"), ("发票", "invoice"),
  ]

  private func set() throws -> (RelevanceSet, remove: () -> Void) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ranking-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    func write(_ name: String, _ lines: [String]) throws -> String {
      let url = folder.appendingPathComponent(name)
      try lines.joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8)
      return url.path
    }
    func line(_ values: [String: String]) throws -> String {
      String(decoding: try JSONEncoder().encode(values), as: UTF8.self)
    }
    let set = try RelevanceSet(
      corpus: write(
        "corpus.jsonl", Self.articles.map { try line(["_id": $0.id, "title": $0.title, "text": $0.body]) }),
      queries: write(
        "queries.jsonl",
        Self.questions.enumerated().map { try line(["_id": "q\($0.offset)", "text": $0.element.text]) }),
      qrels: write("qrels.tsv", Self.questions.enumerated().map { "q\($0.offset)\t\($0.element.answer)\t1" }))
    return (set, { try? FileManager.default.removeItem(at: folder) })
  }

  @Test func `the fused ranking beats plain BM25 over words, pairs and both`() throws {
    let (set, remove) = try set()
    defer { remove() }
    let fused = try set.measure(KnowledgeRanking())
    for plain in KnowledgeRanking.Plain.allCases {
      let other = try set.measure(.plain(plain))
      #expect(fused.normalizedGain > other.normalizedGain, "\(plain.rawValue): \(other.normalizedGain)")
    }
    #expect(fused.recallOfHundred == 1)
    #expect(fused.normalizedGain == 1)
  }

  @Test func `leaving the letters out costs something`() throws {
    let (set, remove) = try set()
    defer { remove() }
    let less = try set.measure(KnowledgeRanking().without(.letters))
    #expect(less.normalizedGain < 1)
  }

  @Test func `what articles answered is measured with and without`() throws {
    let folder = try TemporaryFolder()
    func write(_ name: String, _ text: String) throws -> String {
      try text.write(toFile: folder(name), atomically: true, encoding: .utf8)
      return folder(name)
    }
    let corpus = try write(
      "corpus.jsonl",
      """
      {"_id": "modem", "title": "光猫重启步骤", "text": "拔掉电源，等十秒再插上，等待指示灯变绿。"}
      {"_id": "bill", "title": "账单说明", "text": "每月一号出账，家里的宽带费也在上面。"}
      {"_id": "move", "title": "移机", "text": "预约师傅上门。"}
      """)
    let queries = try write("queries.jsonl", "{\"_id\": \"q\", \"text\": \"家里宽带上不了网\"}")
    let qrels = try write("qrels.tsv", "q\tmodem\t1\n")
    let clicks = try write(
      "clicks.jsonl", "{\"text\": \"家里上不了网了\", \"article\": \"modem\", \"use\": \"closed\", \"days\": 20}\n")
    let set = try RelevanceSet(corpus: corpus, queries: queries, qrels: qrels, clicks: clicks)
    #expect(try set.measure(KnowledgeRanking()).normalizedGain == 1)
    #expect(try set.measure(KnowledgeRanking().without(.usage)).normalizedGain < 1)
    // What is said in one ticket of twenty tells something; what is said in the only one does not.
    let solved = try write(
      "solved.jsonl",
      (["{\"text\": \"家里上不了网了，红灯\", \"reply\": \"请给光猫重启：拔掉电源，等十秒再插上。\"}"]
        + (0..<20).map { "{\"text\": \"想要发票\($0)\", \"reply\": \"已经开好。\"}" })
        .joined(separator: "\n"))
    let asked = try RelevanceSet(corpus: corpus, queries: queries, qrels: qrels, solved: solved)
    let with = try asked.measure(KnowledgeRanking())
    #expect(with.normalizedGain > (try asked.measure(KnowledgeRanking().without(.answers)).normalizedGain))
    #expect(with.gains == [with.normalizedGain])
    let bad = try write("bad.jsonl", "{\"text\": \"a\"}\n")
    #expect(throws: KnowledgeEvaluation.Problem.badLine(file: bad, line: 1)) {
      try RelevanceSet(corpus: corpus, queries: queries, qrels: qrels, clicks: bad)
    }
  }

  @Test
  func `the hundredth is looked for in the way in which the tenth is, and a query is no answer to itself`()
    throws
  {
    let folder = try TemporaryFolder()
    func write(_ name: String, _ lines: [String]) throws -> String {
      try lines.joined(separator: "\n").write(toFile: folder(name), atomically: true, encoding: .utf8)
      return folder(name)
    }
    let corpus = try write(
      "corpus.jsonl",
      [
        "{\"_id\": \"modem\", \"title\": \"\", \"text\": \"重启光猫：拔掉电源\"}",
        "{\"_id\": \"q\", \"title\": \"\", \"text\": \"家里红灯闪烁\"}",
        "{\"_id\": \"bill\", \"title\": \"\", \"text\": \"每月一号出账\"}",
      ])
    let queries = try write(
      "queries.jsonl", ["{\"_id\": \"q\", \"text\": \"家里红灯闪烁\"}", "{\"_id\": \"bill\", \"text\": \"出账\"}"])
    // The second query has no other answer than itself: it is left out.
    let qrels = try write("qrels.tsv", ["q\tq\t1", "q\tmodem\t1", "bill\tbill\t1"])
    let solved = try write(
      "solved.jsonl",
      ["{\"text\": \"家里红灯闪烁了\", \"reply\": \"请重启光猫，拔掉电源。\"}"]
        + (0..<20).map { "{\"text\": \"想要发票\($0)\", \"reply\": \"已经开好。\"}" })
    let typed = try RelevanceSet(corpus: corpus, queries: queries, qrels: qrels).measure(KnowledgeRanking())
    #expect(typed.queries == 1 && typed.recall == 0 && typed.recallOfHundred == 0)
    let asked = try RelevanceSet(corpus: corpus, queries: queries, qrels: qrels, solved: solved)
      .measure(KnowledgeRanking())
    #expect(asked.recall == 1 && asked.recallOfHundred == 1 && asked.normalizedGain == 1)
  }

  @Test func `an article in both languages is suggested once, in the language of the desk`() throws {
    let fixture = try SearchFixture()
    var configuration = ConfigurationSet()
    configuration.articles = [
      Article(id: "modem", language: .chinese, title: "光猫红灯", body: "重启光猫。"),
      Article(id: "modem", language: .english, title: "Modem shows red", body: "Restart the modem."),
      Article(id: "bill", language: .chinese, title: "账单", body: "每月一号出账。"),
      Article(id: "plans", language: .english, title: "Plans", body: "Change the plan."),
    ]
    try fixture.database.write {
      try SearchIndexing.update($0, changes: [.configuration(.replace(configuration))])
    }
    func suggest(_ text: String, category: String?, _ language: Language) throws -> [ArticleHit] {
      try fixture.database.read { db in
        try ArticleSuggestions(
          db: db, index: KnowledgeIndex(), language: language, today: SearchFixture.today
        ).find(
          SimilarQuery(ticket: nil, text: text, zone: "z", category: nil), category: category,
          now: Timestamp(seconds: 1_763_800_000), limit: 5)
      }
    }
    for language in Language.allCases {
      let hits = try suggest("光猫亮红灯", category: "Modem shows red", language).filter { $0.id == "modem" }
      #expect(hits.map(\.language) == [language])
      #expect((hits.first?.score ?? 0) > 1.5)
    }
    // Only what was found can be listed.
    #expect(try suggest("Plans", category: nil, .chinese).map(\.language) == [.english])
  }

  @Test func `letters of a word are counted with its ends`() {
    let codes = LetterGram.codes(of: Array("pay".utf8))
    #expect(codes.count == 3)
    #expect(Set(LetterGram.codes(of: Array("PAY".utf8))) == Set(codes))
    #expect(Set(LetterGram.codes(of: Array("payment".utf8))).intersection(codes).count == 2)
    #expect(LetterGram.codes(of: Array("a 7 \u{80}\u{FF}".utf8)).isEmpty)
    #expect(
      LetterGram.codes(of: [UInt8](repeating: 0x7A, count: 100_000)).allSatisfy { $0 < LetterGram.count })
  }

  @Test func `a suggestion uses what the ticket says and how similar ones were answered`() throws {
    let fixture = try SearchFixture()
    var configuration = ConfigurationSet()
    configuration.articles = [
      ("modem", "光猫重启步骤", "拔掉电源，等十秒再插上，等待指示灯变绿。"), ("bill", "账单说明", "每月一号出账。"),
      ("cancel", "退订方法", "在应用里关闭业务。"), ("move", "移机", "预约师傅上门。"),
    ].map { Article(id: ArticleID($0.0), language: .chinese, title: $0.1, body: $0.2) }
    try fixture.database.write {
      try SearchIndexing.update($0, changes: [.configuration(.replace(configuration))])
    }
    let now = Timestamp(seconds: 1_763_800_000)
    func suggest() throws -> [String] {
      try fixture.database.read { db in
        try ArticleSuggestions(
          db: db, index: KnowledgeIndex(), language: .chinese, today: SearchFixture.today
        ).find(
          SimilarQuery(
            ticket: "open", text: "家里上不了网\n早上开始断网，红灯一直闪", zone: "broadband", category: "broadband/down"),
          category: nil, now: now, limit: 3
        ).map(\.id.text)
      }
    }
    #expect(try !suggest().contains("modem"))
    var changes = SearchFixture.customer("c", "李娜")
    for number in 0..<40 {
      var ticket = Ticket(
        id: TicketID("t\(number)"), customer: "c", zone: "broadband", category: "broadband/down",
        subject: number < 3 ? "断网，红灯一直闪" : "想要发票", channel: .chat, createdAt: now, createdBy: "linxiao")
      ticket.state = .closed
      ticket.closedAt = now
      ticket.disposition = "solved"
      changes.append(.ticket(ticket))
      changes.append(
        .entry(
          TimelineEntry(
            id: EntryID("r\(number)"), ticket: ticket.id, at: now, author: .agent("linxiao"), kind: .reply,
            body: number < 3 ? "请给光猫重启：拔掉电源，等十秒再插上。" : "发票已经开好。")))
    }
    try fixture.write(changes)
    #expect(try suggest().contains("modem"))
  }
}
