/// A JSON value with its keys in the order in which they were put: output is stable, and a line of input is checked key by
/// key.
enum JSON: Hashable {
  case object([Pair])
  case array([JSON])
  case text(String)
  /// As it is written.
  case number(String)
  case flag(Bool)
  case null

  struct Pair: Hashable {
    var key: String
    var value: JSON

    init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }
  }
}

// MARK: - Making

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral {
  init(dictionaryLiteral pairs: (String, JSON)...) { self = .object(pairs.map { Pair($0.0, $0.1) }) }
  init(stringLiteral text: String) { self = .text(text) }

  init(_ text: String?) { self = text.map(JSON.text) ?? .null }
  init(_ number: some BinaryInteger) { self = .number(String(number)) }
  init(_ flag: Bool) { self = .flag(flag) }
  init<Number: BinaryInteger>(_ number: Number?) { self = number.map { .number(String($0)) } ?? .null }

  subscript(key: String) -> JSON? {
    guard case .object(let pairs) = self else { return nil }
    return pairs.first { $0.key == key }?.value
  }

  var text: String? {
    if case .text(let text) = self { return text }
    return nil
  }

  func adding(_ pairs: [Pair]) -> JSON {
    guard case .object(let own) = self else { return self }
    return .object(own + pairs)
  }

  /// Four decimals, which is enough for a share and for microseconds.
  static func real(_ value: Double) -> JSON {
    guard value.isFinite, abs(value) < 1e12 else { return .null }
    let scaled = Int64((value * 10_000).rounded())
    let fraction = String(scaled.magnitude % 10_000)
    let digits = String(repeating: "0", count: 4 - fraction.utf8.count) + fraction
    return .number("\(scaled < 0 ? "-" : "")\(scaled.magnitude / 10_000).\(digits)")
  }
}

// MARK: - Writing

extension JSON: CustomStringConvertible {
  /// One line.
  var description: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  func write(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .flag(let flag): bytes += (flag ? "true" : "false").utf8
    case .number(let digits): bytes += digits.utf8
    case .text(let text): Self.write(text, to: &bytes)
    case .array(let items):
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        item.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let pairs):
      bytes.append(UInt8(ascii: "{"))
      for (index, pair) in pairs.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(pair.key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        pair.value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: bytes += "\\\"".utf8
      case 0x5C: bytes += "\\\\".utf8
      case 0x0A: bytes += "\\n".utf8
      case 0x09: bytes += "\\t".utf8
      case 0x0D: bytes += "\\r".utf8
      // Controls, and marks that turn a line around on a terminal that shows it.
      case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
        let digits = String(scalar.value, radix: 16)
        bytes += "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8
      default: bytes += UTF8.encode(scalar).unsafelyUnwrapped
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension JSON {
  /// The same object with another value of a key.
  func replacing(_ key: String, _ value: JSON) -> JSON {
    guard case .object(var pairs) = self, let index = pairs.firstIndex(where: { $0.key == key }) else {
      return self
    }
    pairs[index].value = value
    return .object(pairs)
  }
}
