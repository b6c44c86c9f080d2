import CLink
import Domain
import Foundation
import Glibc

/// The thread that waits for all connections of a server.
final class ServerLoop {
  /// Seconds until accepted work is answered at the end.
  private static let farewell = 10.0
  /// Bytes of requests in hand, of all connections.
  private static let mostInHand = 64 << 20

  let server: StoreServer
  let listener: Int32
  private let signals: Int32
  private let poller: Int32
  private let news: any NewsSource
  private var isListening = false
  private var endsAt: Double?
  var connections: [UInt64: ServerConnection] = [:]
  private var nextToken: UInt64 = 16
  /// Request bytes in hand by address.
  private var inHand: [ServerJob.Address: Int] = [:]
  private var inHandBytes = 0
  /// Connections whose frames wait until there is room.
  private var paused: Set<UInt64> = []
  private var changedLooks: [UInt64: LooksNews.Change] = [:]
  private var head: Int64
  private let beganAt = ServerLoop.seconds()
  private var isLookQueued = false
  private var counts = (accepted: 0, refused: 0, dropped: 0, frames: 0)
  private var now = ServerLoop.seconds()
  private var sweptAt = 0.0
  private var looksAt = 0.0

  private enum Token {
    static let listener: UInt64 = 1
    static let signals: UInt64 = 2
    static let answers: UInt64 = 3
    static let bell: UInt64 = 4
  }

  init(server: StoreServer, listener: Int32, signals: Int32) throws {
    self.server = server
    self.listener = listener
    self.signals = signals
    news = try server.store.news()
    head = try server.store.revision()
    poller = cl_poller()
    guard poller >= 0 else { throw StoreError.system(path: "epoll") }
    cl_watch(poller, server.answers.bell, Token.answers, UInt32(CL_READ), 1)
    if news.descriptor >= 0 { cl_watch(poller, news.descriptor, Token.bell, UInt32(CL_READ), 1) }
    if signals >= 0 { cl_watch(poller, signals, Token.signals, UInt32(CL_READ), 1) }
    if listener >= 0 { listen(true) }
  }

  deinit { close(poller) }

  /// Of a clock that nobody sets.
  static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  func adopt(_ descriptor: Int32) { add(descriptor, user: server.options.owner ?? getuid(), isOwner: true) }

  func run() {
    var events = [cl_event](repeating: cl_event(), count: 256)
    while true {
      let wait = changedLooks.isEmpty ? 1000 : 200
      let count = cl_wait(poller, &events, Int32(events.count), Int32(wait))
      now = Self.seconds()
      for event in events[..<Int(max(0, count))] { handle(event) }
      take(server.answers.take())
      tellLooks()
      sweep()
      if server.isStopping, endsAt == nil { beginEnd() }
      if isAtEnd { break }
    }
    for connection in Array(connections.values) {
      fail(connection, 0, .closing, isFatal: true)
    }
    connections = [:]
  }

  /// Where there are only adopted connections, the last one ends the server.
  private var isAtEnd: Bool {
    if listener < 0, connections.isEmpty { return true }
    guard let endsAt else { return false }
    return now > endsAt || connections.values.allSatisfy { $0.inHand == 0 && $0.outBytes == 0 }
  }

  /// What was accepted is done and answered; nothing more is read.
  private func beginEnd() {
    endsAt = now + Self.farewell
    server.options.log("event=stopping connections=\(connections.count)")
    listen(false)
    for connection in connections.values { watch(connection) }
  }

  private func listen(_ isOn: Bool) {
    guard listener >= 0, isOn != isListening else { return }
    isListening = isOn
    if isOn {
      cl_watch(poller, listener, Token.listener, UInt32(CL_READ), 1)
    } else {
      cl_forget(poller, listener)
    }
  }

  private func handle(_ event: cl_event) {
    switch event.token {
    case Token.listener: accept()
    case Token.answers: break
    case Token.bell:
      news.drain()
      lookAtStore()
    case Token.signals:
      while cl_take_signal(signals) > 0 { server.stop() }
    default:
      guard let connection = connections[event.token] else { return }
      if event.what & UInt32(CL_WRITE) != 0 { flush(connection) }
      if event.what & UInt32(CL_READ) != 0, connection.isReading {
        receive(connection)
      } else if event.what & UInt32(CL_GONE) != 0 {
        drop(connection)
      }
    }
  }

  private func lookAtStore() {
    guard !isLookQueued else { return }
    isLookQueued = true
    server.engine.queue.put(.look)
  }

  // MARK: - Coming and going

