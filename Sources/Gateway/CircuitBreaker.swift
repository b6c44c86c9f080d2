/// Leaves an endpoint alone that failed several times in a row: a person must not wait for the same time-out again and again,
/// and what is overloaded gets air. After the pause one question is let through; another failure doubles the pause.
package struct CircuitBreaker: Sendable {
  static let allowedFailures = 3
  static let firstPause = 60
  static let longestPause = 600

  private var failures = 0
  private var pause = 0
  private var restsUntil: ContinuousClock.Instant?

  package init() {}

  /// Seconds for which nothing is asked; nil where it may be asked.
  package func seconds(at now: ContinuousClock.Instant) -> Int? {
    guard let restsUntil, now < restsUntil else { return nil }
    return max(1, Int((restsUntil - now).components.seconds) + 1)
  }

  package mutating func succeeded() { self = CircuitBreaker() }

  package mutating func failed(at now: ContinuousClock.Instant) {
    failures += 1
    guard failures >= Self.allowedFailures else { return }
    pause = pause == 0 ? Self.firstPause : min(pause * 2, Self.longestPause)
    restsUntil = now.advanced(by: .seconds(pause))
  }
}
