import ArgumentParser
import Assist
import Desk
import Domain
import Store

struct TicketClose: TicketChange {
  static var configuration: CommandConfiguration { .words("close", "ticket.close") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String
  @Option(help: .words("close.disposition", value: "id")) var disposition: String?
  @Option(help: .words("close.text", value: "text")) var text: String?
  @Option(help: .words("close.template", value: "id")) var template: String?
  @Option(name: .customLong("choice"), help: .words("close.choice", value: "id=n")) var choices: [String] = []
  @Option(name: .customLong("input"), help: .words("close.input", value: "id=text")) var inputs: [String] = []
  @Flag(help: .words("close.solve")) var solve = false

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws {
    guard (text == nil) != (template == nil) else { throw CommandFailure.oneOf(["--text", "--template"]) }
    let closing: Closing
    let code: String
    if let text {
      guard let disposition else { throw CommandFailure.optionMissing("--disposition") }
      closing = Closing(text: try Input.text(text), mode: .blank)
      code = disposition
    } else {
      let known = try desk.replica.templates(in: ticket.zone)
      guard let found = known.first(where: { $0.id.text == template }) else {
        throw CommandFailure.templateUnknown(template ?? "", zone: ticket.zone.text)
      }
      code = disposition ?? found.disposition
      closing = Closing(
        text: try filled(found, ticket, disposition: code, desk), mode: .template, template: found.id)
    }
    // What was closed is what was there when the command began.
    try desk.submit(
      ticket, solve ? .solve(disposition: code, closing) : .close(disposition: code, closing),
      basedOn: ticket.version)
  }

  private func filled(
    _ template: ClosingTemplate, _ ticket: Ticket, disposition: String, _ desk: HeadlessDesk
  ) throws
    -> String
  {
    // As the customer wrote, and not only as the ticket was made.
    let language = try desk.replica.ticketDetail(ticket.id)?.ticket.language ?? ticket.language
    let zone = desk.directory.zone(ticket.zone)
    var profile = try desk.replica.customerProfile(ticket.customer)
    // The customer is told the own name; nobody else sees it here.
    if let name = try desk.replica.templateValues(ticket: ticket.id)?.customerName {
      profile?.customer.name = name
    }
    var values = Assist.TemplateValues.of(
      ticket, customer: profile, zone: zone,
      categoryName: ticket.category.map { desk.directory.categoryName($0, in: language) } ?? "",
      agent: desk.agent,
      teamName: desk.agent.team.flatMap { desk.directory.team($0)?.name[language] } ?? "",
      dispositionName: zone?.dispositions.first { $0.id == disposition }?.name[language] ?? "", clock: .local,
      now: .now, language: language)
    for assignment in try choices.map(Assignment.init) {
      guard let choice = template.choices.first(where: { $0.id == assignment.name }),
        let number = Int(assignment.value), choice.options.indices.contains(number - 1)
      else {
        let allowed = template.choices.flatMap { choice in
          choice.options.indices.map { "\(choice.id)=\($0 + 1) (\(choice.options[$0][desk.language]))" }
        }
        throw CommandFailure.invalid(
          option: "--choice", value: "\(assignment.name)=\(assignment.value)", allowed: allowed)
      }
      values["choice.\(choice.id)"] = choice.options[number - 1][language]
    }
    for assignment in try inputs.map(Assignment.init) {
      values["input.\(assignment.name)"] = try Input.text(assignment.value)
    }
    do {
      let filling = try TemplateFilling(template, language: language).fill(values) { $0 }
      guard filling.isComplete else { throw CommandFailure.slotsMissing(filling.missing) }
      return filling.text
    } catch is TemplateFilling.Problem {
      throw CommandFailure.templateBroken(template.id.text)
    }
  }
}
