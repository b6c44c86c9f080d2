import Domain
import Foundation
import Store

/// Desks without replicas at one store, whichever way leads there: what the store alone costs.
struct ServiceDesks {
  let location: StoreLocation

  init(_ address: String) throws { location = try StoreLocation(address) }

  /// A connection of its own for each.
  func open(as agent: AgentID?) throws -> any StoreService {
    let options = RemoteStore.Options(program: "agentdesk-bench", agent: agent)
    switch location {
    case .file(let path): return try SharedStore(path: path)
    case .unix(let path): return try RemoteStore(location.description, UnixLink(path: path), options)
    case .ssh(let target): return try RemoteStore(location.description, SecureShellLink(target), options)
    }
  }

  /// Tickets that nobody owns, made by somebody who may work on them, and the people who may.
  func prepare(tickets count: Int) throws -> (tickets: [TicketID], agents: [Agent]) {
    let service = try open(as: Agent.system.id)
    defer { service.close() }
    let agents = try service.agents().filter { $0.isActive && $0.has(.work) && !$0.zones.isEmpty }
    guard let agent = agents.first, let zone = agent.zones.min() else { throw BenchProblem.noAgent }
    var sender = ServiceSender(service, agent: Agent.system.id)
    let identifiers = IdentifierSource()
    let customer: CustomerID = identifiers.next()
    let tickets: [TicketID] = (0..<count).map { _ in identifiers.next() }
    var actions: [Action] = [
      .customer(customer, .create(Customer(id: customer, name: "王慧芳"), identities: []))
    ]
    for ticket in tickets {
      actions.append(
        .ticket(
          ticket,
          .create(
            NewTicket(
              customer: customer, zone: zone, subject: "bench", channel: .chat, contact: identifiers.next(),
              message: "bench"))))
    }
    for start in stride(from: 0, to: actions.count, by: PushRequest.limit) {
      let operations = actions[start..<min(actions.count, start + PushRequest.limit)].map {
        Domain.Operation(id: identifiers.next(), actor: agent.id, at: .now, action: $0)
      }
      for case .refused(let refusal) in try sender.push(operations) { throw BenchProblem.refused(refusal) }
    }
    return (tickets, agents)
  }
}

/// Counts the operations of one desk and sends them.
struct ServiceSender {
  let service: any StoreService
  private let desk: String
  private let epoch: Int64
  private var sequence: Int64 = 0

  init(_ service: any StoreService, agent: AgentID) {
    self.service = service
    desk = "\(agent)-\(IdentifierSource().next(Domain.Operation.self))"
    epoch = (try? service.beginning().epoch) ?? 1
  }

  mutating func push(_ operations: [Domain.Operation]) throws -> [Outcome] {
    let envelopes = try operations.map { operation in
      sequence += 1
      return try Envelope(store: service.id, desk: desk, sequence: sequence, operation: operation)
    }
    return try service.push(PushRequest(store: service.id, epoch: epoch, envelopes: envelopes)).answers.map(
      \.outcome)
  }
}
