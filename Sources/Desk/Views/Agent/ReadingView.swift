import Assist
import Domain
import Terminal

// What the desk read, where the ticket is worked on.
extension Painter {
  /// One line above the form: what is proposed for the ticket as a whole at the left, mood and risk at the right.
  mutating func drawReadingLine(_ open: OpenTicket, in rect: Rect) {
    guard let reading = open.reading, let ticket = open.ticket else { return }
    var right: [Span] = []
    if reading.mood.level > .content {
      right.append(Span(words("desk.reading.mood") + " ", Style(.muted)))
      right.append(
        Span(
          SafeText(reading.mood.level.marks), Style(reading.mood.level > .uneasy ? .danger : .warning, .bold))
      )
    }
    if let severity = reading.risk.severity {
      right.append(Span("  " + words("desk.reading.risk") + " ", Style(.muted)))
      right.append(
        Span(
          words("risk.severity.\(severity.rawValue)"),
          Style(severity > .medium ? .danger : severity > .low ? .warning : .text, .bold)))
    }
    let width = right.reduce(0) { $0 + $1.text.width }
    frame.put(
      cutting: leftSpans(reading, ticket), at: rect.origin,
      columns: max(0, rect.columns - width - (width > 0 ? 2 : 0)))
    if width > 0, width <= rect.columns {
      frame.put(spans: right, at: Point(column: rect.maxColumn - width, row: rect.minRow))
    }
  }

  private func leftSpans(_ reading: TicketReading, _ ticket: Ticket) -> [Span] {
    var spans: [Span] = []
    if let category = reading.category, category.category != ticket.category || ticket.category == nil {
      if let id = category.category {
        spans.append(Span(words("desk.reading.category") + " ", Style(.muted)))
        spans.append(
          Span(
            SafeText("◇\(model.directory.categoryName(id, in: model.language))"), Style(.systemFilled, .bold))
        )
        spans.append(Span(SafeText(" \(model.percent(category.confidence))"), Style(.accent)))
        if !category.words.isEmpty {
          let why = category.words.prefix(3).map(\.text).joined(separator: " · ")
          spans.append(Span(SafeText(" ← \(why)  "), Style(.muted)))
        }
      } else if ticket.category == nil {
        spans.append(Span(words("desk.reading.category") + " ", Style(.muted)))
        spans.append(Span(words("desk.reading.unsure") + "  ", Style(.warning)))
      }
    }
    if let finding = reading.findings.first {
      spans.append(Span(words("desk.reading.finding") + " ", Style(.muted)))
      // Before the sentence, which is cut where there is no room.
      if let hint = model.refundHint(finding) { spans.append(Span(SafeText("\(hint)  "), Style(.key))) }
      spans.append(
        Span(SafeText(finding.says[model.language]), Style(finding.isAboutTicket ? .text : .muted)))
    } else if spans.isEmpty, let advice = reading.advice.first {
      spans.append(Span(SafeText(model.sentence(advice.reason)), Style(.muted)))
    }
    return spans
  }

  /// Why the field under the cursor is filled.
  mutating func drawFieldReason(_ open: OpenTicket, in rect: Rect) {
    guard let field = model.focusedField, let proposal = model.proposal(for: field.id) else { return }
    frame.put(
      SafeText("◇ \(model.sentence(proposal.reason)) · \(model.percent(proposal.confidence))")
        .truncated(toColumns: rect.columns), at: rect.origin, style: Style(.info))
  }
}
