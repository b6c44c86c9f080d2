import Domain
import Terminal

// The lists that actions choose from.
extension DeskModel {
  mutating func openPalette() {
    let other = catalogues[language.other]
    let items = actions.bindings.filter { !Self.notInPalette.contains($0.id) }.map { binding in
      let reason = reason(against: binding.id)
      return Picker.Item(
        id: binding.id.rawValue, label: words(binding.id.key),
        detail: reason.map { words($0) } ?? SafeText(binding.keys.map(\.description).joined(separator: "  ")),
        search:
          "\(words.text(binding.id.key)) \(other?.text(binding.id.key) ?? "") \(binding.id.rawValue)"
          .lowercased(),
        isEnabled: reason == nil)
    }
    overlays.append(
      .picker(
        Picker(
          title: words("action.palette"), items: items + macroItems, purpose: .command, hasNumbers: false)))
  }

  private static let notInPalette: Set<ActionID> = [
    .palette, .up, .down, .pageUp, .pageDown, .halfUp, .halfDown, .first, .last, .editField, .nextField,
    .previousField, .back, .interrupt,
  ]

  mutating func startCategory(_ ids: [TicketID]) {
    let items = directory.categories.map { category in
      let path = directory.path(of: category.id)
      return Picker.Item(
        id: category.id.text, label: SafeText(category.name[language]),
        detail: category.zone.flatMap { directory.zone($0) }.map { SafeText($0.name[language]) } ?? .empty,
        search: path.map { "\($0.name.chinese) \($0.name.english)" }.joined(separator: " ").lowercased()
          + " \(category.id)",
        depth: path.count - 1, isEnabled: category.zone != nil)
    }
    overlays.append(
      .picker(
        Picker(
          title: words("action.category"), items: items, purpose: .category(ids),
          selected: ids.first.flatMap { knownCategory(of: $0)?.text } ?? items.first { $0.isEnabled }?.id,
          hasNumbers: false)))
  }

  mutating func setCategory(_ category: CategoryID, zone: ZoneID, of ids: [TicketID]) -> [DeskEffect] {
    let before = ids.reduce(into: [TicketID: Action]()) { found, id in
      guard let old = knownCategory(of: id), let zone = directory.category(old)?.zone else { return }
      found[id] = .ticket(id, .setCategory(old, zone: zone))
    }
    return forEach(
      ids, done: "desk.done.category", undo: { id, _ in before[id] }, label: words.text("action.category"),
      action: { .ticket($0, .setCategory(category, zone: zone)) })
  }

  mutating func startPriority(_ ids: [TicketID]) {
    let items = Ticket.Priority.allCases.map { priority in
      Picker.Item(
        id: String(priority.rawValue), label: words("priority.\(priority)"), search: "\(priority)")
    }
    overlays.append(
      .picker(
        Picker(
          title: words("action.priority"), items: items, purpose: .priority(ids),
          selected: ids.first.flatMap { knownPriority(of: $0) }.map { String($0.rawValue) })))
  }

  mutating func startPresence() {
    var items = [
      Picker.Item(id: "ready", label: words("presence.ready"), search: "ready"),
      Picker.Item(id: "afterContactWork", label: words("presence.afterContactWork"), search: "acw"),
    ]
    items += notReadyReasons.map { code in
      Picker.Item(
        id: "notReady/\(code)", label: words("presence.reason.\(code)"), detail: words("presence.notReady"),
        search: code)
    }
    items.append(Picker.Item(id: "offline", label: words("presence.offline"), search: "offline"))
    overlays.append(.picker(Picker(title: words("action.presence"), items: items, purpose: .presence)))
  }

  mutating func chosePresence(_ id: String) -> [DeskEffect] {
    let parts = id.split(separator: "/").map(String.init)
    guard let state = parts.first.flatMap({ Presence.State(rawValue: $0) }) else { return [] }
    let reason = parts.count > 1 ? parts[1] : nil
    let name = reason.map { words.text("presence.reason.\($0)") } ?? words.text("presence.\(state.rawValue)")
    return setPresence(
      state, reason: reason, ticket: nil, done: words.text("desk.done.presence", ["name": name]))
  }

