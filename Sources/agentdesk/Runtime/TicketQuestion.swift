import Assist
import Domain
import Store

/// What a language model is asked about one ticket, from the records of this desk. They are in clear here and nowhere behind it:
/// the question has placeholders for everything that must not leave.
struct TicketQuestion {
  let question: DraftQuestion
  let ticket: Ticket

  /// - Parameter words: the catalogue in the language of the ticket.
  /// - Returns: nil where there is no such ticket here.
  init?(
    _ id: TicketID, _ use: ModelUse, _ replica: Replica, clock: WallClock, longest: Int,
    words: (Language) -> StringCatalogue
  ) throws {
    guard let ticket = try replica.ticketRecord(id) else { return nil }
    self.ticket = ticket
    let profile = try replica.customerProfile(ticket.customer)
    let zones = try replica.zones()
    let categories = try replica.categories()
    let messages = try replica.entryRecords(of: id).compactMap { entry -> ReadingInput.Message? in
      guard entry.struckAt == nil else { return nil }
      switch entry.kind {
      // Notes are for colleagues: they say what must not reach a customer.
      case .customerMessage, .reply, .closed:
        return ReadingInput.Message(author: entry.author, at: entry.at, text: entry.body)
      default: return nil
      }
    }
    let input = ReadingInput(
      ticket: ticket, zone: zones.first { $0.id == ticket.zone }, messages: messages, customer: profile,
      clock: clock, now: .now)
    let category = categories.first { $0.id == ticket.category }?.name[ticket.language] ?? ""
    question = DraftQuestion(
      use, input, category: category, known: try Self.known(ticket, profile, use, replica),
      words: words(ticket.language), longest: longest)
  }

  /// Of the customer, of whom it is part, and of everybody who works here.
  private static func known(
    _ ticket: Ticket, _ profile: CustomerProfile?, _ use: ModelUse, _ replica: Replica
  ) throws -> [KnownValue] {
    var known: [KnownValue] = []
    var customers: [CustomerID] = [ticket.customer]
    if let profile { customers += [profile.customer.id] + profile.merged.map(\.id) }
    for id in Set(customers) {
      guard let customer = try replica.customerRecord(id) else { continue }
      // A reply names the customer as a template does; a note shows what the screen shows.
      let shown = use == .draft ? customer.name : Masking.name(customer.name)
      known.append(KnownValue(.name, customer.name, shown: shown))
      known += customer.name.split(separator: " ").filter { $0.count >= 3 }.map {
        KnownValue(.name, String($0), shown: use == .draft ? String($0) : Masking.name(String($0)))
      }
      known.append(KnownValue(.address, customer.address, shown: Masking.address(customer.address)))
      known += try replica.identityRecords(of: id).map { identity in
        KnownValue(
          .identity(identity.kind), identity.value,
          shown: Masking.identity(identity.value, kind: identity.kind))
      }
    }
    known += (profile?.orders ?? []).map { KnownValue(.order, $0.number, shown: $0.number) }
    for agent in try replica.agents() {
      for name in Set([agent.name.chinese, agent.name.english]) {
        known.append(KnownValue(.name, name, shown: name))
      }
    }
    return known
  }
}
