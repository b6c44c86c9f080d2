import Domain

// Whether an action can be done now, and the reason if not: what greys out footer, help and palette.
extension DeskModel {
  /// What is known of the ticket that an action would change.
  private struct Facts {
    var state: Ticket.State
    var owner: AgentID?
    var count: Int
    /// I asked for it, and the store has not answered.
    var isRequested = false
  }

  /// The tickets that an action changes: marked rows, the row under the cursor, or the open ticket.
  var targets: [TicketID] {
    if focus == .queue { return queue.targets }
    return open.map { [$0.id] } ?? queue.targets
  }

  private var facts: Facts? {
    let ids = targets
    guard let id = ids.first else { return nil }
    if ids.count == 1, id == open?.id, let ticket = open?.ticket {
      return Facts(state: ticket.state, owner: ticket.owner, count: 1, isRequested: isRequested(id))
    }
    guard let row = queue.rows.first(where: { $0.id == id }) else {
      return Facts(state: .open, owner: me.id, count: ids.count)
    }
    return Facts(
      state: row.state, owner: row.owner, count: ids.count, isRequested: ids.count == 1 && isRequested(id))
  }

  /// Who has the ticket that an action would change.
  var targetOwner: AgentID? { facts?.owner }

  /// What is read of the ticket that an action would change. Nil for a row that is not open: what it holds is not known, and
  /// must not be taken from the ticket that is.
  private var known: TicketDetail? { targets.first == open?.id ? open?.detail : nil }

  /// Steps of the zone of the ticket that an action would change; nil while the zone is not known.
  private var knownSteps: [Zone.Step]? {
    if let known { return known.zone?.steps ?? [] }
    guard let id = targets.first, let row = queue.rows.first(where: { $0.id == id }) else { return nil }
    return directory.zone(row.zone)?.steps
  }

  /// The key of the reason why `action` cannot be done now; nil when it can.
  func reason(against action: ActionID) -> String? {
    guard me.isActive || action.isReading else { return "desk.reason.not-active" }
    switch action {
    case .undo: return undo.isEmpty ? "desk.reason.nothing-to-undo" : nil
    case .trouble: return trouble == nil ? "desk.reason.no-trouble" : nil
    case .claimNext, .newTicket: return missing(.work)
    case .myResults: return me.isActive ? missing(.work) : nil
    case .customer: return customer == nil ? "desk.reason.no-customer" : nil
    case .notSent: return notSent.isEmpty ? "desk.reason.nothing-refused" : nil
    case .raised: return me.leads ? nil : missing(.approveRefunds)
    case .drafts: return drafts.isEmpty ? "desk.reason.no-drafts" : nil
    case .send, .editor, .discard:
      return open?.composer == nil && open?.closing?.mode != .blank ? "desk.reason.not-writing" : nil
    case .draftReply: return modelReason(.draft)
    case .summarise: return modelReason(.summary)
    case .takeDraft: return open?.machine?.text == nil ? "desk.reason.no-machine-text" : nil
    case .editField, .nextField, .previousField:
      return open?.form.isFocused == true ? nil : "desk.reason.no-form"
    case .byTemplate:
      guard let closing = open?.closing else { return "desk.reason.not-closing" }
      return closing.templates.isEmpty ? "desk.reason.no-templates" : nil
    case .nextMissing, .confirmClose, .byHand, .disposition:
      return open?.closing == nil ? "desk.reason.not-closing" : nil
    case .closingSteps:
      if open?.closing == nil { return "desk.reason.not-closing" }
      return knownSteps?.isEmpty == true ? "desk.reason.no-steps" : nil
    case .activate, .copyValue: return customer == nil ? "desk.reason.no-customer" : nil
    case .reveal:
      if customer == nil { return "desk.reason.no-customer" }
      return missing(.reveal)
    case .mergeCustomer, .unmergeCustomer:
      if customer == nil { return "desk.reason.no-customer" }
      return missing(.work)
    case .openArticle: return knowledge.hits.isEmpty ? "desk.reason.no-article" : nil
    case .insertPassage, .insertArticle:
      if knowledge.article == nil { return "desk.reason.no-article" }
      return open == nil ? "desk.reason.no-ticket" : nil
    case .open, .mark, .markRange: return queue.rows.isEmpty ? "desk.reason.list-empty" : nil
    case .clearMarks: return queue.marks.isEmpty ? "desk.reason.no-marks" : nil
    case .nextMatch, .previousMatch: return filter == nil ? "desk.reason.no-filter" : nil
    default: return ticketReason(against: action)
    }
  }

