import Domain
import Terminal

// Keys and texts that go into a closing.
extension DeskModel {
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

  /// Takes over what was typed at a stop; nil when it is not a value.
  mutating func commitStop() -> [DeskEffect]? {
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
}
