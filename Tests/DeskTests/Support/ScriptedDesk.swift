import Assist
import Domain
import Terminal
import TestSupport

@testable import Desk

/// The workspace with a world in memory: keys go in as bytes through the real input parser, effects are answered as the
/// program answers them, and the screen can be read.
struct ScriptedDesk {
  var model: DeskModel
  var world: MemoryDesk
  var effects: [DeskEffect] = []
  /// The terminal: what the program asked of it.
  let driver: RecordingDriver
  /// Keys that were typed, as the parser counts them.
  var keys = 0
  var drafts: [DraftKey: Draft] = [:]
  var isOffline = false
  /// Claims of an earlier start that no store has answered.
  var requests: [Operation]
  /// Answers of the store wait here while it is slow.
  var isSlow = false
  var held: [DeskMessage] = []
  /// Reads tickets when they open; nil: what is read elsewhere never comes.
  var reader: TicketReader?
  /// Saves wait here while the disk is slow; reads are answered.
  var isDiskSlow = false
  private var unsaved: [Operation] = []
  private var parser = InputParser()

  init(
    world: MemoryDesk = Fixture.world(), size: Size = Size(columns: 120, rows: 40),
    language: Language = .chinese, me: AgentID = Fixture.me, drafts: [Draft] = [], welcome: Welcome? = nil,
    banner: LocalizedText? = nil, reader: TicketReader? = nil, requests: [Operation] = []
  ) {
    self.world = world
    self.requests = requests
    self.reader = reader
    driver = RecordingDriver(size: size)
    for draft in drafts { self.drafts[DraftKey(ticket: draft.ticket, slot: draft.slot)] = draft }
    model = DeskModel(
      DeskSetup(
        me: world.agents[me]!, language: language, catalogues: Fixture.catalogues, clock: .china,
        now: Fixture.now, size: size, seed: 7, banner: banner, welcome: welcome))
    send(.started)
    send(.shown)
  }

  mutating func send(_ message: DeskMessage) {
    var messages = [message]
    while !messages.isEmpty {
      let found = update(&model, messages.removeFirst())
      effects += found
      for effect in found where !driver.perform(effect) { messages += answer(effect) }
    }
  }

  mutating func finishSaving() {
    isDiskSlow = false
    let operations = unsaved
    unsaved = []
    for operation in operations {
      for message in decide(operation, isSaved: true) { send(message) }
    }
  }

  mutating func release() {
    let messages = held
    held = []
    for message in messages { send(message) }
  }

  /// Types bytes; a lone escape ends what was held back, as a pause does.
  mutating func type(_ text: String) {
    let events = parser.feed(Array(text.utf8)) + parser.flush()
    for event in events {
      if case .key = event { keys += 1 }
      send(.input(event))
    }
  }

  /// Presses keys by name: `F8`, `Enter`, `Ctrl-P`.
  mutating func press(_ names: String...) {
    for name in names { type(Self.bytes[name] ?? Self.control(name)) }
  }

  private static func control(_ name: String) -> String {
    if name.hasPrefix("Ctrl-"), let letter = name.last?.lowercased().unicodeScalars.first {
      return String(Unicode.Scalar(letter.value - 96)!)
    }
    if name.hasPrefix("Alt-"), let letter = name.last { return "\u{1B}\(letter)" }
    return name
  }

  private static let bytes: [String: String] = [
    "F1": "\u{1B}OP", "F2": "\u{1B}OQ", "F3": "\u{1B}OR", "F4": "\u{1B}OS", "F5": "\u{1B}[15~",
    "F6": "\u{1B}[17~", "F7": "\u{1B}[18~",
    "F8": "\u{1B}[19~", "F9": "\u{1B}[20~", "F10": "\u{1B}[21~", "F12": "\u{1B}[24~", "Enter": "\r",
    "Tab": "\t",
    "BackTab": "\u{1B}[Z",
    "Esc": "\u{1B}", "Up": "\u{1B}[A", "Down": "\u{1B}[B", "Right": "\u{1B}[C", "Left": "\u{1B}[D",
    "Ctrl-Right": "\u{1B}[1;5C", "Ctrl-Left": "\u{1B}[1;5D",
    "Home": "\u{1B}[H", "End": "\u{1B}[F", "PgUp": "\u{1B}[5~", "PgDn": "\u{1B}[6~", "Space": " ",
    "Backspace": "\u{7F}", "Delete": "\u{1B}[3~", "Insert": "\u{1B}[2~",
  ]

