import ArgumentParser
import Desk
import Domain
import Store

struct TicketImportCommand: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("import", "ticket.import") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("import.file", value: "file"), completion: .file()) var file: String
  @Option(help: .words("import.rejects", value: "path"), completion: .file()) var rejects: String?

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    try desk.require(.work)
    let lines = try LineImport(desk, file: file, rejects: rejects)
    var tickets = TicketImport(desk)
    try lines.run { try tickets.take($0) }
    try lines.report(customers: tickets.customersCreated)
  }
}

/// Tickets of an import, a batch at a time: customers and tickets first, then the closings, each based on the version that the
/// store gave.
struct TicketImport {
  private struct Plan {
    var ticket: TicketID
    /// Of the batch, for the answer.
    var operations: Range<Int>
    var closing: (disposition: String, text: String)?
    var isKnown: Bool
  }

  private let desk: HeadlessDesk
  private var delivery: BulkDelivery
  private var people: PersonMatcher

  init(_ desk: HeadlessDesk) {
    self.desk = desk
    delivery = BulkDelivery(desk.connection)
    people = PersonMatcher(desk)
  }

  var customersCreated: Int { people.created }

  mutating func take(_ lines: [(line: LineImport.Line, json: JSON)]) throws -> [LineImport.Result] {
    var operations: [Operation] = []
    var plans: [Result<Plan, LineProblem>] = []
    // The same name may stand in two lines of one batch.
    var seen: Set<TicketID> = []
    for (_, json) in lines {
      do {
        let line = try TicketLine(json, now: .now)
        plans.append(.success(try plan(line, &operations, &seen)))
      } catch let problem as LineProblem {
        plans.append(.failure(problem))
      }
    }
    let outcomes = try delivery.send(operations)
    var results = plans.map { plan -> LineImport.Result in
      switch plan {
      case .failure(let problem): return .rejected(problem)
      case .success(let plan):
        for index in plan.operations {
          if case .refused(let refusal) = outcomes[index] { return .rejected(.refused(refusal)) }
        }
        return plan.isKnown ? .known : .imported
      }
    }
    try close(plans, &results)
    return results
  }

  private mutating func close(_ plans: [Result<Plan, LineProblem>], _ results: inout [LineImport.Result])
    throws
  {
    var operations: [Operation] = []
    var lines: [Int] = []
    for (index, plan) in plans.enumerated() {
      guard case .success(let plan) = plan, let closing = plan.closing else { continue }
      if case .rejected = results[index] { continue }
      guard let ticket = try desk.replica.ticket(plan.ticket), !ticket.state.isDone else { continue }
      operations.append(
        desk.operation(
          .ticket(
            plan.ticket, .close(disposition: closing.disposition, Closing(text: closing.text, mode: .blank))),
          basedOn: ticket.version))
      lines.append(index)
    }
    for (index, outcome) in zip(lines, try delivery.send(operations)) {
      if case .refused(let refusal) = outcome { results[index] = .rejected(.refused(refusal)) }
    }
  }

  private mutating func plan(
    _ line: TicketLine, _ operations: inout [Operation], _ seen: inout Set<TicketID>
  ) throws -> Plan {
    guard let zone = desk.directory.zone(ZoneID(line.zone)) else { throw LineProblem.unknownZone(line.zone) }
    if let category = line.category {
      guard let node = desk.directory.category(CategoryID(category)), let home = node.zone else {
        throw LineProblem.unknownCategory(category)
      }
      guard home == zone.id else { throw LineProblem.categoryOfOtherZone(category, zone: home.text) }
    }
    let fields = try canonical(line.fields, zone)
    if let close = line.close { try check(close, fields, zone) }
    for message in line.messages {
      if let agent = message.agent, desk.directory.agent(AgentID(agent)) == nil {
        throw LineProblem.unknownAgent(agent)
      }
    }
    // The name in the other system is the key here: the same line imported twice is the same ticket.
    let id = line.externalID.map { TicketID("ext:\($0)") } ?? desk.identifiers.next()
    let closing = line.close.map { ($0.disposition, $0.text) }
    if line.externalID != nil, try seen.contains(id) || desk.replica.ticket(id) != nil {
      return Plan(ticket: id, operations: 0..<0, closing: closing, isKnown: true)
    }
    let start = operations.count
    let (customer, making) = try people.match(line.person)
    operations += making
    operations.append(desk.operation(.ticket(id, .create(new(line, customer, zone, fields)))))
    seen.insert(id)
    return Plan(ticket: id, operations: start..<operations.count, closing: closing, isKnown: false)
  }

  private func new(_ line: TicketLine, _ customer: CustomerID, _ zone: Zone, _ fields: [String: String])
    -> NewTicket
  {
    let arrivedAt = line.createdAt ?? line.messages.lazy.compactMap(\.at).first ?? .now
    var last = arrivedAt
    let conversation = line.messages.map { message -> PastMessage in
      last = max(last, message.at ?? last)
      let author: TimelineEntry.Author =
        message.isCustomer ? .customer : message.agent.map { .agent(AgentID($0)) } ?? .system
      return PastMessage(author: author, at: last, text: message.text)
    }
    let spoken =
      line.person.language
      ?? SpokenLanguage.of(
        customer: nil, zone: zone, messages: line.messages.filter(\.isCustomer).map(\.text))
    return NewTicket(
      customer: customer, zone: zone.id, category: line.category.map { CategoryID($0) },
      subject: line.subject,
      priority: line.priority, language: line.language ?? spoken ?? desk.agent.language,
      channel: line.channel,
      contact: desk.identifiers.next(), fields: fields, tags: line.tags,
      isClaimed: line.isClaimed || line.close != nil, arrivedAt: arrivedAt, conversation: conversation,
      isLanguageNamed: line.language != nil)
  }

  private func canonical(_ values: [(key: String, value: String)], _ zone: Zone) throws -> [String: String] {
    var fields: [String: String] = [:]
    for (key, value) in values {
      guard let field = zone.field(key) else { throw LineProblem.unknownField(key) }
      do {
        fields[key] = try field.canonical(value)
      } catch {
        throw LineProblem.field(error, field)
      }
    }
    return fields
  }

  /// A line that could not be closed must not become half a ticket.
  private func check(_ close: TicketLine.Close, _ fields: [String: String], _ zone: Zone) throws {
    guard zone.dispositions.contains(where: { $0.id == close.disposition }) else {
      throw LineProblem.unknownDisposition(close.disposition)
    }
    let missing = zone.missingFields(in: fields)
    guard missing.isEmpty else {
      throw LineProblem.requiredFieldsMissing(missing.compactMap { zone.field($0)?.name })
    }
  }
}
