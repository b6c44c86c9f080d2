package enum Channel: String, Codable, CaseIterable, Sendable {
  case phone, chat, wechat, email, sms, app, video, hotline

  /// Taking the contact is answering it: nobody waits for a written reply.
  package var isSpoken: Bool { self == .phone || self == .video }
}

/// One interaction on one channel. Every transition keeps its time: the measures stand on them.
///
/// waiting → offered → answered ⇄ held → ended → wrapped up, or abandoned. Whoever releases or transfers a ticket puts its
/// contact back to waiting.
package struct Contact: Hashable, Codable, Sendable, Identifiable {
  package enum State: String, Codable, CaseIterable, Sendable {
    case waiting, offered, answered, held, ended, wrappedUp, abandoned

    package var next: Set<State> {
      switch self {
      case .waiting: [.offered, .answered, .abandoned, .ended]
      case .offered: [.answered, .waiting, .abandoned]
      case .answered: [.held, .ended, .waiting]
      case .held: [.answered, .ended, .abandoned, .waiting]
      case .ended: [.wrappedUp]
      case .wrappedUp, .abandoned: []
      }
    }

    /// Somebody talks with the customer, or the customer is on the line.
    package var isLive: Bool { self == .answered || self == .held }

    package var isOver: Bool { self == .ended || self == .wrappedUp || self == .abandoned }
  }

  package var id: ContactID
  package var ticket: TicketID
  package var customer: CustomerID
  package var channel: Channel
  package var state: State
  package var agent: AgentID?
  package var arrivedAt: Timestamp
  package var offeredAt: Timestamp?
  package var answeredAt: Timestamp?
  package var heldAt: Timestamp?
  /// Milliseconds on hold before the current hold.
  package var heldMilliseconds: Int64
  package var endedAt: Timestamp?
  package var wrappedUpAt: Timestamp?
  package var abandonedAt: Timestamp?
  package var wrapUpCode: String?
  /// What the person at the other end has shown of who they are; nil: nothing was asked.
  package var verification: ContactVerification?

  package init(
    id: ContactID, ticket: TicketID, customer: CustomerID, channel: Channel, state: State = .waiting,
    agent: AgentID? = nil, arrivedAt: Timestamp
  ) {
    self.id = id
    self.ticket = ticket
    self.customer = customer
    self.channel = channel
    self.state = state
    self.agent = agent
    self.arrivedAt = arrivedAt
    heldMilliseconds = 0
  }

  /// Moves to `state` at `moment`; the caller has checked that the step is allowed.
  package mutating func move(to state: State, at moment: Timestamp, by agent: AgentID?) {
    if self.state == .held, let since = heldAt {
      heldMilliseconds += max(0, moment - since)
      heldAt = nil
    }
    switch state {
    case .waiting: offeredAt = nil
    case .offered: offeredAt = moment
    case .answered: answeredAt = answeredAt ?? moment
    case .held: heldAt = moment
    case .ended: endedAt = moment
    case .wrappedUp: wrappedUpAt = moment
    case .abandoned: abandonedAt = moment
    }
    if state == .offered || state == .answered { self.agent = agent ?? self.agent }
    self.state = state
  }
}
