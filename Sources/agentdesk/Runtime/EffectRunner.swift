import Assist
import Configuration
import Desk
import Domain
import Store
import Terminal

/// Does what the screens ask for.
///
/// Reads of the replica that take less than a frame are answered in place, so that a key is answered in the same turn. What takes
/// longer, or waits for the disk or the store, has a worker with a thread of its own: `StoreWriter`, `StoreFetcher`,
/// `TicketReaders`, `SearchWorker`, and `MachineWriter` where a language model is set up.
final class EffectRunner {
  private let connection: DeskConnection
  private let replica: Replica
  private let mailbox: Mailbox
  private let me: AgentID
  private let zones: Set<ZoneID>
  private let clock: WallClock
  private let themes: ThemeShelf
  private var files: DeskFiles
  private let signIn: Operation?
  private let voice: DeskVoice
  private let writer: StoreWriter
  private let fetcher: StoreFetcher
  private let readers: TicketReaders
  private let searcher: SearchWorker
  /// Nil in practice, whose customers nobody outside is asked about.
  private var machine: MachineWriter?
  private(set) var isFinished = false

  /// What texts are read with.
  var shelf: ModelShelf<ReadingModels> { readers.shelf }
  /// That of the screens.
  var language: Language { voice.language }

  struct Setup {
    var connection: DeskConnection
    var mailbox: Mailbox
    var me: Agent
    /// Whose lists the status line counts; empty: all.
    var zones: Set<ZoneID>
    var clock: WallClock
    var catalogues: CatalogueShelf
    var language: Language
    var themes: ThemeShelf
    var files: DeskFiles
    /// What says that this person is there.
    var signIn: Operation?
    /// Nil: none is asked.
    var languageModel: ModelEndpoint?
    /// Whether another one may be set up while the screens are open.
    var mayAskModel: Bool
  }

  init(_ setup: Setup) {
    connection = setup.connection
    replica = setup.connection.replica
    mailbox = setup.mailbox
    me = setup.me.id
    zones = setup.zones
    clock = setup.clock
    themes = setup.themes
    files = setup.files
    signIn = setup.signIn
    voice = DeskVoice(setup.catalogues, setup.language)
    let readers = TicketReaders(
      connection, mailbox: mailbox, clock: clock, voice: voice,
      isLead: setup.me.has(.watch) || setup.me.has(.configure))
    self.readers = readers
    writer = StoreWriter(connection, mailbox: mailbox, me: me, voice: voice) { readers.refreshModels() }
    fetcher = StoreFetcher(connection, mailbox: mailbox, voice: voice)
    searcher = SearchWorker(connection, mailbox: mailbox, clock: clock, voice: voice)
    if setup.mayAskModel { machine = machineWriter(setup.languageModel) }
  }

  private func machineWriter(_ endpoint: ModelEndpoint?) -> MachineWriter {
    MachineWriter(
      .init(
        replica: replica, me: me, clock: clock, words: { [voice] in voice.catalogues[$0] },
        record: { [writer] in try writer.record($0) }, post: { [mailbox] in mailbox.post($0) },
        sentence: { [voice] in voice.sentence($0) }, language: { [voice] in voice.language }),
      endpoint: endpoint)
  }

  /// Nil, and a sentence in the mailbox, where its file is wrong.
  func theme(named name: String) -> Theme? {
    do {
      return try themes.theme(named: name)
    } catch {
      mailbox.post(.failed(nil, voice.sentence(error)))
      return nil
    }
  }

  func settingsChanged(_ settings: DeskSettings) {
    files.editor = settings.editor
    machine?.changed(settings.languageModel)
  }

  /// What of the settings the screens take over.
  func preferences(of settings: DeskSettings) -> Preferences {
    var preferences = settings.preferences
    if machine == nil { preferences.modelUses = [] }
    return preferences
  }

  // MARK: - Performing

  func perform(_ effect: DeskEffect, answer: (DeskMessage) -> Void) {
    // Asked once: it changes on another thread.
    let readsHere = readers.room.isQuick
    do {
      if let message = try read(effect, readsHere) { answer(message) }
    } catch {
      answer(.failed(nil, voice.sentence(error)))
    }
    switch effect {
    case .save(let operation, let draft): writer.save(operation, clearing: draft)
    case .submit(let operation): writer.submit(operation)
    case .reveal(let operation, let customer, let field): writer.reveal(operation, customer, field)
    case .verify(let operation, let customer, let answer): writer.verify(operation, customer, answer)
    case .saveDraft(let draft): writer.write { try $0.replica.saveDraft(draft) }
    case .deleteDraft(let key):
      writer.write { try $0.replica.deleteDraft(.init(ticket: key.ticket, slot: key.slot)) }
    case .dismissNotSent(let id):
      writer.write { [mailbox, writer] connection in
        try connection.replica.dismissNotSent(id)
        mailbox.post(.notSentLoaded(try connection.replica.notSent()))
        writer.postStatus()
      }
    case .look(let ticket, let isTyping): writer.write { $0.look(at: ticket, isTyping: isTyping) }
    case .attach(let path, let ticket): writer.attach(path, ticket, from: files)
    case .setLanguage(let language): voice.language = language
    case .loadResults(let query): searcher.inBackground { .resultsLoaded(try $0.results(query)) }
    case .loadServiceLevel:
      let dayStart = clock.moment(clock.civil(.now).date)
      searcher.inBackground { [zones] in
        .serviceLevelCounted(try $0.serviceLevel(zones: zones, since: dayStart))
      }
    case .loadTicket(let id, let entries): fetcher.bringTicket(id, entries: entries)
    case .readTicket(let id) where !readsHere: readers.readBeside(id)
    case .loadTickets(let ids) where connection.keepsPart: fetcher.bringTickets(ids)
    case .loadCustomer(let id): fetcher.bringCustomer(id)
    case .askModel(let token, let ticket, let use): machine?.ask(token, ticket, use)
    case .cancelModel: machine?.cancel()
    case .cancelSearch: searcher.cancel()
    case .quit: isFinished = true
    default: searcher.search(effect)
    }
  }

