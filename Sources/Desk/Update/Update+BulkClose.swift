import Assist
import Domain
import Terminal

// Closing many tickets with one template.
extension DeskModel {
  mutating func startBulkClose(_ ids: [TicketID], _ target: Ticket.State) -> [DeskEffect] {
    overlays.append(
      .bulkClose(BulkClose(tickets: ids, target: target, openedAt: now, keysAtOpening: keys)))
    return [.loadTickets(ids)]
  }

  mutating func ticketsLoaded(_ details: [TicketDetail]) -> [DeskEffect] {
    if let effects = mergeLoaded(details) { return effects }
    guard let index = overlays.lastIndex(where: { if case .bulkClose = $0 { true } else { false } }),
      case .bulkClose(var bulk) = overlays[index], bulk.details.isEmpty
    else {
      nameDrafts(details)
      return []
    }
    bulk.details = details
    overlays[index] = .bulkClose(bulk)
    var seen: Set<TemplateID> = []
    let templates = details.flatMap { $0.templates.ranked(for: $0.ticket.category) }
      .filter { seen.insert($0.id).inserted }
    let items = templates.map { template in
      Picker.Item(
        id: template.id.text, label: SafeText(template.name[language]),
        detail: SafeText(directory.zone(template.zone)?.name[language] ?? ""),
        search: "\(template.id) \(template.name.chinese) \(template.name.english)".lowercased())
    }
    overlays.append(
      .picker(Picker(title: words("desk.bulk.template"), items: items, purpose: .bulkTemplate)))
    return []
  }

  mutating func choseBulkTemplate(_ id: String) -> [DeskEffect] {
    guard case .bulkClose(var bulk) = overlays.last else { return [] }
    guard
      let template = bulk.details.lazy.flatMap(\.templates).first(where: { $0.id.text == id })
    else { return [] }
    bulk.template = template
    bulk.items = bulk.details.map { bulkItem($0, template) }
    overlays[overlays.count - 1] = .bulkClose(bulk)
    return []
  }

  /// A required field is required here as everywhere, and so is every slot of the text.
  private func bulkItem(_ detail: TicketDetail, _ template: ClosingTemplate) -> BulkClose.Item {
    var missing: [String] = []
    var text = ""
    if detail.ticket.owner != me.id {
      missing.append(words.text("desk.bulk.not-mine"))
    } else if detail.ticket.zone != template.zone {
      missing.append(words.text("desk.bulk.other-zone"))
    } else {
      let closing = ClosingForm(
        target: .closed, templates: [template], openedAt: now, keysAtOpening: keys)
      let fields = detail.zone?.missingFields(in: detail.ticket.fields) ?? []
      var names = fields.map { slotName("fields.\($0)", template, detail.zone) }
      do {
        let filled = try TemplateFilling(template, language: detail.ticket.language)
          .fill(closingValues(closing, template, detail)) { slotName($0, template, detail.zone) }
        text = filled.text
        names += filled.missing.map { slotName($0, template, detail.zone) }
        if names.isEmpty {
          names += findings(
            in: text, of: detail, ticket: detail.ticket, disposition: template.disposition, isClosing: true
          ).filter { $0.severity == .fatal }.map { sentence($0.reason) }
        }
      } catch {
        names.append(words.text("desk.closing.broken"))
      }
      var seen: Set<String> = []
      missing += names.filter { seen.insert($0).inserted }
    }
    return BulkClose.Item(
      ticket: detail.ticket.id,
      title: SafeText("\(detail.ticket.number.map { "#\($0)" } ?? "")  \(detail.ticket.subject)"),
      version: detail.ticket.version, text: text, missing: missing)
  }

  mutating func confirmBulkClose() -> [DeskEffect] {
    guard case .bulkClose(let bulk) = overlays.last, let template = bulk.template else { return [] }
    let ready = bulk.items.filter(\.missing.isEmpty)
    guard !ready.isEmpty else {
      say(key: "desk.bulk.none-ready", .warning)
      return []
    }
    overlays.removeLast()
    let name = words.text("action.close")
    let reason = words.text("desk.undo-reason")
    var effects: [DeskEffect] = []
    let group = nextGroup(of: ready.count)
    for (index, item) in ready.enumerated() {
      let record = Closing(
        text: item.text, mode: .template, template: template.id, keys: keys - bulk.keysAtOpening,
        milliseconds: max(0, now - bulk.openedAt))
      let isSolving = bulk.target == .solved
      let said = recordClosedUses(on: item.ticket)
      effects += said.effects
      effects += save(
        .ticket(
          item.ticket,
          isSolving
            ? .solve(disposition: template.disposition, record)
            : .close(disposition: template.disposition, record)),
        basedOn: item.version,
        done: index == ready.count - 1
          ? words.text(
            "desk.done.closed-many", ["count": ready.count, "left": bulk.items.count - ready.count]) : nil,
        group: group, used: said.uses,
        undo: { _ in (name, .ticket(item.ticket, .reopen(reason: reason))) })
    }
    queue.marks.subtract(ready.map(\.ticket))
    return effects
  }
}
