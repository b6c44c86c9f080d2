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

  package init(
    id: AgentID, number: String, name: LocalizedText, team: TeamID?, roles: Set<Role>,
    zones: Set<ZoneID> = [],
    language: Language = .chinese, isActive: Bool = true, presence: Presence = .offline,
    currentTicket: TicketID? = nil
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
  }

  package func has(_ right: Right) -> Bool { isActive && roles.contains { $0.rights.contains(right) } }

  /// The actor of timed work and of imports that no person did.
  package static let system = Agent(
    id: "system", number: "0", name: LocalizedText(chinese: "系统", english: "System"), team: nil,
    roles: Set(Role.allCases))
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

package enum Role: String, Codable, CaseIterable, Sendable {
  case agent, lead, supervisor, manager, trainer, quality, admin

  /// What a role may do. Watch, coach and take over are three separate rights.
  package var rights: Set<Right> {
    switch self {
    case .agent: [.work, .reveal]
    case .lead: [.work, .reveal, .watch, .coach, .takeOver, .assign, .setOthersPresence]
    case .supervisor: [.work, .reveal, .watch, .coach, .takeOver, .assign, .setOthersPresence]
    case .manager: [.watch, .export]
    case .trainer: [.work, .train]
    case .quality: [.watch, .reveal, .export]
    case .admin: [.configure, .managePeople, .importRecords, .export]
    }
  }
}

package enum Right: String, Codable, CaseIterable, Sendable {
  /// Claim, note, reply, set fields, close.
  case work
  /// See personal data in clear, with a reason.
  case reveal
  case watch, coach, takeOver
  /// Give a ticket to somebody else, release somebody else's ticket.
  case assign
  case setOthersPresence
  case train
  case configure, managePeople, importRecords, export
}
