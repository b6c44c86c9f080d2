/// Whether a text began as the draft of a language model: until everything is deleted, and again when undo brings it back.
struct MachineMark: Sendable {
  private(set) var isSet: Bool
  private var wasSet: Bool

  init(_ isSet: Bool = false) {
    self.isSet = isSet
    wasSet = isSet
  }

  mutating func set() { self = MachineMark(true) }

  /// To be called after each change of the text that it marks.
  mutating func follow(_ editor: TextEditor) {
    if editor.isEmpty {
      isSet = false
    } else if editor.isRestored, wasSet {
      isSet = true
    }
  }
}
