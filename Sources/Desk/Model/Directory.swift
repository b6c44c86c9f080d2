import Domain

/// Zones, categories and people: what screens look names up in.
package struct Directory: Equatable, Sendable {
  package private(set) var zones: [Zone]
  /// In the order of the tree.
  package private(set) var categories: [Domain.Category]
  package private(set) var teams: [Team]
  package private(set) var agents: [Agent]
  /// Nil: nothing is refunded.
  package private(set) var refunds: RefundRules?
  package private(set) var macros: [Macro]
  private var zoneIndex: [ZoneID: Int]
  private var categoryIndex: [CategoryID: Int]
  private var agentIndex: [AgentID: Int]

  package init(
    zones: [Zone] = [], categories: [Domain.Category] = [], teams: [Team] = [], agents: [Agent] = [],
    refunds: RefundRules? = nil, macros: [Macro] = []
  ) {
    self.refunds = refunds
    self.zones = zones
    self.categories = categories
    self.teams = teams
    self.agents = agents
    self.macros = macros
    zoneIndex = Dictionary(zones.indices.map { (zones[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
    categoryIndex = Dictionary(
      categories.indices.map { (categories[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
    agentIndex = Dictionary(
      agents.indices.map { (agents[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  package func zone(_ id: ZoneID) -> Zone? { zoneIndex[id].map { zones[$0] } }
  package func category(_ id: CategoryID) -> Domain.Category? { categoryIndex[id].map { categories[$0] } }
  package func agent(_ id: AgentID) -> Agent? { agentIndex[id].map { agents[$0] } }
  package func team(_ id: TeamID) -> Team? { teams.first { $0.id == id } }

  /// From the root to the category.
  package func path(of id: CategoryID) -> [Domain.Category] {
    var path: [Domain.Category] = []
    var next = category(id)
    while let node = next, path.count < 16 {
      path.insert(node, at: 0)
      next = node.parent.flatMap { category($0) }
    }
    return path
  }

  /// `计费争议/重复扣费`.
  package func categoryName(_ id: CategoryID, in language: Language) -> String {
    let path = path(of: id)
    return path.isEmpty ? id.text : path.map { $0.name[language] }.joined(separator: "/")
  }

  package func agentName(_ id: AgentID, in language: Language) -> String {
    if id == Agent.system.id { return Agent.system.name[language] }
    return agent(id)?.name[language] ?? id.text
  }
}
