import Glibc

/// Where a shared store is: `file:PATH`, `file:///PATH` or a bare path; `unix:PATH`, the socket of a served store;
/// `ssh://[user@]host[:port][/path]`. `~/` is the home folder.
package enum StoreLocation: Hashable, Sendable, CustomStringConvertible {
  /// Absolute.
  case file(String)
  /// Absolute.
  case unix(String)
  case ssh(SecureShellAddress)

  package init(_ address: String) throws(StoreError) {
    if address.hasPrefix("unix:") {
      self = .unix(try Self.absolute(Self.withoutSlashes(address.dropFirst(5)), of: address))
    } else if address.hasPrefix("ssh://") {
      guard let target = SecureShellAddress(address.dropFirst(6)) else { throw .unsupportedAddress(address) }
      self = .ssh(target)
    } else if address.hasPrefix("file:") {
      self = .file(try Self.absolute(Self.withoutSlashes(address.dropFirst(5)), of: address))
    } else {
      if let colon = address.firstIndex(of: ":"), !address[..<colon].contains("/"),
        address[..<colon].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "+" }),
        address[colon...].hasPrefix("://") || ["unix", "ssh"].contains(address[..<colon].lowercased())
      {
        throw .unsupportedAddress(address)
      }
      self = .file(try Self.absolute(Substring(address), of: address))
    }
  }

  /// The path of a store that is a file, for commands that work on the file itself.
  ///
  /// - Throws: `notAFile` for every other address.
  package static func file(at address: String) throws(StoreError) -> String {
    guard case .file(let path) = try StoreLocation(address) else { throw .notAFile(address: address) }
    return path
  }

  package var description: String {
    switch self {
    case .file(let path): "file:\(path)"
    case .unix(let path): "unix:\(path)"
    case .ssh(let target): "ssh://\(target)"
    }
  }

  private static func withoutSlashes(_ path: Substring) -> Substring {
    path.hasPrefix("//") ? path.dropFirst(2) : path
  }

  private static func absolute(_ path: Substring, of address: String) throws(StoreError) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .unsupportedAddress(address) }
    var path = String(path)
    if path.hasPrefix("~/"), let home = getenv("HOME") { path = String(cString: home) + path.dropFirst(1) }
    if !path.hasPrefix("/"), let folder = getcwd(nil, 0) {
      path = String(cString: folder) + "/" + path
      free(folder)
    }
    return path
  }
}

/// The part of an ssh address behind `ssh://`. Nothing in it can be taken for an option of ssh or for a command of a shell.
package struct SecureShellAddress: Hashable, Sendable, CustomStringConvertible {
  package var user: String?
  package var host: String
  package var port: Int?
  /// The store's file on that host, where nobody serves it or the key's line does not say.
  package var path: String?

  init?(_ text: Substring) {
    var rest = text
    if let slash = rest.firstIndex(of: "/") {
      let path = String(rest[slash...])
      rest = rest[..<slash]
      guard path.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0 != "'" && $0.value != 0x7F }) else {
        return nil
      }
      if path != "/" { self.path = path }
    }
    if let at = rest.lastIndex(of: "@") {
      let user = String(rest[..<at])
      rest = rest[rest.index(after: at)...]
      guard Self.isPlain(user, also: "._-") else { return nil }
      self.user = user
    }
    if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
      host = String(rest[rest.index(after: rest.startIndex)..<end])
      guard Self.isPlain(host, also: ":.%") else { return nil }
      rest = rest[rest.index(after: end)...]
    } else {
      let end = rest.firstIndex(of: ":") ?? rest.endIndex
      host = String(rest[..<end])
      guard Self.isPlain(host, also: ".-_") else { return nil }
      rest = rest[end...]
    }
    guard !rest.isEmpty else { return }
    guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
    self.port = Int(port)
  }

  private static func isPlain(_ text: String, also marks: String) -> Bool {
    !text.isEmpty && !text.hasPrefix("-")
      && text.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
          || marks.unicodeScalars.contains(scalar)
      }
  }

  package var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return (user.map { "\($0)@" } ?? "") + name + (port.map { ":\($0)" } ?? "") + (path ?? "")
  }
}
