import ArgumentParser
import Domain
import Store

struct TicketSet: TicketChange {
  static var configuration: CommandConfiguration { .words("set", "ticket.set") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String
  @Argument(help: .words("ticket.values", value: "field=value")) var values: [String] = []
  @Option(help: .words("ticket.category", value: "id")) var category: String?
  @Option(help: .words("ticket.priority", value: "priority")) var priority: String?
  @Option(help: .words("ticket.subject", value: "text")) var subject: String?
  @Option(name: .customLong("tag"), help: .words("ticket.tag", value: "text")) var tags: [String] = []
  @Option(name: .customLong("untag"), help: .words("ticket.untag", value: "text")) var untags: [String] = []

  /// Everything is checked before the first operation goes out: a command that fails has changed nothing.
  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws {
    let assignments = try values.map(Assignment.init)
    let priority = try priority.map { try Ticket.Priority(option: $0) }
    var zone = ticket.zone
    var actions: [TicketAction] = []
    if let category {
      guard let target = desk.directory.category(CategoryID(category))?.zone else {
        throw CommandFailure.refused(.unknownCategory(CategoryID(category)), desk.directory)
      }
      zone = target
      actions.append(.setCategory(CategoryID(category), zone: target))
    }
    if !assignments.isEmpty {
      actions.append(.setFields(try desk.canonical(assignments, zone: zone)))
    }
    if let priority { actions.append(.setPriority(priority)) }
    if let subject {
      guard !subject.trimmed.isEmpty else { throw CommandFailure.refused(.textMissing, desk.directory) }
      actions.append(.setSubject(subject))
    }
    for tag in tags {
      guard !tag.trimmed.isEmpty else { throw CommandFailure.refused(.textMissing, desk.directory) }
      actions.append(.addTag(tag))
    }
    actions += untags.map(TicketAction.removeTag)
    guard !actions.isEmpty else { throw CommandFailure.nothingToDo }
    for action in actions { try desk.submit(ticket, action) }
  }
}
