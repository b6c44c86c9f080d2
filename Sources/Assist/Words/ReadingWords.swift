import Domain

/// `AssistanceWords` made ready: once for a zone, then used for every text. Making takes about a millisecond, finding
/// microseconds.
package struct ReadingWords: Sendable {
  enum MoodWord: Sendable {
    case feeling(Int)
    case modifier(AssistanceWords.Modifier)
  }

  struct Urgency: Sendable {
    var kind: UrgencyKind
    var level: UrgencyReading.Level
  }

  struct Risk: Sendable {
    var kind: RiskKind
    var severity: RiskSeverity
  }

  struct Forbidden: Sendable {
    var severity: FindingSeverity
    var instead: LocalizedText?
  }

  /// A word that means something, or one that changes or hides those.
  enum SignWord<Sign: Sendable>: Sendable {
    case sign(Sign)
    case negation
    /// It only holds another word: 流媒体 holds 媒体.
    case plain
  }

  let mood: WordFinder<MoodWord>
  let urgency: WordFinder<SignWord<Urgency>>
  let risk: WordFinder<SignWord<Risk>>
  /// Of agents; apart from the others, which 会 and will would stand between.
  let promises: WordFinder<SignWord<Risk>>
  let forbidden: WordFinder<Forbidden>
  /// Of the zone: what a promise of working days counts.
  package var workingDays = WorkingDays.mondayToFriday

  /// - Parameter words: of the whole desk; those of the zone are added.
  package init(_ words: AssistanceWords, zone: Zone? = nil) {
    let words = words.adding(zone?.assistance.words)
    mood = WordFinder(
      words.feelings.flatMap { item in item.words.map { ($0, .feeling(item.strength)) } }
        + words.modifiers.flatMap { item in item.words.map { ($0, .modifier(item.modifier)) } })
    func held<Sign>(_ signs: [(word: String, value: SignWord<Sign>)]) -> WordFinder<SignWord<Sign>> {
      func words(_ modifier: AssistanceWords.Modifier) -> [String] {
        modifiers.filter { $0.modifier == modifier }.flatMap(\.words)
      }
      return WordFinder(
        signs + words(.plain).map { ($0, .plain) } + words(.negation).map { ($0, .negation) })
    }
    let modifiers = words.modifiers
    urgency = held(
      words.urgency.flatMap { item in
        item.words.map { ($0, .sign(Urgency(kind: item.kind, level: item.strength > 1 ? .now : .soon))) }
      })
    func risks(_ isIncluded: (RiskKind) -> Bool) -> WordFinder<SignWord<Risk>> {
      held(
        words.risks.filter { isIncluded($0.kind) }.flatMap { item in
          item.words.map { ($0, .sign(Risk(kind: item.kind, severity: item.severity))) }
        })
    }
    risk = risks { $0 != .promise }
    promises = risks { $0 == .promise }
    forbidden = WordFinder(
      words.forbidden.flatMap { item in
        item.words.map { ($0, Forbidden(severity: item.severity, instead: item.instead)) }
      })
  }
}

/// What is quoted of a text in a reason: short, one line, personal data masked.
enum Quotation {
  private static let longest = 30

  /// - Parameter scalars: the original text's.
  static func text(_ scalars: [Unicode.Scalar], _ range: Range<Int>) -> String {
    let part = scalars[range].prefix(longest)
    let line = String(
      String.UnicodeScalarView(part.map { $0 == "\n" || $0 == "\r" || $0 == "\t" ? " " : $0 }))
    return Masking.text(line) + (range.count > longest ? "…" : "")
  }
}
