/// One line of text that can be drawn: the only text a `Frame` accepts.
///
/// Invariants: no control, bidirectional, zero-width, private or unassigned scalar; every cluster is one
/// spacing scalar of one or two columns and at most three marks; sanitizing it again changes nothing; joining
/// two of them needs no further look.
package struct SafeText: Sendable {
  /// The drawn characters, as text for a log or a test.
  package let string: String
  /// Columns.
  package let width: Int
  let isASCII: Bool

  init(trusted string: String, width: Int, isASCII: Bool) {
    self.string = string
    self.width = width
    self.isASCII = isASCII
  }

  package static let empty = SafeText(trusted: "", width: 0, isASCII: true)

  /// Text from outside as one line: line breaks and tabs become a space, format characters go, and what no
  /// terminal should get is shown as U+FFFD.
  package init(_ outside: String) {
    self = Sanitizer.line(outside)
  }

  /// Bytes from outside; what is not UTF-8 is shown as U+FFFD.
  package init(bytes: some Sequence<UInt8>) {
    self = Sanitizer.line(String(decoding: Array(bytes), as: UTF8.self))
  }

  /// Text that the program itself carries.
  package init(literal: StaticString) {
    self = Sanitizer.line(literal.description)
  }

  /// The lines of a text from outside; tabs reach to the next multiple of four columns.
  package static func lines(_ outside: String) -> [SafeText] {
    var sanitizer = ParagraphReader(outside)
    var lines: [SafeText] = []
    while let paragraph = sanitizer.next() { lines.append(paragraph.text) }
    return lines
  }

  package var isEmpty: Bool { width == 0 }

  package var clusters: [Cluster] {
    var found: [Cluster] = []
    found.reserveCapacity(width)
    forEachCluster { cluster in
      found.append(cluster)
      return true
    }
    return found
  }

  /// Calls `body` for each cluster until it answers false.
  @inline(__always)
  package func forEachCluster(_ body: (Cluster) -> Bool) {
    withUTF8 { bytes in
      var reader = ClusterReader(bytes)
      while let cluster = reader.next() {
        if !body(cluster) { return }
      }
    }
  }

  func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = string.utf8.withContiguousStorageIfAvailable(body) { return result }
    return Array(string.utf8).withUnsafeBufferPointer(body)
  }
}

extension SafeText: Hashable {
  // Swift compares strings by canonical equivalence; a screen compares what is drawn.
  package static func == (left: SafeText, right: SafeText) -> Bool {
    guard left.width == right.width else { return false }
    return left.withUTF8 { first in right.withUTF8 { first.elementsEqual($0) } }
  }

  package func hash(into hasher: inout Hasher) {
    withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension SafeText: ExpressibleByStringInterpolation {
  /// Literal and interpolated text go through the sanitizer like any other.
  package init(stringLiteral value: String) {
    self = Sanitizer.line(value)
  }
}

extension SafeText: CustomStringConvertible {
  package var description: String { string }
}

// MARK: - Joining and cutting

extension SafeText {
  package static func + (left: SafeText, right: SafeText) -> SafeText {
    SafeText(
      trusted: left.string + right.string, width: left.width + right.width,
      isASCII: left.isASCII && right.isASCII)
  }

  package static func += (left: inout SafeText, right: SafeText) { left = left + right }

  package static func spaces(_ columns: Int) -> SafeText {
    let count = max(0, columns)
    return SafeText(trusted: String(repeating: " ", count: count), width: count, isASCII: true)
  }

  /// The clusters that fit in `columns`. A wide character that would be cut is left out.
  package func prefix(columns: Int) -> SafeText {
    if width <= columns { return self }
    return slice(from: 0, columns: columns)
  }

  /// What remains after the first `columns`; a wide character that is cut becomes a space.
  package func dropping(columns: Int) -> SafeText {
    if columns <= 0 { return self }
    if columns >= width { return .empty }
    return slice(from: columns, columns: width - columns)
  }

  private func slice(from skip: Int, columns: Int) -> SafeText {
    if columns <= 0 { return .empty }
    return withUTF8 { bytes in
      var reader = ClusterReader(bytes)
      var column = 0
      var start = 0
      var padding = 0
      while column < skip, let cluster = reader.next() {
        column += cluster.width
        start = reader.offset
      }
      padding = column - skip
      var taken = padding
      var end = start
      while let cluster = reader.next() {
        if taken + cluster.width > columns { break }
        taken += cluster.width
        end = reader.offset
      }
      let body = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
      return SafeText(
        trusted: padding == 0 ? body : " " + body, width: taken, isASCII: isASCII)
    }
  }

  /// At most `columns` wide; where something was cut, the ellipsis ends the text.
  package func truncated(toColumns columns: Int, ellipsis: SafeText = "…") -> SafeText {
    if width <= columns { return self }
    if columns <= ellipsis.width { return prefix(columns: columns) }
    return prefix(columns: columns - ellipsis.width) + ellipsis
  }

  package enum Alignment: Sendable { case leading, trailing, center }

  /// Filled with spaces to `columns`; a longer text stays as it is.
  package func padded(toColumns columns: Int, alignment: Alignment = .leading) -> SafeText {
    let missing = columns - width
    if missing <= 0 { return self }
    switch alignment {
    case .leading: return self + .spaces(missing)
    case .trailing: return .spaces(missing) + self
    case .center: return .spaces(missing / 2) + self + .spaces(missing - missing / 2)
    }
  }

  /// Exactly `columns` wide: truncated or padded.
  package func fitted(toColumns columns: Int, alignment: Alignment = .leading) -> SafeText {
    truncated(toColumns: columns).padded(toColumns: columns, alignment: alignment)
  }

  /// Broken to lines of at most `columns`: at spaces between Latin words, anywhere between Chinese characters
  /// except before closing and after opening punctuation. At least one line.
  package func wrapped(columns: Int) -> [SafeText] {
    if width <= columns { return [self] }
    return withUTF8 { bytes in
      var breaker = LineBreaker(columns: columns)
      var lines: [SafeText] = []
      while let piece = breaker.next(in: bytes) {
        lines.append(
          SafeText(
            trusted: String(decoding: UnsafeBufferPointer(rebasing: bytes[piece.drawn]), as: UTF8.self),
            width: piece.width, isASCII: isASCII))
      }
      return lines
    }
  }
}

extension Sequence<SafeText> {
  package func joined(separator: SafeText = .empty) -> SafeText {
    var parts: [String] = []
    var width = 0
    var isASCII = true
    for part in self {
      if !parts.isEmpty { width += separator.width }
      parts.append(part.string)
      width += part.width
      isASCII = isASCII && part.isASCII
    }
    return SafeText(
      trusted: parts.joined(separator: separator.string), width: width,
      isASCII: isASCII && (separator.isASCII || parts.count < 2))
  }
}
