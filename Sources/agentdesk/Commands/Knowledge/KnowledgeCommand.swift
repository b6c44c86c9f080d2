import ArgumentParser
import Configuration
import Desk
import Domain
import Store

struct KnowledgeCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words(
      "knowledge", "group.knowledge",
      subcommands: [KnowledgeSearch.self, KnowledgeShow.self, KnowledgeImport.self, KnowledgeEvaluate.self])
  }
}

struct KnowledgeSearch: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("search", "knowledge.search") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("query", value: "query")) var query: String
  @Option(help: .words("knowledge.zone", value: "id")) var zone: String?
  @Option(help: .words("list.limit", value: "n")) var limit = 10

  func perform(_ context: CommandContext) throws {
    guard (1...1000).contains(limit) else {
      throw CommandFailure.invalid(option: "--limit", value: String(limit), allowed: [])
    }
    let desk = try context.openDesk()
    defer { desk.close() }
    let hits = try desk.replica.searchKnowledge(
      query, zone: zone.map { ZoneID($0) }, language: desk.language, today: WallClock.local.civil(.now).date,
      limit: limit)
    if hits.isEmpty, let missed = KnowledgeIndex.missedSearch(query) {
      // Whoever writes articles learns what was looked for in vain.
      try desk.submit(.missedSearch(query: missed, language: desk.language))
    }
    let strings = desk.strings
    desk.output.list(
      hits.map(JSON.hit),
      columns: [
        Column(strings("cli.column.article"), limit: 28), Column(strings("cli.column.language")),
        Column(strings("cli.column.title"), limit: 36), Column(strings("cli.column.excerpt")),
      ],
      rows: hits.map { hit in
        [
          hit.id.text, hit.language.rawValue,
          hit.isExpired ? "\(hit.title) (\(strings("cli.knowledge.expired")))" : hit.title, hit.excerpt,
        ]
      })
  }
}

struct KnowledgeShow: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("show", "knowledge.show") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("knowledge.id", value: "id")) var id: String

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    let languages = [desk.language, desk.language.other]
    guard let article = try languages.lazy.compactMap({ try desk.replica.article(ArticleID(id), $0) }).first
    else {
      throw CommandFailure.articleUnknown(id)
    }
    let isExpired = article.isExpired(on: WallClock.local.civil(.now).date)
    if desk.output.isJSON {
      desk.output.put([
        "id": .text(article.id.text), "language": .text(article.language.rawValue),
        "title": .text(article.title),
        "zone": JSON(article.zone?.text), "tags": .array(article.tags.map(JSON.text)),
        "valid_until": JSON(article.validUntil?.description), "owner": .text(article.owner),
        "expired": JSON(isExpired),
        "body": .text(article.body),
      ])
    } else {
      desk.output.say(
        isExpired ? "\(article.title) (\(desk.strings("cli.knowledge.expired")))" : article.title)
      desk.output.say("")
      desk.output.say(article.body)
    }
  }
}

struct KnowledgeImport: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("import", "knowledge.import") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("knowledge.path", value: "path"), completion: .file()) var path: String

  func perform(_ context: CommandContext) throws {
    let articles = try ResourceFolder.articles(at: path)
    let desk = try context.openDesk()
    defer { desk.close() }
    for zone in Set(articles.compactMap(\.zone)).sorted() where desk.directory.zone(zone) == nil {
      throw CommandFailure.refused(.unknownZone(zone), desk.directory)
    }
    try desk.submit(.configuration(.addArticles(articles)))
    if desk.output.isJSON {
      desk.output.put(["articles": JSON(articles.count)])
    } else {
      desk.output.say(desk.strings("cli.knowledge.imported", ["count": articles.count]))
    }
  }
}

