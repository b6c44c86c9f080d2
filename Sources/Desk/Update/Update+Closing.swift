import Assist
import Domain

extension DeskModel {
  mutating func startClosing(_ target: Ticket.State) -> [DeskEffect] {
    guard let detail = open?.detail else { return [] }
    focus = .ticket
    if open?.closing != nil {
      open?.closing?.target = target
      return []
    }
    var effects = leaveField()
    if open?.composer != nil { effects += leaveComposer() }
    open?.form.isFocused = false
    var closing = ClosingForm(
      target: target, templates: detail.templates.ranked(for: detail.ticket.category),
      ranked: open?.reading?.closings ?? [], openedAt: now, keysAtOpening: keys,
      charactersAtOpening: characters)
    if let draft = drafts[DraftKey(ticket: detail.ticket.id, slot: .closing)],
      let kept = DraftBody.decode(draft.body, as: ClosingDraft.self)
    {
      restore(&closing, from: kept)
    }
    open?.closing = closing
    refreshClosing(resettingStops: true)
    return effects
  }

  /// A reading that came while the form was open.
  mutating func closingRead(_ reading: TicketReading) {
    guard var closing = open?.closing else { return }
    var stop: ClosingForm.Stop?
    if case .stop(let index) = closing.focus, closing.stops.indices.contains(index) {
      stop = closing.stops[index]
    }
    let isOther = closing.take(reading.closings)
    open?.closing = closing
    refreshClosing()
    // More is asked for now, or in another order: whoever types goes on where they were.
    guard isOther, let stop else { return }
    guard let place = open?.closing?.stops.firstIndex(of: stop) else {
      open?.closing?.focus = .templates
      open?.closing?.editor = nil
      return
    }
    open?.closing?.focus = .stop(place)
  }

  /// 1.0: by hand, and back again; neither text is lost.
  mutating func writeByHand() -> [DeskEffect] {
    guard let closing = open?.closing else { return [] }
    let isBlank = closing.mode == .blank
    guard !isBlank || !closing.templates.isEmpty else { return [] }
    return setMode(isBlank ? closing.usualMode : .blank)
  }

  /// 2.0: the template as it is, and back to what the desk filled.
  mutating func switchTemplateMode() -> [DeskEffect] {
    guard var closing = open?.closing, !closing.templates.isEmpty else { return [] }
    // A reading that came after the form was opened.
    if !closing.canAssist, let ranked = open?.reading?.closings {
      closing.ranked = ranked
      open?.closing?.ranked = ranked
    }
    return setMode(closing.mode == .template && closing.canAssist ? .assisted : .template)
  }

  private mutating func setMode(_ mode: Closing.Mode) -> [DeskEffect] {
    guard let effects = commitStop() else { return [] }
    open?.closing?.waitsForReading = false
    open?.closing?.mode = mode
    open?.closing?.arrange()
    open?.closing?.focus = mode == .blank ? .text : .templates
    open?.closing?.editor = nil
    open?.closing?.previewTop = 0
    refreshClosing(resettingStops: true)
    return effects
  }

  // MARK: - The end

  mutating func confirmClosing() -> [DeskEffect] {
    guard var effects = commitStop() else { return [] }
    guard let closing = open?.closing, let ticket = open?.ticket else { return effects }
    if closing.isBroken {
      say(key: "desk.closing.broken", .danger)
      return effects
    }
    let text = closing.filled.text
    if let first = closing.stops.firstIndex(where: { !isResolved($0) }) {
      say(
        words.text(
          "desk.closing.stopped", ["count": missingStops.count, "name": stopName(closing.stops[first])]),
        .warning, about: .place(nil))
      return effects + focusStop(first)
    }
    guard closing.filled.isComplete, text.contains(where: { !$0.isWhitespace }),
      let disposition = closing.shownDisposition
    else {
      say(key: "desk.closing.no-text", .warning, about: .place(nil))
      return effects
    }
    if text.utf8.count > Self.checkedWithEveryKey { checkClosing(whole: true) }
    if let fatal = open?.closing?.quality.first(where: { $0.severity == .fatal }) {
      say(
        words.text("desk.closing.fatal", ["why": sentence(fatal)]), .danger, seconds: 12,
        about: .place(nil))
      return effects
    }
    if closing.refusesOpenSteps, !closing.openSteps.isEmpty {
      say(
        words.text("desk.closing.steps-refused", ["steps": stepNames(closing), "key": stepKey]), .danger,
        seconds: 12, about: .place(nil))
      return effects
    }
    // A field was just saved: the version to close is the one that it leaves behind.
    if open?.isStale == true {
      open?.closing?.closesWhenFresh = true
      return effects
    }
    let ending = ending(closing, ticket, disposition)
    let key = DraftKey(ticket: ticket.id, slot: .closing)
    let draft = Draft(
      ticket: ticket.id, slot: .closing, body: DraftBody.encode(draftBody(closing)), savedAt: now,
      isMachineDrafted: closing.mode == .blank && closing.isMachineDrafted)
    let name = words.text(closing.target == .solved ? "action.solve" : "action.close")
    let reason = words.text("desk.undo-reason")
    let said = recordClosedUses(on: ticket.id)
    open?.closing = nil
    closedAt = now
    // A text that was written by hand and then put aside for a template is still somebody's work.
    let isPutAside = closing.mode != .blank && !closing.text.text.trimmed.isEmpty
    if isPutAside {
      drafts[key] = draft
      effects.append(.saveDraft(draft))
    }
    return effects + said.effects
      + save(
        .ticket(ticket.id, ending.action), basedOn: ticket.version,
        done: words.text(
          closing.target == .solved ? "desk.done.solved" : "desk.done.closed",
          [
            "number": ticket.number ?? "", "keys": ending.closing.keys ?? 0,
            "seconds": seconds(ending.closing.milliseconds),
          ]),
        draft: draft, clearing: isPutAside ? nil : key, used: said.uses,
        undo: { _ in (name, .ticket(ticket.id, ending.undo(reason: reason))) })
  }

  /// The steps are ticked above the closing, which keeps what was chosen.
  private var stepKey: String { actions.shortKey(.closingSteps)?.description ?? "" }

  private func stepNames(_ closing: ClosingForm) -> String {
    words.catalogue.list(closing.openSteps.map { $0[language] })
  }

  /// What the closing says of the procedure; nil where nothing is open.
  func stepNotice(_ closing: ClosingForm) -> String? {
    closing.openSteps.isEmpty
      ? nil : words.text("desk.closing.steps-open", ["steps": stepNames(closing), "key": stepKey])
  }

  private func seconds(_ milliseconds: Int64?) -> String {
    let tenths = ((milliseconds ?? 0) + 50) / 100
    return "\(tenths / 10).\(tenths % 10)"
  }

  mutating func leaveClosing() -> [DeskEffect] {
    let effects = keepDrafts(now: true)
    open?.closing = nil
    return effects
  }
}
