import Assist
import Domain
import Terminal

/// What waits for a lead, on the floor's screen.
struct RaisedState: Sendable {
  var items: [RaisedItem] = []
  var hasItems = false
  var list: RaisedList?
  /// A line being typed: why a refund is declined, or a word for whoever works on the ticket.
  var line: (item: RaisedItem, text: TextEditor)?
  /// A refund that is about to be approved: it is asked once more.
  var approving: RaisedItem?
  /// What I looked after, the last one last, to be taken back.
  var attended: [(ticket: TicketID, kind: Ticket.Alert.Kind)] = []
  var randomness: UInt64 = 0
}

extension MonitorModel {
  func loadRaised() -> [DeskEffect] { me.leads ? [.loadRaised] : [] }

  mutating func raisedLoaded(_ items: [RaisedItem]) {
    let known = Set(raised.items.map(\.id))
    if raised.hasItems, items.contains(where: { !known.contains($0.id) }) {
      tell(words.text("raised.notice", ["count": items.count, "key": "H"]), .warning)
    }
    raised.items = items
    raised.hasItems = true
  }

  mutating func openRaised() -> [DeskEffect] {
    guard me.leads else {
      tell(words.text("desk.reason.no-right.approveRefunds"), .warning)
      return []
    }
    raised.list = RaisedList(selected: raised.items.first?.id)
    return loadRaised()
  }

  /// Nil: the key means what it means elsewhere.
  mutating func pressRaised(_ key: Key, _ actions: ActionRegistry) -> [DeskEffect]? {
    if let line = raised.line { return pressLine(key, line.item, line.text) }
    if let item = raised.approving { return pressApproval(key, item) }
    let place = raised.items.firstIndex { $0.id == raised.list?.selected } ?? 0
    let plain = ActionRegistry.unfolded(key)
    switch plain.code {
    case .escape:
      raised.list = nil
      return []
    case .function(2), .character("u"): return unattend()
    case .enter, .function(8), .function(4):
      guard raised.items.indices.contains(place) else { return [] }
      return decide(raised.items[place], plain.code)
    default: break
    }
    let found = actions.actions(for: key, in: [.movement, .everywhere], isTyping: false).first
    switch found {
    case .raised: raised.list = nil
    case .up, .down:
      let next = min(max(0, place + (found == .up ? -1 : 1)), max(0, raised.items.count - 1))
      raised.list?.selected = raised.items.indices.contains(next) ? raised.items[next].id : nil
    case .first: raised.list?.selected = raised.items.first?.id
    case .last: raised.list?.selected = raised.items.last?.id
    case .quit, .interrupt, .suspend, .repaint, .language: return nil
    default: break
    }
    return []
  }

  private mutating func decide(_ item: RaisedItem, _ code: Key.Code) -> [DeskEffect] {
    if code == .enter {
      raised.list = nil
      return look(at: item.ticket)
    }
    switch (item.matter, code) {
    case (.verification, _): return []
    case (.refund, .function(8)):
      raised.approving = item
      return []
    case (.alert, .function(8)): return attend(item, note: "")
    default:
      raised.line = (item, TextEditor(""))
      return []
    }
  }

  /// Enter or y approves, as in every question; Esc, n and F8 pressed twice do not.
  private mutating func pressApproval(_ key: Key, _ item: RaisedItem) -> [DeskEffect] {
    let plain = ActionRegistry.unfolded(key)
    switch plain {
    case .enter, Key("y"):
      raised.approving = nil
      guard let question = ApprovalQuestion(item) else { return [] }
      return save(
        .bill(question.bill, .approve(question.refund.id)), done: words.text("refund.done.approved"))
    case .escape, Key("n"):
      raised.approving = nil
      return []
    default: return []
    }
  }

  private mutating func pressLine(_ key: Key, _ item: RaisedItem, _ old: TextEditor) -> [DeskEffect] {
    var text = old
    switch key.code {
    case .escape:
      raised.line = nil
      return []
    case .enter:
      guard case .refund(let refund, let event, _) = item.matter else {
        raised.line = nil
        return attend(item, note: text.text.trimmed)
      }
      let reason = text.text.trimmed
      guard !reason.isEmpty else {
        tell(words.text("refusal.reasonMissing"), .warning)
        return []
      }
      raised.line = nil
      return save(
        .bill(event.bill, .decline(refund.id, reason: reason)), done: words.text("refund.done.declined"))
    default:
      _ = text.handle(key)
      raised.line = (item, text)
      return []
    }
  }

  /// - Parameter note: a word for whoever works on the ticket; may be empty.
  private mutating func attend(_ item: RaisedItem, note: String) -> [DeskEffect] {
    guard case .alert(let alert) = item.matter else { return [] }
    guard me.has(.coach) else {
      tell(words.text("desk.reason.no-right.coach"), .warning)
      return []
    }
    let word = note.isEmpty ? [] : save(.ticket(item.ticket, .coach(note)), done: "")
    raised.attended.append((item.ticket, alert.kind))
    return word
      + save(
        .ticket(item.ticket, .attend(alert.kind)),
        done:
          "\(words.text("raised.done.attended", ["number": item.number ?? "—"])) · u \(words.text("action.undo"))"
      )
  }

  /// What I looked after last waits for a lead again.
  private mutating func unattend() -> [DeskEffect] {
    guard let last = raised.attended.popLast() else {
      tell(words.text("desk.reason.nothing-to-undo"), .info)
      return []
    }
    return save(.ticket(last.ticket, .unattend(last.kind)), done: words.text("raised.done.unattended"))
  }

