import Domain

/// What earlier tickets tell about the one that is read.
package struct ReadingHistory: Sendable {
  /// The newest closings of the ticket's zone, newest first.
  package var closings: [PastClosing]
  /// What customers came back with; nil where nothing was counted.
  package var followUps: FollowUps?
  /// How tickets like one ended. It is asked while a ticket is read, because it depends on the category that was read.
  package var solved: @Sendable (SimilarQuery) -> SolvedBefore

  package init(
    closings: [PastClosing] = [], followUps: FollowUps? = nil,
    solved: @escaping @Sendable (SimilarQuery) -> SolvedBefore = { _ in SolvedBefore() }
  ) {
    self.closings = closings
    self.followUps = followUps
    self.solved = solved
  }

  package static let none = ReadingHistory()
}

extension ReadingInput {
  /// What the ticket is compared by with those that are solved.
  func similarQuery(category: CategoryID?) -> SimilarQuery {
    SimilarQuery(
      ticket: ticket.id,
      text: ([ticket.subject] + messages.filter(\.isFromCustomer).map(\.text)).joined(separator: "\n"),
      zone: ticket.zone, category: category, fields: ticket.fields)
  }
}
