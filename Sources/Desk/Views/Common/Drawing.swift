import Domain
import Terminal

/// Both a person and a piece of the screen have roles; in this module the word is the screen's.
typealias Role = Terminal.Role

extension Frame {
  /// A line across with a title in it, and something at its right end.
  mutating func rule(
    _ rect: Rect, _ title: SafeText, trailing: SafeText = .empty, isFocused: Bool = false
  ) {
    guard !rect.isEmpty else { return }
    hline(at: rect.origin, columns: rect.columns)
    var used = 1
    if !title.isEmpty {
      used += put(" ", at: rect.origin.offset(columns: 1), limit: rect.columns - 2)
      used += put(
        title.truncated(toColumns: max(0, rect.columns - used - 2)), at: rect.origin.offset(columns: used),
        style: Style(isFocused ? .accent : .title, .bold))
      used += put(" ", at: rect.origin.offset(columns: used), limit: rect.columns - used - 1)
    }
    let room = rect.columns - used - 2
    if !trailing.isEmpty, trailing.width + 2 <= room {
      put(
        trailing, at: Point(column: rect.maxColumn - trailing.width - 2, row: rect.minRow),
        style: Style(.muted))
      put(" ", at: Point(column: rect.maxColumn - 2, row: rect.minRow))
      put(" ", at: Point(column: rect.maxColumn - trailing.width - 3, row: rect.minRow))
    }
  }

  /// Pieces of text in so many columns; an ellipsis says where something is missing.
  @discardableResult
  mutating func put(cutting spans: [Span], at point: Point, columns: Int) -> Int {
    var used = 0
    for (index, span) in spans.enumerated() {
      let room = columns - used
      guard room > 0 else { break }
      // A piece that fits whole still needs its ellipsis when what follows has no place at all.
      let isMoreLost = span.text.width == room && spans[(index + 1)...].contains { !$0.text.isEmpty }
      let text =
        isMoreLost ? span.text.truncated(toColumns: room - 1) + "…" : span.text.truncated(toColumns: room)
      used += put(text, at: point.offset(columns: used), style: span.style, limit: room)
    }
    return used
  }

  /// Text that ends at the right edge of a row.
  mutating func put(trailing text: SafeText, in rect: Rect, row: Int, style: Style) {
    let shown = text.truncated(toColumns: rect.columns)
    put(shown, at: Point(column: rect.maxColumn - shown.width, row: row), style: style)
  }

  /// A line of an editor that has one row; answers where the caret stands.
  mutating func putLine(of editor: TextEditor, in rect: Rect, style: Style) -> Point {
    fill(rect, style: style)
    let before = SafeText(String(decoding: Array(editor.text.utf8.prefix(editor.caret)), as: UTF8.self))
    let skip = max(0, before.width - rect.columns + 1)
    put(SafeText(editor.text).dropping(columns: skip), at: rect.origin, style: style, limit: rect.columns)
    return rect.origin.offset(columns: min(before.width - skip, max(0, rect.columns - 1)))
  }

  /// An editor of several rows; answers where the caret stands.
  mutating func putText(of editor: TextEditor, in rect: Rect, style: Style) -> Point {
    fill(rect, style: style)
    var layout = editor.layout
    for (index, line) in layout.lines(editor.top..<editor.top + rect.rows).enumerated() {
      put(line.text, at: rect.origin.offset(rows: index), style: style, limit: rect.columns)
    }
    let caret = editor.caretPosition()
    return Point(
      column: rect.minColumn + min(caret.column, max(0, rect.columns - 1)),
      row: rect.minRow + min(max(0, caret.row - editor.top), max(0, rect.rows - 1)))
  }
}

/// Times that tick, from pieces that are made once.
enum Age {
  private static let two: [SafeText] = (0..<100).map { SafeText(padded($0, 2)) }
  private static let colon: SafeText = ":"
  private static let hours: SafeText = "h"

  static let width = 5

  /// `04:12`, ` 2h07`, `  12d`: always five columns.
  static func put(_ milliseconds: Int64, on frame: inout Frame, at point: Point, style: Style) {
    let seconds = max(0, Int(milliseconds / 1000))
    if seconds < 3600 {
      frame.put(two[seconds / 60], at: point, style: style)
      frame.put(colon, at: point.offset(columns: 2), style: style)
      frame.put(two[seconds % 60], at: point.offset(columns: 3), style: style)
    } else if seconds < 100 * 3600 {
      let count = seconds / 3600
      frame.put(count < 10 ? SafeText(" \(count)") : two[count], at: point, style: style)
      frame.put(hours, at: point.offset(columns: 2), style: style)
      frame.put(two[seconds / 60 % 60], at: point.offset(columns: 3), style: style)
    } else {
      let days = min(9999, seconds / 86400)
      frame.put(
        SafeText("\(days)d").padded(toColumns: width, alignment: .trailing), at: point, style: style)
    }
  }

  static func text(_ milliseconds: Int64) -> String {
    let seconds = max(0, Int(milliseconds / 1000))
    if seconds < 3600 { return "\(padded(seconds / 60, 2)):\(padded(seconds % 60, 2))" }
    if seconds < 100 * 3600 { return "\(seconds / 3600)h\(padded(seconds / 60 % 60, 2))" }
    return "\(min(9999, seconds / 86400))d"
  }
}
