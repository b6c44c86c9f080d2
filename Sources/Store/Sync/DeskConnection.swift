import Domain
import GRDB
import Glibc
import Synchronization

import class Foundation.NSLock
import class Foundation.Thread

/// What one exchange with the store brought.
package struct SyncReport: Sendable {
  /// Operations of this desk that were answered, in order.
  package var answered: [(id: OperationID, outcome: Outcome)] = []
  /// Keys of rows that are shown differently now.
  package var changed: Set<RowKey> = []
  /// Whether other people look at other tickets now.
  package var viewersChanged = false
  /// Why the store could not be reached; what was saved waits in the outbox.
  package var offline: StoreError?
  /// The store was restored from a backup: this desk fills itself again and sends again what the store may miss.
  package var restored: Restoration?
  /// The fingerprint of a key that the store names and this desk does not trust; told once while the desk is open.
  package var offeredKey: String?

  /// Whether a screen may look different.
  package var isNews: Bool {
    !changed.isEmpty || !answered.isEmpty || viewersChanged || restored != nil || offeredKey != nil
  }
}

/// One desk: a person's replica and its way to the shared store. Safe to use from any thread; calls are short.
package final class DeskConnection: Sendable {
  package let store: any StoreService
  package let replica: Replica
  package let agent: AgentID
  /// The name under which the desk sends operations.
  package let desk: String

  let transport: any StoreTransport
  let now: @Sendable () -> Timestamp
  private let live: any Looking
  /// One exchange with the store at a time.
  let exchange = NSLock()
  private let watcher = Mutex<Watcher?>(nil)
  private let log: LogFollower
  /// When the links of the store's log were checked up to its head; nil: they have to be now.
  private let logChecked = Mutex<Timestamp?>(nil)
  /// A name under which no desk has sent anything yet.
  private let newDesk: @Sendable () -> String

  /// Joins a desk to a store; an empty replica is filled first.
  ///
  /// - Parameters:
  ///   - transport: how messages reach the store; itself where nothing else is given.
  ///   - window: what this desk keeps of the store; nil: everything.
  ///   - mayStandAlone: a desk that was there before opens although the store is not the one that it knows any more: it shows
  ///     and saves, and exchanges nothing. `replica.trouble` says why.
  ///   - progress: gets the part of the first fill that is done, 0 to 1.
  /// - Throws: `wrongStore` when the replica is a copy of another one, `unknownAgent`.
  package init(
    store: any StoreService, replica: Replica, agent: AgentID, transport: (any StoreTransport)? = nil,
    now: @escaping @Sendable () -> Timestamp = { .now }, identifiers: IdentifierSource = IdentifierSource(),
    window: DeskWindow? = nil, mayStandAlone: Bool = false,
    progress: (Double) throws -> Void = { _ in }
  ) throws {
    self.store = store
    self.replica = replica
    self.agent = agent
    self.transport = transport ?? store
    log = LogFollower(replica: replica, transport: transport ?? store)
    self.now = now
    newDesk = { "\(agent)-\(identifiers.next(Operation.self))" }
    if let known = try replica.storeID() {
      guard known == store.id else { throw StoreError.wrongStore(expected: known, found: store.id) }
      try replica.setWindow(window)
      try replica.refreshSearch(progress: progress)
    } else {
      try replica.fill(
        FirstFill(store: store, desk: newDesk(), window: window, now: now()), progress: progress)
    }
    desk = try replica.deskID() ?? agent.text
    live = try store.looking(desk: desk, agent: agent, now: now)
    do {
      _ = try synchronize()
    } catch let error as StoreError where mayStandAlone && error.leavesTheDesk {}
    let isKnown = try agent == Agent.system.id || replica.agent(agent)?.isActive == true
    guard isKnown else { throw StoreError.unknownAgent(agent) }
  }

  /// Stops watching and closes the replica; the store stays open.
  package func close() {
    stopWatching()
    live.look(at: nil, isTyping: false)
    live.sit(false)
    replica.close()
  }

  // MARK: - Operations

  /// Saves an operation durably on this desk and shows what it does; `clearing` is the draft it came from. Returns
  /// `refused` when it is refused on the rows that this desk knows: then nothing was saved and the draft stays.
  ///
  /// It reaches the store with the next `synchronize`.
  package func save(_ operation: Operation, clearing draft: DraftKey? = nil) throws -> Outcome {
    try replica.save(operation, clearing: draft).0
  }

  /// Saves an operation and waits for the store's answer: for claims, which only the store can grant, and for headless use.
  ///
  /// - Throws: the error that kept the store from answering; the operation is saved and will be sent.
  package func submit(_ operation: Operation, clearing draft: DraftKey? = nil) throws -> Outcome {
    var outcome = try save(operation, clearing: draft)
    if case .refused = outcome {
      // Perhaps only this desk's rows are old.
      guard try synchronize().offline == nil else { return outcome }
      outcome = try save(operation, clearing: draft)
      if case .refused = outcome { return outcome }
    }
    let report = try synchronize()
    guard let answer = try replica.outcome(of: operation.id) else {
      throw report.offline ?? StoreError.busy(path: store.address)
    }
    // Whoever waits for the answer has it now: only what was typed has to be kept.
    if case .refused = answer, !operation.action.carriesText { try replica.dismissNotSent(operation.id) }
    return answer
  }

  /// What the store answered; nil while it has not.
  package func outcome(of id: OperationID) throws -> Outcome? { try replica.outcome(of: id) }

  /// Sends what is queued, and takes what is new.
  ///
  /// - Throws: what must not go on: `wrongStore`, `operationReused`, `sequenceGap`, `logChanged`, `otherAgent`, and
  ///   every error of the replica. A store that cannot be reached, or is older than what this desk has, is no error but `SyncReport.offline`.
  package func synchronize() throws -> SyncReport {
    try exchange.withLock {
      var report = SyncReport()
      do {
        try exchangeMessages(&report)
        replica.setOffline(since: nil)
        replica.setTrouble(nil)
      } catch let error as StoreError {
        if case .logChanged = error { logChecked.withLock { $0 = nil } }
        replica.setOffline(since: now())
        // A store that does not answer now is still the one of which something was found.
        if error.needsSomebody { replica.setTrouble(error) }
        switch error {
        case .wrongStore, .operationReused, .sequenceGap, .damaged, .logChanged, .otherAgent: throw error
        default: report.offline = error
        }
      }
      tellOfKey(&report)
      return report
    }
  }

  /// The key that the store named last, and whether nobody was told yet what that means here.
  private let namedKey = Mutex<(key: String?, isNews: Bool)>((nil, true))

  private func hear(ofKey key: String?) throws {
    guard let key else { return }
    let isNew = namedKey.withLock { named in
      guard named.key != key else { return false }
      named = (key, true)
      return true
    }
    if isNew { try replica.offer(key) }
  }

  private func tellOfKey(_ report: inout SyncReport) {
    let isNews = namedKey.withLock { named in
      defer { named.isNews = false }
      return named.isNews
    }
    if isNews { report.offeredKey = try? replica.offeredKey() }
  }

  private func exchangeMessages(_ report: inout SyncReport) throws {
    // A store may be restored while this goes on, but hardly twice.
    for _ in 0..<3 {
      do {
        return try exchangeInOneEpoch(&report)
      } catch StoreError.otherEpoch(let known, let found) where found > known {
        try startAgain(&report)
      } catch let behind as BelowFloor {
        report.changed.formUnion(try replica.fillAgain(floor: behind.floor))
      }
    }
    throw StoreError.busy(path: store.address)
  }

  /// The store has forgotten what was taken away since this desk was last here.
  private struct BelowFloor: Error { var floor: Int64 }

  private func exchangeInOneEpoch(_ report: inout SyncReport) throws {
    // Nothing is sent to a store whose log this desk has not recognised.
    if logChecked.withLock({ $0 == nil }) { try followLog() }
    try exchangeRows(&report)
    if logChecked.withLock({ $0.map { now() - $0 >= Self.logInterval } ?? true }) { try followLog() }
  }

  /// Asks what was restored, and turns to the new history.
  private func startAgain(_ report: inout SyncReport) throws {
    let request = try replica.pullRequest(at: now())
    let reply = try transport.pull(request)
    guard reply.store == request.store else {
      throw StoreError.wrongStore(expected: request.store, found: reply.store)
    }
    guard reply.epoch > request.epoch else { return }
    let restorations = reply.restorations ?? []
    try hear(ofKey: restorations.last?.key)
    try replica.check(restorations, epoch: reply.epoch)
    report.changed.formUnion(try replica.startAgain(epoch: reply.epoch, restorations))
    report.restored = restorations.last
    // The new history has a log of its own.
    logChecked.withLock { $0 = nil }
  }

  /// Milliseconds between two checks of the links of the store's log.
  private static let logInterval: Int64 = 5000

  private func checkLog(_ head: AuditHead?) throws {
    if try !log.check(head) { logChecked.withLock { $0 = nil } }
  }

  private func followLog() throws {
    let isAtHead = try log.follow()
    let moment = now()
    logChecked.withLock { $0 = isAtHead ? moment : nil }
  }

  private func exchangeRows(_ report: inout SyncReport) throws {
    var answers = try push(&report)
    var isAnswered = !report.answered.isEmpty
    var isDone = false
    while !isDone {
      let (reply, scope): (PullReply, DeskScope?)
      var fetched: [Fetched] = []
      do {
        (reply, scope) = try pull()
        if scope != nil {
          takeAsThere(reply)
          fetched = try replica.wanted(reply).filter(isThere).map(fetchWhole)
        }
      } catch let error as StoreError {
        // Who may not have what is new, or does not get it now, has the answers all the same.
        if isAnswered { try replica.mark(answers, at: now()) }
        throw error
      }
      isDone = reply.newCursor >= reply.head
      try checkLog(reply.auditHead)
      guard
        try isAnswered || reply.newCursor > reply.cursor || isSafer(reply) || report.restored != nil
          || !fetched.isEmpty || replica.isSweepDue(scope)
      else { return }
      report.changed.formUnion(try replica.take(answers, reply, fetched, in: scope, at: now()))
      (answers, isAnswered) = ([], false)
    }
  }

  private let safeRevision = Mutex<Int64>(0)

  /// Whether a backup was verified since the last answer: what is in it need not be kept here any longer.
  private func isSafer(_ reply: PullReply) -> Bool {
    safeRevision.withLock { known in
      defer { known = reply.safeRevision }
      return reply.safeRevision > known
    }
  }

  /// Everything from the cursor to the head, put together from as many answers as it takes.
  ///
  /// Rows travel in their newest version, so that a row which changed after the end of one answer is missing in it. What is
  /// taken in one transaction therefore ends at the head, except when a desk was away so long that it would not fit.
  private func pull() throws -> (PullReply, DeskScope?) {
    var request = try replica.pullRequest(at: now())
    let scope: DeskScope? = if case .desk(let scope) = request.scope { scope } else { nil }
    var whole: PullReply?
    while true {
      let reply = try transport.pull(request)
      guard reply.store == request.store else {
        throw StoreError.wrongStore(expected: request.store, found: reply.store)
      }
      guard reply.epoch == request.epoch else {
        throw StoreError.otherEpoch(expected: request.epoch, found: reply.epoch)
      }
      if let floor = reply.floor { throw BelowFloor(floor: floor) }
      // Somebody put an older file back without `store restore`: going on would mix two histories.
      guard reply.head >= request.cursor else {
        // The log says better what happened, where it was cut.
        try followLog()
        throw StoreError.wentBack(path: store.address, head: reply.head, cursor: request.cursor)
      }
      // An answer to another request: it came too late.
      guard reply.cursor == request.cursor else { throw StoreError.busy(path: store.address) }
      try hear(ofKey: reply.adminKey)
      whole = whole.map { $0.followed(by: reply) } ?? reply
      replica.setBackedUp(at: reply.backedUpAt)
      guard let whole, whole.newCursor < whole.head, whole.items.count < Self.mostRows else {
        return (whole ?? reply, scope)
      }
      guard reply.newCursor > reply.cursor else { throw StoreError.busy(path: store.address) }
      request.cursor = whole.newCursor
    }
  }

  private static let mostRows = 20_000

  /// Tickets that the store does not have, such as those of a draft: they are asked for once, and again when the feed names them.
  let missing = Mutex<Set<TicketID>>([])

  /// Sends everything that is queued; answers those that are not marked in the replica yet.
  private func push(_ report: inout SyncReport) throws -> [PushReply.Answer] {
    while true {
      let envelopes = try replica.queued()
      guard let first = envelopes.first else { return [] }
      let epoch = try replica.epoch()
      let reply = try transport.push(
        PushRequest(store: first.store, epoch: epoch, envelopes: envelopes))
      guard reply.store == first.store else {
        throw StoreError.wrongStore(expected: first.store, found: reply.store)
      }
      guard reply.epoch == epoch else {
        throw StoreError.otherEpoch(expected: epoch, found: reply.epoch)
      }
      try checkLog(reply.auditHead)
      report.answered += reply.answers.map { ($0.id, $0.outcome) }
      if let missing = reply.sendFrom {
        try replica.mark(reply.answers, at: now())
        try replica.sendAgain(from: missing, newDesk: newDesk)
      } else if envelopes.count < PushRequest.limit {
        return reply.answers
      } else {
        try replica.mark(reply.answers, at: now())
      }
    }
  }

  // MARK: - Others

  /// Tells the other desks what this one has open; nil: nothing.
  package func look(at ticket: TicketID?, isTyping: Bool = false) {
    live.look(at: ticket, isTyping: isTyping)
  }

  /// Who else has which ticket open.
  package func viewers() -> [Viewer] { live.viewers() }

  /// Follows the store on a thread of its own: at once when the bell rings, and once a second. `onChange` is called on that
  /// thread with every report that is news, and when the store is lost or found again.
  package func startWatching(onChange: @escaping @Sendable (Result<SyncReport, any Error>) -> Void) throws {
    stopWatching()
    live.sit(true)
    let news = try store.news()
    let watcher = try Watcher(news) { [weak self] tick in
      self?.look(tick, news, onChange)
    }
    self.watcher.withLock { $0 = watcher }
    watcher.start()
    keepIndex()
  }

  package func stopWatching() {
    index.withLock { index in
      defer { index = nil }
      return index
    }?.stop()
    watcher.withLock { watcher in
      defer { watcher = nil }
      return watcher
    }?.stop()
  }

  private let index = Mutex<IndexKeeper?>(nil)

  /// A desk that keeps a part of a file looks for words in the rest of it: nobody else keeps the lists for that in step.
  private func keepIndex() {
    guard keepsPart, let store = store as? SharedStore else { return }
    let keeper = IndexKeeper(path: store.path, isWanted: true)
    index.withLock { $0 = keeper }
    keeper.start()
  }

  private struct Seen {
    var viewers: Set<Viewer> = []
    var isOffline = false
    var trouble: StoreError?
  }

  private let seen = Mutex(Seen())
  /// Of `Replica.savingTurns`: as many as were told.
  private let savingTurns = Atomic(0)
  /// What was told last: the same trouble every second is no news.
  private let failure = Mutex<StoreError?>(nil)

  private func look(
    _ tick: Tick, _ news: any NewsSource, _ onChange: (Result<SyncReport, any Error>) -> Void
  ) {
    do {
      if tick.isBeat { live.renew() }
      if tick.isIdle {
        store.checkpointIfIdle()
        replica.tidySearch()
        replica.checkpointIfIdle()
      }
      if tick.isIdle, tick.isBeat { backUpIfDue() }
      if tick.isBeat {
        tend()
        replica.trySaving()
      }
      let turns = replica.savingTurns
      if savingTurns.exchange(turns, ordering: .relaxed) != turns { onChange(.success(SyncReport())) }
      let mayBeNew = try replica.isOffline || news.mayBeNew(tick) { try replica.cursor() }
      guard mayBeNew || !tick.isIdle else { return }
      var report = mayBeNew ? try synchronize() : SyncReport()
      failure.withLock { $0 = nil }
      let viewers = Set(viewers())
      let found = Seen(viewers: viewers, isOffline: report.offline != nil, trouble: replica.trouble)
      let before = seen.withLock { seen in
        defer { seen = found }
        return seen
      }
      report.viewersChanged = before.viewers != found.viewers
      let standsOtherwise = before.isOffline != found.isOffline || before.trouble != found.trouble
      if report.isNews || standsOtherwise { onChange(.success(report)) }
    } catch {
      let known = error as? StoreError
      let isNews = failure.withLock { last in
        defer { last = known }
        return known == nil || last != known
      }
      if isNews { onChange(.failure(error)) }
    }
  }

  private let steward = Mutex<Steward?>(nil)

  /// Lets this desk do what is due by the clock while it watches a store that nobody serves.
  package func doTimedWork() {
    guard let store = store as? SharedStore,
      let board = try? LiveBoard(store: store.path, desk: "", agent: "", now: now)
    else { return }
    steward.withLock { $0 = Steward(store, name: desk) { board.seats() } }
  }

  /// What keeps it from being done now is met again in five seconds, by this desk or by another.
  private func tend() {
    guard let steward = steward.withLock({ $0 }) else { return }
    _ = try? steward.tend()
  }

  private let backups = Mutex<DailyBackup?>(nil)
  private let isBackingUp = Atomic(false)

  /// Lets this desk make the daily backups while it is idle and watches.
  package func makeBackups(_ backups: DailyBackup) { self.backups.withLock { $0 = backups } }

  /// On a thread of its own: a large store takes a while, and the desk goes on meanwhile. What keeps a backup from being made
  /// shows as its age on the status line.
  private func backUpIfDue() {
    guard let backups = backups.withLock({ $0 }), let store = store as? SharedStore,
      !isBackingUp.exchange(true, ordering: .acquiring)
    else {
      return
    }
    let thread = Thread { [self] in
      _ = try? backups.runIfDue(store)
      isBackingUp.store(false, ordering: .releasing)
    }
    thread.name = "backup"
    thread.start()
  }

  /// Runs `body` while this desk is in no transaction: a process that is stopped inside one would keep the others waiting.
  package func whileIdle<Result>(_ body: () throws -> Result) throws -> Result {
    try exchange.withLock { try replica.pool.writeWithoutTransaction { _ in try body() } }
  }

  // MARK: - Attachments

  /// Keeps bytes beside the store and answers their SHA-256 for an `Attachment`.
  ///
  /// - Throws: `attachmentTooLarge` above 64 MiB.
  package func storeAttachment(_ bytes: [UInt8]) throws -> String { try store.storeAttachment(bytes) }

  package func attachment(_ digest: String) throws -> [UInt8] { try store.attachment(digest) }

  /// The file that holds the bytes, for a program that opens it.
  package func attachmentFile(_ digest: String) throws -> String { try store.attachmentFile(digest) }
}

extension Action {
  /// Whether somebody typed something that would be lost with it.
  var carriesText: Bool {
    switch self {
    case .ticket(_, let action):
      switch action {
      case .claim, .release, .resume, .remind, .raise, .attend, .unattend, .markRead, .watch, .consult,
        .moveContact,
        .unlink, .link, .clearCategory, .setStep, .recordSteps,
        .strike,
        .setPriority,
        .removeTag:
        false
      default: true
      }
    case .agent(_, .setPresence), .agent(_, .setActive), .agent(_, .revoke), .missedSearch,
      .articleUse:
      false
    default: true
    }
  }
}
