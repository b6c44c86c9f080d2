import ArgumentParser
import Assist
import Desk
import Dispatch
import Domain
import Store

/// Everything that the desk reads in a ticket, as it does when somebody opens it.
struct TicketRead: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("read", "ticket.read") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("ticket.reference", value: "ref")) var reference: String

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    var ticket = try desk.ticket(reference)
    // As the customer is answered: what the reader goes by.
    ticket.language = try desk.replica.clearTicket(ticket.id)?.ticket.language ?? ticket.language
    let shelf = StoreLearning.shelf(desk.connection)
    shelf.refresh()
    shelf.settle()
    let room = ReadingRoom(desk.connection, clock: .local, shelf: shelf)
    try room.refresh()
    let start = DispatchTime.now().uptimeNanoseconds
    guard let reading = try room.reading(of: ticket.id) else {
      throw CommandFailure.ticketUnknown(reference)
    }
    let milliseconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1_000_000
    let page = ReadingPage(
      ticket: ticket, reading: reading, zone: desk.directory.zone(ticket.zone),
      catalogue: try desk.replica.readingConfiguration().catalogue,
      templates: try desk.replica.templates(in: ticket.zone), directory: desk.directory,
      strings: desk.strings)
    if desk.output.isJSON {
      desk.output.put(page.json.adding([JSON.Pair("milliseconds", .real(milliseconds))]))
    } else {
      page.lines.forEach(desk.output.say)
    }
  }
}
