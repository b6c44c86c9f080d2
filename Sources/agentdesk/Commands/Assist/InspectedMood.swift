import Assist
import Configuration
import Domain

/// Mood, urgency and risk as `assist inspect` and `ticket read` say them.
struct InspectedMood {
  private let mood: MoodReading
  private let risk: RiskReading
  private let strings: StringCatalogue

  /// Of one text of a customer, now, without a ticket.
  ///
  /// - Throws: what is wrong in `assistance/` of the resources.
  init(_ text: String, _ context: CommandContext) throws {
    let words = ReadingWords(try ResourceFolder(context.resources).loadWords())
    let input = Self.input(text)
    self.init(
      MoodReader.read(input, words: words), RiskReader.read(input, words: words), context.strings)
  }

  init(_ mood: MoodReading, _ risk: RiskReading, _ strings: StringCatalogue) {
    self.mood = mood
    self.risk = risk
    self.strings = strings
  }

  static func input(_ text: String) -> ReadingInput {
    let now = Timestamp.now
    let ticket = Ticket(
      id: "inspect", customer: "inspect", zone: "inspect", subject: "", channel: .chat, createdAt: now,
      createdBy: Agent.system.id)
    return ReadingInput(
      ticket: ticket, zone: nil, messages: [ReadingInput.Message(author: .customer, at: now, text: text)],
      customer: nil, clock: .local, now: now)
  }

  var pairs: [JSON.Pair] {
    [
      JSON.Pair(
        "mood",
        [
          "level": JSON(mood.level.rawValue), "name": .text("\(mood.level)"),
          "marks": .text(mood.level.marks),
          "score": .real(mood.score), "confidence": .real(mood.confidence),
          "reasons": .array(
            mood.words.map { json($0.place, $0.reason, [JSON.Pair("weight", .real($0.weight))]) }),
        ]),
      JSON.Pair(
        "urgency",
        [
          "level": JSON(mood.urgency.level.rawValue), "name": .text("\(mood.urgency.level)"),
          "reasons": .array(
            mood.urgency.signs.map {
              json(
                $0.place, $0.reason,
                [JSON.Pair("kind", .text($0.kind.rawValue)), JSON.Pair("level", JSON($0.level.rawValue))])
            }),
        ]),
      JSON.Pair(
        "risk",
        [
          "severity": risk.severity.map { JSON.text($0.rawValue) } ?? .null,
          "reasons": .array(
            risk.signs.map {
              json(
                $0.place, $0.reason,
                [
                  JSON.Pair("kind", .text($0.kind.rawValue)),
                  JSON.Pair("severity", .text($0.severity.rawValue)),
                ])
            }),
        ]),
    ]
  }

  private func json(_ place: TextPlace?, _ reason: Reason, _ more: [JSON.Pair]) -> JSON {
    var pairs = more
    pairs.append(JSON.Pair("message", JSON(place?.message)))
    pairs.append(JSON.Pair("start", place.map { JSON($0.start) } ?? .null))
    pairs.append(JSON.Pair("end", place.map { JSON($0.end) } ?? .null))
    pairs.append(JSON.Pair("reason", .text(strings.sentence(for: reason))))
    return .object(pairs)
  }

  /// One line each, and none for what was not found.
  var lines: [String] {
    let name = strings("mood.\(mood.level)")
    var lines = [line("mood", "\(mood.level.marks) \(name)", mood.words.map(\.reason))]
    if mood.urgency.level > .usual {
      lines.append(line("urgency", String(mood.urgency.level.rawValue), mood.urgency.signs.map(\.reason)))
    }
    if let severity = risk.severity {
      lines.append(line("risk", strings("desk.severity.\(severity.rawValue)"), risk.signs.map(\.reason)))
    }
    return lines
  }

  private func line(_ key: String, _ value: String, _ reasons: [Reason]) -> String {
    let words = strings.list(reasons.map { strings.sentence(for: $0) })
    return "\(strings("cli.assist.\(key)"))\t\(value)" + (words.isEmpty ? "" : "\t\(words)")
  }
}
