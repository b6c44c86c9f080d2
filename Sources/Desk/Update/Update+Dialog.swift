import Domain
import Terminal

// Questions with lines to fill.
extension DeskModel {
  mutating func press(_ key: Key, in old: Dialog) -> [DeskEffect] {
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
      // Enter says “this is it”, so that what is missing is said here and not at the end.
      if let problem = problem(of: dialog.focus, in: dialog) {
        dialog.fields[dialog.focus].problem = problem
        overlays[overlays.count - 1] = .dialog(dialog)
        return []
      }
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

  mutating func find(_ text: String, for dialog: inout Dialog, isName: Bool) -> [DeskEffect] {
    searchToken += 1
    dialog.findToken = searchToken
    dialog.findsName = isName
    return [.find(FindQuery(token: searchToken, text: text, limit: 5))]
  }

  mutating func submitDialog(_ old: Dialog) -> [DeskEffect] {
    var dialog = old
    for index in dialog.fields.indices {
      let problem = problem(of: index, in: dialog)
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

  /// Why a line cannot be taken as it is; nil where it can.
  private func problem(of index: Int, in dialog: Dialog) -> String? {
    let field = dialog.fields[index]
    let value = field.value.trimmed
    if field.isRequired, value.isEmpty {
      return words.text("desk.dialog.required", ["name": field.label.string])
    }
    guard !value.isEmpty else { return nil }
    if case .moment = field.kind, MomentParser.parse(value, now: now, clock: clock) == nil {
      return words.text("desk.dialog.not-moment")
    }
    if case .refund(_, _, _, let left, _) = dialog.purpose, field.id == "amount" {
      return refundProblem(value, left: left)
    }
    if case .newTicket = dialog.purpose, field.id == "phone", dialog.isShown(index), !Identity.isPhone(value)
    {
      return words.text("desk.dialog.not-phone")
    }
    return nil
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
}
