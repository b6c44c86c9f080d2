/// A screen or a part of it, in character columns and rows. Never negative.
package struct Size: Hashable, Sendable {
  package var columns: Int
  package var rows: Int

  package init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  package static let zero = Size(columns: 0, rows: 0)
}

/// A cell position. Column 0, row 0 is the upper left corner.
package struct Point: Hashable, Sendable {
  package var column: Int
  package var row: Int

  package init(column: Int, row: Int) {
    self.column = column
    self.row = row
  }

  package static let zero = Point(column: 0, row: 0)

  package func offset(columns: Int = 0, rows: Int = 0) -> Point {
    Point(column: column + columns, row: row + rows)
  }
}

package struct Rect: Hashable, Sendable {
  package var origin: Point
  package var size: Size

  package init(origin: Point, size: Size) {
    self.origin = origin
    self.size = size
  }

  package init(column: Int, row: Int, columns: Int, rows: Int) {
    origin = Point(column: column, row: row)
    size = Size(columns: columns, rows: rows)
  }

  /// The whole of a screen.
  package init(_ size: Size) {
    origin = .zero
    self.size = size
  }

  package var columns: Int { size.columns }
  package var rows: Int { size.rows }
  package var minColumn: Int { origin.column }
  package var minRow: Int { origin.row }
  /// The column after the last one.
  package var maxColumn: Int { origin.column + size.columns }
  /// The row after the last one.
  package var maxRow: Int { origin.row + size.rows }
  package var isEmpty: Bool { size.columns == 0 || size.rows == 0 }

  package func contains(_ point: Point) -> Bool {
    point.column >= minColumn && point.column < maxColumn && point.row >= minRow && point.row < maxRow
  }

  package func intersection(_ other: Rect) -> Rect {
    let column = max(minColumn, other.minColumn)
    let row = max(minRow, other.minRow)
    return Rect(
      column: column, row: row,
      columns: min(maxColumn, other.maxColumn) - column, rows: min(maxRow, other.maxRow) - row)
  }

  /// The inside of a frame of the given thickness; empty where nothing is left.
  package func inset(columns: Int = 1, rows: Int = 1) -> Rect {
    Rect(
      column: origin.column + min(columns, size.columns), row: origin.row + min(rows, size.rows),
      columns: size.columns - 2 * columns, rows: size.rows - 2 * rows)
  }

  /// A part of `columns` at the left, and what remains. A part is never larger than the whole.
  package func splitLeft(_ columns: Int) -> (part: Rect, rest: Rect) {
    let taken = min(max(0, columns), size.columns)
    return (
      Rect(origin: origin, size: Size(columns: taken, rows: size.rows)),
      Rect(
        origin: origin.offset(columns: taken), size: Size(columns: size.columns - taken, rows: size.rows))
    )
  }

  package func splitRight(_ columns: Int) -> (part: Rect, rest: Rect) {
    let (rest, part) = splitLeft(size.columns - min(max(0, columns), size.columns))
    return (part, rest)
  }

  package func splitTop(_ rows: Int) -> (part: Rect, rest: Rect) {
    let taken = min(max(0, rows), size.rows)
    return (
      Rect(origin: origin, size: Size(columns: size.columns, rows: taken)),
      Rect(origin: origin.offset(rows: taken), size: Size(columns: size.columns, rows: size.rows - taken))
    )
  }

  package func splitBottom(_ rows: Int) -> (part: Rect, rest: Rect) {
    let (rest, part) = splitTop(size.rows - min(max(0, rows), size.rows))
    return (part, rest)
  }

  /// The `index`-th row of the rectangle, one row high.
  package func row(_ index: Int) -> Rect {
    Rect(column: origin.column, row: origin.row + index, columns: size.columns, rows: 1).intersection(self)
  }
}
