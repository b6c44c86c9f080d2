import Domain
import Foundation
import Store
import Synchronization

/// Many desks claim the tickets of one queue as fast as they are answered; every ticket is tried by two of them at once.
struct ClaimsMeasure {
  struct Result: Encodable {
    var desks: Int
    var tickets: Int
    var claims: Int
    var grants: Int
    /// Tickets that two desks were given.
    var doubleGrants: Int
    /// Tickets that nobody was given.
    var lost: Int
    var seconds: Double
    var claimsPerSecond: Double
    var p50Ms: Double
    var p99Ms: Double
    var maxMs: Double
    var grantsPerDeskMin: Int
    var grantsPerDeskMax: Int

    enum CodingKeys: String, CodingKey {
      case desks, tickets, claims, grants, lost, seconds
      case doubleGrants = "double_grants"
      case claimsPerSecond = "claims_per_second"
      case p50Ms = "p50_ms"
      case p99Ms = "p99_ms"
      case maxMs = "max_ms"
      case grantsPerDeskMin = "grants_per_desk_min"
      case grantsPerDeskMax = "grants_per_desk_max"
    }
  }

  private struct Tally: Sendable {
    var granted: [TicketID] = []
    var times: [Double] = []
    var claims = 0
  }

  static func run(store address: String, desks: Int, tickets count: Int) throws -> Result {
    let way = try ServiceDesks(address)
    let (tickets, agents) = try way.prepare(tickets: count)
    let services = try (0..<desks).map { try way.open(as: agents[$0 % agents.count].id) }
    defer { for service in services { service.close() } }
    let next = Cursor()
    let tallies = Mutex<[Tally]>([])
    let problem = Mutex<(any Error)?>(nil)
    let group = DispatchGroup()
    let start = monotonicMilliseconds()
    for (number, service) in services.enumerated() {
      group.enter()
      let agent = agents[number % agents.count].id
      let thread = Thread {
        defer { group.leave() }
        do {
          let tally = try claim(service, agent, tickets, next)
          tallies.withLock { $0.append(tally) }
        } catch {
          problem.withLock { $0 = error }
        }
      }
      thread.stackSize = 1 << 20
      thread.start()
    }
    group.wait()
    let seconds = (monotonicMilliseconds() - start) / 1000
    if let problem = problem.withLock({ $0 }) { throw problem }
    return result(tallies.withLock { $0 }, desks: desks, tickets: count, seconds: seconds)
  }

  /// Which ticket is tried next, by whoever comes: each number twice.
  private final class Cursor: Sendable {
    private let count = Atomic<Int>(0)
    func next() -> Int { count.add(1, ordering: .relaxed).oldValue / 2 }
  }

  private static func claim(
    _ service: any StoreService, _ agent: AgentID, _ tickets: [TicketID], _ next: Cursor
  ) throws -> Tally {
    var sender = ServiceSender(service, agent: agent)
    let identifiers = IdentifierSource()
    var tally = Tally()
    while true {
      let index = next.next()
      guard index < tickets.count else { return tally }
      let operation = Domain.Operation(
        id: identifiers.next(), actor: agent, at: .now, action: .ticket(tickets[index], .claim))
      let begun = monotonicMilliseconds()
      let outcome = try sender.push([operation]).first
      tally.times.append(monotonicMilliseconds() - begun)
      tally.claims += 1
      if outcome == .accepted { tally.granted.append(tickets[index]) }
    }
  }

  private static func result(_ tallies: [Tally], desks: Int, tickets: Int, seconds: Double) -> Result {
    let granted = tallies.flatMap(\.granted)
    let samples = Samples(tallies.flatMap(\.times))
    let claims = tallies.reduce(0) { $0 + $1.claims }
    return Result(
      desks: desks, tickets: tickets, claims: claims, grants: granted.count,
      doubleGrants: granted.count - Set(granted).count, lost: tickets - Set(granted).count, seconds: seconds,
      claimsPerSecond: Double(claims) / max(seconds, 0.001), p50Ms: samples.p50 ?? 0, p99Ms: samples.p99 ?? 0,
      maxMs: samples.quantile(1) ?? 0, grantsPerDeskMin: tallies.map(\.granted.count).min() ?? 0,
      grantsPerDeskMax: tallies.map(\.granted.count).max() ?? 0)
  }
}
