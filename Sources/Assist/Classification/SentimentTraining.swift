import Domain

/// Makes a model that tells feeling. Reviews are longer than requests and their labels few: how much a text on the wrong side
/// costs, and whether features are weighed by how much they tell the labels apart (Wang and Manning, Baselines and Bigrams,
/// 2012), is tried on texts that are held back, and the best is taken.
package struct SentimentTraining {
  private struct Choice {
    var cost: Float
    var tellsApart: Bool
  }

  /// The first is what other texts are learned with: it stays where nothing is better.
  private static let choices = [
    Choice(cost: 2, tellsApart: false), Choice(cost: 0.5, tellsApart: false),
    Choice(cost: 1, tellsApart: true),
  ]
  private static let heldBack = 5
  /// With fewer a difference is chance.
  private static let leastHeld = 100

  package init() {}

  package func model(from texts: [LabelledText]) throws(ModelTraining.Problem) -> TextModel {
    let choice = try best(texts)
    return try Self.training(choice).model(from: texts)
  }

  private func best(_ texts: [LabelledText]) throws(ModelTraining.Problem) -> Choice {
    var seen: [String: Int] = [:]
    var (kept, held): ([LabelledText], [LabelledText]) = ([], [])
    for text in texts {
      seen[text.label, default: 0] += 1
      // Not those that calibration holds back, so that the last texts of a file are in both.
      if (seen[text.label] ?? 0) % Self.heldBack == 2 { held.append(text) } else { kept.append(text) }
    }
    guard held.count >= Self.leastHeld, Set(kept.map(\.label)).count > 1 else { return Self.choices[0] }
    var best = Self.choices[0]
    var most = -1
    for choice in Self.choices {
      let model = try Self.training(choice).model(from: kept)
      let right = held.count { model.answer($0.text).label == $0.label }
      if right > most { (best, most) = (choice, right) }
    }
    return best
  }

  private static func training(_ choice: Choice) -> ModelTraining {
    var training = ModelTraining()
    training.cost = choice.cost
    training.tellsApart = choice.tellsApart
    return training
  }
}
