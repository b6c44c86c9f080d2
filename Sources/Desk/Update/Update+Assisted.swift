import Assist
import Domain
import Terminal

// Closing 3.0: what the desk fills, the record, and everything that is saved with the close.
extension DeskModel {
  /// The ticket as it will be when the closing is confirmed.
  func asProposed(_ ticket: Ticket, _ closing: ClosingForm) -> Ticket {
    guard closing.mode == .assisted else { return ticket }
    var ticket = ticket
    for (id, proposal) in proposals where (ticket.fields[id] ?? "").isEmpty {
      ticket.fields[id] = proposal.value
    }
    ticket.category = ticket.category ?? proposedCategory?.category
    return ticket
  }

  /// What a field will hold when the closing is confirmed, in stored form.
  func valueAsProposed(_ id: String, _ closing: ClosingForm) -> String {
    let value = open?.ticket?.fields[id] ?? ""
    guard value.isEmpty, closing.mode == .assisted else { return value }
    return proposal(for: id)?.value ?? ""
  }

  /// Whether the desk filled it and nobody replaced that.
  func isProposed(_ stop: ClosingForm.Stop) -> Bool {
    guard let closing = open?.closing, closing.mode == .assisted, let ticket = open?.ticket else {
      return false
    }
    switch stop {
    case .field(let id): return (ticket.fields[id] ?? "").isEmpty && proposal(for: id) != nil
    case .choice(let id): return closing.choices[id] == nil && closing.chosen(id) != nil
    case .input, .disposition: return false
    }
  }

  /// Why something was filled in.
  func reason(for stop: ClosingForm.Stop) -> String? {
    guard isProposed(stop) else { return nil }
    switch stop {
    case .field(let id): return proposal(for: id).map { sentence($0.reason) }
    case .choice(let id): return open?.closing?.ranking?.choices[id].map { sentence($0.reason) }
    case .input, .disposition: return nil
    }
  }

  // MARK: - The record

  /// Makes the record again; nothing where no language has it.
  mutating func refreshRecord() {
    guard let closing = open?.closing, let detail = open?.detail else { return }
    let made = record(closing, detail)
    open?.closing?.record = made
    if closing.filled.text.utf8.count > Self.checkedWithEveryKey {
      open?.closing?.uncheckedSince = now
    } else {
      checkClosing(whole: true)
    }
    let isAllowed = detail.zone?.openSteps == .allow
    let openSteps = isAllowed ? [] : StepGuide.open(stepReadings(with: closing)).map(\.name)
    open?.closing?.openSteps = openSteps
    open?.closing?.refusesOpenSteps = detail.zone?.openSteps == .refuse
    open?.closing?.previewKey = nil
  }

  /// What is wrong in the text before it goes.
  mutating func checkClosing(whole: Bool) {
    guard let closing = open?.closing, let detail = open?.detail else { return }
    open?.closing?.uncheckedSince = nil
    guard closing.filled.isComplete, !closing.filled.text.isEmpty else {
      open?.closing?.quality = []
      return
    }
    let found = findings(
      in: whole ? closing.filled.text : Self.beginning(closing.filled.text), of: detail,
      ticket: asProposed(detail.ticket, closing), disposition: closing.shownDisposition, isClosing: true)
    open?.closing?.quality = found
  }

  private func record(_ closing: ClosingForm, _ detail: TicketDetail) -> ClosingRecord {
    let ticket = asProposed(detail.ticket, closing)
    let zone = detail.zone
    let disposition = closing.shownDisposition.flatMap { id in
      zone?.dispositions.first { $0.id == id }?.name
    }
    let settled = Set(ticket.steps)
    let findings = (open?.reading?.findings ?? []).filter {
      $0.isAboutTicket && $0.strength != .possible
    }
    return ClosingRecordWriter(catalogues: catalogues.mapValues(\.catalogue)).record(
      ClosingRecordWriter.Facts(
        subject: ticket.subject,
        category: ticket.category.map { id in
          LocalizedText(
            chinese: directory.categoryName(id, in: .chinese),
            english: directory.categoryName(id, in: .english))
        },
        demand: demand(ticket, zone), findings: findings.map(\.says),
        steps: zone?.steps.filter { settled.contains($0.id) }.map(\.name) ?? [],
        disposition: disposition ?? LocalizedText(chinese: "—", english: "—"),
        template: closing.template?.name, reply: closing.filled.text, now: now, clock: clock,
        workingDays: open?.reading?.words.words?.workingDays ?? .mondayToFriday))
  }

