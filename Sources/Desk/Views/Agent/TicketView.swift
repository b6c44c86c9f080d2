import Assist
import Domain
import Terminal

extension Painter {
  mutating func drawTicket(in rect: Rect) {
    guard let open = model.open else {
      drawCard(in: rect)
      return
    }
    guard let detail = open.detail else {
      if open.isMissing {
        frame.put(
          words("refusal.ticketMissing"), at: rect.origin.offset(columns: 1, rows: 1), style: Style(.warning),
          limit: rect.columns - 2)
      }
      return
    }
    let layout = TicketLayout(model, in: rect)
    drawHeader(detail, in: layout.header)
    if let machine = layout.machine { drawMachineText(open, in: machine) }
    if let closing = layout.closing {
      drawClosing(in: closing)
      return
    }
    drawConversation(open, in: layout.conversation)
    if let form = layout.form { drawForm(open, detail, in: form, columns: layout.fieldColumns) }
    if let composer = layout.composer { drawComposer(open, detail, layout.findings, in: composer) }
  }

  /// Nothing is open: what is known of the row under the cursor.
  private mutating func drawCard(in rect: Rect) {
    let inside = rect.inset(columns: 2, rows: 1)
    guard let card = model.card, inside.rows > 6 else {
      frame.put(words("desk.ticket.none"), at: inside.origin, style: Style(.muted), limit: inside.columns)
      return
    }
    var line = 0
    func next() -> Point {
      defer { line += 1 }
      return inside.origin.offset(rows: line)
    }
    frame.put(card.subject, at: next(), style: Style(.title, .bold), limit: inside.columns)
    frame.put(card.facts, at: next(), style: Style(.muted), limit: inside.columns)
    frame.put(card.customer, at: next(), limit: inside.columns)
    line += 1
    for text in card.preview.prefix(max(1, inside.rows - 8)) {
      frame.put(text, at: next(), style: Style(.customerText))
    }
    line += 1
    for id in [ActionID.open, .claim, .claimNext] {
      guard let key = model.actions.shortKey(id), line < inside.rows else { continue }
      let place = next()
      let isEnabled = model.reason(against: id) == nil
      let used = frame.put(
        SafeText(key.description).padded(toColumns: 7), at: place, style: Style(isEnabled ? .key : .disabled))
      frame.put(
        words(id.key), at: place.offset(columns: used), style: Style(isEnabled ? .keyLabel : .disabled),
        limit: inside.columns - used)
    }
  }

  // MARK: - Header

  private mutating func drawHeader(_ detail: TicketDetail, in rect: Rect) {
    let ticket = detail.ticket
    let inside = rect.inset(columns: 1, rows: 0)
    let state = words("ticket.state.\(ticket.state.rawValue)")
    let role: Role =
      switch ticket.state {
      case .new: .info
      case .open: .accent
      case .pending: .warning
      case .solved, .closed, .archived: .success
      }
    var badges = [Span(state, Style(role, .bold))]
    if ticket.priority != .normal {
      badges.insert(
        Span(
          words("priority.\(ticket.priority)") + " ", Style(ticket.priority == .low ? .muted : .danger, .bold)
        ), at: 0)
    }
    let isRequested = model.isRequested(ticket.id)
    if isRequested {
      badges.insert(Span(words("desk.ticket.requested") + " ", Style(.warning, .bold)), at: 0)
    }
    if detail.isWaitingForStore { badges.insert(Span("↑ ", Style(.warning)), at: 0) }
    let width = badges.reduce(0) { $0 + $1.text.width }
    let subject = SafeText(ticket.subject).truncated(toColumns: max(4, inside.columns - width - 1))
    frame.put(subject, at: inside.origin, style: Style(.title, .bold))
    frame.put(spans: badges, at: Point(column: inside.maxColumn - width, row: inside.minRow))
    guard rect.rows > 1 else { return }
    let known = isRequested ? nil : ticket.owner
    let owner = known.map { model.directory.agentName($0, in: model.language) } ?? words.text("desk.nobody")
    var facts: [String] = []
    if !detail.categoryPath.isEmpty {
      facts.append(detail.categoryPath.map { $0.name[model.language] }.joined(separator: "/"))
    }
    facts.append(words.text("channel.\(ticket.channel.rawValue)"))
    facts.append(owner)
    let created = model.clock.civil(ticket.createdAt)
    facts.append("\(String(created.date.description.dropFirst(5))) \(created.minuteText)")
    // What it waits for comes last and is never cut; what is known anyway is.
    var clocks = ""
    if let since = ticket.waitingSince {
      clocks += " · \(words.text("desk.ticket.waits", ["age": Age.text(model.shownNow - since)]))"
    }
    if let until = ticket.pendingUntil {
      let time = model.clock.civil(until)
      clocks +=
        " · \(words.text("desk.ticket.until", ["at": "\(String(time.date.description.dropFirst(5))) \(time.minuteText)"]))"
    }
    let end = SafeText(clocks)
    let second = inside.origin.offset(rows: 1)
    let used = frame.put(
      SafeText(facts.joined(separator: " · ")).truncated(toColumns: max(0, inside.columns - end.width)),
      at: second, style: Style(.muted))
    frame.put(end, at: second.offset(columns: used), style: Style(.warning), limit: inside.columns - used)
    if rect.rows > 2 { drawWarning(ticket, in: inside.row(2)) }
  }

