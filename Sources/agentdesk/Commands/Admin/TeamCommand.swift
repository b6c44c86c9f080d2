import ArgumentParser
import Desk
import Domain
import Store

struct AdminTeam: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words("team", "group.team", subcommands: [TeamList.self, TeamAdd.self, TeamRemove.self])
  }
}

struct TeamList: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("list", "team.list") }

  @OptionGroup var global: GlobalOptions

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk(needsAgent: false)
    defer { desk.close() }
    let agents = try desk.replica.agents()
    let teams = try desk.replica.teams().map { team in
      (team: team, count: agents.filter { $0.isActive && $0.team == team.id }.count)
    }
    desk.output.list(
      teams.map { team, count in
        [
          "id": .text(team.id.text), "name": .text(team.name.chinese),
          "english_name": .text(team.name.english), "people": JSON(count),
        ]
      },
      columns: [
        Column(desk.strings("cli.column.team")), Column(desk.strings("cli.column.name")),
        Column(desk.strings("cli.column.people"), .right),
      ],
      rows: teams.map { [$0.team.id.text, $0.team.name[desk.language], String($0.count)] })
  }
}

struct TeamAdd: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("add", "team.add") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("team.id", value: "id")) var id: String
  @Option(help: .words("agent.name", value: "text")) var name: String
  @Option(help: .words("agent.english", value: "text")) var englishName: String?

  func perform(_ context: CommandContext) throws {
    try PersonFields.check(id: id)
    let desk = try context.openDesk()
    defer { desk.close() }
    let team = Team(id: TeamID(id), name: LocalizedText(chinese: name, english: englishName ?? name))
    try desk.submit(.configuration(.defineTeam(team)))
    if desk.output.isJSON {
      desk.output.put(["id": .text(id), "name": .text(name), "english_name": .text(team.name.english)])
    } else {
      desk.output.say("\(id)  \(team.name[desk.language])")
    }
  }
}

struct TeamRemove: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("remove", "team.remove") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("team.id", value: "id")) var id: String

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    try desk.submit(.configuration(.removeTeam(TeamID(id))))
    if desk.output.isJSON { desk.output.put(["removed": .text(id)]) } else { desk.output.say(id) }
  }
}
