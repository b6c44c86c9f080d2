import Domain
import Yams

extension ResourceReader {
  mutating func readOffers() {
    guard let file = yaml("offers.yaml", isRequired: false),
      let fields = file.reading.fields(file.root, keys: ["consent", "offers"])
    else { return }
    let reading = file.reading
    if let node = fields.values["consent"],
      let consent = reading.fields(node, keys: ["refused_by", "given_by"])
    {
      set.offers.refusedBy = texts(consent, "refused_by")
      set.offers.consentedBy = texts(consent, "given_by")
    }
    for node in fields.items("offers") {
      if let offer = offer(node, reading) { set.offers.offers.append(offer) }
    }
  }

  private func texts(_ fields: Fields, _ key: String) -> [String] {
    fields.listed(key).compactMap { fields.reading.text($0, limit: 100) }
  }

  private func offer(_ node: Node, _ reading: Reading) -> Offer? {
    guard
      let fields = reading.fields(
        node,
        keys: ["id", "name", "text", "priority", "when", "once_in", "quiet", "tags", "from", "until"])
    else { return nil }
    let id = fields.identifier("id")
    if let id { log.define(.offer, id, at: reading.place(of: node)) }
    let name = fields.localized("name")
    let text = fields.localized("text", limit: 2000)
    let priority = fields.values["priority"].map { reading.number($0, in: 1...100) } ?? 50
    let conditions = fields.values["when"].flatMap { self.conditions($0, reading) } ?? Offer.Conditions()
    let once = fields.values["once_in"].map(reading.duration) ?? 90 * 86_400
    let quiet = fields.values["quiet"].map(reading.duration) ?? 30 * 86_400
    let from = fields.values["from"].flatMap(reading.date)
    let until = fields.values["until"].flatMap(reading.date)
    if let from, let until, until < from, let node = fields.values["until"] {
      reading.add(.endsBeforeItBegins, at: node)
    }
    guard let id, let name, let text, let priority, let once, let quiet else { return nil }
    var offer = Offer(
      id: OfferID(id), name: name, text: text, priority: priority, conditions: conditions,
      onceInDays: (once + 86_399) / 86_400, quietDays: (quiet + 86_399) / 86_400, from: from, until: until)
    for pair in fields.values["tags"].map(reading.pairs) ?? [] {
      guard let answer = Offer.Answer(rawValue: pair.key) else {
        reading.add(
          .notOneOf(reading.shortened(pair.key), allowed: Offer.Answer.allCases.map(\.rawValue)),
          at: pair.keyNode)
        continue
      }
      guard let tags = reading.fields(pair.value, keys: ["add", "remove"]) else { continue }
      offer.addsTags[answer] = texts(tags, "add")
      offer.removesTags[answer] = texts(tags, "remove")
    }
    return offer
  }

  private func conditions(_ node: Node, _ reading: Reading) -> Offer.Conditions? {
    guard
      let fields = reading.fields(
        node,
        keys: [
          "has_product", "has_no_product", "tags", "without_tags", "levels", "cities", "categories",
          "customer_for", "mean_bill", "contract_ends_within", "billed_for",
        ])
    else { return nil }
    var result = Offer.Conditions()
    result.hasProduct = texts(fields, "has_product")
    result.hasNoProduct = texts(fields, "has_no_product")
    result.tags = texts(fields, "tags")
    result.withoutTags = texts(fields, "without_tags")
    result.levels = fields.listed("levels").compactMap { reading.oneOf($0, Customer.Level.self) }
    result.cities = texts(fields, "cities")
    result.categories = categories(fields, "categories")
    result.billedFor = texts(fields, "billed_for")
    if let node = fields.values["customer_for"] {
      result.customerForMonths = count(node, reading, ending: "mo", in: 1...1200)
    }
    if let node = fields.values["contract_ends_within"] {
      result.contractEndsWithinDays = count(node, reading, ending: "d", in: -3660...3660)
    }
    if let node = fields.values["mean_bill"],
      let bounds = reading.fields(node, keys: ["at_least", "at_most"])
    {
      result.meanBillAtLeast = bounds.values["at_least"].flatMap(reading.money)?.cents
      result.meanBillAtMost = bounds.values["at_most"].flatMap(reading.money)?.cents
      if let low = result.meanBillAtLeast, let high = result.meanBillAtMost, low > high {
        reading.add(.rule(.nothingFits("mean_bill")), at: node)
      }
    }
    for (left, right, key) in [
      (result.tags, result.withoutTags, "without_tags"),
      (result.hasProduct, result.hasNoProduct, "has_no_product"),
    ] where !left.isEmpty && left.allSatisfy(right.contains) {
      reading.add(.rule(.nothingFits(key)), at: fields.values[key] ?? node)
    }
    return result
  }

  private func count(_ node: Node, _ reading: Reading, ending: String, in range: ClosedRange<Int>) -> Int? {
    guard let text = reading.text(node, limit: 60) else { return nil }
    guard text.hasSuffix(ending), let count = Int(text.dropLast(ending.count)), range.contains(count) else {
      reading.add(.invalidCount(reading.shortened(text), example: ending == "d" ? "60d" : "12mo"), at: node)
      return nil
    }
    return count
  }
}
