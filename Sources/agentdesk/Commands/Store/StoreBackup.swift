import ArgumentParser
import Domain
import Store

/// Keeps the whole of a store in a file.
struct StoreBackupCommand: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("backup", "store.backup") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("store.backup", value: "path"), completion: .file()) var path: String
  @Option(help: .words("store.key", value: "file"), completion: .file()) var key: String?

  func perform(_ context: CommandContext) throws {
    let key = try key.map { try BackupKey(file: StoreLocation.file(at: $0)) }
    let store = try context.openStoreFile()
    defer { store.close() }
    let report = try store.backUp(to: try StoreLocation.file(at: path), key: key)
    if context.output.isJSON {
      context.output.put([
        "path": .text(report.path), "store": .text(report.store), "epoch": JSON(report.epoch),
        "revision": JSON(report.revision), "operations": JSON(report.operations), "bytes": JSON(report.bytes),
        "attachments": JSON(report.attachments), "encrypted": JSON(report.isEncrypted),
        "verified": JSON(true),
      ])
    } else {
      context.output.say(
        context.strings("cli.store.backedUp", ["path": report.path, "revision": report.revision]))
    }
  }
}

/// Puts a backup in the place of a store.
struct StoreRestoreCommand: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("restore", "store.restore") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("store.backup", value: "path"), completion: .file()) var path: String
  @Option(help: .words("store.key", value: "file"), completion: .file()) var key: String?
  @Flag(help: .words("store.replace")) var replace = false
  @Option(help: .words("store.sign", value: "keyfile"), completion: .file()) var sign: String?
  @Flag(help: .words("key.lost")) var newKey = false

  func perform(_ context: CommandContext) throws {
    let key = try key.map { try BackupKey(file: StoreLocation.file(at: $0)) }
    let report = try StoreRestore(
      backup: StoreLocation.file(at: path), to: context.storeFile(), key: key, isReplacing: replace,
      signer: sign, isNewKey: newKey
    ).run()
    let lost = report.restoration.lost
    if context.output.isJSON {
      context.output.put([
        "store": .text("file:\(report.path)"), "id": .text(report.store),
        "epoch": JSON(report.restoration.epoch), "revision": JSON(report.restoration.revision),
        "old_epoch": JSON(report.restoration.oldEpoch), "old_head": JSON(report.restoration.oldHead),
        "lost_from": JSON(lost?.lowerBound), "lost_to": JSON(lost?.upperBound),
        "attachments": JSON(report.attachments), "kept": JSON(report.kept),
        "fingerprint": JSON(fingerprint(report)),
      ])
      return
    }
    context.output.say(
      context.strings(
        "cli.store.restored",
        ["path": report.path, "revision": report.restoration.revision, "epoch": report.restoration.epoch]))
    if let lost {
      context.output.say(
        context.strings("cli.store.lost", ["from": lost.lowerBound, "to": lost.upperBound]))
    }
    if let kept = report.kept { context.output.say(context.strings("cli.store.kept", ["path": kept])) }
    if newKey, let fingerprint = fingerprint(report) {
      context.output.say(context.strings("cli.key.tell", ["fingerprint": fingerprint]))
    }
  }

  /// Of the key that signed it.
  private func fingerprint(_ report: RestoreReport) -> String? {
    report.restoration.key.flatMap { try? PublicKey($0).fingerprint }
  }
}

/// Looks whether a store is what it should be.
struct StoreCheckCommand: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("check", "store.check") }

  @OptionGroup var global: GlobalOptions

  func perform(_ context: CommandContext) throws {
    let store = try context.openStoreFile()
    defer { store.close() }
    let report = try store.check()
    let sentences = report.problems.map { sentence($0, context.strings) }
    if context.output.isJSON {
      let problems = zip(report.problems, sentences).map { problem, sentence -> JSON in
        .object(
          [JSON.Pair("problem", .text(problem.key))]
            + problem.values.map { JSON.Pair($0.key, .text($0.value.description)) } + [
              JSON.Pair("message", .text(sentence))
            ])
      }
      context.output.put([
        "store": .text("file:\(store.path)"), "id": .text(report.store), "epoch": JSON(report.epoch),
        "revision": JSON(report.revision), "operations": JSON(report.operations), "desks": JSON(report.desks),
        "rows": JSON(report.rows), "violations": JSON(problems.count), "problems": .array(problems),
      ])
    } else if sentences.isEmpty {
      context.output.say(
        context.strings("cli.store.sound", ["rows": report.rows, "operations": report.operations]))
    } else {
      sentences.forEach(context.output.say)
    }
    if !sentences.isEmpty { throw ExitCode(CommandFailure.Code.refused.rawValue) }
  }

  private func sentence(_ problem: StoreCheckReport.Problem, _ strings: StringCatalogue) -> String {
    strings("cli.store.problem.\(problem.key)", problem.values)
  }
}
