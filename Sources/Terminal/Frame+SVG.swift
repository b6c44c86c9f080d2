extension Frame {
  /// The frame as a picture for documentation, in the theme's colours for 256-colour terminals.
  ///
  /// Uses no font of its own: each run of text is stretched to the columns it has, so that Chinese and Latin
  /// stay aligned in whatever fonts the reader has, and lines are drawn, not written.
  package func svg(theme: Theme, title: SafeText = .empty) -> String {
    SVGPainter(frame: self, theme: theme).paint(title: title)
  }
}

private struct SVGPainter {
  private static let cellWidth = 9
  private static let cellHeight = 19
  private static let margin = 12
  private static let fontSize = 15

  let frame: Frame
  let theme: Theme

  private struct Look: Hashable {
    var foreground: String
    var background: String?
    var modifiers: Modifiers
  }

  private struct Line: Hashable {
    var colour: String
    /// In half cells.
    var index: Int
    var start: Int
    var end: Int
  }

  private var paper: String { theme.isLight ? "#fdfdfb" : "#16191f" }
  private var ink: String { theme.isLight ? "#24292f" : "#d5d9e0" }

  func paint(title: SafeText) -> String {
    let width = frame.size.columns * Self.cellWidth + 2 * Self.margin
    let height = frame.size.rows * Self.cellHeight + 2 * Self.margin
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\" "
        + "font-family=\"ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK SC',"
        + "'PingFang SC','Microsoft YaHei',monospace\" font-size=\"\(Self.fontSize)\">"
    ]
    if !title.isEmpty { parts.append("<title>\(escaped(title.string))</title>") }
    parts.append("<rect width=\"\(width)\" height=\"\(height)\" rx=\"8\" fill=\"\(paper)\"/>")
    parts.append("<g transform=\"translate(\(Self.margin) \(Self.margin))\">")
    for row in 0..<frame.size.rows { parts += backgrounds(row) }
    parts += lines()
    for row in 0..<frame.size.rows { parts += texts(row) }
    if let cursor = frame.cursor, frame.bounds.contains(cursor) {
      parts.append(
        "<rect x=\"\(cursor.column * Self.cellWidth)\" y=\"\(cursor.row * Self.cellHeight + 1)\" width=\"2\" "
          + "height=\"\(Self.cellHeight - 2)\" fill=\"\(ink)\"/>")
    }
    parts.append("</g>")
    parts.append("</svg>")
    return parts.joined(separator: "\n") + "\n"
  }

  private func look(_ cell: Cell) -> Look {
    let appearance = theme.appearance(of: cell.style, depth: .indexed)
    var look = Look(
      foreground: appearance.foreground.map(hex) ?? ink, background: appearance.background.map(hex),
      modifiers: appearance.modifiers)
    if look.modifiers.contains(.reverse) {
      (look.foreground, look.background) = (look.background ?? paper, look.foreground)
      look.modifiers.remove(.reverse)
    }
    return look
  }

  private func hex(_ index: UInt8) -> String {
    let (red, green, blue) = Colour.components(index)
    func two(_ value: Int) -> String { (value < 16 ? "0" : "") + String(value, radix: 16) }
    return "#" + two(red) + two(green) + two(blue)
  }

  private func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
  }

  // MARK: Background

  private func backgrounds(_ row: Int) -> [String] {
    var parts: [String] = []
    var column = 0
    while column < frame.size.columns {
      let colour = look(frame[column, row]).background
      var end = column + 1
      while end < frame.size.columns, look(frame[end, row]).background == colour { end += 1 }
      if let colour {
        parts.append(
          "<rect x=\"\(column * Self.cellWidth)\" y=\"\(row * Self.cellHeight)\" "
            + "width=\"\((end - column) * Self.cellWidth)\" height=\"\(Self.cellHeight)\" fill=\"\(colour)\"/>"
        )
      }
      column = end
    }
    return parts
  }

  // MARK: Text

  private func texts(_ row: Int) -> [String] {
    var parts: [String] = []
    var column = 0
    while column < frame.size.columns {
      let cell = frame[column, row]
      guard isText(cell) else {
        column += 1
        continue
      }
      let look = look(cell)
      let start = column
      var text = ""
      // Wide and narrow characters are stretched apart: their fonts differ.
      while column < frame.size.columns {
        let next = frame[column, row]
        guard isText(next) || isSpace(next) && continues(column, row, look, cell.width) else { break }
        guard self.look(next) == look, isSpace(next) || next.width == cell.width else { break }
        text += next.string
        column += next.width
      }
      let width = (column - start) * Self.cellWidth
      var attributes = "fill=\"\(look.foreground)\""
      if look.modifiers.contains(.bold) { attributes += " font-weight=\"bold\"" }
      if look.modifiers.contains(.italic) { attributes += " font-style=\"italic\"" }
      if look.modifiers.contains(.dim) { attributes += " opacity=\"0.6\"" }
      var decorations: [String] = []
      if look.modifiers.contains(.underline) { decorations.append("underline") }
      if look.modifiers.contains(.strikethrough) { decorations.append("line-through") }
      if !decorations.isEmpty { attributes += " text-decoration=\"\(decorations.joined(separator: " "))\"" }
      parts.append(
        "<text x=\"\(start * Self.cellWidth)\" y=\"\(row * Self.cellHeight + 14)\" textLength=\"\(width)\" "
          + "lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" \(attributes)>\(escaped(text))</text>")
    }
    return parts
  }

  private func isSpace(_ cell: Cell) -> Bool { cell.width == 1 && cell.string == " " }

  private func isText(_ cell: Cell) -> Bool {
    !cell.isRightHalf && !isSpace(cell) && Self.strokes[cell.string] == nil && cell.string != "▌"
  }

  /// One space inside a run belongs to it; more of them, or one at its end, do not.
  private func continues(_ column: Int, _ row: Int, _ look: Look, _ width: Int) -> Bool {
    guard width == 1, column + 1 < frame.size.columns else { return false }
    let next = frame[column + 1, row]
    return isText(next) && next.width == 1 && self.look(next) == look
  }

  // MARK: Lines

  /// Which halves of a cell a line character fills: left, right, up, down.
  private static let strokes: [String: [Bool]] = [
    "─": [true, true, false, false], "│": [false, false, true, true],
    "┌": [false, true, false, true], "┐": [true, false, false, true],
    "└": [false, true, true, false], "┘": [true, false, true, false],
    "├": [false, true, true, true], "┤": [true, false, true, true],
    "┬": [true, true, false, true], "┴": [true, true, true, false],
    "┼": [true, true, true, true],
  ]

  private func lines() -> [String] {
    var horizontal: [Line] = []
    var vertical: [Line] = []
    var blocks: [String] = []
    for row in 0..<frame.size.rows {
      for column in 0..<frame.size.columns {
        let cell = frame[column, row]
        let text = cell.string
        if text == "▌" {
          blocks.append(
            "<rect x=\"\(column * Self.cellWidth)\" y=\"\(row * Self.cellHeight)\" width=\"4\" "
              + "height=\"\(Self.cellHeight)\" fill=\"\(look(cell).foreground)\"/>")
        }
        guard let stroke = Self.strokes[text] else { continue }
        let colour = look(cell).foreground
        let left = Line(colour: colour, index: row, start: 2 * column, end: 2 * column + 1)
        let up = Line(colour: colour, index: column, start: 2 * row, end: 2 * row + 1)
        if stroke[0] { horizontal.append(left) }
        if stroke[1] {
          horizontal.append(Line(colour: colour, index: row, start: left.end, end: left.end + 1))
        }
        if stroke[2] { vertical.append(up) }
        if stroke[3] { vertical.append(Line(colour: colour, index: column, start: up.end, end: up.end + 1)) }
      }
    }
    var paths: [(colour: String, path: String)] = []
    for line in merged(horizontal) {
      let y = half(2 * line.index + 1, Self.cellHeight)
      paths.append(
        (line.colour, "M\(half(line.start, Self.cellWidth)) \(y)H\(half(line.end, Self.cellWidth))"))
    }
    for line in merged(vertical) {
      let x = half(2 * line.index + 1, Self.cellWidth)
      paths.append(
        (line.colour, "M\(x) \(half(line.start, Self.cellHeight))V\(half(line.end, Self.cellHeight))"))
    }
    let colours = Set(paths.map(\.colour)).sorted()
    return blocks
      + colours.map { colour in
        let path = paths.filter { $0.colour == colour }.map(\.path).joined()
        return "<path d=\"\(path)\" stroke=\"\(colour)\" fill=\"none\"/>"
      }
  }

  /// The place of a half cell, in whole and half units.
  private func half(_ count: Int, _ unit: Int) -> String {
    let doubled = count * unit
    return doubled.isMultiple(of: 2) ? "\(doubled / 2)" : "\(doubled / 2).5"
  }

  private func merged(_ lines: [Line]) -> [Line] {
    let sorted = lines.sorted {
      ($0.colour, $0.index, $0.start) < ($1.colour, $1.index, $1.start)
    }
    return sorted.reduce(into: []) { result, line in
      if let last = result.last, last.colour == line.colour, last.index == line.index, last.end == line.start
      {
        result[result.count - 1].end = line.end
      } else {
        result.append(line)
      }
    }
  }
}
