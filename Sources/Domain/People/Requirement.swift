/// Which right an operation needs. What depends on the thing as well (a close needs the owner) the reducer checks besides.
package enum Requirement: Hashable, Sendable {
  /// Whoever works here.
  case everybody
  case right(Right)
  /// The first of them is the one that a refusal names.
  case anyOf([Right])
  /// Everybody for themselves, and whoever has the right for others.
  case own(AgentID, others: Right)

  package func isMet(by actor: Agent) -> Bool { missing(for: actor) == nil }

  /// The right that `actor` lacks; nil when nothing is missing.
  package func missing(for actor: Agent) -> Right? {
    switch self {
    case .everybody: nil
    case .right(let right): actor.has(right) ? nil : right
    case .anyOf(let rights): rights.contains(where: actor.has) ? nil : rights.first
    case .own(let owner, let others): owner == actor.id || actor.has(others) ? nil : others
    }
  }
}

extension Action {
  /// Every action has one: these switches have no default, so that a new action is a decision and not an oversight.
  package var requirement: Requirement {
    switch self {
    case .ticket(_, let action): action.requirement
    case .customer(_, let action): action.requirement
    case .bill(_, let action): action.requirement
    case .agent(let id, .setPresence): .own(id, others: .setOthersPresence)
    case .agent(_, .define), .agent(_, .setActive), .agent(_, .grant), .agent(_, .revoke):
      .right(.managePeople)
    case .configuration(let action): action.requirement
    case .missedSearch, .articleUse: .everybody
    case .export: .right(.export)
    }
  }
}

extension TicketAction {
  package var requirement: Requirement {
    switch self {
    case .watch: .right(.watch)
    case .coach, .attend, .unattend: .right(.coach)
    case .create, .addContact, .moveContact, .receive, .claim, .release, .hold, .resume, .note, .reply,
      .strike, .setFields, .setCategory, .clearCategory, .setPriority, .setSubject, .addTag, .removeTag,
      .transfer, .close,
      .solve, .reopen, .link, .unlink, .merge, .absorb, .attach, .setReminder, .remind, .setStep,
      .markRead, .verify, .refuseVerification, .together, .skipStep, .recordSteps, .consult, .raise:
      .right(.work)
    }
  }
}

extension CustomerAction {
  package var requirement: Requirement {
    switch self {
    case .create: .anyOf([.work, .importRecords])
    case .update, .addIdentity, .removeIdentity, .merge, .unmerge, .answerOffer: .right(.work)
    case .reveal: .right(.reveal)
    case .importRecords: .right(.importRecords)
    }
  }
}

extension BillAction {
  package var requirement: Requirement {
    switch self {
    case .refund: .right(.work)
    case .approve, .decline: .right(.approveRefunds)
    case .withdraw: .anyOf([.work, .approveRefunds])
    }
  }
}

extension ConfigurationAction {
  package var requirement: Requirement {
    switch self {
    case .apply, .addArticles, .adoptModel, .refuseModel: .right(.configure)
    case .defineTeam, .removeTeam: .right(.managePeople)
    }
  }
}
