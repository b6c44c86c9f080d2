import Domain

/// What a ticket is about, with everything that its text and its form may name. The records of the customer are made to
/// agree with it.
struct Incident {
  /// The thing on the bill that it is about.
  enum Topic: Hashable {
    case service(Int)
    case charge(Int)
  }

  var ticket: Int
  var at: Timestamp
  var today: CivilDate
  var fate: Fate
  var zone: Int
  var category: Int
  var fact: DemoMaterial.Fact = .none
  var available: SlotSet = .always
  var topic: Topic?
  var amount = Money(cents: 0)
  /// The month billed, as year × 12 + month - 1.
  var period = 0
  var date: CivilDate
  /// The customer's order with this index, placed on `orderDay`.
  var order: Int?
  var orderDay: CivilDate?
  var plan: Int
  var oldPlan: Int?
  /// Where the mobile network troubles the customer, if not at home.
  var spot = 0
  var contractEnd: CivilDate?
  var broadband: Int?
}

/// A customer with everything that happened, in order of arrival. Made whole each time it is needed: one customer has a
/// handful of tickets.
struct CustomerStory {
  struct Service {
    var index: Int
    var started: CivilDate
    var ended: CivilDate?
    /// A ticket stands on it: nothing else may change it.
    var isClaimed: Bool
  }

  struct Line {
    var month: Int
    var topic: Incident.Topic
    var amount: Money
    var chargedOn: CivilDate
  }

  struct PlannedOrder {
    enum Subject {
      case service(Int)
      case plan(Int)
      case text(LocalizedText)
      case none
    }
    var kind: LocalizedText
    var subject: Subject
    var state: Order.State
    var placedOn: CivilDate
    var amount = Money(cents: 0)
  }

  let sketch: CustomerSketch
  var incidents: [Incident] = []
  var plan: Int
  /// The plan before an unasked change, and the first day of the new one.
  var planChange: (before: Int, on: CivilDate)?
  var contractUntil: CivilDate?
  var contractDiscount: Money?
  var broadband: Int?
  var services: [Service] = []
  var lines: [Line] = []
  var orders: [PlannedOrder] = []
  private var isPlanClaimed = false

  init(of customer: Int, in world: World) {
    sketch = CustomerSketch(customer, in: world)
    plan = sketch.plan
    broadband = sketch.broadband
    contractUntil = sketch.contractMonths.map { CivilDate(month: world.today.month($0)).adding(days: -1) }
    contractDiscount =
      sketch.hasContractDiscount ? world.contractDiscounts[customer % world.contractDiscounts.count] : nil
    var random = SeededRandom(seed: world.seed, .customer, ~customer)
    for _ in 0..<(sketch.tour == nil ? random.skewed(0...4) : 1) {
      let index = world.monthlyServices[random.below(world.monthlyServices.count)]
      guard !services.contains(where: { $0.index == index }) else { continue }
      let started = world.today.adding(days: -random.within(30...380))
      services.append(Service(index: index, started: max(started, sketch.since), isClaimed: false))
    }
    let tickets = world.visits.tickets(of: customer)
    // Nothing that happened before may stand in the way of the tour.
    for ticket in sketch.tour == nil ? tickets : tickets.reversed() {
      incidents.append(incident(ticket, in: world))
    }
    incidents.sort { $0.ticket < $1.ticket }
  }

  private mutating func incident(_ ticket: Int, in world: World) -> Incident {
    let at = world.timetable.moment(of: ticket)
    let today = world.clock.civil(at).date
    var random = SeededRandom(seed: world.seed, .incident, ticket)
    let fate = world.timetable.fate(of: ticket)
    if case .tour(let index) = fate, let place = world.places[world.tour[index].category] {
      let wished = world.tour[index].service
      if let found = claim(
        place.zone, place.category, wished: wished, &random, world,
        Incident(
          ticket: ticket, at: at, today: today, fate: fate, zone: place.zone, category: place.category,
          date: today, plan: plan))
      {
        return found
      }
    }
    for _ in 0..<24 {
      let place = world.categories[world.categoryWeights.pick(&random)]
      let draft = Incident(
        ticket: ticket, at: at, today: today, fate: fate, zone: place.zone, category: place.category,
        date: today,
        plan: plan)
      if let found = claim(place.zone, place.category, wished: nil, &random, world, draft) { return found }
    }
    // So many earlier tickets that every product is taken: something that needs no record.
    let place = world.plainCategories[random.below(world.plainCategories.count)]
    var plain = Incident(
      ticket: ticket, at: at, today: today, fate: fate, zone: place.zone, category: place.category,
      date: today.adding(days: -random.below(7)), plan: plan)
    plain.available.insert(.date)
    return plain
  }

