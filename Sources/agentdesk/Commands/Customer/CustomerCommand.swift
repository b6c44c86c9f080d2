import ArgumentParser
import Desk
import Domain
import Store

struct CustomerCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words(
      "customer", "group.customer",
      subcommands: [CustomerShow.self, CustomerCreate.self, CustomerImportCommand.self])
  }
}

struct CustomerShow: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("show", "customer.show") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("customer.reference", value: "ref")) var reference: String
  @Option(help: .words("customer.reveal", value: "field")) var reveal: String?
  @Option(help: .words("customer.reason", value: "text")) var reason: String?
  @Option(help: .words("customer.ticket", value: "number")) var ticket: String?

  func perform(_ context: CommandContext) throws {
    if reveal != nil, reason == nil { throw CommandFailure.optionMissing("--reason") }
    let desk = try context.openDesk()
    defer { desk.close() }
    let profile = try desk.customer(reference)
    if let reveal, let reason { return try show(reveal, of: profile, because: reason, desk) }
    if desk.output.isJSON {
      desk.output.put(.customer(profile))
    } else {
      CustomerPage(profile: profile, strings: desk.strings).lines.forEach(desk.output.say)
    }
  }

  /// The value in clear, after the store has recorded who asked and why.
  private func show(
    _ field: String, of profile: CustomerProfile, because reason: String, _ desk: HeadlessDesk
  ) throws {
    let allowed = ["name", "address"] + Identity.Kind.allCases.map(\.rawValue)
    guard allowed.contains(field) else {
      throw CommandFailure.invalid(option: "--reveal", value: field, allowed: allowed)
    }
    let id = profile.customer.id
    let ticket = try self.ticket.map { try desk.ticket($0).id }
    try desk.submit(.customer(id, .reveal(field: field, reason: reason, ticket: ticket)))
    let value = try desk.replica.clearValue(of: field, customer: id)
    if desk.output.isJSON {
      desk.output.put(["id": .text(id.text), "field": .text(field), "value": JSON(value)])
    } else {
      desk.output.say(value ?? "–")
    }
  }
}

struct CustomerCreate: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("create", "customer.create") }

  @OptionGroup var global: GlobalOptions
  @OptionGroup var person: PersonOptions

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    let id = try person.create(desk)
    guard let profile = try desk.replica.customerProfile(id) else {
      throw CommandFailure.customerUnknown(id.text)
    }
    if desk.output.isJSON {
      desk.output.put(.customer(profile))
    } else {
      desk.output.say("\(id)  \(profile.customer.name)")
    }
  }
}

extension JSON {
  static func customer(_ profile: CustomerProfile) -> JSON {
    let customer = profile.customer
    return [
      "id": .text(customer.id.text), "name": .text(customer.name), "level": .text(customer.level.rawValue),
      "since": JSON(customer.since?.description), "city": .text(customer.city),
      "address": .text(customer.address),
      "language": .text(customer.language.rawValue), "tags": .array(customer.tags.map(JSON.text)),
      "risk": .text(customer.risk.rawValue), "preferred_channel": JSON(customer.preferredChannel?.rawValue),
      "quiet_hours": JSON(customer.quietHours), "identities": .array(profile.identities.map(identity)),
      "products": .array(profile.products.map(product)), "orders": .array(profile.orders.map(order)),
      "bills": .array(profile.bills.map(bill)), "tickets": JSON(profile.ticketCount),
      "merged": .array(profile.merged.map { .text($0.id.text) }), "version": JSON(customer.version),
    ]
  }

  static func identity(_ identity: Identity) -> JSON {
    [
      "kind": .text(identity.kind.rawValue), "value": .text(identity.value),
      "verified": JSON(identity.isVerified),
    ]
  }

  private static func product(_ product: Product) -> JSON {
    [
      "name": .text(product.name), "kind": .text(product.kind.rawValue),
      "state": .text(product.state.rawValue),
      "monthly_fee": .text(product.monthlyFee.description),
      "started_on": .text(product.startedOn.description),
      "ended_on": JSON(product.endedOn?.description),
      "contract_until": JSON(product.contractUntil?.description),
    ]
  }

  private static func order(_ order: Order) -> JSON {
    [
      "number": .text(order.number), "title": .text(order.title), "state": .text(order.state.rawValue),
      "placed_on": .text(order.placedOn.description), "amount": .text(order.amount.description),
    ]
  }

  private static func bill(_ bill: Bill) -> JSON {
    [
      "number": .text(bill.number), "period": .text(bill.period), "paid": JSON(bill.isPaid),
      "total": .text(bill.total.description),
      "lines": .array(
        bill.lines.map { line in
          [
            "title": .text(line.title), "amount": .text(line.amount.description),
            "charged_on": .text(line.chargedOn.description),
          ]
        }),
    ]
  }
}

/// A customer for people, masked.
struct CustomerPage {
  let profile: CustomerProfile
  let strings: StringCatalogue

  var lines: [String] {
    let customer = profile.customer
    var lines = ["\(customer.name)  \(strings("customer.level.\(customer.level.rawValue)"))  \(customer.id)"]
    if let since = customer.since { lines.append("\(strings("cli.column.since")): \(since)") }
    if !customer.city.isEmpty || !customer.address.isEmpty {
      lines.append("\(strings("cli.column.address")): \(customer.city) \(customer.address)")
    }
    if !customer.tags.isEmpty {
      lines.append("\(strings("cli.column.tags")): \(strings.list(customer.tags))")
    }
    for identity in profile.identities {
      lines.append("  \(strings("identity.\(identity.kind.rawValue)")): \(identity.value)")
    }
    section(
      "cli.column.products", &lines,
      profile.products.map { ["\($0.startedOn)", $0.monthlyFee.description, $0.name] })
    section(
      "cli.column.orders", &lines,
      profile.orders.map { ["\($0.placedOn)", $0.number, $0.amount.description, $0.title] })
    section(
      "cli.column.bills", &lines,
      profile.bills.flatMap { bill in
        [[bill.period, bill.total.description, ""]]
          + bill.lines.map { ["", $0.amount.description, $0.title] }
      })
    section(
      "cli.column.tickets", &lines,
      profile.visits.map {
        [
          $0.number ?? $0.id.text, Moments.shown($0.at), strings("ticket.state.\($0.state.rawValue)"),
          $0.subject,
        ]
      })
    return lines
  }

  private func section(_ title: String, _ lines: inout [String], _ rows: [[String]]) {
    guard let first = rows.first else { return }
    lines += ["", strings(title)]
    let table = Table(columns: first.indices.map { _ in Column("") }, rows: rows)
    lines += table.lines(width: nil).dropFirst().map { "  \($0)" }
  }
}
