import Domain
import Testing

@testable import Store

/// Answers to offers are counted as they come: offers are ordered by these counts.
struct OfferCountTests {
  private static var configuration: ConfigurationSet {
    var set = Sample.configuration
    set.offers.offers = ["data", "tv"].map {
      Offer(
        id: $0, name: Sample.text($0.text), text: Sample.text($0.text), addsTags: [.declined: ["不推荐"]])
    }
    return set
  }

  private func answer(
    _ test: TestStore, _ desk: DeskConnection, _ customer: CustomerID, _ offer: OfferID,
    _ answer: Offer.Answer
  ) throws {
    test.clock.advance(seconds: 60)
    let outcome = try desk.submit(
      test.operation(desk.agent, .customer(customer, .answerOffer(offer, answer, ticket: nil))))
    try #require(outcome == .accepted)
  }

  @Test func `by offer, level of the customer and answer, on every desk alike`() throws {
    let test = try TestStore(Self.configuration)
    let (first, second) = (try test.desk("linxiao"), try test.desk("chenyu"))
    let one = try first.makeCustomer(test)
    let two = try first.makeCustomer(test, "李明", phone: "13812342072")
    _ = try second.synchronize()
    try answer(test, first, one, "data", .accepted)
    try answer(test, second, two, "data", .declined)
    try answer(test, first, one, "data", .later)
    try answer(test, first, one, "tv", .accepted)
    for desk in [first, second] { _ = try desk.synchronize() }
    let expected = [
      OfferCount(offer: "data", group: .standard, accepted: 1, declined: 1, later: 1),
      OfferCount(offer: "tv", group: .standard, accepted: 1),
    ]
    #expect(try first.replica.offerCounts() == expected)
    #expect(try second.replica.offerCounts() == expected)
    // A desk that comes later counts once what the others counted one after the other.
    let late = try test.desk("tangyue")
    #expect(try late.replica.offerCounts() == expected)
    #expect(try #require(expected.first).answers == 3)
  }

  @Test func `answers move with the level of the customer, on every desk alike`() throws {
    let test = try TestStore(Self.configuration)
    let (first, second) = (try test.desk("linxiao"), try test.desk("chenyu"))
    let id = try first.makeCustomer(test)
    try answer(test, first, id, "data", .accepted)
    try answer(test, first, id, "data", .accepted)
    _ = try second.synchronize()
    var customer = try #require(try test.store.read { try RowReader(db: $0).customer(id) })
    customer.level = .gold
    try #require(
      try second.submit(test.operation("chenyu", .customer(id, .update(customer)))) == .accepted)
    _ = try first.synchronize()
    let expected = [OfferCount(offer: "data", group: .gold, accepted: 2)]
    func counts(_ desk: DeskConnection) throws -> [OfferCount] {
      try desk.replica.offerCounts().filter { $0.answers > 0 }
    }
    #expect(try counts(first) == expected)
    #expect(try counts(second) == expected)
    #expect(try counts(test.desk("tangyue")) == expected)
    // Answered at once and at the same moment: twice, not once.
    customer.level = .standard
    customer.offerAnswers = Array(
      repeating: OfferAnswer(offer: "data", answer: .later, at: test.clock.now), count: 2)
    let gone = customer
    try first.replica.write(durably: false) { db in
      let tally = Tally(db: db)
      try tally.move(from: nil, to: gone)
      #expect(try tally.offerCounts().first { $0.group == .standard }?.later == 2)
      try tally.move(from: gone, to: nil)
      #expect(try tally.offerCounts().filter { $0.answers > 0 } == expected)
    }
  }

  @Test func `a replica of a program that counted them differently counts them once more`() throws {
    let test = try TestStore(Self.configuration)
    let desk = try test.desk()
    let customer = try desk.makeCustomer(test)
    try answer(test, desk, customer, "data", .accepted)
    try desk.replica.write(durably: false) { db in
      try db.execute(sql: "UPDATE tally SET key = 'data/platinum/later', count = 7 WHERE kind = 'offer'")
      try Meta(db: db).set("offers_counted", 0)
    }
    desk.close()
    #expect(
      try test.desk().replica.offerCounts() == [OfferCount(offer: "data", group: .standard, accepted: 1)])
  }

  @Test func `only answers that a customer keeps are counted`() throws {
    let test = try TestStore(Self.configuration)
    let desk = try test.desk()
    let customer = try desk.makeCustomer(test)
    let count = Customer.mostOfferAnswers + 5
    for _ in 0..<count { try answer(test, desk, customer, "data", .later) }
    _ = try desk.synchronize()
    let expected = [OfferCount(offer: "data", group: .standard, later: Customer.mostOfferAnswers)]
    #expect(try desk.replica.offerCounts() == expected)
    #expect(try test.desk("chenyu").replica.offerCounts() == expected)
  }

  @Test func `an answer to an offer that is not there is refused and counts nothing`() throws {
    let test = try TestStore(Self.configuration)
    let desk = try test.desk()
    let customer = try desk.makeCustomer(test)
    let outcome = try desk.submit(
      test.operation(desk.agent, .customer(customer, .answerOffer("gone", .accepted, ticket: nil))))
    #expect(outcome == .refused(.unknownOffer("gone")))
    #expect(try desk.replica.offerCounts().isEmpty)
  }
}
