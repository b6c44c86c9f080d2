import Domain
import Terminal

extension MonitorModel {
  package func view(size: Size) -> Frame {
    var frame = Frame(size: size)
    guard isLargeEnough(size) else {
      frame.put(words("monitor.too-small"), at: .zero, style: Style(.warning))
      return frame
    }
    let layout = MonitorLayout(size: size)
    drawStatus(on: &frame, layout.status)
    if raised.list != nil {
      drawRaised(on: &frame, Rect(size).splitTop(1).rest.splitBottom(2).rest)
    } else if isHelpShown {
      drawHelp(on: &frame, Rect(size).splitTop(1).rest.splitBottom(1).rest)
    } else if layout.isWide {
      drawSeats(on: &frame, layout.seats)
      if look == nil { drawQueue(on: &frame, layout.queue) } else { drawLook(on: &frame, layout.look) }
    } else if look != nil {
      drawLook(on: &frame, layout.look)
    } else if focus == .seats {
      drawSeats(on: &frame, layout.seats)
    } else {
      drawQueue(on: &frame, layout.queue)
    }
    if let notice {
      frame.put(
        " · " + notice.text.truncated(toColumns: size.columns - 8) + " ",
        at: Point(column: 2, row: layout.footer.minRow - 1),
        style: Style(notice.kind == .danger ? .danger : .info, .bold))
    } else if let standing {
      frame.put(
        " ! " + standing.truncated(toColumns: size.columns - 8) + " ",
        at: Point(column: 2, row: layout.footer.minRow - 1), style: Style(.danger, .bold))
    }
    frame.put(
      words("monitor.footer"), at: Point(column: 1, row: layout.footer.minRow), style: Style(.keyLabel),
      limit: size.columns - 2)
    return frame
  }

  // MARK: - Status

  private func drawStatus(on frame: inout Frame, _ rect: Rect) {
    frame.fill(rect, style: Style(.statusBar))
    let bar = Style(.statusBar)
    var segments = [
      Segment(
        spans: [Span("AgentDesk · " + words("monitor.title"), Style(.statusBar, .bold))], rank: 7, gap: "  "),
      Segment(spans: [Span(SafeText("\(me.name[language]) \(me.number)"), bar)], rank: 6),
      Segment(
        spans: [Span(SafeText(words.text("monitor.waiting-now", ["count": counts.waiting])), bar)], rank: 2,
        gap: "  "),
    ]
    if let oldest = counts.oldestWaitingSince {
      let seconds = (shownNow - oldest) / 1000
      segments.append(
        Segment(
          spans: [
            Span(
              words("monitor.oldest") + " " + SafeText(Age.text(shownNow - oldest)),
              Style(
                seconds > Int64((serviceLevel.target ?? Zone.ServiceLevel()).thresholdSeconds) * 15
                  ? .statusWarning : .statusBar))
          ], rank: 3))
    }
    let seats = Presence.State.allCases.filter { $0 != .offline && seatCounts[$0, default: 0] > 0 }
      .map { words("presence.\($0.rawValue)") + SafeText(" \(seatCounts[$0, default: 0])") }
    if let first = seats.first {
      segments.append(
        Segment(spans: [Span(seats.dropFirst().reduce(first) { $0 + "  " + $1 }, bar)], rank: 4))
    }
    let level = serviceLevel.percent.map { SafeText("\($0)%") } ?? words("monitor.no-figure")
    segments.append(
      Segment(
        spans: [
          Span(ServiceLevelText.head(serviceLevel, words, key: "monitor.service-level") + " " + level, bar),
          Span(ServiceLevelText.formula(serviceLevel, words), Style(.statusBar, .dim)),
        ], rank: 0))
    if sync.offlineSince != nil {
      // The sentence where everything more important leaves room for it, the word otherwise.
      let word = Segment(spans: [Span(words("presence.offline"), Style(.statusDanger))], rank: 1)
      let sentence = Segment(spans: [Span(words("monitor.offline"), Style(.statusDanger))], rank: 1)
      let fits = Segment.fitting(segments + [sentence], columns: rect.columns - 2).count == segments.count + 1
      segments.append(fits ? sentence : word)
    }
    Segment.draw(
      Segment.fitting(segments, columns: rect.columns - 2), on: &frame, at: rect.origin.offset(columns: 1),
      limit: rect.columns - 1)
  }

  // MARK: - Seats

