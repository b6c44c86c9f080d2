import Assist
import Configuration
import Desk
import Dispatch
import Domain
import Store
import Synchronization
import Terminal

/// Does what the screens ask for.
///
/// Reads of the replica that take less than a frame are answered in place, so that a key is answered in the same turn. Saves
/// and sync run on one worker, in order; searches on another, where a newer one makes older ones pointless.
final class EffectRunner {
  private let connection: DeskConnection
  private let replica: Replica
  private let mailbox: Mailbox
  private let me: AgentID
  private let zones: Set<ZoneID>
  private let clock: WallClock
  private let catalogues: CatalogueShelf
  private let themes: ThemeShelf
  private var files: DeskFiles
  private let signIn: Operation?
  /// Nil in practice, whose customers nobody outside is asked about.
  private var machine: MachineWriter?
  private let writer = DispatchQueue(label: "agentdesk.writer")
  private let searcher = DispatchQueue(label: "agentdesk.search")
  private let fetcher = DispatchQueue(label: "agentdesk.fetch")
  private let reading: ReadingRoom
  private let readers = DispatchQueue(label: "agentdesk.reading")
  private let brought = Mutex<Set<CustomerID>>([])
  private let newestSearch = Atomic<Int>(0)
  private let newestList = Atomic<Int>(0)
  private let spoken: Mutex<Language>
  private let isLead: Bool
  /// What the screen says of the exchange.
  private let told = Mutex<StoreError?>(nil)
  private(set) var isFinished = false
  /// What texts are read with.
  let shelf: ModelShelf<ReadingModels>

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
    shelf = StoreLearning.shelf(setup.connection)
    reading = ReadingRoom(setup.connection, clock: setup.clock, shelf: shelf)
    me = setup.me.id
    zones = setup.zones
    clock = setup.clock
    catalogues = setup.catalogues
    spoken = Mutex(setup.language)
    themes = setup.themes
    files = setup.files
    signIn = setup.signIn
    isLead = setup.me.has(.watch) || setup.me.has(.configure)
    if setup.mayAskModel { machine = machineWriter(setup.languageModel) }
  }

  private func machineWriter(_ endpoint: ModelEndpoint?) -> MachineWriter {
    MachineWriter(
      .init(
        replica: replica, me: me, clock: clock, words: { [catalogues] in catalogues[$0] },
        record: { [writer, connection, self] operation in
          let outcome = try writer.sync { try connection.save(operation) }
          writer.async { [self] in synchronize() }
          return outcome
        }, post: { [mailbox] in mailbox.post($0) }, sentence: { [self] in sentence($0) },
        language: { [self] in language }), endpoint: endpoint)
  }

  /// Nil, and a sentence in the mailbox, where its file is wrong.
  func theme(named name: String) -> Theme? {
    do {
      return try themes.theme(named: name)
    } catch {
      mailbox.post(.failed(nil, sentence(error)))
      return nil
    }
  }

  /// That of the screens.
  var language: Language { spoken.withLock { $0 } }

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
    do {
      if let message = try read(effect) { answer(message) }
    } catch {
      answer(.failed(nil, sentence(error)))
    }
    switch effect {
    case .save(let operation, let draft): save(operation, clearing: draft)
    case .submit(let operation): submit(operation)
    case .reveal(let operation, let customer, let field): reveal(operation, customer, field)
    case .verify(let operation, let customer, let answer): verify(operation, customer, answer)
    case .saveDraft(let draft): write { try $0.replica.saveDraft(draft) }
    case .deleteDraft(let key):
      write { try $0.replica.deleteDraft(.init(ticket: key.ticket, slot: key.slot)) }
    case .dismissNotSent(let id):
      write { connection in
        try connection.replica.dismissNotSent(id)
        self.mailbox.post(.notSentLoaded(try connection.replica.notSent()))
        self.postStatus()
      }
    case .look(let ticket, let isTyping): write { $0.look(at: ticket, isTyping: isTyping) }
    case .attach(let path, let ticket): attach(path, ticket)
    case .setLanguage(let language): spoken.withLock { $0 = language }
    case .loadResults(let query): inBackground { .resultsLoaded(try $0.results(query)) }
    case .loadServiceLevel:
      let dayStart = clock.moment(clock.civil(.now).date)
      inBackground { [zones] in .serviceLevelCounted(try $0.serviceLevel(zones: zones, since: dayStart)) }
    case .loadTicket(let id, let entries): bringTicket(id, entries: entries)
    case .readTicket(let id) where !reading.isQuick: readBeside(id)
    case .loadTickets(let ids) where connection.keepsPart: bringTickets(ids)
    case .loadCustomer(let id): bringCustomer(id)
    case .askModel(let token, let ticket, let use): machine?.ask(token, ticket, use)
    case .cancelModel: machine?.cancel()
    case .cancelSearch: newestSearch.add(1, ordering: .relaxed)
    case .quit: isFinished = true
    default: search(effect)
    }
  }

  /// Quick reads; nil for everything else.
  private func read(_ effect: DeskEffect) throws -> DeskMessage? {
    switch effect {
    case .loadWords(let language): return .wordsLoaded(catalogues[language])
    case .readTicket(let id) where reading.isQuick:
      let read = try reading.reading(of: id)
      readFurther(id)
      return .ticketRead(id, read)
    case .loadDirectory:
      refreshReader()
      return .directoryLoaded(
        Directory(
          zones: try replica.zones(), categories: try replica.categories(), teams: try replica.teams(),
          agents: try replica.agents(), refunds: try replica.refundRules(), macros: try replica.macros()))
    case .loadQueue(let request) where request.query.text.isEmpty:
      return .queueLoaded(try replica.queuePage(request))
    case .loadCounts: return .countsChanged(try replica.queueCounts(agent: me, zones: zones))
    case .loadTicket(let id, let entries):
      let detail = try detail(id, entries: entries)
      // What is not here may still be with the store.
      return detail == nil && connection.keepsPart ? nil : .ticketLoaded(id, detail)
    case .loadTickets(let ids) where !connection.keepsPart:
      return .ticketsLoaded(try ids.compactMap { try detail($0, entries: 1) })
    case .loadDueReminders(let moment):
      return .remindersDue(try replica.dueReminders(of: me, at: moment))
    case .loadCustomer(let id): return .customerLoaded(id, try replica.customerProfile(id))
    case .loadDrafts: return .draftsFound(try replica.drafts())
    case .loadRaised: return .raisedLoaded(try replica.raised(at: .now))
    case .loadNotSent: return .notSentLoaded(try replica.notSent())
    case .loadArticle(let id, let language): return .articleLoaded(try replica.article(id, language))
    default: return nil
    }
  }

  // MARK: - Reading a ticket

  private func refreshReader() {
    readers.async { [reading, mailbox, self] in
      do { try reading.refresh() } catch { mailbox.post(.failed(nil, sentence(error))) }
    }
  }

  private func readBeside(_ id: TicketID) {
    readers.async { [reading, mailbox, self] in
      do {
        mailbox.post(.ticketRead(id, try reading.reading(of: id)))
        readFurther(id)
      } catch {
        mailbox.post(.failed(nil, sentence(error)))
      }
    }
  }

  /// Reads again with the solved tickets of the whole store, where they are not all here. A store that makes its lists anew is asked
  /// a few times more.
  private func readFurther(_ id: TicketID, attempts: Int = 8) {
    guard connection.keepsPart else { return }
    fetcher.async { [reading, mailbox, fetcher, self] in
      switch reading.askStore(about: id) {
      case .same: break
      case .news:
        if let read = try? reading.reading(of: id) { mailbox.post(.ticketRead(id, read)) }
      case .none where attempts > 1:
        fetcher.asyncAfter(deadline: .now() + 2) { [self] in readFurther(id, attempts: attempts - 1) }
      case .none: break
      }
    }
  }

  // MARK: - What is not here

  /// A ticket that this desk does not keep, or not all of it.
  private func bringTicket(_ id: TicketID, entries: Int) {
    guard connection.keepsPart, (try? replica.isWhole(id)) == false else { return }
    fetcher.async { [connection, mailbox, self] in
      do {
        _ = try connection.bring(id)
      } catch {
        mailbox.post(.failed(nil, sentence(error)))
      }
      mailbox.post(.ticketLoaded(id, try? detail(id, entries: entries)))
    }
  }

  /// Tickets of which some may be elsewhere: what cannot be had is missing in the answer.
  private func bringTickets(_ ids: [TicketID]) {
    fetcher.async { [connection, mailbox, self] in
      for id in ids { _ = try? connection.bring(id) }
      mailbox.post(.ticketsLoaded(ids.compactMap { try? detail($0, entries: 1) }))
    }
  }

  /// The older tickets of a customer, once in a session.
  private func bringCustomer(_ id: CustomerID) {
    guard connection.keepsPart, brought.withLock({ $0.insert(id).inserted }) else { return }
    fetcher.async { [connection, mailbox, replica, self] in
      do {
        guard try connection.bring(id) else { return }
        mailbox.post(.customerLoaded(id, try replica.customerProfile(id)))
      } catch {
        // What is here is shown already; the next time it is asked for again.
        brought.withLock { _ = $0.remove(id) }
      }
    }
  }

  /// With the customer's name in clear, for what the customer will read.
  private func detail(_ id: TicketID, entries: Int) throws -> TicketDetail? {
    guard var detail = try replica.ticketDetail(id, entryLimit: entries) else { return nil }
    detail.isPartial = try connection.keepsPart && !replica.isWhole(id)
    detail.clearName = try replica.templateValues(ticket: id)?.customerName
    return detail
  }

  // MARK: - Writing

  private func write(_ body: @escaping @Sendable (DeskConnection) throws -> Void) {
    writer.async { [connection, self] in
      do {
        try body(connection)
      } catch {
        notSaved(nil, error)
      }
    }
  }

  /// Says what kept something from being saved; a full disk also stands on the screen until there is room again.
  private func notSaved(_ id: OperationID?, _ error: any Error) {
    mailbox.post(.failed(id, sentence(error)))
    postStatus()
  }

  private func save(_ operation: Operation, clearing draft: Desk.DraftKey?) {
    writer.async { [connection, mailbox, self] in
      do {
        // The other ticket of a link was perhaps found in the store alone, and the rules ask whether there is one.
        if case .ticket(_, .link(let other, _)) = operation.action { _ = try? connection.bring(other) }
        let outcome = try connection.save(
          operation, clearing: draft.map { .init(ticket: $0.ticket, slot: $0.slot) })
        guard outcome == .accepted else {
          mailbox.post(.outcome(operation.id, outcome))
          return
        }
        mailbox.post(.saved(operation.id))
        mailbox.post(.storeChanged)
        postStatus()
      } catch {
        notSaved(operation.id, error)
        return
      }
      synchronize()
    }
  }

  /// The result is on the disk before anybody sees it: whoever ends the program after an answer has used it up.
  private func verify(_ operation: Operation, _ customer: CustomerID, _ answer: String) {
    do {
      guard case .ticket(let ticket, .verify(let contact, let question, _)) = operation.action else { return }
      var operation = operation
      let isRight = try replica.matches(answer, to: question, customer: customer)
      operation.action = .ticket(ticket, .verify(contact, question, isRight: isRight))
      save(operation, clearing: nil)
    } catch {
      mailbox.post(.failed(operation.id, sentence(error)))
    }
  }

  private func submit(_ operation: Operation) {
    writer.async { [connection, mailbox, self] in
      do {
        let outcome = try connection.submit(operation)
        mailbox.post(.outcome(operation.id, outcome))
        mailbox.post(.storeChanged)
      } catch {
        let isSaved = (try? connection.replica.hasSaved(operation.id)) == true
        mailbox.post(
          isSaved ? .requested(operation.id, sentence(error)) : .failed(operation.id, sentence(error)))
      }
      postStatus()
    }
  }

  private func reveal(_ operation: Operation, _ customer: CustomerID, _ field: String) {
    writer.async { [connection, mailbox, self] in
      do {
        let outcome = try connection.save(operation)
        guard outcome == .accepted else {
          mailbox.post(.outcome(operation.id, outcome))
          return
        }
        let value = try connection.replica.clearValue(of: field, customer: customer)
        mailbox.post(.revealed(customer, field: field, value: value))
      } catch {
        notSaved(operation.id, error)
        return
      }
      synchronize()
    }
  }

  private func synchronize() {
    do {
      report(try connection.synchronize())
    } catch {
      failed(error)
    }
  }

  /// What is wrong with the store stands on the screen until it is right again: it is no answer to what was just done, which is
  /// saved.
  private func failed(_ error: any Error) {
    if error is StoreError, replica.trouble != nil {
      postStatus()
    } else {
      mailbox.post(.failed(nil, sentence(error)))
    }
  }

  private func report(_ report: SyncReport) {
    for answer in report.answered { mailbox.post(.outcome(answer.id, answer.outcome)) }
    if report.changed.contains(RowKey(.agent, me.text)), let known = try? replica.agent(me) {
      mailbox.post(.meChanged(known))
    }
    if report.changed.contains(.learnedModel) { shelf.refresh(tell) }
    // An answer alone also shows: the mark of what waits for the store goes.
    if !report.changed.isEmpty || !report.answered.isEmpty { mailbox.post(.storeChanged) }
    if let restored = report.restored {
      mailbox.post(.storeRestored(revision: restored.revision))
    }
    if let key = report.offeredKey {
      mailbox.post(.failed(nil, words("runtime.other-key", ["fingerprint": key])))
    }
    if report.viewersChanged { mailbox.post(.viewers(connection.viewers())) }
    postStatus()
  }

  private func postStatus() {
    if let status = try? replica.status() { mailbox.post(.syncStatus(status)) }
    let trouble = replica.cannotSave ?? replica.trouble
    let isNew = told.withLock { told in
      defer { told = trouble }
      return told != trouble
    }
    if isNew { mailbox.post(.storeTrouble(trouble.map(standing))) }
  }

  /// Leads hear what became of an attempt to learn; that the files are broken, everybody.
  private func tell(_ news: ModelShelf<ReadingModels>.News) {
    let strings = catalogues[language]
    switch news {
    case .event(let event):
      guard isLead else { return }
      mailbox.post(.told(LearningWords(strings).sentence(event)))
    case .ready: refreshReader()
    case .broken(let version, let error):
      let reason = (error as? ModelFileProblem)?.sentence(strings) ?? sentence(error)
      mailbox.post(.failed(nil, words("runtime.model-broken", ["version": version, "reason": reason])))
    }
  }

  private func standing(_ error: StoreError) -> StandingTrouble {
    func both(_ text: (StringCatalogue) -> String) -> LocalizedText {
      LocalizedText(chinese: text(catalogues[.chinese]), english: text(catalogues[.english]))
    }
    return StandingTrouble(
      line: both { error.line($0) }, text: both { error.page($0, replica: replica.path) })
  }

  private func attach(_ path: String, _ ticket: TicketID) {
    writer.async { [connection, mailbox, files, self] in
      do {
        let file = try files.read(path)
        let digest = try connection.storeAttachment(file.bytes)
        mailbox.post(
          .attachmentStored(
            StoredFile(
              ticket: ticket, name: file.name, mediaType: file.mediaType, byteCount: Int64(file.bytes.count),
              digest: digest)))
      } catch {
        mailbox.post(.attachmentFailed(sentence(error)))
      }
    }
  }

  // MARK: - Searching

  private func search(_ effect: DeskEffect) {
    let run: @Sendable (@escaping IsSuperseded) throws -> DeskMessage
    switch effect {
    case .loadQueue(let request):
      run = { [replica] in .queueLoaded(try replica.queuePage(request, unless: $0)) }
    case .searchKnowledge(let query):
      let today = clock.civil(.now).date
      run = { [replica] in
        if let ticket = query.ticket {
          return .knowledgeFound(
            token: query.token,
            try replica.suggestArticles(
              ticket, category: query.text, language: query.language, today: today, now: .now,
              limit: query.limit, unless: $0))
        }
        return .knowledgeFound(
          token: query.token,
          try replica.searchKnowledge(
            query.text, zone: query.zone, language: query.language, today: today, limit: query.limit,
            unless: $0))
      }
    case .find(let query):
      run = { [replica, mailbox, connection] isSuperseded in
        let reach = connection.keepsPart ? FindReach.asking : .whole
        var found = try replica.find(query.text, limit: query.limit, unless: isSuperseded) { first in
          mailbox.post(.found(token: query.token, first, reach))
        }
        guard reach == .asking, !isSuperseded() else { return .found(token: query.token, found) }
        mailbox.post(.found(token: query.token, found, .asking))
        // Whoever is not here: the store knows numbers and names, and words in what was written.
        if (try? connection.bring(named: query.text)) == true {
          found = try replica.find(query.text, limit: query.limit, unless: isSuperseded)
        }
        if isSuperseded() { throw CancellationError() }
        let older = connection.found(words: query.text)
        let known = Set(found.map(\.id))
        found += older.hits.filter { !known.contains($0.id) }
        return .found(token: query.token, Array(found.prefix(query.limit)), older.reach)
      }
    default: return
    }
    guard !effect.isRead else { return }
    // Somebody typed on: the answer to the shorter query is of no use. A list waits only for lists, because it asks for no
    // other page before its own has come.
    let number = count(effect.isList)
    searcher.async { [mailbox, self] in
      do {
        mailbox.post(try run { [self] in newest(effect.isList) != number })
      } catch is CancellationError {
        return
      } catch {
        mailbox.post(.failed(nil, sentence(error)))
      }
    }
  }

  /// What counts days of the floor: more than a key may wait for.
  private func inBackground(_ read: @escaping @Sendable (Replica) throws -> DeskMessage) {
    searcher.async { [mailbox, replica, self] in
      do {
        mailbox.post(try read(replica))
      } catch {
        mailbox.post(.failed(nil, sentence(error)))
      }
    }
  }

  private func count(_ isList: Bool) -> Int {
    isList ? newestList.add(1, ordering: .relaxed).newValue : newestSearch.add(1, ordering: .relaxed).newValue
  }

  private func newest(_ isList: Bool) -> Int {
    isList ? newestList.load(ordering: .relaxed) : newestSearch.load(ordering: .relaxed)
  }

  // MARK: - Other programs

  /// Answers nil where nothing was changed, and says what kept the editor from working.
  func edit(_ text: String, answer: (DeskMessage) -> Void) {
    do {
      answer(.editorReturned(try files.edit(text)))
    } catch {
      answer(.editorReturned(nil))
      answer(.failed(nil, sentence(error)))
    }
  }

  func openAttachment(
    _ attachment: Attachment, whileSuspended: (() -> Void) -> Void, answer: (DeskMessage) -> Void
  ) {
    do {
      let location = try connection.attachmentFile(attachment.digest)
      if let path = try files.open(location, named: attachment.name, whileSuspended: whileSuspended) {
        answer(.told(words("runtime.attachment-kept", ["path": path])))
      }
    } catch {
      answer(.failed(nil, sentence(error)))
    }
  }

  // MARK: - Beginning and end

  func startBackgroundWork() {
    shelf.refresh(tell)
    do {
      if let signIn, try connection.save(signIn) == .accepted { write { [self] _ in synchronize() } }
      try connection.startWatching { [self] result in
        switch result {
        case .success(let report): self.report(report)
        case .failure(let error): failed(error)
        }
      }
    } catch {
      mailbox.post(.failed(nil, sentence(error)))
    }
    mailbox.post(.viewers(connection.viewers()))
    postStatus()
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
    newestSearch.add(1, ordering: .relaxed)
    newestList.add(1, ordering: .relaxed)
    searcher.sync {}
    readers.sync {}
    writer.sync { [connection, me] in
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

  // MARK: - Words

  private func words(_ key: String, _ values: KeyValuePairs<String, any CustomStringConvertible> = [:])
    -> String
  {
    return catalogues[language](key, values)
  }

  private func sentence(_ error: any Error) -> String {
    let catalogue = catalogues[language]
    switch error {
    case let error as StoreError: return error.sentence(catalogue)
    case let error as DeskFiles.Failure: return error.sentence(catalogue)
    case let error as ConfigurationProblems:
      return error.problems.map { $0.description(in: catalogue) }.joined(separator: "\n")
    default: return catalogue("runtime.failed", ["detail": "\(error)"])
    }
  }
}

extension DeskEffect {
  fileprivate var isList: Bool { if case .loadQueue = self { true } else { false } }

  /// Answered in place by `EffectRunner.read`.
  fileprivate var isRead: Bool {
    if case .loadQueue(let request) = self { return request.query.text.isEmpty }
    return false
  }
}

// The runner's state is either immutable, locked, or touched by the main thread alone (`isFinished`, the editor in `files`).
extension EffectRunner: @unchecked Sendable {}
