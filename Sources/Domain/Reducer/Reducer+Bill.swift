// Refunds. The bill owns them: what a line still has to give is decided where the bill is written, one operation after the
// other, so that two desks never pay back more than was charged.
extension Reducer {
  func change(
    bill id: BillID, _ action: BillAction, by actor: Agent, _ operation: Operation
  ) throws -> [Change] {
    guard var bill = try state.bill(id) else { throw Refusal.billMissing }
    switch action {
    case .refund(let request):
      return try refund(&bill, request, by: actor, operation)
    case .approve(let refund):
      return try decide(&bill, refund, by: actor, operation) { refund, rules in
        guard refund.requestedBy != actor.id else { throw Refusal.ownRefund }
        let (limit, left) = try limits(of: actor, rules)
        guard refund.amount <= limit, refund.amount <= left else {
          throw Refusal.refundAboveLimit(refund: limit, left: left)
        }
        refund.state = .granted
        refund.releasesAt = rightsAt.advanced(seconds: Int64(rules.withdrawSeconds))
      }
    case .decline(let refund, let reason):
      let reason = try text(reason, limit: Self.longestReason).trimmed
      return try decide(&bill, refund, by: actor, operation) { refund, _ in
        guard refund.requestedBy != actor.id else { throw Refusal.ownRefund }
        refund.state = .declined
        refund.decision = reason
      }
    case .withdraw(let refund):
      return try withdraw(&bill, refund, by: actor, operation)
    }
  }

  /// Bytes of a reason.
  package static var longestReason: Int { 1000 }

  private func refund(
    _ bill: inout Bill, _ request: RefundRequest, by actor: Agent, _ operation: Operation
  ) throws -> [Change] {
    guard let rules = try state.refundRules() else { throw Refusal.refundsNotConfigured }
    guard bill.lines.indices.contains(request.line), bill.lines[request.line].amount == request.charged else {
      throw Refusal.billChanged
    }
    guard request.amount.cents > 0 else { throw Refusal.refundNotPositive }
    let left = bill.refundable(ofLine: request.line)
    guard request.amount <= left else { throw Refusal.refundAboveCharge(left: left) }
    guard request.reason.contains(where: { !$0.isWhitespace }) else { throw Refusal.reasonMissing }
    let reason = try text(request.reason, limit: Self.longestReason).trimmed
    guard let ticket = try state.ticket(request.ticket) else { throw Refusal.ticketMissing }
    guard ticket.owner == actor.id || actor.has(.assign) else { throw Refusal.notOwner(owner: ticket.owner) }
    guard !ticket.state.isDone else { throw Refusal.wrongState(ticket.state) }
    guard try isSamePerson(bill.customer, ticket.customer) else { throw Refusal.otherCustomer }
    try requireVerified(ticket, for: .refund)
    let (limit, leftToday) = try limits(of: actor, rules)
    var refund = Refund(
      id: RefundID(operation.id.text), line: request.line, amount: request.amount, ticket: ticket.id,
      reason: reason, state: .requested, requestedBy: actor.id, requestedAt: rightsAt)
    if request.amount <= limit, request.amount <= leftToday {
      refund.state = .granted
      refund.decidedBy = actor.id
      refund.decidedAt = rightsAt
      refund.releasesAt = rightsAt.advanced(seconds: Int64(rules.withdrawSeconds))
    }
    bill.refunds.append(refund)
    return try changes(bill, refund, by: actor, operation, saying: reason)
  }

  private func decide(
    _ bill: inout Bill, _ id: RefundID, by actor: Agent, _ operation: Operation,
    _ body: (inout Refund, RefundRules) throws -> Void
  ) throws -> [Change] {
    guard let rules = try state.refundRules() else { throw Refusal.refundsNotConfigured }
    guard let place = bill.refunds.firstIndex(where: { $0.id == id }) else { throw Refusal.refundMissing }
    var refund = bill.refunds[place]
    guard refund.state == .requested else { throw Refusal.refundDecided(refund.state) }
    try body(&refund, rules)
    refund.decidedBy = actor.id
    refund.decidedAt = rightsAt
    bill.refunds[place] = refund
    return try changes(bill, refund, by: actor, operation, saying: refund.decision)
  }

