import Domain
import Yams

extension ResourceReader {
  mutating func readScenarios() {
    for (name, file) in yamlFiles(in: "scenarios", isRequired: false) {
      guard
        let fields = file.reading.fields(
          file.root,
          keys: [
            "id", "name", "goal", "difficulty", "language", "channel", "zone", "category", "customer", "mood",
            "hangs_up_at",
            "opening", "turns", "expect", "fatal",
          ])
      else { continue }
      if let scenario = scenario(fields, file: name) { scenarios.append(scenario) }
    }
  }

  private func scenario(_ fields: Fields, file: String) -> Scenario? {
    let reading = fields.reading
    let id = identifier(fields, file: file)
    let name = fields.localized("name")
    let goal = fields.localized("goal", limit: 2000)
    let difficulty = fields.required("difficulty").flatMap { reading.number($0, in: 1...5) }
    let language = fields.oneOf("language", Language.self)
    let channel = fields.oneOf("channel", Channel.self)
    let zone = fields.identifier("zone")
    if let zone, let node = fields.values["zone"] { log.use(.zone, zone, at: reading.place(of: node)) }
    let category = fields.identifier("category", allowsSlash: true)
    if let category, let node = fields.values["category"] {
      log.use(.category, category, at: reading.place(of: node))
    }
    let customer = fields.required("customer").flatMap { person($0, reading) }
    let mood = fields.required("mood").flatMap { reading.number($0, in: 1...5) }
    let hangsUpAt = fields.required("hangs_up_at").flatMap { reading.number($0, in: 2...20) }
    let opening = fields.text("opening", limit: 2000)
    let turns = fields.requiredItems("turns").compactMap { turn($0, reading, scenario: file) }
    let known = set.zones.first { $0.id.text == zone }
    let expect = fields.requiredItems("expect").compactMap { check($0, reading, zone: known, isFatal: false) }
    let fatal = fields.items("fatal").compactMap { check($0, reading, zone: known, isFatal: true) }
    let points = expect.reduce(0) { $0 + $1.points }
    if points != 100, let node = fields.values["expect"], expect.count == reading.items(node).count {
      reading.add(.pointsDoNotAddUp(points), at: node)
    }
    guard let id, let name, let goal, let difficulty, let language, let channel, let zone, let category,
      let customer,
      let mood,
      let hangsUpAt, let opening
    else { return nil }
    return Scenario(
      id: id, name: name, goal: goal, difficulty: difficulty, language: language, channel: channel,
      zone: ZoneID(zone), category: CategoryID(category), person: customer, mood: mood, hangsUpAt: hangsUpAt,
      opening: opening,
      turns: turns, expectations: expect, fatal: fatal)
  }

  private func person(_ node: Node, _ reading: Reading) -> Scenario.Person? {
    guard
      let fields = reading.fields(
        node,
        keys: [
          "name", "english_name", "salutation", "phone", "level", "years", "identity_last_four", "address",
          "plan",
          "contract_ends", "products", "orders", "bills",
        ])
    else { return nil }
    let chinese = fields.text("name", limit: 100)
    let english = fields.text("english_name", limit: 100)
    let salutation = fields.localized("salutation")
    let phone = fields.text("phone", limit: 20)
    let level = fields.oneOf("level", Customer.Level.self)
    let years = fields.required("years").flatMap { reading.number($0, in: 0...60) }
    let lastFour = fields.text("identity_last_four", limit: 4)
    let address = fields.optionalLocalized("address")
    let plan = fields.identifier("plan")
    let contractEnds = fields.values["contract_ends"].map { reading.number($0, in: 0...120) } ?? 0
    let products = fields.items("products").compactMap { reading.identifier($0) }
    let orders = fields.items("orders").compactMap { purchase($0, reading) }
    let bills = fields.items("bills").compactMap { statement($0, reading) }
    guard let chinese, let english, let salutation, let phone, let level, let years, let lastFour, let plan,
      let contractEnds
    else { return nil }
    return Scenario.Person(
      name: chinese, englishName: english, salutation: salutation, phone: phone, level: level, years: years,
      identityLastFour: lastFour, address: address, plan: plan, contractEnds: contractEnds,
      products: products, orders: orders, bills: bills)
  }

