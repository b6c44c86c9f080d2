import Assist
import Configuration
import Domain
import Testing

@testable import DemoWorld

/// Rules of the shipped zones over worlds that were not looked at when they were written.
@Suite struct DiagnosisWorldTests {
  static let folder = ResourceFolder(
    #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" } + "/Resources")

  /// What a rule claims, as the facts of the world say it.
  static let facts: [String: DemoMaterial.Fact] = [
    "duplicate-charge": .duplicateCharge, "charged-after-cancel": .chargedAfterCancel,
    "new-service": .unwantedService, "roaming-charge": .roamingCharge, "late-fee-though-paid": .lateFee,
    "outage-repair": .broadbandOutage, "speed-below-contract": .slowSpeed,
    "contract-running": .contractActive, "contract-ended": .contractExpired,
    "contract-discount-ended": .contractExpired, "plan-changed": .planChanged,
  ]

  struct Count: CustomStringConvertible {
    var tickets = 0
    var found = 0
    var first = 0
    var wrong = 0
    var description: String { "\(found) of \(tickets) found, \(first) of them first, \(wrong) false" }
  }

  static func measure(seed: UInt64, tickets: Int) throws -> [DemoMaterial.Fact: Count] {
    let configuration = try folder.load()
    let now = WallClock.china.moment(CivilDate("2026-11-21")!, secondOfDay: 45_060)
    let world = try World(
      options: DemoOptions(seed: seed, tickets: tickets, now: now), material: folder.loadDemoMaterial(),
      configuration: configuration)
    var counts: [DemoMaterial.Fact: Count] = [:]
    for number in 0..<world.timetable.count {
      let at = world.timetable.moment(of: number)
      // The records are those of today; a ticket of last spring spoke of others.
      guard now - at < 21 * 86_400_000 else { continue }
      let customer = world.visits.customer(of: number)
      let story = CustomerStory(of: customer, in: world)
      guard let incident = story.incidents.first(where: { $0.ticket == number }) else { continue }
      var changes: [Change] = []
      var records = CustomerRecords(story, in: world)
      records.append(to: &changes)
      let tale = TicketTale(number, in: world)
      tale.append(to: &changes)
      let input = input(changes, tale.ticket, configuration, world, at: at)
      let found = Diagnosis.findings(input)
      let facts = Set(story.incidents.map(\.fact))
      if incident.fact != .none {
        var count = counts[incident.fact, default: Count()]
        count.tickets += 1
        let fitting = found.filter { Self.facts[$0.rule] == incident.fact && agrees($0, incident, world) }
        if !fitting.isEmpty { count.found += 1 }
        if let first = found.first, fitting.contains(first) { count.first += 1 }
        counts[incident.fact] = count
      }
      for finding in found {
        guard let fact = Self.facts[finding.rule], !facts.contains(fact) else { continue }
        // A contract runs or has ended without anybody asking: the records bear it out.
        if fact == .contractActive || fact == .contractExpired { continue }
        counts[fact, default: Count()].wrong += 1
      }
    }
    return counts
  }

  /// Whether the finding is about the very thing of the ticket: its amount, where the fact has one on a bill.
  private static func agrees(_ finding: Finding, _ incident: Incident, _ world: World) -> Bool {
    switch incident.fact {
    case .duplicateCharge, .chargedAfterCancel, .unwantedService, .roamingCharge, .lateFee:
      finding.amount == incident.amount
        && finding.evidence.contains {
          if case .billLine(_, _, let period, _, _, _, _) = $0.row {
            return period == CivilDate(month: incident.period).monthText
          }
          return false
        }
    default: true
    }
  }

  private static func input(
    _ changes: [Change], _ ticket: Ticket, _ configuration: ConfigurationSet, _ world: World, at: Timestamp
  ) -> ReadingInput {
    var customer = Customer(id: ticket.customer, name: "")
    var products: [Product] = []
    var orders: [Order] = []
    var bills: [Bill] = []
    var messages: [ReadingInput.Message] = []
    for change in changes {
      switch change {
      case .customer(let value): customer = value
      case .product(let value): products.append(value)
      case .order(let value): orders.append(value)
      case .bill(let value): bills.append(value)
      case .entry(let entry) where entry.kind == .customerMessage && messages.isEmpty:
        messages.append(.init(author: .customer, at: entry.at, text: entry.body))
      default: break
      }
    }
    var fresh = ticket
    fresh.fields = [:]
    return ReadingInput(
      ticket: fresh, zone: configuration.zones.first { $0.id == ticket.zone }, messages: messages,
      customer: CustomerProfile(
        customer: customer, identities: [], products: products,
        orders: orders.sorted { $0.placedOn > $1.placedOn }, bills: bills.reversed(), visits: [],
        ticketCount: 1,
        merged: []), clock: .china, now: at)
  }

  @Test func `the facts of a world are found in its records, and few that are not there`() throws {
    let counts = try Self.measure(seed: 20_261_122, tickets: 3000)
    for (fact, count) in counts.sorted(by: { "\($0.key)" < "\($1.key)" }) { print("\(fact): \(count)") }
    let tickets = counts.values.reduce(0) { $0 + $1.tickets }
    let found = counts.values.reduce(0) { $0 + $1.found }
    let wrong = counts.values.reduce(0) { $0 + $1.wrong }
    #expect(tickets > 100)
    #expect(found * 100 >= tickets * 95, "\(found) of \(tickets)")
    #expect(wrong * 100 <= tickets * 5, "\(wrong) false of \(tickets)")
  }
}
