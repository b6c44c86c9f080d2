import Domain

/// Words of a clause that change those behind them.
struct ClauseModifiers {
  private var items: [(modifier: AssistanceWords.Modifier, end: Int)] = []

  /// As far back as a person still hears them: characters, or words of letters.
  private static let negationReach = 6
  private static let otherReach = 3
  /// Beyond this nobody counts: a clause without any pause may have a megabyte.
  private static let farthest = 60

  struct Effect {
    /// An odd number of negations.
    var isNegated = false
    var isLouder = false
    var isSofter = false
    /// 不太, not very: the negation says less.
    var isWeakNegation = false

    /// What 太 or 有点 makes of a word: less than the step from one strength to the next, which only another word takes.
    func louder(_ strength: Double) -> Double {
      (strength + (isLouder ? (strength > 0 ? 0.3 : -0.3) : 0)) * (isSofter ? 0.6 : 1)
    }
  }

  mutating func reset() { items.removeAll(keepingCapacity: true) }

  mutating func add(_ modifier: AssistanceWords.Modifier, end: Int) {
    if items.count == 4 { items.removeFirst() }
    items.append((modifier, end))
  }

  /// What they do to a word that begins at `start`.
  func effect(on start: Int, in text: FoldedText) -> Effect {
    var effect = Effect()
    var negations = 0
    for item in items {
      let distance = Self.units(in: text, item.end, start)
      switch item.modifier {
      case .negation where distance <= Self.negationReach: negations += 1
      case .intensifier where distance <= Self.otherReach:
        if negations % 2 == 1 { effect.isWeakNegation = true } else { effect.isLouder = true }
      case .softener where distance <= Self.otherReach: effect.isSofter = true
      default: break
      }
    }
    effect.isNegated = negations % 2 == 1
    return effect
  }

  /// A word has taken its negation: 不好不坏 negates each once. Joined words share one: not happy or satisfied.
  mutating func used(between end: Int, and next: Int?, in text: FoldedText) {
    if let next, next - end <= 5, next > end {
      let between = String(String.UnicodeScalarView(text.scalars[end..<next])).trimmed
      if ["or", "nor", "and", "和", "或", "也", "与"].contains(between) { return }
    }
    reset()
  }

  /// Characters and words between two places.
  static func units(in text: FoldedText, _ start: Int, _ end: Int) -> Int {
    guard end - start <= farthest else { return .max }
    var units = 0
    var isInWord = false
    for index in start..<max(start, end) {
      let scalar = text.scalars[index]
      let isWord = FoldedText.isWord(scalar) || scalar == "'"
      if isWord ? !isInWord : scalar.value >= 0x2E80 && !Clause.ends(scalar) { units += 1 }
      isInWord = isWord
    }
    return units
  }
}
