import CLink
import Domain
import Foundation
import Glibc

/// The thread that waits for all connections of a server.
final class ServerLoop {
  /// Seconds until accepted work is answered at the end.
  private static let farewell = 10.0
  /// Bytes of requests in hand, of all connections.
  static let mostInHand = 64 << 20

  let server: StoreServer
  let listener: Int32
  private let signals: Int32
  let poller: Int32
  let news: any NewsSource
  private var isListening = false
  var endsAt: Double?
  var connections: [UInt64: ServerConnection] = [:]
  private var nextToken: UInt64 = 16
  /// Request bytes in hand by address.
  var inHand: [ServerJob.Address: Int] = [:]
  var inHandBytes = 0
  /// Connections whose frames wait until there is room.
  var paused: Set<UInt64> = []
  var changedLooks: [UInt64: LooksNews.Change] = [:]
  var head: Int64
  let beganAt = SteadyClock.seconds()
  var isLookQueued = false
  var counts = (accepted: 0, refused: 0, dropped: 0, frames: 0)
  var now = SteadyClock.seconds()
  var sweptAt = 0.0
  var looksAt = 0.0

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

  func adopt(_ descriptor: Int32) { add(descriptor, user: server.options.owner ?? getuid(), isOwner: true) }

  func run() {
    var events = [cl_event](repeating: cl_event(), count: 256)
    while true {
      let wait = changedLooks.isEmpty ? 1000 : 200
      let count = cl_wait(poller, &events, Int32(events.count), Int32(wait))
      now = SteadyClock.seconds()
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

  func lookAtStore() {
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

  func refuse(_ connection: ServerConnection, _ error: StoreError) {
    counts.refused += 1
    server.options.log(
      "connection=\(connection.token) user=\(connection.user) agent=\(connection.sender?.agent.text ?? "-") "
        + "event=refused error=\(error.code)")
  }

  func drop(_ connection: ServerConnection) {
    guard connections.removeValue(forKey: connection.token) != nil else { return }
    cl_forget(poller, connection.descriptor)
    paused.remove(connection.token)
    for (address, size) in inHand where address.connection == connection.token {
      inHand[address] = nil
      inHandBytes -= size
    }
    if let look = connection.look { noteLook(connection, look, ticket: nil) }
    server.shelf.queue.put(.forget(connection.token))
    if let sender = connection.sender {
      server.seats.went(sender.agent, at: server.store.now())
      server.options.log(
        "connection=\(connection.token) agent=\(connection.sender?.agent.text ?? "-") event=gone")
    }
    if endsAt == nil { listen(true) }
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
      + (text.contains("wrongFrame")
        ? text.dropFirst("wrongFrame".count).filter { $0 != " " }.suffix(20) : "")
  }
}
