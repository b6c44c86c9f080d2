import Domain

/// Reads a ticket when it opens. Pure: the same texts, records, configuration, models and history give the same reading.
package struct TicketReader: Sendable {
  private let configuration: ConfigurationSet
  private let categories: CategoryReader

  /// - Parameter configuration: as it is stored; articles and people are not used.
  package init(configuration: ConfigurationSet, models: ReadingModels = .none) {
    self.configuration = configuration
    categories = CategoryReader(
      models: models, categories: configuration.categories,
      thresholds: Dictionary(
        configuration.zones.map { ($0.id, $0.assistance.threshold) }, uniquingKeysWith: { first, _ in first }))
  }

  /// - Parameter past: the newest closings of the ticket's zone, newest first.
  package func read(_ input: ReadingInput, past: [PastClosing] = []) -> TicketReading {
    let category = categories.read(input)
    let ticket = input.ticket
    let isSameZone = category.candidates.first?.zone == ticket.zone
    let effective = ticket.category ?? (isSameZone ? category.category : nil)
    let history = ClosingHistory(past, category: effective, language: ticket.language)
    return TicketReading(
      version: ReadVersion(ticket, input.customer), category: category, fields: [],
      closings: ClosingRanker.rank(
        configuration.templates.filter { $0.zone == ticket.zone }, category: effective,
        language: ticket.language, history: history))
  }
}
