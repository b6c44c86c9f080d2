import Domain
import Foundation
import TestSupport
import Testing

@Suite struct StepAndOfferReducerTests {
  private static let now = Timestamp(seconds: 1_763_700_000)

  private static func state(_ open: Zone.OpenSteps = .refuse) throws -> MemoryState {
    var state = MemoryState()
    var zone = Zone(
      id: "z", name: LocalizedText(chinese: "专", english: "Z"), skill: "s", calendar: "c", fields: [],
      steps: [
        .init(id: "a", name: LocalizedText(chinese: "甲", english: "A"), isRequired: true),
        .init(
          id: "b", name: LocalizedText(chinese: "乙", english: "B"), when: StepConditions(channels: [.email]),
          doneBy: [.reply([])], isRequired: true),
        .init(id: "c", name: LocalizedText(chinese: "丙", english: "C")),
      ], dispositions: [.init(id: "done", name: LocalizedText(chinese: "完", english: "Done"))])
    zone.openSteps = open
    state.configuration.zones = [zone]
    state.configuration.offers = OfferBook(offers: [
      Offer(
        id: "data", name: LocalizedText(chinese: "流", english: "D"),
        text: LocalizedText(chinese: "要", english: "x"),
        addsTags: [.accepted: ["heavy"]], removesTags: [.accepted: ["light"]])
    ])
    let agent = Agent(
      id: "lin", number: "1", name: LocalizedText(chinese: "林", english: "Lin"), team: nil, roles: [.agent])
    var customer = Customer(id: "cu", name: "王", tags: ["light"], version: 1)
    customer.tags = ["light"]
    state.write([.agent(agent), .customer(customer)])
    var ticket = Ticket(
      id: "t", customer: "cu", zone: "z", subject: "s", channel: .phone, createdAt: now, createdBy: "lin")
    ticket.state = .open
    ticket.owner = "lin"
    state.write([.ticket(ticket)])
    return state
  }

  private static func run(_ state: inout MemoryState, _ action: Action, basedOn: Int64? = nil) throws
    -> Outcome
  {
    try state.run(
      Domain.Operation(
        id: OperationID("o\(state.timeline.count)"), actor: "lin", at: now, basedOn: basedOn, action: action))
  }

  private static func close(_ state: inout MemoryState) throws -> Outcome {
    let version = state.tickets["t"]?.version
    return try run(
      &state, .ticket("t", .close(disposition: "done", Closing(text: "x", mode: .blank))), basedOn: version)
  }

  @Test func `a close is refused while a required step is neither done nor skipped`() throws {
    var state = try Self.state()
    #expect(try Self.close(&state) == .refused(.requiredStepsOpen(zone: "z", steps: ["a", "b"])))
    #expect(try Self.run(&state, .ticket("t", .skipStep("a", reason: "  "))) == .refused(.reasonMissing))
    #expect(try Self.run(&state, .ticket("t", .skipStep("x", reason: "no"))) == .refused(.unknownStep("x")))
    #expect(try Self.run(&state, .ticket("t", .skipStep("a", reason: " in a hurry "))) == .accepted)
    #expect(state.tickets["t"]?.skippedSteps == ["a": "in a hurry"])
    #expect(try Self.close(&state) == .refused(.requiredStepsOpen(zone: "z", steps: ["b"])))
    #expect(try Self.run(&state, .ticket("t", .recordSteps(done: ["b"], notNeeded: []))) == .accepted)
    #expect(try Self.close(&state) == .accepted)
    #expect(state.entries(of: "t").contains { $0.kind == .stepSkipped(step: "a") && $0.body == "in a hurry" })
  }

  @Test func `a desk cannot record what only a person can say`() throws {
    var state = try Self.state()
    #expect(
      try Self.run(&state, .ticket("t", .recordSteps(done: ["a"], notNeeded: []))) == .refused(.reasonMissing)
    )
    #expect(
      try Self.run(&state, .ticket("t", .recordSteps(done: [], notNeeded: ["a"]))) == .refused(.reasonMissing)
    )
    #expect(try Self.run(&state, .ticket("t", .recordSteps(done: [], notNeeded: ["b"]))) == .accepted)
    #expect(state.tickets["t"]?.skippedSteps == ["b": ""])
  }

  @Test func `skipping is undone, and a step that is done is not skipped`() throws {
    var state = try Self.state()
    _ = try Self.run(&state, .ticket("t", .skipStep("c", reason: "why")))
    _ = try Self.run(&state, .ticket("t", .setStep("c", isDone: false)))
    #expect(state.tickets["t"]?.skippedSteps.isEmpty == true && state.tickets["t"]?.steps.isEmpty == true)
    _ = try Self.run(&state, .ticket("t", .skipStep("c", reason: "why")))
    _ = try Self.run(&state, .ticket("t", .setStep("c", isDone: true)))
    #expect(state.tickets["t"]?.skippedSteps.isEmpty == true && state.tickets["t"]?.steps == ["c"])
  }

  @Test(arguments: [Zone.OpenSteps.warn, .allow])
  func `a zone that only warns lets the store close`(_ policy: Zone.OpenSteps) throws {
    var state = try Self.state(policy)
    #expect(try Self.close(&state) == .accepted)
  }

  @Test func `the answer to an offer is kept, changes its tags, and only known offers have one`() throws {
    var state = try Self.state()
    #expect(
      try Self.run(&state, .customer("cu", .answerOffer("gone", .later, ticket: "t")))
        == .refused(.unknownOffer("gone")))
    #expect(try Self.run(&state, .customer("cu", .answerOffer("data", .accepted, ticket: "t"))) == .accepted)
    let customer = try #require(state.customers["cu"])
    #expect(customer.tags == ["heavy"] && customer.version == 2)
    #expect(customer.offerAnswers == [OfferAnswer(offer: "data", answer: .accepted, at: Self.now)])
    // A profile that somebody saves does not take the answers away.
    _ = try Self.run(&state, .customer("cu", .update(Customer(id: "cu", name: "王"))), basedOn: 2)
    #expect(state.customers["cu"]?.offerAnswers.count == 1)
    for _ in 0..<60 { _ = try Self.run(&state, .customer("cu", .answerOffer("data", .later, ticket: nil))) }
    #expect(state.customers["cu"]?.offerAnswers.count == Customer.mostOfferAnswers)
  }

  @Test func `tickets and customers of before are read without steps and answers`() throws {
    let step = #"{"id":"a","name":{"zh-Hans":"甲","en":"A"}}"#
    let decoded = try Decoded.value(Zone.Step.self, step)
    #expect(!decoded.isRequired && decoded.doneBy.isEmpty && decoded.when == nil)
  }
}

private enum Decoded {
  static func value<Value: Decodable>(_: Value.Type, _ json: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(json.utf8))
  }
}
