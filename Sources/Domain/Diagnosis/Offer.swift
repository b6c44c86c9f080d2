/// Something that may be offered to a customer: one item of `Resources/offers.yaml`.
package struct Offer: Hashable, Codable, Sendable, Identifiable {
  /// What a customer answered.
  package enum Answer: String, Codable, CaseIterable, Sendable { case accepted, declined, later }

  /// Everything that is given has to hold; of a list one thing.
  package struct Conditions: Hashable, Codable, Sendable {
    /// Names, or parts of names, of products that the customer has now.
    package var hasProduct: [String]
    package var hasNoProduct: [String]
    package var tags: [String]
    package var withoutTags: [String]
    package var levels: [Customer.Level]
    package var cities: [String]
    package var categories: [CategoryID]
    /// Whole months since the person became a customer.
    package var customerForMonths: Int?
    /// Cents; the mean of the last three bills.
    package var meanBillAtLeast: Int64?
    package var meanBillAtMost: Int64?
    /// A product whose contract ends within so many days, or ended so many days ago (negative).
    package var contractEndsWithinDays: Int?
    /// Words in the titles of lines of the last three bills, such as data beyond the plan.
    package var billedFor: [String]

    package init(
      hasProduct: [String] = [], hasNoProduct: [String] = [], tags: [String] = [], withoutTags: [String] = [],
      levels: [Customer.Level] = [], cities: [String] = [], categories: [CategoryID] = [],
      customerForMonths: Int? = nil, meanBillAtLeast: Int64? = nil, meanBillAtMost: Int64? = nil,
      contractEndsWithinDays: Int? = nil, billedFor: [String] = []
    ) {
      self.hasProduct = hasProduct
      self.hasNoProduct = hasNoProduct
      self.tags = tags
      self.withoutTags = withoutTags
      self.levels = levels
      self.cities = cities
      self.categories = categories
      self.customerForMonths = customerForMonths
      self.meanBillAtLeast = meanBillAtLeast
      self.meanBillAtMost = meanBillAtMost
      self.contractEndsWithinDays = contractEndsWithinDays
      self.billedFor = billedFor
    }
  }

  package var id: OfferID
  package var name: LocalizedText
  /// What the agent may say.
  package var text: LocalizedText
  /// Larger comes first where nothing is measured yet; 1 to 100.
  package var priority: Int
  package var conditions: Conditions
  /// Days after any answer in which it is not offered to the same customer again.
  package var onceInDays: Int
  /// Days after a refusal in which the same customer is offered nothing at all.
  package var quietDays: Int
  /// Tags that an answer adds to the customer and takes away; by answer.
  package var addsTags: [Answer: [String]]
  package var removesTags: [Answer: [String]]
  package var from: CivilDate?
  package var until: CivilDate?

  package init(
    id: OfferID, name: LocalizedText, text: LocalizedText, priority: Int = 50,
    conditions: Conditions = Conditions(), onceInDays: Int = 90, quietDays: Int = 30,
    addsTags: [Answer: [String]] = [:], removesTags: [Answer: [String]] = [:], from: CivilDate? = nil,
    until: CivilDate? = nil
  ) {
    self.id = id
    self.name = name
    self.text = text
    self.priority = priority
    self.conditions = conditions
    self.onceInDays = onceInDays
    self.quietDays = quietDays
    self.addsTags = addsTags
    self.removesTags = removesTags
    self.from = from
    self.until = until
  }
}

/// `Resources/offers.yaml`: what may be offered, and to whom nothing is.
package struct OfferBook: Hashable, Codable, Sendable {
  /// Tags of customers who do not want to be offered anything.
  package var refusedBy: [String]
  /// Where it is not empty, only customers with one of these tags are offered something.
  package var consentedBy: [String]
  package var offers: [Offer]

  package init(refusedBy: [String] = [], consentedBy: [String] = [], offers: [Offer] = []) {
    self.refusedBy = refusedBy
    self.consentedBy = consentedBy
    self.offers = offers
  }

  package func offer(_ id: OfferID) -> Offer? { offers.first { $0.id == id } }
}

/// What a customer answered to an offer. The customer keeps the newest ones; see `Customer.offerAnswers`.
package struct OfferAnswer: Hashable, Codable, Sendable {
  package var offer: OfferID
  package var answer: Offer.Answer
  package var at: Timestamp

  package init(offer: OfferID, answer: Offer.Answer, at: Timestamp) {
    self.offer = offer
    self.answer = answer
    self.at = at
  }
}

/// How often an offer was answered by customers of one group.
package struct OfferCount: Hashable, Sendable {
  package var offer: OfferID
  package var group: Customer.Level
  package var accepted: Int
  package var declined: Int
  package var later: Int

  package init(offer: OfferID, group: Customer.Level, accepted: Int = 0, declined: Int = 0, later: Int = 0) {
    self.offer = offer
    self.group = group
    self.accepted = accepted
    self.declined = declined
    self.later = later
  }

  package var answers: Int { accepted + declined + later }

  /// The lower bound of the share of customers who accept, by Wilson's interval with z = 1.96 (95 %):
  /// (p + z²/2n − z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n). Nil where nobody answered: not a share of 0.
  package var acceptanceAtLeast: Double? {
    guard answers > 0 else { return nil }
    let n = Double(answers)
    let p = Double(accepted) / n
    let z2 = 1.96 * 1.96
    let spread = 1.96 * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
    return max(0, (p + z2 / (2 * n) - spread) / (1 + z2 / n))
  }
}
