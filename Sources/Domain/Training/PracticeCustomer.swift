/// A simulated customer in the middle of a conversation. Pure: the same replies get the same answers.
package struct PracticeCustomer: Hashable, Codable, Sendable {
  package let scenario: Scenario
  /// 1 calm to 5 furious, or `scenario.hangsUpAt`.
  package private(set) var mood: Int
  package private(set) var replies = 0
  /// How often each turn was taken.
  private var taken: [String: Int] = [:]

  package init(scenario: Scenario) {
    self.scenario = scenario
    mood = scenario.mood
  }

  package var hasLeft: Bool { mood >= scenario.hangsUpAt }

  /// What the customer says to a reply; nil when there is nothing to say or nobody is there any more.
  package mutating func answer(to reply: String) -> String? {
    guard !hasLeft else { return nil }
    replies += 1
    let lowered = reply.lowercased()
    let turn = scenario.turns.first { turn in
      if turn.once, taken[turn.id] != nil { return false }
      switch turn.when {
      case .any(let words): return words.contains { lowered.contains($0.lowercased()) }
      case .first: return replies == 1
      case .always: return true
      }
    }
    guard let turn, !turn.say.isEmpty else { return nil }
    let count = taken[turn.id, default: 0]
    taken[turn.id] = count + 1
    mood = max(1, mood + turn.mood)
    return turn.say[min(count, turn.say.count - 1)]
  }
}
