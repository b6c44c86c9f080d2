import Domain
import Terminal

/// Who is at the other end: the questions of the zone, what became of them, and how somebody is turned away.
struct VerificationPane: Sendable {
  enum Row: Hashable, Sendable {
    case question(VerificationQuestion)
    case refuse(ContactVerification.Refused)
  }

  var ticket: TicketID
  var selected = 0
}

extension DeskModel {
  /// The newest contact of the open ticket.
  var openContact: Contact? {
    guard let id = open?.ticket?.contact else { return nil }
    return open?.detail?.contacts.first { $0.id == id }
  }

  var verificationRows: [VerificationPane.Row] {
    (open?.detail?.zone?.verification?.questions ?? []).map { .question($0) }
      + ContactVerification.Refused.allCases.map { .refuse($0) }
  }

  mutating func openVerification() {
    guard let id = open?.id else { return }
    var pane = VerificationPane(ticket: id)
    let right = openContact?.verification?.right ?? []
    pane.selected =
      verificationRows.firstIndex {
        if case .question(let question) = $0 { !right.contains(question) } else { false }
      } ?? 0
    overlays.append(.verification(pane))
  }

  /// With the key that adds one: the contact of a close that was taken back is over.
  private var noContact: String {
    words.text("verification.no-contact", ["key": actions.shortKey(.addContact)?.description ?? "C"])
  }

  /// Why nobody can be asked now; nil where it can be done.
  var verificationObstacle: String? {
    guard let rules = open?.detail?.zone?.verification else {
      return words.text("desk.reason.no-verification")
    }
    guard let contact = openContact, !contact.state.isOver else {
      return noContact
    }
    if contact.verification?.lockedAt != nil { return words.text("refusal.verificationLocked") }
    if contact.isVerified(under: rules) { return words.text("verification.change.passed") }
    return nil
  }

  mutating func press(_ key: Key, in old: VerificationPane) -> [DeskEffect] {
    var pane = old
    let rows = verificationRows
    if let step = pageStep(key, height: rows.count) {
      pane.selected = min(max(0, pane.selected + step), max(0, rows.count - 1))
      overlays[overlays.count - 1] = .verification(pane)
      return []
    }
    let plain = ActionRegistry.unfolded(key)
    if case .character(let character) = plain.code, let digit = character.wholeNumberValue,
      rows.indices.contains(digit - 1)
    {
      pane.selected = digit - 1
      overlays[overlays.count - 1] = .verification(pane)
      return choose(rows[pane.selected])
    }
    if plain.code == .enter, rows.indices.contains(pane.selected) { return choose(rows[pane.selected]) }
    if actions.actions(for: key, in: [.ticket], isTyping: false).contains(.verify) {
      overlays.removeLast()
      return []
    }
    return dismissOverlay(key)
  }

  private mutating func choose(_ row: VerificationPane.Row) -> [DeskEffect] {
    if let obstacle = verificationObstacle {
      say(obstacle, .warning)
      return []
    }
    guard let ticket = open?.id, let contact = openContact?.id else { return [] }
    switch row {
    case .question(let question):
      guard openContact?.verification?.right.contains(question) != true else { return [] }
      // What was said is never a draft: it must not be on any disk.
      var answer = field("answer", isRequired: true)
      answer.label = words("verification.question.\(question.rawValue)")
      var dialog = Dialog(words("action.verify"), .verify(ticket, contact, question), [answer])
      dialog.message = words("verification.ask.\(question.rawValue)")
      overlays.append(.dialog(dialog))
    case .refuse(let reason):
      overlays.append(
        .confirm(
          Confirm(
            title: words("verification.refused.\(reason.rawValue)"),
            lines: [
              words("verification.script.\(reason.rawValue)"), words("verification.script.consequence"),
            ],
            yes: words("verification.script.record"), no: words("verification.script.back"),
            purpose: .refuseVerification(ticket, contact, reason), isNoByDefault: true)))
    }
    return []
  }

  mutating func verify(_ dialog: Dialog) -> [DeskEffect] {
    guard case .verify(let ticket, let contact, let question) = dialog.purpose, open?.id == ticket,
      let customer = open?.ticket?.customer
    else { return [] }
    // Whether it is right is found out where the records are; until then it is not.
    let operation = operation(.ticket(ticket, .verify(contact, question, isRight: false)))
    underWay[operation.id] = UnderWay(kind: .save, operation: operation, since: now, isFinal: true)
    changedByMe.insert(ticket)
    open?.isStale = true
    return [.verify(operation, customer: customer, answer: dialog.value("answer"))]
  }

