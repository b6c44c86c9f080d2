import Domain
import Foundation
import GRDB
import Synchronization

/// The one thread that writes: takes what waits, does it in one transaction, answers after the commit.
final class ServerEngine: Sendable {
  /// Operations of one transaction, so that nobody waits long behind the others.
  private static let largestBatch = 1024
  /// A page of the feed is cut in half where its message would be longer.
  private static let largestPage = 4 << 20

  let queue = JobQueue()
  let counters = Mutex(ServerCounters())
  private let store: SharedStore
  private let answers: AnswerBox
  /// Nil where the server does no timed work.
  private let steward: Steward?
  private let finished = DispatchSemaphore(value: 0)

  private let log: @Sendable (String) -> Void

  init(
    store: SharedStore, answers: AnswerBox, steward: Steward?,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.log = log
    self.store = store
    self.answers = answers
    self.steward = steward
  }

  func start() {
    let thread = Thread { [self] in
      run()
      finished.signal()
    }
    thread.name = "store writer"
    thread.stackSize = 4 << 20
    thread.start()
  }

  func waitForEnd() { finished.wait() }

  /// What only the thread that writes knows. It is lost with the process, and nothing may depend on it.
  struct State {
    var head: Int64 = 0
    /// The history that `head` and `pages` belong to.
    var epoch: Int64 = 0
    /// The head that the loop knows.
    var announced: Int64 = 0
    /// Answers to pulls at this head: desks that are in step ask the same.
    var pages: [PullRequest: [UInt8]] = [:]
    var leaseAt = Date.distantPast
    var faultSaidAt = Date.distantPast
  }

  private func run() {
    var state = begin()
    while let jobs = queue.take(waiting: 1) { turn(jobs, &state) }
    if let steward { try? store.endStewardship(of: steward.name) }
  }

  func begin() -> State {
    var state = State()
    if let (head, epoch) = try? store.beginning() { (state.head, state.epoch) = (head, epoch) }
    state.announced = state.head
    return state
  }

  /// Does everything that waited, writing first: whoever pulls in the same turn sees it. The answers are in the box afterwards.
  func turn(_ jobs: [ServerJob], _ state: inout State) {
    keepLease(&state)
    if jobs.isEmpty { store.checkpointIfIdle() }
    var isLook = jobs.isEmpty
    var pushes: [(ServerJob.Address, PushJob)] = []
    var others: [ServerJob] = []
    for job in jobs {
      switch job {
      case .push(let address, let push): pushes.append((address, push))
      case .look: isLook = true
      default: others.append(job)
      }
    }
    if !pushes.isEmpty { push(pushes, &state) }
    if isLook, let (head, epoch) = try? store.beginning() { advance(to: head, epoch, &state) }
    var replies: [ServerAnswer] = []
    for job in others {
      switch job {
      case .pull(let address, let request): replies.append(pull(address, request, &state))
      case .head(let address): replies.append(frame(address, .headAnswer, HeadReply(head: state.head)))
      default: break
      }
    }
    if state.head > state.announced {
      state.announced = state.head
      replies.append(.news(state.head))
    }
    answers.put(replies)
  }

  // MARK: - Writing

  private func push(_ pushes: [(ServerJob.Address, PushJob)], _ state: inout State) {
    var rest = pushes[...]
    while !rest.isEmpty {
      var batch: [(ServerJob.Address, PushJob)] = []
      var count = 0
      while let next = rest.first,
        batch.isEmpty || count + next.1.request.envelopes.count <= Self.largestBatch
      {
        count += next.1.request.envelopes.count
        batch.append(next)
        rest = rest.dropFirst()
      }
      answers.put(commit(batch, &state))
    }
  }

  private func commit(_ batch: [(ServerJob.Address, PushJob)], _ state: inout State) -> [ServerAnswer] {
    let results: [Result<PushReply, any Error>]
    var isWritten = true
    do {
      results = try store.push(batch.map(\.1))
      noteWritten()
    } catch {
      // Nothing was done, or it is not known: the desks send it again.
      results = batch.map { _ in .failure(error) }
      isWritten = false
      noteFailed(error, &state)
    }
    var head = state.head
    var replies: [ServerAnswer] = []
    var operations = 0
    for ((address, _), result) in zip(batch, results) {
      switch result {
      case .success(let reply):
        operations += reply.answers.count
        for answer in reply.answers { head = max(head, answer.revision) }
        replies.append(frame(address, .pushed, reply))
      case .failure(let error): replies.append(failure(address, error))
      }
    }
    advance(to: head, state.epoch, &state)
    guard isWritten else { return replies }
    counters.withLock { counters in
      counters.operations += operations
      counters.commits += 1
      counters.largestBatch = max(counters.largestBatch, operations)
    }
    return replies
  }

