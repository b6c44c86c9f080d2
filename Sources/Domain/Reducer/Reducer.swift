/// The one place that decides what an operation means.
///
/// Pure: the same operation on the same state at the same moment gives the same changes. Refusals are thrown as `Refusal`;
/// every other error comes from the state and says nothing about the operation.
package struct Reducer<State: DeskState> {
  let state: State
  /// The clock of whoever runs it: the desk while the operation waits, the store when it is the authority.
  let now: Timestamp
  /// The clock by which rights expire. `now` is never later than the clock of the desk, which somebody may have set back.
  let rightsAt: Timestamp

  /// - Parameter rightsAt: when the store received the operation; `now` where there is no store.
  package init(state: State, now: Timestamp, rightsAt: Timestamp? = nil) {
    self.state = state
    self.now = now
    self.rightsAt = rightsAt ?? now
  }

  /// The rows that `operation` writes, in order.
  package func changes(of operation: Operation) throws -> [Change] {
    let actor = try actor(of: operation)
    if let right = operation.action.requirement.missing(for: actor) { throw Refusal.missingRight(right) }
    switch operation.action {
    case .ticket(let id, .create(let new)):
      return try create(id, new, by: actor, operation)
    case .ticket(let id, let action):
      guard let ticket = try state.ticket(id) else { throw Refusal.ticketMissing }
      if let seen = operation.basedOn, seen != ticket.version {
        throw Refusal.changedSince(now: ticket.version)
      }
      var work = TicketWork(ticket: ticket, actor: actor, operation: operation, now: now)
      try change(&work, action)
      return work.changes()
    case .customer(let id, let action):
      return try change(customer: id, action, by: actor, operation)
    case .bill(let id, let action):
      return try change(bill: id, action, by: actor, operation)
    case .agent(let id, let action):
      return try change(agent: id, action, by: actor)
    case .configuration(let action):
      return try change(configuration: action, by: actor)
    case .missedSearch(let query, let language):
      return [.missedSearch(query: query, language: language)]
    case .articleUse(let use):
      _ = try text(use.question, limit: 4 * ArticleUsage.longestQuestion)
      // A clock that is ahead must not make a question younger than today.
      return [.articleUse(use, at: min(operation.at, now))]
    case .export(let export):
      if export.isClear { try require(.reveal, of: actor) }
      guard export.reason.contains(where: { !$0.isWhitespace }) else { throw Refusal.reasonMissing }
      _ = try text(export.reason, limit: 1000)
      return []
    }
  }

  private func actor(of operation: Operation) throws -> Agent {
    if operation.actor == Agent.system.id { return .system }
    guard let actor = try state.agent(operation.actor), actor.isActive else {
      throw Refusal.unknownActor(operation.actor)
    }
    return actor.current(at: rightsAt)
  }

  func require(_ right: Right, of actor: Agent) throws(Refusal) {
    guard actor.has(right) else { throw .missingRight(right) }
  }

  /// Trimmed text within the limit, which is far above what people type and below what a store should carry.
  func text(_ value: String, limit: Int = Self.longestText) throws(Refusal) -> String {
    guard value.contains(where: { !$0.isWhitespace }) else { throw .textMissing }
    guard value.utf8.count <= limit else { throw .textTooLong(limit: limit) }
    return value
  }

  /// Four mebibytes in UTF-8.
  package static var longestText: Int { 4 << 20 }
}
