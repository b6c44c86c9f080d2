import Domain
import Terminal

// Lists, questions and pages above the panes.
extension DeskModel {
  mutating func pressOverlay(_ key: Key) -> [DeskEffect] {
    guard let overlay = overlays.last else { return [] }
    // These mean the same everywhere.
    for action in actions.actions(for: key, in: [.everywhere], isTyping: true) {
      switch action {
      case .language, .suspend, .repaint, .interrupt: return perform(action)
      default: break
      }
    }
    switch overlay {
    case .welcome:
      overlays.removeLast()
      if key.code == .function(5) || actions.actions(for: key, in: [.everywhere], isTyping: true) == [.help] {
        return press(key)
      }
      return []
    case .picker(let picker): return press(key, in: picker)
    case .dialog(let dialog): return press(key, in: dialog)
    case .confirm(let confirm): return press(key, in: confirm)
    case .help(var page):
      guard let step = pageStep(key, height: size.rows - 6) else { return dismissOverlay(key) }
      page.top = max(0, min(page.top + step, max(0, helpLines().count - (size.rows - 6))))
      overlays[overlays.count - 1] = .help(page)
      return []
    case .find(let pane): return press(key, in: pane)
    case .text(var page):
      guard let step = pageStep(key, height: size.rows - 6) else { return dismissOverlay(key) }
      let height = max(1, size.rows - 6)
      _ = page.layout.lines(0..<max(0, page.top + step) + height)
      page.top = max(0, min(page.top + step, page.layout.known.count - height))
      overlays[overlays.count - 1] = .text(page)
      return []
    case .results(let page): return press(key, in: page)
    case .notSent(let list): return press(key, in: list)
    case .bulkClose(var bulk):
      switch key.code {
      case .enter, .function(8): return confirmBulkClose()
      case .up: bulk.top = max(0, bulk.top - 1)
      case .down: bulk.top = min(max(0, bulk.items.count - 1), bulk.top + 1)
      default: return dismissOverlay(key)
      }
      overlays[overlays.count - 1] = .bulkClose(bulk)
      return []
    }
  }

  /// How far a key moves in a page of text; nil for other keys.
  func pageStep(_ key: Key, height: Int) -> Int? {
    let moves = actions.actions(for: key, in: [.movement], isTyping: false)
    switch moves.first {
    case .up: return -1
    case .down: return 1
    case .pageUp: return -max(1, height)
    case .pageDown: return max(1, height)
    case .halfUp: return -max(1, height / 2)
    case .halfDown: return max(1, height / 2)
    case .first: return -1_000_000
    case .last: return 1_000_000
    default: return nil
    }
  }

  mutating func dismissOverlay(_ key: Key) -> [DeskEffect] {
    let plain = ActionRegistry.unfolded(key)
    if plain.code == .escape || plain == Key("q") || plain.code == .enter || plain == Key("?")
      || plain.code == .function(1)
    {
      overlays.removeLast()
    }
    return []
  }

  mutating func insertIntoOverlay(_ text: String) -> [DeskEffect] {
    switch overlays.last {
    case .picker(var picker):
      picker.filter.insert(text)
      picker.narrow()
      overlays[overlays.count - 1] = .picker(picker)
    case .dialog(var dialog):
      if dialog.fields[dialog.focus].isSuggestion { dialog.fields[dialog.focus].editor.replaceAll("") }
      dialog.fields[dialog.focus].isSuggestion = false
      dialog.fields[dialog.focus].editor.insert(text)
      overlays[overlays.count - 1] = .dialog(dialog)
    case .find(var pane):
      pane.input.insert(text)
      return search(pane)
    default: break
    }
    return []
  }

  // MARK: - Picker

  private mutating func press(_ key: Key, in old: Picker) -> [DeskEffect] {
    var picker = old
    switch key.code {
    case .escape:
      overlays.removeLast()
      return []
    case .enter:
      guard let item = picker.selectedItem else { return [] }
      return choose(item, in: picker)
    case .up, .backTab: picker.move(-1)
    case .down, .tab: picker.move(1)
    case .pageUp: picker.move(-10)
    case .pageDown: picker.move(10)
    case .home: picker.select(0)
    case .end: picker.select(.max)
    default:
      let plain = ActionRegistry.unfolded(key)
      if picker.hasNumbers, picker.filter.isEmpty, plain.modifiers.isEmpty,
        case .character(let character) = plain.code, let digit = character.wholeNumberValue, digit > 0,
        picker.matches.indices.contains(digit - 1)
      {
        return choose(picker.items[picker.matches[digit - 1]], in: picker)
      }
      guard picker.filter.handle(key) else { return [] }
      picker.narrow()
    }
    overlays[overlays.count - 1] = .picker(picker)
    return []
  }

