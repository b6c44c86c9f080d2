import Domain
import Yams

extension ResourceFolder {
  /// The configuration and the test cases of `tests/`, or everything that is wrong in the folder.
  package func loadTests() throws(ConfigurationProblems) -> (set: ConfigurationSet, tests: [ZoneTest]) {
    let (set, tests, problems) = readTests()
    guard problems.isEmpty else { throw ConfigurationProblems(problems) }
    return (set, tests)
  }
}

extension ResourceReader {
  mutating func readZoneTests() -> [ZoneTest] {
    yamlFiles(in: "tests", isRequired: false).flatMap { name, file in
      let reading = file.reading
      guard let fields = reading.fields(file.root, keys: ["zone", "today", "cases"]),
        let id = fields.identifier("zone")
      else { return [ZoneTest]() }
      if id != name, let node = fields.values["zone"] {
        reading.add(.identifierIsNotFileName(id, expected: name), at: node)
      }
      guard let zone = set.zones.first(where: { $0.id.text == id }) else {
        // A zone that could not be read is told where it is.
        if log.problems.isEmpty, let node = fields.values["zone"] {
          reading.add(.unknown(.zone, id), at: node)
        }
        return []
      }
      let today = fields.required("today").flatMap(reading.date)
      let form = ZoneTestForm(reading: reading, zone: zone, log: log, clock: clock)
      return fields.requiredItems("cases").compactMap { node in
        form.test(node, today: today) { self.outages(in: $0, reading) }
      }
    }
  }
}

/// Reads the cases of one zone.
private struct ZoneTestForm {
  let reading: Reading
  let zone: Zone
  let log: ProblemLog
  let clock: WallClock

  private static let customer: CustomerID = "test"

  func test(_ node: Node, today: CivilDate?, outages: (Node) -> [Outage]) -> ZoneTest? {
    guard
      let fields = reading.fields(
        node,
        keys: [
          "name", "message", "category", "language", "channel", "priority", "fields", "customer", "bills",
          "orders", "products", "earlier", "outages", "done", "today", "expect",
        ])
    else { return nil }
    let today = fields.values["today"].flatMap(reading.date) ?? today
    let name = fields.text("name")
    let messages = texts(fields, "message")
    guard let today, let name, let expect = fields.required("expect") else { return nil }
    var ticket = Ticket(
      id: "test", customer: Self.customer, zone: zone.id,
      category: fields.values["category"].flatMap { log.category($0, reading) },
      subject: messages.first ?? name,
      language: fields.values["language"].flatMap { reading.oneOf($0, Language.self) } ?? .chinese,
      channel: fields.values["channel"].flatMap { reading.oneOf($0, Channel.self) } ?? .phone,
      createdAt: clock.moment(today, secondOfDay: 12 * 3600), createdBy: Agent.system.id)
    ticket.state = .open
    for pair in fields.values["fields"].map(reading.pairs) ?? [] {
      if let value = value(pair) { ticket.fields[pair.key] = value }
    }
    let profile = CustomerProfile(
      customer: fields.values["customer"].map(customer) ?? Customer(id: Self.customer, name: ""),
      identities: [], products: fields.items("products").compactMap { product($0) },
      orders: fields.items("orders").compactMap { order($0) },
      bills: fields.items("bills").compactMap { bill($0) },
      visits: fields.items("earlier").compactMap { visit($0) }, ticketCount: 1, merged: [])
    var deeds = ZoneTest.Deeds()
    if let node = fields.values["done"] { read(node, &deeds, &ticket) }
    return ZoneTest(
      name: name, file: reading.file, line: reading.line(of: node), today: today, ticket: ticket,
      messages: messages, profile: profile, outages: fields.values["outages"].map(outages) ?? [],
      deeds: deeds,
      expected: expectations(expect))
  }

  // MARK: - Records

