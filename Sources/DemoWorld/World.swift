import Domain

/// Everything that customers and tickets look up, computed once. Never changes; shared, because it is handed to every
/// customer and every ticket and copying it would cost more than they do.
final class World: Sendable {
  let material: DemoMaterial
  let configuration: ConfigurationSet
  let seed: UInt64
  let now: Timestamp
  let today: CivilDate
  let clock: WallClock
  let timetable: Timetable
  let visits: Visits
  let tour: [DemoMaterial.TourTicket]
  /// A large past is told in short: what was asked, answered and closed.
  let isTerse: Bool

  struct Place: Hashable, Sendable {
    var zone: Int
    var category: Int
  }

  let surnameWeights: Weights
  let cityWeights: Weights
  let levels: [Customer.Level]
  let levelWeights: Weights
  let tagWeights: Weights
  let planIndex: [String: Int]
  let broadbandIndex: [String: Int]
  let serviceIndex: [String: Int]
  let chargeIndex: [String: Int]
  let orderKinds: [String: LocalizedText]
  let monthlyServices: [Int]
  let contractDiscounts: [Money]
  /// Leaf categories that both the configuration and the material know.
  let categories: [Place]
  let categoryWeights: Weights
  let places: [CategoryID: Place]
  let plainCategories: [Place]
  let channels: [DemoMaterial.ChannelManner]
  let channelWeights: Weights
  let manners: [Channel: DemoMaterial.ChannelManner]
  let zones: [ZoneDetail]
  let categoryNames: [CategoryID: LocalizedText]
  let phoneNumbers: Permutation
  /// By plan: the nearest of its kind that cost more and less; the plan itself at the end of the list.
  let neighbours: [(dearer: Int, cheaper: Int)]

  struct ZoneDetail: Sendable {
    let zone: Zone
    /// Those who take its tickets; somebody who opens the demo desk takes three times as many.
    let agents: [Agent]
    let englishAgents: [Agent]
    let templates: [ClosingText]
  }

