extension Frame {
  /// The frame as text that a reviewer can read: the rows between bars, then one letter for each column's
  /// style (`.` is plain text), then what the letters mean. Rows of plain text have no line of letters.
  package func golden() -> String {
    var lines: [String] = []
    let caret = cursor.map { "\($0.column),\($0.row)" } ?? "hidden"
    lines.append("\(size.columns)x\(size.rows) cursor \(caret)")
    for row in 0..<size.rows { lines.append("|\(text(row: row))|") }
    var letters: [Style: Character] = [.text: "."]
    var order: [Style] = []
    var alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".makeIterator()
    var styles: [String] = []
    for row in 0..<size.rows {
      var line = ""
      for column in 0..<size.columns {
        let style = self[column, row].style
        if letters[style] == nil {
          letters[style] = alphabet.next() ?? "?"
          order.append(style)
        }
        line.append(letters[style] ?? "?")
      }
      while line.last == "." { line.removeLast() }
      if !line.isEmpty { styles.append(String(repeating: " ", count: row < 10 ? 1 : 0) + "\(row) \(line)") }
    }
    if !styles.isEmpty {
      lines.append("styles")
      lines += styles
      lines.append("legend")
      for style in order {
        let words = [style.role.name] + style.modifiers.names
        lines.append("\(letters[style] ?? "?") " + words.joined(separator: " "))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
