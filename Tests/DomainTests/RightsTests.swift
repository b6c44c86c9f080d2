import Domain
import TestSupport
import Testing

/// Who may do what, written down once more by hand: a change of the program that changes this table is seen here.
enum Rights {
  static func needed(_ action: TicketAction) -> Right {
    switch action.name {
    case "watch": .watch
    case "coach", "attend", "unattend": .coach
    default: .work
    }
  }

  static func missing(_ action: TicketAction, _ role: Role) -> Right? {
    let right = needed(action)
    return table[right]?.contains(role) == true ? nil : right
  }

  static let table: [Right: Set<Role>] = [
    .work: [.agent, .lead, .supervisor, .trainer],
    .reveal: [.agent, .lead, .supervisor, .quality],
    .watch: [.lead, .supervisor, .manager, .quality],
    .coach: [.lead, .supervisor],
    .takeOver: [.lead, .supervisor],
    .assign: [.lead, .supervisor],
    .setOthersPresence: [.lead, .supervisor],
    .train: [.trainer],
    .configure: [.admin],
    .managePeople: [.admin],
    .importRecords: [.admin],
    .export: [.manager, .quality, .admin],
    .approveRefunds: [.lead, .supervisor, .manager],
  ]

  /// One of every action that is not about a ticket, and the rights of which one is enough.
  static func others(_ floor: Floor) -> [(action: Action, rights: [Right])] {
    let customer = Customer(id: "new", name: "赵敏")
    let identity = Identity(id: "i", customer: Floor.customer, kind: .phone, value: "13812342071")
    let someone = Agent(
      id: "a-new", number: "9", name: Floor.both("新"), team: "care", roles: [.agent])
    let grant = Grant(
      .skill("billing"), level: 3, grantedBy: "", grantedAt: Timestamp(milliseconds: 0))
    var set = floor.state.configuration
    set.zones = [Floor.plans]
    return [
      (.customer("new", .create(customer, identities: [])), [.work, .importRecords]),
      (.customer(Floor.customer, .update(Customer(id: Floor.customer, name: "王芳"))), [.work]),
      (.customer(Floor.customer, .addIdentity(identity)), [.work]),
      (.customer(Floor.customer, .removeIdentity("known")), [.work]),
      (.customer(Floor.customer, .merge(into: "other-customer")), [.work]),
      (.customer("merged", .unmerge), [.work]),
      (.customer(Floor.customer, .reveal(field: "phone", reason: "核身")), [.reveal]),
      (.customer(Floor.customer, .importRecords(products: [], orders: [], bills: [])), [.importRecords]),
      (.agent("a-second", .setPresence(.ready, reason: nil, ticket: nil)), [.setOthersPresence]),
      (.agent("a-new", .define(someone)), [.managePeople]),
      (.agent("a-second", .setActive(false)), [.managePeople]),
      (.agent("a-second", .grant(grant)), [.managePeople]),
      (.agent("a-second", .revoke(.skill("known"))), [.managePeople]),
      (.configuration(.apply(set)), [.configure]),
      (
        .configuration(.addArticles([Article(id: "a", language: .chinese, title: "a", body: "b")])),
        [.configure]
      ),
      (.configuration(.defineTeam(Team(id: "new", name: Floor.both("二班")))), [.managePeople]),
      (.configuration(.removeTeam("empty")), [.managePeople]),
      (.missedSearch(query: "x", language: .chinese), []),
      (.articleUse(ArticleUse(article: "a", language: .chinese, question: "x", kind: .opened)), []),
      (.export(Export(.tickets, isClear: false, reason: "月报")), [.export]),
    ]
  }
}

@Suite struct `Every action by every role` {
  private func floor() throws -> Floor {
    var floor = try Floor()
    floor.state.configuration.teams.append(Team(id: "empty", name: Floor.both("空")))
    floor.state.identities["known"] = Identity(
      id: "known", customer: Floor.customer, kind: .email, value: "a@b.cn")
    floor.state.customers["merged"] = Customer(id: "merged", name: "李", version: 1)
    floor.state.customers["merged"]?.mergedInto = "other-customer"
    floor.state.agents["a-second"]?.grants = [
      Grant(.skill("known"), grantedBy: "a-admin", grantedAt: Timestamp(milliseconds: 0))
    ]
    floor.state.agents["a-chief"] = Agent(
      id: "a-chief", number: "3", name: Floor.both("总"), team: "care", roles: [.admin])
    return floor
  }

