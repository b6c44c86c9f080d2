import Glibc

/// Where a shared store is: `file:PATH`, `file:///PATH` or a bare path; `~/` is the home folder.
package struct StoreLocation: Hashable, Sendable, CustomStringConvertible {
  /// Absolute.
  package let path: String

  package init(_ address: String) throws(StoreError) {
    var path = Substring(address)
    if address.hasPrefix("file:") {
      path = path.dropFirst(5)
      if path.hasPrefix("//") { path = path.dropFirst(2) }
    } else if let colon = address.firstIndex(of: ":"), !address[..<colon].contains("/"),
      address[..<colon].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "+" }),
      address[colon...].hasPrefix("://") || ["unix", "ssh"].contains(address[..<colon].lowercased())
    {
      throw .unsupportedAddress(address)
    }
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .unsupportedAddress(address) }
    if path.hasPrefix("~/"), let home = getenv("HOME") {
      path = String(cString: home) + path.dropFirst(1)
    }
    if !path.hasPrefix("/"), let folder = getcwd(nil, 0) {
      path = String(cString: folder) + "/" + path
      free(folder)
    }
    self.path = String(path)
  }

  package var description: String { "file:\(path)" }
}
