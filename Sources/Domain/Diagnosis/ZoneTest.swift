/// One test case of a zone: records and a message, and what the desk must read out of them (`Resources/tests/ZONE.yaml`).
package struct ZoneTest: Hashable, Sendable {
  package enum Expectation: Hashable, Sendable {
    /// Exactly these rules, however often.
    case findings([String])
    /// None of these.
    case noFindings([String])
    /// Of the first finding.
    case amount(Money)
    case refund(Money)
    case template(TemplateID)
    /// Of the first finding that proposes the field.
    case field(String, String)
    case step(String, StepState)
  }

  package enum StepState: String, CaseIterable, Sendable {
    case done, next, waiting, skipped
    case notNeeded = "not_needed"
  }

  /// What was done on the ticket before it is read.
  package struct Deeds: Hashable, Sendable {
    package var isVerified = false
    package var isRefunded = false
    package var replies: [String] = []
    package var notes: [String] = []
    package var shown: Set<StepSight> = []

    package init() {}
  }

  package struct Expected: Hashable, Sendable {
    package var expectation: Expectation
    package var line: Int

    package init(_ expectation: Expectation, line: Int) {
      self.expectation = expectation
      self.line = line
    }
  }

  package var name: String
  /// As it was given, and where the case begins.
  package var file: String
  package var line: Int
  package var today: CivilDate
  package var ticket: Ticket
  package var messages: [String]
  package var profile: CustomerProfile
  package var outages: [Outage]
  package var deeds: Deeds
  package var expected: [Expected]

  package init(
    name: String, file: String, line: Int, today: CivilDate, ticket: Ticket, messages: [String],
    profile: CustomerProfile, outages: [Outage] = [], deeds: Deeds = Deeds(), expected: [Expected]
  ) {
    self.name = name
    self.file = file
    self.line = line
    self.today = today
    self.ticket = ticket
    self.messages = messages
    self.profile = profile
    self.outages = outages
    self.deeds = deeds
    self.expected = expected
  }
}
