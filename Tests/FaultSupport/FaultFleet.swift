import Domain
import Foundation
import Store

/// Desks, each in a process of its own, at one store: straight at its file, or at a server in another process. They are ended by
/// force and begin again.
package final class FaultFleet {
  package struct Programs: Sendable {
    /// The desk; its arguments are added.
    package var desk: [String]
    package var agentdesk: String

    package init(desk: [String], agentdesk: String) {
      self.desk = desk
      self.agentdesk = agentdesk
    }
  }

  package struct Options: Sendable {
    package var desks = 3
    package var tickets = 4
    package var isServed = false
    /// Microseconds between two operations of a desk.
    package var pause: UInt32 = 1000
    package var seed: UInt64 = 1
    /// Added to the environment of desks and server.
    package var environment: [String: String] = [:]

    package init() {}
  }

  package let store: String
  package let desks: [FaultCheck.Desk]
  package private(set) var kills = 0
  private let folder: String
  private let programs: Programs
  private let options: Options
  private let agents: [AgentID]
  private var random: SplitMix64
  private var running: [FaultProcess?]
  private var server: FaultProcess?
  private var begun: UInt64 = 0

  /// - Parameters:
  ///   - folder: where the store is, as `team.store`; replicas go there too.
  ///   - journals: a folder that no fault reaches.
  package init(
    folder: String, journals: String, agents: [AgentID], programs: Programs, options: Options
  ) {
    self.folder = folder
    self.programs = programs
    self.options = options
    self.agents = agents
    store = folder + "/team.store"
    random = SplitMix64(options.seed)
    running = Array(repeating: nil, count: options.desks)
    desks = (0..<options.desks).map { number in
      FaultCheck.Desk(
        replica: "\(folder)/desk-\(number).replica", journal: "\(journals)/desk-\(number).journal",
        agent: agents[number % agents.count])
    }
  }

  deinit {
    for process in running + [server] { process?.kill() }
  }

  package var socket: String { folder + "/sock" }
  private var address: String { options.isServed ? "unix:" + socket : "file:" + store }
  /// What the processes said on standard error.
  package var words: String { (desks[0].journal as NSString).deletingLastPathComponent + "/words" }

  package func start() throws {
    if options.isServed { try startServer() }
    for number in desks.indices { try startDesk(number) }
  }

  package func startServer() throws {
    server = try FaultProcess(
      [programs.agentdesk, "store", "serve", "--store", "file:" + store, "--socket", socket],
      environment: options.environment, words: words)
    try FaultProcess.waitForServer(socket)
  }

  package func stopServer() -> Int32? {
    defer { server = nil }
    return server?.stop()
  }

  private func startDesk(_ number: Int) throws {
    begun += 1
    var desk = FaultDesk(
      address: address, replica: desks[number].replica, journal: desks[number].journal,
      agent: desks[number].agent)
    desk.tickets = options.tickets
    desk.seed = options.seed &* 1000 &+ begun
    desk.pause = options.pause
    running[number] = try FaultProcess(
      programs.desk + desk.arguments, environment: options.environment, words: words)
  }

  /// One of them, the server too, ends by force and begins again.
  package func killOne() throws {
    let victim = random.below(desks.count + (options.isServed ? 1 : 0))
    kills += 1
    if victim == desks.count {
      server?.kill()
      try startServer()
    } else {
      running[victim]?.kill()
      try startDesk(victim)
    }
  }

  /// Begins again what ended by itself: nothing may, without faults of the disk.
  package func startMissing() throws -> Int {
    var count = 0
    if options.isServed, server?.isRunning == false {
      try startServer()
      count += 1
    }
    for number in desks.indices where running[number]?.isRunning == false {
      try startDesk(number)
      count += 1
    }
    return count
  }

  /// All of them at once, as a power cut does; nothing begins again.
  package func killAll() {
    for process in running { process?.kill() }
    server?.kill()
    running = Array(repeating: nil, count: desks.count)
    server = nil
    kills += 1
  }

  package func check() throws -> FaultCheck.Report {
    try FaultCheck(store: store, desks: desks, tickets: options.tickets).run()
  }

  /// What all desks together have said to be saved, since the beginning.
  package func saved() throws -> Int {
    try desks.reduce(0) { count, desk in
      try count
        + FaultJournal.facts(of: desk.journal).count { if case .saved = $0 { true } else { false } }
    }
  }

  /// Waits until so much more is saved: a busy machine takes longer, and a campaign that kills too early tries nothing.
  package func waitUntilSaved(_ more: Int, seconds: Double = 120) throws {
    let goal = try saved() + more
    let limit = milliseconds() + seconds * 1000
    while try saved() < goal {
      guard milliseconds() < limit else { throw FaultProblem("nothing more is saved in \(seconds) s") }
      usleep(10_000)
    }
  }

  /// Waits, by chance, between two moments.
  package func wait(milliseconds range: ClosedRange<UInt32>) {
    usleep(UInt32.random(in: range, using: &random) * 1000)
  }
}
