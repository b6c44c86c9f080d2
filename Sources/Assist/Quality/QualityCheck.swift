import Domain

/// What is wrong in a text before it goes, in the order of the text within a severity; the fatal ones first, which stop it.
///
/// Pure, and quick enough for every key. Text from outside (what a customer wrote, what a model drafted) is checked the same way.
package enum QualityCheck {
  private static let mostOfKind = 8

  package static func findings(of draft: ReplyDraft) -> [QualityFinding] {
    var check = DraftCheck(draft)
    check.readLength()
    guard !check.isEmpty else { return check.findings }
    check.readSlots()
    check.readForbiddenWords()
    check.readPersonalData()
    check.readFacts()
    check.readPromises()
    check.readTone()
    check.readRefunds()
    check.readAmounts()
    check.readLanguage()
    check.readNames()
    check.readRepetition()
    return arranged(check.findings)
  }

  private static func arranged(_ findings: [QualityFinding]) -> [QualityFinding] {
    var counts: [QualityFinding.Kind: Int] = [:]
    let sorted = findings.sorted {
      ($1.severity, $0.place?.lowerBound ?? .max, $0.kind.rawValue)
        < ($0.severity, $1.place?.lowerBound ?? .max, $1.kind.rawValue)
    }
    return sorted.filter { finding in
      counts[finding.kind, default: 0] += 1
      return counts[finding.kind, default: 0] <= mostOfKind
    }
  }
}

/// One draft while it is read: the text is folded once, and times are found once.
struct DraftCheck {
  let draft: ReplyDraft
  let text: FoldedText
  let scalars: [Unicode.Scalar]
  let times: [TimeMention]
  var findings: [QualityFinding] = []

  init(_ draft: ReplyDraft) {
    self.draft = draft
    text = FoldedText(draft.text)
    scalars = Array(draft.text.unicodeScalars)
    times = TimeMention.all(
      in: text, at: draft.now, clock: draft.clock, workingDays: draft.words.workingDays)
  }

  var isEmpty: Bool { !text.scalars.contains { $0 != " " && $0 != "\n" } }

  mutating func add(
    _ kind: QualityFinding.Kind, _ severity: FindingSeverity, _ key: String, _ place: Range<Int>? = nil,
    _ values: [String: String] = [:]
  ) {
    findings.append(
      QualityFinding(
        kind: kind, severity: severity, place: place, reason: Reason("quality.\(key)", values)))
  }

  func quoted(_ range: Range<Int>) -> String { Quotation.text(scalars, range) }

  // MARK: - Length

  private static let shortest = 8
  private static let longestMessage = 500

  mutating func readLength() {
    if isEmpty {
      add(.length, .fatal, "empty")
      return
    }
    guard draft.isPublic else { return }
    // Characters and words say about as much.
    if draft.isClosing, ClauseModifiers.units(in: text, 0, min(text.count, 60)) < Self.shortest,
      text.count < 60
    {
      add(.length, .warning, "short")
    }
    if draft.ticket.channel == .sms, text.count > Self.longestMessage {
      add(.length, .note, "long", nil, ["count": String(text.count), "limit": String(Self.longestMessage)])
    }
  }

  // MARK: - Slots

  private static let longestSlot = 60

  /// 【金额】, {{fields.amount}}: an empty slot of a template.
  mutating func readSlots() {
    var index = 0
    while index < text.count {
      let isSlot = text.scalars[index] == "【"
      guard isSlot || (text.scalars[index] == "{" && text[index + 1] == "{") else {
        index += 1
        continue
      }
      var end = index + 1
      while end < text.count, end - index < Self.longestSlot, text.scalars[end] != (isSlot ? "】" : "}") {
        end += 1
      }
      if end < text.count, end - index < Self.longestSlot {
        let close = isSlot ? end + 1 : min(text.count, end + 2)
        let name = String(String.UnicodeScalarView(scalars[(index + (isSlot ? 1 : 2))..<end]))
        add(.slot, .fatal, "slot", index..<close, ["name": Masking.text(name)])
        index = close
      } else {
        index += 1
      }
    }
  }

  // MARK: - Words

  mutating func readForbiddenWords() {
    for match in draft.words.forbidden.matches(in: text) {
      // In the record of the file a careless word is nobody's loss.
      guard draft.isPublic || match.value.severity == .fatal else { continue }
      var values = ["word": quoted(match.start..<match.end)]
      if let instead = match.value.instead {
        values["zh-Hans"] = instead.chinese
        values["en"] = instead.english
      }
      add(
        .forbiddenWord, match.value.severity, match.value.instead == nil ? "forbidden" : "forbiddenInstead",
        match.start..<match.end, values)
    }
  }

  // MARK: - Personal data

  mutating func readPersonalData() {
    guard draft.isPublic else { return }
    for data in PersonalData.find(in: draft.text) {
      // An address of ours may stand in a reply, and a plate is seldom a person's alone.
      let isFatal = data.kind != .email && data.kind != .plate
      add(
        .personalData, isFatal ? .fatal : .warning, "personal.\(data.kind.rawValue)", data.start..<data.end,
        ["masked": data.masked])
    }
  }

  // MARK: - Language

  mutating func readLanguage() {
    guard draft.isPublic else { return }
    var (characters, words, isInWord) = (0, 0, false)
    for scalar in text.scalars {
      let isLetter = FoldedText.isLetter(scalar)
      if isLetter, !isInWord { words += 1 }
      isInWord = isLetter
      if FoldedText.isIdeograph(scalar) { characters += 1 }
    }
    guard characters + words >= 5 else { return }
    let isRight =
      switch draft.language {
      case .chinese: characters * 2 >= words
      case .english: words * 2 >= characters
      }
    if !isRight { add(.language, .warning, "language.\(draft.language.rawValue)") }
  }

  // MARK: - Repetition

  private static let leastRepeated = 8

  /// The same sentence twice.
  mutating func readRepetition() {
    var seen = Set<[Unicode.Scalar]>()
    var sentence: [Unicode.Scalar] = []
    var start = 0
    for index in 0...text.count {
      if index < text.count, !Clause.endsSentence(text.scalars[index]), text.scalars[index] != ";" {
        if sentence.isEmpty { start = index }
        if text.scalars[index] != " " || !sentence.isEmpty { sentence.append(text.scalars[index]) }
        continue
      }
      while sentence.last == " " { sentence.removeLast() }
      if sentence.count >= Self.leastRepeated, !seen.insert(sentence).inserted {
        add(.repetition, .warning, "repeated", start..<index, ["word": quoted(start..<index)])
      }
      sentence = []
    }
  }
}
