import Domain
import GRDB

/// What search has to learn of a write, in the same transaction as the rows themselves.
package struct SearchChanges: Sendable {
  package var tickets: [Ticket] = []
  package var entries: [TimelineEntry] = []
  package var customers: [Customer] = []
  package var identities: [Identity] = []
  package var articles: [Article] = []
  package var removedArticles: [ArticleKey] = []
  /// All of them; nil when they did not change.
  package var synonyms: [[String]]?
  package var usages: [(article: ArticleKey, usage: ArticleUsage)] = []

  package init() {}

  /// Everything in `changes` that search reads. What replaces the whole configuration is not taken apart here: see
  /// `SearchIndexing.update(_:changes:)`.
  init(_ changes: [Change]) {
    for change in changes {
      switch change {
      case .ticket(let ticket): tickets.append(ticket)
      case .entry(let entry): entries.append(entry)
      case .customer(let customer): customers.append(customer)
      case .identity(let identity): identities.append(identity)
      case .configuration(.addArticles(let added)): articles += added
      case .configuration(.replace(let set)): synonyms = set.synonyms
      case .configuration(.putTeam), .configuration(.removeTeam), .configuration(.putModel), .removeIdentity,
        .contact, .attachment,
        .product, .order, .bill, .agent, .disclosure,
        .missedSearch, .articleUse:
        break
      }
    }
  }
}

/// An article in one language.
package struct ArticleKey: Hashable, Sendable {
  package var id: ArticleID
  package var language: Language

  package init(id: ArticleID, language: Language) {
    self.id = id
    self.language = language
  }
}

/// The tables of search in a replica. They hold nothing that the other tables do not; dropping and rebuilding them loses
/// nothing.
package enum SearchIndexing {
  /// Rises when something is indexed in another way: an older index is then brought up to date when the replica is opened.
  /// 2: tails are numbers of up to nine digits, and it is known which blocks hold a code. 3: links to other articles are no
  /// text of an article. 4: it is known how tickets were solved.
  package static let version: Int64 = 4

  package static func createTables(_ db: Database) throws {
    try KnowledgeTables.create(db)
    try QuestionTable.create(db)
    try FindTables.create(db)
  }

  /// Called after the rows of `changes` were written, in their transaction. Saying the same again does no harm.
  package static func update(_ db: Database, changes: [Change]) throws {
    for case .configuration(.replace(let set)) in changes {
      try KnowledgeWriter(db).write(set.articles, removingOthers: true)
    }
    try update(db, SearchChanges(changes))
  }

  package static func update(_ db: Database, _ changes: SearchChanges) throws {
    let find = FindWriter(db)
    for customer in changes.customers { try find.write(customer) }
    for identity in changes.identities { try find.write(identity) }
    try find.write(changes.tickets, changes.entries)
    if !changes.articles.isEmpty || !changes.removedArticles.isEmpty {
      let knowledge = KnowledgeWriter(db)
      try knowledge.remove(changes.removedArticles)
      try knowledge.write(changes.articles, removingOthers: false)
    }
    if let synonyms = changes.synonyms { try KnowledgeWriter(db).write(synonyms: synonyms) }
    for (article, usage) in changes.usages { try QuestionTable(db).write(usage, of: article) }
  }

  /// Makes again from the rows what an index of version `known` has in another way; 0 makes all of it, which is how a
  /// replica is indexed after a bulk load. `progress` hears the share done, 0 to 1.
  package static func rebuild(
    _ db: Database, since known: Int64 = 0, articles: [Article], synonyms: [[String]],
    progress: ((Double) -> Void)? = nil
  ) throws {
    // What a newer program made is not ours to understand.
    let known = known > version ? 0 : known
    if known < 3 {
      try KnowledgeTables.clear(db)
      let knowledge = KnowledgeWriter(db)
      try knowledge.write(articles, removingOthers: false)
      try knowledge.write(synonyms: synonyms)
      try QuestionTable(db).rebuild()
    }
    if known < 4 { try FindRebuild(db).run(since: known, progress: progress) }
  }

  /// Work that makes later searches cheaper, in pieces of a few milliseconds: for moments in which nobody types. Answers
  /// whether there is more to do. Each call is a transaction of its own to the caller.
  package static func tidy(_ db: Database) throws -> Bool {
    try WordIndex(db).fold(atLeast: 512)
  }
}
