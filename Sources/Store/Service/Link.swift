import CLink
import Foundation
import Glibc
import Synchronization

/// A stream to a served store, and what has to end with it.
package protocol Link: Sendable {
  /// Connects, which may take a while.
  ///
  /// - Throws: `unreachable`.
  func open() throws -> LinkEnd
}

/// One open stream. The descriptor is closed when nobody has it any more: another thread may be waiting for it.
package final class LinkEnd: Sendable {
  package let descriptor: Int32
  private let end: @Sendable () -> String?
  private let isCut = Atomic(false)

  /// - Parameter end: called once when the stream ends; the last words of a program that was in between, if any.
  package init(descriptor: Int32, end: @escaping @Sendable () -> String? = { nil }) {
    self.descriptor = descriptor
    self.end = end
  }

  deinit {
    cut()
    Glibc.close(descriptor)
  }

  @discardableResult
  func cut() -> String? {
    guard !isCut.exchange(true, ordering: .acquiringAndReleasing) else { return nil }
    shutdown(descriptor, Int32(SHUT_RDWR))
    return end()
  }
}

/// The socket of a store that this host serves.
package struct UnixLink: Link {
  let path: String

  package init(path: String) { self.path = path }

  package func open() throws -> LinkEnd {
    let descriptor = cl_connect(path)
    guard descriptor >= 0 else {
      throw StoreError.unreachable(address: "unix:\(path)", detail: SystemFault.code())
    }
    return LinkEnd(descriptor: descriptor)
  }
}

/// The system's `ssh`, with the protocol on its standard input and output.
package struct SecureShellLink: Link {
  let target: SecureShellAddress
  /// The program and the words before the address; `AGENTDESK_SSH` replaces `ssh`.
  let command: [String]

  package init(_ target: SecureShellAddress, command: [String] = ["ssh"]) {
    self.target = target
    self.command = command
  }

  /// No terminal, no question that nobody would see, no forwarding; a host that is gone is noticed within 45 s.
  var words: [String] {
    var words =
      command + [
        "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=15", "-o",
        "ServerAliveCountMax=3", "-o", "ClearAllForwardings=yes",
      ]
    if let port = target.port { words += ["-p", "\(port)"] }
    if let user = target.user { words += ["-l", user] }
    words += ["--", target.host, "agentdesk store connect"]
    if let path = target.path { words[words.count - 1] += " --store 'file:\(path)'" }
    return words
  }

  package func open() throws -> LinkEnd {
    let address = "ssh://\(target)"
    func failure(_ number: Int32) -> StoreError {
      .unreachable(address: address, detail: SystemFault.code(number))
    }
    var ends: [Int32] = [-1, -1]
    guard cl_pair(&ends) == 0 else { throw failure(errno) }
    defer { Glibc.close(ends[1]) }
    var errors: [Int32] = [-1, -1]
    guard pipe(&errors) == 0 else {
      Glibc.close(ends[0])
      throw failure(errno)
    }
    for end in errors { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    cl_nonblocking(errors[0])
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for word in arguments { free(word) } }
    let process = cl_spawn(&arguments, ends[1], errors[1])
    let number = errno
    Glibc.close(errors[1])
    guard process > 0 else {
      Glibc.close(ends[0])
      Glibc.close(errors[0])
      throw failure(number)
    }
    let said = errors[0]
    return LinkEnd(descriptor: ends[0]) { Self.end(process, said: said) }
  }

  /// Waits for the program, which ends when its input does; answers the last line that it wrote to standard error.
  private static func end(_ process: pid_t, said: Int32) -> String? {
    var status: Int32 = 0
    var isGone = false
    for _ in 0..<20 {
      isGone = waitpid(process, &status, WNOHANG) != 0
      if isGone { break }
      usleep(50_000)
    }
    if !isGone {
      kill(process, SIGKILL)
      waitpid(process, &status, 0)
    }
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let count = read(said, &buffer, buffer.count)
    Glibc.close(said)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count], as: UTF8.self).split(whereSeparator: \.isNewline).last {
      !$0.allSatisfy(\.isWhitespace)
    }.map { String($0.prefix(200)) }
  }
}
