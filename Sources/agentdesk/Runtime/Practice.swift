import Configuration
import DemoWorld
import Domain
import Foundation
import Glibc
import Store

/// One practice: a scenario, and a store of its own that is thrown away afterwards. The store has its own `store_id`, so that
/// nothing of it can ever reach the real one.
struct Practice {
  let scenario: Scenario
  let store: SharedStore
  let ticket: TicketID
  /// The customer comes in: done by the desk when it has joined the store.
  let opening: Domain.Operation
  let itemName: @Sendable (String) -> String
  /// Everything of this practice lies here, the copy of its desk as well.
  let folder: String

  static func make(scenario wanted: String?, launch: Launch) throws -> Practice {
    let resources = ResourceFolder(launch.resources)
    // Knowledge and templates are what a practice is for, so all of it is read, once.
    let (configuration, scenarios) = try resources.loadPractice()
    let scenario =
      if let wanted {
        scenarios.first { $0.id == wanted }
      } else {
        scenarios.first { $0.language == launch.language } ?? scenarios.first
      }
    guard let scenario else {
      throw LaunchFailure(
        sentence: launch.words(
          "runtime.unknown-scenario",
          ["name": wanted ?? "", "known": scenarios.map(\.id).joined(separator: ", ")]),
        code: CommandFailure.Code.usage.rawValue)
    }
    let folder = try ownFolder(below: launch.paths.state + "/sandbox", launch.paths)
    let catalogue = Catalogue(try resources.loadDemoMaterial(), language: scenario.language)
    let store = try SharedStore.create(
      at: folder + "/desk.store", purpose: .practice, configuration: configuration)
    let world = PracticeWorld(
      scenario: scenario, catalogue: catalogue, now: .now, clock: .local, identifiers: IdentifierSource())
    try store.bulkLoad([world.records])
    return Practice(
      scenario: scenario, store: store, ticket: world.ticket,
      opening: Domain.Operation(
        id: IdentifierSource().next(), actor: Agent.system.id, at: .now,
        action: .ticket(world.ticket, .create(world.opening))),
      itemName: { catalogue.name(of: $0) }, folder: folder)
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  /// A folder named after this process; those of processes that are gone are removed.
  private static func ownFolder(below parent: String, _ paths: DeskPaths) throws -> String {
    let files = FileManager.default
    for name in (try? files.contentsOfDirectory(atPath: parent)) ?? [] {
      guard let process = Int32(name), kill(process, 0) != 0, errno == ESRCH else { continue }
      try? files.removeItem(atPath: "\(parent)/\(name)")
      // Older programs kept the copy of a practice among those of real work.
      let copies = paths.replicas(store: "\(parent)/\(name)/desk.store", agent: "any")
      try? files.removeItem(atPath: StoreOpening.folder(of: copies))
    }
    let folder = "\(parent)/\(getpid())"
    try? files.removeItem(atPath: folder)
    try files.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return folder
  }
}

/// Names of what the operator sells, by their ids, in the language of a scenario.
struct Catalogue: Sendable {
  private var names: [String: String] = [:]
  private var fees: [String: Money] = [:]
  private var kinds: [String: Product.Kind] = [:]

  init(_ material: DemoMaterial, language: Language) {
    for plan in material.plans {
      names[plan.id] = plan.name[language]
      fees[plan.id] = plan.fee
    }
    for line in material.broadbands {
      names[line.id] = line.name[language]
      fees[line.id] = line.fee
      kinds[line.id] = .broadband
    }
    for service in material.services {
      names[service.id] = service.name[language]
      fees[service.id] = service.fee
      kinds[service.id] = .service
    }
    for charge in material.charges { names[charge.id] = charge.name[language] }
  }

  func name(of id: String) -> String { names[id] ?? id }
  func fee(of id: String) -> Money { fees[id] ?? Money(cents: 0) }

  func kind(of id: String) -> Product.Kind { kinds[id] ?? .plan }
}

/// The records that make a scenario true, as of today.
private struct PracticeWorld {
  let ticket: TicketID
  let opening: NewTicket
  let records: [Change]

  init(
    scenario: Scenario, catalogue: Catalogue, now: Timestamp, clock: WallClock, identifiers: IdentifierSource
  ) {
    let person = scenario.person
    let customer: CustomerID = identifiers.next()
    let today = clock.civil(now).date
    func date(month offset: Int, day: Int) -> CivilDate {
      let months = today.year * 12 + today.month - 1 + offset
      let (year, month) = (months / 12, months % 12 + 1)
      let day = min(max(1, day), CivilDate.days(inMonth: month, of: year))
      return CivilDate(year: year, month: month, day: day) ?? today
    }
    var changes: [Change] = [
      .customer(
        Customer(
          id: customer, name: scenario.language == .chinese ? person.name : person.englishName,
          level: person.level, since: date(month: -12 * person.years, day: 1),
          address: person.address?[scenario.language] ?? "", language: scenario.language, version: 1)),
      .identity(
        Identity(
          id: identifiers.next(), customer: customer, kind: .phone, value: person.phone, isVerified: true)),
      // What the customer is asked for when the identity is checked.
      .identity(
        Identity(
          id: identifiers.next(), customer: customer, kind: .idCard, value: person.identityCard,
          isVerified: true)),
      .product(
        Product(
          id: identifiers.next(), customer: customer, kind: .plan, name: catalogue.name(of: person.plan),
          monthlyFee: catalogue.fee(of: person.plan), startedOn: date(month: -12 * person.years, day: 1),
          contractUntil: person.contractEnds == 0 ? nil : date(month: person.contractEnds, day: 28))),
    ]
    for product in person.products {
      changes.append(
        .product(
          Product(
            id: identifiers.next(), customer: customer, kind: catalogue.kind(of: product),
            name: catalogue.name(of: product), monthlyFee: catalogue.fee(of: product),
            startedOn: date(month: -2, day: 5))))
    }
    for (index, order) in person.orders.enumerated() {
      changes.append(
        .order(
          Order(
            id: identifiers.next(), number: "YF\(today.year)\(padded(index + 1, 6))", customer: customer,
            title: catalogue.name(of: order.product), state: .completed,
            placedOn: date(month: order.month, day: order.day), amount: catalogue.fee(of: order.product))))
    }
    for bill in person.bills {
      let period = date(month: bill.month, day: 1).monthText
      changes.append(
        .bill(
          Bill(
            id: identifiers.next(), number: "B\(period.filter(\.isNumber))", customer: customer,
            period: period,
            lines: bill.lines.map {
              Bill.Line(
                title: catalogue.name(of: $0.item), amount: $0.amount,
                chargedOn: date(month: bill.month, day: $0.day))
            })))
    }
    records = changes
    ticket = identifiers.next()
    opening = NewTicket(
      customer: customer, zone: scenario.zone, subject: String(scenario.opening.prefix(40)),
      language: scenario.language, channel: scenario.channel, contact: identifiers.next(),
      message: scenario.opening, isLanguageNamed: true)
  }
}
