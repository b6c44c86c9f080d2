import Domain
import Terminal

// The language model: asking it, and taking or leaving what it wrote.
extension DeskModel {
  /// The key of the reason why the model cannot be asked now; nil when it can.
  func modelReason(_ use: ModelUse) -> String? {
    guard preferences.modelUses.contains(use) else { return "desk.reason.model-off" }
    if let reason = missing(.work) { return reason }
    guard let ticket = open?.ticket else { return "desk.reason.open-first" }
    guard open?.machine?.askedAt == nil else { return "desk.reason.model-asking" }
    guard use == .draft else { return nil }
    if ticket.state.isDone, ticket.state != .solved { return "desk.reason.is-done" }
    return ticket.owner == nil || ticket.owner == me.id ? nil : "desk.reason.not-mine"
  }

  /// Nothing that is typed waits for the answer.
  mutating func askModel(_ use: ModelUse) -> [DeskEffect] {
    guard let id = open?.id else { return [] }
    machineToken += 1
    open?.machine = MachineText(use: use, token: machineToken, since: now)
    focus = .ticket
    return [.askModel(token: machineToken, ticket: id, use: use)]
  }

  mutating func modelAnswered(_ token: Int, _ answer: ModelAnswer) -> [DeskEffect] {
    guard open?.machine?.token == token else { return [] }
    switch answer {
    case .written(let text):
      open?.machine?.written(text)
      let key = actions.shortKey(.takeDraft)?.description ?? ""
      say(words.text("desk.notice.machine-text", ["key": key]), about: .place(nil))
    case .failed(let sentence):
      open?.machine = nil
      say(sentence, .warning)
    }
    return []
  }

  /// Esc: gives the question up, or leaves what was written. Nil: there is neither.
  mutating func leaveMachineText() -> [DeskEffect]? {
    guard let machine = open?.machine else { return nil }
    open?.machine = nil
    return machine.askedAt == nil ? [] : [.cancelModel]
  }

  /// Into the reply, the note or the closing text, behind what stands there.
  mutating func takeMachineText() -> [DeskEffect] {
    guard let machine = open?.machine, let text = machine.text else { return [] }
    var effects: [DeskEffect] = []
    if open?.closing != nil, machine.use == .draft {
      if open?.closing?.mode != .blank { effects += writeByHand() }
      // A wrong value stands at a stop: the draft waits until it is put right.
      guard open?.closing?.mode == .blank else { return effects }
      open?.closing?.focus = .text
      open?.closing?.machineMark.set()
      changeClosingText { $0.append(text) }
    } else {
      if open?.closing != nil { effects += leaveClosing() }
      openComposer(machine.use == .draft ? .reply : .note)
      open?.composer?.editor.append(text)
      open?.composer?.machineMark.set()
      open?.composer?.lastChange = now
    }
    open?.machine = nil
    focus = .ticket
    return effects + keepDrafts(now: true)
  }
}

extension TextEditor {
  /// Puts `text` behind everything, on a line of its own.
  fileprivate mutating func append(_ text: String) {
    moveToEnd()
    insert(isEmpty ? text : "\n" + text)
  }
}
