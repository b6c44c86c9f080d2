import Domain
import Terminal

/// One piece of a status line; the most important are placed first, the others where they still have room.
struct Segment {
  var spans: [Span]
  var rank: Int
  /// What stands between it and the next one.
  var gap: SafeText = " │ "

  var width: Int { spans.reduce(0) { $0 + $1.text.width } }

  /// Columns that they take next to each other.
  private static func width(of segments: [Segment]) -> Int {
    segments.reduce(0) { $0 + $1.width } + segments.dropLast().reduce(0) { $0 + $1.gap.width }
  }

  /// Those that fit into `columns`, in their order.
  static func fitting(_ segments: [Segment], columns: Int) -> [Segment] {
    var kept: Set<Int> = []
    for index in segments.indices.sorted(by: { segments[$0].rank < segments[$1].rank }) {
      let tried = segments.indices.filter { kept.contains($0) || $0 == index }.map { segments[$0] }
      if width(of: tried) <= columns { kept.insert(index) }
    }
    return segments.indices.filter { kept.contains($0) }.map { segments[$0] }
  }

  /// - Returns: the columns used.
  @discardableResult
  static func draw(_ segments: [Segment], on frame: inout Frame, at start: Point, limit: Int) -> Int {
    var used = 0
    for (index, segment) in segments.enumerated() {
      if index > 0 {
        used += frame.put(
          segments[index - 1].gap, at: start.offset(columns: used), style: Style(.statusBar),
          limit: max(0, limit - used))
      }
      used += frame.put(spans: segment.spans, at: start.offset(columns: used), limit: max(0, limit - used))
    }
    return used
  }
}

extension Painter {
  mutating func drawStatus() {
    let bar = Style(.statusBar)
    frame.fill(layout.status, style: bar)
    let languages = words("desk.status.languages")
    func segments(_ brevity: Brevity) -> [Segment] {
      [
        Segment(spans: [Span(words("desk.title"), Style(.statusBar, .bold))], rank: 8, gap: "  "),
        presenceSegment(brevity), waitingSegment(brevity), mineSegment, serviceLevelSegment,
      ] + syncSegments(short: brevity != .none) + [Segment(spans: [Span(languages, bar)], rank: 7)]
    }
    // One column before and one after.
    let columns = layout.status.columns - 2
    // Who sits here and how the exchange stands are never left out, who waits only where nothing else helps.
    var shown: [Segment] = []
    for brevity in Brevity.allCases {
      let all = segments(brevity)
      shown = Segment.fitting(all, columns: columns)
      if shown.count(where: { $0.rank <= 2 }) == all.count(where: { $0.rank <= 2 }) { break }
    }
    let hasLanguages = shown.last?.rank == 7
    if hasLanguages { shown.removeLast() }
    Segment.draw(
      shown, on: &frame, at: layout.status.origin.offset(columns: 1), limit: layout.status.columns - 1)
    if hasLanguages {
      frame.put(
        trailing: languages,
        in: layout.status.splitRight(languages.width + 1).part.splitLeft(languages.width).part,
        row: layout.status.minRow, style: bar)
    }
  }

  /// How much the line leaves out of its most important parts, one after the other.
  private enum Brevity: CaseIterable {
    case none, mark, oldest, age, state
  }

  private func presenceSegment(_ brevity: Brevity) -> Segment {
    let presence = model.me.presence
    let (mark, role): (SafeText, Role) =
      switch presence.state {
      case .ready: ("●", .statusGood)
      case .onContact: ("▶", .statusGood)
      case .afterContactWork: ("◆", .statusWarning)
      case .notReady: ("■", .statusWarning)
      case .offline: ("○", .statusBar)
      }
    let name =
      presence.reason.map { words("presence.reason.\($0)") } ?? words("presence.\(presence.state.rawValue)")
    var spans = [
      Span(SafeText("\(model.me.name[model.language]) \(model.me.number) "), Style(.statusBar)),
      Span(brevity == .state ? mark : mark + " " + name, Style(role)),
    ]
    if presence.state != .offline, brevity != .age, brevity != .state {
      spans.append(Span(SafeText(" " + Age.text(model.shownNow - presence.since)), Style(.statusBar)))
    }
    return Segment(spans: spans, rank: 1)
  }

