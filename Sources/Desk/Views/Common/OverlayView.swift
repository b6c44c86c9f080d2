import Domain
import Terminal

/// Where what lies above the panes stands; wrapping, scrolling and drawing agree by it.
enum OverlayLayout {
  static func centered(columns: Int, rows: Int, in size: Size) -> Rect {
    let columns = min(columns, size.columns - 2)
    let rows = min(rows, size.rows - 2)
    return Rect(
      column: (size.columns - columns) / 2, row: max(1, (size.rows - rows) / 3), columns: columns, rows: rows)
  }

  static func pickerRows(_ picker: Picker, in size: Size) -> Int {
    max(1, min(picker.items.count, size.rows - 8))
  }

  static func picker(_ picker: Picker, in size: Size) -> Rect {
    let widest = picker.items.reduce(0) {
      max($0, $1.label.width + $1.detail.width + $1.depth * 2 + $1.mark.width)
    }
    let columns = min(max(48, widest + 10), max(48, min(96, size.columns - 6)))
    return centered(columns: columns, rows: pickerRows(picker, in: size) + 4, in: size)
  }

  static func longTextRows(in size: Size) -> Int { size.rows < 20 ? 3 : 5 }

  static func dialog(_ dialog: Dialog, in size: Size) -> Rect {
    var rows = 3 + (dialog.message == nil && dialog.foundName == nil ? 0 : 1)
    for (index, field) in dialog.fields.enumerated() where dialog.isShown(index) {
      if case .longText = field.kind { rows += 1 + longTextRows(in: size) } else { rows += 1 }
    }
    return centered(columns: 72, rows: rows + 2, in: size)
  }

  static func find(in size: Size) -> Rect {
    centered(columns: min(110, size.columns - 4), rows: size.rows - 4, in: size)
  }

  static func page(in size: Size) -> Rect { centered(columns: 104, rows: size.rows - 3, in: size) }
}

extension Painter {
  /// A box above the rest, with its hint in the lower edge.
  mutating func panel(_ rect: Rect, _ title: SafeText, hint: SafeText = .empty) -> Rect {
    frame.fill(rect)
    frame.box(rect, title: title, style: Style(.borderFocused), titleStyle: Style(.accent, .bold))
    if !hint.isEmpty, hint.width + 4 < rect.columns {
      frame.put(
        " " + hint + " ", at: Point(column: rect.maxColumn - hint.width - 4, row: rect.maxRow - 1),
        style: Style(.muted))
    }
    frame.cursor = nil
    return rect.inset()
  }

  mutating func draw(_ overlay: Overlay) {
    switch overlay {
    case .welcome: drawWelcome()
    case .picker(let picker): draw(picker)
    case .dialog(let dialog): draw(dialog)
    case .confirm(let confirm): draw(confirm)
    case .help(let page): draw(page)
    case .find(let pane): draw(pane)
    case .text(let page): draw(page)
    case .notSent(let list): draw(list)
    case .bulkClose(let bulk): draw(bulk)
    case .results(let page): draw(page)
    case .refund(let pane): draw(pane)
    case .raised(let list): draw(list)
    case .verification(let pane): draw(pane)
    }
  }

  // MARK: - Lists

