import Glibc

/// A thread that wakes when there is news of the store, and once a second.
final class Watcher: Sendable {
  private let news: any NewsSource
  /// The two ends of a pipe: whoever writes to `signal` wakes the thread.
  private let wake: Int32
  private let signal: Int32
  private let onTick: @Sendable (Tick) -> Void
  private let worker = Worker(name: "store watcher")

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

  func start() { worker.start { [self] in run() } }

  /// Returns when the thread has ended, so that nothing is called back afterwards.
  func stop() {
    worker.stop {
      var one: UInt8 = 1
      _ = write(self.signal, &one, 1)
    }
  }

  private func run() {
    var beat = SteadyClock.seconds()
    while !worker.isStopped {
      var sources = [
        pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        pollfd(fd: news.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&sources, 2, 1000)
      if worker.isStopped { return }
      if ready > 0 { news.drain() }
      let isBeat = SteadyClock.seconds() - beat >= 5
      if isBeat { beat = SteadyClock.seconds() }
      onTick(Tick(isBeat: isBeat, isIdle: ready == 0))
    }
  }
}