  private mutating func choose(_ item: Picker.Item, in picker: Picker) -> [DeskEffect] {
    guard item.isEnabled else {
      say(item.detail.string, .warning)
      return []
    }
    overlays.removeLast()
    switch picker.purpose {
    case .command:
      guard let action = ActionID(rawValue: item.id) else { return [] }
      return perform(action)
    case .category(let ids):
      let category = CategoryID(item.id)
      guard let zone = directory.category(category)?.zone else { return [] }
      return setCategory(category, zone: zone, of: ids)
    case .priority(let ids):
      guard let priority = Int(item.id).flatMap({ Ticket.Priority(rawValue: $0) }) else { return [] }
      let before = ids.reduce(into: [:]) { $0[$1] = knownPriority(of: $1) }
      return forEach(
        ids, done: "desk.done.priority",
        undo: { id, _ in before[id].map { .ticket(id, .setPriority($0)) } },
        label: words.text("action.priority"),
        action: { .ticket($0, .setPriority(priority)) })
    case .presence: return chosePresence(item.id)
    case .theme:
      theme = item.id
      return [.setTheme(item.id)]
    case .transfer(let ids): return choseReceiver(item.id, ids)
    case .field(let id):
      guard let field = formFields.first(where: { $0.id == id }) else { return [] }
      return setFields(values(ofItem: item.id, for: field)) + moveField(1)
    case .closingField, .closingChoice, .disposition: return choseInClosing(picker.purpose, item.id)
    case .step: return toggleStep(item.id)
    case .removeTag:
      guard let id = open?.id else { return [] }
      return save(
        .ticket(id, .removeTag(item.id)), done: words.text("desk.done.tag-removed", ["name": item.id]),
        undo: { _ in (item.label.string, .ticket(id, .addTag(item.id))) })
    case .attachment:
      guard let attachment = open?.detail?.attachments.first(where: { $0.id.text == item.id }) else {
        return []
      }
      return [.openAttachment(attachment)]
    case .unlink:
      guard let id = open?.id, let link = open?.ticket?.links.first(where: { $0.ticket.text == item.id })
      else { return [] }
      return save(
        .ticket(id, .unlink(link.ticket)), done: words.text("desk.done.unlinked"),
        undo: { _ in (item.label.string, .ticket(id, .link(link.ticket, link.relation))) })
    case .drafts:
      return choseDraft(item.id)
    case .bulkTemplate: return choseBulkTemplate(item.id)
    }
  }

  // MARK: - Dialog

  private mutating func press(_ key: Key, in old: Dialog) -> [DeskEffect] {
    var dialog = old
    let field = dialog.fields[dialog.focus]
    func isLong() -> Bool { if case .longText = field.kind { true } else { false } }
    switch key.code {
    case .escape:
      let effects = keepDialogDraft()
      overlays.removeLast()
      return effects
    case .character("s") where key.modifiers == .control: return submitDialog(dialog)
    case .character("o") where key.modifiers == .control && isLong(): return [.openEditor(field.editor.text)]
    case .enter where !isLong():
      if dialog.focus == dialog.fields.count - 1 { return submitDialog(dialog) }
      return moveInDialog(&dialog, 1)
    case .tab: return moveInDialog(&dialog, 1)
    case .backTab: return moveInDialog(&dialog, -1)
    case .up where !isLong(): return moveInDialog(&dialog, -1)
    case .down where !isLong(): return moveInDialog(&dialog, 1)
    default: break
    }
    if case .choice(let options) = field.kind, !options.isEmpty {
      let plain = ActionRegistry.unfolded(key)
      switch plain.code {
      case .left: dialog.fields[dialog.focus].choice = (field.choice + options.count - 1) % options.count
      case .right, .character(" "): dialog.fields[dialog.focus].choice = (field.choice + 1) % options.count
      case .character(let character):
        if let digit = character.wholeNumberValue, digit > 0, digit <= options.count {
          dialog.fields[dialog.focus].choice = digit - 1
        } else if let index = options.firstIndex(where: {
          $0.label.string.lowercased().hasPrefix(character.lowercased())
        }) {
          dialog.fields[dialog.focus].choice = index
        }
      default: return []
      }
    } else {
      if dialog.fields[dialog.focus].isSuggestion {
        dialog.fields[dialog.focus].isSuggestion = false
        if case .character = key.code, key.modifiers.isDisjoint(with: [.control, .alt]) {
          dialog.fields[dialog.focus].editor.replaceAll("")
        }
      }
      guard dialog.fields[dialog.focus].editor.handle(key) else { return [] }
      dialog.fields[dialog.focus].problem = nil
    }
    overlays[overlays.count - 1] = .dialog(dialog)
    return []
  }

