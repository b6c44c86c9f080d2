import ArgumentParser
import Desk
import Domain
import Store

struct ExportCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words("export", "group.export", subcommands: [ExportTickets.self, ExportCustomers.self])
  }
}

struct ExportOptions: ParsableArguments {
  @Flag(help: .words("export.clear")) var clear = false
  @Option(help: .words("export.reason", value: "text")) var reason: String?

  /// Records the export before its first line is written; the store may refuse it.
  ///
  /// - Returns: the reason of an export in clear, nil for a masked one.
  func begin(_ kind: Export.Kind, _ desk: HeadlessDesk) throws -> String? {
    let given = self.reason?.trimmed ?? ""
    guard !clear || !given.isEmpty else { throw CommandFailure.optionMissing("--reason") }
    let reason = given.isEmpty ? desk.strings("cli.export.masked") : given
    try desk.submit(.export(Export(kind, isClear: clear, reason: reason)))
    return clear ? reason : nil
  }
}

/// Records who took data in clear and why, for each customer once, before anything is written.
struct Disclosures {
  private let reason: String
  private var delivery: BulkDelivery
  private var told: Set<CustomerID> = []

  init(_ desk: HeadlessDesk, reason: String) {
    self.reason = reason
    delivery = BulkDelivery(desk.connection)
  }

  mutating func record(_ customers: [CustomerID], _ desk: HeadlessDesk) throws {
    let new = customers.filter { told.insert($0).inserted }
    let outcomes = try delivery.send(
      new.map { desk.operation(.customer($0, .reveal(field: "export", reason: reason))) })
    for case .refused(let refusal) in outcomes { throw CommandFailure.refused(refusal, desk.directory) }
  }
}

struct ExportTickets: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("tickets", "export.tickets") }

  @OptionGroup var global: GlobalOptions
  @OptionGroup var export: ExportOptions

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    var disclosures = try export.begin(.tickets, desk).map { Disclosures(desk, reason: $0) }
    var place: Int64 = 0
    while true {
      let (tickets, next) = try desk.replica.tickets(after: place, limit: 200)
      guard !tickets.isEmpty else { return }
      place = next
      try disclosures?.record(tickets.map(\.customer), desk)
      for ticket in tickets { try put(ticket, isClear: disclosures != nil, desk) }
    }
  }

  private func put(_ masked: Ticket, isClear: Bool, _ desk: HeadlessDesk) throws {
    let replica = desk.replica
    if isClear {
      guard let ticket = try replica.ticketRecord(masked.id) else { return }
      let name = try replica.customerRecord(ticket.customer)?.name ?? ""
      let fields = ticket.fields.sorted { $0.key < $1.key }.map { JSON.Pair($0.key, .text($0.value)) }
      desk.output.put(
        JSON.ticket(ticket, customerName: name).replacing("fields", .object(fields)).adding([
          JSON.Pair("timeline", .array(try replica.entryRecords(of: ticket.id).map(JSON.entry)))
        ]))
    } else if let detail = try replica.ticketDetail(masked.id, entryLimit: 20_000) {
      desk.output.put(
        JSON.ticket(detail.ticket, customerName: detail.customer?.customer.name ?? "").adding([
          JSON.Pair("timeline", .array(detail.entries.map(JSON.entry)))
        ]))
    }
  }
}

struct ExportCustomers: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("customers", "export.customers") }

  @OptionGroup var global: GlobalOptions
  @OptionGroup var export: ExportOptions

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    var disclosures = try export.begin(.customers, desk).map { Disclosures(desk, reason: $0) }
    var place: Int64 = 0
    while true {
      let (customers, next) = try desk.replica.customers(after: place, limit: 200)
      guard !customers.isEmpty else { return }
      place = next
      try disclosures?.record(customers, desk)
      for id in customers { try put(id, isClear: disclosures != nil, desk) }
    }
  }

  private func put(_ id: CustomerID, isClear: Bool, _ desk: HeadlessDesk) throws {
    // Whoever was merged into somebody else is exported as part of that one.
    guard let profile = try desk.replica.customerProfile(id), profile.customer.id == id else { return }
    guard isClear, let record = try desk.replica.customerRecord(id) else {
      return desk.output.put(.customer(profile))
    }
    let identities = try desk.replica.identityRecords(of: id).map(JSON.identity)
    desk.output.put(
      JSON.customer(profile).replacing("name", .text(record.name)).replacing("address", .text(record.address))
        .replacing("identities", .array(identities)))
  }
}
