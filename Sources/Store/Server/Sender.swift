import Domain

/// Whom the server takes a connection for.
package struct Sender: Hashable, Sendable {
  package let agent: AgentID
  /// For timed work and imports of the store's owner: operations of several people.
  package let isSystem: Bool
  /// The user of this machine who named the agent, for the log; nil where the agent has the seat.
  package let through: String?

  package init(agent: AgentID, through: String? = nil) {
    self.agent = agent
    self.through = through
    isSystem = agent == Agent.system.id
  }

  /// Desks count their operations: whoever could send under the name of another's desk would use up its numbers. The part
  /// behind the agent's name has no hyphen, so that `a` cannot write for `a-b`.
  func check(desk: String) throws(StoreError) {
    let start = agent.text + "-"
    guard desk.hasPrefix(start), !desk.dropFirst(start.count).isEmpty,
      !desk.dropFirst(start.count).contains("-"),
      desk.utf8.count <= 200
    else { throw .otherAgent(expected: agent, found: AgentID(String(desk.prefix(100)))) }
  }

  func check(actor: AgentID) throws(StoreError) {
    guard isSystem || actor == agent else { throw .otherAgent(expected: agent, found: actor) }
  }
}

/// A message of operations, and who sent it; nil with `file:`, where the desk is believed.
package struct PushJob: Sendable {
  package var request: PushRequest
  package var sender: Sender?

  package init(request: PushRequest, sender: Sender? = nil) {
    self.request = request
    self.sender = sender
  }
}
