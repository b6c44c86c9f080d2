import Assist
import Configuration
import DemoWorld
import Domain

/// Finished tickets of a demo world with what their forms really hold: the fields as agents entered them, the customer's records
/// as they were when the ticket came.
struct DemoForms {
  struct Ticket {
    var input: ReadingInput
    /// By field id.
    var truth: [String: String]
  }

  let configuration: ConfigurationSet
  let material: DemoMaterial

  static let resources =
    #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" } + "/Resources"

  init() throws {
    let folder = ResourceFolder(Self.resources)
    configuration = try folder.load()
    material = try folder.loadDemoMaterial()
  }

  func tickets(seed: UInt64, count: Int) throws -> [Ticket] {
    let now = WallClock.china.moment(CivilDate("2026-11-22")!, secondOfDay: 12 * 3600)
    let options = DemoOptions(seed: seed, tickets: count, customers: count, now: now)
    let changes = try DemoWorld(options, material: material, configuration: configuration).changes()
    var profiles: [CustomerID: CustomerProfile] = [:]
    var messages: [TicketID: [TimelineEntry]] = [:]
    var tickets: [Domain.Ticket] = []
    for change in changes {
      switch change {
      case .customer(let customer):
        profiles[customer.id] = CustomerProfile(
          customer: customer, identities: [], products: [], orders: [], bills: [], visits: [], ticketCount: 0,
          merged: [])
      case .identity(let identity): profiles[identity.customer]?.identities.append(identity)
      case .product(let product): profiles[product.customer]?.products.append(product)
      case .order(let order): profiles[order.customer]?.orders.append(order)
      case .bill(let bill): profiles[bill.customer]?.bills.append(bill)
      case .ticket(let ticket): tickets.append(ticket)
      case .entry(let entry): messages[entry.ticket, default: []].append(entry)
      default: break
      }
    }
    return tickets.filter { $0.closing != nil }.compactMap { ticket in
      guard let zone = configuration.zones.first(where: { $0.id == ticket.zone }) else { return nil }
      let day = WallClock.china.civil(ticket.createdAt).date
      let said = (messages[ticket.id] ?? []).filter { $0.kind == .customerMessage || $0.kind == .reply }
      var open = ticket
      open.fields = [:]
      let input = ReadingInput(
        ticket: open, zone: zone,
        messages: said.map { ReadingInput.Message(author: $0.author, at: $0.at, text: $0.body) },
        customer: profiles[ticket.customer].map { asOf(day, $0) }, clock: .china, now: ticket.createdAt)
      return Ticket(input: input, truth: ticket.fields)
    }
  }

  /// What the records knew on that day.
  private func asOf(_ day: CivilDate, _ profile: CustomerProfile) -> CustomerProfile {
    var profile = profile
    profile.bills.removeAll { $0.period >= day.monthText }
    profile.orders.removeAll { $0.placedOn > day }
    profile.products.removeAll { $0.startedOn > day }
    for index in profile.products.indices where profile.products[index].endedOn.map({ $0 >= day }) ?? false {
      profile.products[index].endedOn = nil
      profile.products[index].state = .active
    }
    profile.bills.sort { $0.period > $1.period }
    profile.orders.sort { $0.placedOn > $1.placedOn }
    return profile
  }

  struct Score {
    var truth = 0
    var read = 0
    var right = 0
    /// Values that were taken as sure, and how many of them are right.
    var sure = 0
    var sureRight = 0

    var precision: Double { read == 0 ? 0 : Double(right) / Double(read) }
    var recall: Double { truth == 0 ? 0 : Double(right) / Double(truth) }
    var surePrecision: Double { sure == 0 ? 0 : Double(sureRight) / Double(sure) }
  }

  /// The surest value counts as filled in without being looked at from here on.
  static let sure = 0.8

  /// Scores by `ZONE/FIELD` and by the kind of field. A field that the ticket leaves empty is not judged.
  func scores(of tickets: [Ticket]) -> [(name: String, score: Score)] {
    var byName: [String: Score] = [:]
    for ticket in tickets {
      guard let zone = ticket.input.zone else { continue }
      let readings = FieldReader.read(
        ticket.input, catalogue: configuration.catalogue, calendars: configuration.calendars)
      let read = Dictionary(readings.map { ($0.field, $0) }, uniquingKeysWith: { first, _ in first })
      for field in zone.fields {
        guard let truth = ticket.truth[field.id], !truth.isEmpty else { continue }
        for name in ["kind \(field.kind.rawValue)", "\(zone.id)/\(field.id)", "all"] {
          byName[name, default: Score()].truth += 1
          guard let reading = read[field.id] else { continue }
          let isRight = reading.value == truth
          byName[name]?.read += 1
          if isRight { byName[name]?.right += 1 }
          if reading.confidence >= Self.sure {
            byName[name]?.sure += 1
            if isRight { byName[name]?.sureRight += 1 }
          }
        }
      }
    }
    return byName.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
