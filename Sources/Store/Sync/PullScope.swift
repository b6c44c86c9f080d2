import Domain

/// What a desk wants to have.
package enum PullScope: Hashable, Sendable {
  case everything
  /// The work of one desk; the rest is asked for when somebody opens it.
  case desk(DeskScope)
}

/// The tickets that a desk works with: open ones of its zones and its own, and what changed there lately. Everything that
/// belongs to them comes with them; configuration, people and articles always come.
package struct DeskScope: Hashable, Codable, Sendable {
  package var agent: AgentID
  /// Empty: all zones.
  package var zones: Set<ZoneID>
  /// Tickets that are done stay in the scope when they changed at this moment or later.
  package var since: Timestamp

  package init(agent: AgentID, zones: Set<ZoneID>, since: Timestamp) {
    self.agent = agent
    self.zones = zones
    self.since = since
  }
}

/// How much of a store a desk keeps, as its scope is made of it day by day.
package struct DeskWindow: Hashable, Codable, Sendable {
  package var agent: AgentID
  /// Empty: all zones.
  package var zones: Set<ZoneID>
  /// Milliseconds for which a ticket that is done stays.
  var span: Int64
  /// The scope moves on in steps of so many milliseconds: desks that ask the same in one day get the same pages.
  var step: Int64

  package init(agent: AgentID, zones: Set<ZoneID>, days: Int) {
    self.init(agent: agent, zones: zones, span: Int64(days) * 86_400_000, step: 86_400_000)
  }

  init(agent: AgentID, zones: Set<ZoneID>, span: Int64, step: Int64) {
    (self.agent, self.zones, self.span, self.step) = (agent, zones, span, step)
  }

  /// - Parameter earliest: a clock that was put back does not widen the scope.
  func scope(at now: Timestamp, earliest: Int64) -> DeskScope {
    let since = (now.milliseconds - span) / step * step
    return DeskScope(
      agent: agent, zones: zones, since: Timestamp(milliseconds: max(since, earliest)))
  }
}

extension PullScope: Codable {
  /// `"everything"` as it always was, or an object.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      guard text == "everything" else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "no scope: \(text)")
      }
      self = .everything
    } else {
      self = .desk(try container.decode(DeskScope.self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .everything: try container.encode("everything")
    case .desk(let scope): try container.encode(scope)
    }
  }
}

/// What a desk asks for beyond its scope. The rows are kept like pulled ones until they are evicted.
package struct FetchRequest: Hashable, Codable, Sendable {
  package enum Subject: Hashable, Codable, Sendable {
    /// A ticket with its contacts, timeline, attachments and customer; `before` asks for entries that are older than a place.
    case ticket(TicketID, entriesBefore: Int64?)
    /// By the number that customers are told.
    case ticketNumber(String)
    /// A customer with what belongs to one, and the tickets of one, newest first, older than a moment.
    case customer(CustomerID, ticketsBefore: Timestamp?)
    /// Whoever holds an identity.
    case identity(Identity.Kind, normalized: String)
    /// By the number of an order or a bill.
    case record(String)
    /// Whatever bears this: the number of a ticket, an order or a bill, an identity of any kind, the beginning of a name.
    case named(String)
    /// Tickets in whose texts this stands, as a list shows them; their rows do not come.
    case words(String)
    /// How tickets like this one ended; their rows do not come.
    case solvedBefore(SimilarQuery)
  }

  /// Entries, or tickets, an answer carries at most.
  package static let limit = 200

  package var store: String
  package var epoch: Int64
  package var subject: Subject

  package init(store: String, epoch: Int64, subject: Subject) {
    self.store = store
    self.epoch = epoch
    self.subject = subject
  }
}

package struct FetchReply: Hashable, Codable, Sendable {
  package var store: String
  package var epoch: Int64
  /// The newest revision of the store when it answered: the rows are those of this moment.
  package var head: Int64
  package var items: [PullReply.Item]
  /// Whether there is more: older entries, or older tickets.
  package var hasMore: Bool
  /// The answer to `words`.
  package var words: FoundWords? = nil
  /// The answer to `solvedBefore`; nil where the store has no index that could be asked.
  package var solved: SolvedBefore? = nil
}
