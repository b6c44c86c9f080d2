import Crypto
import Domain
import GRDB
import Glibc
import Synchronization

/// Who sits at a desk now, as far as a steward can know.
package struct SeatNews: Hashable, Sendable {
  /// People with a desk open.
  package var present: Set<AgentID>
  /// People whose last desk is gone, and when it was last there.
  package var gone: [AgentID: Timestamp]

  package init(present: Set<AgentID> = [], gone: [AgentID: Timestamp] = [:]) {
    self.present = present
    self.gone = gone
  }
}

/// Does what is due by the clock and by nobody: holds that are over, reminders, people whose desks are gone. A server is one
/// all the time, with `file:` every open desk offers to be one; who has the lease does the work.
///
/// Its operations have the actor `system` and an id made of the rule, the thing and the moment at which it was due: two
/// stewards that do the same have done it once. What is due is read again in the transaction that does it.
package final class Steward: Sendable {
  /// Milliseconds after its time at which a hold or a reminder is acted on: a desk that is open tells its person first.
  static let grace: Int64 = 30_000
  /// Milliseconds after which somebody whose desk is gone is offline.
  static let absence: Int64 = 120_000
  /// Milliseconds after which a presence that nobody knows a desk for is stale: no shift lasts longer.
  static let longestShift: Int64 = 12 * 3_600_000
  /// Seconds of this process in which somebody must not have been seen. A machine that slept finds all desks expired at once.
  static let watched = 30.0
  /// Operations in one transaction.
  static let most = 256

  package let name: String
  private let store: SharedStore
  private let seats: @Sendable () -> SeatNews
  /// Seconds of a clock that does not run while the machine sleeps.
  private let uptime: @Sendable () -> Double
  /// Since when each person was not seen.
  private let unseen = Mutex<[AgentID: Double]>([:])

  package init(
    _ store: SharedStore, name: String, uptime: @escaping @Sendable () -> Double = SteadyClock.seconds,
    seats: @escaping @Sendable () -> SeatNews
  ) {
    self.store = store
    self.name = name
    self.uptime = uptime
    self.seats = seats
  }

  /// Looks what is due and does it, if this steward has the lease then. Where nothing is due it only reads.
  ///
  /// - Returns: how many operations were done.
  @discardableResult
  package func tend() throws -> Int {
    // What people practise on is left to them.
    guard store.purpose != .practice else { return 0 }
    let news = seats()
    let absent = try absent(news)
    guard try !store.read({ try due(absent, $0) }).isEmpty, try store.holdStewardship(as: name) else {
      return 0
    }
    return try store.perform { try due(absent, $0) }
  }

  // MARK: - What is due

  private func due(_ absent: [AgentID: Timestamp], _ db: Database) throws -> [Operation] {
    let now = store.now()
    let before = Timestamp(milliseconds: now.milliseconds - Self.grace)
    return Array(try (wakes(before, db) + reminders(before, db) + departures(absent, db)).prefix(Self.most))
      .map { rule, aggregate, moment, action in
        Operation(
          id: Self.id(rule, aggregate, due: moment), actor: Agent.system.id, at: now, action: action)
      }
  }

  private typealias Due = (rule: String, aggregate: String, due: Timestamp, action: Action)

  private func wakes(_ before: Timestamp, _ db: Database) throws -> [Due] {
    var statement = try Prepared(
      db,
      """
      SELECT id, pending_until FROM ticket WHERE state = 2 AND pending_until <= ? \
      ORDER BY pending_until LIMIT \(Self.most)
      """)
    statement.bind(before)
    var result: [Due] = []
    while try statement.step() {
      let ticket: TicketID = statement.key(0)
      result.append(("wake", ticket.text, statement.moment(1), .ticket(ticket, .resume)))
    }
    return result
  }

  /// Reminders stay on their tickets: those of the last week that were not acted on yet.
  private func reminders(_ before: Timestamp, _ db: Database) throws -> [Due] {
    var statement = try Prepared(
      db, "SELECT id, reminder_at FROM ticket WHERE reminder_at > ? AND reminder_at <= ? ORDER BY reminder_at"
    )
    statement.bind(before.advanced(seconds: -7 * 86_400))
    statement.bind(before)
    var result: [Due] = []
    while try statement.step(), result.count < Self.most {
      let (ticket, moment): (TicketID, Timestamp) = (statement.key(0), statement.moment(1))
      if try store.isKnown(Self.id("remind", ticket.text, due: moment), db) { continue }
      result.append(("remind", ticket.text, moment, .ticket(ticket, .remind(at: moment))))
    }
    return result
  }

  private func departures(_ absent: [AgentID: Timestamp], _ db: Database) throws -> [Due] {
    try absent.sorted { $0.key < $1.key }.compactMap { id, since in
      // Back, or somewhere else in the meantime.
      guard let agent = try RowReader(db: db).agent(id), agent.presence.since == since,
        agent.presence.state != .offline
      else { return nil }
      return ("depart", id.text, since, .agent(id, .setPresence(.offline, reason: nil, ticket: nil)))
    }
  }

  /// People who are said to be there and are not, with since when that is said.
  private func absent(_ news: SeatNews) throws -> [AgentID: Timestamp] {
    let now = store.now()
    let moment = uptime()
    let said = try store.agents().filter {
      $0.presence.state != .offline && !news.present.contains($0.id)
    }
    return unseen.withLock { unseen in
      let names = Set(said.map(\.id))
      unseen = unseen.filter { names.contains($0.key) }
      var result: [AgentID: Timestamp] = [:]
      for agent in said {
        let first = unseen[agent.id] ?? moment
        unseen[agent.id] = first
        guard moment - first >= Self.watched else { continue }
        let since = agent.presence.since
        let isGone = news.gone[agent.id].map { now - max($0, since) >= Self.absence } ?? false
        if isGone || now - since >= Self.longestShift { result[agent.id] = since }
      }
      return result
    }
  }

  /// The same for everybody who finds the same thing due.
  static func id(_ rule: String, _ aggregate: String, due: Timestamp) -> OperationID {
    let digest = Array(SHA256.hash(data: Array("\(rule)|\(aggregate)|\(due.milliseconds)".utf8)))
    func word(_ start: Int) -> UInt64 { digest[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    return OperationID(
      IdentifierSource.text(milliseconds: UInt64(max(0, due.milliseconds)), high: word(0), low: word(8)))
  }
}
