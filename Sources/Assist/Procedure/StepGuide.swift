import Domain

/// The zone's standard procedure for one ticket (SOP assistant, 流程导航): what is done and what shows it, what comes next and
/// what is not needed. Pure.
package enum StepGuide {
  /// One reading for each step of the zone, in its order.
  ///
  /// - Parameters:
  ///   - mood: nil where it was not read; steps that ask for a mood are then not needed.
  ///   - deeds: what was done; see `StepDeeds.init(entries:)`.
  package static func read(
    _ input: ReadingInput, findings: [Finding], deeds: StepDeeds, mood: MoodReading? = nil,
    risk: RiskReading? = nil
  ) -> [StepReading] {
    guard let zone = input.zone else { return [] }
    var isNextFound = false
    return zone.steps.map { step in
      var reading = StepReading(
        id: step.id, name: step.name, help: step.help, isRequired: step.isRequired, state: .waiting)
      if input.ticket.steps.contains(step.id) {
        // Ticked by hand, or recorded at a close: what shows it is said where it still can be seen.
        reading.state =
          evidence(for: step, input, deeds).map { .doneByEvidence($0.reason, at: $0.at) } ?? .doneByHand
      } else if let reason = input.ticket.skippedSteps[step.id], !reason.isEmpty {
        reading.state = .skipped(reason: Masking.text(reason))
      } else if let evidence = evidence(for: step, input, deeds) {
        reading.state = .doneByEvidence(evidence.reason, at: evidence.at)
      } else if let reason = hindrance(to: step, input, findings, mood, risk) {
        reading.state = .notNeeded(reason)
      } else if !isNextFound {
        isNextFound = true
        reading.state = .next
      }
      if !reading.state.isSettled,
        let finding = findings.first(where: { $0.suggestion.step == step.id })
      {
        reading.because = Reason("step.because", inBoth([finding.name]))
      }
      return reading
    }
  }

  /// The steps with what a desk alone knows: what it has shown and disclosed since they were read, and what a close that is
  /// about to be saved brings with it.
  ///
  /// - Parameters:
  ///   - ticket: as it will be.
  ///   - deeds: those that `steps` were not read with.
  package static func adding(_ deeds: StepDeeds, to steps: [StepReading], ticket: Ticket, zone: Zone)
    -> [StepReading]
  {
    // Nothing but fields and deeds is looked at for evidence.
    let input = ReadingInput(
      ticket: ticket, zone: zone, messages: [], customer: nil, clock: .china, now: ticket.updatedAt)
    var isNextFound = false
    return steps.map { reading in
      var reading = reading
      switch reading.state {
      case .doneByHand, .doneByEvidence, .skipped: break
      case .next, .waiting, .notNeeded:
        if let step = zone.step(reading.id), let evidence = evidence(for: step, input, deeds) {
          reading.state = .doneByEvidence(evidence.reason, at: evidence.at)
          reading.because = nil
        } else if !reading.state.isSettled {
          reading.state = isNextFound ? .waiting : .next
          isNextFound = true
        }
      }
      return reading
    }
  }

  /// Required steps that nobody has settled: what closing warns of or refuses.
  package static func open(_ steps: [StepReading]) -> [StepReading] {
    steps.filter { $0.isRequired && !$0.state.isSettled }
  }

  /// What a desk saves before it closes, so that the store knows what was read here; nil where there is nothing.
  package static func record(_ steps: [StepReading], on ticket: Ticket) -> TicketAction? {
    var done: [String] = []
    var notNeeded: [String] = []
    for step in steps where !ticket.steps.contains(step.id) && ticket.skippedSteps[step.id] == nil {
      switch step.state {
      case .doneByEvidence: done.append(step.id)
      case .notNeeded: notNeeded.append(step.id)
      default: break
      }
    }
    return done.isEmpty && notNeeded.isEmpty ? nil : .recordSteps(done: done, notNeeded: notNeeded)
  }

  // MARK: - What shows that it was done

  private static func evidence(for step: Zone.Step, _ input: ReadingInput, _ deeds: StepDeeds) -> (
    reason: Reason, at: Timestamp?
  )? {
    for wanted in step.doneBy {
      switch wanted {
      case .field(let id):
        guard let value = input.ticket.fields[id], !value.isEmpty, let field = input.zone?.field(id) else {
          continue
        }
        return (Reason("step.field", inBoth([field.name])), nil)
      case .reply(let words):
        if let reply = deeds.replies.last(where: { says($0.text, words) }) {
          return (Reason("step.reply"), reply.at)
        }
      case .note(let words):
        if let note = deeds.notes.last(where: { says($0.text, words) }) {
          return (Reason("step.note"), note.at)
        }
      case .verified: if let at = deeds.verifiedAt { return (Reason("step.verified"), at) }
      case .refund: if let at = deeds.refundedAt { return (Reason("step.refund"), at) }
      case .disclosure: if let at = deeds.disclosedAt { return (Reason("step.disclosure"), at) }
      case .transferred: if let at = deeds.transferredAt { return (Reason("step.transferred"), at) }
      case .reminder: if let at = deeds.remindedAt { return (Reason("step.reminder"), at) }
      case .shown(let sight):
        if deeds.shown.contains(sight) { return (Reason("step.shown.\(sight.rawValue)"), nil) }
      }
    }
    return nil
  }

  private static func says(_ text: String, _ words: [String]) -> Bool {
    guard !words.isEmpty else { return true }
    let text = TextPool.fold(text)
    return words.contains { TextPool.contains(text, TextPool.fold($0)) }
  }

  // MARK: - Whether it is needed

  /// Why the step is not needed; nil where it is.
  private static func hindrance(
    to step: Zone.Step, _ input: ReadingInput, _ findings: [Finding], _ mood: MoodReading?,
    _ risk: RiskReading?
  ) -> Reason? {
    guard let when = step.when else { return nil }
    let found = Set(findings.map(\.rule))
    if !when.findings.isEmpty, !when.findings.contains(where: found.contains) {
      return Reason("step.noFinding", inBoth(names(of: when.findings, input)))
    }
    if let rule = when.withoutFindings.first(where: found.contains) {
      return Reason("step.finding", inBoth(names(of: [rule], input)))
    }
    for (id, values) in when.fields.sorted(by: { $0.key < $1.key }) {
      let value = input.ticket.fields[id] ?? ""
      let name = input.zone?.field(id)?.name ?? LocalizedText(chinese: id, english: id)
      if value.isEmpty { return Reason("step.fieldEmpty", inBoth([name])) }
      if !values.isEmpty, !values.contains(value) { return Reason("step.fieldOther", inBoth([name])) }
    }
    if !when.categories.isEmpty,
      !when.categories.contains(where: { input.ticket.category?.isWithin($0) ?? false })
    {
      return Reason("step.otherCategory")
    }
    if !when.channels.isEmpty, !when.channels.contains(input.ticket.channel) {
      return Reason("step.otherChannel")
    }
    if !when.tags.isEmpty, !when.tags.contains(where: { input.customer?.customer.tags.contains($0) ?? false })
    {
      return Reason("step.noTag", ["tags": when.tags.joined(separator: " · ")])
    }
    if let level = when.moodAtLeast, (mood?.level.rawValue ?? 0) < level { return Reason("step.calm") }
    if let severity = when.riskAtLeast, (risk?.severity).map({ $0 < severity }) ?? true {
      return Reason("step.noRisk")
    }
    return nil
  }

  private static func names(of rules: [String], _ input: ReadingInput) -> [LocalizedText] {
    rules.map { id in
      input.zone?.diagnosis.first { $0.id == id }?.name ?? LocalizedText(chinese: id, english: id)
    }
  }

  /// Names as `StringCatalogue.sentence(for:)` chooses them: `{text}` in the sentence.
  private static func inBoth(_ names: [LocalizedText]) -> [String: String] {
    [
      "zh-Hans": names.map(\.chinese).joined(separator: " · "),
      "en": names.map(\.english).joined(separator: " · "),
    ]
  }
}
