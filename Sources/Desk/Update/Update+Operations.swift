import Domain
import Terminal

// What is saved, how it is answered, and how it is taken back.
extension DeskModel {
  mutating func operation(_ action: Action, basedOn: Int64? = nil) -> Operation {
    Operation(id: nextIdentifier(), actor: me.id, at: now, basedOn: basedOn, action: action)
  }

  /// - Parameters:
  ///   - done: what is said once it is durable.
  ///   - undo: the compensating operation, from the saved one.
  ///   - draft: what was typed; it comes back when it cannot be saved.
  ///   - group: the action on many tickets that it is part of.
  mutating func save(
    _ action: Action, basedOn: Int64? = nil, kind: UnderWay.Kind = .save, done: String? = nil,
    draft: Draft? = nil, clearing: DraftKey? = nil, group: Int? = nil,
    undo: ((Operation) -> (String, Action)?)? = nil
  ) -> [DeskEffect] {
    let operation = operation(action, basedOn: basedOn)
    let compensation = undo?(operation)
    underWay[operation.id] = UnderWay(
      kind: kind, operation: operation, since: now, done: done,
      undo: compensation.map {
        Undo(label: $0.0, action: $0.1, operation: operation.id, group: group)
      }, group: group, draft: draft)
    if case .ticket(let id, _) = action, id == open?.id { open?.isStale = true }
    if let clearing { drafts[clearing] = nil }
    return [.save(operation, clearing: clearing)]
  }

  mutating func submit(_ action: Action, kind: UnderWay.Kind, basedOn: Int64? = nil) -> [DeskEffect] {
    let operation = operation(action, basedOn: basedOn)
    underWay[operation.id] = UnderWay(kind: kind, operation: operation, since: now)
    return [.submit(operation)]
  }

  // MARK: - Answers

  mutating func saved(_ id: OperationID) -> [DeskEffect] {
    guard var item = underWay[id], !item.isSaved else { return [] }
    guard item.kind != .claim, item.kind != .claimNext else { return [] }
    item.isSaved = true
    item.draft = nil
    underWay[id] = item
    if let undo = item.undo {
      if item.isUnwanted {
        return undo.steps.flatMap { save($0.action, basedOn: $0.basedOn, kind: .undo) } + reloadShown()
      }
      remember(undo)
    }
    if let done = item.done {
      let canUndo = item.undo != nil || item.group != nil && undo.last?.group == item.group
      say(canUndo ? "\(done) · \(undoHint)" : done, .success, about: canUndo ? .undo(id) : .always)
    }
    if item.kind == .presence || item.kind == .silent { return [.loadCounts] }
    return reloadShown() + afterSaving(item)
  }

  private mutating func remember(_ new: Undo) {
    if let group = new.group, let index = undo.lastIndex(where: { $0.group == group }) {
      undo[index].steps += new.steps
      return
    }
    undo.append(new)
    if undo.count > 50 { undo.removeFirst() }
  }

  /// What the store refused has nothing to undo; the rest of an action on many tickets has.
  private mutating func forgetUndo(of operation: OperationID) {
    for index in undo.indices { undo[index].steps.removeAll { $0.operation == operation } }
    undo.removeAll(where: \.steps.isEmpty)
  }

  private var undoHint: String {
    let key = actions.shortKey(.undo)?.description ?? ""
    return "\(key) \(words.text("action.undo"))"
  }

  mutating func reloadShown() -> [DeskEffect] {
    var effects = queue.refresh() + [.loadCounts]
    if let open { effects.insert(.loadTicket(open.id, entries: open.entryLimit), at: 0) }
    return effects
  }

  /// A ticket that I closed makes room for the next one.
  private mutating func afterSaving(_ item: UnderWay) -> [DeskEffect] {
    guard case .ticket(let id, let action) = item.operation.action else { return [] }
    switch action {
    case .close, .solve:
      guard open?.id == id else { return [] }
      return closeTicketPane() + finishContact()
    case .release, .transfer:
      guard open?.id == id, item.kind == .save else { return [] }
      return closeTicketPane() + finishContact()
    default: return []
    }
  }

  mutating func decided(_ id: OperationID, _ outcome: Outcome) -> [DeskEffect] {
    guard let item = underWay.removeValue(forKey: id) else {
      if case .refused = outcome { return [.loadNotSent] }
      return []
    }
    switch outcome {
    case .accepted: return accepted(item)
    case .refused(let refusal): return refused(item, refusal)
    }
  }

  private mutating func accepted(_ item: UnderWay) -> [DeskEffect] {
    switch item.kind {
    case .claim, .claimNext:
      guard case .ticket(let id, _) = item.operation.action else { return [] }
      claimNext = nil
      undo.append(
        Undo(
          label: words.text("action.claim"), action: .ticket(id, .release), operation: item.operation.id))
      say("\(words.text("desk.done.claimed")) · \(undoHint)", .success, about: .undo(item.operation.id))
      return openTicket(id) + startContact(id) + queue.refresh() + [.loadCounts]
    default: return item.isSaved ? [] : reloadShown()
    }
  }