  private mutating func draw(_ picker: Picker) {
    let rect = OverlayLayout.picker(picker, in: model.size)
    let inside = panel(rect, picker.title, hint: words("desk.picker.hint"))
    let line = Rect(column: inside.minColumn + 1, row: inside.minRow, columns: inside.columns - 2, rows: 1)
    frame.cursor = frame.putLine(of: picker.filter, in: line, style: Style(.inputFocused))
    if picker.filter.isEmpty {
      frame.put(words("desk.picker.filter"), at: line.origin, style: Style(.placeholder), limit: line.columns)
    }
    frame.hline(at: inside.origin.offset(rows: 1), columns: inside.columns)
    let rows = inside.rows - 2
    if picker.matches.isEmpty {
      frame.put(
        words("desk.picker.none"), at: inside.origin.offset(columns: 1, rows: 2), style: Style(.muted))
    }
    let showsNumbers = picker.hasNumbers && picker.filter.isEmpty
    for row in 0..<rows {
      let index = picker.top + row
      guard picker.matches.indices.contains(index) else { break }
      let item = picker.items[picker.matches[index]]
      let place = Rect(
        column: inside.minColumn, row: inside.minRow + 2 + row, columns: inside.columns, rows: 1)
      let isSelected = index == picker.selected
      let base = isSelected ? Style(.selection) : Style(item.isEnabled || picker.isTree ? .text : .disabled)
      if isSelected {
        frame.fill(place, style: base)
        frame.put("▌", at: place.origin, style: base)
      }
      var column = place.minColumn + 1
      if showsNumbers {
        if index < 9 {
          frame.put(
            SafeText("\(index + 1)"), at: Point(column: column, row: place.minRow),
            style: isSelected ? base : Style(.key))
        }
        column += 2
      }
      if !item.mark.isEmpty {
        column += frame.put(
          item.mark + " ", at: Point(column: column, row: place.minRow),
          style: isSelected ? base : Style(.warning))
      }
      column += item.depth * 2
      let isHeading = picker.isTree && !item.isEnabled
      // Why something cannot be done is read to its end; the name in front of it is known.
      let most =
        item.isEnabled || isHeading
        ? place.columns / 2 : place.maxColumn - column - min(item.label.width, 12) - 3
      let detail = item.detail.truncated(toColumns: max(0, most))
      let room = place.maxColumn - column - detail.width - 2
      frame.put(
        item.label.truncated(toColumns: max(8, room)), at: Point(column: column, row: place.minRow),
        style: isHeading && !isSelected ? Style(.title, .bold) : base)
      frame.put(
        trailing: detail, in: place.splitLeft(place.columns - 1).part, row: place.minRow,
        style: isSelected ? base : Style(item.isEnabled ? .muted : .disabled))
    }
    let below = picker.matches.count - picker.top - rows
    if below > 0 {
      frame.put(trailing: SafeText(" ↓ \(below) "), in: inside, row: inside.maxRow - 1, style: Style(.badge))
    }
  }

  // MARK: - Questions

