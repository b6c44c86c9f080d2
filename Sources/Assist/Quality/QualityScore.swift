import Domain

/// Σ(w·points) ÷ Σ(w·maximum) over the items that apply; a fatal finding fails the whole (一票否决). An automatic score, never
/// mixed with those that people give.
package enum QualityScore {
  /// How much each item weighs: what the customer needs to know weighs most.
  private static let weights: [(kind: QualityFinding.Kind, weight: Int)] = [
    (.missingFact, 25), (.amount, 15), (.refund, 15), (.promiseWithoutDate, 15), (.tone, 15),
    (.forbiddenWord, 10),
    (.language, 10),
    (.length, 5), (.repetition, 5), (.personalData, 0), (.slot, 0), (.otherName, 0),
  ]

  /// - Parameter names: how the item of a kind is called, by the kind's name.
  package static func sheet(of draft: ReplyDraft, names: (String) -> LocalizedText) -> ScoreSheet {
    sheet(of: draft, QualityCheck.findings(of: draft), names: names)
  }

  /// As `sheet(of:names:)`, for whoever has the findings already.
  package static func sheet(
    of draft: ReplyDraft, _ findings: [QualityFinding], names: (String) -> LocalizedText
  ) -> ScoreSheet {
    func item(_ kind: QualityFinding.Kind, _ points: Int, isMet: Bool) -> ScoreSheet.Item {
      ScoreSheet.Item(id: kind.rawValue, name: names(kind.rawValue), points: points, isMet: isMet)
    }
    let items = weights.filter { $0.weight > 0 && applies($0.kind, draft) }.map { entry in
      // A note says what could be better and costs nothing.
      item(
        entry.kind, entry.weight,
        isMet: !findings.contains { $0.kind == entry.kind && $0.severity > .note })
    }
    var seen = Set<QualityFinding.Kind>()
    let fatal = findings.filter { $0.severity == .fatal && seen.insert($0.kind).inserted }.map {
      item($0.kind, 0, isMet: false)
    }
    return ScoreSheet(items: items, fatal: fatal)
  }

  private static func applies(_ kind: QualityFinding.Kind, _ draft: ReplyDraft) -> Bool {
    switch kind {
    case .missingFact: !draft.facts.isEmpty
    case .tone: (draft.mood?.level ?? .content) > .content
    case .refund: draft.knowsRefunds && !RefundClaim.all(in: FoldedText(draft.text)).isEmpty
    case .amount: !AmountReader.find(in: draft.text).isEmpty
    default: true
    }
  }
}
