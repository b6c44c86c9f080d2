import Domain
import Yams

extension ResourceReader {
  mutating func readPeople() {
    guard let file = yaml("people.yaml", isRequired: false),
      let fields = file.reading.fields(file.root, keys: ["teams", "agents"])
    else { return }
    let reading = file.reading
    for node in fields.items("teams") {
      guard let fields = reading.fields(node, keys: ["id", "name"]) else { continue }
      let id = fields.identifier("id")
      if let id { log.define(.team, id, at: reading.place(of: node)) }
      if let name = fields.localized("name"), let id { set.teams.append(Team(id: TeamID(id), name: name)) }
    }
    var ids: [String: ProblemLog.Place] = [Agent.system.id.text: reading.place(of: file.root)]
    var numbers: [String: ProblemLog.Place] = [:]
    for node in fields.requiredItems("agents") {
      guard let agent = agent(node, reading) else { continue }
      for (value, isTaken) in [
        (agent.id.text, ids[agent.id.text]), (agent.number, numbers[agent.number]),
      ] {
        if let first = isTaken {
          reading.add(.duplicateIdentifier(value, firstFile: first.file, firstLine: first.line), at: node)
        }
      }
      ids[agent.id.text] = ids[agent.id.text] ?? reading.place(of: node)
      numbers[agent.number] = numbers[agent.number] ?? reading.place(of: node)
      set.agents.append(agent)
    }
  }

  private func agent(_ node: Node, _ reading: Reading) -> Agent? {
    guard
      let fields = reading.fields(
        node, keys: ["id", "number", "name", "english_name", "team", "roles", "zones", "language"])
    else { return nil }
    let id = fields.identifier("id")
    let number = fields.text("number", limit: 20)
    let chinese = fields.text("name", limit: 100)
    let english = fields.text("english_name", limit: 100)
    let team = fields.values["team"].flatMap { reading.identifier($0) }
    if let team, let node = fields.values["team"] { log.use(.team, team, at: reading.place(of: node)) }
    let roles = Set(fields.requiredItems("roles").compactMap { reading.oneOf($0, Role.self) })
    var zones: Set<ZoneID> = []
    for node in fields.items("zones") {
      guard let zone = reading.identifier(node) else { continue }
      log.use(.zone, zone, at: reading.place(of: node))
      zones.insert(ZoneID(zone))
    }
    let language = fields.values["language"].map { reading.oneOf($0, Language.self) } ?? .chinese
    guard let id, let number, let chinese, let english, let language else { return nil }
    return Agent(
      id: AgentID(id), number: number, name: LocalizedText(chinese: chinese, english: english),
      team: team.map { TeamID($0) }, roles: roles, zones: zones, language: language)
  }
}
