import Foundation
import Glibc
import Synchronization

/// A thread for work that goes on beside everything else: it rests, can be woken, and is waited for when it has to end.
final class Worker: Sendable {
  private let name: String
  private let stackSize: Int
  private let isPatient: Bool
  private let condition = NSCondition()
  private let isClosed = Atomic(false)
  /// Set by `wake`, so that a call between two rests is not lost.
  private let isWoken = Atomic(false)
  private let finished = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - stackSize: bytes.
  ///   - isPatient: the lowest priority, for what nobody waits for.
  init(name: String, stackSize: Int = 1 << 20, isPatient: Bool = false) {
    self.name = name
    self.stackSize = stackSize
    self.isPatient = isPatient
  }

  /// Once. `body` looks at `isStopped` between two parts of its work.
  func start(_ body: @escaping @Sendable () -> Void) {
    let thread = Thread { [finished, isPatient] in
      // Of this thread alone: Linux takes the number for a thread.
      if isPatient { setpriority(Int32(PRIO_PROCESS.rawValue), 0, 19) }
      body()
      finished.signal()
    }
    thread.name = name
    thread.stackSize = stackSize
    thread.start()
  }

  var isStopped: Bool { isClosed.load(ordering: .acquiring) }

  /// Until the time has passed, somebody wakes the thread, or it has to end. For the thread itself.
  ///
  /// - Parameter seconds: at most.
  func rest(_ seconds: Double) {
    let limit = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while !isStopped, !isWoken.exchange(false, ordering: .acquiringAndReleasing), condition.wait(until: limit)
    {}
  }

  func wake() {
    condition.lock()
    isWoken.store(true, ordering: .releasing)
    condition.broadcast()
    condition.unlock()
  }

  /// Returns when the thread has ended, so that nothing is called back afterwards.
  ///
  /// - Parameters:
  ///   - seconds: nil waits for as long as it takes.
  ///   - rouse: wakes a thread that waits for something else than `rest`.
  func stop(waitingAtMost seconds: Double? = nil, rouse: () -> Void = {}) {
    isClosed.store(true, ordering: .releasing)
    wake()
    rouse()
    if let seconds {
      _ = finished.wait(timeout: .now() + seconds)
    } else {
      finished.wait()
    }
  }
}
