import Domain
import Terminal

/// What waits for a lead.
struct RaisedList: Sendable {
  var selected: EntryID?
}

extension Agent {
  /// Whether anything may wait for this person.
  var leads: Bool { has(.approveRefunds) || has(.coach) }
}

/// What a lead sees before a refund is approved: how much of what, whose, for which ticket, who asked for it and why.
struct ApprovalQuestion: Sendable {
  var bill: BillID
  var refund: Refund
  var charged: Money
  /// The line of the bill.
  var title: String
  /// `#2611-0417`.
  var number: String
  /// Masked.
  var customer: String

  init(bill: BillID, refund: Refund, charged: Money, title: String, number: String, customer: String) {
    self.bill = bill
    self.refund = refund
    self.charged = charged
    self.title = title
    self.number = number
    self.customer = customer
  }

  /// Nil where it is no refund that waits.
  init?(_ item: RaisedItem) {
    guard case .refund(let refund, let event, let charged) = item.matter else { return nil }
    self.init(
      bill: event.bill, refund: refund, charged: charged, title: event.title,
      number: item.number.map { "#\($0)" } ?? "#—", customer: item.customerName)
  }

  func lines(_ words: Words, _ directory: Directory) -> [SafeText] {
    let language = words.catalogue.language
    return [
      words.text(
        "refund.approve.amount",
        ["amount": refund.amount.description, "charged": charged.description, "line": title]),
      words.text("refund.approve.whose", ["customer": customer, "number": number]),
      words.text(
        "refund.approve.reason",
        ["agent": directory.agentName(refund.requestedBy, in: language), "reason": refund.reason]),
    ].map { SafeText($0) }
  }
}

extension DeskModel {
  mutating func openRaised() -> [DeskEffect] {
    overlays.append(.raised(RaisedList(selected: raised.first?.id)))
    return [.loadRaised]
  }

  mutating func raisedLoaded(_ items: [RaisedItem]) -> [DeskEffect] {
    let known = Set(raised.map(\.id))
    let isNews = hasRaised && items.contains { !known.contains($0.id) && $0.agent != me.id }
    raised = items
    hasRaised = true
    guard isNews else { return [] }
    let text = words.text(
      "raised.notice", ["count": items.count, "key": actions.shortKey(.raised)?.description ?? ""])
    say(text, .warning, seconds: 20)
    return bell(text)
  }

  mutating func press(_ key: Key, in old: RaisedList) -> [DeskEffect] {
    var list = old
    let place = raised.firstIndex { $0.id == list.selected } ?? 0
    if let step = pageStep(key, height: max(1, (size.rows - 8) / 2)) {
      let next = min(max(0, place + step), max(0, raised.count - 1))
      list.selected = raised.indices.contains(next) ? raised[next].id : nil
      overlays[overlays.count - 1] = .raised(list)
      return []
    }
    let plain = ActionRegistry.unfolded(key)
    if plain.code == .function(2) || plain.code == .character("u") { return takeBackDecision() }
    guard raised.indices.contains(place), [.enter, .function(8), .function(4)].contains(plain.code) else {
      if actions.actions(for: key, in: [.everywhere], isTyping: false).contains(.raised) {
        overlays.removeLast()
        return []
      }
      return dismissOverlay(key)
    }
    let item = raised[place]
    switch (item.matter, plain.code) {
    case (_, .enter):
      overlays.removeLast()
      return openTicket(item.ticket)
    case (.refund, .function(8)):
      if let question = ApprovalQuestion(item) { askApproval(question) }
      return []
    case (.refund(let refund, let event, _), _): return decline(event.bill, refund.id)
    case (.alert, .function(8)): return attend(item, note: "")
    case (.alert, _):
      if let reason = missing(.coach) {
        say(words.text(reason), .warning)
        return []
      }
      overlays.append(.dialog(Dialog(words("raised.attend"), .attend(item), [field("word")])))
      return []
    case (.verification, _): return []
    }
  }

  /// What was decided here last; whatever else I did last stays done.
  private mutating func takeBackDecision() -> [DeskEffect] {
    let step = undo.last?.steps.first
    switch step?.action {
    case .ticket(_, .unattend): return undoLast()
    // A request of my own carries the key of the operation that made it.
    case .bill(_, .withdraw(let id)) where id.text != step?.operation.text: return undoLast()
    default:
      say(key: "desk.reason.nothing-to-undo")
      return []
    }
  }

  /// - Parameter note: a word for whoever works on the ticket; may be empty.
  mutating func attend(_ item: RaisedItem, note: String) -> [DeskEffect] {
    guard case .alert(let alert) = item.matter else { return [] }
    if let reason = missing(.coach) {
      say(words.text(reason), .warning)
      return []
    }
    let note = note.trimmed
    let word = note.isEmpty ? [] : save(.ticket(item.ticket, .coach(note)), kind: .silent)
    raised.removeAll { $0.id == item.id }
    return word
      + save(
        .ticket(item.ticket, .attend(alert.kind)),
        done: words.text("raised.done.attended", ["number": item.number ?? "—"]),
        undo: { [words] _ in (words.text("raised.attend"), .ticket(item.ticket, .unattend(alert.kind))) })
  }
}
