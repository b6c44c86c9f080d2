import Assist
import Domain
import Terminal

// The customer 360 as lines.
extension DeskModel {
  mutating func prepareCustomer(in rect: Rect) {
    guard let pane = customer, pane.profile != nil else { return }
    let key = CustomerPane.Key(
      loads: pane.loads, columns: rect.columns, language: language, open: pane.openBills,
      revealed: pane.revealed.count, day: clock.civil(now).date.daysSinceEpoch)
    if pane.key != key {
      let lines = customerLines(columns: rect.columns)
      customer?.lines = lines
      customer?.key = key
      customer?.selectFirst()
    }
    customer?.height = max(1, rect.rows)
    customer?.scroll()
  }

  private func customerLines(columns: Int) -> [CustomerPane.Line] {
    guard let pane = customer, let profile = pane.profile else { return [] }
    var lines: [CustomerPane.Line] = []
    func add(_ spans: [Span], trailing: SafeText? = nil, target: CustomerPane.Target? = nil) {
      lines.append(CustomerPane.Line(spans: spans, trailing: trailing, target: target))
    }
    func heading(_ key: String, count: Int? = nil) {
      let text = count.map { "\(words.text(key)) \($0)" } ?? words.text(key)
      lines.append(CustomerPane.Line(spans: [Span(SafeText(text), Style(.title, .bold))], isHeading: true))
    }
    profileLines(profile, pane, add)
    readingLines(add, heading)
    if !profile.products.isEmpty {
      heading("desk.customer.products")
      for product in profile.products {
        add(productSpans(product), trailing: SafeText(product.monthlyFee.description))
      }
    }
    if !profile.bills.isEmpty {
      heading("desk.customer.bills")
      for bill in profile.bills {
        let isOpen = pane.openBills.contains(bill.id)
        let paid = words(bill.isPaid ? "desk.customer.paid" : "desk.customer.unpaid")
        add(
          [
            Span(isOpen ? "▾ " : "▸ ", Style(.accent)), Span(SafeText(bill.period)),
            Span("  " + paid, Style(bill.isPaid ? .muted : .warning)),
          ], trailing: SafeText(bill.total.description), target: .bill(bill.id))
        guard isOpen else { continue }
        for (index, line) in bill.lines.enumerated() {
          let isDouble = bill.lines.filter { $0.title == line.title }.count > 1
          add(
            [
              Span("    "), Span(SafeText(line.title), Style(isDouble ? .warning : .text)),
              Span(isDouble ? " ×2" : "", Style(.warning)),
              Span(SafeText(refunded(bill, index)), Style(.info)),
            ], trailing: SafeText("\(String(line.chargedOn.description.dropFirst(5)))  \(line.amount)"),
            target: .billLine(bill.id, index))
        }
      }
    }
    if !profile.orders.isEmpty {
      heading("desk.customer.orders")
      for order in profile.orders.prefix(12) {
        add(
          [
            Span(SafeText(order.title)),
            Span(SafeText("  \(words.text("order.state.\(order.state.rawValue)"))"), Style(.muted)),
          ], trailing: SafeText(order.placedOn.description))
      }
    }
    heading("desk.customer.visits", count: profile.ticketCount)
    for visit in profile.visits {
      let time = clock.civil(visit.at)
      add(
        [
          Span(SafeText(String(time.date.description.dropFirst(2))), Style(.muted)),
          Span(" " + words("channel.\(visit.channel.rawValue)") + " ", Style(.muted)),
          Span(SafeText(visit.subject), visit.id == open?.id ? Style(.accent) : .text),
        ], trailing: words("ticket.state.\(visit.state.rawValue)"), target: .visit(visit.id))
    }
    for merged in profile.merged {
      add(
        [Span(SafeText(words.text("desk.customer.merged", ["name": merged.name])), Style(.muted))],
        target: .merged(merged.id))
    }
    return lines
  }

  /// How much of a line was paid back, by whom and for which ticket, or waits for an approval.
  private func refunded(_ bill: Bill, _ line: Int) -> String {
    bill.liveRefunds(ofLine: line).map { refund in
      let facts: KeyValuePairs<String, any CustomStringConvertible> = [
        "amount": refund.amount.description,
        "state": words.text("refund.state.\(refund.isPaid(at: now) ? "paid" : refund.state.rawValue)"),
        "agent": directory.agentName(refund.requestedBy, in: language),
        "number": knownNumber(of: refund.ticket) ?? "—",
      ]
      return "  " + words.text("refund.of-line", facts)
    }.joined()
  }

