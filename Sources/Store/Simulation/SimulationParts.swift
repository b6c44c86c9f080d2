import Domain
import Synchronization

/// A clock that nothing but the simulation moves.
final class SimulationClock: Sendable {
  private let milliseconds = Atomic<Int64>(1_790_000_000_000)

  var now: Timestamp { Timestamp(milliseconds: milliseconds.load(ordering: .relaxed)) }

  func advance(milliseconds count: Int64) { milliseconds.add(count, ordering: .relaxed) }
}

/// What broke.
package struct SimulationViolation: Error, CustomStringConvertible {
  package var description: String

  init(_ description: String) { self.description = description }
}

/// A mistake put into the protocol, to see that the simulation finds it. The names are those of the model.
package enum PlantedFault: String, CaseIterable, Sendable {
  /// The store does an operation again that arrives again.
  case noDedupe = "nodedupe"
  /// A claim is granted on what was read before another one.
  case claimRace = "claimrace"
  /// A refund is granted on what was read before another one.
  case refundRace = "refundrace"
  /// The clock of a desk decides which value is the last one.
  case clock
  /// An answer leaves a row out, as a sequence does whose lower number is committed later.
  case hole
  /// Something counts as saved before it is in the outbox.
  case outboxSeparate = "outbox_sep"
  /// What is answered is forgotten at once.
  case ackDelete = "ackdelete"
  /// The cursor is written before the rows.
  case cursorFirst = "cursor_first"
  /// Neither the cursor of an answer nor the revision of a row is compared.
  case noGuard = "noguard"
  /// The cursor of an answer is not compared.
  case cursorNoCheck = "cursor_nocheck"
  /// What was pulled is forgotten, whether it is in a backup or not.
  case dropSent = "dropsent"
  /// The store does not look at the epoch of a request.
  case noEpochRequest = "noepochreq"
  /// After a restore only what was never answered is sent.
  case requeueLast = "requeue_last"
  /// After a restore the old rows go before the new ones are here.
  case resyncDelete = "resync_delete"

  /// The server of a store answers before what it answers is committed.
  case groupCommit = "group_commit"
  /// A server that was started again goes on from what its former process had in memory.
  case daemonRestart = "daemon_restart"
  /// The store takes operations of an older format as if they were of its own.
  case schemaUpgrade = "schema_upgrade"

  /// A desk hears nothing of what leaves its scope.
  case scopeStale = "scope_stale"
  /// What comes into the scope of a desk comes without what was there before.
  case scopeHole = "scope_hole"
  /// What leaves the scope takes with it what was not sent yet.
  case scopeUnsent = "scope_unsent"

  /// Whether it is one of desks that keep a part of the store.
  var needsScope: Bool { [.scopeStale, .scopeHole, .scopeUnsent].contains(self) }

  /// Whether it is one of a store that is served.
  var needsServer: Bool { self == .groupCommit || self == .daemonRestart }

  /// Whether it can only show when a store is restored.
  package var needsRestores: Bool {
    switch self {
    case .dropSent, .noEpochRequest, .requeueLast, .resyncDelete: true
    default: false
    }
  }
}
