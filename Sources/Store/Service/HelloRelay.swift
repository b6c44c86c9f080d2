import CLink
import Domain
import Glibc

/// Carries a conversation between standard input and output and a server. Only the hello is looked at: the key's line in
/// `authorized_keys` says who it is, not the client.
package struct HelloRelay {
  let agent: AgentID?
  let input: Int32
  let output: Int32

  package init(agent: AgentID?, input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO) {
    self.agent = agent
    self.input = input
    self.output = output
  }

  /// Returns when either side has ended.
  package func run(to server: Int32) throws {
    var reader = WireReader(limit: WireFrame.largestHello)
    var isGreeted = false
    while true {
      var sources = [
        pollfd(fd: input, events: Int16(POLLIN), revents: 0),
        pollfd(fd: server, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&sources, 2, -1) >= 0 || errno == EINTR else { return }
      if sources[1].revents != 0 {
        guard let bytes = Self.read(server) else { return }
        if !bytes.isEmpty, !Self.write(bytes, to: output) { return }
      }
      guard sources[0].revents != 0 else { continue }
      guard let bytes = Self.read(input) else { return }
      if isGreeted {
        guard Self.write(bytes, to: server) else { return }
        continue
      }
      do {
        reader.append(bytes)
        guard let frame = try reader.next() else { continue }
        isGreeted = true
        guard Self.write(try named(frame).bytes + reader.rest, to: server) else { return }
      } catch let error as StoreError {
        tell(error)
        throw error
      }
    }
  }

  /// Says it to the desk as a fact: whatever stands on standard error here is in the language of this machine.
  package func tell(_ error: StoreError) {
    if let frame = try? WireFrame(.error, error) { _ = Self.write(frame.bytes, to: output) }
  }

  private func named(_ frame: WireFrame) throws -> WireFrame {
    guard frame.kind == .hello else { throw StoreError.wrongFrame(.order) }
    var hello: Hello = try frame.value()
    if let agent { hello.agent = agent }
    hello.via = "ssh"
    return try WireFrame(.hello, number: frame.number, hello)
  }

  /// Nil at the end.
  private static func read(_ descriptor: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return [] }
    return count > 0 ? Array(bytes[..<count]) : nil
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    RemoteStore.write(bytes, to: descriptor, seconds: 60)
  }
}
