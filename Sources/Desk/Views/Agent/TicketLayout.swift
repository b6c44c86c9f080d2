import Domain
import Terminal

/// The parts of the ticket pane, from top to bottom. Wrapping and drawing both ask it.
struct TicketLayout: Sendable {
  var header = Rect(.zero)
  var conversation = Rect(.zero)
  /// Rule and fields.
  var form: Rect?
  /// Rule, what is wrong in the text, and the text.
  var composer: Rect?
  /// Of those lines the ones for what is wrong.
  var findings = 0
  /// Rule and what the language model wrote.
  var machine: Rect?
  /// Everything below the header while the ticket is being closed.
  var closing: Rect?
  /// Columns of fields side by side.
  var fieldColumns = 1
  var hasWarning = false

  init(_ model: DeskModel, in rect: Rect) {
    guard let open = model.open, let detail = open.detail else {
      conversation = rect
      return
    }
    var rest = rect
    hasWarning = !model.watching.isEmpty || !model.draftSlots(of: open.id).isEmpty
    let headerRows = rect.rows < 14 ? 2 : hasWarning ? 3 : 2
    (header, rest) = rest.splitTop(headerRows)
    if open.closing != nil {
      takeMachine(open, from: &rest)
      closing = rest
      return
    }
    fieldColumns = rect.columns >= 60 ? 2 : 1
    if let composer = open.composer {
      let lines = min(max(3, composer.editor.layout.known.count), max(3, rest.rows / 3))
      // Above the text, which does not move when something is found.
      let notices = model.notices(of: composer.quality, columns: rect.columns).count
      findings = rest.rows < 9 ? 0 : min(notices, rest.rows < 16 ? 2 : 4)
      let parts = rest.splitBottom(min(lines + 1 + findings, rest.rows - 2))
      self.composer = parts.part
      rest = parts.rest
    }
    takeMachine(open, from: &rest)
    let fields = detail.zone?.fields.count ?? 0
    let hasTags = !detail.ticket.tags.isEmpty || detail.ticket.reminder != nil
    let formRows =
      1 + (fields + fieldColumns - 1) / fieldColumns + (detail.zone?.steps.isEmpty == false ? 1 : 0)
      + (hasTags ? 1 : 0) + (open.form.problem == nil ? 0 : 1) + (open.reading == nil ? 0 : 1)
      + (model.showsFieldReason ? 1 : 0)
    let room =
      open.form.isFocused ? max(4, rest.rows - 3) : open.composer == nil ? rest.rows / 2 : rest.rows / 3
    if rest.rows >= 8 {
      let parts = rest.splitBottom(min(formRows, room))
      form = parts.part
      rest = parts.rest
    }
    conversation = rest
  }

  /// At most half of what is left: what it is about must stay in view.
  private mutating func takeMachine(_ open: OpenTicket, from rest: inout Rect) {
    guard let text = open.machine, text.text != nil, rest.rows >= 4 else { return }
    let parts = rest.splitBottom(min(text.lines.count + 1, max(2, rest.rows / 2)))
    machine = parts.part
    rest = parts.rest
  }
}

/// The parts of the closing form.
struct ClosingLayout: Sendable {
  /// Rule and templates.
  var templates: Rect?
  /// Rule and text.
  var text: Rect
  /// Rule and what is missing.
  var stops: Rect?
  /// Rule and the record for the file.
  var record: Rect?
  /// What is wrong in the text, a line each.
  var quality: Rect?

  /// - Parameter notices: lines of what is wrong.
  init(_ closing: ClosingForm, notices: Int, in rect: Rect) {
    var rest = rect
    if closing.mode != .blank {
      let rows = min(closing.templates.count, max(2, min(5, rect.rows / 4)))
      let parts = rest.splitTop(rows + 1)
      templates = parts.part
      rest = parts.rest
    }
    if !closing.stops.isEmpty {
      let wanted = closing.stops.count + 1 + (closing.problem == nil ? 0 : 1)
      let parts = rest.splitBottom(min(wanted, max(2, rest.rows - 4)))
      stops = parts.part
      rest = parts.rest
    }
    if notices > 0, rest.rows >= 6 {
      let parts = rest.splitBottom(min(notices, rest.rows < 12 ? 3 : 5))
      quality = parts.part
      rest = parts.rest
    }
    if closing.mode == .assisted, rest.rows >= 12 {
      let parts = rest.splitBottom(min(max(closing.recordLines.count, 4) + 1, rest.rows / 3 + 1))
      record = parts.part
      rest = parts.rest
    }
    text = rest
  }
}

extension DeskModel {
  /// A line is kept for the reason while the form is filled in, so that nothing moves from field to field.
  var showsFieldReason: Bool { open?.form.isFocused == true && !proposals.isEmpty }

  /// Others who have the open ticket in front of them.
  var watching: [Viewer] {
    guard let id = open?.id else { return [] }
    return viewers.filter { $0.ticket == id }
  }
}
