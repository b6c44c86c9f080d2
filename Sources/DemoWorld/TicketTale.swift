import Domain

/// One ticket from its arrival to what became of it: the rows that the reducer would have written, with the times of a
/// floor at work.
struct TicketTale {
  private let world: World
  private let wording: Wording
  private let incident: Incident
  private let sketch: CustomerSketch
  private let texts: DemoMaterial.CategoryTexts
  private let zoneTexts: DemoMaterial.ZoneTexts
  private let detail: World.ZoneDetail
  private let language: Language
  private let manner: DemoMaterial.ChannelManner?
  private let isTerse: Bool
  private var random: SeededRandom
  private var clock: Timestamp
  private(set) var ticket: Ticket
  private var contact: Contact
  private var entries: [TimelineEntry] = []
  private var agent = Agent.system

  init(_ number: Int, in world: World) {
    let story = CustomerStory(of: world.visits.customer(of: number), in: world)
    // A story has every ticket of its customer.
    let incident = story.incidents.first { $0.ticket == number } ?? story.incidents[0]
    var random = SeededRandom(seed: world.seed, .ticket, number)
    self.world = world
    self.incident = incident
    sketch = story.sketch
    language = sketch.language
    texts = world.texts(of: incident)
    zoneTexts = world.material.zones[incident.zone]
    detail = world.zones[incident.zone]
    isTerse = world.isTerse && world.timetable.isHistory(number)
    let channel = Self.channel(of: incident, zone: detail.zone, world, &random)
    manner = world.manners[channel]
    wording = Wording(world: world, sketch: sketch, incident: incident)
    clock = incident.at
    let milliseconds = incident.at.milliseconds
    ticket = Ticket(
      id: random.key(milliseconds), customer: sketch.id(in: world), zone: detail.zone.id,
      category: texts.category, subject: "", language: language, channel: channel, createdAt: incident.at,
      createdBy: Agent.system.id)
    ticket.number = world.timetable.number(of: number, at: incident.at)
    contact = Contact(
      id: random.key(milliseconds), ticket: ticket.id, customer: ticket.customer, channel: channel,
      arrivedAt: incident.at)
    ticket.contact = contact.id
    self.random = random
    arrive()
    live()
  }

  func append(to changes: inout [Change]) {
    changes.append(.ticket(ticket))
    changes.append(.contact(contact))
    for entry in entries { changes.append(.entry(entry)) }
  }

  // MARK: - Arrival

  /// Nobody holds a telephone for an hour: what has waited longer was written.
  private static func channel(
    of incident: Incident, zone: Zone, _ world: World, _ random: inout SeededRandom
  ) -> Channel {
    if case .tour(let index) = incident.fate { return world.tour[index].channel }
    if zone.id == "hotline-handover" { return .hotline }
    let waited = incident.fate == .waiting ? (world.now - incident.at) / 1000 : 0
    for _ in 0..<20 {
      let channel = world.channels[world.channelWeights.pick(&random)].channel
      let patience: Int64 = channel.isSpoken ? 480 : channel == .chat ? 1500 : .max
      if waited <= patience { return channel }
    }
    return .email
  }

  private mutating func arrive() {
    record(.stateChanged(from: nil, to: .new), by: .system)
    let message: String
    let subject: String
    if case .tour(let index) = incident.fate {
      let tour = world.tour[index]
      subject = wording.spoken(tour.subject)
      message = wording.spoken(tour.message)
      ticket.priority = tour.priority
      ticket.fields = fields()
    } else {
      subject =
        texts.subjects.pick(language, available: incident.available, &random).map(wording.spoken)
        ?? categoryName
      message = opening() ?? subject
      ticket.priority = priority()
    }
    ticket.subject = subject
    ticket.preview = Ticket.preview(of: message)
    record(.customerMessage, message, by: .customer)
    ticket.waitingSince = clock
  }

  private var categoryName: String {
    world.categoryNames[texts.category]?[language] ?? detail.zone.name[language]
  }

  private mutating func priority() -> Ticket.Priority {
    let draw = random.below(100)
    // What is urgent has been taken already: the queue shows the tour first.
    if incident.fate == .waiting { return draw < 85 ? .normal : .low }
    return draw < 2 ? .urgent : draw < 11 ? .high : draw < 90 ? .normal : .low
  }

