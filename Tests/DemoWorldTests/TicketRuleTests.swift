import Domain
import Testing

@testable import DemoWorld

@Suite struct `Tickets of the demo` {
  let sample: Sample
  let now = Shipped.now

  init() throws { sample = try Sample.shared.get() }

  private func zone(_ ticket: Ticket) throws -> Zone { try #require(sample.rows.zone(ticket.zone)) }

  @Test func `are numbered in order of arrival, from 1 in each month`() throws {
    var last: [Substring: Int] = [:]
    var moment = Timestamp(milliseconds: 0)
    for ticket in sample.tickets {
      #expect(ticket.createdAt >= moment)
      moment = ticket.createdAt
      let parts = try #require(ticket.number).split(separator: "-")
      let date = WallClock.china.civil(ticket.createdAt).date
      #expect(parts[0] == "\(padded(date.year % 100, 2))\(padded(date.month, 2))")
      #expect(Int(parts[1]) == (last[parts[0]] ?? 0) + 1)
      last[parts[0]] = Int(parts[1])
    }
    #expect(last.count >= 6)
    #expect(moment <= now)
    #expect(now - (sample.tickets.first?.createdAt ?? now) > 170 * 86_400_000)
  }

  @Test func `keep the rules of their state`() throws {
    for ticket in sample.tickets {
      let zone = try zone(ticket)
      let place = "\(ticket.number ?? "") \(ticket.state)"
      let category = try #require(ticket.category)
      #expect(sample.rows.category(category)?.zone == zone.id, "\(place)")
      #expect((ticket.owner == nil) == (ticket.state == .new), "\(place)")
      #expect((ticket.pendingSince != nil) == (ticket.state == .pending), "\(place)")
      if ticket.state.isDone {
        #expect(zone.missingFields(in: ticket.fields) == [], "\(place)")
        #expect(zone.dispositions.contains { $0.id == ticket.disposition }, "\(place)")
        #expect(ticket.closing?.text.isEmpty == false, "\(place)")
        #expect(ticket.waitingSince == nil && !ticket.isUnread, "\(place)")
        #expect(ticket.firstRepliedAt != nil && ticket.solvedAt != nil, "\(place)")
        #expect((ticket.closedAt != nil) == (ticket.state == .closed), "\(place)")
      } else {
        #expect(ticket.closing == nil && ticket.solvedAt == nil && ticket.disposition == nil, "\(place)")
      }
      if ticket.state == .new { #expect(ticket.waitingSince == ticket.createdAt, "\(place)") }
      if let owner = ticket.owner {
        let agent = try #require(sample.rows.agents[owner])
        #expect(agent.has(.work))
        #expect(agent.zones.isEmpty || agent.zones.contains(zone.id), "\(place)")
      }
    }
  }

  @Test func `are written in the language that they are answered in`() throws {
    var (right, unsure) = (0, 0)
    for ticket in sample.tickets {
      let said = sample.entries[ticket.id, default: []].saidByCustomer
      guard !said.isEmpty else { continue }
      let language = SpokenLanguage.of(said)
      #expect(language == nil || language == ticket.language, "\(ticket.number ?? "") \(said)")
      if language == nil { unsure += 1 } else { right += 1 }
    }
    #expect(right > 1000 && unsure * 50 < right, "\(right) \(unsure)")
  }

  @Test func `hold values that the form would store`() throws {
    for ticket in sample.tickets {
      let zone = try zone(ticket)
      for (id, value) in ticket.fields {
        let field = try #require(zone.field(id), "\(ticket.zone) \(id)")
        #expect((try? field.canonical(value)) == value, "\(ticket.zone) \(id) \(value)")
      }
    }
  }

  @Test func `have times in order, and none that lies ahead`() throws {
    for ticket in sample.tickets {
      let place = "\(ticket.number ?? "") \(ticket.state)"
      let moments = [ticket.createdAt, ticket.firstRepliedAt, ticket.solvedAt, ticket.closedAt].compactMap(
        \.self)
      #expect(moments == moments.sorted(), "\(place)")
      #expect(ticket.updatedAt <= now && ticket.updatedAt >= (moments.last ?? now), "\(place)")
      let contact = try #require(ticket.contact.flatMap(sample.rows.contact))
      let steps = [
        contact.arrivedAt, contact.answeredAt, contact.abandonedAt, contact.endedAt, contact.wrappedUpAt,
      ].compactMap(\.self)
      #expect(steps == steps.sorted(), "\(place)")
      #expect(steps.allSatisfy { $0 <= now }, "\(place)")
      #expect(contact.arrivedAt == ticket.createdAt)
      #expect(contact.channel == ticket.channel)
      switch contact.state {
      case .waiting: #expect(ticket.state == .new, "\(place)")
      case .abandoned: #expect(contact.answeredAt == nil && contact.abandonedAt != nil, "\(place)")
      case .wrappedUp: #expect(contact.endedAt != nil && contact.answeredAt != nil, "\(place)")
      case .answered, .held: #expect(ticket.state == .open, "\(place)")
      case .offered, .ended: #expect(ticket.state == .open || ticket.state == .pending, "\(place)")
      }
      if ticket.state == .closed { #expect(contact.state.isOver, "\(place)") }
      if let ended = contact.endedAt, let answered = contact.answeredAt {
        #expect(contact.heldMilliseconds <= ended - answered, "\(place)")
      }
    }
  }

  @Test func `have a timeline that tells the same story`() throws {
    let entries = sample.entries
    for ticket in sample.tickets {
      let own = try #require(entries[ticket.id])
      let place = "\(ticket.number ?? "") \(ticket.state)"
      #expect(own.map(\.at) == own.map(\.at).sorted(), "\(place)")
      var owner: AgentID?
      var state: Ticket.State?
      var fields: [String: String] = [:]
      var steps: [String] = []
      for entry in own {
        switch entry.kind {
        case .ownerChanged(let from, let to):
          #expect(from == owner, "\(place)")
          owner = to
        case .stateChanged(let from, let to):
          #expect(from == state, "\(place)")
          state = to
        case .fieldChanged(let field, let from, let to):
          #expect(from == fields[field], "\(place)")
          fields[field] = to
        case .stepChanged(let step, _): steps.append(step)
        case .customerMessage: #expect(entry.author == .customer && !entry.body.isEmpty, "\(place)")
        case .reply: #expect(entry.author != .customer && entry.releasesAt != nil, "\(place)")
        case .closed(let disposition, _):
          #expect(disposition == ticket.disposition && entry.body == ticket.closing?.text, "\(place)")
        default: break
        }
      }
      #expect(owner == ticket.owner, "\(place)")
      #expect(state == ticket.state, "\(place)")
      #expect(steps == ticket.steps, "\(place)")
      if ticket.state != .new { #expect(fields == ticket.fields, "\(place)") }
      #expect(own.contains { $0.kind == .customerMessage }, "\(place)")
    }
    #expect(sample.rows.entries.count == sample.rows.timeline.count)
  }

  @Test func `come by all channels, mostly by phone, and more by day than by night`() {
    let byChannel = Dictionary(grouping: sample.tickets, by: \.channel).mapValues(\.count)
    for channel in [Channel.phone, .chat, .wechat, .app, .email, .sms, .hotline] {
      #expect(byChannel[channel, default: 0] > 50, "\(channel)")
    }
    #expect(byChannel[.phone, default: 0] > sample.tickets.count / 4)
    let hours = Dictionary(grouping: sample.tickets) { WallClock.china.civil($0.createdAt).hour }.mapValues(
      \.count)
    #expect(hours[10, default: 0] > 5 * hours[3, default: 0])
    for ticket in sample.tickets where ticket.state == .new && ticket.channel.isSpoken {
      #expect(now - ticket.createdAt < 10 * 60_000)
    }
  }

  @Test func `are mostly closed, with work of every kind in progress`() {
    let states = Dictionary(grouping: sample.tickets, by: \.state).mapValues(\.count)
    #expect(states[.new] == 200)
    #expect(states[.closed, default: 0] > 8500)
    for state in [Ticket.State.open, .pending, .solved] {
      #expect(states[state, default: 0] > 20, "\(state)")
    }
    let modes = sample.tickets.compactMap { $0.closing?.mode }
    #expect(modes.count { $0 == .template } > modes.count * 8 / 10)
    #expect(modes.contains(.blank))
    #expect(Set(sample.tickets.map(\.zone)).count == sample.rows.configuration.zones.count)
  }

  @Test func `give a floor that is at work`() {
    let agents = sample.rows.agents.values
    #expect(agents.count == sample.rows.configuration.agents.count)
    #expect(Set(agents.map(\.presence.state)).count >= 4)
    for agent in agents {
      #expect(agent.presence.since <= now)
      let seconds = (now - agent.presence.since) / 1000
      switch agent.presence.state {
      case .onContact, .afterContactWork: #expect(seconds <= 600)
      case .ready: #expect(seconds <= 751)
      case .notReady: #expect(seconds <= 2400)
      case .offline: break
      }
      #expect((agent.presence.reason != nil) == (agent.presence.state == .notReady))
      if let current = agent.currentTicket {
        #expect(sample.rows.tickets[current]?.owner == agent.id)
        #expect(sample.rows.tickets[current]?.state == .open)
      }
    }
    let first = sample.rows.configuration.agents.first.flatMap { sample.rows.agents[$0.id] }
    #expect(first?.presence.state == .ready)
    #expect(sample.tickets.contains { $0.owner == first?.id && $0.state == .open })
  }

  @Test func `tell the tour as it was written, whatever the seed`() throws {
    for seed in 1...60 {
      let world = try World(
        options: Shipped.options(400, seed: UInt64(seed)), material: Shipped.material.get(),
        configuration: Shipped.configuration.get())
      #expect(world.tour.count == 4)
      for (index, tour) in world.tour.enumerated() {
        let story = CustomerStory(of: index, in: world)
        let incident = try #require(story.incidents.last)
        #expect(incident.fate == .tour(index))
        #expect(world.texts(of: incident).category == tour.category, "seed \(seed)")
        let named = tour.subject.slots.union(tour.message.slots)
        #expect(named.isSubset(of: incident.available), "seed \(seed) \(tour.category)")
        #expect(story.incidents.count == tour.visits + 1)
      }
    }
  }

  @Test(arguments: [400, 10_000])
  func `begin with the tour at the top of the queue`(count: Int) throws {
    let changes = try Shipped.world(Shipped.options(count, seed: 5)).changes()
    let waiting = changes.compactMap { change -> Ticket? in
      if case .ticket(let ticket) = change, ticket.state == .new { ticket } else { nil }
    }.sorted {
      ($0.priority.rawValue, $0.waitingSince?.milliseconds ?? 0)
        < ($1.priority.rawValue, $1.waitingSince?.milliseconds ?? 0)
    }
    let top = waiting.prefix(4).compactMap(\.category?.text)
    #expect(
      top == [
        "billing/duplicate-charge", "subscriptions/video", "porting/contract-block", "broadband/area-outage",
      ])
    #expect(waiting[0].subject == "国际漫游包多扣 38 元")
    #expect(waiting[0].fields["amount"] == "38.00")
    #expect(waiting[0].fields["period"] == "2026-10")
    #expect(waiting.filter { $0.language == .english }.contains { $0.category == "porting/contract-block" })
  }
}

@Suite struct `Material of the demo` {
  @Test func `covers every leaf category in both languages`() throws {
    let material = try Shipped.material.get()
    let configuration = try Shipped.configuration.get()
    let covered = Set(material.zones.flatMap { $0.categories.map(\.category) })
    #expect(covered == Set(configuration.categories.filter { $0.zone != nil }.map(\.id)))
    for zone in material.zones {
      for language in Language.allCases {
        #expect(
          !zone.followUps[language].isEmpty && !zone.replies[language].isEmpty
            && !zone.notes[language].isEmpty)
        for category in zone.categories {
          #expect(category.messages[language].count >= 2, "\(category.category) \(language)")
          #expect(!category.subjects[language].isEmpty, "\(category.category) \(language)")
        }
      }
    }
    #expect(material.tour.count >= 4)
  }

  @Test func `names only what exists`() throws {
    let material = try Shipped.material.get()
    let services = Set(material.services.map(\.id))
    let charges = Set(material.charges.map(\.id))
    let orders = Set(material.orderKinds.map(\.id))
    for category in material.zones.flatMap(\.categories) {
      #expect(services.isSuperset(of: category.services), "\(category.category)")
      #expect(charges.isSuperset(of: category.charge.map { [$0] } ?? []), "\(category.category)")
      #expect(orders.isSuperset(of: category.orders), "\(category.category)")
    }
    let plans = Set(material.plans.map(\.id))
    for tour in material.tour { #expect(plans.contains(tour.plan)) }
    #expect(Set(material.tour.map(\.phone)).count == material.tour.count)
  }

  @Test func `that is not enough says what is missing`() throws {
    var material = try Shipped.material.get()
    let configuration = try Shipped.configuration.get()
    material.surnames = []
    #expect(throws: DemoProblem.missing("names")) {
      try DemoWorld(Shipped.options(10), material: material, configuration: configuration)
    }
    material = try Shipped.material.get()
    var other = configuration
    other.zones.removeAll { $0.id == "unsubscribe" }
    #expect(throws: DemoProblem.unknownZone("unsubscribe")) {
      try DemoWorld(Shipped.options(10), material: material, configuration: other)
    }
  }

  @Test(arguments: [("{amount", "{amount"), ("{colour}", "colour"), ("a {} b", "")])
  func `with a slot that nobody knows is refused`(text: String, name: String) {
    #expect(throws: SlotText.UnknownSlot(name: name)) { try SlotText(text) }
  }
}
