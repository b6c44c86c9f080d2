/// The time limits of one ticket, recomputed from its history each time they are asked for: a deadline is never stored and
/// never patched.
package struct TicketClocks: Hashable, Sendable {
  package struct Clock: Hashable, Sendable {
    package var startedAt: Timestamp
    /// Nil while the policy hides the deadline, and where the calendar has no working time left.
    package var dueAt: Timestamp?
    /// When it was met; nil while it runs or is paused.
    package var stoppedAt: Timestamp?
    package var isPaused: Bool
    /// Working time used so far, pauses left out.
    package var usedMilliseconds: Int64
    package var limitSeconds: Int
    /// Years whose holidays the calendar does not know: the deadline may be too early.
    package var unknownYears: [Int]

    /// Working time that is left; negative when it is overdue.
    package var leftSeconds: Int { limitSeconds - Int(usedMilliseconds / 1000) }

    package var isBreached: Bool { usedMilliseconds > Int64(limitSeconds) * 1000 }
  }

  /// Creation → first public reply of a person. Answering a call is a reply; so is the closing text.
  package var firstResponse: Clock?
  /// From the oldest message of the customer that nobody answered; a second message does not restart it, a bare "thanks"
  /// does not start it. Nil when nobody waits.
  package var nextReply: Clock?
  /// Creation → solved, without the time that the zone's policy pauses and without the time in which it was done.
  package var resolution: Clock?

  /// - Parameters:
  ///   - entries: the whole timeline in order of time.
  ///   - spoken: contacts on channels where answering is replying.
  ///   - now: up to when time is counted.
  package init(
    ticket: Ticket, entries: [TimelineEntry], spoken: Set<ContactID>, zone: Zone, workingTime: WorkingTime,
    now: Timestamp
  ) {
    let history = History(ticket: ticket, entries: entries, spoken: spoken)
    let limits = zone.timeLimits
    let ruler = Ruler(workingTime: workingTime, now: now)
    firstResponse = limits.firstResponse.map { limit in
      ruler.clock(
        running: [(ticket.createdAt, history.firstReplyAt)], limit: limit, stoppedAt: history.firstReplyAt)
    }
    nextReply = history.waitingSince.flatMap { since in
      limits.nextReply.map { ruler.clock(running: [(since, nil)], limit: $0, stoppedAt: nil) }
    }
    resolution = limits.resolution.map { limit in
      switch zone.pause {
      case .shift:
        return ruler.clock(
          running: history.running(pauses: [.pending, .solved, .closed, .archived]), limit: limit,
          stoppedAt: history.doneAt, isPaused: history.state == .pending)
      case .hide, .run:
        // The deadline stays where it was; only whether it is shown changes.
        var clock = ruler.clock(
          running: history.running(pauses: [.solved, .closed, .archived]), limit: limit,
          stoppedAt: history.doneAt)
        if zone.pause == .hide, history.state == .pending {
          clock.isPaused = true
          clock.dueAt = nil
        }
        return clock
      }
    }
  }

  /// A message that only thanks or confirms: nobody waits for an answer to it.
  package static func isThanks(_ message: String) -> Bool {
    let letters = String(
      String.UnicodeScalarView(
        message.lowercased().unicodeScalars.filter {
          $0.properties.isAlphabetic || $0.properties.isIdeographic
        }))
    return letters.unicodeScalars.count <= 24 && Self.thanks.contains(letters)
  }

  private static let thanks: Set<String> = [
    "谢谢", "谢谢你", "谢谢您", "谢谢啦", "谢了", "多谢", "感谢", "非常感谢", "好的", "好的谢谢", "好谢谢", "好", "嗯", "嗯嗯", "嗯好的",
    "可以了谢谢", "知道了", "知道了谢谢", "收到", "收到谢谢", "明白了", "明白了谢谢", "麻烦了", "辛苦了", "好的辛苦了", "再见", "谢谢再见",
    "thanks", "thankyou", "thankyouverymuch", "thanksalot", "manythanks", "thx", "ty", "ok", "okay",
    "okthanks",
    "okaythanks", "okthankyou", "great", "greatthanks", "perfectthanks", "gotit", "gotitthanks", "cheers",
    "bye",
  ]
}

/// What of a timeline the clocks need.
private struct History {
  let createdAt: Timestamp
  var state: Ticket.State = .new
  var firstReplyAt: Timestamp?
  var waitingSince: Timestamp?
  var doneAt: Timestamp?
  var states: [(at: Timestamp, state: Ticket.State)] = []

  init(ticket: Ticket, entries: [TimelineEntry], spoken: Set<ContactID>) {
    createdAt = ticket.createdAt
    for entry in entries where entry.struckAt == nil {
      switch entry.kind {
      case .reply:
        if case .agent = entry.author { replied(entry.at) }
      case .contactChanged(let contact, .answered) where spoken.contains(contact): replied(entry.at)
      case .closed: replied(entry.at)
      case .customerMessage:
        if !TicketClocks.isThanks(entry.body) { waitingSince = waitingSince ?? entry.at }
      case .stateChanged(_, let target):
        state = target
        states.append((entry.at, target))
        if target.isDone { doneAt = doneAt ?? entry.at } else { doneAt = nil }
      default: break
      }
    }
  }

  private mutating func replied(_ moment: Timestamp) {
    firstReplyAt = firstReplyAt ?? moment
    waitingSince = nil
  }

  /// The stretches in which the ticket was in none of `pauses`; the last one is open when it still runs.
  func running(pauses: Set<Ticket.State>) -> [(start: Timestamp, end: Timestamp?)] {
    var result: [(start: Timestamp, end: Timestamp?)] = []
    var since: Timestamp? = createdAt
    for (moment, state) in states {
      if pauses.contains(state) {
        if let start = since { result.append((start, moment)) }
        since = nil
      } else {
        since = since ?? moment
      }
    }
    if let start = since { result.append((start, nil)) }
    return result
  }
}

/// Measures stretches of time against a limit.
private struct Ruler {
  let workingTime: WorkingTime
  let now: Timestamp

  func clock(
    running stretches: [(start: Timestamp, end: Timestamp?)], limit: Int, stoppedAt: Timestamp?,
    isPaused: Bool = false
  ) -> TicketClocks.Clock {
    var used: Int64 = 0
    var due: Timestamp?
    var years: Set<Int> = []
    for stretch in stretches {
      let end = stretch.end ?? max(now, stretch.start)
      let span = workingTime.span(from: stretch.start, to: end)
      let left = Int64(limit) * 1000 - used
      // The deadline lies in this stretch, or ahead of one that still runs.
      if due == nil, span.milliseconds >= left || stretch.end == nil,
        let deadline = workingTime.deadline(afterMilliseconds: left, from: stretch.start)
      {
        due = deadline.at
        years.formUnion(deadline.unknownYears)
      }
      used += span.milliseconds
      years.formUnion(span.unknownYears)
    }
    if due == nil, stoppedAt != nil, let last = stretches.last, let end = last.end {
      // Met before it was due: where the limit would have ended had the work gone on.
      due = workingTime.deadline(afterMilliseconds: Int64(limit) * 1000 - used, from: end)?.at
    }
    return TicketClocks.Clock(
      startedAt: stretches.first?.start ?? now, dueAt: due, stoppedAt: stoppedAt, isPaused: isPaused,
      usedMilliseconds: used, limitSeconds: limit, unknownYears: years.sorted())
  }
}
