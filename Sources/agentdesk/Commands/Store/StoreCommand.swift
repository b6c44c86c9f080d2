import ArgumentParser
import Configuration
import DemoWorld
import Desk
import Domain
import Store

struct StoreCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words(
      "store", "group.store",
      subcommands: [
        StoreInit.self, StoreStatus.self, StoreBackupCommand.self, StoreRestoreCommand.self,
        StoreCheckCommand.self, StoreShell.self, StoreAudit.self, StoreServe.self, StoreConnect.self,
        StoreAuthorize.self, StoreCompact.self, StoreMigrate.self, StoreIndexCommand.self,
        StoreKey.self,
      ])
  }
}

struct StoreInit: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("init", "store.init") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("store.path", value: "path"), completion: .file()) var path: String
  @Flag(help: .words("store.demo")) var demo = false
  @Option(help: .words("store.tickets", value: "n")) var tickets = 400
  @Option(help: .words("store.seed", value: "n")) var seed: UInt64 = 1
  @Option(help: .words("store.resources", value: "folder"), completion: .directory) var from: String?

  func perform(_ context: CommandContext) throws {
    guard (0...10_000_000).contains(tickets) else {
      throw CommandFailure.invalid(option: "--tickets", value: String(tickets), allowed: ["0 … 10000000"])
    }
    let path = try StoreLocation.file(at: self.path)
    let folder = from ?? context.resources
    let started = Timestamp.now
    if demo {
      let progress = ProgressBar(context.strings("cli.progress.demo"), strings: context.strings)
      try DemoDesk.create(
        at: path, resources: folder,
        options: DemoOptions(seed: seed, tickets: tickets, now: .now, clock: .local),
        progress: progress.show)
      progress.end()
    } else {
      try SharedStore.create(at: path, configuration: ResourceFolder(folder).load()).close()
    }
    let store = try SharedStore(path: path)
    defer { store.close() }
    try store.makeAdminKey()
    let seconds = Double(Timestamp.now - started) / 1000
    if context.output.isJSON {
      context.output.put([
        "store": .text("file:\(path)"), "id": .text(store.id), "purpose": .text(store.purpose.rawValue),
        "revision": JSON(try store.revision()), "seconds": .real(seconds),
      ])
    } else {
      context.output.say(context.strings("cli.store.made", ["path": path]))
    }
  }
}

struct StoreStatus: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("status", "store.status") }

  @OptionGroup var global: GlobalOptions

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk(needsAgent: false)
    defer { desk.close() }
    let counts = try desk.replica.queueCounts(
      agent: desk.agent.id, zones: [])
    let served = try (desk.store as? RemoteStore)?.serverStatus()
    let indexed = served == nil ? (desk.store as? SharedStore)?.indexedRevision() : served?.indexedRevision
    let backup = try served?.backedUpAt ?? (desk.store as? SharedStore)?.lastBackup()?.at
    var facts: [(key: String, value: JSON)] = [
      ("store", .text(try context.storeLocation().description)), ("id", .text(desk.store.id)),
      ("purpose", .text(desk.store.purpose.rawValue)), ("revision", JSON(try desk.store.revision())),
      ("agent", JSON(desk.sitter?.id.text)), ("waiting", JSON(counts.waiting)), ("open", JSON(counts.open)),
      ("pending", JSON(counts.pending)), ("done", JSON(counts.done)),
      ("backed_up_at", Moments.json(backup)),
      ("backup_age_s", JSON(backup.map { max(0, (Timestamp.now - $0) / 1000) })),
      ("index_revision", JSON(indexed)),
    ]
    if let served { facts += Self.counters(served) }
    if desk.output.isJSON {
      desk.output.put(.object(facts.map { JSON.Pair($0.key, $0.value) }))
    } else {
      for fact in facts where fact.value != .null {
        desk.output.say(
          "\(desk.strings("cli.fact.\(fact.key)")): \(fact.value.text ?? fact.value.description)")
      }
    }
  }

  /// Of a served store; all of them in JSON.
  private static func counters(_ status: ServerStatus) -> [(key: String, value: JSON)] {
    let counters: [(key: String, value: JSON)] = [
      ("connections", JSON(status.connections)), ("desks", JSON(status.desks)),
      ("operations", JSON(status.operations)), ("commits", JSON(status.commits)),
      ("failed_commits", JSON(status.failedCommits)), ("fault", JSON(status.fault)),
      ("largest_batch", JSON(status.largestBatch)), ("accepted", JSON(status.accepted)),
      ("refused", JSON(status.refused)), ("dropped", JSON(status.dropped)), ("frames", JSON(status.frames)),
      ("pulls", JSON(status.pulls)), ("cached_pulls", JSON(status.cachedPulls)),
      ("in_hand", JSON(status.waiting)),
      ("uptime_s", JSON(status.uptime)), ("is_steward", JSON(status.isSteward)),
      ("timed_work", JSON(status.timedWork)),
      ("program", .text(status.program)),
    ]
    return counters
  }
}
