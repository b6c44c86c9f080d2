import Foundation
import Synchronization

/// The thread that keeps a connection: runs turns until it is stopped.
final class Keeper: Sendable {
  enum Turn { case again, stop }

  /// What only the thread touches.
  struct State {
    var end: LinkEnd?
    var reader = WireReader(limit: WireFrame.largestAnswer)
    var backoff = Backoff()
    var heard = Date()
    var asked: Date?
  }

  private let pause: Double
  private let condition = NSCondition()
  private let stopped = Atomic(false)

  init(pause: Double) { self.pause = pause }

  var isStopped: Bool { stopped.load(ordering: .acquiring) }

  func start(
    _ turn: @escaping @Sendable (inout State) -> Turn, with first: () -> (end: LinkEnd, reader: WireReader)?
  ) {
    var state = State()
    state.backoff.unit = pause
    if let first = first() {
      state.end = first.end
      state.reader = first.reader
    }
    let begin = state
    let thread = Thread { [self] in
      var state = begin
      while !isStopped, case .again = turn(&state) {}
    }
    thread.name = "store link"
    thread.stackSize = 1 << 19
    thread.start()
  }

  /// False when it was stopped meanwhile.
  func sleep(_ seconds: Double) -> Bool {
    let limit = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while !isStopped, condition.wait(until: limit) {}
    return !isStopped
  }

  func stop() {
    stopped.store(true, ordering: .releasing)
    condition.lock()
    condition.broadcast()
    condition.unlock()
  }
}
