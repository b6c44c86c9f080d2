import Domain
import Terminal

// What is saved, how it is answered, and how it is taken back.
extension DeskModel {
  mutating func operation(
    _ action: Action, basedOn: Int64? = nil, isMachineDrafted: Bool = false
  ) -> Operation {
    Operation(
      id: nextIdentifier(), actor: me.id, at: now, basedOn: basedOn, action: action,
      isMachineDrafted: isMachineDrafted)
  }

  /// - Parameters:
  ///   - done: what is said once it is durable.
  ///   - undo: the compensating operation, from the saved one.
  ///   - leaving: the reply among several changes, which can be taken back for ten seconds only.
  ///   - then: what has to follow the compensating operation.
  ///   - draft: what was typed, and whether a machine began it; it comes back when it cannot be saved.
  ///   - group: the action on many tickets that it is part of.
  ///   - used: what was said of articles with it; it is taken back with it.
  mutating func save(
    _ action: Action, basedOn: Int64? = nil, kind: UnderWay.Kind = .save, done: String? = nil,
    draft: Draft? = nil, clearing: DraftKey? = nil, group: Int? = nil,
    used: [ArticleUse] = [], undo: ((Operation) -> (String, Action)?)? = nil,
    leaving: ((Operation) -> EntryID)? = nil, then next: [Action] = []
  ) -> [DeskEffect] {
    let operation = operation(action, basedOn: basedOn, isMachineDrafted: draft?.isMachineDrafted == true)
    let compensation = undo?(operation)
    var number: String?
    if case .ticket(let id, _) = action { number = knownNumber(of: id) }
    var way = compensation.map {
      Undo(label: $0.0, actions: [$0.1] + next, operation: operation.id, group: group, number: number)
    }
    if way?.steps.isEmpty == false { way?.steps[0].used = used }
    underWay[operation.id] = UnderWay(
      kind: kind, operation: operation, since: now, done: done, undo: way, group: group,
      isFinal: kind == .save && compensation == nil && !action.isOnlyReading, draft: draft)
    if let leaving {
      underWay[operation.id]?.undo?.reply = Undo.Reply(
        entry: leaving(operation), leavesAt: now.advanced(seconds: TimelineEntry.replyDelaySeconds))
    }
    if case .ticket(let id, _) = action {
      changedByMe.insert(id)
      if id == open?.id { open?.isStale = true }
    }
    if let clearing { drafts[clearing] = nil }
    return [.save(operation, clearing: clearing)]
  }

  mutating func submit(
    _ action: Action, kind: UnderWay.Kind, basedOn: Int64? = nil, done: String? = nil
  ) -> [DeskEffect] {
    let operation = operation(action, basedOn: basedOn)
    underWay[operation.id] = UnderWay(kind: kind, operation: operation, since: now, done: done)
    if case .ticket(let id, _) = action { changedByMe.insert(id) }
    return [.submit(operation)]
  }

  // MARK: - Numbers

  /// The number of a ticket that is shown somewhere.
  func knownNumber(of id: TicketID) -> String? {
    if id == open?.id, let number = open?.ticket?.number { return number }
    if let row = queue.rows.first(where: { $0.id == id }) { return row.number }
    return customer?.profile?.visits.first { $0.id == id }?.number
  }

  /// `#2611-0417`; `#—` where it is not known.
  func numberText(of id: TicketID) -> String { "#\(knownNumber(of: id) ?? "—")" }

  // MARK: - Answers

