/// How long a desk waits before it tries again to reach its store: 1 s, twice as long after each failure, at most 60 s, and up
/// to half of it more, so that five hundred desks do not come back in the same moment.
struct Backoff {
  /// Seconds of the first wait; tests wait less.
  var unit = 1.0
  private var failures = 0

  mutating func succeeded() { failures = 0 }

  /// - Parameter random: 0 ..< 1.
  mutating func next(random: Double = Double.random(in: 0..<1)) -> Double {
    defer { failures = min(failures + 1, 10) }
    return unit * min(60, Double(1 << min(failures, 6)) * (1 + random / 2))
  }
}
