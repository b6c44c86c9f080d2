/// How many contacts were answered and abandoned, within a threshold and after it: raw counts, which may be added over
/// intervals, queues and days. Averages of service levels may not.
package struct AnswerCounts: Hashable, Codable, Sendable {
  package var answeredInTime: Int
  package var answeredLate: Int
  package var abandonedInTime: Int
  package var abandonedLate: Int

  package init(
    answeredInTime: Int = 0, answeredLate: Int = 0, abandonedInTime: Int = 0, abandonedLate: Int = 0
  ) {
    self.answeredInTime = answeredInTime
    self.answeredLate = answeredLate
    self.abandonedInTime = abandonedInTime
    self.abandonedLate = abandonedLate
  }

  /// Counts contacts that were answered or abandoned. In time is a wait of at most `thresholdSeconds`.
  package init(_ contacts: some Sequence<Contact>, thresholdSeconds: Int) {
    self.init()
    for contact in contacts {
      guard let end = contact.answeredAt ?? contact.abandonedAt else { continue }
      add(
        waitMilliseconds: end - contact.arrivedAt, isAbandoned: contact.answeredAt == nil,
        thresholdSeconds: thresholdSeconds)
    }
  }

  package var answered: Int { answeredInTime + answeredLate }
  package var abandoned: Int { abandonedInTime + abandonedLate }
  package var offered: Int { answered + abandoned }

  package static func + (left: Self, right: Self) -> Self {
    AnswerCounts(
      answeredInTime: left.answeredInTime + right.answeredInTime,
      answeredLate: left.answeredLate + right.answeredLate,
      abandonedInTime: left.abandonedInTime + right.abandonedInTime,
      abandonedLate: left.abandonedLate + right.abandonedLate)
  }

  /// Service level (服务水平), 0 to 1; nil (n/a) when nothing is counted. T is the threshold:
  ///
  /// | formula | value |
  /// | --- | --- |
  /// | `answeredInTimeAndAbandonedInTimeOfAll` | (answered ≤ T + abandoned ≤ T) / (answered + abandoned) |
  /// | `answeredInTimeOfAnswered` | answered ≤ T / answered |
  /// | `answeredInTimeOfOffered` | answered ≤ T / (answered + abandoned) |
  /// | `answeredInTimeOfAnsweredAndAbandonedLate` | answered ≤ T / (answered + abandoned > T) |
  package func serviceLevel(_ formula: ServiceLevelFormula) -> Double? {
    let share = share(formula)
    return ratio(share.met, share.all)
  }

  /// Above and below the line of ``serviceLevel(_:)``: these may be added over zones that measure differently.
  package func share(_ formula: ServiceLevelFormula) -> (met: Int, all: Int) {
    switch formula {
    case .answeredInTimeAndAbandonedInTimeOfAll: (answeredInTime + abandonedInTime, offered)
    case .answeredInTimeOfAnswered: (answeredInTime, answered)
    case .answeredInTimeOfOffered: (answeredInTime, offered)
    case .answeredInTimeOfAnsweredAndAbandonedLate: (answeredInTime, answered + abandonedLate)
    }
  }

  /// Counts one contact that was answered or abandoned after a wait.
  package mutating func add(waitMilliseconds: Int64, isAbandoned: Bool, thresholdSeconds: Int) {
    switch (waitMilliseconds <= Int64(thresholdSeconds) * 1000, isAbandoned) {
    case (true, false): answeredInTime += 1
    case (false, false): answeredLate += 1
    case (true, true): abandonedInTime += 1
    case (false, true): abandonedLate += 1
    }
  }

  /// Abandoned / (answered + abandoned); nil when nothing was offered.
  package var abandonRate: Double? { ratio(abandoned, offered) }
}

/// Talk, hold and after-contact work of handled contacts: sums, which may be added.
package struct HandlingTotals: Hashable, Codable, Sendable {
  package var handled: Int
  package var talkMilliseconds: Int64
  package var holdMilliseconds: Int64
  package var afterContactMilliseconds: Int64

  package init(
    handled: Int = 0, talkMilliseconds: Int64 = 0, holdMilliseconds: Int64 = 0,
    afterContactMilliseconds: Int64 = 0
  ) {
    self.handled = handled
    self.talkMilliseconds = talkMilliseconds
    self.holdMilliseconds = holdMilliseconds
    self.afterContactMilliseconds = afterContactMilliseconds
  }

  /// Counts contacts that were answered and wrapped up. After-contact work runs from the end of the contact to "done".
  package init(_ contacts: some Sequence<Contact>) {
    self.init()
    for contact in contacts {
      guard let answered = contact.answeredAt, let ended = contact.endedAt, let done = contact.wrappedUpAt
      else {
        continue
      }
      handled += 1
      holdMilliseconds += contact.heldMilliseconds
      talkMilliseconds += max(0, ended - answered - contact.heldMilliseconds)
      afterContactMilliseconds += max(0, done - ended)
    }
  }

  package static func + (left: Self, right: Self) -> Self {
    HandlingTotals(
      handled: left.handled + right.handled,
      talkMilliseconds: left.talkMilliseconds + right.talkMilliseconds,
      holdMilliseconds: left.holdMilliseconds + right.holdMilliseconds,
      afterContactMilliseconds: left.afterContactMilliseconds + right.afterContactMilliseconds)
  }

  /// AHT (平均处理时长) in seconds = (talk + hold + after-contact work) / handled; nil when nothing was handled.
  package var averageSeconds: Double? {
    handled == 0
      ? nil
      : Double(talkMilliseconds + holdMilliseconds + afterContactMilliseconds) / Double(handled) / 1000
  }
}

/// Numerator / denominator; nil, never zero or infinity, where there is nothing to divide by.
package func ratio(_ numerator: Int, _ denominator: Int) -> Double? {
  denominator == 0 ? nil : Double(numerator) / Double(denominator)
}
