package enum Role: String, Codable, CaseIterable, Sendable {
  case agent, lead, supervisor, manager, trainer, quality, admin

  /// What a role may do. Watch, coach and take over are three separate rights.
  package var rights: Set<Right> {
    switch self {
    case .agent: [.work, .reveal]
    case .lead: [.work, .reveal, .watch, .coach, .takeOver, .assign, .setOthersPresence, .approveRefunds]
    case .supervisor:
      [.work, .reveal, .watch, .coach, .takeOver, .assign, .setOthersPresence, .approveRefunds]
    case .manager: [.watch, .export, .approveRefunds]
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
  /// Look at the floor, and at what somebody is doing now.
  case watch
  /// Say something about a ticket that only whoever works on it sees.
  case coach
  /// Take a ticket from whoever works on it.
  case takeOver
  /// Give a ticket to somebody else, release somebody else's ticket.
  case assign
  case setOthersPresence
  case train
  case configure
  /// People, teams, grants. Nobody gives or takes what they do not have themselves, except an administrator.
  case managePeople
  case importRecords, export
  /// Grant what others may not, up to a limit of one's own.
  case approveRefunds
}
