import Domain
import GRDB

extension Replica {
  /// Customers and tickets by number, phone, identity, order, bill, name and words; see `FindIndex`.
  ///
  /// - Parameter first: hears the first of the results while the rest is looked for, where there are some.
  /// - Throws: `CancellationError` when nobody waited for it any more.
  package func find(
    _ query: String, limit: Int = 50, unless isSuperseded: IsSuperseded? = nil,
    first: ([FindHit]) -> Void = { _ in }
  ) throws -> [FindHit] {
    try read(unless: isSuperseded) { try FindIndex().find($0, query, limit: limit, first: first) }
  }

  /// Articles for a query as it is being typed, best first; see `KnowledgeIndex`.
  ///
  /// - Throws: `CancellationError` when nobody waited for it any more.
  package func searchKnowledge(
    _ query: String, zone: ZoneID? = nil, language: Language, today: CivilDate, limit: Int = 10,
    unless isSuperseded: IsSuperseded? = nil
  ) throws -> [ArticleHit] {
    try read(unless: isSuperseded) {
      try knowledge.search($0, query, zone: zone, language: language, today: today, limit: limit)
    }
  }

  /// Articles for a ticket before anything is typed; see `ArticleSuggestions`.
  ///
  /// - Parameter category: the name of the ticket's category.
  /// - Throws: `CancellationError` when nobody waited for it any more.
  package func suggestArticles(
    _ query: SimilarQuery, category: String?, language: Language, today: CivilDate, now: Timestamp,
    limit: Int = 10, unless isSuperseded: IsSuperseded? = nil
  ) throws -> [ArticleHit] {
    try read(unless: isSuperseded) { db in
      try ArticleSuggestions(db: db, index: knowledge, language: language, today: today).find(
        query, category: category, now: now, limit: limit)
    }
  }

  /// Makes the index anew where another version of this program made it.
  package func refreshSearch(progress: (Double) throws -> Void) throws {
    let known = try read { try Meta(db: $0).int(Self.searchVersion) }
    guard known != SearchIndexing.version else { return }
    try write(durably: false) { try Self.rebuildSearch($0, since: known, progress: progress) }
  }

  static func rebuildSearch(
    _ db: Database, since known: Int64 = 0, progress: (Double) throws -> Void
  ) throws {
    let cache = ConfigurationCache()
    try withoutActuallyEscaping(progress) { progress in
      var failure: (any Error)?
      try SearchIndexing.rebuild(
        db, since: known, articles: try cache.values(.article, db),
        synonyms: try cache.value(ConfigurationRows.synonyms, db) ?? []
      ) { done in
        do { try progress(done) } catch { failure = failure ?? error }
      }
      if let failure { throw failure }
    }
    try Meta(db: db).set(searchVersion, SearchIndexing.version)
  }

  private static let searchVersion = "search_version"

  /// A little of the work that makes later searches cheaper; called while nothing else happens.
  package func tidySearch() {
    for _ in 0..<8 {
      guard (try? write(durably: false, { try SearchIndexing.tidy($0) })) == true else { return }
    }
  }
}

extension SearchChanges {
  /// What search has to learn of a row that is written (or, with nil, gone).
  mutating func add(_ row: Row?, _ key: RowKey) throws {
    switch row {
    case .ticket(let value): tickets.append(value)
    case .entry(let value): entries.append(value)
    case .customer(let value): customers.append(value)
    case .identity(let value): identities.append(value)
    case .configuration(let value) where value.kind == .article:
      articles.append(try JSON.value(value.body))
    case .configuration(let value) where value.id.hasPrefix(ConfigurationRows.usage):
      // Questions that cannot be read must not keep a desk from pulling.
      if let article = ConfigurationRows.article(ofUsage: value.id),
        let usage = try? JSON.value(value.body, as: ArticleUsage.self)
      {
        usages.append((article, usage))
      }
    case .configuration(let value) where value.kind == .synonyms: synonyms = try JSON.value(value.body)
    case nil where key.kind == .configuration:
      if let article = ConfigurationRows.article(ofUsage: key.id) { usages.append((article, ArticleUsage())) }
      let parts = key.id.split(separator: "/", maxSplits: 2)
      if parts.count == 3, parts[0] == "article", let language = Language(rawValue: String(parts[1])) {
        removedArticles.append(ArticleKey(id: ArticleID(String(parts[2])), language: language))
      }
    default: break
    }
  }
}