  private mutating func moveInDialog(_ dialog: inout Dialog, _ step: Int) -> [DeskEffect] {
    let effects = leaveDialogField(&dialog)
    repeat {
      dialog.focus = (dialog.focus + step + dialog.fields.count) % dialog.fields.count
    } while !dialog.isShown(dialog.focus)
    overlays[overlays.count - 1] = .dialog(dialog)
    return effects
  }

  /// A phone number or a name of a new ticket is looked up as soon as it is there.
  private mutating func leaveDialogField(_ dialog: inout Dialog) -> [DeskEffect] {
    let field = dialog.fields[dialog.focus]
    guard case .newTicket = dialog.purpose, dialog.value("customer").isEmpty else { return [] }
    let text = field.editor.text.trimmed
    switch field.id {
    case "phone":
      guard Identity.isPhone(text) else {
        dialog.foundCustomer = nil
        dialog.foundName = nil
        let problem = text.isEmpty ? nil : words.text("desk.dialog.not-phone")
        dialog.fields[dialog.focus].problem = problem
        return []
      }
      return find(text, for: &dialog, isName: false)
    case "name": return text.count < 2 ? [] : find(text, for: &dialog, isName: true)
    default: return []
    }
  }

  private mutating func find(_ text: String, for dialog: inout Dialog, isName: Bool) -> [DeskEffect] {
    searchToken += 1
    dialog.findToken = searchToken
    dialog.findsName = isName
    return [.find(FindQuery(token: searchToken, text: text, limit: 5))]
  }

  private mutating func submitDialog(_ old: Dialog) -> [DeskEffect] {
    var dialog = old
    for index in dialog.fields.indices {
      let field = dialog.fields[index]
      var problem: String?
      if field.isRequired, field.value.trimmed.isEmpty {
        problem = words.text("desk.dialog.required", ["name": field.label.string])
      } else if case .moment = field.kind, !field.value.trimmed.isEmpty,
        MomentParser.parse(field.value, now: now, clock: clock) == nil
      {
        problem = words.text("desk.dialog.not-moment")
      } else if case .newTicket = dialog.purpose, field.id == "phone", dialog.isShown(index),
        !field.value.trimmed.isEmpty, !Identity.isPhone(field.value.trimmed)
      {
        problem = words.text("desk.dialog.not-phone")
      }
      dialog.fields[index].problem = problem
      if problem != nil {
        dialog.focus = index
        overlays[overlays.count - 1] = .dialog(dialog)
        return []
      }
    }
    if case .attach(let id) = dialog.purpose {
      // A path that leads nowhere must not be lost: the file is read before the dialog goes.
      guard !dialog.isChecking else { return [] }
      dialog.isChecking = true
      overlays[overlays.count - 1] = .dialog(dialog)
      return [.attach(path: dialog.value("path").trimmed, ticket: id)]
    }
    let phone = dialog.value("phone").trimmed
    if case .newTicket = dialog.purpose, dialog.value("customer").isEmpty, !phone.isEmpty,
      dialog.answeredPhone != phone
    {
      // Whose number it is decides whether there is a new customer.
      dialog.isWaitingForFind = true
      let effects = find(phone, for: &dialog, isName: false)
      overlays[overlays.count - 1] = .dialog(dialog)
      return effects
    }
    overlays.removeLast()
    return submitted(dialog)
  }

  /// The file could not be taken: the sentence stands under the path.
  mutating func attachmentFailed(_ sentence: String) {
    guard let index = waitingAttachment, case .dialog(var dialog) = overlays[index] else {
      say(sentence, .danger, seconds: 12)
      return
    }
    dialog.isChecking = false
    dialog.fields[dialog.focus].problem = sentence
    overlays[index] = .dialog(dialog)
  }

