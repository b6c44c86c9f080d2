import Glibc

/// Milliseconds of a clock that never goes back.
func monotonicMilliseconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
}

/// Milliseconds of processor time that this process has used.
func processorMilliseconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
}

/// How long `body` took, in milliseconds.
func elapsed(_ body: () throws -> Void) rethrows -> Double {
  let start = monotonicMilliseconds()
  try body()
  return monotonicMilliseconds() - start
}

/// Measured values, asked for their quantiles (linear between the two nearest).
struct Samples {
  private(set) var values: [Double] = []

  mutating func append(_ value: Double) { values.append(value) }
  mutating func append(contentsOf more: [Double]) { values += more }

  init(_ values: [Double] = []) { self.values = values }

  /// Nil where nothing was measured.
  func quantile(_ part: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let place = Double(sorted.count - 1) * part
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
  }

  var p50: Double? { quantile(0.5) }
  var p95: Double? { quantile(0.95) }
  var p99: Double? { quantile(0.99) }
}
