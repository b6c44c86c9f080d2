import Assist
import Domain
import Terminal

/// What a workspace is given at start.
package struct DeskSetup: Sendable {
  package var me: Agent
  package var language: Language
  package var catalogues: [Language: StringCatalogue]
  package var clock: WallClock
  package var now: Timestamp
  package var size: Size
  /// For keys of operations: 64 random bits in the program, fixed in tests, so that an update can be replayed.
  package var seed: UInt64
  package var preferences: Preferences
  package var themes: [String]
  package var theme: String
  /// Shown on every screen: the sandbox says that it is one.
  package var banner: LocalizedText?
  package var welcome: Welcome?
  /// What was wrong in the settings; said once.
  package var problem: String?

  package init(
    me: Agent, language: Language, catalogues: [Language: StringCatalogue], clock: WallClock,
    now: Timestamp, size: Size, seed: UInt64, preferences: Preferences = Preferences(),
    themes: [String] = ["dark", "light", "high-contrast"], theme: String = "dark",
    banner: LocalizedText? = nil,
    welcome: Welcome? = nil, problem: String? = nil
  ) {
    self.me = me
    self.language = language
    self.catalogues = catalogues
    self.clock = clock
    self.now = now
    self.size = size
    self.seed = seed
    self.preferences = preferences
    self.themes = themes
    self.theme = theme
    self.banner = banner
    self.welcome = welcome
    self.problem = problem
  }
}

/// What the very first screen says.
package struct Welcome: Hashable, Sendable {
  /// The command that opens a second terminal as somebody else, word by word, as a shell reads it.
  package var secondTerminal: [String]
  /// The command that opens this one as another agent.
  package var switchAgent: [String]
  /// Where the data lies.
  package var folder: String

  package init(secondTerminal: [String], switchAgent: [String], folder: String) {
    self.secondTerminal = secondTerminal
    self.switchAgent = switchAgent
    self.folder = folder
  }
}

