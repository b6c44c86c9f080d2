import Glibc

/// Two models on the same texts: only the texts on which exactly one of them is right say which is better (McNemar 1947). The
/// chance is that of the exact binomial test, one-sided.
package struct PairedComparison: Hashable, Sendable {
  /// Texts that only the new one labels rightly.
  package var won: Int
  /// Texts that only the old one labels rightly.
  package var lost: Int

  package init(won: Int = 0, lost: Int = 0) {
    self.won = won
    self.lost = lost
  }

  /// How often a model that is as good as the old one would lose at least so many of `won + lost`: small where it is worse.
  package var chanceOfLosing: Double { Self.tail(atLeast: lost, of: won + lost, each: 0.5) }

  /// The chance of at least `count` successes in `all` tries, each with the chance `each`.
  static func tail(atLeast count: Int, of all: Int, each: Double) -> Double {
    guard count > 0 else { return 1 }
    guard count <= all, each > 0 else { return 0 }
    guard each < 1 else { return 1 }
    var sum = 0.0
    for successes in count...all {
      let term = exp(
        lgamma(Double(all + 1)) - lgamma(Double(successes + 1)) - lgamma(Double(all - successes + 1))
          + Double(successes) * log(each) + Double(all - successes) * log(1 - each))
      sum += term
      // Behind the peak the rest is smaller than what was added last.
      if Double(successes) > Double(all) * each, term < sum * 1e-12 { break }
    }
    return min(1, sum)
  }

  /// The least share that `right` of `all` allows, 19 times of 20 (Wilson 1927, one-sided 1.645).
  static func least(_ right: Int, of all: Int) -> Double {
    guard all > 0 else { return 0 }
    let (share, count, z) = (Double(right) / Double(all), Double(all), 1.645)
    let middle = share + z * z / (2 * count)
    let width = z * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot()
    return (middle - width) / (1 + z * z / count)
  }
}
