/// Where frames go. Belongs to the main thread.
package protocol ScreenDriver: AnyObject {
  var size: Size { get }
  /// Makes the screen show `frame`, which has the driver's size.
  func draw(_ frame: Frame)
  /// The terminal has another size; the next frame is drawn whole.
  func resize(to size: Size)
  /// Forgets what is on the screen: the next frame is drawn whole.
  func repaint()
  func setTitle(_ title: SafeText)
  func bell()
  /// Puts text on the clipboard of the terminal (OSC 52); false where the terminal does not know how, or the
  /// text is too long for one. Whether it obeyed cannot be known. Nothing is ever read from the clipboard.
  func copyToClipboard(_ text: String) -> Bool
  /// Gives the terminal back as it was before the start: for Ctrl-Z and for other programs.
  func suspend()
  /// Takes the terminal again after `suspend`; the next frame is drawn whole.
  func resume()
  /// The end: gives the terminal back. Nothing may be drawn afterwards.
  func restore()
}

/// Keeps what a program drew, for tests.
package final class RecordingDriver: ScreenDriver {
  package enum Event: Equatable, Sendable {
    case title(SafeText)
    case bell
    case clipboard(String)
    case suspended, resumed, restored, repaint
    case resized(Size)
  }

  package private(set) var size: Size
  package private(set) var frames: [Frame] = []
  package private(set) var events: [Event] = []
  package var frame: Frame? { frames.last }

  package init(size: Size) { self.size = size }

  package func draw(_ frame: Frame) { frames.append(frame) }

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