  private func profileLines(
    _ profile: CustomerProfile, _ pane: CustomerPane,
    _ add: (_ spans: [Span], _ trailing: SafeText?, _ target: CustomerPane.Target?) -> Void
  ) {
    let person = profile.customer
    func value(_ masked: String, _ field: String) -> [Span] {
      if let clear = pane.revealed[field] {
        return [Span(SafeText(clear), Style(.warning, .bold))]
      }
      return [Span(SafeText(masked))]
    }
    var facts = [words.text("level.\(person.level.rawValue)")]
    if let since = person.since {
      let years = max(0, clock.civil(now).date.daysSinceEpoch - since.daysSinceEpoch) / 365
      facts.append(words.text("desk.customer.years", ["count": years]))
    }
    if person.risk != .low { facts.append(words.text("risk.\(person.risk.rawValue)")) }
    add(
      value(person.name, "name").map { Span($0.text, $0.style.adding(.bold)) }
        + [Span(SafeText("  " + facts.joined(separator: " · ")), Style(.muted))], nil, .name)
    if !person.city.isEmpty || !person.address.isEmpty {
      let address = value(person.address, "address")
      // Most addresses name their city themselves, masked or in clear.
      let isNamed = address.contains { $0.text.string.contains(person.city) }
      let city = person.city.isEmpty || isNamed ? "" : "\(person.city) "
      add([Span(SafeText(city), Style(.muted))] + address, nil, .address)
    }
    for identity in profile.identities {
      let mark: SafeText = identity.isVerified ? " ✓" : .empty
      add(
        [Span(words("identity.\(identity.kind.rawValue)").padded(toColumns: 9), Style(.muted))]
          + value(identity.value, identity.id.text) + [Span(mark, Style(.success))], nil,
        .identity(identity.id))
    }
    if let preferred = person.preferredChannel {
      var text = words.text("desk.customer.prefers", ["channel": words.text("channel.\(preferred.rawValue)")])
      if let quiet = person.quietHours { text += " · \(words.text("desk.customer.quiet", ["hours": quiet]))" }
      add([Span(SafeText(text), Style(.muted))], nil, nil)
    }
    if !person.tags.isEmpty {
      add(
        [
          Span(SafeText(person.tags.map { "#\($0)" }.joined(separator: " ")), Style(.info))
        ], nil, nil)
    }
  }

  /// What was found in the records and what is proposed, each line with what Enter on it does.
  private func readingLines(
    _ add: (_ spans: [Span], _ trailing: SafeText?, _ target: CustomerPane.Target?) -> Void,
    _ heading: (_ key: String, _ count: Int?) -> Void
  ) {
    guard let open, let reading = open.reading, open.ticket?.customer == customer?.id else { return }
    if !reading.findings.isEmpty {
      heading("desk.reading.finding", nil)
      for finding in reading.findings.prefix(4) {
        add(
          [
            Span(
              finding.isAboutTicket ? "✓ " : "· ", Style(finding.isAboutTicket ? .success : .muted, .bold)),
            Span(SafeText(finding.says[language]), Style(finding.isAboutTicket ? .text : .muted)),
          ], (refundHint(finding) ?? finding.amount?.description).map { SafeText($0) }, .finding(finding.id))
      }
    }
    let templates = reading.closings.prefix(2).compactMap { closing in
      open.detail?.templates.first { $0.id == closing.template }.map { (closing, $0) }
    }
    defer { similarLines(add, heading) }
    guard !templates.isEmpty || !reading.offers.isEmpty || !reading.advice.isEmpty else { return }
    heading("desk.reading.suggestions", nil)
    for (closing, template) in templates {
      add(
        [
          Span("▸ ", Style(.accent)), Span(SafeText(template.name[language])),
          Span(SafeText(closing.reasons.first.map { " · \(sentence($0))" } ?? ""), Style(.muted)),
        ], nil, .closing(template.id))
    }
    for article in Set(reading.findings.compactMap(\.suggestion.article)).sorted(by: { $0.text < $1.text })
      .prefix(2)
    {
      add(
        [
          Span("▸ ", Style(.accent)), Span(words("desk.reading.article") + " ", Style(.muted)),
          Span(SafeText(articleTitles[article]?[language] ?? "…")),
        ], nil, .article(article))
    }
    for offer in reading.offers.prefix(2) {
      add(
        [
          Span("▸ ", Style(.accent)), Span(words("desk.reading.offer") + " ", Style(.muted)),
          Span(SafeText(offer.name[language])),
        ], nil, .offer(offer.id))
    }
    for advice in reading.shortAdvice {
      add([Span("· " + SafeText(sentence(advice.reason)), Style(.muted))], nil, nil)
    }
  }

  /// Solved tickets that say the same, with their ends; Enter opens one.
  private func similarLines(
    _ add: (_ spans: [Span], _ trailing: SafeText?, _ target: CustomerPane.Target?) -> Void,
    _ heading: (_ key: String, _ count: Int?) -> Void
  ) {
    guard let open, let reading = open.reading, open.ticket?.customer == customer?.id,
      !reading.similar.isEmpty
    else { return }
    heading("desk.reading.similar-solved", nil)
    let dispositions = open.detail?.zone?.dispositions ?? []
    for ticket in reading.similar.prefix(3) {
      let end = dispositions.first { $0.id == ticket.disposition }
      add(
        [Span(SafeText(similarLabel(ticket)))], end.map { SafeText($0.name[language]) }, .visit(ticket.id))
    }
  }

  private func productSpans(_ product: Product) -> [Span] {
    var spans = [Span(SafeText(product.name), product.state == .active ? .text : Style(.muted))]
    if product.state != .active {
      spans.append(Span("  " + words("product.state.\(product.state.rawValue)"), Style(.warning)))
    } else if let until = product.contractUntil {
      spans.append(
        Span(SafeText("  \(words.text("desk.customer.contract", ["until": until.monthText]))"), Style(.muted))
      )
    }
    return spans
  }
}
