import Foundation
import Glibc
import Synchronization

/// A thread that wakes when the store's bell rings, and once a second.
final class Watcher: Sendable {
  struct Tick {
    /// About every fifth second: time to renew what expires.
    var isBeat: Bool
    /// The bell did not ring for a second.
    var isIdle: Bool
  }

  private let notices: Int32
  /// The two ends of a pipe: whoever writes to `signal` wakes the thread.
  private let wake: Int32
  private let signal: Int32
  private let onTick: @Sendable (Tick) -> Void
  private let isStopped = Atomic(false)
  private let finished = DispatchSemaphore(value: 0)

  init(bell path: String, onTick: @escaping @Sendable (Tick) -> Void) throws(StoreError) {
    self.onTick = onTick
    notices = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    // Without notices (a full watch table) the poll of a second remains.
    if notices >= 0 { inotify_add_watch(notices, path, UInt32(IN_MODIFY)) }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system(path: path) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (wake, signal) = (ends[0], ends[1])
  }

  deinit {
    if notices >= 0 { close(notices) }
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
        pollfd(fd: notices, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&sources, 2, 1000)
      if isStopped.load(ordering: .acquiring) { return }
      if ready > 0 { drain() }
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

  private func drain() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while read(notices, &buffer, buffer.count) > 0 {}
  }
}