  @Test(arguments: Role.allCases)
  func `is decided by the table`(role: Role) throws {
    let start = try floor()
    for (action, rights) in Rights.others(start) {
      var floor = start
      let outcome = try floor.run(action, by: Floor.agent(role))
      let may = rights.isEmpty || rights.contains { Rights.table[$0]?.contains(role) == true }
      if may {
        #expect(outcome == .accepted, "\(action.name) by \(role)")
      } else {
        #expect(outcome == .refused(.missingRight(rights[0])), "\(action.name) by \(role)")
      }
    }
  }

  /// The names of all actions, counted in the program's own list: one without a line in the table fails here.
  @Test func `has a line for each action`() throws {
    let floor = try floor()
    let names = Set(Rights.others(floor).map { $0.action.name })
    #expect(names.count == Rights.others(floor).count)
    for name in [
      "customer.create", "customer.update", "customer.addIdentity", "customer.removeIdentity",
      "customer.merge",
      "customer.unmerge", "customer.reveal", "customer.importRecords", "agent.setPresence", "agent.define",
      "agent.deactivate", "agent.grant", "agent.revoke", "configuration.apply", "configuration.addArticles",
      "configuration.defineTeam", "configuration.removeTeam", "search.missed", "export.masked",
    ] {
      #expect(names.contains(name), "\(name)")
    }
    #expect(Set(Rights.table.keys) == Set(Right.allCases))
    for role in Role.allCases {
      #expect(role.rights == Set(Rights.table.filter { $0.value.contains(role) }.map(\.key)), "\(role)")
    }
  }

