import Domain

/// How to speak with this customer, what to take care of, and what they will probably ask next.
package enum ServiceAdvice {
  private static let most = 6
  private static let mostNext = 2
  private static let againDays: Int64 = 30

  /// - Parameters:
  ///   - followUps: counted from closed tickets; nil where nothing was counted.
  ///   - name: how a category is called; a value of the reason.
  package static func read(
    _ input: ReadingInput, mood: MoodReading, risk: RiskReading, followUps: FollowUps? = nil,
    name: (CategoryID) -> LocalizedText? = { _ in nil }
  ) -> [Advice] {
    var advice = care(risk)
    advice += tone(input, mood)
    advice += customer(input)
    advice = Array(advice.prefix(most))
    return advice + next(input, followUps, name)
  }

  private static func care(_ risk: RiskReading) -> [Advice] {
    var seen = Set<String>()
    return risk.signs.compactMap { sign in
      let word = sign.reason.values["word"] ?? ""
      let key: String
      var values = ["word": word]
      switch sign.kind {
      case .selfHarm: key = "selfHarm"
      case .threat: key = "threat"
      case .fraud: key = "fraud"
      case .socialEngineering: key = "social"
      case .escalation: key = "escalation"
      case .vulnerable:
        key = ["risk.elderly": "elderly", "risk.minor": "minor"][sign.reason.key] ?? "vulnerable"
      case .promise:
        guard let due = sign.reason.values["due"] else { return nil }
        key = sign.reason.key == "risk.overdue" ? "overdue" : "promised"
        values = ["due": due]
      }
      guard seen.insert(key).inserted else { return nil }
      return Advice(kind: .care, reason: Reason("advice.\(key)", values))
    }
  }

  private static func tone(_ input: ReadingInput, _ mood: MoodReading) -> [Advice] {
    var advice: [Advice] = []
    let marks = ["marks": mood.level.marks]
    if mood.level >= .angry {
      advice.append(Advice(kind: .tone, reason: Reason("advice.angry", marks)))
    } else if mood.trend == .falling {
      advice.append(Advice(kind: .tone, reason: Reason("advice.calm", marks)))
    }
    if mood.urgency.level == .now, let word = mood.urgency.signs.first?.reason.values["word"] {
      advice.append(Advice(kind: .tone, reason: Reason("advice.urgent", ["word": word])))
    }
    let visits = (input.customer?.visits ?? []).count {
      $0.id != input.ticket.id && $0.zone == input.ticket.zone && $0.at <= input.now
        && input.now - $0.at <= againDays * 86_400_000
    }
    if visits > 0 {
      advice.append(
        Advice(
          kind: .tone,
          reason: Reason("advice.repeat", ["count": String(visits + 1), "days": String(againDays)])))
    }
    return advice
  }

  private static func customer(_ input: ReadingInput) -> [Advice] {
    guard let customer = input.customer?.customer else { return [] }
    var advice: [Advice] = []
    if let hours = customer.quietHours, QuietHours(hours)?.contains(input.clock.civil(input.now)) == true {
      advice.append(Advice(kind: .care, reason: Reason("advice.quiet", ["hours": hours])))
    }
    if let channel = customer.preferredChannel, channel != input.ticket.channel,
      !input.ticket.channel.isSpoken
    {
      advice.append(Advice(kind: .tone, reason: Reason("advice.channel", ["channel": channel.rawValue])))
    }
    if customer.language != input.ticket.language {
      let key = input.ticket.language == .english ? "advice.english" : "advice.chinese"
      advice.append(Advice(kind: .tone, reason: Reason(key)))
    }
    return advice
  }

  private static func next(
    _ input: ReadingInput, _ followUps: FollowUps?, _ name: (CategoryID) -> LocalizedText?
  ) -> [Advice] {
    guard let category = input.ticket.category, let followUps else { return [] }
    return followUps.likely(after: category).prefix(mostNext).map { item in
      let name =
        name(item.category) ?? LocalizedText(chinese: item.category.text, english: item.category.text)
      return Advice(
        kind: .next,
        reason: Reason(
          "advice.next",
          [
            "count": String(item.count), "total": String(item.total), "zh-Hans": name.chinese,
            "en": name.english,
          ]),
        category: item.category)
    }
  }
}
