import ArgumentParser
import Assist
import Desk
import Domain
import Store

struct TicketCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words(
      "ticket", "group.ticket",
      subcommands: [
        TicketCreate.self, TicketImportCommand.self, TicketList.self, TicketShow.self, TicketRead.self,
        TicketClaim.self, TicketRelease.self, TicketNote.self, TicketReply.self, TicketSet.self,
        TicketHold.self,
        TicketResume.self, TicketWatch.self, TicketCoach.self, TicketAttend.self,
        TicketTransfer.self, TicketClose.self, TicketReopen.self,
      ])
  }
}

/// A command that changes one ticket and answers with what it is now.
protocol TicketChange: HeadlessCommand {
  var reference: String { get }

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws
}

extension TicketChange {
  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    let ticket = try desk.ticket(reference)
    try change(ticket, desk)
    try desk.report(ticket.id)
  }
}

extension HeadlessDesk {
  /// Tells the leads what a ticket that just came asks for, before anybody opens it.
  func raise(_ id: TicketID) throws {
    guard let clear = try replica.clearTicket(id) else { return }
    let reader = TicketReader(configuration: try replica.readingConfiguration())
    let reading = reader.read(ReadingInput(clear, clock: .local, now: .now))
    let due = AlertRule.due(mood: reading.mood, risk: reading.risk, ticket: clear.ticket, zone: clear.zone)
    for action in due { try submit(.ticket(id, action)) }
  }

  func report(_ id: TicketID) throws {
    guard let ticket = try replica.ticket(id) else { throw CommandFailure.ticketUnknown(id.text) }
    if output.isJSON {
      output.put(.changed(ticket))
    } else {
      let owner = ticket.owner.map { directory.agentName($0, in: language) } ?? "–"
      output.say(
        "\(ticket.number ?? ticket.id.text)  \(strings("ticket.state.\(ticket.state.rawValue)"))  \(owner)")
    }
  }
}

struct TicketCreate: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("create", "ticket.create") }

  @OptionGroup var global: GlobalOptions
  @OptionGroup var person: PersonOptions
  @Option(help: .words("ticket.zone", value: "id")) var zone: String?
  @Option(help: .words("ticket.category", value: "id")) var category: String?
  @Option(help: .words("ticket.subject", value: "text")) var subject: String
  @Option(help: .words("ticket.message", value: "text")) var message: String?
  @Option(help: .words("ticket.channel", value: "channel")) var channel = Channel.phone.rawValue
  @Option(help: .words("ticket.priority", value: "priority")) var priority = "normal"
  @Option(help: .words("ticket.language", value: "tag")) var language: String?
  @Option(name: .customLong("field"), help: .words("ticket.field", value: "id=value")) var fields: [String] =
    []
  @Option(name: .customLong("tag"), help: .words("ticket.tag", value: "text")) var tags: [String] = []
  @Flag(help: .words("ticket.claim")) var claim = false

  func perform(_ context: CommandContext) throws {
    let channel = try oneOf("--channel", self.channel, Channel.self)
    let priority = try Ticket.Priority(option: self.priority)
    let language = try self.language.map { try oneOf("--language", $0, Language.self) }
    let values = try fields.map(Assignment.init)
    guard zone != nil || category != nil else { throw CommandFailure.oneOf(["--zone", "--category"]) }
    let message = try self.message.map(Input.text) ?? ""
    let desk = try context.openDesk()
    defer { desk.close() }
    let node = category.flatMap { desk.directory.category(CategoryID($0)) }
    if let category, node?.zone == nil {
      throw CommandFailure.refused(.unknownCategory(CategoryID(category)), desk.directory)
    }
    let zone = zone.map { ZoneID($0) } ?? node?.zone ?? ""
    if let node, node.zone != zone {
      throw CommandFailure.refused(.unknownCategory(node.id), desk.directory)
    }
    // What would be refused is refused before a new customer is made for it.
    let fields = try desk.canonical(values, zone: zone)
    guard !subject.trimmed.isEmpty else { throw CommandFailure.refused(.textMissing, desk.directory) }
    try desk.require(.work)
    let customer = try person.findOrCreate(desk)
    let id: TicketID = desk.identifiers.next()
    let spoken = SpokenLanguage.of(
      customer: try desk.replica.customerProfile(customer)?.customer, zone: desk.directory.zone(zone),
      messages: [message])
    let new = NewTicket(
      customer: customer, zone: zone, category: node?.id, subject: subject, priority: priority,
      language: language ?? spoken ?? desk.agent.language, channel: channel,
      contact: desk.identifiers.next(), message: message, fields: fields,
      tags: tags, isClaimed: claim, isLanguageNamed: language != nil)
    try desk.submit(.ticket(id, .create(new)))
    try desk.raise(id)
    try desk.report(id)
  }
}

