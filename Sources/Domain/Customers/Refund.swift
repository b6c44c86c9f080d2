/// Money that goes back to the customer for one line of a bill, exact in cents.
package struct Refund: Hashable, Codable, Sendable, Identifiable {
  package enum State: String, Codable, CaseIterable, Sendable {
    /// Above the limit of whoever asked: waits for a lead.
    case requested
    /// Will be paid at `releasesAt`, or has been.
    case granted
    case declined
    /// Taken back before it was paid.
    case withdrawn

    /// Whether its amount is gone from the line. What is asked for counts: otherwise two requests could be approved that
    /// together are more than was charged.
    package var isLive: Bool { self == .requested || self == .granted }
  }

  /// The key of the operation that asked for it.
  package var id: RefundID
  /// The place of the line in the bill, from 0.
  package var line: Int
  /// More than nothing.
  package var amount: Money
  /// For which it was done: every refund is found from a ticket and from its bill.
  package var ticket: TicketID
  package var reason: String
  package var state: State
  package var requestedBy: AgentID
  /// By the clock of the store, as all times of a refund.
  package var requestedAt: Timestamp
  /// Who granted or declined it, or took it back.
  package var decidedBy: AgentID?
  package var decidedAt: Timestamp?
  /// Why it was declined; may be empty otherwise.
  package var decision: String
  /// When it leaves the desk for payment; until then it can be withdrawn. Nil until it is granted.
  package var releasesAt: Timestamp?

  package init(
    id: RefundID, line: Int, amount: Money, ticket: TicketID, reason: String, state: State,
    requestedBy: AgentID, requestedAt: Timestamp, decidedBy: AgentID? = nil, decidedAt: Timestamp? = nil,
    decision: String = "", releasesAt: Timestamp? = nil
  ) {
    self.id = id
    self.line = line
    self.amount = amount
    self.ticket = ticket
    self.reason = reason
    self.state = state
    self.requestedBy = requestedBy
    self.requestedAt = requestedAt
    self.decidedBy = decidedBy
    self.decidedAt = decidedAt
    self.decision = decision
    self.releasesAt = releasesAt
  }

  /// Whether it has left the desk and cannot be taken back any more.
  package func isPaid(at moment: Timestamp) -> Bool {
    state == .granted && releasesAt.map { moment >= $0 } ?? false
  }

  /// What the timeline of the ticket says of it.
  package struct Event: Hashable, Codable, Sendable {
    package var refund: RefundID
    package var bill: BillID
    package var billNumber: String
    /// The title of the line.
    package var title: String
    package var amount: Money
    /// The state that it got.
    package var state: State

    package init(
      refund: RefundID, bill: BillID, billNumber: String, title: String, amount: Money, state: State
    ) {
      self.refund = refund
      self.bill = bill
      self.billNumber = billNumber
      self.title = title
      self.amount = amount
      self.state = state
    }
  }
}

/// What somebody asks for. `charged` is what the person saw of the line: where the bill has another line there now, nothing
/// is paid.
package struct RefundRequest: Hashable, Codable, Sendable {
  package var line: Int
  package var charged: Money
  package var amount: Money
  package var ticket: TicketID
  package var reason: String

  package init(line: Int, charged: Money, amount: Money, ticket: TicketID, reason: String) {
    self.line = line
    self.charged = charged
    self.amount = amount
    self.ticket = ticket
    self.reason = reason
  }
}

/// Who may pay back how much: `Resources/refunds.yaml`.
package struct RefundRules: Hashable, Codable, Sendable {
  package struct Limit: Hashable, Codable, Sendable {
    /// The largest single refund.
    package var refund: Money
    /// All that one person grants within any 24 hours.
    package var day: Money

    package init(refund: Money, day: Money) {
      self.refund = refund
      self.day = day
    }

    package static let nothing = Limit(refund: Money(cents: 0), day: Money(cents: 0))
  }

  private struct Item: Hashable, Codable, Sendable {
    var role: Role
    var limit: Limit
  }

  /// Milliseconds over which `Limit.day` counts: a window that moves with the clock, so that midnight gives nobody twice as
  /// much.
  package static let day: Int64 = 86_400_000

  private var items: [Item]
  /// Seconds from the grant until it is handed over for payment.
  package var withdrawSeconds: Int
  /// Days until the customer has the money, as the note for the customer says.
  package var paymentDays: Int

  package init(limits: [Role: Limit], withdrawSeconds: Int = 1800, paymentDays: Int = 3) {
    items = Role.allCases.compactMap { role in limits[role].map { Item(role: role, limit: $0) } }
    self.withdrawSeconds = withdrawSeconds
    self.paymentDays = paymentDays
  }

  package var limits: [Role: Limit] {
    Dictionary(items.map { ($0.role, $0.limit) }, uniquingKeysWith: { first, _ in first })
  }

  /// The largest limits that any role of the person gives.
  package func limit(of agent: Agent) -> Limit {
    items.filter { agent.roles.contains($0.role) }.reduce(.nothing) {
      Limit(refund: max($0.refund, $1.limit.refund), day: max($0.day, $1.limit.day))
    }
  }
}
