import Domain

/// Looks at what a language model wrote before anybody sees it. A customer's text may have told it to write something else: the
/// check believes nothing, and knows only what was sent.
package struct AnswerCheck: Sendable {
  private let language: Language
  private let instructions: String
  /// Everything that was sent besides them.
  private let material: String
  private let longest: Int

  package init(language: Language, instructions: String, material: String, longest: Int) {
    self.language = language
    self.instructions = instructions
    self.material = material
    self.longest = longest
  }

  /// The text with its placeholders still in it. Its length is counted in code points: a letter with ten thousand marks on it is
  /// long.
  package func checked(_ answer: String) throws(AnswerProblem) -> String {
    let text = Self.sanitized(answer)
    guard text.contains(where: { $0.isLetter }) else { throw .empty }
    guard text.unicodeScalars.count <= longest else { throw .tooLong }
    guard !repeatsInstructions(text) else { throw .repeatsInstructions }
    guard Self.isForPeople(text) else { throw .notAText }
    guard isInLanguage(text) else { throw .otherLanguage }
    guard !inventsContact(text) else { throw .inventsContact }
    return text
  }

  /// Without characters that nobody sees, quotes around it all, and empty lines at its ends.
  static func sanitized(_ answer: String) -> String {
    var output = String.UnicodeScalarView()
    for scalar in answer.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control where scalar == "\n": output.append(scalar)
      case .control where scalar == "\t": output.append(" ")
      case .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator:
        continue
      default: output.append(scalar)
      }
    }
    var text = trimmed(String(output))[...]
    for (open, close) in [("\"", "\""), ("“", "”"), ("「", "」")]
    where text.count > 2 && text.hasPrefix(open) && text.hasSuffix(close)
      && !text.dropFirst().dropLast().contains(Character(open))
    {
      text = text.dropFirst().dropLast()
    }
    return trimmed(String(text))
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop { $0.isWhitespace }
    return String(String(start.reversed()).drop { $0.isWhitespace }.reversed())
  }

  // MARK: - What it says

  /// Sixteen characters of the instructions in a row (40 of Latin ones) are no accident.
  private func repeatsInstructions(_ text: String) -> Bool {
    let length = language == .chinese ? 16 : 40
    func plain(_ text: String) -> [Unicode.Scalar] {
      text.lowercased().unicodeScalars.filter {
        $0.properties.isAlphabetic || $0.properties.numericType != nil
      }
    }
    let (wanted, said) = (plain(instructions), plain(text))
    guard wanted.count >= length, said.count >= length else { return false }
    var windows: Set<[Unicode.Scalar]> = []
    for start in 0...wanted.count - length { windows.insert(Array(wanted[start..<start + length])) }
    return (0...said.count - length).contains { windows.contains(Array(said[$0..<$0 + length])) }
  }

  private static let marks = [
    "```", "<|", "|>", "</", "<script", "<html", "<!--", "[INST]", "system:", "assistant:", "user:",
    "作为一个ai", "作为ai", "作为人工智能", "作为一个人工智能", "语言模型", "作为大模型", "as an ai", "language model", "i cannot assist",
    "i can't assist", "system prompt", "系统提示",
  ]

  private static func isForPeople(_ text: String) -> Bool {
    let lower = text.lowercased()
    return !marks.contains { lower.contains($0.lowercased()) } && !lower.hasPrefix("{")
      && !lower.hasPrefix("[")
  }

  /// The larger part of the letters decides; names of products may be in the other language.
  private func isInLanguage(_ text: String) -> Bool {
    var (chinese, latin) = (0, 0)
    for scalar in text.unicodeScalars {
      if scalar.properties.isIdeographic {
        chinese += 1
      } else if scalar.properties.isAlphabetic {
        latin += 1
      }
    }
    // A Chinese character says about as much as three letters.
    return language == .chinese ? chinese * 3 >= latin && chinese > 0 : latin > chinese * 3
  }

  /// Contact data is only ever a placeholder in what was sent, so that none of it can be right.
  private func inventsContact(_ text: String) -> Bool {
    let plain = OutgoingText.cleaned(text)
    return Self.hasLink(plain)
      || OutgoingReader(known: []).finds(in: plain).contains { find in
        switch find.kind {
        case .phone, .idCard, .bankCard, .email, .plate, .link, .account, .secret: true
        case .number, .code:
          !material.contains(
            String(String.UnicodeScalarView(Array(plain.unicodeScalars)[find.start..<find.end])))
        case .name, .address, .birthday: false
        }
      }
  }

  /// Any host, also one of an ending that customers seldom write: t.me/abc, evil-refund.vip, 1.2.3.4. Decimals (38.50) and
  /// abbreviations (e.g.) are none; the name of a file is refused like a host.
  private static func hasLink(_ text: String) -> Bool {
    let folded = FoldedText(text)
    let pattern =
      /(?:[a-z0-9\u{C0}-\u{24F}\-]{1,63}[.。｡]){1,8}(?:[a-z]{2,24}|xn--[a-z0-9\-]{1,59}|中国|网址)|[\p{Han}a-z0-9\-]{1,63}\.(?:中国|公司|网络|网址|商城|在线)|[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|:\/\/[^\s]+/
      .matchingSemantics(.unicodeScalar)
    let plain = String(String.UnicodeScalarView(folded.scalars))
    return plain.matches(of: pattern).contains { match in
      let end = plain.unicodeScalars.distance(from: plain.startIndex, to: match.range.upperBound)
      guard !FoldedText.isWord(folded[end]) || folded[end - 1].value > 0x7F else { return false }
      // A Chinese full stop ends a sentence, but before the ending of a host (evil。com).
      guard let stop = match.output.lastIndex(where: { ".。｡".contains($0) }),
        match.output[stop] != "."
      else { return true }
      return hosts.contains(String(match.output[match.output.index(after: stop)...]))
    }
  }

  private static let hosts: Set<String> = [
    "com", "cn", "net", "org", "vip", "top", "xyz", "info", "cc", "me", "io", "shop", "site", "online",
    "club", "中国", "网址",
  ]
}
