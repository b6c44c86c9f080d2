import ArgumentParser
import Domain
import Store

/// Brings the lists for words in old texts up to date.
struct StoreIndexCommand: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("index", "store.index") }

  @OptionGroup var global: GlobalOptions
  @Flag(help: .words("care.rebuild")) var rebuild = false

  func perform(_ context: CommandContext) throws {
    let store = try context.openStoreFile()
    defer { store.close() }
    let report = try IndexWork.run(store, fromScratch: rebuild)
    if context.output.isJSON {
      context.output.put([
        "store": .text("file:\(store.path)"), "id": .text(report.store), "path": .text(report.path),
        "revision": JSON(report.revision), "head": JSON(report.head), "tickets": JSON(report.tickets),
        "bytes": JSON(report.bytes), "rebuilt": JSON(report.isNew), "seconds": .real(report.seconds),
      ])
    } else {
      context.output.say(
        context.strings(
          report.isNew ? "cli.care.indexMade" : "cli.care.indexed",
          ["path": report.path, "revision": report.revision, "tickets": report.tickets]))
    }
  }
}
