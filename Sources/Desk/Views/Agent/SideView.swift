import Domain
import Terminal

extension Painter {
  mutating func drawSide(in rect: Rect) {
    if model.side == .knowledge { drawKnowledge(in: rect) } else { drawCustomer(in: rect) }
  }

  // MARK: - Customer

  private mutating func drawCustomer(in rect: Rect) {
    guard let pane = model.customer else {
      frame.put(
        words("desk.customer.none"), at: rect.origin.offset(columns: 1, rows: 1), style: Style(.muted),
        limit: rect.columns - 2)
      return
    }
    let hasFocus = model.focus == .customer
    for line in 0..<rect.rows {
      let index = pane.top + line
      guard pane.lines.indices.contains(index) else { break }
      let item = pane.lines[index]
      let place = rect.row(line)
      if item.isHeading {
        frame.rule(place, item.spans[0].text)
        continue
      }
      let isSelected = hasFocus && index == pane.selected
      if isSelected {
        frame.fill(place, style: Style(.selection))
        frame.cursor = place.origin
      }
      let trailing = item.trailing?.width ?? 0
      let room = place.columns - 2 - (trailing == 0 ? 0 : trailing + 1)
      let spans =
        isSelected ? item.spans.map { Span($0.text, Style(.selection, $0.style.modifiers)) } : item.spans
      frame.put(cutting: spans, at: place.origin.offset(columns: 1), columns: max(0, room))
      if let text = item.trailing {
        frame.put(
          trailing: text, in: place.splitLeft(place.columns - 1).part, row: place.minRow,
          style: Style(isSelected ? .selection : .muted))
      }
    }
    let below = pane.lines.count - pane.top - rect.rows
    if below > 0 {
      frame.put(trailing: SafeText(" ↓ \(below) "), in: rect, row: rect.maxRow - 1, style: Style(.badge))
    }
  }

  // MARK: - Knowledge

  private mutating func drawKnowledge(in rect: Rect) {
    let pane = model.knowledge
    if let article = pane.article {
      drawArticle(article, in: rect)
      return
    }
    let input = Rect(column: rect.minColumn + 1, row: rect.minRow, columns: rect.columns - 2, rows: 1)
    let caret = frame.putLine(
      of: pane.input, in: input, style: Style(model.focus == .knowledge ? .inputFocused : .input))
    if pane.input.isEmpty {
      frame.put(
        words("desk.knowledge.hint").truncated(toColumns: input.columns), at: input.origin,
        style: Style(.placeholder))
    }
    if model.focus == .knowledge, model.overlays.isEmpty { frame.cursor = caret }
    let title =
      pane.hasAnswer
      ? pane.isSuggestion
        ? words.text("desk.knowledge.suggested")
        : words.text("desk.knowledge.found", ["count": pane.hits.count])
      : ""
    frame.rule(rect.row(1), SafeText(title))
    if pane.hasAnswer, pane.hits.isEmpty {
      for (index, line) in words("desk.knowledge.nothing").wrapped(columns: max(8, rect.columns - 2))
        .enumerated()
      {
        frame.put(line, at: rect.origin.offset(columns: 1, rows: 2 + index), style: Style(.muted))
      }
      return
    }
    for index in pane.top..<min(pane.results.count, pane.top + pane.height) {
      let row = rect.minRow + 2 + (index - pane.top) * 3
      let isSelected = index == pane.selected
      let result = pane.results[index]
      if isSelected {
        frame.fill(
          Rect(column: rect.minColumn, row: row, columns: rect.columns, rows: 1),
          style: Style(model.focus == .knowledge ? .selection : .selectionUnfocused))
        frame.put("▌", at: Point(column: rect.minColumn, row: row), style: Style(.selection))
      }
      let title =
        isSelected
        ? result.title.map {
          Span($0.text, $0.style.role == .highlight ? $0.style : Style(.selection, $0.style.modifiers))
        } : result.title
      frame.put(cutting: title, at: Point(column: rect.minColumn + 1, row: row), columns: rect.columns - 2)
      drawExcerpt(
        result.excerpt, at: Point(column: rect.minColumn + 2, row: row + 1), columns: rect.columns - 3)
    }
  }

  /// Two lines of an excerpt.
  private mutating func drawExcerpt(_ spans: [Span], at point: Point, columns: Int) {
    for (row, line) in Self.wrapped(spans, columns: columns, rows: 2).enumerated() {
      frame.put(spans: line, at: point.offset(rows: row), limit: columns)
    }
  }

  /// Spans in lines that break where text breaks.
  private static func wrapped(_ spans: [Span], columns: Int, rows: Int) -> [[Span]] {
    var layout = TextLayout(spans.map(\.text.string).joined(), columns: max(4, columns))
    return layout.lines(0..<rows).map { line in
      var parts: [Span] = []
      var start = 0
      for span in spans {
        let bytes = Array(span.text.string.utf8)
        let from = max(start, line.source.lowerBound)
        let to = min(start + bytes.count, line.source.upperBound)
        if from < to {
          parts.append(
            Span(SafeText(String(decoding: bytes[from - start..<to - start], as: UTF8.self)), span.style))
        }
        start += bytes.count
      }
      return parts
    }
  }

  private mutating func drawArticle(_ article: Article, in rect: Rect) {
    let pane = model.knowledge
    let head = Rect(column: rect.minColumn + 1, row: rect.minRow, columns: rect.columns - 2, rows: 1)
    frame.put(
      SafeText(article.title).truncated(toColumns: head.columns), at: head.origin, style: Style(.title, .bold)
    )
    var facts = [article.owner]
    if let until = article.validUntil {
      let isExpired = article.isExpired(on: model.clock.civil(model.now).date)
      facts.append(
        words.text(isExpired ? "desk.knowledge.expired-on" : "desk.knowledge.valid-until", ["day": until]))
    }
    frame.rule(rect.row(1), SafeText(facts.filter { !$0.isEmpty }.joined(separator: " · ")))
    for line in 0..<pane.height {
      let index = pane.articleTop + line
      guard pane.lines.indices.contains(index) else { break }
      let item = pane.lines[index]
      let place = rect.row(line + 2)
      let isChosen = item.passage == pane.passage && model.focus == .knowledge
      if isChosen { frame.put("▌", at: place.origin, style: Style(.accent)) }
      frame.put(spans: item.spans, at: place.origin.offset(columns: 2), limit: rect.columns - 3)
      if isChosen, frame.cursor == nil { frame.cursor = place.origin }
    }
    let below = pane.lines.count - pane.articleTop - pane.height
    if below > 0 {
      frame.put(trailing: SafeText(" ↓ \(below) "), in: rect, row: rect.maxRow - 1, style: Style(.badge))
    }
  }
}
