import Domain
import Terminal

// What the actions on tickets do, and the questions that they ask.
extension DeskModel {
  mutating func performOnTicket(_ action: ActionID) -> [DeskEffect] {
    let ids = targets
    guard let id = ids.first else { return [] }
    if ids.count > 1 { return performOnMany(action, ids) }
    // Everything that shows or types something needs the ticket itself.
    let needsTicket: Set<ActionID> = [
      .reply, .note, .close, .solve, .editForm, .step, .removeTag, .attachments, .unlink, .takeBack, .changes,
      .subject, .split, .fullText, .merge,
    ]
    var effects: [DeskEffect] = []
    if needsTicket.contains(action), open?.id != id || focus == .queue { effects = openTicket(id) }
    if needsTicket.contains(action), open?.detail == nil {
      waitingAction = action
      return effects
    }
    switch action {
    case .claim: effects += claim([id])
    case .release:
      effects += save(
        .ticket(id, .release), done: words.text("desk.done.released"),
        undo: { [words] _ in (words.text("action.release"), .ticket(id, .claim)) })
    case .reply:
      if let ticket = open?.ticket, let owner = ticket.owner, owner != me.id {
        offerNote(ticket, owner)
      } else {
        openComposer(.reply)
      }
    case .note: openComposer(.note)
    case .close: effects += startClosing(.closed)
    case .solve: effects += startClosing(.solved)
    case .editForm: effects += startForm()
    case .step: startSteps()
    case .removeTag: startRemoveTag()
    case .attachments: startAttachments()
    case .unlink: startUnlink()
    case .takeBack: effects += takeBack()
    case .changes: open?.showsChanges.toggle()
    case .fullText: openFullText()
    case .subject: ask(.subject(id), "action.subject", [field("subject", value: open?.ticket?.subject ?? "")])
    case .split: startSplit(id)
    case .olderEntries:
      open?.entryLimit += OpenTicket.entryPage
      effects.append(.loadTicket(id, entries: open?.entryLimit ?? OpenTicket.entryPage))
    case .attach:
      ask(.attach(id), "action.attach", [field("path", isRequired: true, hint: "desk.dialog.path-hint")])
    case .link: startFind(.link(id))
    case .merge: startFind(.merge(id))
    case .addContact:
      ask(
        .addContact(id), "action.add-contact",
        [channelField(selected: .phone), field("message", .longText)])
    case .copyNumber:
      let number = id == open?.id ? open?.ticket?.number : queue.rows.first { $0.id == id }?.number
      guard let number else { return effects }
      say(words.text("desk.done.copied", ["text": number]), .success)
      effects.append(.copyToClipboard(number))
    default: effects += performOnMany(action, ids)
    }
    return effects
  }

  /// Does what was asked before the ticket was there.
  mutating func continueWaitingAction() -> [DeskEffect] {
    guard let action = waitingAction, open?.detail != nil else { return [] }
    waitingAction = nil
    return perform(action)
  }

  private mutating func performOnMany(_ action: ActionID, _ ids: [TicketID]) -> [DeskEffect] {
    switch action {
    case .claim: return claim(ids)
    case .release:
      return forEach(
        ids, done: "desk.done.many", undo: { id, _ in .ticket(id, .claim) },
        label: words.text("action.release"), action: { .ticket($0, .release) })
    case .resume:
      let before = holdAgain(ids)
      return forEach(
        ids, done: "desk.done.resumed", undo: { id, _ in before[id] }, label: words.text("action.resume"),
        action: { .ticket($0, .resume) })
    case .markRead: return forEach(ids, done: "desk.done.read") { .ticket($0, .markRead) }
    case .close: return startBulkClose(ids, .closed)
    case .solve: return startBulkClose(ids, .solved)
    case .note: ask(.bulkNote(ids), "action.note", [field("note", .longText, isRequired: true)])
    case .hold:
      ask(
        .hold(ids), "action.hold",
        [
          field("reason", isRequired: true), field("until", .moment, hint: "desk.dialog.moment-hint"),
        ])
    case .reopen: ask(.reopen(ids), "action.reopen", [field("reason", isRequired: true)])
    case .addTag: ask(.tag(ids), "action.add-tag", [field("tag", isRequired: true)])
    case .reminder:
      var when = field("when", .moment, value: "30m", isRequired: true, hint: "desk.dialog.moment-hint")
      when.isSuggestion = true
      ask(.reminder(ids), "action.reminder", [when, field("about")])
    case .category: startCategory(ids)
    case .priority: startPriority(ids)
    case .transfer: startTransfer(ids)
    default: break
    }
    return []
  }

