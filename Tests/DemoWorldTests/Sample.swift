import Configuration
import Domain
import TestSupport

@testable import DemoWorld

/// The shipped material and configuration.
enum Shipped {
  static let folder = ResourceFolder(
    #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" } + "/Resources")

  static let configuration = Result { try folder.load() }
  static let material = Result { try folder.loadDemoMaterial() }

  /// Saturday 2026-11-21 12:31 in Shanghai.
  static let now = WallClock.china.moment(CivilDate("2026-11-21")!, secondOfDay: 12 * 3600 + 31 * 60)

  static func options(_ tickets: Int, seed: UInt64 = 1, openShare: Double? = nil) -> DemoOptions {
    DemoOptions(seed: seed, tickets: tickets, now: now, openShare: openShare)
  }

  static func world(_ options: DemoOptions) throws -> DemoWorld {
    try DemoWorld(options, material: material.get(), configuration: configuration.get())
  }
}

/// A world of 10,000 tickets with its rows by key, made once for all tests.
struct Sample {
  let world: World
  var rows = MemoryState()
  /// In the order in which they were made.
  var tickets: [Ticket] = []
  let entries: [TicketID: [TimelineEntry]]
  let products: [CustomerID: [Product]]
  let orders: [CustomerID: [Order]]
  let bills: [CustomerID: [Bill]]

  static let shared = Result { try Sample(Shipped.options(10_000)) }

  init(_ options: DemoOptions) throws {
    world = try World(
      options: options, material: Shipped.material.get(), configuration: Shipped.configuration.get())
    rows.configuration = try Shipped.configuration.get()
    for batch in try Shipped.world(options).batches() {
      rows.write(batch.changes)
      for case .ticket(let ticket) in batch.changes { tickets.append(ticket) }
    }
    entries = Dictionary(grouping: rows.timeline.compactMap { [rows] in rows.entries[$0] }, by: \.ticket)
    products = Dictionary(grouping: rows.products.values, by: \.customer)
    orders = Dictionary(grouping: rows.orders.values, by: \.customer)
    bills = Dictionary(grouping: rows.bills.values, by: \.customer)
  }
}
