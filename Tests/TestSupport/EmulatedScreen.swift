import Terminal

/// A small terminal: enough of xterm for what ncurses and the program send, strict about the rest.
///
/// What it does not know is kept in `unknown`, so that a test can demand that there was nothing of the kind.
package struct EmulatedScreen: Sendable {
  package struct Attributes: Hashable, Sendable {
    package var foreground: Int?
    package var background: Int?
    package var flags: Set<Int> = []
  }

  package struct Cell: Hashable, Sendable {
    /// Empty for the right half of a wide character.
    package var text = " "
    package var attributes = Attributes()
  }

  package private(set) var size: Size
  package private(set) var cells: [[Cell]]
  package private(set) var cursor = Point.zero
  package private(set) var isCursorVisible = true
  package private(set) var isAlternate = false
  package private(set) var title = ""
  /// What was put on the clipboard, base64.
  package private(set) var clipboard: String?
  package private(set) var bells = 0
  /// Private modes that are on, such as 2004.
  package private(set) var modes: Set<Int> = [7]
  package private(set) var unknown: [String] = []
  /// Bytes fed so far.
  package private(set) var received = 0
  /// Draws characters of ambiguous width in two columns, as a terminal that is set up so.
  package let ambiguousIsWide: Bool

  private var mainCells: [[Cell]] = []
  private var attributes = Attributes()
  private var savedCursor = Point.zero
  private var wrapPending = false
  private var region: ClosedRange<Int>
  private var lastText = ""
  private var lastWidth = 0
  private var pending: [UInt8] = []

  package init(size: Size, ambiguousIsWide: Bool = false) {
    self.size = size
    self.ambiguousIsWide = ambiguousIsWide
    region = 0...max(0, size.rows - 1)
    cells = Self.blank(size)
  }

  private static func blank(_ size: Size) -> [[Cell]] {
    Array(repeating: Array(repeating: Cell(), count: size.columns), count: size.rows)
  }

  // MARK: Reading

  package func line(_ row: Int) -> String {
    guard cells.indices.contains(row) else { return "" }
    let full = cells[row].map(\.text).joined()
    return String(full.reversed().drop { $0 == " " }.reversed())
  }

  /// All rows without trailing spaces.
  package var text: String { cells.indices.map(line).joined(separator: "\n") }

  package func contains(_ text: String) -> Bool { self.text.contains(text) }

  /// The columns and row where `text` first stands.
  package func position(of text: String) -> Point? {
    for row in cells.indices {
      let joined = cells[row].map(\.text)
      for column in joined.indices where !joined[column].isEmpty {
        if joined[column...].joined().hasPrefix(text) { return Point(column: column, row: row) }
      }
    }
    return nil
  }

  // MARK: Writing

  package mutating func resize(to size: Size) {
    var resized = Self.blank(size)
    for row in 0..<min(size.rows, self.size.rows) {
      for column in 0..<min(size.columns, self.size.columns) {
        resized[row][column] = cells[row][column]
      }
    }
    cells = resized
    mainCells = []
    self.size = size
    region = 0...max(0, size.rows - 1)
    cursor = Point(
      column: min(cursor.column, max(0, size.columns - 1)), row: min(cursor.row, max(0, size.rows - 1)))
    wrapPending = false
  }

  package mutating func feed(_ bytes: some Sequence<UInt8>) {
    let before = pending.count
    pending.append(contentsOf: bytes)
    received += pending.count - before
    var start = 0
    while start < pending.count {
      guard let count = step(pending[start...]) else { break }
      start += count
    }
    pending.removeFirst(start)
  }

  /// Bytes taken, nil when the rest is still missing.
  private mutating func step(_ bytes: ArraySlice<UInt8>) -> Int? {
    let first = bytes[bytes.startIndex]
    switch first {
    case 0x1B: return escape(bytes)
    case 0x07: bells += 1
    case 0x08: move(column: cursor.column - 1)
    case 0x09: move(column: min(size.columns - 1, (cursor.column / 8 + 1) * 8))
    case 0x0A, 0x0B, 0x0C: lineFeed()
    case 0x0D: move(column: 0)
    case 0x00, 0x0F: break
    case 0x20..<0x7F: put(Unicode.Scalar(first))
    case 0x80...:
      let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
      guard bytes.count >= length else { return nil }
      for scalar in String(decoding: bytes.prefix(length), as: UTF8.self).unicodeScalars { put(scalar) }
      return length
    default: unknown.append("control \(first)")
    }
    return 1
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    guard size.columns > 0 && size.rows > 0 else { return }
    let width = ambiguousIsWide && Width.isAmbiguous(scalar) ? 2 : Width.of(scalar)
    if width == 0 {
      let column = wrapPending ? cursor.column : max(0, cursor.column - 1)
      let base = cells[cursor.row][column].text.isEmpty ? max(0, column - 1) : column
      cells[cursor.row][base].text.unicodeScalars.append(scalar)
      return
    }
    put(text: String(Character(scalar)), width: width)
  }

  private mutating func put(text: String, width: Int) {
    if wrapPending || cursor.column + width > size.columns {
      wrapPending = false
      cursor.column = 0
      lineFeed()
    }
    guard width <= size.columns else { return }
    split(cursor.column)
    split(cursor.column + width)
    cells[cursor.row][cursor.column] = Cell(text: text, attributes: attributes)
    if width == 2 { cells[cursor.row][cursor.column + 1] = Cell(text: "", attributes: attributes) }
    lastText = text
    lastWidth = width
    if cursor.column + width >= size.columns {
      cursor.column = size.columns - 1
      wrapPending = true
    } else {
      cursor.column += width
    }
  }

  /// Blanks a wide character that the border before `column` cuts.
  private mutating func split(_ column: Int) {
    guard column > 0, column < size.columns, cells[cursor.row][column].text.isEmpty else { return }
    cells[cursor.row][column - 1].text = " "
    cells[cursor.row][column].text = " "
  }

  private mutating func move(column: Int? = nil, row: Int? = nil) {
    wrapPending = false
    if let column { cursor.column = max(0, min(column, size.columns - 1)) }
    if let row { cursor.row = max(0, min(row, size.rows - 1)) }
  }

  private mutating func lineFeed() {
    wrapPending = false
    if cursor.row == region.upperBound {
      scroll(up: 1, from: region.lowerBound)
    } else if cursor.row < size.rows - 1 {
      cursor.row += 1
    }
  }

  private mutating func scroll(up count: Int, from top: Int) {
    for _ in 0..<min(count, size.rows) where cells.indices.contains(region.upperBound) {
      cells.remove(at: top)
      cells.insert(blankRow, at: region.upperBound)
    }
  }

  private mutating func scroll(down count: Int, from top: Int) {
    for _ in 0..<min(count, size.rows) where cells.indices.contains(region.upperBound) {
      cells.remove(at: region.upperBound)
      cells.insert(blankRow, at: top)
    }
  }

  private var blankCell: Cell { Cell(attributes: Attributes(background: attributes.background)) }
  private var blankRow: [Cell] { Array(repeating: blankCell, count: size.columns) }

  private mutating func erase(_ columns: Range<Int>, row: Int) {
    guard cells.indices.contains(row) else { return }
    let clamped = columns.clamped(to: 0..<size.columns)
    guard !clamped.isEmpty else { return }
    let saved = cursor.row
    cursor.row = row
    split(clamped.lowerBound)
    split(clamped.upperBound)
    cursor.row = saved
    for column in clamped { cells[row][column] = blankCell }
  }
}

