import Domain

// An unfinished closing is kept, and found again as it was.
extension DeskModel {
  func restore(_ closing: inout ClosingForm, from kept: ClosingDraft) {
    closing.mode = closing.templates.isEmpty ? .blank : kept.mode
    if closing.mode == .assisted, !closing.canAssist {
      closing.mode = .template
      closing.waitsForReading = true
    }
    closing.arrange()
    closing.text.replaceAll(kept.text)
    closing.machineMark = MachineMark(kept.isMachineDrafted == true)
    closing.disposition = kept.disposition
    closing.choices = kept.choices
    closing.inputs = kept.inputs
    closing.selected = closing.templates.firstIndex { $0.id == kept.template } ?? 0
    closing.focus = closing.mode == .blank ? .text : .templates
    closing.draftText = DraftBody.encode(kept.withoutCost)
    // What it cost before it was left counts on.
    closing.keysAtOpening -= kept.cost?.keys ?? 0
    closing.charactersAtOpening -= kept.cost?.characters ?? 0
    closing.openedAt = Timestamp(milliseconds: now.milliseconds - (kept.cost?.milliseconds ?? 0))
  }

  func draftBody(_ closing: ClosingForm) -> ClosingDraft {
    ClosingDraft(
      template: closing.templates.indices.contains(closing.selected)
        ? closing.templates[closing.selected].id : nil,
      mode: closing.waitsForReading && closing.mode == .template ? .assisted : closing.mode,
      text: closing.text.text, disposition: closing.disposition, choices: closing.choices,
      inputs: closing.inputs, isMachineDrafted: closing.isMachineDrafted ? true : nil,
      target: closing.target == .closed ? nil : closing.target,
      cost: ClosingDraft.Cost(
        keys: keys - closing.keysAtOpening, characters: characters - closing.charactersAtOpening,
        milliseconds: max(0, now - closing.openedAt)))
  }

  mutating func keepClosingDraft() -> [DeskEffect] {
    guard let closing = open?.closing, let id = open?.id else { return [] }
    if case .stop(let index) = closing.focus, let editor = closing.editor, editor.text != closing.stored,
      closing.stops.indices.contains(index), case .field(let field) = closing.stops[index]
    {
      return keepFieldDraft(DraftBody.encode([field: editor.text]), ticket: id)
        + keepClosingTexts(closing, id)
    }
    return keepClosingTexts(closing, id)
  }

  /// What is being typed in a field of the form, wherever the line for it is.
  private mutating func keepFieldDraft(_ body: String, ticket: TicketID) -> [DeskEffect] {
    let key = DraftKey(ticket: ticket, slot: .form)
    guard drafts[key]?.body != body else { return [] }
    let draft = Draft(ticket: ticket, slot: .form, body: body, savedAt: now)
    drafts[key] = draft
    return [.saveDraft(draft)]
  }

  private mutating func keepClosingTexts(_ closing: ClosingForm, _ id: TicketID) -> [DeskEffect] {
    var draft = draftBody(closing)
    // What is being typed in a slot counts, too.
    if case .stop(let index) = closing.focus, let editor = closing.editor,
      closing.stops.indices.contains(index),
      case .input(let name) = closing.stops[index]
    {
      draft.inputs[name] = editor.text
    }
    guard !draft.text.isEmpty || !draft.inputs.isEmpty || !draft.choices.isEmpty || draft.disposition != nil
    else { return forgetClosingDraft(id) }
    let body = DraftBody.encode(draft.withoutCost)
    guard body != closing.draftText else { return [] }
    open?.closing?.draftText = body
    let kept = Draft(ticket: id, slot: .closing, body: DraftBody.encode(draft), savedAt: now)
    drafts[DraftKey(ticket: id, slot: .closing)] = kept
    return [.saveDraft(kept)]
  }

  /// What was deleted must not come back.
  private mutating func forgetClosingDraft(_ id: TicketID) -> [DeskEffect] {
    guard open?.closing?.draftText.isEmpty == false else { return [] }
    open?.closing?.draftText = ""
    let key = DraftKey(ticket: id, slot: .closing)
    drafts[key] = nil
    return [.deleteDraft(key)]
  }
}