  /// Seconds between two lines of the log about one trouble: desks try again every second, and the log may lie on the disk that
  /// is full.
  private static let faultPause = 60.0

  private func noteFailed(_ error: any Error, _ state: inout State) {
    let code = (error as? StoreError)?.code ?? "other"
    let (isNew, count) = counters.withLock { counters in
      defer { counters.fault = code }
      counters.failedCommits += 1
      return (counters.fault != code, counters.failedCommits)
    }
    guard isNew || Date().timeIntervalSince(state.faultSaidAt) >= Self.faultPause else { return }
    state.faultSaidAt = Date()
    log("event=commit-failed error=\(code) failed_commits=\(count) store=\(store.path)")
  }

  private func noteWritten() {
    let (fault, count) = counters.withLock { counters in
      defer { counters.fault = nil }
      return (counters.fault, counters.failedCommits)
    }
    if let fault { log("event=commit-recovered error=\(fault) failed_commits=\(count) store=\(store.path)") }
  }

  /// A restore may leave the head where it was, in another history.
  private func advance(to head: Int64, _ epoch: Int64, _ state: inout State) {
    guard head != state.head || epoch != state.epoch else { return }
    (state.head, state.epoch) = (head, epoch)
    state.pages.removeAll(keepingCapacity: true)
  }

  // MARK: - Reading

  private func pull(_ address: ServerJob.Address, _ request: PullRequest, _ state: inout State)
    -> ServerAnswer
  {
    counters.withLock { $0.pulls += 1 }
    if let page = state.pages[request] {
      counters.withLock { $0.cachedPulls += 1 }
      return .frame(address, .pulled, page)
    }
    do {
      var smaller = request
      smaller.cursor = max(0, request.cursor)
      smaller.limit = min(max(1, request.limit), 4096)
      while true {
        let reply = try store.pull(smaller)
        let body = [UInt8](try JSON.data(reply))
        if body.count > Self.largestPage, smaller.limit > 1, reply.newCursor > smaller.cursor {
          smaller.limit = max(1, min(smaller.limit, reply.newCursor - smaller.cursor) / 2)
          continue
        }
        guard body.count + 5 <= WireFrame.largestAnswer else { throw StoreError.wrongFrame(.length) }
        // Somebody else's commit may have come in between.
        advance(to: reply.head, reply.epoch, &state)
        if state.pages.count < 64 { state.pages[request] = body }
        return .frame(address, .pulled, body)
      }
    } catch {
      return failure(address, error)
    }
  }

  private func frame(_ address: ServerJob.Address, _ kind: WireFrame.Kind, _ value: some Encodable)
    -> ServerAnswer
  {
    do {
      return .frame(address, kind, [UInt8](try JSON.data(value)))
    } catch {
      return failure(address, error)
    }
  }

  private func failure(_ address: ServerJob.Address, _ error: any Error) -> ServerAnswer {
    .failure(of: address, error, path: store.path)
  }

  // MARK: - Timed work

  private func keepLease(_ state: inout State) {
    guard let steward, Date().timeIntervalSince(state.leaseAt) > 3 else { return }
    state.leaseAt = Date()
    let isHeld = (try? store.holdStewardship(as: steward.name)) ?? false
    let done = isHeld ? (try? steward.tend()) ?? 0 : 0
    counters.withLock { counters in
      counters.isSteward = isHeld
      counters.timedWork += done
    }
    if done > 0, let (head, epoch) = try? store.beginning() { advance(to: head, epoch, &state) }
  }
}

extension ServerAnswer {
  /// What was wrong with the message itself, or with who sent it, ends the connection.
  static func failure(of address: ServerJob.Address, _ error: any Error, path: String) -> ServerAnswer {
    switch error {
    case is DecodingError: .failed(address, .wrongFrame(.body), isFatal: true)
    case let error as StoreError:
      switch error {
      case .otherAgent, .wrongFrame, .notAuthorized, .otherProtocol: .failed(address, error, isFatal: true)
      default: .failed(address, error, isFatal: false)
      }
    default: .failed(address, .failed(path: path, detail: "\(error)"), isFatal: false)
    }
  }
}
