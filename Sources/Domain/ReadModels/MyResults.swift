/// Which stretches of time somebody's results are asked for. The earlier ones end at the same time of day as the first one:
/// half a day compared with a whole one would always look bad.
package struct ResultsQuery: Hashable, Sendable {
  package var agent: AgentID
  package var today: Range<Timestamp>
  package var dayBefore: Range<Timestamp>
  package var yearBefore: Range<Timestamp>

  /// From the start of the day until `now`, itself included.
  package init(agent: AgentID, now: Timestamp, clock: WallClock) {
    let civil = clock.civil(now)
    let today = civil.date
    let used = now - clock.moment(today) + 1
    func range(_ day: CivilDate) -> Range<Timestamp> {
      let start = clock.moment(day)
      return start..<Timestamp(milliseconds: start.milliseconds + used)
    }
    self.agent = agent
    self.today = range(today)
    let tomorrow = CivilDate(daysSinceEpoch: today.daysSinceEpoch + 1)
    let period = Period(start: today, end: tomorrow)
    dayBefore = range(period?.previous.start ?? today)
    yearBefore = range(period?.yearEarlier.start ?? today)
  }
}

/// What somebody sees of their own work.
package struct MyResults: Hashable, Sendable {
  package struct TemplateUse: Hashable, Sendable {
    package var name: LocalizedText
    package var count: Int

    package init(name: LocalizedText, count: Int) {
      self.name = name
      self.count = count
    }
  }

  package var query: ResultsQuery
  package var today: WorkCounts
  package var dayBefore: WorkCounts
  package var yearBefore: WorkCounts
  /// Templates of today's closes, the most used first.
  package var templates: [TemplateUse]

  package init(
    query: ResultsQuery, today: WorkCounts, dayBefore: WorkCounts, yearBefore: WorkCounts,
    templates: [TemplateUse]
  ) {
    self.query = query
    self.today = today
    self.dayBefore = dayBefore
    self.yearBefore = yearBefore
    self.templates = templates
  }
}

/// What one person did in a stretch of time: raw counts and sums, which may be added; figures are made of them at the end.
package struct WorkCounts: Hashable, Sendable {
  /// Contacts that were answered in the time and are wrapped up, credited to whoever answered last.
  package var handling = HandlingTotals()
  /// Tickets that were solved or closed with an outcome code, credited to whoever did that first.
  package var closes = 0
  /// Closes after which the ticket was opened again, until now: the last word comes later.
  package var reopened = 0
  /// Closes written from a template, with or without help.
  package var fromTemplate = 0
  /// What closing cost, where the desk counted: sums with the number of closes that they are of.
  package var keys = 0
  package var keysCounted = 0
  package var milliseconds: Int64 = 0
  package var millisecondsCounted = 0
  package var templates: [TemplateID: Int] = [:]
  package var zones: [ZoneID: Int] = [:]

  package init() {}

  /// - Parameters:
  ///   - contacts: at least those that were answered in `range`.
  ///   - timelines: at least of the tickets that `agent` closed in `range`, each in the order of the store.
  package init(
    of agent: AgentID, in range: Range<Timestamp>, contacts: some Sequence<Contact>,
    timelines: some Sequence<(ticket: Ticket, entries: [TimelineEntry])>
  ) {
    handling = HandlingTotals(
      contacts.filter { contact in
        contact.agent == agent && contact.answeredAt.map { range.contains($0) } == true
      })
    for (ticket, entries) in timelines {
      let all = Close.all(in: entries)
      for (index, close) in all.enumerated()
      where close.author == .agent(agent) && range.contains(close.at) && !close.isTakenBack {
        closes += 1
        zones[ticket.zone, default: 0] += 1
        if close.reopenedAt != nil { reopened += 1 }
        if close.mode != .blank { fromTemplate += 1 }
        // A ticket keeps its newest closing only.
        guard index == all.count - 1, close.isNewestText, let closing = ticket.closing else { continue }
        if let count = closing.keys {
          keys += count
          keysCounted += 1
        }
        if let time = closing.milliseconds {
          milliseconds += time
          millisecondsCounted += 1
        }
        if let template = closing.template { templates[template, default: 0] += 1 }
      }
    }
  }

  /// Reopened / closed; nil when nothing was closed.
  package var reopenRate: Double? { ratio(reopened, closes) }
  /// Closed from a template / closed; nil when nothing was closed.
  package var templateShare: Double? { ratio(fromTemplate, closes) }
  package var averageKeys: Double? { ratio(keys, keysCounted) }
  package var averageClosingSeconds: Double? {
    ratio(Int(milliseconds), millisecondsCounted).map { $0 / 1000 }
  }
}

/// One time that a ticket was done, and whether that lasted.
private struct Close {
  /// Whoever opens their own close again so soon has undone it: neither a close nor a reopening.
  private static let undoWindow: Int64 = 5 * 60_000

  var at: Timestamp
  var author: TimelineEntry.Author
  var mode: Closing.Mode
  var reopenedAt: Timestamp?
  var isTakenBack = false
  /// Nobody closed over it, so the ticket's closing text is this one.
  var isNewestText = true

  /// Solving and closing afterwards is one close, of whoever came first.
  static func all(in entries: [TimelineEntry]) -> [Close] {
    var found: [Close] = []
    var open: Close?
    for entry in entries where entry.struckAt == nil {
      switch entry.kind {
      case .closed(_, let mode):
        if open == nil {
          open = Close(at: entry.at, author: entry.author, mode: mode)
        } else {
          open?.isNewestText = false
        }
      case .stateChanged(_, let target) where !target.isDone:
        guard var close = open else { continue }
        close.reopenedAt = entry.at
        close.isTakenBack = entry.author == close.author && entry.at - close.at <= undoWindow
        found.append(close)
        open = nil
      default: break
      }
    }
    return found + [open].compactMap(\.self)
  }
}
