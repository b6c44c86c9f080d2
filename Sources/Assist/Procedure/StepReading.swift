import Domain

/// How a step of the zone's procedure (SOP) stands. Made by `StepGuide.read`, one for each step of the zone, in its order.
package struct StepReading: Hashable, Sendable, Identifiable {
  package enum State: Hashable, Sendable {
    /// Somebody ticked it.
    case doneByHand
    /// Something that was done on the ticket shows it; `at` is when, nil where that is not known.
    case doneByEvidence(Reason, at: Timestamp?)
    /// The first step that is neither done, skipped nor superfluous.
    case next
    case waiting
    /// Its conditions do not hold.
    case notNeeded(Reason)
    case skipped(reason: String)

    package var isDone: Bool {
      switch self {
      case .doneByHand, .doneByEvidence: true
      default: false
      }
    }

    /// Whether nothing remains to be done.
    package var isSettled: Bool {
      switch self {
      case .next, .waiting: false
      default: true
      }
    }
  }

  /// The step's id in its zone.
  package var id: String
  package var name: LocalizedText
  package var help: LocalizedText?
  package var isRequired: Bool
  package var state: State
  /// What proposes this step now (a finding), where something does.
  package var because: Reason?

  package init(
    id: String, name: LocalizedText, help: LocalizedText?, isRequired: Bool, state: State,
    because: Reason? = nil
  ) {
    self.id = id
    self.name = name
    self.help = help
    self.isRequired = isRequired
    self.state = state
    self.because = because
  }
}
