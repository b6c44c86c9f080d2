import Foundation
import FoundationXML
import Terminal
import TestSupport
import Testing

@Suite struct `Frames` {
  private static func check(_ frame: Frame, _ message: String = "") {
    for row in 0..<frame.size.rows {
      for column in 0..<frame.size.columns {
        let cell = frame[column, row]
        if cell.isRightHalf, column == 0 || frame[column - 1, row].width != 2 {
          Issue.record("a right half alone at \(column),\(row) \(message)")
        }
        if cell.width == 2, column + 1 == frame.size.columns || !frame[column + 1, row].isRightHalf {
          Issue.record("half a wide character at \(column),\(row) \(message)")
        }
      }
      #expect(SafeText(frame.text(row: row)).width == frame.size.columns)
    }
  }

  @Test func `text is clipped at the edge and half a wide character becomes a space`() {
    var frame = Frame(size: Size(columns: 5, rows: 1))
    #expect(frame.put("ab工单", at: .zero) == 5)
    #expect(frame.text(row: 0) == "ab工 ")
    frame.put("工单x", at: Point(column: -1, row: 0))
    #expect(frame.text(row: 0) == " 单x ")
  }

  @Test func `a limit is never passed and says what was used`() {
    var frame = Frame(size: Size(columns: 10, rows: 1))
    #expect(frame.put("工单工单", at: .zero, limit: 5) == 4)
    #expect(frame.text(row: 0) == "工单      ")
  }

  @Test func `overwriting half of a wide character leaves no half`() {
    var frame = Frame(size: Size(columns: 6, rows: 1))
    frame.put("工单客", at: .zero)
    frame.put("x", at: Point(column: 1, row: 0))
    #expect(frame.text(row: 0) == " x单客")
    frame.put("户", at: Point(column: 3, row: 0))
    #expect(frame.text(row: 0) == " x 户 ")
  }

  @Test func `nothing outside the clip changes`() {
    var frame = Frame(size: Size(columns: 8, rows: 3))
    for row in 0..<3 { frame.put("工单客户", at: Point(column: 0, row: row)) }
    frame.clipped(to: Rect(column: 2, row: 1, columns: 2, rows: 1)) {
      $0.put("zzzzzzzz", at: Point(column: 0, row: 1))
      $0.fill(Rect(column: 0, row: 0, columns: 8, rows: 3), style: Style(.selection))
      $0.put("x", at: Point(column: 2, row: 1))
    }
    #expect(frame.text(row: 0) == "工单客户")
    #expect(frame.text(row: 1) == "工x 客户")
    #expect(frame.text(row: 2) == "工单客户")
    #expect(frame[3, 1].style == Style(.selection))
    #expect(frame[4, 1].style == .text)
  }

  @Test func `a box gives its inside and shortens its title`() {
    var frame = Frame(size: Size(columns: 10, rows: 3))
    let inside = frame.box(Rect(frame.size), title: "队列很长的标题")
    #expect(inside == Rect(column: 1, row: 1, columns: 8, rows: 1))
    #expect(frame.text(row: 0) == "┌ 队列… ─┐" || frame.text(row: 0) == "┌ 队列… ┐")
    #expect(frame.text(row: 2) == "└────────┘")
    Self.check(frame)
  }

  @Test func `random drawing of every size keeps every wide character whole`() {
    for seed in UInt64(0)..<20 {
      for size in [Size(columns: 1, rows: 1), Size(columns: 2, rows: 3), Size(columns: 17, rows: 6), .zero] {
        var fuzzer = FrameFuzzer(seed: seed)
        for _ in 0..<30 { Self.check(fuzzer.next(size: size), "seed \(seed)") }
      }
    }
  }

  @Test func `a golden screen reads as text, styles and legend`() {
    var frame = Frame(size: Size(columns: 8, rows: 2))
    frame.put("工单 a", at: .zero, style: Style(.title, .bold))
    frame.cursor = Point(column: 2, row: 1)
    #expect(
      frame.golden() == """
        8x2 cursor 2,1
        |工单 a  |
        |        |
        styles
         0 aaaaaa
        legend
        a title bold

        """)
  }
}

@Suite struct `Pictures of frames` {
  private static func picture(_ theme: Theme) -> String {
    var screen = SampleDesk()
    screen.handle(.down)
    screen.handle(Key("<"))
    return screen.frame(size: Size(columns: 60, rows: 8)).svg(theme: theme, title: "a & b")
  }

  @Test(arguments: Theme.builtIn)
  func `are well-formed, the same each time, and hold the text`(theme: Theme) throws {
    let picture = Self.picture(theme)
    #expect(picture == Self.picture(theme))
    #expect(picture.contains(">林晓</text>"))
    #expect(picture.contains("a &amp; b") && picture.contains("&lt;"))
    #expect(XMLParser(data: Data(picture.utf8)).parse())
  }

  @Test func `give each run the columns it has`() {
    var frame = Frame(size: Size(columns: 10, rows: 1))
    frame.put("工单 ab", at: .zero)
    let picture = frame.svg(theme: .dark)
    #expect(picture.contains("textLength=\"36\""))
    #expect(picture.contains("<text x=\"45\" y=\"14\" textLength=\"18\""))
  }
}
