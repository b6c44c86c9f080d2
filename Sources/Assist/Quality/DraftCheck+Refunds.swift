import Domain

extension DraftCheck {
  /// What the text says of money that goes back, held against the refunds that are saved on the ticket.
  mutating func readRefunds() {
    guard draft.isPublic, draft.knowsRefunds, let customer = draft.customer else { return }
    let claims = RefundClaim.all(in: text)
    guard !claims.isEmpty else { return }
    let live = customer.refunds(of: draft.ticket.id).map(\.refund).filter(\.state.isLive)
    let granted = live.filter { $0.state == .granted }
    func sum(_ refunds: [Refund]) -> Money { refunds.reduce(Money(cents: 0)) { $0 + $1.amount } }
    if let claim = claims.first(where: { $0.isDone || draft.isClosing }), live.isEmpty {
      let place = claim.start..<claim.end
      add(
        .refund, .warning, claim.isDone ? "refund.missing" : "refund.announced", place,
        ["word": quoted(place)])
      return
    }
    if let claim = claims.first(where: \.isDone), granted.isEmpty, !live.isEmpty {
      let place = claim.start..<claim.end
      add(
        .refund, .warning, "refund.waiting", place, ["word": quoted(place), "amount": sum(live).description])
    }
    guard !live.isEmpty else { return }
    let known = Set(live.map(\.amount) + [sum(live), sum(granted)])
    let amounts = AmountReader.find(in: draft.text)
    for claim in claims {
      let said = amounts.filter { claim.sentence.contains($0.start) }
      guard let first = said.first, !said.contains(where: { known.contains($0.amount) }) else { continue }
      add(
        .refund, .warning, "refund.amount", first.start..<first.end,
        ["amount": first.amount.description, "expected": sum(granted.isEmpty ? live : granted).description])
    }
  }
}