struct TicketList: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("list", "ticket.list") }

  @OptionGroup var global: GlobalOptions
  @Option(help: .words("list.scope", value: "scope")) var scope = QueueQuery.Scope.open.rawValue
  @Option(name: .customLong("zone"), help: .words("list.zone", value: "id")) var zones: [String] = []
  @Option(help: .words("list.text", value: "text")) var text = ""
  @Option(help: .words("list.limit", value: "n")) var limit = 50

  func perform(_ context: CommandContext) throws {
    let scope = try oneOf("--scope", self.scope, QueueQuery.Scope.self)
    guard limit > 0 else {
      throw CommandFailure.invalid(option: "--limit", value: String(limit), allowed: [])
    }
    let desk = try context.openDesk()
    defer { desk.close() }
    for zone in zones where desk.directory.zone(ZoneID(zone)) == nil {
      throw CommandFailure.refused(.unknownZone(ZoneID(zone)), desk.directory)
    }
    let query = QueueQuery(
      scope: scope, zones: Set(zones.map { ZoneID($0) }), owner: scope == .mine ? desk.agent.id : nil,
      text: text)
    var rows: [QueueRow] = []
    var edge = QueueRequest.Edge.first
    while rows.count < limit {
      let page = try desk.replica.queuePage(
        QueueRequest(query: query, edge: edge, limit: min(500, limit - rows.count)))
      rows += page.rows
      guard page.hasAfter, let last = page.rows.last else { break }
      edge = .after(last.key)
    }
    desk.output.list(
      rows.map(JSON.row), columns: columns(context.strings), rows: rows.map { shown($0, desk) })
  }

  private func columns(_ strings: StringCatalogue) -> [Column] {
    [
      Column(strings("cli.column.number")), Column(strings("cli.column.priority")),
      Column(strings("cli.column.state")),
      Column(strings("cli.column.channel")), Column(strings("cli.column.zone"), limit: 18),
      Column(strings("cli.column.customer"), limit: 12), Column(strings("cli.column.owner"), limit: 12),
      Column(strings("cli.column.waiting")), Column(strings("cli.column.subject")),
    ]
  }

  private func shown(_ row: QueueRow, _ desk: HeadlessDesk) -> [String] {
    let strings = desk.strings
    return [
      row.number ?? row.id.text, strings("priority.\(row.priority.name)"),
      strings("ticket.state.\(row.state.rawValue)"), strings("channel.\(row.channel.rawValue)"),
      desk.directory.zone(row.zone)?.name[desk.language] ?? row.zone.text, row.customerName,
      row.owner.map { desk.directory.agentName($0, in: desk.language) } ?? "–",
      Moments.shown(row.waitingSince),
      row.subject,
    ]
  }
}