  private mutating func save(_ action: Action, done: String) -> [DeskEffect] {
    // SplitMix64 steps by this number; the same messages make the same keys.
    raised.randomness &+= 0x9E37_79B9_7F4A_7C15
    let id = OperationID(
      IdentifierSource.text(
        milliseconds: UInt64(max(0, now.milliseconds)), high: raised.randomness, low: raised.randomness &* 31)
    )
    tell(done, .success)
    return [.save(Operation(id: id, actor: me.id, at: now, action: action), clearing: nil)]
  }

  // MARK: - Drawing

  func drawRaised(on frame: inout Frame, _ rect: Rect) {
    frame.box(
      rect, title: words("action.raised"), style: Style(.borderFocused), titleStyle: Style(.accent, .bold))
    var inside = rect.inset(columns: 2, rows: 1)
    if let typed = raised.line {
      let (line, rest) = inside.splitTop(1)
      inside = rest
      let isRefund = if case .refund = typed.item.matter { true } else { false }
      let label = words(isRefund ? "operation.bill.decline" : "desk.dialog.word") + ": "
      frame.put(label, at: line.origin, style: Style(.accent, .bold))
      frame.cursor = frame.putLine(
        of: typed.text, in: line.splitLeft(label.width).rest, style: Style(.inputFocused))
    }
    if let question = raised.approving.flatMap({ ApprovalQuestion($0) }) {
      drawApproval(question, on: &frame, in: inside)
      return
    }
    guard !raised.items.isEmpty else {
      frame.put(words("raised.none"), at: inside.origin, style: Style(.muted))
      return
    }
    let height = max(1, inside.rows / 2)
    let selected = raised.items.firstIndex { $0.id == raised.list?.selected } ?? 0
    let top = Painter.top(selected: selected, count: raised.items.count, height: height)
    for (offset, item) in raised.items.dropFirst(top).prefix(height).enumerated() {
      let text = RaisedText(item, words: words, directory: directory, clock: clock)
      text.draw(on: &frame, in: inside, row: offset * 2, isSelected: top + offset == selected)
    }
  }
}

extension MonitorModel {
  private func drawApproval(_ question: ApprovalQuestion, on frame: inout Frame, in inside: Rect) {
    frame.put(words("refund.approve.title"), at: inside.origin, style: Style(.accent, .bold))
    var row = 2
    for line in question.lines(words, directory).flatMap({ $0.wrapped(columns: max(8, inside.columns)) })
    where row < inside.rows {
      frame.put(line, at: inside.origin.offset(rows: row), style: .text)
      row += 1
    }
    guard row + 1 < inside.rows else { return }
    let keys = "Enter \(words.text("refund.approve.yes")) · Esc \(words.text("refund.approve.no"))"
    frame.put(SafeText(keys), at: inside.origin.offset(rows: row + 1), style: Style(.key))
    frame.cursor = inside.origin.offset(rows: row + 1)
  }
}

/// One thing that waits, in two lines.
struct RaisedText {
  let head: SafeText
  let trailing: SafeText
  let detail: SafeText

  init(_ item: RaisedItem, words: Words, directory: Directory, clock: WallClock) {
    let language = words.catalogue.language
    let who = item.agent.map { directory.agentName($0, in: language) } ?? ""
    var head = "\(clock.civil(item.at).minuteText)  #\(item.number ?? "—")  \(item.customerName)  \(who)"
    switch item.matter {
    case .refund(let refund, let event, let charged):
      head += "  \(event.title)"
      trailing = SafeText("\(refund.amount) / \(charged)")
      detail = SafeText(refund.reason)
    case .verification(let event):
      trailing = .empty
      detail = SafeText(event.text(words))
    case .alert(let alert):
      head += "  \(words.text("desk.alert.\(alert.kind.rawValue)"))"
      trailing = words("risk.severity.\(alert.severity.rawValue)")
      detail = SafeText(words.catalogue.sentence(for: alert.reason))
    }
    self.head = SafeText(head)
  }

  func draw(on frame: inout Frame, in inside: Rect, row: Int, isSelected: Bool) {
    let place = inside.row(row)
    if isSelected {
      frame.fill(place, style: Style(.selection))
      frame.put("▌", at: place.origin, style: Style(.selection))
      if frame.cursor == nil { frame.cursor = place.origin }
    }
    let style = Style(isSelected ? .selection : .text, .bold)
    let room = max(0, place.columns - 3 - trailing.width)
    frame.put(head.truncated(toColumns: room), at: place.origin.offset(columns: 1), style: style)
    frame.put(
      trailing: trailing, in: place.splitLeft(place.columns - 1).part, row: place.minRow, style: style)
    guard row + 1 < inside.rows else { return }
    frame.put(
      detail, at: inside.row(row + 1).origin.offset(columns: 3), style: Style(.muted),
      limit: inside.columns - 4)
  }
}

extension VerificationEvent {
  func text(_ words: Words) -> String {
    let name = detail.map { detail in
      let isQuestion = VerificationQuestion(rawValue: detail) != nil
      return words.text(isQuestion ? "verification.question.\(detail)" : "verification.refused.\(detail)")
    }
    return words.text("verification.change.\(word)", ["detail": name ?? ""])
  }
}
