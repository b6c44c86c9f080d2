/// Accuracy and macro F1 of given labels.
package struct LabelFigures: Hashable, Sendable {
  package var accuracy = 0.0
  /// The mean over the labels of the texts of 2·right ÷ (given + true).
  package var macroF1 = 0.0

  package init<Label: Hashable>(_ answers: [(label: Label, given: Label)]) {
    guard !answers.isEmpty else { return }
    var (right, given, actual): ([Label: Int], [Label: Int], [Label: Int]) = ([:], [:], [:])
    for answer in answers {
      actual[answer.label, default: 0] += 1
      given[answer.given, default: 0] += 1
      if answer.label == answer.given { right[answer.label, default: 0] += 1 }
    }
    accuracy = Double(right.values.reduce(0, +)) / Double(answers.count)
    macroF1 =
      actual.reduce(0) { sum, item in
        sum + 2 * Double(right[item.key] ?? 0) / Double(item.value + (given[item.key] ?? 0))
      } / Double(actual.count)
  }
}
