import Domain
import Glibc

/// Texts that come as an argument or, for `-`, from standard input.
enum Input {
  static let longest = 4 << 20

  static func text(_ argument: String) throws -> String {
    guard argument == "-" else { return argument.replacing("\0", with: "\u{FFFD}") }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = read(STDIN_FILENO, &buffer, buffer.count)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw FileFailure(path: "-", code: errno) }
      if got == 0 { break }
      bytes += buffer[..<got]
      guard bytes.count <= longest else { throw CommandFailure.inputTooLong(limit: longest) }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw CommandFailure.notUTF8("-") }
    let whole = text.replacing("\0", with: "\u{FFFD}")
    return whole.hasSuffix("\n") ? String(whole.dropLast()) : whole
  }

  /// A file to read, or standard input for `-`; directories are refused here and not at the first read.
  static func open(_ path: String) throws -> Int32 {
    if path == "-" { return STDIN_FILENO }
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure(path: path, code: errno) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT != S_IFDIR else {
      Glibc.close(descriptor)
      throw FileFailure(path: path, code: EISDIR)
    }
    return descriptor
  }

  /// Bytes of a file that may be read whole.
  static func size(_ path: String) -> Int {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
  }
}

/// `FIELD=VALUE`.
struct Assignment {
  var name: String
  var value: String

  init(_ text: String) throws {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw CommandFailure.notAssignment(text)
    }
    name = String(text[..<equals])
    value = String(text[text.index(after: equals)...])
  }
}

/// The value of an option that is one of a few words.
func oneOf<Value: RawRepresentable & CaseIterable>(_ option: String, _ text: String, _: Value.Type) throws
  -> Value
where Value.RawValue == String {
  guard let value = Value(rawValue: text) else {
    throw CommandFailure.invalid(option: option, value: text, allowed: Value.allCases.map(\.rawValue))
  }
  return value
}

extension Ticket.Priority {
  private static let names = ["urgent": Self.urgent, "high": .high, "normal": .normal, "low": .low]

  var name: String { Self.names.first { $0.value == self }?.key ?? "normal" }

  init(option text: String) throws {
    guard let priority = Self.names[text] else {
      throw CommandFailure.invalid(
        option: "--priority", value: text, allowed: ["urgent", "high", "normal", "low"])
    }
    self = priority
  }
}
