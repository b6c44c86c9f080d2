import Domain
import Terminal

/// The floor as it is now: who is in which state and for how long, what waits, and a look into any ticket.
package struct MonitorModel: Sendable {
  enum Pane: Sendable { case seats, queue }

  /// One seat of the floor.
  struct Seat: Sendable {
    var agent: Agent
    var name: SafeText
    var number: SafeText
    var team: SafeText
    /// What this seat has open, where another desk says so.
    var ticket: TicketID?
  }

  private(set) var me: Agent
  private(set) var language: Language
  private(set) var now: Timestamp
  private(set) var size: Size
  private(set) var directory = Directory()
  private(set) var counts = QueueCounts()
  private(set) var sync = SyncStatus()
  private var trouble: StandingTrouble?
  private(set) var queue: QueueList
  private(set) var seats: [Seat] = []
  /// Seats by state, in the order of `Presence.State.allCases`.
  private(set) var seatCounts: [Presence.State: Int] = [:]
  private(set) var focus = Pane.seats
  private(set) var selectedSeat = 0
  private(set) var topSeat = 0
  private(set) var seatRows = 1
  private(set) var look: Look?
  private(set) var isHelpShown = false
  /// What a key could not do, for a moment.
  private(set) var notice: Notice?
  private var scope = QueueQuery.Scope.waiting
  private var viewers: [Viewer] = []
  private var lastDirectoryLoad = Timestamp(milliseconds: 0)
  /// Something changed within the second after the last load.
  private var isDirectoryStale = false
  private var actions: ActionRegistry
  private var catalogues: [Language: Words]
  let clock: WallClock
  private(set) var serviceLevel = ServiceLevelToday()
  /// What waits for a lead, and the list of it while it is open.
  var raised = RaisedState()
  private var lastServiceLevel = Timestamp(milliseconds: 0)

  /// A look into a ticket: what was said, wrapped once for the width it is shown at.
  struct Look: Sendable {
    var id: TicketID
    var detail: TicketDetail?
    var lines: [Span] = []
    var columns = 0
    var top = 0
    var rows = 1
  }

  package init(_ setup: DeskSetup) {
    me = setup.me
    language = setup.language
    now = setup.now
    size = setup.size
    clock = setup.clock
    raised.randomness = setup.seed
    actions = ActionRegistry(keys: setup.preferences.keys)
    catalogues = setup.catalogues.mapValues { Words($0) }
    queue = QueueList(query: QueueQuery(scope: .waiting))
  }

  var words: Words { catalogues[language] ?? Words(StringCatalogue(language: language, texts: [:])) }

  /// What stays true until somebody does something about it.
  var standing: SafeText? {
    me.isActive
      ? trouble.map { SafeText($0.line[language]) } : words("desk.standing.not-active")
  }

  /// As in the workspace: whole seconds, so that a key does not move every age.
  var shownNow: Timestamp { Timestamp(milliseconds: now.milliseconds / 1000 * 1000) }

  var scopeShown: QueueQuery.Scope { scope }

  // MARK: - Update

  package mutating func update(_ message: DeskMessage) -> [DeskEffect] {
    defer { prepare() }
    switch message {
    case .started:
      lastDirectoryLoad = now
      return [.loadDirectory] + queue.reload(QueueQuery(scope: scope)) + [.loadCounts]
    case .shown:
      return loadRaised() + loadServiceLevel()
        + (catalogues[language.other] == nil ? [.loadWords(language.other)] : [])
    case .wordsLoaded(let catalogue):
      catalogues[catalogue.language] = Words(catalogue)
      return []
    case .tick(let moment):
      now = moment
      if let notice, now >= notice.until { self.notice = nil }
      return isDirectoryStale ? loadDirectory() : []
    case .input(.key(let key)): return press(key)
    case .raisedLoaded(let items):
      raisedLoaded(items)
      return []
    case .saved: return loadRaised()
    case .outcome(_, .refused(let refusal)):
      let text = words.catalogue.sentence(for: refusal, directory: directory)
      notice = Notice(text: SafeText(text), kind: .danger, until: now.advanced(seconds: 12))
      return loadRaised()
    case .input(.resize(let size)):
      self.size = size
      return []
    case .directoryLoaded(let directory):
      self.directory = directory
      arrangeSeats()
      return []
    case .queueLoaded(let page): return queue.take(page, drawn: page.rows.map { drawn($0) })
    case .countsChanged(let counts):
      self.counts = counts
      return []
    case .serviceLevelCounted(let level):
      serviceLevel = level
      return []
    case .ticketLoaded(let id, let detail):
      if look?.id == id {
        look?.detail = detail
        look?.columns = 0
      }
      return []
    case .storeChanged: return storeChanged()
    case .syncStatus(let status):
      sync = status
      return []
    case .preferencesChanged(let preferences, _):
      actions = ActionRegistry(keys: preferences.keys)
      return []
    case .failed(_, let sentence):
      notice = Notice(text: SafeText(sentence), kind: .danger, until: now.advanced(seconds: 12))
      return []
    case .storeTrouble(let trouble):
      self.trouble = trouble
      return []
    case .storeRestored(let revision):
      let text = words.text("desk.notice.restored", ["revision": revision])
      notice = Notice(text: SafeText(text), kind: .warning, until: now.advanced(seconds: 30))
      return []
    case .told(let sentence):
      notice = Notice(text: SafeText(sentence), kind: .info, until: now.advanced(seconds: 20))
      return []
    case .meChanged(let agent):
      me = agent.current(at: now)
      return []
    case .viewers(let viewers):
      self.viewers = viewers
      arrangeSeats()
      return []
    default: return []
    }
  }

  private mutating func storeChanged() -> [DeskEffect] {
    var effects = queue.refresh() + [.loadCounts]
    if let look { effects.append(.loadTicket(look.id, entries: Self.entries)) }
    isDirectoryStale = true
    return effects + loadDirectory()
  }

  /// The floor shows states of people: a second old at most, however fast the operations come.
  private mutating func loadDirectory() -> [DeskEffect] {
    guard now - lastDirectoryLoad >= 1000 else { return [] }
    lastDirectoryLoad = now
    isDirectoryStale = false
    return [.loadDirectory] + loadRaised() + loadServiceLevel()
  }

  /// It moves slowly and takes a while to count on a large floor.
  private mutating func loadServiceLevel() -> [DeskEffect] {
    guard now - lastServiceLevel >= 5000 else { return [] }
    lastServiceLevel = now
    return [.loadServiceLevel]
  }

  private static let entries = 200

  private mutating func press(_ key: Key) -> [DeskEffect] {
    if raised.list != nil, let effects = pressRaised(key, actions) { return effects }
    let found = actions.actions(for: key, in: [.queue, .movement, .everywhere], isTyping: false)
    notice = nil
    guard let action = found.first else {
      say("monitor.no-meaning", key)
      return []
    }
    switch action {
    case .quit, .interrupt: return [.quit]
    case .suspend: return [.suspend]
    case .repaint: return [.repaint]
    case .help:
      isHelpShown.toggle()
      return []
    case .language:
      guard catalogues[language.other] != nil else { return [.loadWords(language.other)] }
      language = language.other
      arrangeSeats()
      queue.drawn = queue.rows.map { drawn($0) }
      look?.columns = 0
      return [.setLanguage(language)]
    case .back: return goBack()
    case .raised: return openRaised()
    default: break
    }
    if isHelpShown {
      isHelpShown = false
      return []
    }
    switch action {
    case .nextPane, .previousPane:
      focus = focus == .seats ? .queue : .seats
      return []
    case .nextScope, .previousScope: return stepScope(action == .nextScope ? 1 : -1)
    case .waiting: return setScope(.waiting)
    case .openTickets: return setScope(.open)
    case .pending: return setScope(.pending)
    case .done: return setScope(.done)
    case .open: return openSelected()
    case .up, .down, .pageUp, .pageDown, .halfUp, .halfDown, .first, .last: return move(action)
    default:
      say("monitor.only-looks", key)
      return []
    }
  }

  /// Nothing is said longer than somebody needs to read it.
  private mutating func say(_ key: String, _ pressed: Key) {
    let help = actions.shortKey(.help)?.description ?? ""
    notice = Notice(
      text: SafeText(words.text(key, ["key": pressed.description, "help": help])), kind: .info,
      until: now.advanced(seconds: 4))
  }

  private mutating func goBack() -> [DeskEffect] {
    if isHelpShown {
      isHelpShown = false
    } else if look != nil {
      look = nil
    }
    return []
  }

  private mutating func stepScope(_ step: Int) -> [DeskEffect] {
    let all: [QueueQuery.Scope] = [.raised, .waiting, .open, .pending, .done]
    let index = all.firstIndex(of: scope) ?? 0
    return setScope(all[(index + step + all.count) % all.count])
  }

  private mutating func setScope(_ next: QueueQuery.Scope) -> [DeskEffect] {
    focus = .queue
    guard next != scope else { return [] }
    scope = next
    queue = QueueList(query: QueueQuery(scope: next))
    return queue.reload(QueueQuery(scope: next))
  }

  mutating func tell(_ text: String, _ kind: Notice.Kind) {
    notice = Notice(text: SafeText(text), kind: kind, until: now.advanced(seconds: 12))
  }

  mutating func look(at id: TicketID) -> [DeskEffect] {
    look = Look(id: id)
    return [.loadTicket(id, entries: Self.entries)]
  }

  private mutating func openSelected() -> [DeskEffect] {
    let id = focus == .queue ? queue.selectedRow?.id : seat(selectedSeat)?.ticket
    guard let id else {
      say(focus == .queue ? "monitor.nothing" : "monitor.no-ticket", .enter)
      return []
    }
    look = Look(id: id)
    return [.loadTicket(id, entries: Self.entries)]
  }

  private func seat(_ index: Int) -> Seat? { seats.indices.contains(index) ? seats[index] : nil }

  private mutating func move(_ action: ActionID) -> [DeskEffect] {
    let page = max(1, (look != nil ? look?.rows ?? 1 : focus == .queue ? queue.height : seatRows) - 1)
    let lines: Int
    switch action {
    case .up: lines = -1
    case .down: lines = 1
    case .pageUp: lines = -page
    case .pageDown: lines = page
    case .halfUp: lines = -max(1, page / 2)
    case .halfDown: lines = max(1, page / 2)
    case .first, .last:
      if look != nil {
        look?.top = action == .first ? 0 : .max / 2
      } else if focus == .queue {
        return action == .first ? queue.moveToStart() : queue.moveToEnd()
      } else {
        selectedSeat = action == .first ? 0 : seats.count - 1
      }
      return []
    default: return []
    }
    if look != nil {
      look?.top += lines
      return []
    }
    if focus == .queue { return queue.move(lines) }
    selectedSeat += lines
    return []
  }

  /// Everything that drawing needs and that depends on the size: done here, so that the view only draws.
  private mutating func prepare() {
    // A window that shows nothing must not move what was scrolled to.
    guard isLargeEnough(size) else { return }
    let layout = MonitorLayout(size: size)
    queue.height = max(1, layout.queue.rows - 2)
    queue.scrollToSelection()
    seatRows = max(1, layout.seats.rows - 2)
    selectedSeat = min(max(0, selectedSeat), max(0, seats.count - 1))
    if selectedSeat < topSeat { topSeat = selectedSeat }
    if selectedSeat >= topSeat + seatRows { topSeat = selectedSeat - seatRows + 1 }
    topSeat = min(max(0, topSeat), max(0, seats.count - seatRows))
    guard var look else { return }
    let inner = layout.look.inset(columns: 2, rows: 1)
    look.rows = max(1, inner.rows)
    if look.columns != inner.columns {
      look.columns = inner.columns
      look.lines = lookLines(look.detail, columns: inner.columns)
    }
    look.top = min(max(0, look.top), max(0, look.lines.count - look.rows))
    self.look = look
  }

  func isLargeEnough(_ size: Size) -> Bool { size.columns >= 60 && size.rows >= 15 }

  private func lookLines(_ detail: TicketDetail?, columns: Int) -> [Span] {
    guard let detail, columns > 8 else { return [] }
    var lines: [Span] = []
    for entry in detail.entries where entry.isText || !entry.body.isEmpty {
      let (who, role): (String, Role) =
        switch entry.author {
        case .customer: (words.text("monitor.customer"), .customerText)
        case .agent(let id):
          (directory.agentName(id, in: language), entry.kind == .note ? .noteText : .agentText)
        case .system: (words.text("monitor.system"), .systemText)
        }
      lines.append(Span(SafeText("\(clock.civil(entry.at).minuteText) \(who)"), Style(.muted)))
      for line in SafeText.lines(entry.body) {
        for part in line.wrapped(columns: columns - 2) {
          lines.append(Span("  " + part, Style(role, entry.struckAt == nil ? [] : .strikethrough)))
        }
      }
    }
    return lines
  }

  private mutating func arrangeSeats() {
    let order = Presence.State.allCases
    let open = Dictionary(viewers.map { ($0.agent, $0.ticket) }, uniquingKeysWith: { first, _ in first })
    seatCounts = [:]
    seats = directory.agents.filter { $0.isActive && $0.has(.work) && $0.id != Agent.system.id }.map {
      agent in
      seatCounts[agent.presence.state, default: 0] += 1
      return Seat(
        agent: agent, name: SafeText(agent.name[language]), number: SafeText(agent.number),
        team: SafeText(agent.team.flatMap { directory.team($0)?.name[language] } ?? ""),
        ticket: open[agent.id] ?? agent.currentTicket)
    }.sorted { left, right in
      // Whoever is here comes first; within a state whoever has been in it longest.
      let leftState = order.firstIndex(of: left.agent.presence.state) ?? 0
      let rightState = order.firstIndex(of: right.agent.presence.state) ?? 0
      let isLeftHere = left.agent.presence.state != .offline
      let isRightHere = right.agent.presence.state != .offline
      if isLeftHere != isRightHere { return isLeftHere }
      return (leftState, left.agent.presence.since, left.agent.number)
        < (rightState, right.agent.presence.since, right.agent.number)
    }
  }

  private func drawn(_ row: QueueRow) -> RowText {
    let isDone = row.state.isDone
    return RowText(
      subject: SafeText(row.subject), customer: SafeText(row.customerName),
      channel: words("channel.\(row.channel.rawValue)"), number: SafeText(row.number.map { "#\($0)" } ?? "—"),
      zone: SafeText(directory.zone(row.zone)?.name[language] ?? row.zone.text),
      owner: row.owner.map { SafeText(directory.agentName($0, in: language)) } ?? .empty,
      since: isDone ? nil : row.waitingSince ?? row.createdAt,
      fixed: isDone ? SafeText(String(clock.civil(row.updatedAt).date.description.dropFirst(5))) : nil,
      alert: row.alert.map { words("desk.alert.\($0.kind.rawValue)") })
  }
}

/// Where the panes are. Narrow terminals show the one that has the focus.
struct MonitorLayout {
  var status: Rect
  var seats: Rect
  var queue: Rect
  /// A ticket that is looked into covers the queue, or everything where there is one pane.
  var look: Rect
  var footer: Rect
  var isWide: Bool

  init(size: Size) {
    let (status, below) = Rect(size).splitTop(1)
    let (footer, body) = below.splitBottom(1)
    self.status = status
    self.footer = footer
    isWide = size.columns >= 100
    if isWide {
      let (left, right) = body.splitLeft(min(56, size.columns / 2))
      seats = left
      queue = right
      look = right
    } else {
      seats = body
      queue = body
      look = body
    }
  }
}
