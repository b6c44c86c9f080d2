import Domain
import Terminal

// What drawing needs, made once when it changes and not for every frame: wrapped text, heights, scroll positions.
extension DeskModel {
  mutating func prepare() {
    let layout = Layout(self)
    if let list = layout.list {
      queue.height = max(1, list.rows)
      queue.scrollToSelection()
    }
    if let rect = layout.ticket {
      prepareCard(columns: rect.inset(columns: 2, rows: 1).columns)
      prepareTicket(in: rect)
    }
    if let rect = layout.side {
      if side == .knowledge { prepareKnowledge(in: rect) } else { prepareCustomer(in: rect) }
    }
    prepareOverlays(layout)
  }

  private var today: Int { clock.civil(now).date.daysSinceEpoch }

  // MARK: - Ticket

  private mutating func prepareTicket(in rect: Rect) {
    guard open?.detail != nil else { return }
    open?.machine?.wrap(columns: rect.columns - 2)
    open?.composer?.editor.show(columns: rect.columns - 2, rows: max(3, rect.rows / 3))
    var layout = TicketLayout(self, in: rect)
    if let part = layout.composer {
      open?.composer?.editor.show(columns: part.columns - 2, rows: part.rows - 1 - layout.findings)
      layout = TicketLayout(self, in: rect)
    }
    if layout.closing != nil {
      if let part = layout.closing { prepareClosing(in: part) }
      return
    }
    let key = Conversation.Key(
      loads: open?.loads ?? 0, columns: layout.conversation.columns - 1, language: language,
      showsChanges: open?.showsChanges ?? false, day: today, unreleased: unreleasedReplies)
    if open?.conversation.key != key {
      let lines = conversationLines(columns: key.columns)
      open?.conversation.lines = lines
      open?.conversation.key = key
    }
    open?.conversation.height = max(1, layout.conversation.rows)
  }

  private mutating func prepareClosing(in rect: Rect) {
    guard let closing = open?.closing else { return }
    let layout = ClosingLayout(
      closing, notices: notices(of: closing, columns: rect.columns).count, in: rect)
    if closing.mode == .blank {
      open?.closing?.text.show(columns: layout.text.columns - 2, rows: layout.text.rows - 1)
      return
    }
    let key = ClosingForm.Key(text: closing.filled.text, columns: layout.text.columns - 2)
    guard closing.previewKey != key else { return }
    let lines = previewLines(closing, columns: max(1, layout.text.columns - 2))
    open?.closing?.preview = lines
    open?.closing?.previewKey = key
    let record = recordLines(closing, columns: max(8, layout.text.columns - 2))
    open?.closing?.recordLines = record
  }

  /// The record for the file in the language of the screen.
  private func recordLines(_ closing: ClosingForm, columns: Int) -> [[Span]] {
    guard closing.mode == .assisted, let record = closing.record else { return [] }
    var lines: [[Span]] = []
    func add(_ key: String, _ text: String) {
      let name = words(key) + " "
      for (index, line) in SafeText(text).wrapped(columns: max(8, columns - name.width)).enumerated() {
        lines.append([
          index == 0 ? Span(name, Style(.muted)) : Span(.spaces(name.width)), Span(line, .text),
        ])
      }
    }
    add("desk.record.wanted", record.wanted[language])
    for text in record.found { add("desk.record.found", text[language]) }
    for text in record.done { add("desk.record.done", text[language]) }
    add("desk.record.outcome", record.outcome[language])
    if let promise = record.promise { add("desk.record.promise", promise[language]) }
    return lines
  }

