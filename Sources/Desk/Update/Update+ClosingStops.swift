import Assist
import Domain
import Terminal

// What a closing still needs, what stands there, and the lists to choose from.
extension DeskModel {
  /// Fills the text again and finds what it still needs.
  mutating func refreshClosing(resettingStops: Bool = false) {
    guard let detail = open?.detail, var closing = open?.closing else { return }
    var needed: [ClosingForm.Stop] = []
    let fields = detail.zone?.fields ?? []
    var fieldIDs = Set(fields.filter(\.isRequired).map(\.id))
    var others: [ClosingForm.Stop] = []
    closing.isBroken = false
    if let template = closing.template {
      do {
        let filling = try TemplateFilling(template, language: detail.ticket.language)
        let values = closingValues(closing, template, detail)
        let text = filling.fill(values) { slotName($0, template, detail.zone) }
        closing.filled = text
        for name in filling.slots {
          if let id = name.suffix(after: "fields."), fields.contains(where: { $0.id == id }) {
            fieldIDs.insert(id)
          } else if let id = name.suffix(after: "choice."), template.choices.contains(where: { $0.id == id })
          {
            others.append(.choice(id))
          } else if (values[name] ?? "").isEmpty || closing.inputs[name] != nil {
            others.append(.input(name))
          }
        }
      } catch {
        closing.isBroken = true
        closing.filled = FilledTemplate(text: "", slots: [])
      }
    } else {
      closing.filled = FilledTemplate(text: closing.text.text, slots: [])
      others.append(.disposition)
    }
    // A bill line answers several fields at once, so it is asked for first.
    let ordered = fields.filter { fieldIDs.contains($0.id) }
    needed += ordered.filter { $0.kind == .billLine }.map { .field($0.id) }
    needed += ordered.filter { $0.kind != .billLine }.map { .field($0.id) }
    needed += others
    let known = resettingStops ? [] : Set(closing.stops)
    open?.closing = closing
    // What the desk filled is listed as well: it can be looked at and replaced.
    let stops = needed.filter { known.contains($0) || !isResolved($0) || isProposed($0) }
    open?.closing?.stops = stops
    refreshRecord()
    if case .stop(let index) = closing.focus, index >= stops.count {
      open?.closing?.focus = closing.mode == .blank ? .text : .templates
      open?.closing?.editor = nil
    }
    open?.closing?.previewKey = nil
  }

  func closingValues(_ closing: ClosingForm, _ template: ClosingTemplate, _ detail: TicketDetail) -> [String:
    String]
  {
    let language = detail.ticket.language
    let disposition = closing.disposition ?? template.disposition
    let ticket = asProposed(detail.ticket, closing)
    let path =
      ticket.category == detail.ticket.category
      ? detail.categoryPath : ticket.category.map { directory.path(of: $0) } ?? []
    var values = TemplateValues.of(
      ticket, customer: detail.customer, clearName: detail.clearName, zone: detail.zone,
      categoryName: path.last?.name[language] ?? "", agent: me,
      teamName: me.team.flatMap { directory.team($0)?.name[language] } ?? "",
      dispositionName: detail.zone?.dispositions.first { $0.id == disposition }?.name[language] ?? "",
      clock: clock, now: now, language: language)
    for choice in template.choices {
      if let index = closing.chosen(choice.id), choice.options.indices.contains(index) {
        values["choice.\(choice.id)"] = choice.options[index][language]
      }
    }
    for (name, value) in closing.inputs where !value.isEmpty { values[name] = value }
    return values
  }

  /// What a person calls a slot.
  func slotName(_ slot: String, _ template: ClosingTemplate?, _ zone: Zone?) -> String {
    if let id = slot.suffix(after: "fields.") { return zone?.field(id)?.name[language] ?? id }
    if let id = slot.suffix(after: "choice.") {
      return template?.choices.first { $0.id == id }?.name[language] ?? id
    }
    if let id = slot.suffix(after: "input.") { return id }
    let key = "slot.\(slot)"
    return words.has(key) ? words.text(key) : slot
  }

  func isResolved(_ stop: ClosingForm.Stop) -> Bool {
    guard let closing = open?.closing else { return false }
    switch stop {
    case .field(let id): return !valueAsProposed(id, closing).isEmpty
    case .choice(let id): return closing.chosen(id) != nil
    case .input(let name): return !(closing.inputs[name] ?? "").trimmed.isEmpty
    case .disposition: return closing.shownDisposition != nil
    }
  }

  func stopName(_ stop: ClosingForm.Stop) -> String {
    switch stop {
    case .field(let id): slotName("fields.\(id)", nil, open?.detail?.zone)
    case .choice(let id): slotName("choice.\(id)", open?.closing?.template, nil)
    case .input(let name): slotName(name, nil, nil)
    case .disposition: words.text("desk.closing.disposition")
    }
  }

  func stopValue(_ stop: ClosingForm.Stop) -> String {
    guard let closing = open?.closing, let detail = open?.detail else { return "" }
    switch stop {
    case .field(let id):
      let value = valueAsProposed(id, closing)
      guard let field = detail.zone?.field(id) else { return value }
      return field.kind == .phone ? Masking.phone(value) : field.shown(value, in: language)
    case .choice(let id):
      guard let choice = closing.template?.choices.first(where: { $0.id == id }),
        let index = closing.chosen(id), choice.options.indices.contains(index)
      else { return "" }
      return choice.options[index][language]
    case .input(let name): return closing.inputs[name] ?? ""
    case .disposition:
      return closing.shownDisposition.map { id in
        detail.zone?.dispositions.first { $0.id == id }?.name[language] ?? id
      } ?? ""
    }
  }

  /// What stands in a field of the form, or is proposed for it, in stored form.
  func stopField(_ id: String) -> String {
    open?.closing.map { valueAsProposed(id, $0) } ?? ""
  }

  func picker(for stop: ClosingForm.Stop) -> Picker? {
    guard let detail = open?.detail, let closing = open?.closing else { return nil }
    switch stop {
    case .field(let id):
      return detail.zone?.field(id).flatMap {
        fieldPicker($0, purpose: .closingField(id), current: stopField(id))
      }
    case .choice(let id):
      guard let choice = closing.template?.choices.first(where: { $0.id == id }) else { return nil }
      let items = choice.options.enumerated().map { index, option in
        Picker.Item(
          id: String(index), label: SafeText(option[language]),
          search: "\(option.chinese) \(option.english)".lowercased())
      }
      return Picker(
        title: SafeText(choice.name[language]), items: items, purpose: .closingChoice(id),
        selected: closing.chosen(id).map(String.init))
    case .disposition: return dispositionPicker()
    case .input: return nil
    }
  }

  func dispositionPicker() -> Picker? {
    guard let zone = open?.detail?.zone else { return nil }
    let items = zone.dispositions.map { disposition in
      Picker.Item(
        id: disposition.id, label: SafeText(disposition.name[language]),
        search: "\(disposition.id) \(disposition.name.chinese) \(disposition.name.english)".lowercased())
    }
    return Picker(
      title: words("desk.closing.disposition"), items: items, purpose: .disposition,
      selected: open?.closing?.shownDisposition)
  }
}

extension String {
  /// What follows `prefix`; nil when the text does not begin with it.
  func suffix(after prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