struct KnowledgeEvaluate: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("evaluate", "knowledge.evaluate") }

  @OptionGroup var global: GlobalOptions
  @Option(help: .words("evaluate.corpus", value: "file"), completion: .file()) var corpus: String
  @Option(help: .words("evaluate.queries", value: "file"), completion: .file()) var queries: String
  @Option(help: .words("evaluate.qrels", value: "file"), completion: .file()) var qrels: String
  @Option(help: .words("evaluate.clicks", value: "file"), completion: .file()) var clicks: String?
  @Option(help: .words("evaluate.solved", value: "file"), completion: .file()) var solved: String?
  @Option(help: .words("evaluate.method", value: "name")) var method = "fused"
  @Option(help: .words("evaluate.without", value: "part")) var without: [String] = []
  @Flag(help: .words("evaluate.each")) var each = false

  /// Needs no store: the texts go into an index of their own.
  func perform(_ context: CommandContext) throws {
    let result = try KnowledgeEvaluation(
      corpus: corpus, queries: queries, qrels: qrels, clicks: clicks, solved: solved, ranking: try ranking())
    let figures: [JSON.Pair] = [
      JSON.Pair("method", .text(method)),
      JSON.Pair("mrr_at_10", .real(result.meanReciprocalRank)),
      JSON.Pair("recall_at_10", .real(result.recall)),
      JSON.Pair("recall_at_100", .real(result.recallOfHundred)),
      JSON.Pair("ndcg_at_10", .real(result.normalizedGain)),
      JSON.Pair("p50_us", .real(result.medianMicroseconds)),
      JSON.Pair("p95_us", .real(result.p95Microseconds)), JSON.Pair("queries", JSON(result.queries)),
      JSON.Pair("articles", JSON(result.articles)),
    ]
    if context.output.isJSON {
      // One number for each query, so that two runs can be compared query by query.
      let gains = each ? [JSON.Pair("ndcg_of_each", .array(result.gains.map(JSON.real)))] : []
      context.output.put(.object(figures + gains))
    } else {
      for figure in figures { context.output.say("\(figure.key)\t\(figure.value)") }
    }
  }

  private func ranking() throws -> KnowledgeRanking {
    let methods = KnowledgeRanking.Plain.allCases.map(\.rawValue)
    let plain = KnowledgeRanking.Plain(rawValue: method)
    guard plain != nil || method == "fused" else {
      throw CommandFailure.invalid(option: "--method", value: method, allowed: ["fused"] + methods)
    }
    return try without.reduce(plain.map(KnowledgeRanking.plain) ?? KnowledgeRanking()) { ranking, name in
      guard let part = KnowledgeRanking.Part(rawValue: name) else {
        throw CommandFailure.invalid(
          option: "--without", value: name, allowed: KnowledgeRanking.Part.allCases.map(\.rawValue))
      }
      return ranking.without(part)
    }
  }
}

extension JSON {
  static func hit(_ hit: ArticleHit) -> JSON {
    [
      "id": .text(hit.id.text), "language": .text(hit.language.rawValue), "title": .text(hit.title),
      "excerpt": .text(hit.excerpt), "zone": JSON(hit.zone?.text), "expired": JSON(hit.isExpired),
      "score": .real(hit.score),
    ]
  }
}

struct FindCommand: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("find", "find") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("query", value: "query")) var query: String
  @Option(help: .words("list.limit", value: "n")) var limit = 50

  func perform(_ context: CommandContext) throws {
    guard (1...1000).contains(limit) else {
      throw CommandFailure.invalid(option: "--limit", value: String(limit), allowed: [])
    }
    let desk = try context.openDesk()
    defer { desk.close() }
    let hits = try desk.replica.find(query, limit: limit)
    let strings = desk.strings
    desk.output.list(
      hits.map(json),
      columns: [
        Column(strings("cli.column.evidence")), Column(strings("cli.column.title"), limit: 24),
        Column(strings("cli.column.state")), Column(strings("cli.column.time")),
        Column(strings("cli.column.detail")),
      ],
      rows: hits.map { hit in
        [
          strings("cli.evidence.\(hit.evidence.rawValue)"), hit.title,
          hit.state.map { strings("ticket.state.\($0.rawValue)") } ?? "", Moments.shown(hit.at), hit.detail,
        ]
      })
  }

  private func json(_ hit: FindHit) -> JSON {
    let (kind, id) =
      switch hit.target {
      case .ticket(let id): ("ticket", id.text)
      case .customer(let id): ("customer", id.text)
      }
    return [
      "kind": .text(kind), "id": .text(id), "evidence": .text(hit.evidence.rawValue),
      "title": .text(hit.title),
      "detail": .text(hit.detail), "state": JSON(hit.state?.rawValue), "at": Moments.json(hit.at),
    ]
  }
}
