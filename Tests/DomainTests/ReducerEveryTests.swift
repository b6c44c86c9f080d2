import Domain
import TestSupport
import Testing

@Suite struct `Every operation by every role in every state` {
  @Test(arguments: Ticket.State.allCases, Role.allCases)
  func `keeps what must always hold`(state: Ticket.State, role: Role) throws {
    let start = try Floor.with(state)
    for action in Floor.everyAction(start) {
      var floor = start
      let before = try #require(floor.state.tickets[Floor.ticket])
      let outcome = try floor.run(.ticket(Floor.ticket, action), by: Floor.agent(role))
      let after = try #require(floor.state.tickets[Floor.ticket])
      let place = "\(action.name) by \(role) on \(state)"
      #expect(violations(of: after, in: floor.state) == [], "\(place)")
      #expect(after.version >= before.version, "\(place)")
      if case .refused(let refusal) = outcome {
        #expect(after == before, "\(place)")
        #expect(floor.state.timeline == start.state.timeline, "\(place)")
        #expect(floor.state.contacts == start.state.contacts, "\(place)")
        if let missing = Rights.missing(action, role) {
          #expect(refusal == .missingRight(missing), "\(place)")
        } else {
          #expect(refusal != .missingRight(Rights.needed(action)), "\(place)")
        }
      } else {
        #expect(Rights.missing(action, role) == nil, "\(place)")
      }
    }
  }

  @Test func `names every action once`() throws {
    let names = Floor.everyAction(try Floor()).map(\.name)
    #expect(names.count == 36)
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: Ticket.State.allCases)
  func `the same operation writes the same entries wherever it runs`(state: Ticket.State) throws {
    var floor = try Floor.with(state)
    for action in Floor.everyAction(floor) {
      let version = floor.state.tickets[Floor.ticket]?.version
      let operation = floor.operation(.ticket(Floor.ticket, action), basedOn: version)
      let reducer = Reducer(state: floor.state, now: operation.at)
      guard let first = try? reducer.changes(of: operation) else { continue }
      #expect(try reducer.changes(of: operation) == first)
      let ids = first.compactMap { if case .entry(let entry) = $0 { entry.id } else { nil } }
      #expect(Set(ids).count == ids.count, "\(action.name)")
      if case .strike = action { continue }
      #expect(ids.allSatisfy { $0.text.hasPrefix("\(operation.id.text)-") }, "\(action.name)")
    }
  }

  @Test(arguments: Ticket.State.allCases)
  func `an operation based on an older version is refused`(state: Ticket.State) throws {
    var floor = try Floor.with(state)
    let ticket = try #require(floor.state.tickets[Floor.ticket])
    for action in Floor.everyAction(floor) {
      if case .create = action { continue }
      let may = Rights.missing(action, .agent) == nil
      let operation = floor.operation(
        .ticket(Floor.ticket, action), by: Floor.agent(may ? .agent : .lead), basedOn: ticket.version - 1)
      #expect(
        try floor.state.run(operation) == .refused(.changedSince(now: ticket.version)), "\(action.name)")
    }
  }

  @Test func `an actor that nobody knows does nothing`() throws {
    var floor = try Floor()
    #expect(
      try floor.run(.ticket(Floor.ticket, .claim), by: "stranger") == .refused(.unknownActor("stranger")))
    floor.state.agents[Floor.agent(.agent)]?.isActive = false
    #expect(
      try floor.run(.ticket(Floor.ticket, .claim)) == .refused(.unknownActor(Floor.agent(.agent))))
  }

  /// Long random lives; a failure names its seed.
  @Test(arguments: 0..<60)
  func `random lives of a ticket keep what must always hold`(seed: UInt64) throws {
    var random = Dice(seed: seed)
    var floor = try Floor()
    let people: [AgentID] =
      [Floor.agent(.agent), "a-second", Floor.agent(.lead), Floor.agent(.supervisor), Floor.agent(.quality)]
    var contacts = 2
    for step in 0..<120 {
      var actions = Floor.everyAction(floor)
      // Many lives end in a merge or a close; those are drawn less often so that lives are long.
      actions += actions.filter { !["merge", "close", "solve", "create"].contains($0.name) }
      var action = actions[random.below(actions.count)]
      if case .addContact = action {
        contacts += 1
        action = .addContact(ContactID("contact-\(contacts)"), .chat, message: "第 \(contacts) 次")
      }
      if case .moveContact = action, let newest = floor.state.tickets[Floor.ticket]?.contact {
        let states = Contact.State.allCases
        action = .moveContact(newest, to: states[random.below(states.count)], code: nil)
      }
      let before = try #require(floor.state.tickets[Floor.ticket])
      let who = people[random.below(people.count)]
      let outcome = try floor.run(.ticket(Floor.ticket, action), by: who)
      let after = try #require(floor.state.tickets[Floor.ticket])
      let found = violations(of: after, in: floor.state)
      #expect(found == [], "seed \(seed), step \(step): \(action.name) by \(who), \(outcome)")
      #expect(after.version >= before.version, "seed \(seed), step \(step)")
      if !found.isEmpty { return }
    }
  }
}

/// Random numbers that a seed repeats.
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }

  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