  private mutating func draw(_ dialog: Dialog) {
    let rect = OverlayLayout.dialog(dialog, in: model.size)
    let inside = panel(
      rect, dialog.title, hint: words(dialog.hasLongText ? "desk.dialog.keys-long" : "desk.dialog.keys"))
    var row = inside.minRow + 1
    if let name = dialog.foundName {
      frame.put(
        SafeText(words.text("desk.new.found-customer", ["name": name])),
        at: Point(column: inside.minColumn + 1, row: inside.minRow), style: Style(.success),
        limit: inside.columns - 2)
    } else if let message = dialog.message {
      frame.put(
        message, at: Point(column: inside.minColumn + 1, row: inside.minRow), style: Style(.muted),
        limit: inside.columns - 2)
    }
    let width = min(18, dialog.fields.reduce(4) { max($0, $1.label.width) })
    var caret: Point?
    for (index, field) in dialog.fields.enumerated() where dialog.isShown(index) {
      let isFocused = index == dialog.focus
      let labelStyle = Style(isFocused ? .accent : .muted, isFocused ? .bold : [])
      let label = Point(column: inside.minColumn + 1, row: row)
      frame.put(field.label.truncated(toColumns: width), at: label, style: labelStyle)
      if field.isRequired { frame.put("*", at: label.offset(columns: width), style: Style(.warning)) }
      let place = Rect(
        column: inside.minColumn + width + 3, row: row, columns: max(1, inside.columns - width - 4), rows: 1)
      switch field.kind {
      case .choice(let options):
        let name = options.indices.contains(field.choice) ? options[field.choice].label : .empty
        frame.put(
          "‹ " + name.truncated(toColumns: max(1, place.columns - 4)) + " ›", at: place.origin,
          style: Style(isFocused ? .selection : .input))
        if isFocused { caret = place.origin }
        row += 1
      case .longText:
        let rows = OverlayLayout.longTextRows(in: model.size)
        let area = Rect(
          column: inside.minColumn + 1, row: row + 1, columns: inside.columns - 2,
          rows: min(rows, max(1, inside.maxRow - row - 1)))
        let point = frame.putText(
          of: field.editor, in: area, style: Style(isFocused ? .inputFocused : .input))
        if isFocused { caret = point }
        row += 1 + rows
      case .text, .moment:
        let point = frame.putLine(
          of: field.editor, in: place, style: Style(isFocused ? .inputFocused : .input))
        // What the next letter replaces looks chosen.
        if isFocused, field.isSuggestion {
          frame.put(
            SafeText(field.editor.text), at: place.origin, style: Style(.selection), limit: place.columns)
        }
        if field.editor.isEmpty, !field.hint.isEmpty {
          frame.put(
            field.hint.truncated(toColumns: place.columns), at: place.origin, style: Style(.placeholder))
        }
        if isFocused { caret = point }
        row += 1
      }
    }
    if let problem = dialog.fields.lazy.compactMap(\.problem).first {
      frame.put(
        "! " + SafeText(problem), at: Point(column: inside.minColumn + 1, row: inside.maxRow - 1),
        style: Style(.danger, .bold), limit: inside.columns - 2)
    } else if dialog.fields.indices.contains(dialog.focus), !dialog.fields[dialog.focus].hint.isEmpty,
      !dialog.fields[dialog.focus].editor.isEmpty
    {
      // While nothing is typed it stands in the field itself.
      frame.put(
        dialog.fields[dialog.focus].hint, at: Point(column: inside.minColumn + 1, row: inside.maxRow - 1),
        style: Style(.muted), limit: inside.columns - 2)
    }
    frame.cursor = caret
  }

  private mutating func draw(_ confirm: Confirm) {
    let wrapped = confirm.lines.flatMap { $0.wrapped(columns: min(60, model.size.columns - 8)) }
    let rect = OverlayLayout.centered(columns: 66, rows: wrapped.count + 5, in: model.size)
    let inside = panel(rect, confirm.title)
    for (index, line) in wrapped.enumerated() where index < inside.rows - 2 {
      frame.put(line, at: inside.origin.offset(columns: 1, rows: index), limit: inside.columns - 2)
    }
    let answer = Point(column: inside.minColumn + 1, row: inside.maxRow - 1)
    var used = frame.put(SafeText(confirm.yesKey + " "), at: answer, style: Style(.key))
    used += frame.put(confirm.yes + "   ", at: answer.offset(columns: used), style: Style(.keyLabel))
    used += frame.put(SafeText(confirm.noKey + " "), at: answer.offset(columns: used), style: Style(.key))
    frame.put(confirm.no, at: answer.offset(columns: used), style: Style(.keyLabel))
    frame.cursor = answer
  }

  // MARK: - Find

  /// What the answer does not hold; nil where it holds all.
  private func limits(of reach: FindReach) -> SafeText? {
    switch reach {
    case .whole, .asking: nil
    case .upTo(let moment):
      SafeText(words.text("desk.find.up-to", ["moment": text(of: moment)]))
    case .unavailable: words("desk.find.only-here")
    }
  }

  private func text(of moment: Timestamp) -> String {
    let civil = model.clock.civil(moment)
    return "\(civil.date) \(civil.minuteText)"
  }

