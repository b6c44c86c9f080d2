import Domain
import Testing

/// Raised once of each kind, looked after by a lead.
@Suite struct RaisedTests {
  private static let reason = Reason("risk.escalation", ["word": "12315"])
  private static let raise = TicketAction.raise(.escalation, .high, reason)

  @Test func `something is raised once of each kind`() throws {
    var floor = try Floor.with(.open)
    try floor.expectAccepted(.ticket(Floor.ticket, Self.raise))
    let version = floor.state.tickets[Floor.ticket]?.version
    try floor.expectAccepted(.ticket(Floor.ticket, .raise(.escalation, .critical, Reason("risk.threat"))))
    try floor.expectAccepted(.ticket(Floor.ticket, .raise(.mood, .medium, Reason("alert.mood"))))
    let ticket = try #require(floor.state.tickets[Floor.ticket])
    #expect(ticket.alerts.map(\.kind) == [.escalation, .mood])
    #expect(ticket.alerts.first?.severity == .high && ticket.alerts.first?.reason == Self.reason)
    #expect(ticket.openAlert?.kind == .escalation)
    #expect(ticket.version == version, "whoever closes need not have seen it")
    let entries = floor.state.entries.values.filter {
      if case .raised = $0.kind { true } else { false }
    }
    #expect(entries.count == 2)
  }

  @Test func `a lead looks after it, an agent does not`() throws {
    var floor = try Floor.with(.open)
    #expect(
      try floor.run(.ticket(Floor.ticket, .attend(.escalation)), by: Floor.agent(.lead))
        == .refused(.entryMissing))
    try floor.expectAccepted(.ticket(Floor.ticket, Self.raise))
    #expect(
      try floor.run(.ticket(Floor.ticket, .attend(.escalation)), by: Floor.agent(.agent))
        == .refused(.missingRight(.coach)))
    try floor.expectAccepted(.ticket(Floor.ticket, .attend(.escalation)), by: Floor.agent(.lead))
    let alert = try #require(floor.state.tickets[Floor.ticket]?.alerts.first)
    #expect(alert.attendedBy == Floor.agent(.lead) && alert.attendedAt != nil)
    #expect(floor.state.tickets[Floor.ticket]?.openAlert == nil)
    // Again changes nothing.
    let before = floor.state.timeline.count
    try floor.expectAccepted(.ticket(Floor.ticket, .attend(.escalation)), by: Floor.agent(.supervisor))
    #expect(floor.state.timeline.count == before)
    #expect(floor.state.tickets[Floor.ticket]?.alerts.first?.attendedBy == Floor.agent(.lead))
  }

  @Test func `what a lead takes back waits again, as it was raised`() throws {
    var floor = try Floor.with(.open)
    try floor.expectAccepted(.ticket(Floor.ticket, Self.raise))
    // Nobody looks after it yet: nothing happens.
    try floor.expectAccepted(.ticket(Floor.ticket, .unattend(.escalation)), by: Floor.agent(.lead))
    #expect(floor.state.entries.values.count { if case .raised = $0.kind { true } else { false } } == 1)
    try floor.expectAccepted(.ticket(Floor.ticket, .attend(.escalation)), by: Floor.agent(.lead))
    #expect(
      try floor.run(.ticket(Floor.ticket, .unattend(.escalation)), by: Floor.agent(.agent))
        == .refused(.missingRight(.coach)))
    try floor.expectAccepted(.ticket(Floor.ticket, .unattend(.escalation)), by: Floor.agent(.lead))
    let ticket = try #require(floor.state.tickets[Floor.ticket])
    #expect(ticket.openAlert?.reason == Self.reason && ticket.openAlert?.severity == .high)
    #expect(floor.state.entries.values.count { if case .raised = $0.kind { true } else { false } } == 2)
    #expect(
      try floor.run(.ticket(Floor.ticket, .unattend(.threat)), by: Floor.agent(.lead))
        == .refused(.entryMissing))
  }

  @Test func `a done ticket is not raised, and a reason has its limit`() throws {
    var floor = try Floor.with(.closed)
    #expect(try floor.run(.ticket(Floor.ticket, Self.raise)) == .refused(.wrongState(.closed)))
    floor = try Floor.with(.open)
    let long = Reason("risk.threat", ["word": String(repeating: "长", count: 400)])
    #expect(
      try floor.run(.ticket(Floor.ticket, .raise(.threat, .high, long)))
        == .refused(.textTooLong(limit: Ticket.Alert.longestValue)))
    #expect(
      try floor.run(.ticket(Floor.ticket, .raise(.threat, .high, Reason("")))) == .refused(.reasonMissing))
  }
}
