import Configuration
import DemoWorld
import Domain
import Foundation
import Store

/// A generated store with a filled replica, made once and kept: a million tickets take minutes.
struct DemoStore {
  enum Kind: String, CaseIterable {
    /// As a floor looks: most tickets are done.
    case usual
    /// Every ticket waits: the queue itself is as long as the store.
    case waiting
  }

  let folder: String
  let tickets: Int
  let kind: Kind
  let agent: Agent

  var store: String { folder + "/desk.store" }
  var replica: String { folder + "/desk.replica" }
  private var made: String { folder + "/made.json" }

  private struct Made: Codable {
    var now: Timestamp
    var secondsToGenerate: Double
    var secondsToFill: Double
    var bytesOfStore: Int64
    var bytesOfReplica: Int64
    /// Numbers of tickets, old and new, for whoever looks one up.
    var numbers: [String]
    /// The head of the agent's queue.
    var waiting: [TicketID]
  }

  /// Opens the one in `cache`, or makes it.
  init(tickets: Int, kind: Kind = .usual, cache: String) throws {
    self.tickets = tickets
    self.kind = kind
    folder = "\(cache)/\(kind.rawValue)-\(tickets)"
    let configuration = try Place.configuration()
    agent = try configuration.worker()
    guard !FileManager.default.fileExists(atPath: made) else { return }
    try? FileManager.default.removeItem(atPath: folder)
    try generate(configuration)
  }

  private func world(_ configuration: ConfigurationSet, now: Timestamp) throws -> DemoWorld {
    let options = DemoOptions(
      seed: 1, tickets: tickets, now: now, openShare: kind == .waiting ? 1 : nil,
      maximumWaiting: kind == .waiting ? tickets : 2000)
    return try DemoWorld(
      options, material: ResourceFolder(Place.resources()).loadDemoMaterial(), configuration: configuration)
  }

  private func generate(_ configuration: ConfigurationSet) throws {
    Place.say("generating \(tickets) tickets (\(kind.rawValue)); this is done once")
    let now = Timestamp.now
    let world = try world(configuration, now: now)
    let generating = try elapsed {
      let store = try SharedStore.create(at: store, purpose: .demo, configuration: configuration)
      defer { store.close() }
      try store.bulkLoad(world.batches().lazy.map(\.changes))
    }
    let filling = try elapsed {
      let store = try SharedStore(path: store)
      defer { store.close() }
      let connection = try DeskConnection(
        store: store, replica: try Replica(path: replica), agent: agent.id)
      connection.close()
    }
    let (numbers, waiting) = try tour()
    let record = Made(
      now: now, secondsToGenerate: generating / 1000, secondsToFill: filling / 1000,
      bytesOfStore: size(store), bytesOfReplica: size(replica),
      numbers: numbers, waiting: waiting)
    Place.say(
      "generated in \(Int(generating / 1000)) s, replica filled in \(Int(filling / 1000)) s")
    try Data(JSON.text(record).utf8).write(to: URL(fileURLWithPath: made))
  }

  private func tour() throws -> (numbers: [String], waiting: [TicketID]) {
    let replica = try Replica(path: replica)
    defer { replica.close() }
    func rows(_ scope: QueueQuery.Scope, _ edge: QueueRequest.Edge, _ limit: Int) throws -> [QueueRow] {
      let query = QueueQuery(scope: scope, zones: agent.zones)
      return try replica.queuePage(QueueRequest(query: query, edge: edge, limit: limit)).rows
    }
    let waiting = try rows(.waiting, .first, 200)
    let others = try rows(.done, .first, 40) + rows(.done, .last, 40)
    return (
      (others + waiting.prefix(40)).compactMap(\.number).enumerated().filter { $0.offset % 4 == 0 }
        .map(\.element),
      waiting.map(\.id)
    )
  }

  private func size(_ path: String) -> Int64 {
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    return (facts?[.size] as? NSNumber)?.int64Value ?? 0
  }

  private func record() throws -> Made {
    try JSONDecoder().decode(Made.self, from: Data(contentsOf: URL(fileURLWithPath: made)))
  }

  func numbers() throws -> [String] { try record().numbers }
  func waitingTickets() throws -> [TicketID] { try record().waiting }

  /// A sentence for the report.
  func remark() throws -> String {
    let record = try record()
    return
      "\(tickets) tickets: generated in \(Int(record.secondsToGenerate)) s, replica and search filled in "
      + "\(Int(record.secondsToFill)) s, store \(record.bytesOfStore >> 20) MiB, "
      + "replica \(record.bytesOfReplica >> 20) MiB."
  }

  /// What people would look for, taken from the generator: names, phones, orders and bills of the first customers.
  func wanted() throws -> Wanted {
    let world = try world(Place.configuration(), now: record().now)
    var wanted = Wanted()
    for batch in world.batches() {
      for change in batch.changes {
        switch change {
        case .customer(let customer): wanted.names.append(customer.name)
        case .identity(let identity) where identity.kind == .phone: wanted.phones.append(identity.value)
        case .order(let order): wanted.orders.append(order.number)
        case .bill(let bill): wanted.bills.append(bill.number)
        default: break
        }
      }
      if wanted.names.count >= min(2000, world.customerCount) { break }
    }
    return wanted
  }

  struct Wanted {
    var names: [String] = []
    var phones: [String] = []
    var orders: [String] = []
    var bills: [String] = []
  }
}
