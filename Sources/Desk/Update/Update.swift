import Domain
import Terminal

/// What happens to the screen when something happened, and what is asked of the world. Pure: the same messages give the
/// same model, the same effects and the same keys of operations.
package func update(_ model: inout DeskModel, _ message: DeskMessage) -> [DeskEffect] {
  let effects = model.receive(message) + model.openWaitingContact()
  model.dropStaleNotice()
  model.checkText()
  model.prepare()
  return effects
}

extension DeskModel {
  fileprivate mutating func receive(_ message: DeskMessage) -> [DeskEffect] {
    switch message {
    case .started: return start()
    case .shown: return loadRest()
    case .wordsLoaded(let catalogue):
      catalogues[catalogue.language] = Words(catalogue)
      return []
    case .input(let event): return receive(event)
    case .tick(let moment): return tick(moment)
    case .directoryLoaded(let directory):
      self.directory = directory
      if let known = directory.agent(me.id) { meChanged(known) }
      redrawRows()
      card = nil
      open?.loads += 1
      return []
    case .meChanged(let agent):
      meChanged(agent)
      return []
    case .queueLoaded(let page): return queueLoaded(page)
    case .countsChanged(let counts): return countsChanged(counts)
    case .serviceLevelCounted(let level):
      serviceLevel = level
      return []
    case .remindersDue(let tickets): return announceReminders(tickets)
    case .ticketLoaded(let id, let detail): return ticketLoaded(id, detail)
    case .ticketRead(let id, let reading): return ticketRead(id, reading)
    case .ticketsLoaded(let details): return ticketsLoaded(details)
    case .customerLoaded(let id, let profile):
      customerLoaded(id, profile)
      return []
    case .resultsLoaded(let results):
      resultsLoaded(results)
      return []
    case .draftsFound(let found): return draftsFound(found)
    case .notSentLoaded(let list):
      notSent = list
      return []
    case .requestsFound(let claims): return requestsFound(claims)
    case .raisedLoaded(let items): return raisedLoaded(items)
    case .articleLoaded(let article):
      return articleLoaded(article)
    case .articleTitlesLoaded(let titles):
      articleTitles.merge(titles) { $1 }
      customer?.loads += 1
      return []
    case .knowledgeFound(let token, let hits):
      knowledgeFound(token, hits)
      return []
    case .found(let token, let hits, let reach): return found(token, hits, reach)
    case .modelAnswered(let token, let answer): return modelAnswered(token, answer)
    case .saved(let id): return saved(id)
    case .outcome(let id, let outcome): return decided(id, outcome)
    case .failed(let id, let sentence): return failed(id, sentence)
    case .requested(let id, let sentence): return requested(id, sentence)
    case .revealed(let customer, let field, let value):
      revealed(customer, field, value)
      return []
    case .storeChanged: return storeChanged()
    case .syncStatus(let status):
      let before = sync
      sync = status
      // What was typed while nothing could be saved is on no disk yet.
      let kept =
        before.cannotSave && !status.cannotSave ? drafts.values.sorted { $0.savedAt < $1.savedAt } : []
      return (status.refused != before.refused ? [.loadNotSent] : []) + kept.map { .saveDraft($0) }
    case .storeTrouble(let trouble):
      self.trouble = trouble
      redrawTroublePage()
      return []
    case .storeRestored(let revision):
      say(words.text("desk.notice.restored", ["revision": revision]), .warning, seconds: 30)
      return []
    case .told(let sentence):
      say(sentence, .info, seconds: 20)
      return []
    case .viewers(let viewers):
      self.viewers = viewers.filter { $0.agent != me.id }
      return []
    case .editorReturned(let text): return editorReturned(text)
    case .attachmentStored(let file): return attachmentStored(file)
    case .attachmentFailed(let sentence):
      attachmentFailed(sentence)
      return []
    case .closing: return leaveField() + keepDrafts(now: true)
    case .preferencesChanged(let preferences, let problem):
      self.preferences = preferences
      actions = ActionRegistry(keys: preferences.keys)
      if let problem { say(problem, .warning, seconds: 30) } else { say(key: "desk.notice.settings-read") }
      return []
    }
  }

  /// Rights that were given or taken count at once, without waiting for the rest of the directory.
  private mutating func meChanged(_ agent: Agent) {
    var known = agent.current(at: now)
    // A state on its way to the disk is newer than what was read.
    if underWay.values.contains(where: { $0.kind == .presence && !$0.isSaved }) {
      known.presence = me.presence
    }
    me = known
  }

  private mutating func start() -> [DeskEffect] {
    prepare()
    return queue.reload(queueQuery) + [.loadCounts]
  }

  private mutating func loadRest() -> [DeskEffect] {
    lastDirectoryLoad = now
    let words: [DeskEffect] = catalogues[language.other] == nil ? [.loadWords(language.other)] : []
    return [.loadDirectory, .loadDrafts, .loadNotSent, .loadRequests, .loadServiceLevel] + words
  }

