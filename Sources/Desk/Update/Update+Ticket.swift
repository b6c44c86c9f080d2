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
    let effects = open?.machine?.askedAt == nil ? [] : leaveMachineText() ?? []
    return effects + leaveField() + keepDrafts(now: true)
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
    // Whoever asked for it before it was there has it in front of them in a moment.
    if isFirst, waitingAction == nil { offerDrafts(detail.ticket) }
    announceAskedRefund()
    if let before { announceOwner(before, detail) }
    if let before, before.waitingSince == nil, detail.ticket.waitingSince != nil, detail.ticket.isUnread {
      open?.conversation.top = nil
    }
    if detail.ticket.isUnread, detail.ticket.owner == me.id, me.isActive {
      effects += save(.ticket(id, .markRead), kind: .silent)
    }
    effects += readAgain()
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
    let draft = drafts[DraftKey(ticket: id, slot: slot)]
    open?.composer = Composer(
      kind: kind, editor: TextEditor(draft?.body ?? "", isMultiline: true), lastChange: now,
      machineMark: MachineMark(draft?.isMachineDrafted == true))
    open?.form.isFocused = false
    focus = .ticket
  }

  /// Puts the composer's text among the drafts of this model; the effect is what makes it durable.
  mutating func remember(_ composer: inout Composer, ticket: TicketID) {
    let key = DraftKey(ticket: ticket, slot: composer.slot)
    if composer.editor.isEmpty {
      drafts[key] = nil
    } else {
      drafts[key] = Draft(
        ticket: ticket, slot: composer.slot, body: composer.editor.text, savedAt: now,
        isMachineDrafted: composer.isMachineDrafted)
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
    composer.machineMark.follow(composer.editor)
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
    if composer.kind == .reply, isRequested(id), open?.ticket?.owner == me.id {
      say(words.text("desk.reason.requested"), .warning, about: .place(nil))
      return keepDrafts(now: true)
    }
    guard composer.kind == .reply, let ticket = open?.ticket, ticket.owner != me.id else {
      return stopReply() ? [] : sendText()
    }
    if let owner = ticket.owner {
      offerNote(ticket, owner)
      return []
    }
    guard !stopReply() else { return [] }
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
    guard open?.id == id, open?.composer?.kind == .reply, !stopReply() else { return [] }
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
    let isMachineDrafted = open?.composer.map { $0.kind == .reply && $0.isMachineDrafted } == true
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
      if isMachineDrafted { open?.composer?.machineMark.set() }
    }
    return effects + keepDrafts(now: true)
  }

  private mutating func sendText() -> [DeskEffect] {
    guard let composer = open?.composer, let id = open?.id else { return [] }
    let text = composer.editor.text
    let key = DraftKey(ticket: id, slot: composer.slot)
    let draft = Draft(
      ticket: id, slot: composer.slot, body: text, savedAt: now, isMachineDrafted: composer.isMachineDrafted)
    let action: TicketAction = composer.kind == .reply ? .reply(text) : .note(text)
    let name = words.text(composer.kind == .reply ? "action.reply" : "action.note")
    open?.composer = nil
    open?.conversation.top = nil
    return save(
      .ticket(id, action),
      done: words.text(composer.kind == .reply ? "desk.done.reply" : "desk.done.note"), draft: draft,
      clearing: key, undo: { (name, .ticket(id, .strike($0.entry()))) },
      leaving: composer.kind == .reply ? { $0.entry() } : nil) + [.look(at: id, isTyping: false)]
  }

  mutating func discardComposer() -> [DeskEffect] {
    guard let composer = open?.composer, let id = open?.id else { return [] }
    let key = DraftKey(ticket: id, slot: composer.slot)
    open?.composer = nil
    drafts[key] = nil
    if !composer.editor.isEmpty {
      let text = Draft(
        ticket: id, slot: composer.slot, body: composer.editor.text, savedAt: now,
        isMachineDrafted: composer.isMachineDrafted)
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
      changeClosingText { $0.insert(text) }
      focus = .ticket
      return []
    }
    if open?.composer == nil { openComposer(.reply) }
    open?.composer?.editor.insert(text)
    open?.composer?.lastChange = now
    focus = .ticket
    return [.look(at: id, isTyping: true)]
  }
}