  /// Changes the records so that they say what the category needs; nil, and nothing changed, when an earlier ticket of this
  /// customer stands in the way.
  private mutating func claim(
    _ zone: Int, _ category: Int, wished: String?, _ random: inout SeededRandom, _ world: World,
    _ draft: Incident
  ) -> Incident? {
    let texts = world.material.zones[zone].categories[category]
    var incident = draft
    incident.fact = texts.fact
    incident.period = incident.today.month(random.chance(85) || wished != nil ? -1 : -2)
    let firstOfPeriod = CivilDate(month: incident.period)
    incident.spot = random.below(world.material.spots.count)
    var copy = self
    var isClaimed: Bool
    switch texts.fact {
    case .duplicateCharge:
      isClaimed = copy.duplicate(&incident, texts, wished, firstOfPeriod, &random, world)
    case .chargedAfterCancel:
      isClaimed = copy.chargeAfterCancel(&incident, texts, firstOfPeriod, &random, world)
    case .unwantedService:
      isClaimed = copy.subscribeUnasked(&incident, texts, firstOfPeriod, &random, world)
    case .roamingCharge:
      isClaimed = copy.charge(&incident, texts.charge ?? "roaming-data", firstOfPeriod, &random, world)
    case .lateFee:
      isClaimed = copy.charge(&incident, texts.charge ?? "late-fee", firstOfPeriod, &random, world)
      if isClaimed {
        copy.order("top-up", .none, .completed, incident.date, world)
      }
    case .broadbandOutage:
      incident.date = incident.today.adding(days: incident.fate.isDone ? -random.below(2) : 0)
      incident.available.insert(.date)
      isClaimed = true
      let cause = random.pick(world.material.outageCauses)
      copy.orders.append(
        PlannedOrder(
          kind: LocalizedText(chinese: "区域故障抢修", english: "Area outage"), subject: .text(cause),
          state: incident.fate.isDone ? .completed : .inProgress, placedOn: incident.date))
    case .slowSpeed:
      incident.date = incident.today.adding(days: -random.below(4))
      incident.available.insert(.date)
      isClaimed = true
      let result = LocalizedText(chinese: "低于签约速率的一半", english: "below half of the contract speed")
      copy.orders.append(
        PlannedOrder(
          kind: LocalizedText(chinese: "线路测速", english: "Line test"), subject: .text(result),
          state: .completed, placedOn: incident.date))
    case .contractActive: isClaimed = copy.contractRuns(&incident, &random, world)
    case .contractExpired: isClaimed = copy.contractEnded(&incident, &random, world)
    case .planChanged: isClaimed = copy.changePlan(&incident, firstOfPeriod, &random, world)
    case .none:
      isClaimed = copy.ordinary(&incident, texts, wished, firstOfPeriod, &random, world)
    }
    guard isClaimed else { return nil }
    if texts.needs == .mobilePlan, world.material.plans[copy.plan].broadband != nil { return nil }
    if texts.needs == .broadband {
      copy.broadband = copy.broadband ?? random.below(world.material.broadbands.count)
    }
    if let broadband = copy.broadband {
      incident.broadband = broadband
      incident.available.insert(.speed)
    }
    if incident.order == nil, !texts.orders.isEmpty {
      let kind = random.pick(texts.orders)
      incident.date = incident.today.adding(days: -random.within(4...20))
      incident.order = copy.order(
        kind, .none, incident.fate.isDone ? .completed : .inProgress, incident.date, world)
      incident.available.formUnion([.order, .date])
    }
    incident.orderDay = incident.order.map { copy.orders[$0].placedOn }
    incident.plan = copy.plan
    if let end = copy.contractUntil {
      incident.contractEnd = end
      incident.available.insert(.contractEnd)
    }
    self = copy
    return incident
  }
}

