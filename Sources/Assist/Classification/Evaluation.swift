/// How well a model labels texts that it has not seen.
package struct Evaluation: Hashable, Sendable {
  package var texts = 0
  /// Right labels ÷ texts, those outside left out.
  package var accuracy = 0.0
  /// The mean over labels of 2·right ÷ (given + true); labels of the texts only.
  package var macroF1 = 0.0
  /// The chance that a text with a label has a higher scope than one without (`__oos__`), ties counting half; nil where the
  /// texts have only one kind.
  package var outOfScopeAUROC: Double?
  /// The mean over ten equal steps of confidence of |confidence − share that was right|, weighted by texts.
  package var calibrationError = 0.0

  /// - Parameter answers: for each text its true label and what the model said.
  package init(_ answers: [(label: String, answer: TextModel.Answer)]) {
    let inside = answers.filter { $0.label != LabelledText.outOfScope }
    let outside = answers.filter { $0.label == LabelledText.outOfScope }
    texts = inside.count
    guard !inside.isEmpty else { return }
    var right: [String: Int] = [:]
    var given: [String: Int] = [:]
    var actual: [String: Int] = [:]
    var steps = [(count: Int, confidence: Double, right: Int)](repeating: (0, 0, 0), count: 10)
    for (label, answer) in inside {
      actual[label, default: 0] += 1
      given[answer.label, default: 0] += 1
      let isRight = label == answer.label
      if isRight { right[label, default: 0] += 1 }
      let step = min(9, max(0, Int(answer.confidence * 10)))
      steps[step].count += 1
      steps[step].confidence += Double(answer.confidence)
      steps[step].right += isRight ? 1 : 0
    }
    let count = Double(inside.count)
    accuracy = Double(right.values.reduce(0, +)) / count
    let labels = Set(actual.keys)
    macroF1 =
      labels.reduce(0) { sum, label in
        sum + 2 * Double(right[label] ?? 0) / Double((actual[label] ?? 0) + (given[label] ?? 0))
      } / Double(labels.count)
    calibrationError = steps.reduce(0) { $0 + abs($1.confidence - Double($1.right)) } / count
    outOfScopeAUROC = Self.area(inside.map(\.answer.scope), above: outside.map(\.answer.scope))
  }

  /// Mann and Whitney: the sum of ranks of `high` less the least it can be, by all pairs. Equal values share their ranks.
  static func area(_ high: [Float], above low: [Float]) -> Double? {
    guard !high.isEmpty, !low.isEmpty else { return nil }
    let all = (high.map { ($0, true) } + low.map { ($0, false) }).sorted { $0.0 < $1.0 }
    var ranks = 0.0
    var place = 0
    while place < all.count {
      var next = place
      while next < all.count, all[next].0 == all[place].0 { next += 1 }
      let rank = Double(place + 1 + next) / 2
      ranks += rank * Double(all[place..<next].count { $0.1 })
      place = next
    }
    let (high, low) = (Double(high.count), Double(low.count))
    return (ranks - high * (high + 1) / 2) / (high * low)
  }
}
