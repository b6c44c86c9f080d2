import CTerminal

/// Makes text from outside harmless: linear in the text, in one pass.
struct Sanitizer {
  private static let replacement: UInt32 = 0xFFFD
  private static let joiner: UInt32 = 0x200D

  /// Columns between tab stops; nil writes a tab as one space.
  private let tabStop: Int?
  private let recordsOffsets: Bool

  private(set) var output: [UInt8] = []
  private(set) var width = 0
  private(set) var isASCII = true
  /// Where the distance between output and source changes: output offset, source offset.
  private(set) var offsets: [(output: Int, source: Int)] = []

  private var marks = Cluster.maximumMarks
  private var base: UInt32 = 0
  private var joining = false

  init(tabStop: Int? = nil, recordsOffsets: Bool = false) {
    self.tabStop = tabStop
    self.recordsOffsets = recordsOffsets
  }

  static func isMark(_ scalar: UInt32) -> Bool {
    scalar >= 0x300 && Int(ct_treatment(scalar)) == CT_MARK
  }

  static func line(_ outside: String) -> SafeText {
    func sanitize(_ bytes: UnsafeBufferPointer<UInt8>) -> SafeText {
      if isPlain(bytes) { return SafeText(trusted: outside, width: bytes.count, isASCII: true) }
      var sanitizer = Sanitizer()
      sanitizer.append(bytes)
      return sanitizer.text
    }
    if let text = outside.utf8.withContiguousStorageIfAvailable(sanitize) { return text }
    return Array(outside.utf8).withUnsafeBufferPointer(sanitize)
  }

  var text: SafeText {
    SafeText(trusted: String(decoding: output, as: UTF8.self), width: width, isASCII: isASCII)
  }

  private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    for byte in bytes where byte < 0x20 || byte > 0x7E { return false }
    return true
  }

  /// `bytes` is valid UTF-8. `sourceStart` is where it begins in the text whose offsets are recorded.
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, sourceStart: Int = 0) {
    output.reserveCapacity(output.count + bytes.count)
    var offset = 0
    while offset < bytes.count {
      let start = offset
      // Nearly all text is runs of these two kinds, which go through as they are.
      if let last = Self.skipASCII(bytes, &offset) {
        copy(bytes[start..<offset], source: sourceStart + start, columns: offset - start, base: last)
        continue
      }
      if let last = Self.skipIdeographs(bytes, &offset) {
        copy(
          bytes[start..<offset], source: sourceStart + start, columns: (offset - start) / 3 * 2, base: last)
        isASCII = false
        continue
      }
      let scalar = UTF8Decoder.scalar(in: bytes, at: &offset)
      // A line break of two bytes is one.
      if scalar == 0x0D, offset < bytes.count, bytes[offset] == 0x0A { continue }
      take(scalar, source: sourceStart + start)
    }
  }

  /// Moves past printable ASCII and answers the last of it.
  private static func skipASCII(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int) -> UInt32? {
    let start = offset
    while offset < bytes.count, bytes[offset] >= 0x20, bytes[offset] < 0x7F { offset += 1 }
    return offset > start ? UInt32(bytes[offset - 1]) : nil
  }

  /// Moves past U+4E00 to U+9FFF and answers the last of them.
  private static func skipIdeographs(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int) -> UInt32? {
    let start = offset
    while offset + 2 < bytes.count, (0xE4...0xE9).contains(bytes[offset]),
      bytes[offset] > 0xE4 || bytes[offset + 1] >= 0xB8
    {
      offset += 3
    }
    guard offset > start else { return nil }
    var last = offset - 3
    return UTF8Decoder.scalar(in: bytes, at: &last)
  }

  private mutating func copy(
    _ run: Slice<UnsafeBufferPointer<UInt8>>, source: Int, columns: Int, base: UInt32
  ) {
    note(source: source)
    output.append(contentsOf: run)
    width += columns
    self.base = base
    marks = 0
    joining = false
  }

  private mutating func take(_ scalar: UInt32, source: Int) {
    let treatment = Int(ct_treatment(scalar))
    if joining {
      joining = false
      if Self.isPictograph(scalar) { return }
    }
    switch treatment {
    case CT_NARROW: emit(scalar, columns: 1, source: source)
    case CT_WIDE: emit(scalar, columns: 2, source: source)
    case CT_AMBIGUOUS: emit(scalar, columns: Int(ct_ambiguous_width()), source: source)
    case CT_MARK:
      if marks < Cluster.maximumMarks && base != 0 {
        marks += 1
        note(source: source)
        isASCII = false
        write(scalar)
      }
    case CT_DROP: joining = scalar == Self.joiner && Self.isPictograph(base)
    case CT_JAMO: compose(scalar, source: source)
    case CT_FLAG: emit(scalar - 0x1F1E6 + 0x41, columns: 1, source: source)
    case CT_TONE:
      if !Self.isPictograph(base) { emit(Self.replacement, columns: replacementColumns, source: source) }
    case CT_BREAK: emit(0x20, columns: 1, source: source)
    default:
      switch scalar {
      case 0x0A, 0x0B, 0x0C, 0x0D: emit(0x20, columns: 1, source: source)
      case 0x09:
        let columns = tabStop.map { $0 - width % $0 } ?? 1
        for _ in 0..<columns { emit(0x20, columns: 1, source: source) }
      default: emit(Self.replacement, columns: replacementColumns, source: source)
      }
    }
  }

  private var replacementColumns: Int { Int(ct_ambiguous_width()) }

  private mutating func emit(_ scalar: UInt32, columns: Int, source: Int) {
    note(source: source)
    if scalar >= 0x80 { isASCII = false }
    write(scalar)
    width += columns
    base = scalar
    marks = 0
  }

  private mutating func note(source: Int) {
    guard recordsOffsets else { return }
    if let last = offsets.last, output.count - last.output == source - last.source { return }
    offsets.append((output.count, source))
  }

  private mutating func write(_ scalar: UInt32) {
    if scalar < 0x80 {
      output.append(UInt8(scalar))
    } else if scalar < 0x800 {
      output.append(UInt8(0xC0 | scalar >> 6))
      output.append(UInt8(0x80 | scalar & 0x3F))
    } else if scalar < 0x10000 {
      output.append(UInt8(0xE0 | scalar >> 12))
      output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      output.append(UInt8(0x80 | scalar & 0x3F))
    } else {
      output.append(UInt8(0xF0 | scalar >> 18))
      output.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      output.append(UInt8(0x80 | scalar & 0x3F))
    }
  }

  /// Puts a conjoining vowel or final into the syllable before it (Unicode 3.12); alone it is not drawable,
  /// because terminals disagree about its columns.
  private mutating func compose(_ scalar: UInt32, source: Int) {
    var syllable: UInt32?
    if marks == 0 {
      if (0x1100...0x1112).contains(base), (0x1161...0x1175).contains(scalar) {
        syllable = 0xAC00 + ((base - 0x1100) * 21 + (scalar - 0x1161)) * 28
      } else if (0xAC00...0xD7A3).contains(base), (base - 0xAC00) % 28 == 0,
        (0x11A8...0x11C2).contains(scalar)
      {
        syllable = base + (scalar - 0x11A7)
      }
    }
    guard let syllable else { return emit(Self.replacement, columns: replacementColumns, source: source) }
    output.removeLast(3)
    write(syllable)
    base = syllable
  }

  /// What an emoji sequence is made of.
  private static func isPictograph(_ scalar: UInt32) -> Bool {
    (0x1F000...0x1FAFF).contains(scalar) || (0x2190...0x2BFF).contains(scalar)
  }
}

