/// What was changed in a text, so that it can be taken back. Edits, never copies of the text: undoing a word in a megabyte
/// costs a word.
struct EditHistory: Sendable {
  /// Replaces `insertedCount` bytes at `offset` by `removed`. UTF-8 counts; borders of scalars, because a combining mark may
  /// join what stands before it.
  struct Edit: Sendable {
    var offset: Int
    var removed: String
    var insertedCount: Int
  }

  /// What one key typed or deleted.
  enum Unit: Sendable { case word, wide, other, space, lineBreak }

  enum Kind: Sendable {
    case typed(Unit)
    case deleted(Unit)
    /// A paste, a word or line deleted at once, a text from another program: a step of its own.
    case whole
  }

  private var done: [Edit] = []
  private var undoneEdits: [Edit] = []
  /// What the newest edit is made of; nil when nothing may be added to it.
  private var newest: Kind?

  /// Deleted text kept at most; the newest edit is kept whatever its size.
  static let largest = 1 << 20
  static let most = 1000

  /// Bytes of text that the history holds.
  private(set) var byteCount = 0

  mutating func record(_ edit: Edit, _ kind: Kind) {
    byteCount -= undoneEdits.reduce(0) { $0 + $1.removed.utf8.count }
    undoneEdits.removeAll()
    defer { newest = kind }
    if let last = done.last, let newest, let joined = Self.joined(last, newest, edit, kind) {
      byteCount += joined.removed.utf8.count - last.removed.utf8.count
      done[done.count - 1] = joined
    } else {
      done.append(edit)
      byteCount += edit.removed.utf8.count
    }
    forgetOldest()
  }

  /// One edit of two that a person thinks of as one: the letters of a word with the space after it, or characters deleted
  /// one after another.
  private static func joined(_ last: Edit, _ before: Kind, _ edit: Edit, _ kind: Kind) -> Edit? {
    switch (before, kind) {
    case (.typed(let left), .typed(let right)):
      guard edit.offset == last.offset + last.insertedCount, belongs(right, to: left) else { return nil }
      var joined = last
      joined.insertedCount += edit.insertedCount
      return joined
    case (.deleted(let left), .deleted(let right)):
      guard left == right else { return nil }
      if edit.offset + edit.removed.utf8.count == last.offset {
        return Edit(offset: edit.offset, removed: edit.removed + last.removed, insertedCount: 0)
      }
      guard edit.offset == last.offset else { return nil }
      return Edit(offset: edit.offset, removed: last.removed + edit.removed, insertedCount: 0)
    default: return nil
    }
  }

  private static func belongs(_ next: Unit, to last: Unit) -> Bool {
    switch next {
    case .space, .other: last != .lineBreak
    case .lineBreak: false
    case .word, .wide: next == last
    }
  }

  // MARK: - Back and forth

  mutating func undone() -> Edit? {
    newest = nil
    let edit = done.popLast()
    byteCount -= edit?.removed.utf8.count ?? 0
    return edit
  }

  mutating func redone() -> Edit? {
    newest = nil
    let edit = undoneEdits.popLast()
    byteCount -= edit?.removed.utf8.count ?? 0
    return edit
  }

  mutating func keepForRedo(_ edit: Edit) {
    undoneEdits.append(edit)
    byteCount += edit.removed.utf8.count
  }

  mutating func keepForUndo(_ edit: Edit) {
    done.append(edit)
    byteCount += edit.removed.utf8.count
  }

  private mutating func forgetOldest() {
    var count = max(0, done.count - Self.most)
    var bytes = done[..<count].reduce(0) { $0 + $1.removed.utf8.count }
    while byteCount - bytes > Self.largest, count < done.count - 1 {
      bytes += done[count].removed.utf8.count
      count += 1
    }
    done.removeFirst(count)
    byteCount -= bytes
  }
}