  private var waitingAttachment: Int? {
    overlays.lastIndex {
      if case .dialog(let dialog) = $0, case .attach = dialog.purpose { dialog.isChecking } else { false }
    }
  }

  /// The file is stored: its dialog has done its work.
  mutating func finishAttaching() {
    if let index = waitingAttachment { overlays.remove(at: index) }
  }

  mutating func keepDialogDraft() -> [DeskEffect] {
    guard case .dialog(var dialog) = overlays.last, case .newTicket = dialog.purpose,
      dialog.changes != dialog.draftChanges
    else { return [] }
    dialog.draftChanges = dialog.changes
    overlays[overlays.count - 1] = .dialog(dialog)
    let values = dialog.fields.reduce(into: [String: String]()) { $0[$1.id] = $1.value }
    guard
      values.contains(where: {
        ["phone", "name", "subject", "message"].contains($0.key) && !$0.value.isEmpty
      })
    else { return [] }
    let draft = Draft(ticket: nil, slot: .newTicket, body: DraftBody.encode(values), savedAt: now)
    drafts[DraftKey(ticket: nil, slot: .newTicket)] = draft
    return [.saveDraft(draft)]
  }

  // MARK: - Question

  private mutating func press(_ key: Key, in confirm: Confirm) -> [DeskEffect] {
    let plain = ActionRegistry.unfolded(key)
    let yes: Key = confirm.isNoByDefault ? .function(8) : .enter
    if plain == yes || plain == Key("y") {
      overlays.removeLast()
      switch confirm.purpose {
      case .quit: return keepDrafts(now: true) + [.look(at: nil, isTyping: false), .quit]
      case .largePaste(let text): return insert(text)
      case .merge(let source, let target): return merge(source, into: target)
      case .noteInstead(let id): return writeNoteInstead(id)
      }
    }
    if plain.code == .escape || plain.code == .enter || plain == Key("n") { overlays.removeLast() }
    return []
  }

  // MARK: - Not sent

  private mutating func press(_ key: Key, in old: NotSentList) -> [DeskEffect] {
    var list = old
    guard notSent.indices.contains(list.selected) else { return dismissOverlay(key) }
    let item = notSent[list.selected]
    switch ActionRegistry.unfolded(key).code {
    case .up, .character("k"): list.selected = max(0, list.selected - 1)
    case .down, .character("j"): list.selected = min(notSent.count - 1, list.selected + 1)
    case .enter: return resend(item)
    case .delete, .character("x"):
      notSent.remove(at: list.selected)
      list.selected = min(list.selected, max(0, notSent.count - 1))
      overlays[overlays.count - 1] = .notSent(list)
      return [.dismissNotSent(item.id)]
    case .character("o"):
      guard case .ticket(let id, _) = item.operation.action else { return [] }
      overlays.removeLast()
      return openTicket(id)
    default: return dismissOverlay(key)
    }
    overlays[overlays.count - 1] = .notSent(list)
    return []
  }

  /// The text of a refused operation becomes a note on its ticket: notes are never refused for what others did.
  private mutating func resend(_ item: NotSent) -> [DeskEffect] {
    guard case .ticket(let id, let action) = item.operation.action, let text = action.typedText else {
      say(key: "desk.reason.nothing-typed", .warning)
      return []
    }
    notSent.removeAll { $0.id == item.id }
    if notSent.isEmpty { overlays.removeLast() }
    return save(
      .ticket(id, .note(text)), done: words.text("desk.done.resent"),
      draft: Draft(ticket: id, slot: .note, body: text, savedAt: now),
      undo: { [words] in (words.text("action.note"), .ticket(id, .strike($0.entry()))) })
      + [.dismissNotSent(item.id)]
  }

  // MARK: - Find

  mutating func startFind(_ purpose: FindPane.Purpose) {
    var pane = FindPane(purpose)
    suggest(&pane)
    overlays.append(.find(pane))
  }

  /// What can be chosen before anything is typed: for a merge, the other tickets of the same customer.
  private func suggest(_ pane: inout FindPane) {
    pane.hits = []
    pane.results = []
    pane.hasAnswer = false
    guard case .merge(let id) = pane.purpose else { return }
    let visits = sameCustomersVisits(of: id)
    pane.hits = visits.map { visit in
      FindHit(
        target: .ticket(visit.id), evidence: .words, title: visit.number ?? "—", detail: visit.subject,
        at: visit.at, state: visit.state)
    }
    pane.results = pane.hits.map { drawn($0, isSameCustomer: true) }
  }

