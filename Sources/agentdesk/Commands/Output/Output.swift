import Domain
import Glibc
import Terminal

/// Standard output and standard error of a command. Text from outside becomes safe text before a person sees it.
struct Output {
  let isJSON: Bool
  let strings: StringCatalogue

  /// One line of JSON.
  func put(_ json: JSON) {
    var bytes: [UInt8] = []
    json.write(to: &bytes)
    bytes.append(0x0A)
    Self.write(bytes, to: STDOUT_FILENO)
  }

  /// Lines for people; what is not safe on a terminal is taken out.
  func say(_ text: String) {
    Self.write(Array((Self.safe(text) + "\n").utf8), to: STDOUT_FILENO)
  }

  func warn(_ text: String) { Self.warn(text) }

  static func warn(_ text: String) { write(Array((safe(text) + "\n").utf8), to: STDERR_FILENO) }

  private static func safe(_ text: String) -> String {
    SafeText.lines(text).map(\.string).joined(separator: "\n")
  }

  /// Says JSON or a table of the same things.
  func list(_ items: [JSON], columns: [Column], rows: @autoclosure () -> [[String]]) {
    if isJSON {
      for item in items { put(item) }
    } else {
      Table(columns: columns, rows: rows()).lines(width: Self.terminalWidth).forEach(say)
    }
  }

  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Columns of the terminal; nil where the output is a file or a pipe.
  static var terminalWidth: Int? {
    guard isTerminal else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// A reader that went away (`| head`) ends the command without a word, as it ends every other one.
  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var offset = 0
    while offset < bytes.count {
      let put = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + offset, bytes.count - offset)
      }
      if put < 0 && errno == EINTR { continue }
      if put <= 0 { return }
      offset += put
    }
  }
}

struct Column {
  enum Side { case left, right }

  var title: String
  var side: Side = .left
  /// Columns at most; nil: what is left of the line.
  var limit: Int?

  init(_ title: String, _ side: Side = .left, limit: Int? = nil) {
    self.title = title
    self.side = side
    self.limit = limit
  }
}

/// Aligned columns; Chinese characters count as two.
struct Table {
  let columns: [Column]
  let rows: [[String]]

  func lines(width: Int?) -> [String] {
    let cells = ([columns.map(\.title)] + rows).map { $0.map { SafeText($0) } }
    var widths = columns.indices.map { index in
      let widest = cells.map { $0[index].width }.max() ?? 0
      return min(widest, columns[index].limit ?? widest)
    }
    if let width, let elastic = columns.indices.last(where: { columns[$0].limit == nil }) {
      let others = widths.enumerated().filter { $0.offset != elastic }.reduce(0) { $0 + $1.element }
      widths[elastic] = min(widths[elastic], max(8, width - others - 2 * (columns.count - 1)))
    }
    return cells.map { row in
      row.indices.map { index in
        aligned(row[index], widths[index], columns[index].side, isLast: index == row.count - 1)
      }
      .joined(separator: "  ")
    }
  }

  private func aligned(_ text: SafeText, _ width: Int, _ side: Column.Side, isLast: Bool) -> String {
    let cut = text.width > width ? text.prefix(columns: width - 1) + SafeText("…") : text
    let space = SafeText.spaces(width - cut.width)
    switch side {
    case .left: return isLast ? cut.string : (cut + space).string
    case .right: return (space + cut).string
    }
  }
}