  @Test func `of somebody for themselves needs no right of others`() throws {
    var floor = try floor()
    for role in Role.allCases {
      #expect(
        try floor.run(
          .agent(Floor.agent(role), .setPresence(.ready, reason: nil, ticket: nil)), by: Floor.agent(role))
          == .accepted)
    }
  }

  // MARK: - Grants

  private func grant(_ right: Right, until: Timestamp? = nil) -> AgentAction {
    .grant(Grant(.right(right), until: until, grantedBy: "", grantedAt: Timestamp(milliseconds: 0)))
  }

  @Test(arguments: Right.allCases)
  func `granted rights count until they expire or are revoked`(right: Right) throws {
    var floor = try floor()
    let second: AgentID = "a-second"
    floor.state.agents[second]?.roles = []
    let until = Timestamp(seconds: 1_790_000_000).advanced(seconds: 86_400)
    #expect(floor.state.agents[second]?.has(right) == false)
    try floor.expectAccepted(.agent(second, grant(right, until: until)), by: Floor.agent(.admin))
    let agent = try #require(floor.state.agents[second])
    #expect(agent.has(right))
    #expect(agent.rights == [right])
    let kept = try #require(agent.grants.first { $0.subject == .right(right) })
    #expect(kept.grantedBy == Floor.agent(.admin))
    #expect(agent.current(at: until.advanced(seconds: -1)).has(right))
    #expect(!agent.current(at: until).has(right))
    try floor.expectAccepted(.agent(second, .revoke(.right(right))), by: Floor.agent(.admin))
    #expect(floor.state.agents[second]?.has(right) == false)
    #expect(
      try floor.run(.agent(second, .revoke(.right(right))), by: Floor.agent(.admin)) == .refused(.notGranted))
  }

  @Test func `an expired grant does not count by the store's clock, whatever the desk's clock says`() throws {
    var floor = try floor()
    let until = Timestamp(seconds: 1_790_000_000).advanced(seconds: 3600)
    try floor.expectAccepted(.agent("a-second", grant(.export, until: until)), by: Floor.agent(.admin))
    let export = floor.operation(
      .export(Export(.tickets, isClear: false, reason: "月报")), by: "a-second")
    let before = Reducer(state: floor.state, now: export.at, rightsAt: until.advanced(seconds: -1))
    #expect(try before.changes(of: export) == [])
    let after = Reducer(state: floor.state, now: export.at, rightsAt: until)
    #expect(throws: Refusal.missingRight(.export)) { try after.changes(of: export) }
  }

  @Test func `a new grant replaces the one about the same subject`() throws {
    var floor = try floor()
    for level in [2, 5] {
      try floor.expectAccepted(
        .agent(
          "a-second",
          .grant(
            Grant(
              .skill("billing"), level: level, source: "考试", grantedBy: "",
              grantedAt: Timestamp(milliseconds: 0)))), by: Floor.agent(.admin))
    }
    let skills = floor.state.agents["a-second"]?.grants.filter { $0.subject == .skill("billing") }
    #expect(skills?.map(\.level) == [5])
    #expect(skills?.first?.source == "考试")
  }

  @Test func `nobody gives or takes what they do not have, except an administrator`() throws {
    var floor = try floor()
    try floor.expectAccepted(.agent(Floor.agent(.lead), grant(.managePeople)), by: Floor.agent(.admin))
    let lead = Floor.agent(.lead)
    #expect(try floor.run(.agent("a-second", grant(.export)), by: lead) == .refused(.rightNotHeld(.export)))
    #expect(try floor.run(.agent("a-second", grant(.coach)), by: lead) == .accepted)
    var promoted = try #require(floor.state.agents["a-second"])
    promoted.roles = [.admin]
    #expect(
      try floor.run(.agent("a-second", .define(promoted)), by: lead) == .refused(.rightNotHeld(.configure)))
    #expect(
      try floor.run(.agent(Floor.agent(.manager), .setActive(false)), by: lead)
        == .refused(.rightNotHeld(.export)))
    #expect(
      try floor.run(.agent(Floor.agent(.admin), .setActive(false)), by: lead)
        == .refused(.rightNotHeld(.configure)))
    #expect(try floor.run(.agent("a-second", .setActive(false)), by: lead) == .accepted)
    #expect(try floor.run(.agent("a-second", grant(.export)), by: Floor.agent(.admin)) == .accepted)
    try floor.expectAccepted(.agent(lead, grant(.configure)), by: Floor.agent(.admin))
    var set = floor.state.configuration
    set.zones = [Floor.plans]
    set.agents = floor.state.everybody()
    set.agents[set.agents.firstIndex { $0.id == lead }!].roles.insert(.admin)
    #expect(
      try floor.run(.configuration(.apply(set)), by: lead) == .refused(.rightNotHeld(.importRecords)))
  }

  @Test func `the last administrator stays`() throws {
    var floor = try floor()
    let (first, second): (AgentID, AgentID) = (Floor.agent(.admin), "a-chief")
    try floor.expectAccepted(.agent(second, .setActive(false)), by: first)
    #expect(try floor.run(.agent(first, .setActive(false)), by: first) == .refused(.lastAdministrator))
    var agent = try #require(floor.state.agents[first])
    agent.roles = [.agent]
    #expect(try floor.run(.agent(first, .define(agent)), by: first) == .refused(.lastAdministrator))
    var set = floor.state.configuration
    set.zones = [Floor.plans]
    set.agents = floor.state.everybody().filter { $0.id != first }
    #expect(try floor.run(.configuration(.apply(set)), by: first) == .refused(.lastAdministrator))
    try floor.expectAccepted(.agent(second, .setActive(true)), by: first)
    try floor.expectAccepted(.agent(first, .setActive(false)), by: first)
    #expect(try floor.run(.agent(second, .setActive(false)), by: first) == .refused(.unknownActor(first)))
  }

  @Test func `bad grants are refused`() throws {
    var floor = try floor()
    let admin = Floor.agent(.admin)
    func run(_ grant: Grant) throws -> Outcome { try floor.run(.agent("a-second", .grant(grant)), by: admin) }
    let at = Timestamp(seconds: 1)
    #expect(
      try run(Grant(.right(.export), until: at, grantedBy: "", grantedAt: at)) == .refused(.alreadyExpired))
    #expect(
      try run(Grant(.skill("x"), level: 10, grantedBy: "", grantedAt: at)) == .refused(.invalidLevel(10)))
    #expect(try run(Grant(.skill(" "), grantedBy: "", grantedAt: at)) == .refused(.textMissing))
    #expect(
      try floor.run(.configuration(.removeTeam("care")), by: admin) == .refused(.teamInUse("care")))
  }

  /// A lead's three rights are three: each is taken away alone.
  @Test func `watch, coach and take over are three rights`() throws {
    var start = try Floor.with(.open)
    let person: AgentID = "a-second"
    start.state.agents[person]?.roles = []
    let uses: [(Right, TicketAction)] = [
      (.watch, .watch), (.coach, .coach("先核身")),
      (.takeOver, .transfer(zone: nil, team: nil, agent: person, note: "我来")),
    ]
    for (held, _) in uses {
      for (used, action) in uses {
        var floor = start
        floor.state.agents[person]?.grants = [held, .work].map {
          Grant(.right($0), grantedBy: "a-admin", grantedAt: Timestamp(milliseconds: 0))
        }
        let outcome = try floor.run(.ticket(Floor.ticket, action), by: person)
        #expect((outcome == .accepted) == (held == used), "\(used) with \(held): \(outcome)")
      }
    }
  }

  @Test func `what somebody was granted survives a change of who they are`() throws {
    var floor = try floor()
    var agent = try #require(floor.state.agents["a-second"])
    agent.grants = []
    agent.name = Floor.both("新名")
    try floor.expectAccepted(.agent("a-second", .define(agent)), by: Floor.agent(.admin))
    #expect(floor.state.agents["a-second"]?.name.chinese == "新名")
    #expect(floor.state.agents["a-second"]?.grants.count == 1)
  }
}
