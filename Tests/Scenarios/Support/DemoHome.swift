import Configuration
import Domain
import Foundation
import Store
import Terminal
import TestSupport
import Testing

/// A folder with a demo desk of its own, gone when the test ends.
///
/// The desk is generated once by the program itself and copied for each test, with a replica for each agent that tests use,
/// because filling one takes longer than most tests.
final class DemoHome {
  static let agents = ["linxiao", "chenyu"]
  /// Sees every zone, and belongs to nobody who sits at a desk here.
  private static let observer = AgentID("qianyi")

  let path: String

  init() throws { path = try Self.template.get().copied() }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var store: String { path + "/desk.store" }

  func replicas(of agent: String = "linxiao") -> String { Self.replicas(in: path, of: agent) }

  private static func replicas(in home: String, of agent: String) -> String {
    DeskPaths { $0 == "AGENTDESK_HOME" ? home : nil }.replicas(store: home + "/desk.store", agent: agent)
  }

  // MARK: - What the store holds

  /// Reads the store through a replica that follows it.
  func look<Result>(_ body: (Replica) throws -> Result) throws -> Result {
    try follow { connection, _ in try body(connection.replica) }
  }

  /// Waits until `read` answers with something: the screen says “saved” before the store has answered.
  @discardableResult
  func wait<Result>(
    for what: String, seconds: Double = PseudoTerminal.patience, _ read: (Replica) throws -> Result?
  ) throws -> Result {
    try follow { connection, changes in
      let limit = Date(timeIntervalSinceNow: seconds)
      while true {
        _ = try connection.synchronize()
        if let found = try read(connection.replica) { return found }
        guard Date() < limit else { throw Missing(what: what) }
        _ = changes.wait(timeout: .now() + 1)
      }
    }
  }

  struct Missing: Error, CustomStringConvertible {
    var what: String
    var description: String { "the store never had: \(what)" }
  }

  /// The ticket as soon as it is as wanted.
  @discardableResult
  func ticket(
    _ number: String, is what: String = "there", when holds: (TicketDetail) -> Bool = { _ in true }
  ) throws -> TicketDetail {
    try wait(for: "ticket \(number) that is \(what)") { replica in
      guard let id = try replica.ticket(number: number)?.id, let detail = try replica.ticketDetail(id),
        holds(detail)
      else { return nil }
      return detail
    }
  }

  /// Does something that nobody at the desks of the test does: what the customer writes, what a colleague changes.
  @discardableResult
  func act(_ action: Domain.Action, as actor: AgentID = Agent.system.id) throws -> Outcome {
    try follow { connection, _ in
      let outcome = try connection.submit(
        Domain.Operation(id: IdentifierSource().next(), actor: actor, at: .now, action: action))
      #expect(outcome == .accepted)
      return outcome
    }
  }

  private func follow<Result>(_ body: (DeskConnection, DispatchSemaphore) throws -> Result) throws -> Result {
    let store = try SharedStore(path: store)
    defer { store.close() }
    let replica = try Replica(path: path + "/observer.replica")
    let connection = try DeskConnection(store: store, replica: replica, agent: Self.observer)
    defer { connection.close() }
    let changes = DispatchSemaphore(value: 0)
    try connection.startWatching { _ in changes.signal() }
    return try body(connection, changes)
  }

  // MARK: - The template

  private struct Template: Sendable {
    let path: String

    func copied() throws -> String {
      let home = DemoHome.root + "/" + UUID().uuidString
      try FileManager.default.copyItem(atPath: path, toPath: home)
      for agent in DemoHome.agents {
        let target = DemoHome.replicas(in: home, of: agent)
        try FileManager.default.createDirectory(
          atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.moveItem(
          atPath: home + "/" + DemoHome.replicas(in: path, of: agent).dropFirst(path.count + 1),
          toPath: target)
      }
      return home
    }
  }

  /// Everything of this run lies below one folder that goes with the process.
  static let root: String = {
    let path = NSTemporaryDirectory() + "agentdesk-scenarios-\(getpid())"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: DemoHome.root) }
    return path
  }()

  private static let template = Result {
    let home = root + "/template"
    for agent in agents {
      let desk = try Desk(home: home, arguments: ["--demo", "--agent", agent])
      try desk.sees("待接", seconds: 120)
      try desk.quit()
    }
    let store = try SharedStore(path: home + "/desk.store")
    defer { store.close() }
    try DeskConnection(store: store, replica: Replica(path: home + "/observer.replica"), agent: observer)
      .close()
    return Template(path: home)
  }
}
