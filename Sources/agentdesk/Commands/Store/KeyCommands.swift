import ArgumentParser
import Domain
import Store

/// Shows the key that signs restores, or makes a new one in place of a lost one.
struct StoreKey: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("key", "store.key") }

  @OptionGroup var global: GlobalOptions
  @Flag(help: .words("key.new")) var new = false
  @Option(help: .words("key.file", value: "keyfile"), completion: .file()) var file: String?

  func perform(_ context: CommandContext) throws {
    if file != nil, !new { throw CommandFailure.optionMissing("--new") }
    let store = try context.openStoreFile()
    defer { store.close() }
    let path = try file.map { try StoreLocation.file(at: $0) }
    let key = new ? try store.replaceAdminKey(at: path) : try store.adminKey()
    if context.output.isJSON {
      context.output.put([
        "store": .text("file:\(store.path)"), "id": .text(store.id), "fingerprint": JSON(key?.fingerprint),
        "key": JSON(key?.text), "new": JSON(new),
      ])
      return
    }
    guard let key else { return context.output.say(context.strings("cli.key.none")) }
    context.output.say(key.fingerprint)
    if new { context.output.say(context.strings("cli.key.tell", ["fingerprint": key.fingerprint])) }
  }
}

/// Lets the desks of this machine follow a new key of their store.
struct SyncTrust: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("trust", "sync.trust") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("key.fingerprint", value: "fingerprint")) var fingerprint: [String]

  func perform(_ context: CommandContext) throws {
    let text = fingerprint.joined(separator: " ")
    var trusted: [ReplicaGlance] = []
    for desk in try SyncStatusCommand.glances(context) where desk.offeredKey != nil {
      let replica = try Replica(path: desk.path)
      defer { replica.close() }
      if try replica.trustKey(fingerprint: text) { trusted.append(desk) }
    }
    guard !trusted.isEmpty else { throw CommandFailure.keyNotOffered(text) }
    if context.output.isJSON {
      context.output.put(["desks": .array(trusted.map { .text($0.desk ?? $0.path) })])
    } else {
      for desk in trusted {
        context.output.say(context.strings("cli.key.trusted", ["desk": desk.desk ?? desk.path]))
      }
    }
  }
}