/// The paragraphs of a text from outside, one at a time.
struct ParagraphReader: Sendable {
  struct Paragraph {
    let text: SafeText
    /// Bytes of the source without the line break.
    let source: Range<Int>
    let offsets: [(output: Int, source: Int)]
  }

  static let tabStop = 4

  let bytes: [UInt8]
  private(set) var offset = 0
  private var finished = false
  private let recordsOffsets: Bool

  init(_ outside: String, recordsOffsets: Bool = false) {
    bytes = Array(outside.utf8)
    self.recordsOffsets = recordsOffsets
  }

  /// A text that ends in a line break has an empty last paragraph, as an editor shows it.
  mutating func next() -> Paragraph? {
    guard !finished else { return nil }
    let start = offset
    var end = start
    var after = start
    bytes.withUnsafeBufferPointer { bytes in
      while end < bytes.count {
        let length = Self.breakLength(bytes, at: end)
        if length > 0 {
          after = end + length
          return
        }
        end += 1
      }
      after = end
      finished = true
    }
    offset = after
    var sanitizer = Sanitizer(tabStop: Self.tabStop, recordsOffsets: recordsOffsets)
    bytes.withUnsafeBufferPointer { bytes in
      sanitizer.append(UnsafeBufferPointer(rebasing: bytes[start..<end]), sourceStart: start)
    }
    return Paragraph(text: sanitizer.text, source: start..<end, offsets: sanitizer.offsets)
  }

  @inline(__always)
  private static func breakLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    switch bytes[index] {
    case 0x0A, 0x0B, 0x0C: return 1
    case 0x0D: return index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
    case 0xC2: return index + 1 < bytes.count && bytes[index + 1] == 0x85 ? 2 : 0
    case 0xE2:
      guard index + 2 < bytes.count, bytes[index + 1] == 0x80 else { return 0 }
      return bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9 ? 3 : 0
    default: return 0
    }
  }
}
