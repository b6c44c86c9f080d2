import Domain
import Terminal

extension Painter {
  mutating func drawQueue(in rect: Rect) {
    let (head, list) = rect.splitTop(1)
    if model.isFiltering || model.filter != nil { drawFilter(in: head) } else { drawScopes(in: head) }
    guard !model.queue.rows.isEmpty else {
      if model.queue.isLoaded { drawEmpty(in: list) }
      return
    }
    let columns = QueueColumns(list.columns, language: model.language)
    let looking = Set(model.viewers.map(\.ticket))
    for line in 0..<list.rows {
      let index = model.queue.top + line
      guard index < model.queue.rows.count else { break }
      drawRow(index, in: list.row(line), columns, isWatched: looking.contains(model.queue.rows[index].id))
    }
    if model.focus == .queue, !model.isFiltering, model.overlays.isEmpty {
      frame.cursor = list.origin.offset(rows: model.queue.selected - model.queue.top)
    }
  }

  private mutating func drawEmpty(in rect: Rect) {
    let isNarrowed = model.filter?.isEmpty == false
    let text = words(isNarrowed ? "desk.queue.nothing-found" : "desk.queue.empty.\(model.scope.rawValue)")
    for (index, line) in text.wrapped(columns: max(8, rect.columns - 4)).enumerated()
    where index < rect.rows - 1 {
      frame.put(line, at: rect.origin.offset(columns: 2, rows: 1 + index), style: Style(.muted))
    }
  }

  // MARK: - The line above the list

  private mutating func drawScopes(in rect: Rect) {
    let counts = model.counts
    func count(_ scope: QueueQuery.Scope) -> Int {
      switch scope {
      case .waiting: counts.waiting
      case .mine: counts.mine
      case .open: counts.open
      case .pending: counts.pending
      case .done, .raised: counts.done
      }
    }
    let names = QueueQuery.Scope.ofAgents.map { scope in
      (scope: scope, name: words("desk.scope.\(scope.rawValue)"), count: SafeText("\(count(scope))"))
    }
    let full = names.reduce(0) { $0 + $1.name.width + $1.count.width + 3 }
    var column = rect.minColumn + 1
    for item in names {
      let isActive = item.scope == model.scope
      let text = isActive || full <= rect.columns - 1 ? item.name + " " + item.count : item.name
      let style = Style(isActive ? .tabActive : .tabInactive, isActive ? [.bold, .underline] : [])
      column += frame.put(
        text, at: Point(column: column, row: rect.minRow), style: style,
        limit: max(0, rect.maxColumn - column))
      column += 2
    }
  }

  private mutating func drawFilter(in rect: Rect) {
    guard let filter = model.filter else { return }
    frame.put("/", at: rect.origin.offset(columns: 1), style: Style(.accent, .bold))
    let count = SafeText(
      words.text("desk.queue.found", ["count": "\(model.queue.rows.count)\(model.queue.hasAfter ? "+" : "")"])
    )
    let line = Rect(
      column: rect.minColumn + 2, row: rect.minRow, columns: max(4, rect.columns - count.width - 4), rows: 1)
    let caret = frame.putLine(
      of: filter, in: line, style: Style(model.isFiltering ? .inputFocused : .input))
    frame.put(trailing: count, in: rect, row: rect.minRow, style: Style(.muted))
    if model.isFiltering { frame.cursor = caret }
  }

  // MARK: - A row

