extension Ticket {
  /// Something that a lead was told about this ticket: once of each kind.
  package struct Alert: Hashable, Codable, Sendable, Identifiable {
    package enum Kind: String, Codable, CaseIterable, Sendable {
      case mood, escalation, threat
      case selfHarm = "self_harm"
      case vulnerable, promise, fraud
      case socialEngineering = "social_engineering"

      package init(_ risk: RiskKind) {
        self =
          switch risk {
          case .escalation: .escalation
          case .threat: .threat
          case .selfHarm: .selfHarm
          case .vulnerable: .vulnerable
          case .promise: .promise
          case .fraud: .fraud
          case .socialEngineering: .socialEngineering
          }
      }
    }

    /// Longer values are no reason: what is quoted is one word or phrase.
    package static let longestValue = 400
    package static let mostValues = 12

    package var kind: Kind
    package var severity: RiskSeverity
    package var reason: Reason
    package var raisedAt: Timestamp
    package var raisedBy: AgentID
    /// When a lead said that they look after it.
    package var attendedAt: Timestamp?
    package var attendedBy: AgentID?

    package var id: Kind { kind }

    package init(
      kind: Kind, severity: RiskSeverity, reason: Reason, raisedAt: Timestamp, raisedBy: AgentID,
      attendedAt: Timestamp? = nil, attendedBy: AgentID? = nil
    ) {
      self.kind = kind
      self.severity = severity
      self.reason = reason
      self.raisedAt = raisedAt
      self.raisedBy = raisedBy
      self.attendedAt = attendedAt
      self.attendedBy = attendedBy
    }
  }

  /// In the order in which they were raised.
  package var alerts: [Alert] {
    get { raised ?? [] }
    set { raised = newValue.isEmpty ? nil : newValue }
  }

  /// The most severe one that nobody looks after yet; nil on a ticket that is done.
  package var openAlert: Alert? {
    guard !state.isDone else { return nil }
    return alerts.filter { $0.attendedAt == nil }.max { $0.severity < $1.severity }
  }
}