  /// The opening message in the manner of its channel.
  private mutating func opening() -> String? {
    guard let text = texts.messages.pick(language, available: incident.available, &random) else { return nil }
    var message = wording.spoken(text)
    if let fillers = manner?.fillers[language], !fillers.isEmpty, random.chance(40) {
      message = hesitate(message, wording.spoken(fillers[random.below(fillers.count)]))
    }
    guard let wrap = manner?.wrap.pick(language, available: .always.union(.message), &random) else {
      return message
    }
    var wrapped = wording
    wrapped.message = message
    return wrapped.spoken(wrap)
  }

  private func hesitate(_ message: String, _ filler: String) -> String {
    let mark: Character = language == .chinese ? "，" : ","
    guard let comma = message.firstIndex(of: mark) else { return message }
    let next = message.index(after: comma)
    return message[..<next] + (language == .english ? " " : "")
      + filler.trimmed + message[next...]
  }

  // MARK: - Life

  private mutating func live() {
    switch incident.fate {
    case .waiting:
      // Whoever came through a form of the app has filled part of it.
      if ticket.channel == .app, let phone = detail.zone.fields.first(where: { $0.kind == .phone }) {
        ticket.fields[phone.id] = sketch.phone(in: world)
      }
    case .tour: break
    case .open:
      answer()
      talk(rounds: random.below(2))
      if random.chance(60) { fill(Array(fields().sorted { $0.key < $1.key }.prefix(3))) }
      if random.chance(40) { work(through: 2) }
      if random.chance(30) { hear() }
    case .pending:
      answer()
      talk(rounds: 1)
      fill(fields().sorted { $0.key < $1.key })
      work(through: 3)
      hangUp(wrapUp: true)
      hold(
        until: world.now.advanced(seconds: Int64(random.within(3600...50 * 3600))))
    case .solved, .closed:
      finish()
    }
    ticket.updatedAt = max(ticket.createdAt, clock)
  }

  private mutating func finish() {
    let isAbandoned = contact.channel.isSpoken && incident.fate == .closed && random.chance(4)
    if isAbandoned { abandon() } else { answer() }
    if isTerse {
      if random.chance(40) { reply() }
    } else if !isAbandoned {
      talk(rounds: random.below(3))
    }
    let isHeld = random.chance(18)
    let pause = random.skewed(1800...90_000)
    // What would still be on hold now was settled at once.
    if !isTerse, isHeld, clock.advanced(seconds: Int64(pause + 3600)) < world.now {
      hangUp(wrapUp: true)
      hold(until: nil)
      advance(pause)
      resume()
      reply()
    } else if !contact.state.isOver {
      hangUp(wrapUp: false)
    }
    close(as: incident.fate == .solved ? .solved : .closed)
  }

  /// Time passes, but never beyond now.
  private mutating func advance(_ seconds: Int) {
    clock = max(clock, min(clock.advanced(seconds: Int64(seconds)), world.now))
  }

  private mutating func choose() {
    agent = random.pick(language == .english ? detail.englishAgents : detail.agents)
  }

  private mutating func answer() {
    advance(waitingSeconds())
    choose()
    take()
    contact.move(to: .answered, at: clock, by: agent.id)
    if !isTerse { record(.contactChanged(contact.id, .answered)) }
    if contact.channel.isSpoken {
      ticket.waitingSince = nil
      ticket.firstRepliedAt = clock
      if !isTerse, let greeting = manner?.greeting.pick(language, available: .always, &random) {
        say(greeting)
      }
    }
  }

  private mutating func take() {
    if !isTerse {
      record(.ownerChanged(from: nil, to: agent.id))
      record(.stateChanged(from: .new, to: .open))
    }
    ticket.owner = agent.id
    ticket.team = agent.team
    ticket.state = .open
    ticket.version += 2
  }

  private mutating func waitingSeconds() -> Int {
    let draw = random.below(100)
    switch ticket.channel {
    case .phone, .video: return draw < 82 ? random.within(2...20) : random.skewed(21...180)
    case .chat, .wechat, .app, .sms: return draw < 70 ? random.within(3...20) : random.skewed(21...400)
    case .email: return random.skewed(120...7200)
    case .hotline: return random.skewed(240...14_400)
    }
  }

  private mutating func abandon() {
    advance(random.skewed(8...150))
    contact.move(to: .abandoned, at: clock, by: nil)
    if !isTerse { record(.contactChanged(contact.id, .abandoned), by: .system) }
    ticket.waitingSince = nil
    advance(random.within(300...5400))
    choose()
    take()
  }

  /// Follow-ups and replies in turn; whoever writes gets one answer at least.
  private mutating func talk(rounds: Int) {
    for _ in 0..<rounds {
      advance(random.within(15...90))
      if !contact.channel.isSpoken { reply() }
      advance(random.within(10...120))
      hear()
    }
    if rounds > 0 || !contact.channel.isSpoken {
      advance(random.within(20...150))
      reply()
    }
  }

