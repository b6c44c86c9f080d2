/// Which tickets a list shows.
package struct QueueQuery: Hashable, Codable, Sendable {
  package enum Scope: String, Codable, CaseIterable, Sendable {
    /// Nobody owns it and it is not done: what the next contact is taken from.
    case waiting
    /// Mine and not done.
    case mine
    /// Not done, whoever owns it.
    case open
    /// On hold.
    case pending
    /// Solved, closed, archived; newest first.
    case done
    /// Not done, and something was raised that no lead looks after yet; newest first.
    case raised

    /// Those that an agent's list steps through.
    package static let ofAgents: [Scope] = [.waiting, .mine, .open, .pending, .done]
  }

  package var scope: Scope
  /// Empty: all zones.
  package var zones: Set<ZoneID>
  /// For `mine`.
  package var owner: AgentID?
  /// Narrows by subject, preview, number and customer name; empty: no filter.
  package var text: String

  package init(scope: Scope, zones: Set<ZoneID> = [], owner: AgentID? = nil, text: String = "") {
    self.scope = scope
    self.zones = zones
    self.owner = owner
    self.text = text
  }
}

/// A place in the order of a list: priority, then waiting time (for done tickets the time of closing, newest first), then
/// the row. Lists are read by key, never by offset, so that a million rows cost what forty cost.
package struct QueueKey: Hashable, Codable, Sendable {
  package var priority: Int
  package var moment: Int64
  package var row: Int64

  package init(priority: Int, moment: Int64, row: Int64) {
    self.priority = priority
    self.moment = moment
    self.row = row
  }
}

/// A page of a list: `limit` rows from `edge` on.
package struct QueueRequest: Hashable, Sendable {
  package enum Edge: Hashable, Sendable {
    case first, last
    case after(QueueKey)
    case before(QueueKey)
    /// Rows from this key on, itself included: how a list is read again after something changed.
    case from(QueueKey)
  }

  package var query: QueueQuery
  package var edge: Edge
  package var limit: Int

  package init(query: QueueQuery, edge: Edge, limit: Int) {
    self.query = query
    self.edge = edge
    self.limit = limit
  }
}

package struct QueuePage: Hashable, Sendable {
  package var request: QueueRequest
  /// In list order, whatever the edge.
  package var rows: [QueueRow]
  /// Whether rows lie before the first and after the last one.
  package var hasBefore: Bool
  package var hasAfter: Bool

  package init(request: QueueRequest, rows: [QueueRow], hasBefore: Bool, hasAfter: Bool) {
    self.request = request
    self.rows = rows
    self.hasBefore = hasBefore
    self.hasAfter = hasAfter
  }
}

/// One row of a list: a ticket with its newest contact. Personal data is masked.
package struct QueueRow: Hashable, Sendable, Identifiable {
  package var key: QueueKey
  package var id: TicketID
  package var number: String?
  package var customer: CustomerID
  /// Masked.
  package var customerName: String
  package var customerLevel: Customer.Level
  package var zone: ZoneID
  package var category: CategoryID?
  /// Masked.
  package var subject: String
  /// Masked.
  package var preview: String
  package var channel: Channel
  package var state: Ticket.State
  package var priority: Ticket.Priority
  package var owner: AgentID?
  package var waitingSince: Timestamp?
  package var createdAt: Timestamp
  package var updatedAt: Timestamp
  package var pendingUntil: Timestamp?
  package var isUnread: Bool
  package var reminderAt: Timestamp?
  /// An operation of this desk on this ticket has not been acknowledged yet.
  package var isWaitingForStore: Bool
  /// The most severe thing that was raised to a lead and that none looks after yet.
  package var alert: Ticket.Alert?

  package init(
    key: QueueKey, id: TicketID, number: String?, customer: CustomerID, customerName: String,
    customerLevel: Customer.Level, zone: ZoneID, category: CategoryID?, subject: String, preview: String,
    channel: Channel, state: Ticket.State, priority: Ticket.Priority, owner: AgentID?,
    waitingSince: Timestamp?, createdAt: Timestamp, updatedAt: Timestamp, pendingUntil: Timestamp?,
    isUnread: Bool, reminderAt: Timestamp?, isWaitingForStore: Bool
  ) {
    self.key = key
    self.id = id
    self.number = number
    self.customer = customer
    self.customerName = customerName
    self.customerLevel = customerLevel
    self.zone = zone
    self.category = category
    self.subject = subject
    self.preview = preview
    self.channel = channel
    self.state = state
    self.priority = priority
    self.owner = owner
    self.waitingSince = waitingSince
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.pendingUntil = pendingUntil
    self.isUnread = isUnread
    self.reminderAt = reminderAt
    self.isWaitingForStore = isWaitingForStore
  }
}

/// The counts of the status line. Kept up to date with every write, never counted over a long list.
package struct QueueCounts: Hashable, Sendable {
  package var waiting: Int
  /// The longest wait among `waiting` began then.
  package var oldestWaitingSince: Timestamp?
  package var mine: Int
  package var mineUnread: Int
  package var open: Int
  package var pending: Int
  package var done: Int

  package init(
    waiting: Int = 0, oldestWaitingSince: Timestamp? = nil, mine: Int = 0, mineUnread: Int = 0, open: Int = 0,
    pending: Int = 0, done: Int = 0
  ) {
    self.waiting = waiting
    self.oldestWaitingSince = oldestWaitingSince
    self.mine = mine
    self.mineUnread = mineUnread
    self.open = open
    self.pending = pending
    self.done = done
  }
}
