/// Reads the part of YAML that catalogues of strings and themes are written in: nested mappings of texts, one entry a line,
/// plain or quoted, and `|` blocks. It answers nil for everything else, and the whole parser then decides.
///
/// It exists because every start of the program reads a catalogue, and the whole parser takes five times as long.
enum FlatYAML {
  /// Texts by dotted key.
  static func parse(_ bytes: [UInt8]) -> [String: String]? {
    bytes.withUnsafeBufferPointer { buffer in
      var reader = FlatReader(bytes: buffer)
      return reader.read()
    }
  }
}

private struct FlatReader {
  let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var texts: [String: String] = [:]
  /// The open mappings: how far their keys are indented, and the length of `prefix` before them.
  private var levels: [(indentation: Int, prefixLength: Int)] = []
  private var prefix: [UInt8] = []
  /// Every key that opened a mapping.
  private var mappings: Set<String> = []
  /// Whether the line before was a key without a value: a deeper line then belongs to it.
  private var opensMapping = false

  init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    texts.reserveCapacity(bytes.count / 40)
  }

  mutating func read() -> [String: String]? {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
    while position < bytes.count {
      let start = position
      let end = lineEnd(from: position)
      position = min(end + 1, bytes.count)
      var first = start
      while first < end, bytes[first] == 0x20 { first += 1 }
      if first == end || bytes[first] == UInt8(ascii: "#") { continue }
      guard entry(from: first, to: trimmedEnd(first, end), indentation: first - start) else { return nil }
    }
    return opensMapping ? nil : texts
  }

  private func lineEnd(from start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] != 0x0A { index += 1 }
    return index
  }

  private func trimmedEnd(_ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x0D { end -= 1 }
    return end
  }

  private mutating func entry(from start: Int, to end: Int, indentation: Int) -> Bool {
    var colon = start
    while colon < end, isKeyByte(bytes[colon]) { colon += 1 }
    guard colon > start, colon < end, bytes[colon] == UInt8(ascii: ":") else { return false }
    let isDeeper = levels.last.map { indentation > $0.indentation } ?? true
    // A key without a value that nothing follows is empty, and a deeper line after a text would continue it.
    guard isDeeper == opensMapping || levels.isEmpty else { return false }
    if isDeeper {
      guard !levels.isEmpty || indentation == 0 else { return false }
      levels.append((indentation, prefix.count))
    } else {
      while let last = levels.last, last.indentation > indentation { levels.removeLast() }
      guard let level = levels.last, level.indentation == indentation else { return false }
      prefix.removeLast(prefix.count - level.prefixLength)
    }
    opensMapping = false
    prefix.append(contentsOf: bytes[start..<colon])
    var value = colon + 1
    let key = String(decoding: prefix, as: UTF8.self)
    if value == end {
      guard texts[key] == nil, mappings.insert(key).inserted else { return false }
      prefix.append(UInt8(ascii: "."))
      opensMapping = true
      return levels.count < 32
    }
    guard bytes[value] == 0x20 else { return false }
    while value < end, bytes[value] == 0x20 { value += 1 }
    guard let text = text(from: value, to: end, indentation: indentation) else { return false }
    return !mappings.contains(key) && texts.updateValue(text, forKey: key) == nil
  }

  private func isKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }

  private mutating func text(from start: Int, to end: Int, indentation: Int) -> String? {
    switch bytes[start] {
    case UInt8(ascii: "\""): return doubleQuoted(from: start + 1, to: end)
    case UInt8(ascii: "'"): return singleQuoted(from: start + 1, to: end)
    case UInt8(ascii: "|"): return end == start + 1 ? block(indentation: indentation) : nil
    // What begins something else than a plain text.
    case let byte where "[]{}&*!>%@`,?#~-:".utf8.contains(byte): return nil
    default: return plain(from: start, to: end)
    }
  }

  private func plain(from start: Int, to end: Int) -> String? {
    for index in start..<end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "#"), bytes[index - 1] == 0x20 { return nil }
      if byte == UInt8(ascii: ":"), index + 1 == end || bytes[index + 1] == 0x20 { return nil }
      if byte < 0x20 { return nil }
    }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
    return text == "null" ? nil : text
  }

  private func singleQuoted(from start: Int, to end: Int) -> String? {
    guard end > start, bytes[end - 1] == UInt8(ascii: "'") else { return nil }
    var result: [UInt8] = []
    var index = start
    while index < end - 1 {
      if bytes[index] == UInt8(ascii: "'") {
        guard index + 1 < end - 1, bytes[index + 1] == UInt8(ascii: "'") else { return nil }
        index += 1
      }
      result.append(bytes[index])
      index += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  private func doubleQuoted(from start: Int, to end: Int) -> String? {
    guard end > start, bytes[end - 1] == UInt8(ascii: "\"") else { return nil }
    var result: [UInt8] = []
    var index = start
    while index < end - 1 {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") { return nil }
      if byte == UInt8(ascii: "\\") {
        guard index + 1 < end - 1 else { return nil }
        index += 1
        switch bytes[index] {
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): result.append(bytes[index])
        default: return nil
        }
      } else {
        result.append(byte)
      }
      index += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The lines of a `|` block: deeper than its key, without that indentation, ended by one line break.
  private mutating func block(indentation: Int) -> String? {
    var result: [UInt8] = []
    var depth: Int?
    while position < bytes.count {
      let start = position
      let end = lineEnd(from: start)
      var first = start
      while first < end, bytes[first] == 0x20 { first += 1 }
      if trimmedEnd(start, end) == start {
        if let depth, first - start > depth { return nil }
        result.append(0x0A)
      } else {
        if first - start <= indentation { break }
        let wanted = depth ?? (first - start)
        depth = wanted
        guard first - start >= wanted else { return nil }
        let last = end > start && bytes[end - 1] == 0x0D ? end - 1 : end
        result.append(contentsOf: bytes[(start + wanted)..<last])
        result.append(0x0A)
      }
      // Without a line break at its end the last line ends the text without one.
      guard end < bytes.count else { return nil }
      position = end + 1
    }
    guard depth != nil, result.first != 0x0A else { return nil }
    while result.count >= 2, result.last == 0x0A, result[result.count - 2] == 0x0A { result.removeLast() }
    return String(decoding: result, as: UTF8.self)
  }
}
