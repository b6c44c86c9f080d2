import Domain
import Glibc

/// Errors of the system as codes that mean the same in every language: sentences are made where they are read. `strerror` speaks
/// the language of the machine on which it is called.
package enum SystemFault {
  private static let names: [Int32: String] = [
    EACCES: "EACCES", EADDRINUSE: "EADDRINUSE", ECONNREFUSED: "ECONNREFUSED", ECONNRESET: "ECONNRESET",
    EHOSTUNREACH: "EHOSTUNREACH", EINVAL: "EINVAL", EIO: "EIO", EISDIR: "EISDIR", EMFILE: "EMFILE",
    ENAMETOOLONG: "ENAMETOOLONG", ENOENT: "ENOENT", ENOMEM: "ENOMEM", ENOSPC: "ENOSPC", ENOTDIR: "ENOTDIR",
    EPERM: "EPERM", EPIPE: "EPIPE", EROFS: "EROFS", ETIMEDOUT: "ETIMEDOUT",
  ]

  /// `ECONNREFUSED`, or `errno 71` for what has no words here.
  package static func code(_ number: Int32 = errno) -> String { names[number] ?? "errno \(number)" }

  /// Every code that has words in the catalogues.
  static var codes: [String] { names.values.sorted() }
}

extension StringCatalogue {
  /// The words for a code of `SystemFault`; everything else is shown as it is.
  package func reason(_ code: String) -> String {
    contains("error.system.\(code)") ? self("error.system.\(code)") : code
  }
}
