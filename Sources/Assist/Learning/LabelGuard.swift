import Domain

/// Keeps labels from being turned by one person, by mistake or on purpose, before anything is learned from them.
///
/// - A label that somebody corrected counts twice.
/// - Each person's labels are compared with what the others' tickets say of the same texts: models that were trained without
///   that person read them. Where somebody gives a label again and again to texts that the others close under one other
///   label, far more often than the others themselves differ, those texts are left out and reported.
/// - Where several people close a category, nobody counts more than half of what all others count together.
/// - A category whose share of the newest closes is quite another than before is reported.
struct LabelGuard {
  /// What one text counts; 0: it is left out.
  private(set) var weights: [Float]
  private(set) var findings: [LearnedModel.Finding] = []

  /// The factor of what people corrected.
  private static let correction: Float = 2
  /// Texts in the wrong place before it is called a habit, and how unlikely it has to be.
  private static let fewestTurned = 5
  private static let unlikely = 1e-4
  /// The others differ at least so often, whatever was counted: nobody is certain.
  private static let usualDifference = 0.05
  /// Fewer texts or people say nothing about one of them.
  private static let fewestTexts = 60
  private static let mostFolds = 3

  private let tickets: [ClosedTicket]

  /// - Parameters:
  ///   - tickets: oldest close first.
  ///   - texts: the same, as they are learned.
  ///   - newest: how many at the end are compared with those before.
  init(_ tickets: [ClosedTicket], texts: [LabelledText], newest: Int, comparesPeople: Bool = true) throws {
    self.tickets = tickets
    weights = tickets.map { $0.isCorrected ? Self.correction : 1 }
    if comparesPeople { try leaveOutTurned(texts) }
    capPeople()
    compareShares(newest: newest)
  }

  // MARK: - One against the others

  private mutating func leaveOutTurned(_ texts: [LabelledText]) throws {
    let people = Dictionary(grouping: tickets.indices, by: { tickets[$0].labelledBy })
    guard tickets.count >= Self.fewestTexts, people.count > 2 else { return }
    guard let others = try readByOthers(texts, people) else { return }
    // By label that was given, then by label that the others give.
    var turned: [String: [String: [Int]]] = [:]
    for (index, text) in texts.enumerated() where others[index] != text.label {
      turned[text.label, default: [:]][others[index], default: []].append(index)
    }
    let given = Dictionary(grouping: texts.indices, by: { texts[$0].label })
    for (label, places) in given.sorted(by: { $0.key < $1.key }) {
      let counts = Dictionary(grouping: places, by: { tickets[$0].labelledBy }).mapValues(\.count)
      for (other, indices) in (turned[label] ?? [:]).sorted(by: { $0.key < $1.key }) {
        let byPerson = Dictionary(grouping: indices, by: { tickets[$0].labelledBy })
        for (person, mine) in byPerson.sorted(by: { $0.key < $1.key }) where mine.count >= Self.fewestTurned {
          let all = counts[person] ?? 0
          let theirs = places.count - all
          // Whom nobody else joins in a category knows what it is for.
          guard theirs >= max(3, all / 4) else { continue }
          let usual = max(
            Self.usualDifference, 2 * Double(indices.count - mine.count + 1) / Double(theirs + 2))
          let chance = PairedComparison.tail(atLeast: mine.count, of: all, each: min(0.9, usual))
          guard chance < Self.unlikely else { continue }
          for index in mine { weights[index] = 0 }
          findings.append(
            LearnedModel.Finding(
              "turned",
              ["agent": person.text, "label": label, "other": other, "number": String(mine.count)]))
        }
      }
    }
  }

  /// What models say to each text that did not learn from the person who labelled it; nil where there is too little to learn.
  private func readByOthers(_ texts: [LabelledText], _ people: [AgentID: [Int]]) throws -> [String]? {
    let folds = min(Self.mostFolds, people.count)
    var members = [[Int]](repeating: [], count: folds)
    // The largest first, each to the smallest fold.
    for (_, places) in people.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }) {
      let smallest = members.indices.min { members[$0].count < members[$1].count } ?? 0
      members[smallest] += places
    }
    var said = [String](repeating: "", count: texts.count)
    for fold in members {
      let mine = Set(fold)
      let others = texts.indices.filter { !mine.contains($0) }
      guard Set(others.map { texts[$0].label }).count > 1 else { return nil }
      let model = try ModelTraining.quick.model(from: others.map { texts[$0] })
      for index in fold { said[index] = model.label(of: texts[index].text) }
    }
    return said
  }

  // MARK: - Shares

  private mutating func capPeople() {
    let given = Dictionary(grouping: tickets.indices.filter { weights[$0] > 0 }) { tickets[$0].category }
    for places in given.values {
      let byPerson = Dictionary(grouping: places, by: { tickets[$0].labelledBy })
      guard byPerson.count > 2 else { continue }
      let sums = byPerson.mapValues { $0.reduce(0) { $0 + weights[$1] } }
      let all = sums.values.reduce(0, +)
      for (person, own) in sums {
        let most = (all - own) / 2
        guard own > most, let mine = byPerson[person] else { continue }
        for index in mine { weights[index] *= max(0.1, most / own) }
      }
    }
  }

  private mutating func compareShares(newest: Int) {
    let border = tickets.count - newest
    guard border > 0, newest >= 30 else { return }
    let before = Dictionary(grouping: 0..<border, by: { tickets[$0].category }).mapValues(\.count)
    let after = Dictionary(grouping: border..<tickets.count, by: { tickets[$0].category })
    for label in Set(before.keys).union(after.keys).sorted() {
      let (old, new) = (before[label] ?? 0, after[label]?.count ?? 0)
      let (oldShare, newShare) = (Double(old) / Double(border), Double(new) / Double(newest))
      let both = Double(old + new) / Double(tickets.count)
      let spread = (both * (1 - both) * (1 / Double(border) + 1 / Double(newest))).squareRoot()
      guard spread > 0, abs(newShare - oldShare) / spread > 4, max(old, new) >= 10,
        newShare > 2 * oldShare || oldShare > 2 * newShare
      else { continue }
      var values = [
        "label": label.text, "before": CategoryReader.percent(oldShare),
        "after": CategoryReader.percent(newShare),
      ]
      let byPerson = Dictionary(grouping: after[label] ?? [], by: { tickets[$0].labelledBy })
      let most = byPerson.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
      if newShare > oldShare, let most, most.value.count * 2 > new, byPerson.count > 1 || newest > new {
        values["agent"] = most.key.text
        values["number"] = String(most.value.count)
        findings.append(LearnedModel.Finding("shareByOne", values))
      } else {
        findings.append(LearnedModel.Finding("share", values))
      }
    }
  }
}
