import Domain
import Terminal

// Two tickets become one: asked about where they belong to two people, or where there is no way back.
extension DeskModel {
  /// Both tickets of a merge are there; nil when these are others.
  mutating func mergeLoaded(_ details: [TicketDetail]) -> [DeskEffect]? {
    guard let merge = waitingMerge,
      details.allSatisfy({ [merge.source, merge.target].contains($0.ticket.id) })
    else { return nil }
    waitingMerge = nil
    guard let source = details.first(where: { $0.ticket.id == merge.source }),
      let target = details.first(where: { $0.ticket.id == merge.target })
    else {
      say(key: "refusal.ticketMissing", .warning)
      return []
    }
    let isReversible = !source.ticket.state.isDone
    let isSame = isSamePerson(source, target)
    if isSame, isReversible { return self.merge(source.ticket, into: target.ticket) }
    let names: KeyValuePairs<String, any CustomStringConvertible> = [
      "source": number(of: source.ticket), "target": number(of: target.ticket), "from": name(of: source),
      "to": name(of: target),
    ]
    var lines = [SafeText(words.text(isSame ? "desk.merge.same" : "desk.merge.other", names))]
    lines.append(words(isReversible ? "desk.merge.can-undo" : "desk.merge.cannot-undo"))
    overlays.append(
      .confirm(
        Confirm(
          title: words(isSame ? "desk.merge.title" : "desk.merge.title-other"), lines: lines,
          yes: words("desk.merge.yes"), no: words("desk.merge.no"),
          purpose: .merge(source: source.ticket, target: target.ticket), isNoByDefault: true)))
    return []
  }

  /// Merged customers are one person.
  private func isSamePerson(_ source: TicketDetail, _ target: TicketDetail) -> Bool {
    func records(_ detail: TicketDetail) -> Set<CustomerID> {
      var known: Set<CustomerID> = [detail.ticket.customer]
      if let into = detail.customer?.customer.mergedInto { known.insert(into) }
      return known.union((detail.customer?.merged ?? []).map(\.id))
    }
    return !records(source).isDisjoint(with: records(target))
  }

  private func number(of ticket: Ticket) -> String { "#\(ticket.number ?? "—")" }

  private func name(of detail: TicketDetail) -> String {
    let name = detail.customer?.customer.name ?? ""
    return name.contains("*") ? name : Masking.name(name)
  }

  /// Opening the merged ticket again takes the two apart; then it goes back to where it was.
  mutating func merge(_ source: Ticket, into target: Ticket) -> [DeskEffect] {
    let reason = words.text("desk.undo-merge")
    var next: [Action] = []
    if source.state == .pending {
      next.append(
        .ticket(source.id, .hold(reason: source.pendingReason ?? reason, until: source.pendingUntil)))
    }
    if let owner = source.owner, owner != me.id {
      next.append(.ticket(source.id, .transfer(zone: nil, team: nil, agent: owner, note: reason)))
    } else if source.owner == nil {
      next.append(.ticket(source.id, .release))
    }
    let isReversible = !source.state.isDone
    let effects = save(
      .ticket(source.id, .merge(into: target.id)),
      done: words.text(
        "desk.done.merged-both", ["source": number(of: source), "number": number(of: target)]),
      undo: { [words] _ in
        guard isReversible else { return nil }
        return (words.text("action.merge"), .ticket(source.id, .reopen(reason: reason)))
      }, then: next)
    return effects + save(.ticket(target.id, .absorb(source.id)), kind: .silent) + openTicket(target.id)
  }
}
