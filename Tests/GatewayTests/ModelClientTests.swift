import Domain
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Gateway

/// Against a real server on this machine: what leaves, byte by byte, and what comes back.
@Suite struct `Asking a language model` {
  @Test func `the question leaves as it is shown beforehand, and the text comes back`() throws {
    let server = LocalServer { _ in [.answer(Chat.body("您好，已为您核实。\n请留意账单。"))] }
    let client = try Chat.client(
      server, key: .variable("DESK_KEY"), headers: ["X-Team": "care"],
      environment: { $0 == "DESK_KEY" ? "sk-1\n" : nil })
    #expect(try client.ask(Chat.question) == "您好，已为您核实。\n请留意账单。")
    let request = try #require(server.received.first)
    #expect(request.line == "POST /v1/chat/completions HTTP/1.1")
    #expect(request.body == client.body(Chat.question))
    #expect(
      request.text
        == #"{"max_tokens":1200,"messages":[{"content":"规则","role":"system"},"#
        + #"{"content":"《电话1》 说漫游扣了两次","role":"user"}],"model":"care-1","stream":false}"#)
    #expect(
      request.headers == [
        "host": "127.0.0.1:\(server.port)", "content-type": "application/json", "accept": "application/json",
        "user-agent": "AgentDesk", "authorization": "Bearer sk-1", "x-team": "care",
        "content-length": "\(request.body.count)",
      ])
  }

  @Test func `a key may go into a header of its own, from a file that not everybody can read`() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func write(_ text: String, mode: mode_t = 0o600) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      chmod(path, mode)
    }
    let server = LocalServer { _ in [.answer(Chat.body("好"))] }
    let client = try Chat.client(server, key: .file(path), keyHeader: "api-key")
    try write("  abc123 \n", mode: 0o644)
    #expect(Chat.failure { try client.ask(Chat.question) } == .keyExposed(path: path))
    try write("  abc123 \n")
    #expect(try client.ask(Chat.question) == "好")
    #expect(server.received.map { $0.headers["api-key"] } == ["abc123"])
    #expect(server.received.first?.headers["authorization"] == nil)
    try write("abc\r\nX-Evil: 1\n")
    #expect(Chat.failure { try client.ask(Chat.question) } == .keyUnusable(.file(path)))
    try write(" \n")
    #expect(Chat.failure { try client.ask(Chat.question) } == .keyMissing(.file(path)))
    try FileManager.default.removeItem(atPath: path)
    #expect(Chat.failure { try client.ask(Chat.question) } == .keyMissing(.file(path)))
    #expect(server.received.count == 1)
  }

  @Test func `without its key nothing is asked`() throws {
    let server = LocalServer { _ in [.answer(Chat.body("好"))] }
    let client = try Chat.client(server, key: .variable("DESK_KEY"))
    #expect(Chat.failure { try client.ask(Chat.question) } == .keyMissing(.variable("DESK_KEY")))
    #expect(server.received.isEmpty)
  }

  @Test func `a connection is kept for the next question, and a new one made where it was closed`() throws {
    let server = LocalServer { request in
      request.text.contains("再见")
        ? [.answer(Chat.body("好")), .hangUp] : [.answer(Chat.body("好"))]
    }
    let client = try Chat.client(server)
    for text in ["一", "二", "再见", "三"] { #expect(try client.ask([ChatMessage(.user, text)]) == "好") }
    #expect(server.received.map { $0.connection } == [0, 0, 0, 1])
  }

  @Test func `an answer in pieces of any size is one answer`() throws {
    let text = Chat.body("分成很多块的回答，一个字也不少。")
    let server = LocalServer { _ in
      let chunks = Array(text.utf8).map { Array("1\r\n".utf8) + [$0] + Array("\r\n".utf8) }
      return [.text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
        + chunks.map { LocalServer.Step.send($0) } + [.text("0\r\n\r\n")]
    }
    #expect(try Chat.client(server).ask(Chat.question) == "分成很多块的回答，一个字也不少。")
  }

  @Test func `an answer that comes slowly comes, one that comes too slowly does not`() throws {
    let server = LocalServer { _ in [.wait(milliseconds: 700), .answer(Chat.body("慢"))] }
    #expect(try Chat.client(server).ask(Chat.question) == "慢")
    let slow = LocalServer { _ in [.wait(milliseconds: 4000), .answer(Chat.body("太慢"))] }
    let start = ContinuousClock.now
    let client = try Chat.client(slow, seconds: 1)
    #expect(Chat.failure { try client.ask(Chat.question) } == .timedOut(seconds: 1))
    #expect(ContinuousClock.now - start < .seconds(3))
  }

  @Test func `bytes that trickle in end with the time that was set`() throws {
    let server = LocalServer { _ in
      [.text("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{")]
        + (0..<100).flatMap { _ in [LocalServer.Step.wait(milliseconds: 50), .text(" ")] }
    }
    let client = try Chat.client(server, seconds: 1)
    #expect(Chat.failure { try client.ask(Chat.question) } == .timedOut(seconds: 1))
  }

  @Test func `cancelling from another thread ends the question at once, and the next one is asked`() throws {
    let server = LocalServer { request in
      request.text.contains("下一个")
        ? [.answer(Chat.body("好"))] : [.wait(milliseconds: 5000), .answer(Chat.body("晚了"))]
    }
    let client = try Chat.client(server, seconds: 30)
    let start = ContinuousClock.now
    Thread.detachNewThread {
      while server.received.isEmpty { usleep(10_000) }
      client.cancel()
    }
    #expect(Chat.failure { try client.ask(Chat.question) } == .cancelled)
    #expect(ContinuousClock.now - start < .seconds(30))
    // Nothing is asked now: there is nothing to cancel.
    client.cancel()
    #expect(try client.ask([ChatMessage(.user, "下一个")]) == "好")
  }

  @Test func `a redirection is not followed, whoever it leads to`() throws {
    let other = LocalServer { _ in [.answer(Chat.body("来自别处"))] }
    let location = "Location: \(other.url)"
    let server = LocalServer { _ in [.answer("308 Permanent Redirect", "", headers: [location])] }
    let client = try Chat.client(server)
    #expect(Chat.failure { try client.ask(Chat.question) } == .redirected(host: "127.0.0.1"))
    #expect(other.received.isEmpty)
  }

  @Test func `where nobody listens it fails at once`() throws {
    let server = LocalServer { _ in [] }
    let url = server.url
    server.close()
    let client = ModelClient(ModelEndpoint(address: try #require(ModelAddress(url)), model: "m"))
    #expect(Chat.failure { try client.ask(Chat.question) } == .refused(host: "127.0.0.1"))
  }

  @Test func `after three failures it rests, then one question is let through`() throws {
    let seconds = Shared(0)
    let isWell = Shared(0)
    let server = LocalServer { _ in
      [isWell.value == 0 ? .answer("503 Busy", "") : .answer(Chat.body("好"))]
    }
    let client = try Chat.client(server, now: { ContinuousClock.now.advanced(by: .seconds(seconds.value)) })
    func fails(_ count: Int) {
      for _ in 0..<count { #expect(Chat.failure { try client.ask(Chat.question) } == .status(503)) }
    }
    func rest() -> Int? {
      if case .resting(let seconds) = Chat.failure({ try client.ask(Chat.question) }) { seconds } else { nil }
    }
    fails(3)
    #expect((55...61).contains(try #require(rest())))
    #expect(server.received.count == 3)
    seconds.value = 62
    fails(1)
    #expect((115...121).contains(try #require(rest())))
    seconds.value = 62 + 122
    isWell.value = 1
    #expect(try client.ask(Chat.question) == "好")
    isWell.value = 0
    fails(2)
    isWell.value = 1
    #expect(try client.ask(Chat.question) == "好")
    // An answer that was of no use counts as none.
    struct Useless: Error {}
    for _ in 0..<3 {
      #expect(throws: Useless.self) { try client.ask(Chat.question) { _ in throw Useless() } }
    }
    #expect(rest() != nil)
  }

  @Test func `a certificate that this machine does not trust ends it before anything is sent`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try Self.openssl(
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days",
        "1",
        "-subj", "/CN=localhost",
      ], in: folder)
    made.waitUntilExit()
    try #require(made.terminationStatus == 0)
    // A port that was free a moment ago.
    let spare = LocalServer { _ in [] }
    let port = spare.port
    spare.close()
    let server = try Self.openssl(
      ["s_server", "-accept", "\(port)", "-key", "key.pem", "-cert", "cert.pem", "-www", "-quiet"], in: folder
    )
    defer { server.terminate() }
    let address = try #require(ModelAddress("https://localhost:\(port)/v1/chat/completions"))
    var failed: GatewayFailure? = .refused(host: "localhost")
    for _ in 0..<100 where failed == .refused(host: "localhost") {
      usleep(50_000)
      let client = ModelClient(ModelEndpoint(address: address, model: "m", seconds: 5))
      failed = Chat.failure { try client.ask(Chat.question) }
    }
    #expect(failed == .insecure(host: "localhost"))
  }

  private static func openssl(_ words: [String], in folder: URL) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = words
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }
}

extension ModelClient {
  func ask(_ messages: [ChatMessage]) throws -> String { try ask(messages) { $0 } }
}

/// A question, clients and answers of tests.
enum Chat {
  static let question = [ChatMessage(.system, "规则"), ChatMessage(.user, "《电话1》 说漫游扣了两次")]

  static func client(
    _ server: LocalServer, seconds: Int = 60, longest: Int = 1200, key: ModelEndpoint.KeySource? = nil,
    keyHeader: String = "Authorization", headers: [String: String] = [:],
    environment: @escaping @Sendable (String) -> String? = { _ in nil },
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) throws -> ModelClient {
    let address = try #require(ModelAddress(server.url))
    return ModelClient(
      ModelEndpoint(
        address: address, model: "care-1", key: key, keyHeader: keyHeader, headers: headers, seconds: seconds,
        longestAnswer: longest),
      environment: environment, now: now)
  }

  static func body(_ text: String, finish: String = "stop") -> String {
    let list = String(decoding: (try? JSONEncoder().encode([text])) ?? Data(), as: UTF8.self)
    let message = #"{"role":"assistant","content":\#(list.dropFirst().dropLast())}"#
    return #"{"id":"1","choices":[{"index":0,"message":\#(message),"finish_reason":"\#(finish)"}]}"#
  }

  static func failure(_ work: () throws -> String) -> GatewayFailure? {
    do {
      let text = try work()
      Issue.record("answered \(text)")
      return nil
    } catch {
      return error as? GatewayFailure
    }
  }
}

/// A number that a test and its server share.
final class Shared: @unchecked Sendable {
  private let lock = NSLock()
  private var stored: Int

  init(_ value: Int) { stored = value }

  var value: Int {
    get { lock.withLock { stored } }
    set { lock.withLock { stored = newValue } }
  }
}
