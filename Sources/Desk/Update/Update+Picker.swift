import Domain
import Terminal

// A list to choose from, above the panes.
extension DeskModel {
  mutating func press(_ key: Key, in old: Picker) -> [DeskEffect] {
    var picker = old
    if let effects = pressInReading(key, picker) { return effects }
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
      if let macro = macro(ofItem: item.id) { return previewMacro(macro) }
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
    case .step: return choseStep(item.id)
    case .offerAnswer(let offer): return choseAnswer(item.id, to: offer)
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
    case .reading: return choseReading(item)
    }
  }
}
