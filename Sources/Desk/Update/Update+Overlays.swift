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
    case .refund(let pane): return press(key, in: pane)
    case .raised(let list): return press(key, in: list)
    case .verification(let pane): return press(key, in: pane)
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

  // MARK: - What is wrong

  private var troublePage: TextPage? {
    trouble.map {
      var page = TextPage(title: words("action.trouble"), text: $0.text[language])
      page.isTrouble = true
      return page
    }
  }

  mutating func openTrouble() {
    if let page = troublePage { overlays.append(.text(page)) }
  }

  /// Nothing to read any more, or in another language.
  mutating func redrawTroublePage() {
    guard
      let index = overlays.lastIndex(where: {
        if case .text(let page) = $0 { page.isTrouble } else { false }
      })
    else { return }
    if let page = troublePage { overlays[index] = .text(page) } else { overlays.remove(at: index) }
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
      case .refuseVerification(let ticket, let contact, let reason):
        return refuseVerification(ticket, contact, reason)
      case .macro(let id): return runMacro(id: id)
      case .approveRefund(let bill, let refund): return approve(bill, refund)
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
      guard let id = item.operation.action.ticketOfText else { return [] }
      overlays.removeLast()
      return openTicket(id)
    default: return dismissOverlay(key)
    }
    overlays[overlays.count - 1] = .notSent(list)
    return []
  }

  /// The text of a refused operation becomes a note on its ticket: notes are never refused for what others did.
  private mutating func resend(_ item: NotSent) -> [DeskEffect] {
    guard let id = item.operation.action.ticketOfText, let text = item.operation.action.typedText else {
      say(key: "desk.reason.nothing-typed", .warning)
      return []
    }
    notSent.removeAll { $0.id == item.id }
    if notSent.isEmpty { overlays.removeLast() }
    return save(
      .ticket(id, .note(text)), done: words.text("desk.done.resent"),
      draft: Draft(
        ticket: id, slot: .note, body: text, savedAt: now,
        isMachineDrafted: item.operation.isMachineDrafted == true),
      undo: { [words] in (words.text("action.note"), .ticket(id, .strike($0.entry()))) })
      + [.dismissNotSent(item.id)]
  }
}

extension Action {
  /// What a person typed in it; nil for actions without text.
  var typedText: String? {
    switch self {
    case .ticket(_, let action): action.typedText
    case .bill(_, .refund(let request)): "\(request.amount) · \(request.reason)"
    case .bill(_, .decline(_, let reason)): reason
    default: nil
    }
  }

  /// The ticket that the text belongs to.
  var ticketOfText: TicketID? {
    switch self {
    case .ticket(let id, _): id
    case .bill(_, .refund(let request)): request.ticket
    default: nil
    }
  }
}

extension TicketAction {
  /// What a person typed in it; nil for actions without text.
  package var typedText: String? {
    switch self {
    case .note(let text), .reply(let text), .setSubject(let text), .coach(let text): text
    case .hold(let reason, _), .reopen(let reason), .skipStep(_, let reason): reason
    case .transfer(_, _, _, let note): note
    case .close(_, let closing), .solve(_, let closing): closing.text
    case .setFields(let values):
      values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
    case .create(let new): [new.subject, new.message].filter { !$0.isEmpty }.joined(separator: "\n")
    case .addContact(_, _, let message), .receive(let message, _): message
    case .together(let actions):
      actions.contains { $0.typedText != nil }
        ? actions.compactMap(\.typedText).joined(separator: "\n") : nil
    default: nil
    }
  }
}