  mutating func wait(seconds: Int64) { send(.tick(model.now.advanced(seconds: seconds))) }

  mutating func resize(_ columns: Int, _ rows: Int) {
    let size = Size(columns: columns, rows: rows)
    driver.resize(to: size)
    send(.input(.resize(size)))
  }

  /// What is on the screen when the cursor has rested.
  var frame: Frame {
    var rested = model
    if let wait = rested.cardWait { _ = update(&rested, .tick(wait.until)) }
    driver.draw(view(rested, size: driver.size))
    return driver.frame ?? Frame(size: driver.size)
  }
  var screen: String { (0..<model.size.rows).map { frame.text(row: $0) }.joined(separator: "\n") }

  // MARK: - The world answers

  private mutating func answer(_ effect: DeskEffect) -> [DeskMessage] {
    switch effect {
    case .loadDirectory:
      let set = world.configuration
      return [
        .directoryLoaded(
          Directory(
            zones: set.zones, categories: set.categories, teams: set.teams,
            agents: world.agents.values.sorted { $0.number < $1.number }, refunds: set.refunds,
            macros: set.macros))
      ]
    case .loadQueue(let request): return [.queueLoaded(world.page(request))]
    case .loadServiceLevel: return [.serviceLevelCounted(world.serviceLevel)]
    case .loadCounts: return [.countsChanged(world.counts(of: model.me.id))]
    case .loadTicket(let id, let limit): return [.ticketLoaded(id, world.detail(id, limit: limit))]
    case .readTicket(let id):
      guard let reader, let clear = world.clear(id) else { return [] }
      let reading = reader.read(
        ReadingInput(clear, clock: model.clock, now: model.now),
        history: ReadingHistory(
          closings: world.past(in: clear.ticket.zone), solved: { [world] in world.solved($0) }))
      return [.ticketRead(id, reading)]
    case .loadTickets(let ids): return [.ticketsLoaded(ids.compactMap { world.detail($0, limit: 50) })]
    case .loadDueReminders(let moment):
      return [
        .remindersDue(
          world.tickets.values.filter {
            $0.reminder.map { $0.agent == model.me.id && $0.at <= moment } ?? false
          }
          .sorted { $0.id < $1.id })
      ]
    case .loadCustomer(let id): return [.customerLoaded(id, world.profile(id, isMasked: true))]
    case .loadResults(let query): return [.resultsLoaded(world.results(query))]
    case .loadDrafts: return [.draftsFound(drafts.values.sorted { $0.savedAt < $1.savedAt })]
    case .loadNotSent: return []
    case .loadRequests: return [.requestsFound(requests)]
    case .loadArticleTitles(let ids):
      func title(_ id: ArticleID, _ language: Language) -> String? {
        world.configuration.articles.first { $0.id == id && $0.language == language }?.title
      }
      let titles = ids.map { id in
        let (chinese, english) = (title(id, .chinese), title(id, .english))
        return (
          id,
          LocalizedText(chinese: chinese ?? english ?? id.text, english: english ?? chinese ?? id.text)
        )
      }
      return [.articleTitlesLoaded(Dictionary(titles) { first, _ in first })]
    case .loadArticle(let id, let language):
      return [.articleLoaded(world.configuration.articles.first { $0.id == id && $0.language == language })]
    case .searchKnowledge(let query): return [.knowledgeFound(token: query.token, articles(query))]
    case .find(let query): return [.found(token: query.token, hits(query))]
    case .save(let operation, let key):
      if let key { drafts[key] = nil }
      guard !isDiskSlow else {
        unsaved.append(operation)
        return []
      }
      return decide(operation, isSaved: true)
    case .submit(let operation):
      guard isOffline else { return decide(operation, isSaved: false) }
      // The desk's own copy has it as if the store had said yes.
      if case .refused = world.run(operation, at: model.now) { return decide(operation, isSaved: false) }
      return [.requested(operation.id, "离线")]
    case .reveal(let operation, let customer, let field):
      guard case .accepted = world.run(operation, at: model.now) else { return [] }
      let value =
        field == "name"
        ? world.customers[customer]?.name
        : world.identities[IdentityID(field)]?.value
      return [.revealed(customer, field: field, value: value)]
    case .verify(let operation, let customer, let answer):
      guard case .ticket(let ticket, .verify(let contact, let question, _)) = operation.action else {
        return []
      }
      var operation = operation
      let record = VerificationRecord(
        customers: world.customers[customer].map { [$0] } ?? [], identities: world.identities(of: customer),
        lastBill: world.bills.filter { $0.customer == customer }.max { $0.period < $1.period }?.total)
      operation.action = .ticket(
        ticket, .verify(contact, question, isRight: record.matches(answer, to: question)))
      return decide(operation, isSaved: true)
    case .loadRaised: return [.raisedLoaded(world.raised)]
    case .saveDraft(let draft):
      drafts[DraftKey(ticket: draft.ticket, slot: draft.slot)] = draft
      return []
    case .deleteDraft(let key):
      drafts[key] = nil
      return []
    default: return []
    }
  }