  private func customer(_ node: Node) -> Customer {
    var customer = Customer(id: Self.customer, name: "")
    guard
      let fields = reading.fields(node, keys: ["level", "city", "address", "tags", "risk", "since"])
    else { return customer }
    customer.level = fields.values["level"].flatMap { reading.oneOf($0, Customer.Level.self) } ?? .standard
    customer.city = fields.values["city"].flatMap { reading.text($0) } ?? ""
    customer.address = fields.values["address"].flatMap { reading.text($0) } ?? ""
    customer.tags = texts(fields, "tags")
    customer.risk = fields.values["risk"].flatMap { reading.oneOf($0, Customer.Risk.self) } ?? .low
    customer.since = fields.values["since"].flatMap(reading.date)
    return customer
  }

  private func bill(_ node: Node) -> Bill? {
    guard let fields = reading.fields(node, keys: ["period", "number", "paid", "lines"]),
      let period = fields.text("period", limit: 20)
    else { return nil }
    guard CivilDate(period + "-01")?.monthText == period else {
      if let node = fields.values["period"] { reading.add(.invalidDate(reading.shortened(period)), at: node) }
      return nil
    }
    let lines = fields.requiredItems("lines").compactMap { node -> Bill.Line? in
      guard let fields = reading.fields(node, keys: ["title", "amount", "on"]),
        let title = fields.text("title"),
        let amount = fields.required("amount").flatMap(reading.money)
      else { return nil }
      return Bill.Line(
        title: title, amount: amount,
        chargedOn: fields.values["on"].flatMap(reading.date) ?? CivilDate(period + "-01")!)
    }
    let number = fields.values["number"].flatMap { reading.text($0) } ?? "B\(period)"
    return Bill(
      id: BillID(number), number: number, customer: Self.customer, period: period, lines: lines,
      isPaid: fields.values["paid"].flatMap(reading.flag) ?? true)
  }

  private func order(_ node: Node) -> Order? {
    guard let fields = reading.fields(node, keys: ["title", "number", "on", "state", "amount"]),
      let title = fields.text("title"), let on = fields.required("on").flatMap(reading.date)
    else { return nil }
    let number = fields.values["number"].flatMap { reading.text($0) } ?? "O\(reading.line(of: node))"
    return Order(
      id: OrderID(number), number: number, customer: Self.customer, title: title,
      state: fields.values["state"].flatMap { reading.oneOf($0, Order.State.self) } ?? .completed,
      placedOn: on,
      amount: fields.values["amount"].flatMap(reading.money) ?? Money(cents: 0))
  }

  private func product(_ node: Node) -> Product? {
    guard
      let fields = reading.fields(
        node, keys: ["name", "kind", "fee", "state", "from", "until", "contract_until"]),
      let name = fields.text("name"), let kind = fields.oneOf("kind", Product.Kind.self),
      let from = fields.required("from").flatMap(reading.date)
    else { return nil }
    return Product(
      id: ProductID("p\(reading.line(of: node))"), customer: Self.customer, kind: kind, name: name,
      state: fields.values["state"].flatMap { reading.oneOf($0, Product.State.self) } ?? .active,
      monthlyFee: fields.values["fee"].flatMap(reading.money) ?? Money(cents: 0), startedOn: from,
      endedOn: fields.values["until"].flatMap(reading.date),
      contractUntil: fields.values["contract_until"].flatMap(reading.date))
  }

  private func visit(_ node: Node) -> CustomerProfile.Visit? {
    guard let fields = reading.fields(node, keys: ["number", "subject", "category", "zone", "on", "state"]),
      let on = fields.required("on").flatMap(reading.date)
    else { return nil }
    return CustomerProfile.Visit(
      id: TicketID("t\(reading.line(of: node))"),
      number: fields.values["number"].flatMap { reading.text($0) },
      at: clock.moment(on, secondOfDay: 12 * 3600), channel: .phone,
      subject: fields.values["subject"].flatMap { reading.text($0) } ?? "",
      zone: ZoneID(fields.values["zone"].flatMap { reading.identifier($0) } ?? zone.id.text),
      category: fields.values["category"].flatMap { log.category($0, reading) },
      state: fields.values["state"].flatMap { reading.oneOf($0, Ticket.State.self) } ?? .closed)
  }

