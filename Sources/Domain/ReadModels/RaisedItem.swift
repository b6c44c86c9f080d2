/// Something that waits for a lead: a refund above somebody's limit, a contact whose verification was locked, or what was read in a
/// ticket and the zone wants a lead to know.
package struct RaisedItem: Hashable, Sendable, Identifiable {
  package enum Matter: Hashable, Sendable {
    /// With what the line was charged.
    case refund(Refund, Refund.Event, charged: Money)
    case verification(VerificationEvent)
    case alert(Ticket.Alert)
  }

  /// Of the line of the timeline that raised it.
  package var id: EntryID
  package var ticket: TicketID
  package var number: String?
  /// Masked.
  package var customerName: String
  package var agent: AgentID?
  package var at: Timestamp
  package var matter: Matter

  package init(
    id: EntryID, ticket: TicketID, number: String?, customerName: String, agent: AgentID?, at: Timestamp,
    matter: Matter
  ) {
    self.id = id
    self.ticket = ticket
    self.number = number
    self.customerName = customerName
    self.agent = agent
    self.at = at
    self.matter = matter
  }
}

extension CustomerProfile {
  /// Refunds that were done for a ticket, in the order of the bills, with the line that each is of.
  package func refunds(of ticket: TicketID) -> [(bill: Bill, refund: Refund)] {
    bills.flatMap { bill in bill.refunds.filter { $0.ticket == ticket }.map { (bill, $0) } }
  }
}
