import Domain

/// What a ticket says, as one text for a classifier: the subject and the customer's messages, oldest first.
///
/// What brought the customer here stands at the beginning, so the first message may be long and each later one is shorter. The
/// same text is made when a ticket is read and when a closed one is learned from.
package struct TicketText: Hashable, Sendable {
  /// A run of `text` and where it comes from.
  private struct Part: Hashable, Sendable {
    /// Code points of `text`.
    var start: Int
    var count: Int
    /// Index of the message; nil for the subject.
    var message: Int?
  }

  /// Code points of the first message that are read, and of all others: the second has half of the rest, and so on.
  private static let firstLength = 1200
  private static let laterLength = 600
  private static let shortest = 20

  package private(set) var text = ""
  private var parts: [Part] = []
  private var count = 0

  /// - Parameter messages: what the customer wrote, with the index of each message in the conversation.
  package init(subject: String, messages: [(index: Int, text: String)]) {
    // A subject that was cut from the message would count its words twice.
    let subject = subject.trimmed
    let opening = messages.first?.text ?? ""
    if !subject.isEmpty, !opening.contains(subject.hasSuffix("…") ? String(subject.dropLast()) : subject) {
      append(subject, limit: 200, message: nil)
    }
    var left = Self.laterLength
    for (place, message) in messages.enumerated() {
      if place == 0 {
        append(message.text, limit: Self.firstLength, message: message.index)
        continue
      }
      guard left >= Self.shortest else { break }
      let limit = max(Self.shortest, left / 2)
      left -= append(message.text, limit: limit, message: message.index)
    }
  }

  package init(_ input: ReadingInput) {
    self.init(
      subject: input.ticket.subject,
      messages: input.messages.enumerated().filter { $1.isFromCustomer }.map { ($0, $1.text) })
  }

  /// - Returns: how many code points were taken.
  @discardableResult
  private mutating func append(_ added: String, limit: Int, message: Int?) -> Int {
    let scalars = added.unicodeScalars.prefix(limit)
    guard !scalars.isEmpty else { return 0 }
    if count > 0 {
      text.unicodeScalars.append("\n")
      count += 1
    }
    let taken = scalars.count
    parts.append(Part(start: count, count: taken, message: message))
    text.unicodeScalars.append(contentsOf: scalars)
    count += taken
    return taken
  }

  /// Where code points of `text` stand in the conversation; nil for the subject.
  package func place(_ range: Range<Int>) -> TextPlace? {
    guard let part = parts.last(where: { $0.start <= range.lowerBound }), let message = part.message else {
      return nil
    }
    let end = min(range.upperBound, part.start + part.count)
    return TextPlace(message: message, start: range.lowerBound - part.start, end: end - part.start)
  }
}
