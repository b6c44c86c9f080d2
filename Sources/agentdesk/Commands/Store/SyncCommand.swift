import ArgumentParser
import Configuration
import Desk
import Domain
import Foundation
import Store

struct SyncCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words("sync", "group.sync", subcommands: [SyncStatusCommand.self, SyncTrust.self])
  }
}

/// What the sync mark says, of every desk on this machine that belongs to the store; also while the store is away.
struct SyncStatusCommand: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("status", "sync.status") }

  @OptionGroup var global: GlobalOptions

  func perform(_ context: CommandContext) throws {
    let desks = try Self.glances(context)
    let (revision, backup, trouble) = try lookAtStore(context, mayBeAway: !desks.isEmpty)
    let now = Timestamp.now
    var whole = SyncStatus(
      queued: desks.reduce(0) { $0 + $1.status.queued }, refused: desks.reduce(0) { $0 + $1.status.refused },
      offlineSince: desks.compactMap(\.status.offlineSince).min(), backedUpAt: backup)
    if trouble == nil, desks.allSatisfy({ !$0.isOpen }) { whole.offlineSince = nil }
    if trouble != nil { whole.offlineSince = whole.offlineSince ?? now }
    // A desk that has halted has, whether it is open or not.
    whole.isHalted = desks.contains { $0.status.isHalted }
    if whole.isHalted { whole.offlineSince = desks.compactMap(\.status.offlineSince).min() ?? now }
    let restored = desks.compactMap(\.restoration).max { $0.epoch < $1.epoch }
    let cursor = desks.map(\.cursor).min() ?? revision
    guard context.output.isJSON else {
      return say(
        whole, desks, cursor: cursor, revision: revision, trouble: trouble, restored: restored, context)
    }
    context.output.put([
      "state": .text(whole.state.rawValue), "reachable": JSON(trouble == nil), "queued": JSON(whole.queued),
      "refused": JSON(whole.refused), "offline_since": Moments.json(whole.offlineSince),
      "offline_s": JSON(whole.offlineSince.map { max(0, (now - $0) / 1000) }), "cursor": JSON(cursor),
      "revision": JSON(revision), "backed_up_at": Moments.json(backup),
      "message": JSON((trouble ?? desks.lazy.compactMap(\.trouble).first)?.sentence(context.strings)),
      "restored": json(restored),
      "desks": .array(desks.map { json($0, now: now) }),
      "not_sent": .array(desks.flatMap { json($0.notSent, context.strings) }),
    ])
  }

  // MARK: - Reading

  /// Of whoever was named; else of everybody whose desk of this store is kept here.
  static func glances(_ context: CommandContext) throws -> [ReplicaGlance] {
    if let path = context.options.replica {
      return [try ReplicaGlance(path: StoreLocation.file(at: path))]
    }
    let address = StoreOpening(try context.storeLocation(), context.paths).address
    let folder: String
    let names: [String]
    if let agent = Seat.named(context.options.agent, context.settings) {
      folder = context.paths.replicas(store: address, agent: agent.text)
      names = replicas(in: folder)
    } else {
      folder = StoreOpening.folder(of: context.paths.replicas(store: address, agent: "me"))
      // Those of commands hold nothing that waits: a command delivers or fails.
      names = entries(of: folder).filter { !$0.hasPrefix("commands") }
        .flatMap { agent in replicas(in: "\(folder)/\(agent)").map { "\(agent)/\($0)" } }
    }
    return try names.compactMap { name in
      let glance = try ReplicaGlance(path: "\(folder)/\(name)")
      return glance.desk == nil ? nil : glance
    }
  }

  private static func entries(of folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  private static func replicas(in folder: String) -> [String] {
    entries(of: folder).filter { $0.hasSuffix(".replica") }
  }

  /// The newest revision and backup, or why the store cannot be asked.
  private func lookAtStore(_ context: CommandContext, mayBeAway: Bool) throws -> (
    revision: Int64?, backup: Timestamp?, trouble: StoreError?
  ) {
    do {
      let store = try context.openStore()
      defer { store.close() }
      if store.isServed, store.agent == nil {
        let seat = try Seat.agent(context.options.agent, context.settings, in: store, wanting: .work)
        try store.sit(as: seat ?? Agent.system.id)
      }
      let backup =
        try (store as? RemoteStore)?.serverStatus().backedUpAt ?? (store as? SharedStore)?.lastBackup()?.at
      return (try store.revision(), backup, nil)
    } catch StoreError.unreachable(let address, let detail) {
      return (nil, nil, .unreachable(address: address, detail: detail))
    } catch CommandFailure.noStore(let path) where mayBeAway {
      return (nil, nil, .missing(path: path))
    }
  }

  // MARK: - Saying

  private func json(_ desk: ReplicaGlance, now: Timestamp) -> JSON {
    [
      "desk": JSON(desk.desk), "replica": .text(desk.path), "open": JSON(desk.isOpen),
      "state": .text(desk.status.state.rawValue), "queued": JSON(desk.status.queued),
      "oldest_queued_at": Moments.json(desk.waitingSince), "refused": JSON(desk.status.refused),
      "offline_since": Moments.json(desk.status.offlineSince),
      "offline_s": JSON(desk.status.offlineSince.map { max(0, (now - $0) / 1000) }),
      "cursor": JSON(desk.cursor), "offered_key": JSON(desk.offeredKey),
      "halted": JSON(desk.status.isHalted), "restored": json(desk.restoration),
    ]
  }

  /// The newest restore that was seen; null where there was none.
  private func json(_ restoration: Restoration?) -> JSON {
    guard let restoration else { return .null }
    return [
      "epoch": JSON(restoration.epoch), "revision": JSON(restoration.revision),
      "at": Moments.json(restoration.at),
    ]
  }

  /// What was typed stays on the desk: whoever opens it reads it there.
  private func json(_ refused: [NotSent], _ strings: StringCatalogue) -> [JSON] {
    refused.map {
      [
        "id": .text($0.id.text), "agent": .text($0.operation.actor.text),
        "action": .text($0.operation.action.name), "at": Moments.json($0.at),
        "message": .text(strings.sentence(for: $0.refusal)),
      ]
    }
  }

  private func say(
    _ whole: SyncStatus, _ desks: [ReplicaGlance], cursor: Int64?, revision: Int64?, trouble: StoreError?,
    restored: Restoration?, _ context: CommandContext
  ) {
    let strings = context.strings
    if let trouble { context.output.say(trouble.sentence(strings)) }
    if let revision {
      context.output.say(
        strings(
          "cli.sync.status",
          [
            "queued": whole.queued, "refused": whole.refused, "cursor": cursor ?? revision,
            "revision": revision,
          ]))
    }
    if let restored {
      context.output.say(
        strings(
          "cli.sync.restored", ["at": Moments.shown(restored.at), "revision": restored.revision]))
    }
    for desk in desks {
      let name = desk.desk ?? desk.path
      let status = desk.status
      if let key = desk.offeredKey {
        context.output.say(strings("cli.key.offered", ["desk": name, "fingerprint": key]))
      }
      if let found = desk.trouble {
        context.output.say("\(name): \(found.page(strings, replica: desk.path))")
      }
      if let since = status.offlineSince {
        context.output.say(
          strings(
            "cli.sync.offline",
            ["desk": name, "since": Moments.shown(since), "queued": status.queued]))
      } else if status.queued > 0 {
        context.output.say(strings("cli.sync.waiting", ["desk": name, "queued": status.queued]))
      }
      for item in desk.notSent {
        context.output.say(
          strings(
            "cli.sync.refused",
            [
              "desk": name, "action": item.operation.action.name, "at": Moments.shown(item.at),
              "reason": strings.sentence(for: item.refusal),
            ]))
      }
    }
  }
}
