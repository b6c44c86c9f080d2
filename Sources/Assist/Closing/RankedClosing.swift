import Domain

/// A template that may close the ticket, and why it stands where it stands.
package struct RankedClosing: Hashable, Sendable {
  package var template: TemplateID
  /// Higher is better; only the order means something.
  package var score: Double
  /// Strongest first; empty where nothing speaks for it but its place in the file.
  package var reasons: [Reason]
  /// Index of the option that each choice most likely has, with the reason; by choice id.
  package var choices: [String: ProposedChoice]

  package init(
    template: TemplateID, score: Double, reasons: [Reason], choices: [String: ProposedChoice] = [:]
  ) {
    self.template = template
    self.score = score
    self.reasons = reasons
    self.choices = choices
  }
}

package struct ProposedChoice: Hashable, Sendable {
  package var option: Int
  /// The share of earlier closings that had it, 0 to 1.
  package var confidence: Double
  package var reason: Reason

  package init(option: Int, confidence: Double, reason: Reason) {
    self.option = option
    self.confidence = confidence
    self.reason = reason
  }
}

/// Puts the templates of a zone in the order in which they are most likely meant.
package enum ClosingRanker {
  /// What speaks for a template, in the units of a category that it was made for.
  private enum Weight {
    static let category = 3.0
    static let everyCategory = 1.0
    static let finding = 4.0
    static let similar = 3.0
    static let history = 2.0
  }

  /// Below this many earlier closings an option is not proposed: two are an accident.
  private static let fewestTexts = 3
  /// And below this share the history is not of one mind.
  private static let smallestShare = 0.6

  /// - Parameters:
  ///   - category: of the ticket, or the one that was read.
  ///   - suggested: templates that what was found asks for, each with the reason.
  package static func rank(
    _ templates: [ClosingTemplate], category: CategoryID?, language: Language,
    suggested: [TemplateID: Reason] = [:], history: ClosingHistory = .none
  ) -> [RankedClosing] {
    let closed = history.counts.values.reduce(0) { $0 + $1.last90Days }
    let ranked = templates.enumerated().map { place, template -> (place: Int, closing: RankedClosing) in
      var score = 0.0
      var reasons: [Reason] = []
      if let reason = suggested[template.id] {
        score += Weight.finding
        reasons.append(reason)
      }
      if let weight = history.ofSimilar[template.id], weight > 0 {
        score += Weight.similar * min(1, weight)
        reasons.append(
          Reason("similar.usedBySimilar", ["count": String(history.counts[template.id]?.similar ?? 1)]))
      }
      if let category, template.categories.contains(category) {
        score += Weight.category
        reasons.append(Reason("closing.category"))
      } else if template.categories.isEmpty {
        score += Weight.everyCategory
      }
      if let count = history.counts[template.id], let reason = count.reason {
        // Three closings more than there were, so that one alone does not decide.
        score += Weight.history * Double(count.last90Days) / Double(closed + 3)
        reasons.append(reason)
      }
      return (
        place,
        RankedClosing(
          template: template.id, score: score, reasons: reasons,
          choices: choices(of: template, language, history.texts[template.id] ?? []))
      )
    }
    return ranked.sorted { ($1.closing.score, $0.place) < ($0.closing.score, $1.place) }.map(\.closing)
  }

  /// The options that earlier texts of the template had, where most of them agree.
  private static func choices(of template: ClosingTemplate, _ language: Language, _ texts: [String])
    -> [String: ProposedChoice]
  {
    var proposed: [String: ProposedChoice] = [:]
    for choice in template.choices {
      var counts = [Int](repeating: 0, count: choice.options.count)
      for text in texts {
        // The longest that stands in it: one option may begin like another.
        let found = choice.options.indices.filter { index in
          let option = choice.options[index][language]
          return !option.isEmpty && text.contains(option)
        }
        if let index = found.max(by: {
          choice.options[$0][language].utf8.count < choice.options[$1][language].utf8.count
        }) {
          counts[index] += 1
        }
      }
      let total = counts.reduce(0, +)
      guard total >= fewestTexts, let best = counts.indices.max(by: { counts[$0] < counts[$1] }) else {
        continue
      }
      let share = Double(counts[best]) / Double(total)
      guard share >= smallestShare else { continue }
      proposed[choice.id] = ProposedChoice(
        option: best, confidence: share,
        reason: Reason("closing.choice", ["count": String(counts[best]), "of": String(total)]))
    }
    return proposed
  }
}
