import Domain
import Terminal

// Opening, leaving, writing.
extension DeskModel {
  mutating func openTicket(_ id: TicketID) -> [DeskEffect] {
    focus = .ticket
    queue.select(id)
    guard open?.id != id else { return [] }
    waitingAction = nil
    let effects = leaveTicketForAnother()
    open = OpenTicket(id)
    if side == .customer { isSideOpen = false }
    customer = nil
    return effects + [.loadTicket(id, entries: OpenTicket.entryPage), .look(at: id, isTyping: false)]
  }

  /// Keeps what is being typed and forgets the rest.
  mutating func leaveTicketForAnother() -> [DeskEffect] {
    guard open != nil else { return [] }
    return leaveField() + keepDrafts(now: true)
  }

  mutating func closeTicketPane() -> [DeskEffect] {
    let effects = leaveTicketForAnother()
    open = nil
    customer = nil
    isSideOpen = false
    if focus == .ticket || focus == .customer { focus = .queue }
    return effects + [.look(at: nil, isTyping: false)]
  }

  mutating func ticketLoaded(_ id: TicketID, _ detail: TicketDetail?) -> [DeskEffect] {
    guard open?.id == id else { return [] }
    guard let detail else {
      open?.isMissing = true
      say(key: "refusal.ticketMissing", .warning)
      return []
    }
    let isFirst = open?.detail == nil
    let before = open?.ticket
    let shown = withUnsavedFields(detail)
    open?.detail = shown
    open?.loads += 1
    // An answer to an older question must not count as the state that my own save leaves behind.
    open?.isStale = underWay.values.contains { item in
      guard case .ticket(id, _) = item.operation.action else { return false }
      return !item.isSaved && item.kind == .save
    }
    rememberVersion(detail)
    var effects: [DeskEffect] = []
    if customer?.id != detail.ticket.customer { customer = CustomerPane(detail.ticket.customer) }
    if let profile = detail.customer {
      customerLoaded(detail.ticket.customer, profile)
    } else if isFirst {
      effects.append(.loadCustomer(detail.ticket.customer))
    }
    if isFirst { offerDrafts(detail.ticket) }
    if let before { announceOwner(before, detail) }
    if let before, before.waitingSince == nil, detail.ticket.waitingSince != nil, detail.ticket.isUnread {
      open?.conversation.top = nil
    }
    if detail.ticket.isUnread, detail.ticket.owner == me.id {
      effects += save(.ticket(id, .markRead), kind: .silent)
    }
    refreshClosing()
    if open?.closing?.closesWhenFresh == true, open?.isStale == false {
      open?.closing?.closesWhenFresh = false
      effects += confirmClosing()
    }
    return effects + continueWaitingAction()
  }

  /// A state read before my newest values were on the disk must not take them off the screen: the next missing field would
  /// be one that was just filled, and its empty line would be saved over the value.
  private func withUnsavedFields(_ detail: TicketDetail) -> TicketDetail {
    var detail = detail
    for id in underWay.keys.sorted(by: { $0.text < $1.text }) {
      guard let item = underWay[id], !item.isSaved,
        case .ticket(detail.ticket.id, .setFields(let values)) = item.operation.action
      else { continue }
      for (field, value) in values { detail.ticket.fields[field] = value.isEmpty ? nil : value }
    }
    return detail
  }

  /// Somebody took the ticket that is in front of me.
  private mutating func announceOwner(_ before: Ticket, _ detail: TicketDetail) {
    guard let owner = detail.ticket.owner, owner != before.owner, owner != me.id else { return }
    let change = detail.entries.last {
      if case .ownerChanged = $0.kind { $0.ticket == before.id } else { false }
    }
    guard change?.author != .agent(me.id) else { return }
    say(
      words.text(
        "desk.notice.taken",
        ["name": directory.agentName(owner, in: language), "number": numberText(of: before.id)]),
      .warning, seconds: 12)
  }

