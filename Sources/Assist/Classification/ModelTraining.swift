import Glibc

/// Makes a model from labelled texts. The same texts in the same order give the same model, to the byte.
package struct ModelTraining {
  package enum Problem: Error, Hashable, Sendable {
    case noTexts
    /// One label says nothing about any text.
    case oneLabel(String)
    case tooManyLabels(Int, limit: Int)
  }

  package static let mostLabels = 1024

  /// What a text on the wrong side costs. Chosen with texts held back from training sets; see decision 0027.
  var cost: Float = 2
  /// Features count by how much they tell the labels apart, instead of by how rare they are: for a few labels.
  var tellsApart = false
  /// A feature that was seen in fewer texts is left out.
  var leastTexts = 1
  /// More than this are not kept: the most frequent ones are.
  var mostFeatures = 1 << 19
  /// Bytes of the file, about.
  var largestFile = Int.max
  /// Features times labels: half a gigabyte while it is trained.
  private let mostWeights = 1 << 27
  /// Without the texts that are held back, and then with all: more passes hardly change what is unseen, and take their time.
  var firstEpochs = 5
  var moreEpochs = 12
  var tolerance: Float = 0.1
  /// One of so many texts is held back until confidence is measured, and then taken in.
  private let heldBack = 5

  package init() {}

  /// For what is measured and thrown away: fewer passes are nearly as right.
  static let quick: ModelTraining = {
    var training = ModelTraining()
    training.firstEpochs = 4
    training.moreEpochs = 2
    return training
  }()

  /// For a model that a store keeps: its file stays below the largest that a store takes, by about half.
  static let learned: ModelTraining = {
    var training = ModelTraining()
    training.largestFile = 32 << 20
    return training
  }()

  /// - Parameter weights: how much each text counts, above 0; empty: all the same.
  package func model(from texts: [LabelledText], weights: [Float] = []) throws(Problem) -> TextModel {
    guard !texts.isEmpty else { throw .noTexts }
    let labels = Set(texts.map(\.label)).sorted()
    guard labels.count > 1 else { throw .oneLabel(labels[0]) }
    guard labels.count <= Self.mostLabels else {
      throw .tooManyLabels(labels.count, limit: Self.mostLabels)
    }
    let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    var corpus = Corpus(
      texts, leastTexts: leastTexts, mostFeatures: most(labels: labels.count))
    corpus.rows.weights = weights
    corpus.rows.labels = texts.map { places[$0.label] ?? 0 }
    if tellsApart { corpus.weighByLabels(labels.count) }
    let trainer = LinearTrainer(
      corpus.rows, classes: labels.count, features: corpus.rarities.count, cost: cost,
      tolerance: tolerance)

    let (kept, held) = split(corpus.rows.labels, classes: labels.count)
    trainer.train(kept, mostEpochs: firstEpochs)
    let rows = corpus.rows(of: held, knowing: kept)
    let scores = rows.map { trainer.scores($0.items) }
    let heldLabels = held.map { corpus.rows.labels[$0] }
    let calibration = Calibration(scores, labels: heldLabels)
    let outside = labels.firstIndex(of: LabelledText.outOfScope)
    let scopes = rows.indices.compactMap { place in
      heldLabels[place] == outside
        ? nil : TextModel.scope(scores[place], rows[place].familiarity, outside: outside)
    }
    trainer.train(Array(texts.indices), mostEpochs: moreEpochs)
    return TextModel(
      labels: labels, table: corpus.table, rarities: corpus.rarities, trainer: trainer, texts: texts.count,
      calibration: calibration, scopeThreshold: Calibration.lowest(scopes))
  }

  /// How many features may be kept. A feature takes a byte for each label, and about 32 beside them.
  private func most(labels: Int) -> Int {
    min(mostFeatures, mostWeights / labels, largestFile / ((labels + 15) / 16 * 16 + 32))
  }

  /// Every fifth text of each label is held back; labels with fewer texts keep all.
  private func split(_ labels: [Int], classes: Int) -> (kept: [Int], held: [Int]) {
    var seen = [Int](repeating: 0, count: classes)
    var kept: [Int] = []
    var held: [Int] = []
    for (text, label) in labels.enumerated() {
      seen[label] += 1
      if seen[label] % heldBack == 0 { held.append(text) } else { kept.append(text) }
    }
    return (kept, held)
  }
}

/// The texts as rows over the features that are kept.
private struct Corpus {
  var rows = LinearTrainer.Rows()
  var rarities: [Float] = []
  var table: [(hash: UInt64, number: Int)] = []

  /// Packed features of all texts one behind the other, each text's sorted; only those that are kept.
  private var occurrences: [UInt64] = []
  private var starts = [0]
  private var wordShares: [Float] = []

