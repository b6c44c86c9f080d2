import Domain
import Terminal

// The form of a ticket.
extension DeskModel {
  var formFields: [FormField] { open?.detail?.zone?.fields ?? [] }

  var focusedField: FormField? {
    guard let index = open?.form.index, formFields.indices.contains(index) else { return nil }
    return formFields[index]
  }

  mutating func startForm() -> [DeskEffect] {
    guard let ticket = open?.ticket, !formFields.isEmpty else { return [] }
    let effects = open?.composer == nil ? [] : leaveComposer()
    focus = .ticket
    open?.form.isFocused = true
    let missing = open?.detail?.zone?.missingFields(in: ticket.fields).first
    let first = formFields.firstIndex { $0.id == missing } ?? 0
    open?.form.index = first
    if let draft = drafts[DraftKey(ticket: ticket.id, slot: .form)],
      let (field, value) = DraftBody.decode(draft.body).first,
      let index = formFields.firstIndex(where: { $0.id == field })
    {
      open?.form.index = index
      open?.form.editor = TextEditor(value)
      open?.form.stored = nil
    }
    return effects
  }

  mutating func pressInForm(_ key: Key) -> [DeskEffect]? {
    guard let field = focusedField, open?.form.isFocused == true else { return nil }
    if open?.form.editor != nil { return pressInField(key, field) }
    switch key.code {
    case .enter: return editField(field)
    case .tab, .down: return moveField(1)
    case .backTab, .up: return moveField(-1)
    case .home: return moveField(-formFields.count)
    case .end: return moveField(formFields.count)
    case .delete, .backspace: return setField(field, to: "")
    case .character(let character) where key.modifiers.isEmpty || key.modifiers == .shift:
      if let picker = fieldPicker(field, purpose: .field(field.id)) {
        return choose(from: picker, typing: character)
      }
      open?.form.editor = TextEditor(String(character))
      open?.form.stored = nil
      return []
    default: return nil
    }
  }

  private mutating func pressInField(_ key: Key, _ field: FormField) -> [DeskEffect]? {
    switch key.code {
    case .enter, .tab, .down:
      guard let effects = commitField(field) else { return [] }
      return effects + moveField(1)
    case .backTab, .up:
      guard let effects = commitField(field) else { return [] }
      return effects + moveField(-1)
    default:
      guard var editor = open?.form.editor, editor.handle(key) else { return nil }
      open?.form.editor = editor
      open?.form.problem = nil
      return []
    }
  }

  /// Opens the list of a field that has one, the line for typing otherwise.
  mutating func editField(_ field: FormField) -> [DeskEffect] {
    if let picker = fieldPicker(field, purpose: .field(field.id)) {
      overlays.append(.picker(picker))
      return []
    }
    open?.form.problem = nil
    let value = open?.ticket?.fields[field.id] ?? proposal(for: field.id)?.value ?? ""
    open?.form.editor = TextEditor(value)
    open?.form.stored = value
    open?.form.draftChanges = 0
    return []
  }

  mutating func moveField(_ step: Int) -> [DeskEffect] {
    let count = formFields.count
    guard count > 0, let index = open?.form.index else { return [] }
    let next = index + step
    open?.form.index = abs(step) > 1 ? min(max(0, next), count - 1) : (next + count) % count
    open?.form.problem = nil
    return []
  }

  /// Saves the typed value; nil when it is not one, with the sentence under the field.
  private mutating func commitField(_ field: FormField) -> [DeskEffect]? {
    guard let editor = open?.form.editor else { return [] }
    do {
      let isUntouched = editor.text == open?.form.stored
      let value = isUntouched ? "" : try field.canonical(editor.text)
      open?.form.editor = nil
      open?.form.problem = nil
      return isUntouched ? forgetDraft(of: field) : setField(field, to: value)
    } catch {
      let problem = words.catalogue.sentence(for: error, field: field)
      open?.form.problem = problem
      return nil
    }
  }

  /// Leaves the field being typed in; what is not a value stays a draft.
  mutating func leaveField() -> [DeskEffect] {
    guard let field = focusedField, open?.form.editor != nil else { return [] }
    if let effects = commitField(field) { return effects }
    let effects = keepDrafts(now: true)
    open?.form.editor = nil
    open?.form.problem = nil
    return effects
  }

  /// The line was left as it began: what was typed in it and taken out again is no draft. That of another field stays.
  mutating func forgetDraft(of field: FormField) -> [DeskEffect] {
    let key = DraftKey(ticket: open?.id, slot: .form)
    guard let draft = drafts[key], DraftBody.decode(draft.body)[field.id] != nil else { return [] }
    drafts[key] = nil
    return [.deleteDraft(key)]
  }

  /// A value in stored form.
  mutating func setField(_ field: FormField, to value: String) -> [DeskEffect] {
    setFields([field.id: value])
  }

