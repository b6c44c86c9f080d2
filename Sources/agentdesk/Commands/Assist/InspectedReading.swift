import Assist
import Domain
import Store

/// What a text would be as the first message of a ticket, by what the store on this machine has learned.
struct InspectedReading {
  let reading: CategoryReading
  private let categories: [Domain.Category]
  private let scope: (value: Float, threshold: Float)
  private let strings: StringCatalogue

  /// Nil without a store on this machine, and where it has learned nothing yet.
  ///
  /// - Parameter threshold: nil: what each zone asks for.
  init?(_ context: CommandContext, _ text: String, threshold: Double?) throws {
    guard case .file(let path) = try context.storeLocation(), SharedStore.exists(at: path) else { return nil }
    let store = try SharedStore(path: path)
    defer { store.close() }
    guard let current = try store.learnedModel()?.current else { return nil }
    let models = StoreLearning.reading(current, store)
    guard let model = models.category else { return nil }
    categories = try store.categories()
    let zones = try store.zones()
    let limits = zones.map { ($0.id, threshold ?? $0.assistance.threshold) }
    let reader = CategoryReader(
      models: models, categories: categories,
      thresholds: Dictionary(limits, uniquingKeysWith: { first, _ in first }))
    reading = reader.read(Self.input(text))
    scope = (model.answer(text).scope, model.scopeThreshold)
    strings = context.strings
  }

  private static func input(_ text: String) -> ReadingInput {
    let now = Timestamp.now
    let ticket = Ticket(
      id: "", customer: "", zone: "", subject: "", channel: .chat, createdAt: now, createdBy: Agent.system.id)
    return ReadingInput(
      ticket: ticket, zone: nil, messages: [ReadingInput.Message(author: .customer, at: now, text: text)],
      customer: nil, clock: .local, now: now)
  }

  var pairs: [JSON.Pair] {
    [
      JSON.Pair("category", JSON(reading.category?.text)),
      JSON.Pair("confidence", .real(reading.confidence)), JSON.Pair("abstained", JSON(reading.isAbstaining)),
      JSON.Pair("threshold", .real(reading.threshold)), JSON.Pair("zone", JSON(reading.zone?.text)),
      JSON.Pair("zone_confidence", .real(reading.zoneConfidence)),
      JSON.Pair("out_of_scope", JSON(reading.isOutOfScope)), JSON.Pair("scope", .real(Double(scope.value))),
      JSON.Pair("scope_threshold", .real(Double(scope.threshold))),
      JSON.Pair(
        "candidates",
        .array(
          reading.candidates.map {
            [
              "label": .text($0.category.text), "zone": .text($0.zone.text),
              "confidence": .real($0.confidence),
            ]
          })),
      JSON.Pair(
        "reasons",
        .array(
          reading.words.map {
            [
              "text": .text($0.text), "start": JSON($0.place?.start), "end": JSON($0.place?.end),
              "share": .real($0.share),
            ]
          })),
      JSON.Pair("priority", priority),
    ]
  }

  private var priority: JSON {
    [
      "value": JSON(reading.priority.priority?.label), "confidence": .real(reading.priority.confidence),
      "reasons": .array(reading.priority.reasons.map { .text(strings.sentence(for: $0)) }),
    ]
  }

  var lines: [String] {
    let percent = CategoryReader.percent(reading.confidence)
    guard let best = reading.candidates.first else { return [] }
    let name =
      categories.first { $0.id == best.category }?.name[strings.language] ?? best.category.text
    let key = reading.isOutOfScope ? "outside" : reading.isAbstaining ? "notSure" : "sure"
    return [strings("cli.assist.\(key)", ["label": name, "percent": percent])]
      + (reading.reasons + reading.priority.reasons).map { strings.sentence(for: $0) }
  }
}