  /// - Throws: `DemoProblem` when the material cannot make a world with this configuration.
  init(options: DemoOptions, material: DemoMaterial, configuration: ConfigurationSet) throws(DemoProblem) {
    self.material = material
    self.configuration = configuration
    seed = options.seed
    now = options.now
    clock = options.clock
    today = options.clock.civil(options.now).date
    isTerse = options.tickets > 50_000
    guard !material.surnames.isEmpty, !material.givenFemale.isEmpty, !material.givenMale.isEmpty,
      !material.englishFemale.isEmpty, !material.englishMale.isEmpty, !material.englishLast.isEmpty
    else { throw .missing("names") }
    guard !material.cities.isEmpty, !material.spots.isEmpty,
      material.cities.allSatisfy({ city in
        !city.districts.isEmpty
          && city.districts.allSatisfy { !$0.streets.isEmpty && !$0.communities.isEmpty }
      })
    else { throw .missing("places") }
    guard !material.plans.isEmpty, !material.broadbands.isEmpty, !material.tags.isEmpty,
      !material.outageCauses.isEmpty, !material.orderChannels.isEmpty
    else { throw .missing("plans") }
    let spoken = material.channels.filter { $0.channel != .hotline }
    guard !spoken.isEmpty else { throw .missing("channels") }

    surnameWeights = Weights(material.surnames.map(\.weight))
    cityWeights = Weights(material.cities.map(\.weight))
    let levels = material.levels.sorted { $0.key.rawValue < $1.key.rawValue }
    self.levels = levels.isEmpty ? [.standard] : levels.map(\.key)
    levelWeights = Weights(levels.isEmpty ? [1] : levels.map(\.value))
    tagWeights = Weights(material.tags.map(\.weight))
    planIndex = Self.index(material.plans.map(\.id))
    broadbandIndex = Self.index(material.broadbands.map(\.id))
    serviceIndex = Self.index(material.services.map(\.id))
    let chargeIndex = Self.index(material.charges.map(\.id))
    self.chargeIndex = chargeIndex
    orderKinds = Dictionary(
      material.orderKinds.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    monthlyServices = material.services.indices.filter { material.services[$0].isMonthly }
    guard !monthlyServices.isEmpty else { throw .missing("products") }
    let discounts = chargeIndex["contract-discount"].map { material.charges[$0].amounts } ?? []
    contractDiscounts = discounts.isEmpty ? [Money(cents: -1000)] : discounts
    channels = spoken
    channelWeights = Weights(spoken.map(\.share))
    manners = Dictionary(material.channels.map { ($0.channel, $0) }, uniquingKeysWith: { first, _ in first })

    let known = Set(configuration.categories.filter { $0.zone != nil }.map(\.id))
    var categories: [Place] = []
    var zones: [ZoneDetail] = []
    for (index, texts) in material.zones.enumerated() {
      guard let zone = configuration.zones.first(where: { $0.id == texts.zone }) else {
        throw .unknownZone(texts.zone)
      }
      zones.append(Self.detail(of: zone, configuration))
      for (place, category) in texts.categories.enumerated() {
        guard known.contains(category.category) else { throw .unknownCategory(category.category) }
        categories.append(Place(zone: index, category: place))
      }
    }
    guard !categories.isEmpty else { throw .missing("messages") }
    self.zones = zones
    self.categories = categories
    categoryWeights = Weights(categories.map { material.zones[$0.zone].categories[$0.category].weight })
    places = Dictionary(
      categories.map { (material.zones[$0.zone].categories[$0.category].category, $0) },
      uniquingKeysWith: { first, _ in first })
    let plain = categories.filter { place in
      let texts = material.zones[place.zone].categories[place.category]
      return texts.fact == .none && texts.services.isEmpty && texts.charge == nil && texts.orders.isEmpty
        && texts.needs == nil
    }
    plainCategories = plain.isEmpty ? categories : plain
    categoryNames = Dictionary(
      configuration.categories.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })

    let touring = options.tickets >= 30 && options.openShare.map { $0 > 0 } ?? true
    let knownTour = touring ? material.tour.filter { known.contains($0.category) } : []
    tour = Array(knownTour.sorted { $0.waitingSeconds > $1.waitingSeconds }.prefix(10))
    let workers = configuration.agents.filter { $0.has(.work) }
    timetable = Timetable(
      options: options, tourWaiting: tour.map(\.waitingSeconds), agents: max(1, workers.count))
    visits = Visits(
      tickets: timetable.count, customers: options.customers, earlier: tour.map(\.visits), seed: options.seed)
    neighbours = material.plans.enumerated().map { index, plan in
      let others = material.plans.indices.filter {
        (material.plans[$0].broadband == nil) == (plan.broadband == nil)
      }
      let dearer = others.filter { material.plans[$0].fee > plan.fee }
      let cheaper = others.filter { material.plans[$0].fee < plan.fee }
      return (
        dearer.min { material.plans[$0].fee < material.plans[$1].fee } ?? index,
        cheaper.max { material.plans[$0].fee < material.plans[$1].fee } ?? index
      )
    }
    phoneNumbers = Permutation(count: 100_000_000, seed: options.seed, index: 3)
  }

  private static func index(_ ids: [String]) -> [String: Int] {
    Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func detail(of zone: Zone, _ configuration: ConfigurationSet) -> ZoneDetail {
    var workers = configuration.agents.filter {
      $0.has(.work) && !$0.roles.contains(.lead) && ($0.zones.isEmpty || $0.zones.contains(zone.id))
    }
    if workers.isEmpty { workers = configuration.agents.filter { $0.has(.work) } }
    if workers.isEmpty { workers = [.system] }
    if let first = configuration.agents.first, workers.contains(where: { $0.id == first.id }) {
      workers += [first, first]
    }
    let english = workers.filter { $0.language == .english }
    return ZoneDetail(
      zone: zone, agents: workers, englishAgents: english.isEmpty ? workers : english,
      templates: configuration.templates.filter { $0.zone == zone.id }.compactMap(ClosingText.init))
  }

  func charge(_ id: String) -> DemoMaterial.Charge? { chargeIndex[id].map { material.charges[$0] } }

  func texts(of incident: Incident) -> DemoMaterial.CategoryTexts {
    material.zones[incident.zone].categories[incident.category]
  }

  func name(of topic: Incident.Topic, in language: Language) -> String {
    switch topic {
    case .service(let index): material.services[index].name[language]
    case .charge(let index): material.charges[index].name[language]
    }
  }

  /// No two orders share a number.
  func orderNumber(customer: Int, order: Int, on day: CivilDate) -> String {
    "YF\(padded(day.year % 100, 2))\(padded(day.month, 2))\(padded(day.day, 2))\(padded(customer, 6))\(padded(order, 2))"
  }
}

/// Why no world can be made: facts.
package enum DemoProblem: Error, Hashable, Sendable {
  /// A part of the material is empty.
  case missing(String)
  case unknownZone(ZoneID)
  case unknownCategory(CategoryID)
}