  mutating func setFields(_ values: [String: String]) -> [DeskEffect] {
    guard let ticket = open?.ticket else { return [] }
    // Emptied by a person: it stays empty, whatever the desk reads.
    for (id, value) in values where value.isEmpty { dismissed[ticket.id, default: []].insert(id) }
    let changed = values.filter { (ticket.fields[$0.key] ?? "") != $0.value }
    let key = DraftKey(ticket: ticket.id, slot: .form)
    guard !changed.isEmpty else {
      guard drafts.removeValue(forKey: key) != nil else { return [] }
      return [.deleteDraft(key)]
    }
    let old = changed.reduce(into: [String: String]()) { $0[$1.key] = ticket.fields[$1.key] ?? "" }
    // Shown at once; what is durable comes back with the next load.
    for (id, value) in changed { open?.detail?.ticket.fields[id] = value.isEmpty ? nil : value }
    let names = formFields.filter { changed[$0.id] != nil }.map { $0.name[language] }
    let label = names.joined(separator: language == .chinese ? "、" : ", ")
    return save(
      .ticket(ticket.id, .setFields(changed)), done: words.text("desk.done.fields", ["names": label]),
      draft: Draft(ticket: ticket.id, slot: .form, body: DraftBody.encode(changed), savedAt: now),
      clearing: key, undo: { _ in (label, .ticket(ticket.id, .setFields(old))) })
  }

  /// Takes a bill line: the field, and those of the same form that the line also answers and that are still empty.
  func values(
    of line: Bill.Line, in bill: Bill, for field: FormField, fields: [FormField], have: [String: String]
  )
    -> [String: String]
  {
    var values = [field.id: line.title]
    func fill(_ other: FormField?, _ value: String) {
      guard let other, (have[other.id] ?? "").isEmpty else { return }
      // A credit is a line too, and no amount that a form takes.
      values[other.id] = try? other.canonical(value)
    }
    fill(amountOfLine(in: fields), line.amount.description)
    fill(dayOfLine(in: fields), line.chargedOn.description)
    fill(periodOfLine(in: fields), bill.period)
    return values
  }

  /// Fields that a line of a bill answers besides its own.
  func fieldsOfLine(in fields: [FormField]) -> [String] {
    [amountOfLine(in: fields), dayOfLine(in: fields), periodOfLine(in: fields)].compactMap { $0?.id }
  }

  private func amountOfLine(in fields: [FormField]) -> FormField? { fields.first { $0.kind == .money } }
  private func dayOfLine(in fields: [FormField]) -> FormField? { fields.first { $0.kind == .date } }
  private func periodOfLine(in fields: [FormField]) -> FormField? {
    fields.first { $0.kind == .text && $0.id == "period" }
  }

  /// The list of a choice, bill line or order field; nil for a field that is typed.
  func fieldPicker(_ field: FormField, purpose: Picker.Purpose, current: String? = nil) -> Picker? {
    let title = SafeText(field.name[language])
    let current = current ?? open?.ticket?.fields[field.id] ?? proposal(for: field.id)?.value
    switch field.kind {
    case .choice:
      let items = field.choices.map { choice in
        Picker.Item(
          id: choice.id, label: SafeText(choice.name[language]),
          search: "\(choice.id) \(choice.name.chinese) \(choice.name.english)".lowercased())
      }
      return Picker(title: title, items: items, purpose: purpose, selected: current)
    case .billLine:
      guard let bills = customer?.profile?.bills, !bills.isEmpty else { return nil }
      let items = bills.flatMap { bill in
        bill.lines.enumerated().map { index, line in
          Picker.Item(
            id: "\(bill.id)\u{1F}\(index)", label: SafeText("\(bill.period)  \(line.title)"),
            detail: SafeText("\(line.amount)  \(line.chargedOn)"),
            search: "\(bill.period) \(line.title) \(line.amount) \(bill.number)".lowercased(),
            mark: bill.lines.filter { $0.title == line.title }.count > 1 ? "×2" : .empty)
        }
      }
      return Picker(title: title, items: items, purpose: purpose)
    case .order:
      guard let orders = customer?.profile?.orders, !orders.isEmpty else { return nil }
      let items = orders.map { order in
        Picker.Item(
          id: order.number, label: SafeText("\(order.number)  \(order.title)"),
          detail: SafeText("\(order.placedOn)  \(order.amount)"),
          search: "\(order.number) \(order.title) \(order.placedOn)".lowercased())
      }
      return Picker(title: title, items: items, purpose: purpose, selected: current)
    default: return nil
    }
  }

  /// The values that a chosen item of a field's list stands for.
  func values(ofItem id: String, for field: FormField) -> [String: String] {
    guard field.kind == .billLine else { return [field.id: id] }
    let parts = id.split(separator: "\u{1F}")
    guard parts.count == 2, let index = Int(parts[1]),
      let bill = customer?.profile?.bills.first(where: { $0.id.text == parts[0] }),
      bill.lines.indices.contains(index)
    else { return [:] }
    return values(
      of: bill.lines[index], in: bill, for: field, fields: formFields, have: open?.ticket?.fields ?? [:])
  }

  private mutating func choose(from picker: Picker, typing character: Character) -> [DeskEffect] {
    overlays.append(.picker(picker))
    return press(Key(character))
  }
}
