import Terminal
import Testing

@Suite struct `Geometry` {
  @Test func `a split gives back the whole and never more`() {
    let whole = Rect(column: 3, row: 2, columns: 10, rows: 5)
    for columns in -2...12 {
      let (left, rest) = whole.splitLeft(columns)
      #expect(left.columns + rest.columns == 10)
      #expect(left.maxColumn == rest.minColumn)
      let (right, before) = whole.splitRight(columns)
      #expect(right.columns == left.columns)
      #expect(before.maxColumn == right.minColumn)
      let (top, below) = whole.splitTop(columns)
      #expect(top.rows + below.rows == 5)
      let (bottom, above) = whole.splitBottom(columns)
      #expect(bottom.rows == top.rows)
      #expect(above.maxRow == bottom.minRow)
    }
  }
}
