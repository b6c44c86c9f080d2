import CLink
import Domain
import Foundation
import Glibc

/// What desks send.
extension ServerLoop {
  func receive(_ connection: ServerConnection) {
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
  func process(_ connection: ServerConnection) {
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
        .hello(address, hello, user: connection.user, isOwner: connection.isOwner), frame, connection,
        server.shelf.queue)
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
    case .fetch:
      let request: FetchRequest = try frame.value()
      let isSearch =
        switch request.subject {
        case .words, .solvedBefore: true
        default: false
        }
      accept(
        .fetch(address, request), frame, connection, isSearch ? server.searches.queue : server.shelf.queue)
    case .get: accept(.get(address, try frame.value()), frame, connection, server.shelf.queue)
    case .status: send(connection, try WireFrame(.statusAnswer, number: frame.number, status))
    case .look: try look(try frame.value(), connection)
    default: throw StoreError.wrongFrame(.kind)
    }
  }

  private func accept(_ job: ServerJob, _ frame: WireFrame, _ connection: ServerConnection, _ queue: JobQueue)
  {
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
}
