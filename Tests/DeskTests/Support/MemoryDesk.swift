import Domain

/// The desk's data in memory, under the real reducer: what a scripted screen works on.
struct MemoryDesk: DeskState {
  var tickets: [TicketID: Ticket] = [:]
  var contacts: [ContactID: Contact] = [:]
  var entries: [TimelineEntry] = []
  var attachments: [Attachment] = []
  var customers: [CustomerID: Customer] = [:]
  var identities: [IdentityID: Identity] = [:]
  var products: [Product] = []
  var orders: [Order] = []
  var bills: [Bill] = []
  var agents: [AgentID: Agent] = [:]
  var disclosures: [Disclosure] = []
  var missedSearches: [String] = []
  var articleUses: [ArticleUse] = []
  var configuration = ConfigurationSet()
  var counter = 417

  func ticket(_ id: TicketID) -> Ticket? { tickets[id] }
  func contact(_ id: ContactID) -> Contact? { contacts[id] }
  func openContacts(of ticket: TicketID) -> [Contact] {
    contacts.values.filter { $0.ticket == ticket && $0.state != .wrappedUp && $0.state != .abandoned }
      .sorted { $0.id < $1.id }
  }
  func entry(_ id: EntryID) -> TimelineEntry? { entries.first { $0.id == id } }
  func customer(_ id: CustomerID) -> Customer? { customers[id] }
  func identity(_ id: IdentityID) -> Identity? { identities[id] }
  func identities(of customer: CustomerID) -> [Identity] {
    identities.values.filter { $0.customer == customer }.sorted { $0.id < $1.id }
  }
  func holder(of kind: Identity.Kind, normalized: String) -> CustomerID? {
    identities.values.first { $0.kind == kind && $0.normalized == normalized }?.customer
  }
  func bill(_ id: BillID) -> Bill? { bills.first { $0.id == id } }
  func grantedRefunds(by agent: AgentID, after moment: Timestamp) -> [Refund.Event] {
    entries.compactMap { entry in
      guard entry.author == .agent(agent), entry.at > moment, case .refund(let event) = entry.kind,
        event.state == .granted
      else { return nil }
      return event
    }
  }
  func refundRules() -> RefundRules? { configuration.refunds }
  func zones() -> [Zone] { configuration.zones }
  func agent(_ id: AgentID) -> Agent? { agents[id] }
  func everybody() -> [Agent] { agents.values.sorted { $0.id < $1.id } }
  func teamExists(_ id: TeamID) -> Bool { configuration.teams.contains { $0.id == id } }
  func zone(_ id: ZoneID) -> Zone? { configuration.zones.first { $0.id == id } }
  func offers() -> OfferBook { configuration.offers }
  func category(_ id: CategoryID) -> Domain.Category? { configuration.categories.first { $0.id == id } }
  func learnedModel() -> LearnedModel? { nil }
  func nextTicketNumber(at moment: Timestamp) -> String? { "2611-\(padded(counter, 4))" }

  /// Runs the operation as the store would.
  mutating func run(_ operation: Operation, at moment: Timestamp) -> Outcome {
    do {
      for change in try Reducer(state: self, now: moment).changes(of: operation) { apply(change) }
      return .accepted
    } catch let refusal as Refusal {
      return .refused(refusal)
    } catch {
      return .refused(.textMissing)
    }
  }

  mutating func apply(_ change: Change) {
    switch change {
    case .ticket(let ticket):
      if tickets[ticket.id] == nil { counter += 1 }
      tickets[ticket.id] = ticket
    case .contact(let contact): contacts[contact.id] = contact
    case .entry(let entry):
      if let index = entries.firstIndex(where: { $0.id == entry.id }) {
        entries[index] = entry
      } else {
        entries.append(entry)
      }
    case .attachment(let attachment): attachments.append(attachment)
    case .customer(let customer): customers[customer.id] = customer
    case .identity(let identity): identities[identity.id] = identity
    case .removeIdentity(let id): identities[id] = nil
    case .product(let product): products.append(product)
    case .order(let order): orders.append(order)
    case .bill(let bill):
      bills.removeAll { $0.id == bill.id }
      bills.append(bill)
    case .agent(let agent): agents[agent.id] = agent
    case .configuration: break
    case .disclosure(let disclosure): disclosures.append(disclosure)
    case .missedSearch(let query, _): missedSearches.append(query)
    case .articleUse(let use, _): articleUses.append(use)
    }
  }

  // MARK: - Read models