  /// The filled text in lines; what is missing and what was filled in have their own styles.
  private func previewLines(_ closing: ClosingForm, columns: Int) -> [[Span]] {
    let filled = closing.filled
    var layout = TextLayout(filled.text, columns: columns)
    layout.finish()
    let bytes = Array(filled.text.utf8)
    return layout.known.map { line in
      var spans: [Span] = []
      var place = line.source.lowerBound
      func add(_ end: Int, _ style: Style) {
        guard end > place else { return }
        spans.append(Span(SafeText(String(decoding: bytes[place..<end], as: UTF8.self)), style))
        place = end
      }
      for slot in filled.slots where slot.end > place && slot.start < line.source.upperBound {
        add(min(slot.start, line.source.upperBound), .text)
        add(
          min(slot.end, line.source.upperBound),
          slot.isMissing ? Style(.missing, .bold) : Style(.systemFilled))
      }
      add(line.source.upperBound, .text)
      return spans
    }
  }

  // MARK: - Conversation

  private static let indent = 6

  /// Replies that can still be taken back; only the last few can be so young.
  private var unreleasedReplies: Int {
    open?.detail?.entries.suffix(32).count { isUnreleased($0) } ?? 0
  }

  private func isUnreleased(_ entry: TimelineEntry) -> Bool {
    entry.kind == .reply && entry.struckAt == nil && entry.releasesAt.map { now < $0 } ?? false
  }

  private func conversationLines(columns: Int) -> [Conversation.Line] {
    guard let open, let detail = open.detail else { return [] }
    var lines: [Conversation.Line] = []
    if detail.hasOlderEntries {
      let text = words.text("desk.ticket.older", ["key": actions.shortKey(.olderEntries)?.description ?? ""])
      lines.append(Conversation.Line(spans: [Span(SafeText(text), Style(.muted))]))
    }
    var day: CivilDate?
    var hidden = 0
    var hiddenAt = ""
    func finishHidden() {
      guard hidden > 0 else { return }
      let text = words.text(
        "desk.ticket.changes", ["count": hidden, "key": actions.shortKey(.changes)?.description ?? ""])
      lines.append(
        Conversation.Line(spans: [Span(SafeText("\(hiddenAt) · \(text)"), Style(.systemText, .dim))]))
      hidden = 0
    }
    for entry in detail.entries {
      let time = clock.civil(entry.at)
      if time.date != day {
        finishHidden()
        if day != nil || time.date.daysSinceEpoch != today {
          lines.append(
            Conversation.Line(spans: [Span(SafeText("── \(time.date) ──"), Style(.muted, .dim))]))
        }
        day = time.date
      }
      if !open.showsChanges, isCondensed(entry) {
        // That it was created is what the header says.
        if case .stateChanged(from: nil, _) = entry.kind { continue }
        if hidden == 0 { hiddenAt = time.minuteText }
        hidden += 1
        continue
      }
      finishHidden()
      append(entry, time: time.minuteText, columns: columns, to: &lines)
    }
    finishHidden()
    return lines
  }

  /// Changes that the desk recorded are only counted; what people wrote, handed over or ended is always shown.
  private func isCondensed(_ entry: TimelineEntry) -> Bool {
    switch entry.kind {
    case .customerMessage, .reply, .note, .coaching, .closed, .attached, .merged, .absorbed, .refund: false
    case .transferred: entry.body.isEmpty
    case .verification(let event): !event.isRaised && event != .passed
    default: true
    }
  }

  /// Messages longer than this many characters are cut in the pane and read in full on a page of their own.
  private static let longestShown = 4000

