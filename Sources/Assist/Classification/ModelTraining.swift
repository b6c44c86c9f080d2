/// Makes a model from labelled texts. The same texts in the same order give the same model, to the byte.
package struct ModelTraining {
  package enum Problem: Error, Hashable, Sendable {
    case noTexts
    /// One label says nothing about any text.
    case oneLabel(String)
    case tooManyLabels(Int, limit: Int)
  }

  package static let mostLabels = 4096

  /// What a text on the wrong side costs. Chosen with texts held back from training sets; see docs/assistance.md.
  var cost: Float = 1
  /// A feature that was seen in fewer texts is left out.
  var leastTexts = 1
  /// More than this are not kept: the most frequent ones are.
  var mostFeatures = 1 << 19
  var mostEpochs = 12
  var tolerance: Float = 0.1
  /// One of so many texts is held back until confidence is measured, and then taken in.
  private let heldBack = 5

  package init() {}

  package func model(from texts: [LabelledText]) throws(Problem) -> TextModel {
    guard !texts.isEmpty else { throw .noTexts }
    let labels = Set(texts.map(\.label)).sorted()
    guard labels.count > 1 else { throw .oneLabel(labels[0]) }
    guard labels.count <= Self.mostLabels else {
      throw .tooManyLabels(labels.count, limit: Self.mostLabels)
    }
    let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    var corpus = Corpus(texts, leastTexts: leastTexts, mostFeatures: mostFeatures)
    corpus.rows.labels = texts.map { places[$0.label] ?? 0 }
    let trainer = LinearTrainer(
      corpus.rows, classes: labels.count, features: corpus.rarities.count, cost: cost,
      mostEpochs: mostEpochs, tolerance: tolerance)

    let (kept, held) = split(corpus.rows.labels, classes: labels.count)
    trainer.train(kept)
    let rows = corpus.rows(of: held, knowing: kept)
    let scores = rows.map { trainer.scores($0) }
    let heldLabels = held.map { corpus.rows.labels[$0] }
    let sharpness = Calibration.sharpness(scores, labels: heldLabels)
    let outside = labels.firstIndex(of: LabelledText.outOfScope)
    let scopes = zip(scores, heldLabels).compactMap { scores, label in
      label == outside ? nil : TextModel.scope(scores, outside: outside)
    }
    trainer.train(Array(texts.indices))
    return TextModel(
      labels: labels, table: corpus.table, rarities: corpus.rarities, trainer: trainer, texts: texts.count,
      sharpness: sharpness, scopeThreshold: Calibration.lowest(scopes))
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
  private var wordShares: [Float] = []
  private var isLetters: [Bool] = []

  init(_ texts: [LabelledText], leastTexts: Int, mostFeatures: Int) {
    var numbers = FeatureTable()
    var counts: [Int32] = []
    // Occurrences of all texts one behind the other: number × 2 + block.
    var occurrences: [UInt32] = []
    var starts = [0]
    for text in texts {
      let features = TextFeatures(text.text)
      let start = occurrences.count
      for feature in features.features {
        occurrences.append(numbers.number(of: feature.hash) << 1 | UInt32(feature.block.rawValue))
      }
      occurrences[start...].sort()
      starts.append(occurrences.count)
      wordShares.append(features.wordShare)
      counts += [Int32](repeating: 0, count: numbers.count - counts.count)
      var last = UInt32.max
      for item in occurrences[start...] where item != last {
        counts[Int(item >> 1)] += 1
        last = item
      }
    }
    let least = Self.least(counts, leastTexts: leastTexts, mostFeatures: mostFeatures)
    var kept = [UInt32](repeating: .max, count: counts.count)
    for number in counts.indices where counts[number] >= least {
      kept[number] = UInt32(rarities.count)
      rarities.append(FeatureWeighting.rarity(texts: texts.count, with: Int(counts[number])))
    }
    numbers.visit { hash, number in
      if kept[Int(number)] != .max { table.append((hash, Int(kept[Int(number)]))) }
    }
    // In the order of their numbers: the file is the same whenever the texts are.
    table.sort { $0.number < $1.number }
    isLetters = [Bool](repeating: false, count: rarities.count)
    var known: [UInt64] = []
    for text in texts.indices {
      known.removeAll(keepingCapacity: true)
      for item in occurrences[starts[text]..<starts[text + 1]] where kept[Int(item >> 1)] != .max {
        known.append(UInt64(kept[Int(item >> 1)]) << 1 | UInt64(item & 1))
      }
      for item in known { isLetters[Int(item >> 1)] = item & 1 == 1 }
      for item in FeatureWeighting.row(known, wordShare: wordShares[text], rarity: { rarities[$0] }) {
        rows.features.append(UInt32(item.feature))
        rows.values.append(item.value)
      }
      rows.starts.append(rows.features.count)
    }
  }

  /// The rows of `held` as a model sees them that was trained with `kept` alone: without the features that it has not met.
  /// Otherwise a text that was held back looks stranger, or more familiar, than a new one does.
  func rows(of held: [Int], knowing kept: [Int]) -> [[(feature: Int, value: Float)]] {
    var isKnown = [Bool](repeating: false, count: rarities.count)
    for text in kept {
      for item in rows.starts[text]..<rows.starts[text + 1] { isKnown[Int(rows.features[item])] = true }
    }
    return held.map { text in
      var row: [(feature: Int, value: Float)] = []
      // By block: length with everything, length of what is known.
      var whole = SIMD2<Float>.zero
      var left = SIMD2<Float>.zero
      for item in rows.starts[text]..<rows.starts[text + 1] {
        let feature = Int(rows.features[item])
        let square = rows.values[item] * rows.values[item]
        whole[isLetters[feature] ? 1 : 0] += square
        guard isKnown[feature] else { continue }
        left[isLetters[feature] ? 1 : 0] += square
        row.append((feature, rows.values[item]))
      }
      // Each block gets its old length back, and the whole the length 1.
      var factors = SIMD2<Float>.zero
      var square: Float = 0
      for block in 0..<2 where left[block] > 0 {
        factors[block] = (whole[block] / left[block]).squareRoot()
        square += whole[block]
      }
      for place in row.indices {
        row[place].value *= factors[isLetters[row[place].feature] ? 1 : 0] / square.squareRoot()
      }
      return row
    }
  }

  /// The fewest texts that a feature must stand in, so that no more than `mostFeatures` are kept.
  private static func least(_ counts: [Int32], leastTexts: Int, mostFeatures: Int) -> Int32 {
    var least = Int32(leastTexts)
    while counts.count(where: { $0 >= least }) > mostFeatures { least += 1 }
    return least
  }
}
