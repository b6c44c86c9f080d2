import Domain

/// The mood of one message: its words with what changes them, and how it is written.
struct MessageMood {
  struct Evidence {
    var start: Int
    var end: Int
    /// Above 0 speaks for anger, below 0 against.
    var weight: Double
    /// Key below `reason.mood.`.
    var key: String
  }

  private(set) var evidence: [Evidence] = []
  /// Sum of what speaks for anger less what speaks for content: for telling a pleased text from a displeased one.
  private(set) var balance = 0.0
  /// Below 0 pleased, 3 furious.
  private(set) var score = 0.0
  /// 0 to 1: what speaks for the one side only, or for both.
  private(set) var agreement = 1.0

  /// Words of one sign beyond these say nothing new.
  private static let shares = [1, 0.2, 0.15, 0.1, 0.1, 0.1]
  static let lowest = -2.0
  static let highest = 3.0

  init(_ text: String, words: ReadingWords) {
    let folded = FoldedText(text)
    readWords(folded, words.mood.matches(in: folded))
    // How something is written makes what it says louder; it says nothing about a text that is pleased.
    let isPleased = balance < 0
    if !isPleased {
      readMarks(folded)
      readCapitals(text)
      readRepeats(folded)
    }
    decide()
  }

  private mutating func add(_ start: Int, _ end: Int, _ weight: Double, _ key: String) {
    evidence.append(Evidence(start: start, end: end, weight: weight, key: key))
    balance += weight
  }

  // MARK: - Words

  private mutating func readWords(
    _ text: FoldedText, _ matches: [WordFinder<ReadingWords.MoodWord>.Match]
  ) {
    var modifiers = ClauseModifiers()
    var last = 0
    for (place, match) in matches.enumerated() {
      if text.scalars[last..<max(last, match.start)].contains(where: Clause.ends) { modifiers.reset() }
      last = match.end
      switch match.value {
      case .modifier(.plain): break
      case .modifier(let modifier): modifiers.add(modifier, end: match.end)
      case .feeling(let strength):
        var effect = modifiers.effect(on: match.start, in: text)
        // 差极了, bad indeed: what stands directly behind counts as well.
        if place + 1 < matches.count, case .modifier(.intensifier) = matches[place + 1].value,
          ClauseModifiers.units(in: text, match.end, matches[place + 1].start) == 0,
          matches[place + 1].start - match.end <= 1
        {
          effect.isLouder = true
        }
        read(
          Double(strength), effect, match.start, match.end, isQuoted: isQuoted(text, match.start, match.end))
        let next = place + 1 < matches.count ? matches[place + 1].start : nil
        modifiers.used(between: match.end, and: next, in: text)
      }
    }
  }

  private mutating func read(
    _ strength: Double, _ effect: ClauseModifiers.Effect, _ start: Int, _ end: Int, isQuoted: Bool
  ) {
    let weight = effect.louder(strength)
    switch (strength > 0, effect.isNegated) {
    case (true, false): add(start, end, weight, effect.isLouder ? "louder" : "word")
    case (true, true):
      // 不是很生气 leaves some of it; 没有生气 nothing.
      add(start, end, effect.isWeakNegation ? strength * 0.3 : 0, "negated")
    case (false, true):
      let against = 0.2 + 0.8 * -strength
      add(start, end, effect.isWeakNegation ? against * 0.8 : effect.louder(against), "notPleased")
    case (false, false):
      // Praise in quotation marks is none.
      if isQuoted { add(start, end, 1, "irony") } else { add(start, end, weight, "calm") }
    }
  }

  private func isQuoted(_ text: FoldedText, _ start: Int, _ end: Int) -> Bool {
    let opening: Set<Unicode.Scalar> = ["\"", "“", "「", "『", "'"]
    let closing: Set<Unicode.Scalar> = ["\"", "”", "」", "』", "'"]
    return start > 0 && opening.contains(text[start - 1]) && closing.contains(text[end])
  }

  // MARK: - How it is written

  /// !!! and ？！
  private mutating func readMarks(_ text: FoldedText) {
    var index = 0
    var single = 0
    var total = 0.0
    while index < text.count {
      guard text.scalars[index] == "!" || text.scalars[index] == "?" else {
        index += 1
        continue
      }
      let start = index
      var exclamations = 0
      while index < text.count, text.scalars[index] == "!" || text.scalars[index] == "?" {
        if text.scalars[index] == "!" { exclamations += 1 }
        index += 1
      }
      single += exclamations == 0 ? 0 : 1
      guard index - start > 1 || single == 3 else { continue }
      let weight = min(exclamations > 0 ? 0.4 : 0.3, 0.7 - total)
      guard weight > 0 else { continue }
      total += weight
      add(start, index, weight, "marks")
    }
  }

  /// A TEXT THAT IS SHOUTED. Abbreviations alone are none.
  private mutating func readCapitals(_ text: String) {
    var (capitals, letters, words) = (0, 0, 0)
    var (run, isRunCapital) = (0, true)
    var (first, last) = (-1, 0)
    func isCapitalWord() -> Bool { run >= 2 && isRunCapital }
    var index = 0
    func fold(_ scalar: Unicode.Scalar) -> UInt32 {
      (0xFF21...0xFF5A).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
    }
    for scalar in text.unicodeScalars {
      let value = fold(scalar)
      let isCapital = (0x41...0x5A).contains(value)
      if isCapital || (0x61...0x7A).contains(value) {
        letters += 1
        if isCapital { capitals += 1 }
        isRunCapital = (run == 0 || isRunCapital) && isCapital
        run += 1
      } else if value != 0x27, value != 0x2019 {
        if isCapitalWord() {
          words += 1
          if first < 0 { first = index - run }
          last = index
        }
        run = 0
      }
      index += 1
    }
    if isCapitalWord() {
      words += 1
      if first < 0 { first = index - run }
      last = index
    }
    if words >= 3, letters >= 12, capitals * 10 >= letters * 7 {
      add(first, last, 0.7, "capitals")
    }
  }

  /// 退钱退钱退钱: the same two to four characters three times on end.
  private mutating func readRepeats(_ text: FoldedText) {
    let scalars = text.scalars
    guard scalars.count >= 6 else { return }
    for start in 0...(scalars.count - 6) where FoldedText.isIdeograph(scalars[start]) {
      for length in 2...4 where start + 3 * length <= scalars.count {
        let first = scalars[start..<start + length]
        guard first.first != first.dropFirst().first,
          first.elementsEqual(scalars[start + length..<start + 2 * length]),
          first.elementsEqual(scalars[start + 2 * length..<start + 3 * length]),
          first.allSatisfy(FoldedText.isIdeograph)
        else { continue }
        add(start, start + 3 * length, 0.5, "repeated")
        return
      }
    }
  }

  // MARK: - Score

  private mutating func decide() {
    let against = evidence.filter { $0.weight > 0 }
    let pleased = evidence.filter { $0.weight < 0 }
    let up = Self.sum(against.map(\.weight))
    // Thanks behind everything else are meant; those before it are manners.
    let lastAnger = against.map(\.start).max() ?? -1
    let down = Self.sum(pleased.map { $0.start > lastAnger ? -$0.weight : -$0.weight * 0.5 })
    score = up == 0 ? -down : up - (down * 0.5)
    score = min(max(score, Self.lowest), Self.highest)
    agreement = up + down == 0 ? 1 : abs(up - down) / (up + down)
  }

  private static func sum(_ weights: [Double]) -> Double {
    zip(weights.sorted(by: >), shares).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
