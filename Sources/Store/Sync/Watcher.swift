import Foundation
import Glibc
import Synchronization

/// A thread that wakes when there is news of the store, and once a second.
final class Watcher: Sendable {
  private let news: any NewsSource
  /// The two ends of a pipe: whoever writes to `signal` wakes the thread.
  private let wake: Int32
  private let signal: Int32
  private let onTick: @Sendable (Tick) -> Void
  private let isStopped = Atomic(false)
  private let finished = DispatchSemaphore(value: 0)

  init(_ news: any NewsSource, onTick: @escaping @Sendable (Tick) -> Void) throws(StoreError) {
    self.onTick = onTick
    self.news = news
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system(path: "pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (wake, signal) = (ends[0], ends[1])
  }

  deinit {
    close(wake)
    close(signal)
  }

  func start() {
    let thread = Thread { [self] in
      run()
      finished.signal()
    }
    thread.name = "store watcher"
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Returns when the thread has ended, so that nothing is called back afterwards.
  func stop() {
    isStopped.store(true, ordering: .releasing)
    var one: UInt8 = 1
    _ = write(signal, &one, 1)
    finished.wait()
  }

  private func run() {
    var beat = Self.seconds()
    while !isStopped.load(ordering: .acquiring) {
      var sources = [
        pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        pollfd(fd: news.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&sources, 2, 1000)
      if isStopped.load(ordering: .acquiring) { return }
      if ready > 0 { news.drain() }
      let isBeat = Self.seconds() - beat >= 5
      if isBeat { beat = Self.seconds() }
      onTick(Tick(isBeat: isBeat, isIdle: ready == 0))
    }
  }

  /// Of a clock that nobody sets.
  private static func seconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec
  }
}
