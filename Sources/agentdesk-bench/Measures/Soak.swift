import Configuration
import Domain
import FaultSupport
import Foundation
import Store

/// Desks and a server as real processes for a while: one of them is ended by force every few seconds and begins again, the
/// log is copied back, backups are made, and in the middle the store is restored from the last one.
struct Soak {
  struct Result: Encodable {
    var seconds: Double
    var desks: Int
    var kills: Int
    var backups: Int
    var checkpoints: Int
    var restores: Int
    /// Operations that desks said were saved.
    var saved: Int
    /// Operations in the ledger at the end.
    var ledger: Int
    var files: Int
    var grants: Int
    var doubleGrants: Int
    var doubled: Int
    var lost: Int
    var violations: Int
    var violation: String?
    /// From a claim to its answer.
    var p50Ms: Double
    var p99Ms: Double
    var maxMs: Double
    /// Until a desk may say "saved".
    var savedP50Ms: Double
    var savedP99Ms: Double
    var savedMaxMs: Double
    var walMaxBytes: Int64

    enum CodingKeys: String, CodingKey {
      case seconds, desks, kills, backups, checkpoints, restores, saved, ledger, files, grants, doubled, lost
      case violations, violation
      case doubleGrants = "double_grants"
      case p50Ms = "p50_ms"
      case p99Ms = "p99_ms"
      case maxMs = "max_ms"
      case savedP50Ms = "saved_p50_ms"
      case savedP99Ms = "saved_p99_ms"
      case savedMaxMs = "saved_max_ms"
      case walMaxBytes = "wal_max_bytes"
    }
  }

  let folder: String
  let seconds: Double
  let killEvery: Double
  let desks: Int
  let tickets: Int
  let pause: UInt32
  let isServed: Bool

  func run() throws -> Result {
    let agents = try makeStore()
    var options = FaultFleet.Options()
    options.desks = desks
    options.tickets = tickets
    options.isServed = isServed
    options.pause = pause
    options.environment = [
      "AGENTDESK_HOME": folder + "/home", "AGENTDESK_RESOURCES": try Place.resources(),
      "AGENTDESK_LANG": "en",
    ]
    let own = ResourceLocator.executable ?? CommandLine.arguments[0]
    let fleet = FaultFleet(
      folder: folder, journals: folder + "/journals", agents: agents,
      programs: FaultFleet.Programs(desk: [own, "soak-desk"], agentdesk: try Place.program()),
      options: options)
    try fleet.start()
    let begun = monotonicMilliseconds()
    var state = State()
    while monotonicMilliseconds() - begun < seconds * 1000 {
      fleet.wait(milliseconds: UInt32(killEvery * 500)...UInt32(killEvery * 1500))
      state.ended += try fleet.startMissing()
      try fleet.killOne()
      try care(fleet, &state, at: (monotonicMilliseconds() - begun) / 1000 / seconds)
    }
    let elapsed = (monotonicMilliseconds() - begun) / 1000
    fleet.killAll()
    var report = try fleet.check()
    if state.ended > 0 { report.violations.append("\(state.ended) processes ended by themselves") }
    return try result(fleet, state, report, seconds: elapsed)
  }

  private func makeStore() throws -> [AgentID] {
    for name in ["journals", "home"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    let configuration = try Place.configuration()
    let agents = configuration.agents.filter { $0.has(.work) }.map(\.id)
    guard let agent = agents.first, let zone = configuration.zones.first?.id else {
      throw BenchProblem.noAgent
    }
    let store = try SharedStore.create(at: folder + "/team.store", configuration: configuration)
    defer { store.close() }
    try FaultWorld.fill(store, tickets: tickets, zone: zone, by: agent)
    return agents
  }

  private struct State {
    var backups = 0
    var restores = 0
    var checkpoints = 0
    /// Processes that ended though nobody ended them.
    var ended = 0
    var walMax: Int64 = 0
  }

  private var backup: String { folder + "/backup.store" }

  /// - Parameter part: of the whole time, 0 to 1.
  private func care(_ fleet: FaultFleet, _ state: inout State, at part: Double) throws {
    let log = Self.size(fleet.store + "-wal")
    state.walMax = max(state.walMax, log)
    let store = try SharedStore(path: fleet.store)
    store.checkpointIfIdle()
    if Self.size(fleet.store + "-wal") < log { state.checkpoints += 1 }
    // Ten backups, evenly; the one that is restored is as old as they are apart.
    if Int(part * 10) >= state.backups {
      try store.backUp(to: backup)
      state.backups += 1
    }
    store.close()
    if part >= 0.55, state.restores == 0 {
      if isServed { _ = fleet.stopServer() }
      _ = try StoreRestore(backup: backup, to: fleet.store, isReplacing: true).run()
      state.restores += 1
      if isServed { try fleet.startServer() }
    }
  }

  private static func size(_ path: String) -> Int64 {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int64(facts.st_size) : 0
  }

  private func result(
    _ fleet: FaultFleet, _ state: State, _ report: FaultCheck.Report, seconds: Double
  ) throws -> Result {
    var (claims, saves) = (Samples(), Samples())
    for desk in fleet.desks {
      for fact in try FaultJournal.facts(of: desk.journal) {
        switch fact {
        case .claimed(let milliseconds): claims.append(milliseconds)
        case .written(let milliseconds): saves.append(milliseconds)
        default: break
        }
      }
    }
    return Result(
      seconds: seconds, desks: desks, kills: fleet.kills, backups: state.backups,
      checkpoints: state.checkpoints, restores: state.restores, saved: report.saved, ledger: report.ledger,
      files: report.kept, grants: report.grants, doubleGrants: report.doubleGrants, doubled: report.doubled,
      lost: report.lost, violations: report.violations.count, violation: report.violations.first,
      p50Ms: claims.p50 ?? 0, p99Ms: claims.p99 ?? 0, maxMs: claims.quantile(1) ?? 0,
      savedP50Ms: saves.p50 ?? 0, savedP99Ms: saves.p99 ?? 0, savedMaxMs: saves.quantile(1) ?? 0,
      walMaxBytes: state.walMax)
  }
}
