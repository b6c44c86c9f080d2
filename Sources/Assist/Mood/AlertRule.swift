import Domain

/// What a lead is to be told of a ticket: what the zone asks for, and everything critical.
package enum AlertRule {
  /// The operations that are due; none for a kind that was raised before, and none for a ticket that is done.
  package static func due(
    mood: MoodReading, risk: RiskReading, ticket: Ticket, zone: Zone?
  ) -> [TicketAction] {
    guard !ticket.state.isDone else { return [] }
    let rules = zone?.assistance ?? Zone.Assistance()
    let known = Set(ticket.alerts.map(\.kind))
    var actions: [TicketAction] = []
    if let least = rules.raiseMood, mood.level.rawValue >= least, !known.contains(.mood) {
      let word = mood.words.first { $0.weight > 0 }?.reason.values["word"]
      let reason = Reason(
        word == nil ? "alert.mood" : "alert.moodWord",
        ["marks": mood.level.marks].merging(word.map { ["word": $0] } ?? [:]) { $1 })
      actions.append(.raise(.mood, mood.level == .furious ? .high : .medium, reason))
    }
    let least = rules.raiseRisk ?? .critical
    var seen = known
    for sign in risk.signs where sign.severity >= least {
      let kind = Ticket.Alert.Kind(sign.kind)
      if seen.insert(kind).inserted { actions.append(.raise(kind, sign.severity, sign.reason)) }
    }
    return actions
  }
}