  private func purchase(_ node: Node, _ reading: Reading) -> Scenario.Person.Order? {
    guard let fields = reading.fields(node, keys: ["kind", "product", "month", "day", "channel"]),
      let kind = fields.identifier("kind"), let product = fields.identifier("product"),
      let month = fields.required("month").flatMap({ reading.number($0, in: -24...0) }),
      let day = fields.required("day").flatMap({ reading.number($0, in: 1...31) }),
      let channel = fields.identifier("channel")
    else { return nil }
    return Scenario.Person.Order(kind: kind, product: product, month: month, day: day, channel: channel)
  }

  private func statement(_ node: Node, _ reading: Reading) -> Scenario.Person.Bill? {
    guard let fields = reading.fields(node, keys: ["month", "lines"]),
      let month = fields.required("month").flatMap({ reading.number($0, in: -24...0) })
    else { return nil }
    let lines = fields.requiredItems("lines").compactMap { node -> Scenario.Person.Bill.Line? in
      guard let fields = reading.fields(node, keys: ["item", "amount", "day"]),
        let item = fields.identifier("item"),
        let cents = fields.required("amount").flatMap({ reading.number($0, in: -10_000_000...10_000_000) }),
        let day = fields.required("day").flatMap({ reading.number($0, in: 1...31) })
      else { return nil }
      return Scenario.Person.Bill.Line(item: item, amount: Money(cents: Int64(cents)), day: day)
    }
    return Scenario.Person.Bill(month: month, lines: lines)
  }

  private func turn(_ node: Node, _ reading: Reading, scenario: String) -> Scenario.Turn? {
    guard let fields = reading.fields(node, keys: ["id", "when", "once", "mood", "say"]) else { return nil }
    let id = fields.identifier("id")
    if let id { log.define(.turn, "\(scenario)/\(id)", at: reading.place(of: node)) }
    let condition = fields.required("when").flatMap { self.condition($0, reading) }
    let isOnce = fields.values["once"].map(reading.flag) ?? false
    let mood = fields.required("mood").flatMap { reading.number($0, in: -5...5) }
    let say = fields.requiredItems("say").compactMap { reading.text($0, limit: 2000) }
    guard let id, let condition, let isOnce, let mood else { return nil }
    return Scenario.Turn(id: id, when: condition, once: isOnce, mood: mood, say: say)
  }

  private func condition(_ node: Node, _ reading: Reading) -> Scenario.Turn.Condition? {
    if case .scalar(let scalar) = node {
      switch scalar.string {
      case "first": return .first
      case "default": return .always
      default:
        reading.add(
          .notOneOf(reading.shortened(scalar.string), allowed: ["first", "default", "{ any: [...] }"]),
          at: node)
        return nil
      }
    }
    guard let fields = reading.fields(node, keys: ["any"]) else { return nil }
    return .any(fields.requiredItems("any").compactMap { reading.text($0, limit: 100) })
  }

  private enum CheckKind: String, CaseIterable {
    case field, category, disposition, template, mentions, says, steps, closed
    case verifiedFirst = "verified-first"
    case revealedUnverified = "revealed-unverified"

    var keys: [String] {
      switch self {
      case .field: ["field", "equals"]
      case .category: ["equals"]
      case .disposition: ["disposition"]
      case .template: ["template"]
      case .mentions, .says: ["any"]
      case .steps: ["steps"]
      case .closed: ["within"]
      case .verifiedFirst, .revealedUnverified: []
      }
    }
  }

