import Domain

/// What was done on a ticket, as far as steps ask for it: from its timeline and from what this desk has shown.
package struct StepDeeds: Hashable, Sendable {
  /// A reply or a note.
  package struct Saying: Hashable, Sendable {
    package var at: Timestamp
    package var text: String

    package init(at: Timestamp, text: String) {
      self.at = at
      self.text = text
    }
  }

  package var verifiedAt: Timestamp?
  package var refundedAt: Timestamp?
  package var disclosedAt: Timestamp?
  package var transferredAt: Timestamp?
  package var remindedAt: Timestamp?
  /// Public replies and notes that stand, oldest first.
  package var replies: [Saying]
  package var notes: [Saying]
  /// What was opened here while the ticket was open.
  package var shown: Set<StepSight>

  package init(
    verifiedAt: Timestamp? = nil, refundedAt: Timestamp? = nil, disclosedAt: Timestamp? = nil,
    transferredAt: Timestamp? = nil, remindedAt: Timestamp? = nil,
    replies: [Saying] = [], notes: [Saying] = [],
    shown: Set<StepSight> = []
  ) {
    self.verifiedAt = verifiedAt
    self.refundedAt = refundedAt
    self.disclosedAt = disclosedAt
    self.transferredAt = transferredAt
    self.remindedAt = remindedAt
    self.replies = replies
    self.notes = notes
    self.shown = shown
  }

  /// What the timeline says. What was struck through was taken back and shows nothing.
  package init(entries: [TimelineEntry], shown: Set<StepSight> = []) {
    self.init(shown: shown)
    for entry in entries where entry.struckAt == nil {
      switch entry.kind {
      case .reply: replies.append(Saying(at: entry.at, text: entry.body))
      case .note: notes.append(Saying(at: entry.at, text: entry.body))
      case .transferred, .zoneChanged: transferredAt = entry.at
      case .reminderSet: remindedAt = entry.at
      case .verification(.passed): verifiedAt = entry.at
      case .refund(let event) where event.state == .granted || event.state == .requested:
        refundedAt = entry.at
      default: break
      }
    }
  }
}
