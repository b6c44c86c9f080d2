/// The terms of a question, each once.
struct QuestionTerms {
  private(set) var characters: [TermCode] = []
  private(set) var pairs: [TermCode] = []
  private(set) var words: [TermCode] = []

  /// What leads to questions.
  var leading: [TermCode] { pairs + words }

  init(_ text: String) { self.init(folded: KnowledgePlan.folded(text)) }

  init(folded: [UInt32]) {
    var seen: Set<TermCode> = []
    for run in SearchText.runs(folded) {
      guard run.isIdeographic else {
        let code = TermCode.word(SearchText.term(folded[run.start..<run.end]))
        if seen.insert(code).inserted { words.append(code) }
        continue
      }
      for place in run.start..<run.end {
        let single = TermCode.character(folded[place])
        if seen.insert(single).inserted { characters.append(single) }
        guard place + 1 < run.end else { continue }
        let pair = TermCode.pair(folded[place], folded[place + 1])
        if seen.insert(pair).inserted { pairs.append(pair) }
      }
    }
  }
}
