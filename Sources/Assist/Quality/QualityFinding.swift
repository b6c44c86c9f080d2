import Domain

/// What is wrong, or could be better, in a reply before it goes.
package struct QualityFinding: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case missingFact = "missing_fact"
    case promiseWithoutDate = "promise_without_date"
    case forbiddenWord = "forbidden_word"
    case personalData = "personal_data"
    case tone
    case amount
    /// Money that is said to go back is not saved as a refund.
    case refund
    case slot
    case language
    case otherName = "other_name"
    case length
    case repetition
  }

  package var kind: Kind
  package var severity: FindingSeverity
  /// Code points of the reply, half-open; nil where it is about the whole text.
  package var place: Range<Int>?
  package var reason: Reason

  package init(kind: Kind, severity: FindingSeverity, place: Range<Int>? = nil, reason: Reason) {
    self.kind = kind
    self.severity = severity
    self.place = place
    self.reason = reason
  }
}
