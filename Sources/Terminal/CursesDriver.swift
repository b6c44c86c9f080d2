import CTerminal

/// Why a screen cannot be had.
package enum TerminalError: Error, Hashable, Sendable {
  /// Input or output is a file or a pipe.
  case notATerminal
  /// No description is installed, not even that of xterm-256color.
  case noDescription(term: String)
  /// A terminal that only prints lines (TERM=dumb).
  case noCursorAddressing(term: String)
  /// The system refused; its error number.
  case system(Int32)
}

/// The real screen, through ncurses. One at a time, on the main thread.
///
/// Sends only what changed between two frames, in one write each.
package final class CursesDriver: ScreenDriver {
  package struct Options: Sendable {
    package var theme: Theme
    /// nil: what the terminal can, or none where `NO_COLOR` is set.
    package var depth: ColourDepth?
    package var mouse: Bool
    /// nil: from the environment.
    package var term: String?
    package var input: Int32
    package var output: Int32

    package init(
      theme: Theme = .dark, depth: ColourDepth? = nil, mouse: Bool = false, term: String? = nil,
      input: Int32 = 0, output: Int32 = 1
    ) {
      self.theme = theme
      self.depth = depth
      self.mouse = mouse
      self.term = term
      self.input = input
      self.output = output
    }
  }

  package private(set) var size: Size
  package let depth: ColourDepth
  /// Another theme shows with the next frame.
  package var theme: Theme { didSet { if theme != oldValue { forgetStyles() } } }
  /// Bytes that the last `draw` sent.
  package private(set) var lastFrameBytes = 0
  /// The terminal went away; drawing does nothing.
  package private(set) var isGone = false

  private let output: Int32
  /// What is on the screen; nil draws every cell.
  private var shown: Frame?
  private var styles: [UInt64]
  private static let unresolved = UInt64.max

  /// Takes the terminal. Handlers that give it back on a crash are installed first.
  package init(_ options: Options = Options()) throws(TerminalError) {
    let failure = ct_signals_install()
    if failure != 0 { throw .system(failure) }
    _ = ct_use_utf8()
    size = Self.size(of: options.output)
    theme = options.theme
    output = options.output
    styles = Array(repeating: Self.unresolved, count: Cell.styleCount)
    let status = ct_screen_start(
      options.input, options.output, options.term, Int32(size.columns), Int32(size.rows),
      options.mouse ? 1 : 0)
    let term = options.term ?? Environment.value("TERM") ?? ""
    switch Int(status) {
    case CT_STARTED: break
    case CT_NOT_A_TERMINAL: throw .notATerminal
    case CT_NO_DESCRIPTION: throw .noDescription(term: term)
    case CT_NO_CURSOR_ADDRESS: throw .noCursorAddressing(term: term)
    default: throw .system(failure)
    }
    let noColour = Environment.value("NO_COLOR").map { !$0.isEmpty } ?? false
    depth = options.depth ?? (noColour ? .none : ColourDepth(colours: Int(ct_screen_colours())))
  }

  /// The size of a terminal; zero where it does not say.
  package static func size(of output: Int32) -> Size {
    var columns: Int32 = 0
    var rows: Int32 = 0
    guard ct_size(output, &columns, &rows) == 0 else { return .zero }
    return Size(columns: Int(columns), rows: Int(rows))
  }

  package func draw(_ frame: Frame) {
    guard !isGone else { return }
    lastFrameBytes = 0
    // A resize may be on its way; the frame for the new size follows.
    guard frame.size == size, size.columns > 0, size.rows > 0 else { return }
    let previous = shown
    frame.cells.withUnsafeBufferPointer { cells in
      if let previous {
        previous.cells.withUnsafeBufferPointer { old in
          for row in 0..<size.rows { put(row: row, cells, old) }
        }
      } else {
        for row in 0..<size.rows { put(row: row, cells, from: 0, to: size.columns - 1) }
      }
    }
    shown = frame
    let caret = frame.cursor.flatMap { frame.bounds.contains($0) ? $0 : nil }
    let sent = ct_screen_update(Int32(caret?.column ?? -1), Int32(caret?.row ?? -1))
    if sent < 0 { isGone = true } else { lastFrameBytes = sent }
  }

  private func put(row: Int, _ cells: UnsafeBufferPointer<Cell>, _ old: UnsafeBufferPointer<Cell>) {
    let start = row * size.columns
    var first = 0
    while first < size.columns, cells[start + first] == old[start + first] { first += 1 }
    guard first < size.columns else { return }
    var last = size.columns - 1
    while cells[start + last] == old[start + last] { last -= 1 }
    // Whole characters, of what was there and of what comes.
    while first > 0, cells[start + first].isRightHalf || old[start + first].isRightHalf { first -= 1 }
    while last + 1 < size.columns, cells[start + last + 1].isRightHalf || old[start + last + 1].isRightHalf {
      last += 1
    }
    put(row: row, cells, from: first, to: last)
  }

  private func put(row: Int, _ cells: UnsafeBufferPointer<Cell>, from first: Int, to last: Int) {
    let start = row * size.columns
    for column in first...last {
      let number = cells[start + column].styleNumber
      if styles[number] == Self.unresolved { styles[number] = resolve(number) }
    }
    guard let base = cells.baseAddress else { return }
    // `Cell` and `ct_cell` are two words with the same meaning; a test holds them to it.
    base.advanced(by: start + first).withMemoryRebound(to: ct_cell.self, capacity: last - first + 1) {
      ct_screen_put(Int32(row), Int32(first), $0, Int32(last - first + 1), styles)
    }
  }

  private func resolve(_ number: Int) -> UInt64 {
    let appearance = theme.appearance(of: Cell.style(number: number), depth: depth)
    return ct_screen_style(
      appearance.foreground.map(Int32.init) ?? -1, appearance.background.map(Int32.init) ?? -1,
      UInt32(appearance.modifiers.rawValue))
  }

  private func forgetStyles() {
    styles = Array(repeating: Self.unresolved, count: Cell.styleCount)
    shown = nil
  }

  package func resize(to size: Size) {
    self.size = size
    shown = nil
    ct_screen_resize(Int32(size.columns), Int32(size.rows))
  }

  package func repaint() {
    shown = nil
    ct_screen_forget()
  }

  package func suspend() { ct_screen_suspend() }

  package func resume() {
    ct_screen_resume()
    shown = nil
  }

  package func restore() {
    ct_screen_stop()
    isGone = true
  }
}

// MARK: - Beside the frame

extension CursesDriver {
  /// Most terminals take a clipboard sequence of this many bytes.
  package static let clipboardLimit = 74_994

  package func setTitle(_ title: SafeText) {
    guard ct_screen_has_titles() != 0 else { return }
    send(Array("\u{1B}]2;".utf8) + Array(title.string.utf8) + [0x07])
  }

  package func bell() { send([0x07]) }

  package func copyToClipboard(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard ct_screen_has_titles() != 0, bytes.count <= Self.clipboardLimit else { return false }
    send(Array("\u{1B}]52;c;".utf8) + Base64.encoded(bytes) + [0x07])
    return true
  }

  private func send(_ bytes: [UInt8]) {
    if ct_screen_send(bytes, bytes.count) != 0 { isGone = true }
  }
}

enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encoded(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var value = 0
      for index in 0..<3 { value = value << 8 | Int(index < group.count ? group[start + index] : 0) }
      for index in 0..<4 {
        result.append(index <= group.count ? alphabet[value >> (18 - 6 * index) & 63] : 0x3D)
      }
    }
    return result
  }
}
