import Domain
import Terminal

extension Painter {
  /// What the language model wrote, apart from everything that a person typed.
  mutating func drawMachineText(_ open: OpenTicket, in rect: Rect) {
    guard let machine = open.machine, machine.text != nil else { return }
    let take = model.actions.shortKey(.takeDraft)?.description ?? ""
    let back = model.actions.shortKey(.back)?.description ?? ""
    frame.rule(
      rect.row(0), words("desk.machine.\(machine.use.rawValue)"),
      trailing: SafeText(
        "\(take) \(words.text("action.take-draft")) · \(back) \(words.text("desk.machine.leave"))"),
      isFocused: false)
    let inside = Rect(
      column: rect.minColumn + 1, row: rect.minRow + 1, columns: rect.columns - 2, rows: rect.rows - 1)
    for (index, line) in machine.lines.prefix(inside.rows).enumerated() {
      frame.put(line, at: inside.row(index).origin, style: Style(.systemFilled), limit: inside.columns)
    }
    let below = machine.lines.count - inside.rows
    if below > 0 {
      frame.put(trailing: SafeText(" ↓ \(below) "), in: inside, row: inside.maxRow - 1, style: Style(.badge))
    }
  }
}
