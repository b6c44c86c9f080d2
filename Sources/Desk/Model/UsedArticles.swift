import Domain

/// Articles of which something was put into what is written on a ticket, until the ticket is closed: also after somebody left it for
/// another one.
struct UsedArticles: Sendable {
  private static let mostTickets = 256

  private var uses: [TicketID: [ArticleUse]] = [:]
  /// The one that was used last comes last.
  private var order: [TicketID] = []

  subscript(ticket: TicketID) -> [ArticleUse] { uses[ticket] ?? [] }

  mutating func add(_ use: ArticleUse, on ticket: TicketID) {
    order.removeAll { $0 == ticket }
    order.append(ticket)
    if uses[ticket]?.contains(use) != true { uses[ticket, default: []].append(use) }
    if order.count > Self.mostTickets { uses[order.removeFirst()] = nil }
  }

  mutating func take(_ ticket: TicketID) -> [ArticleUse] {
    order.removeAll { $0 == ticket }
    return uses.removeValue(forKey: ticket) ?? []
  }
}
