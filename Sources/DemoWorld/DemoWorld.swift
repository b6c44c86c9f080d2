import Domain

/// A fictional operator with its customers, their records and their tickets, from a seed: the same seed is the same world,
/// byte for byte.
///
/// Nothing is kept while it is made, so that a million tickets need no more memory than ten: every customer and every ticket
/// is computed from the seed and its own number.
package struct DemoWorld: Sendable {
  private let world: World

  package init(
    _ options: DemoOptions, material: DemoMaterial, configuration: ConfigurationSet
  ) throws(DemoProblem) {
    world = try World(options: options, material: material, configuration: configuration)
  }

  package var customerCount: Int { world.visits.customers }
  package var ticketCount: Int { world.timetable.count }
  /// What progress is counted in: customers, tickets and, last, the people of the floor.
  package var stepCount: Int { customerCount + ticketCount + 1 }

  /// Customers first, then tickets in order of arrival, then agents with their presence.
  package func batches(of size: Int = 400) -> Batches { Batches(world: world, size: max(1, size)) }

  /// All of it at once, for small worlds.
  package func changes() -> [Change] { batches().flatMap(\.changes) }

  package struct Batch: Sendable {
    package var changes: [Change]
    /// Steps done so far, this batch included.
    package var done: Int
  }

  package struct Batches: Sequence, IteratorProtocol {
    fileprivate let world: World
    fileprivate let size: Int
    private var done = 0
    private var currentTickets: [AgentID: (ticket: TicketID, since: Timestamp)] = [:]

    fileprivate init(world: World, size: Int) {
      self.world = world
      self.size = size
    }

    package mutating func next() -> Batch? {
      let customers = world.visits.customers
      let tickets = world.timetable.count
      var changes: [Change] = []
      if done < customers {
        let end = Swift.min(customers, done + size)
        for index in done..<end {
          var records = CustomerRecords(CustomerStory(of: index, in: world), in: world)
          records.append(to: &changes)
        }
        done = end
      } else if done < customers + tickets {
        let end = Swift.min(customers + tickets, done + size)
        for index in done..<end { append(index - customers, to: &changes) }
        done = end
      } else if done == customers + tickets {
        changes = Floor(world: world, currentTickets: currentTickets).agents().map(Change.agent)
        done += 1
      } else {
        return nil
      }
      return Batch(changes: changes, done: done)
    }

    private mutating func append(_ number: Int, to changes: inout [Change]) {
      let tale = TicketTale(number, in: world)
      tale.append(to: &changes)
      if tale.ticket.state == .open, let owner = tale.ticket.owner {
        currentTickets[owner] = (tale.ticket.id, tale.ticket.updatedAt)
      }
    }
  }
}

/// Who sits where at `now`.
private struct Floor {
  let world: World
  let currentTickets: [AgentID: (ticket: TicketID, since: Timestamp)]

  /// Seconds after which people are back, by reason code.
  private static let longest = [
    "break": 600, "meal": 1500, "training": 2400, "meeting": 1800, "coaching": 900, "system": 300,
  ]

  func agents() -> [Agent] {
    world.configuration.agents.enumerated().map { index, agent in
      var agent = agent
      guard agent.isActive else { return agent }
      var random = SeededRandom(seed: world.seed, .agent, index)
      func ago(_ seconds: ClosedRange<Int>) -> Timestamp {
        world.now.advanced(seconds: -Int64(random.within(seconds)))
      }
      let draw = index == 0 ? 99 : random.below(100)
      switch draw {
      case ..<38:
        if let current = currentTickets[agent.id] {
          // A ticket may have been open for days; nobody has talked about it that long.
          agent.presence = Presence(state: .onContact, since: max(current.since, ago(20...600)))
          agent.currentTicket = current.ticket
        } else {
          agent.presence = Presence(state: .ready, since: ago(5...180))
        }
      case ..<60: agent.presence = Presence(state: .ready, since: ago(5...240))
      case ..<70: agent.presence = Presence(state: .afterContactWork, since: ago(5...80))
      case ..<84:
        let reason = random.pick(notReadyReasons)
        agent.presence = Presence(
          state: .notReady, since: ago(30...(Self.longest[reason] ?? 600)), reason: reason)
      case 99: agent.presence = Presence(state: .ready, since: world.now.advanced(seconds: -751))
      default: agent.presence = Presence(state: .offline, since: ago(3600...50_000))
      }
      return agent
    }
  }
}
