import Domain

/// Reads the category, the zone and the priority of a ticket.
package struct CategoryReader: Sendable {
  /// What a zone is content with where it says nothing.
  package static let defaultThreshold = Zone.Assistance.usualThreshold

  private let models: ReadingModels
  private let zoneOf: [CategoryID: ZoneID]
  private let thresholds: [ZoneID: Double]

  /// - Parameters:
  ///   - categories: the tree; a label of the model that is no leaf of it is passed over.
  ///   - thresholds: the confidence from which each zone believes it.
  package init(models: ReadingModels, categories: [Domain.Category], thresholds: [ZoneID: Double] = [:]) {
    self.models = models
    self.thresholds = thresholds
    zoneOf = Dictionary(
      categories.compactMap { category in category.zone.map { (category.id, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// With the threshold that each zone's file asks for.
  package init(models: ReadingModels, categories: [Domain.Category], zones: [Zone]) {
    self.init(
      models: models, categories: categories,
      thresholds: Dictionary(
        zones.map { ($0.id, $0.assistance.threshold) }, uniquingKeysWith: { first, _ in first }))
  }

  /// - Parameter atLeast: a priority that something else asks for, such as a threat, with its reason.
  package func read(
    _ input: ReadingInput, atLeast: (priority: Ticket.Priority, reason: Reason)? = nil
  ) -> CategoryReading {
    let text = TicketText(input)
    let priority = PriorityReader(model: models.priority).read(input, text, atLeast: atLeast)
    guard let model = models.category, !text.text.isEmpty else {
      let key = models.category == nil ? "category.noModel" : "category.noText"
      return CategoryReading(
        category: nil, zone: nil, confidence: 0, zoneConfidence: 0, threshold: Self.defaultThreshold,
        isOutOfScope: false, candidates: [], zones: [], words: [], priority: priority, reasons: [Reason(key)])
    }
    return read(text, model, priority)
  }

  private func read(_ text: TicketText, _ model: TextModel, _ priority: PriorityReading) -> CategoryReading {
    let answer = model.answer(text.text, ranked: model.labels.count)
    let ranking = answer.ranking.compactMap { candidate -> CategoryReading.Candidate? in
      let category = CategoryID(candidate.label)
      guard let zone = zoneOf[category] else { return nil }
      return CategoryReading.Candidate(
        category: category, zone: zone, confidence: Double(candidate.confidence))
    }
    let zones = Self.zones(ranking)
    let best = ranking.first
    let threshold = best.flatMap { thresholds[$0.zone] } ?? Self.defaultThreshold
    let zoneThreshold = zones.first.flatMap { thresholds[$0.zone] } ?? Self.defaultThreshold
    let isOutside = model.isOutOfScope(answer)
    let isKnown = best?.category.text == answer.label
    let isSure = !isOutside && isKnown && (best?.confidence ?? 0) >= threshold
    let isZoneSure = !isOutside && (zones.first?.confidence ?? 0) >= zoneThreshold
    let words = best.map { Self.words(for: $0.category, text, model) } ?? []
    return CategoryReading(
      category: isSure ? best?.category : nil, zone: isZoneSure ? zones.first?.zone : nil,
      confidence: best?.confidence ?? 0, zoneConfidence: zones.first?.confidence ?? 0, threshold: threshold,
      isOutOfScope: isOutside, candidates: Array(ranking.prefix(3)), zones: Array(zones.prefix(3)),
      words: words, priority: priority,
      reasons: Self.reasons(
        words, isSure: isSure, isOutside: isOutside, isZoneSure: isZoneSure,
        confidence: best?.confidence ?? 0, threshold: threshold))
  }

  /// The sum of the categories of each, best first.
  private static func zones(_ ranking: [CategoryReading.Candidate]) -> [CategoryReading.ZoneCandidate] {
    let sums = ranking.reduce(into: [ZoneID: Double]()) { $0[$1.zone, default: 0] += $1.confidence }
    return sums.map { CategoryReading.ZoneCandidate(zone: $0, confidence: min(1, $1)) }
      .sorted { ($1.confidence, $0.zone.text) < ($0.confidence, $1.zone.text) }
  }

  private static func words(for category: CategoryID, _ text: TicketText, _ model: TextModel)
    -> [CategoryReading.Word]
  {
    let personal = PersonalData.find(in: text.text)
    return model.evidence(for: category.text, in: text.text).map { part in
      let data = personal.first { $0.start < part.end && part.start < $0.end }
      return CategoryReading.Word(
        text: data?.masked ?? part.text, place: text.place(part.start..<part.end), share: Double(part.share))
    }
  }

  private static func reasons(
    _ words: [CategoryReading.Word], isSure: Bool, isOutside: Bool, isZoneSure: Bool, confidence: Double,
    threshold: Double
  ) -> [Reason] {
    var reasons: [Reason] = []
    if !words.isEmpty {
      reasons.append(
        Reason("category.words", ["words": words.prefix(3).map(\.text).joined(separator: " · ")]))
    }
    if isOutside {
      reasons.append(Reason("category.outside"))
    } else if !isSure {
      reasons.append(
        Reason("category.unsure", ["percent": percent(confidence), "threshold": percent(threshold)]))
      if isZoneSure { reasons.append(Reason("category.zoneOnly")) }
    }
    return reasons
  }

  package static func percent(_ share: Double) -> String { String(Int((share * 100).rounded())) }
}

extension TextModel {
  /// Whether a text probably belongs to no label.
  package func isOutOfScope(_ answer: Answer) -> Bool {
    answer.scope < scopeThreshold || answer.label == LabelledText.outOfScope
  }
}