  /// What the customer asked for; nil where no field of the form holds it, or nobody filled it.
  private func demand(_ ticket: Ticket, _ zone: Zone?) -> LocalizedText? {
    guard let field = zone?.fields.first(where: \.saysDemand), let value = ticket.fields[field.id] else {
      return nil
    }
    return field.choices.first { $0.id == value }?.name
  }

  // MARK: - The end

  /// What a confirmed closing saves, as one operation, and how that is taken back.
  struct Ending {
    var action: TicketAction
    var closing: Closing
    /// Fields that were empty before.
    var filled: [String]
    /// It had no category before, and has one now.
    var isCategoryNew: Bool

    func undo(reason: String) -> TicketAction {
      var back = [TicketAction.reopen(reason: reason)]
      if isCategoryNew { back.append(.clearCategory) }
      if !filled.isEmpty {
        back.append(.setFields(Dictionary(filled.map { ($0, "") }, uniquingKeysWith: { first, _ in first })))
      }
      return back.asOne
    }
  }

  func ending(_ closing: ClosingForm, _ ticket: Ticket, _ disposition: String) -> Ending {
    var wanted = asProposed(ticket, closing)
    let saved = fieldsSaved(by: closing)
    for id in wanted.fields.keys where !saved.contains(id) { wanted.fields[id] = ticket.fields[id] }
    let values = wanted.fields.filter { (ticket.fields[$0.key] ?? "") != $0.value }
    var record = Closing(
      text: closing.filled.text, mode: closing.mode, template: closing.template?.id,
      keys: keys - closing.keysAtOpening, milliseconds: max(0, now - closing.openedAt))
    record.characters = characters - closing.charactersAtOpening
    record.record = closing.record
    if closing.mode == .assisted { record.suggestions = uses(closing, ticket, wanted) }
    var actions: [TicketAction] = []
    if let category = wanted.category, category != ticket.category {
      actions.append(.setCategory(category, zone: ticket.zone))
    }
    if !values.isEmpty { actions.append(.setFields(values)) }
    // What was read of the procedure counts with the close that it belongs to.
    if let done = StepGuide.record(stepReadings(with: closing), on: ticket) { actions.append(done) }
    actions.append(
      closing.target == .solved
        ? .solve(disposition: disposition, record) : .close(disposition: disposition, record))
    return Ending(
      action: actions.asOne, closing: record, filled: values.keys.sorted(),
      isCategoryNew: ticket.category == nil && wanted.category != nil)
  }

  /// Fields whose proposals become values with a closing: those that it asks for, and what a line of a bill that the desk chose answers
  /// besides, as when somebody chooses it. Everything else that was read stays a proposal, because nobody was asked to look at it.
  private func fieldsSaved(by closing: ClosingForm) -> Set<String> {
    var saved: Set<String> = []
    for case .field(let id) in closing.stops { saved.insert(id) }
    let hasLine = formFields.contains {
      $0.kind == .billLine && saved.contains($0.id) && isProposed(.field($0.id))
    }
    return hasLine ? saved.union(fieldsOfLine(in: formFields)) : saved
  }

  /// What became of everything that was proposed and that the closing or somebody at the screen decided about.
  private func uses(_ closing: ClosingForm, _ ticket: Ticket, _ wanted: Ticket) -> [SuggestionUse] {
    guard let reading = open?.reading else { return [] }
    var uses: [SuggestionUse] = []
    if let category = reading.category, let proposed = category.category {
      uses.append(
        SuggestionUse(
          subject: "category", outcome: wanted.category == proposed ? .accepted : .changed,
          confidence: category.confidence))
    }
    if let best = closing.ranked.first, let template = closing.template {
      uses.append(
        SuggestionUse(
          subject: "template", outcome: best.template == template.id ? .accepted : .changed))
    }
    var empty = ticket
    empty.fields = [:]
    for (id, proposal) in reading.proposals(for: empty, fields: formFields).sorted(by: { $0.key < $1.key }) {
      let value = wanted.fields[id] ?? ""
      if value.isEmpty, self.proposal(for: id) != nil { continue }
      uses.append(
        SuggestionUse(
          subject: "field.\(id)",
          outcome: value == proposal.value ? .accepted : value.isEmpty ? .cleared : .changed,
          confidence: proposal.confidence))
    }
    for (id, choice) in (closing.ranking?.choices ?? [:]).sorted(by: { $0.key < $1.key }) {
      uses.append(
        SuggestionUse(
          subject: "choice.\(id)", outcome: closing.chosen(id) == choice.option ? .accepted : .changed,
          confidence: choice.confidence))
    }
    return uses
  }
}
