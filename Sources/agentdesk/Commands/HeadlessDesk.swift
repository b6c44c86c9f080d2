import Configuration
import Desk
import Domain
import Store

/// The short-lived desk of one command: it delivers before it ends.
final class HeadlessDesk {
  let context: CommandContext
  let store: any StoreService
  let connection: DeskConnection
  /// Nil where nobody was named on a store of real work, for commands that only say what there is.
  let sitter: Agent?
  let identifiers = IdentifierSource()
  private(set) lazy var directory = Directory(
    zones: (try? replica.zones()) ?? [], categories: (try? replica.categories()) ?? [],
    teams: (try? replica.teams()) ?? [], agents: (try? replica.agents()) ?? [])

  var replica: Replica { connection.replica }
  var agent: Agent { sitter ?? Self.nobody }
  var strings: StringCatalogue { context.strings }
  var language: Language { context.language }
  var output: Output { context.output }

  /// - Parameter needsAgent: false for what somebody asks before knowing whom to name.
  init(_ context: CommandContext, needsAgent: Bool) throws {
    self.context = context
    store = try context.openStore()
    if store.isServed, store.agent == nil {
      let id = try Seat.agent(context.options.agent, context.settings, in: store, wanting: .work)
      guard let id = id ?? (needsAgent ? nil : Agent.system.id) else { throw CommandFailure.agentMissing }
      try store.sit(as: id)
    }
    // Screens have replicas of their own: a command must not take the one that holds somebody's drafts.
    let folder = store.agent.map { "commands-\($0)" } ?? "commands"
    let replica =
      try context.options.replica.map { try Replica(path: StoreLocation.file(at: $0)) }
      ?? Replica.free(in: context.paths.replicas(store: store.address, agent: folder), for: "commands")
    let progress = ProgressBar(context.strings("cli.progress.fill"), strings: context.strings)
    connection = try DeskConnection(
      store: store, replica: replica, agent: store.agent ?? Agent.system.id, progress: progress.show)
    progress.end()
    if let ignored = Seat.ignoredName(context.options.agent, context.settings, in: store) {
      context.output.warn(
        context.strings("runtime.agent-ignored", ["named": ignored, "agent": store.agent?.text ?? ""]))
    }
    sitter = try Self.sitter(context, store, replica)
    guard !needsAgent || sitter != nil else {
      throw try replica.agents().isEmpty ? CommandFailure.noAgent : .agentMissing
    }
  }

  /// Nobody acts as the system.
  private static func sitter(_ context: CommandContext, _ store: any StoreService, _ replica: Replica) throws
    -> Agent?
  {
    guard let id = try Seat.agent(context.options.agent, context.settings, in: store, wanting: .work) else {
      return nil
    }
    guard id != Agent.system.id, let agent = try replica.agent(id), agent.isActive else {
      throw CommandFailure.agentUnknown(id.text)
    }
    return agent.current(at: .now)
  }

  /// Has no right, and no store knows it: whatever it tried would be refused.
  private static let nobody = Agent(
    id: "", number: "", name: LocalizedText(chinese: "", english: ""), team: nil, roles: [])

  // MARK: - Doing

  func operation(_ action: Action, basedOn version: Int64? = nil) -> Operation {
    Operation(id: identifiers.next(), actor: agent.id, at: .now, basedOn: version, action: action)
  }

  /// Delivers one operation; a refusal is thrown.
  func submit(_ action: Action, basedOn version: Int64? = nil) throws {
    let operation = operation(action, basedOn: version)
    if case .refused(let refusal) = try connection.submit(operation) {
      // Whoever called has the text; nobody opens this desk to find it.
      try replica.dismissNotSent(operation.id)
      throw CommandFailure.refused(refusal, directory)
    }
  }

  func submit(_ ticket: Ticket, _ action: TicketAction, basedOn version: Int64? = nil) throws {
    try submit(.ticket(ticket.id, action), basedOn: version)
  }

  func require(_ right: Right) throws {
    guard agent.has(right) else { throw CommandFailure.missingRight(right) }
  }

  /// Values in stored form, checked before anything is sent: the first bad one refuses them all.
  func canonical(_ assignments: [Assignment], zone: ZoneID) throws -> [String: String] {
    guard let zone = directory.zone(zone) else { throw CommandFailure.refused(.unknownZone(zone), directory) }
    var fields: [String: String] = [:]
    for assignment in assignments {
      guard let field = zone.field(assignment.name) else {
        throw CommandFailure.refused(.unknownField(assignment.name), directory)
      }
      do {
        fields[field.id] = try field.canonical(assignment.value)
      } catch {
        throw CommandFailure.fieldProblem(error, field)
      }
    }
    return fields
  }

  // MARK: - Finding

  /// By number (`2611-0417`, with or without `#`) or key.
  func ticket(_ reference: String) throws -> Ticket {
    let name = reference.hasPrefix("#") ? String(reference.dropFirst()) : reference
    guard let ticket = try replica.ticket(number: name) ?? replica.ticket(TicketID(name)) else {
      throw CommandFailure.ticketUnknown(reference)
    }
    return ticket
  }

  /// By key or by any identity.
  func customer(_ reference: String) throws -> CustomerProfile {
    if let profile = try replica.customerProfile(CustomerID(reference)) { return profile }
    for kind in Identity.Kind.allCases {
      if !Identity.normalize(reference, kind: kind).isEmpty,
        let id = try replica.customer(holding: kind, reference), let profile = try replica.customerProfile(id)
      {
        return profile
      }
    }
    throw CommandFailure.customerUnknown(reference)
  }

  func close() {
    connection.close()
    store.close()
  }
}
