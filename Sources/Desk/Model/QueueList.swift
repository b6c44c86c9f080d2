import Domain
import Terminal

/// A window on a list of any length. It holds a few pages around what is shown and asks for more before the end is
/// reached, so that a million rows cost what forty cost.
package struct QueueList: Sendable {
  static let page = 64
  static let longest = 4 * page

  package internal(set) var query: QueueQuery
  package internal(set) var rows: [QueueRow] = []
  /// What is drawn of each row.
  var drawn: [RowText] = []
  var hasBefore = false
  var hasAfter = false
  /// Index in `rows`.
  var selected = 0
  var top = 0
  /// Rows shown.
  var height = 1
  var marks: Set<TicketID> = []
  /// Where `V` began.
  var anchor: TicketID?
  /// The request that the next page answers; others are stale.
  var expected: QueueRequest?
  /// Rows that a burst of keys wants to move beyond what is loaded.
  var pendingMove = 0
  var isLoaded = false

  init(query: QueueQuery) { self.query = query }

  package var selectedRow: QueueRow? { rows.indices.contains(selected) ? rows[selected] : nil }

  /// Marked rows, or the one under the cursor.
  var targets: [TicketID] {
    marks.isEmpty ? selectedRow.map { [$0.id] } ?? [] : marks.sorted()
  }

  // MARK: - Asking

  mutating func reload(_ query: QueueQuery) -> [DeskEffect] {
    self.query = query
    pendingMove = 0
    anchor = nil
    return ask(.first)
  }

  private mutating func ask(_ edge: QueueRequest.Edge, limit: Int = page) -> [DeskEffect] {
    let request = QueueRequest(query: query, edge: edge, limit: limit)
    expected = request
    return [.loadQueue(request)]
  }

  /// Reads the shown part again after something changed.
  mutating func refresh() -> [DeskEffect] {
    guard expected == nil else { return [] }
    guard hasBefore, let first = rows.first else { return ask(.first, limit: max(Self.page, rows.count)) }
    return ask(.from(first.key), limit: max(Self.page, rows.count))
  }

  mutating func move(_ lines: Int) -> [DeskEffect] {
    guard !rows.isEmpty else { return [] }
    let wanted = selected + pendingMove + lines
    pendingMove = 0
    selected = min(max(0, wanted), rows.count - 1)
    if wanted != selected, wanted < 0 ? hasBefore : hasAfter { pendingMove = wanted - selected }
    scrollToSelection()
    return prefetch()
  }

  mutating func moveToStart() -> [DeskEffect] {
    pendingMove = 0
    guard hasBefore else { return move(-rows.count) }
    selected = 0
    return ask(.first, limit: jump)
  }

  mutating func moveToEnd() -> [DeskEffect] {
    pendingMove = 0
    guard hasAfter else { return move(rows.count) }
    return ask(.last, limit: jump)
  }

  /// Rows asked for where the list jumps: what is shown and a few around it. The frame waits for them; the pages around
  /// come with the keys that move on.
  private var jump: Int { max(height + 8, Self.page / 2) }

  private mutating func prefetch() -> [DeskEffect] {
    guard expected == nil else { return [] }
    let margin = max(Self.page / 2, height)
    if hasAfter, selected + margin >= rows.count, let last = rows.last { return ask(.after(last.key)) }
    if hasBefore, selected < margin, let first = rows.first { return ask(.before(first.key)) }
    return []
  }

  // MARK: - Answers

  /// Takes a page in; pages that nobody waits for any more are dropped.
  mutating func take(_ page: QueuePage, drawn drawnPage: [RowText]) -> [DeskEffect] {
    guard page.request == expected else { return [] }
    expected = nil
    isLoaded = true
    switch page.request.edge {
    case .first, .from:
      let selectedID = selectedRow?.id
      let topID = rows.indices.contains(top) ? rows[top].id : nil
      let wasAtTop = top == 0 && !hasBefore
      rows = page.rows
      drawn = drawnPage
      hasBefore = page.hasBefore
      hasAfter = page.hasAfter
      if let selectedID, let index = rows.firstIndex(where: { $0.id == selectedID }) {
        // The row under the cursor stays where it is on the screen; what came in before it does not push it away.
        if !wasAtTop || selected > 0, let topID, let place = rows.firstIndex(where: { $0.id == topID }) {
          top = place
        }
        selected = index
      }
      selected = min(max(0, selected), max(0, rows.count - 1))
    case .last:
      rows = page.rows
      drawn = drawnPage
      hasBefore = page.hasBefore
      hasAfter = page.hasAfter
      selected = max(0, rows.count - 1)
      top = max(0, rows.count - height)
    case .after:
      rows += page.rows
      drawn += drawnPage
      hasAfter = page.hasAfter
      if rows.count > Self.longest {
        let surplus = rows.count - Self.longest
        rows.removeFirst(surplus)
        drawn.removeFirst(surplus)
        selected = max(0, selected - surplus)
        top = max(0, top - surplus)
        hasBefore = true
      }
    case .before:
      rows = page.rows + rows
      drawn = drawnPage + drawn
      hasBefore = page.hasBefore
      selected += page.rows.count
      top += page.rows.count
      if rows.count > Self.longest {
        rows.removeLast(rows.count - Self.longest)
        drawn.removeLast(drawn.count - Self.longest)
        hasAfter = true
      }
    }
    let rest = pendingMove
    pendingMove = 0
    if rest != 0 { return move(rest) }
    scrollToSelection()
    return []
  }

  /// Selects a ticket where it is loaded.
  mutating func select(_ id: TicketID) {
    guard let index = rows.firstIndex(where: { $0.id == id }) else { return }
    selected = index
    scrollToSelection()
  }

  mutating func scrollToSelection() {
    guard !rows.isEmpty else {
      top = 0
      return
    }
    if selected < top { top = selected }
    if selected >= top + height { top = selected - height + 1 }
    top = min(max(0, top), max(0, rows.count - 1))
    if !hasAfter { top = min(top, max(0, rows.count - height)) }
  }

  // MARK: - Marks

  mutating func toggleMark() {
    guard let id = selectedRow?.id else { return }
    if marks.remove(id) == nil { marks.insert(id) }
  }

  /// The first `V` sets the start, the second marks everything between.
  mutating func markRange() {
    guard let here = selectedRow?.id else { return }
    guard let start = anchor, let from = rows.firstIndex(where: { $0.id == start }) else {
      anchor = here
      return
    }
    for row in rows[min(from, selected)...max(from, selected)] { marks.insert(row.id) }
    anchor = nil
  }
}

/// A queue row made ready for drawing: safe once, drawn often.
struct RowText: Sendable {
  var subject: SafeText
  var customer: SafeText
  var channel: SafeText
  var number: SafeText
  var zone: SafeText
  var owner: SafeText
  /// Moment that the age column counts from.
  var since: Timestamp?
  /// What the age column shows where it does not tick.
  var fixed: SafeText?
  /// What was raised to a lead; nil where nothing was.
  var alert: SafeText?
}
