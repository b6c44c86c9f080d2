import ArgumentParser
import Domain

/// A lead looks after what was raised.
struct TicketAttend: TicketChange {
  static var configuration: CommandConfiguration { .words("attend", "ticket.attend") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String
  @Option(help: .words("ticket.alert", value: "kind")) var kind: String?

  func change(_ ticket: Ticket, _ desk: HeadlessDesk) throws {
    if let kind {
      try desk.submit(ticket, .attend(try oneOf("--kind", kind, Ticket.Alert.Kind.self)))
      return
    }
    let open = ticket.alerts.filter { $0.attendedAt == nil }
    guard !open.isEmpty else { throw CommandFailure.refused(.entryMissing, desk.directory) }
    for alert in open { try desk.submit(ticket, .attend(alert.kind)) }
  }
}