  private func check(_ node: Node, _ reading: Reading, zone: Zone?, isFatal: Bool) -> Scenario.Check? {
    guard case .mapping(let mapping) = node else {
      reading.add(.notMapping, at: node)
      return nil
    }
    guard let kindNode = mapping.first(where: { $0.key.string == "kind" })?.value else {
      reading.add(.missingKey("kind"), at: node)
      return nil
    }
    guard let kind = reading.oneOf(kindNode, CheckKind.self),
      let fields = reading.fields(
        node, keys: ["id", "name"] + (isFatal ? [] : ["points"]) + ["kind"] + kind.keys)
    else { return nil }
    let id = fields.identifier("id")
    let name = fields.localized("name")
    let points = isFatal ? 0 : fields.required("points").flatMap { reading.number($0, in: 1...100) }
    let rule = rule(kind, fields, zone: zone)
    guard let id, let name, let points, let rule else { return nil }
    return Scenario.Check(id: id, name: name, points: points, kind: rule)
  }

  private func rule(_ kind: CheckKind, _ fields: Fields, zone: Zone?) -> Scenario.Check.Kind? {
    let reading = fields.reading
    switch kind {
    case .verifiedFirst: return .verifiedFirst
    case .revealedUnverified: return .revealedUnverified
    case .closed:
      return fields.required("within").flatMap(reading.duration).map { .closed(withinSeconds: $0) }
    case .mentions, .says:
      return .mentions(fields.requiredItems("any").compactMap { reading.text($0, limit: 100) })
    case .category:
      guard let category = fields.identifier("equals", allowsSlash: true), let node = fields.values["equals"]
      else {
        return nil
      }
      log.use(.category, category, at: reading.place(of: node))
      return .category(CategoryID(category))
    case .template:
      return .template(
        fields.requiredItems("template").compactMap { node in
          guard let template = reading.identifier(node) else { return nil }
          log.use(.template, template, at: reading.place(of: node))
          return TemplateID(template)
        })
    case .disposition:
      return .disposition(names(fields, "disposition", .disposition, of: zone))
    case .steps:
      return .steps(names(fields, "steps", .step, of: zone))
    case .field:
      guard let field = fields.identifier("field"), let node = fields.values["field"],
        let value = fields.required("equals")
      else { return nil }
      if let zone, zone.field(field) == nil { reading.add(.unknown(.field, field), at: node) }
      return expected(value, reading, field: zone?.field(field)).map { .field(field, equals: $0) }
    }
  }

  /// Ids that belong to the scenario's zone.
  private func names(
    _ fields: Fields, _ key: String, _ reference: ConfigurationProblem.Reference, of zone: Zone?
  ) -> [String] {
    fields.requiredItems(key).compactMap { node in
      guard let name = fields.reading.identifier(node) else { return nil }
      if let zone { log.use(reference, "\(zone.id)/\(name)", at: fields.reading.place(of: node)) }
      return name
    }
  }

  private func expected(_ node: Node, _ reading: Reading, field: FormField?) -> Scenario.Check.Value? {
    if case .mapping = node {
      guard let fields = reading.fields(node, keys: ["month", "day", "item"]) else { return nil }
      if let month = fields.values["month"] { return reading.number(month, in: -24...24).map { .month($0) } }
      if let day = fields.values["day"] { return reading.number(day, in: -366...366).map { .day($0) } }
      return fields.identifier("item").map { .item($0) }
    }
    guard let text = reading.text(node) else { return nil }
    guard let field else { return .text(text) }
    if field.kind == .money {
      return reading.number(node, in: -10_000_000...10_000_000).map { .money(Money(cents: Int64($0))) }
    }
    guard let value = try? field.canonical(text) else {
      reading.add(
        field.kind == .choice
          ? .notOneOf(reading.shortened(text), allowed: field.choices.map(\.id))
          : .invalidValue(reading.shortened(text)), at: node)
      return nil
    }
    return .text(value)
  }
}
