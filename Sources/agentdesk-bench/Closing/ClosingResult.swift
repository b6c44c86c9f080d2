import Domain

/// One mode over all tickets.
struct ClosingResult: Codable {
  struct One: Codable {
    var ticket: String
    var keys: Int
    var characters: Int
    var decisions: Int
    var quality: Int
    /// Of the half that asks for less by what its records need.
    var isSimple: Bool
    /// State, category, outcome, values of the form, options, text.
    var record: String
    /// Parts of it that are not what the ticket has to end with; see `ClosingTruth.differences`.
    var wrong: [String]
    /// What became of each thing that the desk proposed.
    var proposed: [SuggestionUse]
  }

  /// What became of what the desk proposed.
  struct Proposed: Codable {
    var accepted = 0
    var changed = 0
    var cleared = 0
  }

  var mode: String
  var tickets: [One]
  /// Tickets that could not be closed, with the reason.
  var stuck: [String]
  /// Closings with something that stops a text, by kind.
  var fatal: [String: Int]
  /// Of all tickets, by `category`, `template`, `field`, `choice`.
  var proposed: [String: Proposed]
  /// What a reading of a ticket took; nil where nothing was read.
  var readP50Milliseconds: Double?
  var readP99Milliseconds: Double?

  static func measure(_ mode: Closing.Mode, _ world: ClosingWorld) throws -> ClosingResult {
    try Place.withTemporaryFolder { folder in
      let desk = try ClosingDesk(world, folder: folder, reads: mode == .assisted)
      defer { desk.close() }
      var result = ClosingResult(mode: mode.rawValue, tickets: [], stuck: [], fatal: [:], proposed: [:])
      for _ in 0..<world.truths.count {
        try desk.wait(seconds: 60)
        let (keys, characters) = (desk.keys, desk.characters)
        var agent = ScriptedAgent(desk, mode: mode)
        guard let id = try agent.takeNext(), let truth = world.truths[id], let ticket = try desk.ticket(id),
          let judging = try desk.judging(id)
        else {
          result.stuck.append("nothing to take")
          break
        }
        do {
          let text = try world.text(truth, ticket, desk.customer(of: id))
          try agent.finish(truth, text: text)
          guard let closed = try desk.ticket(id), closed.state.isDone,
            let verdict = try desk.quality(judging, id)
          else { throw ScriptedAgent.Trouble.stuck(id, "not closed in the store") }
          for kind in verdict.fatal { result.fatal[kind, default: 0] += 1 }
          for use in closed.closing?.suggestions ?? [] { result.count(use) }
          result.tickets.append(
            One(
              ticket: id.text, keys: desk.keys - keys, characters: desk.characters - characters,
              decisions: agent.decisions, quality: verdict.score, isSimple: world.simple.contains(id),
              record: record(closed), wrong: truth.differences(closed, text: text),
              proposed: closed.closing?.suggestions ?? []))
        } catch let trouble as ScriptedAgent.Trouble {
          result.stuck.append(trouble.description)
          for _ in 0..<4 { try desk.press("Esc") }
        }
      }
      result.readP50Milliseconds = desk.readMilliseconds.p50
      result.readP99Milliseconds = desk.readMilliseconds.p99
      return result
    }
  }

  private mutating func count(_ use: SuggestionUse) {
    let kind = use.subject.split(separator: ".").first.map(String.init) ?? use.subject
    switch use.outcome {
    case .accepted: proposed[kind, default: Proposed()].accepted += 1
    case .changed: proposed[kind, default: Proposed()].changed += 1
    case .cleared: proposed[kind, default: Proposed()].cleared += 1
    }
  }

  /// What has to be the same in every mode, as one text.
  private static func record(_ ticket: Ticket) -> String {
    let fields = ticket.fields.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map {
      "\($0.key)=\($0.value)"
    }
    return
      ([ticket.state.rawValue, ticket.category?.text ?? "", ticket.disposition ?? ""] + fields
      + [ticket.closing?.text ?? ""]).joined(separator: "\n")
  }
}