  private mutating func offerDrafts(_ ticket: Ticket) {
    guard let found = draftSlots(of: ticket.id).first else { return }
    let key = actions.shortKey(found == .note ? .note : found == .closing ? .close : .reply)
    say(
      words.text(
        "desk.notice.draft-kept",
        ["what": words.text("desk.draft.\(found.rawValue)"), "key": key?.description ?? ""]), .info,
      about: .place(nil))
  }

  /// Slots of a ticket in which something typed waits.
  func draftSlots(of ticket: TicketID) -> [Draft.Slot] {
    Draft.Slot.allCases.filter { drafts[DraftKey(ticket: ticket, slot: $0)] != nil }
  }

  // MARK: - Composer

  mutating func openComposer(_ kind: Composer.Kind) {
    guard let id = open?.id else { return }
    if var current = open?.composer {
      guard current.kind != kind else {
        focus = .ticket
        return
      }
      remember(&current, ticket: id)
    }
    let slot: Draft.Slot = kind == .reply ? .reply : .note
    let text = drafts[DraftKey(ticket: id, slot: slot)]?.body ?? ""
    open?.composer = Composer(kind: kind, editor: TextEditor(text, isMultiline: true), lastChange: now)
    open?.form.isFocused = false
    focus = .ticket
  }

  /// Puts the composer's text among the drafts of this model; the effect is what makes it durable.
  private mutating func remember(_ composer: inout Composer, ticket: TicketID) {
    let key = DraftKey(ticket: ticket, slot: composer.slot)
    if composer.editor.isEmpty {
      drafts[key] = nil
    } else {
      drafts[key] = Draft(ticket: ticket, slot: composer.slot, body: composer.editor.text, savedAt: now)
    }
    composer.draftChanges = composer.editor.changes
  }

  mutating func pressInComposer(_ key: Key) -> [DeskEffect]? {
    guard var composer = open?.composer, let id = open?.id else { return nil }
    let before = composer.editor.changes
    guard composer.editor.handle(key) else { return nil }
    guard composer.editor.changes != before else {
      open?.composer = composer
      return []
    }
    let wasIdle = now - composer.lastChange > 10_000 || before == 0
    composer.lastChange = now
    open?.composer = composer
    return wasIdle ? [.look(at: id, isTyping: true)] : []
  }

  /// Closes the composer and keeps its text as a draft.
  mutating func leaveComposer() -> [DeskEffect] {
    guard let id = open?.id else { return [] }
    let effects = keepDrafts(now: true)
    if open?.composer?.editor.isEmpty == false { say(key: "desk.notice.kept") }
    open?.composer = nil
    return effects + [.look(at: id, isTyping: false)]
  }

  mutating func sendComposer() -> [DeskEffect] {
    guard let composer = open?.composer, let id = open?.id else { return [] }
    guard composer.editor.text.contains(where: { !$0.isWhitespace }) else {
      say(key: "refusal.textMissing", .warning)
      return []
    }
    guard composer.kind == .reply, let ticket = open?.ticket, ticket.owner != me.id else {
      return sendText()
    }
    if let owner = ticket.owner {
      offerNote(ticket, owner)
      return []
    }
    guard !ticket.state.isDone else { return sendText() }
    // Nobody has it: who answers takes it, and only with the answer of the store.
    guard waitingReply == nil else { return [] }
    waitingReply = id
    return keepDrafts(now: true) + submit(.ticket(id, .claim), kind: .claim)
  }

  /// The reply that waited for the ticket to be mine.
  mutating func replyAfterClaim(_ id: TicketID) -> [DeskEffect] {
    guard waitingReply == id else { return [] }
    waitingReply = nil
    guard open?.id == id, open?.composer?.kind == .reply else { return [] }
    return sendText()
  }

  /// A reply on a ticket of somebody else is a note for them.
  mutating func offerNote(_ ticket: Ticket, _ owner: AgentID) {
    let name = directory.agentName(owner, in: language)
    overlays.append(
      .confirm(
        Confirm(
          title: SafeText(words.text("desk.note-instead.title", ["name": name])),
          lines: [
            SafeText(
              words.text("desk.note-instead.why", ["name": name, "number": numberText(of: ticket.id)]))
          ], yes: words("desk.note-instead.yes"), no: words("desk.note-instead.no"),
          purpose: .noteInstead(ticket.id))))
  }

