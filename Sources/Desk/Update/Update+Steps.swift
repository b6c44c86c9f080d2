import Assist
import Domain
import Terminal

// The steps of the zone's procedure, and what was answered to an offer.
extension DeskModel {
  /// How the steps of the open ticket stand: as they were read, or as the ticket alone says until it was read.
  var stepReadings: [StepReading] {
    guard let detail = open?.detail, let zone = detail.zone else { return [] }
    let steps = readSteps(detail, zone)
    guard let sights = sights[detail.ticket.id] else { return steps }
    return StepGuide.adding(sights, to: steps, ticket: detail.ticket, zone: zone)
  }

  private func readSteps(_ detail: TicketDetail, _ zone: Zone) -> [StepReading] {
    if let reading = open?.reading, reading.steps.map(\.id) == zone.steps.map(\.id) { return reading.steps }
    return StepGuide.read(
      ReadingInput(
        ticket: detail.ticket, zone: Zone.proceduresOnly(zone), messages: [], customer: nil, clock: clock,
        now: now),
      findings: [], deeds: StepDeeds(entries: detail.entries))
  }

  /// As they will stand when the closing is confirmed: its text reaches the customer, and its fields are saved with it.
  func stepReadings(with closing: ClosingForm) -> [StepReading] {
    guard let detail = open?.detail, let zone = detail.zone, !zone.steps.isEmpty else { return [] }
    var deeds = sights[detail.ticket.id] ?? StepDeeds()
    if closing.filled.isComplete, !closing.filled.text.isEmpty {
      deeds.replies.append(.init(at: now, text: closing.filled.text))
    }
    return StepGuide.adding(
      deeds, to: readSteps(detail, zone), ticket: asProposed(detail.ticket, closing), zone: zone)
  }

  /// Something of the customer's records, or an article, was opened for the ticket that is open.
  mutating func saw(_ sight: StepSight) {
    guard let id = open?.id, sights[id, default: StepDeeds()].shown.insert(sight).inserted else { return }
    if open?.closing != nil { refreshRecord() }
  }

  /// What the customer pane shows to whoever goes there.
  mutating func sawRecords() {
    guard let profile = customer?.profile, open?.ticket?.customer == customer?.id else { return }
    if !profile.products.isEmpty { saw(.product) }
    if !profile.orders.isEmpty { saw(.order) }
  }

  /// Personal data was shown in clear, with a reason.
  mutating func sawInClear(_ customer: CustomerID) {
    guard let id = open?.id, open?.ticket?.customer == customer else { return }
    sights[id, default: StepDeeds()].disclosedAt = now
  }

  /// `✓` done, `▸` next, `○` to come, `—` not needed, `×` skipped.
  static func mark(of state: StepReading.State) -> SafeText {
    switch state {
    case .doneByHand, .doneByEvidence: "✓"
    case .next: "▸"
    case .waiting: "○"
    case .notNeeded: "—"
    case .skipped: "×"
    }
  }

  /// Why a step stands as it does, where there is more to say than its help.
  func stepReason(_ step: StepReading) -> String? {
    switch step.state {
    case .doneByEvidence(let reason, _), .notNeeded(let reason): sentence(reason)
    case .skipped(let reason): words.text("desk.step.skipped", ["reason": reason])
    case .next, .waiting: step.because.map(sentence)
    case .doneByHand: nil
    }
  }

  mutating func startSteps() {
    let steps = stepReadings
    guard !steps.isEmpty else { return }
    var items = steps.map { step in
      let required = step.isRequired && !step.state.isSettled ? words.text("desk.step.required") : nil
      let parts = [required, stepReason(step), step.help?[language]].compactMap { $0 }
      return Picker.Item(
        id: step.id, label: SafeText(step.name[language]), detail: SafeText(parts.joined(separator: " · ")),
        search: step.id, mark: Self.mark(of: step.state))
    }
    for step in steps where !step.state.isSettled {
      items.append(
        Picker.Item(
          id: "skip/\(step.id)", label: SafeText(words.text("desk.step.skip", ["name": step.name[language]])),
          search: "skip \(step.id)", mark: "×"))
    }
    let next = steps.first { $0.state == .next }
    overlays.append(
      .picker(Picker(title: words("action.step"), items: items, purpose: .step, selected: next?.id)))
  }