  private func waitingSegment(_ brevity: Brevity) -> Segment {
    var spans = [
      Span(words("desk.status.waiting") + " ", Style(.statusBar)),
      Span(SafeText("\(model.counts.waiting)"), Style(.statusBar, .bold)),
    ]
    if let since = model.counts.oldestWaitingSince, model.counts.waiting > 0,
      brevity == .none || brevity == .mark
    {
      let age = model.shownNow - since
      spans.append(Span("  " + words("desk.status.oldest") + " ", Style(.statusBar)))
      spans.append(
        Span(
          SafeText(Age.text(age)),
          Style(age > 600_000 ? .statusDanger : age > 180_000 ? .statusWarning : .statusBar)))
    }
    return Segment(spans: spans, rank: 2)
  }

  private var mineSegment: Segment {
    var spans = [
      Span(words("desk.status.mine") + " ", Style(.statusBar)),
      Span(SafeText("\(model.counts.mine)"), Style(.statusBar, .bold)),
    ]
    if model.counts.mineUnread > 0 {
      spans.append(Span(SafeText(" ●\(model.counts.mineUnread)"), Style(.statusWarning, .bold)))
    }
    return Segment(spans: spans, rank: 3)
  }

  private var serviceLevelSegment: Segment {
    let level = model.serviceLevel
    let head = ServiceLevelText.head(level, words, key: "desk.status.service-level")
    let formula = ServiceLevelText.formula(level, words)
    guard let percent = level.percent else {
      return Segment(
        spans: [Span(head + " —", Style(.statusBar)), Span(formula, Style(.statusBar, .dim))], rank: 6)
    }
    let role: Role = percent >= 80 ? .statusGood : percent >= 60 ? .statusWarning : .statusDanger
    return Segment(
      spans: [
        Span(head + " ", Style(.statusBar)), Span(SafeText("\(percent)%"), Style(role)),
        Span(formula, Style(.statusBar, .dim)),
      ], rank: 6)
  }

  /// The sync mark. It is never left out: where there is no room beside who waits and who sits here, it says less.
  private func syncSegments(short: Bool) -> [Segment] {
    func segment(_ key: String, _ values: KeyValuePairs<String, any CustomStringConvertible>, _ style: Style)
      -> Segment
    {
      Segment(
        spans: [Span(SafeText(words.text("desk.status.\(key)\(short ? ".short" : "")", values)), style)],
        rank: 0)
    }
    let sync = model.sync
    var segments: [Segment] = []
    if sync.cannotSave {
      segments.append(segment("cannot-save", [:], Style(.statusDanger, .bold)))
    } else if sync.refused > 0 {
      let text = words.text("desk.status.refused", ["count": sync.refused])
      segments.append(Segment(spans: [Span(SafeText(text), Style(.statusDanger, .bold))], rank: 0))
    }
    if let since = sync.offlineSince {
      // The store is there, and nothing goes to it until somebody has looked at it.
      segments.append(
        segment(
          sync.isHalted ? "halted" : "offline",
          [
            "since": moment(since), "age": Age.text(model.shownNow - since), "count": sync.queued,
          ], Style(sync.isHalted ? .statusDanger : .statusWarning, .bold)))
    } else if sync.queued > 0 {
      segments.append(segment("queued", ["count": sync.queued], Style(.statusWarning)))
    } else if let days = sync.daysWithoutBackup(at: model.shownNow) {
      segments.append(segment("noBackup", ["count": days], Style(.statusWarning)))
    } else if segments.isEmpty {
      segments.append(segment("synced", [:], Style(.statusGood)))
    }
    return segments
  }

  /// `09:12`, with the day where that is not today.
  private func moment(_ moment: Timestamp) -> String {
    let (then, now) = (model.clock.civil(moment), model.clock.civil(model.shownNow))
    let day = then.date == now.date ? "" : "\(then.date.description.dropFirst(5)) "
    return day + then.minuteText
  }

  // MARK: - Footer

