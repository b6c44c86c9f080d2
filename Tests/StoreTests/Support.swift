import Domain
import Foundation
import Synchronization
import Testing

@testable import Store

/// A folder that is gone when the test ends.
final class TemporaryFolder: Sendable {
  let path: String

  /// In memory where the disk is not what is tried.
  init(inMemory: Bool = false) throws {
    let memory = "/dev/shm"
    let folder =
      inMemory && access(memory, W_OK) == 0
      ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
    path = folder.appendingPathComponent("agentdesk-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }
}

/// A clock that a test moves.
final class TestClock: Sendable {
  private let milliseconds: Atomic<Int64>

  init(_ start: Timestamp = Timestamp(seconds: 1_790_000_000)) { milliseconds = Atomic(start.milliseconds) }

  var now: Timestamp { Timestamp(milliseconds: milliseconds.load(ordering: .relaxed)) }

  func advance(milliseconds count: Int64) { milliseconds.add(count, ordering: .relaxed) }
  func advance(seconds count: Int64) { advance(milliseconds: count * 1000) }
}

enum Sample {
  static func text(_ text: String) -> LocalizedText { LocalizedText(chinese: text, english: text) }

  static func zone(_ id: ZoneID) -> Zone {
    Zone(
      id: id, name: text(id.text), skill: id.text, calendar: "always",
      fields: [
        FormField(id: "period", name: text("账期"), kind: .text, isRequired: true),
        FormField(id: "amount", name: text("金额"), kind: .money),
      ],
      steps: [Zone.Step(id: "verify", name: text("核身"))],
      dispositions: [Zone.Disposition(id: "refunded", name: text("已退费"))])
  }

  static func article(_ id: ArticleID, _ body: String = "正文") -> Article {
    Article(id: id, language: .chinese, title: id.text, body: body)
  }

  static func agent(_ id: AgentID, _ roles: Set<Role> = [.agent]) -> Agent {
    Agent(id: id, number: "1", name: text(id.text), team: "care", roles: roles)
  }

  static var configuration: ConfigurationSet {
    var set = ConfigurationSet()
    set.zones = [zone("billing"), zone("broadband"), zone("general")]
    set.categories = [
      Domain.Category(id: "bill", name: text("计费"), parent: nil, zone: nil),
      Domain.Category(id: "bill/double", name: text("重复扣费"), parent: "bill", zone: "billing"),
    ]
    set.templates = [
      ClosingTemplate(
        id: "any", zone: "billing", name: text("通用"), disposition: "refunded", text: text("已处理")),
      ClosingTemplate(
        id: "double", zone: "billing", name: text("重复扣费"), disposition: "refunded",
        categories: ["bill/double"], text: text("已退费")),
    ]
    set.articles = [article("roaming"), article("refund")]
    set.synonyms = [["退款", "退费"]]
    set.calendars = [
      WorkingCalendar(
        id: "always", timeZone: "Asia/Shanghai",
        weekdays: Array(repeating: [WorkingCalendar.Interval(start: 0, end: 86_400)], count: 7))
    ]
    set.teams = [Team(id: "care", name: text("计费班"))]
    set.agents = [
      agent("linxiao"), agent("chenyu"), agent("tangyue", [.agent, .lead]), agent("admin", [.admin]),
    ]
    return set
  }
}

/// A store in a folder of its own, with ways to make desks and operations.
final class TestStore: Sendable {
  let folder: TemporaryFolder
  let clock: TestClock
  let store: SharedStore
  let identifiers: IdentifierSource

  init(
    _ configuration: ConfigurationSet = Sample.configuration, seed: UInt64 = 1, inMemory: Bool = false
  ) throws {
    folder = try TemporaryFolder(inMemory: inMemory)
    let clock = TestClock()
    self.clock = clock
    let random = Mutex(SplitMix64(seed))
    identifiers = IdentifierSource(now: { clock.now }, random: { random.withLock { $0.next() } })
    store = try SharedStore.create(
      at: folder("team.store"), configuration: configuration, now: { clock.now }, wallClock: .china)
  }

  /// The same store, opened once more: as another process would.
  func reopened() throws -> SharedStore {
    let clock = clock
    return try SharedStore(path: store.path, now: { clock.now }, wallClock: .china)
  }

  func desk(
    _ agent: AgentID = "linxiao", replica: String? = nil, transport: (any StoreTransport)? = nil,
    store: (any StoreService)? = nil
  ) throws -> DeskConnection {
    let clock = clock
    return try DeskConnection(
      store: store ?? self.store, replica: Replica(path: folder(replica ?? "\(agent).replica")), agent: agent,
      transport: transport, now: { clock.now }, identifiers: identifiers)
  }

  func operation(_ actor: AgentID, _ action: Action, basedOn: Int64? = nil) -> Domain.Operation {
    Domain.Operation(
      id: identifiers.next(), actor: actor, at: clock.now, basedOn: basedOn, action: action)
  }

  func ticket(_ id: TicketID, _ action: TicketAction, by actor: AgentID = "linxiao", basedOn: Int64? = nil)
    -> Domain.Operation
  {
    operation(actor, .ticket(id, action), basedOn: basedOn)
  }
}

extension DeskConnection {
  /// A customer with a phone number.
  @discardableResult
  func makeCustomer(_ test: TestStore, _ name: String = "王晓芳", phone: String = "13812342071") throws
    -> CustomerID
  {
    let id: CustomerID = test.identifiers.next()
    let outcome = try submit(
      test.operation(
        agent,
        .customer(
          id,
          .create(
            Customer(id: id, name: name, city: "上海", address: "上海市徐汇区漕溪北路1号"),
            identities: [
              Identity(id: test.identifiers.next(), customer: id, kind: .phone, value: phone)
            ]))))
    try #require(outcome == .accepted)
    return id
  }

  @discardableResult
  func makeTicket(
    _ test: TestStore, customer: CustomerID, zone: ZoneID = "billing", subject: String = "多扣38元",
    message: String = "我上个月国际漫游包扣了两次", priority: Ticket.Priority = .normal
  ) throws -> TicketID {
    let id: TicketID = test.identifiers.next()
    let outcome = try submit(
      test.operation(
        agent,
        .ticket(
          id,
          .create(
            NewTicket(
              customer: customer, zone: zone, subject: subject, priority: priority, channel: .chat,
              contact: test.identifiers.next(), message: message)))))
    try #require(outcome == .accepted)
    return id
  }
}

/// Not the one of GRDB.
typealias Row = Store.Row

extension TestStore {
  /// A desk on a replica and a way to the store of the caller's own.
  func connection(
    store: SharedStore, replica: Replica, _ agent: AgentID, _ transport: (any StoreTransport)? = nil
  ) throws -> DeskConnection {
    let clock = clock
    return try DeskConnection(
      store: store, replica: replica, agent: agent, transport: transport, now: { clock.now },
      identifiers: identifiers)
  }
}

extension Replica {
  /// The sync mark without the age of the backup.
  func waiting() throws -> SyncStatus {
    var status = try status()
    status.backedUpAt = nil
    return status
  }
}
