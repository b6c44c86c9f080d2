import CLink
import Domain
import Foundation
import Glibc

/// What desks get.
extension ServerLoop {
  func take(_ answers: [ServerAnswer]) {
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
    if let sender = connection.sender { server.seats.went(sender.agent, at: server.store.now()) }
    connection.sender = welcome.agent.map { Sender(agent: $0, through: through) }
    if let agent = welcome.agent { server.seats.came(agent) }
    server.options.log(
      "connection=\(connection.token) user=\(connection.user) agent=\(welcome.agent?.text ?? "-") event=welcome"
    )
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

  func fail(_ connection: ServerConnection, _ number: UInt32, _ error: StoreError, isFatal: Bool) {
    if isFatal, error != .closing { refuse(connection, error) }
    if let frame = try? WireFrame(.error, number: isFatal ? 0 : number, error) { send(connection, frame) }
    guard isFatal, connections[connection.token] === connection else { return }
    connection.state = .ending
    if connection.outBytes == 0 { drop(connection) } else { watch(connection) }
  }

  func send(_ connection: ServerConnection, _ frame: WireFrame) {
    guard !connection.isEnding else { return }
    connection.queue(frame.bytes)
    if connection.outBytes > ServerConnection.most {
      counts.dropped += 1
      refuse(connection, .wrongFrame(.silence))
      return drop(connection)
    }
    flush(connection)
  }

  func flush(_ connection: ServerConnection) {
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
  func watch(_ connection: ServerConnection) {
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
}
