import ArgumentParser
import Configuration
import Desk
import Domain
import Store

struct AdminCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words(
      "admin", "group.admin",
      subcommands: [
        AdminCheck.self, AdminApply.self, AdminTestZone.self, AdminPeople.self, AdminTeam.self,
        AdminGrant.self, AdminRevoke.self,
        AdminGrants.self, AdminAgent.self,
      ])
  }
}

struct AdminCheck: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("check", "admin.check") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("admin.folder", value: "folder"), completion: .directory) var folder: String

  /// Needs no store.
  func perform(_ context: CommandContext) throws {
    let problems = ResourceFolder(folder).check()
    guard context.output.isJSON else {
      guard problems.isEmpty else { throw CommandFailure.problems(problems) }
      return context.output.say(context.strings("cli.admin.fine"))
    }
    for problem in problems {
      context.output.put([
        "file": .text(problem.file), "line": JSON(problem.line),
        "message": .text(problem.sentence(in: context.strings)),
      ])
    }
    if !problems.isEmpty { throw ExitCode(CommandFailure.Code.refused.rawValue) }
  }
}

struct AdminApply: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("apply", "admin.apply") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("admin.folder", value: "folder"), completion: .directory) var folder: String

  func perform(_ context: CommandContext) throws {
    let set = try ResourceFolder(folder).load()
    let desk = try context.openDesk()
    defer { desk.close() }
    try desk.submit(.configuration(.apply(set)))
    let counts: [(key: String, count: Int)] = [
      ("zones", set.zones.count), ("categories", set.categories.count), ("templates", set.templates.count),
      ("articles", set.articles.count), ("calendars", set.calendars.count), ("agents", set.agents.count),
    ]
    if desk.output.isJSON {
      desk.output.put(.object(counts.map { JSON.Pair($0.key, JSON($0.count)) }))
    } else {
      let words = counts.map { "\(desk.strings("cli.column.\($0.key)")) \($0.count)" }
      desk.output.say(desk.strings("cli.admin.applied", ["counts": desk.strings.list(words)]))
    }
  }
}
