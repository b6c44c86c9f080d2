import Assist
import Domain
import Terminal

/// The ticket that is open, and everything being typed on it.
struct OpenTicket: Sendable {
  static let entryPage = 200

  let id: TicketID
  var detail: TicketDetail?
  var isMissing = false
  /// Rises with every load: what caches of drawn lines are compared with.
  var loads = 0
  var entryLimit = entryPage
  var conversation = Conversation()
  var form = FormState()
  var composer: Composer?
  var closing: ClosingForm?
  var reading: TicketReading?
  /// The state that was last given to be read.
  var readVersion: ReadVersion?
  var machine: MachineText?
  /// Whether changes made by the desk are shown one by one or only counted.
  var showsChanges = false
  /// An operation of mine changed it and the new state has not arrived yet.
  var isStale = false

  init(_ id: TicketID) { self.id = id }

  var ticket: Ticket? { detail?.ticket }
}

/// The form's focus, the value being typed and what is wrong with it.
struct FormState: Sendable {
  var index = 0
  var isFocused = false
  var editor: TextEditor?
  /// The stored value that the line began with: left untouched, it must not be saved over what came since. Nil where what
  /// stands in the line was typed.
  var stored: String?
  /// Sentence under the field.
  var problem: String?
  /// Changes of the editor that the draft has.
  var draftChanges = 0
}

/// A reply or a note being written.
struct Composer: Sendable {
  enum Kind: Sendable, Equatable { case reply, note }

  var kind: Kind
  var editor: TextEditor
  /// Changes of the editor that the draft has.
  var draftChanges = 0
  var lastChange: Timestamp
  var machineMark = MachineMark()
  /// What is wrong in a reply, the fatal first; empty for a note.
  var quality: [QualityFinding] = []
  var checked: CheckKey?

  /// What the findings were made of.
  struct CheckKey: Equatable, Sendable {
    /// Of the editor.
    var changes: Int
    /// Of the ticket.
    var loads: Int
    var read: ReadVersion?
  }

  var slot: Draft.Slot { kind == .reply ? .reply : .note }
  var isMachineDrafted: Bool { machineMark.isSet }
}

/// The conversation as lines that are ready to draw.
struct Conversation: Sendable {
  struct Key: Equatable, Sendable {
    var loads: Int
    var columns: Int
    var language: Language
    var showsChanges: Bool
    var day: Int
    /// Replies that can be taken back: they are marked, and the mark goes with time.
    var unreleased: Int
  }

  struct Line: Sendable {
    var spans: [Span]
    /// The entry it belongs to.
    var entry: EntryID?
  }

  var key: Key?
  var lines: [Line] = []
  /// First line shown; nil keeps to the newest.
  var top: Int?
  var height = 1

  var lastTop: Int { max(0, lines.count - height) }
  var shownTop: Int { min(top ?? lastTop, lastTop) }

  mutating func scroll(_ count: Int) {
    let wanted = max(0, shownTop + count)
    top = wanted >= lastTop ? nil : wanted
  }
}

/// The customer at the right, as rows that can be chosen.
struct CustomerPane: Sendable {
  enum Target: Equatable, Sendable {
    case name
    case address
    case identity(IdentityID)
    case bill(BillID)
    case billLine(BillID, Int)
    case visit(TicketID)
    case merged(CustomerID)
    case finding(String)
    case closing(TemplateID)
    case article(ArticleID)
    case offer(OfferID)
  }

  struct Key: Equatable, Sendable {
    var loads: Int
    var columns: Int
    var language: Language
    var open: Set<BillID>
    var revealed: Int
    var day: Int
  }

  struct Line: Sendable {
    var spans: [Span]
    var trailing: SafeText?
    var target: Target?
    var isHeading = false
  }

  let id: CustomerID
  /// Masked.
  var profile: CustomerProfile?
  var loads = 0
  var openBills: Set<BillID> = []
  /// Values shown in clear until the pane is left, by field.
  var revealed: [String: String] = [:]
  var key: Key?
  var lines: [Line] = []
  var selected = 0
  var top = 0
  var height = 1

  init(_ id: CustomerID) { self.id = id }

  mutating func move(_ count: Int) {
    guard !lines.isEmpty else { return }
    var next = selected
    let step = count < 0 ? -1 : 1
    var left = abs(count)
    while left > 0 {
      var candidate = next + step
      while lines.indices.contains(candidate), lines[candidate].target == nil { candidate += step }
      guard lines.indices.contains(candidate) else { break }
      next = candidate
      left -= 1
    }
    selected = next
    // At the ends everything that cannot be chosen comes into view, too.
    if left > 0 { top = step < 0 ? 0 : max(0, lines.count - height) }
    scroll()
  }

  mutating func scroll() {
    if selected < top { top = selected }
    if selected >= top + height { top = selected - height + 1 }
    top = min(max(0, top), max(0, lines.count - height))
  }

  mutating func selectFirst() {
    if !lines.indices.contains(selected) || lines[selected].target == nil {
      selected = lines.firstIndex { $0.target != nil } ?? 0
    }
  }
}

/// Knowledge: search, results, and an article whose passages can be taken over.
struct KnowledgePane: Sendable {
  struct ResultText: Sendable {
    var title: [Span]
    var excerpt: [Span]
  }

  struct Key: Equatable, Sendable {
    var article: ArticleID
    var language: Language
    var columns: Int
  }

  struct Line: Sendable {
    var spans: [Span]
    /// Index of the passage it belongs to.
    var passage: Int
  }

  var input = TextEditor()
  var token = 0
  var hits: [ArticleHit] = []
  var results: [ResultText] = []
  var hasAnswer = false
  /// Results for the ticket, before anything was typed.
  var isSuggestion = false
  var selected = 0
  var top = 0
  var height = 1
  /// The query whose emptiness was recorded, so that it is recorded once.
  var recorded = ""
  var searchedAt = Timestamp(milliseconds: 0)

  var article: Article?
  var passages: [String] = []
  var passage = 0
  var articleKey: Key?
  var lines: [Line] = []
  var articleTop = 0
  /// Uses that were recorded last, so that one that is repeated is recorded once.
  var recordedUses: [ArticleUse] = []

  mutating func select(_ index: Int) {
    selected = min(max(0, index), max(0, hits.count - 1))
  }

  mutating func movePassage(_ count: Int) {
    guard !passages.isEmpty else { return }
    let wanted = min(max(0, passage + count), passages.count - 1)
    // A heading alone is nothing that a customer should get.
    let step = count < 0 ? -1 : 1
    var next = wanted
    while passages.indices.contains(next), Markdown.isHeading(passages[next]) { next += step }
    if !passages.indices.contains(next) {
      next = wanted
      while passages.indices.contains(next), Markdown.isHeading(passages[next]) { next -= step }
    }
    guard passages.indices.contains(next) else { return }
    passage = next
    showPassage()
  }

  mutating func showPassage() {
    guard let first = lines.firstIndex(where: { $0.passage == passage }),
      let last = lines.lastIndex(where: { $0.passage == passage })
    else { return }
    if first < articleTop { articleTop = first }
    if last >= articleTop + height { articleTop = min(first, last - height + 1) }
    articleTop = min(max(0, articleTop), max(0, lines.count - height))
  }
}
