import Terminal

/// A terminal that only remembers what it was asked for.
package final class RecordingDriver: ScreenDriver {
  package enum Event: Equatable, Sendable {
    case title(SafeText)
    case bell
    case clipboard(String)
    case suspended, resumed, restored, repaint
    case resized(Size)
  }

  package private(set) var size: Size
  package private(set) var events: [Event] = []
  /// What was drawn last.
  package private(set) var frame: Frame?

  package init(size: Size) { self.size = size }

  package func draw(_ frame: Frame) {
    precondition(frame.size == size, "a frame of another size than the terminal's")
    self.frame = frame
  }

  package func resize(to size: Size) {
    self.size = size
    events.append(.resized(size))
  }

  package func repaint() { events.append(.repaint) }
  package func setTitle(_ title: SafeText) { events.append(.title(title)) }
  package func bell() { events.append(.bell) }

  package func copyToClipboard(_ text: String) -> Bool {
    events.append(.clipboard(text))
    return true
  }

  package func suspend() { events.append(.suspended) }
  package func resume() { events.append(.resumed) }
  package func restore() { events.append(.restored) }
}
