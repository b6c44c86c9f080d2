import Domain

/// What an agent has promised, and by when: 今天一定给您退, I will call you within 24 hours.
enum PromiseFinder {
  private static let most = 20

  static func promises(
    _ message: ReadingInput.Message, _ index: Int, _ input: ReadingInput, _ words: ReadingWords
  ) -> [RiskReading.Sign] {
    let text = FoldedText(message.text)
    let times = TimeMention.all(in: text, at: message.at, clock: input.clock)
    let found = find(in: text, times: times, words: words)
    guard !found.isEmpty else { return [] }
    let scalars = Array(message.text.unicodeScalars)
    return found.prefix(most).map { promise in
      let isOverdue = promise.due.map { $0 < input.now } ?? false
      let isOpen = !input.ticket.state.isDone
      var values = ["word": Quotation.text(scalars, promise.start..<promise.end)]
      if let due = promise.due {
        let civil = input.clock.civil(due)
        values["due"] = "\(civil.date) \(civil.minuteText)"
      }
      let key = promise.due == nil ? "promise" : isOverdue && isOpen ? "overdue" : "promised"
      return RiskReading.Sign(
        kind: .promise, severity: isOverdue && isOpen ? max(promise.severity, .high) : promise.severity,
        place: TextPlace(message: index, start: promise.start, end: promise.end),
        reason: Reason("risk.\(key)", values), due: promise.due)
    }
  }

  struct Promise: Hashable {
    var start: Int
    var end: Int
    var severity: RiskSeverity
    /// Nil where no time was said.
    var due: Timestamp?
    var hasTime: Bool
  }

  /// One promise a sentence at most. Words of low severity (会, will) promise only where a time stands beside them.
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
}
