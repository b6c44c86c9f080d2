import Domain

/// What the slots of a template are filled with.
package enum TemplateValues {
  /// - Parameters:
  ///   - clearName: the customer's own name may stand in what the customer reads; without it that of the profile is taken,
  ///     and a masked name counts as none. Phones are written masked: their owner recognises them.
  package static func of(
    _ ticket: Ticket, customer: CustomerProfile?, clearName: String? = nil, zone: Zone?, categoryName: String,
    agent: Agent,
    teamName: String, dispositionName: String, clock: WallClock, now: Timestamp, language: Language
  ) -> [String: String] {
    let today = clock.civil(now)
    var values: [String: String] = [
      "ticket.number": ticket.number ?? "",
      "ticket.subject": ticket.subject,
      "ticket.category": categoryName,
      "ticket.created": clock.civil(ticket.createdAt).date.description,
      "agent.name": agent.name[language],
      "agent.number": agent.number,
      "agent.team": teamName,
      "zone.name": zone?.name[language] ?? "",
      "disposition.name": dispositionName,
      "date.today": date(today.date, in: language),
      "date.now": "\(date(today.date, in: language)) \(today.minuteText)",
    ]
    let person = customer?.customer
    let name = clearName ?? person?.name
    values["customer.name"] = clear(name)
    values["customer.salutation"] = salutation(name ?? "", in: language)
    values["customer.phone"] = customer?.identities.first { $0.kind == .phone }.map {
      Masking.phone($0.value)
    }
    values["customer.level"] = person.map { levelName($0.level, in: language) }
    values["customer.city"] = person?.city
    values.merge(
      refunds(of: ticket, customer: customer, clock: clock, in: language), uniquingKeysWith: { $1 })
    for (id, value) in ticket.fields {
      let field = zone?.field(id)
      // Nobody's number goes out in full, not even to its owner: others read over their shoulder.
      values["fields.\(id)"] =
        field?.kind == .phone ? Masking.phone(value) : field?.shown(value, in: language) ?? value
    }
    return values
  }

  /// What was granted for the ticket: the sum, the items, the periods, the day of the last grant. Empty where nothing was.
  private static func refunds(
    of ticket: Ticket, customer: CustomerProfile?, clock: WallClock, in language: Language
  ) -> [String: String] {
    let granted = (customer?.refunds(of: ticket.id) ?? []).filter { $0.refund.state == .granted }
    func list(_ texts: [String]) -> String {
      var seen: Set<String> = []
      return texts.filter { seen.insert($0).inserted }.joined(separator: language == .chinese ? "、" : ", ")
    }
    let sum = granted.reduce(Money(cents: 0)) { $0 + $1.refund.amount }
    let last = granted.compactMap(\.refund.decidedAt).max()
    return [
      "refund.amount": granted.isEmpty ? "" : sum.description,
      "refund.item": list(
        granted.compactMap { bill, refund in
          bill.lines.indices.contains(refund.line) ? bill.lines[refund.line].title : nil
        }),
      "refund.period": list(granted.map(\.bill.period)),
      "refund.date": last.map { date(clock.civil($0).date, in: language) } ?? "",
    ]
  }

  /// How the customer is addressed. Who is a woman or a man is not known and never guessed: a name that already carries
  /// its title keeps it, in Chinese everybody else is 客户, in English the full name stands alone.
  package static func salutation(_ name: String, in language: Language) -> String {
    let name = clear(name.trimmed)
    switch language {
    case .chinese:
      return ["先生", "女士", "小姐", "老师"].contains { name.hasSuffix($0) && name != $0 } ? name : "客户"
    case .english:
      return name.isEmpty ? "customer" : name
    }
  }

  /// `2026年11月21日`, `21 November 2026`.
  package static func date(_ date: CivilDate, in language: Language) -> String {
    switch language {
    case .chinese: return "\(date.year)年\(date.month)月\(date.day)日"
    case .english:
      let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
      ]
      return "\(date.day) \(months[date.month - 1]) \(date.year)"
    }
  }

  private static func levelName(_ level: Customer.Level, in language: Language) -> String {
    switch (level, language) {
    case (.standard, .chinese): "普通"
    case (.silver, .chinese): "银卡"
    case (.gold, .chinese): "金卡"
    case (.platinum, .chinese): "白金卡"
    case (.standard, .english): "standard"
    case (.silver, .english): "silver"
    case (.gold, .english): "gold"
    case (.platinum, .english): "platinum"
    }
  }

  private static func clear(_ value: String?) -> String {
    guard let value, !value.contains("*") else { return "" }
    return value
  }
}