extension CustomerStory {
  /// Two lines of the same service on one day; ordered once.
  private mutating func duplicate(
    _ incident: inout Incident, _ texts: DemoMaterial.CategoryTexts, _ wished: String?, _ month: CivilDate,
    _ random: inout SeededRandom, _ world: World
  ) -> Bool {
    guard let index = freeService(texts, wished: wished, &random, world) else { return false }
    let service = world.material.services[index]
    let day = month.adding(days: random.below(27))
    incident.date = service.isMonthly ? month : day
    incident.order = order(
      "subscribe", .service(index), .completed, incident.date, world, amount: service.fee)
    if service.isMonthly {
      let started = month.adding(days: -random.within(40...300))
      services.append(Service(index: index, started: started, isClaimed: true))
      orders[orders.count - 1].placedOn = started
    } else {
      services.append(
        Service(index: index, started: day, ended: day.adding(days: 29), isClaimed: true))
      lines.append(Line(month: incident.period, topic: .service(index), amount: service.fee, chargedOn: day))
    }
    lines.append(
      Line(month: incident.period, topic: .service(index), amount: service.fee, chargedOn: incident.date))
    incident.topic = .service(index)
    incident.amount = service.fee
    incident.available.formUnion([.product, .productID, .amount, .period, .date, .order])
    return true
  }

  /// A monthly service cancelled in the month before the bill that still has it.
  private mutating func chargeAfterCancel(
    _ incident: inout Incident, _ texts: DemoMaterial.CategoryTexts, _ month: CivilDate,
    _ random: inout SeededRandom, _ world: World
  ) -> Bool {
    guard let index = freeService(texts, wished: nil, monthly: true, &random, world) else { return false }
    let service = world.material.services[index]
    let cancelled = CivilDate(month: month.month(-1)).adding(days: random.within(2...25))
    services.append(
      Service(
        index: index, started: cancelled.adding(days: -random.within(90...400)), ended: cancelled,
        isClaimed: true))
    lines.append(Line(month: incident.period, topic: .service(index), amount: service.fee, chargedOn: month))
    incident.order = order("cancel", .service(index), .completed, cancelled, world)
    incident.date = cancelled
    incident.topic = .service(index)
    incident.amount = service.fee
    incident.available.formUnion([.product, .productID, .amount, .period, .date, .order])
    return true
  }

  /// A service that somebody else's campaign switched on.
  private mutating func subscribeUnasked(
    _ incident: inout Incident, _ texts: DemoMaterial.CategoryTexts, _ month: CivilDate,
    _ random: inout SeededRandom, _ world: World
  ) -> Bool {
    guard let index = freeService(texts, wished: nil, monthly: true, &random, world) else { return false }
    let service = world.material.services[index]
    let started = month.adding(days: random.below(27))
    services.append(
      Service(
        index: index, started: started, ended: incident.fate.isDone ? incident.today : nil, isClaimed: true))
    incident.order = order("subscribe", .service(index), .completed, started, world, amount: service.fee)
    incident.date = started
    incident.topic = .service(index)
    incident.amount = service.fee
    incident.available.formUnion([.product, .productID, .amount, .period, .date, .order])
    return true
  }

  /// A line of a charge that is no product.
  private mutating func charge(
    _ incident: inout Incident, _ id: String, _ month: CivilDate, _ random: inout SeededRandom, _ world: World
  ) -> Bool {
    guard let index = world.chargeIndex[id],
      !lines.contains(where: { $0.month == incident.period && $0.topic == .charge(index) })
    else { return false }
    incident.date = month.adding(days: random.within(3...24))
    incident.topic = .charge(index)
    incident.amount = random.pick(world.material.charges[index].amounts)
    lines.append(
      Line(
        month: incident.period, topic: .charge(index), amount: incident.amount, chargedOn: incident.date))
    incident.available.formUnion([.product, .amount, .period, .date])
    return true
  }

  private mutating func contractRuns(
    _ incident: inout Incident, _ random: inout SeededRandom, _ world: World
  ) -> Bool {
    guard world.material.plans[plan].contractMonths > 0, let fees = world.charge("exit-fee")?.amounts else {
      return false
    }
    if let end = contractUntil, end > incident.today.adding(days: 10) {
      isPlanClaimed = true
    } else if !isPlanClaimed, isContractOpen {
      contractUntil = incident.today.adding(days: random.within(60...500)).endOfMonth
      isPlanClaimed = true
    } else {
      return false
    }
    incident.date = contractUntil ?? incident.today
    incident.amount = random.pick(fees)
    incident.available.formUnion([.date, .amount])
    return true
  }

  private mutating func contractEnded(
    _ incident: inout Incident, _ random: inout SeededRandom, _ world: World
  ) -> Bool {
    guard world.material.plans[plan].contractMonths > 0, !isPlanClaimed, isContractOpen else { return false }
    isPlanClaimed = true
    contractUntil = CivilDate(month: incident.today.month(0)).adding(days: -1)
    contractDiscount = world.contractDiscounts[random.below(world.contractDiscounts.count)]
    incident.date = contractUntil ?? incident.today
    incident.amount = Money(cents: -(contractDiscount?.cents ?? 0))
    incident.available.formUnion([.date, .amount])
    return true
  }

