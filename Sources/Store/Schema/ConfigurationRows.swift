import Domain
import GRDB

/// A set of configuration as rows: one for each zone, template, article, calendar and team, one for the category tree, one for
/// the synonyms, one for the catalogue and one for the words of assistance.
enum ConfigurationRows {
  static let categories = "categories"
  static let synonyms = "synonyms"
  static let refunds = "refunds"
  /// What was learned; its kind is that of the category tree, which every program knows and finds by its id alone: one that is
  /// older than learning passes over this row.
  static let model = "model"
  /// What the questions are kept under that an article answered, `usage/LANGUAGE/ID`; of the same kind as the model, for the
  /// same reason.
  static let usage = "usage/"
  static let macros = "macros"
  static let catalogue = "catalogue"
  static let outages = "outages"
  static let offers = "offers"
  static let words = "words"

  static func id(_ zone: ZoneID) -> String { "zone/\(zone)" }
  static func id(_ calendar: CalendarID) -> String { "calendar/\(calendar)" }
  static func id(_ team: TeamID) -> String { "team/\(team)" }
  static func id(_ article: ArticleID, _ language: Language) -> String {
    "article/\(language.rawValue)/\(article)"
  }
  static func usage(of article: ArticleID, _ language: Language) -> String {
    "\(usage)\(language.rawValue)/\(article)"
  }

  static func rows(of set: ConfigurationSet) throws -> [ConfigurationRow] {
    var rows: [ConfigurationRow] = []
    func add(
      _ kind: ConfigurationRow.Kind, _ id: String, zone: ZoneID? = nil, position: Int = 0,
      _ value: some Encodable
    ) throws {
      rows.append(
        ConfigurationRow(
          kind: kind, id: id, zone: zone, position: Int64(position), body: try JSON.text(value)))
    }
    for (index, zone) in set.zones.enumerated() { try add(.zone, id(zone.id), position: index, zone) }
    try add(.categories, categories, set.categories)
    for (index, template) in set.templates.enumerated() {
      try add(.template, "template/\(template.id)", zone: template.zone, position: index, template)
    }
    rows += try self.rows(of: set.articles)
    try add(.synonyms, synonyms, set.synonyms)
    // A set without one leaves no row: programs of before do not know its kind.
    if !set.catalogue.isEmpty { try add(.catalogue, catalogue, set.catalogue) }
    if !set.macros.isEmpty { try add(.macros, macros, set.macros) }
    if let rules = set.refunds { try add(.refunds, refunds, rules) }
    if !set.outages.isEmpty { try add(.outages, outages, set.outages) }
    if set.offers != OfferBook() { try add(.offers, offers, set.offers) }
    if !set.words.isEmpty { try add(.words, words, set.words) }
    for calendar in set.calendars { try add(.calendar, id(calendar.id), calendar) }
    for (index, team) in set.teams.enumerated() { try add(.team, id(team.id), position: index, team) }
    return rows
  }

  static func rows(of articles: [Article]) throws -> [ConfigurationRow] {
    try articles.map { article in
      ConfigurationRow(
        kind: .article, id: id(article.id, article.language), zone: article.zone, position: 0,
        body: try JSON.text(article))
    }
  }

  /// What has to be written and removed so that the stored configuration is the one of `change`; what is equal is left alone.
  static func difference(_ change: ConfigurationChange, _ db: Database) throws -> (
    written: [Row], removed: [RowKey]
  ) {
    let wanted: [ConfigurationRow]
    var kept = Set<String>()
    var written: [Row] = []
    var removed: [RowKey] = []
    switch change {
    case .addArticles(let articles):
      wanted = try rows(of: articles)
    case .putTeam(let team):
      wanted = [try row(of: team, db)]
    case .removeTeam(let team):
      return ([], [RowKey(.configuration, id(team))])
    case .putModel(let model):
      wanted = [
        ConfigurationRow(
          kind: .categories, id: Self.model, zone: nil, position: 0, body: try JSON.text(model))
      ]
    case .replace(let set):
      wanted = try rows(of: set)
      // What was learned is no part of the folder.
      kept = Set(wanted.map(\.id)).union([Self.model])
      kept.formUnion(set.articles.map { usage(of: $0.id, $0.language) })
      // A folder without people leaves the people as they are: it would lock out whoever loads it.
      if set.agents.isEmpty, set.teams.isEmpty {
        kept.formUnion(try ids(of: .team, db))
      } else {
        written += try people(set.agents, db)
      }
      removed = try replaceable(db).filter { !kept.contains($0) }.map { RowKey(.configuration, $0) }
    }
    let reader = RowReader(db: db)
    for row in wanted {
      if case .configuration(row) = try reader.row(RowKey(.configuration, row.id)) { continue }
      written.append(.configuration(row))
    }
    return (written, removed)
  }

