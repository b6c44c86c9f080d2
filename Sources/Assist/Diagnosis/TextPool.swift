import Domain

/// Texts as numbers: two texts that differ in case, width and script alone have the same one.
final class TextPool {
  private var numbers: [String: Int64] = [:]
  private var folded: [[UInt8]: Int64] = [:]
  private(set) var bytes: [[UInt8]] = []
  private var shown: [String] = []

  func id(_ text: String) -> Int64 {
    if let known = numbers[text] { return known }
    let form = Self.fold(text)
    let number: Int64
    if let known = folded[form] {
      number = known
    } else {
      number = Int64(bytes.count)
      folded[form] = number
      bytes.append(form)
      shown.append(text)
    }
    numbers[text] = number
    return number
  }

  /// The text as it was first met.
  func text(_ number: Int64) -> String { shown[Int(number)] }

  /// Lower case, full-width forms as ASCII, simplified characters, white space as one blank, in UTF-8.
  static func fold(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x41...0x5A: result.append(UInt8(scalar.value + 0x20))
      case 0x21..<0x7F: result.append(UInt8(scalar.value))
      case 0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x3000:
        if result.last != 0x20, !result.isEmpty { result.append(0x20) }
      case 0xFF21...0xFF3A: result.append(UInt8(scalar.value - 0xFF21 + 0x61))
      case 0xFF01...0xFF5E: result.append(UInt8(scalar.value - 0xFEE0))
      case 0x4E00...0x9FFF:
        result.append(contentsOf: UTF8.encode(FoldedText.fold(scalar)) ?? UTF8.EncodedScalar())
      default: result.append(contentsOf: Array(String(scalar).lowercased().utf8))
      }
    }
    if result.last == 0x20 { result.removeLast() }
    return result
  }

  /// Whether `pattern` stands in `text`. UTF-8 never finds one character inside another.
  static func contains(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
    guard let first = pattern.first, pattern.count <= text.count else { return pattern.isEmpty }
    return text.withUnsafeBufferPointer { text in
      pattern.withUnsafeBufferPointer { pattern in
        var start = 0
        let last = text.count - pattern.count
        search: while start <= last {
          if text[start] != first {
            start += 1
            continue
          }
          for offset in pattern.indices where text[start + offset] != pattern[offset] {
            start += 1
            continue search
          }
          return true
        }
        return false
      }
    }
  }
}
