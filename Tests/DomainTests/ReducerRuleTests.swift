import Domain
import TestSupport
import Testing

@Suite struct `Rules of the reducer` {
  @Test func `a claimed ticket cannot be claimed twice`() throws {
    var floor = try Floor()
    #expect(try floor.run(.ticket(Floor.ticket, .claim)) == .accepted)
    for person in [Floor.agent(.agent), "a-second", Floor.agent(.lead)] {
      #expect(
        try floor.run(.ticket(Floor.ticket, .claim), by: person)
          == .refused(.alreadyOwned(by: Floor.agent(.agent))))
    }
  }

  @Test func `a released ticket can be claimed by somebody else`() throws {
    var floor = try Floor.with(.open)
    #expect(try floor.run(.ticket(Floor.ticket, .release)) == .accepted)
    #expect(floor.state.tickets[Floor.ticket]?.waitingSince != nil)
    #expect(try floor.run(.ticket(Floor.ticket, .claim), by: "a-second") == .accepted)
    #expect(floor.state.tickets[Floor.ticket]?.owner == "a-second")
  }

  @Test func `closing needs the owner, the version it is based on, and every required field`() throws {
    var floor = try Floor.with(.open)
    let close: Action = .ticket(
      Floor.ticket, .close(disposition: "refunded", Closing(text: "已退", mode: .blank)))
    #expect(
      try floor.run(close)
        == .refused(.requiredFieldsMissing(zone: "billing", fields: ["period", "amount"])))
    _ = try floor.run(.ticket(Floor.ticket, .setFields(["period": "2026-10", "amount": "38"])))
    let version = try #require(floor.state.tickets[Floor.ticket]?.version)
    #expect(
      try floor.run(close, by: Floor.agent(.lead)) == .refused(.notOwner(owner: Floor.agent(.agent))))
    let blind = floor.operation(close, basedOn: nil)
    #expect(try floor.state.run(blind) == .refused(.changedSince(now: version)))
    #expect(
      try floor.run(
        .ticket(Floor.ticket, .close(disposition: "none", Closing(text: "x", mode: .blank))))
        == .refused(.unknownDisposition("none")))
    #expect(
      try floor.run(
        .ticket(Floor.ticket, .close(disposition: "refunded", Closing(text: " \n", mode: .blank))))
        == .refused(.textMissing))
    #expect(try floor.run(close) == .accepted)
    let ticket = try #require(floor.state.tickets[Floor.ticket])
    #expect(ticket.state == .closed)
    #expect(floor.state.contacts[Floor.contact]?.state == .wrappedUp)
    #expect(floor.state.contacts[Floor.contact]?.wrapUpCode == "refunded")
  }

  @Test func `a message of the customer after the form was read stops the close`() throws {
    var floor = try Floor.with(.open)
    _ = try floor.run(.ticket(Floor.ticket, .setFields(["period": "2026-10", "amount": "38"])))
    let seen = floor.state.tickets[Floor.ticket]?.version
    _ = try floor.run(.ticket(Floor.ticket, .receive(message: "等等，还有一笔", contact: nil)))
    let close = floor.operation(
      .ticket(Floor.ticket, .close(disposition: "refunded", Closing(text: "已退", mode: .blank))),
      basedOn: seen)
    let version = try #require(floor.state.tickets[Floor.ticket]?.version)
    #expect(try floor.state.run(close) == .refused(.changedSince(now: version)))
  }

  @Test func `a note does not stop the close of somebody who has not read it`() throws {
    var floor = try Floor.with(.open)
    let before = floor.state.tickets[Floor.ticket]?.version
    _ = try floor.run(.ticket(Floor.ticket, .note("班长：金额没问题")), by: Floor.agent(.lead))
    #expect(floor.state.tickets[Floor.ticket]?.version == before)
  }

  @Test func `fields are checked as a whole and stored in one form`() throws {
    var floor = try Floor.with(.open)
    #expect(
      try floor.run(.ticket(Floor.ticket, .setFields(["period": "2026-10", "amount": "三十八"])))
        == .refused(.invalidField(field: "amount", .notMoney)))
    #expect(floor.state.tickets[Floor.ticket]?.fields == [:])
    #expect(
      try floor.run(.ticket(Floor.ticket, .setFields(["colour": "red"]))) == .refused(.unknownField("colour"))
    )
    _ = try floor.run(.ticket(Floor.ticket, .setFields(["amount": " ￥1,038.5 ", "remedy": "退费"])))
    #expect(floor.state.tickets[Floor.ticket]?.fields == ["amount": "1038.50", "remedy": "refund"])
    _ = try floor.run(.ticket(Floor.ticket, .setFields(["amount": ""])))
    #expect(floor.state.tickets[Floor.ticket]?.fields == ["remedy": "refund"])
  }

  @Test func `a released reply cannot be taken back, a fresh one can`() throws {
    var floor = try Floor.with(.open)
    let reply = floor.operation(.ticket(Floor.ticket, .reply("马上退")))
    try floor.state.run(reply)
    let strike = floor.operation(.ticket(Floor.ticket, .strike(reply.entry())))
    #expect(try floor.state.run(strike, at: reply.at.advanced(seconds: 10)) == .refused(.alreadyReleased))
    #expect(try floor.state.run(strike, at: reply.at.advanced(seconds: 9)) == .accepted)
    #expect(floor.state.entries[reply.entry()]?.struckAt != nil)
    #expect(try floor.state.run(strike, at: reply.at.advanced(seconds: 9)) == .refused(.alreadyStruck))
  }

  @Test func `nobody strikes what somebody else wrote`() throws {
    var floor = try Floor.with(.open)
    let note = floor.operation(.ticket(Floor.ticket, .note("已核身")))
    try floor.state.run(note)
    #expect(
      try floor.run(.ticket(Floor.ticket, .strike(note.entry())), by: Floor.agent(.lead))
        == .refused(.notYours))
  }

  @Test func `transfer to a third person needs a right that an agent lacks`() throws {
    var floor = try Floor.with(.open)
    let transfer: Action = .ticket(
      Floor.ticket, .transfer(zone: nil, team: nil, agent: "a-second", note: "请接手"))
    #expect(
      try floor.run(transfer, by: "a-second") == .refused(.notOwner(owner: Floor.agent(.agent))))
    #expect(try floor.run(transfer, by: Floor.agent(.lead)) == .accepted)
    #expect(floor.state.tickets[Floor.ticket]?.owner == "a-second")
  }

  @Test func `another zone drops the fields that its form does not have, and says so`() throws {
    var floor = try Floor.with(.open)
    _ = try floor.run(.ticket(Floor.ticket, .setFields(["period": "2026-10"])))
    _ = try floor.run(.ticket(Floor.ticket, .setCategory("plans/up", zone: "plans")))
    let ticket = try #require(floor.state.tickets[Floor.ticket])
    #expect(ticket.zone == "plans")
    #expect(ticket.fields == [:])
    #expect(
      floor.state.entries(of: Floor.ticket).contains {
        $0.kind == .fieldChanged(field: "period", from: "2026-10", to: nil)
      })
    #expect(
      try floor.run(.ticket(Floor.ticket, .setCategory("billing/twice", zone: "plans")))
        == .refused(.unknownCategory("billing/twice")))
  }

  @Test func `a customer who writes again brings a closed ticket back to the queue`() throws {
    var floor = try Floor.with(.closed)
    _ = try floor.run(.ticket(Floor.ticket, .addContact("again", .chat, message: "钱没到")))
    let ticket = try #require(floor.state.tickets[Floor.ticket])
    #expect(ticket.state == .new)
    #expect(ticket.owner == nil)
    #expect(ticket.reopenCount == 1)
    #expect(ticket.waitingSince != nil)
  }

  @Test func `answering a call answers the customer, answering a chat does not`() throws {
    var floor = try Floor.with(.open)
    #expect(floor.state.tickets[Floor.ticket]?.waitingSince == nil)
    try floor.expectAccepted(
      .ticket(
        "chat",
        .create(
          NewTicket(
            customer: Floor.customer, zone: "billing", subject: "多扣", channel: .chat, contact: "c-chat",
            message: "在吗"))))
    try floor.expectAccepted(.ticket("chat", .claim))
    #expect(floor.state.tickets["chat"]?.waitingSince != nil)
    try floor.expectAccepted(.ticket("chat", .reply("您好")))
    #expect(floor.state.tickets["chat"]?.waitingSince == nil)
  }

  @Test func `two ID cards are two people`() throws {
    var floor = try Floor()
    func card(_ customer: CustomerID, _ value: String) -> Action {
      .customer(
        customer,
        .addIdentity(Identity(id: IdentityID("i-\(value)"), customer: customer, kind: .idCard, value: value)))
    }
    #expect(try floor.run(card(Floor.customer, "990001199001011234")) == .accepted)
    #expect(
      try floor.run(card("other-customer", "９９０００１１９９００１０１１２３４"))
        == .refused(.identityTaken(by: Floor.customer)))
    #expect(try floor.run(card("other-customer", "99000219900101123X")) == .accepted)
    let merge: Action = .customer("other-customer", .merge(into: Floor.customer))
    #expect(try floor.run(merge) == .refused(.identitiesConflict([.idCard])))
    _ = try floor.run(.customer("other-customer", .removeIdentity("i-99000219900101123X")))
    #expect(try floor.run(merge) == .accepted)
    #expect(try floor.run(merge) == .refused(.alreadyMerged))
    #expect(try floor.run(.customer("other-customer", .unmerge)) == .accepted)
    #expect(try floor.run(.customer("other-customer", .unmerge)) == .refused(.notMerged))
  }

  @Test func `revealing personal data needs a right and a reason, and is recorded without the value`() throws
  {
    var floor = try Floor()
    let reveal: (String) -> Action = { .customer(Floor.customer, .reveal(field: "phone", reason: $0)) }
    #expect(try floor.run(reveal("回拨"), by: Floor.agent(.manager)) == .refused(.missingRight(.reveal)))
    #expect(try floor.run(reveal("  ")) == .refused(.reasonMissing))
    #expect(try floor.run(reveal("回拨确认")) == .accepted)
    #expect(floor.state.disclosures.map(\.field) == ["phone"])
  }

  @Test func `saying the same presence again keeps its time`() throws {
    var floor = try Floor()
    let agent = Floor.agent(.agent)
    let ready: Action = .agent(agent, .setPresence(.ready, reason: nil, ticket: nil))
    _ = try floor.run(ready)
    let since = floor.state.agents[agent]?.presence.since
    _ = try floor.run(ready)
    #expect(floor.state.agents[agent]?.presence.since == since)
    #expect(
      try floor.run(.agent(agent, .setPresence(.notReady, reason: nil, ticket: nil)))
        == .refused(.reasonMissing))
    #expect(
      try floor.run(.agent(agent, .setPresence(.notReady, reason: "nap", ticket: nil)))
        == .refused(.unknownReason("nap")))
    #expect(try floor.run(ready, by: "a-second") == .refused(.missingRight(.setOthersPresence)))
    #expect(try floor.run(ready, by: Floor.agent(.lead)) == .accepted)
  }

  @Test(arguments: Role.allCases)
  func `only an administrator changes the configuration`(role: Role) throws {
    var floor = try Floor()
    var set = floor.state.configuration
    set.zones = [Floor.plans]
    let outcome = try floor.run(.configuration(.apply(set)), by: Floor.agent(role))
    #expect(outcome == (role == .admin ? .accepted : .refused(.missingRight(.configure))))
    #expect(
      try floor.run(.configuration(.apply(ConfigurationSet())), by: Floor.agent(.admin))
        == .refused(.emptyConfiguration))
  }

  @Test func `a desk that is no authority gives no ticket number`() throws {
    var floor = try Floor()
    floor.state.isAuthority = false
    try floor.expectAccepted(.ticket("mine", .create(Floor.new(contact: "c-mine"))))
    #expect(floor.state.tickets["mine"]?.number == nil)
    #expect(floor.state.tickets[Floor.ticket]?.number?.hasSuffix("-0001") == true)
    #expect(floor.state.tickets[Floor.other]?.number?.hasSuffix("-0002") == true)
  }
}