  /// The questions of an article with one more, or one less; nil where there is no such article, nothing was asked, or what is kept of it
  /// cannot be read: a push that ends with an error would be tried again for ever.
  static func adding(_ use: ArticleUse, at moment: Timestamp, _ db: Database) throws -> ConfigurationRow? {
    // Here and not on the desk alone: whoever sends it, it is masked, and the same question is one.
    guard let text = KnowledgeIndex.missedSearch(use.question) else { return nil }
    let reader = RowReader(db: db)
    guard try reader.row(RowKey(.configuration, id(use.article, use.language))) != nil else { return nil }
    let id = usage(of: use.article, use.language)
    var usage = ArticleUsage()
    if case .configuration(let known) = try reader.row(RowKey(.configuration, id)) {
      guard let readable = try? JSON.value(known.body, as: ArticleUsage.self) else { return nil }
      usage = readable
    }
    if use.isTakenBack {
      usage.takeBack(text, use.kind, at: moment)
    } else {
      usage.add(text, use.kind, at: moment)
    }
    return ConfigurationRow(
      kind: .categories, id: id, zone: nil, position: 0, body: try JSON.text(usage))
  }

  /// The article that a row of questions belongs to.
  static func article(ofUsage id: String) -> ArticleKey? {
    let parts = id.split(separator: "/", maxSplits: 2)
    guard parts.count == 3, id.hasPrefix(usage), let language = Language(rawValue: String(parts[1])) else {
      return nil
    }
    return ArticleKey(id: ArticleID(String(parts[2])), language: language)
  }

  /// A team keeps its place in the list; a new one comes last.
  private static func row(of team: Team, _ db: Database) throws -> ConfigurationRow {
    let places = try RowReader(db: db).all(
      "SELECT id, position FROM configuration WHERE kind = ? ORDER BY position",
      key: ConfigurationRow.Kind.team.rawValue
    ) { ($0.text(0), $0.int(1)) }
    let known = places.first { $0.0 == id(team.id) }?.1
    return ConfigurationRow(
      kind: .team, id: id(team.id), position: known ?? (places.last?.1 ?? -1) + 1, body: try JSON.text(team))
  }

  /// Agents keep their presence and grants; those who are not in the list any more can no longer work, and what they did stays theirs.
  private static func people(_ wanted: [Agent], _ db: Database) throws -> [Row] {
    let known = Dictionary(
      uniqueKeysWithValues: try RowReader(db: db).all(RowReader.agents, RowReader.agent).map { ($0.id, $0) })
    var rows: [Row] = []
    for var agent in wanted {
      if let before = known[agent.id] {
        agent.keep(from: before)
        if agent == before { continue }
      }
      rows.append(.agent(agent))
    }
    let names = Set(wanted.map(\.id))
    for var agent in known.values.sorted(by: { $0.id < $1.id })
    where !names.contains(agent.id) && agent.isActive {
      agent.isActive = false
      rows.append(.agent(agent))
    }
    return rows
  }

  /// What a folder of this program speaks of, and may therefore take away. What only a newer program knows is not in its folder, and
  /// that says nothing about it: rows of a kind, or of the kind of the category tree under a name, that are unknown here.
  private static func replaceable(_ db: Database) throws -> [String] {
    let rows = try RowReader(db: db).all("SELECT id, kind FROM configuration ORDER BY row") {
      (id: $0.text(0), kind: ConfigurationRow.Kind(rawValue: $0.text(1)))
    }
    return rows.filter { row in
      row.kind == .categories
        ? row.id == categories || row.id.hasPrefix(usage) : ConfigurationRow.Kind.known.contains(row.kind)
    }.map(\.id)
  }

  private static func ids(of kind: ConfigurationRow.Kind, _ db: Database) throws -> [String] {
    try RowReader(db: db).all("SELECT id FROM configuration WHERE kind = ?", key: kind.rawValue) {
      $0.text(0)
    }
  }
}