  var raised: [RaisedItem] {
    entries.compactMap { entry in
      if case .raised(let kind, _, _) = entry.kind {
        guard let ticket = tickets[entry.ticket], !ticket.state.isDone,
          let alert = ticket.alerts.first(where: { $0.kind == kind && $0.attendedAt == nil }),
          !entries.contains(where: { $0.ticket == entry.ticket && $0.kind == entry.kind && $0.at > entry.at })
        else { return nil }
        return RaisedItem(
          id: entry.id, ticket: ticket.id, number: ticket.number,
          customerName: Masking.name(customers[ticket.customer]?.name ?? ""), agent: ticket.owner,
          at: alert.raisedAt,
          matter: .alert(alert))
      }
      guard case .refund(let event) = entry.kind, event.state == .requested, let bill = bill(event.bill),
        let refund = bill.refund(event.refund), refund.state == .requested,
        let ticket = tickets[entry.ticket], case .agent(let agent) = entry.author
      else { return nil }
      return RaisedItem(
        id: entry.id, ticket: ticket.id, number: ticket.number,
        customerName: Masking.name(customers[ticket.customer]?.name ?? ""), agent: agent, at: entry.at,
        matter: .refund(refund, event, charged: bill.lines[refund.line].amount))
    }.sorted { $0.at < $1.at }
  }

  func rows(_ query: QueueQuery) -> [QueueRow] {
    tickets.values.filter { ticket in
      switch query.scope {
      case .waiting: ticket.owner == nil && !ticket.state.isDone
      case .mine: ticket.owner == query.owner && !ticket.state.isDone
      case .open: !ticket.state.isDone
      case .pending: ticket.state == .pending
      case .done: ticket.state.isDone
      case .raised: !ticket.state.isDone && ticket.openAlert != nil
      }
    }
    .filter { query.zones.isEmpty || query.zones.contains($0.zone) }
    .map(row)
    .filter { row in
      let text = "\(row.subject) \(row.preview) \(row.number ?? "") \(row.customerName)".lowercased()
      return query.text.isEmpty || text.contains(query.text.lowercased())
    }
    .sorted { ($0.key.priority, $0.key.moment, $0.key.row) < ($1.key.priority, $1.key.moment, $1.key.row) }
  }

  private func row(_ ticket: Ticket) -> QueueRow {
    let customer = customers[ticket.customer]
    return QueueRow(
      key: QueueKey(
        priority: ticket.state.isDone ? 0 : ticket.priority.rawValue,
        moment: (ticket.waitingSince ?? ticket.createdAt).milliseconds,
        row: Int64(ticket.id.text.hasPrefix("t") ? Int(ticket.id.text.dropFirst()) ?? 0 : 9999)),
      id: ticket.id, number: ticket.number, customer: ticket.customer,
      customerName: Masking.name(customer?.name ?? ""), customerLevel: customer?.level ?? .standard,
      zone: ticket.zone, category: ticket.category, subject: Masking.text(ticket.subject),
      preview: Masking.text(ticket.preview), channel: ticket.channel, state: ticket.state,
      priority: ticket.priority, owner: ticket.owner, waitingSince: ticket.waitingSince,
      createdAt: ticket.createdAt, updatedAt: ticket.updatedAt, pendingUntil: ticket.pendingUntil,
      isUnread: ticket.isUnread, reminderAt: ticket.reminder?.at, isWaitingForStore: false)
  }

  func page(_ request: QueueRequest) -> QueuePage {
    let all = rows(request.query)
    func order(_ key: QueueKey) -> (Int, Int64, Int64) { (key.priority, key.moment, key.row) }
    let range: Range<Int>
    switch request.edge {
    case .first: range = 0..<min(all.count, request.limit)
    case .last: range = max(0, all.count - request.limit)..<all.count
    case .after(let key):
      let start = all.firstIndex { order($0.key) > order(key) } ?? all.count
      range = start..<min(all.count, start + request.limit)
    case .from(let key):
      let start = all.firstIndex { order($0.key) >= order(key) } ?? all.count
      range = start..<min(all.count, start + request.limit)
    case .before(let key):
      let end = all.firstIndex { order($0.key) >= order(key) } ?? all.count
      range = max(0, end - request.limit)..<end
    }
    return QueuePage(
      request: request, rows: Array(all[range]), hasBefore: range.lowerBound > 0,
      hasAfter: range.upperBound < all.count)
  }

  func counts(of agent: AgentID) -> QueueCounts {
    let waiting = rows(QueueQuery(scope: .waiting, zones: agents[agent]?.zones ?? []))
    let mine = rows(QueueQuery(scope: .mine, owner: agent))
    return QueueCounts(
      waiting: waiting.count, oldestWaitingSince: waiting.compactMap(\.waitingSince).min(), mine: mine.count,
      mineUnread: mine.filter(\.isUnread).count, open: rows(QueueQuery(scope: .open)).count,
      pending: rows(QueueQuery(scope: .pending)).count, done: rows(QueueQuery(scope: .done)).count)
  }

  var serviceLevel: ServiceLevelToday {
    ServiceLevelToday(
      ["billing-dispute": AnswerCounts(answeredInTime: 41, answeredLate: 9)],
      targets: ["billing-dispute": Zone.ServiceLevel()])
  }