  private mutating func refused(_ item: UnderWay, _ refusal: Refusal) -> [DeskEffect] {
    let sentence = words.catalogue.sentence(for: refusal, directory: directory)
    switch item.kind {
    case .claimNext:
      if let next = nextCandidate() { return next }
      say(sentence, .warning)
      return reloadShown()
    case .claim:
      say(sentence, .warning)
      return reloadShown()
    default:
      say(sentence, .danger, seconds: 12)
      forgetUndo(of: item.operation.id)
      open?.closing?.closesWhenFresh = false
      return putBack(item) + reloadShown() + [.loadNotSent]
    }
  }

  mutating func failed(_ id: OperationID?, _ sentence: String) -> [DeskEffect] {
    say(sentence, .danger, seconds: 12)
    guard let id, let item = underWay.removeValue(forKey: id) else { return [] }
    claimNext = nil
    open?.isStale = false
    return putBack(item)
  }

  /// What was typed returns to where it was typed, and is a draft again.
  private mutating func putBack(_ item: UnderWay) -> [DeskEffect] {
    guard !item.isSaved, let draft = item.draft else { return [] }
    let key = DraftKey(ticket: draft.ticket, slot: draft.slot)
    drafts[key] = draft
    if draft.ticket == open?.id, open?.composer == nil, draft.slot == .reply || draft.slot == .note {
      openComposer(draft.slot == .reply ? .reply : .note)
    }
    return [.saveDraft(draft)]
  }

  // MARK: - Undo

  mutating func undoLast() -> [DeskEffect] {
    guard let last = undo.popLast() else {
      say(key: "desk.reason.nothing-to-undo")
      return []
    }
    if let group = last.group {
      // The rest of it may still be on its way to the disk.
      for id in underWay.keys where underWay[id]?.group == group && underWay[id]?.isSaved == false {
        underWay[id]?.isUnwanted = true
      }
    }
    guard last.steps.count == 1, let step = last.steps.first else { return undoAll(last) }
    let label = words.text("desk.done.undone", ["what": last.label])
    if case .ticket(_, .claim) = step.action { return submit(step.action, kind: .claim) }
    let kind: UnderWay.Kind = if case .agent = step.action { .presence } else { .undo }
    if case .agent(_, .setPresence(let state, let reason, _)) = step.action {
      me.presence = Presence(state: state, since: now, reason: reason)
    }
    let effects = save(step.action, basedOn: step.basedOn, kind: kind, done: label)
    // A close that was taken back is work again: its ticket comes back on the screen.
    if case .ticket(let id, .reopen) = step.action { return effects + openTicket(id) }
    return effects
  }

  private mutating func undoAll(_ last: Undo) -> [DeskEffect] {
    let label = words.text(
      "desk.done.undone-many", ["what": last.label, "count": last.steps.count])
    var effects: [DeskEffect] = []
    for (index, step) in last.steps.enumerated() {
      effects += save(
        step.action, basedOn: step.basedOn, kind: .undo,
        done: index == last.steps.count - 1 ? label : nil)
    }
    return effects
  }

  /// The version that my own operations left behind, once it is known.
  mutating func rememberVersion(_ ticket: Ticket) {
    for index in undo.indices {
      for place in undo[index].steps.indices where undo[index].steps[place].basedOn == nil {
        guard case .ticket(let id, let action) = undo[index].steps[place].action, id == ticket.id else {
          continue
        }
        // Striking my own entry harms nobody, whatever else changed.
        if case .strike = action { continue }
        undo[index].steps[place].basedOn = ticket.version
      }
    }
  }

  // MARK: - Presence

  private mutating func startContact(_ id: TicketID) -> [DeskEffect] {
    guard me.presence.state != .onContact else { return [] }
    presenceBefore = me.presence
    return setPresence(.onContact, reason: nil, ticket: id)
  }

  private mutating func finishContact() -> [DeskEffect] {
    guard me.presence.state == .onContact else { return [] }
    let before = presenceBefore
    presenceBefore = nil
    if before?.state == .notReady { return setPresence(.notReady, reason: before?.reason, ticket: nil) }
    return setPresence(.ready, reason: nil, ticket: nil)
  }

  mutating func setPresence(_ state: Presence.State, reason: String?, ticket: TicketID?, done: String? = nil)
    -> [DeskEffect]
  {
    if me.presence.state != state || me.presence.reason != reason {
      me.presence = Presence(state: state, since: now, reason: reason)
    }
    return save(
      .agent(me.id, .setPresence(state, reason: reason, ticket: ticket)), kind: .presence, done: done)
  }
}