  /// The desk's reducer refuses before saving; the store answers after.
  private mutating func decide(_ operation: Operation, isSaved: Bool) -> [DeskMessage] {
    let outcome = world.run(operation, at: model.now)
    let answer = DeskMessage.outcome(operation.id, outcome)
    guard isSaved, outcome == .accepted else {
      if isSlow {
        held.append(answer)
        return []
      }
      return [answer]
    }
    if isSlow {
      held.append(answer)
      return [.saved(operation.id)]
    }
    return [.saved(operation.id), answer]
  }

  private func articles(_ query: KnowledgeQuery) -> [ArticleHit] {
    let today = model.clock.civil(model.now).date
    return world.configuration.articles.filter { $0.language == query.language }
      .compactMap { article -> ArticleHit? in
        let words = query.text.split(separator: " ").map(String.init)
        guard words.allSatisfy({ article.title.contains($0) || article.body.contains($0) }) else {
          return nil
        }
        let plain = Markdown.plain(article.body).split(separator: "\n").joined(separator: " ")
        return ArticleHit(
          id: article.id, language: article.language, title: article.title,
          titleMatches: matches(words, in: article.title), excerpt: String(plain.prefix(90)),
          excerptMatches: matches(words, in: String(plain.prefix(90))), zone: article.zone,
          isExpired: article.isExpired(on: today), score: article.title.contains(words[0]) ? 2 : 1)
      }
      .sorted { ($1.score, $0.id.text) < ($0.score, $1.id.text) }
  }

  private func matches(_ words: [String], in text: String) -> [TextMatch] {
    words.compactMap { word in
      text.firstRange(of: word).map { range in
        TextMatch(
          start: text.distance(from: text.startIndex, to: range.lowerBound),
          end: text.distance(from: text.startIndex, to: range.upperBound))
      }
    }
  }

  private func hits(_ query: FindQuery) -> [FindHit] {
    let customers = world.customers.values.sorted { $0.id < $1.id }.compactMap { customer -> FindHit? in
      let phone = world.identities(of: customer.id).first { $0.kind == .phone }?.value ?? ""
      guard customer.name.contains(query.text) || phone.hasSuffix(query.text) else { return nil }
      return FindHit(
        target: .customer(customer.id), evidence: phone.hasSuffix(query.text) ? .phone : .name,
        title: Masking.name(customer.name), detail: Masking.phone(phone))
    }
    let tickets = world.tickets.values.sorted { $0.id < $1.id }.compactMap { ticket -> FindHit? in
      let isNumber = ticket.number?.hasSuffix(query.text) == true
      guard isNumber || ticket.subject.contains(query.text) else { return nil }
      return FindHit(
        target: .ticket(ticket.id), evidence: isNumber ? .ticketNumber : .words,
        title: "#\(ticket.number ?? "")",
        detail: Masking.text(ticket.subject), detailMatches: matches([query.text], in: ticket.subject),
        at: ticket.createdAt, state: ticket.state)
    }
    return customers + tickets
  }
}
