import Domain
import Glibc

/// A bar with the time left on standard error, where that is a terminal; nothing anywhere else.
final class ProgressBar {
  private static let cells = 24

  private let title: String
  private let strings: StringCatalogue
  private let started = Timestamp.now
  private var shown = Timestamp(milliseconds: 0)
  private let isShown = isatty(STDERR_FILENO) == 1

  init(_ title: String, strings: StringCatalogue) {
    self.title = title
    self.strings = strings
  }

  /// - Parameter part: what is done, 0 to 1. Drawn ten times a second at most.
  func show(_ part: Double) {
    let now = Timestamp.now
    // What takes no time needs no bar.
    guard isShown, now - started >= 300, now - shown >= 100 else { return }
    shown = now
    let part = min(1, max(0, part))
    let filled = Int(part * Double(Self.cells))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.cells - filled)
    let elapsed = Double(now - started) / 1000
    var line = "\r\(title) \(bar) \(Int(part * 100))%"
    if part > 0.02, elapsed > 1 {
      let left = Int(elapsed / part - elapsed)
      line += "  " + strings("cli.progress.left", ["time": "\(left / 60):\(padded(left % 60, 2))"])
    }
    Output.write(Array((line + "\u{1B}[K").utf8), to: STDERR_FILENO)
  }

  func end() {
    if isShown, shown.milliseconds > 0 { Output.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO) }
  }
}
