import Domain
import Yams

extension ResourceReader {
  /// The files of `assistance/` have the sections of one value; each section stands where its team looks for it.
  mutating func readAssistance() {
    guard isFolder("\(folder)/assistance") else { return }
    for (_, file) in yamlFiles(in: "assistance", isRequired: false) {
      let section = WordSections(reading: file.reading)
      set.words = set.words.followed(by: section.words(file.root))
    }
  }

  /// The part `assistance:` of a zone.
  func assistance(_ node: Node, _ reading: Reading, dispositions: [Zone.Disposition]) -> Zone.Assistance {
    var assistance = Zone.Assistance()
    let keys = ["confidence", "raise_mood", "raise_risk", "facts", "words"]
    guard let fields = reading.fields(node, keys: keys) else { return assistance }
    if let percent = fields.values["confidence"].flatMap({ reading.number($0, in: 0...100) }) {
      assistance.threshold = Double(percent) / 100
    }
    assistance.raiseMood = fields.values["raise_mood"].flatMap { reading.number($0, in: 1...3) }
    assistance.raiseRisk = fields.values["raise_risk"].flatMap { reading.oneOf($0, RiskSeverity.self) }
    assistance.facts = fields.items("facts").compactMap { fact($0, reading, dispositions: dispositions) }
    if let node = fields.values["words"] { assistance.words = WordSections(reading: reading).words(node) }
    return assistance
  }

  private func fact(_ node: Node, _ reading: Reading, dispositions: [Zone.Disposition]) -> Zone.Assistance
    .Fact?
  {
    let keys = ["fact", "dispositions", "severity", "words", "name"]
    guard let fields = reading.fields(node, keys: keys),
      let kind = fields.oneOf("fact", Zone.Assistance.Fact.Kind.self)
    else { return nil }
    let codes = fields.items("dispositions").compactMap { node -> String? in
      guard let id = reading.identifier(node) else { return nil }
      guard dispositions.contains(where: { $0.id == id }) else {
        reading.add(.unknown(.disposition, id), at: node)
        return nil
      }
      return id
    }
    let severity = fields.values["severity"].map { reading.oneOf($0, FindingSeverity.self) } ?? .warning
    var fact = Zone.Assistance.Fact(kind: kind, dispositions: codes, severity: severity ?? .warning)
    if kind == .words {
      fact.name = fields.localized("name")
      fact.words = fields.required("words").map { WordSections(reading: reading).list($0) } ?? []
      guard fact.name != nil, !fact.words.isEmpty else { return nil }
    } else {
      for key in ["words", "name"] {
        if let extra = fields.values[key] {
          reading.add(.unknownKey(key, known: Array(keys.prefix(3))), at: extra)
        }
      }
    }
    return fact
  }
}

/// Reads sections of words, in a file of `assistance/` and in a zone.
private struct WordSections {
  let reading: Reading

  private static let longestWord = 60

  func words(_ node: Node) -> AssistanceWords {
    var words = AssistanceWords()
    let keys = ["feelings", "modifiers", "urgency", "risks", "forbidden"]
    guard let fields = reading.fields(node, keys: keys) else { return words }
    words.feelings = fields.items("feelings").compactMap(feeling)
    words.modifiers = fields.values["modifiers"].map(modifiers) ?? []
    words.urgency = fields.items("urgency").compactMap(urgency)
    words.risks = fields.items("risks").compactMap(risk)
    words.forbidden = fields.items("forbidden").compactMap(forbidden)
    return words
  }

  private func feeling(_ node: Node) -> AssistanceWords.Feeling? {
    guard let fields = reading.fields(node, keys: ["strength", "words"]),
      let strength = fields.required("strength").flatMap({ reading.number($0, in: -2...3) })
    else { return nil }
    if strength == 0, let node = fields.values["strength"] {
      reading.add(.notOneOf("0", allowed: ["-2", "-1", "1", "2", "3"]), at: node)
    }
    return AssistanceWords.Feeling(strength: strength, words: list(fields))
  }

  private func modifiers(_ node: Node) -> [AssistanceWords.ModifierWords] {
    guard let fields = reading.fields(node, keys: AssistanceWords.Modifier.allCases.map(\.rawValue)) else {
      return []
    }
    return AssistanceWords.Modifier.allCases.compactMap { modifier in
      fields.values[modifier.rawValue].map {
        AssistanceWords.ModifierWords(modifier: modifier, words: list($0))
      }
    }
  }

  private func urgency(_ node: Node) -> AssistanceWords.UrgencyWords? {
    guard let fields = reading.fields(node, keys: ["kind", "strength", "words"]),
      let kind = fields.oneOf("kind", UrgencyKind.self),
      let strength = fields.required("strength").flatMap({ reading.number($0, in: 1...2) })
    else { return nil }
    return AssistanceWords.UrgencyWords(kind: kind, strength: strength, words: list(fields))
  }

  private func risk(_ node: Node) -> AssistanceWords.RiskWords? {
    guard let fields = reading.fields(node, keys: ["kind", "severity", "words"]),
      let kind = fields.oneOf("kind", RiskKind.self),
      let severity = fields.oneOf("severity", RiskSeverity.self)
    else { return nil }
    return AssistanceWords.RiskWords(kind: kind, severity: severity, words: list(fields))
  }

  private func forbidden(_ node: Node) -> AssistanceWords.ForbiddenWords? {
    guard let fields = reading.fields(node, keys: ["severity", "words", "instead"]),
      let severity = fields.oneOf("severity", FindingSeverity.self)
    else { return nil }
    return AssistanceWords.ForbiddenWords(
      severity: severity, words: list(fields), instead: fields.optionalLocalized("instead"))
  }

  private func list(_ fields: Fields) -> [String] { fields.required("words").map(list) ?? [] }

  /// Words of one language or of both: a word of a team may have no counterpart.
  func list(_ node: Node) -> [String] {
    guard let fields = reading.fields(node, keys: ["zh-Hans", "en"]) else { return [] }
    let nodes = fields.items("zh-Hans") + fields.items("en")
    if nodes.isEmpty { reading.add(.listEmpty("words"), at: node) }
    return nodes.compactMap { node in
      guard let word = reading.text(node, limit: Self.longestWord)?.trimmed else { return nil }
      guard let first = word.unicodeScalars.first, let last = word.unicodeScalars.last,
        !["#", "…", "*"].contains(first), last != "…"
      else {
        reading.add(.invalidWord(reading.shortened(word)), at: node)
        return nil
      }
      return word
    }
  }
}
