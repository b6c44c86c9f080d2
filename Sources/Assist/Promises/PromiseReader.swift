import Domain

/// Something that was promised: 今天一定给您退, I will call you within 24 hours.
struct Promise: Hashable {
  /// Code points of the text, half-open: the words that promise, and the time.
  var start: Int
  var end: Int
  var severity: RiskSeverity
  /// Nil where no time was said.
  var due: Timestamp?
  var hasTime: Bool
}

/// What a reply promises, as the record for the file has it.
package struct PromisedDay: Hashable, Sendable {
  /// The words that promise: `3 个工作日内`, `within 24 hours`.
  package var text: String
  /// Code points of the reply, half-open.
  package var start: Int
  package var end: Int
  /// The last day of it.
  package var day: CivilDate
}

/// Finds what people promise in a text.
package enum PromiseReader {
  /// By the words that promise, one a sentence at most. Words of low severity (会, will) promise only where a time stands beside them.
  static func find(in text: FoldedText, times: [TimeMention], words: ReadingWords) -> [Promise] {
    let signs = words.promises.signs(in: text).filter { !$0.isNegated }
    guard !signs.isEmpty else { return [] }
    var promises: [Promise] = []
    var (nextTime, sentence) = (0, 0..<0)
    for sign in signs where sign.start >= sentence.upperBound {
      sentence = self.sentence(around: sign.start, sign.end, text, from: sentence.upperBound)
      while nextTime < times.count, times[nextTime].end <= sentence.lowerBound { nextTime += 1 }
      var time: TimeMention?
      var place = nextTime
      while place < times.count, times[place].start < sentence.upperBound {
        // The latest of the times that are named is the one that is promised (1 至 3 个工作日).
        if let due = times[place].due, time?.due.map({ $0 < due }) ?? true { time = times[place] }
        time = time ?? times[place]
        place += 1
      }
      guard time != nil || sign.sign.severity > .low else { continue }
      let start = min(sign.start, time?.start ?? sign.start)
      let end = max(sign.end, time?.end ?? sign.end)
      promises.append(
        Promise(start: start, end: end, severity: sign.sign.severity, due: time?.due, hasTime: time != nil))
    }
    return promises
  }

  private static let longestSentence = 200

  private static func sentence(around first: Int, _ last: Int, _ text: FoldedText, from least: Int) -> Range<
    Int
  > {
    var start = first
    while start > least, first - start < longestSentence, !Clause.endsSentence(text.scalars[start - 1]) {
      start -= 1
    }
    var end = last
    while end < text.count, end - last < longestSentence, !isEnd(text, end) { end += 1 }
    return start..<max(end, last)
  }

  /// A full stop inside a number (10.8) ends nothing.
  private static func isEnd(_ text: FoldedText, _ index: Int) -> Bool {
    Clause.endsSentence(text.scalars[index])
      && !(text.scalars[index] == "." && FoldedText.isDigit(text[index + 1]))
  }

  // MARK: - For the record

  /// The first thing that a reply says will have happened within a span of time: 3 个工作日内, within 24 hours. A closing text need
  /// not say “we will”; what happened within a span that is over (过去 24 小时内) promises nothing.
  package static func first(
    in reply: String, at moment: Timestamp, clock: WallClock, workingDays: WorkingDays = .mondayToFriday
  ) -> PromisedDay? {
    let text = FoldedText(reply)
    let times = TimeMention.all(in: text, at: moment, clock: clock, workingDays: workingDays)
    for time in times {
      guard let within = time.within, let due = time.due, !isOver(text, within.lowerBound) else { continue }
      let scalars = Array(reply.unicodeScalars)[within]
      return PromisedDay(
        text: String(String.UnicodeScalarView(scalars)), start: within.lowerBound, end: within.upperBound,
        day: clock.civil(due).date)
    }
    return nil
  }

  private static let past = ["过去", "最近", "近", "此前", "之前", "past ", "last ", "previous "].map {
    Array($0.unicodeScalars)
  }

  private static func isOver(_ text: FoldedText, _ start: Int) -> Bool {
    past.contains { word in
      text.stands(word, at: start - word.count)
        || (text[start - 1] == " " && text.stands(word, at: start - 1 - word.count))
    }
  }
}
