import Domain
import Terminal

extension DeskModel {
  /// What the list of the current scope asks for.
  var queueQuery: QueueQuery {
    QueueQuery(
      scope: scope, zones: scope == .mine ? [] : me.zones, owner: scope == .mine ? me.id : nil,
      text: filter?.text.trimmed ?? "")
  }

  mutating func queueLoaded(_ page: QueuePage) -> [DeskEffect] {
    if page.request == claimNext?.request { return candidatesLoaded(page) }
    if page.request == watchRequest {
      watchRequest = nil
      return announceDue(page.rows)
    }
    let texts = page.rows.map { drawn($0) }
    return queue.take(page, drawn: texts)
  }

  mutating func redrawRows() { queue.drawn = queue.rows.map { drawn($0) } }

  func drawn(_ row: QueueRow) -> RowText {
    let words = words
    let isDone = row.state.isDone
    return RowText(
      subject: SafeText(row.preview.isEmpty || row.subject.count > 1 ? row.subject : row.preview),
      customer: SafeText(row.customerName), channel: words("channel.\(row.channel.rawValue)"),
      number: SafeText(row.number.map { "#\($0)" } ?? "—"),
      zone: SafeText(directory.zone(row.zone)?.name[language] ?? row.zone.text),
      owner: isRequested(row.id)
        ? words("desk.ticket.requested")
        : row.owner.map { SafeText(directory.agentName($0, in: language)) } ?? .empty,
      since: isDone ? nil : row.waitingSince,
      fixed: isDone
        ? SafeText(String(clock.civil(row.updatedAt).date.description.dropFirst(5)))
        : row.pendingUntil.map { SafeText(wakeText($0)) })
  }

  /// When a ticket on hold comes back: the time today, the day otherwise. The list draws an arrow before it.
  func wakeText(_ moment: Timestamp) -> String {
    let time = clock.civil(moment)
    return time.date == clock.civil(now).date
      ? time.minuteText : String(time.date.description.dropFirst(5))
  }

  mutating func setScope(_ next: QueueQuery.Scope) -> [DeskEffect] {
    guard next != scope else { return [] }
    scope = next
    queue.marks = []
    queue.rows = []
    queue.drawn = []
    queue.selected = 0
    queue.top = 0
    queue.isLoaded = false
    return queue.reload(queueQuery)
  }

  mutating func stepScope(_ step: Int) -> [DeskEffect] {
    let all = QueueQuery.Scope.ofAgents
    let index = all.firstIndex(of: scope) ?? 0
    return setScope(all[(index + step + all.count) % all.count])
  }

  // MARK: - Filter

  mutating func startFilter() -> [DeskEffect] {
    focus = .queue
    if filter == nil { filter = TextEditor() }
    isFiltering = true
    return []
  }

  mutating func pressInFilter(_ key: Key) -> [DeskEffect]? {
    switch key.code {
    case .enter:
      isFiltering = false
      if filter?.isEmpty == true { filter = nil }
      return []
    case .escape: return clearFilter()
    case .up, .down:
      return queue.move(key.code == .up ? -1 : 1)
    default:
      guard var editor = filter, editor.handle(key) else { return nil }
      filter = editor
      return queue.reload(queueQuery)
    }
  }

  mutating func clearFilter() -> [DeskEffect] {
    let wasNarrowed = filter?.isEmpty == false
    isFiltering = false
    filter = nil
    return wasNarrowed ? queue.reload(queueQuery) : []
  }

  // MARK: - Claiming

  mutating func claimNextContact() -> [DeskEffect] {
    guard claimNext == nil else { return [] }
    guard !hasRequestedClaim else {
      say(key: "desk.notice.requested-already", .warning)
      return []
    }
    let request = QueueRequest(
      query: QueueQuery(scope: .waiting, zones: me.zones), edge: .first, limit: 16)
    claimNext = ClaimNext(request: request, since: now)
    return leaveTicketForAnother() + [.loadQueue(request)]
  }

  private mutating func candidatesLoaded(_ page: QueuePage) -> [DeskEffect] {
    claimNext?.candidates = page.rows.filter { $0.owner == nil }.map(\.id)
    if let effects = nextCandidate() { return effects }
    say(key: "desk.notice.nothing-waiting")
    return []
  }

  /// Asks the store for the next one that nobody has; nil when there is none left.
  mutating func nextCandidate() -> [DeskEffect]? {
    guard let id = claimNext?.candidates.first else {
      claimNext = nil
      return nil
    }
    claimNext?.candidates.removeFirst()
    return submit(.ticket(id, .claim), kind: .claimNext)
  }

  mutating func claim(_ ids: [TicketID]) -> [DeskEffect] {
    guard !hasRequestedClaim else {
      say(key: "desk.notice.requested-already", .warning)
      return []
    }
    if ids.count == 1, let id = ids.first { return submit(.ticket(id, .claim), kind: .claim) }
    return forEach(
      ids, done: "desk.done.claimed-many", undo: { id, _ in .ticket(id, .release) },
      label: words.text("action.claim"), action: { .ticket($0, .claim) })
  }

  // MARK: - Many

  /// The same action on each ticket; the notice says it once, and one undo takes all of it back.
  mutating func forEach(
    _ ids: [TicketID], done: String, undo: ((TicketID, Operation) -> Action?)? = nil, label: String? = nil,
    action: (TicketID) -> Action
  ) -> [DeskEffect] {
    var effects: [DeskEffect] = []
    let group = nextGroup(of: ids.count)
    for (index, id) in ids.enumerated() {
      let isLast = index == ids.count - 1
      effects += save(
        action(id), done: isLast ? words.text(done, ["count": ids.count]) : nil, group: group,
        undo: { operation in
          undo?(id, operation).map { (label ?? "", $0) }
        })
    }
    queue.marks = []
    return effects
  }

  /// What operations of one action on `count` tickets share; nil for a single ticket.
  mutating func nextGroup(of count: Int) -> Int? {
    guard count > 1 else { return nil }
    undoGroup += 1
    return undoGroup
  }

  /// What is known of a ticket that may only be a row: the open ticket is newer than its row.
  func knownPriority(of id: TicketID) -> Ticket.Priority? {
    if id == open?.id, let ticket = open?.ticket { return ticket.priority }
    return queue.rows.first { $0.id == id }?.priority
  }

  func knownCategory(of id: TicketID) -> CategoryID? {
    if id == open?.id, let ticket = open?.ticket { return ticket.category }
    return queue.rows.first { $0.id == id }?.category
  }

  private func holdEnd(of id: TicketID) -> Timestamp? {
    if id == open?.id, let ticket = open?.ticket { return ticket.pendingUntil }
    return queue.rows.first { $0.id == id }?.pendingUntil
  }

  /// The way back on hold; a row does not carry the reason, which stays in the timeline.
  func holdAgain(_ ids: [TicketID]) -> [TicketID: Action] {
    let other = words.text("desk.undo-resume")
    return ids.reduce(into: [:]) { found, id in
      let reason = id == open?.id ? open?.ticket?.pendingReason : nil
      found[id] = .ticket(id, .hold(reason: reason ?? other, until: holdEnd(of: id)))
    }
  }
}
