import Domain
import Terminal

/// Frames that differ from one another in every way a screen can change. The program under test and the test
/// make the same ones from the same seed.
package struct FrameFuzzer: Sendable {
  private var random: SplitMix64
  private var frame = Frame(size: .zero)

  package init(seed: UInt64) { random = SplitMix64(seed) }

  package static let words = [
    "a", "row", "hello world ", "  ", "工单", "客户服务 ok", "林", "é", "e\u{301}o\u{308}", "한글", "🙂", "👍🏽x", "│─┌",
    "●✓▸…", "ｱﾊﾟｰﾄ", "Ελληνικά", "ไทยที่", "00012345", "aaaaaaaaaaaaaaaaaaaaaaaa", "                    ",
  ]

  package mutating func next(size: Size) -> Frame {
    if frame.size != size || Int.random(in: 0..<20, using: &random) == 0 { frame = Frame(size: size) }
    for _ in 0..<Int.random(in: 0...6, using: &random) { change(size) }
    frame.cursor = Bool.random(using: &random) ? point(size) : nil
    return frame
  }

  private mutating func change(_ size: Size) {
    let at = point(size)
    let style = style()
    switch Int.random(in: 0..<9, using: &random) {
    case 0:
      frame.fill(rect(size), style: style)
    case 1:
      frame.box(rect(size), title: "标题 title", style: style)
    case 2:
      let (down, changed) = (Bool.random(using: &random), frame)
      // Rows that move, as in a list that scrolls.
      for row in 0..<size.rows {
        let source = down ? row - 1 : row + 1
        let text = changed.text(row: source)
        frame.put(SafeText(text), at: Point(column: 0, row: row), style: style)
      }
    case 3:
      // Characters that move, as in a field that is typed into.
      let text = SafeText(frame.text(row: at.row))
      frame.put(
        text.dropping(columns: at.column), at: at.offset(columns: Int.random(in: -2...2, using: &random)),
        style: style)
    case 4:
      frame.restyle(rect(size)) { _ in style }
    default:
      var text = SafeText.empty
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        text += SafeText(Self.words.randomElement(using: &random) ?? "")
      }
      frame.put(text, at: at.offset(columns: -Int.random(in: 0...3, using: &random)), style: style)
    }
  }

  private mutating func style() -> Style {
    let role = Role.allCases.randomElement(using: &random) ?? .text
    let modifiers = Int.random(in: 0..<4, using: &random) == 0 ? UInt8.random(in: 0..<64, using: &random) : 0
    return Style(Bool.random(using: &random) ? .text : role, Modifiers(rawValue: modifiers))
  }

  private mutating func point(_ size: Size) -> Point {
    Point(
      column: Int.random(in: 0..<max(1, size.columns), using: &random),
      row: Int.random(in: 0..<max(1, size.rows), using: &random))
  }

  private mutating func rect(_ size: Size) -> Rect {
    let at = point(size)
    return Rect(
      column: at.column, row: at.row, columns: Int.random(in: 1...max(1, size.columns), using: &random),
      rows: Int.random(in: 1...max(1, size.rows), using: &random))
  }
}