  /// What was written as a reply becomes a note that is not sent yet.
  mutating func writeNoteInstead(_ id: TicketID) -> [DeskEffect] {
    guard open?.id == id else { return [] }
    let reply = open?.composer.map { $0.kind == .reply ? $0.editor.text : "" } ?? ""
    var effects: [DeskEffect] = []
    if open?.composer?.kind == .reply {
      open?.composer = nil
      let key = DraftKey(ticket: id, slot: .reply)
      drafts[key] = nil
      effects.append(.deleteDraft(key))
    }
    openComposer(.note)
    if !reply.isEmpty {
      if open?.composer?.editor.isEmpty == false { open?.composer?.editor.insert("\n") }
      open?.composer?.editor.insert(reply)
    }
    return effects + keepDrafts(now: true)
  }

  private mutating func sendText() -> [DeskEffect] {
    guard let composer = open?.composer, let id = open?.id else { return [] }
    let text = composer.editor.text
    let key = DraftKey(ticket: id, slot: composer.slot)
    let draft = Draft(ticket: id, slot: composer.slot, body: text, savedAt: now)
    let action: TicketAction = composer.kind == .reply ? .reply(text) : .note(text)
    let name = words.text(composer.kind == .reply ? "action.reply" : "action.note")
    open?.composer = nil
    open?.conversation.top = nil
    return save(
      .ticket(id, action),
      done: words.text(composer.kind == .reply ? "desk.done.reply" : "desk.done.note"), draft: draft,
      clearing: key, undo: { (name, .ticket(id, .strike($0.entry()))) }) + [.look(at: id, isTyping: false)]
  }

  mutating func discardComposer() -> [DeskEffect] {
    guard let composer = open?.composer, let id = open?.id else { return [] }
    let key = DraftKey(ticket: id, slot: composer.slot)
    open?.composer = nil
    drafts[key] = nil
    if !composer.editor.isEmpty {
      let text = Draft(ticket: id, slot: composer.slot, body: composer.editor.text, savedAt: now)
      undo.append(
        Undo(discarded: text, label: words.text("action.discard"), number: knownNumber(of: id)))
      say("\(words.text("desk.notice.discarded")) · \(undoHint)", .info)
    }
    return [.deleteDraft(key), .look(at: id, isTyping: false)]
  }

  /// Puts knowledge into the reply, at the caret where one is being written.
  mutating func insertIntoReply(_ text: String) -> [DeskEffect] {
    guard let id = open?.id else {
      say(key: "desk.reason.no-ticket", .warning)
      return []
    }
    if let closing = open?.closing, closing.mode == .blank {
      open?.closing?.text.insert(text)
      focus = .ticket
      return []
    }
    if open?.composer == nil { openComposer(.reply) }
    open?.composer?.editor.insert(text)
    open?.composer?.lastChange = now
    focus = .ticket
    return [.look(at: id, isTyping: true)]
  }

  // MARK: - Drafts

  mutating func draftsFound(_ found: [Draft]) -> [DeskEffect] {
    for draft in found {
      let key = DraftKey(ticket: draft.ticket, slot: draft.slot)
      if drafts[key] == nil { drafts[key] = draft }
    }
    guard !drafts.isEmpty, open == nil else { return [] }
    say(
      words.text(
        "desk.notice.drafts-found",
        ["count": drafts.count, "key": actions.shortKey(.drafts)?.description ?? ""]),
      .warning, seconds: 20, about: .drafts(drafts.count))
    return []
  }

