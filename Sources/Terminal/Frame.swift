/// A piece of text with its style.
package struct Span: Hashable, Sendable {
  package var text: SafeText
  package var style: Style

  package init(_ text: SafeText, _ style: Style = .text) {
    self.text = text
    self.style = style
  }
}

/// What a screen shows: a value that a view builds, a test reads and a driver draws.
///
/// Invariants: a wide cluster always has its right half; nothing outside `clip` changes; drawing outside the
/// frame is allowed and does nothing.
package struct Frame: Equatable, Sendable {
  package let size: Size
  /// Where the terminal's own cursor stands, nil when hidden. Input methods place their candidates there.
  package var cursor: Point?
  /// Row by row, `size.columns` each.
  package private(set) var cells: [Cell]
  /// Drawing changes only this part.
  package private(set) var clip: Rect

  package init(size: Size) {
    self.size = size
    cells = Array(repeating: .blank, count: size.columns * size.rows)
    clip = Rect(size)
  }

  package var bounds: Rect { Rect(size) }

  package subscript(column: Int, row: Int) -> Cell { cells[row * size.columns + column] }

  /// The plain text of a row, with trailing spaces.
  package func text(row: Int) -> String {
    guard row >= 0 && row < size.rows else { return "" }
    return cells[row * size.columns..<(row + 1) * size.columns].map(\.string).joined()
  }
}

// MARK: - Drawing

extension Frame {
  /// Draws only inside `rect` while `body` runs.
  package mutating func clipped(to rect: Rect, _ body: (inout Frame) -> Void) {
    let saved = clip
    clip = clip.intersection(rect)
    body(&self)
    clip = saved
  }

  /// Draws `text` from `at` to the right, at most `limit` columns of it, and answers the columns used: those
  /// that the text takes, also where the clip hides them. A wide character is never split: where only half
  /// of it is visible a space is drawn.
  @discardableResult
  package mutating func put(_ text: SafeText, at: Point, style: Style = .text, limit: Int? = nil) -> Int {
    let end = at.column + (limit.map { max(0, $0) } ?? (clip.maxColumn - at.column))
    var column = at.column
    guard at.row >= clip.minRow && at.row < clip.maxRow else {
      return min(text.width, max(0, end - at.column))
    }
    text.forEachCluster { cluster in
      guard column + cluster.width <= end else {
        if limit == nil && column < end { column = set(.space, column: column, row: at.row, style: style) }
        return false
      }
      column = set(cluster, column: column, row: at.row, style: style)
      return true
    }
    return column - at.column
  }

  @discardableResult
  package mutating func put(spans: [Span], at: Point, limit: Int? = nil) -> Int {
    var used = 0
    for span in spans {
      used += put(
        span.text, at: at.offset(columns: used), style: span.style, limit: limit.map { max(0, $0 - used) })
    }
    return used
  }

  /// Blanks a part and gives it a style.
  package mutating func fill(_ rect: Rect, style: Style = .text) {
    fill(rect, with: .space, style: style)
  }

  /// Gives a part another style and leaves its text. A wide character has one style: that of its left half.
  package mutating func restyle(_ rect: Rect, _ change: (Style) -> Style) {
    let part = rect.intersection(clip)
    guard !part.isEmpty else { return }
    for row in part.minRow..<part.maxRow {
      for column in part.minColumn..<part.maxColumn {
        let index = row * size.columns + column
        guard !cells[index].isRightHalf else { continue }
        let style = change(cells[index].style)
        if cells[index].width == 2 {
          guard column + 1 < clip.maxColumn else { continue }
          cells[index + 1].style = style
        }
        cells[index].style = style
      }
    }
  }

  package mutating func hline(at: Point, columns: Int, style: Style = Style(.border)) {
    fill(
      Rect(column: at.column, row: at.row, columns: columns, rows: 1), with: Lines.current.horizontal,
      style: style)
  }

  package mutating func vline(at: Point, rows: Int, style: Style = Style(.border)) {
    fill(
      Rect(column: at.column, row: at.row, columns: 1, rows: rows), with: Lines.current.vertical, style: style
    )
  }