  // MARK: - Asking

  private func field(
    _ id: String, _ kind: Dialog.Field.Kind = .text, value: String = "", isRequired: Bool = false,
    hint: String? = nil
  ) -> Dialog.Field {
    Dialog.Field(
      id, words("desk.dialog.\(id)"), kind, value: value, isRequired: isRequired,
      hint: hint.map { words($0) } ?? .empty)
  }

  private mutating func ask(_ purpose: Dialog.Purpose, _ title: String, _ fields: [Dialog.Field]) {
    overlays.append(.dialog(Dialog(words(title), purpose, fields)))
  }

  private func channelField(selected: Channel) -> Dialog.Field {
    let options = Channel.allCases.map {
      Dialog.Field.Option(id: $0.rawValue, label: words("channel.\($0.rawValue)"))
    }
    var field = field("channel", .choice(options))
    field.choice = Channel.allCases.firstIndex(of: selected) ?? 0
    return field
  }

  mutating func submitted(_ dialog: Dialog) -> [DeskEffect] {
    func moment(_ id: String) -> Timestamp? {
      MomentParser.parse(dialog.value(id), now: now, clock: clock)
    }
    switch dialog.purpose {
    case .hold(let ids):
      let (reason, until) = (dialog.value("reason"), moment("until"))
      return forEach(
        ids, done: "desk.done.held", undo: { id, _ in .ticket(id, .resume) },
        label: words.text("action.hold"),
        action: { .ticket($0, .hold(reason: reason, until: until)) })
    case .reopen(let ids):
      let reason = dialog.value("reason")
      return forEach(ids, done: "desk.done.reopened") { .ticket($0, .reopen(reason: reason)) }
    case .transfer(let ids, let zone, let team, let agent):
      let note = dialog.value("note")
      return forEach(ids, done: "desk.done.transferred") {
        .ticket($0, .transfer(zone: zone, team: team, agent: agent, note: note))
      }
    case .subject(let id):
      let old = open?.ticket?.subject
      return save(
        .ticket(id, .setSubject(dialog.value("subject"))), done: words.text("desk.done.subject"),
        undo: { [words] _ in old.map { (words.text("action.subject"), .ticket(id, .setSubject($0))) } })
    case .tag(let ids):
      let tag = dialog.value("tag").trimmed
      return forEach(
        ids, done: "desk.done.tagged", undo: { id, _ in .ticket(id, .removeTag(tag)) },
        label: words.text("action.add-tag"),
        action: { .ticket($0, .addTag(tag)) })
    // Read before the dialog goes; see `submitDialog`.
    case .attach: return []
    case .reminder(let ids):
      let reminder = moment("when").map {
        Ticket.Reminder(at: $0, text: dialog.value("about").trimmed, agent: me.id)
      }
      return forEach(
        ids, done: "desk.done.reminder", undo: { id, _ in .ticket(id, .setReminder(nil)) },
        label: words.text("action.reminder"),
        action: { .ticket($0, .setReminder(reminder)) })
    case .reveal(let customer, let field):
      let operation = operation(.customer(customer, .reveal(field: field, reason: dialog.value("reason"))))
      underWay[operation.id] = UnderWay(kind: .silent, operation: operation, since: now)
      return [.reveal(operation, customer: customer, field: field)]
    case .newTicket: return createTicket(dialog)
    case .split(let id): return split(id, dialog)
    case .addContact(let id):
      let channel = Channel(rawValue: dialog.value("channel")) ?? .phone
      return save(
        .ticket(id, .addContact(nextIdentifier(), channel, message: dialog.value("message"))),
        done: words.text("desk.done.contact"))
    case .bulkNote(let ids):
      let note = dialog.value("note")
      return forEach(
        ids, done: "desk.done.many", undo: { .ticket($0, .strike($1.entry())) },
        label: words.text("action.note"), action: { .ticket($0, .note(note)) })
    }
  }