  /// Saves what changed since the last time; called every second and whenever something is left.
  mutating func keepDrafts(now isLeaving: Bool = false) -> [DeskEffect] {
    var effects: [DeskEffect] = []
    if let id = open?.id, var composer = open?.composer, composer.editor.changes != composer.draftChanges {
      remember(&composer, ticket: id)
      open?.composer = composer
      let key = DraftKey(ticket: id, slot: composer.slot)
      effects.append(drafts[key].map { .saveDraft($0) } ?? .deleteDraft(key))
    }
    if let id = open?.id, let editor = open?.form.editor, editor.changes != open?.form.draftChanges,
      let field = focusedField
    {
      open?.form.draftChanges = editor.changes
      let draft = Draft(
        ticket: id, slot: .form, body: DraftBody.encode([field.id: editor.text]), savedAt: now)
      drafts[DraftKey(ticket: id, slot: .form)] = draft
      effects.append(.saveDraft(draft))
    }
    effects += keepClosingDraft()
    effects += keepDialogDraft()
    return effects
  }

  mutating func editorReturned(_ text: String?) -> [DeskEffect] {
    guard let text else { return [] }
    if open?.composer != nil {
      open?.composer?.editor.replaceAll(text)
      open?.composer?.lastChange = now
    } else if open?.closing?.mode == .blank {
      open?.closing?.text.replaceAll(text)
    } else if case .dialog(var dialog) = overlays.last {
      dialog.fields[dialog.focus].editor.replaceAll(text)
      overlays[overlays.count - 1] = .dialog(dialog)
    } else {
      return []
    }
    return keepDrafts(now: true)
  }

  mutating func attachmentStored(_ file: StoredFile) -> [DeskEffect] {
    finishAttaching()
    let attachment = Attachment(
      id: nextIdentifier(), ticket: file.ticket, name: file.name, mediaType: file.mediaType,
      byteCount: file.byteCount, digest: file.digest)
    return save(
      .ticket(file.ticket, .attach(attachment)),
      done: words.text("desk.done.attached", ["name": file.name]))
  }

  // MARK: - Paste

  mutating func paste(_ text: String) -> [DeskEffect] {
    if case .confirm(let confirm) = overlays.last, case .largePaste(let first) = confirm.purpose {
      // A long paste arrives in several pieces: the question is about all of them.
      overlays.removeLast()
      return askAboutPaste(first + text)
    }
    guard text.count <= preferences.pasteLimit else { return askAboutPaste(text) }
    return insert(text)
  }

  private mutating func askAboutPaste(_ text: String) -> [DeskEffect] {
    let beginning = Ticket.preview(of: text)
    overlays.append(
      .confirm(
        Confirm(
          title: words("desk.paste.title"),
          lines: [
            SafeText(words.text("desk.paste.size", ["count": text.count])), SafeText(beginning),
          ],
          yes: words("desk.paste.yes"), no: words("desk.paste.no"), purpose: .largePaste(text))))
    return []
  }

  /// Typed or pasted text into whatever is being typed.
  mutating func insert(_ text: String) -> [DeskEffect] {
    if !overlays.isEmpty { return insertIntoOverlay(text) }
    if isFiltering {
      filter?.insert(text)
      return queue.reload(queueQuery)
    }
    switch focus {
    case .knowledge where knowledge.article == nil:
      knowledge.input.insert(text)
      return searchKnowledge()
    case .ticket:
      if open?.composer != nil {
        open?.composer?.editor.insert(text)
        open?.composer?.lastChange = now
      } else if open?.closing != nil {
        return insertIntoClosing(text)
      } else if open?.form.editor != nil {
        open?.form.editor?.insert(text)
      } else {
        say(key: "desk.notice.nowhere-to-paste")
      }
      return []
    default:
      say(key: "desk.notice.nowhere-to-paste")
      return []
    }
  }
}

// MARK: - The form

extension DeskModel {
  var formFields: [FormField] { open?.detail?.zone?.fields ?? [] }

  var focusedField: FormField? {
    guard let index = open?.form.index, formFields.indices.contains(index) else { return nil }
    return formFields[index]
  }

