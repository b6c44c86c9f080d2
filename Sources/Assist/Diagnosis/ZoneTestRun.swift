import Domain

/// Runs the test cases of a zone as a ticket is read when it opens.
package enum ZoneTestRun {
  /// What was different, and where it was expected.
  package struct Difference: Hashable, Sendable {
    package var line: Int
    package var reason: Reason
  }

  package struct Result: Sendable {
    package var test: ZoneTest
    package var differences: [Difference]
    package var findings: [Finding]
    package var steps: [StepReading]

    package var isPassed: Bool { differences.isEmpty }
  }

  package static func run(
    _ test: ZoneTest, zone: Zone, catalogue: [CatalogueItem], clock: WallClock = .local
  ) -> Result {
    let now = clock.moment(test.today, secondOfDay: 12 * 3600)
    let input = ReadingInput(
      ticket: test.ticket, zone: zone,
      messages: test.messages.map { .init(author: .customer, at: now, text: $0) }, customer: test.profile,
      clock: clock, now: now)
    let findings = Diagnosis.findings(input, outages: test.outages, catalogue: catalogue)
    let deeds = StepDeeds(
      verifiedAt: test.deeds.isVerified ? now : nil, refundedAt: test.deeds.isRefunded ? now : nil,
      replies: test.deeds.replies.map { .init(at: now, text: $0) },
      notes: test.deeds.notes.map { .init(at: now, text: $0) }, shown: test.deeds.shown)
    let steps = StepGuide.read(input, findings: findings, deeds: deeds)
    let differences = test.expected.flatMap { expected in
      self.differences(expected.expectation, findings, steps).map {
        Difference(line: expected.line, reason: $0)
      }
    }
    return Result(test: test, differences: differences, findings: findings, steps: steps)
  }

  private static func differences(
    _ expectation: ZoneTest.Expectation, _ findings: [Finding], _ steps: [StepReading]
  ) -> [Reason] {
    let found = Set(findings.map(\.rule))
    func list(_ rules: some Sequence<String>) -> String { rules.sorted().joined(separator: " ") }
    func other(_ what: String, _ expected: String, _ got: String?) -> [Reason] {
      expected == got
        ? [] : [Reason("test.other", ["what": what, "expected": expected, "found": got ?? "—"])]
    }
    switch expectation {
    case .findings(let rules):
      let missing = Set(rules).subtracting(found)
      let extra = found.subtracting(rules)
      return (missing.isEmpty ? [] : [Reason("test.notFound", ["rules": list(missing)])])
        + (extra.isEmpty ? [] : [Reason("test.foundToo", ["rules": list(extra)])])
    case .noFindings(let rules):
      let extra = found.intersection(rules)
      return extra.isEmpty ? [] : [Reason("test.foundToo", ["rules": list(extra)])]
    case .amount(let money): return other("amount", money.description, findings.first?.amount?.description)
    case .refund(let money):
      return other("refund", money.description, findings.first?.suggestion.refund?.amount.description)
    case .template(let template):
      return other("template", template.text, findings.first?.suggestion.template?.text)
    case .field(let field, let value):
      return other(
        field, value, findings.lazy.compactMap { $0.suggestion.fields[field] }.first)
    case .step(let id, let state):
      return other(id, state.rawValue, steps.first { $0.id == id }.map { word($0.state).rawValue })
    }
  }

  private static func word(_ state: StepReading.State) -> ZoneTest.StepState {
    switch state {
    case .doneByHand, .doneByEvidence: .done
    case .next: .next
    case .waiting: .waiting
    case .notNeeded: .notNeeded
    case .skipped: .skipped
    }
  }
}