  /// Who else is here, and what was typed and not sent.
  private mutating func drawWarning(_ ticket: Ticket, in rect: Rect) {
    var spans: [Span] = []
    for viewer in model.watching.prefix(3) {
      let name = model.directory.agentName(viewer.agent, in: model.language)
      let key = viewer.isTyping ? "desk.ticket.typing" : "desk.ticket.watching"
      spans.append(
        Span(
          SafeText("◆ \(words.text(key, ["name": name]))  "),
          Style(viewer.isTyping ? .danger : .warning, .bold)))
    }
    let slots = model.draftSlots(of: ticket.id).filter { slot in
      slot != model.open?.composer?.slot
    }
    if !slots.isEmpty {
      let names = slots.map { words.text("desk.draft.\($0.rawValue)") }
      spans.append(
        Span(SafeText(words.text("desk.ticket.drafts", ["names": words.catalogue.list(names)])), Style(.info))
      )
    }
    frame.put(spans: spans, at: rect.origin, limit: rect.columns)
  }

  // MARK: - Conversation

  private mutating func drawConversation(_ open: OpenTicket, in rect: Rect) {
    guard rect.rows > 0 else { return }
    let conversation = open.conversation
    let top = conversation.shownTop
    if open.detail?.isPartial == true {
      frame.put(
        words("desk.ticket.partial"), at: rect.origin.offset(columns: 1, rows: rect.rows - 1),
        style: Style(.warning), limit: rect.columns - 1)
    }
    frame.clipped(to: rect) { frame in
      for line in 0..<rect.rows {
        let index = top + line
        guard index < conversation.lines.count else { break }
        frame.put(
          spans: conversation.lines[index].spans, at: rect.origin.offset(columns: 1, rows: line),
          limit: rect.columns - 1)
      }
    }
    let isIdle = open.composer == nil && !open.form.isFocused
    if model.focus == .ticket, isIdle, model.overlays.isEmpty {
      frame.cursor = rect.origin
    }
    let below = conversation.lines.count - top - rect.rows
    if below > 0 {
      frame.put(
        trailing: SafeText(" ↓ \(below) "), in: rect, row: rect.maxRow - 1, style: Style(.badge))
    }
  }

  // MARK: - Form

