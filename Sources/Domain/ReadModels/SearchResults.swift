/// A part of a text that matched, in characters (`Character` offsets, half-open).
package struct TextMatch: Hashable, Codable, Sendable {
  package var start: Int
  package var end: Int

  package init(start: Int, end: Int) {
    self.start = start
    self.end = end
  }
}

/// An article that a search found.
package struct ArticleHit: Hashable, Sendable, Identifiable {
  package var id: ArticleID
  package var language: Language
  package var title: String
  package var titleMatches: [TextMatch]
  /// One or two lines around the best match, without Markdown marks.
  package var excerpt: String
  package var excerptMatches: [TextMatch]
  package var zone: ZoneID?
  package var isExpired: Bool
  package var score: Double

  package init(
    id: ArticleID, language: Language, title: String, titleMatches: [TextMatch], excerpt: String,
    excerptMatches: [TextMatch], zone: ZoneID?, isExpired: Bool, score: Double
  ) {
    self.id = id
    self.language = language
    self.title = title
    self.titleMatches = titleMatches
    self.excerpt = excerpt
    self.excerptMatches = excerptMatches
    self.zone = zone
    self.isExpired = isExpired
    self.score = score
  }
}

/// One line of "find anything". Personal data is masked.
package struct FindHit: Hashable, Codable, Sendable, Identifiable {
  package enum Target: Hashable, Codable, Sendable {
    case ticket(TicketID)
    case customer(CustomerID)
  }

  /// Why it was found, in the order in which results are shown.
  package enum Evidence: String, Hashable, Codable, Sendable, CaseIterable {
    case ticketNumber, phone, identity, orderNumber, billNumber, name, words
  }

  package var id: String {
    switch target {
    case .ticket(let id): "ticket:\(id)"
    case .customer(let id): "customer:\(id)"
    }
  }
  package var target: Target
  package var evidence: Evidence
  /// The first column: ticket number or masked customer name.
  package var title: String
  /// Subject, phone, order: what tells it from others. Masked.
  package var detail: String
  package var detailMatches: [TextMatch]
  package var at: Timestamp?
  package var state: Ticket.State?

  package init(
    target: Target, evidence: Evidence, title: String, detail: String, detailMatches: [TextMatch] = [],
    at: Timestamp? = nil, state: Ticket.State? = nil
  ) {
    self.target = target
    self.evidence = evidence
    self.title = title
    self.detail = detail
    self.detailMatches = detailMatches
    self.at = at
    self.state = state
  }
}

/// How far words were looked for in texts that are not on this desk.
package enum FindReach: Hashable, Sendable {
  /// In all there are.
  case whole
  /// The store is being asked; its answer comes next.
  case asking
  /// The store has not looked through what was written since this moment.
  case upTo(Timestamp)
  /// The store could not be asked, or cannot look into texts now.
  case unavailable
}
