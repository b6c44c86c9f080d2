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