  private func drawSeats(on frame: inout Frame, _ rect: Rect) {
    let isFocused = focus == .seats && look == nil
    frame.box(
      rect, title: words("monitor.seats") + SafeText(" \(seats.count)"),
      style: Style(isFocused ? .borderFocused : .border))
    let inner = rect.inset()
    if seats.isEmpty {
      frame.put(words("monitor.nobody"), at: inner.origin, style: Style(.muted), limit: inner.columns)
      return
    }
    let stateWidth = Presence.State.allCases.map { words("presence.\($0.rawValue)").width }.max() ?? 8
    frame.clipped(to: inner) { frame in
      for index in topSeat..<min(seats.count, topSeat + inner.rows) {
        let seat = seats[index]
        let row = inner.minRow + index - topSeat
        let presence = seat.agent.presence
        let isHere = presence.state != .offline
        var column = inner.minColumn
        func put(_ text: SafeText, _ style: Style, _ width: Int) {
          frame.put(text.fitted(toColumns: width), at: Point(column: column, row: row), style: style)
          column += width + 1
        }
        put(words("presence.\(presence.state.rawValue)"), Style(role(of: presence.state)), stateWidth)
        let time = isHere ? SafeText(Age.text(shownNow - presence.since)) : .empty
        put(time.padded(toColumns: 6, alignment: .trailing), Style(.muted), 6)
        put(seat.name, Style(isHere ? .text : .muted), 10)
        put(seat.number, Style(.muted), 5)
        let reason = presence.reason.map { words("presence.reason.\($0)") } ?? .empty
        put(reason.isEmpty ? seat.team : reason, Style(.muted), max(0, inner.maxColumn - column - 2))
        if seat.ticket != nil {
          frame.put("›", at: Point(column: inner.maxColumn - 1, row: row), style: Style(.accent))
        }
        if index == selectedSeat {
          frame.restyle(Rect(column: inner.minColumn, row: row, columns: inner.columns, rows: 1)) {
            Style(isFocused ? .selection : .selectionUnfocused, $0.modifiers)
          }
        }
      }
    }
  }

  private func role(of state: Presence.State) -> Role {
    switch state {
    case .ready: .success
    case .onContact: .accent
    case .afterContactWork: .info
    case .notReady: .warning
    case .offline: .muted
    }
  }

  // MARK: - Queue

  private func drawQueue(on frame: inout Frame, _ rect: Rect) {
    let isFocused = focus == .queue && look == nil
    frame.box(
      rect, title: words("desk.scope.\(scopeShown.rawValue)"),
      style: Style(isFocused ? .borderFocused : .border))
    let inner = rect.inset()
    if queue.isLoaded, queue.rows.isEmpty {
      frame.put(words("monitor.nothing"), at: inner.origin, style: Style(.muted), limit: inner.columns)
      return
    }
    let rows = queue.rows
    frame.clipped(to: inner) { frame in
      for index in queue.top..<max(queue.top, min(rows.count, queue.top + inner.rows)) {
        let text = queue.drawn[index]
        let row = inner.minRow + index - queue.top
        var column = inner.minColumn
        func put(_ text: SafeText, _ style: Style, _ width: Int) {
          guard width > 0 else { return }
          frame.put(text.fitted(toColumns: width), at: Point(column: column, row: row), style: style)
          column += width + 1
        }
        switch rows[index].priority {
        case .urgent: put("▲", Style(.danger, .bold), 1)
        case .high: put("△", Style(.warning, .bold), 1)
        case .low: put("▽", Style(.muted), 1)
        case .normal: put(" ", .text, 1)
        }
        if let alert = text.alert {
          // What was raised, in the place of the channel: it is why the row is looked at.
          put("!", Style(.danger, .bold), 1)
          put(alert, Style(.danger), min(16, max(6, inner.columns / 4)))
        }
        let time = text.fixed ?? text.since.map { SafeText(Age.text(shownNow - $0)) } ?? .empty
        put(time.padded(toColumns: 6, alignment: .trailing), Style(.muted), 6)
        if text.alert == nil { put(text.channel, Style(.info), 6) }
        put(text.customer, Style(.text), 8)
        let owner = min(10, max(0, inner.columns / 6))
        put(text.subject, Style(.text), max(8, inner.maxColumn - column - owner - 1))
        put(text.owner, Style(.muted), owner)
        if index == queue.selected {
          frame.restyle(Rect(column: inner.minColumn, row: row, columns: inner.columns, rows: 1)) {
            Style(isFocused ? .selection : .selectionUnfocused, $0.modifiers)
          }
        }
      }
    }
  }

  // MARK: - A ticket

  private func drawLook(on frame: inout Frame, _ rect: Rect) {
    guard let look else { return }
    var title = words("monitor.ticket")
    if let ticket = look.detail?.ticket {
      title = SafeText("\(ticket.number.map { "#\($0) " } ?? "")\(ticket.subject)")
    }
    frame.box(rect, title: title.truncated(toColumns: max(1, rect.columns - 6)), style: Style(.borderFocused))
    let inner = rect.inset(columns: 2, rows: 1)
    for (offset, line) in look.lines.dropFirst(look.top).prefix(inner.rows).enumerated() {
      frame.put(
        line.text, at: Point(column: inner.minColumn, row: inner.minRow + offset), style: line.style,
        limit: inner.columns)
    }
  }

  private func drawHelp(on frame: inout Frame, _ rect: Rect) {
    frame.box(rect, title: words("monitor.help.title"), style: Style(.borderFocused))
    let inner = rect.inset(columns: 2, rows: 2)
    var row = inner.minRow
    for key in [
      "monitor.help.seats", "monitor.help.queue", "monitor.help.look", "raised.help", "monitor.footer",
    ] {
      for line in words(key).wrapped(columns: inner.columns) {
        guard row < inner.maxRow else { return }
        frame.put(line, at: Point(column: inner.minColumn, row: row))
        row += 1
      }
      row += 1
    }
  }
}
