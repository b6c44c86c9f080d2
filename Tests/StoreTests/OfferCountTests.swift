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

  @Test func `answers that a customer no longer keeps stay counted`() throws {
    let test = try TestStore(Self.configuration)
    let desk = try test.desk()
    let customer = try desk.makeCustomer(test)
    let count = Customer.mostOfferAnswers + 5
    for _ in 0..<count { try answer(test, desk, customer, "data", .later) }
    _ = try desk.synchronize()
    #expect(try desk.replica.offerCounts() == [OfferCount(offer: "data", group: .standard, later: count)])
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
