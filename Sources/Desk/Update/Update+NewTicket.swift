import Domain
import Terminal

// Tickets made at the desk: new ones, and those split off.
extension DeskModel {
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
  mutating func createTicket(_ dialog: Dialog) -> [DeskEffect] {
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
    let message = dialog.value("message")
    let spoken = SpokenLanguage.of(
      customer: profile?.customer, zone: directory.zone(zone), messages: [message])
    let new = NewTicket(
      customer: customerID, zone: zone, category: categoryID, subject: dialog.value("subject").trimmed,
      language: spoken ?? profile?.customer.language ?? language, channel: channel,
      contact: nextIdentifier(), message: message, isClaimed: true)
    effects += save(
      .ticket(id, .create(new)), done: words.text("desk.done.created"),
      draft: Draft(
        ticket: nil, slot: .newTicket,
        body: DraftBody.encode(dialog.fields.reduce(into: [String: String]()) { $0[$1.id] = $1.value }),
        savedAt: now),
      clearing: DraftKey(ticket: nil, slot: .newTicket))
    return effects + openTicket(id)
  }

  mutating func startSplit(_ id: TicketID) {
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

  mutating func split(_ id: TicketID, _ dialog: Dialog) -> [DeskEffect] {
    guard let ticket = open?.ticket, ticket.id == id else { return [] }
    let categoryID = CategoryID(dialog.value("category"))
    let new: TicketID = nextIdentifier()
    let zone = directory.category(categoryID)?.zone ?? ticket.zone
    let created = NewTicket(
      customer: ticket.customer, zone: zone,
      category: directory.category(categoryID) == nil ? nil : categoryID,
      subject: dialog.value("subject").trimmed, language: ticket.language, channel: ticket.channel,
      isClaimed: true, splitFrom: id, isLanguageNamed: ticket.isLanguageNamed)
    // A note, not the customer's words: what the screen knows of them is masked.
    let note = dialog.value("note").trimmed
    return save(.ticket(new, .create(created)), done: words.text("desk.done.split"))
      + (note.isEmpty ? [] : save(.ticket(new, .note(note)), kind: .silent))
      + save(.ticket(id, .link(new, .splitInto)), kind: .silent) + openTicket(new)
  }
}
