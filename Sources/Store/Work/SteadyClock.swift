import Glibc

/// A clock that nobody sets: for how long something takes, and how long something is due.
package enum SteadyClock {
  /// Seconds of `CLOCK_MONOTONIC`, which stands while the machine sleeps.
  package static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
