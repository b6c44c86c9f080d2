import Assist
import Domain
import Terminal

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
    open?.closing = closing
    refreshClosing(resettingStops: true)
    return effects
  }

  // MARK: - What is missing

  /// Fills the text again and finds what it still needs.
  mutating func refreshClosing(resettingStops: Bool = false) {
    guard let detail = open?.detail, var closing = open?.closing else { return }
    var needed: [ClosingForm.Stop] = []
    let fields = detail.zone?.fields ?? []
    var fieldIDs = Set(fields.filter(\.isRequired).map(\.id))
    var others: [ClosingForm.Stop] = []
    closing.isBroken = false
    if let template = closing.template {
      do {
        let filling = try TemplateFilling(template, language: detail.ticket.language)
        let values = closingValues(closing, template, detail)
        let text = filling.fill(values) { slotName($0, template, detail.zone) }
        closing.filled = text
        for name in filling.slots {
          if let id = name.suffix(after: "fields."), fields.contains(where: { $0.id == id }) {
            fieldIDs.insert(id)
          } else if let id = name.suffix(after: "choice."), template.choices.contains(where: { $0.id == id })
          {
            others.append(.choice(id))
          } else if (values[name] ?? "").isEmpty || closing.inputs[name] != nil {
            others.append(.input(name))
          }
        }
      } catch {
        closing.isBroken = true
        closing.filled = FilledTemplate(text: "", slots: [])
      }
    } else {
      closing.filled = FilledTemplate(text: closing.text.text, slots: [])
      others.append(.disposition)
    }
    // A bill line answers several fields at once, so it is asked for first.
    let ordered = fields.filter { fieldIDs.contains($0.id) }
    needed += ordered.filter { $0.kind == .billLine }.map { .field($0.id) }
    needed += ordered.filter { $0.kind != .billLine }.map { .field($0.id) }
    needed += others
    let known = resettingStops ? [] : Set(closing.stops)
    open?.closing = closing
    // What the desk filled is listed as well: it can be looked at and replaced.
    let stops = needed.filter { known.contains($0) || !isResolved($0) || isProposed($0) }
    open?.closing?.stops = stops
    refreshRecord()
    if case .stop(let index) = closing.focus, index >= stops.count {
      open?.closing?.focus = closing.mode == .blank ? .text : .templates
      open?.closing?.editor = nil
    }
    open?.closing?.previewKey = nil
  }

  func closingValues(_ closing: ClosingForm, _ template: ClosingTemplate, _ detail: TicketDetail) -> [String:
    String]
  {
    let language = detail.ticket.language
    let disposition = closing.disposition ?? template.disposition
    let ticket = asProposed(detail.ticket, closing)
    let path =
      ticket.category == detail.ticket.category
      ? detail.categoryPath : ticket.category.map { directory.path(of: $0) } ?? []
    var values = TemplateValues.of(
      ticket, customer: detail.customer, clearName: detail.clearName, zone: detail.zone,
      categoryName: path.last?.name[language] ?? "", agent: me,
      teamName: me.team.flatMap { directory.team($0)?.name[language] } ?? "",
      dispositionName: detail.zone?.dispositions.first { $0.id == disposition }?.name[language] ?? "",
      clock: clock, now: now, language: language)
    for choice in template.choices {
      if let index = closing.chosen(choice.id), choice.options.indices.contains(index) {
        values["choice.\(choice.id)"] = choice.options[index][language]
      }
    }
    for (name, value) in closing.inputs where !value.isEmpty { values[name] = value }
    return values
  }

  /// What a person calls a slot.
  func slotName(_ slot: String, _ template: ClosingTemplate?, _ zone: Zone?) -> String {
    if let id = slot.suffix(after: "fields.") { return zone?.field(id)?.name[language] ?? id }
    if let id = slot.suffix(after: "choice.") {
      return template?.choices.first { $0.id == id }?.name[language] ?? id
    }
    if let id = slot.suffix(after: "input.") { return id }
    let key = "slot.\(slot)"
    return words.has(key) ? words.text(key) : slot
  }

  func isResolved(_ stop: ClosingForm.Stop) -> Bool {
    guard let closing = open?.closing else { return false }
    switch stop {
    case .field(let id): return !valueAsProposed(id, closing).isEmpty
    case .choice(let id): return closing.chosen(id) != nil
    case .input(let name): return !(closing.inputs[name] ?? "").trimmed.isEmpty
    case .disposition: return closing.shownDisposition != nil
    }
  }

  func stopName(_ stop: ClosingForm.Stop) -> String {
    switch stop {
    case .field(let id): slotName("fields.\(id)", nil, open?.detail?.zone)
    case .choice(let id): slotName("choice.\(id)", open?.closing?.template, nil)
    case .input(let name): slotName(name, nil, nil)
    case .disposition: words.text("desk.closing.disposition")
    }
  }

  func stopValue(_ stop: ClosingForm.Stop) -> String {
    guard let closing = open?.closing, let detail = open?.detail else { return "" }
    switch stop {
    case .field(let id):
      let value = valueAsProposed(id, closing)
      guard let field = detail.zone?.field(id) else { return value }
      return field.kind == .phone ? Masking.phone(value) : field.shown(value, in: language)
    case .choice(let id):
      guard let choice = closing.template?.choices.first(where: { $0.id == id }),
        let index = closing.chosen(id), choice.options.indices.contains(index)
      else { return "" }
      return choice.options[index][language]
    case .input(let name): return closing.inputs[name] ?? ""
    case .disposition:
      return closing.shownDisposition.map { id in
        detail.zone?.dispositions.first { $0.id == id }?.name[language] ?? id
      } ?? ""
    }
  }

  // MARK: - Keys

  mutating func pressInClosing(_ key: Key) -> [DeskEffect]? {
    guard let closing = open?.closing else { return nil }
    if key.code == .tab { return nextMissing(orFilled: true) }
    switch closing.focus {
    case .templates: return pressInTemplates(key)
    case .text:
      var isTaken = false
      changeClosingText { isTaken = $0.handle(key) }
      return isTaken ? [] : nil
    case .stop(let index): return pressInStop(key, index)
    }
  }

  /// The only way into the text that is written by hand: what is checked and sent is always what stands there.
  mutating func changeClosingText(_ change: (inout TextEditor) -> Void) {
    guard var text = open?.closing?.text else { return }
    change(&text)
    open?.closing?.text = text
    open?.closing?.machineMark.follow(text)
    open?.closing?.closesWhenFresh = false
    refreshClosing()
  }

  private mutating func pressInTemplates(_ key: Key) -> [DeskEffect]? {
    guard let closing = open?.closing else { return nil }
    switch key.code {
    case .up: selectTemplate(closing.selected - 1)
    case .backTab where !closing.stops.isEmpty:
      return focusStop(closing.stops.count - 1, opening: false)
    case .down:
      if closing.selected == closing.templates.count - 1, !closing.stops.isEmpty { return focusStop(0) }
      selectTemplate(closing.selected + 1)
    case .enter: return missingStops.isEmpty ? confirmClosing() : nextMissing()
    case .pageUp: open?.closing?.previewTop = max(0, closing.previewTop - 5)
    case .pageDown: open?.closing?.previewTop = min(max(0, closing.preview.count - 1), closing.previewTop + 5)
    case .character(let character):
      let plain = ActionRegistry.unfolded(key)
      guard plain.modifiers.isEmpty, let digit = character.wholeNumberValue else { return nil }
      if digit == 0 { return writeByHand() }
      guard closing.templates.indices.contains(digit - 1) else { return [] }
      selectTemplate(digit - 1)
    default: return nil
    }
    return []
  }

  mutating func selectTemplate(_ index: Int) {
    guard let closing = open?.closing, closing.templates.indices.contains(index) else { return }
    open?.closing?.selected = index
    open?.closing?.disposition = nil
    open?.closing?.previewTop = 0
    refreshClosing(resettingStops: true)
  }

  private mutating func pressInStop(_ key: Key, _ index: Int) -> [DeskEffect]? {
    guard let closing = open?.closing, closing.stops.indices.contains(index) else { return nil }
    switch key.code {
    case .enter:
      guard closing.editor != nil else { return focusStop(index) }
      guard let effects = commitStop() else { return [] }
      return effects + nextMissing()
    case .backTab, .up:
      guard let effects = commitStop() else { return [] }
      return effects + (index == 0 ? focusTemplates() : focusStop(index - 1, opening: false))
    case .down:
      guard let effects = commitStop() else { return [] }
      return effects + (index + 1 < closing.stops.count ? focusStop(index + 1, opening: false) : [])
    default:
      if var editor = closing.editor {
        guard editor.handle(key) else { return nil }
        open?.closing?.editor = editor
        open?.closing?.problem = nil
        return []
      }
      if case .character = key.code, !key.modifiers.contains(.control), !key.modifiers.contains(.alt) {
        return focusStop(index) + press(key)
      }
      return nil
    }
  }

  mutating func insertIntoClosing(_ text: String) -> [DeskEffect] {
    if open?.closing?.focus == .text {
      changeClosingText { $0.insert(text) }
      return []
    }
    var effects: [DeskEffect] = []
    if case .stop(let index) = open?.closing?.focus, open?.closing?.editor == nil {
      effects = focusStop(index)
    }
    guard open?.closing?.editor != nil else {
      if overlays.isEmpty { say(key: "desk.notice.nowhere-to-paste", .warning) }
      return effects
    }
    open?.closing?.editor?.insert(text)
    return effects
  }

  var missingStops: [ClosingForm.Stop] { open?.closing?.stops.filter { !isResolved($0) } ?? [] }

  /// Tab: only what is missing, and round again; nothing missing leads back to where it is closed.
  ///
  /// - Parameter orFilled: where nothing is missing any more, it goes round what the desk filled.
  mutating func nextMissing(orFilled: Bool = false) -> [DeskEffect] {
    guard let effects = commitStop(), let closing = open?.closing else { return [] }
    let start: Int
    if case .stop(let index) = closing.focus { start = index + 1 } else { start = 0 }
    let order = closing.stops.indices.map { ($0 + start) % closing.stops.count }
    if let next = order.first(where: { !isResolved(closing.stops[$0]) }) { return effects + focusStop(next) }
    if orFilled, closing.mode == .assisted, start < closing.stops.count {
      return effects + focusStop(start, opening: false)
    }
    return effects + focusTemplates()
  }

  private mutating func focusTemplates() -> [DeskEffect] {
    let isBlank = open?.closing?.mode == .blank
    open?.closing?.focus = isBlank ? .text : .templates
    open?.closing?.editor = nil
    open?.closing?.problem = nil
    return []
  }

  /// - Parameter opening: whether a list opens at once, as when Tab leads there.
  mutating func focusStop(_ index: Int, opening: Bool = true) -> [DeskEffect] {
    guard let closing = open?.closing, closing.stops.indices.contains(index) else { return [] }
    let stop = closing.stops[index]
    open?.closing?.focus = .stop(index)
    open?.closing?.problem = nil
    open?.closing?.editor = nil
    if let picker = picker(for: stop) {
      if opening { overlays.append(.picker(picker)) }
      return []
    }
    guard case .field(let id) = stop else {
      let value = stopValue(stop)
      open?.closing?.editor = TextEditor(value)
      open?.closing?.stored = value
      return []
    }
    let stored = stopField(id)
    let draft = drafts[DraftKey(ticket: open?.id, slot: .form)].flatMap { DraftBody.decode($0.body)[id] }
    open?.closing?.editor = TextEditor(draft ?? stored)
    open?.closing?.stored = stored
    return []
  }

  /// What stands in a field of the form, or is proposed for it, in stored form.
  private func stopField(_ id: String) -> String {
    open?.closing.map { valueAsProposed(id, $0) } ?? ""
  }

  private func picker(for stop: ClosingForm.Stop) -> Picker? {
    guard let detail = open?.detail, let closing = open?.closing else { return nil }
    switch stop {
    case .field(let id):
      return detail.zone?.field(id).flatMap {
        fieldPicker($0, purpose: .closingField(id), current: stopField(id))
      }
    case .choice(let id):
      guard let choice = closing.template?.choices.first(where: { $0.id == id }) else { return nil }
      let items = choice.options.enumerated().map { index, option in
        Picker.Item(
          id: String(index), label: SafeText(option[language]),
          search: "\(option.chinese) \(option.english)".lowercased())
      }
      return Picker(
        title: SafeText(choice.name[language]), items: items, purpose: .closingChoice(id),
        selected: closing.chosen(id).map(String.init))
    case .disposition: return dispositionPicker()
    case .input: return nil
    }
  }

  func dispositionPicker() -> Picker? {
    guard let zone = open?.detail?.zone else { return nil }
    let items = zone.dispositions.map { disposition in
      Picker.Item(
        id: disposition.id, label: SafeText(disposition.name[language]),
        search: "\(disposition.id) \(disposition.name.chinese) \(disposition.name.english)".lowercased())
    }
    return Picker(
      title: words("desk.closing.disposition"), items: items, purpose: .disposition,
      selected: open?.closing?.shownDisposition)
  }

  /// Takes over what was typed at a stop; nil when it is not a value.
  private mutating func commitStop() -> [DeskEffect]? {
    guard let closing = open?.closing, case .stop(let index) = closing.focus, let editor = closing.editor,
      closing.stops.indices.contains(index)
    else { return [] }
    switch closing.stops[index] {
    case .field(let id):
      guard let field = open?.detail?.zone?.field(id) else { return [] }
      do {
        let isUntouched = editor.text == closing.stored
        let value = isUntouched ? "" : try field.canonical(editor.text)
        open?.closing?.editor = nil
        let effects = isUntouched ? forgetDraft(of: field) : setField(field, to: value)
        refreshClosing()
        return effects
      } catch {
        let problem = words.catalogue.sentence(for: error, field: field)
        open?.closing?.problem = problem
        return nil
      }
    case .input(let name):
      open?.closing?.inputs[name] = editor.text.trimmed
      open?.closing?.editor = nil
      refreshClosing()
      return []
    case .choice, .disposition: return []
    }
  }

  mutating func choseInClosing(_ purpose: Picker.Purpose, _ id: String) -> [DeskEffect] {
    var effects: [DeskEffect] = []
    switch purpose {
    case .closingField(let fieldID):
      guard let field = open?.detail?.zone?.field(fieldID) else { return [] }
      effects = setFields(values(ofItem: id, for: field))
    case .closingChoice(let choice): open?.closing?.choices[choice] = Int(id)
    case .disposition:
      open?.closing?.disposition = id
      // Chosen in the middle of writing: the writing goes on.
      if open?.closing?.focus == .text {
        refreshClosing()
        return []
      }
    default: return []
    }
    refreshClosing()
    return effects + nextMissing()
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

  private func draftBody(_ closing: ClosingForm) -> ClosingDraft {
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
    else { return [] }
    let body = DraftBody.encode(draft.withoutCost)
    guard body != closing.draftText else { return [] }
    open?.closing?.draftText = body
    let kept = Draft(ticket: id, slot: .closing, body: DraftBody.encode(draft), savedAt: now)
    drafts[DraftKey(ticket: id, slot: .closing)] = kept
    return [.saveDraft(kept)]
  }
}

extension String {
  /// What follows `prefix`; nil when the text does not begin with it.
  func suffix(after prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
