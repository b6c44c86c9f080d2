import Domain

// Facts of refusals and bad values as sentences, in one place for both languages.
extension StringCatalogue {
  /// - Parameter directory: names of people, zones and fields; keys are shown where it does not know them.
  package func sentence(for refusal: Refusal, directory: Directory = Directory()) -> String {
    func agent(_ id: AgentID?) -> String {
      id.map { directory.agentName($0, in: language) } ?? self("desk.nobody")
    }
    switch refusal {
    case .missingRight(let right):
      return self("refusal.missingRight", ["right": self("right.\(right.rawValue)")])
    case .unknownActor(let id): return self("refusal.unknownActor", ["agent": id])
    case .ticketMissing: return self("refusal.ticketMissing")
    case .ticketExists: return self("refusal.ticketExists")
    case .customerMissing: return self("refusal.customerMissing")
    case .customerExists: return self("refusal.customerExists")
    case .agentMissing: return self("refusal.agentMissing")
    case .contactMissing: return self("refusal.contactMissing")
    case .entryMissing: return self("refusal.entryMissing")
    case .identityMissing: return self("refusal.identityMissing")
    case .alreadyOwned(let by): return self("refusal.alreadyOwned", ["agent": agent(by)])
    case .notOwner(let owner):
      return owner == nil
        ? self("refusal.notOwner.nobody") : self("refusal.notOwner", ["agent": agent(owner)])
    case .wrongState(let state):
      return self("refusal.wrongState", ["state": self("ticket.state.\(state.rawValue)")])
    case .wrongContactState(let from, let to):
      return self(
        "refusal.wrongContactState",
        ["from": self("contact.state.\(from.rawValue)"), "to": self("contact.state.\(to.rawValue)")])
    case .changedSince: return self("refusal.changedSince")
    case .requiredStepsOpen(let zone, let steps):
      let names = steps.map { step in directory.zone(zone)?.step(step)?.name[language] ?? step }
      return self("refusal.requiredStepsOpen", ["steps": list(names)])
    case .unknownOffer(let offer): return self("refusal.unknownOffer", ["offer": offer])
    case .requiredFieldsMissing(let zone, let fields):
      let names = fields.map { directory.zone(zone)?.field($0)?.name[language] ?? $0 }
      return self("refusal.requiredFieldsMissing", ["fields": list(names)])
    case .invalidField(let field, let problem):
      let known = directory.zones.lazy.compactMap { $0.field(field) }.first
      return known.map { sentence(for: problem, field: $0) } ?? sentence(for: problem, name: field)
    case .unknownField(let field): return self("refusal.unknownField", ["field": field])
    case .unknownStep(let step): return self("refusal.unknownStep", ["step": step])
    case .unknownZone(let zone): return self("refusal.unknownZone", ["zone": zone])
    case .unknownCategory(let category): return self("refusal.unknownCategory", ["category": category])
    case .unknownDisposition(let code): return self("refusal.unknownDisposition", ["code": code])
    case .unknownTeam(let team): return self("refusal.unknownTeam", ["team": team])
    case .unknownAgent(let id): return self("refusal.unknownAgent", ["agent": id])
    case .textMissing: return self("refusal.textMissing")
    case .textTooLong(let limit): return self("refusal.textTooLong", ["limit": limit])
    case .reasonMissing: return self("refusal.reasonMissing")
    case .identityTaken: return self("refusal.identityTaken")
    case .identitiesConflict(let kinds):
      return self(
        "refusal.identitiesConflict", ["kinds": list(kinds.map { self("identity.\($0.rawValue)") })])
    case .sameTicket: return self("refusal.sameTicket")
    case .sameCustomer: return self("refusal.sameCustomer")
    case .alreadyMerged: return self("refusal.alreadyMerged")
    case .notMerged: return self("refusal.notMerged")
    case .alreadyStruck: return self("refusal.alreadyStruck")
    case .notTogether: return self("refusal.notTogether")
    case .alreadyReleased: return self("refusal.alreadyReleased")
    case .notYours: return self("refusal.notYours")
    case .unknownReason(let code): return self("refusal.unknownReason", ["code": code])
    case .emptyConfiguration: return self("refusal.emptyConfiguration")
    case .rightNotHeld(let right):
      return self("refusal.rightNotHeld", ["right": self("right.\(right.rawValue)")])
    case .lastAdministrator: return self("refusal.lastAdministrator")
    case .teamInUse(let team):
      return self("refusal.teamInUse", ["team": directory.team(team)?.name[language] ?? team.text])
    case .alreadyExpired: return self("refusal.alreadyExpired")
    case .invalidLevel(let level): return self("refusal.invalidLevel", ["level": level])
    case .notGranted: return self("refusal.notGranted")
    case .billMissing: return self("refusal.billMissing")
    case .billChanged: return self("refusal.billChanged")
    case .otherCustomer: return self("refusal.otherCustomer")
    case .refundsNotConfigured: return self("refusal.refundsNotConfigured")
    case .refundNotPositive: return self("refusal.refundNotPositive")
    case .refundAboveCharge(let left):
      return left.cents > 0
        ? self("refusal.refundAboveCharge", ["left": left.description])
        : self("refusal.refundAboveCharge.nothing")
    case .refundMissing: return self("refusal.refundMissing")
    case .refundDecided(let state):
      return self("refusal.refundDecided", ["state": self("refund.state.\(state.rawValue)")])
    case .ownRefund: return self("refusal.ownRefund")
    case .refundAboveLimit(let limit, let left):
      return self("refusal.refundAboveLimit", ["limit": limit.description, "left": left.description])
    case .refundPaid: return self("refusal.refundPaid")
    case .billHasRefunds(let bill): return self("refusal.billHasRefunds", ["bill": bill])
    case .verificationMissing: return self("refusal.verificationMissing")
    case .verificationLocked: return self("refusal.verificationLocked")
    case .verificationNotAsked: return self("refusal.verificationNotAsked")
    case .contactOver: return self("refusal.contactOver")
    case .invalidModel: return self("refusal.invalidModel")
    }
  }

  package func sentence(for problem: FormField.Problem, field: FormField) -> String {
    sentence(
      for: problem, name: field.name[language], choices: field.choices,
      key: problem == .notDate && field.isMonth ? "notMonth" : nil)
  }

  private func sentence(
    for problem: FormField.Problem, name: String, choices: [FormField.Choice] = [], key: String? = nil
  ) -> String {
    self(
      "problem.\(key ?? problem.rawValue)",
      ["field": name, "choices": list(choices.map { $0.name[language] }), "limit": FormField.longestValue])
  }

  /// `甲、乙`, `a, b`.
  package func list(_ names: [String]) -> String {
    names.joined(separator: language == .chinese ? "、" : ", ")
  }
}