  /// Other tickets of the customer of the open ticket, unfinished ones first.
  private func sameCustomersVisits(of id: TicketID) -> [CustomerProfile.Visit] {
    guard open?.id == id, let ticket = open?.ticket, customer?.id == ticket.customer else { return [] }
    let others = (customer?.profile?.visits ?? []).filter { $0.id != id && $0.state != .archived }
    return others.filter { !$0.state.isDone } + others.filter { $0.state.isDone }
  }

  private mutating func press(_ key: Key, in old: FindPane) -> [DeskEffect] {
    var pane = old
    switch key.code {
    case .escape:
      overlays.removeLast()
      return [.cancelSearch]
    case .enter:
      if pane.hits.isEmpty, pane.hasAnswer, pane.purpose == .open, missing(.work) == nil {
        let text = pane.input.text.trimmed
        overlays.removeLast()
        if Identity.isPhone(text) { startNewTicket(phone: text) } else { startNewTicket(name: text) }
        return [.cancelSearch]
      }
      guard pane.hits.indices.contains(pane.selected) else { return [] }
      overlays.removeLast()
      return found(pane.hits[pane.selected], for: pane.purpose)
    case .up, .backTab: pane.move(-1)
    case .down, .tab: pane.move(1)
    case .pageUp: pane.move(-10)
    case .pageDown: pane.move(10)
    default:
      guard pane.input.handle(key) else { return [] }
      if pane.input.text != old.input.text { return search(pane) }
    }
    overlays[overlays.count - 1] = .find(pane)
    return []
  }

  private mutating func search(_ old: FindPane) -> [DeskEffect] {
    var pane = old
    searchToken += 1
    pane.token = searchToken
    let text = pane.input.text.trimmed
    if text.isEmpty {
      suggest(&pane)
      pane.selected = 0
      overlays[overlays.count - 1] = .find(pane)
      return [.cancelSearch]
    }
    overlays[overlays.count - 1] = .find(pane)
    return [.find(FindQuery(token: pane.token, text: text, limit: 50))]
  }

  mutating func found(_ token: Int, _ hits: [FindHit]) -> [DeskEffect] {
    var effects: [DeskEffect] = []
    for index in overlays.indices {
      switch overlays[index] {
      case .find(var pane) where pane.token == token:
        var same: Set<FindHit.Target> = []
        if case .merge(let id) = pane.purpose {
          same = Set(sameCustomersVisits(of: id).map { FindHit.Target.ticket($0.id) })
        }
        // The order of what was found stays, after the tickets of the same customer.
        pane.hits = hits.filter { same.contains($0.target) } + hits.filter { !same.contains($0.target) }
        pane.results = pane.hits.map { drawn($0, isSameCustomer: same.contains($0.target)) }
        // Who moved on in the first part of an answer stays there.
        if pane.answered != token {
          pane.selected = 0
          pane.top = 0
        }
        pane.answered = token
        pane.hasAnswer = true
        overlays[index] = .find(pane)
      case .dialog(var dialog) where dialog.findToken == token:
        if dialog.findsName {
          offer(hits, in: &dialog)
        } else {
          takePhone(hits, in: &dialog)
        }
        overlays[index] = .dialog(dialog)
        if dialog.isWaitingForFind, index == overlays.count - 1 {
          dialog.isWaitingForFind = false
          effects += submitDialog(dialog)
        }
      default: break
      }
    }
    return effects
  }

  private func takePhone(_ hits: [FindHit], in dialog: inout Dialog) {
    dialog.answeredPhone = dialog.value("phone").trimmed
    // A short number is also the end of many longer ones.
    let isWhole = Identity.normalize(dialog.answeredPhone, kind: .phone).count >= 7
    let customer = hits.first { hit in
      if case .customer = hit.target, isWhole {
        hit.evidence == .phone || hit.evidence == .identity
      } else {
        false
      }
    }
    dialog.foundCustomer = nil
    dialog.foundName = nil
    if case .customer(let id)? = customer?.target {
      dialog.foundCustomer = id
      dialog.foundName = customer.map { SafeText($0.title) }
    }
  }

