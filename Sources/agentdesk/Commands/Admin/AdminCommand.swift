import ArgumentParser
import Configuration
import Desk
import Domain
import Store

struct AdminCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words("admin", "group.admin", subcommands: [AdminCheck.self, AdminApply.self, AdminAgent.self])
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

struct AdminAgent: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words("agent", "group.agent", subcommands: [AgentList.self, AgentAdd.self])
  }
}

struct AgentList: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("list", "agent.list") }

  @OptionGroup var global: GlobalOptions

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk(needsAgent: false)
    defer { desk.close() }
    let agents = try desk.replica.agents()
    let strings = desk.strings
    desk.output.list(
      agents.map(JSON.agent),
      columns: [
        Column(strings("cli.column.agent")), Column(strings("cli.column.staff-number")),
        Column(strings("cli.column.name")),
        Column(strings("cli.column.team")), Column(strings("cli.column.presence")),
        Column(strings("cli.column.roles")),
      ],
      rows: agents.map { agent in
        [
          agent.id.text, agent.number, agent.name[desk.language],
          agent.team.flatMap { desk.directory.team($0)?.name[desk.language] } ?? "",
          strings("presence.state.\(agent.presence.state.rawValue)"),
          strings.list(Role.allCases.filter(agent.roles.contains).map { strings("role.\($0.rawValue)") }),
        ]
      })
  }
}

struct AgentAdd: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("add", "agent.add") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("agent.id", value: "id")) var id: String
  @Option(help: .words("agent.number", value: "number")) var number: String
  @Option(help: .words("agent.name", value: "text")) var name: String
  @Option(help: .words("agent.english", value: "text")) var englishName: String?
  @Option(help: .words("agent.team", value: "id")) var team: String?
  @Option(name: .customLong("role"), help: .words("agent.role", value: "role")) var roles: [String] = [
    "agent"
  ]
  @Option(name: .customLong("zone"), help: .words("agent.zone", value: "id")) var zones: [String] = []
  @Option(help: .words("ticket.language", value: "tag")) var language = Language.chinese.rawValue

  func perform(_ context: CommandContext) throws {
    let isPlain =
      !id.isEmpty
      && id.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    guard isPlain, id.utf8.count <= 60, id != Agent.system.id.text else {
      throw CommandFailure.invalid(option: "ID", value: id, allowed: [])
    }
    guard !name.trimmed.isEmpty, name.count <= 100 else {
      throw CommandFailure.invalid(option: "--name", value: name, allowed: [])
    }
    guard !number.trimmed.isEmpty, number.count <= 20 else {
      throw CommandFailure.invalid(option: "--number", value: number, allowed: [])
    }
    let roles = Set(try self.roles.map { try oneOf("--role", $0, Role.self) })
    let language = try oneOf("--language", self.language, Language.self)
    let desk = try context.openDesk()
    defer { desk.close() }
    for zone in zones where desk.directory.zone(ZoneID(zone)) == nil {
      throw CommandFailure.refused(.unknownZone(ZoneID(zone)), desk.directory)
    }
    let agents = try desk.replica.agents()
    if let other = agents.first(where: { $0.number == number && $0.id.text != id }) {
      throw CommandFailure.invalid(
        option: "--number", value: "\(number) (\(other.name[desk.language]))", allowed: [])
    }
    let agent = Agent(
      id: AgentID(id), number: number, name: LocalizedText(chinese: name, english: englishName ?? name),
      team: team.map { TeamID($0) }, roles: roles, zones: Set(zones.map { ZoneID($0) }), language: language)
    try desk.submit(.agent(agent.id, .define(agent)))
    guard let saved = try desk.replica.agent(agent.id) else { throw CommandFailure.agentUnknown(id) }
    if desk.output.isJSON {
      desk.output.put(.agent(saved))
    } else {
      desk.output.say("\(saved.id)  \(saved.number)  \(saved.name[desk.language])")
    }
  }
}

extension JSON {
  static func agent(_ agent: Agent) -> JSON {
    [
      "id": .text(agent.id.text), "number": .text(agent.number), "name": .text(agent.name.chinese),
      "english_name": .text(agent.name.english), "team": JSON(agent.team?.text),
      "roles": .array(Role.allCases.filter(agent.roles.contains).map { .text($0.rawValue) }),
      "zones": .array(agent.zones.sorted().map { .text($0.text) }),
      "language": .text(agent.language.rawValue),
      "active": JSON(agent.isActive), "presence": .text(agent.presence.state.rawValue),
      "presence_since": Moments.json(agent.presence.since), "presence_reason": JSON(agent.presence.reason),
    ]
  }
}
