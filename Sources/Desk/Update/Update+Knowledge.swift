import Domain
import Terminal

extension DeskModel {
  /// Opens knowledge with what fits the ticket, before anything is typed.
  mutating func openKnowledge() -> [DeskEffect] {
    let effects = focus == .ticket ? leaveField() : []
    side = .knowledge
    isSideOpen = true
    focus = .knowledge
    knowledge.article = nil
    knowledge.articleKey = nil
    return effects + searchKnowledge()
  }

  /// What is looked for while nothing is typed: the category of the ticket, or its subject.
  private var suggestion: String {
    guard let detail = open?.detail else { return "" }
    return detail.categoryPath.last?.name[language] ?? detail.ticket.subject
  }

  /// What the open ticket says, to be compared with articles and with solved tickets.
  private var ticketQuery: SimilarQuery? {
    guard let detail = open?.detail else { return nil }
    let said = detail.entries.filter { $0.kind == .customerMessage && $0.struckAt == nil }.map(\.body)
    return SimilarQuery(
      ticket: detail.ticket.id, text: ([detail.ticket.subject] + said).joined(separator: "\n"),
      zone: detail.ticket.zone, category: detail.ticket.category, fields: detail.ticket.fields)
  }

  mutating func searchKnowledge() -> [DeskEffect] {
    searchToken += 1
    knowledge.token = searchToken
    knowledge.searchedAt = now
    let typed = knowledge.input.text.trimmed
    knowledge.isSuggestion = typed.isEmpty
    let text = typed.isEmpty ? suggestion : typed
    guard !text.isEmpty else {
      knowledge.hits = []
      knowledge.results = []
      knowledge.hasAnswer = false
      return [.cancelSearch]
    }
    return [
      .searchKnowledge(
        KnowledgeQuery(
          token: searchToken, text: text, zone: open?.ticket?.zone, language: language, limit: 30,
          ticket: typed.isEmpty ? ticketQuery : nil))
    ]
  }

  mutating func knowledgeFound(_ token: Int, _ hits: [ArticleHit]) {
    guard token == knowledge.token else { return }
    knowledge.hits = hits
    knowledge.hasAnswer = true
    knowledge.selected = 0
    knowledge.top = 0
    redrawResults()
  }

  mutating func redrawResults() {
    knowledge.results = knowledge.hits.map { hit in
      var title = Self.spans(hit.title, hit.titleMatches, style: Style(.text, .bold))
      if hit.isExpired {
        title.append(Span(SafeText(" \(words.text("desk.knowledge.expired"))"), Style(.warning)))
      }
      return KnowledgePane.ResultText(
        title: title, excerpt: Self.spans(hit.excerpt, hit.excerptMatches, style: Style(.muted)))
    }
  }

  mutating func pressInKnowledge(_ key: Key) -> [DeskEffect]? {
    guard knowledge.article == nil else { return nil }
    switch key.code {
    case .up: knowledge.select(knowledge.selected - 1)
    case .down: knowledge.select(knowledge.selected + 1)
    case .pageUp: knowledge.select(knowledge.selected - 5)
    case .pageDown: knowledge.select(knowledge.selected + 5)
    default:
      let before = knowledge.input.text
      guard knowledge.input.handle(key) else { return nil }
      guard knowledge.input.text != before else { return [] }
      return searchKnowledge()
    }
    return []
  }

  mutating func openSelectedArticle() -> [DeskEffect] {
    guard knowledge.hits.indices.contains(knowledge.selected) else { return [] }
    let hit = knowledge.hits[knowledge.selected]
    return [.loadArticle(hit.id, hit.language)]
  }

  mutating func articleLoaded(_ article: Article?) -> [DeskEffect] {
    guard let article else {
      say(key: "desk.knowledge.gone", .warning)
      return []
    }
    knowledge.article = article
    saw(.article)
    knowledge.articleKey = nil
    knowledge.articleTop = 0
    knowledge.passage = 0
    knowledge.passages = Markdown.passages(article.body)
    knowledge.movePassage(0)
    return recordUse(of: article, .opened)
  }

