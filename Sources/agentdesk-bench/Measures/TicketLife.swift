import CFloor
import Domain
import Foundation
import Store

/// The life of a ticket, step by step, each one durable before the next begins.
struct TicketLife: Codable {
  enum Way: String, CaseIterable {
    /// Straight to the shared store: ledger, reducer, one FULL transaction.
    case store
    /// As a desk does it: saved in the replica's outbox, sent, answered, pulled back, indexed for search.
    case desk
  }

  /// Milliseconds of each ticket's step.
  var create: [Double] = []
  var note: [Double] = []
  var claim: [Double] = []
  var close: [Double] = []
  /// Milliseconds of processor time a ticket.
  var processor: Double = 0

  private enum CodingKeys: String, CodingKey {
    case create, note, claim, close
    case processor = "cpu_ms"
  }

  /// Milliseconds of each whole life.
  var whole: [Double] { create.indices.map { create[$0] + note[$0] + claim[$0] + close[$0] } }

  mutating func append(_ other: TicketLife) {
    let count = Double(create.count)
    let more = Double(other.create.count)
    if count + more > 0 { processor = (processor * count + other.processor * more) / (count + more) }
    create += other.create
    note += other.note
    claim += other.claim
    close += other.close
  }

  /// The same rows in plain C.
  static func floor(at path: String, tickets: Int) throws -> TicketLife {
    var life = TicketLife()
    life.create = Array(repeating: 0, count: tickets)
    (life.note, life.claim, life.close) = (life.create, life.create, life.create)
    let before = processorMilliseconds()
    let failure = floor_ticket_life(path, Int32(tickets), &life.create, &life.note, &life.claim, &life.close)
    guard failure == 0 else { throw BenchProblem.floor(failure) }
    life.processor = (processorMilliseconds() - before) / Double(max(1, tickets))
    return life
  }

  /// In a store that is made at `path`, which must not exist.
  static func measured(at path: String, tickets: Int, through way: Way) throws -> TicketLife {
    let configuration = try Place.configuration()
    let agent = try configuration.worker()
    let store = try SharedStore.create(at: path, configuration: configuration)
    defer { store.close() }
    switch way {
    case .store:
      var desk = StoreDesk(store, name: "bench")
      return try lives(
        tickets, agent: agent, configuration, version: { _ in try store.newestVersion() },
        perform: { try desk.push($0) })
    case .desk:
      let connection = try DeskConnection(
        store: store, replica: try Replica(path: path + ".replica"), agent: agent.id)
      defer { connection.close() }
      return try lives(
        tickets, agent: agent, configuration, version: { try connection.replica.ticket($0)?.version },
        perform: { try connection.submit($0) })
    }
  }

  private static func lives(
    _ tickets: Int, agent: Agent, _ configuration: ConfigurationSet,
    version: (TicketID) throws -> Int64?, perform: (Domain.Operation) throws -> Outcome
  ) throws -> TicketLife {
    let identifiers = IdentifierSource()
    func run(_ action: Action, by actor: AgentID, basedOn: Int64? = nil) throws {
      let operation = Domain.Operation(
        id: identifiers.next(), actor: actor, at: .now, basedOn: basedOn, action: action)
      if case .refused(let refusal) = try perform(operation) { throw BenchProblem.refused(refusal) }
    }
    let customer: CustomerID = identifiers.next()
    try run(
      .customer(
        customer,
        .create(
          Customer(id: customer, name: "王慧芳"),
          identities: [
            Identity(id: identifiers.next(), customer: customer, kind: .phone, value: "13800002071")
          ])), by: Agent.system.id)
    let zone = try Self.zone(configuration)
    var life = TicketLife()
    let before = processorMilliseconds()
    for _ in 0..<tickets {
      let id: TicketID = identifiers.next()
      let new = NewTicket(
        customer: customer, zone: zone.id, subject: "退款一直没有到账 Refund has not arrived",
        channel: .chat, contact: identifiers.next(), message: message,
        fields: ["topic": "退款进度", "remedy": "inquiry"])
      life.create.append(try elapsed { try run(.ticket(id, .create(new)), by: agent.id) })
      life.note.append(try elapsed { try run(.ticket(id, .note(note)), by: agent.id) })
      life.claim.append(try elapsed { try run(.ticket(id, .claim), by: agent.id) })
      // A close says which version the person saw; reading it is no part of the step.
      let seen = try version(id)
      life.close.append(
        try elapsed {
          try run(
            .ticket(id, .close(disposition: zone.dispositions[0].id, Closing(text: closing, mode: .blank))),
            by: agent.id, basedOn: seen)
        })
    }
    life.processor = (processorMilliseconds() - before) / Double(max(1, tickets))
    return life
  }

