// Whether the person at the other end has shown who they are. The store counts the attempts and keeps the gates; what was
// said stays at the desk.
extension Reducer {
  func verify(_ work: inout TicketWork, _ action: TicketAction) throws {
    try requireOwner(&work, or: .takeOver)
    guard let rules = try state.zone(work.ticket.zone)?.verification else {
      throw Refusal.verificationNotAsked
    }
    switch action {
    case .verify(let id, let question, let isRight):
      var (contact, verification) = try open(id, work)
      guard rules.questions.contains(question) else { throw Refusal.verificationNotAsked }
      // Passed is passed, and a question that was answered right is not asked again.
      guard !verification.passes(rules), !verification.right.contains(question) else { return }
      if isRight {
        verification.right.append(question)
        work.record(.verification(.right(question)), contact: id)
        if verification.passes(rules) {
          verification.passedAt = now
          work.record(.verification(.passed), contact: id)
        }
      } else {
        verification.failures += 1
        work.record(.verification(.wrong(question)), contact: id)
        if verification.failures >= rules.attempts {
          verification.lockedAt = now
          work.record(.verification(.locked), contact: id)
        }
      }
      contact.verification = verification
      work.put(contact)
    case .refuseVerification(let id, let reason):
      var (contact, verification) = try open(id, work)
      verification.refused = reason
      verification.lockedAt = now
      contact.verification = verification
      work.put(contact)
      work.record(.verification(.refused(reason)), contact: id)
    default: break
    }
  }

  /// What a new contact of a ticket begins with: wrong answers of the last one, when that is a day ago at most, count on, so that nobody
  /// guesses by coming again. One attempt is always left: the agent may have called back.
  func verification(after ticket: Ticket) throws -> ContactVerification? {
    guard let rules = try state.zone(ticket.zone)?.verification,
      let last = try ticket.contact.flatMap({ try state.contact($0) }),
      now - last.arrivedAt <= Zone.Verification.memory, let known = last.verification
    else { return nil }
    let failures = known.lockedAt == nil ? known.failures : rules.attempts
    return failures > 0 ? ContactVerification(failures: min(failures, rules.attempts - 1)) : nil
  }

  private func open(_ id: ContactID, _ work: TicketWork) throws -> (Contact, ContactVerification) {
    guard let contact = try state.contact(id), contact.ticket == work.ticket.id else {
      throw Refusal.contactMissing
    }
    guard !contact.state.isOver else { throw Refusal.contactOver }
    let verification = contact.verification ?? ContactVerification()
    guard verification.lockedAt == nil else { throw Refusal.verificationLocked }
    return (contact, verification)
  }

  /// Stops what the ticket's zone allows only for a customer who has shown who they are.
  func requireVerified(_ ticket: Ticket, for gate: Zone.Verification.Gate) throws {
    guard let rules = try state.zone(ticket.zone)?.verification, rules.gates.contains(gate) else { return }
    let contact = try ticket.contact.flatMap { try state.contact($0) }
    guard contact?.isVerified(under: rules) == true else { throw Refusal.verificationMissing }
  }

  /// Seeing personal data in clear: on a ticket as its zone says. Without one, where no zone asks for a verification, and for
  /// those who look at work of others or let data out, who talk with nobody.
  func requireVerified(_ customer: Customer, on ticket: TicketID?, by actor: Agent) throws {
    guard let ticket else {
      guard !actor.has(.watch), !actor.has(.export) else { return }
      guard try !state.zones().contains(where: { $0.verification?.gates.contains(.reveal) == true }) else {
        throw Refusal.verificationMissing
      }
      return
    }
    guard let ticket = try state.ticket(ticket) else { throw Refusal.ticketMissing }
    guard try isSamePerson(ticket.customer, customer.id) else { throw Refusal.otherCustomer }
    try requireVerified(ticket, for: .reveal)
  }
}
