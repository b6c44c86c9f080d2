import Domain
import TestSupport

/// A small floor to run operations on: one person of each role, two zones, a customer and a ticket.
struct Floor {
  var state = MemoryState()
  var clock = Timestamp(seconds: 1_790_000_000)
  private var count = 0

  static let ticket: TicketID = "ticket"
  static let contact: ContactID = "contact"
  static let other: TicketID = "other"
  static let customer: CustomerID = "customer"

  static let billing = Zone(
    id: "billing", name: both("账单"), skill: "billing", calendar: "always",
    fields: [
      FormField(id: "period", name: both("账期"), kind: .text, isRequired: true),
      FormField(id: "amount", name: both("金额"), kind: .money, isRequired: true),
      FormField(
        id: "remedy", name: both("诉求"), kind: .choice,
        choices: [FormField.Choice(id: "refund", name: LocalizedText(chinese: "退费", english: "Refund"))]),
    ],
    steps: [Zone.Step(id: "verify", name: both("核身"))],
    dispositions: [Zone.Disposition(id: "refunded", name: both("已退费"))])
  static let plans = Zone(
    id: "plans", name: both("套餐"), skill: "plans", calendar: "always", fields: [],
    dispositions: [Zone.Disposition(id: "changed", name: both("已变更"))])

  static func both(_ text: String) -> LocalizedText { LocalizedText(chinese: text, english: text) }

  /// The person of a role; their team is `care`.
  static func agent(_ role: Role) -> AgentID { AgentID("a-\(role.rawValue)") }

  init() throws {
    state.configuration.zones = [Self.billing, Self.plans]
    state.configuration.categories = [
      Domain.Category(id: "billing", name: Self.both("计费"), parent: nil, zone: nil),
      Domain.Category(id: "billing/twice", name: Self.both("重复"), parent: "billing", zone: "billing"),
      Domain.Category(id: "plans/up", name: Self.both("升级"), parent: nil, zone: "plans"),
    ]
    state.configuration.teams = [Team(id: "care", name: Self.both("一班"))]
    for role in Role.allCases {
      let agent = Agent(
        id: Self.agent(role), number: "1", name: Self.both(role.rawValue), team: "care", roles: [role])
      state.agents[agent.id] = agent
    }
    let second = Agent(id: "a-second", number: "2", name: Self.both("二"), team: "care", roles: [.agent])
    state.agents[second.id] = second
    state.customers[Self.customer] = Customer(id: Self.customer, name: "王芳", version: 1)
    state.customers["other-customer"] = Customer(id: "other-customer", name: "李强", version: 1)
    try expectAccepted(.ticket(Self.ticket, .create(Self.new(contact: Self.contact))))
    try expectAccepted(.ticket(Self.other, .create(Self.new(contact: "other-contact"))))
  }

  static func new(contact: ContactID?) -> NewTicket {
    NewTicket(
      customer: customer, zone: "billing", category: "billing/twice", subject: "多扣 38 元", channel: .phone,
      contact: contact, message: "扣了两次")
  }

  /// The floor with the ticket in `state`, owned by the agent where somebody owns it.
  static func with(_ target: Ticket.State) throws -> Floor {
    var floor = try Floor()
    let fields: TicketAction = .setFields(["period": "2026-10", "amount": "38"])
    switch target {
    case .new: break
    case .open: try floor.expectAccepted(.ticket(ticket, .claim))
    case .pending:
      try floor.expectAccepted(.ticket(ticket, .claim))
      try floor.expectAccepted(.ticket(ticket, .hold(reason: "等计费组", until: nil)))
    case .solved, .closed, .archived:
      try floor.expectAccepted(.ticket(ticket, .claim))
      try floor.expectAccepted(.ticket(ticket, fields))
      let closing = Closing(text: "已退", mode: .blank)
      try floor.expectAccepted(
        .ticket(
          ticket,
          target == .solved
            ? .solve(disposition: "refunded", closing) : .close(disposition: "refunded", closing)))
      // Nobody archives yet; the reducer must know the state all the same.
      if target == .archived {
        floor.state.tickets[ticket]?.state = .archived
        floor.state.write([
          .entry(
            TimelineEntry(
              id: "archived", ticket: ticket, at: floor.clock, author: .system,
              kind: .stateChanged(from: .closed, to: .archived)))
        ])
      }
    }
    return floor
  }

  mutating func operation(
    _ action: Action, by actor: AgentID = Floor.agent(.agent), basedOn: Int64? = nil
  ) -> Operation {
    count += 1
    clock = clock.advanced(seconds: 7)
    return Operation(
      id: OperationID("op-\(count)"), actor: actor, at: clock, basedOn: basedOn, action: action)
  }