  private func append(_ entry: TimelineEntry, time: String, columns: Int, to lines: inout [Conversation.Line])
  {
    var style: Style
    var author = authorName(entry)
    switch entry.kind {
    case .customerMessage: style = Style(.customerText)
    case .reply:
      style = Style(.agentText)
      if isUnreleased(entry) {
        author += words.text("desk.ticket.not-sent-yet")
      }
    case .note:
      style = Style(.noteText)
      author += words.text("desk.ticket.note-mark")
    case .coaching:
      style = Style(.noteText)
      author += words.text("desk.ticket.coaching-mark")
    default: style = Style(.systemText)
    }
    if entry.isMachineDrafted == true { author += words.text("desk.ticket.machine-mark") }
    var body = entry.isText ? entry.body : describe(entry)
    if entry.struckAt != nil {
      author += words.text(entry.kind == .reply ? "desk.ticket.taken-back" : "desk.ticket.struck")
      style = Style(.muted, .strikethrough)
    }
    var rest: String?
    if body.utf8.count > Self.longestShown, body.count > Self.longestShown {
      rest = words.text(
        "desk.ticket.cut",
        [
          "count": body.count - Self.longestShown, "key": actions.shortKey(.fullText)?.description ?? "",
        ])
      body = String(body.prefix(Self.longestShown))
    }
    let head = SafeText("\(author): ")
    var layout = TextLayout("\(author): \(body)", columns: max(8, columns - Self.indent))
    layout.finish()
    var left = head.width
    for (index, line) in layout.known.enumerated() {
      let start = index == 0 ? Span(SafeText("\(time) "), Style(.muted)) : Span(.spaces(Self.indent), .text)
      var spans = [start]
      if left > 0 {
        let part = min(left, line.text.width)
        spans.append(Span(line.text.prefix(columns: part), Style(style.role, style.modifiers.union(.bold))))
        spans.append(Span(line.text.dropping(columns: part), style))
        left -= part
      } else {
        spans.append(Span(line.text, style))
      }
      lines.append(Conversation.Line(spans: spans, entry: entry.id))
    }
    if let rest {
      lines.append(
        Conversation.Line(
          spans: [Span(.spaces(Self.indent)), Span(SafeText(rest), Style(.warning))], entry: entry.id))
    }
  }

  func authorName(_ entry: TimelineEntry) -> String {
    switch entry.author {
    case .customer: words.text("desk.author.customer")
    case .agent(let id): directory.agentName(id, in: language)
    case .system: words.text("desk.author.system")
    }
  }

