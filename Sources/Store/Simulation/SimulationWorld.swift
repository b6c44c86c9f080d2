import Domain
import Glibc
import Synchronization

import class Foundation.FileManager
import func Foundation.NSTemporaryDirectory
import struct Foundation.UUID

/// The files that every run begins with, made once: a store with one customer and three tickets, and replicas of it. A run copies
/// them, because making tables and filling replicas would take most of its time.
package final class SimulationWorld: Sendable {
  static let desks: [(agent: AgentID, replica: String)] = [
    ("linxiao", "desk-0.replica"), ("chenyu", "desk-1.replica"), ("tangyue", "desk-2.replica"),
    ("linxiao", "desk-3.replica"),
  ]
  static let customer: CustomerID = "c1"
  static let tickets: [TicketID] = ["t1", "t2", "t3"]
  /// Two lines of 38.00.
  static let bill: BillID = "b1"

  let folder: String
  /// Operations that the template holds.
  let operations: Int

  /// - Parameter folder: where runs put their files; in memory where the disk is not what is tried.
  package init(in folder: String? = nil) throws {
    let parent = folder ?? (access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NSTemporaryDirectory())
    self.folder = "\(parent)/agentdesk-simulation-\(UUID().uuidString)"
    let template = self.folder + "/template"
    try StoreFile.makeFolder(template)
    let clock = SimulationClock()
    let random = Mutex(SplitMix64(1))
    let identifiers = IdentifierSource(now: { clock.now }, random: { random.withLock { $0.next() } })
    let store = try SharedStore.create(
      at: template + "/team.store", id: "simulation", configuration: Self.configuration, now: { clock.now },
      wallClock: .china)
    let operations = Self.opening.enumerated().map { index, action in
      Operation(
        id: OperationID("opening-\(index)"),
        actor: action.aggregate == .customer(Self.customer) ? "admin" : "tangyue",
        at: clock.now, action: action)
    }
    self.operations = operations.count
    let envelopes = try operations.enumerated().map { index, operation in
      try Envelope(store: store.id, desk: "opening", sequence: Int64(index + 1), operation: operation)
    }
    let reply = try store.push(PushRequest(store: store.id, epoch: 1, envelopes: envelopes))
    guard reply.answers.allSatisfy({ $0.outcome == .accepted }) else {
      throw SimulationViolation("the template cannot be made: \(reply.answers)")
    }
    for (agent, name) in Self.desks {
      let replica = try Replica(path: "\(template)/\(name)")
      try DeskConnection(
        store: store, replica: replica, agent: agent, now: { clock.now }, identifiers: identifiers
      ).close()
    }
    store.close()
    for name in try FileManager.default.contentsOfDirectory(atPath: template)
    where !name.hasSuffix(".store") && !name.hasSuffix(".replica") {
      unlinkFile("\(template)/\(name)")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A folder of its own for one run.
  func files(for seed: UInt64) throws -> String {
    let place = "\(folder)/\(seed)-\(UUID().uuidString.prefix(8))"
    try FileManager.default.copyItem(atPath: folder + "/template", toPath: place)
    return place
  }

  private static let opening: [Action] =
    [
      .customer(
        customer,
        .create(
          Customer(id: customer, name: "王晓芳", city: "上海", address: "上海市徐汇区漕溪北路1号"),
          identities: [Identity(id: "i1", customer: customer, kind: .phone, value: "13812342071")])),
      .customer(
        customer,
        .importRecords(
          products: [], orders: [],
          bills: [
            Bill(
              id: bill, number: "B1", customer: customer, period: "2026-10",
              lines: [1, 2].map {
                Bill.Line(
                  title: "国际漫游包", amount: Money(cents: 3800),
                  chargedOn: CivilDate(daysSinceEpoch: 20_000 + $0))
              })
          ])),
    ]
    + tickets.map {
      .ticket(
        $0,
        .create(
          NewTicket(
            customer: customer, zone: "billing", subject: "多扣38元", channel: .chat,
            contact: ContactID("contact-\($0)"), message: "我上个月国际漫游包扣了两次")))
    }

  private static var configuration: ConfigurationSet {
    func text(_ text: String) -> LocalizedText { LocalizedText(chinese: text, english: text) }
    var set = ConfigurationSet()
    set.zones = ["billing", "general"].map { (id: ZoneID) in
      Zone(
        id: id, name: text(id.text), skill: id.text, calendar: "always",
        fields: [
          FormField(id: "period", name: text("账期"), kind: .text),
          FormField(id: "amount", name: text("金额"), kind: .money),
        ], dispositions: [Zone.Disposition(id: "refunded", name: text("已退费"))])
    }
    set.calendars = [
      WorkingCalendar(
        id: "always", timeZone: "Asia/Shanghai",
        weekdays: Array(repeating: [WorkingCalendar.Interval(start: 0, end: 86_400)], count: 7))
    ]
    set.teams = [Team(id: "care", name: text("计费班"))]
    set.agents = [
      ("linxiao", [.agent]), ("chenyu", [.agent]), ("tangyue", [.agent, .lead]), ("admin", [.admin]),
    ]
    .map { (id: AgentID, roles: Set<Role>) in
      Agent(id: id, number: "1", name: text(id.text), team: "care", roles: roles)
    }
    set.refunds = RefundRules(
      limits: [
        .agent: RefundRules.Limit(refund: Money(cents: 1000), day: Money(cents: 4000)),
        .lead: RefundRules.Limit(refund: Money(cents: 3000), day: Money(cents: 20_000)),
      ], withdrawSeconds: 60)
    return set
  }
}
