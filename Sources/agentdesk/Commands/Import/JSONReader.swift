/// Reads one JSON value as RFC 8259 says, and says where it stops being one.
///
/// Foundation's reader takes a key that is given twice and loses one of them, and cannot tell `true` from `1` on every
/// platform; an import must do neither.
struct JSONReader {
  struct Failure: Error, Hashable {
    /// From 1, in bytes.
    var column: Int
    var reason: Reason
  }

  enum Reason: String, Hashable {
    case unexpectedEnd, unexpectedCharacter, notUTF8, badEscape, badNumber, nestedTooDeeply, keyTwice,
      moreAfterwards
  }

  private static let deepest = 32

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  static func read(_ bytes: [UInt8]) throws(Failure) -> JSON {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw Failure(column: 1, reason: .notUTF8) }
    let result = bytes.withUnsafeBufferPointer { buffer -> Result<JSON, Failure> in
      var reader = JSONReader(bytes: buffer)
      do throws(Failure) {
        return .success(try reader.whole())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private mutating func whole() throws(Failure) -> JSON {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw failure(.moreAfterwards) }
    return value
  }

  private func failure(_ reason: Reason) -> Failure {
    Failure(column: min(position, bytes.count) + 1, reason: position >= bytes.count ? .unexpectedEnd : reason)
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private mutating func value(depth: Int) throws(Failure) -> JSON {
    skipSpace()
    guard position < bytes.count else { throw failure(.unexpectedEnd) }
    switch bytes[position] {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), 0x30...0x39: return try number()
    default: throw failure(.unexpectedCharacter)
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(Failure) -> JSON {
    for index in 0..<word.utf8CodeUnitCount {
      guard position < bytes.count, bytes[position] == word.utf8Start[index] else {
        throw failure(.unexpectedCharacter)
      }
      position += 1
    }
    return value
  }

  private mutating func object(depth: Int) throws(Failure) -> JSON {
    guard depth < Self.deepest else { throw failure(.nestedTooDeeply) }
    position += 1
    var pairs: [JSON.Pair] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    while true {
      skipSpace()
      let start = position
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
        throw failure(.unexpectedCharacter)
      }
      let key = try string()
      if pairs.contains(where: { $0.key == key }) { throw Failure(column: start + 1, reason: .keyTwice) }
      // Keys are compared one by one: nothing here has many.
      guard pairs.count < 1000 else { throw failure(.unexpectedCharacter) }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure(.unexpectedCharacter) }
      pairs.append(JSON.Pair(key, try value(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(pairs) }
      guard take(UInt8(ascii: ",")) else { throw failure(.unexpectedCharacter) }
    }
  }

  private mutating func array(depth: Int) throws(Failure) -> JSON {
    guard depth < Self.deepest else { throw failure(.nestedTooDeeply) }
    position += 1
    var items: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array([]) }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(items) }
      guard take(UInt8(ascii: ",")) else { throw failure(.unexpectedCharacter) }
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func number() throws(Failure) -> JSON {
    let start = position
    _ = take(UInt8(ascii: "-"))
    let isZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
    guard digits() > 0 else { throw failure(.badNumber) }
    if isZero, position - start > (bytes[start] == UInt8(ascii: "-") ? 2 : 1) { throw failure(.badNumber) }
    if take(UInt8(ascii: ".")) {
      guard digits() > 0 else { throw failure(.badNumber) }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard digits() > 0 else { throw failure(.badNumber) }
    }
    return .number(String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self))
  }

  private mutating func digits() -> Int {
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    return position - start
  }

  private mutating func string() throws(Failure) -> String {
    position += 1
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\""),
      bytes[position] != UInt8(ascii: "\\"),
      bytes[position] >= 0x20
    {
      position += 1
    }
    guard position < bytes.count else { throw failure(.unexpectedEnd) }
    if bytes[position] == UInt8(ascii: "\"") {
      let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
      position += 1
      return text
    }
    var text = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        return String(decoding: text, as: UTF8.self)
      }
      guard byte >= 0x20 else { throw failure(.unexpectedCharacter) }
      position += 1
      if byte == UInt8(ascii: "\\") {
        text += UTF8.encode(try escape()).unsafelyUnwrapped
      } else {
        text.append(byte)
      }
    }
    throw failure(.unexpectedEnd)
  }

  private mutating func escape() throws(Failure) -> Unicode.Scalar {
    guard position < bytes.count else { throw failure(.unexpectedEnd) }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try unit()
      if let scalar = Unicode.Scalar(first) { return scalar }
      // Half of a pair alone is no character.
      guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
        throw failure(.badEscape)
      }
      let second = try unit()
      guard (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      else { throw failure(.badEscape) }
      return scalar
    default:
      position -= 1
      throw failure(.badEscape)
    }
  }

  private mutating func unit() throws(Failure) -> UInt32 {
    guard position + 4 <= bytes.count else { throw failure(.badEscape) }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
        throw failure(.badEscape)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