/// Everything the workspace shows and knows: a value that `update` changes and `view` draws.
package struct DeskModel: Sendable {
  package enum Pane: String, CaseIterable, Sendable { case queue, ticket, customer, knowledge }

  package internal(set) var me: Agent
  package internal(set) var language: Language
  package internal(set) var now: Timestamp
  package internal(set) var size: Size
  package internal(set) var theme: String
  package internal(set) var actions: ActionRegistry
  package internal(set) var directory = Directory()
  package internal(set) var queue: QueueList
  package internal(set) var counts = QueueCounts()
  /// Of my zones.
  var serviceLevel = ServiceLevelToday()
  var hasCounts = false
  package internal(set) var sync = SyncStatus()
  package internal(set) var trouble: StandingTrouble?
  package internal(set) var focus = Pane.queue

  let clock: WallClock
  /// The language of the screens; the other one after the first frame.
  var catalogues: [Language: Words]
  let themes: [String]
  let banner: LocalizedText?
  let welcome: Welcome?

  var scope = QueueQuery.Scope.waiting
  /// The line in which `/` narrows the list.
  var filter: TextEditor?
  /// Whether keys go into that line.
  var isFiltering = false
  var open: OpenTicket?
  /// What is known of the selected row while no ticket is open.
  var card: TicketCard?
  var cardWait: CardWait?
  var customer: CustomerPane?
  var knowledge = KnowledgePane()
  /// The pane at the right: customer or knowledge.
  var side = Pane.customer
  var isSideOpen = false
  var overlays: [Overlay] = []
  var notice: Notice?
  var undo: [Undo] = []
  var usedArticles = UsedArticles()
  /// Tickets that I changed since they were last read: the version that they have now is not known.
  var changedByMe: Set<TicketID> = []
  /// Two tickets that are read before it is known whether they may become one.
  var waitingMerge: Merge?
  /// Where a reply leaves as soon as the store has given me the ticket.
  var waitingReply: TicketID?
  /// A ticket that the store gave me while something else was open on top; it opens when that is gone.
  var waitingContact: TicketID?
  /// A refund that I asked for: what became of it is known when its bill has been read again.
  var askedRefund: (bill: BillID, refund: RefundID)?
  /// Number of the newest action on many tickets.
  var undoGroup = 0
  /// Operations on their way, by id.
  var underWay: [OperationID: UnderWay] = [:]
  var claimNext: ClaimNext?
  /// Number of the newest search.
  var searchToken = 0
  /// Number of the newest question to the language model.
  var machineToken = 0
  var viewers: [Viewer] = []
  var drafts: [DraftKey: Draft] = [:]
  var notSent: [NotSent] = []
  /// Of articles that findings lead to.
  var articleTitles: [ArticleID: LocalizedText] = [:]
  /// What waits for a lead, for those who may decide it.
  var raised: [RaisedItem] = []
  var hasRaised = false
  var presenceBefore: Presence?
  /// Asked for before the ticket was there.
  var waitingAction: ActionID?
  var isFocused = true
  /// The window's title says that something happened.
  var isTitleChanged = false
  var preferences: Preferences
  var lastBell = Timestamp(milliseconds: 0)
  var lastDirectoryLoad = Timestamp(milliseconds: 0)
  /// Something changed since, and has not been read.
  var isDirectoryStale = false
  /// Reminders and ends of holds that were announced, with the moment they were for.
  var announced: [TicketID: Timestamp] = [:]
  /// The list of mine that is read now and then, whatever list is shown.
  var watchRequest: QueueRequest?
  var lastWatch = Timestamp(milliseconds: 0)
  /// When it was last said that a key means nothing here.
  var lastInVain = Timestamp(milliseconds: 0)
  /// When I last closed a ticket, until another key than the one that closes is pressed.
  var closedAt: Timestamp?
  /// Keys pressed since the start, for what closing costs.
  var keys = 0
  /// Those of them that were characters of a text.
  var characters = 0
  /// Fields that somebody emptied: nothing is proposed for them any more.
  var dismissed: [TicketID: Set<String>] = [:]
  /// What was opened and revealed here, by ticket: it shows that steps of the procedure were done.
  var sights: [TicketID: StepDeeds] = [:]
  private var randomness: UInt64

  package init(_ setup: DeskSetup) {
    me = setup.me
    language = setup.language
    now = setup.now
    size = setup.size
    theme = setup.theme
    clock = setup.clock
    catalogues = setup.catalogues.mapValues { Words($0) }
    themes = setup.themes
    banner = setup.banner
    welcome = setup.welcome
    actions = ActionRegistry(keys: setup.preferences.keys)
    preferences = setup.preferences
    randomness = setup.seed
    queue = QueueList(query: QueueQuery(scope: .waiting, zones: setup.me.zones))
    if setup.welcome != nil { overlays = [.welcome] }
    if let problem = setup.problem { say(problem, .warning, seconds: 30) }
  }

  package var words: Words {
    catalogues[language] ?? Words(StringCatalogue(language: language, texts: [:]))
  }

  /// What stays true until somebody does something about it, on a line of its own: a notice would be gone before it is read.
  var standing: SafeText? {
    if !me.isActive { return words("desk.standing.not-active") }
    guard let trouble else { return nil }
    let key = actions.shortKey(.trouble, isTyping: isTyping)?.description ?? ""
    return SafeText(key) + " " + words("action.trouble") + " · " + SafeText(trouble.line[language])
  }

  /// On two lines where one is too short, the key first: it shows what a third line would say.
  func standingLines(columns: Int) -> [SafeText] {
    guard let standing else { return [] }
    let room = max(8, columns - 3)
    var lines = standing.wrapped(columns: room)
    if lines.count > 2 {
      lines = Array(lines.prefix(2))
      lines[1] = lines[1].truncated(toColumns: room - 1) + "…"
    }
    return lines
  }

  /// The clock as it is drawn: whole seconds, so that a key does not move every age on the screen.
  var shownNow: Timestamp { Timestamp(milliseconds: now.milliseconds / 1000 * 1000) }

  /// When a tick is wanted before the next second begins.
  package var wakesAt: Timestamp? {
    [cardWait?.until, spinnerWakesAt].compactMap(\.self).min()
  }

  /// The next key; from the seed and the clock of the model, so that the same messages make the same keys.
  mutating func nextIdentifier<Subject>(_: Subject.Type = Subject.self) -> Identifier<Subject> {
    Identifier(
      IdentifierSource.text(
        milliseconds: UInt64(max(0, now.milliseconds)), high: nextRandom(), low: nextRandom()))
  }

  // SplitMix64 (Steele, Lea, Flood 2014).
  private mutating func nextRandom() -> UInt64 {
    randomness &+= 0x9E37_79B9_7F4A_7C15
    var value = randomness
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// What the line at the bottom says for a while.
struct Notice: Equatable, Sendable {
  enum Kind: Sendable { case info, success, warning, danger }

  var text: SafeText
  var kind: Kind
  var until: Timestamp
  var ground = Ground.always

  /// What a notice speaks of; when that has changed it is stale and goes.
  enum Ground: Equatable, Sendable {
    case always
    /// Why a key did nothing, or what a key here would do. Nil until the update that said it is over.
    case place(ScreenPlace?)
    /// So many of my customers wrote.
    case unread(Int)
    /// So many drafts wait.
    case drafts(Int)
    /// This ticket is due: whoever opened it knows.
    case ticket(TicketID)
    /// What was done can be taken back with a key.
    case undo(OperationID)
  }
}

/// Where somebody is and how far, as far as notices speak of it.
struct ScreenPlace: Equatable, Sendable {
  var pane: DeskModel.Pane
  var ticket: TicketID?
  var scope: QueueQuery.Scope
  var row: Int?
  var marks: Int
  var overlays: Int
  var composer: Composer.Kind?
  var closingFocus: ClosingForm.Focus?
  var missing: Int
  var isInForm: Bool
}

extension DeskModel {
  private var place: ScreenPlace {
    ScreenPlace(
      pane: focus, ticket: open?.id, scope: scope, row: focus == .queue ? queue.selected : nil,
      marks: queue.marks.count, overlays: overlays.count, composer: open?.composer?.kind,
      closingFocus: open?.closing?.focus, missing: missingStops.count,
      isInForm: open?.form.isFocused == true)
  }

  /// Takes away a notice that is no longer true.
  mutating func dropStaleNotice() {
    guard let ground = notice?.ground else { return }
    switch ground {
    case .always: break
    case .place(nil):
      let here = place
      notice?.ground = .place(here)
    case .place(.some(let before)): if before != place { notice = nil }
    case .unread(let count): if counts.mineUnread < count { notice = nil }
    case .drafts(let count): if drafts.count != count { notice = nil }
    case .ticket(let id): if open?.id == id { notice = nil }
    case .undo(let operation):
      if undo.last?.steps.contains(where: { $0.operation == operation }) != true { notice = nil }
    }
  }
}

/// How something is undone: a compensating operation for each thing that it changed.
struct Undo: Equatable, Sendable {
  struct Step: Equatable, Sendable {
    var action: Action
    /// The version that my operation left behind; the store refuses when others changed the thing since.
    var basedOn: Int64?
    var operation: OperationID
    /// What was said of articles with the operation, and does not hold without it.
    var used: [ArticleUse] = []
  }

  /// A reply among several changes: it can be taken back until it leaves.
  struct Reply: Equatable, Sendable {
    var entry: EntryID
    var leavesAt: Timestamp
  }

  var label: String
  var steps: [Step]
  var reply: Reply?
  /// The reply had left when it was undone: it stays.
  var hasReplyLeft = false
  /// One action on many tickets is undone with one key.
  var group: Int?
  /// The ticket's number, as it was known when it was done.
  var number: String?
  /// Text that was thrown away and can come back.
  var discarded: Draft?
  /// Doing it ended a contact of mine: whoever undoes it is on that contact again.
  var endedContact = false
  /// The operation that cannot be undone: nothing older is undone in its place.
  var finalOperation: OperationID?

  init(label: String, actions: [Action], operation: OperationID, group: Int? = nil, number: String? = nil) {
    self.label = label
    steps = actions.map { Step(action: $0, operation: operation) }
    self.group = group
    self.number = number
  }

  init(finalOperation operation: OperationID, label: String, group: Int?) {
    self.init(label: label, actions: [], operation: operation, group: group)
    finalOperation = operation
  }

  init(discarded: Draft, label: String, number: String?) {
    self.label = label
    steps = []
    self.discarded = discarded
    self.number = number
  }

  /// What can still be undone at `now`: without a reply that has left. Nil where that was all.
  func withoutReply(at now: Timestamp) -> Undo? {
    guard let reply, now >= reply.leavesAt else { return self }
    var rest = self
    rest.reply = nil
    rest.hasReplyLeft = true
    rest.steps = steps.compactMap { step in
      guard case .ticket(let id, let action) = step.action else { return step }
      let actions = if case .together(let several) = action { several } else { [action] }
      let kept = actions.filter { $0 != .strike(reply.entry) }
      var step = step
      step.action = .ticket(id, kept.asOne)
      return kept.isEmpty ? nil : step
    }
    return rest.steps.isEmpty ? nil : rest
  }
}

/// A ticket and the one that it is merged into.
struct Merge: Equatable, Sendable {
  var source: TicketID
  var target: TicketID
}

/// An operation between the key and its answer.
struct UnderWay: Sendable {
  enum Kind: Sendable { case save, claim, claimNext, presence, silent, undo }

  var kind: Kind
  var operation: Operation
  var since: Timestamp
  /// What is said when it is saved.
  var done: String?
  var undo: Undo?
  /// The action on many tickets that it is part of.
  var group: Int?
  /// A person did it and there is no way back.
  var isFinal = false
  /// Undo was pressed before it was saved: it is taken back as soon as it is.
  var isUnwanted = false
  /// Text to put back when it could not be done.
  var draft: Draft?
  var isSaved = false
  /// The store could not be asked for it: the answer comes whenever the store is back.
  var isRequested = false
}

/// Taking the next contact: candidates that are tried one after another.
struct ClaimNext: Sendable {
  var request: QueueRequest
  var candidates: [TicketID] = []
  var since: Timestamp
}
