import Domain

/// What may be offered to this customer now (一人一策). Pure.
package enum OfferChooser {
  /// Offers that fit, best first: those measured in the customer's group by the lower bound of their acceptance
  /// (`OfferCount.acceptanceAtLeast`), the others by their priority as if so many of a hundred accepted, at most a half.
  ///
  /// Nothing at all against consent, to somebody angry, while something is at risk or complained about, and in the quiet
  /// days after a refusal.
  package static func read(
    _ input: ReadingInput, book: OfferBook, counts: [OfferCount] = [], mood: MoodReading? = nil,
    risk: RiskReading? = nil
  ) -> [OfferReading] {
    guard hindrance(input, book: book, mood: mood, risk: risk) == nil, let profile = input.customer else {
      return []
    }
    let facts = OfferFacts(input, profile)
    let found = book.offers.enumerated().compactMap {
      order, offer -> (order: Int, score: Double, OfferReading)? in
      guard isOpen(offer, facts), let reasons = facts.reasons(for: offer.conditions) else { return nil }
      let count = counts.first { $0.offer == offer.id && $0.group == profile.customer.level }
      let acceptance = count?.acceptanceAtLeast
      var said = reasons
      if let acceptance, let count {
        said.append(
          Reason(
            "offer.measured",
            ["percent": String(Int((acceptance * 100).rounded())), "count": String(count.answers)]))
      } else {
        said.append(Reason("offer.notMeasured"))
      }
      return (
        order, acceptance ?? Double(offer.priority) / 200,
        OfferReading(
          id: offer.id, name: offer.name, text: offer.text, reasons: said, acceptance: acceptance,
          answers: count?.answers ?? 0)
      )
    }
    return found.sorted { ($1.score, $0.order) < ($0.score, $1.order) }.map(\.2)
  }

  /// Why nothing is offered now, whatever there is; nil where something may be.
  package static func hindrance(
    _ input: ReadingInput, book: OfferBook, mood: MoodReading? = nil, risk: RiskReading? = nil
  ) -> Reason? {
    guard let customer = input.customer?.customer else { return Reason("offer.noRecords") }
    if let tag = book.refusedBy.first(where: customer.tags.contains) {
      return Reason("offer.refusedBy", ["tag": tag])
    }
    if !book.consentedBy.isEmpty, !book.consentedBy.contains(where: customer.tags.contains) {
      return Reason("offer.noConsent")
    }
    if let mood, mood.level >= .angry { return Reason("offer.angry") }
    if let severity = risk?.severity, severity >= .medium { return Reason("offer.atRisk") }
    if customer.risk == .high { return Reason("offer.customerAtRisk") }
    if input.ticket.priority == .urgent { return Reason("offer.urgent") }
    for answer in customer.offerAnswers.reversed() where answer.answer == .declined {
      let days = book.offer(answer.offer)?.quietDays ?? 30
      if Int64(days) * 86_400_000 > input.now - answer.at {
        return Reason("offer.quiet", ["days": String(days)])
      }
    }
    return nil
  }

  private static func isOpen(_ offer: Offer, _ facts: OfferFacts) -> Bool {
    if let from = offer.from, facts.today < from { return false }
    if let until = offer.until, facts.today > until { return false }
    let answered = facts.profile.customer.offerAnswers.last { $0.offer == offer.id }
    guard let answered else { return true }
    return facts.input.now - answered.at >= Int64(offer.onceInDays) * 86_400_000
  }
}

/// What the conditions of offers ask, of one customer.
private struct OfferFacts {
  let input: ReadingInput
  let profile: CustomerProfile
  let today: CivilDate
  private let products: [[UInt8]]
  /// The newest three.
  private let bills: [Bill]

  init(_ input: ReadingInput, _ profile: CustomerProfile) {
    self.input = input
    self.profile = profile
    today = input.clock.civil(input.now).date
    products = profile.products.filter { $0.state == .active }.map { TextPool.fold($0.name) }
    bills = Array(profile.bills.sorted { $0.period > $1.period }.prefix(3))
  }

  /// Nil where one of the conditions does not hold.
  func reasons(for when: Offer.Conditions) -> [Reason]? {
    let customer = profile.customer
    var reasons: [Reason] = []
    if !when.hasProduct.isEmpty {
      guard let name = when.hasProduct.first(where: has) else { return nil }
      reasons.append(Reason("offer.product", ["product": name]))
    }
    if when.hasNoProduct.contains(where: has) { return nil }
    if !when.tags.isEmpty {
      guard let tag = when.tags.first(where: customer.tags.contains) else { return nil }
      reasons.append(Reason("offer.tag", ["tag": tag]))
    }
    if when.withoutTags.contains(where: customer.tags.contains) { return nil }
    if !when.levels.isEmpty {
      guard when.levels.contains(customer.level) else { return nil }
      reasons.append(Reason("offer.level"))
    }
    if !when.cities.isEmpty, !when.cities.contains(customer.city) { return nil }
    if !when.categories.isEmpty,
      !when.categories.contains(where: { input.ticket.category?.isWithin($0) ?? false })
    {
      return nil
    }
    if let months = when.customerForMonths {
      guard let since = customer.since else { return nil }
      let whole =
        (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day ? 1 : 0)
      guard whole >= months else { return nil }
      reasons.append(Reason("offer.customerFor", ["months": String(whole)]))
    }
    if when.meanBillAtLeast != nil || when.meanBillAtMost != nil {
      guard !bills.isEmpty else { return nil }
      let sum = bills.reduce(Money(cents: 0)) { $0 + $1.total }
      let mean = RuleValue.rounded(sum.cents, by: Int64(bills.count))
      if let low = when.meanBillAtLeast, mean < low { return nil }
      if let high = when.meanBillAtMost, mean > high { return nil }
      reasons.append(Reason("offer.meanBill", ["amount": Money(cents: mean).description]))
    }
    if let days = when.contractEndsWithinDays {
      guard let end = contractEnd(within: days) else { return nil }
      reasons.append(Reason("offer.contract", ["date": end.description]))
    }
    if !when.billedFor.isEmpty {
      guard let title = billed(for: when.billedFor) else { return nil }
      reasons.append(Reason("offer.billed", ["title": title]))
    }
    return reasons
  }

  private func has(_ name: String) -> Bool {
    let name = TextPool.fold(name)
    return products.contains { TextPool.contains($0, name) }
  }

  private func contractEnd(within days: Int) -> CivilDate? {
    let now = today.daysSinceEpoch
    let range = days >= 0 ? now...now + days : now + days...now - 1
    return profile.products.filter { $0.state == .active }.compactMap(\.contractUntil).filter {
      range.contains($0.daysSinceEpoch)
    }.min()
  }

  private func billed(for words: [String]) -> String? {
    let words = words.map(TextPool.fold)
    for bill in bills {
      for line in bill.lines where line.amount.cents > 0 {
        let title = TextPool.fold(line.title)
        if words.contains(where: { TextPool.contains(title, $0) }) { return line.title }
      }
    }
    return nil
  }
}
