import Assist
import Domain
import Terminal

/// Closing a ticket: 2.0 with a template whose gaps are filled one after another, 1.0 by hand one key away.
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
  /// Those of the ticket's category first.
  var templates: [ClosingTemplate]
  var selected = 0
  var mode: Closing.Mode
  /// 1.0: the text typed by hand.
  var text: TextEditor
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
  /// Close as soon as the fields that were just saved have come back.
  var closesWhenFresh = false
  var draftText = ""

  init(target: Ticket.State, templates: [ClosingTemplate], openedAt: Timestamp, keysAtOpening: Int) {
    self.target = target
    self.templates = templates
    mode = templates.isEmpty ? .blank : .template
    text = TextEditor("", isMultiline: true)
    focus = templates.isEmpty ? .text : .templates
    self.openedAt = openedAt
    self.keysAtOpening = keysAtOpening
  }

  var template: ClosingTemplate? {
    mode == .template && templates.indices.contains(selected) ? templates[selected] : nil
  }

  var shownDisposition: String? {
    mode == .template ? disposition ?? template?.disposition : disposition
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
}