  func profile(_ id: CustomerID, isMasked: Bool) -> CustomerProfile? {
    guard var customer = customers[id] else { return nil }
    var identities = identities(of: id)
    if isMasked {
      customer.name = Masking.name(customer.name)
      customer.address = Masking.address(customer.address)
      for index in identities.indices {
        identities[index].value = Masking.identity(identities[index].value, kind: identities[index].kind)
      }
    }
    let visits = tickets.values.filter { $0.customer == id }.sorted { $0.createdAt > $1.createdAt }
    return CustomerProfile(
      customer: customer, identities: identities, products: products.filter { $0.customer == id },
      orders: orders.filter { $0.customer == id }, bills: bills.filter { $0.customer == id },
      visits: visits.map {
        CustomerProfile.Visit(
          id: $0.id, number: $0.number, at: $0.createdAt, channel: $0.channel, subject: $0.subject,
          zone: $0.zone,
          state: $0.state)
      }, ticketCount: visits.count,
      merged: customers.values.filter { $0.mergedInto == id }.sorted { $0.id < $1.id })
  }

  private func related(_ id: TicketID, _ relation: Ticket.Link.Relation?) -> TicketDetail.Related {
    let other = tickets[id]
    return TicketDetail.Related(
      id: id, number: other?.number, subject: other?.subject ?? "", state: other?.state ?? .new,
      relation: relation)
  }

  func results(_ query: ResultsQuery) -> MyResults {
    let timelines = tickets.values.sorted { $0.id < $1.id }.map { ticket in
      (ticket: ticket, entries: entries.filter { $0.ticket == ticket.id })
    }
    func counts(_ range: Range<Timestamp>) -> WorkCounts {
      WorkCounts(of: query.agent, in: range, contacts: contacts.values, timelines: timelines)
    }
    let today = counts(query.today)
    return MyResults(
      query: query, today: today, dayBefore: counts(query.dayBefore), yearBefore: counts(query.yearBefore),
      templates: today.templates.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { id, count in
        MyResults.TemplateUse(
          name: configuration.templates.first { $0.id == id }?.name
            ?? LocalizedText(chinese: id.text, english: id.text), count: count)
      })
  }

  /// Texts and records in clear, for the reader alone.
  func clear(_ id: TicketID) -> ClearTicket? {
    tickets[id].map { ticket in
      ClearTicket(
        ticket: ticket, zone: zone(ticket.zone), entries: entries.filter { $0.ticket == id },
        customer: profile(ticket.customer, isMasked: false))
    }
  }

  func past(in zone: ZoneID) -> [PastClosing] {
    tickets.values.filter { $0.zone == zone && $0.state.isDone }.sorted { $0.updatedAt > $1.updatedAt }
      .compactMap { ticket in
        guard let closing = ticket.closing, let template = closing.template else { return nil }
        return PastClosing(template: template, text: closing.text, language: ticket.language)
      }
  }

  /// Solved tickets of the same category with the same subject, and how those of the category were closed.
  func solved(_ query: SimilarQuery) -> SolvedBefore {
    let ended = tickets.values.filter {
      $0.id != query.ticket && $0.zone == query.zone && $0.category == query.category && $0.state.isDone
    }
    let similar = ended.filter { query.text.hasPrefix($0.subject) }.sorted { $0.id < $1.id }.map {
      SimilarTicket(
        id: $0.id, number: $0.number, subject: Masking.text($0.subject), zone: $0.zone, category: $0.category,
        disposition: $0.disposition, template: $0.closing?.template, solvedAt: $0.solvedAt ?? $0.updatedAt,
        score: 0.8, words: [$0.subject], isSameCategory: true)
    }
    var counts: [TemplateID: TemplateCount] = [:]
    for template in ended.compactMap(\.closing?.template) {
      counts[
        template, default: TemplateCount(template: template, last30Days: 0, last90Days: 0, similar: 0)
      ].last90Days += 1
    }
    for template in similar.compactMap(\.template) { counts[template]?.similar += 1 }
    return SolvedBefore(tickets: similar, templates: counts.values.sorted { $0.template < $1.template })
  }

  func detail(_ id: TicketID, limit: Int) -> TicketDetail? {
    guard let ticket = tickets[id] else { return nil }
    var shown = entries.filter { $0.ticket == id || tickets[$0.ticket]?.mergedInto == id }
    let hasOlder = shown.count > limit
    shown = shown.suffix(limit).map { entry in
      var entry = entry
      entry.body = Masking.text(entry.body)
      return entry
    }
    var path: [Domain.Category] = []
    var next = ticket.category.flatMap { category($0) }
    while let node = next {
      path.insert(node, at: 0)
      next = node.parent.flatMap { category($0) }
    }
    var detail = TicketDetail(
      ticket: ticket, entries: shown, hasOlderEntries: hasOlder,
      contacts: contacts.values.filter { $0.ticket == id }.sorted { $0.id < $1.id },
      attachments: attachments.filter { $0.ticket == id },
      related: ticket.links.map { related($0.ticket, $0.relation) }
        + tickets.values.filter { $0.mergedInto == id }.map { related($0.id, nil) }
        + [ticket.mergedInto].compactMap { $0.map { related($0, nil) } },
      templates: configuration.templates.filter { $0.zone == ticket.zone }, zone: zone(ticket.zone),
      categoryPath: path, isWaitingForStore: false, customer: profile(ticket.customer, isMasked: true))
    detail.clearName = customers[ticket.customer]?.name
    return detail
  }
}
