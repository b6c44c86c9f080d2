import Domain
import Terminal

/// The screen of a model at a size. Pure, and cheap: everything that costs was prepared by `update`.
package func view(_ model: DeskModel, size: Size) -> Frame {
  if size == model.size { return draw(model) }
  var resized = model
  resized.size = size
  resized.prepare()
  return draw(resized)
}

private func draw(_ model: DeskModel) -> Frame {
  var painter = Painter(model)
  painter.draw()
  return painter.frame
}

/// One drawing of one model. The views of the panes are its extensions.
struct Painter {
  let model: DeskModel
  let words: Words
  let layout: Layout
  var frame: Frame

  init(_ model: DeskModel) {
    self.model = model
    words = model.words
    layout = Layout(model)
    frame = Frame(size: model.size)
  }

  mutating func draw() {
    guard layout.kind != .tooSmall else {
      drawTooSmall()
      return
    }
    drawBanner()
    drawStatus()
    drawStanding()
    drawFrame()
    drawTabs()
    if let rect = layout.queue { drawQueue(in: rect) }
    if let rect = layout.ticket { drawTicket(in: rect) }
    if let rect = layout.side { drawSide(in: rect) }
    drawFooter()
    for overlay in model.overlays { draw(overlay) }
    if !model.overlays.isEmpty { drawFooter() }
  }

  private mutating func drawTooSmall() {
    guard model.size.columns > 0, model.size.rows > 0 else { return }
    let text = SafeText(
      words.text("desk.too-small", ["columns": model.size.columns, "rows": model.size.rows]))
    frame.put(text, at: .zero, style: Style(.warning), limit: model.size.columns)
  }

  private mutating func drawBanner() {
    guard let rect = layout.banner, let banner = model.banner else { return }
    frame.fill(rect, style: Style(.banner))
    let text = SafeText(banner[model.language]).truncated(toColumns: rect.columns)
    frame.put(
      text, at: Point(column: rect.minColumn + (rect.columns - text.width) / 2, row: rect.minRow),
      style: Style(.banner, .bold))
  }

  private mutating func drawStanding() {
    guard let rect = layout.standing else { return }
    let style = Style(.danger, .bold)
    frame.fill(rect, style: .text)
    frame.put("!", at: rect.origin.offset(columns: 1), style: style)
    for (index, line) in model.standingLines(columns: model.size.columns).enumerated() where index < rect.rows
    {
      frame.put(line, at: rect.origin.offset(columns: 3, rows: index), style: style)
    }
  }

  // MARK: - The frame around the panes

  private mutating func drawFrame() {
    guard let box = layout.box else { return }
    frame.box(box)
    for column in layout.separators {
      frame.vline(at: Point(column: column, row: box.minRow + 1), rows: box.rows - 2)
      frame.junction(.top, at: Point(column: column, row: box.minRow))
      frame.junction(.bottom, at: Point(column: column, row: box.maxRow - 1))
    }
    if let rect = layout.queue { title(queueTitle, above: rect, isFocused: model.focus == .queue) }
    if let rect = layout.ticket { title(ticketTitle, above: rect, isFocused: model.focus == .ticket) }
    if let rect = layout.side {
      title(sideTitle, above: rect, isFocused: model.focus == .customer || model.focus == .knowledge)
    }
  }

  /// The title of a pane stands in the upper edge; the pane with the focus has its edge in the accent colour.
  private mutating func title(_ text: SafeText, above rect: Rect, isFocused: Bool) {
    let edge = Rect(column: rect.minColumn, row: rect.minRow - 1, columns: rect.columns, rows: 1)
    if isFocused { frame.hline(at: edge.origin, columns: edge.columns, style: Style(.borderFocused)) }
    guard !text.isEmpty, edge.columns > 4 else { return }
    let shown = text.truncated(toColumns: edge.columns - 3)
    frame.put(" ", at: edge.origin)
    frame.put(
      shown, at: edge.origin.offset(columns: 1), style: isFocused ? Style(.accent, .bold) : Style(.title))
    frame.put(" ", at: edge.origin.offset(columns: 1 + shown.width))
  }

  var queueTitle: SafeText {
    let count = model.queue.marks.count
    if count > 0 { return SafeText(words.text("desk.queue.marked", ["count": count])) }
    if model.queue.anchor != nil { return words("desk.queue.range") }
    return words("desk.pane.queue")
  }

  var ticketTitle: SafeText {
    guard let ticket = model.open?.ticket else { return words("desk.pane.ticket") }
    let zone = model.open?.detail?.zone?.name[model.language] ?? ""
    return SafeText("\(ticket.number.map { "#\($0)" } ?? "#—") \(zone)")
  }

  var sideTitle: SafeText {
    if model.side == .knowledge { return words("desk.pane.knowledge") }
    guard let profile = model.customer?.profile else { return words("desk.pane.customer") }
    return SafeText("\(words.text("desk.pane.customer")) \(profile.customer.name)")
  }

  private mutating func drawTabs() {
    guard let rect = layout.tabs else { return }
    var column = rect.minColumn
    for pane in DeskModel.Pane.allCases {
      if pane == .ticket && model.open == nil { continue }
      if pane == .customer && model.customer == nil { continue }
      let name: SafeText
      switch pane {
      case .queue: name = queueTitle
      case .ticket:
        name = SafeText(
          "\(words.text("desk.pane.ticket")) \(model.open?.ticket?.number.map { "#\($0)" } ?? "")")
      case .customer: name = words("desk.pane.customer")
      case .knowledge: name = words("desk.pane.knowledge")
      }
      let style = Style(pane == model.focus ? .tabActive : .tabInactive, pane == model.focus ? .bold : [])
      let room = rect.maxColumn - column
      column += frame.put(
        " " + name.truncated(toColumns: 24) + " ", at: Point(column: column, row: rect.minRow), style: style,
        limit: room)
      column += frame.put(
        "│", at: Point(column: column, row: rect.minRow), style: Style(.border),
        limit: max(0, rect.maxColumn - column))
    }
  }
}