  /// Runs it based on the newest version.
  mutating func run(_ action: Action, by actor: AgentID = Floor.agent(.agent)) throws -> Outcome {
    var version: Int64?
    if case .ticket(let id, _) = action { version = state.tickets[id]?.version }
    return try state.run(operation(action, by: actor, basedOn: version))
  }

  mutating func expectAccepted(_ action: Action, by actor: AgentID = Floor.agent(.agent)) throws {
    if case .refused(let refusal) = try run(action, by: actor) { throw refusal }
  }

  /// One of every action on a ticket, with arguments that are right for an open one.
  static func everyAction(_ floor: Floor) -> [TicketAction] {
    let closing = Closing(text: "已退 38 元", mode: .template, template: "t")
    let now = Timestamp(seconds: 1_790_100_000)
    return [
      .create(new(contact: nil)), .addContact("contact-2", .chat, message: "还没退"),
      .moveContact(contact, to: .ended, code: nil), .receive(message: "在吗", contact: nil), .claim, .release,
      .hold(reason: "等回单", until: now), .resume, .note("已核身"), .reply("正在查"), .strike("op-1-0"),
      .setFields(["period": "2026-10", "amount": "¥38"]), .setCategory("plans/up", zone: "plans"),
      .setPriority(.high), .setSubject("重复扣费"), .addTag("二次来电"), .removeTag("二次来电"),
      .transfer(zone: "plans", team: "care", agent: nil, note: "请接手"),
      .close(disposition: "refunded", closing), .solve(disposition: "refunded", closing),
      .reopen(reason: "客户说没到账"), .link(other, .related), .unlink(other), .merge(into: other), .absorb(other),
      .attach(
        Attachment(
          id: "file", ticket: ticket, name: "a.png", mediaType: "image/png", byteCount: 3, digest: "00")),
      .setReminder(Ticket.Reminder(at: now, text: "回访", agent: agent(.agent))), .remind(at: now),
      .setStep("verify", isDone: true), .markRead, .watch, .coach("先核对账单再退"),
      .raise(.escalation, .high, Reason("risk.escalation", ["word": "12315"])), .attend(.escalation),
      .unattend(.escalation), .clearCategory,
    ]
  }
}

/// What must hold of a ticket whatever was done to it.
func violations(of ticket: Ticket, in state: MemoryState) -> [String] {
  var found: [String] = []
  func check(_ isRight: Bool, _ rule: String) { if !isRight { found.append(rule) } }
  if ticket.state.isDone {
    check(
      ticket.mergedInto != nil || (ticket.closing != nil && ticket.disposition != nil),
      "a done ticket has a closing and a disposition, or was merged")
    check(ticket.solvedAt != nil, "a done ticket says when it was solved")
    check(ticket.waitingSince == nil, "nobody waits on a done ticket")
    check(ticket.pendingSince == nil, "a done ticket is not on hold")
    check(
      state.openContacts(of: ticket.id).isEmpty || ticket.state == .solved,
      "a closed ticket has no open contact")
  } else {
    check(ticket.closedAt == nil && ticket.solvedAt == nil, "an unfinished ticket has no time of finishing")
  }
  check(ticket.state != .new || ticket.owner == nil, "nobody owns a new ticket")
  check(
    !(ticket.state == .open || ticket.state == .pending) || ticket.owner != nil, "an open ticket has an owner"
  )
  check((ticket.pendingSince != nil) == (ticket.state == .pending), "only a pending ticket is on hold")
  check(ticket.mergedInto != ticket.id, "no ticket is merged into itself")
  let zone = state.zone(ticket.zone)
  check(ticket.fields.keys.allSatisfy { zone?.field($0) != nil }, "fields belong to the form of the zone")
  check(
    ticket.fields.allSatisfy { id, value in (try? zone?.field(id)?.canonical(value)) == value },
    "fields are in stored form")
  check(ticket.version >= 1, "versions begin at 1")
  check(ticket.updatedAt >= ticket.createdAt, "nothing is updated before it was made")
  var owner: AgentID?
  var ticketState: Ticket.State?
  for entry in state.entries(of: ticket.id) {
    if case .ownerChanged(let from, let to) = entry.kind {
      check(from == owner && from != to, "grants and releases alternate")
      owner = to
    }
    if case .stateChanged(let from, let to) = entry.kind {
      check(from == ticketState && from != to, "each state follows from the one before")
      ticketState = to
    }
  }
  check(owner == ticket.owner, "the timeline says who owns it")
  check(ticketState == ticket.state, "the timeline says in which state it is")
  return found
}
