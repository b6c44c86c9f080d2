/// A ticket that people closed, as a lesson: what the customer said, and what people made of it.
package struct ClosedTicket: Hashable, Sendable {
  package var id: TicketID
  /// As it was when the ticket came in.
  package var subject: String
  /// Of the customer, oldest first; in clear.
  package var messages: [String]
  package var category: CategoryID
  package var priority: Ticket.Priority
  package var closedAt: Timestamp
  /// Who gave the category last, or who closed the ticket with the one it had.
  package var labelledBy: AgentID
  /// Somebody replaced another category by this one.
  package var isCorrected: Bool

  package init(
    id: TicketID, subject: String, messages: [String], category: CategoryID, priority: Ticket.Priority,
    closedAt: Timestamp, labelledBy: AgentID, isCorrected: Bool
  ) {
    self.id = id
    self.subject = subject
    self.messages = messages
    self.category = category
    self.priority = priority
    self.closedAt = closedAt
    self.labelledBy = labelledBy
    self.isCorrected = isCorrected
  }
}
