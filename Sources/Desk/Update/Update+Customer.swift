import Domain
import Terminal

extension DeskModel {
  /// A customer found without a ticket.
  mutating func openCustomer(_ id: CustomerID) -> [DeskEffect] {
    customer = CustomerPane(id)
    return focusPane(.customer) + [.loadCustomer(id)]
  }

  mutating func customerLoaded(_ id: CustomerID, _ profile: CustomerProfile?) {
    guard customer?.id == id, let profile else { return }
    customer?.profile = profile
    customer?.loads += 1
  }

  private var customerTarget: CustomerPane.Target? {
    guard let pane = customer, pane.lines.indices.contains(pane.selected) else { return nil }
    return pane.lines[pane.selected].target
  }

  mutating func activateCustomerLine() -> [DeskEffect] {
    switch customerTarget {
    case .bill(let id)?:
      if customer?.openBills.remove(id) == nil {
        customer?.openBills.insert(id)
        if open?.ticket?.customer == customer?.id { saw(.bill) }
      }
    case .billLine?:
      if open != nil { return perform(.refund) }
    case .visit(let id)?: return openTicket(id)
    case .merged(let id)?: return openCustomer(id)
    case .name?, .address?, .identity?: startReveal()
    case .finding(let id)?:
      guard let finding = open?.reading?.findings.first(where: { $0.id == id }) else { return [] }
      return takeFinding(finding)
    case .closing(let template)?: return closeWith(template)
    case .article(let article)?:
      return openKnowledge() + [.loadArticle(article, open?.ticket?.language ?? language)]
    case .offer(let id)?:
      guard let offer = open?.reading?.offers.first(where: { $0.id == id }) else { return [] }
      let text = [offer.text[language]] + offer.reasons.map(sentence)
      overlays.append(
        .text(TextPage(title: SafeText(offer.name[language]), text: text.joined(separator: "\n\n"))))
    case nil: break
    }
    return []
  }

  /// The field that a reveal names, as the disclosure records it.
  private var revealField: String? {
    switch customerTarget {
    case .name?: "name"
    case .address?: "address"
    case .identity(let id)?: id.text
    default: nil
    }
  }

  mutating func startReveal() {
    guard let pane = customer, let field = revealField else {
      say(key: "desk.reason.nothing-to-reveal", .warning)
      return
    }
    if let reason = missing(.reveal) {
      say(key: reason, .warning)
      return
    }
    // A second press hides it again.
    if customer?.revealed.removeValue(forKey: field) != nil { return }
    var reason = Dialog.Field("reason", words("desk.dialog.reason"), isRequired: true)
    reason.hint = words("desk.reveal.hint")
    overlays.append(.dialog(Dialog(words("action.reveal"), .reveal(pane.id, field: field), [reason])))
  }

  mutating func revealed(_ id: CustomerID, _ field: String, _ value: String?) {
    guard customer?.id == id else { return }
    guard let value else {
      say(key: "desk.reveal.none", .warning)
      return
    }
    customer?.revealed[field] = value
    sawInClear(id)
  }

  mutating func copyCustomerValue() -> [DeskEffect] {
    guard let pane = customer, pane.lines.indices.contains(pane.selected) else { return [] }
    let text =
      revealField.flatMap { pane.revealed[$0] } ?? pane.lines[pane.selected].spans.map(\.text.string).joined()
    say(words.text("desk.done.copied", ["text": Masking.text(text.trimmed)]), .success)
    return [.copyToClipboard(text.trimmed)]
  }

  mutating func unmergeCustomer() -> [DeskEffect] {
    guard case .merged(let id)? = customerTarget, let into = customer?.id else {
      say(key: "desk.reason.no-merged", .warning)
      return []
    }
    return save(
      .customer(id, .unmerge), done: words.text("desk.done.unmerged"),
      undo: { [words] _ in (words.text("action.unmerge-customer"), .customer(id, .merge(into: into))) })
  }
}
