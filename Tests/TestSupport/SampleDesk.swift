import Terminal

/// A screen of the desk's shape without the desk: a queue at the left, a text field at the right.
package struct SampleDesk: Sendable {
  private var selected = 0
  private var first = 0
  private var typed = ""

  package init() {}

  package mutating func handle(_ key: Key) {
    switch key.code {
    case .down: selected += 1
    case .up: selected = max(0, selected - 1)
    case .pageDown:
      selected += 30
      first += 30
    case .character(let character): typed.append(character)
    case .backspace: if !typed.isEmpty { typed.removeLast() }
    default: break
    }
  }

  package mutating func frame(size: Size) -> Frame {
    var frame = Frame(size: size)
    let (bar, below) = Rect(size).splitTop(1)
    frame.fill(bar, style: Style(.statusBar))
    frame.put(" AgentDesk  林晓 1024 ● 就绪 12:31 │ 待接 37", at: .zero, style: Style(.statusBar))
    let (left, right) = below.splitLeft(32)
    let list = frame.box(left, title: "队列 37", style: Style(.borderFocused))
    let field = frame.box(right, title: "#2603-0417 计费争议")
    if selected >= first + list.rows { first = selected - list.rows / 2 }
    if selected < first { first = max(0, selected - list.rows / 2) }
    for index in 0..<list.rows {
      let number = first + index
      let style = Style(number == selected ? .selection : .text)
      let row = list.row(index)
      frame.fill(row, style: style)
      frame.put(" \(String(number)) 电话 王*芳 多扣38元", at: row.origin, style: style, limit: row.columns)
    }
    let lines = SafeText("回复 " + typed).wrapped(columns: field.columns)
    for (index, line) in lines.enumerated() {
      frame.put(line, at: field.origin.offset(rows: index), style: Style(.inputFocused), limit: field.columns)
    }
    frame.cursor = field.origin.offset(columns: lines.last?.width ?? 0, rows: lines.count - 1)
    return frame
  }
}
