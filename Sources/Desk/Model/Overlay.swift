import Domain
import Terminal

/// What lies above the panes and takes the keys first.
enum Overlay: Sendable {
  case welcome
  case picker(Picker)
  case dialog(Dialog)
  case confirm(Confirm)
  case help(HelpPage)
  case find(FindPane)
  case text(TextPage)
  case notSent(NotSentList)
  case bulkClose(BulkClose)
  case results(ResultsPage)
  case refund(RefundPane)
  case raised(RaisedList)
  case verification(VerificationPane)
}

/// One list for everything that is chosen: commands, categories, reasons, bill lines. Typing narrows it, digits choose.
struct Picker: Sendable {
  enum Purpose: Sendable {
    case command
    case category([TicketID])
    case priority([TicketID])
    case presence
    case theme
    case transfer([TicketID])
    case field(String)
    case closingField(String)
    case closingChoice(String)
    case disposition
    case step
    case removeTag
    case attachment
    case unlink
    case drafts
    case bulkTemplate
    case reading
    case offerAnswer(OfferID)
  }

  struct Item: Sendable {
    var id: String
    var label: SafeText
    var detail: SafeText = .empty
    /// What typing is compared with, in lower case, in both languages.
    var search: String
    var depth = 0
    var isEnabled = true
    /// Marks such as ✓.
    var mark: SafeText = .empty
  }

  var title: SafeText
  var items: [Item]
  var purpose: Purpose
  var filter = TextEditor()
  private(set) var matches: [Int]
  private(set) var selected = 0
  var top = 0
  /// Whether the digits 1-9 choose while nothing is typed.
  var hasNumbers = true

  init(title: SafeText, items: [Item], purpose: Purpose, selected id: String? = nil, hasNumbers: Bool = true)
  {
    self.title = title
    self.items = items.map { item in
      var item = item
      item.search = "\(item.label.string.lowercased()) \(item.search)"
      return item
    }
    self.purpose = purpose
    self.hasNumbers = hasNumbers
    matches = Array(items.indices)
    if let id, let index = items.firstIndex(where: { $0.id == id }) { selected = index }
  }

  var selectedItem: Item? { matches.indices.contains(selected) ? items[matches[selected]] : nil }

  mutating func move(_ count: Int) {
    selected = min(max(0, selected + count), max(0, matches.count - 1))
  }

  mutating func select(_ index: Int) { selected = min(max(0, index), max(0, matches.count - 1)) }

  mutating func narrow() {
    let wanted = filter.text.lowercased().filter { !$0.isWhitespace }
    top = 0
    selected = 0
    guard !wanted.isEmpty else {
      matches = Array(items.indices)
      return
    }
    let letters = Pinyin.letters(of: wanted)
    matches =
      items.indices.compactMap { index in
        let fuzzy = Fuzzy.score(wanted, in: items[index].search)
        let pinyin = letters.flatMap { Self.score($0, in: items[index].label) }
        return [fuzzy, pinyin].compactMap(\.self).max().map { (index: index, score: $0) }
      }
      .sorted { ($0.score, -$0.index) > ($1.score, -$1.index) }
      .map(\.index)
  }

  /// Chinese names are found by how they are read, whole or by initials: better than scattered letters, less than the
  /// very words.
  private static func score(_ letters: [UInt8], in label: SafeText) -> Int? {
    Pinyin.match(letters, in: label.string.unicodeScalars.map(\.value)).map {
      500 - min(200, $0.lowerBound * 10)
    }
  }
}

/// Whether what was typed is in a text, in order, and how well: runs and beginnings of words count more.
enum Fuzzy {
  static func score(_ wanted: String, in text: String) -> Int? {
    if text.contains(wanted) {
      return 1000 + (text.hasPrefix(wanted) ? 500 : 0) - min(400, text.count)
    }
    var score = 0
    var last: Int?
    var place = 0
    var rest = wanted[...]
    var previous: Character = " "
    for character in text {
      guard let next = rest.first else { break }
      // It begins where a word begins: letters scattered over a text are no match.
      if character == next, last != nil || previous == " " || previous == "-" || previous == "/" {
        score += previous == " " || previous == "/" || previous == "." ? 8 : 1
        if let last, last == place - 1 { score += 4 }
        last = place
        rest = rest.dropFirst()
      }
      previous = character
      place += 1
    }
    return rest.isEmpty ? score : nil
  }
}

/// A question with a few fields.
struct Dialog: Sendable {
  enum Purpose: Sendable {
    case hold([TicketID])
    case reopen([TicketID])
    case transfer([TicketID], zone: ZoneID?, team: TeamID?, agent: AgentID?)
    case subject(TicketID)
    case tag([TicketID])
    case attach(TicketID)
    case reminder([TicketID])
    case reveal(CustomerID, field: String)
    case newTicket
    case split(TicketID)
    case addContact(TicketID)
    case bulkNote([TicketID])
    case skipStep(TicketID, String)
    case refund(BillID, line: Int, charged: Money, left: Money, ticket: TicketID)
    case declineRefund(BillID, RefundID)
    case attend(RaisedItem)
    case verify(TicketID, ContactID, VerificationQuestion)
  }

  struct Field: Sendable {
    enum Kind: Sendable {
      case text
      case longText
      case choice([Option])
      case moment
    }

    struct Option: Sendable {
      var id: String
      var label: SafeText
    }

    var id: String
    var label: SafeText
    var kind: Kind
    var editor: TextEditor
    var choice = 0
    var isRequired = false
    var hint: SafeText = .empty
    var problem: String?
    /// The value is only proposed: what is typed first replaces it, moving in it or Enter takes it.
    var isSuggestion = false