  mutating func startForm() -> [DeskEffect] {
    guard let ticket = open?.ticket, !formFields.isEmpty else { return [] }
    open?.composer = nil
    focus = .ticket
    open?.form.isFocused = true
    let missing = open?.detail?.zone?.missingFields(in: ticket.fields).first
    let first = formFields.firstIndex { $0.id == missing } ?? 0
    open?.form.index = first
    if let draft = drafts[DraftKey(ticket: ticket.id, slot: .form)],
      let (field, value) = DraftBody.decode(draft.body).first,
      let index = formFields.firstIndex(where: { $0.id == field })
    {
      open?.form.index = index
      open?.form.editor = TextEditor(value)
      open?.form.stored = nil
    }
    return []
  }

  mutating func pressInForm(_ key: Key) -> [DeskEffect]? {
    guard let field = focusedField, open?.form.isFocused == true else { return nil }
    if open?.form.editor != nil { return pressInField(key, field) }
    switch key.code {
    case .enter: return editField(field)
    case .tab, .down: return moveField(1)
    case .backTab, .up: return moveField(-1)
    case .home: return moveField(-formFields.count)
    case .end: return moveField(formFields.count)
    case .delete, .backspace: return setField(field, to: "")
    case .character(let character) where key.modifiers.isEmpty || key.modifiers == .shift:
      if let picker = fieldPicker(field, purpose: .field(field.id)) {
        return choose(from: picker, typing: character)
      }
      open?.form.editor = TextEditor(String(character))
      open?.form.stored = nil
      return []
    default: return nil
    }
  }

  private mutating func pressInField(_ key: Key, _ field: FormField) -> [DeskEffect]? {
    switch key.code {
    case .enter, .tab, .down:
      guard let effects = commitField(field) else { return [] }
      return effects + moveField(1)
    case .backTab, .up:
      guard let effects = commitField(field) else { return [] }
      return effects + moveField(-1)
    default:
      guard var editor = open?.form.editor, editor.handle(key) else { return nil }
      open?.form.editor = editor
      open?.form.problem = nil
      return []
    }
  }

  /// Opens the list of a field that has one, the line for typing otherwise.
  mutating func editField(_ field: FormField) -> [DeskEffect] {
    if let picker = fieldPicker(field, purpose: .field(field.id)) {
      overlays.append(.picker(picker))
      return []
    }
    open?.form.problem = nil
    let value = open?.ticket?.fields[field.id] ?? ""
    open?.form.editor = TextEditor(value)
    open?.form.stored = value
    open?.form.draftChanges = 0
    return []
  }

  mutating func moveField(_ step: Int) -> [DeskEffect] {
    let count = formFields.count
    guard count > 0, let index = open?.form.index else { return [] }
    let next = index + step
    open?.form.index = abs(step) > 1 ? min(max(0, next), count - 1) : (next + count) % count
    open?.form.problem = nil
    return []
  }

  /// Saves the typed value; nil when it is not one, with the sentence under the field.
  private mutating func commitField(_ field: FormField) -> [DeskEffect]? {
    guard let editor = open?.form.editor else { return [] }
    do {
      let isUntouched = editor.text == open?.form.stored
      let value = isUntouched ? "" : try field.canonical(editor.text)
      open?.form.editor = nil
      open?.form.problem = nil
      return isUntouched ? setFields([:]) : setField(field, to: value)
    } catch {
      let problem = words.catalogue.sentence(for: error, field: field)
      open?.form.problem = problem
      return nil
    }
  }

  /// Leaves the field being typed in; what is not a value stays a draft.
  mutating func leaveField() -> [DeskEffect] {
    guard let field = focusedField, open?.form.editor != nil else { return [] }
    if let effects = commitField(field) { return effects }
    let effects = keepDrafts(now: true)
    open?.form.editor = nil
    open?.form.problem = nil
    return effects
  }

  /// A value in stored form.
  mutating func setField(_ field: FormField, to value: String) -> [DeskEffect] {
    setFields([field.id: value])
  }

