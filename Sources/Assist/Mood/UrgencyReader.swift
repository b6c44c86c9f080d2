import Domain

/// Reads how soon something has to happen: from what the customer says, and from how often and how long they have come.
enum UrgencyReader {
  /// Hours without an answer after which waiting itself is a sign.
  private static let longWait = 24
  private static let againDays: Int64 = 30
  private static let mostSigns = 8
  /// Of one message, so that what was said long ago never hides what was said last.
  private static let mostOfMessage = 20

  static func read(_ input: ReadingInput, words: ReadingWords) -> UrgencyReading {
    var signs: [UrgencyReading.Sign] = []
    for (index, message) in input.messages.enumerated() where message.isFromCustomer {
      let text = FoldedText(message.text)
      var scalars: [Unicode.Scalar]?
      for found in words.urgency.signs(in: text).lazy.filter({ !$0.isNegated }).prefix(mostOfMessage) {
        let original = scalars ?? Array(message.text.unicodeScalars)
        scalars = original
        signs.append(
          UrgencyReading.Sign(
            kind: found.sign.kind, level: found.sign.level,
            place: TextPlace(message: index, start: found.start, end: found.end),
            reason: Reason(
              "urgency.\(found.sign.kind.rawValue)",
              ["word": Quotation.text(original, found.start..<found.end)])))
      }
    }
    signs += records(input)
    // One sign of a kind says it; the strongest, then the newest.
    var seen = Set<UrgencyKind>()
    let order = signs.enumerated().sorted {
      ($1.element.level, $1.offset) < ($0.element.level, $0.offset)
    }
    let kept = order.map(\.element).filter { seen.insert($0.kind).inserted }
    return UrgencyReading(level: kept.map(\.level).max() ?? .usual, signs: Array(kept.prefix(mostSigns)))
  }

  private static func records(_ input: ReadingInput) -> [UrgencyReading.Sign] {
    var signs: [UrgencyReading.Sign] = []
    if let since = input.ticket.waitingSince, !input.ticket.state.isDone {
      let hours = Int((input.now - since) / 3_600_000)
      if hours >= longWait {
        signs.append(
          UrgencyReading.Sign(
            kind: .waiting, level: .soon, place: nil,
            reason: Reason("urgency.waited", ["hours": String(hours)])))
      }
    }
    let visits = (input.customer?.visits ?? []).filter { visit in
      visit.id != input.ticket.id && visit.zone == input.ticket.zone && visit.at <= input.now
        && input.now - visit.at <= againDays * 86_400_000
    }
    if visits.count >= 2 || input.ticket.reopenCount > 0 {
      let count = visits.count + input.ticket.reopenCount
      signs.append(
        UrgencyReading.Sign(
          kind: .again, level: .soon, place: nil,
          reason: Reason("urgency.visits", ["count": String(count), "days": String(againDays)])))
    }
    return signs
  }
}
