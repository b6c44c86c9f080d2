import Domain

/// Who a customer is, before anything happened: a pure function of seed and index that costs almost nothing, so that a
/// ticket can look up its customer without the world keeping two hundred thousand of them.
struct CustomerSketch {
  let index: Int
  let tour: DemoMaterial.TourTicket?
  let language: Language
  let isFemale: Bool
  private let surname: Int
  private let given: Int
  let city: Int
  private let district: Int
  private let street: Int
  private let community: Int
  private let house: (number: Int, building: Int, room: Int)
  let level: Customer.Level
  let since: CivilDate
  let birth: CivilDate
  let plan: Int
  let broadband: Int?
  /// Months from now to the end of the contract; negative when it is over.
  let contractMonths: Int?
  let hasContractDiscount: Bool
  /// Drawn on for everything that only the records need.
  let random: SeededRandom

  init(_ index: Int, in world: World) {
    var random = SeededRandom(seed: world.seed, .customer, index)
    let material = world.material
    let tour = index < world.tour.count ? world.tour[index] : nil
    self.index = index
    self.tour = tour
    language = tour?.language ?? (random.chance(14) ? .english : .chinese)
    isFemale = tour?.isFemale ?? random.chance(50)
    if language == .chinese {
      surname = world.surnameWeights.pick(&random)
      given = random.below(isFemale ? material.givenFemale.count : material.givenMale.count)
    } else {
      surname = random.below(material.englishLast.count)
      given = random.below(isFemale ? material.englishFemale.count : material.englishMale.count)
    }
    city = world.cityWeights.pick(&random)
    district = random.below(material.cities[city].districts.count)
    street = random.below(material.cities[city].districts[district].streets.count)
    community = random.below(material.cities[city].districts[district].communities.count)
    house = (
      random.within(1...399), random.within(1...28), random.within(1...26) * 100 + random.within(1...4)
    )
    level = tour?.level ?? world.levels[world.levelWeights.pick(&random)]
    let years = tour?.years ?? random.skewed(1...16)
    since = world.today.adding(days: -years * 365 - 30 - random.below(330))
    birth = world.today.adding(days: -random.within(19 * 365...74 * 365))
    plan = tour.flatMap { world.planIndex[$0.plan] } ?? random.below(material.plans.count)
    let bundled = material.plans[plan].broadband.flatMap { world.broadbandIndex[$0] }
    let wished = tour.flatMap { tour in tour.broadband.flatMap { world.broadbandIndex[$0] } }
    let bought = random.below(material.broadbands.count)
    broadband = bundled ?? wished ?? (random.chance(45) && tour == nil ? bought : nil)
    let term = material.plans[plan].contractMonths
    let months = random.below(max(1, term)) + 1
    let over = -random.within(1...10)
    contractMonths =
      term == 0 ? nil : random.chance(60) || tour != nil ? months : random.chance(50) ? over : nil
    hasContractDiscount = contractMonths != nil && random.chance(40) && tour == nil
    self.random = random
  }

  func id(in world: World) -> CustomerID {
    var random = random
    return random.key(world.clock.moment(since).milliseconds)
  }

  func name(in world: World) -> String {
    if let tour { return tour.name }
    let material = world.material
    if language == .chinese {
      return material.surnames[surname].text
        + (isFemale ? material.givenFemale : material.givenMale)[given].text
    }
    return
      "\((isFemale ? material.englishFemale : material.englishMale)[given]) \(material.englishLast[surname])"
  }

  func surname(in world: World) -> String {
    if let tour {
      return tour.language == .english
        ? tour.name.split(separator: " ").last.map(String.init) ?? tour.name : String(tour.name.prefix(1))
    }
    return language == .chinese ? world.material.surnames[surname].text : world.material.englishLast[surname]
  }

  /// `王女士`, `Ms Wang`.
  func salutation(in world: World) -> String {
    language == .chinese
      ? surname(in: world) + (isFemale ? "女士" : "先生") : (isFemale ? "Ms " : "Mr ") + surname(in: world)
  }

  /// Latin letters for accounts, such as `wangfang`.
  func latinName(in world: World) -> String {
    let material = world.material
    if tour != nil { return language == .chinese ? "yunfan" : latin(name(in: world)) }
    return language == .chinese
      ? latin(
        material.surnames[surname].pinyin
          + (isFemale ? material.givenFemale : material.givenMale)[given].pinyin)
      : latin(name(in: world))
  }

  private func latin(_ text: String) -> String {
    var result = ""
    for scalar in text.lowercased().unicodeScalars {
      if scalar == "ü" {
        result += "v"
      } else if scalar.isASCII, scalar != " " {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  func city(in world: World) -> String { world.material.cities[city].name[language] }

  func address(in world: World) -> String {
    let place = world.material.cities[city]
    let part = place.districts[district]
    return replacing(
      world.material.addressPattern[language],
      [
        "city": place.name[language], "district": part.name[language],
        "street": part.streets[street][language],
        "community": part.communities[community][language], "n": "\(house.number)", "b": "\(house.building)",
        "room": "\(house.room)",
      ])
  }

  private func replacing(_ pattern: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = pattern[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      result += values[String(rest[rest.index(after: open)..<close])] ?? ""
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  /// Prefixes of mobile numbers that no operator has been given.
  private static let phonePrefixes = ["163", "164", "168", "169"]

  /// Eleven digits, valid in form and nobody's; no two customers share one.
  func phone(in world: World) -> String {
    if let tour { return tour.phone }
    return Self.phonePrefixes[index & 3] + padded(world.phoneNumbers(index), 8)
  }
}
