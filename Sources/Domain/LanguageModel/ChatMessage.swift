/// One turn of what is said to a model.
package struct ChatMessage: Hashable, Codable, Sendable {
  package enum Role: String, Codable, Sendable { case system, user }

  package var role: Role
  package var content: String

  package init(_ role: Role, _ content: String) {
    self.role = role
    self.content = content
  }
}
