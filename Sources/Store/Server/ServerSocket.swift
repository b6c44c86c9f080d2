import CLink
import Glibc

/// Where a server listens, and the signals that end it.
package enum ServerSocket {
  /// SIGTERM, SIGINT and SIGHUP as something that can be read. Before other threads begin, which would get them otherwise.
  package static func signals() -> Int32 { cl_signals() }

  /// The socket that systemd opened for this process (sd_listen_fds(3)), else one of our own at `path`.
  ///
  /// - Throws: `alreadyServed` when somebody answers there.
  package static func listen(at path: String, group: Bool, environment: (String) -> String?) throws -> (
    descriptor: Int32, isOurs: Bool
  ) {
    if let process = environment("LISTEN_PID").flatMap({ Int32($0) }), process == getpid(),
      let count = environment("LISTEN_FDS").flatMap({ Int($0) }), count >= 1
    {
      let first: Int32 = 3
      _ = fcntl(first, F_SETFD, FD_CLOEXEC)
      cl_nonblocking(first)
      return (first, false)
    }
    let descriptor = cl_listen(path, group ? 0o660 : 0o600)
    guard descriptor >= 0 else {
      throw errno == EADDRINUSE
        ? StoreError.alreadyServed(path: path)
        : StoreError.failed(path: path, detail: SystemFault.code())
    }
    return (descriptor, true)
  }

  /// Two ends of one stream.
  package static func pair() throws -> (near: Int32, far: Int32) {
    var ends: [Int32] = [-1, -1]
    guard cl_pair(&ends) == 0 else { throw StoreError.system(path: "socketpair") }
    return (ends[0], ends[1])
  }
}
