import Domain
import Testing

@testable import DemoWorld

@Suite struct `What a ticket says` {
  let sample: Sample
  let products: [CustomerID: [Product]]
  let orders: [CustomerID: [Order]]
  let bills: [CustomerID: [Bill]]

  init() throws {
    sample = try Sample.shared.get()
    products = sample.products
    orders = sample.orders
    bills = sample.bills
  }

  /// Every incident of `fact` with its ticket and the words for it.
  private func each(
    _ fact: DemoMaterial.Fact, _ check: (Incident, Ticket, Wording) throws -> Void
  ) rethrows -> Int {
    var count = 0
    for customer in 0..<sample.world.visits.customers {
      let story = CustomerStory(of: customer, in: sample.world)
      for incident in story.incidents where incident.fact == fact {
        try check(
          incident, sample.tickets[incident.ticket],
          Wording(world: sample.world, sketch: story.sketch, incident: incident))
        count += 1
      }
    }
    return count
  }

  private func lines(_ incident: Incident, _ ticket: Ticket, _ wording: Wording) throws -> [Bill.Line] {
    let topic = try #require(incident.topic)
    let title = sample.world.name(of: topic, in: ticket.language)
    let period = CivilDate(month: incident.period).monthText
    let bill = try #require(bills[ticket.customer]?.first { $0.period == period }, "\(ticket.number ?? "")")
    return bill.lines.filter { $0.title == title }
  }

  @Test func `of a duplicate charge is on the bill twice, and ordered once`() throws {
    let count = try each(.duplicateCharge) { incident, ticket, wording in
      let equal = try lines(incident, ticket, wording).filter {
        $0.amount == incident.amount && $0.chargedOn == incident.date
      }
      #expect(equal.count == 2, "\(ticket.number ?? "")")
      let title = equal.first?.title ?? ""
      #expect(orders[ticket.customer]?.count { $0.title.hasSuffix(title) } == 1)
      if ticket.state.isDone {
        #expect(ticket.fields["period"] == CivilDate(month: incident.period).monthText)
        #expect(ticket.fields["amount"] == incident.amount.description)
        #expect(ticket.fields["item"] == title)
      }
    }
    #expect(count > 200)
  }

  @Test func `of a charge after cancelling is on the bill after the product ended`() throws {
    let count = try each(.chargedAfterCancel) { incident, ticket, wording in
      let billed = try lines(incident, ticket, wording)
      let line = try #require(billed.first)
      #expect(line.amount == incident.amount)
      let product = try #require(products[ticket.customer]?.first { $0.name == line.title })
      let ended = try #require(product.endedOn)
      #expect(ended == incident.date)
      #expect(ended < line.chargedOn)
      #expect(product.state == .cancelled)
      #expect(
        orders[ticket.customer]?.contains { $0.number == wording.orderNumber && $0.placedOn == ended } == true
      )
    }
    #expect(count > 100)
  }

  @Test func `of a service that nobody wanted was subscribed and billed`() throws {
    let count = try each(.unwantedService) { incident, ticket, wording in
      let billed = try lines(incident, ticket, wording)
      let line = try #require(billed.first)
      #expect(line.amount == incident.amount)
      let product = try #require(products[ticket.customer]?.first { $0.name == line.title })
      #expect(product.startedOn == incident.date)
      #expect((product.endedOn != nil) == ticket.state.isDone)
      #expect(orders[ticket.customer]?.contains { $0.number == wording.orderNumber } == true)
    }
    #expect(count > 200)
  }

  @Test(arguments: [DemoMaterial.Fact.roamingCharge, .lateFee])
  func `of a charge is on the bill at that amount`(fact: DemoMaterial.Fact) throws {
    let count = try each(fact) { incident, ticket, wording in
      let billed = try lines(incident, ticket, wording)
      let line = try #require(billed.first { $0.chargedOn == incident.date })
      #expect(line.amount == incident.amount)
    }
    #expect(count > 50)
  }

  @Test func `of a charge named in a category is on the bill`() throws {
    let count = try each(.none) { incident, ticket, wording in
      guard case .charge? = incident.topic else { return }
      let billed = try lines(incident, ticket, wording)
      #expect(billed.contains { $0.amount == incident.amount })
    }
    #expect(count > 1000)
  }

  @Test func `of a product is among the customer's products`() throws {
    _ = try each(.none) { incident, ticket, wording in
      guard case .service(let index)? = incident.topic else { return }
      let service = sample.world.material.services[index]
      let product = try #require(
        products[ticket.customer]?.first { $0.name == service.name[ticket.language] })
      #expect(product.startedOn <= incident.today)
      #expect(product.monthlyFee == incident.amount)
      if incident.available.contains(.period) {
        let billed = try lines(incident, ticket, wording)
        #expect(!billed.isEmpty, "\(ticket.number ?? "")")
      }
    }
  }

  @Test func `of a running contract runs, of an ended one has ended`() throws {
    let running = try each(.contractActive) { incident, ticket, _ in
      let plan = try #require(activePlan(of: ticket, incident))
      #expect(plan.contractUntil == incident.date)
      #expect(incident.date > incident.today)
    }
    let ended = try each(.contractExpired) { incident, ticket, _ in
      let plan = try #require(activePlan(of: ticket, incident))
      let end = try #require(plan.contractUntil)
      #expect(end == incident.date)
      #expect(end < incident.today)
      for bill in bills[ticket.customer] ?? [] {
        let discount = bill.lines.contains { $0.amount.cents < 0 }
        #expect(discount == (bill.period <= end.monthText), "\(bill.number)")
      }
    }
    #expect(running > 100)
    #expect(ended > 50)
  }

  private func activePlan(of ticket: Ticket, _ incident: Incident) -> Product? {
    let name = sample.world.material.plans[incident.plan].name[ticket.language]
    return products[ticket.customer]?.first { $0.kind == .plan && $0.name == name && $0.state == .active }
  }

  @Test func `of a plan changed unasked has an order, an old plan that ended and a new fee on the bill`()
    throws
  {
    let count = try each(.planChanged) { incident, ticket, wording in
      let plan = try #require(activePlan(of: ticket, incident))
      let before = try #require(
        products[ticket.customer]?.first { $0.kind == .plan && $0.state == .cancelled })
      let endedOn = try #require(before.endedOn)
      #expect(endedOn < plan.startedOn)
      #expect(before.monthlyFee < plan.monthlyFee)
      #expect(
        orders[ticket.customer]?.contains { $0.number == wording.orderNumber && $0.placedOn == incident.date }
          == true)
      let bill = try #require(
        bills[ticket.customer]?.first { $0.period == CivilDate(month: incident.period).monthText })
      #expect(bill.lines.contains { $0.title == plan.name && $0.amount == incident.amount })
    }
    #expect(count > 30)
  }

  @Test(arguments: [DemoMaterial.Fact.broadbandOutage, .slowSpeed])
  func `of a broadband fault has broadband and a record of that day`(fact: DemoMaterial.Fact) throws {
    let count = each(fact) { incident, ticket, wording in
      #expect(products[ticket.customer]?.contains { $0.kind == .broadband && $0.state == .active } == true)
      #expect(
        orders[ticket.customer]?.contains { $0.placedOn == incident.date && $0.amount.cents == 0 } == true)
      #expect(incident.date <= incident.today)
    }
    #expect(count > 50)
  }

  @Test func `leaves no slot open and names no slot of the material`() {
    for ticket in sample.tickets {
      for text in [ticket.subject, ticket.preview, ticket.closing?.text ?? ""] + ticket.fields.values {
        #expect(!text.contains("{") && !text.contains("}"), "\(ticket.number ?? ""): \(text)")
      }
    }
    for entry in sample.rows.entries.values { #expect(!entry.body.contains("{"), "\(entry.body)") }
  }

  @Test func `names the amount where the text has one`() throws {
    var named = 0
    let count = try each(.duplicateCharge) { incident, ticket, wording in
      let amount = wording.spoken(try SlotText("{amount}"))
      let said = sample.entries[ticket.id, default: []].filter { $0.kind == .customerMessage }.map(\.body)
      if (said + [ticket.subject]).contains(where: { $0.contains(amount) }) { named += 1 }
    }
    #expect(named * 10 > count * 7)
  }

  @Test func `is in Chinese five times out of six, and whole in either language`() {
    let english = sample.tickets.count { $0.language == .english }
    #expect((1000...2000).contains(english))
    for ticket in sample.tickets {
      let isChinese = ticket.subject.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
      #expect(isChinese == (ticket.language == .chinese), "\(ticket.subject)")
    }
  }
}

