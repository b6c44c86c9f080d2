import Domain

/// The desk's data in dictionaries: the third state that the reducer runs on, beside the replica and the shared store.
package struct MemoryState: DeskState {
  package var tickets: [TicketID: Ticket] = [:]
  package var contacts: [ContactID: Contact] = [:]
  package var entries: [EntryID: TimelineEntry] = [:]
  /// Ids of entries in the order in which they were first written.
  package var timeline: [EntryID] = []
  package var customers: [CustomerID: Customer] = [:]
  package var identities: [IdentityID: Identity] = [:]
  package var products: [ProductID: Product] = [:]
  package var orders: [OrderID: Order] = [:]
  package var bills: [BillID: Bill] = [:]
  package var agents: [AgentID: Agent] = [:]
  package var attachments: [AttachmentID: Attachment] = [:]
  package var disclosures: [Disclosure] = []
  package var missedSearches: [String] = []
  package var articleUses: [(use: ArticleUse, at: Timestamp)] = []
  package var configuration = ConfigurationSet()
  package var model: LearnedModel?
  /// Whether it gives ticket numbers, as the shared store does.
  package var isAuthority = true

  package init() {}

  package func ticket(_ id: TicketID) -> Ticket? { tickets[id] }
  package func contact(_ id: ContactID) -> Contact? { contacts[id] }

  package func openContacts(of ticket: TicketID) -> [Contact] {
    contacts.values.filter { $0.ticket == ticket && $0.state != .wrappedUp && $0.state != .abandoned }
      .sorted { $0.id < $1.id }
  }

  package func entry(_ id: EntryID) -> TimelineEntry? { entries[id] }
  package func customer(_ id: CustomerID) -> Customer? { customers[id] }
  package func identity(_ id: IdentityID) -> Identity? { identities[id] }

  package func identities(of customer: CustomerID) -> [Identity] {
    identities.values.filter { $0.customer == customer }.sorted { $0.id < $1.id }
  }

  package func holder(of kind: Identity.Kind, normalized: String) -> CustomerID? {
    identities.values.first { $0.kind == kind && $0.normalized == normalized }?.customer
  }

  package func bill(_ id: BillID) -> Bill? { bills[id] }

  package func grantedRefunds(by agent: AgentID, after moment: Timestamp) -> [Refund.Event] {
    entries.values.compactMap { entry in
      guard entry.author == .agent(agent), entry.at > moment, case .refund(let event) = entry.kind,
        event.state == .granted
      else { return nil }
      return event
    }
  }

  package func refundRules() -> RefundRules? { configuration.refunds }
  package func agent(_ id: AgentID) -> Agent? { agents[id] }
  package func everybody() -> [Agent] { agents.values.sorted { $0.id < $1.id } }
  package func teamExists(_ id: TeamID) -> Bool { configuration.teams.contains { $0.id == id } }
  package func zones() -> [Zone] { configuration.zones }
  package func zone(_ id: ZoneID) -> Zone? { configuration.zones.first { $0.id == id } }
  package func offers() throws -> OfferBook { configuration.offers }
  package func category(_ id: CategoryID) -> Domain.Category? {
    configuration.categories.first { $0.id == id }
  }

  package func learnedModel() -> LearnedModel? { model }

  package func nextTicketNumber(at moment: Timestamp) -> String? {
    guard isAuthority else { return nil }
    let date = WallClock.china.civil(moment).date
    let prefix = "\(padded(date.year % 100, 2))\(padded(date.month, 2))-"
    let used = tickets.values.filter { $0.number?.hasPrefix(prefix) ?? false }.count
    return prefix + padded(used + 1, 4)
  }

  /// Entries of a ticket in the order in which they were written.
  package func entries(of ticket: TicketID) -> [TimelineEntry] {
    timeline.compactMap { entries[$0] }.filter { $0.ticket == ticket }
  }

  package mutating func write(_ changes: [Change]) {
    for change in changes {
      switch change {
      case .ticket(let ticket): tickets[ticket.id] = ticket
      case .contact(let contact): contacts[contact.id] = contact
      case .entry(let entry):
        if entries.updateValue(entry, forKey: entry.id) == nil { timeline.append(entry.id) }
      case .attachment(let attachment): attachments[attachment.id] = attachment
      case .customer(let customer): customers[customer.id] = customer
      case .identity(let identity): identities[identity.id] = identity
      case .removeIdentity(let id): identities[id] = nil
      case .product(let product): products[product.id] = product
      case .order(let order): orders[order.id] = order
      case .bill(let bill): bills[bill.id] = bill
      case .agent(let agent): agents[agent.id] = agent
      case .configuration(.replace(let set)): configuration = set
      case .configuration(.putTeam(let team)):
        configuration.teams.removeAll { $0.id == team.id }
        configuration.teams.append(team)
      case .configuration(.removeTeam(let team)): configuration.teams.removeAll { $0.id == team }
      case .configuration(.putModel(let model)): self.model = model
      case .configuration(.addArticles(let articles)): configuration.articles += articles
      case .disclosure(let disclosure): disclosures.append(disclosure)
      case .missedSearch(let query, _): missedSearches.append(query)
      case .articleUse(let use, let moment): articleUses.append((use, moment))
      }
    }
  }

  /// Runs an operation as the store does: its changes are written, or it is refused and nothing is.
  @discardableResult
  package mutating func run(_ operation: Operation, at now: Timestamp? = nil) throws -> Outcome {
    do {
      write(try Reducer(state: self, now: now ?? operation.at).changes(of: operation))
      return .accepted
    } catch let refusal as Refusal {
      return .refused(refusal)
    }
  }
}
