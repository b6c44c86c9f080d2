import Domain
import Terminal

extension Painter {
  mutating func draw(_ pane: RefundPane) {
    let title = SafeText("\(words.text("action.refund")) · \(model.numberText(of: pane.ticket))")
    let inside = panel(OverlayLayout.page(in: model.size), title, hint: words("refund.keys"))
    let rows = model.refundRows(pane)
    guard !rows.isEmpty else {
      frame.put(words("refund.no-bills"), at: inside.origin.offset(columns: 1), style: Style(.muted))
      return
    }
    let selected = rows.firstIndex { $0.target != nil && $0.target == pane.selected } ?? 0
    let top = Self.top(selected: selected, count: rows.count, height: inside.rows)
    for (offset, row) in rows.dropFirst(top).prefix(inside.rows).enumerated() {
      let place = inside.row(offset)
      let isSelected = top + offset == selected && row.target != nil
      if isSelected {
        frame.fill(place, style: Style(.selection))
        frame.put("▌", at: place.origin, style: Style(.selection))
        frame.cursor = place.origin
      }
      let spans =
        isSelected ? row.spans.map { Span($0.text, Style(.selection, $0.style.modifiers)) } : row.spans
      let room = place.columns - 3 - row.trailing.width
      frame.put(cutting: spans, at: place.origin.offset(columns: 1), columns: max(0, room))
      frame.put(
        trailing: row.trailing, in: place.splitLeft(place.columns - 1).part, row: place.minRow,
        style: Style(isSelected ? .selection : .text))
    }
    drawMore(below: rows.count - top - inside.rows, in: inside)
  }

  mutating func draw(_ list: RaisedList) {
    let inside = panel(OverlayLayout.page(in: model.size), words("action.raised"), hint: words("raised.keys"))
    guard !model.raised.isEmpty else {
      frame.put(words("raised.none"), at: inside.origin.offset(columns: 1), style: Style(.muted))
      return
    }
    let height = max(1, inside.rows / 2)
    let selected = model.raised.firstIndex { $0.id == list.selected } ?? 0
    let top = Self.top(selected: selected, count: model.raised.count, height: height)
    for (offset, item) in model.raised.dropFirst(top).prefix(height).enumerated() {
      let text = RaisedText(item, words: words, directory: model.directory, clock: model.clock)
      text.draw(on: &frame, in: inside, row: offset * 2, isSelected: top + offset == selected)
    }
    drawMore(below: model.raised.count - top - height, in: inside)
  }

  mutating func drawMore(below: Int, in inside: Rect) {
    guard below > 0 else { return }
    frame.put(trailing: SafeText(" ↓ \(below) "), in: inside, row: inside.maxRow - 1, style: Style(.badge))
  }

  /// Keeps the chosen row in view, with something above it where there is room.
  static func top(selected: Int, count: Int, height: Int) -> Int {
    max(0, min(selected - height / 2, count - height))
  }
}
