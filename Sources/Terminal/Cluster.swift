/// One drawn character: a spacing scalar and at most three combining marks.
///
/// Two words, so that a screen is one flat array that is compared and copied at memory speed. Three marks
/// are what fits, and below the five wide characters that the curses library takes for a cell.
package struct Cluster: Hashable, Sendable {
  static let scalarMask: UInt64 = 0x1F_FFFF
  static let widthShift: UInt64 = 21
  static let maximumMarks = 3

  /// Scalar in bits 0-20, width in bits 21-22.
  let glyph: UInt64
  /// Three marks of 21 bits, 0 for none.
  let marks: UInt64

  init(scalar: UInt32, width: Int, marks: UInt64 = 0) {
    glyph = UInt64(scalar) | UInt64(width) << Cluster.widthShift
    self.marks = marks
  }

  package static let space = Cluster(scalar: 0x20, width: 1)

  package var width: Int { Int(glyph >> Cluster.widthShift & 3) }

  package var scalars: [Unicode.Scalar] {
    var values = [UInt32(glyph & Cluster.scalarMask)]
    var rest = marks
    while rest != 0 {
      values.append(UInt32(rest & Cluster.scalarMask))
      rest >>= 21
    }
    return values.compactMap(Unicode.Scalar.init)
  }

  package var string: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}

/// Reads the clusters of sanitized UTF-8.
struct ClusterReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  /// Where the next cluster starts.
  private(set) var offset: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, from offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  @inline(__always)
  mutating func next() -> Cluster? {
    guard offset < bytes.count else { return nil }
    let first = bytes[offset]
    if first < 0x80 {
      offset += 1
      // Sanitized text has a mark only behind a byte that is not ASCII.
      if offset == bytes.count || bytes[offset] < 0x80 { return Cluster(scalar: UInt32(first), width: 1) }
      return Cluster(scalar: UInt32(first), width: 1, marks: readMarks())
    }
    let scalar = UTF8Decoder.scalar(in: bytes, at: &offset)
    let width = Width.of(Unicode.Scalar(scalar) ?? "\u{FFFD}")
    return Cluster(scalar: scalar, width: width, marks: readMarks())
  }

  private mutating func readMarks() -> UInt64 {
    var marks: UInt64 = 0
    var shift: UInt64 = 0
    while offset < bytes.count, bytes[offset] >= 0x80 {
      var after = offset
      let scalar = UTF8Decoder.scalar(in: bytes, at: &after)
      guard Sanitizer.isMark(scalar) else { break }
      marks |= UInt64(scalar) << shift
      shift += 21
      offset = after
    }
    return marks
  }
}

/// Decodes UTF-8 that is known to be valid.
enum UTF8Decoder {
  @inline(__always)
  static func scalar(in bytes: UnsafeBufferPointer<UInt8>, at offset: inout Int) -> UInt32 {
    let first = UInt32(bytes[offset])
    if first < 0x80 {
      offset += 1
      return first
    }
    if first < 0xE0 {
      let scalar = (first & 0x1F) << 6 | UInt32(bytes[offset + 1] & 0x3F)
      offset += 2
      return scalar
    }
    if first < 0xF0 {
      let scalar =
        (first & 0x0F) << 12 | UInt32(bytes[offset + 1] & 0x3F) << 6 | UInt32(bytes[offset + 2] & 0x3F)
      offset += 3
      return scalar
    }
    let high = (first & 0x07) << 18 | UInt32(bytes[offset + 1] & 0x3F) << 12
    let low = UInt32(bytes[offset + 2] & 0x3F) << 6 | UInt32(bytes[offset + 3] & 0x3F)
    offset += 4
    return high | low
  }
}