  mutating func insertPassage() -> [DeskEffect] {
    guard knowledge.passages.indices.contains(knowledge.passage) else { return [] }
    return inserted() + insertIntoReply(Markdown.plain(knowledge.passages[knowledge.passage]))
  }

  mutating func insertArticle() -> [DeskEffect] {
    inserted() + insertIntoReply(knowledge.passages.map { Markdown.plain($0) }.joined(separator: "\n\n"))
  }

  private mutating func inserted() -> [DeskEffect] {
    guard let article = knowledge.article, let ticket = open?.detail?.ticket.id else { return [] }
    let effects = recordUse(of: article, .inserted)
    let use = ArticleUse(
      article: article.id, language: article.language, question: ticketQuestion, kind: .closed)
    usedArticles.add(use, on: ticket)
    return effects
  }

  // MARK: - What articles answered

  /// What the ticket says, without what is personal: the subject and what the customer wrote first.
  private var ticketQuestion: String {
    guard let detail = open?.detail else { return "" }
    let said = detail.entries.first { $0.kind == .customerMessage && $0.struckAt == nil }?.body ?? ""
    return masked("\(detail.ticket.subject) \(said)")
  }

  private func masked(_ text: String) -> String {
    // Masked before it is cut: half of a number is not recognised.
    let names = [open?.detail?.clearName].compactMap(\.self)
    let start = String(text.unicodeScalars.prefix(4 * ArticleUsage.longestQuestion))
    return String(
      Masking.text(start, hiding: names).unicodeScalars.prefix(ArticleUsage.longestQuestion)
    ).trimmed
  }

  /// Search finds an article again for the question that it answered: what was typed, or what the ticket says.
  private mutating func recordUse(of article: Article, _ kind: ArticleUse.Kind) -> [DeskEffect] {
    let typed = knowledge.input.text.trimmed
    let question = typed.isEmpty ? ticketQuestion : masked(typed)
    guard question.count >= 2 else { return [] }
    return record(
      ArticleUse(article: article.id, language: article.language, question: question, kind: kind))
  }

  private mutating func record(_ use: ArticleUse) -> [DeskEffect] {
    guard !knowledge.recordedUses.contains(use) else { return [] }
    knowledge.recordedUses = knowledge.recordedUses.suffix(31) + [use]
    return save(.articleUse(use), kind: .silent)
  }

  /// A ticket was closed, alone, among many or by a macro: what was put into its reply helped. Said with the close and forgotten with it;
  /// see ``Undo/used``.
  mutating func recordClosedUses(on ticket: TicketID) -> (effects: [DeskEffect], uses: [ArticleUse]) {
    let uses = usedArticles.take(ticket).filter { $0.question.count >= 2 }
    return (uses.flatMap { save(.articleUse($0), kind: .silent) }, uses)
  }

  /// The close does not hold: neither does what it said of articles. Another close of the ticket says it again.
  mutating func takeBack(_ uses: [ArticleUse], on ticket: TicketID?) -> [DeskEffect] {
    if let ticket { for use in uses { usedArticles.add(use, on: ticket) } }
    return uses.flatMap { save(.articleUse($0.takenBack), kind: .silent) }
  }

  /// A search that found nothing is kept once it was given up or stood for a while: those who write articles read it.
  mutating func recordMissedSearch(isLeaving: Bool = false) -> [DeskEffect] {
    let text = knowledge.input.text.trimmed
    guard focus == .knowledge, knowledge.hasAnswer, knowledge.hits.isEmpty, text.count >= 2,
      knowledge.recorded != text, isLeaving || now - knowledge.searchedAt >= 3000
    else { return [] }
    knowledge.recorded = text
    return save(.missedSearch(query: Masking.text(text), language: language), kind: .silent)
  }
}

