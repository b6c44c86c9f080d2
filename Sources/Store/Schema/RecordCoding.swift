import Domain

/// Writes the columns that nothing sorts or filters by into one compact blob: fields in a fixed order, without names.
///
/// The format grows at its end only. An older program ignores what follows the fields it knows; a newer one reads nil,
/// zero or an empty list where an older one stopped.
struct RecordWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ value: Int64) {
    // Zigzag: small negative numbers stay short.
    var rest = UInt64(bitPattern: value << 1) ^ UInt64(bitPattern: value >> 63)
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func put(_ value: Int) { put(Int64(value)) }
  mutating func put(_ value: Bool) { put(value ? 1 : 0 as Int64) }

  mutating func put(_ value: String) {
    var value = value
    value.withUTF8 { text in
      put(Int64(text.count))
      bytes.append(contentsOf: text)
    }
  }

  mutating func put(_ value: [UInt8]) {
    put(Int64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func put(_ value: Int64?) {
    put(value != nil)
    if let value { put(value) }
  }

  mutating func put(_ value: String?) {
    put(value != nil)
    if let value { put(value) }
  }

  mutating func put(_ value: Timestamp) { put(value.milliseconds) }
  mutating func put(_ value: Timestamp?) { put(value?.milliseconds) }
  mutating func put(_ value: CivilDate) { put(Int64(value.daysSinceEpoch)) }
  mutating func put(_ value: CivilDate?) { put(value.map { Int64($0.daysSinceEpoch) }) }
  mutating func put(_ value: Money) { put(value.cents) }
  mutating func put<Subject>(_ value: Identifier<Subject>) { put(value.text) }
  mutating func put<Subject>(_ value: Identifier<Subject>?) { put(value?.text) }

  mutating func put(_ values: [String]) {
    put(values.count)
    for value in values { put(value) }
  }

  /// In the order of the keys, so that equal values have equal bytes.
  mutating func put(_ values: [String: String]) {
    put(values.count)
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      put(key)
      put(value)
    }
  }
}

/// Reads what `RecordWriter` wrote. Damaged bytes never crash it: it answers defaults and sets `isDamaged`.
struct RecordReader {
  private let bytes: UnsafeRawBufferPointer
  private var index = 0
  private(set) var isDamaged = false

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func int() -> Int64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return Int64(bitPattern: result >> 1) ^ -Int64(bitPattern: result & 1) }
      shift += 7
      if shift > 63 { break }
    }
    if shift > 0 { isDamaged = true }
    return 0
  }

  /// For whoever reads a record inside this one and finds it damaged.
  mutating func setDamaged() { isDamaged = true }

  mutating func bool() -> Bool { int() != 0 }

  mutating func text() -> String {
    guard let range = range() else { return "" }
    return String(decoding: bytes[range], as: UTF8.self)
  }

  mutating func data() -> [UInt8] {
    guard let range = range() else { return [] }
    return Array(bytes[range])
  }

  private mutating func range() -> Range<Int>? {
    let count = int()
    guard count > 0 else { return nil }
    guard count <= Int64(bytes.count - index) else {
      isDamaged = true
      index = bytes.count
      return nil
    }
    defer { index += Int(count) }
    return index..<index + Int(count)
  }

  mutating func optionalInt() -> Int64? { bool() ? int() : nil }
  mutating func optionalText() -> String? { bool() ? text() : nil }
  mutating func moment() -> Timestamp { Timestamp(milliseconds: int()) }
  mutating func optionalMoment() -> Timestamp? { optionalInt().map(Timestamp.init(milliseconds:)) }
  mutating func date() -> CivilDate { Self.date(int()) }
  static func date(_ days: Int64) -> CivilDate { CivilDate(daysSinceEpoch: bounded(days)) }
  mutating func optionalDate() -> CivilDate? {
    optionalInt().map { CivilDate(daysSinceEpoch: Self.bounded($0)) }
  }
  mutating func money() -> Money { Money(cents: int()) }
  mutating func key<Subject>() -> Identifier<Subject> { Identifier(text()) }
  mutating func optionalKey<Subject>() -> Identifier<Subject>? { optionalText().map { Identifier($0) } }

  mutating func texts() -> [String] {
    var result: [String] = []
    for _ in 0..<count() { result.append(text()) }
    return result
  }

  mutating func dictionary() -> [String: String] {
    var result: [String: String] = [:]
    for _ in 0..<count() {
      let key = text()
      result[key] = text()
    }
    return result
  }

  /// How many items follow; no more than bytes are left, whatever a damaged number says.
  mutating func count() -> Int {
    let count = int()
    guard count >= 0, count <= Int64(bytes.count - index) else {
      isDamaged = true
      return 0
    }
    return Int(count)
  }

  /// Day numbers far outside the calendar would overflow its arithmetic.
  private static func bounded(_ days: Int64) -> Int { Int(min(max(days, -1_000_000), 3_000_000)) }
}
