import ArgumentParser
import Configuration
import Desk
import Domain
import Store

struct AdminPeople: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words(
      "people", "group.people",
      subcommands: [
        PeopleList.self, PeopleAdd.self, PeopleChange.self, PeopleDeactivate.self, PeopleActivate.self,
      ])
  }
}

/// The older name of `admin people`, which scripts use.
struct AdminAgent: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words("agent", "group.people", subcommands: [PeopleList.self, PeopleDefine.self], isHidden: true)
  }
}

struct PeopleList: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("list", "people.list") }

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
          agent.isActive
            ? strings("presence.\(agent.presence.state.rawValue)") : strings("cli.people.inactive"),
          strings.list(Role.allCases.filter(agent.roles.contains).map { strings("role.\($0.rawValue)") }),
        ]
      })
  }
}

/// What can be said about somebody; what is left out stays as it is.
struct PersonFields: ParsableArguments {
  @Option(help: .words("agent.number", value: "number")) var number: String?
  @Option(help: .words("agent.name", value: "text")) var name: String?
  @Option(help: .words("agent.english", value: "text")) var englishName: String?
  @Option(help: .words("agent.team", value: "id")) var team: String?
  @Option(name: .customLong("role"), help: .words("agent.role", value: "role")) var roles: [String] = []
  @Option(name: .customLong("zone"), help: .words("agent.zone", value: "id")) var zones: [String] = []
  @Option(help: .words("ticket.language", value: "tag")) var language: String?

  var isEmpty: Bool {
    number == nil && name == nil && englishName == nil && team == nil && roles.isEmpty && zones.isEmpty
      && language == nil
  }

  func write(to agent: inout Agent, _ desk: HeadlessDesk) throws {
    if let name {
      guard !name.trimmed.isEmpty, name.count <= 100 else {
        throw CommandFailure.invalid(option: "--name", value: name, allowed: [])
      }
      agent.name = LocalizedText(chinese: name, english: englishName ?? name)
    } else if let englishName {
      agent.name.english = englishName
    }
    if let number {
      guard !number.trimmed.isEmpty, number.count <= 20 else {
        throw CommandFailure.invalid(option: "--number", value: number, allowed: [])
      }
      if let other = try desk.replica.agents().first(where: { $0.number == number && $0.id != agent.id }) {
        throw CommandFailure.invalid(
          option: "--number", value: "\(number) (\(other.name[desk.language]))", allowed: [])
      }
      agent.number = number
    }
    if let team { agent.team = TeamID(team) }
    if !roles.isEmpty { agent.roles = Set(try roles.map { try oneOf("--role", $0, Role.self) }) }
    for zone in zones where desk.directory.zone(ZoneID(zone)) == nil {
      throw CommandFailure.refused(.unknownZone(ZoneID(zone)), desk.directory)
    }
    if !zones.isEmpty { agent.zones = Set(zones.map { ZoneID($0) }) }
    if let language { agent.language = try oneOf("--language", language, Language.self) }
  }

  /// A key for somebody new.
  static func check(id: String) throws {
    let isPlain =
      !id.isEmpty
      && id.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    guard isPlain, id.utf8.count <= 60, id != Agent.system.id.text else {
      throw CommandFailure.invalid(option: "ID", value: id, allowed: [])
    }
  }

  func new(_ id: String, _ desk: HeadlessDesk) throws -> Agent {
    try Self.check(id: id)
    guard name != nil else { throw CommandFailure.optionMissing("--name") }
    guard number != nil else { throw CommandFailure.optionMissing("--number") }
    var agent = Agent(
      id: AgentID(id), number: "", name: LocalizedText(chinese: "", english: ""), team: nil, roles: [.agent])
    try write(to: &agent, desk)
    return agent
  }
}

struct PeopleAdd: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("add", "people.add") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("agent.id", value: "id")) var id: String
  @OptionGroup var fields: PersonFields

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    guard try desk.replica.agent(AgentID(id)) == nil else { throw CommandFailure.personKnown(id) }
    let agent = try fields.new(id, desk)
    try desk.change(agent.id, .define(agent))
  }
}

/// Adds somebody or changes them, as `admin agent add` always did.
struct PeopleDefine: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("add", "people.add") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("agent.id", value: "id")) var id: String
  @OptionGroup var fields: PersonFields

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    let agent = try fields.new(id, desk)
    try desk.change(agent.id, .define(agent))
  }
}

struct PeopleChange: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("change", "people.change") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("agent.id", value: "id")) var id: String
  @OptionGroup var fields: PersonFields

  func perform(_ context: CommandContext) throws {
    guard !fields.isEmpty else { throw CommandFailure.nothingToDo }
    let desk = try context.openDesk()
    defer { desk.close() }
    var agent = try desk.person(id)
    try fields.write(to: &agent, desk)
    try desk.change(agent.id, .define(agent))
  }
}

struct PeopleDeactivate: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("deactivate", "people.deactivate") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("agent.id", value: "id")) var id: String

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    try desk.change(desk.person(id).id, .setActive(false))
  }
}

struct PeopleActivate: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("activate", "people.activate") }

  @OptionGroup var global: GlobalOptions
  @Argument(help: .words("agent.id", value: "id")) var id: String

  func perform(_ context: CommandContext) throws {
    let desk = try context.openDesk()
    defer { desk.close() }
    try desk.change(desk.person(id).id, .setActive(true))
  }
}

extension HeadlessDesk {
  func person(_ id: String) throws -> Agent {
    guard let agent = try replica.agent(AgentID(id)) else { throw CommandFailure.agentUnknown(id) }
    return agent
  }

  /// Does it and says who the person is now.
  func change(_ id: AgentID, _ action: AgentAction) throws {
    try submit(.agent(id, action))
    let saved = try person(id.text)
    if output.isJSON {
      output.put(.agent(saved))
    } else {
      output.say("\(saved.id)  \(saved.number)  \(saved.name[language])")
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
      "grants": .array(agent.grants.map(JSON.grant)),
      "rights": .array(
        Right.allCases.filter(agent.current(at: .now).has).map { .text($0.rawValue) }),
    ]
  }
}
