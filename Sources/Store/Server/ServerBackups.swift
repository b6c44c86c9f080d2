import Domain
import Synchronization

/// The thread that makes the daily backup of a served store: with a connection of its own, so that nobody waits for it.
final class ServerBackups: Sendable {
  /// Seconds between two looks whether one is due.
  private static let pause = 10.0

  private let backups: DailyBackup
  private let path: String
  private let log: @Sendable (String) -> Void
  private let worker = Worker(name: "store backup")
  private let last = Mutex<Timestamp?>(nil)

  init(_ backups: DailyBackup, path: String, log: @escaping @Sendable (String) -> Void) {
    self.backups = backups
    self.path = path
    self.log = log
  }

  /// When a backup of the store was last verified, by whomever; nil when there was none.
  var lastBackup: Timestamp? { last.withLock { $0 } }

  func start() { worker.start { [self] in run() } }

  /// Returns when the thread has ended: a backup that is being made is finished first.
  func stop() { worker.stop() }

  private func run() {
    // What went wrong is said once, not every ten seconds.
    var said: String?
    while !worker.isStopped {
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
      worker.rest(Self.pause)
    }
  }
}