  init(_ texts: [LabelledText], leastTexts: Int, mostFeatures: Int) {
    var numbers = FeatureTable()
    var counts: [Int32] = []
    for text in texts {
      let features = TextFeatures(text.text)
      let start = occurrences.count
      for feature in features.features {
        occurrences.append(FeatureWeighting.packed(Int(numbers.number(of: feature.hash)), feature.block))
      }
      occurrences[start...].sort()
      starts.append(occurrences.count)
      wordShares.append(features.wordShare)
      counts += [Int32](repeating: 0, count: numbers.count - counts.count)
      var last = UInt64.max
      for item in occurrences[start...] where item != last {
        counts[Int(item >> 2)] += 1
        last = item
      }
    }
    let least = Self.least(counts, leastTexts: leastTexts, mostFeatures: mostFeatures)
    var kept = [Int](repeating: -1, count: counts.count)
    for number in counts.indices where counts[number] >= least {
      kept[number] = rarities.count
      rarities.append(FeatureWeighting.rarity(texts: texts.count, with: Int(counts[number])))
    }
    for (hash, number) in numbers.entries where kept[Int(number)] >= 0 {
      table.append((hash, kept[Int(number)]))
    }
    // In the order of their numbers: the file is the same whenever the texts are.
    table.sort { $0.number < $1.number }
    renumber(kept)
    makeRows()
  }

  /// Rarities become |ln ratio| of a feature's share in the texts of a label and in the others, the greatest over the labels.
  mutating func weighByLabels(_ labels: Int) {
    var counts = [Float](repeating: 1, count: rarities.count * labels)
    var totals = [Float](repeating: Float(rarities.count), count: labels)
    for text in rows.labels.indices {
      var last = UInt64.max
      for item in occurrences[starts[text]..<starts[text + 1]] where item >> 2 != last {
        last = item >> 2
        counts[Int(last) * labels + rows.labels[text]] += 1
        totals[rows.labels[text]] += 1
      }
    }
    let whole = totals.reduce(0, +)
    for feature in rarities.indices {
      let sum = counts[feature * labels..<(feature + 1) * labels].reduce(0, +)
      var greatest: Float = 0.1
      for label in 0..<labels {
        let count = counts[feature * labels + label]
        let ratio = logf(count / totals[label]) - logf((sum - count) / (whole - totals[label]))
        greatest = max(greatest, abs(ratio))
      }
      rarities[feature] = greatest
    }
    makeRows()
  }

  private mutating func makeRows() {
    rows.features = []
    rows.values = []
    rows.starts = [0]
    for text in wordShares.indices {
      let known = Array(occurrences[starts[text]..<starts[text + 1]])
      for item in FeatureWeighting(known, wordShare: wordShares[text], rarity: { rarities[$0] }).items {
        rows.features.append(UInt32(item.feature))
        rows.values.append(item.value)
      }
      rows.starts.append(rows.features.count)
    }
  }

  private mutating func renumber(_ kept: [Int]) {
    var next = 0
    for text in wordShares.indices {
      let range = starts[text]..<starts[text + 1]
      // Read before it is moved: what follows stays where it was until it is read itself.
      starts[text] = next
      for place in range {
        let number = kept[Int(occurrences[place] >> 2)]
        guard number >= 0 else { continue }
        occurrences[next] = UInt64(number) << 2 | occurrences[place] & 3
        next += 1
      }
    }
    starts[wordShares.count] = next
    occurrences.removeLast(occurrences.count - next)
  }

  /// The rows of `held` as a model sees them that was trained with `kept` alone: without the features that it has not met.
  /// Otherwise a text that was held back would look more familiar than a new one does.
  func rows(of held: [Int], knowing kept: [Int]) -> [(items: [FeatureWeighting.Item], familiarity: Float)] {
    var isKnown = [Bool](repeating: false, count: rarities.count)
    for text in kept {
      for item in rows.starts[text]..<rows.starts[text + 1] { isKnown[Int(rows.features[item])] = true }
    }
    return held.map { text in
      var known: [UInt64] = []
      var unknown = [0, 0, 0]
      for item in occurrences[starts[text]..<starts[text + 1]] {
        if isKnown[Int(item >> 2)] { known.append(item) } else { unknown[Int(item & 3)] += 1 }
      }
      let weighting = FeatureWeighting(known, wordShare: wordShares[text]) { rarities[$0] }
      return (
        weighting.items,
        weighting.familiarity(
          unknownTokens: unknown[TextFeatures.Block.tokens.rawValue],
          unknownPairs: unknown[TextFeatures.Block.pairs.rawValue], texts: wordShares.count)
      )
    }
  }

  /// The fewest texts that a feature must stand in, so that no more than `mostFeatures` are kept.
  private static func least(_ counts: [Int32], leastTexts: Int, mostFeatures: Int) -> Int32 {
    var least = Int32(leastTexts)
    while counts.count(where: { $0 >= least }) > mostFeatures { least += 1 }
    return least
  }
}
