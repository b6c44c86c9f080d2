import Domain

/// The line of a bill that a customer most likely means: by its title, its amount, its month and its day.
struct DisputedLine {
  var bill: Bill
  var line: Bill.Line
  /// How many lines of that bill have the same title and amount.
  var count: Int
  /// Where its amount and title were said.
  var amountPlace: TextPlace?
  var titlePlace: TextPlace?
  var score: Double

  static func find(
    in messages: [FieldReader.Said], customer: CustomerProfile?, catalogue: [CatalogueItem]
  ) -> DisputedLine? {
    guard let bills = customer?.bills, !messages.isEmpty else { return nil }
    let names = Dictionary(
      catalogue.flatMap { item in [(item.name.chinese, item), (item.name.english, item)] },
      uniquingKeysWith: { first, _ in first })
    let said = Mentions(messages)
    var best: DisputedLine?
    // Bills are few; of a made-up customer with thousands only the newest count.
    for (age, bill) in bills.sorted(by: { $0.period > $1.period }).prefix(24).enumerated() {
      for line in bill.lines.prefix(200) {
        var scored = DisputedLine(bill: bill, line: line, count: 0, score: -0.05 * Double(age))
        scored.weigh(said, names[line.title])
        guard scored.titlePlace != nil || scored.amountPlace != nil else { continue }
        scored.count = bill.lines.filter { $0.title == line.title && $0.amount == line.amount }.count
        if scored.count > 1 { scored.score += 0.6 }
        if scored.score > (best?.score ?? 0) { best = scored }
      }
    }
    return best.flatMap { $0.score >= 1.85 ? $0 : nil }
  }

  /// What all messages name, by what a line has: a message of a megabyte costs one walk.
  private struct Mentions {
    var titles: [String: (place: TextPlace, isSure: Bool)] = [:]
    var items: [String: (place: TextPlace, isSure: Bool)] = [:]
    var amounts: [UInt64: (place: TextPlace, weight: Double)] = [:]
    var months: Set<String> = []
    var days: Set<CivilDate> = []

    init(_ messages: [FieldReader.Said]) {
      for message in messages {
        func place(_ start: Int, _ end: Int) -> TextPlace {
          TextPlace(message: message.index, start: start, end: end)
        }
        for number in message.finds.plainNumbers where number.amount.cents > 0 {
          amounts[number.amount.cents.magnitude] = (
            place(number.start, number.end), number.end - number.start >= 2 ? 1.6 : 0.8
          )
        }
        for amount in message.finds.amounts where amount.amount.cents > 0 {
          amounts[amount.amount.cents.magnitude] = (place(amount.start, amount.end), 2)
        }
        for product in message.finds.products {
          let found = (place(product.start, product.end), product.match != .spelling)
          titles[product.name] = found
          if let item = product.item { items[item] = found }
        }
        for period in message.finds.periods {
          if period.granularity == .month { months.insert(period.from.monthText) }
          if period.isOneDay { days.insert(period.from) }
        }
      }
    }
  }

  private mutating func weigh(_ said: Mentions, _ item: CatalogueItem?) {
    if let title = said.titles[line.title] ?? item.flatMap({ said.items[$0.id] }) {
      score += title.isSure ? 2 : 1.6
      titlePlace = title.place
    }
    if let amount = said.amounts[line.amount.cents.magnitude] {
      score += item?.kind == .plan ? amount.weight / 2 : amount.weight
      amountPlace = amount.place
    }
    if said.months.contains(bill.period) { score += 0.7 }
    if said.days.contains(line.chargedOn) { score += 0.8 }
  }
}
