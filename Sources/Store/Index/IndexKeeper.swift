import Domain
import Synchronization

/// The thread that keeps the index of a store in step, once a desk has come that needs it. It has a connection of its own and the
/// lowest priority, and rests three times as long as it works: whoever writes does not notice it.
final class IndexKeeper: Sendable {
  /// Seconds between two looks at the store, and after something went wrong.
  private static let pause = 1.0
  private static let longPause = 10.0

  private let path: String
  private let log: @Sendable (String) -> Void
  private let worker = Worker(name: "store index", stackSize: 4 << 20, isPatient: true)
  private let isWanted: Atomic<Bool>
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
    worker.wake()
  }

  func start() { worker.start { [self] in run() } }

  /// Returns when the thread has ended, or after two seconds: a part of the work on a large store may take longer, and nobody
  /// who quits waits for lists that are begun anew the next time.
  func stop() { worker.stop(waitingAtMost: 2) }

  private func run() {
    // What went wrong is said once, not every ten seconds.
    var said: String?
    while !worker.isStopped {
      guard isWanted.load(ordering: .acquiring) else {
        worker.rest(60)
        continue
      }
      do {
        let store = try SharedStore(path: path)
        defer { store.close() }
        let work = try IndexWork(store) { [self] in worker.isStopped }
        defer { work.close() }
        try follow(work) { said = nil }
      } catch is CancellationError {
        return
      } catch {
        let words = (error as? StoreError)?.code ?? "other"
        if said != words { log("event=index-failed error=\(words)") }
        said = words
        worker.rest(Self.longPause)
      }
    }
  }

  private func follow(_ work: IndexWork, succeeded: () -> Void) throws {
    while !worker.isStopped {
      let begin = SteadyClock.seconds()
      let reached = try work.step()
      if let reached { self.reached.withLock { $0 = reached.revision } }
      succeeded()
      let spent = SteadyClock.seconds() - begin
      if work.hasRebuilt, let reached {
        log("event=index revision=\(reached.revision) seconds=\(Int(spent.rounded()))")
      }
      let isBehind = reached.map { $0.revision < $0.head } ?? false
      worker.rest(isBehind ? spent * 3 : max(Self.pause, spent * 3))
    }
  }
}