  mutating func saved(_ id: OperationID) -> [DeskEffect] {
    guard var item = underWay[id], !item.isSaved else { return [] }
    guard item.kind != .claim, item.kind != .claimNext else { return [] }
    item.isSaved = true
    item.draft = nil
    underWay[id] = item
    if let undo = item.undo {
      if item.isUnwanted {
        return undo.steps.flatMap {
          save($0.action, basedOn: $0.basedOn, kind: .undo) + takeBack($0.used, on: $0.action.ticket)
        } + reloadShown()
      }
      remember(undo)
    } else if item.isFinal, item.group == nil || undo.last?.group != item.group {
      // What cannot be undone must not lead to something older being undone in its place.
      let label = item.done ?? operationName(item.operation.action)
      undo = [Undo(finalOperation: id, label: label, group: item.group)]
    }
    if let done = item.done {
      let canUndo =
        item.undo != nil
        || item.group != nil && undo.last?.group == item.group && undo.last?.finalOperation == nil
      say(canUndo ? "\(done) · \(undoHint)" : done, .success, about: canUndo ? .undo(id) : .always)
    }
    if item.kind == .presence || item.kind == .silent { return [.loadCounts] }
    // Read before it is on the disk, the list would bring back what was just decided, as news.
    let raised: [DeskEffect] = item.operation.action.settlesRaised && me.leads ? [.loadRaised] : []
    return reloadShown() + afterSaving(item) + raised
  }

  private mutating func remember(_ new: Undo) {
    if let group = new.group,
      let index = undo.lastIndex(where: { $0.group == group && $0.finalOperation == nil })
    {
      undo[index].steps += new.steps
      return
    }
    undo.append(new)
    if undo.count > 50 { undo.removeFirst() }
  }

  /// What the store refused has nothing to undo; the rest of an action on many tickets has.
  mutating func forgetUndo(of operation: OperationID) {
    for index in undo.indices { undo[index].steps.removeAll { $0.operation == operation } }
    undo.removeAll {
      $0.steps.isEmpty && $0.discarded == nil && ($0.finalOperation == nil || $0.finalOperation == operation)
    }
  }

  var undoHint: String {
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
    case _ where action.ends:
      guard open?.id == id else { return [] }
      if me.presence.state == .onContact, undo.last?.steps.first?.operation == item.operation.id {
        undo[undo.count - 1].endedContact = true
      }
      return closeTicketPane() + finishContact()
    case .release, .transfer:
      forgetRequest(id)
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
    if item.isRequested { return requestDecided(item, outcome) }
    switch outcome {
    case .accepted: return accepted(item)
    case .refused(let refusal): return refused(item, refusal)
    }
  }

  /// A claim that waits for the store to come back. It is mine only with the answer, and nobody is surprised by it then; until
  /// then the ticket is open to be read, because the list has it no more.
  mutating func requested(_ id: OperationID, _ sentence: String) -> [DeskEffect] {
    guard let item = underWay[id], case .ticket(let ticket, _) = item.operation.action else {
      return failed(nil, sentence)
    }
    underWay[id]?.isRequested = true
    claimNext = nil
    waitingReply = nil
    say(
      words.text("desk.notice.requested", ["number": numberText(of: ticket), "why": sentence]), .warning,
      seconds: 12)
    guard mayOpen(ticket) else {
      waitingContact = ticket
      return reloadShown()
    }
    return openTicket(ticket) + reloadShown()
  }

  /// What is open on top is about the ticket under it, and what is being typed there must not land in another one.
  private func mayOpen(_ ticket: TicketID) -> Bool { overlays.isEmpty || open == nil || open?.id == ticket }

  /// Claims of mine that the store has not answered, as the disk has them after a restart.
  mutating func requestsFound(_ claims: [Operation]) -> [DeskEffect] {
    for claim in claims where underWay[claim.id] == nil {
      guard case .ticket(_, .claim) = claim.action else { continue }
      underWay[claim.id] = UnderWay(kind: .claim, operation: claim, since: claim.at, isRequested: true)
    }
    redrawRows()
    return []
  }

  /// Whether a claim waits for a store that is away: more of them would come down on me all at once.
  var hasRequestedClaim: Bool { sync.offlineSince != nil && underWay.values.contains { $0.isRequested } }

  /// Whether the ticket is mine on this desk alone: the store has not said yes.
  func isRequested(_ ticket: TicketID) -> Bool {
    underWay.values.contains { item in
      guard item.isRequested, case .ticket(ticket, _) = item.operation.action else { return false }
      return true
    }
  }

  /// Giving back what was only requested takes the request back.
  private mutating func forgetRequest(_ ticket: TicketID) {
    for (id, item) in underWay where item.isRequested {
      if case .ticket(ticket, _) = item.operation.action { underWay[id] = nil }
    }
  }

