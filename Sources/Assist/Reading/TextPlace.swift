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