  private mutating func draw(_ pane: FindPane) {
    let title: SafeText =
      switch pane.purpose {
      case .open: words("action.find")
      case .link: words("action.link")
      case .merge(let id):
        SafeText(words.text("desk.find.merge", ["number": model.numberText(of: id)]))
      case .mergeCustomer: words("action.merge-customer")
      }
    let inside = panel(OverlayLayout.find(in: model.size), title, hint: words("desk.find.keys"))
    let line = Rect(column: inside.minColumn + 1, row: inside.minRow, columns: inside.columns - 2, rows: 1)
    let caret = frame.putLine(of: pane.input, in: line, style: Style(.inputFocused))
    if pane.input.isEmpty {

      frame.put(
        words("desk.find.hint").truncated(toColumns: line.columns), at: line.origin,
        style: Style(.placeholder))

    }
    frame.cursor = caret
    frame.hline(at: inside.origin.offset(rows: 1), columns: inside.columns)
    if pane.hasAnswer, pane.hits.isEmpty {
      frame.put(
        words("desk.find.nothing"), at: inside.origin.offset(columns: 1, rows: 2), style: Style(.muted),
        limit: inside.columns - 2)
      if pane.purpose == .open, model.missing(.work) == nil {
        frame.put(
          SafeText(words.text("desk.find.new-customer", ["text": pane.input.text.trimmed])),
          at: inside.origin.offset(columns: 1, rows: 3), style: Style(.accent), limit: inside.columns - 2)
      }
    }
    let titleWidth = inside.columns >= 80 ? 14 : 12
    let limits = limits(of: pane.reach)
    if let limits {
      frame.put(
        limits, at: inside.origin.offset(columns: 1, rows: inside.rows - 1), style: Style(.warning),
        limit: inside.columns - 2)
    }
    for row in 0..<(inside.rows - (limits == nil ? 2 : 3)) {
      let index = pane.top + row
      guard pane.results.indices.contains(index) else { break }
      let result = pane.results[index]
      let place = Rect(
        column: inside.minColumn, row: inside.minRow + 2 + row, columns: inside.columns, rows: 1)
      let isSelected = index == pane.selected
      func style(_ role: Role, _ modifiers: Modifiers = []) -> Style {
        isSelected ? Style(.selection, modifiers) : Style(role, modifiers)
      }
      if isSelected {
        frame.fill(place, style: Style(.selection))
        frame.put("▌", at: place.origin, style: Style(.selection))
      }
      var column = place.minColumn + 1
      func at() -> Point { Point(column: column, row: place.minRow) }
      frame.put(result.title, at: at(), style: style(.text, .bold), limit: titleWidth)
      column += titleWidth + 1
      frame.put(result.evidence, at: at(), style: style(.muted), limit: 8)
      column += 9
      let tail = inside.columns >= 80 ? 22 : 0
      let spans =
        isSelected
        ? result.detail.map { Span($0.text, $0.style.role == .highlight ? $0.style : Style(.selection)) }
        : result.detail
      frame.put(spans: spans, at: at(), limit: max(0, place.maxColumn - column - tail - 1))
      if tail > 0 {
        frame.put(
          result.state, at: Point(column: place.maxColumn - tail, row: place.minRow), style: style(.muted),
          limit: 10)
        frame.put(
          result.when, at: Point(column: place.maxColumn - 11, row: place.minRow), style: style(.muted),
          limit: 10)
      }
    }
  }

  // MARK: - Pages

  private mutating func draw(_ page: HelpPage) {
    let inside = panel(
      OverlayLayout.page(in: model.size), words("action.help"), hint: words("desk.help.keys"))
    let lines = model.helpLines()
    for row in 0..<inside.rows {
      guard lines.indices.contains(page.top + row) else { break }
      frame.put(
        spans: lines[page.top + row], at: inside.origin.offset(columns: 1, rows: row),
        limit: inside.columns - 2)
    }
    let below = lines.count - page.top - inside.rows
    if below > 0 {
      frame.put(trailing: SafeText(" ↓ \(below) "), in: inside, row: inside.maxRow - 1, style: Style(.badge))
    }
  }