  /// Quick reads; nil for everything else.
  private func read(_ effect: DeskEffect, _ readsHere: Bool) throws -> DeskMessage? {
    switch effect {
    case .loadWords(let language): return .wordsLoaded(voice.catalogues[language])
    case .readTicket(let id) where readsHere:
      let read = try readers.room.reading(of: id)
      readers.readFurther(id)
      return .ticketRead(id, read)
    case .loadDirectory:
      readers.refresh()
      return .directoryLoaded(
        Directory(
          zones: try replica.zones(), categories: try replica.categories(), teams: try replica.teams(),
          agents: try replica.agents(), refunds: try replica.refundRules(), macros: try replica.macros()))
    case .loadQueue(let request) where request.query.text.isEmpty:
      return .queueLoaded(try replica.queuePage(request))
    case .loadCounts: return .countsChanged(try replica.queueCounts(agent: me, zones: zones))
    case .loadTicket(let id, let entries):
      let detail = try fetcher.detail(id, entries: entries)
      // What is not here may still be with the store.
      return detail == nil && connection.keepsPart ? nil : .ticketLoaded(id, detail)
    case .loadTickets(let ids) where !connection.keepsPart:
      return .ticketsLoaded(try ids.compactMap { try fetcher.detail($0, entries: 1) })
    case .loadDueReminders(let moment):
      return .remindersDue(try replica.dueReminders(of: me, at: moment))
    case .loadCustomer(let id): return .customerLoaded(id, try replica.customerProfile(id))
    case .loadDrafts: return .draftsFound(try replica.drafts())
    case .loadRaised: return .raisedLoaded(try replica.raised(at: .now))
    case .loadNotSent: return .notSentLoaded(try replica.notSent())
    case .loadRequests: return .requestsFound(try replica.unansweredClaims())
    case .loadArticle(let id, let language): return .articleLoaded(try replica.article(id, language))
    case .loadArticleTitles(let ids): return .articleTitlesLoaded(try titles(of: ids))
    default: return nil
    }
  }

  private func titles(of ids: [ArticleID]) throws -> [ArticleID: LocalizedText] {
    try ids.reduce(into: [:]) { titles, id in
      let chinese = try replica.article(id, .chinese)?.title
      let english = try replica.article(id, .english)?.title
      titles[id] = LocalizedText(
        chinese: chinese ?? english ?? id.text, english: english ?? chinese ?? id.text)
    }
  }

  // MARK: - Other programs

  /// Answers nil where nothing was changed, and says what kept the editor from working.
  func edit(_ text: String, answer: (DeskMessage) -> Void) {
    do {
      answer(.editorReturned(try files.edit(text)))
    } catch {
      answer(.editorReturned(nil))
      answer(.failed(nil, voice.sentence(error)))
    }
  }

  func openAttachment(
    _ attachment: Attachment, whileSuspended: (() -> Void) -> Void, answer: (DeskMessage) -> Void
  ) {
    do {
      let location = try connection.attachmentFile(attachment.digest)
      if let path = try files.open(location, named: attachment.name, whileSuspended: whileSuspended) {
        answer(.told(voice.words("runtime.attachment-kept", ["path": path])))
      }
    } catch {
      answer(.failed(nil, voice.sentence(error)))
    }
  }

  // MARK: - Beginning and end

  func startBackgroundWork() {
    readers.refreshModels()
    do {
      if let signIn, try connection.save(signIn) == .accepted {
        writer.write { [writer] _ in writer.synchronize() }
      }
      try connection.startWatching { [writer] result in
        switch result {
        case .success(let report): writer.report(report)
        case .failure(let error): writer.failed(error)
        }
      }
    } catch {
      mailbox.post(.failed(nil, voice.sentence(error)))
    }
    mailbox.post(.viewers(connection.viewers()))
    writer.postStatus()
  }

  /// Runs `body` between two transactions: a process that is stopped inside one would keep every other desk waiting.
  func whileIdle(_ body: () -> Void) {
    var isDone = false
    try? connection.whileIdle {
      isDone = true
      body()
    }
    if !isDone { body() }
  }

  /// Waits until everything that was asked for is on the disk, and signs off where the screens are those of a seat.
  func finish(signsOff: Bool) {
    machine?.cancel()
    connection.stopWatching()
    // A reading or a search that is still being made must not find its connection closed.
    searcher.finish()
    readers.finish()
    writer.last {
      guard signsOff else { return }
      // Another desk of the same person may still be open.
      guard !connection.viewers().contains(where: { $0.agent == me }) else { return }
      let operation = Operation(
        id: IdentifierSource().next(), actor: me, at: .now,
        action: .agent(me, .setPresence(.offline, reason: nil, ticket: nil)))
      _ = try? connection.save(operation)
      _ = try? connection.synchronize()
    }
    connection.close()
  }
}