  private mutating func requestDecided(_ item: UnderWay, _ outcome: Outcome) -> [DeskEffect] {
    let number = if case .ticket(let id, _) = item.operation.action { numberText(of: id) } else { "" }
    switch outcome {
    case .accepted:
      say(words.text("desk.done.requested", ["number": number]), .success, seconds: 20)
      if case .ticket(let id, _) = item.operation.action, open?.id == id {
        return startContact(id) + reloadShown() + [.loadNotSent]
      }
    case .refused(let refusal):
      let why = words.catalogue.sentence(for: refusal, directory: directory)
      say(words.text("desk.notice.request-refused", ["number": number, "why": why]), .warning, seconds: 20)
    }
    return reloadShown() + [.loadNotSent]
  }

  private mutating func accepted(_ item: UnderWay) -> [DeskEffect] {
    switch item.kind {
    case .claim, .claimNext:
      guard case .ticket(let id, _) = item.operation.action else { return [] }
      claimNext = nil
      undo.append(
        Undo(
          label: words.text("action.claim"), actions: [.ticket(id, .release)], operation: item.operation.id,
          number: knownNumber(of: id)))
      say(
        "\(item.done ?? words.text("desk.done.claimed")) · \(undoHint)", .success,
        about: .undo(item.operation.id))
      let shown: [DeskEffect] = open?.id == id ? [.loadTicket(id, entries: open?.entryLimit ?? 0)] : []
      guard mayOpen(id) else {
        waitingContact = id
        return startContact(id) + queue.refresh() + [.loadCounts]
      }
      return openTicket(id) + shown + replyAfterClaim(id) + startContact(id) + queue.refresh() + [.loadCounts]
    default: return item.isSaved ? [] : reloadShown()
    }
  }

  mutating func openWaitingContact() -> [DeskEffect] {
    guard overlays.isEmpty, let id = waitingContact else { return [] }
    waitingContact = nil
    return openTicket(id) + replyAfterClaim(id)
  }

  private mutating func refused(_ item: UnderWay, _ refusal: Refusal) -> [DeskEffect] {
    let sentence = words.catalogue.sentence(for: refusal, directory: directory)
    switch item.kind {
    case .claimNext:
      if let next = nextCandidate() { return next }
      say(sentence, .warning)
      return reloadShown()
    case .claim:
      waitingReply = nil
      say(sentence, .warning)
      return reloadShown()
    default:
      // A ticket for a customer who could not be made is refused after the customer was: the first reason counts.
      if refusal != .customerMissing || notice?.kind != .danger { say(sentence, .danger, seconds: 12) }
      forgetUndo(of: item.operation.id)
      open?.closing?.closesWhenFresh = false
      let said = item.undo?.steps.flatMap { takeBack($0.used, on: $0.action.ticket) } ?? []
      return said + putBack(item) + reloadShown() + [.loadNotSent]
    }
  }

  mutating func failed(_ id: OperationID?, _ sentence: String) -> [DeskEffect] {
    say(sentence, .danger, seconds: 12)
    guard let id, let item = underWay.removeValue(forKey: id) else { return [] }
    claimNext = nil
    waitingReply = nil
    open?.isStale = false
    open?.closing?.closesWhenFresh = false
    // Nothing could be said of them either.
    for step in item.undo?.steps ?? [] {
      if let ticket = step.action.ticket { for use in step.used { usedArticles.add(use, on: ticket) } }
    }
    return putBack(item)
  }

  /// What was typed returns to where it was typed, and is a draft again.
  private mutating func putBack(_ item: UnderWay) -> [DeskEffect] {
    guard !item.isSaved, var draft = item.draft else { return [] }
    let key = DraftKey(ticket: draft.ticket, slot: draft.slot)
    // What is written there meanwhile comes behind it.
    if draft.slot == .reply || draft.slot == .note, let id = draft.ticket, open?.id == id,
      open?.composer?.slot == draft.slot
    {
      return restore(draft)
    }
    if draft.slot == .reply || draft.slot == .note, let since = drafts[key] { draft.add(since) }
    drafts[key] = draft
    if case .ticket(let id, .create) = item.operation.action, draft.slot == .newTicket {
      // There is no such ticket: its dialog again, with all that was typed.
      let effects = open?.id == id ? closeTicketPane() : []
      startNewTicket()
      return effects + [.saveDraft(draft)]
    }
    if draft.ticket == open?.id, open?.composer == nil, draft.slot == .reply || draft.slot == .note {
      openComposer(draft.slot == .reply ? .reply : .note)
    }
    return [.saveDraft(draft)]
  }