  private mutating func draw(_ page: TextPage) {
    let inside = panel(OverlayLayout.page(in: model.size), page.title, hint: words("desk.help.keys"))
    var layout = page.layout
    for (index, line) in layout.lines(page.top..<page.top + inside.rows).enumerated() {
      frame.put(line.text, at: inside.origin.offset(columns: 1, rows: index), limit: inside.columns - 2)
    }
  }

  private mutating func draw(_ list: NotSentList) {
    let inside = panel(
      OverlayLayout.page(in: model.size), words("action.not-sent"), hint: words("desk.not-sent.keys"))
    let shown = max(1, inside.rows / 3)
    let top = max(0, min(list.selected - shown / 2, model.notSent.count - shown))
    for (index, item) in model.notSent.enumerated().dropFirst(top) {
      let row = (index - top) * 3
      guard row + 1 < inside.rows else { break }
      let isSelected = index == list.selected
      let place = inside.row(row)
      if isSelected { frame.fill(place, style: Style(.selection)) }
      let time = model.clock.civil(item.at)
      let sentence = words.catalogue.sentence(for: item.refusal, directory: model.directory)
      frame.put(
        SafeText("\(time.minuteText)  \(model.operationName(item.operation.action))  \(numberOfText(item))"),
        at: place.origin.offset(columns: 1), style: Style(isSelected ? .selection : .text, .bold),
        limit: place.columns - 2)
      frame.put(
        SafeText(sentence), at: inside.row(row + 1).origin.offset(columns: 3), style: Style(.danger),
        limit: inside.columns - 4)
      if let text = item.operation.action.typedText, row + 2 < inside.rows {
        frame.put(
          SafeText(Masking.text(text)), at: inside.row(row + 2).origin.offset(columns: 3),
          style: Style(.muted), limit: inside.columns - 4)
      }
    }
  }

  private func numberOfText(_ item: NotSent) -> String {
    item.operation.action.ticketOfText.flatMap { model.knownNumber(of: $0) }.map { "#\($0)" } ?? ""
  }

  private mutating func draw(_ bulk: BulkClose) {
    let inside = panel(
      OverlayLayout.page(in: model.size), words("desk.bulk.title"), hint: words("desk.bulk.keys"))
    guard let template = bulk.template else { return }
    let ready = bulk.items.filter(\.missing.isEmpty).count
    frame.put(
      SafeText(template.name[model.language]), at: inside.origin.offset(columns: 1),
      style: Style(.title, .bold), limit: inside.columns - 2)
    frame.put(
      SafeText(words.text("desk.bulk.count", ["ready": ready, "left": bulk.items.count - ready])),
      at: inside.origin.offset(columns: 1, rows: 1), style: Style(.muted), limit: inside.columns - 2)
    for row in 0..<max(0, inside.rows - 3) {
      let index = bulk.top + row
      guard bulk.items.indices.contains(index) else { break }
      let item = bulk.items[index]
      let place = inside.row(row + 3)
      let isReady = item.missing.isEmpty
      frame.put(
        isReady ? "✓" : "○", at: place.origin.offset(columns: 1),
        style: Style(isReady ? .success : .warning, .bold))
      frame.put(item.title.truncated(toColumns: place.columns / 2), at: place.origin.offset(columns: 3))
      if !isReady {
        let text = words.text("desk.bulk.lacks", ["names": words.catalogue.list(item.missing)])
        frame.put(
          SafeText(text).truncated(toColumns: place.columns / 2 - 5),
          at: place.origin.offset(columns: place.columns / 2 + 4), style: Style(.warning))
      }
    }
  }

