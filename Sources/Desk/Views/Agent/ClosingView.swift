import Assist
import Domain
import Terminal

extension Painter {
  mutating func drawClosing(in rect: Rect) {
    guard let closing = model.open?.closing else { return }
    let notices = model.notices(of: closing, columns: rect.columns)
    let layout = ClosingLayout(closing, notices: notices.count, in: rect)
    if let part = layout.templates { drawTemplates(closing, in: part) }
    drawText(closing, in: layout.text, hasTemplates: layout.templates != nil)
    if let part = layout.record { drawRecord(closing, in: part) }
    if let part = layout.quality { drawNotices(notices, in: part) }
    if let part = layout.stops { drawStops(closing, in: part) }
  }

  private func closingTitle(_ closing: ClosingForm) -> SafeText {
    let action = words.text(closing.target == .solved ? "action.solve" : "action.close")
    let mark = closing.mode == .blank && closing.isMachineDrafted ? " · \(words.text("gateway.mark"))" : ""
    return SafeText("\(action) · \(words.text("closing.mode.\(closing.mode.rawValue)"))\(mark)")
  }

  /// The two other generations, each with its key.
  private var byHandHint: SafeText {
    guard let closing = model.open?.closing else { return .empty }
    let hints = [ActionID.byTemplate, .byHand].compactMap { id -> String? in
      guard let mode = closing.generation(of: id), let key = model.actions.shortKey(id) else { return nil }
      return "\(key.description) \(words.text("closing.mode.\(mode.rawValue)"))"
    }
    return SafeText(hints.joined(separator: "  "))
  }

  /// Why the template stands where it stands: the strongest reason, or nothing.
  private func why(_ template: ClosingTemplate, _ closing: ClosingForm) -> String? {
    guard closing.mode == .assisted else { return nil }
    return closing.ranked.first { $0.template == template.id }?.reasons.first.map { model.sentence($0) }
  }

  mutating func drawNotices(_ notices: [TextNotice], in rect: Rect) {
    for line in 0..<rect.rows where notices.indices.contains(line) {
      frame.put(
        notices[line].text.truncated(toColumns: rect.columns - 2),
        at: rect.origin.offset(columns: 1, rows: line), style: notices[line].style)
    }
  }

  private mutating func drawRecord(_ closing: ClosingForm, in rect: Rect) {
    frame.rule(rect.row(0), words("desk.closing.record"))
    for line in 0..<rect.rows - 1 where closing.recordLines.indices.contains(line) {
      frame.put(
        spans: closing.recordLines[line], at: rect.origin.offset(columns: 1, rows: line + 1),
        limit: rect.columns - 2)
    }
    let below = closing.recordLines.count - (rect.rows - 1)
    if below > 0 {
      frame.put(trailing: SafeText(" ↓ \(below) "), in: rect, row: rect.maxRow - 1, style: Style(.badge))
    }
  }