  /// A change as a sentence.
  private func describe(_ entry: TimelineEntry) -> String {
    func state(_ state: Ticket.State?) -> String {
      state.map { words.text("ticket.state.\($0.rawValue)") } ?? "—"
    }
    func person(_ id: AgentID?) -> String {
      id.map { directory.agentName($0, in: language) } ?? words.text("desk.nobody")
    }
    func zone(_ id: ZoneID) -> String { directory.zone(id)?.name[language] ?? id.text }
    func category(_ id: CategoryID?) -> String { id.map { directory.categoryName($0, in: language) } ?? "—" }
    func withBody(_ text: String) -> String { entry.body.isEmpty ? text : "\(text) \(entry.body)" }
    switch entry.kind {
    case .customerMessage, .reply, .note, .coaching: return entry.body
    case .stateChanged(let from, let to):
      return words.text("desk.change.state", ["from": state(from), "to": state(to)])
    case .fieldChanged(let id, let from, let to):
      let field = open?.detail?.zone?.field(id)
      func shown(_ value: String?) -> String { value.map { field?.shown($0, in: language) ?? $0 } ?? "—" }
      return words.text(
        "desk.change.field",
        ["field": field?.name[language] ?? id, "from": shown(from), "to": shown(to)])
    case .categoryChanged(let from, let to):
      return words.text("desk.change.category", ["from": category(from), "to": category(to)])
    case .zoneChanged(let from, let to):
      return words.text("desk.change.zone", ["from": zone(from), "to": zone(to)])
    case .priorityChanged(let from, let to):
      return words.text(
        "desk.change.priority",
        ["from": words.text("priority.\(from)"), "to": words.text("priority.\(to)")])
    case .subjectChanged(let from, let to):
      return words.text("desk.change.subject", ["from": from, "to": to])
    case .ownerChanged(let from, let to):
      return words.text("desk.change.owner", ["from": person(from), "to": person(to)])
    case .transferred(let team, let agent):
      let receiver = agent.map { person($0) } ?? team.flatMap { directory.team($0)?.name[language] }
      return withBody(
        words.text("desk.change.transferred", ["to": receiver ?? words.text("desk.pane.queue")]))
    case .contactChanged(_, let to):
      return words.text("desk.change.contact", ["to": words.text("contact.state.\(to.rawValue)")])
    case .attached: return words.text("desk.change.attached", ["name": entry.body])
    case .linked(let id, let relation):
      return words.text(
        "desk.change.linked",
        ["relation": words.text("relation.\(relation.rawValue)"), "number": number(of: id)])
    case .unlinked(let id): return words.text("desk.change.unlinked", ["number": number(of: id)])
    case .merged(let id):
      return withTicket(words.text("desk.change.merged", ["number": number(of: id)]), entry)
    case .absorbed(let id):
      return withTicket(words.text("desk.change.absorbed", ["number": number(of: id)]), entry)
    case .reminderSet(let at):
      let time = clock.civil(at)
      return withBody(words.text("desk.change.reminder", ["at": "\(time.date) \(time.minuteText)"]))
    case .reminded(let at):
      let time = clock.civil(at)
      return withBody(words.text("desk.change.reminded", ["at": "\(time.date) \(time.minuteText)"]))
    case .raised(let kind, let severity, let reason):
      return words.text(
        "desk.change.raised",
        [
          "kind": words.text("desk.alert.\(kind.rawValue)"),
          "severity": words.text("desk.severity.\(severity.rawValue)"),
          "reason": sentence(reason),
        ])
    case .attended(let kind):
      return words.text("desk.change.attended", ["kind": words.text("desk.alert.\(kind.rawValue)")])
    case .stepChanged(let step, let isDone):
      let name = open?.detail?.zone?.steps.first { $0.id == step }?.name[language] ?? step
      return words.text(isDone ? "desk.change.step" : "desk.change.step-back", ["name": name])
    case .stepSkipped(let step):
      let name = open?.detail?.zone?.step(step)?.name[language] ?? step
      return entry.body.isEmpty
        ? words.text("desk.change.step-not-needed", ["name": name])
        : withBody(words.text("desk.change.step-skipped", ["name": name]))
    case .closed(let disposition, let mode):
      let name =
        open?.detail?.zone?.dispositions.first { $0.id == disposition }?.name[language] ?? disposition
      return words.text(
        "desk.change.closed", ["code": name, "mode": words.text("closing.mode.\(mode.rawValue)")]) + "\n"
        + entry.body
    case .refund(let event):
      return withBody(
        words.text(
          "refund.change.\(event.state.rawValue)",
          ["amount": event.amount.description, "line": event.title, "bill": event.billNumber]))
    case .verification(let event):
      return verificationText(event)
    }
  }

  /// Entries of merged tickets stand in one timeline with those of the open one: which ticket is meant must be said.
  private func withTicket(_ text: String, _ entry: TimelineEntry) -> String {
    guard entry.ticket != open?.id else { return text }
    return words.text("desk.change.of-ticket", ["number": number(of: entry.ticket), "text": text])
  }

  private func number(of id: TicketID) -> String {
    if id == open?.id, let number = open?.ticket?.number { return "#\(number)" }
    return open?.detail?.related.first { $0.id == id }?.number.map { "#\($0)" } ?? "#…"
  }

  // MARK: - Knowledge

  private mutating func prepareKnowledge(in rect: Rect) {
    guard let article = knowledge.article else {
      // Two lines of each result, the line for typing and a rule.
      knowledge.height = max(1, (rect.rows - 2) / 3)
      if knowledge.selected < knowledge.top { knowledge.top = knowledge.selected }
      if knowledge.selected >= knowledge.top + knowledge.height {
        knowledge.top = knowledge.selected - knowledge.height + 1
      }
      return
    }
    knowledge.height = max(1, rect.rows - 2)
    let key = KnowledgePane.Key(article: article.id, language: article.language, columns: rect.columns)
    guard knowledge.articleKey != key else { return }
    knowledge.lines = articleLines(columns: rect.columns - 3)
    knowledge.articleKey = key
    knowledge.showPassage()
  }