  /// Whether no earlier ticket may have named the end of the contract.
  private var isContractOpen: Bool { incidents.isEmpty || contractUntil == nil }

  /// A new plan from the first of the billed month on, ordered in the month before.
  private mutating func changePlan(
    _ incident: inout Incident, _ month: CivilDate, _ random: inout SeededRandom, _ world: World
  ) -> Bool {
    let plans = world.material.plans
    // Family plans would change the broadband as well.
    guard !isPlanClaimed, isContractOpen, plans[plan].broadband == nil,
      contractUntil.map({ $0 < month }) ?? true
    else { return false }
    let others = plans.indices.filter { plans[$0].broadband == nil && plans[$0].fee > plans[plan].fee }
    guard !others.isEmpty else { return false }
    isPlanClaimed = true
    planChange = (plan, month)
    incident.oldPlan = plan
    plan = random.pick(others)
    contractUntil = nil
    contractDiscount = nil
    incident.date = CivilDate(month: month.month(-1)).adding(days: random.within(2...25))
    incident.order = order("plan-change", .plan(plan), .completed, incident.date, world)
    incident.amount = plans[plan].fee
    incident.available.formUnion([.amount, .period, .date, .order, .oldPlanID])
    return true
  }

  private mutating func ordinary(
    _ incident: inout Incident, _ texts: DemoMaterial.CategoryTexts, _ wished: String?, _ month: CivilDate,
    _ random: inout SeededRandom, _ world: World
  ) -> Bool {
    if let id = texts.charge { return charge(&incident, id, month, &random, world) }
    incident.date = incident.today.adding(days: -random.below(7))
    incident.available.insert(.date)
    guard !texts.services.isEmpty else { return true }
    guard let index = freeService(texts, wished: wished, &random, world) else { return false }
    let service = world.material.services[index]
    let started = incident.today.adding(
      days: -(service.isMonthly ? random.within(45...300) : random.within(3...12)))
    // A finished request to cancel has ended it.
    let isCancelled =
      incident.fate.isDone
      && texts.fields.values.contains { values in
        values.contains { $0.chinese.slots.contains(.productID) }
      }
    let expires = service.isMonthly ? nil : started.adding(days: 29)
    services.append(
      Service(index: index, started: started, ended: isCancelled ? incident.today : expires, isClaimed: true))
    incident.order = order("subscribe", .service(index), .completed, started, world, amount: service.fee)
    if !service.isMonthly {
      lines.append(
        Line(month: started.month(0), topic: .service(index), amount: service.fee, chargedOn: started))
    }
    incident.topic = .service(index)
    incident.amount = service.fee
    incident.period = service.isMonthly ? incident.today.month(-1) : started.month(0)
    incident.available.formUnion([.product, .productID, .amount, .order])
    // A pack bought this month is not billed yet.
    if incident.period < incident.today.month(0) { incident.available.insert(.period) }
    return true
  }

  /// One of the category's services that no earlier ticket stands on; what the customer merely had gives way.
  private mutating func freeService(
    _ texts: DemoMaterial.CategoryTexts, wished: String?, monthly: Bool = false, _ random: inout SeededRandom,
    _ world: World
  ) -> Int? {
    let candidates =
      wished.flatMap { world.serviceIndex[$0] }.map { [$0] }
      ?? (texts.services.isEmpty
        ? Array(world.material.services.indices) : texts.services.compactMap { world.serviceIndex[$0] })
    guard !candidates.isEmpty else { return nil }
    let start = random.below(candidates.count)
    for offset in candidates.indices {
      let index = candidates[(start + offset) % candidates.count]
      guard !monthly || world.material.services[index].isMonthly,
        !services.contains(where: { $0.isClaimed && $0.index == index })
      else { continue }
      services.removeAll { $0.index == index }
      return index
    }
    return nil
  }

  @discardableResult
  private mutating func order(
    _ kind: String, _ subject: PlannedOrder.Subject, _ state: Order.State, _ day: CivilDate, _ world: World,
    amount: Money = Money(cents: 0)
  ) -> Int {
    let name = world.orderKinds[kind] ?? LocalizedText(chinese: kind, english: kind)
    orders.append(PlannedOrder(kind: name, subject: subject, state: state, placedOn: day, amount: amount))
    return orders.count - 1
  }
}
