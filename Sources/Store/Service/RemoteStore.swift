import CLink
import Domain
import Foundation
import Glibc
import Synchronization

/// A shared store that somebody else serves: every request is a frame over one connection, which a thread of its own keeps open
/// and opens again when it was cut. While there is none, every method throws `unreachable` at once, so that nobody waits.
package final class RemoteStore: StoreService {
  package struct Options: Sendable {
    /// Said in the hello, for the log.
    package var program: String
    /// Whom to ask for; nil: whom the store takes us for.
    package var agent: AgentID?
    /// A folder of this desk: what the store was called when it was last reached, and attachments that were opened.
    package var folder: String?
    /// Seconds that an answer may take.
    package var patience: Double = 30
    /// Seconds before the first try to connect again.
    package var pause: Double = 1

    package init(program: String, agent: AgentID? = nil, folder: String? = nil) {
      self.program = program
      self.agent = agent
      self.folder = folder
    }
  }

  package let address: String
  let link: any Link
  let options: Options

  let identity: Mutex<StoreIdentity>
  let conversation: Mutex<Conversation>
  private let sending = NSLock()
  let keeper: Keeper
  private let ears = Mutex<[Weak<RemoteNews>]>([])

  /// What is known of the connection that is open now.
  struct Conversation {
    var end: LinkEnd?
    /// Why there is none.
    var trouble: StoreError?
    /// What no reconnecting will heal.
    var fault: StoreError?
    var nextNumber: UInt32 = 1
    var waiting: [UInt32: Answer] = [:]
    var head: Int64 = 0
    var looks: [String: LooksNews.Change] = [:]
  }

  /// Whoever waits for an answer.
  final class Answer: Sendable {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<WireFrame, StoreError>?>(nil)

    func resolve(_ value: Result<WireFrame, StoreError>) {
      result.withLock { if $0 == nil { $0 = value } }
      done.signal()
    }
  }

  /// Connects to a store.
  ///
  /// - Parameter mayBeAway: start without a connection where the store was reached before; the desk works from its replica.
  /// - Throws: `unreachable`, `notAuthorized`, `otherAgent`, `unknownAgent`, `otherProtocol`.
  package init(_ address: String, _ link: any Link, _ options: Options, mayBeAway: Bool = false) throws {
    self.address = address
    self.link = link
    self.options = options
    keeper = Keeper(pause: options.pause)
    var conversation = Conversation()
    var first: (end: LinkEnd, reader: WireReader)?
    do {
      let (end, welcome, reader) = try Self.shakeHands(link, options, agent: options.agent, address: address)
      let found = StoreIdentity(
        store: welcome.store, purpose: welcome.purpose, epoch: welcome.epoch, agent: welcome.agent)
      identity = Mutex(found)
      conversation.end = end
      conversation.head = welcome.head
      first = (end, reader)
    } catch let error as StoreError {
      guard mayBeAway, error.isPassing,
        let known = Self.remembered(options), options.agent == nil || options.agent == known.agent
      else { throw error }
      identity = Mutex(known)
      conversation.trouble = error
    }
    self.conversation = Mutex(conversation)
    remember()
    keeper.start { [weak self] in
      self?.turn(&$0) ?? .stop
    } with: {
      first
    }
  }

  deinit { close() }

  package func close() {
    keeper.stop()
    lose(.unreachable(address: address, detail: "closed"), only: nil)
  }

  package var id: String { identity.withLock { $0.store } }
  package var purpose: SharedStore.Purpose { identity.withLock { $0.purpose } }
  package var agent: AgentID? { identity.withLock { $0.agent } }
  package var fillFile: String? { nil }
  package var isServed: Bool { true }

  /// Whether there is a connection now.
  package var isConnected: Bool { conversation.withLock { $0.end != nil } }

  /// Names the agent where the store takes us for nobody yet.
  package func sit(as agent: AgentID) throws {
    if let known = self.agent {
      guard known == agent else { throw StoreError.otherAgent(expected: known, found: agent) }
      return
    }
    let welcome: Welcome = try ask(
      .hello, Hello(protocol: WireFrame.protocolNumber, program: options.program, agent: agent), .welcome)
    identity.withLock { $0.agent = welcome.agent }
    remember()
  }

  // MARK: - Requests

  package func push(_ request: PushRequest) throws -> PushReply { try ask(.push, request, .pushed) }

  package func pull(_ request: PullRequest) throws -> PullReply {
    let reply: PullReply = try ask(.pull, request, .pulled)
    conversation.withLock { $0.head = max($0.head, reply.head) }
    return reply
  }

  package func audit(_ request: AuditRequest) throws -> AuditReply { try ask(.audit, request, .audited) }

  package func fetch(_ request: FetchRequest) throws -> FetchReply { try ask(.fetch, request, .fetched) }

  package func revision() throws -> Int64 {
    let reply: HeadReply = try ask(.head, Nothing(), .headAnswer)
    return reply.head
  }

  package func beginning() throws -> (head: Int64, epoch: Int64) {
    (try revision(), identity.withLock { $0.epoch })
  }

  package func agents() throws -> [Agent] {
    let reply: PeopleReply = try ask(.people, Nothing(), .peopleAnswer)
    return reply.agents
  }

  package func fill(_ request: FillRequest) throws -> FillReply { try ask(.fill, request, .filled) }
  package func serverStatus() throws -> ServerStatus { try ask(.status, Nothing(), .statusAnswer) }
  package func checkpointIfIdle() {}

  func ask<Value: Decodable>(
    _ kind: WireFrame.Kind, _ body: some Encodable, _ expected: WireFrame.Kind
  ) throws
    -> Value
  {
    let answer = Answer()
    let frame = try exchange(kind, body, answer)
    guard frame.kind == expected else { throw StoreError.wrongFrame(.kind) }
    return try frame.value()
  }

  private func exchange(_ kind: WireFrame.Kind, _ body: some Encodable, _ answer: Answer) throws -> WireFrame
  {
    let (end, number) = try conversation.withLock { state in
      if let fault = state.fault { throw fault }
      guard let end = state.end else {
        throw state.trouble ?? .unreachable(address: address, detail: SystemFault.code(ECONNRESET))
      }
      let number = state.nextNumber
      state.nextNumber = number == .max ? 1 : number + 1
      state.waiting[number] = answer
      return (end, number)
    }
    defer { conversation.withLock { _ = $0.waiting.removeValue(forKey: number) } }
    let frame = try WireFrame(kind, number: number, body)
    guard frame.body.count + 5 <= WireFrame.largest else { throw StoreError.wrongFrame(.length) }
    send(frame, over: end)
    if answer.done.wait(timeout: .now() + options.patience) == .timedOut {
      // Whether it was done is not known: what matters is sent again by its id.
      lose(.unreachable(address: address, detail: SystemFault.code(ETIMEDOUT)), only: end)
    }
    guard let result = answer.result.withLock({ $0 }) else { throw StoreError.busy(path: address) }
    return try result.get()
  }

  func send(_ frame: WireFrame, over end: LinkEnd) {
    let bytes = frame.bytes
    sending.lock()
    defer { sending.unlock() }
    guard conversation.withLock({ $0.end === end }) else { return }
    if !Self.write(bytes, to: end.descriptor, seconds: options.patience) {
      lose(.unreachable(address: address, detail: SystemFault.code()), only: end)
    }
  }

  /// Sends what needs no answer.
  func tell(_ kind: WireFrame.Kind, _ body: some Encodable) {
    guard let end = conversation.withLock({ $0.end }), let frame = try? WireFrame(kind, body) else { return }
    send(frame, over: end)
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32, seconds: Double) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { cl_send(descriptor, $0.baseAddress! + sent, bytes.count - sent) }
      if count > 0 {
        sent += count
      } else if count < 0, errno == EAGAIN || errno == EINTR {
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&room, 1, Int32(seconds * 1000)) > 0 else {
          errno = ETIMEDOUT
          return false
        }
      } else {
        return false
      }
    }
    return true
  }

  // MARK: - Who looks at what, and news

  package func looking(desk: String, agent: AgentID, now: @escaping @Sendable () -> Timestamp) throws
    -> any Looking
  {
    RemoteLooking(store: self, desk: desk)
  }

  package func news() throws -> any NewsSource {
    let news = try RemoteNews(store: self)
    ears.withLock { ears in
      ears.removeAll { $0.value == nil }
      ears.append(Weak(value: news))
    }
    return news
  }

  func ring() {
    for ear in ears.withLock({ $0 }) { ear.value?.ring() }
  }

  func looks(besides desk: String) -> [Viewer] {
    conversation.withLock { state in
      state.looks.values.compactMap { change in
        guard change.desk != desk, let ticket = change.ticket else { return nil }
        return Viewer(agent: change.agent, ticket: ticket, isTyping: change.isTyping)
      }
    }
  }

  func mayBeNew(after cursor: () throws -> Int64) rethrows -> Bool {
    let (head, isAway) = conversation.withLock { ($0.head, $0.end == nil) }
    return try isAway || head > cursor()
  }

  // MARK: - What is remembered

  private static func remembered(_ options: Options) -> StoreIdentity? {
    guard let folder = options.folder,
      let bytes = FileManager.default.contents(atPath: folder + "/store.json")
    else { return nil }
    return try? JSON.value([UInt8](bytes))
  }

  /// So that a desk can begin its day while the store is away.
  private func remember() {
    let identity = identity.withLock { $0 }
    guard let folder = options.folder, identity.agent != nil, let bytes = try? JSON.data(identity) else {
      return
    }
    try? StoreFile.makeFolder(folder)
    try? bytes.write(to: URL(fileURLWithPath: folder + "/store.json"), options: .atomic)
  }
}

extension StoreError {
  /// Whether waiting may help.
  var isPassing: Bool {
    switch self {
    case .unreachable, .closing, .overloaded, .busy: true
    default: false
    }
  }

  /// Whether it stays until somebody does something about it. A file that is not there may be on a disk that comes back.
  var needsSomebody: Bool { if case .missing = self { false } else { !isPassing } }

  /// Nothing can be written where it came up, until somebody makes room or has the disk looked at.
  var keepsFromSaving: Bool {
    switch self {
    case .diskFull, .diskFailed, .readOnly: true
    default: false
    }
  }

  /// What is wrong between this desk and the store, and not with the desk: what it has can be read, and what is typed is kept.
  var leavesTheDesk: Bool {
    switch self {
    case .logChanged, .sequenceGap, .operationReused: true
    default: false
    }
  }
}