  /// The keys that help here, and beside or above them what just happened: a notice never takes the place of all keys.
  mutating func drawFooter() {
    let rect = layout.footer
    frame.fill(rect, style: .text)
    guard let said = shownNotice else {
      drawHints(in: rect)
      return
    }
    if let edge = noticeEdge {
      if said.text.width <= edge.columns - 4 {
        frame.put(" " + said.text + " ", at: edge.origin.offset(columns: 1), style: said.style)
      } else {
        drawLong(said, above: edge)
      }
      drawHints(in: rect)
      return
    }
    // Two keys stay even beside a sentence; where there is room, more do. A sentence that has no room beside them stands above them.
    let wanted = said.text.width + 3
    guard wanted <= rect.columns - min(hintWidth(2) + 1, rect.columns / 2) else {
      drawLong(said, above: Rect(column: 0, row: rect.minRow - 1, columns: rect.columns, rows: 1))
      drawHints(in: rect)
      return
    }
    frame.put(said.text, at: rect.origin.offset(columns: 1), style: said.style)
    drawHints(in: rect.splitLeft(wanted).rest)
  }

  /// More would hide what it speaks of; no sentence of the catalogues needs more at 80 columns.
  static let longestNotice = 4

  /// A sentence on as many lines as it needs, the last one in `edge`; above the caret where somebody types there.
  private mutating func drawLong(_ said: (text: SafeText, style: Style), above edge: Rect) {
    let columns = max(8, edge.columns - 2)
    var lines = said.text.wrapped(columns: columns)
    if lines.count > Self.longestNotice {
      lines = Array(lines.prefix(Self.longestNotice))
      lines[lines.count - 1] = lines[lines.count - 1].truncated(toColumns: columns - 1) + "…"
    }
    var last = edge.minRow
    if let caret = frame.cursor, caret.row <= last, caret.row > last - lines.count,
      caret.row > layout.status.maxRow + lines.count
    {
      last = caret.row - 1
    }
    for (index, line) in lines.enumerated() {
      let row = Rect(
        column: edge.minColumn, row: last - lines.count + 1 + index, columns: edge.columns, rows: 1)
      frame.fill(row, style: .text)
      frame.put(line, at: row.origin.offset(columns: 1), style: said.style)
    }
  }

  /// The lower edge of the frame around the panes, where there is one: a whole line above the keys.
  private var noticeEdge: Rect? {
    layout.box.map { Rect(column: $0.minColumn + 1, row: $0.maxRow - 1, columns: $0.columns - 2, rows: 1) }
  }

  /// Who waits sees that, and not what went well before; trouble comes before both.
  private var shownNotice: (text: SafeText, style: Style)? {
    if let notice = model.notice, spinner == nil || notice.kind == .warning || notice.kind == .danger {
      let (mark, role): (SafeText, Role) =
        switch notice.kind {
        case .info: ("· ", .info)
        case .success: ("✓ ", .success)
        case .warning: ("! ", .warning)
        case .danger: ("✗ ", .danger)
        }
      return (mark + notice.text, Style(role, .bold))
    }
    return spinner.map { ($0, Style(.info)) }
  }

  /// What the first `count` keys take, with the gaps between them.
  private func hintWidth(_ count: Int) -> Int {
    model.footerActions.compactMap { id in
      model.actions.shortKey(id).map { SafeText($0.description).width + footerName(id).width + 3 }
    }.prefix(count).reduce(0, +)
  }

  /// In a closing the keys of the generations say where they lead from here, as the line above the form does.
  private func footerName(_ id: ActionID) -> SafeText {
    guard id == .byHand || id == .byTemplate, let mode = model.open?.closing?.generation(of: id) else {
      return words(id.key)
    }
    return words("closing.mode.\(mode.rawValue)")
  }

  private mutating func drawHints(in rect: Rect) {
    if let overlay = model.overlays.last {
      drawKeys(keys(of: overlay), in: rect)
      return
    }
    var column = rect.minColumn + 1
    for id in model.footerActions {
      guard let key = model.actions.shortKey(id) else { continue }
      let name = footerName(id)
      let keyText = SafeText(key.description)
      let isOffered = model.me.isActive || model.reason(against: id) == nil
      guard isOffered else { continue }
      guard column + keyText.width + 1 + name.width <= rect.maxColumn - 1 else { break }
      let isEnabled = model.reason(against: id) == nil
      column += frame.put(
        keyText, at: Point(column: column, row: rect.minRow), style: Style(isEnabled ? .key : .disabled))
      column += 1
      column += frame.put(
        name, at: Point(column: column, row: rect.minRow), style: Style(isEnabled ? .keyLabel : .disabled))
      column += 2
    }
  }

