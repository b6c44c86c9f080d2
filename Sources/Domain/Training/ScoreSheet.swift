/// Points for what was expected, and what failed the whole. Quality and training share it.
///
/// Score = Σ points earned / Σ points of applicable items; a fatal item (一票否决) fails the whole.
package struct ScoreSheet: Hashable, Codable, Sendable {
  package struct Item: Hashable, Codable, Sendable, Identifiable {
    package var id: String
    package var name: LocalizedText
    package var points: Int
    package var isMet: Bool

    package init(id: String, name: LocalizedText, points: Int, isMet: Bool) {
      self.id = id
      self.name = name
      self.points = points
      self.isMet = isMet
    }
  }

  package var items: [Item]
  /// Fatal items that happened.
  package var fatal: [Item]
  /// How a practice ended: which generation of closing, and what it cost; nil where it is about a text alone.
  package var ending: Ending?

  package struct Ending: Hashable, Codable, Sendable {
    package var mode: Closing.Mode
    package var keys: Int?
    package var milliseconds: Int64?

    package init(mode: Closing.Mode, keys: Int?, milliseconds: Int64?) {
      self.mode = mode
      self.keys = keys
      self.milliseconds = milliseconds
    }
  }

  package init(items: [Item], fatal: [Item], ending: Ending? = nil) {
    self.items = items
    self.fatal = fatal
    self.ending = ending
  }

  package var earned: Int { items.reduce(0) { $0 + ($1.isMet ? $1.points : 0) } }
  package var maximum: Int { items.reduce(0) { $0 + $1.points } }
  /// 0 to 100; nil when nothing applied.
  package var score: Int? { fatal.isEmpty ? (maximum == 0 ? nil : earned * 100 / maximum) : 0 }
}

/// What a trainee did with a practice customer.
package struct PracticeRecord: Sendable {
  package var ticket: Ticket
  /// In the order of the store.
  package var entries: [TimelineEntry]
  /// When personal data was revealed.
  package var revealedAt: [Timestamp]
  package var clock: WallClock
  /// The name that a catalogue id has on a bill.
  package var itemName: @Sendable (String) -> String

  package init(
    ticket: Ticket, entries: [TimelineEntry], revealedAt: [Timestamp], clock: WallClock,
    itemName: @escaping @Sendable (String) -> String
  ) {
    self.ticket = ticket
    self.entries = entries
    self.revealedAt = revealedAt
    self.clock = clock
    self.itemName = itemName
  }

  package func assess(_ scenario: Scenario) -> ScoreSheet {
    ScoreSheet(
      items: scenario.expectations.map {
        ScoreSheet.Item(id: $0.id, name: $0.name, points: $0.points, isMet: holds($0.kind, in: scenario))
      },
      fatal: scenario.fatal.filter { holds($0.kind, in: scenario) }.map {
        ScoreSheet.Item(id: $0.id, name: $0.name, points: 0, isMet: false)
      },
      ending: ticket.closing.map {
        ScoreSheet.Ending(mode: $0.mode, keys: $0.keys, milliseconds: $0.milliseconds)
      })
  }

  private func holds(_ kind: Scenario.Check.Kind, in scenario: Scenario) -> Bool {
    switch kind {
    case .field(let field, let expected):
      return ticket.fields[field].map { matches($0, expected) } ?? false
    case .category(let category): return ticket.category == category
    case .disposition(let codes): return ticket.disposition.map(codes.contains) ?? false
    case .template(let ids): return ticket.closing?.template.map(ids.contains) ?? false
    case .mentions(let words):
      let said = spoken.map { $0.lowercased() }
      return words.contains { word in said.contains { $0.contains(word.lowercased()) } }
    case .steps(let steps):
      let done = ticket.steps.filter(steps.contains)
      return done == steps
    case .verifiedFirst:
      guard let verified = verifiedAt(scenario) else { return false }
      return revealedAt.allSatisfy { $0 >= verified }
    case .revealedUnverified:
      guard let first = revealedAt.min() else { return false }
      return verifiedAt(scenario).map { first < $0 } ?? true
    case .closed(let seconds):
      guard let closed = ticket.closedAt ?? ticket.solvedAt else { return false }
      return closed - ticket.createdAt <= Int64(seconds) * 1000
    }
  }

  private var spoken: [String] {
    entries.compactMap { entry in
      guard entry.struckAt == nil else { return nil }
      switch entry.kind {
      case .reply, .closed: return entry.body
      default: return nil
      }
    }
  }

  /// When it was known who speaks: the customer named the last digits of the identity card to a reply of the trainee, or the
  /// step was ticked off, whichever was first.
  private func verifiedAt(_ scenario: Scenario) -> Timestamp? {
    let asked = entries.firstIndex { $0.kind == .reply && $0.struckAt == nil }
    let answered = asked.flatMap { start in
      entries[start...].first {
        $0.kind == .customerMessage && $0.body.contains(scenario.person.identityLastFour)
      }?.at
    }
    let ticked =
      ticket.steps.contains("verify")
      ? entries.first { $0.kind == .stepChanged(step: "verify", isDone: true) }?.at : nil
    // Where the zone verifies customers the step is not ticked by hand.
    let passed = entries.first { $0.kind == .verification(.passed) }?.at
    return [answered, ticked, passed].compactMap(\.self).min()
  }

  private func matches(_ value: String, _ expected: Scenario.Check.Value) -> Bool {
    switch expected {
    case .text(let text): value == text
    case .money(let money): Money(value) == money
    case .month(let offset): value.contains(month(offset))
    case .day(let offset): value == CivilDate(daysSinceEpoch: today.daysSinceEpoch + offset).description
    case .item(let id): value.contains(itemName(id))
    }
  }

  private var today: CivilDate { clock.civil(ticket.createdAt).date }

  private func month(_ offset: Int) -> String {
    let months = today.year * 12 + today.month - 1 + offset
    return "\(padded(months / 12, 4))-\(padded(months % 12 + 1, 2))"
  }
}