/// The little Markdown that articles use, as lines of text.
enum Markdown {
  /// Blocks between empty lines; headings and list items stand for themselves.
  static func passages(_ body: String) -> [String] {
    var passages: [String] = []
    var current: [Substring] = []
    func finish() {
      guard !current.isEmpty else { return }
      passages.append(current.joined(separator: "\n"))
      current = []
    }
    for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
      let trimmed = line.drop { $0 == " " }
      if trimmed.isEmpty {
        finish()
      } else if line.hasPrefix("#") || isItem(trimmed) {
        finish()
        current = [line]
        if line.hasPrefix("#") { finish() }
      } else {
        current.append(line)
      }
    }
    finish()
    return passages
  }

  static func isItem(_ line: Substring) -> Bool {
    if line.hasPrefix("- ") || line.hasPrefix("* ") { return true }
    let digits = line.prefix { $0.isASCII && $0.isNumber }
    return !digits.isEmpty && digits.count <= 3 && line.dropFirst(digits.count).hasPrefix(". ")
  }

  static func isHeading(_ passage: String) -> Bool { passage.hasPrefix("#") }

  /// Without the marks: what a customer reads.
  static func plain(_ passage: String) -> String {
    var lines: [String] = []
    for line in passage.split(separator: "\n", omittingEmptySubsequences: false) {
      var text = line.drop { $0 == "#" }
      if text.count < line.count { text = text.drop { $0 == " " } }
      if text.hasPrefix("> ") { text = text.dropFirst(2) }
      if text.hasPrefix("|") {
        let cells = text.split(separator: "|").map { String($0).trimmed }
        if cells.allSatisfy({ $0.allSatisfy { $0 == "-" || $0 == ":" } }) { continue }
        lines.append(cells.joined(separator: "  "))
        continue
      }
      lines.append(withoutEmphasis(text))
    }
    return lines.joined(separator: "\n")
  }

  /// What a passage is made of: text, and tables with their rows, the head first.
  enum Block: Equatable {
    case text(String)
    case table([[String]])
  }

  static func blocks(_ passage: String) -> [Block] {
    var blocks: [Block] = []
    for line in passage.split(separator: "\n", omittingEmptySubsequences: false) {
      let trimmed = line.drop { $0 == " " }
      if trimmed.hasPrefix("|") {
        let cells = cells(trimmed)
        if cells.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0 == "-" || $0 == ":" } }) { continue }
        if case .table(let rows)? = blocks.last {
          blocks[blocks.count - 1] = .table(rows + [cells])
        } else {
          blocks.append(.table([cells]))
        }
      } else if case .text(let text)? = blocks.last {
        blocks[blocks.count - 1] = .text(text + "\n" + line)
      } else {
        blocks.append(.text(String(line)))
      }
    }
    return blocks
  }

  private static func cells(_ line: Substring) -> [String] {
    var line = line.dropFirst()
    while line.last == " " { line = line.dropLast() }
    if line.last == "|" { line = line.dropLast() }
    return line.split(separator: "|", omittingEmptySubsequences: false).map {
      withoutEmphasis($0).trimmed
    }
  }

  private static func withoutEmphasis(_ line: Substring) -> String {
    var result = ""
    var rest = line
    while let character = rest.first {
      if rest.hasPrefix("**") || rest.hasPrefix("__") {
        rest = rest.dropFirst(2)
      } else if character == "`" {
        rest = rest.dropFirst()
      } else if character == "[", let close = rest.firstIndex(of: "]"),
        rest[rest.index(after: close)...].hasPrefix("("), let end = rest[close...].firstIndex(of: ")")
      {
        result += rest[rest.index(after: rest.startIndex)..<close]
        rest = rest[rest.index(after: end)...]
      } else {
        result.append(character)
        rest = rest.dropFirst()
      }
    }
    return result
  }
}