  private func articleLines(columns: Int) -> [KnowledgePane.Line] {
    var lines: [KnowledgePane.Line] = []
    for (index, passage) in knowledge.passages.enumerated() {
      let isHeading = Markdown.isHeading(passage)
      if index > 0, isHeading || !Markdown.isItem(Substring(passage)) {
        lines.append(KnowledgePane.Line(spans: [], passage: -1))
      }
      let style = isHeading ? Style(.title, .bold) : .text
      for block in Markdown.blocks(passage) {
        switch block {
        case .text(let text):
          lines += Self.lines(Markdown.plain(text), columns, style, index)
        case .table(let rows): lines += Self.tableLines(rows, columns, index)
        }
      }
    }
    return lines
  }

  private static func lines(_ text: String, _ columns: Int, _ style: Style, _ passage: Int)
    -> [KnowledgePane.Line]
  {
    var layout = TextLayout(text, columns: max(8, columns))
    layout.finish()
    return layout.known.map { KnowledgePane.Line(spans: [Span($0.text, style)], passage: passage) }
  }

  /// A table in columns where they fit, and otherwise each row as a short list under its first cell: cells that are wrapped
  /// on their own cannot be read across.
  private static func tableLines(_ rows: [[String]], _ columns: Int, _ passage: Int) -> [KnowledgePane.Line] {
    let cells = rows.map { $0.map { SafeText($0) } }
    guard let head = cells.first else { return [] }
    let count = cells.reduce(0) { max($0, $1.count) }
    let widths = (0..<count).map { column in
      cells.reduce(0) { max($0, $1.indices.contains(column) ? $1[column].width : 0) }
    }
    if widths.reduce(0, +) + 2 * (count - 1) <= columns {
      return cells.enumerated().map { row, texts in
        let style = row == 0 ? Style(.muted, .bold) : Style.text
        let spans = texts.enumerated().map { column, text in
          Span(column < count - 1 ? text.padded(toColumns: widths[column]) + "  " : text, style)
        }
        return KnowledgePane.Line(spans: spans, passage: passage)
      }
    }
    guard cells.count > 1 else {
      return lines(rows[0].joined(separator: "  "), columns, Style(.muted, .bold), passage)
    }
    var result: [KnowledgePane.Line] = []
    for row in cells.dropFirst() {
      for (column, text) in row.enumerated() where !text.isEmpty {
        if column == 0 {
          result += lines(text.string, columns, Style(.text, .bold), passage)
          continue
        }
        let name = head.indices.contains(column) ? head[column].string : ""
        let line = name.isEmpty ? text.string : "\(name): \(text.string)"
        for part in SafeText(line).wrapped(columns: max(8, columns - 2)) {
          result.append(KnowledgePane.Line(spans: [Span("  " + part, .text)], passage: passage))
        }
      }
    }
    return result
  }

  // MARK: - Overlays

  private mutating func prepareOverlays(_ layout: Layout) {
    for index in overlays.indices {
      switch overlays[index] {
      case .dialog(var dialog):
        let rect = OverlayLayout.dialog(dialog, in: size)
        for field in dialog.fields.indices {
          if case .longText = dialog.fields[field].kind {
            dialog.fields[field].editor.show(
              columns: rect.columns - 4, rows: OverlayLayout.longTextRows(in: size))
          }
        }
        overlays[index] = .dialog(dialog)
      case .text(var page):
        let columns = max(8, min(100, size.columns - 6))
        if page.layout.columns != columns { page.layout = TextLayout(page.text, columns: columns) }
        _ = page.layout.lines(0..<page.top + size.rows)
        overlays[index] = .text(page)
      case .picker(var picker):
        let rows = OverlayLayout.pickerRows(picker, in: size)
        if picker.selected < picker.top { picker.top = picker.selected }
        if picker.selected >= picker.top + rows { picker.top = picker.selected - rows + 1 }
        overlays[index] = .picker(picker)
      case .find(var pane):
        let rows = max(1, OverlayLayout.find(in: size).rows - 4)
        if pane.selected < pane.top { pane.top = pane.selected }
        if pane.selected >= pane.top + rows { pane.top = pane.selected - rows + 1 }
        overlays[index] = .find(pane)
      default: break
      }
    }
  }
}