  // MARK: - Lists

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
      .picker(Picker(title: words("action.palette"), items: items, purpose: .command, hasNumbers: false)))
  }

  private static let notInPalette: Set<ActionID> = [
    .palette, .up, .down, .pageUp, .pageDown, .halfUp, .halfDown, .first, .last, .editField, .nextField,
    .previousField, .back, .interrupt,
  ]

  private mutating func startCategory(_ ids: [TicketID]) {
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

  private mutating func startPriority(_ ids: [TicketID]) {
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

  private mutating func startTransfer(_ ids: [TicketID]) {
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
    ask(
      .transfer(
        ids, zone: kind == "zone" ? ZoneID(key) : nil, team: kind == "team" ? TeamID(key) : nil,
        agent: kind == "agent" ? AgentID(key) : nil),
      "action.transfer", [field("note", isRequired: true)])
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
    case .closing: action = .close
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

  private mutating func startSteps() {
    guard let detail = open?.detail, let steps = detail.zone?.steps else { return }
    let items = steps.map { step in
      let isDone = detail.ticket.steps.contains(step.id)
      return Picker.Item(
        id: step.id, label: SafeText(step.name[language]),
        detail: step.help.map { SafeText($0[language]) } ?? .empty, search: step.id,
        mark: isDone ? "✓" : "○")
    }
    let next = steps.first { !detail.ticket.steps.contains($0.id) }
    overlays.append(
      .picker(Picker(title: words("action.step"), items: items, purpose: .step, selected: next?.id)))
  }

  mutating func toggleStep(_ step: String) -> [DeskEffect] {
    guard let ticket = open?.ticket else { return [] }
    let isDone = ticket.steps.contains(step)
    let name = open?.detail?.zone?.steps.first { $0.id == step }?.name[language] ?? step
    return save(
      .ticket(ticket.id, .setStep(step, isDone: !isDone)),
      done: words.text(isDone ? "desk.done.step-back" : "desk.done.step", ["name": name]),
      undo: { _ in (name, .ticket(ticket.id, .setStep(step, isDone: isDone))) })
  }

  private mutating func startRemoveTag() {
    let tags = open?.ticket?.tags ?? []
    let items = tags.map { Picker.Item(id: $0, label: SafeText($0), search: $0.lowercased()) }
    overlays.append(.picker(Picker(title: words("action.remove-tag"), items: items, purpose: .removeTag)))
  }

  private mutating func startAttachments() {
    let items = (open?.detail?.attachments ?? []).map { attachment in
      Picker.Item(
        id: attachment.id.text, label: SafeText(attachment.name),
        detail: SafeText("\(attachment.mediaType)  \(ByteCount.text(attachment.byteCount))"),
        search: attachment.name.lowercased())
    }
    overlays.append(.picker(Picker(title: words("action.attachments"), items: items, purpose: .attachment)))
  }

  private mutating func startUnlink() {
    // Merged tickets are related, too, and no link.
    let items = (open?.detail?.related ?? []).filter { $0.relation != nil }.map { related in
      Picker.Item(
        id: related.id.text, label: SafeText("\(related.number.map { "#\($0)" } ?? "") \(related.subject)"),
        detail: related.relation.map { words("relation.\($0.rawValue)") } ?? .empty,
        search: related.subject.lowercased())
    }
    overlays.append(.picker(Picker(title: words("action.unlink"), items: items, purpose: .unlink)))
  }

  private mutating func takeBack() -> [DeskEffect] {
    guard let id = open?.id, let reply = lastReply else { return [] }
    // What was taken back can be corrected and sent again.
    let key = DraftKey(ticket: id, slot: .reply)
    let draft = Draft(ticket: id, slot: .reply, body: reply.body, savedAt: now)
    forgetUndo(of: OperationID(String(reply.id.text.prefix { $0 != "-" })))
    let effects = save(
      .ticket(id, .strike(reply.id)), kind: .undo, done: words.text("desk.done.taken-back"))
    if drafts[key] == nil {
      drafts[key] = draft
      return effects + [.saveDraft(draft)]
    }
    return effects
  }

  private mutating func openFullText() {
    guard let detail = open?.detail else { return }
    let texts = detail.entries.filter(\.isText).map { entry in
      let time = clock.civil(entry.at)
      return "\(time.date) \(time.minuteText)  \(authorName(entry))\n\(entry.body)"
    }
    overlays.append(
      .text(
        TextPage(title: SafeText(detail.ticket.subject), text: texts.joined(separator: "\n\n"))))
  }

  // MARK: - New tickets

  /// Whom a new ticket would be for, from where the focus is, and whether that is more than a guess.
  private var newTicketCustomer: (id: CustomerID, name: String, isLikely: Bool)? {
    if focus == .queue {
      return queue.selectedRow.map { ($0.customer, $0.customerName, false) }
    }
    let name = customer?.profile?.customer.name ?? ""
    if let id = open?.ticket?.customer { return (id, customer?.id == id ? name : "", true) }
    return customer.map { ($0.id, name, true) }
  }

  /// - Parameters:
  ///   - phone: typed elsewhere already.
  ///   - name: typed elsewhere already.
  mutating func startNewTicket(phone: String? = nil, name: String? = nil) {
    var draft = drafts[DraftKey(ticket: nil, slot: .newTicket)].map { DraftBody.decode($0.body) } ?? [:]
    let isGiven = phone != nil || name != nil
    if isGiven { (draft["phone"], draft["name"], draft["customer"]) = (phone, name, "") }
    var choices: [Dialog.Field.Option] = []
    if let known = newTicketCustomer {
      choices.append(.init(id: known.id.text, label: SafeText(known.name)))
    }
    choices.append(.init(id: "", label: words("desk.new.other-customer")))
    var person = field("customer", .choice(choices))
    let isOther = newTicketCustomer?.isLikely != true
    person.choice = choices.count - 1
    if let kept = draft["customer"] {
      person.choice = choices.firstIndex { $0.id == kept } ?? person.choice
    } else if !isOther {
      person.choice = 0
    }
    let categories = directory.categories.filter { $0.zone != nil }
    let options = categories.map { category in
      Dialog.Field.Option(
        id: category.id.text, label: SafeText(directory.categoryName(category.id, in: language)))
    }
    var category = field("category", .choice(options))
    category.choice = categories.firstIndex { $0.id.text == draft["category"] } ?? 0
    var channel = channelField(selected: .phone)
    if let kept = draft["channel"].flatMap({ Channel(rawValue: $0) }) {
      channel.choice = Channel.allCases.firstIndex(of: kept) ?? 0
    }
    let fields = [
      person, field("phone", value: draft["phone"] ?? ""), field("name", value: draft["name"] ?? ""),
      channel, category, field("subject", value: draft["subject"] ?? "", isRequired: true),
      field("message", .longText, value: draft["message"] ?? ""),
    ]
    var dialog = Dialog(words("action.new-ticket"), .newTicket, fields)
    dialog.draftChanges = dialog.changes
    // Where the next thing is typed; the customer stands one step back.
    dialog.focus = person.value.isEmpty ? name == nil ? 1 : 2 : 3
    overlays.append(.dialog(dialog))
  }

  /// A new ticket during a call: its customer where that one is new, the contact, and it is mine at once.
  private mutating func createTicket(_ dialog: Dialog) -> [DeskEffect] {
    let chosen = dialog.value("customer")
    let known = chosen.isEmpty ? nil : CustomerID(chosen)
    let categoryID = CategoryID(dialog.value("category"))
    guard let zone = directory.category(categoryID)?.zone ?? directory.zones.first?.id else {
      say(key: "desk.reason.no-zones", .danger)
      overlays.append(.dialog(dialog))
      return []
    }
    var effects: [DeskEffect] = []
    let customerID: CustomerID
    if let known = known ?? dialog.foundCustomer {
      customerID = known
    } else {
      customerID = nextIdentifier()
      let phone = dialog.value("phone").trimmed
      let name = dialog.value("name").trimmed
      let person = Customer(
        id: customerID, name: name.isEmpty ? words.text("desk.new.unnamed") : name, since: nil,
        language: language)
      var identities: [Identity] = []
      if !phone.isEmpty {
        identities.append(
          Identity(id: nextIdentifier(), customer: customerID, kind: .phone, value: phone))
      }
      effects += save(.customer(customerID, .create(person, identities: identities)), kind: .silent)
    }
    let profile = customer?.id == customerID ? customer?.profile : nil
    let id: TicketID = nextIdentifier()
    let channel = Channel(rawValue: dialog.value("channel")) ?? .phone
    let new = NewTicket(
      customer: customerID, zone: zone, category: categoryID, subject: dialog.value("subject").trimmed,
      language: profile?.customer.language ?? language, channel: channel, contact: nextIdentifier(),
      message: dialog.value("message"), isClaimed: true)
    effects += save(
      .ticket(id, .create(new)), done: words.text("desk.done.created"),
      draft: Draft(
        ticket: nil, slot: .newTicket,
        body: DraftBody.encode(dialog.fields.reduce(into: [String: String]()) { $0[$1.id] = $1.value }),
        savedAt: now),
      clearing: DraftKey(ticket: nil, slot: .newTicket))
    return effects + openTicket(id)
  }

  private mutating func startSplit(_ id: TicketID) {
    guard let detail = open?.detail else { return }
    let message = detail.entries.last { $0.kind == .customerMessage }?.body ?? ""
    let categories = directory.categories.filter { $0.zone != nil }
    let options = categories.map { category in
      Dialog.Field.Option(
        id: category.id.text, label: SafeText(directory.categoryName(category.id, in: language)))
    }
    var category = field("category", .choice(options))
    category.choice = categories.firstIndex { $0.id == detail.ticket.category } ?? 0
    ask(
      .split(id), "action.split",
      [category, field("subject", isRequired: true), field("note", .longText, value: message)])
  }

  private mutating func split(_ id: TicketID, _ dialog: Dialog) -> [DeskEffect] {
    guard let ticket = open?.ticket, ticket.id == id else { return [] }
    let categoryID = CategoryID(dialog.value("category"))
    let new: TicketID = nextIdentifier()
    let zone = directory.category(categoryID)?.zone ?? ticket.zone
    let created = NewTicket(
      customer: ticket.customer, zone: zone,
      category: directory.category(categoryID) == nil ? nil : categoryID,
      subject: dialog.value("subject").trimmed, language: ticket.language, channel: ticket.channel,
      isClaimed: true, splitFrom: id)
    // A note, not the customer's words: what the screen knows of them is masked.
    let note = dialog.value("note").trimmed
    return save(.ticket(new, .create(created)), done: words.text("desk.done.split"))
      + (note.isEmpty ? [] : save(.ticket(new, .note(note)), kind: .silent))
      + save(.ticket(id, .link(new, .splitInto)), kind: .silent) + openTicket(new)
  }

  // MARK: - Language

  mutating func switchLanguage() -> [DeskEffect] {
    guard catalogues[language.other] != nil else { return [.loadWords(language.other)] }
    language = language.other
    redrawRows()
    redrawResults()
    refreshClosing()
    for index in overlays.indices {
      // Lists are made of words: the palette is opened anew, the rest keeps what was typed.
      if case .picker(let picker) = overlays[index], case .command = picker.purpose {
        overlays.remove(at: index)
        openPalette()
        break
      }
    }
    say(key: "desk.done.language", .success)
    return [.setLanguage(language)]
  }
}

/// Sizes of files for people.
enum ByteCount {
  static func text(_ bytes: Int64) -> String {
    switch bytes {
    case ..<1024: "\(bytes) B"
    case ..<(1 << 20): "\((bytes + 512) >> 10) KB"
    default: "\((bytes + (1 << 19)) >> 20) MB"
    }
  }
}
