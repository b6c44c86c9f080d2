import Assist
import Domain
import Terminal

// Macros: several changes of the open ticket as one operation, with the checks that each has by hand.
extension DeskModel {
  /// Those of the open ticket's zone, and all where none is open.
  private var shownMacros: [Macro] {
    guard let zone = open?.ticket?.zone else { return directory.macros }
    return directory.macros.filter { $0.fits(zone) }
  }

  private static let macroMark = "macro/"

  var macroItems: [Picker.Item] {
    shownMacros.map { macro in
      let why = macroReason
      return Picker.Item(
        id: Self.macroMark + macro.id, label: SafeText(macro.name[language]),
        detail: why.map { words($0) }
          ?? SafeText([words.text("desk.macro"), macro.key ?? ""].joined(separator: "  ").trimmed),
        search: "\(macro.name.chinese) \(macro.name.english) \(macro.id) macro".lowercased(),
        isEnabled: why == nil)
    }
  }

  private var macroReason: String? {
    if let reason = missing(.work) { return reason }
    if let id = open?.id, isRequested(id) { return "desk.reason.requested" }
    return open?.detail == nil ? "desk.reason.open-first" : nil
  }

  func macro(ofItem id: String) -> Macro? {
    guard id.hasPrefix(Self.macroMark) else { return nil }
    let wanted = id.dropFirst(Self.macroMark.count)
    return directory.macros.first { $0.id == wanted }
  }

  /// The macro that a key stands for; an action that has the key comes first.
  func macro(of key: Key) -> Macro? {
    guard !isTyping, open?.closing == nil else { return nil }
    return shownMacros.first { macro in macro.key.flatMap { Key(name: $0) } == key }
  }

  /// Shows what it will do, and does it with Enter.
  mutating func previewMacro(_ macro: Macro) -> [DeskEffect] {
    guard let plan = plan(macro) else { return [] }
    overlays.append(
      .confirm(
        Confirm(
          title: SafeText(macro.name[language]), lines: plan.lines.map { SafeText($0) },
          yes: words("desk.macro.run"), no: words("desk.macro.leave"), purpose: .macro(macro.id))))
    return []
  }

  mutating func runMacro(id: String) -> [DeskEffect] {
    directory.macros.first { $0.id == id }.map { runMacro($0) } ?? []
  }

  mutating func runMacro(_ macro: Macro) -> [DeskEffect] {
    guard let ticket = open?.ticket, let plan = plan(macro) else { return [] }
    var effects = leaveField()
    let name = macro.name[language]
    var used: [ArticleUse] = []
    if macro.close != nil {
      let said = recordClosedUses(on: ticket.id)
      effects += said.effects
      used = said.uses
    }
    return effects
      + save(
        .ticket(ticket.id, .together(plan.actions)), basedOn: macro.close == nil ? nil : ticket.version,
        done: words.text("desk.done.macro", ["name": name]), used: used,
        undo: { operation in
          plan.inverse(operation).map { (name, .ticket(ticket.id, .together($0))) }
        }, leaving: plan.hasReply ? { $0.entry(0) } : nil)
  }

  // MARK: - What it does

  private struct MacroPlan {
    var actions: [TicketAction] = []
    var lines: [String] = []
    /// Texts that are written, in the order of their entries.
    var texts = 0
    /// The first of them goes to the customer.
    var hasReply = false
    var undo: [TicketAction] = []
    /// A ticket that was given away is not mine to take back.
    var canUndo = true

    func inverse(_ operation: Operation) -> [TicketAction]? {
      guard canUndo else { return nil }
      return undo + (0..<texts).map { .strike(operation.entry($0)) }
    }
  }

  /// Nil, with a sentence on the screen, where a part of it cannot be done: then nothing is.
  private mutating func plan(_ macro: Macro) -> MacroPlan? {
    if let reason = macroReason {
      say(words.text(reason), .warning, about: .place(nil))
      return nil
    }
    guard let detail = open?.detail, macro.fits(detail.ticket.zone) else {
      say(key: "desk.macro.other-zone", .warning, about: .place(nil))
      return nil
    }
    var ticket = detail.ticket
    for (id, value) in macro.fields where detail.zone?.field(id) != nil { ticket.fields[id] = value }
    ticket.category = macro.category ?? ticket.category
    var plan = MacroPlan()
    do {
      // Texts come first: their entries are then known by their numbers, for whoever takes it back.
      for (text, make, key) in [
        (macro.reply, TicketAction.reply, "action.reply"), (macro.note, TicketAction.note, "action.note"),
      ] {
        guard let text else { continue }
        let filled = try filled(text[ticket.language], macro.id, ticket, detail)
        if key == "action.reply" { try check(filled, &plan, ticket, detail, isClosing: false) }
        plan.actions.append(make(filled))
        plan.lines.append("\(words.text(key)): \(filled)")
        plan.texts += 1
        if key == "action.reply" { plan.hasReply = true }
      }
      try change(&plan, macro, detail)
      try end(&plan, macro, ticket, detail)
    } catch let missing as MacroMissing {
      say(
        words.text(
          "desk.macro.missing", ["name": macro.name[language], "what": words.catalogue.list(missing.names)]),
        .warning, about: .place(nil))
      return nil
    } catch let stopped as MacroStopped {
      say(
        words.text("desk.macro.stopped", ["name": macro.name[language], "why": stopped.why]), .warning,
        about: .place(nil))
      return nil
    } catch {
      say(key: "desk.closing.broken", .danger)
      return nil
    }
    return plan
  }

  /// A text of it has what stops one that is written by hand.
  private struct MacroStopped: Error { var why: String }