  private static func zone(_ configuration: ConfigurationSet) throws -> Zone {
    guard let zone = configuration.zones.first(where: { $0.id == "general" }) else {
      throw BenchProblem.noResources
    }
    return zone
  }

  private static let message =
    "三天前客服说退我 38 元，现在还没有到账，请帮我查一下是退到哪里了，订单页面一直显示处理中。"
    + "I was told three days ago that 38.00 would come back. It has not. Please tell me where it went and when."
  private static let note =
    "客户来电反映问题，已核对身份信息并确认订单号，已联系相关部门处理，预计两个工作日内回复。"
    + "Customer called, identity verified, order number confirmed, escalated to the responsible team."
  private static let closing =
    "尊敬的客户，您好！您反馈的问题已处理完毕，退款将在三个工作日内原路返回，感谢您的耐心等待。"
    + "Dear customer, your issue has been resolved; the refund arrives within three working days."
}

/// A desk without a replica: it counts its operations and sends them one by one.
struct StoreDesk {
  let store: SharedStore
  let name: String
  private var sequence: Int64 = 0

  init(_ store: SharedStore, name: String) {
    self.store = store
    self.name = name
  }

  mutating func push(_ operation: Domain.Operation) throws -> Outcome {
    sequence += 1
    let envelope = try Envelope(store: store.id, desk: name, sequence: sequence, operation: operation)
    let reply = try store.push(PushRequest(store: store.id, epoch: 1, envelopes: [envelope]))
    return reply.answers.first?.outcome ?? .refused(.ticketMissing)
  }
}

extension SharedStore {
  /// The version of the ticket that was written last.
  fileprivate func newestVersion() throws -> Int64? {
    let reply = try pull(
      PullRequest(
        store: id, epoch: 1, schema: Domain.Operation.currentSchema, scope: .everything,
        cursor: try revision() - 1, limit: 1))
    return reply.items.lazy.compactMap { item -> Int64? in
      guard case .ticket(let ticket) = item.row else { return nil }
      return ticket.version
    }.first
  }
}

extension TicketLife {
  /// Ours beside the floor; rounds alternate, so that a busy moment meets all of them.
  static func report(tickets: Int, rounds: Int, command: String) throws -> Report {
    try Place.withTemporaryFolder { folder in
      var report = Report("Ticket life", command: command, sync: Machine.syncFloor(in: folder))
      var floor = TicketLife()
      var ours: [Way: TicketLife] = [:]
      for round in 0..<rounds {
        floor.append(try .floor(at: "\(folder)/floor-\(round)", tickets: tickets))
        for way in Way.allCases {
          let life = try measured(at: "\(folder)/\(way)-\(round).store", tickets: tickets, through: way)
          ours[way, default: TicketLife()].append(life)
        }
      }
      let store = ours[.store] ?? TicketLife()
      let desk = ours[.desk] ?? TicketLife()
      let steps: [(String, KeyPath<TicketLife, [Double]>)] = [
        ("create", \.create), ("note", \.note), ("claim", \.claim), ("close", \.close),
      ]
      for (name, path) in steps {
        report.add(
          "\(name), shared store, p50", floor: Samples(floor[keyPath: path]).p50,
          Samples(store[keyPath: path]).p50)
      }
      let best = Samples(floor.whole)
      report.add(
        "whole life, shared store, p50", floor: best.p50, Samples(store.whole).p50, target: 1.5)
      report.add("whole life, shared store, p99", floor: best.p99, Samples(store.whole).p99)
      report.add("whole life, whole desk, p50", floor: best.p50, Samples(desk.whole).p50)
      report.add("whole life, whole desk, p99", floor: best.p99, Samples(desk.whole).p99)
      report.add("processor time, shared store", "ms a ticket", floor: floor.processor, store.processor)
      report.add("processor time, whole desk", "ms a ticket", floor: floor.processor, desk.processor)
      report.remarks = [
        "Shared store: ledger, reducer, one FULL transaction a step. Whole desk: saved in the outbox of the replica (FULL as "
          + "well), sent, answered, pulled back and indexed for search, two durable transactions a step. Floor: the rows "
          + "of the shared store written by plain C."
      ]
      return report
    }
  }
}
