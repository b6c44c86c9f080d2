import DemoWorld
import Domain
import Yams

extension ResourceFolder {
  /// What the demo world is made of (`demo/`), or everything that is wrong with it.
  package func loadDemoMaterial() throws(ConfigurationProblems) -> DemoMaterial {
    let log = ProblemLog()
    var loader = DemoMaterialLoader(reader: ResourceReader(folder: path, log: log))
    loader.load()
    guard log.problems.isEmpty else { throw ConfigurationProblems(log.sorted) }
    return loader.material
  }
}

/// Reads `demo/*.yaml`; problems go to the log of the reader.
private struct DemoMaterialLoader {
  let reader: ResourceReader
  var material = DemoMaterial()

  mutating func load() {
    read("names", Self.names)
    read("places", Self.places)
    read("plans", Self.plans)
    read("records", Self.records)
    read("channels", Self.channels)
    for (_, file) in reader.yamlFiles(in: "demo/messages", isRequired: true) {
      if let zone = zone(file) { material.zones.append(zone) }
    }
    if let file = reader.yaml("demo/tour.yaml", isRequired: false) { readTour(file) }
  }

  private mutating func read(_ name: String, _ take: (inout Self, YAMLFile) -> Void) {
    if let file = reader.yaml("demo/\(name).yaml", isRequired: true) { take(&self, file) }
  }

  // MARK: - Names and places

  private static func names(_ loader: inout Self, _ file: YAMLFile) {
    let keys = [
      "surnames", "given_female", "given_male", "english_female", "english_male", "english_last",
    ]
    guard let fields = file.reading.fields(file.root, keys: keys) else { return }
    func names(_ key: String) -> [DemoMaterial.Name] {
      fields.requiredItems(key).compactMap { node in
        guard let fields = file.reading.fields(node, keys: ["name", "pinyin", "weight"]),
          let name = fields.text("name"), let pinyin = fields.text("pinyin")
        else { return nil }
        return DemoMaterial.Name(text: name, pinyin: pinyin, weight: fields.weight())
      }
    }
    func words(_ key: String) -> [String] {
      fields.requiredItems(key).compactMap { file.reading.text($0) }
    }
    loader.material.surnames = names("surnames")
    loader.material.givenFemale = names("given_female")
    loader.material.givenMale = names("given_male")
    loader.material.englishFemale = words("english_female")
    loader.material.englishMale = words("english_male")
    loader.material.englishLast = words("english_last")
  }

  private static func places(_ loader: inout Self, _ file: YAMLFile) {
    let reading = file.reading
    guard let fields = reading.fields(file.root, keys: ["address", "cities", "spots"]) else { return }
    if let address = fields.localized("address") { loader.material.addressPattern = address }
    loader.material.cities = fields.requiredItems("cities").compactMap { node in
      guard let fields = reading.fields(node, keys: ["name", "weight", "districts"]),
        let name = fields.localized("name")
      else { return nil }
      let districts = fields.requiredItems("districts").compactMap { node -> DemoMaterial.District? in
        guard let fields = reading.fields(node, keys: ["name", "streets", "communities"]),
          let name = fields.localized("name")
        else { return nil }
        return DemoMaterial.District(
          name: name, streets: fields.requiredItems("streets").compactMap { reading.text($0, both: 100) },
          communities: fields.requiredItems("communities").compactMap { reading.text($0, both: 100) })
      }
      return DemoMaterial.City(name: name, weight: fields.weight(), districts: districts)
    }
    loader.material.spots = fields.requiredItems("spots").compactMap { reading.text($0, both: 200) }
  }

  // MARK: - Products

  private static func plans(_ loader: inout Self, _ file: YAMLFile) {
    let reading = file.reading
    guard let fields = reading.fields(file.root, keys: ["plans", "broadband", "products", "charges"]) else {
      return
    }
    let planKeys = ["id", "name", "kind", "fee", "data", "minutes", "contract", "broadband"]
    loader.material.plans = fields.requiredItems("plans").compactMap { node in
      guard let fields = reading.fields(node, keys: planKeys), let id = fields.identifier("id"),
        let name = fields.localized("name"), let fee = fields.cents("fee")
      else { return nil }
      let months = fields.values["contract"].flatMap { reading.number($0, in: 0...60) } ?? 0
      return DemoMaterial.Plan(
        id: id, name: name, fee: fee, contractMonths: months,
        broadband: fields.values["broadband"].flatMap { reading.identifier($0) })
    }
    loader.material.broadbands = fields.requiredItems("broadband").compactMap { node in
      guard let fields = reading.fields(node, keys: ["id", "name", "fee", "speed"]),
        let id = fields.identifier("id"), let name = fields.localized("name"), let fee = fields.cents("fee"),
        let speed = fields.text("speed")
      else { return nil }
      return DemoMaterial.Broadband(id: id, name: name, fee: fee, speed: speed)
    }
    loader.material.services = fields.requiredItems("products").compactMap { node in
      guard let fields = reading.fields(node, keys: ["id", "name", "fee", "cycle"]),
        let id = fields.identifier("id"), let name = fields.localized("name"), let fee = fields.cents("fee"),
        let cycle = fields.oneOf("cycle", Cycle.self)
      else { return nil }
      return DemoMaterial.Service(id: id, name: name, fee: fee, isMonthly: cycle == .monthly)
    }
    loader.material.charges = fields.requiredItems("charges").compactMap { node in
      guard let fields = reading.fields(node, keys: ["id", "name", "amounts"]),
        let id = fields.identifier("id"), let name = fields.localized("name")
      else { return nil }
      let amounts = fields.requiredItems("amounts").compactMap { reading.cents($0) }
      return amounts.isEmpty ? nil : DemoMaterial.Charge(id: id, name: name, amounts: amounts)
    }
  }

