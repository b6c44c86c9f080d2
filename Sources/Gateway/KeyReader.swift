import Domain
import Glibc

/// Reads the key where the settings say it lies. It goes into one header and nowhere else.
struct KeyReader {
  private static let longest = 4096

  static func read(
    _ source: ModelEndpoint.KeySource, environment: (String) -> String?
  ) throws(GatewayFailure) -> String {
    let text: String
    switch source {
    case .variable(let name): text = environment(name) ?? ""
    case .file(let path): text = try file(path, source)
    }
    let key = text.drop(while: \.isWhitespace)
    let trimmed = String(key.reversed().drop(while: \.isWhitespace).reversed())
    guard !trimmed.isEmpty else { throw .keyMissing(source) }
    // A line break would begin another header.
    guard trimmed.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), trimmed.utf8.count <= longest else {
      throw .keyUnusable(source)
    }
    return trimmed
  }

  private static func file(_ path: String, _ source: ModelEndpoint.KeySource) throws(GatewayFailure)
    -> String
  {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .keyMissing(source) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { throw .keyMissing(source) }
    guard facts.st_mode & 0o007 == 0 else { throw .keyExposed(path: path) }
    var bytes = [UInt8](repeating: 0, count: longest + 3)
    var count = 0
    while count < bytes.count {
      let taken = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count)
      }
      guard taken > 0 else { break }
      count += taken
    }
    guard let text = String(validating: bytes[..<count], as: UTF8.self) else { throw .keyUnusable(source) }
    return text
  }
}