  private mutating func hear() {
    guard let text = zoneTexts.followUps.pick(language, available: incident.available, &random) else {
      return
    }
    let message = wording.spoken(text)
    record(.customerMessage, message, by: .customer)
    ticket.preview = Ticket.preview(of: message)
    ticket.waitingSince = ticket.waitingSince ?? clock
    ticket.isUnread = true
    ticket.version += 1
  }

  private mutating func reply() {
    guard let text = zoneTexts.replies.pick(language, available: incident.available, &random) else { return }
    say(text)
  }

  private mutating func say(_ text: SlotText) {
    var spoken = wording
    spoken.agentNumber = agent.number
    record(.reply, spoken.spoken(text), releasesAt: clock.advanced(seconds: 10))
    ticket.waitingSince = nil
    ticket.isUnread = false
    ticket.firstRepliedAt = ticket.firstRepliedAt ?? clock
  }

  private mutating func hangUp(wrapUp: Bool) {
    guard contact.state.isLive else { return }
    if contact.channel.isSpoken {
      if random.chance(15) {
        let held = random.within(15...120)
        contact.move(to: .held, at: clock, by: agent.id)
        advance(held)
        contact.move(to: .answered, at: clock, by: agent.id)
      }
      advance(random.skewed(50...600))
      if !isTerse, let goodbye = manner?.goodbye.pick(language, available: .always, &random) { say(goodbye) }
    } else {
      advance(random.skewed(20...240))
    }
    contact.move(to: .ended, at: clock, by: agent.id)
    if !isTerse { record(.contactChanged(contact.id, .ended)) }
    advance(random.within(12...90))
    if wrapUp {
      contact.move(to: .wrappedUp, at: clock, by: agent.id)
      if !isTerse { record(.contactChanged(contact.id, .wrappedUp)) }
    }
  }

  private mutating func hold(until moment: Timestamp?) {
    let reason =
      zoneTexts.notes.pick(language, available: incident.available, &random).map(wording.spoken)
      ?? categoryName
    ticket.pendingSince = clock
    ticket.pendingUntil = moment
    ticket.pendingReason = reason
    ticket.state = .pending
    ticket.version += 1
    record(.stateChanged(from: .open, to: .pending))
    record(.note, reason)
  }

  private mutating func resume() {
    ticket.pendingSince = nil
    ticket.pendingUntil = nil
    ticket.pendingReason = nil
    ticket.state = .open
    ticket.version += 1
    record(.stateChanged(from: .pending, to: .open))
  }

  // MARK: - Form and closing

  /// The values that an agent would have entered.
  private mutating func fields() -> [String: String] {
    var result: [String: String] = [:]
    for field in detail.zone.fields {
      if let values = texts.fields[field.id], !values.isEmpty {
        let value = values[random.below(values.count)][language]
        if value.slots.isSubset(of: incident.available) {
          result[field.id] = wording.form(value)
          continue
        }
      }
      if field.isRequired, let value = usual(field) { result[field.id] = value }
    }
    return result
  }

  /// What stands in a field of which the category says nothing.
  private mutating func usual(_ field: FormField) -> String? {
    switch field.kind {
    case .text:
      field.id == "period"
        ? CivilDate(month: incident.today.month(-1)).monthText
        : field.id == "address" ? sketch.address(in: world) : categoryName
    case .choice: field.choices.isEmpty ? nil : random.pick(field.choices).id
    case .money:
      (incident.amount.cents > 0 ? incident.amount : Money(cents: Int64(random.within(2...12)) * 500))
        .description
    case .date: world.clock.civil(clock).date.adding(days: 1).description
    case .phone: sketch.phone(in: world)
    case .order: incident.order == nil ? nil : wording.orderNumber
    case .billLine: incident.topic.map { world.name(of: $0, in: language) } ?? categoryName
    }
  }

  private mutating func fill(_ values: [(key: String, value: String)]) {
    for (field, value) in values where ticket.fields[field] != value {
      if !isTerse { record(.fieldChanged(field: field, from: ticket.fields[field], to: value)) }
      ticket.fields[field] = value
      ticket.version += 1
    }
  }

  private mutating func work(through count: Int) {
    for step in detail.zone.steps.prefix(count) {
      ticket.steps.append(step.id)
      if !isTerse { record(.stepChanged(step: step.id, isDone: true)) }
    }
  }

