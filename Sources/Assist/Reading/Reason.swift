/// Why the desk says something, as facts: the sentence is `reason.KEY` of the string catalogue, its slots are filled from
/// `values`. No value is personal data in clear.
package struct Reason: Hashable, Sendable {
  package var key: String
  package var values: [String: String]

  package init(_ key: String, _ values: [String: String] = [:]) {
    self.key = key
    self.values = values
  }
}

/// A place in a message of the ticket.
package struct TextPlace: Hashable, Sendable {
  /// Index in `ReadingInput.messages`.
  package var message: Int
  /// Code points of that message's text, half-open.
  package var start: Int
  package var end: Int

  package init(message: Int, start: Int, end: Int) {
    self.message = message
    self.start = start
    self.end = end
  }
}
