import Assist
import Domain
import Terminal

// What the desk read in the open ticket, and what it proposes.
extension DeskModel {
  /// Asks for a reading of the state that is shown; nothing where that was asked for already.
  mutating func readAgain() -> [DeskEffect] {
    guard let detail = open?.detail, !detail.ticket.state.isDone else { return [] }
    let version = ReadVersion(detail.ticket, detail.customer)
    guard open?.readVersion != version else { return [] }
    open?.readVersion = version
    return [.readTicket(detail.ticket.id)]
  }

  mutating func ticketRead(_ id: TicketID, _ reading: TicketReading?) -> [DeskEffect] {
    guard open?.id == id, let reading else { return [] }
    open?.reading = reading
    customer?.loads += 1
    closingRead(reading)
    let unknown = Set(reading.findings.compactMap(\.suggestion.article)).filter { articleTitles[$0] == nil }
    let titles: [DeskEffect] =
      unknown.isEmpty ? [] : [.loadArticleTitles(unknown.sorted { $0.text < $1.text })]
    return titles + raise(reading)
  }

  /// Tells the lead what the zone says, once of each kind; whoever only looks tells nobody.
  private mutating func raise(_ reading: TicketReading) -> [DeskEffect] {
    guard me.has(.work), let ticket = open?.ticket else { return [] }
    let due = AlertRule.due(mood: reading.mood, risk: reading.risk, ticket: ticket, zone: open?.detail?.zone)
    return due.flatMap { save(.ticket(ticket.id, $0), kind: .silent) }
  }

  /// What is proposed for a field that is empty and that nobody emptied.
  func proposal(for field: String) -> Proposal? {
    guard let open, let ticket = open.ticket, dismissed[ticket.id]?.contains(field) != true else {
      return nil
    }
    return formFields.first { $0.id == field }.flatMap { open.reading?.proposal(for: $0, of: ticket) }
  }

  var proposals: [String: Proposal] {
    guard let open, let ticket = open.ticket, let reading = open.reading else { return [:] }
    let gone = dismissed[ticket.id] ?? []
    return reading.proposals(for: ticket, fields: formFields).filter { !gone.contains($0.key) }
  }

  /// The category that is proposed, where the ticket has none.
  var proposedCategory: CategoryReading? {
    guard let ticket = open?.ticket else { return nil }
    return open?.reading?.proposedCategory(for: ticket)
  }

  func sentence(_ reason: Reason) -> String { words.catalogue.sentence(for: reason) }

  /// Takes over everything that is proposed, without closing.
  mutating func acceptProposals() -> [DeskEffect] {
    guard let ticket = open?.ticket else { return [] }
    var effects = leaveField()
    let values = proposals.mapValues(\.value)
    var actions: [TicketAction] = []
    if let category = wantedCategory, let zone = directory.category(category)?.zone {
      actions.append(.setCategory(category, zone: zone))
    }
    if !values.isEmpty, wantedZone == ticket.zone { actions.append(.setFields(values)) }
    guard !actions.isEmpty else {
      say(key: "desk.reading.nothing-proposed", about: .place(nil))
      return effects
    }
    var inverse: [TicketAction] = []
    if let old = ticket.category, let zone = directory.category(old)?.zone {
      inverse.append(.setCategory(old, zone: zone))
    } else if ticket.category == nil, wantedCategory != nil, wantedZone == ticket.zone {
      inverse.append(.clearCategory)
    }
    if !values.isEmpty, wantedZone == ticket.zone { inverse.append(.setFields(values.mapValues { _ in "" })) }
    for (id, value) in values where wantedZone == ticket.zone { open?.detail?.ticket.fields[id] = value }
    let name = words.text("action.accept")
    let undo = inverse.isEmpty ? nil : Action.ticket(ticket.id, inverse.asOne)
    effects += save(
      .ticket(ticket.id, actions.asOne),
      done: words.text("desk.done.accepted", ["count": values.count]),
      undo: { _ in undo.map { (name, $0) } })
    return effects
  }

  /// The category that the reading is sure of and the ticket does not have.
  private var wantedCategory: CategoryID? {
    guard let ticket = open?.ticket, let category = open?.reading?.category?.category,
      category != ticket.category
    else { return nil }
    return category
  }

  private var wantedZone: ZoneID? {
    wantedCategory.flatMap { directory.category($0)?.zone } ?? open?.ticket?.zone
  }
}

extension [TicketAction] {
  /// One action for all of them.
  var asOne: TicketAction { count == 1 ? self[0] : .together(self) }
}
