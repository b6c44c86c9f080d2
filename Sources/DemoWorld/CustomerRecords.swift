import Domain

/// The rows of one customer: what the story says and nothing that contradicts it.
struct CustomerRecords {
  private let story: CustomerStory
  private let world: World
  private let sketch: CustomerSketch
  private let language: Language
  private let id: CustomerID
  private var random: SeededRandom

  init(_ story: CustomerStory, in world: World) {
    self.story = story
    self.world = world
    sketch = story.sketch
    language = sketch.language
    id = sketch.id(in: world)
    random = sketch.random
  }

  mutating func append(to changes: inout [Change]) {
    // The first draws made the customer's key.
    _ = random.next()
    _ = random.next()
    changes.append(.customer(customer()))
    appendIdentities(to: &changes)
    appendProducts(to: &changes)
    appendOrders(to: &changes)
    appendBills(to: &changes)
  }

  // MARK: - Profile

  private mutating func customer() -> Customer {
    var customer = Customer(
      id: id, name: sketch.name(in: world), level: sketch.level, since: sketch.since,
      city: sketch.city(in: world), address: sketch.address(in: world), language: language, version: 1)
    customer.tags = tags()
    customer.risk = random.chance(90) ? .low : random.chance(80) ? .medium : .high
    customer.preferredChannel =
      random.chance(40) ? world.channels[world.channelWeights.pick(&random)].channel : nil
    customer.quietHours = random.chance(10) ? "22:00-08:00" : nil
    return customer
  }

  /// Tags that the records bear out.
  private mutating func tags() -> [String] {
    if let tour = sketch.tour {
      return tour.tags.map { id in world.material.tags.first { $0.id == id }?.name[language] ?? id }
    }
    var result: [String] = []
    let years = world.today.year - sketch.since.year
    for _ in 0..<random.within(0...3) {
      let tag = world.material.tags[world.tagWeights.pick(&random)]
      let isTrue =
        switch tag.id {
        case "family-plan": world.material.plans[story.plan].broadband != nil
        case "student": world.material.plans[story.plan].id.hasPrefix("campus")
        case "elderly": world.today.year - sketch.birth.year >= 60
        case "long-standing": years >= 8
        case "complained-before": story.incidents.contains { $0.fate.isDone }
        case "traveller": story.incidents.contains { $0.fact == .roamingCharge }
        default: true
        }
      let name = tag.name[language]
      if isTrue, !result.contains(name) { result.append(name) }
    }
    return result
  }

  private mutating func appendIdentities(to changes: inout [Change]) {
    var count = 0
    func add(_ kind: Identity.Kind, _ value: String, isVerified: Bool) {
      changes.append(
        .identity(
          Identity(
            id: IdentityID("\(id.text)-i\(count)"), customer: id, kind: kind, value: value,
            isVerified: isVerified)))
      count += 1
    }
    let name = sketch.latinName(in: world)
    add(.phone, sketch.phone(in: world), isVerified: true)
    add(.idCard, idCard(), isVerified: true)
    if language == .chinese ? random.chance(78) : random.chance(25) || sketch.tour != nil {
      add(.wechat, "wx_\(name)_\(sketch.index)", isVerified: random.chance(70))
    }
    if language == .english || sketch.tour != nil || random.chance(35) {
      let host = random.pick(["example.com", "example.net", "example.org"])
      add(.email, "\(name).\(sketch.index)@\(host)", isVerified: random.chance(60))
    }
    if random.chance(30) { add(.app, "yf\(padded(sketch.index + 100_000, 8))", isVerified: true) }
    if random.chance(12) { add(.bankCard, bankCard(), isVerified: false) }
  }