@Suite struct `Customers of the demo` {
  let sample: Sample

  init() throws { sample = try Sample.shared.get() }

  @Test func `share no identity, and nobody has them`() {
    var seen: Set<String> = []
    for identity in sample.rows.identities.values {
      #expect(seen.insert("\(identity.kind):\(identity.normalized)").inserted, "\(identity.value)")
      #expect(sample.rows.customers[identity.customer] != nil)
      switch identity.kind {
      case .phone:
        #expect(Masking.isMobile(identity.value))
        #expect(["163", "164", "168", "169"].contains(identity.value.prefix(3)))
      case .idCard:
        #expect(Masking.isIDCard(identity.value))
        #expect(identity.value.hasPrefix("99"))
      case .bankCard:
        #expect(Masking.isBankCard(identity.value))
        #expect(identity.value.hasPrefix("999"))
      case .email:
        #expect(
          ["example.com", "example.net", "example.org"].contains { identity.value.hasSuffix("@\($0)") })
      case .wechat, .app, .account: break
      }
    }
    #expect(sample.rows.customers.count == 2000)
    #expect(seen.count > 5000)
  }

  @Test func `have six bills or more, whose lines agree with their products`() throws {
    let bills = sample.bills
    let products = sample.products
    #expect(Set(sample.rows.bills.values.map(\.number)).count == sample.rows.bills.count)
    for customer in sample.rows.customers.keys {
      let own = try #require(bills[customer]).sorted { $0.period < $1.period }
      #expect((6...13).contains(own.count))
      #expect(own.last?.period == "2026-10")
      #expect(Set(own.map(\.period)).count == own.count)
      for bill in own {
        let day = try #require(CivilDate(bill.period + "-01"))
        let plans = products[customer, default: []].filter { product in
          product.kind == .plan && product.startedOn <= day.endOfMonth && (product.endedOn ?? day) >= day
        }
        #expect(
          bill.lines.contains { line in
            plans.contains { $0.name == line.title && $0.monthlyFee == line.amount }
          })
        #expect(bill.lines.allSatisfy { $0.chargedOn.monthText == bill.period })
        #expect(bill.total.cents > 0)
      }
    }
  }

  @Test func `have order numbers of their own`() {
    let numbers = sample.rows.orders.values.map(\.number)
    #expect(Set(numbers).count == numbers.count)
  }

  @Test func `have all levels and became customers before anything happened to them`() {
    #expect(Set(sample.rows.customers.values.map(\.level)) == Set(Customer.Level.allCases))
    for ticket in sample.tickets {
      let since = sample.rows.customers[ticket.customer]?.since
      #expect(since.map { $0 < WallClock.china.civil(ticket.createdAt).date } == true)
    }
  }
}
