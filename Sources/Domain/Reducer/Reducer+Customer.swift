extension Reducer {
  func change(
    customer id: CustomerID, _ action: CustomerAction, by actor: Agent, _ operation: Operation
  ) throws -> [Change] {
    if case .create(let customer, let identities) = action {
      return try create(id, customer, identities, by: actor)
    }
    guard var customer = try state.customer(id) else { throw Refusal.customerMissing }
    if let seen = operation.basedOn, seen != customer.version {
      throw Refusal.changedSince(now: customer.version)
    }
    switch action {
    case .create: throw Refusal.customerExists
    case .update(var profile):
      profile.name = try text(profile.name, limit: 200).trimmed
      profile.id = customer.id
      profile.mergedInto = customer.mergedInto
      profile.offerAnswers = customer.offerAnswers
      profile.version = customer.version + 1
      return [.customer(profile)]
    case .addIdentity(let identity):
      guard identity.customer == id else { throw Refusal.customerMissing }
      try check(identity)
      customer.version += 1
      return [.customer(customer), .identity(identity)]
    case .removeIdentity(let identity):
      guard let known = try state.identity(identity), known.customer == id else {
        throw Refusal.identityMissing
      }
      customer.version += 1
      return [.customer(customer), .removeIdentity(known.id)]
    case .merge(let target):
      try checkMerge(of: customer, into: target)
      customer.mergedInto = target
      customer.version += 1
      return [.customer(customer)]
    case .unmerge:
      guard customer.mergedInto != nil else { throw Refusal.notMerged }
      customer.mergedInto = nil
      customer.version += 1
      return [.customer(customer)]
    case .reveal(let field, let reason, let ticket):
      guard reason.contains(where: { !$0.isWhitespace }) else { throw Refusal.reasonMissing }
      try requireVerified(customer, on: ticket, by: actor)
      return [
        .disclosure(
          Disclosure(
            id: operation.id, customer: id, agent: actor.id, at: now, field: field,
            reason: try text(reason, limit: 1000)))
      ]
    case .importRecords(let products, let orders, let bills):
      guard products.allSatisfy({ $0.customer == id }), orders.allSatisfy({ $0.customer == id }),
        bills.allSatisfy({ $0.customer == id })
      else { throw Refusal.customerMissing }
      return try products.map(Change.product) + orders.map(Change.order)
        + bills.map { .bill(try keepingRefunds($0)) }
    case .answerOffer(let id, let answer, _):
      guard let offer = try state.offers().offer(id) else { throw Refusal.unknownOffer(id) }
      customer.offerAnswers = Array(
        (customer.offerAnswers + [OfferAnswer(offer: id, answer: answer, at: now)]).suffix(
          Customer.mostOfferAnswers))
      let removed = Set(offer.removesTags[answer] ?? [])
      customer.tags.removeAll { removed.contains($0) }
      for tag in offer.addsTags[answer] ?? [] where !customer.tags.contains(tag) { customer.tags.append(tag) }
      customer.version += 1
      return [.customer(customer)]
    }
  }

  private func create(
    _ id: CustomerID, _ customer: Customer, _ identities: [Identity], by actor: Agent
  ) throws -> [Change] {
    guard try state.customer(id) == nil else { throw Refusal.customerExists }
    var customer = customer
    customer.id = id
    customer.name = try text(customer.name, limit: 200).trimmed
    customer.version = 1
    customer.mergedInto = nil
    for identity in identities {
      guard identity.customer == id else { throw Refusal.customerMissing }
      try check(identity)
    }
    return [.customer(customer)] + identities.map(Change.identity)
  }

  private func check(_ identity: Identity) throws {
    _ = try text(identity.normalized, limit: 300)
    if let holder = try state.holder(of: identity.kind, normalized: identity.normalized),
      holder != identity.customer
    {
      throw Refusal.identityTaken(by: holder)
    }
  }

  /// Never across conflicting identities: two ID cards are two people.
  private func checkMerge(of customer: Customer, into target: CustomerID) throws {
    guard customer.id != target else { throw Refusal.sameCustomer }
    guard let other = try state.customer(target) else { throw Refusal.customerMissing }
    guard customer.mergedInto == nil, other.mergedInto == nil else { throw Refusal.alreadyMerged }
    let mine = try state.identities(of: customer.id)
    let theirs = try state.identities(of: target)
    let conflicts = Identity.personal.filter { kind in
      let left = Set(mine.filter { $0.kind == kind }.map(\.normalized))
      let right = Set(theirs.filter { $0.kind == kind }.map(\.normalized))
      return !left.isEmpty && !right.isEmpty && left.isDisjoint(with: right)
    }
    guard conflicts.isEmpty else {
      throw Refusal.identitiesConflict(conflicts.sorted { $0.rawValue < $1.rawValue })
    }
  }
}
