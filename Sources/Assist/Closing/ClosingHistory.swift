import Domain

/// How earlier tickets were closed: what templates are ranked by.
package struct ClosingHistory: Hashable, Sendable {
  /// How often each template closed tickets of the same category lately, and how many of the similar ones; empty where the category
  /// is not known.
  package var counts: [TemplateID: TemplateCount]
  /// How much the tickets that are most like this one speak for each, 0 to 1: their scores, of the scores of all of them.
  package var ofSimilar: [TemplateID: Double]
  /// Texts of closings by template, newest first: which options of a choice they had.
  package var texts: [TemplateID: [String]]

  package init(
    counts: [TemplateID: TemplateCount] = [:], ofSimilar: [TemplateID: Double] = [:],
    texts: [TemplateID: [String]] = [:]
  ) {
    self.counts = counts
    self.ofSimilar = ofSimilar
    self.texts = texts
  }

  package static let none = ClosingHistory()

  /// - Parameters:
  ///   - closings: the newest of the zone, newest first.
  ///   - solved: how tickets like this one ended.
  ///   - category: of the ticket that is to be closed; nil counts no category.
  package init(
    _ closings: [PastClosing], solved: SolvedBefore, category: CategoryID?, language: Language
  ) {
    self.init()
    for closing in closings where closing.language == language {
      texts[closing.template, default: []].append(closing.text)
    }
    for var count in solved.templates {
      // Without a category those of the whole zone were counted, which says nothing about this ticket.
      if category == nil { (count.last30Days, count.last90Days) = (0, 0) }
      counts[count.template] = count
    }
    // One ticket that is a little like it must not weigh as much as five that are very much so.
    let total = max(1, solved.tickets.reduce(0) { $0 + $1.score })
    for ticket in solved.tickets {
      if let template = ticket.template { ofSimilar[template, default: 0] += ticket.score / total }
    }
  }
}