  private mutating func drawWelcome() {
    guard let welcome = model.welcome else { return }
    var lines: [(SafeText, Style)] = []
    func add(_ text: String, _ style: Style = .text) {
      for line in SafeText(text).wrapped(columns: min(84, model.size.columns - 8)) {
        lines.append((line, style))
      }
    }
    // Each line ends so that the shell reads on: a command that is copied whole works, wherever it was broken.
    func add(command words: [String]) {
      let width = min(84, model.size.columns - 8) - 4
      var line = ""
      for word in words {
        if !line.isEmpty, SafeText("\(line) \(word)").width > width {
          add("  \(line) \\", Style(.accent, .bold))
          line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
      }
      add("  " + line, Style(.accent, .bold))
    }
    let key = { [model] (id: ActionID) in model.actions.shortKey(id)?.description ?? "" }
    add(
      words.text("desk.welcome.who", ["name": model.me.name[model.language], "number": model.me.number]),
      Style(.title, .bold))
    add("")
    add(
      words.text(
        "desk.welcome.start",
        ["next": key(.claimNext), "close": key(.close), "palette": key(.palette), "help": key(.help)]))
    add(words.text("desk.welcome.language", ["key": key(.language)]))
    add("")
    add(words.text("desk.welcome.second"))
    add(command: welcome.secondTerminal)
    add(words.text("desk.welcome.switch"))
    add(command: welcome.switchAgent)
    add("")
    add(words.text("desk.welcome.folder", ["folder": welcome.folder]), Style(.muted))
    let rect = OverlayLayout.centered(columns: 90, rows: lines.count + 2, in: model.size)
    let inside = panel(rect, words("desk.welcome.title"), hint: words("desk.welcome.continue"))
    for (index, line) in lines.enumerated() where index < inside.rows {
      frame.put(
        line.0, at: inside.origin.offset(columns: 1, rows: index), style: line.1, limit: inside.columns - 2)
    }
  }
}

extension Picker {
  /// Items that only carry others are headings, not refusals.
  fileprivate var isTree: Bool { if case .category = purpose { true } else { false } }
}

extension DeskModel {
  /// The registry as pages: what can be done here first, then the rest.
  func helpLines() -> [[Span]] {
    let words = words
    let here = overlays.isEmpty ? contexts : contextsBelow
    let order = here + ActionContext.allCases.filter { !here.contains($0) }
    var lines: [[Span]] = []
    // One width for all: a long name must not push its explanation out of the column.
    let nameWidth = min(24, actions.bindings.reduce(14) { max($0, words($1.id.key).width) })
    for context in order {
      let bindings = actions.bindings.filter { $0.context == context }
      guard !bindings.isEmpty else { continue }
      if !lines.isEmpty { lines.append([]) }
      lines.append([Span(words("desk.context.\(context.rawValue)"), Style(.title, .bold))])
      for binding in bindings {
        let reason = reason(against: binding.id)
        let keys = SafeText(binding.keys.map(\.description).joined(separator: " "))
        var line = [
          Span("  " + keys.padded(toColumns: 18) + " ", Style(reason == nil ? .key : .disabled)),
          Span(
            words(binding.id.key).fitted(toColumns: nameWidth) + " ", Style(reason == nil ? .text : .disabled)
          ),
          Span(words(binding.id.key + ".help"), Style(.muted)),
        ]
        if let reason { line.append(Span("  (" + words(reason) + ")", Style(.disabled))) }
        lines.append(line)
      }
      if context == .composer { lines += editingLines(nameWidth) }
    }
    return lines
  }

  /// Keys inside a text. They are those of every terminal and belong to no command.
  private func editingLines(_ nameWidth: Int) -> [[Span]] {
    let keys: [(SafeText, String)] = [
      ("Ctrl-_ Ctrl-/", "undo"), ("Alt-/", "redo"), ("Ctrl-W", "word"), ("Ctrl-U", "line"),
      ("Alt-B Alt-F", "move"), ("Ctrl-A Ctrl-E", "edge"),
    ]
    return keys.map { keys, name in
      [
        Span("  " + keys.padded(toColumns: 18) + " ", Style(.key)),
        Span(words("desk.editing.\(name)").fitted(toColumns: nameWidth) + " "),
        Span(words("desk.editing.\(name).help"), Style(.muted)),
      ]
    }
  }

  private var contextsBelow: [ActionContext] {
    var copy = self
    copy.overlays = []
    return copy.contexts
  }
}