  mutating func setFields(_ values: [String: String]) -> [DeskEffect] {
    guard let ticket = open?.ticket else { return [] }
    let changed = values.filter { (ticket.fields[$0.key] ?? "") != $0.value }
    let key = DraftKey(ticket: ticket.id, slot: .form)
    guard !changed.isEmpty else {
      guard drafts.removeValue(forKey: key) != nil else { return [] }
      return [.deleteDraft(key)]
    }
    let old = changed.reduce(into: [String: String]()) { $0[$1.key] = ticket.fields[$1.key] ?? "" }
    // Shown at once; what is durable comes back with the next load.
    for (id, value) in changed { open?.detail?.ticket.fields[id] = value.isEmpty ? nil : value }
    let names = formFields.filter { changed[$0.id] != nil }.map { $0.name[language] }
    let label = names.joined(separator: language == .chinese ? "、" : ", ")
    return save(
      .ticket(ticket.id, .setFields(changed)), done: words.text("desk.done.fields", ["names": label]),
      draft: Draft(ticket: ticket.id, slot: .form, body: DraftBody.encode(changed), savedAt: now),
      clearing: key, undo: { _ in (label, .ticket(ticket.id, .setFields(old))) })
  }

  /// Takes a bill line: the field, and those of the same form that the line also answers and that are still empty.
  func values(
    of line: Bill.Line, in bill: Bill, for field: FormField, fields: [FormField], have: [String: String]
  )
    -> [String: String]
  {
    var values = [field.id: line.title]
    func fill(_ other: FormField?, _ value: String) {
      guard let other, (have[other.id] ?? "").isEmpty else { return }
      values[other.id] = value
    }
    fill(fields.first { $0.kind == .money }, line.amount.description)
    fill(fields.first { $0.kind == .date }, line.chargedOn.description)
    fill(fields.first { $0.kind == .text && $0.id == "period" }, bill.period)
    return values
  }

  /// The list of a choice, bill line or order field; nil for a field that is typed.
  func fieldPicker(_ field: FormField, purpose: Picker.Purpose) -> Picker? {
    let title = SafeText(field.name[language])
    let current = open?.ticket?.fields[field.id]
    switch field.kind {
    case .choice:
      let items = field.choices.map { choice in
        Picker.Item(
          id: choice.id, label: SafeText(choice.name[language]),
          search: "\(choice.id) \(choice.name.chinese) \(choice.name.english)".lowercased())
      }
      return Picker(title: title, items: items, purpose: purpose, selected: current)
    case .billLine:
      guard let bills = customer?.profile?.bills, !bills.isEmpty else { return nil }
      let items = bills.flatMap { bill in
        bill.lines.enumerated().map { index, line in
          Picker.Item(
            id: "\(bill.id)\u{1F}\(index)", label: SafeText("\(bill.period)  \(line.title)"),
            detail: SafeText("\(line.amount)  \(line.chargedOn)"),
            search: "\(bill.period) \(line.title) \(line.amount) \(bill.number)".lowercased(),
            mark: bill.lines.filter { $0.title == line.title }.count > 1 ? "×2" : .empty)
        }
      }
      return Picker(title: title, items: items, purpose: purpose)
    case .order:
      guard let orders = customer?.profile?.orders, !orders.isEmpty else { return nil }
      let items = orders.map { order in
        Picker.Item(
          id: order.number, label: SafeText("\(order.number)  \(order.title)"),
          detail: SafeText("\(order.placedOn)  \(order.amount)"),
          search: "\(order.number) \(order.title) \(order.placedOn)".lowercased())
      }
      return Picker(title: title, items: items, purpose: purpose, selected: current)
    default: return nil
    }
  }

  /// The values that a chosen item of a field's list stands for.
  func values(ofItem id: String, for field: FormField) -> [String: String] {
    guard field.kind == .billLine else { return [field.id: id] }
    let parts = id.split(separator: "\u{1F}")
    guard parts.count == 2, let index = Int(parts[1]),
      let bill = customer?.profile?.bills.first(where: { $0.id.text == parts[0] }),
      bill.lines.indices.contains(index)
    else { return [:] }
    return values(
      of: bill.lines[index], in: bill, for: field, fields: formFields, have: open?.ticket?.fields ?? [:])
  }

  private mutating func choose(from picker: Picker, typing character: Character) -> [DeskEffect] {
    overlays.append(.picker(picker))
    return press(Key(character))
  }
}
