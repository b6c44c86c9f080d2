import Assist
import Domain
import Terminal

/// Closing a ticket: 3.0 with the best template, filled by the desk; 2.0 with a template whose gaps are filled one after
/// another and 1.0 by hand, each one key away.
struct ClosingForm: Sendable {
  /// Something that the closing needs.
  enum Stop: Hashable, Sendable {
    /// A required field of the zone, or one that the text uses.
    case field(String)
    case choice(String)
    /// Typed by the agent each time, or what the desk does not know.
    case input(String)
    case disposition
  }

  enum Focus: Equatable, Sendable {
    case templates
    case stop(Int)
    case text
  }

  struct Key: Equatable, Sendable {
    var text: String
    var columns: Int
  }

  var target: Ticket.State
  /// In the order of the mode: what the reading ranked, or those of the ticket's category first.
  private(set) var templates: [ClosingTemplate]
  private let byCategory: [ClosingTemplate]
  /// What the reading says of each template; empty where there was none.
  var ranked: [RankedClosing]
  var selected = 0
  var mode: Closing.Mode
  /// 1.0: the text typed by hand.
  var text: TextEditor
  /// Of the text typed by hand.
  var machineMark = MachineMark()
  var isMachineDrafted: Bool { machineMark.isSet }
  var disposition: String?
  /// Index of the chosen option by choice id.
  var choices: [String: Int] = [:]
  /// Values by slot name.
  var inputs: [String: String] = [:]
  var stops: [Stop] = []
  var focus = Focus.templates
  var editor: TextEditor?
  /// The stored value that the line began with, as in ``FormState``.
  var stored: String?
  var problem: String?
  var filled = FilledTemplate(text: "", slots: [])
  /// The template cannot be read.
  var isBroken = false
  var preview: [[Span]] = []
  var previewKey: Key?
  var previewTop = 0
  var openedAt: Timestamp
  var keysAtOpening: Int
  var charactersAtOpening: Int
  /// Made with the text, from the same facts.
  var record: ClosingRecord?
  var recordLines: [[Span]] = []
  /// What is wrong in the text, the fatal first.
  var quality: [QualityFinding] = []
  /// A long text is checked when the keys rest: since when it waits for that.
  var uncheckedSince: Timestamp?
  /// Required steps of the procedure that nothing shows to be done.
  var openSteps: [LocalizedText] = []
  var refusesOpenSteps = false
  /// Close as soon as the fields that were just saved have come back.
  var closesWhenFresh = false
  var draftText = ""

  init(
    target: Ticket.State, templates: [ClosingTemplate], ranked: [RankedClosing] = [], openedAt: Timestamp,
    keysAtOpening: Int, charactersAtOpening: Int = 0
  ) {
    self.target = target
    self.templates = templates
    byCategory = templates
    self.ranked = ranked
    text = TextEditor("", isMultiline: true)
    focus = templates.isEmpty ? .text : .templates
    self.openedAt = openedAt
    self.keysAtOpening = keysAtOpening
    self.charactersAtOpening = charactersAtOpening
    mode = .blank
    mode = usualMode
    arrange()
  }

  /// Whether there is a reading to close with.
  var canAssist: Bool { !ranked.isEmpty && !templates.isEmpty }

  /// What it opens in.
  var usualMode: Closing.Mode { templates.isEmpty ? .blank : canAssist ? .assisted : .template }

  /// Puts the templates in the order of the mode; the one that was chosen stays chosen only where somebody chose it.
  mutating func arrange() {
    let chosen = selected == 0 || !templates.indices.contains(selected) ? nil : templates[selected].id
    if mode == .assisted {
      let places = Dictionary(
        ranked.enumerated().map { ($1.template, $0) }, uniquingKeysWith: { first, _ in first })
      templates = byCategory.enumerated().sorted {
        (places[$0.element.id] ?? .max, $0.offset) < (places[$1.element.id] ?? .max, $1.offset)
      }.map(\.element)
    } else {
      templates = byCategory
    }
    selected = chosen.flatMap { id in templates.firstIndex { $0.id == id } } ?? 0
  }

  /// What the reading says of the chosen template.
  var ranking: RankedClosing? {
    guard mode == .assisted, let id = template?.id else { return nil }
    return ranked.first { $0.template == id }
  }

  /// Index of the option of a choice: what somebody chose, else in 3.0 what the desk proposes.
  func chosen(_ choice: String) -> Int? { choices[choice] ?? ranking?.choices[choice]?.option }

  var template: ClosingTemplate? {
    mode != .blank && templates.indices.contains(selected) ? templates[selected] : nil
  }

  var shownDisposition: String? {
    mode == .blank ? disposition : disposition ?? template?.disposition
  }
}

/// What is kept of a closing that was not finished.
struct ClosingDraft: Codable, Equatable, Sendable {
  var template: TemplateID?
  var mode: Closing.Mode
  var text: String
  var disposition: String?
  var choices: [String: Int]
  var inputs: [String: String]
  /// Nil: no.
  var isMachineDrafted: Bool?
}
