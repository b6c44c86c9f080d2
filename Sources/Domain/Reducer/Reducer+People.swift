extension Reducer {
  func change(agent id: AgentID, _ action: AgentAction, by actor: Agent) throws -> [Change] {
    switch action {
    case .setPresence(let presence, let reason, let ticket):
      guard var agent = try state.agent(id) else { throw Refusal.agentMissing }
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
      let known = try state.agent(id)
      agent.id = id
      if let known { agent.keep(from: known) } else { agent.grants = [] }
      if let team = agent.team, try !state.teamExists(team) { throw Refusal.unknownTeam(team) }
      try check(from: known, to: agent, by: actor)
      return [.agent(agent)]
    case .setActive(let isActive):
      guard let known = try state.agent(id) else { throw Refusal.agentMissing }
      var agent = known
      agent.isActive = isActive
      try check(from: known, to: agent, by: actor)
      return agent == known ? [] : [.agent(agent)]
    case .grant(var grant):
      guard let known = try state.agent(id) else { throw Refusal.agentMissing }
      if let until = grant.until, until <= now { throw Refusal.alreadyExpired }
      guard Grant.levels.contains(grant.level) else { throw Refusal.invalidLevel(grant.level) }
      switch grant.subject {
      case .right(let right): try requireHeld(right, by: actor)
      case .skill(let skill): _ = try text(skill, limit: Grant.longestWord)
      }
      guard grant.source.utf8.count <= 1000 else { throw Refusal.textTooLong(limit: 1000) }
      // Who and when are what they are, whatever the message says.
      grant.grantedBy = actor.id
      grant.grantedAt = now
      var agent = known
      agent.grants.removeAll { $0.subject == grant.subject }
      agent.grants.append(grant)
      return [.agent(agent)]
    case .revoke(let subject):
      guard var agent = try state.agent(id) else { throw Refusal.agentMissing }
      guard agent.grants.contains(where: { $0.subject == subject }) else { throw Refusal.notGranted }
      if case .right(let right) = subject { try requireHeld(right, by: actor) }
      agent.grants.removeAll { $0.subject == subject }
      return [.agent(agent)]
    }
  }

  private func requireHeld(_ right: Right, by actor: Agent) throws(Refusal) {
    guard actor.isAdministrator || actor.has(right) else { throw .rightNotHeld(right) }
  }

  /// Nobody gives or takes rights that they do not have, and the last administrator stays.
  private func check(from known: Agent?, to agent: Agent, by actor: Agent) throws {
    try requireHeldChange(from: known, to: agent, by: actor)
    if known?.isAdministrator == true, !agent.isAdministrator {
      guard try state.everybody().contains(where: { $0.id != agent.id && $0.isAdministrator }) else {
        throw Refusal.lastAdministrator
      }
    }
  }

  // MARK: - Configuration

  func change(configuration action: ConfigurationAction, by actor: Agent) throws -> [Change] {
    switch action {
    case .apply(let set):
      guard !set.zones.isEmpty else { throw Refusal.emptyConfiguration }
      if !set.agents.isEmpty { try check(people: set.agents, by: actor) }
      return [.configuration(.replace(set))]
    case .addArticles(let articles):
      guard !articles.isEmpty else { throw Refusal.emptyConfiguration }
      return [.configuration(.addArticles(articles))]
    case .defineTeam(let team):
      for name in [team.name.chinese, team.name.english, team.id.text] {
        _ = try text(name, limit: Grant.longestWord)
      }
      return [.configuration(.putTeam(team))]
    case .removeTeam(let team):
      guard try state.teamExists(team) else { throw Refusal.unknownTeam(team) }
      guard try !state.everybody().contains(where: { $0.isActive && $0.team == team }) else {
        throw Refusal.teamInUse(team)
      }
      return [.configuration(.removeTeam(team))]
    case .adoptModel(let attempt):
      var model = try learned(attempt)
      guard attempt.files.contains(where: { $0.use == .category }) else { throw Refusal.invalidModel }
      model.adopt(attempt, at: now, by: actor.id)
      return [.configuration(.putModel(model))]
    case .refuseModel(let attempt):
      var model = try learned(attempt)
      model.refuse(attempt, at: now, by: actor.id)
      return [.configuration(.putModel(model))]
    }
  }

  /// It was measured against the model that desks read with now, or it says nothing.
  private func learned(_ attempt: LearnedModel.Attempt) throws -> LearnedModel {
    guard attempt.isSound else { throw Refusal.invalidModel }
    let model = try state.learnedModel() ?? LearnedModel()
    guard attempt.basedOn == model.version else { throw Refusal.changedSince(now: model.version) }
    return model
  }

  /// A folder with people in it replaces them: those who are not named can no longer work.
  private func check(people wanted: [Agent], by actor: Agent) throws {
    let known = try state.everybody()
    let byID = Dictionary(known.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var isChanged = false
    for var agent in wanted {
      if let before = byID[agent.id] { agent.keep(from: before) } else { agent.grants = [] }
      guard agent != byID[agent.id] else { continue }
      isChanged = true
      try requireHeldChange(from: byID[agent.id], to: agent, by: actor)
    }
    let names = Set(wanted.map(\.id))
    for var agent in known where !names.contains(agent.id) && agent.isActive {
      let before = agent
      agent.isActive = false
      isChanged = true
      try requireHeldChange(from: before, to: agent, by: actor)
    }
    if isChanged { try require(.managePeople, of: actor) }
    if known.contains(where: \.isAdministrator), !wanted.contains(where: \.isAdministrator) {
      throw Refusal.lastAdministrator
    }
  }

  private func requireHeldChange(from known: Agent?, to agent: Agent, by actor: Agent) throws(Refusal) {
    guard !actor.isAdministrator else { return }
    let changed = (known?.rights ?? []).symmetricDifference(agent.rights)
    if let right = Right.allCases.first(where: { changed.contains($0) && !actor.has($0) }) {
      throw Refusal.rightNotHeld(right)
    }
  }
}
