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

  private let identity: Mutex<StoreIdentity>
  private let conversation: Mutex<Conversation>
  private let sending = NSLock()
  private let keeper: Keeper
  private let ears = Mutex<[Weak<RemoteNews>]>([])

  /// What is known of the connection that is open now.
  private struct Conversation {
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
  private final class Answer: Sendable {
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
    keeper.start { [weak self] in self?.turn(&$0) ?? .stop } with: { first }
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

  private func ask<Value: Decodable>(_ kind: WireFrame.Kind, _ body: some Encodable, _ expected: WireFrame.Kind) throws
    -> Value
  {
    let answer = Answer()
    let frame = try exchange(kind, body, answer)
    guard frame.kind == expected else { throw StoreError.wrongFrame(.kind) }
    return try frame.value()
  }

  private func exchange(_ kind: WireFrame.Kind, _ body: some Encodable, _ answer: Answer) throws -> WireFrame {
    let (end, number) = try conversation.withLock { state in
      if let fault = state.fault { throw fault }
      guard let end = state.end else {
        throw state.trouble ?? .unreachable(address: address, detail: "")
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
      lose(.unreachable(address: address, detail: String(cString: strerror(ETIMEDOUT))), only: end)
    }
    guard let result = answer.result.withLock({ $0 }) else { throw StoreError.busy(path: address) }
    return try result.get()
  }

  private func send(_ frame: WireFrame, over end: LinkEnd) {
    let bytes = frame.bytes
    sending.lock()
    defer { sending.unlock() }
    guard conversation.withLock({ $0.end === end }) else { return }
    if !Self.write(bytes, to: end.descriptor, seconds: options.patience) {
      lose(.unreachable(address: address, detail: String(cString: strerror(errno))), only: end)
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

  // MARK: - Keeping the connection

  private static func shakeHands(_ link: any Link, _ options: Options, agent: AgentID?, address: String) throws
    -> (LinkEnd, Welcome, WireReader)
  {
    let end = try link.open()
    do {
      cl_nonblocking(end.descriptor)
      let hello = try WireFrame(
        .hello, number: 0, Hello(protocol: WireFrame.protocolNumber, program: options.program, agent: agent))
      guard write(hello.bytes, to: end.descriptor, seconds: options.patience) else {
        throw StoreError.unreachable(address: address, detail: String(cString: strerror(errno)))
      }
      var reader = WireReader(limit: WireFrame.largestAnswer)
      let limit = Date(timeIntervalSinceNow: options.patience)
      while true {
        if let frame = try reader.next() {
          if frame.kind == .error { throw StoreError(frame: frame, address: address) }
          guard frame.kind == .welcome else { throw StoreError.wrongFrame(.order) }
          let welcome: Welcome = try frame.value()
          guard welcome.protocol == WireFrame.protocolNumber else {
            throw StoreError.otherProtocol(found: welcome.protocol, known: WireFrame.protocolNumber)
          }
          return (end, welcome, reader)
        }
        guard Date() < limit else {
          throw StoreError.unreachable(address: address, detail: String(cString: strerror(ETIMEDOUT)))
        }
        guard try receive(end.descriptor, into: &reader, milliseconds: 200) else {
          throw StoreError.unreachable(address: address, detail: String(cString: strerror(ECONNRESET)))
        }
      }
    } catch {
      let said = end.cut()
      if case StoreError.unreachable(let address, let detail) = error {
        throw StoreError.unreachable(address: address, detail: said ?? detail)
      }
      throw error
    }
  }

  /// False at the end of the stream.
  private static func receive(_ descriptor: Int32, into reader: inout WireReader, milliseconds: Int32) throws
    -> Bool
  {
    var source = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&source, 1, milliseconds) > 0 else { return true }
    return withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
      let count = read(descriptor, buffer.baseAddress!, buffer.count)
      if count > 0 {
        reader.append(UnsafeRawBufferPointer(buffer)[..<count])
        return true
      }
      return count < 0 && (errno == EAGAIN || errno == EINTR)
    }
  }

  /// Silence after which the store is asked whether it is still there, and after which it is not.
  private static let silence = 15.0
  private static let death = 45.0

  /// One turn of the keeper's thread: reads from the connection, or opens one.
  private func turn(_ state: inout Keeper.State) -> Keeper.Turn {
    guard let end = conversation.withLock({ $0.end }) else { return reconnect(&state) }
    do {
      if state.end !== end {
        state.end = end
        state.heard = Date()
        state.asked = nil
      }
      while let frame = try state.reader.next() {
        state.heard = Date()
        state.asked = nil
        take(frame, from: end)
      }
      guard try Self.receive(end.descriptor, into: &state.reader, milliseconds: 500) else {
        lose(nil, only: end)
        return .again
      }
      if state.reader.isInside { state.heard = Date() }
      let quiet = Date().timeIntervalSince(state.heard)
      if quiet > Self.death {
        lose(.unreachable(address: address, detail: String(cString: strerror(ETIMEDOUT))), only: end)
      } else if quiet > Self.silence, state.asked == nil {
        state.asked = Date()
        tell(.head, Nothing())
      }
    } catch {
      lose(error as? StoreError, only: end)
    }
    return .again
  }

  private func reconnect(_ state: inout Keeper.State) -> Keeper.Turn {
    state.end = nil
    let wait = state.backoff.next()
    guard keeper.sleep(wait) else { return .stop }
    if conversation.withLock({ $0.fault != nil }) { return .again }
    do {
      let known = identity.withLock { $0 }
      let (end, welcome, reader) = try Self.shakeHands(
        link, options, agent: options.agent ?? known.agent, address: address)
      guard !keeper.isStopped else {
        end.cut()
        return .stop
      }
      let fault = Self.fault(welcome, known)
      state.reader = reader
      state.backoff.succeeded()
      conversation.withLock { conversation in
        conversation.trouble = nil
        conversation.fault = fault
        conversation.looks = [:]
        conversation.head = welcome.head
        conversation.end = fault == nil ? end : nil
      }
      if fault != nil { end.cut() }
      ring()
    } catch {
      let error = error as? StoreError ?? .unreachable(address: address, detail: "\(error)")
      conversation.withLock { $0.trouble = error }
    }
    return .again
  }

  private static func fault(_ welcome: Welcome, _ known: StoreIdentity) -> StoreError? {
    if welcome.store != known.store { return .wrongStore(expected: known.store, found: welcome.store) }
    if let agent = known.agent, let found = welcome.agent, agent != found {
      return .otherAgent(expected: found, found: agent)
    }
    return nil
  }

  private func take(_ frame: WireFrame, from end: LinkEnd) {
    switch frame.kind {
    case .news:
      if let news: HeadReply = try? frame.value() {
        conversation.withLock { $0.head = max($0.head, news.head) }
        ring()
      }
    case .looks:
      if let news: LooksNews = try? frame.value() {
        conversation.withLock { state in
          if news.isWhole { state.looks = [:] }
          for change in news.changes { state.looks[change.desk] = change.ticket == nil ? nil : change }
        }
        ring()
      }
    case .error where frame.number == 0:
      lose(StoreError(frame: frame, address: address), only: end)
    case .error:
      answer(frame.number)?.resolve(.failure(StoreError(frame: frame, address: address)))
    default:
      answer(frame.number)?.resolve(.success(frame))
    }
  }

  private func answer(_ number: UInt32) -> Answer? {
    conversation.withLock { $0.waiting.removeValue(forKey: number) }
  }

  /// The connection is gone: whoever waits learns it, and desks show it.
  private func lose(_ error: StoreError?, only end: LinkEnd?) {
    let (lost, waiting) = conversation.withLock { state -> (LinkEnd?, [Answer]) in
      guard end == nil || state.end === end else { return (nil, []) }
      defer {
        state.end = nil
        state.waiting = [:]
        state.looks = [:]
        state.trouble = .unreachable(address: address, detail: String(cString: strerror(ECONNRESET)))
      }
      return (state.end, Array(state.waiting.values))
    }
    guard let lost else { return }
    let said = lost.cut()
    var shown = error ?? .unreachable(address: address, detail: String(cString: strerror(ECONNRESET)))
    if case .unreachable = shown, let said { shown = .unreachable(address: address, detail: said) }
    conversation.withLock { if $0.end == nil { $0.trouble = shown } }
    for answer in waiting { answer.resolve(.failure(shown)) }
    ring()
  }

  // MARK: - Who looks at what, and news

  package func looking(desk: String, agent: AgentID, now: @escaping @Sendable () -> Timestamp) throws -> any Looking {
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

  private func ring() {
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

  // MARK: - Attachments

  package func storeAttachment(_ bytes: [UInt8]) throws -> String {
    guard Int64(bytes.count) <= AttachmentFolder.largest else {
      throw StoreError.attachmentTooLarge(limit: AttachmentFolder.largest, size: Int64(bytes.count))
    }
    let digest = Digest.sha256(bytes)
    var offset = 0
    repeat {
      let end = min(bytes.count, offset + pieceSize)
      let reply: PutReply = try ask(
        .put,
        PutRequest(
          digest: digest, size: Int64(bytes.count), offset: Int64(offset), bytes: Data(bytes[offset..<end])),
        .putAnswer)
      if reply.isComplete { return digest }
      offset = end
    } while offset < bytes.count
    throw StoreError.attachmentMissing(digest: digest)
  }

  package func attachment(_ digest: String) throws -> [UInt8] {
    if let cache, let bytes = try? cache.bytes(digest) { return bytes }
    var bytes: [UInt8] = []
    while true {
      let reply: GetReply = try ask(.get, GetRequest(digest: digest, offset: Int64(bytes.count)), .got)
      bytes += reply.bytes
      guard reply.size <= AttachmentFolder.largest, !reply.bytes.isEmpty, bytes.count < reply.size else { break }
    }
    guard Digest.sha256(bytes) == digest else { throw StoreError.attachmentMissing(digest: digest) }
    return bytes
  }

  /// The bytes are kept on this machine from then on.
  package func attachmentFile(_ digest: String) throws -> String {
    let cache = cache ?? AttachmentFolder(store: "\(NSTemporaryDirectory())/agentdesk-\(getuid())")
    if let path = try? cache.location(digest) { return path }
    _ = try cache.store(attachment(digest))
    return try cache.location(digest)
  }

  private var cache: AttachmentFolder? { options.folder.map { AttachmentFolder(store: $0 + "/cache") } }

  // MARK: - What is remembered

  private static func remembered(_ options: Options) -> StoreIdentity? {
    guard let folder = options.folder, let bytes = FileManager.default.contents(atPath: folder + "/store.json")
    else { return nil }
    return try? JSON.value([UInt8](bytes))
  }

  /// So that a desk can begin its day while the store is away.
  private func remember() {
    let identity = identity.withLock { $0 }
    guard let folder = options.folder, identity.agent != nil, let bytes = try? JSON.data(identity) else { return }
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
}

private struct Weak<Value: AnyObject & Sendable>: Sendable { weak var value: Value? }

private struct RemoteLooking: Looking {
  let store: RemoteStore
  let desk: String
  private let own = OwnLook()

  private final class OwnLook: Sendable {
    let value = Mutex<(ticket: TicketID?, isTyping: Bool)>((nil, false))
  }

  init(store: RemoteStore, desk: String) {
    self.store = store
    self.desk = desk
  }

  func look(at ticket: TicketID?, isTyping: Bool) -> Bool {
    let isNew = own.value.withLock { own in
      defer { own = (ticket, isTyping) }
      return own.ticket != ticket || own.isTyping != isTyping
    }
    if isNew { store.tell(.look, LookRequest(desk: desk, ticket: ticket, isTyping: isTyping)) }
    return isNew
  }

  func renew() {
    let (ticket, isTyping) = own.value.withLock { $0 }
    if ticket != nil { store.tell(.look, LookRequest(desk: desk, ticket: ticket, isTyping: isTyping)) }
  }

  func viewers() -> [Viewer] { store.looks(besides: desk) }
}

private final class RemoteNews: NewsSource {
  let descriptor: Int32
  private let store: RemoteStore

  init(store: RemoteStore) throws(StoreError) {
    self.store = store
    descriptor = cl_bell()
    guard descriptor >= 0 else { throw .system(path: "eventfd") }
  }

  deinit { Glibc.close(descriptor) }

  func ring() { cl_ring(descriptor) }
  func drain() { cl_silence(descriptor) }
  func mayBeNew(_ tick: Tick, cursor: () throws -> Int64) rethrows -> Bool { try store.mayBeNew(after: cursor) }
}
