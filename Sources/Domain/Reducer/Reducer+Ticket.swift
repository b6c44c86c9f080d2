extension Reducer {
  func create(_ id: TicketID, _ new: NewTicket, by actor: Agent, _ operation: Operation) throws -> [Change] {
    guard try state.ticket(id) == nil else { throw Refusal.ticketExists }
    guard let customer = try state.customer(new.customer) else { throw Refusal.customerMissing }
    guard let zone = try state.zone(new.zone) else { throw Refusal.unknownZone(new.zone) }
    if let category = new.category, try state.category(category)?.zone == nil {
      throw Refusal.unknownCategory(category)
    }
    let arrivedAt = new.arrivedAt ?? now
    var ticket = Ticket(
      id: id, customer: customer.id, zone: zone.id, category: new.category,
      subject: try text(new.subject, limit: 1000), priority: new.priority, language: new.language,
      channel: new.channel, createdAt: arrivedAt, createdBy: actor.id)
    ticket.number = try state.nextTicketNumber(at: arrivedAt)
    ticket.fields = try canonical(new.fields, zone: zone)
    ticket.tags = new.tags
    ticket.isLanguageNamed = new.isLanguageNamed == true
    ticket.contact = new.contact
    if let origin = new.splitFrom { ticket.links = [Ticket.Link(ticket: origin, relation: .splitFrom)] }
    var work = TicketWork(ticket: ticket, actor: actor, operation: operation, now: now)
    work.record(.stateChanged(from: nil, to: .new), at: arrivedAt)
    if !new.message.isEmpty {
      let message = try text(new.message)
      work.record(.customerMessage, message, author: .customer, at: arrivedAt)
      work.ticket.preview = Ticket.preview(of: message)
    }
    if let contact = new.contact {
      guard try state.contact(contact) == nil else { throw Refusal.ticketExists }
      work.put(
        Contact(
          id: contact, ticket: id, customer: customer.id, channel: new.channel, arrivedAt: arrivedAt))
    }
    if new.contact != nil || !new.message.isEmpty { work.ticket.waitingSince = arrivedAt }
    try recall(&work, new.conversation)
    if new.isClaimed {
      try take(
        &work,
        waiting: new.contact.map {
          Contact(id: $0, ticket: id, customer: customer.id, channel: new.channel, arrivedAt: arrivedAt)
        })
    }
    return [.ticket(work.ticket)] + work.changes().filter { if case .ticket = $0 { false } else { true } }
  }

  /// A conversation that took place elsewhere: who waits, and since when, follows from its last messages.
  private func recall(_ work: inout TicketWork, _ conversation: [PastMessage]) throws {
    for message in conversation {
      let body = try text(message.text)
      if message.author == .customer {
        work.record(.customerMessage, body, author: .customer, at: message.at)
        work.ticket.preview = Ticket.preview(of: body)
        work.ticket.waitingSince = work.ticket.waitingSince ?? message.at
      } else {
        work.record(.reply, body, author: message.author, at: message.at, releasesAt: message.at)
        work.ticket.waitingSince = nil
        work.ticket.firstRepliedAt = work.ticket.firstRepliedAt ?? message.at
      }
    }
  }

  func change(_ work: inout TicketWork, _ action: TicketAction) throws {
    switch action {
    case .create: throw Refusal.ticketExists
    case .addContact, .moveContact, .receive: try changeContact(&work, action)
    case .claim, .release, .transfer, .hold, .resume: try changeFlow(&work, action)
    case .note, .reply, .strike, .attach, .coach: try write(&work, action)
    case .setFields, .setCategory, .clearCategory, .setPriority, .setSubject, .addTag, .removeTag,
      .setReminder, .remind,
      .setStep, .skipStep, .recordSteps,
      .markRead:
      try changeForm(&work, action)
    case .close, .solve, .reopen: try finish(&work, action)
    case .link, .unlink, .merge, .absorb: try relate(&work, action)
    case .verify, .refuseVerification: try verify(&work, action)
    case .raise(let kind, let severity, let reason): try raise(&work, kind, severity, reason)
    case .attend(let kind): try attend(&work, kind)
    case .unattend(let kind): try unattend(&work, kind)
    // It changes nothing: that it was done is in the ledger and in the log.
    case .watch: break
    case .together(let actions):
      guard actions.allSatisfy(\.fitsTogether) else { throw Refusal.notTogether }
      for action in actions { try change(&work, action) }
    case .consult(let consultation):
      guard consultation.characters > 0 else { throw Refusal.textMissing }
      _ = try text(consultation.host, limit: Consultation.longestName)
      _ = try text(consultation.model, limit: Consultation.longestName)
    }
  }

  // MARK: - Text

  private func write(_ work: inout TicketWork, _ action: TicketAction) throws {
    switch action {
    case .note(let body):
      work.record(.note, try text(body))
    case .coach(let body):
      work.record(.coaching, try text(body))
    case .reply(let body):
      guard !work.ticket.state.isDone || work.ticket.state == .solved else {
        throw Refusal.wrongState(work.ticket.state)
      }
      work.record(
        .reply, try text(body), releasesAt: now.advanced(seconds: TimelineEntry.replyDelaySeconds))
      work.ticket.waitingSince = nil
      work.ticket.firstRepliedAt = work.ticket.firstRepliedAt ?? now
    case .strike(let id):
      guard var entry = try state.entry(id), entry.ticket == work.ticket.id else {
        throw Refusal.entryMissing
      }
      guard entry.struckAt == nil else { throw Refusal.alreadyStruck }
      guard entry.author == work.author, entry.kind != .customerMessage, entry.isText else {
        throw Refusal.notYours
      }
      if let releasesAt = entry.releasesAt, now >= releasesAt { throw Refusal.alreadyReleased }
      entry.struckAt = now
      work.rewrite(entry)
    case .attach(let attachment):
      guard attachment.ticket == work.ticket.id else { throw Refusal.ticketMissing }
      work.put(attachment)
      work.record(.attached(attachment.id), attachment.name)
    default: break
    }
  }

  // MARK: - Contacts

  private func changeContact(_ work: inout TicketWork, _ action: TicketAction) throws {
    switch action {
    case .addContact(let id, let channel, let message):
      guard work.ticket.state != .archived else { throw Refusal.wrongState(.archived) }
      guard try state.contact(id) == nil else { throw Refusal.contactMissing }
      var contact = Contact(
        id: id, ticket: work.ticket.id, customer: work.ticket.customer, channel: channel, arrivedAt: now)
      contact.verification = try verification(after: work.ticket)
      work.put(contact)
      work.ticket.contact = id
      work.ticket.channel = channel
      work.record(.contactChanged(id, .waiting), contact: id)
      try hear(&work, message, contact: id)
    case .receive(let message, let contact):
      guard work.ticket.state != .archived else { throw Refusal.wrongState(.archived) }
      try hear(&work, try text(message), contact: contact)
    case .moveContact(let id, let target, let code):
      guard var contact = try state.contact(id), contact.ticket == work.ticket.id else {
        throw Refusal.contactMissing
      }
      guard contact.state.next.contains(target) else {
        throw Refusal.wrongContactState(from: contact.state, to: target)
      }
      contact.move(to: target, at: now, by: work.actor.id)
      if target == .wrappedUp { contact.wrapUpCode = code }
      work.put(contact)
      work.record(.contactChanged(id, target), code ?? "", contact: id)
      if target == .abandoned { work.ticket.waitingSince = nil }
    default: break
    }
  }

  /// The customer said something: somebody waits again, and a ticket that was done comes back.
  private func hear(_ work: inout TicketWork, _ message: String, contact: ContactID?) throws {
    if !message.isEmpty {
      work.record(.customerMessage, try text(message), author: .customer, contact: contact)
      work.ticket.preview = Ticket.preview(of: message)
    }
    work.ticket.waitingSince = work.ticket.waitingSince ?? now
    work.ticket.isUnread = true
    work.bump()
    if work.ticket.state.isDone || work.ticket.state == .pending {
      if work.ticket.state == .closed { work.give(to: nil) }
      if work.ticket.state.isDone { comeBack(&work) }
      work.endPause()
      work.move(to: work.ticket.owner == nil ? .new : .open)
    }
  }

  private func comeBack(_ work: inout TicketWork) {
    work.ticket.reopenCount += 1
    work.ticket.solvedAt = nil
    work.ticket.closedAt = nil
    work.ticket.mergedInto = nil
  }

  // MARK: - Flow

  private func changeFlow(_ work: inout TicketWork, _ action: TicketAction) throws {
    switch action {
    case .claim:
      if let owner = work.ticket.owner { throw Refusal.alreadyOwned(by: owner) }
      guard !work.ticket.state.isDone else { throw Refusal.wrongState(work.ticket.state) }
      try take(&work, waiting: nil)
    case .release:
      try requireOwner(&work, or: .assign)
      guard !work.ticket.state.isDone else { throw Refusal.wrongState(work.ticket.state) }
      try putBack(&work)
      work.give(to: nil)
      work.endPause()
      work.move(to: .new)
    case .hold(let reason, let until):
      try requireOwner(&work, or: .assign)
      guard work.ticket.state == .open else { throw Refusal.wrongState(work.ticket.state) }
      let reason = try text(reason, limit: 1000)
      work.ticket.pendingSince = now
      work.ticket.pendingUntil = until
      work.ticket.pendingReason = reason
      work.move(to: .pending)
      work.record(.note, reason)
    case .resume:
      try requireOwner(&work, or: .assign)
      guard work.ticket.state == .pending else { throw Refusal.wrongState(work.ticket.state) }
      if work.actor.id == Agent.system.id {
        // Held again, for longer, in the meantime.
        if let until = work.ticket.pendingUntil, until > now { throw Refusal.wrongState(.pending) }
        work.ticket.isUnread = work.ticket.owner != nil
      }
      work.endPause()
      work.move(to: work.ticket.owner == nil ? .new : .open)
    case .transfer(let zone, let team, let agent, let note):
      try transfer(&work, zone: zone, team: team, agent: agent, note: note)
    default: break
    }
  }

  private func take(_ work: inout TicketWork, waiting known: Contact?) throws {
    work.give(to: work.actor.id)
    work.move(to: .open)
    work.ticket.isUnread = false
    let contacts = try known.map { [$0] } ?? state.openContacts(of: work.ticket.id)
    for var contact in contacts where contact.state == .waiting || contact.state == .offered {
      contact.move(to: .answered, at: now, by: work.actor.id)
      work.put(contact)
      work.record(.contactChanged(contact.id, .answered), contact: contact.id)
      if contact.channel.isSpoken {
        work.ticket.waitingSince = nil
        work.ticket.firstRepliedAt = work.ticket.firstRepliedAt ?? now
      }
    }
  }

  private func putBack(_ work: inout TicketWork) throws {
    for var contact in try state.openContacts(of: work.ticket.id) where contact.state.isLive {
      contact.move(to: .waiting, at: now, by: nil)
      work.put(contact)
      work.record(.contactChanged(contact.id, .waiting), contact: contact.id)
      work.ticket.waitingSince = work.ticket.waitingSince ?? now
    }
  }

  private func transfer(
    _ work: inout TicketWork, zone: ZoneID?, team: TeamID?, agent: AgentID?, note: String
  ) throws {
    // Taking somebody else's ticket for oneself and giving it to a third person are two rights.
    try requireOwner(&work, or: agent == work.actor.id ? .takeOver : .assign)
    guard !work.ticket.state.isDone else { throw Refusal.wrongState(work.ticket.state) }
    let note = try text(note)
    if let zone, zone != work.ticket.zone {
      guard let target = try state.zone(zone) else { throw Refusal.unknownZone(zone) }
      work.record(.zoneChanged(from: work.ticket.zone, to: zone))
      work.ticket.zone = zone
      work.ticket.fields = work.ticket.fields.filter { target.field($0.key) != nil }
      if let category = work.ticket.category, try state.category(category)?.zone != zone {
        work.record(.categoryChanged(from: category, to: nil))
        work.ticket.category = nil
      }
    }
    if let team {
      guard try state.teamExists(team) else { throw Refusal.unknownTeam(team) }
    }
    work.ticket.team = team ?? work.ticket.team
    if let agent {
      guard let receiver = try state.agent(agent), receiver.isActive else {
        throw Refusal.unknownAgent(agent)
      }
      work.ticket.isUnread = receiver.id != work.actor.id
    }
    work.record(.transferred(team: team, agent: agent), note)
    if agent == nil { try putBack(&work) }
    work.give(to: agent)
    work.endPause()
    work.move(to: agent == nil ? .new : .open)
  }

  /// Changes that only the owner makes, or somebody with a right over other people's work.
  func requireOwner(_ work: inout TicketWork, or right: Right) throws(Refusal) {
    guard work.ticket.owner == work.actor.id || work.actor.has(right) else {
      throw .notOwner(owner: work.ticket.owner)
    }
  }

  // MARK: - Form

  private func changeForm(_ work: inout TicketWork, _ action: TicketAction) throws {
    if case .markRead = action {
      work.ticket.isUnread = false
      return
    }
    guard work.ticket.state != .archived else { throw Refusal.wrongState(.archived) }
    switch action {
    case .setFields(let values):
      guard let zone = try state.zone(work.ticket.zone) else { throw Refusal.unknownZone(work.ticket.zone) }
      for (field, value) in try canonical(values, zone: zone).sorted(by: { $0.key < $1.key }) {
        let old = work.ticket.fields[field]
        guard (old ?? "") != value else { continue }
        work.ticket.fields[field] = value.isEmpty ? nil : value
        work.record(.fieldChanged(field: field, from: old, to: value.isEmpty ? nil : value))
        work.bump()
      }
    case .setCategory(let category, let zone):
      try setCategory(&work, category, zone: zone)
    case .clearCategory:
      guard let category = work.ticket.category else { return }
      work.record(.categoryChanged(from: category, to: nil))
      work.ticket.category = nil
      work.bump()
    case .setPriority(let priority):
      guard work.ticket.priority != priority else { return }
      work.record(.priorityChanged(from: work.ticket.priority, to: priority))
      work.ticket.priority = priority
      work.bump()
    case .setSubject(let subject):
      let subject = try text(subject, limit: 1000)
      guard work.ticket.subject != subject else { return }
      work.record(.subjectChanged(from: work.ticket.subject, to: subject))
      work.ticket.subject = subject
      work.bump()
    case .addTag(let tag):
      let tag = try text(tag, limit: 100).trimmed
      if !work.ticket.tags.contains(tag) { work.ticket.tags.append(tag) }
    case .removeTag(let tag):
      work.ticket.tags.removeAll { $0 == tag }
    case .setReminder(let reminder):
      work.ticket.reminder = reminder
      if let reminder { work.record(.reminderSet(reminder.at), reminder.text) }
    case .remind(let moment):
      guard work.actor.id == Agent.system.id else { throw Refusal.notYours }
      // Set anew, or taken away, in the meantime.
      guard let reminder = work.ticket.reminder, reminder.at == moment, moment <= now else {
        throw Refusal.entryMissing
      }
      work.record(.reminded(moment), reminder.text)
      if work.ticket.owner == reminder.agent, !work.ticket.state.isDone { work.ticket.isUnread = true }
    case .setStep(let step, let isDone):
      guard let zone = try state.zone(work.ticket.zone), zone.steps.contains(where: { $0.id == step }) else {
        throw Refusal.unknownStep(step)
      }
      let isSkipped = work.ticket.skippedSteps[step] != nil
      guard work.ticket.steps.contains(step) != isDone || isSkipped else { return }
      work.ticket.steps.removeAll { $0 == step }
      work.ticket.skippedSteps[step] = nil
      if isDone { work.ticket.steps.append(step) }
      work.record(.stepChanged(step: step, isDone: isDone))
    case .skipStep(let step, let reason):
      guard try state.zone(work.ticket.zone)?.step(step) != nil else { throw Refusal.unknownStep(step) }
      guard reason.contains(where: { !$0.isWhitespace }) else { throw Refusal.reasonMissing }
      let reason = try text(reason, limit: 1000).trimmed
      guard work.ticket.skippedSteps[step] != reason else { return }
      work.ticket.steps.removeAll { $0 == step }
      work.ticket.skippedSteps[step] = reason
      work.record(.stepSkipped(step: step), reason)
    case .recordSteps(let done, let notNeeded): try recordSteps(&work, done: done, notNeeded: notNeeded)
    default: break
    }
  }

  /// What a desk has read is taken only where the zone says that it can be read: nobody skips a step without a reason by it.
  private func recordSteps(_ work: inout TicketWork, done: [String], notNeeded: [String]) throws {
    guard let zone = try state.zone(work.ticket.zone) else { throw Refusal.unknownZone(work.ticket.zone) }
    for id in done {
      guard let step = zone.step(id) else { throw Refusal.unknownStep(id) }
      guard !step.doneBy.isEmpty else { throw Refusal.reasonMissing }
      guard !work.ticket.steps.contains(id) else { continue }
      work.ticket.steps.append(id)
      work.ticket.skippedSteps[id] = nil
      work.record(.stepChanged(step: id, isDone: true))
    }
    for id in notNeeded {
      guard let step = zone.step(id) else { throw Refusal.unknownStep(id) }
      guard step.when != nil else { throw Refusal.reasonMissing }
      guard !work.ticket.steps.contains(id), work.ticket.skippedSteps[id] == nil else { continue }
      work.ticket.skippedSteps[id] = ""
      work.record(.stepSkipped(step: id))
    }
  }

  private func setCategory(_ work: inout TicketWork, _ category: CategoryID, zone: ZoneID) throws {
    guard let node = try state.category(category), node.zone == zone else {
      throw Refusal.unknownCategory(category)
    }
    guard let target = try state.zone(zone) else { throw Refusal.unknownZone(zone) }
    if work.ticket.category != category {
      work.record(.categoryChanged(from: work.ticket.category, to: category))
      work.ticket.category = category
      work.bump()
    }
    if work.ticket.zone != zone {
      work.record(.zoneChanged(from: work.ticket.zone, to: zone))
      work.ticket.zone = zone
      // Values of fields that the new form does not have stay in the timeline.
      for (field, value) in work.ticket.fields.sorted(by: { $0.key < $1.key })
      where target.field(field) == nil {
        work.record(.fieldChanged(field: field, from: value, to: nil))
        work.ticket.fields[field] = nil
      }
      work.bump()
    }
  }

  /// Checked values in stored form; the first bad one refuses them all.
  private func canonical(_ values: [String: String], zone: Zone) throws(Refusal) -> [String: String] {
    var result: [String: String] = [:]
    for (id, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let field = zone.field(id) else { throw .unknownField(id) }
      do {
        result[id] = try field.canonical(value)
      } catch {
        throw .invalidField(field: id, error)
      }
    }
    return result
  }

  // MARK: - Closing

  private func finish(_ work: inout TicketWork, _ action: TicketAction) throws {
    switch action {
    case .close(let disposition, let closing):
      try end(&work, in: .closed, disposition, closing)
      work.ticket.closedAt = now
    case .solve(let disposition, let closing):
      try end(&work, in: .solved, disposition, closing)
    case .reopen(let reason):
      guard work.ticket.state == .solved || work.ticket.state == .closed else {
        throw Refusal.wrongState(work.ticket.state)
      }
      let reason = try text(reason, limit: 1000)
      comeBack(&work)
      work.record(.note, reason)
      work.give(to: work.actor.id)
      work.move(to: .open)
    default: break
    }
  }

  private func end(
    _ work: inout TicketWork, in target: Ticket.State, _ disposition: String, _ closing: Closing
  ) throws {
    guard work.ticket.state == .open || work.ticket.state == .pending || work.ticket.state == .solved else {
      throw Refusal.wrongState(work.ticket.state)
    }
    guard work.ticket.owner == work.actor.id else { throw Refusal.notOwner(owner: work.ticket.owner) }
    // Without it a close could pass over a message that the closer never saw.
    guard work.operation.basedOn != nil else { throw Refusal.changedSince(now: work.ticket.version) }
    guard let zone = try state.zone(work.ticket.zone) else { throw Refusal.unknownZone(work.ticket.zone) }
    guard zone.dispositions.contains(where: { $0.id == disposition }) else {
      throw Refusal.unknownDisposition(disposition)
    }
    let missing = zone.missingFields(in: work.ticket.fields)
    guard missing.isEmpty else { throw Refusal.requiredFieldsMissing(zone: zone.id, fields: missing) }
    if zone.openSteps == .refuse {
      let open = zone.openSteps(of: work.ticket)
      guard open.isEmpty else { throw Refusal.requiredStepsOpen(zone: zone.id, steps: open) }
    }
    var closing = closing
    closing.text = try text(closing.text)
    closing.isMachineDrafted = work.operation.isMachineDrafted
    work.ticket.disposition = disposition
    work.ticket.closing = closing
    work.ticket.solvedAt = work.ticket.solvedAt ?? now
    work.ticket.firstRepliedAt = work.ticket.firstRepliedAt ?? now
    work.ticket.waitingSince = nil
    work.ticket.isUnread = false
    work.ticket.reminder = nil
    work.endPause()
    for var contact in try state.openContacts(of: work.ticket.id) {
      if contact.state == .offered { contact.move(to: .answered, at: now, by: work.actor.id) }
      if !contact.state.isOver { contact.move(to: .ended, at: now, by: work.actor.id) }
      contact.move(to: .wrappedUp, at: now, by: work.actor.id)
      contact.wrapUpCode = disposition
      work.put(contact)
    }
    work.record(.closed(disposition: disposition, mode: closing.mode), closing.text)
    work.move(to: target)
  }

  // MARK: - Relations

  private func relate(_ work: inout TicketWork, _ action: TicketAction) throws {
    switch action {
    case .link(let other, let relation):
      try requireOther(other, than: work.ticket)
      let link = Ticket.Link(ticket: other, relation: relation)
      guard !work.ticket.links.contains(link) else { return }
      work.ticket.links.append(link)
      work.record(.linked(other, relation))
    case .unlink(let other):
      guard work.ticket.links.contains(where: { $0.ticket == other }) else { return }
      work.ticket.links.removeAll { $0.ticket == other }
      work.record(.unlinked(other))
    case .merge(let target):
      guard work.ticket.state != .archived else { throw Refusal.wrongState(.archived) }
      try requireOther(target, than: work.ticket)
      guard work.ticket.mergedInto == nil, try state.ticket(target)?.mergedInto == nil else {
        throw Refusal.alreadyMerged
      }
      guard work.ticket.owner == nil || work.ticket.owner == work.actor.id || work.actor.has(.assign) else {
        throw Refusal.notOwner(owner: work.ticket.owner)
      }
      work.ticket.mergedInto = target
      work.ticket.waitingSince = nil
      work.ticket.closedAt = now
      work.ticket.solvedAt = work.ticket.solvedAt ?? now
      work.endPause()
      for var contact in try state.openContacts(of: work.ticket.id) {
        if contact.state == .offered { contact.move(to: .waiting, at: now, by: nil) }
        if !contact.state.isOver { contact.move(to: .ended, at: now, by: work.actor.id) }
        contact.move(to: .wrappedUp, at: now, by: work.actor.id)
        work.put(contact)
      }
      work.record(.merged(target))
      work.move(to: .closed)
    case .absorb(let other):
      try requireOther(other, than: work.ticket)
      guard let merged = try state.ticket(other), merged.mergedInto == work.ticket.id else {
        throw Refusal.notMerged
      }
      work.record(.absorbed(other))
      work.bump()
    default: break
    }
  }

  private func requireOther(_ other: TicketID, than ticket: Ticket) throws {
    guard other != ticket.id else { throw Refusal.sameTicket }
    guard try state.ticket(other) != nil else { throw Refusal.ticketMissing }
  }
}
