import Terminal

extension ScreenDriver {
  /// Does what an effect asks of the terminal, where that needs nothing but the terminal.
  ///
  /// - Returns: false for every other effect: nothing was done.
  package func perform(_ effect: DeskEffect) -> Bool {
    switch effect {
    case .repaint: repaint()
    case .copyToClipboard(let text): _ = copyToClipboard(text)
    case .setTitle(let title): setTitle(SafeText(title))
    case .ringBell: bell()
    default: return false
    }
    return true
  }
}