  private mutating func receive(_ event: InputEvent) -> [DeskEffect] {
    switch event {
    case .key(let key):
      keys += 1
      if isTyping, case .character = key.code, key.modifiers.isDisjoint(with: [.control, .alt]) {
        characters += 1
      }
      return press(key)
    case .paste(let text): return paste(text)
    case .mouse(let mouse): return click(mouse)
    case .focusGained:
      isFocused = true
      guard isTitleChanged else { return [] }
      isTitleChanged = false
      return [.setTitle(words.text("desk.title"))]
    case .focusLost:
      isFocused = false
      return []
    case .resize(let size):
      self.size = size
      return []
    }
  }

  private mutating func tick(_ moment: Timestamp) -> [DeskEffect] {
    now = moment
    // What somebody was granted ends by itself.
    me = me.current(at: moment)
    if let notice, now >= notice.until { self.notice = nil }
    return loadStaleDirectory() + keepDrafts() + recordMissedSearch() + watchMine() + refreshResults()
  }

  private mutating func storeChanged() -> [DeskEffect] {
    var effects = queue.refresh() + [.loadCounts]
    if let open { effects.append(.loadTicket(open.id, entries: open.entryLimit)) }
    // People and zones change seldom; reading them with every message of a customer would cost more than the list.
    isDirectoryStale = true
    markResultsStale()
    return effects + loadStaleDirectory()
  }

  /// At most every five seconds; what changed in between is read with a later tick.
  private mutating func loadStaleDirectory() -> [DeskEffect] {
    guard isDirectoryStale, now - lastDirectoryLoad >= 5000 else { return [] }
    lastDirectoryLoad = now
    isDirectoryStale = false
    return [.loadDirectory, .loadServiceLevel]
  }

  private mutating func countsChanged(_ counts: QueueCounts) -> [DeskEffect] {
    let isNews = hasCounts && counts.mineUnread > self.counts.mineUnread
    self.counts = counts
    hasCounts = true
    guard isNews else { return [] }
    say(
      words.text("desk.notice.customer-wrote", ["count": counts.mineUnread]), .info,
      about: .unread(counts.mineUnread))
    return bell(words.text("desk.notice.customer-wrote", ["count": counts.mineUnread]))
  }

  /// At most one bell in 30 s, and none for somebody who is looking.
  mutating func bell(_ text: String) -> [DeskEffect] {
    guard !isFocused, now - lastBell >= 30_000 else { return [] }
    lastBell = now
    isTitleChanged = isTitleChanged || preferences.changesTitle
    return (preferences.ringsBell ? [.ringBell] : []) + (preferences.changesTitle ? [.setTitle(text)] : [])
  }

  /// Reads my own tickets and my reminders every 20 s: they are due whatever list is shown.
  private mutating func watchMine() -> [DeskEffect] {
    guard now - lastWatch >= 20_000 else { return [] }
    lastWatch = now
    let request = QueueRequest(query: QueueQuery(scope: .mine, owner: me.id), edge: .first, limit: 50)
    watchRequest = request
    return [.loadQueue(request), .loadDueReminders(at: now)] + (me.leads ? [.loadRaised] : [])
  }

  /// Says once that a hold is over.
  mutating func announceDue(_ rows: [QueueRow]) -> [DeskEffect] {
    for row in rows {
      guard let due = row.pendingUntil, due <= now else { continue }
      if let effects = announce(row.id, due, "desk.notice.hold-over", row.subject, row.number) {
        return effects
      }
    }
    return []
  }

  private mutating func announceReminders(_ tickets: [Ticket]) -> [DeskEffect] {
    for ticket in tickets {
      guard let due = ticket.reminder?.at else { continue }
      if let effects = announce(ticket.id, due, "desk.notice.reminder", ticket.subject, ticket.number) {
        return effects
      }
    }
    return []
  }

  /// Nil: it was said already. One at a time, so that each can be read.
  private mutating func announce(
    _ id: TicketID, _ due: Timestamp, _ key: String, _ subject: String, _ number: String?
  ) -> [DeskEffect]? {
    guard announced[id] != due else { return nil }
    announced[id] = due
    let text = words.text(key, ["subject": subject, "number": number ?? ""])
    say(text, .warning, seconds: 20, about: open?.id == id ? .always : .ticket(id))
    return bell(text)
  }

  /// - Parameter ground: what it speaks of, so that it goes when that has changed.
  mutating func say(
    _ text: String, _ kind: Notice.Kind = .info, seconds: Int64 = 6, about ground: Notice.Ground = .always
  ) {
    // News must not hide that something went wrong.
    if kind == .info, let notice, notice.kind == .danger, now < notice.until { return }
    notice = Notice(text: SafeText(text), kind: kind, until: now.advanced(seconds: seconds), ground: ground)
  }

  mutating func say(key: String, _ kind: Notice.Kind = .info, about ground: Notice.Ground = .always) {
    say(words.text(key), kind, about: ground)
  }
}
