import Domain
import TestSupport
import Testing

@testable import Gateway

/// What no honest server sends, and some do.
struct BadAnswer: Sendable, CustomTestStringConvertible {
  var name: String
  var steps: [LocalServer.Step]
  var failure: GatewayFailure

  init(_ name: String, _ steps: [LocalServer.Step], _ failure: GatewayFailure) {
    self.name = name
    self.steps = steps
    self.failure = failure
  }

  var testDescription: String { name }

  private static let ok = "HTTP/1.1 200 OK\r\n"
  private static let kilobytes = [UInt8](repeating: 0x20, count: 8192)

  private static func refusing(_ status: String, _ header: String) -> [LocalServer.Step] {
    [.answer(status, "", headers: [header])]
  }

  static let carried: [BadAnswer] = [
    BadAnswer("cut off in the body", [.text(ok + "Content-Length: 500\r\n\r\n{\"cho"), .hangUp], .broken),
    BadAnswer(
      "cut off in a chunk", [.text(ok + "Transfer-Encoding: chunked\r\n\r\nff\r\n{"), .hangUp], .broken),
    BadAnswer("hung up", [.hangUp], .broken),
    BadAnswer("no HTTP", [.text("SSH-2.0-OpenSSH_9.2\r\n"), .hangUp], .broken),
    BadAnswer("endless", [.text(ok + "\r\n"), .sendForever(kilobytes)], .tooLarge),
    BadAnswer("huge", [.text(ok + "Content-Length: 900000000\r\n\r\n"), .sendForever(kilobytes)], .tooLarge),
    BadAnswer(
      "endless head",
      [.text(ok), .sendForever(Array("X-A: \(String(repeating: "b", count: 900))\r\n".utf8))], .tooLarge),
    BadAnswer("packed", refusing("200 OK", "Content-Encoding: gzip"), .packed),
    BadAnswer("packed otherwise", refusing("200 OK", "content-encoding:br"), .packed),
    BadAnswer(
      "led elsewhere", refusing("302 Found", "Location: https://evil.example/v1/chat"),
      .redirected(host: "evil.example")),
    BadAnswer(
      "led to a file", refusing("307 Temporary Redirect", "Location: file:///etc/passwd"),
      .redirected(host: nil)),
    BadAnswer("not modified", [.text("HTTP/1.1 304 Not Modified\r\n\r\n")], .redirected(host: nil)),
    BadAnswer("key refused", [.answer("401 Unauthorized", #"{"error":"bad key sk-1"}"#)], .notAuthorized),
    BadAnswer("forbidden", refusing("403 Forbidden", "X-Key: sk-1"), .notAuthorized),
    BadAnswer("too many", refusing("429 Too Many Requests", "Retry-After: 60"), .tooMany),
    BadAnswer("server error", [.answer("500 Internal Server Error", Chat.body("但有文字"))], .status(500)),
    BadAnswer("nothing", [.text("HTTP/1.1 204 No Content\r\n\r\n")], .status(204)),
  ]

  private static let toolCall =
    #"{"choices":[{"message":{"content":null,"tool_calls":[{}]},"finish_reason":"tool_calls"}]}"#
  private static let gbk =
    Array((ok + "Content-Length: 45\r\n\r\n{\"choices\":[{\"message\":{\"content\":\"").utf8) + [0xC4, 0xE3]
    + Array("\"}}]}     ".utf8)

  static let said: [BadAnswer] = [
    BadAnswer("empty", [.answer("")], .notAnAnswer),
    BadAnswer(
      "HTML",
      [.answer("200 OK", "<html>Welcome to nginx</html>", headers: ["Content-Type: text/html"])], .notAnAnswer
    ),
    BadAnswer("no choices", [.answer(#"{"choices":[]}"#)], .notAnAnswer),
    BadAnswer("a tool", [.answer(toolCall)], .notAnAnswer),
    BadAnswer("a number", [.answer(#"{"choices":[{"message":{"content":5}}]}"#)], .notAnAnswer),
    BadAnswer("a list", [.answer("[1,2,3]")], .notAnAnswer),
    BadAnswer("events", [.answer("data: {\"choices\":[]}\n\n")], .notAnAnswer),
    BadAnswer("half of it", [.answer(String(Chat.body("好").dropLast(5)))], .notAnAnswer),
    BadAnswer("a nest", [.answer(String(repeating: "[", count: 30_000))], .notAnAnswer),
    BadAnswer("GBK", [.send(gbk)], .notAnAnswer),
    BadAnswer(
      "UTF-16", [.send(Array((ok + "Content-Length: 4\r\n\r\n").utf8) + [0xFF, 0xFE, 0x7B, 0])], .notAnAnswer),
    BadAnswer("cut short", [.answer(Chat.body("写到一半", finish: "length"))], .cutShort),
    BadAnswer("too long", [.answer(Chat.body(String(repeating: "长", count: 1201)))], .cutShort),
  ]
}

@Suite struct `Answers that are none` {
  @Test(arguments: BadAnswer.carried + BadAnswer.said)
  func `why is said, and nothing of what came`(_ bad: BadAnswer) throws {
    let server = LocalServer { _ in bad.steps }
    let client = try Chat.client(server, seconds: 4, key: .variable("K"), environment: { _ in "sk-1" })
    let failure = Chat.failure { try client.ask(Chat.question) }
    #expect(failure == bad.failure)
    #expect(!"\(String(describing: failure))".contains("sk-1"))
    #expect(server.received.count == 1)
  }
}

@Suite struct `Addresses of language models` {
  @Test(arguments: [
    "https://models.example.com/v1/chat/completions", "HTTPS://Models.example.com:8443/v1",
    "http://127.0.0.1:8080/v1", "http://localhost/v1", "http://[::1]:11434/v1", "https://10.0.0.7/x?y=1",
  ]) func `a host with a path is one`(_ text: String) {
    #expect(ModelAddress(text) != nil)
  }

  @Test(arguments: [
    "", "models.example.com", "ftp://h/x", "https://", "https:///x", "https://host", "https://user:pw@host/x",
    "https://host/x#y", "https://ho st/x", "https://host:0/x", "https://host:99999/x", "https://host:/x",
    "https://host\r\nX: y/x", "https://主机/x", "file:///etc/passwd", "https://[zz]/x", "https://-oX/x",
    "https://host\\@evil/x", "javascript:alert(1)",
  ]) func `anything else is none`(_ text: String) {
    #expect(ModelAddress(text) == nil)
  }

  @Test func `only this machine is this machine`() {
    for text in ["http://127.0.0.1/x", "http://127.8.9.1:80/x", "http://LOCALHOST/x", "http://[::1]/x"] {
      #expect(ModelAddress(text)?.isLocal == true)
    }
    for text in [
      "http://127.0.0.1.evil.com/x", "http://localhost.evil.com/x", "http://128.0.0.1/x", "http://127.1/x",
      "http://127.0.0.300/x", "http://0.0.0.0/x",
    ] {
      #expect(ModelAddress(text)?.isLocal == false)
    }
  }
}