  private mutating func drawTemplates(_ closing: ClosingForm, in rect: Rect) {
    frame.rule(
      rect.row(0), closingTitle(closing), trailing: byHandHint, isFocused: closing.focus == .templates)
    let rows = rect.rows - 1
    let first = min(max(0, closing.selected - rows + 1), max(0, closing.templates.count - rows))
    for line in 0..<rows {
      let index = first + line
      guard closing.templates.indices.contains(index) else { break }
      let template = closing.templates[index]
      let place = rect.row(line + 1)
      let isSelected = index == closing.selected
      let base: Role = isSelected ? closing.focus == .templates ? .selection : .selectionUnfocused : .text
      if isSelected { frame.fill(place, style: Style(base)) }
      frame.put(isSelected ? "▌" : " ", at: place.origin, style: Style(isSelected ? base : .text))
      if index < 9 {
        frame.put(
          SafeText("\(index + 1)"), at: place.origin.offset(columns: 1),
          style: Style(isSelected ? base : .key))
      }
      let category = model.open?.ticket?.category
      let isForCategory = category.map { template.categories.contains($0) } ?? false
      let disposition =
        model.open?.detail?.zone?.dispositions.first { $0.id == template.disposition }?.name[model.language]
        ?? template.disposition
      let why =
        closing.mode == .assisted
        ? why(template, closing) : isForCategory ? words.text("desk.closing.this-category") : nil
      let trailing = SafeText(why.map { "\($0) · \(disposition)" } ?? disposition)
        .truncated(toColumns: max(0, place.columns * 55 / 100))
      let room = place.columns - 4 - trailing.width - 1
      frame.put(
        SafeText(template.name[model.language]).truncated(toColumns: max(4, room)),
        at: place.origin.offset(columns: 3),
        style: Style(isSelected ? base : .text, isForCategory ? .bold : []))
      if room > 8 {
        frame.put(
          trailing: trailing, in: place.splitLeft(place.columns - 1).part, row: place.minRow,
          style: Style(isSelected ? base : .muted))
      }
    }
    if closing.focus == .templates, model.overlays.isEmpty {
      frame.cursor = rect.origin.offset(rows: 1 + closing.selected - first)
    }
  }

  private mutating func drawText(_ closing: ClosingForm, in rect: Rect, hasTemplates: Bool) {
    guard rect.rows > 0 else { return }
    let disposition = closing.shownDisposition.flatMap { id in
      model.open?.detail?.zone?.dispositions.first { $0.id == id }?.name[model.language]
    }
    let code = SafeText("\(words.text("desk.closing.disposition")) \(disposition ?? "—")")
    frame.rule(
      rect.row(0), hasTemplates ? words("desk.closing.text") : closingTitle(closing),
      trailing: hasTemplates ? code : SafeText("\(code)  \(byHandHint)"), isFocused: closing.focus == .text)
    let inside = Rect(
      column: rect.minColumn + 1, row: rect.minRow + 1, columns: rect.columns - 2, rows: rect.rows - 1)
    if closing.mode == .blank {
      let caret = frame.putText(
        of: closing.text, in: inside, style: Style(closing.focus == .text ? .inputFocused : .input))
      if closing.text.isEmpty {
        frame.put(
          words("desk.closing.by-hand-hint"), at: inside.origin, style: Style(.placeholder),
          limit: inside.columns)
      }
      if closing.focus == .text, model.overlays.isEmpty { frame.cursor = caret }
      return
    }
    if closing.isBroken {
      frame.put(words("desk.closing.broken"), at: inside.origin, style: Style(.danger), limit: inside.columns)
      return
    }
    let top = min(closing.previewTop, max(0, closing.preview.count - inside.rows))
    for line in 0..<inside.rows where closing.preview.indices.contains(top + line) {
      frame.put(
        spans: closing.preview[top + line], at: inside.origin.offset(rows: line), limit: inside.columns)
    }
    if closing.preview.count > top + inside.rows {
      frame.put(
        trailing: SafeText(" ↓ \(closing.preview.count - top - inside.rows) "), in: inside,
        row: inside.maxRow - 1, style: Style(.badge))
    }
  }

