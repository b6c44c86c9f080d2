import Domain

/// Reads what can go wrong beyond the matter itself: what customers threaten, who needs care, who may be cheated, and what
/// agents have promised.
package enum RiskReader {
  private static let mostSigns = 12
  /// Of one kind and severity: one long message must not hide the rest.
  private static let mostOfGroup = 2

  private struct Group: Hashable {
    var kind: RiskKind
    var severity: RiskSeverity
  }

  package static func read(_ input: ReadingInput, words: ReadingWords) -> RiskReading {
    var signs: [RiskReading.Sign] = []
    for (index, message) in input.messages.enumerated() {
      switch message.author {
      case .customer: signs += saidByCustomer(message, index, words)
      case .agent: signs += promises(message, index, input, words)
      case .system: break
      }
    }
    return RiskReading(signs: arranged(signs))
  }

  /// What the words of a customer's message say, and an age in it.
  private static func saidByCustomer(
    _ message: ReadingInput.Message, _ index: Int, _ words: ReadingWords
  ) -> [RiskReading.Sign] {
    let text = FoldedText(message.text)
    var scalars: [Unicode.Scalar]?
    func sign(
      _ kind: RiskKind, _ severity: RiskSeverity, _ key: String, _ start: Int, _ end: Int,
      _ more: [String: String] = [:]
    ) -> RiskReading.Sign {
      let original = scalars ?? Array(message.text.unicodeScalars)
      scalars = original
      let values = ["word": Quotation.text(original, start..<end)].merging(more) { $1 }
      return RiskReading.Sign(
        kind: kind, severity: severity, place: TextPlace(message: index, start: start, end: end),
        reason: Reason("risk.\(key)", values))
    }
    var signs: [RiskReading.Sign] = []
    var counts: [Group: Int] = [:]
    for found in words.risk.signs(in: text) {
      var severity = found.sign.severity
      if found.isNegated {
        // Whoever says that they do not think of it has thought of it: somebody looks.
        guard found.sign.kind == .selfHarm else { continue }
        severity = min(severity, .high)
      }
      // A text may be made of nothing but such words.
      let group = Group(kind: found.sign.kind, severity: severity)
      counts[group, default: 0] += 1
      guard counts[group, default: 0] <= mostOfGroup else { continue }
      signs.append(sign(found.sign.kind, severity, found.sign.kind.rawValue, found.start, found.end))
    }
    if let age = AgeReader.find(in: text) {
      signs.append(
        sign(
          .vulnerable, .medium, age.isMinor ? "minor" : "elderly", age.start, age.end,
          ["age": String(age.years)]))
    }
    return signs
  }

  /// The most severe first.
  private static func arranged(_ signs: [RiskReading.Sign]) -> [RiskReading.Sign] {
    var counts: [Group: Int] = [:]
    let kept = signs.filter { sign in
      let group = Group(kind: sign.kind, severity: sign.severity)
      counts[group, default: 0] += 1
      return sign.kind == .promise || counts[group, default: 0] <= mostOfGroup
    }
    let sorted = kept.enumerated().sorted {
      ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
    }
    return sorted.prefix(mostSigns).map(\.element)
  }
}
