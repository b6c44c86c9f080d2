import Domain

// Refunds and verifications inside the compact records of bills, contacts and timeline entries. As everywhere there, the
// formats grow at their ends only.

extension RecordWriter {
  mutating func put(_ refunds: [Refund]) {
    put(refunds.count)
    for refund in refunds {
      // As a record of its own, so that a field that a newer program adds to each is passed over by an older one.
      var record = RecordWriter()
      record.put(refund.id)
      record.put(refund.line)
      record.put(refund.amount)
      record.put(refund.ticket)
      record.put(refund.reason)
      record.put(refund.state.rawValue)
      record.put(refund.requestedBy)
      record.put(refund.requestedAt)
      record.put(refund.decidedBy)
      record.put(refund.decidedAt)
      record.put(refund.decision)
      record.put(refund.releasesAt)
      put(record.bytes)
    }
  }

  mutating func put(_ event: Refund.Event) {
    put(event.refund)
    put(event.bill)
    put(event.billNumber)
    put(event.title)
    put(event.amount)
    put(event.state.rawValue)
  }

  mutating func put(_ verification: ContactVerification?) {
    put(verification != nil)
    guard let verification else { return }
    put(verification.right.map(\.rawValue))
    put(verification.failures)
    put(verification.passedAt)
    put(verification.lockedAt)
    put(verification.refused?.rawValue)
  }

  mutating func put(_ event: VerificationEvent) {
    switch event {
    case .right(let question):
      put("right")
      put(question.rawValue)
    case .wrong(let question):
      put("wrong")
      put(question.rawValue)
    case .passed: put("passed")
    case .locked: put("locked")
    case .refused(let reason):
      put("refused")
      put(reason.rawValue)
    }
  }
}

extension RecordReader {
  /// A state that this program does not know counts as asked for: then nobody pays it back a second time.
  mutating func refunds() -> [Refund] {
    var result: [Refund] = []
    for _ in 0..<count() {
      let bytes = data()
      let isWhole = bytes.withUnsafeBytes { bytes -> Bool in
        var record = RecordReader(bytes)
        var refund = Refund(
          id: record.key(), line: Int(record.int()), amount: record.money(), ticket: record.key(),
          reason: record.text(), state: Refund.State(rawValue: record.text()) ?? .requested,
          requestedBy: record.key(), requestedAt: record.moment())
        refund.decidedBy = record.optionalKey()
        refund.decidedAt = record.optionalMoment()
        refund.decision = record.text()
        refund.releasesAt = record.optionalMoment()
        result.append(refund)
        return !record.isDamaged && !refund.id.text.isEmpty
      }
      if !isWhole { setDamaged() }
    }
    return result
  }

  mutating func refundEvent() -> Refund.Event {
    Refund.Event(
      refund: key(), bill: key(), billNumber: text(), title: text(), amount: money(),
      state: Refund.State(rawValue: text()) ?? .requested)
  }

  mutating func verification() -> ContactVerification? {
    guard bool() else { return nil }
    return ContactVerification(
      right: texts().compactMap(VerificationQuestion.init(rawValue:)), failures: Int(int()),
      passedAt: optionalMoment(), lockedAt: optionalMoment(),
      refused: optionalText().flatMap(ContactVerification.Refused.init(rawValue:)))
  }

  /// Nil for what only a newer program knows.
  mutating func verificationEvent() -> VerificationEvent? {
    switch text() {
    case "right": VerificationQuestion(rawValue: text()).map(VerificationEvent.right)
    case "wrong": VerificationQuestion(rawValue: text()).map(VerificationEvent.wrong)
    case "passed": .passed
    case "locked": .locked
    case "refused": ContactVerification.Refused(rawValue: text()).map(VerificationEvent.refused)
    default: nil
    }
  }
}