  private mutating func drawRow(_ index: Int, in rect: Rect, _ columns: QueueColumns, isWatched: Bool) {
    let row = model.queue.rows[index]
    let text = model.queue.drawn[index]
    let isSelected = index == model.queue.selected
    let isMarked = model.queue.marks.contains(row.id)
    let isOpen = row.id == model.open?.id
    var base = Style.text
    if isSelected {
      base = Style(model.focus == .queue ? .selection : .selectionUnfocused)
    } else if isMarked {
      base = Style(.mark)
    }
    // A row that stands out as a whole needs nothing that stands out in it, and moving the cursor sends less.
    func style(_ role: Role, _ modifiers: Modifiers = []) -> Style {
      base.role == .text ? Style(role, modifiers) : base
    }
    if base.role != .text { frame.fill(rect, style: base) }
    let row0 = rect.minRow
    func at(_ column: Int) -> Point { Point(column: rect.minColumn + column, row: row0) }
    if isMarked {
      frame.put(RowMark.marked, at: at(0), style: style(.accent, .bold))
    } else if isSelected {
      frame.put(RowMark.selected, at: at(0), style: style(.accent))
    } else if isOpen {
      frame.put(RowMark.open, at: at(0), style: style(.accent))
    }
    switch row.priority {
    case .urgent: frame.put(RowMark.urgent, at: at(1), style: style(.danger, .bold))
    case .high: frame.put(RowMark.high, at: at(1), style: style(.warning, .bold))
    case .low: frame.put(RowMark.low, at: at(1), style: style(.muted))
    case .normal: break
    }
    // Without its arrow the time that a ticket comes back would look like a time it has waited.
    let wakes = row.state == .pending && text.fixed != nil
    if isWatched {
      frame.put(RowMark.watched, at: at(2), style: style(.warning))
    } else if let alert = row.alert {
      frame.put(
        RowMark.alert, at: at(2), style: alert.severity >= .high ? style(.danger, .bold) : style(.warning))
    } else if wakes {
      frame.put(
        RowMark.wakes, at: at(2), style: row.isUnread ? style(.accent, .bold) : style(.muted))
    } else if row.isUnread {
      frame.put(RowMark.unread, at: at(2), style: style(.accent, .bold))
    } else if row.state == .pending {
      frame.put(RowMark.pending, at: at(2), style: style(.muted))
    }
    if let fixed = text.fixed, !(wakes && (isWatched || row.alert != nil)) {
      frame.put(fixed, at: at(3), style: style(.muted), limit: Age.width)
    } else if let since = text.since {
      let age = model.shownNow - since
      let role: Role = age > 600_000 ? .danger : age > 180_000 ? .warning : .text
      Age.put(age, on: &frame, at: at(3), style: style(role))
    }
    frame.put(text.channel, at: at(columns.channel), style: style(.muted), limit: columns.channelWidth)
    frame.put(
      text.customer.truncated(toColumns: columns.nameWidth), at: at(columns.name),
      style: style(.text, row.customerLevel == .platinum || row.customerLevel == .gold ? .bold : []))
    if let number = columns.number { frame.put(text.number, at: at(number), style: style(.muted), limit: 10) }
    let end = columns.owner ?? (row.isWaitingForStore ? rect.columns - 2 : rect.columns)
    let room = max(0, end - columns.subject - (columns.owner == nil ? 0 : 1))
    frame.put(
      text.subject.truncated(toColumns: room), at: at(columns.subject),
      style: style(.text, row.isUnread ? .bold : []))
    if let owner = columns.owner {
      frame.put(text.owner, at: at(owner), style: style(.muted), limit: rect.columns - owner - 2)
    }
    if row.isWaitingForStore { frame.put(RowMark.unsent, at: at(rect.columns - 1), style: style(.warning)) }
  }
}

/// The marks of a row, made once: every row draws some of them with every frame.
private enum RowMark {
  static let marked: SafeText = "✓"
  static let selected: SafeText = "▌"
  /// The ticket that is open while another row is selected.
  static let open: SafeText = "›"
  static let urgent: SafeText = "▲"
  static let high: SafeText = "△"
  static let low: SafeText = "▽"
  static let watched: SafeText = "◆"
  static let alert: SafeText = "!"
  static let unread: SafeText = "●"
  static let pending: SafeText = "‖"
  static let wakes: SafeText = "→"
  static let unsent: SafeText = "↑"
}

/// Where the columns of the list begin at a width.
private struct QueueColumns {
  let channel = 3 + Age.width + 1
  let channelWidth: Int
  let name: Int
  let nameWidth: Int
  let number: Int?
  let subject: Int
  let owner: Int?

  init(_ width: Int, language: Language) {
    channelWidth = language == .chinese ? 4 : width < 50 ? 6 : 7
    name = channel + channelWidth + 1
    nameWidth = width < 50 ? 6 : 10
    var next = name + nameWidth + 1
    if width >= 72 {
      number = next
      next += 11
    } else {
      number = nil
    }
    subject = next
    owner = width >= 72 ? width - 12 : nil
  }
}