  // MARK: - Undo

  /// What an operation is called in a sentence.
  func operationName(_ action: Action) -> String {
    switch action {
    case .ticket(_, let action): words.text("operation.\(action.name)")
    case .customer(_, let action): words.text("operation.customer.\(action.name)")
    case .bill(_, let action): words.text("operation.bill.\(action.name)")
    case .agent(_, .setPresence): words.text("action.presence")
    case .agent: words.text("operation.people")
    case .configuration: words.text("operation.configuration")
    case .missedSearch, .articleUse: words.text("action.knowledge")
    case .export: words.text("operation.export")
    }
  }

  mutating func undoLast() -> [DeskEffect] {
    guard let last = undo.last else {
      say(key: "desk.reason.nothing-to-undo")
      return []
    }
    if last.finalOperation != nil {
      say(words.text("desk.reason.cannot-undo", ["what": last.label]), .warning)
      return []
    }
    guard let last = last.withoutReply(at: now) else {
      // As with a reply by hand: what has left is not passed over for something older.
      say(words.text("desk.undo.reply-left", ["what": last.label]), .warning, seconds: 12)
      return []
    }
    undo.removeLast()
    if let draft = last.discarded {
      let effects = restore(draft)
      say(undone(last), .success)
      return effects
    }
    if let group = last.group {
      // The rest of it may still be on its way to the disk.
      for id in underWay.keys where underWay[id]?.group == group && underWay[id]?.isSaved == false {
        underWay[id]?.isUnwanted = true
      }
    }
    guard last.steps.count == 1, let step = last.steps.first else { return undoAll(last) }
    let label = undone(last)
    if case .ticket(_, .claim) = step.action { return submit(step.action, kind: .claim, done: label) }
    let kind: UnderWay.Kind = if case .agent = step.action { .presence } else { .undo }
    if case .agent(_, .setPresence(let state, let reason, _)) = step.action {
      me.presence = Presence(state: state, since: now, reason: reason)
    }
    let effects =
      save(step.action, basedOn: base(of: step), kind: kind, done: label)
      + takeBack(step.used, on: step.action.ticket)
    // A close that was taken back is work again: its ticket comes back on the screen.
    if case .ticket(let id, let action) = step.action, action.reopens {
      return effects + openTicket(id) + (last.endedContact ? startContact(id) : [])
    }
    return effects
  }

  /// The sentence of an undo, with the ticket that it happened to.
  private func undone(_ last: Undo) -> String {
    let text = undoneText(last)
    return last.hasReplyLeft ? words.text("desk.undo.reply-stays", ["done": text]) : text
  }

  private func undoneText(_ last: Undo) -> String {
    guard let number = last.number else { return words.text("desk.done.undone", ["what": last.label]) }
    return words.text("desk.done.undone-on", ["what": last.label, "number": "#\(number)"])
  }

  /// What the compensating operation is based on. While a later operation of mine has not been read back, the version is
  /// not known and nobody but me could be refused by it.
  private func base(of step: Undo.Step) -> Int64? {
    guard case .ticket(let id, _) = step.action, !changedByMe.contains(id) else {
      return step.basedOn == 0 ? 0 : nil
    }
    return step.basedOn
  }

  /// Text that was thrown away is a draft again, before whatever was typed there since.
  private mutating func restore(_ discarded: Draft) -> [DeskEffect] {
    guard let id = discarded.ticket else { return [] }
    var draft = discarded
    let key = DraftKey(ticket: id, slot: draft.slot)
    let isOpen = open?.id == id && open?.composer?.slot == draft.slot
    if isOpen, var composer = open?.composer { remember(&composer, ticket: id) }
    if let since = drafts[key] { draft.add(since) }
    draft.savedAt = now
    drafts[key] = draft
    let effects = openTicket(id)
    if isOpen { open?.composer = nil }
    openComposer(draft.slot == .reply ? .reply : .note)
    return effects + [.saveDraft(draft)]
  }