  private mutating func drawForm(_ open: OpenTicket, _ detail: TicketDetail, in rect: Rect, columns: Int) {
    let zone = detail.zone?.name[model.language] ?? ""
    let key = model.actions.shortKey(.editForm)?.description ?? ""
    frame.rule(
      rect.row(0), SafeText("\(words.text("desk.ticket.form")) \(zone)"),
      trailing: open.form.isFocused ? .empty : SafeText("\(key) \(words.text("action.edit-form"))"),
      isFocused: open.form.isFocused)
    var inside = Rect(
      column: rect.minColumn + 1, row: rect.minRow + 1, columns: rect.columns - 2, rows: rect.rows - 1)
    if open.reading != nil, inside.rows > 3 {
      drawReadingLine(open, in: inside.row(0))
      inside = inside.splitTop(1).rest
    }
    var tail = 0
    if model.showsFieldReason, inside.rows > 3 {
      tail = 1
      drawFieldReason(open, in: inside.row(inside.rows - 1))
    }
    if detail.zone?.steps.isEmpty == false, inside.rows > 2 {
      tail += 1
      drawSteps(in: inside.row(inside.rows - tail))
    }
    let tags = detail.ticket.tags
    if !tags.isEmpty || detail.ticket.reminder != nil, inside.rows > 4 {
      tail += 1
      drawTags(detail.ticket, tags, in: inside.row(inside.rows - tail))
    }
    let fields = model.formFields
    let labels = fields.map { SafeText($0.name[model.language]) }
    let labelWidth = min(17, labels.reduce(4) { max($0, $1.width) })
    let rows = max(1, inside.rows - tail)
    let focusRow = open.form.index / columns
    let lines = (fields.count + columns - 1) / columns
    let hasProblem = open.form.problem != nil
    let visible = hasProblem ? max(1, rows - 1) : rows
    let first = open.form.isFocused ? min(max(0, focusRow - visible + 1), max(0, lines - visible)) : 0
    let width = (inside.columns - (columns - 1) * 2) / columns
    for (index, field) in fields.enumerated() {
      let line = index / columns - first
      guard line >= 0, line < visible else { continue }
      let cell = Rect(
        column: inside.minColumn + (index % columns) * (width + 2), row: inside.minRow + line, columns: width,
        rows: 1)
      drawField(
        field, label: labels[index], labelWidth, isFocused: open.form.isFocused && index == open.form.index,
        open, in: cell)
    }
    if let problem = open.form.problem {
      frame.put(
        "! " + SafeText(problem), at: inside.origin.offset(rows: min(visible, inside.rows - 1)),
        style: Style(.danger, .bold), limit: inside.columns)
    }
  }

  private mutating func drawField(
    _ field: FormField, label: SafeText, _ labelWidth: Int, isFocused: Bool, _ open: OpenTicket, in rect: Rect
  ) {
    let stored = open.ticket?.fields[field.id] ?? ""
    let proposal = stored.isEmpty ? model.proposal(for: field.id) : nil
    let value = proposal?.value ?? stored
    let isMissing = field.isRequired && value.isEmpty
    let labelStyle = Style(isFocused ? .accent : .muted, isFocused ? .bold : [])
    frame.put(label.truncated(toColumns: labelWidth), at: rect.origin, style: labelStyle)
    if field.isRequired {
      frame.put(
        "*", at: rect.origin.offset(columns: min(label.width, labelWidth)),
        style: Style(isMissing ? .warning : .muted, .bold))
    }
    let place = Rect(
      column: rect.minColumn + labelWidth + 2, row: rect.minRow,
      columns: max(1, rect.columns - labelWidth - 2), rows: 1)
    if isFocused, let editor = open.form.editor {
      frame.cursor = frame.putLine(of: editor, in: place, style: Style(.inputFocused))
      return
    }
    if isFocused {
      frame.fill(place, style: Style(.selection))
      frame.cursor = place.origin
    }
    // The mark says that nobody typed it; its look alone would say nothing without colour.
    let shown = SafeText((proposal == nil ? "" : "◇") + model.shown(value, field))
    if value.isEmpty {
      let hint =
        isFocused
        ? field.help.map { SafeText($0[model.language]) } ?? "—"
        : isMissing ? words("desk.ticket.to-fill") : "—"
      frame.put(
        hint.truncated(toColumns: place.columns), at: place.origin,
        style: isFocused ? Style(.selection) : Style(isMissing ? .missing : .placeholder))
    } else {
      frame.put(
        shown.truncated(toColumns: place.columns), at: place.origin,
        style: isFocused ? Style(.selection) : proposal == nil ? .text : Style(.systemFilled))
    }
  }