  private func accept() {
    while true {
      let descriptor = cl_accept(listener)
      guard descriptor >= 0 else {
        // Out of descriptors: the backlog would wake us for ever.
        if errno == EMFILE || errno == ENFILE { listen(false) }
        return
      }
      var user = uid_t()
      var process = pid_t()
      guard cl_peer(descriptor, &user, &process) == 0 else {
        close(descriptor)
        continue
      }
      add(descriptor, user: user, isOwner: user == server.options.owner)
    }
  }

  private func add(_ descriptor: Int32, user: UInt32, isOwner: Bool) {
    let connection = ServerConnection(
      token: nextToken, descriptor: descriptor, user: user, isOwner: isOwner, now: now)
    nextToken += 1
    cl_nonblocking(descriptor)
    counts.accepted += 1
    guard connections.count < server.options.mostConnections else {
      refuse(connection, .overloaded)
      if let frame = try? WireFrame(.error, StoreError.overloaded) {
        connection.queue(frame.bytes)
        _ = connection.flush(now: now)
      }
      return
    }
    connections[connection.token] = connection
    cl_watch(poller, descriptor, connection.token, UInt32(CL_READ), 1)
  }

  private func refuse(_ connection: ServerConnection, _ error: StoreError) {
    counts.refused += 1
    server.options.log(
      "connection=\(connection.token) user=\(connection.user) agent=\(connection.sender?.agent.text ?? "-") "
        + "event=refused error=\(error.code)")
  }

  private func drop(_ connection: ServerConnection) {
    guard connections.removeValue(forKey: connection.token) != nil else { return }
    cl_forget(poller, connection.descriptor)
    paused.remove(connection.token)
    for (address, size) in inHand where address.connection == connection.token {
      inHand[address] = nil
      inHandBytes -= size
    }
    if let look = connection.look { noteLook(connection, look, ticket: nil) }
    server.shelf.queue.put(.forget(connection.token))
    if connection.sender != nil {
      server.options.log("connection=\(connection.token) agent=\(connection.sender?.agent.text ?? "-") event=gone")
    }
    if endsAt == nil { listen(true) }
  }

  // MARK: - Reading

