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
      .reply, .note, .close, .solve, .editForm, .step, .refund, .verify, .removeTag, .attachments, .unlink,
      .takeBack, .changes, .subject, .split, .fullText, .merge, .reading, .accept,
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
    case .reading: openReading()
    case .accept: effects += acceptProposals()
    case .refund: openRefunds()
    case .verify: openVerification()
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

  func field(
    _ id: String, _ kind: Dialog.Field.Kind = .text, value: String = "", isRequired: Bool = false,
    hint: String? = nil
  ) -> Dialog.Field {
    Dialog.Field(
      id, words("desk.dialog.\(id)"), kind, value: value, isRequired: isRequired,
      hint: hint.map { words($0) } ?? .empty)
  }

  mutating func ask(_ purpose: Dialog.Purpose, _ title: String, _ fields: [Dialog.Field]) {
    overlays.append(.dialog(Dialog(words(title), purpose, fields)))
  }

  func channelField(selected: Channel) -> Dialog.Field {
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
    case .skipStep(let id, let step):
      let name = open?.detail?.zone?.step(step)?.name[language] ?? step
      return save(
        .ticket(id, .skipStep(step, reason: dialog.value("reason"))),
        done: words.text("desk.done.step-skipped", ["name": name]),
        undo: { _ in (name, .ticket(id, .setStep(step, isDone: false))) })
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
      let ticket = open?.ticket?.customer == customer ? open?.id : nil
      let operation = operation(
        .customer(customer, .reveal(field: field, reason: dialog.value("reason"), ticket: ticket)))
      underWay[operation.id] = UnderWay(kind: .silent, operation: operation, since: now)
      return [.reveal(operation, customer: customer, field: field)]
    case .refund: return refund(dialog)
    case .declineRefund(let bill, let id):
      return save(
        .bill(bill, .decline(id, reason: dialog.value("reason").trimmed)),
        done: words.text("refund.done.declined"))
    case .attend(let item): return attend(item, note: dialog.value("word"))
    case .verify: return verify(dialog)
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

  // MARK: - Language

  mutating func switchLanguage() -> [DeskEffect] {
    guard catalogues[language.other] != nil else { return [.loadWords(language.other)] }
    language = language.other
    redrawRows()
    redrawResults()
    refreshClosing()
    redrawTroublePage()
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
