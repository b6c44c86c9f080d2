import Domain
import GRDB

extension Replica {
  package func agents() throws -> [Agent] {
    try read { try RowReader(db: $0).all(RowReader.agents + " ORDER BY row", RowReader.agent) }
  }

  package func agent(_ id: AgentID) throws -> Agent? { try read { try RowReader(db: $0).agent(id) } }

  package func teams() throws -> [Team] { try read { try cache.values(.team, $0) } }
  package func zones() throws -> [Zone] { try read { try cache.values(.zone, $0) } }

  package func zone(_ id: ZoneID) throws -> Zone? {
    try read { try cache.value(ConfigurationRows.id(id), $0) }
  }

  /// In the order of the file.
  package func categories() throws -> [Category] { try read { try cache.categories($0).nodes } }

  /// Of one zone, or all.
  package func templates(in zone: ZoneID? = nil) throws -> [ClosingTemplate] {
    try read { try cache.values(.template, zone: zone, $0) }
  }

  package func calendars() throws -> [WorkingCalendar] { try read { try cache.values(.calendar, $0) } }

  package func calendar(_ id: CalendarID) throws -> WorkingCalendar? {
    try read { try cache.value(ConfigurationRows.id(id), $0) }
  }

  package func synonyms() throws -> [[String]] {
    try read { try cache.value(ConfigurationRows.synonyms, $0, as: [[String]].self) ?? [] }
  }

  /// What is sold, in the order of the file.
  package func catalogue() throws -> [CatalogueItem] {
    try read { try cache.value(ConfigurationRows.catalogue, $0, as: [CatalogueItem].self) ?? [] }
  }

  /// What was learned from closed tickets; nil while nothing was.
  package func learnedModel() throws -> LearnedModel? {
    try read { try cache.value(ConfigurationRows.model, $0) }
  }

  /// Known disturbances, in the order of the file.
  package func outages() throws -> [Outage] {
    try read { try cache.value(ConfigurationRows.outages, $0, as: [Outage].self) ?? [] }
  }

  package func offers() throws -> OfferBook {
    try read { try cache.value(ConfigurationRows.offers, $0, as: OfferBook.self) ?? OfferBook() }
  }

  /// Who may pay back how much; nil where no file says so.
  package func refundRules() throws -> RefundRules? {
    try read { try cache.value(ConfigurationRows.refunds, $0) }
  }

  /// How often each offer was answered, by customers of each level.
  package func offerCounts() throws -> [OfferCount] { try read { try Tally(db: $0).offerCounts() } }

  /// Words of mood, risk and replies, without those of the zones.
  package func assistanceWords() throws -> AssistanceWords {
    try read { try cache.value(ConfigurationRows.words, $0) ?? AssistanceWords() }
  }

  /// In the order of the file.
  package func macros() throws -> [Macro] {
    try read { try cache.value(ConfigurationRows.macros, $0, as: [Macro].self) ?? [] }
  }

  package func article(_ id: ArticleID, _ language: Language) throws -> Article? {
    try read { try cache.value(ConfigurationRows.id(id, language), $0) }
  }

  package func articles() throws -> [Article] { try read { try cache.values(.article, $0) } }

  /// Searches that found nothing, the most frequent first.
  package func missedSearches(limit: Int = 100) throws -> [MissedSearch] {
    try read { db in
      var statement = try Prepared(
        db, RowReader.missedSearches + " ORDER BY count DESC, id LIMIT ?")
      statement.bind(Int64(limit))
      var result: [MissedSearch] = []
      while try statement.step() { result.append(try RowReader.missedSearch(statement)) }
      return result
    }
  }

  /// What readers of tickets need of the configuration: all but articles, calendars and people.
  package func readingConfiguration() throws -> ConfigurationSet {
    try read { db in
      var set = ConfigurationSet()
      set.zones = try cache.values(.zone, db)
      set.categories = try cache.categories(db).nodes
      set.templates = try cache.values(.template, db)
      set.catalogue = try cache.value(ConfigurationRows.catalogue, db) ?? []
      set.words = try cache.value(ConfigurationRows.words, db) ?? AssistanceWords()
      set.outages = try cache.value(ConfigurationRows.outages, db) ?? []
      set.offers = try cache.value(ConfigurationRows.offers, db) ?? OfferBook()
      return set
    }
  }

  /// The whole configuration as it is here: what an export or a comparison with a folder needs.
  package func configuration() throws -> ConfigurationSet {
    try read { db in
      var set = ConfigurationSet()
      set.zones = try cache.values(.zone, db)
      set.categories = try cache.categories(db).nodes
      set.templates = try cache.values(.template, db)
      set.articles = try cache.values(.article, db)
      set.synonyms = try cache.value(ConfigurationRows.synonyms, db) ?? []
      set.calendars = try cache.values(.calendar, db)
      set.teams = try cache.values(.team, db)
      set.words = try cache.value(ConfigurationRows.words, db) ?? AssistanceWords()
      set.macros = try cache.value(ConfigurationRows.macros, db) ?? []
      set.catalogue = try cache.value(ConfigurationRows.catalogue, db) ?? []
      set.outages = try cache.value(ConfigurationRows.outages, db) ?? []
      set.offers = try cache.value(ConfigurationRows.offers, db) ?? OfferBook()
      set.agents = try RowReader(db: db).all(RowReader.agents + " ORDER BY row", RowReader.agent)
      return set
    }
  }
}
