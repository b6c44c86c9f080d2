/// Words that mean the same, by team.
struct SynonymTable {
  struct Word {
    var scalars: [UInt32]
    /// Pairs of characters and words; a single character is itself.
    var terms: [(code: TermCode, stem: String?)]
    var team: Int
  }

  private(set) var words: [Word] = []
  private var teams: [Int: [Int]] = [:]

  init(_ rows: [(Int, String)] = []) {
    for (team, text) in rows {
      let scalars = text.unicodeScalars.map(\.value)
      let terms = Self.terms(of: scalars)
      guard !terms.isEmpty else { continue }
      teams[team, default: []].append(words.count)
      words.append(Word(scalars: scalars, terms: terms, team: team))
    }
  }

  /// The places of the other words of a team.
  func others(of place: Int) -> [Int] { (teams[words[place].team] ?? []).filter { $0 != place } }

  private static func terms(of scalars: [UInt32]) -> [(code: TermCode, stem: String?)] {
    var terms: [(code: TermCode, stem: String?)] = []
    for run in SearchText.runs(scalars) {
      if !run.isIdeographic {
        let stem = SearchText.term(scalars[run.start..<run.end])
        terms.append((.word(stem), stem))
      } else if run.end - run.start == 1 {
        terms.append((.character(scalars[run.start]), nil))
      } else {
        for place in run.start..<run.end - 1 {
          terms.append((.pair(scalars[place], scalars[place + 1]), nil))
        }
      }
    }
    return terms
  }
}