  mutating func refuseVerification(
    _ ticket: TicketID, _ contact: ContactID, _ reason: ContactVerification.Refused
  ) -> [DeskEffect] {
    save(
      .ticket(ticket, .refuseVerification(contact, reason)), done: words.text("verification.done.refused"))
  }

  func verificationText(_ event: VerificationEvent) -> String { event.text(words) }

  /// Questions of this contact that were answered wrong and not right since: whoever asks sees what was asked already.
  var wronglyAnswered: Set<VerificationQuestion> {
    guard let contact = openContact else { return [] }
    var wrong: Set<VerificationQuestion> = []
    for entry in open?.detail?.entries ?? [] where entry.contact == contact.id {
      if case .verification(.wrong(let question)) = entry.kind { wrong.insert(question) }
    }
    return wrong.subtracting(contact.verification?.right ?? [])
  }

  /// One line: passed, locked, or how many are still needed and how many mistakes are left.
  var verificationState: (text: SafeText, role: Role) {
    guard let rules = open?.detail?.zone?.verification else {
      return (words("desk.reason.no-verification"), .muted)
    }
    guard let contact = openContact, !contact.state.isOver else {
      return (SafeText(noContact), .muted)
    }
    let known = contact.verification ?? ContactVerification()
    if known.lockedAt != nil { return (words("verification.locked"), .danger) }
    if contact.isVerified(under: rules) { return (words("verification.change.passed"), .success) }
    let missing = rules.needed - rules.questions.filter(known.right.contains).count
    return (
      SafeText(
        words.text(
          "verification.state", ["needed": missing, "left": max(0, rules.attempts - known.failures)])), .info
    )
  }
}

extension Painter {
  mutating func draw(_ pane: VerificationPane) {
    let rows = model.verificationRows
    let state = model.verificationState
    let width = min(72, model.size.columns - 2) - 4
    let states = state.text.wrapped(columns: width)
    let never = words("verification.never").wrapped(columns: width)
    let head = states.count + 1
    let rect = OverlayLayout.centered(
      columns: 72, rows: rows.count + head + never.count + 3, in: model.size)
    let title = SafeText("\(words.text("action.verify")) · \(model.numberText(of: pane.ticket))")
    let inside = panel(rect, title, hint: words("verification.keys"))
    for (index, line) in states.enumerated() {
      frame.put(
        line, at: inside.origin.offset(columns: 1, rows: index), style: Style(state.role, .bold),
        limit: inside.columns - 2)
    }
    frame.hline(at: inside.origin.offset(rows: states.count), columns: inside.columns)
    let right = model.openContact?.verification?.right ?? []
    let wrong = model.wronglyAnswered
    for (index, row) in rows.enumerated() where index + head < inside.rows {
      let place = inside.row(index + head)
      let isSelected = index == pane.selected
      if isSelected {
        frame.fill(place, style: Style(.selection))
        frame.put("▌", at: place.origin, style: Style(.selection))
        frame.cursor = place.origin
      }
      var mark: SafeText = "○"
      var name: SafeText
      var markRole: Role = .muted
      switch row {
      case .question(let question):
        name = words("verification.question.\(question.rawValue)")
        if right.contains(question) {
          (mark, markRole) = ("✓", .success)
        } else if wrong.contains(question) {
          (mark, markRole) = ("✗", .danger)
          name = name + " · " + words("verification.answered-wrong")
        }
      case .refuse(let reason):
        mark = "✗"
        name = words("verification.refused.\(reason.rawValue)")
      }
      let isRefusal = if case .refuse = row { true } else { false }
      let style = isSelected ? Style(.selection) : Style(isRefusal ? .muted : .text)
      frame.put(
        SafeText("\(index + 1) "), at: place.origin.offset(columns: 1),
        style: isSelected ? style : Style(.key))
      frame.put(
        mark, at: place.origin.offset(columns: 3),
        style: isSelected ? style : Style(markRole))
      frame.put(name, at: place.origin.offset(columns: 5), style: style, limit: place.columns - 6)
    }
    for (index, line) in never.enumerated() where rows.count + head + never.count <= inside.rows {
      frame.put(
        line, at: inside.row(inside.rows - never.count + index).origin.offset(columns: 1),
        style: Style(.muted), limit: inside.columns - 2)
    }
  }
}