  private func withdraw(
    _ bill: inout Bill, _ id: RefundID, by actor: Agent, _ operation: Operation
  ) throws -> [Change] {
    guard let place = bill.refunds.firstIndex(where: { $0.id == id }) else { throw Refusal.refundMissing }
    var refund = bill.refunds[place]
    guard refund.state.isLive else { throw Refusal.refundDecided(refund.state) }
    guard refund.requestedBy == actor.id || actor.has(.approveRefunds) else { throw Refusal.notYours }
    guard !refund.isPaid(at: rightsAt) else { throw Refusal.refundPaid }
    refund.state = .withdrawn
    refund.decidedBy = actor.id
    refund.decidedAt = rightsAt
    refund.releasesAt = nil
    bill.refunds[place] = refund
    return try changes(bill, refund, by: actor, operation, saying: "")
  }

  /// The bill, and the line of the ticket's timeline that says what became of the refund.
  private func changes(
    _ bill: Bill, _ refund: Refund, by actor: Agent, _ operation: Operation, saying body: String
  ) throws -> [Change] {
    guard let ticket = try state.ticket(refund.ticket) else { throw Refusal.ticketMissing }
    var work = TicketWork(ticket: ticket, actor: actor, operation: operation, now: now)
    let title = bill.lines.indices.contains(refund.line) ? bill.lines[refund.line].title : ""
    // By the clock of the store: what somebody grants in a day is counted by these entries.
    work.record(
      .refund(
        Refund.Event(
          refund: refund.id, bill: bill.id, billNumber: bill.number, title: title, amount: refund.amount,
          state: refund.state)),
      body, at: rightsAt)
    if let owner = ticket.owner, owner != actor.id { work.ticket.isUnread = true }
    return [.bill(bill)] + work.changes()
  }

  /// The largest single refund that somebody may grant, and what is left of the 24 hours.
  private func limits(of actor: Agent, _ rules: RefundRules) throws -> (refund: Money, left: Money) {
    let limit = rules.limit(of: actor)
    let since = Timestamp(milliseconds: rightsAt.milliseconds - RefundRules.day)
    var spent = Money(cents: 0)
    for event in try state.grantedRefunds(by: actor.id, after: since) {
      // What was taken back meanwhile has cost nothing.
      guard try state.bill(event.bill)?.refund(event.refund)?.state == .granted else { continue }
      spent = spent + event.amount
    }
    return (limit.refund, max(Money(cents: 0), limit.day - spent))
  }

  /// Whether two records are one person: the same one, or merged into the same one.
  func isSamePerson(_ left: CustomerID, _ right: CustomerID) throws -> Bool {
    try left == right || root(of: left) == root(of: right)
  }

  private func root(of customer: CustomerID) throws -> CustomerID {
    var id = customer
    for _ in 0..<16 {
      guard let next = try state.customer(id)?.mergedInto else { break }
      id = next
    }
    return id
  }

  /// An imported bill as it is stored: with the refunds that it has, which no import makes or takes away.
  func keepingRefunds(_ bill: Bill) throws -> Bill {
    var bill = bill
    let known = try state.bill(bill.id)
    bill.refunds = known?.refunds ?? []
    for refund in bill.refunds where refund.state.isLive {
      guard bill.lines.indices.contains(refund.line), known?.customer == bill.customer,
        bill.lines[refund.line].title == known?.lines[refund.line].title,
        bill.refunded(ofLine: refund.line) <= bill.lines[refund.line].amount
      else { throw Refusal.billHasRefunds(bill: bill.number) }
    }
    return bill
  }
}