  private mutating func undoAll(_ last: Undo) -> [DeskEffect] {
    let things = Set(last.steps.map(\.action.aggregate))
    let label =
      things.count == 1
      ? undone(last) : words.text("desk.done.undone-many", ["what": last.label, "count": things.count])
    var effects: [DeskEffect] = []
    var seen: Set<AggregateID> = []
    for (index, step) in last.steps.enumerated() {
      let isFirst = seen.insert(step.action.aggregate).inserted
      effects += save(
        step.action, basedOn: isFirst ? base(of: step) : nil, kind: .undo,
        done: index == last.steps.count - 1 ? label : nil)
      effects += takeBack(step.used, on: step.action.ticket)
    }
    return effects
  }

  /// The version that my own operations left behind, once it is known: the newest one, as long as nobody else changed the
  /// ticket after the operation that would be undone.
  mutating func rememberVersion(_ detail: TicketDetail) {
    let ticket = detail.ticket
    let isSettled = !underWay.values.contains { item in
      guard case .ticket(ticket.id, _) = item.operation.action else { return false }
      return !item.isSaved
    }
    guard isSettled else { return }
    changedByMe.remove(ticket.id)
    let entries = detail.entries.filter { $0.ticket == ticket.id }
    for index in undo.indices {
      for place in undo[index].steps.indices {
        let step = undo[index].steps[place]
        guard case .ticket(ticket.id, let action) = step.action, !action.harmsNobody else { continue }
        guard let mine = entries.lastIndex(where: { $0.id.text.hasPrefix("\(step.operation)-") }) else {
          if step.basedOn == nil { undo[index].steps[place].basedOn = ticket.version }
          continue
        }
        let isOthers = entries[(mine + 1)...].contains { $0.author != .agent(me.id) && $0.changesVersion }
        // Versions begin at 1: this one is always refused.
        undo[index].steps[place].basedOn = isOthers ? 0 : ticket.version
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

extension Action {
  /// The ticket that it changes.
  fileprivate var ticket: TicketID? {
    if case .ticket(let id, _) = self { id } else { nil }
  }

  /// Whether it changes nothing that a person would want back.
  fileprivate var isOnlyReading: Bool {
    if case .ticket(_, .markRead) = self { true } else { false }
  }
}

extension TicketAction {
  /// Whether a ticket is done afterwards.
  fileprivate var ends: Bool {
    switch self {
    case .close, .solve: true
    case .together(let actions): actions.contains(where: \.ends)
    default: false
    }
  }

  fileprivate var reopens: Bool {
    switch self {
    case .reopen: true
    case .together(let actions): actions.contains(where: \.reopens)
    default: false
    }
  }

  /// Whether it takes back a thing of its own, whatever else changed on the ticket.
  fileprivate var harmsNobody: Bool {
    switch self {
    case .strike, .addTag, .removeTag, .setReminder, .link, .unlink, .setStep, .skipStep: true
    default: false
    }
  }
}

extension TimelineEntry {
  /// Whether the change that it records raised the version of its ticket.
  fileprivate var changesVersion: Bool {
    switch kind {
    case .note, .reply, .coaching, .attached, .linked, .unlinked, .reminderSet, .reminded, .raised, .attended,
      .stepChanged, .refund, .verification, .stepSkipped:
      false
    default: true
    }
  }
}

extension Draft {
  /// Puts a later text of the same place behind this one.
  fileprivate mutating func add(_ since: Draft) {
    guard !since.body.isEmpty, since.body != body else { return }
    body += "\n" + since.body
    if since.isMachineDrafted { isMachineDrafted = true }
  }
}

extension Action {
  /// Whether something may wait for a lead no longer, or again.
  fileprivate var settlesRaised: Bool {
    switch self {
    case .ticket(_, .attend), .ticket(_, .unattend), .bill: true
    default: false
    }
  }
}
