import Domain

/// When a served store learns from its closed tickets, and what a round is. Who imports both the store and the classifier
/// gives the round.
package struct LearningSchedule: Sendable {
  /// Closes after the last attempt that ask for another one at once; 0: it never learns by itself.
  package var afterCloses: Int
  /// One attempt, with a connection of its own, on the thread of this work. Answers a line of facts for the log; nil where there
  /// was too little to learn.
  package var round: @Sendable (SharedStore, _ isStopped: () -> Bool) throws -> String?

  /// Milliseconds after the last attempt at which fewer closes are enough.
  static let interval: Int64 = 86_400_000
  static let fewestCloses = 20

  package init(
    afterCloses: Int, round: @escaping @Sendable (SharedStore, _ isStopped: () -> Bool) throws -> String?
  ) {
    self.afterCloses = afterCloses
    self.round = round
  }

  func isDue(_ store: SharedStore) throws -> Bool {
    // Practice teaches nothing about work.
    guard afterCloses > 0, store.purpose != .practice else { return false }
    let last = try store.learnedModel()?.history.first?.at ?? Timestamp(milliseconds: 0)
    let isDaily = store.now() - last >= Self.interval
    let needed = isDaily ? min(afterCloses, Self.fewestCloses) : afterCloses
    return try store.closes(since: last, limit: needed) >= needed
  }
}

/// The thread that learns for a served store: with a connection of its own and the lowest priority, so that nobody waits for it.
final class ServerLearning: Sendable {
  /// Seconds between two looks, and after an attempt without enough to learn or with an error.
  private static let pause = 300.0
  private static let longPause = 3600.0

  private let schedule: LearningSchedule
  private let path: String
  private let log: @Sendable (String) -> Void
  private let worker = Worker(name: "store learning", stackSize: 4 << 20, isPatient: true)

  init(_ schedule: LearningSchedule, path: String, log: @escaping @Sendable (String) -> Void) {
    self.schedule = schedule
    self.path = path
    self.log = log
  }

  func start() { worker.start { [self] in run() } }

  /// Waits two seconds at most: nobody who stops a server waits for what is learned the next day.
  func stop() { worker.stop(waitingAtMost: 2) }

  private func run() {
    var said: String?
    while !worker.isStopped {
      var pause = Self.pause
      do {
        let store = try SharedStore(path: path)
        defer { store.close() }
        if try schedule.isDue(store) {
          if let line = try schedule.round(store, { [worker] in worker.isStopped }) {
            log("event=learned \(line)")
          } else {
            pause = Self.longPause
          }
        }
        said = nil
      } catch is CancellationError {
        return
      } catch {
        let words = (error as? StoreError)?.code ?? "other"
        if said != words { log("event=learning-failed error=\(words)") }
        said = words
        pause = Self.longPause
      }
      worker.rest(pause)
    }
  }
}
