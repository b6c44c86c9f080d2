#if canImport(Glibc)
  import Glibc
#endif

package enum Staffing {
  /// Occupancy (占用率) = on contact / (on contact + idle); nil when nobody was there. Any unit, the same for both.
  package static func occupancy(onContact: Double, idle: Double) -> Double? {
    onContact + idle > 0 ? onContact / (onContact + idle) : nil
  }

  /// Utilisation = (handling + available) / paid time; nil without paid time.
  package static func utilisation(handling: Double, available: Double, paid: Double) -> Double? {
    paid > 0 ? (handling + available) / paid : nil
  }

  /// People to plan for `seats` filled seats = ⌈seats / (1 − shrinkage)⌉; nil unless 0 ≤ shrinkage < 1.
  package static func people(forSeats seats: Int, shrinkage: Double) -> Int? {
    guard (0..<1).contains(shrinkage), seats >= 0 else { return nil }
    // 17 / (1 - 0.15) is 20.000000000000004 in binary: a hair above a whole number is that number.
    return Int((Double(seats) / (1 - shrinkage) - 1e-9).rounded(.up))
  }
}

/// Erlang C: contacts that wait in one queue until somebody is free.
///
/// A = λ · AHT; B₀ = 1, Bₙ = A·Bₙ₋₁ / (n + A·Bₙ₋₁); Pw = B / (1 − (A/N)(1 − B)); SL = 1 − Pw·e^(−(N−A)·T/AHT);
/// ASA = Pw·AHT / (N − A). It ignores abandonment and is not for chat or deferred work.
package struct ErlangC: Hashable, Sendable {
  package enum Problem: Error, Hashable, Sendable {
    /// A wait without end is no number: load (erlangs) must be below the number of people.
    case overloaded(load: Double, people: Int)
    case invalidInput
  }

  /// A, in erlangs.
  package let load: Double
  package let people: Int
  package let averageHandlingSeconds: Double
  /// The share of contacts that wait at all (Pw).
  package let waitProbability: Double

  /// - Parameters:
  ///   - contactsPerSecond: λ.
  ///   - averageHandlingSeconds: AHT, above zero.
  package init(
    contactsPerSecond: Double, averageHandlingSeconds: Double, people: Int
  ) throws(Problem) {
    guard contactsPerSecond >= 0, averageHandlingSeconds > 0, people >= 0,
      contactsPerSecond.isFinite, averageHandlingSeconds.isFinite
    else { throw .invalidInput }
    let load = contactsPerSecond * averageHandlingSeconds
    guard Double(people) > load else { throw .overloaded(load: load, people: people) }
    var blocking = 1.0
    for count in 1...max(1, people) { blocking = load * blocking / (Double(count) + load * blocking) }
    self.load = load
    self.people = people
    self.averageHandlingSeconds = averageHandlingSeconds
    waitProbability = blocking / (1 - load / Double(people) * (1 - blocking))
  }

  /// The share answered within `seconds`.
  package func serviceLevel(within seconds: Double) -> Double {
    1 - waitProbability * exp(-(Double(people) - load) * seconds / averageHandlingSeconds)
  }

  /// ASA, in seconds.
  package var averageSpeedOfAnswer: Double {
    waitProbability * averageHandlingSeconds / (Double(people) - load)
  }

  package var occupancy: Double { load / Double(people) }

  /// The fewest people who answer `target` of all within `seconds`; nil where 100 % is asked for.
  package static func people(
    contactsPerSecond: Double, averageHandlingSeconds: Double, target: Double, within seconds: Double
  ) throws(Problem) -> Int? {
    guard target < 1 else { return nil }
    guard contactsPerSecond >= 0, averageHandlingSeconds > 0, target >= 0,
      (contactsPerSecond * averageHandlingSeconds) < 1_000_000
    else { throw .invalidInput }
    var people = Int(contactsPerSecond * averageHandlingSeconds) + 1
    while try ErlangC(
      contactsPerSecond: contactsPerSecond, averageHandlingSeconds: averageHandlingSeconds, people: people
    ).serviceLevel(within: seconds) < target {
      people += 1
    }
    return people
  }
}