  /// Customers of the typed name can be chosen; nobody is taken for another by the name alone.
  private func offer(_ hits: [FindHit], in dialog: inout Dialog) {
    guard let place = dialog.fields.firstIndex(where: { $0.id == "customer" }),
      case .choice(var options) = dialog.fields[place].kind
    else { return }
    let chosen = dialog.fields[place].value
    let known = Set(options.map(\.id))
    var found: [Dialog.Field.Option] = []
    for hit in hits {
      guard case .customer(let id) = hit.target, !known.contains(id.text) else { continue }
      found.append(.init(id: id.text, label: SafeText("\(hit.title) \(hit.detail)")))
    }
    guard !found.isEmpty else { return }
    options.insert(contentsOf: found, at: max(0, options.count - 1))
    dialog.fields[place].kind = .choice(options)
    dialog.fields[place].choice = options.firstIndex { $0.id == chosen } ?? options.count - 1
    dialog.message = SafeText(words.text("desk.new.same-name", ["count": found.count]))
  }

  private func drawn(_ hit: FindHit, isSameCustomer: Bool = false) -> FindPane.ResultText {
    let words = words
    return FindPane.ResultText(
      title: SafeText(hit.title),
      evidence: words(isSameCustomer ? "desk.find.same-customer" : "evidence.\(hit.evidence.rawValue)"),
      detail: Self.spans(hit.detail, hit.detailMatches, style: .text),
      state: hit.state.map { words("ticket.state.\($0.rawValue)") } ?? .empty,
      when: hit.at.map { SafeText(clock.civil($0).date.description) } ?? .empty)
  }

  private mutating func found(_ hit: FindHit, for purpose: FindPane.Purpose) -> [DeskEffect] {
    switch (purpose, hit.target) {
    case (.open, .ticket(let id)): return openTicket(id)
    case (.open, .customer(let id)): return openCustomer(id)
    case (.link(let id), .ticket(let other)):
      return save(
        .ticket(id, .link(other, .related)), done: words.text("desk.done.linked", ["number": hit.title]),
        undo: { _ in (hit.title, .ticket(id, .unlink(other))) })
    case (.merge(let id), .ticket(let other)):
      guard id != other else {
        say(key: "refusal.sameTicket", .warning)
        return []
      }
      waitingMerge = Merge(source: id, target: other)
      return [.loadTickets([id, other])]
    case (.mergeCustomer(let id), .customer(let other)):
      guard id != other else {
        say(key: "refusal.sameCustomer", .warning)
        return []
      }
      return save(
        .customer(id, .merge(into: other)),
        done: words.text("desk.done.customer-merged", ["name": hit.title]),
        undo: { _ in (hit.title, .customer(id, .unmerge)) })
    case (.link, .customer), (.merge, .customer):
      say(key: "desk.find.choose-ticket", .warning)
      return []
    case (.mergeCustomer, .ticket):
      say(key: "desk.find.choose-customer", .warning)
      return []
    }
  }

  /// A text with its matches as spans; matches count characters.
  static func spans(_ text: String, _ matches: [TextMatch], style: Style) -> [Span] {
    guard !matches.isEmpty else { return [Span(SafeText(text), style)] }
    var spans: [Span] = []
    let characters = Array(text)
    var place = 0
    for match in matches.sorted(by: { $0.start < $1.start }) {
      let start = min(max(match.start, place), characters.count)
      let end = min(max(match.end, start), characters.count)
      if start > place { spans.append(Span(SafeText(String(characters[place..<start])), style)) }
      if end > start {
        spans.append(
          Span(SafeText(String(characters[start..<end])), Style(.highlight, style.modifiers)))
      }
      place = end
    }
    if place < characters.count { spans.append(Span(SafeText(String(characters[place...])), style)) }
    return spans
  }
}

extension TicketAction {
  /// What a person typed in it; nil for actions without text.
  package var typedText: String? {
    switch self {
    case .note(let text), .reply(let text), .setSubject(let text), .coach(let text): text
    case .hold(let reason, _), .reopen(let reason): reason
    case .transfer(_, _, _, let note): note
    case .close(_, let closing), .solve(_, let closing): closing.text
    case .setFields(let values):
      values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
    case .create(let new): [new.subject, new.message].filter { !$0.isEmpty }.joined(separator: "\n")
    case .addContact(_, _, let message), .receive(let message, _): message
    default: nil
    }
  }
}