  /// The keys of what lies above the panes: a sentence of `key name` pairs.
  private mutating func drawKeys(_ keys: String, in rect: Rect) {
    var column = rect.minColumn + 1
    for pair in keys.split(separator: " · ") {
      let parts = pair.split(separator: " ", maxSplits: 1)
      let key = SafeText(parts.count > 1 ? String(parts[0]) : "")
      let name = SafeText(String(parts.last ?? ""))
      guard column + key.width + 1 + name.width <= rect.maxColumn - 1 else { break }
      if !key.isEmpty {
        column += frame.put(key, at: Point(column: column, row: rect.minRow), style: Style(.key)) + 1
      }
      column += frame.put(name, at: Point(column: column, row: rect.minRow), style: Style(.keyLabel)) + 2
    }
  }

  private func keys(of overlay: Overlay) -> String {
    switch overlay {
    case .welcome: words.text("desk.welcome.continue")
    case .picker: words.text("desk.picker.hint")
    case .dialog(let dialog): words.text(dialog.hasLongText ? "desk.dialog.keys-long" : "desk.dialog.keys")
    case .confirm(let confirm):
      "\(confirm.yesKey) \(confirm.yes.string) · \(confirm.noKey) \(confirm.no.string)"
    case .help, .text, .results: words.text("desk.help.keys")
    case .refund: words.text("refund.keys")
    case .raised: words.text("raised.keys")
    case .verification: words.text("verification.keys")
    case .find: words.text("desk.find.keys")
    case .notSent: words.text("desk.not-sent.keys")
    case .bulkClose: words.text("desk.bulk.keys")
    }
  }

  private var spinner: SafeText? {
    guard model.isWaitLong else { return nil }
    let marks: [SafeText] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"]
    let mark = marks[Int((model.now.milliseconds / 100) & 7)]
    return mark + " " + words(model.isClaiming ? "desk.notice.claiming" : "desk.notice.asking-model")
  }
}

extension DeskModel {
  /// Whether somebody waits for the store to decide.
  fileprivate var isClaiming: Bool { claimingSince != nil }

  private var waitingSince: Timestamp? { claimingSince ?? open?.machine?.askedAt }

  private var claimingSince: Timestamp? {
    claimNext?.since
      ?? underWay.values.filter { ($0.kind == .claim || $0.kind == .claimNext) && !$0.isRequested }
      .map(\.since).min()
  }

  /// Waiting is said after 300 ms, not before.
  fileprivate var isWaitLong: Bool { waitingSince.map { now - $0 >= 300 } ?? false }

  var spinnerWakesAt: Timestamp? {
    waitingSince.map { Timestamp(milliseconds: max($0.milliseconds + 300, now.milliseconds + 100)) }
  }
}

extension DeskModel {
  /// What the line at the bottom offers here, the most useful first.
  var footerActions: [ActionID] {
    switch focus {
    case .queue:
      return [.claimNext, .open, .claim, .filter, .mark, .close, .find, .knowledge, .palette, .help]
    case .customer: return [.activate, .reveal, .back, .find, .knowledge, .palette, .help]
    case .knowledge:
      return knowledge.article == nil
        ? [.openArticle, .back, .find, .palette, .help]
        : [.insertPassage, .insertArticle, .back, .palette, .help]
    case .ticket:
      if open?.composer != nil { return [.send, .editor, .back, .discard, .knowledge, .palette] }
      if open?.closing != nil {
        return [.confirmClose, .nextMissing, .byTemplate, .byHand, .disposition, .back]
      }
      if open?.form.isFocused == true { return [.editField, .nextField, .close, .back, .undo, .help] }
      if open?.ticket?.owner == nil, open?.ticket?.state.isDone == false {
        return [.claim, .claimNext, .reply, .note, .knowledge, .customer, .palette, .help]
      }
      if open?.ticket?.state.isDone == true {
        return [.claimNext, .reopen, .note, .customer, .knowledge, .palette, .help]
      }
      return [
        .close, .editForm, .reply, .note, .step, .refund, .knowledge, .claimNext, .category, .hold, .transfer,
        .palette, .help,
      ]
    }
  }
}