  private func check(
    _ text: String, _ plan: inout MacroPlan, _ ticket: Ticket, _ detail: TicketDetail,
    disposition: String? = nil, isClosing: Bool
  ) throws {
    let found = findings(in: text, of: detail, ticket: ticket, disposition: disposition, isClosing: isClosing)
    if let fatal = found.first(where: { $0.severity == .fatal }) {
      throw MacroStopped(why: sentence(fatal))
    }
    plan.lines += found.filter { $0.severity == .warning }.map { "! \(sentence($0))" }
  }

  private struct MacroMissing: Error { var names: [String] }

  private func change(_ plan: inout MacroPlan, _ macro: Macro, _ detail: TicketDetail) throws {
    let ticket = detail.ticket
    func add(_ action: TicketAction, _ line: String, back: TicketAction?) {
      plan.actions.append(action)
      plan.lines.append(line)
      if let back { plan.undo.append(back) }
    }
    if let category = macro.category, category != ticket.category,
      let zone = directory.category(category)?.zone
    {
      let old: TicketAction? =
        if let before = ticket.category {
          directory.category(before)?.zone.map { TicketAction.setCategory(before, zone: $0) }
        } else { zone == ticket.zone ? .clearCategory : nil }
      add(
        .setCategory(category, zone: zone),
        "\(words.text("action.category")): \(directory.categoryName(category, in: language))", back: old)
    }
    let values = macro.fields.filter {
      detail.zone?.field($0.key) != nil && (ticket.fields[$0.key] ?? "") != $0.value
    }
    if !values.isEmpty {
      let line = values.sorted { $0.key < $1.key }.map { id, value in
        let field = detail.zone?.field(id)
        return "\(field?.name[language] ?? id) \(field.map { shown(value, $0) } ?? value)"
      }
      let old = values.keys.reduce(into: [String: String]()) { $0[$1] = ticket.fields[$1] ?? "" }
      add(.setFields(values), line.joined(separator: " · "), back: .setFields(old))
    }
    if let priority = macro.priority, priority != ticket.priority {
      add(
        .setPriority(priority), "\(words.text("action.priority")): \(words.text("priority.\(priority)"))",
        back: .setPriority(ticket.priority))
    }
    for tag in macro.addTags where !ticket.tags.contains(tag) {
      add(.addTag(tag), "+ #\(tag)", back: .removeTag(tag))
    }
    for tag in macro.removeTags where ticket.tags.contains(tag) {
      add(.removeTag(tag), "− #\(tag)", back: .addTag(tag))
    }
    for step in macro.steps where !ticket.steps.contains(step) {
      guard let known = detail.zone?.steps.first(where: { $0.id == step }) else { continue }
      if let why = hindranceToTick(step) { throw MacroStopped(why: why) }
      add(.setStep(step, isDone: true), "✓ \(known.name[language])", back: .setStep(step, isDone: false))
    }
  }

  private func end(_ plan: inout MacroPlan, _ macro: Macro, _ ticket: Ticket, _ detail: TicketDetail) throws {
    if let hold = macro.hold {
      let until = hold.minutes.map { now.advanced(seconds: Int64($0) * 60) }
      let reason = hold.reason[ticket.language]
      plan.actions.append(.hold(reason: reason, until: until))
      plan.lines.append("\(words.text("action.hold")): \(reason)")
      plan.undo.insert(.resume, at: 0)
    }
    if let transfer = macro.transfer {
      plan.actions.append(
        .transfer(zone: transfer.zone, team: transfer.team, agent: nil, note: transfer.note[language]))
      let name =
        transfer.team.flatMap { directory.team($0)?.name[language] }
        ?? transfer.zone.flatMap { directory.zone($0)?.name[language] } ?? ""
      plan.lines.append("\(words.text("action.transfer")): \(name)")
      plan.canUndo = false
    }
    guard let id = macro.close else { return }
    guard let template = detail.templates.first(where: { $0.id == id }) else {
      throw MacroMissing(names: [id.text])
    }
    let missing = detail.zone?.missingFields(in: ticket.fields) ?? []
    guard missing.isEmpty else {
      throw MacroMissing(names: missing.map { slotName("fields.\($0)", template, detail.zone) })
    }
    let text = try filled(template.text[ticket.language], template.id.text, ticket, detail)
    try check(text, &plan, ticket, detail, disposition: template.disposition, isClosing: true)
    plan.actions.append(
      .close(disposition: template.disposition, Closing(text: text, mode: .template, template: template.id)))
    plan.lines.append("\(words.text("action.close")): \(text)")
    plan.undo.insert(.reopen(reason: words.text("desk.undo-reason")), at: 0)
  }

  /// - Throws: ``MacroMissing`` with the names of slots that have no value.
  private func filled(_ text: String, _ id: String, _ ticket: Ticket, _ detail: TicketDetail) throws -> String
  {
    let template = ClosingTemplate(
      id: TemplateID(id), zone: ticket.zone, name: LocalizedText(chinese: "", english: ""), disposition: "",
      text: LocalizedText(chinese: text, english: text))
    var known = detail
    known.ticket = ticket
    let closing = ClosingForm(target: .closed, templates: [template], openedAt: now, keysAtOpening: keys)
    let filled = try TemplateFilling(text, id: TemplateID(id)).fill(closingValues(closing, template, known)) {
      slotName($0, nil, detail.zone)
    }
    guard filled.isComplete else {
      throw MacroMissing(names: filled.missing.map { slotName($0, nil, detail.zone) })
    }
    return filled.text
  }
}