  mutating func choseStep(_ item: String) -> [DeskEffect] {
    guard item.hasPrefix("skip/"), let id = open?.id else { return toggleStep(item) }
    ask(.skipStep(id, String(item.dropFirst(5))), "desk.step.skip-title", [field("reason", isRequired: true)])
    return []
  }

  /// Done, or not after all; a step that was skipped is open again.
  mutating func toggleStep(_ step: String) -> [DeskEffect] {
    guard let ticket = open?.ticket else { return [] }
    let reason = ticket.skippedSteps[step]
    let isSettled = ticket.steps.contains(step) || reason != nil
    let name = open?.detail?.zone?.step(step)?.name[language] ?? step
    if !ticket.steps.contains(step), let why = hindranceToTick(step) {
      // Whoever can be asked is asked now.
      if verificationObstacle == nil, self.reason(against: .verify) == nil { openVerification() }
      say(why, .warning, seconds: 12, about: .place(nil))
      return []
    }
    let back: TicketAction =
      reason.flatMap { $0.isEmpty ? nil : .skipStep(step, reason: $0) } ?? .setStep(step, isDone: isSettled)
    return save(
      .ticket(ticket.id, .setStep(step, isDone: !isSettled)),
      done: words.text(isSettled ? "desk.done.step-back" : "desk.done.step", ["name": name]),
      undo: { _ in (name, .ticket(ticket.id, back)) })
  }

  /// Why nobody ticks a step by hand: the verification shows it, and the customer is not verified. Nil: it may be ticked.
  func hindranceToTick(_ id: String) -> String? {
    guard let detail = open?.detail, let zone = detail.zone, zone.verification != nil,
      let step = zone.step(id), step.doneBy.contains(.verified)
    else { return nil }
    if case .doneByEvidence? = stepReadings.first(where: { $0.id == id })?.state { return nil }
    let name = step.name[language]
    let isLocked = openContact?.verification?.lockedAt != nil
    return words.text(
      isLocked ? "desk.step.locked" : "desk.step.not-verified",
      ["name": name, "key": actions.shortKey(.verify)?.description ?? ""])
  }

  // MARK: - Offers

  /// Asks what the customer said to an offer.
  mutating func startOffer(_ id: OfferID) -> [DeskEffect] {
    guard let offer = open?.reading?.offers.first(where: { $0.id == id }) else { return [] }
    let items = Offer.Answer.allCases.map {
      Picker.Item(
        id: $0.rawValue, label: words("offer.answer.\($0.rawValue)"), detail: SafeText(offer.text[language]),
        search: $0.rawValue)
    }
    overlays.append(
      .picker(Picker(title: SafeText(offer.name[language]), items: items, purpose: .offerAnswer(id))))
    return []
  }

  mutating func choseAnswer(_ item: String, to offer: OfferID) -> [DeskEffect] {
    guard let ticket = open?.ticket, let answer = Offer.Answer(rawValue: item) else { return [] }
    return save(
      .customer(ticket.customer, .answerOffer(offer, answer, ticket: ticket.id)),
      done: words.text("desk.done.offer-answered"))
  }
}

extension Zone {
  /// Without what needs records that a screen has masked.
  fileprivate static func proceduresOnly(_ zone: Zone) -> Zone {
    var zone = zone
    for index in zone.steps.indices where zone.steps[index].when?.asksForReading == true {
      zone.steps[index].when = nil
    }
    return zone
  }
}

extension StepConditions {
  /// Whether it depends on more than the ticket itself.
  fileprivate var asksForReading: Bool {
    !findings.isEmpty || !withoutFindings.isEmpty || !tags.isEmpty || moodAtLeast != nil || riskAtLeast != nil
  }
}
