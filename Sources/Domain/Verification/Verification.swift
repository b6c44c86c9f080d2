/// What a customer is asked to show who they are (核身). What is on record is compared in the core and never shown.
package enum VerificationQuestion: String, Codable, CaseIterable, Sendable {
  case name
  /// The last four characters of the ID card.
  case idCard = "id_card"
  /// A phone number under which the customer is known.
  case phone
  case address
  /// The total of the newest bill.
  case lastBill = "last_bill"
}

extension Zone {
  /// The section `verification:` of a zone: what is asked, and what has to wait for it.
  package struct Verification: Hashable, Codable, Sendable {
    /// What is done only for a customer who has shown who they are.
    package enum Gate: String, Codable, CaseIterable, Sendable { case reveal, refund }

    /// In the order in which they are offered.
    package var questions: [VerificationQuestion]
    /// How many of them have to be answered right.
    package var needed: Int
    /// How many wrong answers lock it for this contact.
    package var attempts: Int
    package var gates: [Gate]

    /// Milliseconds for which wrong answers count for the next contact of the same ticket.
    package static let memory: Int64 = 86_400_000

    package init(questions: [VerificationQuestion], needed: Int, attempts: Int, gates: [Gate]) {
      self.questions = questions
      self.needed = needed
      self.attempts = attempts
      self.gates = gates
    }
  }
}

/// What a contact has shown of who it is; it counts for this contact alone and ends with it. Never the values.
package struct ContactVerification: Hashable, Codable, Sendable {
  /// Why somebody was turned away without a question.
  package enum Refused: String, Codable, CaseIterable, Sendable {
    /// The caller says that they are somebody else ("I am his wife").
    case thirdParty = "third_party"
    /// The caller presses, threatens, or wants the answer said first.
    case pressure
  }

  /// Questions answered right, in that order.
  package var right: [VerificationQuestion]
  /// Wrong answers, and those about which nothing is on record: from outside they are the same.
  package var failures: Int
  /// When it was passed under the rules of the ticket's zone of that moment.
  package var passedAt: Timestamp?
  /// No more questions for this contact.
  package var lockedAt: Timestamp?
  package var refused: Refused?

  package init(
    right: [VerificationQuestion] = [], failures: Int = 0, passedAt: Timestamp? = nil,
    lockedAt: Timestamp? = nil, refused: Refused? = nil
  ) {
    self.right = right
    self.failures = failures
    self.passedAt = passedAt
    self.lockedAt = lockedAt
    self.refused = refused
  }

  /// Whether it is enough for these rules: a ticket that went to a stricter zone asks for more.
  package func passes(_ rules: Zone.Verification) -> Bool {
    lockedAt == nil && rules.questions.filter(right.contains).count >= rules.needed
  }
}

extension Contact {
  /// Whether the person at the other end has shown who they are, as these rules ask. It expires with the contact.
  package func isVerified(under rules: Zone.Verification) -> Bool {
    !state.isOver && verification?.passes(rules) == true
  }
}

/// What the timeline says of a verification: which question, never what was said.
package enum VerificationEvent: Hashable, Codable, Sendable {
  case right(VerificationQuestion)
  case wrong(VerificationQuestion)
  case passed
  /// Too many wrong answers: a lead is told.
  case locked
  case refused(ContactVerification.Refused)

  /// For exports and logs.
  package var word: String {
    switch self {
    case .right: "right"
    case .wrong: "wrong"
    case .passed: "passed"
    case .locked: "locked"
    case .refused: "refused"
    }
  }

  /// Which question, or why somebody was turned away.
  package var detail: String? {
    switch self {
    case .right(let question), .wrong(let question): question.rawValue
    case .refused(let reason): reason.rawValue
    case .passed, .locked: nil
    }
  }

  /// Whether a lead is told.
  package var isRaised: Bool {
    switch self {
    case .locked, .refused: true
    case .right, .wrong, .passed: false
    }
  }
}