  private mutating func drawStops(_ closing: ClosingForm, in rect: Rect) {
    let missing = model.missingStops.count
    let key = model.actions.shortKey(missing > 0 ? .nextMissing : .confirmClose)?.description ?? ""
    let title =
      missing > 0
      ? words.text("desk.closing.missing", ["count": missing]) : words.text("desk.closing.complete")
    frame.rule(
      rect.row(0), SafeText(title),
      trailing: SafeText(
        "\(key) \(words.text(missing > 0 ? "action.next-missing" : "action.confirm-close"))"),
      isFocused: { if case .stop = closing.focus { true } else { false } }())
    let names = closing.stops.map { SafeText(model.stopName($0)) }
    let width = min(16, names.reduce(4) { max($0, $1.width) })
    let rows = rect.rows - 1 - (closing.problem == nil ? 0 : 1)
    var focus = 0
    if case .stop(let index) = closing.focus { focus = index }
    let first = min(max(0, focus - rows + 1), max(0, closing.stops.count - rows))
    for line in 0..<max(0, rows) {
      let index = first + line
      guard closing.stops.indices.contains(index) else { break }
      let place = rect.row(line + 1)
      let isResolved = model.isResolved(closing.stops[index])
      let isFocused = closing.focus == .stop(index)
      let isProposed = model.isProposed(closing.stops[index])
      frame.put(
        isProposed ? "◇" : isResolved ? "✓" : isFocused ? "▸" : "○", at: place.origin.offset(columns: 1),
        style: Style(isProposed ? .info : isResolved ? .success : .warning, .bold))
      frame.put(
        names[index].truncated(toColumns: width), at: place.origin.offset(columns: 3),
        style: Style(isFocused ? .accent : isResolved ? .muted : .text, isFocused ? .bold : []))
      let value = Rect(
        column: place.minColumn + width + 5, row: place.minRow, columns: max(1, place.columns - width - 6),
        rows: 1)
      if isFocused, let editor = closing.editor {
        frame.cursor = frame.putLine(of: editor, in: value, style: Style(.inputFocused))
      } else if isResolved {
        if isFocused { frame.fill(value, style: Style(.selection)) }
        let used = frame.put(
          SafeText(model.stopValue(closing.stops[index])).truncated(toColumns: value.columns),
          at: value.origin, style: isFocused ? Style(.selection) : isProposed ? Style(.systemFilled) : .text)
        if let reason = model.reason(for: closing.stops[index]), value.columns - used > 8 {
          frame.put(
            SafeText("  ← \(reason)").truncated(toColumns: value.columns - used),
            at: value.origin.offset(columns: used), style: Style(isFocused ? .selection : .muted))
        }
      } else {
        if isFocused { frame.fill(value, style: Style(.selection)) }
        frame.put(
          words("desk.ticket.to-fill"), at: value.origin, style: Style(isFocused ? .selection : .missing),
          limit: value.columns)
      }
      if isFocused, closing.editor == nil, model.overlays.isEmpty { frame.cursor = value.origin }
    }
    if let problem = closing.problem {
      frame.put(
        "! " + SafeText(problem), at: Point(column: rect.minColumn + 1, row: rect.maxRow - 1),
        style: Style(.danger, .bold), limit: rect.columns - 2)
    }
  }
}

/// One line of what stands beside a text that is written.
struct TextNotice: Sendable {
  var text: SafeText
  var style: Style
}

extension DeskModel {
  /// What is wrong in the text of a closing: the procedure first, then the text.
  func notices(of closing: ClosingForm, columns: Int) -> [TextNotice] {
    let steps = stepNotice(closing).map { steps in
      let isFatal = closing.refusesOpenSteps
      return lines(
        "\(isFatal ? "✗" : "!") \(steps)", Style(isFatal ? .danger : .warning, isFatal ? .bold : []), columns)
    }
    return (steps ?? []) + notices(of: closing.quality, columns: columns)
  }

  /// Whole sentences: what to do about a finding stands at its end.
  func notices(of findings: [QualityFinding], columns: Int) -> [TextNotice] {
    findings.flatMap { finding in
      let isFatal = finding.severity == .fatal
      return lines(
        "\(isFatal ? "✗" : "!") \(sentence(finding))",
        Style(
          isFatal ? .danger : finding.severity == .warning ? .warning : .muted, isFatal ? .bold : []), columns
      )
    }
  }

  private func lines(_ text: String, _ style: Style, _ columns: Int) -> [TextNotice] {
    SafeText(text).wrapped(columns: max(8, columns - 4)).enumerated().map { index, line in
      TextNotice(text: index == 0 ? line : "  " + line, style: style)
    }
  }
}
