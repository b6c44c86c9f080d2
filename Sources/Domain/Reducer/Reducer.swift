/// The one place that decides what an operation means.
///
/// Pure: the same operation on the same state at the same moment gives the same changes. Refusals are thrown as `Refusal`;
/// every other error comes from the state and says nothing about the operation.
package struct Reducer<State: DeskState> {
  let state: State
  /// The clock of whoever runs it: the desk while the operation waits, the store when it is the authority.
  let now: Timestamp

  package init(state: State, now: Timestamp) {
    self.state = state
    self.now = now
  }

  /// The rows that `operation` writes, in order.
  package func changes(of operation: Operation) throws -> [Change] {
    let actor = try actor(of: operation)
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
    case .agent(let id, let action):
      return try change(agent: id, action, by: actor)
    case .configuration(let action):
      return try change(configuration: action, by: actor)
    case .missedSearch(let query, let language):
      return [.missedSearch(query: query, language: language)]
    }
  }

  private func actor(of operation: Operation) throws -> Agent {
    if operation.actor == Agent.system.id { return .system }
    guard let actor = try state.agent(operation.actor), actor.isActive else {
      throw Refusal.unknownActor(operation.actor)
    }
    return actor
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

  private func change(agent id: AgentID, _ action: AgentAction, by actor: Agent) throws -> [Change] {
    switch action {
    case .setPresence(let presence, let reason, let ticket):
      guard var agent = try state.agent(id) else { throw Refusal.agentMissing }
      if agent.id != actor.id { try require(.setOthersPresence, of: actor) }
      if presence == .notReady {
        guard let reason else { throw Refusal.reasonMissing }
        guard notReadyReasons.contains(reason) else { throw Refusal.unknownReason(reason) }
      }
      // Saying the same again keeps the time: "ready since" must not restart with every key.
      let isSame = agent.presence.state == presence && agent.presence.reason == reason
      agent.presence = Presence(state: presence, since: isSame ? agent.presence.since : now, reason: reason)
      agent.currentTicket = ticket
      return [.agent(agent)]
    case .define(var agent):
      try require(.managePeople, of: actor)
      if let known = try state.agent(id) {
        agent.presence = known.presence
        agent.currentTicket = known.currentTicket
      }
      if let team = agent.team, try !state.teamExists(team) { throw Refusal.unknownTeam(team) }
      return [.agent(agent)]
    }
  }

  private func change(configuration action: ConfigurationAction, by actor: Agent) throws -> [Change] {
    try require(.configure, of: actor)
    switch action {
    case .apply(let set):
      guard !set.zones.isEmpty else { throw Refusal.emptyConfiguration }
      return [.configuration(.replace(set))]
    case .addArticles(let articles):
      guard !articles.isEmpty else { throw Refusal.emptyConfiguration }
      return [.configuration(.addArticles(articles))]
    }
  }
}