  private func receive(_ connection: ServerConnection) {
    var isOver = false
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
      let count = read(connection.descriptor, buffer.baseAddress!, buffer.count)
      if count > 0 {
        connection.reader.append(UnsafeRawBufferPointer(buffer)[..<count])
      } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
        isOver = true
      }
    }
    process(connection)
    if isOver { drop(connection) }
  }

  /// Takes the frames that have come, as far as there is room.
  private func process(_ connection: ServerConnection) {
    do {
      while endsAt == nil, connections[connection.token] === connection, !connection.isEnding {
        guard connection.mayAsk, inHandBytes < Self.mostInHand else {
          paused.insert(connection.token)
          break
        }
        paused.remove(connection.token)
        guard let frame = try connection.reader.next() else { break }
        counts.frames += 1
        try take(frame, from: connection)
      }
    } catch {
      fail(connection, 0, error as? StoreError ?? .wrongFrame(.body), isFatal: true)
    }
    guard connections[connection.token] === connection else { return }
    if connection.reader.isInside, !paused.contains(connection.token) {
      if connection.beganAt == nil { connection.beganAt = now }
    } else {
      connection.beganAt = nil
    }
    watch(connection)
  }

  private func take(_ frame: WireFrame, from connection: ServerConnection) throws {
    let address = ServerJob.Address(connection: connection.token, number: frame.number)
    switch connection.state {
    case .silent:
      guard frame.kind == .hello else { throw StoreError.wrongFrame(.order) }
    case .greeting, .ending: throw StoreError.wrongFrame(.order)
    case .welcomed:
      let isOpen = [.people, .status, .head].contains(frame.kind)
      if frame.kind == .hello {
        guard connection.sender == nil else { throw StoreError.wrongFrame(.order) }
      } else if connection.sender == nil, !isOpen {
        throw StoreError.wrongFrame(.order)
      }
    }
    guard frame.kind == .look || inHand[address] == nil else { throw StoreError.wrongFrame(.order) }
    switch frame.kind {
    case .hello:
      let hello: Hello = try frame.value()
      connection.state = .greeting
      server.options.log(
        "connection=\(connection.token) user=\(connection.user) asks=\(hello.agent.map { Self.plain($0.text) } ?? "-") "
          + "program=\(Self.plain(hello.program)) via=\(Self.plain(hello.via ?? "-")) event=hello")
      accept(
        .hello(address, hello, user: connection.user, isOwner: connection.isOwner), frame, connection, server.shelf.queue)
    case .push:
      let job = PushJob(request: try frame.value(), sender: connection.sender)
      accept(.push(address, job), frame, connection, server.engine.queue)
    case .pull:
      connection.hasNews = false
      accept(.pull(address, try frame.value()), frame, connection, server.engine.queue)
    case .head: accept(.head(address), frame, connection, server.engine.queue)
    case .people: accept(.people(address), frame, connection, server.shelf.queue)
    case .fill: accept(.fill(address, try frame.value()), frame, connection, server.shelf.queue)
    case .put: accept(.put(address, try frame.value()), frame, connection, server.shelf.queue)
    case .audit: accept(.audit(address, try frame.value()), frame, connection, server.shelf.queue)
    case .get: accept(.get(address, try frame.value()), frame, connection, server.shelf.queue)
    case .status: send(connection, try WireFrame(.statusAnswer, number: frame.number, status))
    case .look: try look(try frame.value(), connection)
    default: throw StoreError.wrongFrame(.kind)
    }
  }

  private func accept(_ job: ServerJob, _ frame: WireFrame, _ connection: ServerConnection, _ queue: JobQueue) {
    let address = ServerJob.Address(connection: connection.token, number: frame.number)
    connection.inHand += 1
    inHand[address] = frame.body.count
    inHandBytes += frame.body.count
    queue.put(job)
  }

  /// A name from outside, as one word of a line.
  private static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(60).map { $0.value > 0x20 && $0.value < 0x7F && $0 != "=" ? $0 : "_" }))
  }

  // MARK: - Answering

  private func take(_ answers: [ServerAnswer]) {
    for answer in answers {
      switch answer {
      case .frame(let address, let kind, let body):
        guard let connection = settle(address) else { continue }
        send(connection, WireFrame(kind, number: address.number, body: body))
      case .failed(let address, let error, let isFatal):
        guard let connection = settle(address) else { continue }
        // Who was not let in has nothing else to ask.
        let isGreeting = if case .greeting = connection.state { true } else { false }
        fail(connection, address.number, error, isFatal: isFatal || isGreeting)
      case .welcome(let address, let welcome): self.welcome(welcome, address)
      case .news(let head):
        isLookQueued = false
        self.head = max(self.head, head)
        tellNews()
      }
    }
    isLookQueued = false
    resume()
  }

  /// The request is answered.
  private func settle(_ address: ServerJob.Address) -> ServerConnection? {
    guard let size = inHand.removeValue(forKey: address) else { return nil }
    inHandBytes -= size
    guard let connection = connections[address.connection] else { return nil }
    connection.inHand -= 1
    if connection.reader.isInside { paused.insert(connection.token) }
    return connection
  }

  private func welcome(_ welcome: Welcome, _ address: ServerJob.Address) {
    guard let connection = settle(address) else { return }
    connection.state = .welcomed
    connection.reader.limit = WireFrame.largest
    let through = welcome.mayNameOthers ? "user \(connection.user)" : nil
    connection.sender = welcome.agent.map { Sender(agent: $0, through: through) }
    server.options.log(
      "connection=\(connection.token) user=\(connection.user) agent=\(welcome.agent?.text ?? "-") event=welcome")
    do {
      send(connection, try WireFrame(.welcome, number: address.number, welcome))
      if connection.sender != nil {
        let looks = LooksNews(isWhole: true, changes: connections.values.compactMap(\.look))
        send(connection, try WireFrame(.looks, looks))
      }
    } catch {
      drop(connection)
    }
  }

  private func fail(_ connection: ServerConnection, _ number: UInt32, _ error: StoreError, isFatal: Bool) {
    if isFatal, error != .closing { refuse(connection, error) }
    if let frame = try? WireFrame(.error, number: isFatal ? 0 : number, error) { send(connection, frame) }
    guard isFatal, connections[connection.token] === connection else { return }
    connection.state = .ending
    if connection.outBytes == 0 { drop(connection) } else { watch(connection) }
  }

  private func send(_ connection: ServerConnection, _ frame: WireFrame) {
    guard !connection.isEnding else { return }
    connection.queue(frame.bytes)
    if connection.outBytes > ServerConnection.most {
      counts.dropped += 1
      refuse(connection, .wrongFrame(.silence))
      return drop(connection)
    }
    flush(connection)
  }

  private func flush(_ connection: ServerConnection) {
    guard connection.flush(now: now) else { return drop(connection) }
    if connection.isEnding, connection.outBytes == 0 { return drop(connection) }
    watch(connection)
  }

  /// Frames that waited for room.
  private func resume() {
    guard !paused.isEmpty, inHandBytes < Self.mostInHand else { return }
    for token in paused {
      guard let connection = connections[token], connection.mayAsk else { continue }
      process(connection)
    }
  }

  /// Tells the kernel what this connection waits for now.
  private func watch(_ connection: ServerConnection) {
    guard connections[connection.token] === connection else { return }
    let isReading = !connection.isEnding && endsAt == nil && !paused.contains(connection.token)
    let isWriting = connection.outBytes > 0
    guard isReading != connection.isReading || isWriting != connection.isWriting else { return }
    connection.isReading = isReading
    connection.isWriting = isWriting
    cl_watch(
      poller, connection.descriptor, connection.token,
      UInt32(isReading ? CL_READ : 0) | UInt32(isWriting ? CL_WRITE : 0), 0)
  }

  // MARK: - News and looks

  /// One frame, and no other before the desk has asked.
  private func tellNews() {
    guard let frame = try? WireFrame(.news, HeadReply(head: head)) else { return }
    for connection in Array(connections.values) where connection.sender != nil && !connection.hasNews {
      connection.hasNews = true
      send(connection, frame)
    }
  }

  private func look(_ request: LookRequest, _ connection: ServerConnection) throws {
    guard let sender = connection.sender else { throw StoreError.wrongFrame(.order) }
    try sender.check(desk: request.desk)
    guard (request.ticket?.text.utf8.count ?? 0) <= 100 else { throw StoreError.wrongFrame(.body) }
    connection.lookUntil = now + Double(LiveBoard.lifetime)
    let change = LooksNews.Change(
      desk: request.desk, agent: sender.agent, ticket: request.ticket, isTyping: request.isTyping)
    guard change != connection.look else { return }
    if let before = connection.look, before.desk != request.desk { noteLook(connection, before, ticket: nil) }
    noteLook(connection, change, ticket: request.ticket)
  }

  private func noteLook(_ connection: ServerConnection, _ change: LooksNews.Change, ticket: TicketID?) {
    var change = change
    change.ticket = ticket
    connection.look = ticket == nil ? nil : change
    changedLooks[connection.token] = change
  }

  private func tellLooks() {
    guard !changedLooks.isEmpty, now - looksAt >= 0.2 else { return }
    looksAt = now
    let changes = LooksNews(isWhole: false, changes: Array(changedLooks.values))
    changedLooks = [:]
    guard let frame = try? WireFrame(.looks, changes) else { return }
    for connection in Array(connections.values) where connection.sender != nil { send(connection, frame) }
  }

  // MARK: - Once a second

  private func sweep() {
    guard now - sweptAt >= 1 else { return }
    sweptAt = now
    let patience = server.options.patience
    if endsAt == nil { lookAtStore() }
    for connection in Array(connections.values) {
      if let stalledAt = connection.stalledAt, now - stalledAt > patience.stall {
        counts.dropped += 1
        refuse(connection, .wrongFrame(.silence))
        drop(connection)
      } else if connection.isSilent, now - connection.cameAt > patience.hello {
        fail(connection, 0, .wrongFrame(.silence), isFatal: true)
      } else if let beganAt = connection.beganAt, now - beganAt > patience.frame {
        fail(connection, 0, .wrongFrame(.silence), isFatal: true)
      } else if let look = connection.look, now > connection.lookUntil {
        noteLook(connection, look, ticket: nil)
      }
    }
  }

  private var status: ServerStatus {
    let counters = server.engine.counters.withLock { $0 }
    return ServerStatus(
      connections: connections.count, desks: connections.values.count { $0.sender != nil },
      accepted: counts.accepted, refused: counts.refused, dropped: counts.dropped, frames: counts.frames,
      operations: counters.operations, commits: counters.commits, largestBatch: counters.largestBatch,
      pulls: counters.pulls, cachedPulls: counters.cachedPulls, waiting: inHand.count, head: head,
      uptime: Int64(now - beganAt), program: server.options.program, isSteward: counters.isSteward)
  }
}

extension ServerConnection {
  var isEnding: Bool { if case .ending = state { true } else { false } }
  var isSilent: Bool { if case .silent = state { true } else { false } }
}

extension StoreError {
  /// The name of the case: the code of the protocol.
  package var code: String {
    let text = String(describing: self)
    return String(text.prefix { $0.isLetter || $0.isNumber })
      + (text.contains("wrongFrame") ? text.dropFirst("wrongFrame".count).filter { $0 != " " }.suffix(20) : "")
  }
}
