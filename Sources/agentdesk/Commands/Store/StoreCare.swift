import ArgumentParser
import Domain
import Store

/// Takes out of a store what no desk needs any more.
struct StoreCompact: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("compact", "store.compact") }

  @OptionGroup var global: GlobalOptions
  @Flag(help: .words("care.dryRun")) var dryRun = false
  @Option(help: .words("care.days", value: "n")) var days: Int64 = 30

  func perform(_ context: CommandContext) throws {
    guard (0...36_500).contains(days) else {
      throw CommandFailure.invalid(option: "--days", value: String(days), allowed: ["0 … 36500"])
    }
    let path = try context.storeFile()
    let report: CompactionReport
    do {
      report = try Compaction(
        path: path, days: days, backups: DailyBackup(count: max(1, context.settings.backups))
      ).run(isDryRun: dryRun)
    } catch StoreError.missing {
      throw CommandFailure.noStore(path: path)
    }
    if context.output.isJSON {
      context.output.put([
        "store": .text("file:\(report.path)"), "id": .text(report.store), "dry_run": JSON(dryRun),
        "revision": JSON(report.revision), "operations": JSON(report.operations),
        "text_bytes": JSON(report.textBytes), "tombstones": JSON(report.tombstones),
        "bytes_before": JSON(report.bytesBefore), "bytes_after": JSON(report.bytesAfter),
        "shrunk": JSON(report.isShrunk), "backup": JSON(report.backup),
      ])
      return
    }
    let facts: KeyValuePairs<String, any CustomStringConvertible> = [
      "operations": report.operations, "bytes": report.textBytes, "tombstones": report.tombstones,
      "revision": report.revision, "days": days,
    ]
    guard let after = report.bytesAfter else {
      context.output.say(context.strings("cli.care.wouldCompact", facts))
      return
    }
    context.output.say(context.strings("cli.care.compacted", facts))
    context.output.say(
      context.strings(
        report.isShrunk ? "cli.care.shrunk" : "cli.care.notShrunk",
        ["before": report.bytesBefore, "after": after]))
    if let backup = report.backup { context.output.say(context.strings("cli.care.before", ["path": backup])) }
  }
}

/// Brings the store of an older program up to date.
struct StoreMigrate: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("migrate", "store.migrate") }

  @OptionGroup var global: GlobalOptions
  @Flag(help: .words("care.dryRun")) var dryRun = false
  @Flag(inversion: .prefixedNo, help: .words("care.require")) var require: Bool?

  func perform(_ context: CommandContext) throws {
    let path = try context.storeFile()
    let report: MigrationReport
    let requirement: SchemaRequirement?
    do {
      let migration = SchemaMigration(path: path)
      report = dryRun ? try migration.rehearse() : try migration.run()
      requirement = try require.map { try SchemaRequirement.set($0, path: path, isDryRun: dryRun) }
    } catch StoreError.missing {
      throw CommandFailure.noStore(path: path)
    }
    if context.output.isJSON {
      context.output.put([
        "store": .text("file:\(report.path)"), "id": .text(report.store), "dry_run": JSON(dryRun),
        "from": JSON(report.from), "to": JSON(report.to), "added": .array(report.added.map(JSON.text)),
        "entries": JSON(report.entries), "seconds": .real(report.seconds), "backup": JSON(report.backup),
        "required": JSON(requirement?.needed), "required_before": JSON(requirement?.before),
        "older_desks": JSON(requirement?.olderDesks),
      ])
      return
    }
    if report.isNeeded {
      context.output.say(
        context.strings(
          dryRun ? "cli.care.wouldMigrate" : "cli.care.migrated",
          [
            "path": path, "from": report.from, "to": report.to, "entries": report.entries,
            "added": report.added.isEmpty ? "—" : context.strings.list(report.added),
          ]))
      if let backup = report.backup {
        context.output.say(context.strings("cli.care.before", ["path": backup]))
      }
    } else {
      context.output.say(context.strings("cli.care.upToDate", ["path": path, "version": report.to]))
    }
    if let requirement { say(requirement, context) }
  }

  /// With the sentence that desks of older programs will show.
  private func say(_ requirement: SchemaRequirement, _ context: CommandContext) {
    guard requirement.needed > 0 else {
      return context.output.say(
        context.strings(dryRun ? "cli.care.wouldNotRequire" : "cli.care.notRequired"))
    }
    context.output.say(
      context.strings(
        dryRun ? "cli.care.wouldRequire" : "cli.care.required",
        ["format": requirement.needed, "desks": requirement.olderDesks]))
    let error = StoreError.programTooOld(found: requirement.needed - 1, needed: requirement.needed)
    context.output.say(context.strings("cli.care.theySee", ["sentence": error.sentence(context.strings)]))
  }
}