    init(
      _ id: String, _ label: SafeText, _ kind: Kind = .text, value: String = "", isRequired: Bool = false,
      hint: SafeText = .empty
    ) {
      self.id = id
      self.label = label
      self.kind = kind
      if case .longText = kind {
        editor = TextEditor(value, isMultiline: true)
      } else {
        editor = TextEditor(value)
      }
      self.isRequired = isRequired
      self.hint = hint
    }

    var value: String {
      if case .choice(let options) = kind {
        return options.indices.contains(choice) ? options[choice].id : ""
      }
      return editor.text
    }
  }

  var title: SafeText
  var purpose: Purpose
  var fields: [Field]
  var focus = 0
  var message: SafeText?
  /// For a new ticket: the customer that the typed phone belongs to.
  var foundCustomer: CustomerID?
  var foundName: SafeText?
  var findToken = 0
  /// Whether that search is for a name.
  var findsName = false
  /// The phone that was looked up last, with its answer.
  var answeredPhone = ""
  /// Enter was pressed before that answer was there.
  var isWaitingForFind = false
  var draftChanges = 0
  /// What was typed is being looked at; the answer closes the dialog or says what is wrong.
  var isChecking = false

  init(_ title: SafeText, _ purpose: Purpose, _ fields: [Field]) {
    self.title = title
    self.purpose = purpose
    self.fields = fields
  }

  var hasLongText: Bool {
    fields.contains { if case .longText = $0.kind { true } else { false } }
  }

  /// Who is known already needs no phone and no name.
  func isShown(_ index: Int) -> Bool {
    guard case .newTicket = purpose, ["phone", "name"].contains(fields[index].id) else { return true }
    return value("customer").isEmpty
  }

  func value(_ id: String) -> String { fields.first { $0.id == id }?.value ?? "" }
  var changes: Int { fields.reduce(0) { $0 + $1.editor.changes + $1.choice } }
}

/// A question, only for what cannot be undone.
struct Confirm: Sendable {
  enum Purpose: Sendable {
    case quit
    case largePaste(String)
    case merge(source: Ticket, target: Ticket)
    case noteInstead(TicketID)
    case refuseVerification(TicketID, ContactID, ContactVerification.Refused)
    case macro(String)
    case approveRefund(BillID, RefundID)
  }

  var title: SafeText
  var lines: [SafeText]
  var yes: SafeText
  var no: SafeText
  var purpose: Purpose
  /// Enter means no: what the question is about is dangerous and seldom wanted.
  var isNoByDefault = false

  var yesKey: String { isNoByDefault ? "F8" : "Enter" }
  var noKey: String { isNoByDefault ? "Enter" : "Esc" }
}

struct HelpPage: Sendable {
  var top = 0
}

/// Find anything.
struct FindPane: Sendable {
  enum Purpose: Sendable, Equatable {
    case open
    case link(TicketID)
    case merge(TicketID)
    case mergeCustomer(CustomerID)

    /// Whether what was found can be chosen.
    func takes(_ target: FindHit.Target) -> Bool {
      switch (self, target) {
      case (.open, _), (.link, .ticket), (.merge, .ticket), (.mergeCustomer, .customer): true
      default: false
      }
    }
  }

  struct ResultText: Sendable {
    var title: SafeText
    var evidence: SafeText
    var detail: [Span]
    var state: SafeText
    var when: SafeText
  }

  var purpose: Purpose
  var input = TextEditor()
  var token = 0
  /// The search that `hits` answer. Its answer may come in two parts, of which the second begins with the first.
  var answered = 0
  var hits: [FindHit] = []
  var results: [ResultText] = []
  var hasAnswer = false
  /// How far the answer goes.
  var reach = FindReach.whole
  var selected = 0
  var top = 0

  init(_ purpose: Purpose) { self.purpose = purpose }

  mutating func move(_ count: Int) { selected = min(max(0, selected + count), max(0, hits.count - 1)) }
}

/// A text too long for its place, read in full.
struct TextPage: Sendable {
  var title: SafeText
  var text: String
  var layout: TextLayout
  var top = 0
  /// It shows what is wrong with the exchange, and follows the language of the screen.
  var isTrouble = false

  init(title: SafeText, text: String) {
    self.title = title
    self.text = text
    layout = TextLayout(text, columns: 80)
  }
}

/// What somebody sees of their own day.
struct ResultsPage: Sendable {
  var askedAt: Timestamp
  /// Nil until they are counted.
  var results: MyResults?
  /// Something was saved since they were asked for.
  var isStale = false
  var top = 0
}

/// What the store refused, with everything that was typed.
struct NotSentList: Sendable {
  var selected = 0
}

/// Closing many tickets with one template: which can be closed and what the others lack.
struct BulkClose: Sendable {
  struct Item: Sendable {
    var ticket: TicketID
    var title: SafeText
    var version: Int64
    var text: String
    /// Names of what is missing; empty: it can be closed.
    var missing: [String]
  }

  var tickets: [TicketID]
  var target: Ticket.State
  /// Empty until they are read.
  var details: [TicketDetail] = []
  var template: ClosingTemplate?
  var items: [Item] = []
  var top = 0
  var openedAt: Timestamp
  var keysAtOpening: Int

  init(tickets: [TicketID], target: Ticket.State, openedAt: Timestamp, keysAtOpening: Int) {
    self.tickets = tickets
    self.target = target
    self.openedAt = openedAt
    self.keysAtOpening = keysAtOpening
  }
}
