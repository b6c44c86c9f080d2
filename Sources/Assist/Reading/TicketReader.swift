import Domain

/// Reads a ticket when it opens. Pure: the same texts, records, configuration, models and history give the same reading.
package struct TicketReader: Sendable {
  private let configuration: ConfigurationSet
  private let products: ProductReader
  private let categories: CategoryReader
  private let words: ReadingWords
  /// With the working days of each zone, and its own words where it has some.
  private let zoneWords: [ZoneID: ReadingWords]
  /// Answers to offers so far.
  package var offerCounts: [OfferCount]

  /// - Parameter configuration: as it is stored; articles and people are not used.
  package init(
    configuration: ConfigurationSet, models: ReadingModels = .none, offerCounts: [OfferCount] = []
  ) {
    self.configuration = configuration
    products = ProductReader(catalogue: configuration.catalogue)
    let common = ReadingWords(configuration.words)
    words = common
    zoneWords = Dictionary(
      configuration.zones.map { zone in
        var own =
          zone.assistance.words.isEmpty ? common : ReadingWords(configuration.words, zone: zone)
        own.workingDays = .of(zone, configuration.calendars)
        return (zone.id, own)
      }, uniquingKeysWith: { first, _ in first })
    self.offerCounts = offerCounts
    categories = CategoryReader(
      models: models, categories: configuration.categories,
      thresholds: Dictionary(
        configuration.zones.map { ($0.id, $0.assistance.threshold) }, uniquingKeysWith: { first, _ in first })
    )
  }

  /// Templates that findings ask for which the ticket speaks of.
  private static func suggested(_ findings: [Finding]) -> [TemplateID: Reason] {
    var found: [TemplateID: Reason] = [:]
    for finding in findings where finding.isAboutTicket && finding.strength != .possible {
      guard let template = finding.suggestion.template, found[template] == nil else { continue }
      found[template] = Reason(
        "closing.finding", ["zh-Hans": finding.name.chinese, "en": finding.name.english])
    }
    return found
  }

  /// The words of a zone, ready for `ReplyDraft`.
  package func words(in zone: ZoneID) -> ReadingWords { zoneWords[zone] ?? words }

  package func read(_ input: ReadingInput, history: ReadingHistory = .none) -> TicketReading {
    let words = words(in: input.ticket.zone)
    let mood = MoodReader.read(input, words: words)
    let risk = RiskReader.read(input, words: words)
    let category = categories.read(input)
    let ticket = input.ticket
    let isSameZone = category.candidates.first?.zone == ticket.zone
    let effective = ticket.category ?? (isSameZone ? category.category : nil)
    let solved = history.solved(input.similarQuery(category: effective))
    // Rules ask for the category that the ticket most likely has.
    var likely = input
    likely.ticket.category = effective
    let findings = Diagnosis.findings(
      likely, outages: configuration.outages, catalogue: configuration.catalogue)
    return TicketReading(
      version: ReadVersion(ticket, input.customer), category: category,
      fields: FieldReader.read(
        input, catalogue: configuration.catalogue, calendars: configuration.calendars,
        products: products), mood: mood,
      risk: risk,
      findings: findings,
      steps: StepGuide.read(likely, findings: findings, deeds: input.deeds, mood: mood, risk: risk),
      offers: OfferChooser.read(
        likely, book: configuration.offers, counts: offerCounts, mood: mood, risk: risk),
      advice: ServiceAdvice.read(
        likely, mood: mood, risk: risk, followUps: history.followUps,
        name: { id in configuration.categories.first { $0.id == id }?.name }),
      closings: ClosingRanker.rank(
        configuration.templates.filter { $0.zone == ticket.zone }, category: effective,
        language: ticket.language, suggested: Self.suggested(findings),
        history: ClosingHistory(
          history.closings, solved: solved, category: effective, language: ticket.language)),
      similar: solved.tickets,
      words: ReplyWords(words))
  }
}