  /// The next step is always in view: what was settled before it goes first where there is no room for all.
  private mutating func drawSteps(in rect: Rect) {
    let steps = model.stepReadings
    let next = steps.firstIndex { $0.state == .next }
    func text(_ step: StepReading) -> SafeText {
      DeskModel.mark(of: step.state) + SafeText(step.name[model.language]) + " "
    }
    var column = rect.minColumn
    column += frame.put(
      words("desk.ticket.steps") + " ", at: Point(column: column, row: rect.minRow), style: Style(.muted))
    var first = 0
    if let next {
      while first < next, steps[first...next].reduce(0, { $0 + text($1).width }) > rect.maxColumn - column {
        first += 1
      }
    }
    for (index, step) in steps.enumerated().dropFirst(first) {
      let isNext = index == next
      let room = rect.maxColumn - column
      guard room > 0 else { break }
      column += frame.put(
        text(step).truncated(toColumns: room), at: Point(column: column, row: rect.minRow),
        style: Style(
          step.state.isDone ? .success : isNext ? .accent : .muted, isNext ? .bold : []))
    }
  }

  private mutating func drawTags(_ ticket: Ticket, _ tags: [String], in rect: Rect) {
    var spans: [Span] = []
    if let reminder = ticket.reminder {
      let time = model.clock.civil(reminder.at)
      let isDue = reminder.at <= model.now
      let text = words.text(
        "desk.ticket.reminder",
        ["at": "\(String(time.date.description.dropFirst(5))) \(time.minuteText)", "text": reminder.text])
      spans.append(Span(SafeText(text + "  "), Style(isDue ? .danger : .warning, isDue ? .bold : [])))
    }
    spans.append(Span(SafeText(tags.map { "#\($0)" }.joined(separator: " ")), Style(.info)))
    frame.put(cutting: spans, at: rect.origin, columns: rect.columns)
  }

  // MARK: - Composer

  private mutating func drawComposer(
    _ open: OpenTicket, _ detail: TicketDetail, _ findings: Int, in rect: Rect
  ) {
    guard let composer = open.composer else { return }
    let name = detail.customer?.customer.name ?? ""
    let title =
      (composer.kind == .reply
        ? words.text("desk.composer.reply", ["name": name]) : words.text("desk.composer.note"))
      + (composer.isMachineDrafted ? " · " + words.text("gateway.mark") : "")
    let send = model.actions.shortKey(.send)?.description ?? ""
    let back = model.actions.shortKey(.back)?.description ?? ""
    frame.rule(
      rect.row(0), SafeText(title),
      trailing: SafeText(
        "\(send) \(words.text("action.send")) · \(back) \(words.text("desk.composer.keep"))"),
      isFocused: model.focus == .ticket)
    let below = rect.splitTop(1).rest.splitTop(findings)
    if findings > 0 {
      drawNotices(model.notices(of: composer.quality, columns: rect.columns), in: below.part)
    }
    let inside = below.rest.inset(columns: 1, rows: 0)
    let role: Role = composer.kind == .reply ? .inputFocused : .noteText
    let caret = frame.putText(
      of: composer.editor, in: inside, style: Style(model.focus == .ticket ? role : .input))
    if composer.editor.isEmpty {
      frame.put(
        words(composer.kind == .reply ? "desk.composer.reply-hint" : "desk.composer.note-hint"),
        at: inside.origin, style: Style(.placeholder), limit: inside.columns)
    }
    if model.focus == .ticket, model.overlays.isEmpty { frame.cursor = caret }
  }
}
