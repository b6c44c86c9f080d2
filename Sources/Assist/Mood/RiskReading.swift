import Domain

/// What can go wrong with this contact beyond the matter itself.
package struct RiskReading: Hashable, Sendable {
  package struct Sign: Hashable, Sendable {
    package var kind: RiskKind
    package var severity: RiskSeverity
    /// Nil where it is not in a text.
    package var place: TextPlace?
    package var reason: Reason
    /// Of a promise: the moment by which it was to be kept; nil where none was said.
    package var due: Timestamp?

    package init(
      kind: RiskKind, severity: RiskSeverity, place: TextPlace?, reason: Reason, due: Timestamp? = nil
    ) {
      self.kind = kind
      self.severity = severity
      self.place = place
      self.reason = reason
      self.due = due
    }
  }

  /// The highest severity of a sign; nil where there is none.
  package var severity: RiskSeverity?
  /// The most severe first.
  package var signs: [Sign]

  package init(signs: [Sign] = []) {
    self.signs = signs
    severity = signs.map(\.severity).max()
  }

  package func signs(_ kind: RiskKind) -> [Sign] { signs.filter { $0.kind == kind } }
}
