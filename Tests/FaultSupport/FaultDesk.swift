import Domain
import Glibc
import Store

/// One desk in a process of its own that works until it is told to end or ended by force, and writes down what it was told.
package struct FaultDesk: Sendable {
  /// `file:PATH` or `unix:PATH`.
  package var address: String
  package var replica: String
  package var journal: String
  package var agent: AgentID
  /// How many tickets there are to work on.
  package var tickets = 4
  package var seed: UInt64 = 1
  /// Ends after so many, when everything is delivered; nil: never by itself.
  package var operations: Int?
  /// Microseconds between two operations.
  package var pause: UInt32 = 0

  package init(address: String, replica: String, journal: String, agent: AgentID) {
    self.address = address
    self.replica = replica
    self.journal = journal
    self.agent = agent
  }

  // MARK: - As the arguments of a process

  package var arguments: [String] {
    [
      address, replica, journal, agent.text, "\(tickets)", "\(seed)", operations.map { "\($0)" } ?? "-",
      "\(pause)",
    ]
  }

  package init(arguments: [String]) throws {
    guard arguments.count == 8, let tickets = Int(arguments[4]), let seed = UInt64(arguments[5]),
      let pause = UInt32(arguments[7])
    else {
      throw FaultProblem("ADDRESS REPLICA JOURNAL AGENT TICKETS SEED OPERATIONS PAUSE, not \(arguments)")
    }
    self.init(
      address: arguments[0], replica: arguments[1], journal: arguments[2], agent: AgentID(arguments[3]))
    self.tickets = tickets
    self.seed = seed
    self.pause = pause
    operations = Int(arguments[6])
  }

  // MARK: - Working

  /// - Throws: what keeps the desk from beginning or from being delivered; errors on the way are written down and tried again.
  package func run() throws {
    let journal = try FaultJournal(appendingTo: journal)
    let store = try open()
    defer { store.close() }
    let desk = try DeskConnection(store: store, replica: Replica(path: replica), agent: agent)
    defer { desk.close() }
    var work = Work(desk: desk, journal: journal, plan: self)
    var done = 0
    while operations.map({ done < $0 }) ?? true {
      work.step()
      done += 1
      if pause > 0 { usleep(pause) }
    }
    try work.deliver()
    journal.write(.drained)
  }

  /// A store that is being restarted is waited for; a desk that was there before begins without it.
  private func open() throws -> any StoreService {
    switch try StoreLocation(address) {
    case .file(let path): return try SharedStore(path: path)
    case .unix(let path):
      var options = RemoteStore.Options(program: "fault-desk", agent: agent, folder: replica + ".known")
      options.pause = 0.02
      let limit = milliseconds() + 30_000
      while true {
        do {
          return try RemoteStore(address, UnixLink(path: path), options, mayBeAway: true)
        } catch StoreError.unreachable where milliseconds() < limit {
          usleep(20_000)
        }
      }
    case .ssh: throw FaultProblem("a desk of a campaign is on this machine")
    }
  }
}

private struct Work {
  let desk: DeskConnection
  let journal: FaultJournal
  let plan: FaultDesk
  private let identifiers = IdentifierSource()
  private var random: SplitMix64

  init(desk: DeskConnection, journal: FaultJournal, plan: FaultDesk) {
    self.desk = desk
    self.journal = journal
    self.plan = plan
    random = SplitMix64(plan.seed)
  }

  mutating func step() {
    let ticket = FaultWorld.ticket(random.below(plan.tickets))
    do {
      switch random.below(11) {
      case 0...4: try save(.ticket(ticket, .note("fault \(identifiers.next(Operation.self))")))
      case 5: try save(.ticket(ticket, .setPriority(random.below(2) == 0 ? .high : .normal)))
      case 6, 7: try claim(ticket)
      case 8: try keep()
      default: try synchronize()
      }
    } catch {
      journal.write(.trouble("\(error)"))
      usleep(2000)
    }
  }

  private func operation(_ action: Action) -> Operation {
    Operation(id: identifiers.next(), actor: plan.agent, at: .now, action: action)
  }

  private func save(_ action: Action) throws {
    let operation = operation(action)
    journal.write(.trying(operation.id))
    let begun = milliseconds()
    do {
      if try desk.save(operation) == .accepted {
        let end = milliseconds()
        journal.write(.saved(operation.id))
        journal.write(.written(milliseconds: end - begun))
      }
    } catch {
      journal.write(.failed(operation.id, reason: "\(error)"))
      throw error
    }
  }

  /// Takes the ticket, or gives it back when it is this desk's.
  private func claim(_ ticket: TicketID) throws {
    let isOwn = try desk.replica.ticket(ticket)?.owner == plan.agent
    let operation = operation(.ticket(ticket, isOwn ? .release : .claim))
    journal.write(.trying(operation.id))
    let begun = milliseconds()
    do {
      let outcome = try desk.submit(operation)
      if !isOwn { journal.write(.claimed(milliseconds: milliseconds() - begun)) }
      if try desk.replica.hasSaved(operation.id) {
        journal.write(.saved(operation.id))
        try told(operation.id, outcome)
      }
    } catch {
      // Not known: the desk itself says whether it has it.
      if let isSaved = try? desk.replica.hasSaved(operation.id), isSaved {
        journal.write(.saved(operation.id))
      }
      throw error
    }
  }

  private func told(_ id: OperationID, _ outcome: Outcome) throws {
    journal.write(.told(id, epoch: try desk.replica.epoch(), isAccepted: outcome == .accepted))
  }

  private func synchronize() throws {
    let report = try desk.synchronize()
    // What was answered before a restore that was noticed meanwhile is of the older history.
    if report.restored == nil {
      for answer in report.answered { try told(answer.id, answer.outcome) }
    }
    if let offline = report.offline { throw offline }
  }

  /// A file for the store, as an attachment is.
  private mutating func keep() throws {
    let bytes = (0..<1500).map { _ in UInt8.random(in: 0...255, using: &random) }
    journal.write(.kept(digest: try desk.store.storeAttachment(bytes)))
  }

  func deliver() throws {
    let limit = milliseconds() + 30_000
    while try desk.replica.status().queued > 0 {
      do {
        try synchronize()
      } catch {
        guard milliseconds() < limit else { throw error }
        usleep(10_000)
      }
    }
  }
}
