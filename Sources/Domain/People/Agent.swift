/// A person who works at a desk.
package struct Agent: Hashable, Codable, Sendable, Identifiable {
  package var id: AgentID
  /// The staff number that customers are told (工号).
  package var number: String
  package var name: LocalizedText
  package var team: TeamID?
  package var roles: Set<Role>
  /// The zones whose tickets this person takes. Empty: all.
  package var zones: Set<ZoneID>
  package var language: Language
  package var isActive: Bool
  package var presence: Presence
  /// What the person is working on, for the floor map.
  package var currentTicket: TicketID?
  /// Rights beyond those of the roles, and skills; one for each subject.
  package var grants: [Grant]

  package init(
    id: AgentID, number: String, name: LocalizedText, team: TeamID?, roles: Set<Role>,
    zones: Set<ZoneID> = [],
    language: Language = .chinese, isActive: Bool = true, presence: Presence = .offline,
    currentTicket: TicketID? = nil, grants: [Grant] = []
  ) {
    self.id = id
    self.number = number
    self.name = name
    self.team = team
    self.roles = roles
    self.zones = zones
    self.language = language
    self.isActive = isActive
    self.presence = presence
    self.currentTicket = currentTicket
    self.grants = grants
  }

  /// Grants count whether they have expired or not: whoever decides something by it asks `current(at:)` first.
  package func has(_ right: Right) -> Bool {
    isActive
      && (roles.contains { $0.rights.contains(right) } || grants.contains { $0.subject == .right(right) })
  }

  /// Everything that the person may do.
  package var rights: Set<Right> { Set(Right.allCases.filter(has)) }

  /// Whether every right is theirs to give.
  package var isAdministrator: Bool { isActive && roles.contains(.admin) }

  /// The same person without what has expired.
  package func current(at moment: Timestamp) -> Agent {
    guard grants.contains(where: { !$0.counts(at: moment) }) else { return self }
    var agent = self
    agent.grants.removeAll { !$0.counts(at: moment) }
    return agent
  }

  /// What belongs to the person and not to what a file says about them.
  package mutating func keep(from known: Agent) {
    presence = known.presence
    currentTicket = known.currentTicket
    grants = known.grants
  }

  /// The actor of timed work and of imports that no person did.
  package static let system = Agent(
    id: "system", number: "0", name: LocalizedText(chinese: "系统", english: "System"), team: nil,
    roles: Set(Role.allCases))
}

extension Agent {
  private enum CodingKeys: String, CodingKey {
    case id, number, name, team, roles, zones, language, isActive, presence, currentTicket, grants
  }

  /// People who were written before there were grants have none.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try container.decode(AgentID.self, forKey: .id),
      number: try container.decode(String.self, forKey: .number),
      name: try container.decode(LocalizedText.self, forKey: .name),
      team: try container.decodeIfPresent(TeamID.self, forKey: .team),
      roles: try container.decode(Set<Role>.self, forKey: .roles),
      zones: try container.decode(Set<ZoneID>.self, forKey: .zones),
      language: try container.decode(Language.self, forKey: .language),
      isActive: try container.decode(Bool.self, forKey: .isActive),
      presence: try container.decode(Presence.self, forKey: .presence),
      currentTicket: try container.decodeIfPresent(TicketID.self, forKey: .currentTicket),
      grants: try container.decodeIfPresent([Grant].self, forKey: .grants) ?? [])
  }
}

package struct Team: Hashable, Codable, Sendable, Identifiable {
  package var id: TeamID
  package var name: LocalizedText

  package init(id: TeamID, name: LocalizedText) {
    self.id = id
    self.name = name
  }
}

/// Whether somebody takes contacts, and since when.
package struct Presence: Hashable, Codable, Sendable {
  package enum State: String, Codable, CaseIterable, Sendable {
    case offline, ready, onContact, afterContactWork, notReady
  }

  package var state: State
  package var since: Timestamp
  /// The reason code (小休原因) of `notReady`.
  package var reason: String?

  package init(state: State, since: Timestamp, reason: String? = nil) {
    self.state = state
    self.since = since
    self.reason = reason
  }

  package static let offline = Presence(state: .offline, since: Timestamp(milliseconds: 0))
}

/// The reason codes that somebody can give for not being ready; the words are in the string catalogue
/// as `presence.reason.CODE`.
package let notReadyReasons = ["break", "meal", "training", "meeting", "coaching", "system"]