  private enum Cycle: String, CaseIterable { case monthly, once }

  private static func records(_ loader: inout Self, _ file: YAMLFile) {
    let reading = file.reading
    let keys = ["levels", "tags", "order_kinds", "order_channels", "outage_causes", "hotline"]
    guard let fields = reading.fields(file.root, keys: keys) else { return }
    func terms(_ key: String) -> [DemoMaterial.Term] {
      fields.requiredItems(key).compactMap { node in
        guard let fields = reading.fields(node, keys: ["id", "name", "weight"]),
          let id = fields.identifier("id"), let name = fields.localized("name")
        else { return nil }
        return DemoMaterial.Term(id: id, name: name, weight: fields.weight())
      }
    }
    for node in fields.requiredItems("levels") {
      guard let fields = reading.fields(node, keys: ["id", "name", "weight"]),
        let level = fields.oneOf("id", Customer.Level.self)
      else { continue }
      loader.material.levels[level] = fields.weight()
    }
    loader.material.tags = terms("tags")
    loader.material.orderKinds = terms("order_kinds")
    loader.material.orderChannels = terms("order_channels")
    loader.material.outageCauses = fields.requiredItems("outage_causes").compactMap {
      reading.text($0, both: 200)
    }
    if let hotline = fields.required("hotline"),
      let fields = reading.fields(hotline, keys: ["reference", "bureaus"])
    {
      loader.material.hotlineReference = fields.text("reference") ?? ""
    }
  }

  // MARK: - Texts

  private static func channels(_ loader: inout Self, _ file: YAMLFile) {
    let reading = file.reading
    guard let fields = reading.fields(file.root, keys: ["channels"]), let node = fields.required("channels")
    else { return }
    for pair in reading.pairs(node) {
      guard let channel = Channel(rawValue: pair.key) else {
        reading.add(.notOneOf(pair.key, allowed: Channel.allCases.map(\.rawValue)), at: pair.keyNode)
        continue
      }
      let keys = ["share", "wrap", "greeting", "goodbye", "fillers"]
      guard let fields = reading.fields(pair.value, keys: keys) else { continue }
      loader.material.channels.append(
        DemoMaterial.ChannelManner(
          channel: channel, share: fields.weight("share"), wrap: fields.slotTexts("wrap", isRequired: true),
          greeting: fields.slotTexts("greeting"), goodbye: fields.slotTexts("goodbye"),
          fillers: fields.slotTexts("fillers")))
    }
  }

  private func zone(_ file: YAMLFile) -> DemoMaterial.ZoneTexts? {
    let reading = file.reading
    let keys = ["zone", "needs", "categories", "follow_ups", "notes", "replies"]
    guard let fields = reading.fields(file.root, keys: keys), let zone = fields.identifier("zone"),
      let node = fields.required("categories")
    else { return nil }
    let need = fields.values["needs"].flatMap { reading.oneOf($0, DemoMaterial.Need.self) }
    return DemoMaterial.ZoneTexts(
      zone: ZoneID(zone), categories: reading.pairs(node).compactMap { category($0, need: need, reading) },
      followUps: fields.slotTexts("follow_ups"), notes: fields.slotTexts("notes"),
      replies: fields.slotTexts("replies"))
  }