  mutating func startTheme() {
    let items = themes.map { name in
      Picker.Item(
        id: name, label: words.has("theme.\(name)") ? words("theme.\(name)") : SafeText(name), search: name)
    }
    overlays.append(
      .picker(Picker(title: words("action.theme"), items: items, purpose: .theme, selected: theme)))
  }

  mutating func startTransfer(_ ids: [TicketID]) {
    func both(_ name: LocalizedText) -> String { "\(name.chinese) \(name.english)".lowercased() }
    var items = directory.zones.map { zone in
      Picker.Item(
        id: "zone/\(zone.id)", label: SafeText(zone.name[language]), detail: words("desk.transfer.zone"),
        search: both(zone.name))
    }
    items += directory.teams.map { team in
      Picker.Item(
        id: "team/\(team.id)", label: SafeText(team.name[language]), detail: words("desk.transfer.team"),
        search: both(team.name))
    }
    items += directory.agents.filter { $0.isActive && $0.id != me.id && $0.has(.work) }.map { agent in
      Picker.Item(
        id: "agent/\(agent.id)", label: SafeText("\(agent.name[language]) \(agent.number)"),
        detail: words("presence.\(agent.presence.state.rawValue)"),
        search: "\(both(agent.name)) \(agent.number)")
    }
    overlays.append(
      .picker(
        Picker(title: words("action.transfer"), items: items, purpose: .transfer(ids), hasNumbers: false)))
  }

  mutating func choseReceiver(_ id: String, _ ids: [TicketID]) -> [DeskEffect] {
    guard let slash = id.firstIndex(of: "/") else { return [] }
    let key = String(id[id.index(after: slash)...])
    let kind = id[..<slash]
    let (zone, team, agent) = (
      kind == "zone" ? ZoneID(key) : nil, kind == "team" ? TeamID(key) : nil,
      kind == "agent" ? AgentID(key) : nil
    )
    let name =
      agent.map { directory.agentName($0, in: language) } ?? team.flatMap {
        directory.team($0)?.name[language]
      }
      ?? zone.flatMap { id in directory.zones.first { $0.id == id }?.name[language] } ?? key
    overlays.append(
      .dialog(
        Dialog(
          SafeText(words.text("desk.transfer.to", ["name": name])),
          .transfer(ids, zone: zone, team: team, agent: agent), [field("note", isRequired: true)])))
    return []
  }

  mutating func startDrafts() -> [DeskEffect] {
    overlays.append(.picker(draftPicker([])))
    let tickets = drafts.keys.compactMap(\.ticket)
    return tickets.isEmpty ? [] : [.loadTickets(Array(Set(tickets)).sorted())]
  }