  /// Eighteen characters with the right check digit and a region, 99, that does not exist.
  private mutating func idCard() -> String {
    let order = sketch.index / 10_000 % 500 * 2 + (sketch.isFemale ? 0 : 1)
    let birth = sketch.birth
    let digits =
      "99\(padded(sketch.index % 10_000, 4))\(padded(birth.year, 4))\(padded(birth.month, 2))\(padded(birth.day, 2))\(padded(order, 3))"
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    let sum = zip(weights, digits.utf8).reduce(0) { $0 + $1.0 * Int($1.1 - 0x30) }
    return digits + String(Array("10X98765432")[sum % 11])
  }

  /// Nineteen digits with the right check digit and a beginning, 999, that no bank has.
  private mutating func bankCard() -> String {
    let digits = "999" + padded(random.below(1_000_000), 6) + padded(sketch.index, 9)
    let sum = digits.utf8.reversed().enumerated().reduce(0) { total, item in
      let digit = Int(item.element - 0x30)
      return total + (item.offset % 2 == 0 ? (digit * 2 > 9 ? digit * 2 - 9 : digit * 2) : digit)
    }
    return digits + String((10 - sum % 10) % 10)
  }

  // MARK: - Products and orders

  private func appendProducts(to changes: inout [Change]) {
    var count = 0
    func add(
      _ kind: Product.Kind, _ name: LocalizedText, _ fee: Money, from: CivilDate, to end: CivilDate? = nil,
      contractUntil: CivilDate? = nil
    ) {
      let isOver = end.map { $0 <= world.today } ?? false
      changes.append(
        .product(
          Product(
            id: ProductID("\(id.text)-p\(count)"), customer: id, kind: kind, name: name[language],
            state: isOver ? .cancelled : .active, monthlyFee: fee, startedOn: max(from, sketch.since),
            endedOn: end, contractUntil: contractUntil)))
      count += 1
    }
    let plans = world.material.plans
    if let change = story.planChange {
      add(
        .plan, plans[change.before].name, plans[change.before].fee, from: sketch.since,
        to: change.on.adding(days: -1))
      add(
        .plan, plans[story.plan].name, plans[story.plan].fee, from: change.on,
        contractUntil: story.contractUntil)
    } else {
      add(
        .plan, plans[story.plan].name, plans[story.plan].fee, from: planStart,
        contractUntil: story.contractUntil)
    }
    if let index = story.broadband {
      let broadband = world.material.broadbands[index]
      add(.broadband, broadband.name, isBundled ? Money(cents: 0) : broadband.fee, from: broadbandStart)
    }
    for service in story.services {
      let known = world.material.services[service.index]
      add(
        known.isMonthly ? .service : .package, known.name, known.fee, from: service.started, to: service.ended
      )
    }
  }

  private var isBundled: Bool { world.material.plans[story.plan].broadband != nil }

  /// A plan with a contract began when the contract did, or before: a younger contract than the bills is a renewal.
  private var planStart: CivilDate {
    guard let end = story.contractUntil else { return sketch.since }
    let months = world.material.plans[story.plan].contractMonths
    let start = CivilDate(month: end.month(1 - max(1, months)))
    return max(sketch.since, min(start, world.today.adding(days: -400)))
  }

  private var broadbandStart: CivilDate { sketch.since.adding(days: sketch.index % 200) }

  private mutating func appendOrders(to changes: inout [Change]) {
    for (index, order) in story.orders.enumerated() {
      let subject: String? =
        switch order.subject {
        case .service(let service): world.material.services[service].name[language]
        case .plan(let plan): world.material.plans[plan].name[language]
        case .text(let text): text[language]
        case .none: nil
        }
      changes.append(
        .order(
          self.order(
            index, order.kind[language] + (subject.map { language == .chinese ? "：\($0)" : ": \($0)" } ?? ""),
            order.state, order.placedOn, order.amount)))
    }
    let kind = world.orderKinds["subscribe"] ?? LocalizedText(chinese: "订购业务", english: "Service ordered")
    let plan = world.material.plans[story.planChange?.before ?? story.plan]
    let start = story.planChange == nil ? planStart : sketch.since
    changes.append(
      .order(
        order(
          story.orders.count, kind[language] + (language == .chinese ? "：" : ": ") + plan.name[language],
          .completed, start, plan.fee)))
    if story.broadband != nil {
      let kind = world.orderKinds["installation"] ?? LocalizedText(chinese: "宽带装机", english: "Installation")
      changes.append(
        .order(order(story.orders.count + 1, kind[language], .completed, broadbandStart, Money(cents: 0))))
    }
  }

