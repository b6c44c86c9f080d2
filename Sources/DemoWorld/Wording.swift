import Domain

/// Fills texts and form fields about one incident.
struct Wording {
  let world: World
  let sketch: CustomerSketch
  let incident: Incident
  /// Of the agent who speaks.
  var agentNumber = ""
  var message = ""

  var language: Language { sketch.language }

  /// As people say it: `10月`, `3 October`, `46.5`.
  func spoken(_ text: SlotText) -> String { text.filled { value($0, isForm: false) } }

  /// As a form field holds it: `2026-10`, `2026-10-03`, `46.50`.
  func form(_ text: SlotText) -> String { text.filled { value($0, isForm: true) } }

  private func value(_ slot: Slot, isForm: Bool) -> String {
    switch slot {
    case .name: return sketch.name(in: world)
    case .surname: return sketch.surname(in: world)
    case .phone: return sketch.phone(in: world)
    case .plan: return world.material.plans[incident.plan].name[language]
    case .planID: return planID(incident.plan)
    case .oldPlanID: return planID(incident.oldPlan ?? incident.plan)
    case .dearerPlanID: return planID(world.neighbours[incident.plan].dearer)
    case .cheaperPlanID: return planID(world.neighbours[incident.plan].cheaper)
    case .product: return incident.topic.map { world.name(of: $0, in: language) } ?? ""
    case .productID:
      guard case .service(let index)? = incident.topic else { return "" }
      return world.material.services[index].id
    case .amount: return isForm ? incident.amount.description : plain(incident.amount)
    case .period:
      let month = CivilDate(month: incident.period)
      return isForm ? month.monthText : self.month(month)
    case .date: return isForm ? incident.date.description : day(incident.date)
    case .order: return orderNumber
    case .address:
      return world.texts(of: incident).usesSpots
        ? world.material.spots[incident.spot][language] : sketch.address(in: world)
    case .speed: return incident.broadband.map { world.material.broadbands[$0].speed } ?? ""
    case .city: return sketch.city(in: world)
    case .agent: return agentNumber
    case .message: return message
    case .today: return isForm ? incident.today.description : day(incident.today)
    case .nextMonth:
      let first = CivilDate(month: incident.today.month(1))
      return isForm ? first.description : day(first)
    case .contractEnd: return incident.contractEnd.map { isForm ? $0.description : day($0) } ?? ""
    case .reference: return reference
    case .spot: return world.material.spots[incident.spot][language]
    }
  }

  private func planID(_ index: Int) -> String { world.material.plans[index].id }

  var orderNumber: String {
    incident.order.map {
      world.orderNumber(customer: sketch.index, order: $0, on: incident.orderDay ?? incident.date)
    } ?? ""
  }

  private func plain(_ money: Money) -> String {
    var text = money.description
    if text.hasSuffix(".00") { text.removeLast(3) } else if text.hasSuffix("0") { text.removeLast() }
    return text
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
  ]

  private func month(_ date: CivilDate) -> String {
    let isThisYear = date.year == incident.today.year
    return language == .chinese
      ? (isThisYear ? "" : "\(date.year)年") + "\(date.month)月"
      : Self.months[date.month - 1] + (isThisYear ? "" : " \(date.year)")
  }

  private func day(_ date: CivilDate) -> String {
    let isThisYear = date.year == incident.today.year
    return language == .chinese
      ? (isThisYear ? "" : "\(date.year)年") + "\(date.month)月\(date.day)日"
      : "\(date.day) \(Self.months[date.month - 1])" + (isThisYear ? "" : " \(date.year)")
  }

  private var reference: String {
    var result = ""
    var rest = world.material.hotlineReference[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      let name = rest[rest.index(after: open)..<close]
      switch name {
      case "yyyy": result += padded(incident.today.year, 4)
      case "mm": result += padded(incident.today.month, 2)
      case "dd": result += padded(incident.today.day, 2)
      default:
        let width = name.count
        let digits = padded(incident.ticket, width)
        result += digits.suffix(width)
      }
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
