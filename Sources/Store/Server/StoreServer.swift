import CLink
import Domain
import Foundation
import Glibc
import Synchronization

/// Serves a shared store to many desks: one thread waits for all connections, one writes with group commits, one does what
/// takes longer. docs/protocol.md is what it speaks.
package final class StoreServer: Sendable {
  package struct Options: Sendable {
    /// Said in the welcome.
    package var program: String
    /// The store's owner may name other agents; nil: the user that owns the file.
    package var owner: UInt32?
    /// Holds the lease of timed work and refuses a second server.
    package var isService = true
    package var mostConnections = 1000
    package var patience = Patience()
    /// Made once a day; nil: by nobody here.
    package var backups: DailyBackup?
    /// How it learns from closed tickets; nil: not here.
    package var learning: LearningSchedule?
    /// A line for the log, in facts that need no language.
    package var log: @Sendable (String) -> Void = { _ in }

    package init(program: String) { self.program = program }

    /// Seconds for a hello, for the rest of a frame that began, and for a reader that takes nothing.
    package struct Patience: Sendable {
      package var hello = 10.0
      package var frame = 30.0
      package var stall = 30.0
    }
  }

  let store: SharedStore
  let options: Options
  let answers: AnswerBox
  let engine: ServerEngine
  let shelf: ServerShelf
  /// Looks for words in old texts: nobody who comes in waits behind it.
  let searches: ServerShelf
  /// Who has a connection, for the steward.
  let seats = ServerSeats()
  let backups: ServerBackups?
  let learning: ServerLearning?
  /// Nil where this is no service of its own.
  let index: IndexKeeper?
  private let reading: SharedStore
  private let lock: Int32
  private let stopping = Atomic(false)

  /// - Throws: `alreadyServed`, and what opening a store throws.
  package init(path: String, _ options: Options) throws {
    store = try SharedStore(path: path)
    let path = store.path
    reading = try SharedStore(path: path)
    var options = options
    if options.owner == nil {
      var facts = stat()
      guard stat(path, &facts) == 0 else { throw StoreError.system(path: path) }
      options.owner = facts.st_uid
    }
    self.options = options
    if options.isService {
      lock = open(path + ".serve", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard lock >= 0 else { throw StoreError.system(path: path + ".serve") }
      guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
        close(lock)
        throw StoreError.alreadyServed(path: path)
      }
    } else {
      lock = -1
    }
    backups =
      options.isService
      ? options.backups.map { [log = options.log] in ServerBackups($0, path: path, log: log) } : nil
    learning =
      options.isService
      ? options.learning.map { [log = options.log] in ServerLearning($0, path: path, log: log) } : nil
    index = options.isService ? IndexKeeper(path: path, log: options.log) : nil
    answers = try AnswerBox()
    let seats = seats
    let steward =
      options.isService ? Steward(store, name: "server-\(getpid())") { seats.news } : nil
    engine = ServerEngine(store: store, answers: answers, steward: steward, log: options.log)
    shelf = ServerShelf(store: reading, answers: answers, program: options.program, index: index)
    searches = ServerShelf(store: reading, answers: answers, program: options.program, index: index)
  }

  deinit { if lock >= 0 { close(lock) } }

  /// Ends `run` after what was accepted is done and answered.
  package func stop() {
    stopping.store(true, ordering: .releasing)
    cl_ring(answers.bell)
  }

  var isStopping: Bool { stopping.load(ordering: .acquiring) }

  /// Serves until it is stopped, by `stop` or by a signal.
  ///
  /// - Parameters:
  ///   - listener: a listening socket; -1 where there are only adopted connections, and then the last one ends it.
  ///   - signals: a descriptor of `cl_signals`, or -1.
  ///   - adopted: connections that are the owner's, whoever made them.
  package func run(listener: Int32, signals: Int32 = -1, adopted: [Int32] = []) throws {
    engine.start()
    shelf.start()
    searches.start()
    backups?.start()
    learning?.start()
    index?.start()
    defer {
      backups?.stop()
      learning?.stop()
      index?.stop()
      engine.queue.close()
      shelf.queue.close()
      searches.queue.close()
      engine.waitForEnd()
      shelf.waitForEnd()
      searches.waitForEnd()
      reading.close()
      store.close()
      if lock >= 0 { flock(lock, LOCK_UN) }
    }
    let loop = try ServerLoop(server: self, listener: listener, signals: signals)
    for descriptor in adopted { loop.adopt(descriptor) }
    loop.run()
  }
}

/// Who has a connection, and since when somebody has none any more. The loop writes it, the writer's thread reads it.
final class ServerSeats: Sendable {
  private let state = Mutex<(connections: [AgentID: Int], gone: [AgentID: Timestamp])>(([:], [:]))

  func came(_ agent: AgentID) {
    state.withLock { state in
      state.connections[agent, default: 0] += 1
      state.gone[agent] = nil
    }
  }

  func went(_ agent: AgentID, at moment: Timestamp) {
    state.withLock { state in
      let left = (state.connections[agent] ?? 1) - 1
      state.connections[agent] = left > 0 ? left : nil
      if left <= 0 { state.gone[agent] = moment }
    }
  }

  var news: SeatNews {
    state.withLock { SeatNews(present: Set($0.connections.keys), gone: $0.gone) }
  }
}
