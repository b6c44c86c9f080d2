import Domain

/// The priority that people set on such texts, and rules over what is known of the contact. A rule raises and says why; none lowers.
struct PriorityReader {
  /// Below this what was learned is not said.
  private static let threshold = 0.5
  /// The third contact in a week is somebody whom the first two did not help.
  private static let repeats = (count: 3, days: Int64(7))
  /// Messages in a row that nobody answered.
  private static let unanswered = 3

  let model: TextModel?

  func read(
    _ input: ReadingInput, _ text: TicketText, atLeast: (priority: Ticket.Priority, reason: Reason)?
  ) -> PriorityReading {
    var reading = learned(text)
    for (priority, reason) in rules(input) + (atLeast.map { [($0.priority, $0.reason)] } ?? []) {
      // Urgent is the smallest.
      if let known = reading.priority, known < priority { continue }
      if reading.priority != priority {
        reading = PriorityReading(priority: priority, confidence: 1, reasons: [])
      }
      reading.reasons.append(reason)
    }
    return reading
  }

  private func learned(_ text: TicketText) -> PriorityReading {
    guard let model, !text.text.isEmpty else { return PriorityReading() }
    let answer = model.answer(text.text)
    let confidence = Double(answer.confidence)
    guard !model.isOutOfScope(answer), confidence >= Self.threshold,
      let priority = Ticket.Priority(label: answer.label)
    else { return PriorityReading(confidence: confidence) }
    return PriorityReading(
      priority: priority, confidence: confidence,
      reasons: [Reason("priority.learned", ["percent": CategoryReader.percent(confidence)])])
  }

  private func rules(_ input: ReadingInput) -> [(Ticket.Priority, Reason)] {
    var rules: [(Ticket.Priority, Reason)] = []
    if input.ticket.reopenCount > 0 {
      rules.append((.high, Reason("priority.reopened", ["count": String(input.ticket.reopenCount)])))
    }
    let since = input.now.milliseconds - Self.repeats.days * 86_400_000
    let visits = (input.customer?.visits ?? []).count {
      $0.id != input.ticket.id && $0.at.milliseconds >= since && $0.at <= input.now
    }
    if visits + 1 >= Self.repeats.count {
      rules.append(
        (
          .high,
          Reason("priority.repeated", ["count": String(visits + 1), "days": String(Self.repeats.days)])
        ))
    }
    let waiting = input.messages.reversed().prefix { $0.isFromCustomer }.count
    if waiting >= Self.unanswered {
      rules.append((.high, Reason("priority.unanswered", ["count": String(waiting)])))
    }
    return rules
  }
}

extension Ticket.Priority {
  /// The word that a model and a file use.
  package var label: String {
    switch self {
    case .urgent: "urgent"
    case .high: "high"
    case .normal: "normal"
    case .low: "low"
    }
  }

  package init?(label: String) {
    guard let found = Self.allCases.first(where: { $0.label == label }) else { return nil }
    self = found
  }
}
