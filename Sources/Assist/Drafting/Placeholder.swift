import Domain

/// A word that stands for a value that does not leave, such as `《电话1》`.
package struct Placeholder: Hashable, Sendable {
  package var text: String
  /// What a person sees in its place.
  package var shown: String
}

/// Those of one question, and the way back to what a person may see.
struct Placeholders: Sendable {
  let all: [Placeholder]

  /// - Throws: `unknownPlaceholder` for one that was never sent, `brokenPlaceholder` for one whose brackets or number are lost.
  func restored(_ text: String) throws(AnswerProblem) -> String {
    var rest = text[...]
    var output = ""
    var outside: [Substring] = []
    while let open = rest.firstIndex(of: "《") {
      outside.append(rest[..<open])
      output += rest[..<open]
      guard let close = rest[open...].firstIndex(of: "》") else { throw .brokenPlaceholder }
      output += try shown(rest[rest.index(after: open)..<close])
      rest = rest[rest.index(after: close)...]
    }
    outside.append(rest)
    output += rest
    let names = all.map { Array($0.text.unicodeScalars.dropFirst().dropLast()) }
    let isBroken = outside.contains { part in part.contains("》") || Self.names(names, part) }
    guard !isBroken else { throw .brokenPlaceholder }
    return output
  }

  /// A name without its brackets; where digits follow, it is another number (客服电话10086 is not 电话1).
  private static func names(_ names: [[Unicode.Scalar]], _ part: Substring) -> Bool {
    let text = FoldedText(String(part))
    let folded = names.map { $0.map(FoldedText.fold) }
    return text.scalars.indices.contains { start in
      folded.contains { name in
        text.stands(name, at: start) && !FoldedText.isDigit(text[start + name.count])
          && (!FoldedText.isLetter(text[start]) || text.isBoundary(start))
      }
    }
  }

  /// What stands between brackets: a placeholder, or a title of the model's own.
  private func shown(_ inside: Substring) throws(AnswerProblem) -> String {
    let name = inside.filter { !$0.isWhitespace }
    if let known = all.first(where: { $0.text == "《\(name)》" }) { return known.shown }
    let word = name.prefix { !$0.isNumber }
    guard !OutgoingText.words.contains(String(word).uppercased()) else { throw .unknownPlaceholder }
    return "《\(inside)》"
  }
}