  private mutating func close(as state: Ticket.State) {
    var values = fields()
    let draft = draftClosing(&values)
    fill(values.sorted { $0.key < $1.key })
    work(through: detail.zone.steps.count)
    ticket.closing = draft.closing
    ticket.disposition = draft.disposition
    ticket.solvedAt = clock
    if state == .closed { ticket.closedAt = clock }
    ticket.firstRepliedAt = ticket.firstRepliedAt ?? clock
    ticket.waitingSince = nil
    ticket.isUnread = false
    if contact.state == .ended {
      contact.move(to: .wrappedUp, at: clock, by: agent.id)
    }
    if contact.state == .wrappedUp { contact.wrapUpCode = contact.wrapUpCode ?? draft.disposition }
    record(.closed(disposition: draft.disposition, mode: draft.closing.mode), draft.closing.text)
    if !isTerse { record(.stateChanged(from: .open, to: state)) }
    ticket.state = state
    ticket.version += 1
  }

  private mutating func draftClosing(_ values: inout [String: String]) -> (
    closing: Closing, disposition: String
  ) {
    let milliseconds = Int64(random.skewed(9_000...60_000))
    let candidates = detail.templates
    if !candidates.isEmpty, !random.chance(7) {
      let start = random.below(candidates.count)
      // Those of the category first, then those for every category.
      for wantsCategory in [true, false] {
        for offset in candidates.indices {
          let candidate = candidates[(start + offset) % candidates.count]
          let isOfCategory = candidate.template.categories.contains(texts.category)
          guard isOfCategory || (!wantsCategory && candidate.template.categories.isEmpty) else { continue }
          var trial = values
          for id in candidate.fields where trial[id] == nil {
            if let field = detail.zone.field(id), let value = usual(field) { trial[id] = value }
          }
          guard let text = fill(candidate, trial) else { continue }
          values = trial
          return (
            Closing(
              text: text, mode: .template, template: candidate.template.id, keys: random.within(4...24),
              milliseconds: milliseconds),
            candidate.template.disposition
          )
        }
      }
    }
    let note =
      zoneTexts.notes.pick(language, available: incident.available, &random).map(wording.spoken)
      ?? categoryName
    return (
      Closing(text: note, mode: .blank, keys: random.within(30...160), milliseconds: milliseconds * 3),
      detail.zone.dispositions.isEmpty ? "closed" : random.pick(detail.zone.dispositions).id
    )
  }

  private mutating func fill(_ closing: ClosingText, _ values: [String: String]) -> String? {
    let choices = closing.template.choices.map {
      ($0.id, $0.options.isEmpty ? "" : random.pick($0.options)[language])
    }
    return closing.filled(language) { name in
      switch name {
      case "ticket.number": return ticket.number
      case "ticket.subject": return ticket.subject
      case "ticket.category": return categoryName
      case "ticket.created": return world.clock.civil(ticket.createdAt).date.description
      case "customer.name": return sketch.name(in: world)
      case "customer.salutation": return sketch.salutation(in: world)
      case "customer.phone": return sketch.phone(in: world)
      case "customer.city": return sketch.city(in: world)
      case "agent.name": return agent.name[language]
      case "agent.number": return agent.number
      case "agent.team":
        return world.configuration.teams.first { $0.id == agent.team }?.name[language]
      case "zone.name": return detail.zone.name[language]
      case "disposition.name":
        return detail.zone.dispositions.first { $0.id == closing.template.disposition }?.name[language]
      case "date.today": return world.clock.civil(clock).date.description
      case "date.now": return world.clock.civil(clock).minuteText
      default:
        if name.hasPrefix("fields.") {
          let id = String(name.dropFirst(7))
          guard let value = values[id] else { return nil }
          return detail.zone.field(id)?.shown(value, in: language)
        }
        if name.hasPrefix("choice.") {
          let id = name.dropFirst(7)
          return choices.first { $0.0 == id }?.1
        }
        return nil
      }
    }
  }

  // MARK: - Timeline

  private mutating func record(
    _ kind: TimelineEntry.Kind, _ body: String = "", by author: TimelineEntry.Author? = nil,
    releasesAt: Timestamp? = nil
  ) {
    entries.append(
      TimelineEntry(
        id: EntryID("\(ticket.id.text)-\(entries.count)"), ticket: ticket.id, contact: contact.id, at: clock,
        author: author ?? (agent.id == Agent.system.id ? .system : .agent(agent.id)), kind: kind, body: body,
        releasesAt: releasesAt))
  }
}
