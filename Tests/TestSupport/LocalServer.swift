import Foundation
import Glibc
import Synchronization

/// A real HTTP server on this machine for tests of a client: it reads whole requests and answers each with the bytes that a
/// test wrote, also with such as no honest server sends.
package final class LocalServer: Sendable {
  package struct Request: Hashable, Sendable {
    package var line: String
    /// Names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]
    /// Which connection it came on, from 0.
    package var connection: Int

    package var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// What is done with a connection after a request has come.
  package enum Step: Sendable {
    case send([UInt8])
    case wait(milliseconds: Int)
    /// Sends the same bytes until the other end goes.
    case sendForever([UInt8])
    /// Ends the connection at once.
    case hangUp

    package static func text(_ text: String) -> Step { .send(Array(text.utf8)) }

    /// A whole answer that leaves the connection open.
    package static func answer(_ body: String) -> Step { answer("200 OK", body) }

    package static func answer(
      _ status: String, _ body: String, headers: [String] = ["Content-Type: application/json"]
    ) -> Step {
      text(
        "HTTP/1.1 \(status)\r\n" + headers.map { $0 + "\r\n" }.joined()
          + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
  }

  package let port: Int
  private let listener: Int32
  private let requests = Mutex<[Request]>([])
  private let script: @Sendable (Request) -> [Step]
  private let isClosed = Atomic(false)

  /// - Parameter script: what is done for each request; then the next request on the same connection is awaited.
  package init(_ script: @escaping @Sendable (Request) -> [Step]) {
    self.script = script
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    port = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
        guard bind(listener, general, length) == 0, listen(listener, 16) == 0,
          getsockname(listener, general, &length) == 0
        else { return 0 }
        return Int(UInt16(bigEndian: UnsafeRawPointer(general).load(fromByteOffset: 2, as: UInt16.self)))
      }
    }
    precondition(port > 0, "no port on this machine")
    Thread.detachNewThread { [self] in acceptAll() }
  }

  package var url: String { "http://127.0.0.1:\(port)/v1/chat/completions" }

  /// Everything that came so far.
  package var received: [Request] { requests.withLock { $0 } }

  package func close() {
    guard !isClosed.exchange(true, ordering: .relaxed) else { return }
    // Nobody is let in any more. Its number is given back by the thread that waits at it: whoever got the same number meanwhile, as
    // another server, would lose its visitors to this one.
    shutdown(listener, Int32(SHUT_RDWR))
  }

  deinit { close() }

  /// Threads of their own: those that Dispatch shares out are few, and a suite that waits for many answers has used them up.
  private func acceptAll() {
    defer { Glibc.close(listener) }
    var number = 0
    while true {
      let connection = accept(listener, nil, nil)
      // A signal for some other test is no reason to stop: whoever connects later would never be answered.
      if connection < 0, errno == EINTR || errno == ECONNABORTED { continue }
      guard connection >= 0 else { return }
      let index = number
      number += 1
      Thread.detachNewThread { [weak self] in
        while let self, let request = self.read(connection, index) {
          self.requests.withLock { $0.append(request) }
          guard self.perform(self.script(request), connection) else { break }
        }
        Glibc.close(connection)
      }
    }
  }

  /// False: the connection is over.
  private func perform(_ steps: [Step], _ connection: Int32) -> Bool {
    for step in steps {
      switch step {
      case .send(let bytes): if !write(bytes, connection) { return false }
      case .wait(let milliseconds): usleep(UInt32(milliseconds) * 1000)
      case .sendForever(let bytes): while write(bytes, connection) {}
      case .hangUp: return false
      }
    }
    return true
  }

  private func write(_ bytes: [UInt8], _ connection: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(connection, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Nil where the other end is done.
  private func read(_ connection: Int32, _ index: Int) -> Request? {
    var bytes: [UInt8] = []
    let end = Array("\r\n\r\n".utf8)
    var head: Int?
    var length = 0
    var request = Request(line: "", headers: [:], body: [], connection: index)
    while true {
      if head == nil, let found = bytes.firstRange(of: end) {
        head = found.upperBound
        let lines = String(decoding: bytes[..<found.lowerBound], as: UTF8.self).split(separator: "\r\n")
        request.line = lines.first.map(String.init) ?? ""
        for line in lines.dropFirst() {
          guard let colon = line.firstIndex(of: ":") else { continue }
          let value = line[line.index(after: colon)...].drop { $0 == " " }
          request.headers[line[..<colon].lowercased()] = String(value)
        }
        length = request.headers["content-length"].flatMap { Int($0) } ?? 0
      }
      if let head, bytes.count >= head + length {
        request.body = Array(bytes[head..<head + length])
        return request
      }
      var piece = [UInt8](repeating: 0, count: 64 << 10)
      let count = piece.withUnsafeMutableBytes { recv(connection, $0.baseAddress!, $0.count, 0) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      bytes += piece[..<count]
    }
  }
}