// MARK: - Sequences

extension EmulatedScreen {
  private mutating func escape(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count > 1 else { return nil }
    switch bytes[bytes.startIndex + 1] {
    case 0x5B: return controlSequence(bytes)
    case 0x5D: return command(bytes)
    case 0x28, 0x29:
      guard bytes.count > 2 else { return nil }
      // G1 may hold line drawing, as screen sets it up; a shift to it is not known here.
      if bytes[bytes.startIndex + 1] == 0x28, bytes[bytes.startIndex + 2] != 0x42 {
        unknown.append("character set")
      }
      return 3
    case 0x37: savedCursor = cursor
    case 0x38: move(column: savedCursor.column, row: savedCursor.row)
    case 0x3D, 0x3E: break
    case 0x44: lineFeed()
    case 0x45:
      move(column: 0)
      lineFeed()
    case 0x4D:
      if cursor.row == region.lowerBound {
        scroll(down: 1, from: region.lowerBound)
      } else {
        move(row: cursor.row - 1)
      }
    case let other: unknown.append("ESC \(other)")
    }
    return 2
  }

  private mutating func command(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard
      let end = bytes.dropFirst(2).firstIndex(where: { $0 == 0x07 || $0 == 0x1B }),
      bytes[end] == 0x07 || end + 1 < bytes.endIndex
    else { return nil }
    let content = String(decoding: bytes[(bytes.startIndex + 2)..<end], as: UTF8.self)
    if content.hasPrefix("2;") || content.hasPrefix("0;") {
      title = String(content.dropFirst(2))
    } else if content.hasPrefix("52;c;") {
      clipboard = String(content.dropFirst(5))
    } else if content != "104" {
      unknown.append("OSC " + content)
    }
    return end - bytes.startIndex + (bytes[end] == 0x07 ? 1 : 2)
  }

  private mutating func controlSequence(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
    let body = String(decoding: bytes[(bytes.startIndex + 2)..<end], as: UTF8.self)
    let count = end - bytes.startIndex + 1
    let final = Character(Unicode.Scalar(bytes[end]))
    if body.hasPrefix("?") {
      setModes(body.dropFirst().split(separator: ";").compactMap { Int($0) }, final)
      return count
    }
    let values = body.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard body.allSatisfy({ $0.isNumber || $0 == ";" }) else {
      unknown.append("CSI \(body)\(final)")
      return count
    }
    perform(final, values)
    return count
  }