  /// Which ticket, whose, and what was typed. Numbers and names of tickets that are not at hand come a moment later.
  private func draftPicker(_ details: [TicketDetail]) -> Picker {
    let known = Dictionary(details.map { ($0.ticket.id, $0) }, uniquingKeysWith: { first, _ in first })
    let sorted = drafts.values.sorted { $0.savedAt > $1.savedAt }
    let items = sorted.map { draft in
      let whose = draft.ticket.map { id in
        let detail = known[id] ?? (open?.id == id ? open?.detail : nil)
        let row = queue.rows.first { $0.id == id }
        let number = (detail?.ticket.number ?? row?.number).map { "#\($0)" }
        let customer = detail?.customer.map { Masking.name($0.customer.name) } ?? row?.customerName
        return [number, customer].compactMap(\.self).joined(separator: " ")
      }
      let kind = words.text("desk.draft.\(draft.slot.rawValue)")
      return Picker.Item(
        id: "\(draft.slot.rawValue)/\(draft.ticket?.text ?? "")",
        label: SafeText([whose, kind].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " · ")),
        detail: SafeText(Ticket.preview(of: Masking.text(typedText(in: draft)))),
        search: draft.body.lowercased())
    }
    return Picker(title: words("action.drafts"), items: items, purpose: .drafts)
  }

  /// Numbers and customers for the list of drafts; nothing where it was left.
  mutating func nameDrafts(_ details: [TicketDetail]) {
    guard case .picker(let shown) = overlays.last, case .drafts = shown.purpose else { return }
    var picker = draftPicker(details)
    picker.filter = shown.filter
    picker.narrow()
    picker.select(shown.selected)
    overlays[overlays.count - 1] = .picker(picker)
  }

  /// Opens the ticket of a draft, and in it the text where it was left.
  mutating func choseDraft(_ id: String) -> [DeskEffect] {
    let parts = id.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let slot = Draft.Slot(rawValue: parts[0]) else { return [] }
    let action: ActionID
    switch slot {
    case .newTicket: return perform(.newTicket)
    case .reply: action = .reply
    case .note: action = .note
    case .form: action = .editForm
    case .closing:
      let key = DraftKey(ticket: TicketID(parts[1]), slot: .closing)
      let kept = drafts[key].flatMap { DraftBody.decode($0.body, as: ClosingDraft.self) }
      action = kept?.target == .solved ? .solve : .close
    }
    let effects = openTicket(TicketID(parts[1]))
    if open?.detail != nil { return effects + perform(action) }
    waitingAction = action
    return effects
  }

  /// What a person typed in a draft, without what the desk keeps beside it.
  private func typedText(in draft: Draft) -> String {
    switch draft.slot {
    case .reply, .note: return draft.body
    case .closing:
      guard let closing = DraftBody.decode(draft.body, as: ClosingDraft.self) else { return "" }
      let inputs = closing.inputs.sorted { $0.key < $1.key }.map(\.value)
      return ([closing.text] + inputs).filter { !$0.isEmpty }.joined(separator: " · ")
    case .form:
      return DraftBody.decode(draft.body).sorted { $0.key < $1.key }.map(\.value).joined(separator: " · ")
    case .newTicket:
      let values = DraftBody.decode(draft.body)
      return ["subject", "message", "name", "phone"].compactMap { values[$0] }.filter { !$0.isEmpty }
        .joined(separator: " · ")
    }
  }

  // MARK: - Steps, tags, attachments, links

  mutating func startRemoveTag() {
    let tags = open?.ticket?.tags ?? []
    let items = tags.map { Picker.Item(id: $0, label: SafeText($0), search: $0.lowercased()) }
    overlays.append(.picker(Picker(title: words("action.remove-tag"), items: items, purpose: .removeTag)))
  }

  mutating func startAttachments() {
    let items = (open?.detail?.attachments ?? []).map { attachment in
      Picker.Item(
        id: attachment.id.text, label: SafeText(attachment.name),
        detail: SafeText("\(attachment.mediaType)  \(ByteCount.text(attachment.byteCount))"),
        search: attachment.name.lowercased())
    }
    overlays.append(.picker(Picker(title: words("action.attachments"), items: items, purpose: .attachment)))
  }

  mutating func startUnlink() {
    // Merged tickets are related, too, and no link.
    let items = (open?.detail?.related ?? []).filter { $0.relation != nil }.map { related in
      Picker.Item(
        id: related.id.text, label: SafeText("\(related.number.map { "#\($0)" } ?? "") \(related.subject)"),
        detail: related.relation.map { words("relation.\($0.rawValue)") } ?? .empty,
        search: related.subject.lowercased())
    }
    overlays.append(.picker(Picker(title: words("action.unlink"), items: items, purpose: .unlink)))
  }

  mutating func takeBack() -> [DeskEffect] {
    guard let id = open?.id, let reply = lastReply else { return [] }
    // What was taken back can be corrected and sent again.
    let key = DraftKey(ticket: id, slot: .reply)
    let draft = Draft(
      ticket: id, slot: .reply, body: reply.body, savedAt: now,
      isMachineDrafted: reply.isMachineDrafted == true)
    forgetUndo(of: OperationID(String(reply.id.text.prefix { $0 != "-" })))
    let effects = save(
      .ticket(id, .strike(reply.id)), kind: .undo, done: words.text("desk.done.taken-back"))
    if drafts[key] == nil {
      drafts[key] = draft
      return effects + [.saveDraft(draft)]
    }
    return effects
  }

  mutating func openFullText() {
    guard let detail = open?.detail else { return }
    let texts = detail.entries.filter(\.isText).map { entry in
      let time = clock.civil(entry.at)
      return "\(time.date) \(time.minuteText)  \(authorName(entry))\n\(entry.body)"
    }
    overlays.append(
      .text(
        TextPage(title: SafeText(detail.ticket.subject), text: texts.joined(separator: "\n\n"))))
  }
}
