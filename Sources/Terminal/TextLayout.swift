/// A long text from outside, wrapped only as far as somebody looks: a message of a megabyte costs what is
/// on the screen. Also maps between places in the text and places on the screen, for carets.
package struct TextLayout: Sendable {
  package struct Line: Sendable {
    package let text: SafeText
    /// UTF-8 offsets in the source: from the first character to the start of the next line, without the
    /// line break.
    package let source: Range<Int>
    /// The line begins a paragraph of the source.
    package let startsParagraph: Bool
  }

  package let columns: Int
  /// The lines known so far.
  package private(set) var known: [Line] = []
  /// All lines are known.
  package private(set) var isComplete = false

  private var reader: ParagraphReader
  private var paragraph: PendingParagraph?

  private struct PendingParagraph: Sendable {
    let bytes: [UInt8]
    let source: Range<Int>
    let offsets: [(output: Int, source: Int)]
    let isASCII: Bool
    var breaker: LineBreaker
    var isFirst = true

    /// The source offset of a sanitized offset.
    func source(of output: Int) -> Int {
      if output >= bytes.count { return source.upperBound }
      var low = 0
      var high = offsets.count
      while high - low > 1 {
        let middle = (low + high) / 2
        if offsets[middle].output <= output { low = middle } else { high = middle }
      }
      return low < offsets.count ? offsets[low].source + output - offsets[low].output : source.lowerBound
    }
  }

  package init(_ outside: String, columns: Int) {
    self.columns = max(1, columns)
    reader = ParagraphReader(outside, recordsOffsets: true)
  }

  /// The lines of `range` that exist; wraps no further than its end.
  package mutating func lines(_ range: Range<Int>) -> ArraySlice<Line> {
    advance(toLines: range.upperBound)
    let end = min(range.upperBound, known.count)
    return known[min(range.lowerBound, end)..<end]
  }

  /// Wraps everything and answers the number of lines.
  @discardableResult
  package mutating func finish() -> Int {
    advance(toLines: .max)
    return known.count
  }

  private mutating func advance(toLines count: Int) {
    while known.count < count && !isComplete { wrapNext() }
  }

  private mutating func wrapNext() {
    if paragraph == nil {
      guard let next = reader.next() else {
        isComplete = true
        return
      }
      paragraph = PendingParagraph(
        bytes: Array(next.text.string.utf8), source: next.source, offsets: next.offsets,
        isASCII: next.text.isASCII, breaker: LineBreaker(columns: columns))
    }
    guard var current = paragraph else { return }
    let start = current.breaker.offset
    let piece = current.bytes.withUnsafeBufferPointer { current.breaker.next(in: $0) }
    guard let piece else {
      paragraph = nil
      return
    }
    let text = SafeText(
      trusted: String(decoding: current.bytes[piece.drawn], as: UTF8.self), width: piece.width,
      isASCII: current.isASCII)
    let first = current.isFirst ? current.source.lowerBound : current.source(of: start)
    known.append(
      Line(text: text, source: first..<current.source(of: piece.end), startsParagraph: current.isFirst))
    current.isFirst = false
    paragraph = current
  }
}

// MARK: - Carets

extension TextLayout {
  /// Where the caret stands that is before the UTF-8 `offset` of the source.
  package mutating func position(ofOffset offset: Int) -> Point {
    while !isComplete, known.last.map({ $0.source.upperBound <= offset }) ?? true { wrapNext() }
    var low = 0
    var high = known.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if known[middle].source.lowerBound <= offset { low = middle } else { high = middle }
    }
    guard low < known.count else { return .zero }
    let line = known[low]
    let end = min(max(offset, line.source.lowerBound), line.source.upperBound)
    return Point(column: min(drawnWidth(line.source.lowerBound..<end), columns), row: low)
  }

  /// The UTF-8 offset of the character at or after a place on the screen; the end of the line beyond it.
  package mutating func offset(at point: Point) -> Int {
    advance(toLines: max(0, point.row) + 1)
    guard point.row >= 0 else { return 0 }
    guard point.row < known.count else { return reader.bytes.count }
    let line = known[point.row]
    let isLast = point.row + 1 >= known.count || known[point.row + 1].startsParagraph
    let slice = reader.bytes[line.source]
    var offset = line.source.lowerBound
    for character in String(decoding: slice, as: UTF8.self) {
      let next = offset + character.utf8.count
      if drawnWidth(line.source.lowerBound..<next) > point.column { return offset }
      // Behind the last character of a wrapped line is the start of the next one.
      if !isLast && next >= line.source.upperBound { return offset }
      offset = next
    }
    return line.source.upperBound
  }

  private func drawnWidth(_ range: Range<Int>) -> Int {
    var sanitizer = Sanitizer(tabStop: ParagraphReader.tabStop)
    reader.bytes.withUnsafeBufferPointer {
      sanitizer.append(UnsafeBufferPointer(rebasing: $0[range]))
    }
    return sanitizer.width
  }
}
