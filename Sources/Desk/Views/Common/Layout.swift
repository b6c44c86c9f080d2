import Domain
import Terminal

/// Where everything stands at a size: one place, so that drawing, wrapping and clicking agree.
struct Layout: Sendable {
  enum Kind: Sendable { case wide, medium, narrow, reduced, tooSmall }

  let kind: Kind
  let screen: Rect
  var banner: Rect?
  /// The line of what stays wrong, where something is.
  var standing: Rect?
  var status = Rect(.zero)
  /// The line of tabs where only one pane fits.
  var tabs: Rect?
  var footer = Rect(.zero)
  /// The frame around the panes, where there is one.
  var box: Rect?
  /// Columns of the lines between panes.
  var separators: [Int] = []
  /// The insides of the panes that are shown.
  var queue: Rect?
  var ticket: Rect?
  var side: Rect?
  /// What stands at the side.
  private var sidePane = DeskModel.Pane.customer
  /// The rows of the list inside the queue pane.
  var list: Rect?

  static func kind(of size: Size) -> Kind {
    if size.columns < 60 || size.rows < 15 { return .tooSmall }
    if size.columns < 80 || size.rows < 20 { return .reduced }
    if size.columns < 100 { return .narrow }
    return size.columns < 140 ? .medium : .wide
  }

  init(_ model: DeskModel) {
    let size = model.size
    kind = Self.kind(of: size)
    screen = Rect(size)
    sidePane = model.side
    guard kind != .tooSmall else { return }
    var rest = screen
    if model.banner != nil {
      let parts = rest.splitTop(1)
      banner = parts.part
      rest = parts.rest
    }
    (status, rest) = rest.splitTop(1)
    let standingRows = model.standingLines(columns: size.columns).count
    if standingRows > 0 {
      let parts = rest.splitTop(standingRows)
      standing = parts.part
      rest = parts.rest
    }
    (footer, rest) = rest.splitBottom(1)
    switch kind {
    case .wide, .medium: split(rest, model)
    default:
      let (line, body) = rest.splitTop(1)
      tabs = line
      switch model.focus {
      case .queue: queue = body
      case .ticket: ticket = body
      case .customer, .knowledge: side = body
      }
    }
    if let queue { list = queue.splitTop(1).rest }
  }

  private mutating func split(_ body: Rect, _ model: DeskModel) {
    box = body
    let inside = body.inset()
    let isWide = kind == .wide
    let isInSide = model.focus == .customer || model.focus == .knowledge
    // Where two panes fit, the one that takes the keys is one of them.
    let showsSide =
      isWide
      ? model.customer != nil || model.isSideOpen || isInSide
      : isInSide || model.isSideOpen && model.focus != .queue
    var rest = inside
    if isWide || !showsSide {
      let wanted = isWide ? min(46, max(36, inside.columns * 26 / 100)) : min(46, inside.columns * 38 / 100)
      let parts = rest.splitLeft(wanted)
      queue = parts.part
      separators.append(parts.rest.minColumn)
      rest = parts.rest.splitLeft(1).rest
    }
    if showsSide {
      let wanted = isWide ? min(50, max(38, inside.columns * 28 / 100)) : inside.columns * 42 / 100
      let parts = rest.splitRight(wanted)
      side = parts.part
      rest = parts.rest
      let (line, remaining) = rest.splitRight(1)
      separators.append(line.minColumn)
      rest = remaining
    }
    ticket = rest
  }

  func pane(at point: Point) -> DeskModel.Pane? {
    if let queue, queue.contains(point) { return .queue }
    if let ticket, ticket.contains(point) { return .ticket }
    if let side, side.contains(point) { return sidePane }
    return nil
  }
}
