import Terminal

/// A text being typed. The caret stands between characters as a person sees them; nothing typed is dropped except
/// control characters, which no keyboard means.
package struct TextEditor: Sendable {
  package private(set) var text: String
  /// UTF-8 offset of the caret, always at the border of a character.
  package private(set) var caret: Int
  package let isMultiline: Bool
  /// Columns in which it is shown; lines are wrapped there.
  package private(set) var columns: Int
  private(set) var layout: TextLayout
  /// Rises with every change of the text: what a draft is compared with.
  private(set) var changes = 0
  /// The first line shown.
  private(set) var top = 0
  private var goalColumn: Int?
  private(set) var history = EditHistory()
  /// Whether what stands here was brought back by undo or redo, and nothing was typed since.
  private(set) var isRestored = false

  package init(_ text: String = "", isMultiline: Bool = false, columns: Int = 80) {
    self.text = text
    self.isMultiline = isMultiline
    self.columns = max(1, columns)
    caret = text.utf8.count
    layout = TextLayout(text, columns: max(1, columns))
  }

  package var isEmpty: Bool { text.isEmpty }

  /// Where the caret stands in lines of `columns`.
  func caretPosition() -> Point {
    var layout = layout
    var point = layout.position(ofOffset: caret)
    // Behind a full line the caret stands at the start of the next one.
    if point.column >= columns { point = Point(column: 0, row: point.row + 1) }
    return point
  }

  // MARK: - Change

  package mutating func replaceAll(_ text: String) {
    record(EditHistory.Edit(offset: 0, removed: self.text, insertedCount: text.utf8.count), .whole)
    self.text = text
    caret = text.utf8.count
    changed()
  }

  package mutating func insert(_ addition: String) {
    let clean = Self.cleaned(addition, isMultiline: isMultiline)
    guard !clean.isEmpty else { return }
    record(
      EditHistory.Edit(offset: caret, removed: "", insertedCount: clean.utf8.count),
      Self.unit(clean).map { .typed($0) } ?? .whole)
    text.insert(contentsOf: clean, at: index(caret))
    caret += clean.utf8.count
    // A combining mark joins the character before it; the caret stands behind the whole.
    caret = boundary(atOrAfter: caret)
    changed()
  }

  package mutating func deleteBackward() { delete(from: before(caret), to: caret) }
  package mutating func deleteForward() { delete(from: caret, to: after(caret)) }
  package mutating func deleteWordBackward() { delete(from: wordStart(before: caret), to: caret) }

  mutating func deleteToLineStart() {
    let prefix = text.utf8.prefix(caret)
    let start = prefix.lastIndex(of: 10).map { text.utf8.distance(from: text.startIndex, to: $0) + 1 } ?? 0
    delete(from: start, to: caret)
  }

  private mutating func delete(from start: Int, to end: Int) {
    guard start < end else { return }
    let removed = String(text[index(start)..<index(end)])
    record(
      EditHistory.Edit(offset: start, removed: removed, insertedCount: 0),
      Self.unit(removed).map { .deleted($0) } ?? .whole)
    text.removeSubrange(index(start)..<index(end))
    caret = boundary(atOrAfter: start)
    changed()
  }

  // MARK: - Undo

  /// Takes the last word, paste or deletion back; false when there is none.
  @discardableResult
  package mutating func undo() -> Bool {
    guard let edit = history.undone() else { return false }
    history.keepForRedo(applied(edit))
    isRestored = true
    return true
  }

  /// Does again what was undone last; false when there is nothing, or something was typed since.
  @discardableResult
  package mutating func redo() -> Bool {
    guard let edit = history.redone() else { return false }
    history.keepForUndo(applied(edit))
    isRestored = true
    return true
  }

  /// Applies an edit and answers with the one that takes it back.
  private mutating func applied(_ edit: EditHistory.Edit) -> EditHistory.Edit {
    let range = index(edit.offset)..<index(edit.offset + edit.insertedCount)
    let inverse = EditHistory.Edit(
      offset: edit.offset, removed: String(text[range]), insertedCount: edit.removed.utf8.count)
    text.replaceSubrange(range, with: edit.removed)
    caret = boundary(atOrAfter: edit.offset + edit.removed.utf8.count)
    changed()
    return inverse
  }

  private mutating func record(_ edit: EditHistory.Edit, _ kind: EditHistory.Kind) {
    history.record(edit, kind)
    isRestored = false
  }

  /// What one key typed or deleted; nil for what came as a whole.
  private static func unit(_ text: String) -> EditHistory.Unit? {
    guard let first = text.first, text.index(after: text.startIndex) == text.endIndex else { return nil }
    if first.isNewline { return .lineBreak }
    switch kind(first) {
    case .space: return .space
    case .word: return .word
    case .wide: return .wide
    case .other: return .other
    }
  }

  private mutating func changed() {
    changes += 1
    goalColumn = nil
    layout = TextLayout(text, columns: columns)
  }

  // MARK: - Caret

  package mutating func moveLeft() { place(before(caret)) }
  package mutating func moveRight() { place(after(caret)) }
  package mutating func moveWordLeft() { place(wordStart(before: caret)) }
  package mutating func moveWordRight() { place(wordEnd(after: caret)) }
  package mutating func moveToStart() { place(0) }
  package mutating func moveToEnd() { place(text.utf8.count) }

  /// - Parameter codePoint: from the start of the text; behind its end is the end.
  mutating func moveTo(codePoint: Int) {
    let scalars = text.unicodeScalars
    let found = scalars.index(text.startIndex, offsetBy: codePoint, limitedBy: text.endIndex)
    place(boundary(atOrAfter: offset(found ?? text.endIndex)))
  }

  package mutating func moveToLineStart() {
    let row = caretPosition().row
    place(layout.offset(at: Point(column: 0, row: row)))
  }

  package mutating func moveToLineEnd() {
    let row = caretPosition().row
    place(layout.offset(at: Point(column: columns, row: row)))
  }

  /// Up or down by lines as they are shown; false where there is none.
  @discardableResult
  package mutating func moveVertically(_ lines: Int) -> Bool {
    let here = caretPosition()
    let goal = goalColumn ?? here.column
    let row = here.row + lines
    if row < 0 {
      guard caret > 0 else { return false }
      place(0)
      return true
    }
    _ = layout.lines(0..<row + 1)
    guard row < max(1, layout.known.count) else {
      guard caret < text.utf8.count else { return false }
      place(text.utf8.count)
      return true
    }
    caret = boundary(atOrAfter: layout.offset(at: Point(column: goal, row: row)))
    goalColumn = goal
    return true
  }

  private mutating func place(_ offset: Int) {
    caret = offset
    goalColumn = nil
  }

  // MARK: - Showing

  /// Wraps to `columns` and scrolls so that the caret is among `rows` lines.
  mutating func show(columns: Int, rows: Int) {
    let columns = max(1, columns)
    if columns != self.columns {
      self.columns = columns
      layout = TextLayout(text, columns: columns)
    }
    let row = caretPosition().row
    if row < top { top = row }
    if row >= top + max(1, rows) { top = row - max(1, rows) + 1 }
    _ = layout.lines(0..<top + rows)
  }

  // MARK: - Borders

  /// What may stand in a text: typed and pasted controls are dropped, line breaks stay where lines are possible.
  static func cleaned(_ addition: String, isMultiline: Bool) -> String {
    let isPlain = addition.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    if isPlain { return addition }
    var result = String.UnicodeScalarView()
    for scalar in addition.unicodeScalars {
      switch scalar.value {
      case 10: result.append(isMultiline ? scalar : " ")
      case 9: result.append(isMultiline ? scalar : " ")
      case 0..<32, 0x7F, 0x80..<0xA0: continue
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private func index(_ offset: Int) -> String.Index {
    text.utf8.index(text.startIndex, offsetBy: min(offset, text.utf8.count))
  }

  private func offset(_ index: String.Index) -> Int {
    text.utf8.distance(from: text.startIndex, to: index)
  }

  private func before(_ offset: Int) -> Int {
    offset == 0 ? 0 : self.offset(text.index(before: index(offset)))
  }

  private func after(_ offset: Int) -> Int {
    offset >= text.utf8.count ? text.utf8.count : self.offset(text.index(after: index(offset)))
  }

  private func boundary(atOrAfter offset: Int) -> Int {
    guard offset > 0, offset < text.utf8.count else { return min(offset, text.utf8.count) }
    let place = index(offset)
    // Two halves of a flag join where they meet, also at the very beginning of the text.
    return String.Index(place, within: text) == nil ? self.offset(text.index(after: place)) : offset
  }

  private enum Class { case space, word, wide, other }

  private static func kind(_ character: Character) -> Class {
    if character.isWhitespace { return .space }
    if character.isASCII { return character.isLetter || character.isNumber ? .word : .other }
    return character.isLetter || character.isNumber ? .wide : .other
  }

  private func wordStart(before offset: Int) -> Int {
    var place = index(offset)
    while place > text.startIndex, text[text.index(before: place)].isWhitespace {
      place = text.index(before: place)
    }
    guard place > text.startIndex else { return 0 }
    let kind = Self.kind(text[text.index(before: place)])
    while place > text.startIndex, Self.kind(text[text.index(before: place)]) == kind {
      place = text.index(before: place)
    }
    return self.offset(place)
  }

  private func wordEnd(after offset: Int) -> Int {
    var place = index(offset)
    while place < text.endIndex, text[place].isWhitespace { place = text.index(after: place) }
    guard place < text.endIndex else { return text.utf8.count }
    let kind = Self.kind(text[place])
    while place < text.endIndex, Self.kind(text[place]) == kind { place = text.index(after: place) }
    return self.offset(place)
  }
}

extension TextEditor: Equatable {
  package static func == (left: Self, right: Self) -> Bool {
    left.text == right.text && left.caret == right.caret && left.isMultiline == right.isMultiline
  }
}

extension TextEditor {
  /// Does what a key means inside a text; false when the key is for somebody else.
  package mutating func handle(_ key: Key) -> Bool {
    switch (key.code, key.modifiers) {
    // Ctrl-Z suspends. Ctrl-/ arrives as Ctrl-_ in most terminals; Alt-_ begins a control string and never arrives.
    case (.character("_"), .control), (.character("/"), .control): undo()
    case (.character("/"), .alt): redo()
    case (.character(let character), []), (.character(let character), .shift):
      insert(String(character))
    case (.enter, _) where isMultiline: insert("\n")
    case (.backspace, .alt), (.backspace, .control), (.character("w"), .control): deleteWordBackward()
    case (.backspace, _): deleteBackward()
    case (.delete, _): deleteForward()
    case (.left, .control), (.left, .alt), (.character("b"), .alt): moveWordLeft()
    case (.right, .control), (.right, .alt), (.character("f"), .alt): moveWordRight()
    case (.left, _): moveLeft()
    case (.right, _): moveRight()
    case (.home, .control): moveToStart()
    case (.end, .control): moveToEnd()
    case (.home, _), (.character("a"), .control): moveToLineStart()
    case (.end, _), (.character("e"), .control): moveToLineEnd()
    case (.character("u"), .control): deleteToLineStart()
    case (.up, _) where isMultiline: return moveVertically(-1)
    case (.down, _) where isMultiline: return moveVertically(1)
    default: return false
    }
    return true
  }
}
