import Domain

/// An offer that may be made to this customer now, best first. Made by `OfferChooser.read`.
package struct OfferReading: Hashable, Sendable, Identifiable {
  package var id: OfferID
  package var name: LocalizedText
  /// What the agent may say.
  package var text: LocalizedText
  /// Why this customer and why this place among the others.
  package var reasons: [Reason]
  /// Lower bound of the share that accepts in the customer's group (`OfferCount.acceptanceAtLeast`); nil: not yet measured.
  package var acceptance: Double?
  /// How many answers of the group that stands on.
  package var answers: Int

  package init(
    id: OfferID, name: LocalizedText, text: LocalizedText, reasons: [Reason], acceptance: Double?,
    answers: Int
  ) {
    self.id = id
    self.name = name
    self.text = text
    self.reasons = reasons
    self.acceptance = acceptance
    self.answers = answers
  }
}