  // MARK: - What was done, and what is expected

  private func read(_ node: Node, _ deeds: inout ZoneTest.Deeds, _ ticket: inout Ticket) {
    guard
      let fields = reading.fields(
        node, keys: ["verified", "refund", "replies", "notes", "shown", "steps", "skipped"])
    else { return }
    deeds.isVerified = fields.values["verified"].flatMap(reading.flag) ?? false
    deeds.isRefunded = fields.values["refund"].flatMap(reading.flag) ?? false
    deeds.replies = texts(fields, "replies")
    deeds.notes = texts(fields, "notes")
    deeds.shown = Set(fields.listed("shown").compactMap { reading.oneOf($0, StepSight.self) })
    for node in fields.listed("steps") {
      if let id = step(node) { ticket.steps.append(id) }
    }
    for pair in fields.values["skipped"].map(reading.pairs) ?? [] {
      guard let id = step(pair.keyNode), let reason = reading.text(pair.value) else { continue }
      ticket.skippedSteps[id] = reason
    }
  }

  private func expectations(_ node: Node) -> [ZoneTest.Expected] {
    guard
      let fields = reading.fields(
        node, keys: ["findings", "no_findings", "amount", "refund", "template", "fields", "steps"])
    else { return [] }
    var result: [ZoneTest.Expected] = []
    func add(_ expectation: ZoneTest.Expectation, _ node: Node) {
      result.append(ZoneTest.Expected(expectation, line: reading.line(of: node)))
    }
    if let node = fields.values["findings"] { add(.findings(rules(fields, "findings")), node) }
    if let node = fields.values["no_findings"] { add(.noFindings(rules(fields, "no_findings")), node) }
    if let node = fields.values["amount"], let money = reading.money(node) { add(.amount(money), node) }
    if let node = fields.values["refund"], let money = reading.money(node) { add(.refund(money), node) }
    if let node = fields.values["template"], let id = reading.identifier(node) {
      log.use(.template, id, at: reading.place(of: node))
      add(.template(TemplateID(id)), node)
    }
    for pair in fields.values["fields"].map(reading.pairs) ?? [] {
      if let value = value(pair) { add(.field(pair.key, value), pair.value) }
    }
    for pair in fields.values["steps"].map(reading.pairs) ?? [] {
      if let id = step(pair.keyNode), let state = reading.oneOf(pair.value, ZoneTest.StepState.self) {
        add(.step(id, state), pair.value)
      }
    }
    if result.isEmpty { reading.add(.listEmpty("expect"), at: node) }
    return result
  }

  private func rules(_ fields: Fields, _ key: String) -> [String] {
    fields.listed(key).compactMap { node in
      guard let id = reading.identifier(node) else { return nil }
      if !zone.diagnosis.contains(where: { $0.id == id }) { reading.add(.unknown(.rule, id), at: node) }
      return id
    }
  }

  // MARK: - Values

  private func step(_ node: Node) -> String? {
    guard let id = reading.identifier(node) else { return nil }
    if zone.step(id) == nil { reading.add(.unknown(.step, id), at: node) }
    return id
  }

  private func value(_ pair: Reading.Pair) -> String? {
    guard let field = zone.field(pair.key) else {
      reading.add(.unknown(.field, pair.key), at: pair.keyNode)
      return nil
    }
    guard let text = reading.text(pair.value, limit: FormField.longestValue) else { return nil }
    if let value = try? field.canonical(text) { return value }
    reading.add(.invalidValue(reading.shortened(text)), at: pair.value)
    return nil
  }

  private func texts(_ fields: Fields, _ key: String) -> [String] {
    fields.listed(key).compactMap { reading.text($0, limit: 4000) }
  }
}
