import Domain

extension WordFinder {
  /// Words that mean something, without those that a negation takes back: 不会投诉, not going to sue. A negation that stands
  /// further away is a condition (不退钱我就投诉) and takes nothing back.
  func signs<Sign>(in text: FoldedText) -> [(sign: Sign, start: Int, end: Int, isNegated: Bool)]
  where Value == ReadingWords.SignWord<Sign> {
    var found: [(sign: Sign, start: Int, end: Int, isNegated: Bool)] = []
    var negation: Int?
    for match in matches(in: text) {
      switch match.value {
      case .plain: negation = nil
      case .negation: negation = match.end
      case .sign(let sign):
        let isNegated = negation.map { Auxiliaries.fill(text, $0, match.start) } ?? false
        found.append((sign, match.start, match.end, isNegated))
        negation = nil
      }
    }
    return found
  }
}

/// What may stand between a negation and the word that it takes back.
private enum Auxiliaries {
  private static let chinese = Set("会想要是去再用必打算准备需有过敢能的".unicodeScalars)
  private static let english: Set<String> = [
    "going", "to", "want", "will", "gonna", "planning", "plan", "threatening", "threaten", "a", "an", "the",
    "any",
    "be", "yet", "even", "need", "that", "really", "call", "see", "get", "hire", "contact", "talk", "speak",
    "my",
  ]
  private static let farthest = 30

  static func fill(_ text: FoldedText, _ start: Int, _ end: Int) -> Bool {
    guard end - start <= farthest, start <= end else { return false }
    var word = ""
    func isKnown() -> Bool { word.isEmpty || english.contains(word) }
    for scalar in text.scalars[start..<end] {
      if FoldedText.isLetter(scalar) {
        word.unicodeScalars.append(scalar)
        continue
      }
      guard isKnown(), scalar == " " || chinese.contains(scalar) else { return false }
      word = ""
    }
    return isKnown()
  }
}
