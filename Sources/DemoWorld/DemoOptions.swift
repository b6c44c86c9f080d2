import Domain

/// How large a demo world is and how it looks.
package struct DemoOptions: Sendable {
  package var seed: UInt64
  package var tickets: Int
  package var customers: Int
  /// The moment at which the world is looked at: everything happened in the 180 days before.
  package var now: Timestamp
  /// Where the floor is: days, months and busy hours are those of this clock.
  package var clock: WallClock
  /// The share of tickets that wait, 0 to 1; nil for about 2 %, at least 30 and at most `maximumWaiting`.
  package var openShare: Double?
  package var maximumWaiting: Int

  package init(
    seed: UInt64 = 1, tickets: Int = 400, customers: Int? = nil, now: Timestamp, clock: WallClock = .china,
    openShare: Double? = nil, maximumWaiting: Int = 2000
  ) {
    self.seed = seed
    self.tickets = max(0, tickets)
    self.customers = max(50, customers ?? max(2000, tickets / 5))
    self.now = now
    self.clock = clock
    self.openShare = openShare.map { min(1, max(0, $0)) }
    self.maximumWaiting = max(0, maximumWaiting)
  }
}

/// What became of a ticket by `now`.
enum Fate: Hashable {
  case closed, solved, pending, open, waiting
  /// The ticket of the tour with this index.
  case tour(Int)

  var isDone: Bool { self == .closed || self == .solved }
}
