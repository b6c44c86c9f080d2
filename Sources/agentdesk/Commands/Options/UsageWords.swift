import Domain

/// What the argument parser says, in Chinese: its own words are English and cannot be replaced.
enum UsageWords {
  static func localized(_ message: String, _ strings: StringCatalogue) -> String {
    guard strings.language == .chinese else { return message }
    return message.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0), strings) }
      .joined(separator: "\n")
  }

  private static let headings = [
    "OVERVIEW: ", "USAGE: ", "Usage: ", "ARGUMENTS:", "OPTIONS:", "SUBCOMMANDS:",
  ]
  private static let sentences = [
    "Missing expected argument ", "Missing value for ", "Unknown option ", "Unexpected argument ",
    "The value ",
    "Missing required subcommand", "Unknown subcommand ",
  ]

  private static func line(_ line: String, _ strings: StringCatalogue) -> String {
    for heading in headings where line.hasPrefix(heading) {
      let key = heading.lowercased().filter(\.isLetter)
      return strings("cli.usage.\(key)") + line.dropFirst(heading.count)
    }
    if line.hasPrefix("Error: ") {
      let words = String(line.dropFirst(7))
      let quoted = quotes(words)
      for (index, sentence) in sentences.enumerated() where words.hasPrefix(sentence) {
        return strings(
          "cli.usage.error\(index)", ["value": quoted.first ?? "", "option": quoted.dropFirst().first ?? ""])
      }
      return strings("cli.usage.error", ["words": words])
    }
    // The argument that an error is about, with its own words.
    if line.hasPrefix("Help: ") { return strings("cli.usage.about") + line.dropFirst(6) }
    let detail = " for detailed help."
    if let start = line.firstRange(of: "See '"), line.hasSuffix(detail) {
      let command = line[start.upperBound...].dropLast(detail.count + 1)
        .replacing("<subcommand>", with: strings("cli.usage.subcommand"))
      return line[..<start.lowerBound] + strings("cli.usage.detail", ["command": command])
    }
    return line.replacing("Show help information.", with: strings("cli.usage.help"))
      .replacing("Show the version.", with: strings("cli.usage.version"))
      .replacing("(default: ", with: strings("cli.usage.default"))
      .replacing("for more information.", with: strings("cli.usage.more")).replacing("  See '", with: "  '")
  }

  private static func quotes(_ words: String) -> [String] {
    words.split(separator: "'", omittingEmptySubsequences: false).enumerated().compactMap {
      $0.offset % 2 == 1 ? String($0.element) : nil
    }
  }
}