  /// A single-line box; the title stands in the upper edge. Answers the inside.
  @discardableResult
  package mutating func box(
    _ rect: Rect, title: SafeText? = nil, style: Style = Style(.border), titleStyle: Style = Style(.title)
  ) -> Rect {
    guard rect.columns >= 2 && rect.rows >= 2 else { return rect.inset() }
    let lines = Lines.current
    let right = rect.maxColumn - 1
    let bottom = rect.maxRow - 1
    hline(at: rect.origin.offset(columns: 1), columns: rect.columns - 2, style: style)
    hline(at: Point(column: rect.minColumn + 1, row: bottom), columns: rect.columns - 2, style: style)
    vline(at: rect.origin.offset(rows: 1), rows: rect.rows - 2, style: style)
    vline(at: Point(column: right, row: rect.minRow + 1), rows: rect.rows - 2, style: style)
    putLine(lines.upperLeft, rect.minColumn, rect.minRow, style)
    putLine(lines.upperRight, right, rect.minRow, style)
    putLine(lines.lowerLeft, rect.minColumn, bottom, style)
    putLine(lines.lowerRight, right, bottom, style)
    if let title, !title.isEmpty, rect.columns > 4 {
      let shown = title.truncated(toColumns: rect.columns - 4)
      put(" " + shown + " ", at: rect.origin.offset(columns: 1), style: titleStyle, limit: rect.columns - 2)
    }
    return rect.inset()
  }

  /// A T piece where a line inside a box meets its edge.
  package mutating func junction(_ junction: Junction, at: Point, style: Style = Style(.border)) {
    let lines = Lines.current
    let cluster =
      switch junction {
      case .left: lines.left
      case .right: lines.right
      case .top: lines.top
      case .bottom: lines.bottom
      case .cross: lines.cross
      }
    putLine(cluster, at.column, at.row, style)
  }

  package enum Junction: Sendable { case left, right, top, bottom, cross }

  private mutating func putLine(_ cluster: Cluster, _ column: Int, _ row: Int, _ style: Style) {
    guard row >= clip.minRow && row < clip.maxRow else { return }
    _ = set(cluster, column: column, row: row, style: style)
  }

  private mutating func fill(_ rect: Rect, with cluster: Cluster, style: Style) {
    let part = rect.intersection(clip)
    guard !part.isEmpty else { return }
    let cell = Cell(cluster, style)
    for row in part.minRow..<part.maxRow {
      let start = row * size.columns
      separate(column: part.minColumn, row: row)
      separate(column: part.maxColumn, row: row)
      for column in part.minColumn..<part.maxColumn { cells[start + column] = cell }
    }
  }

  /// Writes one cluster and answers the column after it. `row` is inside the clip.
  @inline(__always)
  private mutating func set(_ cluster: Cluster, column: Int, row: Int, style: Style) -> Int {
    let next = column + cluster.width
    guard next > clip.minColumn && column < clip.maxColumn else { return next }
    let start = row * size.columns
    if cluster.width == 1 {
      separate(column: column, row: row)
      separate(column: column + 1, row: row)
      cells[start + column] = Cell(cluster, style)
    } else if column >= clip.minColumn && next <= clip.maxColumn {
      separate(column: column, row: row)
      separate(column: next, row: row)
      cells[start + column] = Cell(cluster, style)
      cells[start + column + 1] = .rightHalf(style)
    } else {
      let visible = max(column, clip.minColumn)
      separate(column: visible, row: row)
      separate(column: visible + 1, row: row)
      cells[start + visible] = Cell(.space, style)
    }
    return next
  }

  /// Makes the border before `column` free of a wide cluster: its halves become spaces.
  @inline(__always)
  private mutating func separate(column: Int, row: Int) {
    guard column > 0 && column < size.columns else { return }
    let index = row * size.columns + column
    guard cells[index].isRightHalf else { return }
    cells[index - 1] = Cell(.space, cells[index - 1].style)
    cells[index] = Cell(.space, cells[index].style)
  }
}

/// The characters of lines and boxes.
struct Lines {
  let horizontal, vertical, upperLeft, upperRight, lowerLeft, lowerRight: Cluster
  let left, right, top, bottom, cross: Cluster

  private init(_ characters: StaticString) {
    var clusters = characters.description.unicodeScalars.map { Cluster(scalar: $0.value, width: 1) }[...]
    func take() -> Cluster { clusters.removeFirst() }
    horizontal = take()
    vertical = take()
    upperLeft = take()
    upperRight = take()
    lowerLeft = take()
    lowerRight = take()
    left = take()
    right = take()
    top = take()
    bottom = take()
    cross = take()
  }

  private static let drawn = Lines("─│┌┐└┘├┤┬┴┼")
  private static let ascii = Lines("-|+++++++++")

  /// Where ambiguous characters are wide, line drawing is, too, and no box would close.
  static var current: Lines { Width.ambiguousIsWide ? ascii : drawn }
}
