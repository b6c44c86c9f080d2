import CTransfer
import Domain
import Glibc
import Synchronization

/// Asks a language model. One question at a time; the connection is kept for the next one.
///
/// `ask` waits, so that it belongs on a thread of its own; `cancel` may come from any thread.
package final class ModelClient: Sendable {
  private struct State {
    var line: OpaquePointer?
    var breaker = CircuitBreaker()
    var isAsking = false
  }

  package let endpoint: ModelEndpoint
  private let environment: @Sendable (String) -> String?
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  package init(
    _ endpoint: ModelEndpoint,
    environment: @escaping @Sendable (String) -> String? = { name in
      getenv(name).map { String(cString: $0) }
    },
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.endpoint = endpoint
    self.environment = environment
    self.now = now
  }

  deinit {
    if let line = state.withLock({ $0.line }) { tr_close(line) }
  }

  /// What `ask` would send, byte by byte.
  package func body(_ messages: [ChatMessage]) -> [UInt8] { ChatExchange.question(messages, endpoint) }

  /// What keeps a question from being asked at all; to be looked at before anything is recorded as sent.
  package func check() throws(GatewayFailure) {
    if let seconds = state.withLock({ $0.breaker.seconds(at: now()) }) { throw .resting(seconds: seconds) }
    if let source = endpoint.key { _ = try KeyReader.read(source, environment: environment) }
    guard tr_is_there() != 0 else { throw .libraryMissing }
  }

  /// What `reading` makes of the text that the model answers, of at most `longestAnswer` characters. An answer that `reading`
  /// throws away is as good as none.
  ///
  /// - Parameter isWanted: asked when nothing has left yet and `cancel` reaches the question from then on.
  package func ask<Value>(
    _ messages: [ChatMessage], isWanted: () -> Bool = { true }, reading: (String) throws -> Value
  ) throws -> Value {
    do {
      let value = try reading(exchange(messages, isWanted))
      state.withLock { $0.breaker.succeeded() }
      return value
    } catch {
      if (error as? GatewayFailure)?.countsAgainstEndpoint ?? true {
        state.withLock { $0.breaker.failed(at: now()) }
      }
      throw error
    }
  }

  /// What is being asked now ends at once; nothing happens where nothing is asked.
  package func cancel() {
    state.withLock { state in
      guard state.isAsking, let line = state.line else { return }
      tr_cancel(line)
    }
  }

  private func exchange(_ messages: [ChatMessage], _ isWanted: () -> Bool) throws(GatewayFailure) -> String {
    try check()
    let headers = try headers()
    let line = try begin()
    defer { state.withLock { $0.isAsking = false } }
    guard isWanted() else { throw .cancelled }
    let body = body(messages)
    var answer = tr_answer()
    let end = post(body, headers: headers, line, &answer)
    defer { tr_release(&answer) }
    if let failure = failure(end) { throw failure }
    guard answer.status == 200 else { throw refusal(&answer) }
    let bytes = Array(UnsafeRawBufferPointer(start: answer.body, count: answer.count))
    return try ChatExchange.answer(bytes, longest: endpoint.longestAnswer)
  }

  private func begin() throws(GatewayFailure) -> OpaquePointer {
    let line = state.withLock { state -> OpaquePointer? in
      if state.line == nil { state.line = tr_open() }
      guard let line = state.line else { return nil }
      tr_ready(line)
      state.isAsking = true
      return line
    }
    guard let line else { throw .libraryMissing }
    return line
  }

  private func headers() throws(GatewayFailure) -> [String] {
    var headers = ["Content-Type: application/json", "Accept: application/json", "User-Agent: AgentDesk"]
    if let source = endpoint.key {
      let key = try KeyReader.read(source, environment: environment)
      let isBearer = endpoint.keyHeader.lowercased() == "authorization"
      headers.append("\(endpoint.keyHeader): \(isBearer ? "Bearer " : "")\(key)")
    }
    return headers + endpoint.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
  }

  private func post(
    _ body: [UInt8], headers: [String], _ line: OpaquePointer, _ answer: inout tr_answer
  ) -> tr_end {
    let copies = headers.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { UnsafePointer($0) }
    return endpoint.address.text.withCString { url in
      pointers.withUnsafeBufferPointer { list in
        body.withUnsafeBytes { bytes in
          var request = tr_request(
            url: url, headers: list.baseAddress, header_count: list.count,
            body: bytes.bindMemory(to: CChar.self).baseAddress, body_count: bytes.count,
            milliseconds: endpoint.seconds * 1000, limit: endpoint.bodyLimit,
            is_direct: endpoint.address.isLocal ? 1 : 0)
          return tr_post(line, &request, &answer)
        }
      }
    }
  }

  private func failure(_ end: tr_end) -> GatewayFailure? {
    switch end {
    case TR_DONE: nil
    case TR_NO_LIBRARY: .libraryMissing
    case TR_NO_MEMORY: .outOfMemory
    case TR_CANCELLED: .cancelled
    case TR_TIMED_OUT: .timedOut(seconds: endpoint.seconds)
    case TR_UNKNOWN_HOST: .unknownHost(endpoint.address.host)
    case TR_REFUSED: .refused(host: endpoint.address.host)
    case TR_INSECURE: .insecure(host: endpoint.address.host)
    case TR_TOO_LARGE: .tooLarge
    case TR_PACKED: .packed
    default: .broken
    }
  }

  private func refusal(_ answer: inout tr_answer) -> GatewayFailure {
    switch answer.status {
    case 300..<400:
      let location = withUnsafeBytes(of: &answer.location) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      return .redirected(host: ModelAddress(location)?.host)
    case 401, 403: return .notAuthorized
    case 429: return .tooMany
    default: return .status(answer.status)
    }
  }
}
