/// A trained classifier of texts: pure memory, the same on a desk that has mapped it from a file.
///
/// Reading one text takes some microseconds and allocates little; several threads may use one model.
package struct TextModel: Sendable {
  /// What the model says about one text.
  package struct Answer: Hashable, Sendable {
    package var label: String
    /// The share of texts with such scores whose label was right, measured on texts that were held back from training.
    package var confidence: Float
    /// How clearly the text belongs to any label at all; below `scopeThreshold` it probably belongs to none.
    package var scope: Float
    /// The best labels, best first, this one among them; over all labels confidences add up to 1.
    package var ranking: [Candidate]

    package init(label: String, confidence: Float, scope: Float, ranking: [Candidate]) {
      self.label = label
      self.confidence = confidence
      self.scope = scope
      self.ranking = ranking
    }
  }

  package struct Candidate: Hashable, Sendable {
    package var label: String
    package var confidence: Float
  }

  /// A part of the text that spoke for the label.
  package struct Evidence: Hashable, Sendable {
    package var text: String
    /// Code points from the start of the text, half-open.
    package var start: Int
    package var end: Int
    /// Its part of everything that spoke for the label, 0 to 1.
    package var share: Float
  }

  package let labels: [String]
  /// How many texts it was trained with.
  package var texts: Int { Int(header.texts) }
  package var features: Int { Int(header.features) }
  /// Bytes of its file.
  package var size: Int { memory.count }
  /// Nineteen of twenty texts that were held back reach this.
  package var scopeThreshold: Float { header.scopeThreshold }

  let header: ModelHeader
  let memory: ModelMemory

  /// The label with the best score.
  package func label(of text: String) -> String {
    let scores = read(TextFeatures(text)).scores
    return labels[scores.indices.max { scores[$0] < scores[$1] } ?? 0]
  }

  package func answer(_ text: String, ranked: Int = 3) -> Answer {
    let (scores, familiarity) = read(TextFeatures(text))
    let confidences = header.calibration.confidences(scores)
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    let best = order[0]
    return Answer(
      label: labels[best], confidence: confidences[best],
      scope: Self.scope(scores, familiarity, outside: labels.firstIndex(of: LabelledText.outOfScope)),
      ranking: order.prefix(ranked).map { Candidate(label: labels[$0], confidence: confidences[$0]) })
  }

  /// The best score, counted from -1, which is what a text scores that a label knows nothing of; less where much of the text
  /// was never met. Where texts that belong to no label were among those of the training: by how much it is above theirs.
  static func scope(_ scores: [Float], _ familiarity: Float, outside: Int?) -> Float {
    guard let outside else { return max(0, (scores.max() ?? -1) + 1) * familiarity.squareRoot() }
    return (scores.indices.lazy.filter { $0 != outside }.map { scores[$0] }.max() ?? -1) - scores[outside]
  }

  // MARK: - Scores

  /// What a text has of the features that the model knows, and how much of it is known.
  private func weighted(_ features: TextFeatures) -> (items: [FeatureWeighting.Item], familiarity: Float) {
    var known: [UInt64] = []
    known.reserveCapacity(features.features.count)
    var unknownTokens = 0
    var unknownPairs = 0
    for feature in features.features {
      if let number = memory.number(of: feature.hash, header) {
        known.append(FeatureWeighting.packed(number, feature.block))
      } else if feature.block == .tokens {
        unknownTokens += 1
      } else if feature.block == .pairs {
        unknownPairs += 1
      }
    }
    known.sort()
    let weighting = FeatureWeighting(known, wordShare: features.wordShare) { memory.rarity($0, header) }
    return (
      weighting.items,
      weighting.familiarity(unknownTokens: unknownTokens, unknownPairs: unknownPairs, texts: texts)
    )
  }

  /// The score of each label; 0 is its border.
  private func read(_ features: TextFeatures) -> (scores: [Float], familiarity: Float) {
    let stride = header.stride
    var sums = [Float](repeating: 0, count: stride)
    let (items, familiarity) = weighted(features)
    sums.withUnsafeMutableBufferPointer { sums in
      for label in 0..<stride { sums[label] = memory.bias(label, header) }
      for item in items { memory.add(item.feature, item.value, to: sums, header) }
    }
    return (Array(sums[..<labels.count]), familiarity)
  }

  // MARK: - Evidence

  /// The parts of a text that spoke most for `label` against the mean of all labels, most important first.
  package func evidence(for label: String, in text: String, limit: Int = 5) -> [Evidence] {
    guard let wanted = labels.firstIndex(of: label) else { return [] }
    let features = TextFeatures(text)
    guard !features.tokens.isEmpty else { return [] }
    let values = Dictionary(
      weighted(features).items.map { ($0.feature, $0.value) }, uniquingKeysWith: { $1 })
    var votes = [Float](repeating: 0, count: features.tokens.count)
    for feature in features.features {
      guard let number = memory.number(of: feature.hash, header), let value = values[number] else { continue }
      let vote = value * memory.lead(number, of: wanted, header)
      // A pair speaks with the words at its ends, not with those between them.
      votes[feature.first] += vote / 2
      votes[feature.last] += vote / 2
    }
    return Self.parts(features.tokens, votes, Array(text.unicodeScalars), limit: limit)
  }

  /// Neighbours that both speak for the label are one part.
  private static func parts(
    _ tokens: [TextFeatures.Token], _ votes: [Float], _ scalars: [Unicode.Scalar], limit: Int
  ) -> [Evidence] {
    let total = votes.reduce(0) { $0 + max(0, $1) }
    guard total > 0 else { return [] }
    let least = (votes.max() ?? 0) * 0.25
    var parts: [Evidence] = []
    for (token, vote) in zip(tokens, votes) where vote >= least {
      if let last = parts.last, token.start - last.end <= (token.end - token.start > 1 ? 1 : 0) {
        parts[parts.count - 1].end = token.end
        parts[parts.count - 1].share += vote / total
      } else {
        parts.append(Evidence(text: "", start: token.start, end: token.end, share: vote / total))
      }
    }
    return parts.sorted { $0.share > $1.share }.prefix(limit).map { part in
      var part = part
      part.text = String(String.UnicodeScalarView(scalars[part.start..<part.end]))
      return part
    }
  }
}