  /// The key of the sentence that names the right; nil when nothing is missing.
  func missing(_ right: Right) -> String? {
    guard me.isActive else { return "desk.reason.not-active" }
    return me.has(right) ? nil : "desk.reason.no-right.\(right.rawValue)"
  }

  private func ticketReason(against action: ActionID) -> String? {
    guard ActionID.onTicket.contains(action) else { return nil }
    guard let facts else { return "desk.reason.no-ticket" }
    if !action.isReading, let reason = missing(.work) { return reason }
    // Of many rows each is judged by the store.
    guard facts.count == 1 else {
      return ActionID.onMany.contains(action) ? nil : "desk.reason.one-only"
    }
    // What is only requested is nobody's: the store may give it to somebody else.
    if facts.isRequested, ActionID.ofOwner.contains(action) { return "desk.reason.requested" }
    let isMine = facts.owner == me.id
    switch action {
    case .claim:
      if facts.state.isDone { return "desk.reason.is-done" }
      if isMine { return "desk.reason.already-mine" }
      return facts.owner == nil ? nil : "desk.reason.somebody-has-it"
    case .release, .transfer:
      if facts.state.isDone { return "desk.reason.is-done" }
      return isMine || me.has(.assign) ? nil : "desk.reason.not-mine"
    case .close, .solve:
      if facts.state == .closed || facts.state == .archived { return "desk.reason.is-done" }
      return isMine ? nil : "desk.reason.not-mine"
    case .reopen: return facts.state == .solved || facts.state == .closed ? nil : "desk.reason.not-done"
    case .hold:
      guard facts.state == .open else { return "desk.reason.not-open" }
      return isMine || me.has(.assign) ? nil : "desk.reason.not-mine"
    case .resume:
      guard facts.state == .pending else { return "desk.reason.not-pending" }
      return isMine || me.has(.assign) ? nil : "desk.reason.not-mine"
    case .reply: return facts.state.isDone && facts.state != .solved ? "desk.reason.is-done" : nil
    // Of a row that is not open nobody knows yet: the action opens it and then says what is true.
    case .takeBack: return known == nil || lastReply != nil ? nil : "desk.reason.no-reply"
    case .removeTag: return known?.ticket.tags.isEmpty == true ? "desk.reason.no-tags" : nil
    case .attachments: return known?.attachments.isEmpty == true ? "desk.reason.no-attachments" : nil
    case .unlink: return known?.ticket.links.isEmpty == true ? "desk.reason.no-links" : nil
    case .verify:
      if let known, known.zone?.verification == nil { return "desk.reason.no-verification" }
      if facts.state.isDone { return "desk.reason.is-done" }
      return isMine || me.has(.takeOver) ? nil : "desk.reason.not-mine"
    case .step: return knownSteps?.isEmpty == true ? "desk.reason.no-steps" : nil
    case .reading: return open?.reading == nil ? "desk.reason.not-read" : nil
    case .accept:
      if open?.reading == nil { return "desk.reason.not-read" }
      return isMine || facts.owner == nil ? nil : "desk.reason.somebody-has-it"
    case .olderEntries:
      guard let known else { return "desk.reason.open-first" }
      return known.hasOlderEntries ? nil : "desk.reason.no-older"
    default: return nil
    }
  }

  /// My newest reply that has not left yet.
  var lastReply: TimelineEntry? {
    open?.detail?.entries.last { entry in
      entry.kind == .reply && entry.author == .agent(me.id) && entry.struckAt == nil
        && entry.releasesAt.map { now < $0 } == true
    }
  }
}

extension ActionID {
  static let onTicket: Set<ActionID> = [
    .claim, .release, .reply, .note, .close, .solve, .reopen, .hold, .resume, .transfer, .category,
    .priority, .subject, .editForm, .step, .refund, .verify, .addTag, .removeTag, .attach, .attachments,
    .reminder, .link,
    .unlink, .merge, .split, .addContact, .markRead, .takeBack, .fullText, .changes, .olderEntries,
    .copyNumber, .reading, .accept,
  ]

  /// What only whoever has the ticket does to it. Not giving it back: that takes a request back.
  static let ofOwner: Set<ActionID> = [
    .claim, .close, .solve, .hold, .resume, .transfer, .verify, .refund, .step, .accept, .editForm, .category,
  ]

  /// What can be done to many tickets at once.
  static let onMany: Set<ActionID> = [
    .claim, .release, .note, .close, .solve, .reopen, .hold, .resume, .transfer, .category, .priority,
    .addTag, .reminder, .markRead,
  ]
}
