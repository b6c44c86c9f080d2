import CLink
import Domain
import Foundation
import Synchronization

/// What the loop hands to the threads that touch the store.
enum ServerJob: Sendable {
  case push(Address, PushJob)
  case pull(Address, PullRequest)
  case head(Address)
  case hello(Address, Hello, user: UInt32, isOwner: Bool)
  case people(Address)
  case fill(Address, FillRequest)
  case put(Address, PutRequest)
  case get(Address, GetRequest)
  case audit(Address, AuditRequest)
  case fetch(Address, FetchRequest)
  /// Another process may have written.
  case look
  /// A connection is gone.
  case forget(UInt64)

  /// Where the answer goes: a connection, and the number of its request.
  struct Address: Hashable, Sendable {
    var connection: UInt64
    var number: UInt32
  }
}

/// What comes back to the loop.
enum ServerAnswer: Sendable {
  case frame(ServerJob.Address, WireFrame.Kind, [UInt8])
  /// `isFatal`: the connection ends after it.
  case failed(ServerJob.Address, StoreError, isFatal: Bool)
  case welcome(ServerJob.Address, Welcome)
  /// There are revisions up to this one.
  case news(Int64)
}

/// Jobs from the loop to one thread, in order.
final class JobQueue: Sendable {
  private let condition = NSCondition()
  private let state = Mutex<(jobs: [ServerJob], isClosed: Bool)>(([], false))

  func put(_ job: ServerJob) {
    condition.lock()
    state.withLock { $0.jobs.append(job) }
    condition.signal()
    condition.unlock()
  }

  /// No more will come; what is there is still taken.
  func close() {
    condition.lock()
    state.withLock { $0.isClosed = true }
    condition.broadcast()
    condition.unlock()
  }

  /// Everything that waits; empty after so many seconds in which nothing came; nil at the end.
  func take(waiting seconds: Double) -> [ServerJob]? {
    condition.lock()
    defer { condition.unlock() }
    let limit = Date(timeIntervalSinceNow: seconds)
    while true {
      let (jobs, isClosed) = state.withLock { state in
        defer { state.jobs = [] }
        return (state.jobs, state.isClosed)
      }
      if !jobs.isEmpty { return jobs }
      if isClosed { return nil }
      if !condition.wait(until: limit) { return [] }
    }
  }
}

/// Answers on their way back, and the bell that wakes the loop.
final class AnswerBox: Sendable {
  let bell: Int32
  private let answers = Mutex<[ServerAnswer]>([])

  init() throws(StoreError) {
    bell = cl_bell()
    guard bell >= 0 else { throw .system(path: "eventfd") }
  }

  deinit { close(bell) }

  func put(_ more: [ServerAnswer]) {
    guard !more.isEmpty else { return }
    answers.withLock { $0 += more }
    cl_ring(bell)
  }

  func take() -> [ServerAnswer] {
    cl_silence(bell)
    return answers.withLock { answers in
      defer { answers = [] }
      return answers
    }
  }
}

/// Numbers that both the loop and the engine count.
struct ServerCounters: Sendable {
  var operations = 0
  var commits = 0
  /// Transactions that could not be written: the disk is full, or failed.
  var failedCommits = 0
  /// Why the last one could not be written; nil once one could.
  var fault: String?
  var largestBatch = 0
  var pulls = 0
  var cachedPulls = 0
  var isSteward = false
  /// Operations that were due by the clock.
  var timedWork = 0
}
