import ArgumentParser
import Desk
import Domain
import Glibc
import Store

struct StoreAudit: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words("audit", "group.audit", subcommands: [AuditVerify.self, AuditHeadCommand.self, AuditKey.self])
  }
}

struct AuditVerify: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("verify", "audit.verify") }

  @OptionGroup var global: GlobalOptions
  @Option(name: .customLong("witness"), help: .words("audit.witness", value: "replica"), completion: .file())
  var witnesses: [String] = []
  @Option(help: .words("audit.head", value: "file"), completion: .file()) var head: String?
  @Option(help: .words("audit.key", value: "publickey"), completion: .file()) var key: String?

  func perform(_ context: CommandContext) throws {
    let store = try context.openStoreFile()
    defer { store.close() }
    var seen = try witnesses.map { try AuditWitness(replica: StoreLocation.file(at: $0), of: store) }
    if let head { seen.append(try signed(head, store)) }
    let report = try store.verifyAudit(witnesses: seen)
    if context.output.isJSON {
      context.output.put(.audit(report))
    } else {
      let facts: KeyValuePairs<String, any CustomStringConvertible> = [
        "entries": report.entries, "witnesses": report.witnesses, "number": report.head.number,
        "hash": report.head.hash, "count": report.findings.count,
      ]
      context.output.say(context.strings(report.isWhole ? "cli.audit.whole" : "cli.audit.broken", facts))
      for finding in report.findings { context.output.say(sentence(finding, context.strings)) }
    }
    if !report.isWhole { throw ExitCode(CommandFailure.Code.refused.rawValue) }
  }

  private func signed(_ path: String, _ store: SharedStore) throws -> AuditWitness {
    guard let key else { throw CommandFailure.optionMissing("--key") }
    let signed = try SignedHead(file: path)
    guard signed.isSigned(by: try PublicKey(key)) else { throw StoreError.signatureWrong(path: path) }
    guard signed.store == store.id else {
      throw StoreError.wrongStore(expected: store.id, found: signed.store)
    }
    return AuditWitness(name: path, head: signed.head)
  }

  private func sentence(_ finding: AuditFinding, _ strings: StringCatalogue) -> String {
    let place =
      finding.through.map { strings("cli.audit.range", ["entry": finding.entry, "through": $0]) }
      ?? strings("cli.audit.place", ["entry": finding.entry])
    let isLedger = finding.place == .ledger && (finding.kind == .edited || finding.kind == .deleted)
    return strings(
      "cli.audit.\(finding.kind.rawValue)\(isLedger ? "Ledger" : "")",
      [
        "place": place, "columns": strings.list(finding.columns),
        "operation": finding.operation.map { strings("cli.audit.operation", ["id": $0]) } ?? "",
        "witness": finding.witness.map { strings("cli.audit.witness", ["name": $0]) } ?? "",
      ])
  }
}

struct AuditHeadCommand: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("head", "audit.head") }

  @OptionGroup var global: GlobalOptions
  @Option(help: .words("audit.sign", value: "keyfile"), completion: .file()) var sign: String?

  func perform(_ context: CommandContext) throws {
    let key = try sign.map { try SigningKey(file: $0) }
    let store = try context.openStoreFile()
    defer { store.close() }
    let head = try store.auditHead()
    if let key {
      // One line that is kept as it is: the same with and without --json.
      let signed = try SignedHead(head, of: store.id, epoch: store.epoch(), at: .now, key: key)
      Output.write(Array((try signed.text() + "\n").utf8), to: STDOUT_FILENO)
    } else if context.output.isJSON {
      context.output.put([
        "store": .text(store.id), "epoch": JSON(try store.epoch()), "entry": JSON(head.number),
        "hash": .text(head.hash.description),
      ])
    } else {
      context.output.say("\(head.number) \(head.hash)")
    }
  }
}

struct AuditKey: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("key", "audit.key") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("audit.keyfile", value: "keyfile"), completion: .file()) var path: String

  /// Needs no store.
  func perform(_ context: CommandContext) throws {
    let key = try SigningKey.create(at: path).publicKey
    if context.output.isJSON {
      context.output.put(["key_file": .text(path), "public_key": .text(key.text)])
    } else {
      context.output.say(context.strings("cli.audit.keyMade", ["path": path, "key": key.text]))
    }
  }
}

extension JSON {
  static func audit(_ report: AuditReport) -> JSON {
    [
      "whole": JSON(report.isWhole), "entries": JSON(report.entries),
      "head": ["entry": JSON(report.head.number), "hash": .text(report.head.hash.description)],
      "witnesses": JSON(report.witnesses),
      "findings": .array(
        report.findings.map { finding in
          [
            "kind": .text(finding.kind.rawValue), "place": .text(finding.place.rawValue),
            "entry": JSON(finding.entry), "through": JSON(finding.through ?? finding.entry),
            "operation": JSON(finding.operation?.text), "columns": .array(finding.columns.map(JSON.text)),
            "witness": JSON(finding.witness),
          ]
        }),
    ]
  }
}
