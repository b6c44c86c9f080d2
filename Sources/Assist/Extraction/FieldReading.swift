import Domain

/// What a field of the zone's form most likely holds, and why.
package struct FieldReading: Hashable, Sendable {
  package enum Source: String, Sendable {
    /// It stands in a message of the customer.
    case text
    /// It follows from the customer's records, or from the moment of the contact.
    case records
  }

  /// The id of the field.
  package var field: String
  /// In the form that `FormField.canonical` gives; in clear, also where it is personal data.
  package var value: String
  /// Where it stands; nil where it stands in no message.
  package var place: TextPlace?
  /// The share of such values that are right, 0 to 1.
  package var confidence: Double
  package var reason: Reason
  package var source: Source

  package init(
    field: String, value: String, place: TextPlace?, confidence: Double, reason: Reason, source: Source
  ) {
    self.field = field
    self.value = value
    self.place = place
    self.confidence = confidence
    self.reason = reason
    self.source = source
  }
}