  private func category(
    _ pair: Reading.Pair, need: DemoMaterial.Need?, _ reading: Reading
  ) -> DemoMaterial.CategoryTexts? {
    let keys = [
      "weight", "facts", "needs", "places", "products", "line", "orders", "fields", "subjects", "messages",
    ]
    guard let fields = reading.fields(pair.value, keys: keys),
      let fact = fields.oneOf("facts", DemoMaterial.Fact.self)
    else { return nil }
    var values: [String: [DemoMaterial.FieldValue]] = [:]
    for pair in fields.values["fields"].map(reading.pairs) ?? [] {
      let nodes =
        if case .sequence(let sequence) = pair.value { Array(sequence) } else { [pair.value] }
      values[pair.key] = nodes.compactMap { reading.fieldValue($0) }
    }
    return DemoMaterial.CategoryTexts(
      category: CategoryID(pair.key), weight: fields.weight(), fact: fact,
      needs: fields.values["needs"].flatMap { reading.oneOf($0, DemoMaterial.Need.self) } ?? need,
      services: fields.items("products").compactMap { reading.identifier($0) },
      charge: fields.values["line"].flatMap { reading.identifier($0) },
      orders: fields.items("orders").compactMap { reading.identifier($0) },
      usesSpots: fields.values["places"].flatMap { reading.text($0) } == "spots", fields: values,
      subjects: fields.slotTexts("subjects", isRequired: true),
      messages: fields.slotTexts("messages", isRequired: true))
  }

  // MARK: - Tour

  private mutating func readTour(_ file: YAMLFile) {
    let reading = file.reading
    let keys = [
      "category", "channel", "priority", "waiting", "language", "name", "sex", "phone", "level", "years",
      "plan",
      "broadband", "tags", "visits", "product", "subject", "message",
    ]
    guard let fields = reading.fields(file.root, keys: ["tour"]) else { return }
    for node in fields.requiredItems("tour") {
      guard let fields = reading.fields(node, keys: keys),
        let category = fields.identifier("category", allowsSlash: true),
        let channel = fields.oneOf("channel", Channel.self),
        let priority = fields.oneOf("priority", PriorityName.self),
        let waiting = fields.required("waiting").flatMap({ reading.duration($0) }),
        let language = fields.oneOf("language", Language.self), let name = fields.text("name", limit: 100),
        let sex = fields.oneOf("sex", Sex.self), let phone = fields.text("phone"),
        let level = fields.oneOf("level", Customer.Level.self),
        let years = fields.required("years").flatMap({ reading.number($0, in: 1...60) }),
        let plan = fields.identifier("plan"), let subject = fields.slotText("subject"),
        let message = fields.slotText("message")
      else { continue }
      material.tour.append(
        DemoMaterial.TourTicket(
          category: CategoryID(category), channel: channel, priority: priority.priority,
          waitingSeconds: waiting, language: language, name: name, isFemale: sex == .female, phone: phone,
          level: level, years: years, plan: plan,
          broadband: fields.values["broadband"].flatMap { reading.identifier($0) },
          tags: fields.items("tags").compactMap { reading.identifier($0) },
          visits: fields.values["visits"].flatMap { reading.number($0, in: 0...20) } ?? 0,
          service: fields.values["product"].flatMap { reading.identifier($0) }, subject: subject,
          message: message))
    }
  }

  private enum Sex: String, CaseIterable { case female, male }

  private enum PriorityName: String, CaseIterable {
    case urgent, high, normal, low

    var priority: Ticket.Priority {
      switch self {
      case .urgent: .urgent
      case .high: .high
      case .normal: .normal
      case .low: .low
      }
    }
  }
}

extension Fields {
  fileprivate func weight(_ key: String = "weight") -> Int {
    values[key].flatMap { reading.number($0, in: 0...1_000_000) } ?? 1
  }

  fileprivate func cents(_ key: String) -> Money? { required(key).flatMap { reading.cents($0) } }

  fileprivate func slotText(_ key: String) -> SlotText? {
    required(key).flatMap { node in reading.text(node, limit: 2000).flatMap { reading.slots($0, at: node) } }
  }

  fileprivate func slotTexts(_ key: String, isRequired: Bool = false) -> SlotTexts {
    guard let node = isRequired ? required(key) : values[key],
      let fields = reading.fields(node, keys: ["zh-Hans", "en"])
    else { return SlotTexts() }
    func texts(_ key: String) -> [SlotText] {
      fields.requiredItems(key).compactMap { node in
        reading.text(node, limit: 2000).flatMap { reading.slots($0, at: node) }
      }
    }
    return SlotTexts(chinese: texts("zh-Hans"), english: texts("en"))
  }
}

extension Reading {
  fileprivate func cents(_ node: Node) -> Money? {
    number(node, in: -100_000_000...100_000_000).map { Money(cents: Int64($0)) }
  }

  fileprivate func slots(_ text: String, at node: Node) -> SlotText? {
    do {
      return try SlotText(text)
    } catch {
      add(.unknownSlot(error.name), at: node)
      return nil
    }
  }

  /// One text for both languages, or one in each.
  fileprivate func fieldValue(_ node: Node) -> DemoMaterial.FieldValue? {
    if case .mapping = node {
      guard let both = text(node, both: 500), let chinese = slots(both.chinese, at: node),
        let english = slots(both.english, at: node)
      else { return nil }
      return DemoMaterial.FieldValue(chinese: chinese, english: english)
    }
    return text(node).flatMap { slots($0, at: node) }.map {
      DemoMaterial.FieldValue(chinese: $0, english: $0)
    }
  }
}
