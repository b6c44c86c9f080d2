import Domain

/// Something the desk would do in the agent's place: how to speak, and what comes next.
package struct Advice: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// How to speak.
    case tone
    /// What has to be done at once, or must not be done.
    case care
    /// What the customer will probably ask next.
    case next
  }

  package var kind: Kind
  /// The advice itself and why: the sentence has both.
  package var reason: Reason
  /// Of `next`: the category that the customers came back with.
  package var category: CategoryID?

  package init(kind: Kind, reason: Reason, category: CategoryID? = nil) {
    self.kind = kind
    self.reason = reason
    self.category = category
  }
}
