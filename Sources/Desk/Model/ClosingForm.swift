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
  /// It was left in 3.0 and the ticket has not been read again: with the reading it is 3.0 again.
  var waitsForReading = false
  /// What the draft has, without what it cost so far: that alone is nothing to save every second.
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

  /// Where one of the two keys leads from here; nil where it changes nothing.
  func generation(of key: ActionID) -> Closing.Mode? {
    if templates.isEmpty { return nil }
    switch (key, mode) {
    case (.byHand, .blank): return usualMode
    case (.byHand, _): return .blank
    case (.byTemplate, .template): return canAssist ? .assisted : nil
    case (.byTemplate, _): return .template
    default: return nil
    }
  }

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

  /// The reading came after the form was opened: what was left in 3.0 goes on in 3.0, with the template that was chosen.
  ///
  /// - Returns: whether the generation is another one now.
  mutating func take(_ ranked: [RankedClosing]) -> Bool {
    if self.ranked.isEmpty { self.ranked = ranked }
    guard waitsForReading, canAssist else { return false }
    waitsForReading = false
    guard mode == .template else { return false }
    let chosen = template?.id
    mode = .assisted
    arrange()
    selected = templates.firstIndex { $0.id == chosen } ?? selected
    return true
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
  /// What it cost until then: keys, those of them that were characters, and milliseconds.
  struct Cost: Codable, Equatable, Sendable {
    var keys: Int
    var characters: Int
    var milliseconds: Int64
  }

  var template: TemplateID?
  var mode: Closing.Mode
  var text: String
  var disposition: String?
  var choices: [String: Int]
  var inputs: [String: String]
  /// Nil: no.
  var isMachineDrafted: Bool?
  /// Nil: `closed`.
  var target: Ticket.State?
  /// Nil in drafts of programs that did not count on.
  var cost: Cost?

  var withoutCost: ClosingDraft {
    var draft = self
    draft.cost = nil
    return draft
  }
}