struct TicketShow: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("show", "ticket.show") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String
  @Option(help: .words("ticket.entries", value: "n")) var entries = 1000

  func perform(_ context: CommandContext) throws {
    guard (1...100_000).contains(entries) else {
      throw CommandFailure.invalid(option: "--entries", value: String(entries), allowed: [])
    }
    let desk = try context.openDesk()
    defer { desk.close() }
    let ticket = try desk.ticket(reference)
    guard let detail = try desk.replica.ticketDetail(ticket.id, entryLimit: entries) else {
      throw CommandFailure.ticketUnknown(reference)
    }
    if desk.output.isJSON {
      desk.output.put(
        JSON.ticket(detail.ticket, customerName: detail.customer?.customer.name ?? "").adding([
          JSON.Pair("contacts", .array(detail.contacts.map(JSON.contact))),
          JSON.Pair("attachments", .array(detail.attachments.map(JSON.attachment))),
          JSON.Pair("timeline", .array(detail.entries.map(JSON.entry))),
          JSON.Pair("has_older", JSON(detail.hasOlderEntries)),
          JSON.Pair(
            "refunds",
            .array(
              (detail.customer?.refunds(of: ticket.id) ?? []).map { JSON.refund($0.refund, of: $0.bill) })),
        ]))
    } else {
      TicketPage(detail: detail, directory: desk.directory, strings: desk.strings).lines.forEach(
        desk.output.say)
    }
  }
}

struct TicketClaim: TicketChange {
  static var configuration: CommandConfiguration { .words("claim", "ticket.claim") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws { try desk.submit(ticket, .claim) }
}

struct TicketRelease: TicketChange {
  static var configuration: CommandConfiguration { .words("release", "ticket.release") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws { try desk.submit(ticket, .release) }
}

struct TicketNote: TicketChange {
  static var configuration: CommandConfiguration { .words("note", "ticket.note") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String
  @Argument(help: .words("text", value: "text")) var text: String

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws {
    try desk.submit(ticket, .note(Input.text(text)))
  }
}

struct TicketWatch: TicketChange {
  static var configuration: CommandConfiguration { .words("watch", "ticket.watch") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws { try desk.submit(ticket, .watch) }
}

struct TicketCoach: TicketChange {
  static var configuration: CommandConfiguration { .words("coach", "ticket.coach") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String
  @Argument(help: .words("text", value: "text")) var text: String

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws {
    try desk.submit(ticket, .coach(Input.text(text)))
  }
}

struct TicketReply: TicketChange {
  static var configuration: CommandConfiguration { .words("reply", "ticket.reply") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String
  @Argument(help: .words("text", value: "text")) var text: String

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws {
    try desk.submit(ticket, .reply(Input.text(text)))
  }
}

struct TicketHold: TicketChange {
  static var configuration: CommandConfiguration { .words("hold", "ticket.hold") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String
  @Option(help: .words("ticket.reason", value: "text")) var reason: String
  @Option(help: .words("ticket.until", value: "time")) var until: String?

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws {
    let moment = try until.map { text in
      guard let moment = Moments.rfc3339(text), moment > .now,
        moment < Timestamp.now.advanced(seconds: 366 * 86400)
      else { throw CommandFailure.invalid(option: "--until", value: text, allowed: []) }
      return moment
    }
    try desk.submit(ticket, .hold(reason: Input.text(reason), until: moment))
  }
}

struct TicketResume: TicketChange {
  static var configuration: CommandConfiguration { .words("resume", "ticket.resume") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws { try desk.submit(ticket, .resume) }
}

struct TicketTransfer: TicketChange {
  static var configuration: CommandConfiguration { .words("transfer", "ticket.transfer") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String
  @Option(help: .words("transfer.zone", value: "id")) var zone: String?
  @Option(help: .words("transfer.team", value: "id")) var team: String?
  @Option(help: .words("transfer.to", value: "agent")) var to: String?
  @Option(help: .words("transfer.note", value: "text")) var note: String

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws {
    guard zone != nil || team != nil || to != nil else {
      throw CommandFailure.oneOf(["--zone", "--team", "--to"])
    }
    try desk.submit(
      ticket,
      .transfer(
        zone: zone.map { ZoneID($0) }, team: team.map { TeamID($0) }, agent: to.map { AgentID($0) },
        note: Input.text(note)))
  }
}

struct TicketReopen: TicketChange {
  static var configuration: CommandConfiguration { .words("reopen", "ticket.reopen") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String
  @Option(help: .words("ticket.reason", value: "text")) var reason: String

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws {
    try desk.submit(ticket, .reopen(reason: Input.text(reason)))
  }
}
