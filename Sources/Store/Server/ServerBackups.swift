import Domain
import Foundation
import Synchronization

/// The thread that makes the daily backup of a served store: with a connection of its own, so that nobody waits for it.
final class ServerBackups: Sendable {
  /// Seconds between two looks whether one is due.
  private static let pause = 10.0

  private let backups: DailyBackup
  private let path: String
  private let log: @Sendable (String) -> Void
  private let condition = NSCondition()
  private let isClosed = Atomic(false)
  private let finished = DispatchSemaphore(value: 0)
  private let last = Mutex<Timestamp?>(nil)

  init(_ backups: DailyBackup, path: String, log: @escaping @Sendable (String) -> Void) {
    self.backups = backups
    self.path = path
    self.log = log
  }

  /// When a backup of the store was last verified, by whomever; nil when there was none.
  var lastBackup: Timestamp? { last.withLock { $0 } }

  func start() {
    let thread = Thread { [self] in
      run()
      finished.signal()
    }
    thread.name = "store backup"
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Returns when the thread has ended: a backup that is being made is finished first.
  func stop() {
    isClosed.store(true, ordering: .releasing)
    condition.lock()
    condition.broadcast()
    condition.unlock()
    finished.wait()
  }

  private func run() {
    // What went wrong is said once, not every ten seconds.
    var said: String?
    while !isClosed.load(ordering: .acquiring) {
      do {
        let store = try SharedStore(path: path)
        defer { store.close() }
        if let report = try backups.runIfDue(store) {
          log("event=backup path=\(report.path) revision=\(report.revision) bytes=\(report.bytes)")
        }
        let backup = try store.lastBackup()?.at
        last.withLock { $0 = backup }
        said = nil
      } catch {
        let words = (error as? StoreError)?.code ?? "other"
        if said != words { log("event=backup-failed error=\(words)") }
        said = words
      }
      condition.lock()
      if !isClosed.load(ordering: .acquiring) {
        _ = condition.wait(until: Date(timeIntervalSinceNow: Self.pause))
      }
      condition.unlock()
    }
  }
}
