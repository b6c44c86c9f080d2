/// What one person has beyond their roles: a right, or a skill with its level.
package struct Grant: Hashable, Codable, Sendable {
  package enum Subject: Hashable, Codable, Sendable {
    case right(Right)
    /// The word that zones name in `skill`.
    case skill(String)

    /// The name of the right, or the skill.
    package var name: String {
      switch self {
      case .right(let right): right.rawValue
      case .skill(let skill): skill
      }
    }

    package var isRight: Bool { if case .right = self { true } else { false } }
  }

  /// 1 is a beginner, 9 teaches others.
  package static let levels: ClosedRange<Int> = 1...9
  package static let longestWord = 100

  package var subject: Subject
  package var level: Int
  /// The first moment at which it no longer counts, by the store's clock; nil: it does not expire.
  package var until: Timestamp?
  /// Where it comes from: an examination, an order, a certificate. For people; may be empty.
  package var source: String
  package var grantedBy: AgentID
  package var grantedAt: Timestamp

  package init(
    _ subject: Subject, level: Int = 1, until: Timestamp? = nil, source: String = "", grantedBy: AgentID,
    grantedAt: Timestamp
  ) {
    self.subject = subject
    self.level = level
    self.until = until
    self.source = source
    self.grantedBy = grantedBy
    self.grantedAt = grantedAt
  }

  package func counts(at moment: Timestamp) -> Bool { until.map { moment < $0 } ?? true }
}