  private mutating func perform(_ final: Character, _ values: [Int]) {
    let amount = max(1, values.first ?? 1)
    switch final {
    case "A": move(row: cursor.row - amount)
    case "B", "e": move(row: cursor.row + amount)
    case "C", "a": move(column: cursor.column + amount)
    case "D": move(column: cursor.column - amount)
    case "E": move(column: 0, row: cursor.row + amount)
    case "F": move(column: 0, row: cursor.row - amount)
    case "G", "`": move(column: amount - 1)
    case "d": move(row: amount - 1)
    case "H", "f": move(column: max(1, values.count > 1 ? values[1] : 1) - 1, row: amount - 1)
    case "J": eraseDisplay(values.first ?? 0)
    case "K": eraseLine(values.first ?? 0)
    case "X": erase(cursor.column..<(cursor.column + amount), row: cursor.row)
    case "P": deleteCharacters(amount)
    case "@": insertCharacters(amount)
    case "L": if region.contains(cursor.row) { scroll(down: amount, from: cursor.row) }
    case "M": if region.contains(cursor.row) { scroll(up: amount, from: cursor.row) }
    case "S": scroll(up: amount, from: region.lowerBound)
    case "T": scroll(down: amount, from: region.lowerBound)
    case "b": for _ in 0..<min(amount, size.columns) { put(text: lastText, width: lastWidth) }
    case "r": setRegion(values)
    case "m": select(values)
    case "l", "h", "t": break
    default: unknown.append("CSI \(values)\(final)")
    }
  }

  private mutating func setModes(_ numbers: [Int], _ final: Character) {
    for number in numbers {
      switch final {
      case "h": modes.insert(number)
      case "l": modes.remove(number)
      default: unknown.append("CSI ?\(number)\(final)")
      }
      if number == 25 { isCursorVisible = final == "h" }
      if number == 1049 || number == 47 { switchScreen(toAlternate: final == "h") }
    }
  }

  private mutating func switchScreen(toAlternate: Bool) {
    guard toAlternate != isAlternate else { return }
    isAlternate = toAlternate
    if toAlternate {
      savedCursor = cursor
      mainCells = cells
      cells = Self.blank(size)
    } else {
      cells =
        mainCells.count == size.rows && mainCells.first?.count == size.columns ? mainCells : Self.blank(size)
      move(column: savedCursor.column, row: savedCursor.row)
    }
  }

  private mutating func eraseDisplay(_ mode: Int) {
    let rows: Range<Int>
    switch mode {
    case 0:
      eraseLine(0)
      rows = min(cursor.row + 1, size.rows)..<size.rows
    case 1:
      eraseLine(1)
      rows = 0..<cursor.row
    default: rows = 0..<size.rows
    }
    for row in rows { cells[row] = blankRow }
  }

  private mutating func eraseLine(_ mode: Int) {
    switch mode {
    case 0: erase(cursor.column..<size.columns, row: cursor.row)
    case 1: erase(0..<(cursor.column + 1), row: cursor.row)
    default: erase(0..<size.columns, row: cursor.row)
    }
  }

  private mutating func deleteCharacters(_ amount: Int) {
    split(cursor.column)
    split(cursor.column + amount)
    let count = min(amount, size.columns - cursor.column)
    cells[cursor.row].removeSubrange(cursor.column..<(cursor.column + count))
    cells[cursor.row].append(contentsOf: Array(repeating: blankCell, count: count))
  }

  private mutating func insertCharacters(_ amount: Int) {
    split(cursor.column)
    let count = min(amount, size.columns - cursor.column)
    split(size.columns - count)
    cells[cursor.row].removeLast(count)
    cells[cursor.row].insert(contentsOf: Array(repeating: blankCell, count: count), at: cursor.column)
  }

  private mutating func setRegion(_ values: [Int]) {
    let top = max(1, values.first ?? 1) - 1
    let bottom = (values.count > 1 && values[1] > 0 ? min(values[1], size.rows) : size.rows) - 1
    region = top < bottom ? top...bottom : 0...max(0, size.rows - 1)
    move(column: 0, row: 0)
  }

  private mutating func select(_ values: [Int]) {
    var rest = (values.isEmpty ? [0] : values)[...]
    while let value = rest.popFirst() {
      switch value {
      case 0: attributes = Attributes()
      case 1...9: attributes.flags.insert(value)
      case 22: attributes.flags.subtract([1, 2])
      case 23...29: attributes.flags.remove(value - 20)
      case 30...37: attributes.foreground = value - 30
      case 39: attributes.foreground = nil
      case 40...47: attributes.background = value - 40
      case 49: attributes.background = nil
      case 90...97: attributes.foreground = value - 82
      case 100...107: attributes.background = value - 92
      case 38, 48:
        guard rest.first == 5, rest.count > 1 else {
          unknown.append("SGR \(values)")
          return
        }
        let colour = rest[rest.startIndex + 1]
        rest = rest.dropFirst(2)
        if value == 38 { attributes.foreground = colour } else { attributes.background = colour }
      default: unknown.append("SGR \(value)")
      }
    }
  }
}
