import Domain
import Foundation
import Glibc
import Synchronization

/// The thread that keeps the index of a store in step, once a desk has come that needs it. It has a connection of its own and the
/// lowest priority, and rests three times as long as it works: whoever writes does not notice it.
final class IndexKeeper: Sendable {
  /// Seconds between two looks at the store, and after something went wrong.
  private static let pause = 1.0
  private static let longPause = 10.0

  private let path: String
  private let log: @Sendable (String) -> Void
  private let condition = NSCondition()
  private let isClosed = Atomic(false)
  private let isWanted: Atomic<Bool>
  private let finished = DispatchSemaphore(value: 0)
  private let reached = Mutex<Int64?>(nil)

  /// How far the index goes; nil until this is known.
  var revision: Int64? { reached.withLock { $0 } }

  /// - Parameter isWanted: from the beginning; otherwise from `want` on, and where there is an index already.
  init(path: String, isWanted: Bool = false, log: @escaping @Sendable (String) -> Void = { _ in }) {
    self.path = path
    self.log = log
    self.isWanted = Atomic(isWanted || StoreFile.exists(StoreIndex.path(of: path)))
  }

  /// A desk has come that keeps a part of the store.
  func want() {
    guard !isWanted.exchange(true, ordering: .acquiringAndReleasing) else { return }
    wake()
  }

  func start() {
    let thread = Thread { [self] in
      // Of this thread alone: Linux takes the number for a thread.
      setpriority(Int32(PRIO_PROCESS.rawValue), 0, 19)
      run()
      finished.signal()
    }
    thread.name = "store index"
    thread.stackSize = 4 << 20
    thread.start()
  }

  /// Returns when the thread has ended, or after two seconds: a part of the work on a large store may take longer, and nobody
  /// who quits waits for lists that are begun anew the next time.
  func stop() {
    isClosed.store(true, ordering: .releasing)
    wake()
    _ = finished.wait(timeout: .now() + 2)
  }

  private var isStopped: Bool { isClosed.load(ordering: .acquiring) }

  private func wake() {
    condition.lock()
    condition.broadcast()
    condition.unlock()
  }

  private func run() {
    // What went wrong is said once, not every ten seconds.
    var said: String?
    while !isStopped {
      guard isWanted.load(ordering: .acquiring) else {
        rest(60)
        continue
      }
      do {
        let store = try SharedStore(path: path)
        defer { store.close() }
        let work = try IndexWork(store) { [self] in isStopped }
        defer { work.close() }
        try follow(work) { said = nil }
      } catch is CancellationError {
        return
      } catch {
        let words = (error as? StoreError)?.code ?? "other"
        if said != words { log("event=index-failed error=\(words)") }
        said = words
        rest(Self.longPause)
      }
    }
  }

  private func follow(_ work: IndexWork, succeeded: () -> Void) throws {
    while !isStopped {
      let begin = Date()
      let reached = try work.step()
      if let reached { self.reached.withLock { $0 = reached.revision } }
      succeeded()
      let spent = Date().timeIntervalSince(begin)
      if work.hasRebuilt, let reached {
        log("event=index revision=\(reached.revision) seconds=\(Int(spent.rounded()))")
      }
      let isBehind = reached.map { $0.revision < $0.head } ?? false
      rest(isBehind ? spent * 3 : max(Self.pause, spent * 3))
    }
  }

  /// Until it is stopped, or wanted.
  private func rest(_ seconds: Double) {
    let limit = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    let wasWanted = isWanted.load(ordering: .acquiring)
    while !isStopped, isWanted.load(ordering: .acquiring) == wasWanted, condition.wait(until: limit) {}
  }
}
