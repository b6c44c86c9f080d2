import Domain

extension RiskReader {
  private static let mostPromises = 20

  /// What an agent has promised, and by when; one that was not kept is a high risk while the ticket is open.
  static func promises(
    _ message: ReadingInput.Message, _ index: Int, _ input: ReadingInput, _ words: ReadingWords
  ) -> [RiskReading.Sign] {
    let text = FoldedText(message.text)
    let times = TimeMention.all(
      in: text, at: message.at, clock: input.clock, workingDays: words.workingDays)
    let found = PromiseReader.find(in: text, times: times, words: words)
    guard !found.isEmpty else { return [] }
    let scalars = Array(message.text.unicodeScalars)
    return found.prefix(mostPromises).map { promise in
      let isOverdue = promise.due.map { $0 < input.now } ?? false
      let isOpen = !input.ticket.state.isDone
      var values = ["word": Quotation.text(scalars, promise.start..<promise.end)]
      if let due = promise.due {
        let civil = input.clock.civil(due)
        values["due"] = "\(civil.date) \(civil.minuteText)"
      }
      let key = promise.due == nil ? "promise" : isOverdue && isOpen ? "overdue" : "promised"
      return RiskReading.Sign(
        kind: .promise, severity: isOverdue && isOpen ? max(promise.severity, .high) : promise.severity,
        place: TextPlace(message: index, start: promise.start, end: promise.end),
        reason: Reason("risk.\(key)", values), due: promise.due)
    }
  }
}
