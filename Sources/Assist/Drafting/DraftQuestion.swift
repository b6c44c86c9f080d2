import Domain

/// What a language model is asked about a ticket: instructions, and the ticket as data. It is made here, shown by `assist draft
/// --dry-run`, and sent as it is.
package struct DraftQuestion: Sendable {
  package let use: ModelUse
  package let messages: [ChatMessage]
  package let placeholders: [Placeholder]
  private let check: AnswerCheck

  /// Characters of everything that leaves.
  package var characters: Int { messages.reduce(0) { $0 + $1.content.unicodeScalars.count } }
  /// Pieces of personal data for which a placeholder leaves, repeated ones counted each time.
  package var masked: Int { messages.last?.content.count { $0 == "《" } ?? 0 }

  /// Code points of a conversation that are sent, the newest first; of one message.
  static let longestConversation = 12_000
  static let longestMessage = 4000

  /// - Parameters:
  ///   - known: what must not leave even where it looks like an ordinary word: names, identities, the address.
  ///   - words: the catalogue in the language of the ticket: the answer is written in it.
  ///   - longest: characters of an answer.
  package init(
    _ use: ModelUse, _ input: ReadingInput, category: String, known: [KnownValue], words: StringCatalogue,
    longest: Int
  ) {
    self.use = use
    let language = input.ticket.language
    let fields = (input.zone?.fields ?? []).compactMap { field -> (FormField, String)? in
      input.ticket.fields[field.id].flatMap { $0.isEmpty ? nil : (field, $0) }
    }
    // What a form says of people is known in the conversation as well.
    var outgoing = OutgoingText(
      language: language, known: known + fields.flatMap { FormValues.known($0.0, $0.1, use) })
    let instructions = words(
      "gateway.prompt.\(use.rawValue)", ["rules": words("gateway.prompt.rules"), "longest": longest / 2])
    // Oldest first, so that placeholders keep their numbers while the conversation grows.
    let conversation = input.messages.map { message in
      Turn(
        from: message.isFromCustomer ? "customer" : "agent",
        text: Self.sent(message.text, &outgoing))
    }
    let pairs = fields.map { ($0.0.name[language], outgoing.masked($0.0.shown($0.1, in: language))) }
    let material = Self.json([
      ("subject", .text(outgoing.masked(input.ticket.subject))), ("category", .text(category)),
      ("zone", .text(input.zone?.name[language] ?? "")), ("channel", .text(input.ticket.channel.rawValue)),
      ("fields", .pairs(pairs.map { ($0.0, .text($0.1)) })),
      (
        "conversation",
        .list(
          Self.newest(conversation).map { .pairs([("from", .text($0.from)), ("text", .text($0.text))]) })
      ),
    ])
    messages = [ChatMessage(.system, instructions), ChatMessage(.user, material)]
    // A message that was cut off may have had others: nothing that did not leave can come back.
    placeholders = outgoing.placeholders.filter { material.contains($0.text) }
    check = AnswerCheck(language: language, instructions: instructions, material: material, longest: longest)
  }

  /// What may be shown of an answer: checked, and with what a person may see in the place of placeholders.
  package func text(of answer: String) throws(AnswerProblem) -> String {
    try Placeholders(all: placeholders).restored(check.checked(answer))
  }

  // MARK: - The ticket as data

  private struct Turn {
    var from: String
    var text: String
  }

  /// Masked before it is cut: half a number would be known for nothing. What is far behind the cut is not looked at, and no part
  /// of what stands across that border is kept.
  private static func sent(_ text: String, _ outgoing: inout OutgoingText) -> String {
    let looked = text.unicodeScalars.prefix(4 * longestMessage)
    let isWhole = looked.endIndex == text.unicodeScalars.endIndex
    let masked = outgoing.masked(String(looked)).unicodeScalars
    let limit = isWhole ? longestMessage : min(longestMessage, max(0, masked.count - longestValue))
    guard !isWhole || masked.count > limit else { return String(masked) }
    var kept = masked.prefix(limit)
    if let open = kept.lastIndex(of: "《"), !kept[open...].contains("》") { kept = kept[..<open] }
    return String(kept) + "……"
  }

  /// Code points of the longest value that is found in a text: a link.
  private static let longestValue = 300

  private static func newest(_ turns: [Turn]) -> [Turn] {
    var left = longestConversation
    var kept: [Turn] = []
    for turn in turns.reversed() {
      left -= turn.text.unicodeScalars.count
      if left < 0, !kept.isEmpty { break }
      kept.append(turn)
    }
    return kept.reversed()
  }

  private indirect enum Value {
    case text(String)
    case pairs([(String, Value)])
    case list([Value])
  }

  private static func json(_ pairs: [(String, Value)]) -> String { json(.pairs(pairs)) }

  /// In a fixed order, so that what is shown beforehand is what leaves.
  private static func json(_ value: Value) -> String {
    switch value {
    case .text(let text): return quoted(text)
    case .pairs(let pairs):
      return "{" + pairs.map { quoted($0.0) + ":" + json($0.1) }.joined(separator: ",") + "}"
    case .list(let items): return "[" + items.map(json).joined(separator: ",") + "]"
    }
  }

  private static func quoted(_ text: String) -> String {
    var output = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      default: if scalar.value >= 0x20 { output.unicodeScalars.append(scalar) }
      }
    }
    return output + "\""
  }
}