  private func order(
    _ index: Int, _ title: String, _ state: Order.State, _ day: CivilDate, _ amount: Money
  ) -> Order {
    Order(
      id: OrderID("\(id.text)-o\(index)"),
      number: world.orderNumber(customer: sketch.index, order: index, on: day), customer: id, title: title,
      state: state, placedOn: day, amount: amount)
  }

  // MARK: - Bills

  /// The last six to twelve months, and further back where a ticket is about an older one.
  private mutating func appendBills(to changes: inout [Change]) {
    let last = world.today.month(-1)
    let wished = world.isTerse ? 6 : random.within(6...12)
    let first = max(
      sketch.since.month(1),
      min(last - wished + 1, (story.incidents.map(\.period).filter { $0 > 0 }.min() ?? last)))
    guard first <= last else { return }
    for month in first...last {
      let isPaid = month < last || random.chance(70)
      changes.append(
        .bill(
          Bill(
            id: BillID("\(id.text)-b\(month)"),
            number: "B\(padded(month / 12, 4))\(padded(month % 12 + 1, 2))\(padded(sketch.index, 7))",
            customer: id, period: CivilDate(month: month).monthText, lines: lines(of: month), isPaid: isPaid))
      )
    }
  }

  private mutating func lines(of month: Int) -> [Bill.Line] {
    let day = CivilDate(month: month)
    var lines: [Bill.Line] = []
    let plan = world.material.plans[
      story.planChange.map { day < $0.on ? $0.before : story.plan } ?? story.plan]
    lines.append(Bill.Line(title: plan.name[language], amount: plan.fee, chargedOn: day))
    if let discount = story.contractDiscount, let end = story.contractUntil, day <= end {
      let name =
        world.charge("contract-discount")?.name
        ?? LocalizedText(chinese: "合约优惠减免", english: "Contract discount")
      lines.append(Bill.Line(title: name[language], amount: discount, chargedOn: day))
    }
    if let index = story.broadband, !isBundled, broadbandStart <= day {
      let broadband = world.material.broadbands[index]
      lines.append(Bill.Line(title: broadband.name[language], amount: broadband.fee, chargedOn: day))
    }
    for service in story.services where world.material.services[service.index].isMonthly {
      let known = world.material.services[service.index]
      let isFirstMonth = service.started.month(0) == month
      guard service.started <= day || isFirstMonth, service.ended.map({ $0 >= day }) ?? true else { continue }
      lines.append(
        Bill.Line(
          title: known.name[language], amount: known.fee, chargedOn: isFirstMonth ? service.started : day))
    }
    for line in story.lines where line.month == month {
      lines.append(
        Bill.Line(
          title: world.name(of: line.topic, in: language), amount: line.amount, chargedOn: line.chargedOn))
    }
    appendUsage(of: month, to: &lines)
    return lines
  }

  /// Calls and data beyond the plan, in months in which no ticket is about them.
  private mutating func appendUsage(of month: Int, to lines: inout [Bill.Line]) {
    guard random.chance(12) else { return }
    let ids = ["voice-overage", "long-distance", "data-overage"]
    guard let index = world.chargeIndex[random.pick(ids)],
      !story.lines.contains(where: { $0.topic == .charge(index) && $0.month == month })
    else { return }
    let charge = world.material.charges[index]
    lines.append(
      Bill.Line(
        title: charge.name[language], amount: random.pick(charge.amounts),
        chargedOn: CivilDate(month: month).endOfMonth))
  }
}
