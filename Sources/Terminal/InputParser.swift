/// Turns the bytes of a terminal into events, wherever reads cut them.
///
/// Knows the keys of xterm, the Linux console, rxvt and vt220, modifyOtherKeys and the CSI u form, bracketed
/// paste, SGR and X10 mouse, focus reports. A sequence that it does not know is swallowed whole: it never
/// arrives as typed text. Memory is bounded for every input.
package struct InputParser: Sendable {
  /// A paste longer than this arrives in several events.
  package static let pasteChunk = 1 << 20
  private static let longestSequence = 64

  private enum Mode {
    case ground
    /// Inside a bracketed paste.
    case paste
    /// Inside a control sequence that is too long: up to its final byte.
    case skippingSequence
    /// Inside OSC, DCS, APC, PM or SOS: up to the terminator.
    case skippingString
  }

  private enum Step {
    /// Nothing can be said yet.
    case wait
    case took(Int)
  }

  private var mode = Mode.ground
  private var buffer: [UInt8] = []
  private var pasted: [UInt8] = []
  /// A flush came while a paste was open: its end may never come.
  private var pasteStalled = false
  private var events: [InputEvent] = []

  package init() {}

  /// Something is held back that only the next byte or `flush` can decide.
  package var needsTimeout: Bool { !buffer.isEmpty || mode != .ground }

  /// What is held back is only an Esc: a short time decides. Everything else arrives in one piece, unless the
  /// line is slow.
  package var holdsLoneEscape: Bool { mode == .ground && buffer == [0x1B] }

  package mutating func feed(_ bytes: some Sequence<UInt8>) -> [InputEvent] {
    buffer.append(contentsOf: bytes)
    var start = 0
    loop: while start < buffer.count {
      switch step(buffer[start...]) {
      case .wait: break loop
      case .took(let count): start += count
      }
    }
    buffer.removeFirst(start)
    return take()
  }

  /// Nothing came for a while: what is held back is all there is. A lone Esc is the key; a broken sequence is
  /// dropped; an open paste gives what it has and stays open until its end or an Esc alone.
  package mutating func flush() -> [InputEvent] {
    switch mode {
    case .ground:
      let held = buffer
      buffer = []
      flushGround(held)
    case .paste:
      // The held bytes are the beginning of an end mark that is on its way, or Esc from a person who is stuck.
      if pasteStalled && buffer == [0x1B] {
        buffer = []
        mode = .ground
        events.append(.key(.escape))
      }
      deliverPaste(all: true)
      pasteStalled = mode == .paste
    case .skippingSequence, .skippingString:
      buffer = []
      mode = .ground
    }
    return take()
  }

  private mutating func flushGround(_ held: [UInt8]) {
    guard let first = held.first else { return }
    guard first == 0x1B else {
      // A cut UTF-8 sequence.
      emit("\u{FFFD}")
      return
    }
    let introducers: [UInt8] = [0x5B, 0x4F, 0x5D, 0x50, 0x58, 0x5E, 0x5F]
    switch held.count {
    case 1: events.append(.key(.escape))
    case 2 where held[1] == 0x1B:
      events.append(.key(.escape))
      events.append(.key(.escape))
    case 2 where introducers.contains(held[1]):
      events.append(.key(.alt(Character(Unicode.Scalar(held[1])))))
    default: break
    }
  }

  private mutating func take() -> [InputEvent] {
    defer { events.removeAll(keepingCapacity: true) }
    return events
  }

  private mutating func emit(_ character: Character) { events.append(.key(Key(character))) }

  private mutating func step(_ bytes: ArraySlice<UInt8>) -> Step {
    switch mode {
    case .ground: return ground(bytes)
    case .paste: return paste(bytes)
    case .skippingSequence: return skipSequence(bytes)
    case .skippingString: return skipString(bytes)
    }
  }
}

// MARK: - Ground

extension InputParser {
  private mutating func ground(_ bytes: ArraySlice<UInt8>) -> Step {
    let first = bytes[bytes.startIndex]
    if first == 0x1B { return escape(bytes) }
    switch Self.typed(bytes) {
    case .wait: return .wait
    case .key(let key, let count):
      if let key { events.append(.key(key)) }
      return .took(count)
    }
  }

  private enum Typed {
    case wait
    case key(Key?, Int)
  }

  /// A key that is a control byte or one UTF-8 character.
  private static func typed(_ bytes: ArraySlice<UInt8>) -> Typed {
    let first = bytes[bytes.startIndex]
    if first < 0x20 || first == 0x7F { return .key(control(first), 1) }
    if first < 0x80 { return .key(Key(Character(Unicode.Scalar(first))), 1) }
    switch decode(bytes) {
    case .incomplete: return .wait
    case .invalid(let count): return .key(Key("\u{FFFD}"), count)
    case .scalar(let scalar, let count):
      // C1 controls are not typed by anybody.
      if scalar.value < 0xA0 { return .key(nil, count) }
      return .key(Key(Character(scalar)), count)
    }
  }

  private static func control(_ byte: UInt8) -> Key {
    switch byte {
    case 0x00: Key(.character(" "), .control)
    case 0x08, 0x7F: .backspace
    case 0x09: .tab
    case 0x0D: .enter
    case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
    default: .control(Character(Unicode.Scalar(byte + 0x40)))
    }
  }

  private enum Decoded {
    case incomplete
    /// Bytes of one maximal ill-formed part.
    case invalid(Int)
    case scalar(Unicode.Scalar, Int)
  }

  private static func decode(_ bytes: ArraySlice<UInt8>) -> Decoded {
    let start = bytes.startIndex
    let first = bytes[start]
    let length: Int
    var allowed: ClosedRange<UInt8> = 0x80...0xBF
    var value: UInt32
    switch first {
    case 0xC2...0xDF: (length, value) = (2, UInt32(first & 0x1F))
    case 0xE0...0xEF:
      (length, value) = (3, UInt32(first & 0x0F))
      if first == 0xE0 { allowed = 0xA0...0xBF }
      if first == 0xED { allowed = 0x80...0x9F }
    case 0xF0...0xF4:
      (length, value) = (4, UInt32(first & 0x07))
      if first == 0xF0 { allowed = 0x90...0xBF }
      if first == 0xF4 { allowed = 0x80...0x8F }
    default: return .invalid(1)
    }
    for index in 1..<length {
      guard start + index < bytes.endIndex else { return .incomplete }
      let byte = bytes[start + index]
      guard allowed.contains(byte) else { return .invalid(index) }
      allowed = 0x80...0xBF
      value = value << 6 | UInt32(byte & 0x3F)
    }
    guard let scalar = Unicode.Scalar(value) else { return .invalid(length) }
    return .scalar(scalar, length)
  }
}

// MARK: - Escape

extension InputParser {
  private mutating func escape(_ bytes: ArraySlice<UInt8>) -> Step {
    guard bytes.count > 1 else { return .wait }
    let second = bytes[bytes.startIndex + 1]
    switch second {
    case 0x5B: return controlSequence(bytes, prefix: 1, alt: false)
    case 0x4F: return shifted(bytes, prefix: 1, alt: false)
    case 0x5D, 0x50, 0x58, 0x5E, 0x5F: return string(bytes)
    case 0x1B: return doubleEscape(bytes)
    default:
      switch Self.typed(bytes.dropFirst()) {
      case .wait: return .wait
      case .key(let key, let count):
        if var key {
          key.modifiers.insert(.alt)
          events.append(.key(key))
        }
        return .took(count + 1)
      }
    }
  }

  /// Esc before an escape sequence is how rxvt says Alt; else it is the key Esc.
  private mutating func doubleEscape(_ bytes: ArraySlice<UInt8>) -> Step {
    guard bytes.count > 2 else { return .wait }
    switch bytes[bytes.startIndex + 2] {
    case 0x5B: return controlSequence(bytes, prefix: 2, alt: true)
    case 0x4F: return shifted(bytes, prefix: 2, alt: true)
    default:
      events.append(.key(.escape))
      return .took(1)
    }
  }

  /// OSC and its relatives: answers to questions that nobody asked. With two bytes it may still be Alt-].
  private mutating func string(_ bytes: ArraySlice<UInt8>) -> Step {
    guard bytes.count > 2 else { return .wait }
    mode = .skippingString
    return .took(2)
  }

  private mutating func skipString(_ bytes: ArraySlice<UInt8>) -> Step {
    switch bytes[bytes.startIndex] {
    case 0x07, 0x18, 0x1A:
      mode = .ground
      return .took(1)
    case 0x1B:
      guard bytes.count > 1 else { return .wait }
      mode = .ground
      return .took(bytes[bytes.startIndex + 1] == 0x5C ? 2 : 0)
    default:
      let end = bytes.firstIndex { $0 == 0x07 || $0 == 0x18 || $0 == 0x1A || $0 == 0x1B } ?? bytes.endIndex
      return .took(end - bytes.startIndex)
    }
  }

  private mutating func skipSequence(_ bytes: ArraySlice<UInt8>) -> Step {
    let byte = bytes[bytes.startIndex]
    if (0x20...0x3F).contains(byte) { return .took(1) }
    mode = .ground
    return .took((0x40...0x7E).contains(byte) ? 1 : 0)
  }

  /// SS3: Esc O, perhaps modifiers, one letter.
  private mutating func shifted(_ bytes: ArraySlice<UInt8>, prefix: Int, alt: Bool) -> Step {
    var index = bytes.startIndex + prefix + 1
    var parameter = 0
    while index < bytes.endIndex, (0x30...0x39).contains(bytes[index]) || bytes[index] == 0x3B {
      if index - bytes.startIndex > 8 { break }
      parameter = bytes[index] == 0x3B ? 0 : min(parameter * 10 + Int(bytes[index] - 0x30), 255)
      index += 1
    }
    guard index < bytes.endIndex else { return .wait }
    let final = bytes[index]
    guard (0x40...0x7E).contains(final) else {
      // Alt-O, and then something else.
      guard index == bytes.startIndex + prefix + 1 else { return .took(index - bytes.startIndex) }
      events.append(.key(.alt("O")))
      return .took(index - bytes.startIndex)
    }
    if var key = KeyTable.shifted[final] {
      key.modifiers.formUnion(KeyTable.modifiers(parameter))
      if alt { key.modifiers.insert(.alt) }
      events.append(.key(key.normalized))
    }
    return .took(index + 1 - bytes.startIndex)
  }
}

// MARK: - Control sequences

extension InputParser {
  private struct ControlSequence {
    var isPrivate = false
    /// Each parameter with its sub-parameters.
    var parameters: [[Int]] = []
    var intermediate: UInt8?
    var final: UInt8 = 0

    func value(_ index: Int, _ fallback: Int) -> Int {
      index < parameters.count ? parameters[index].first ?? fallback : fallback
    }
  }

  private mutating func controlSequence(_ bytes: ArraySlice<UInt8>, prefix: Int, alt: Bool) -> Step {
    let start = bytes.startIndex + prefix + 1
    guard start < bytes.endIndex else { return .wait }
    let first = bytes[start]
    // The Linux console: Esc [ [ A is F1.
    if first == 0x5B {
      guard start + 1 < bytes.endIndex else { return .wait }
      let letter = bytes[start + 1]
      guard (0x20...0x7E).contains(letter) else { return .took(prefix + 2) }
      if (0x41...0x45).contains(letter) { emit(.function(Int(letter) - 0x40), alt: alt) }
      return .took(prefix + 3)
    }
    if first == 0x4D { return oldMouse(bytes, start: start, prefix: prefix) }
    var sequence = ControlSequence()
    var index = start
    var digits: [UInt8] = []
    while index < bytes.endIndex {
      let byte = bytes[index]
      if index - bytes.startIndex > Self.longestSequence {
        mode = .skippingSequence
        return .took(index - bytes.startIndex)
      }
      switch byte {
      case 0x3C...0x3F where index == start:
        // `<` is the mouse; `?`, `=` and `>` are reports.
        sequence.isPrivate = byte != 0x3C
        if byte == 0x3C { sequence.intermediate = byte }
      case 0x30...0x3F: digits.append(byte)
      case 0x24 where !sequence.isPrivate && !digits.isEmpty && !digits.contains(0x3B):
        // rxvt ends Shift with a dollar sign.
        sequence.final = byte
      case 0x20...0x2F: sequence.intermediate = byte
      case 0x40...0x7E: sequence.final = byte
      default:
        // A control or a new Esc breaks the sequence off.
        return .took(index - bytes.startIndex)
      }
      index += 1
      if sequence.final != 0 {
        sequence.parameters = Self.parameters(digits)
        perform(sequence, alt: alt)
        return .took(index - bytes.startIndex)
      }
    }
    return .wait
  }

  private static func parameters(_ bytes: [UInt8]) -> [[Int]] {
    guard !bytes.isEmpty else { return [] }
    return bytes.split(separator: 0x3B, omittingEmptySubsequences: false).map { part in
      part.split(separator: 0x3A, omittingEmptySubsequences: false).compactMap { digits in
        digits.isEmpty
          ? nil : digits.reduce(0) { min($0 * 10 + Int($1 & 0x0F), 0x1F_FFFF) }
      }
    }
  }

  private mutating func perform(_ sequence: ControlSequence, alt: Bool) {
    if sequence.intermediate == 0x3C { return mouse(sequence) }
    guard !sequence.isPrivate && sequence.intermediate == nil else { return }
    switch sequence.final {
    case 0x49 where sequence.parameters.isEmpty: events.append(.focusGained)
    case 0x4F where sequence.parameters.isEmpty: events.append(.focusLost)
    case 0x75: unicodeKey(sequence.value(0, 0), sequence, modifiers: 1, alt: alt)
    case 0x7E where sequence.value(0, 0) == 27:
      unicodeKey(sequence.value(2, 0), sequence, modifiers: 1, alt: alt)
    case 0x7E where sequence.value(0, 0) == 200:
      mode = .paste
      pasteStalled = false
    case 0x7E, 0x24, 0x5E, 0x40:
      guard let code = KeyTable.numbered[sequence.value(0, 0)] else { return }
      var modifiers = KeyTable.modifiers(sequence.value(1, 1))
      if sequence.final == 0x24 || sequence.final == 0x40 { modifiers.insert(.shift) }
      if sequence.final == 0x5E || sequence.final == 0x40 { modifiers.insert(.control) }
      emit(code, modifiers, alt: alt)
    case 0x61...0x64:
      // rxvt: Shift with an arrow.
      emit(KeyTable.arrows[Int(sequence.final) - 0x61], .shift, alt: alt)
    default:
      // With another first number it is a report: where the cursor is ends in R, as F3 does.
      guard sequence.value(0, 1) == 1, let code = KeyTable.lettered[sequence.final] else { return }
      // A kitty-style release is not a press.
      if sequence.parameters.count > 1, sequence.parameters[1].count > 1, sequence.parameters[1][1] == 3 {
        return
      }
      emit(code, KeyTable.modifiers(sequence.value(1, 1)), alt: alt)
    }
  }

  private mutating func emit(_ code: Key.Code, _ modifiers: Key.Modifiers = [], alt: Bool) {
    events.append(.key(Key(code, alt ? modifiers.union(.alt) : modifiers).normalized))
  }

  /// CSI u and modifyOtherKeys: the key is a Unicode number.
  private mutating func unicodeKey(
    _ number: Int, _ sequence: ControlSequence, modifiers index: Int, alt: Bool
  ) {
    let states = index < sequence.parameters.count ? sequence.parameters[index] : []
    if states.count > 1 && states[1] == 3 { return }
    var modifiers = KeyTable.modifiers(states.first ?? 1)
    if alt { modifiers.insert(.alt) }
    if let code = KeyTable.unicode[number] {
      events.append(.key(Key(code, modifiers).normalized))
      return
    }
    guard number >= 0x20, !(0x7F..<0xA0).contains(number), !(0xE000..<0xF900).contains(number),
      let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init)
    else { return }
    var character = Character(scalar)
    if modifiers.contains(.control) {
      character = Character(character.lowercased().first.map(String.init) ?? String(character))
    } else if modifiers.contains(.shift) {
      // The shifted character comes as a sub-parameter where the terminal knows the layout.
      let alternates = sequence.parameters.first ?? []
      if sequence.final == 0x75, alternates.count > 1,
        let shifted = UInt32(exactly: alternates[1]).flatMap(Unicode.Scalar.init),
        shifted.value >= 0xA0 || (0x20..<0x7F).contains(shifted.value)
      {
        character = Character(shifted)
      } else if character.isLetter, let upper = character.uppercased().first {
        character = upper
      }
      modifiers.remove(.shift)
    }
    events.append(.key(Key(.character(character), modifiers)))
  }
}

// MARK: - Mouse

extension InputParser {
  /// X10: three bytes behind Esc [ M, each with 32 added.
  private mutating func oldMouse(_ bytes: ArraySlice<UInt8>, start: Int, prefix: Int) -> Step {
    guard start + 3 < bytes.endIndex else { return .wait }
    let values = (1...3).map { Int(bytes[start + $0]) - 32 }
    if values.allSatisfy({ $0 >= 0 }), values[1] > 0, values[2] > 0 {
      report(
        values[0], column: values[1], row: values[2], isRelease: values[0] & 3 == 3 && values[0] & 64 == 0)
    }
    return .took(prefix + 5)
  }

  private mutating func mouse(_ sequence: ControlSequence) {
    guard sequence.parameters.count == 3, sequence.final == 0x4D || sequence.final == 0x6D else { return }
    let column = sequence.value(1, 0)
    let row = sequence.value(2, 0)
    guard column > 0 && row > 0 else { return }
    report(sequence.value(0, 0), column: column, row: row, isRelease: sequence.final == 0x6D)
  }

  private mutating func report(_ state: Int, column: Int, row: Int, isRelease: Bool) {
    var modifiers: Key.Modifiers = []
    if state & 4 != 0 { modifiers.insert(.shift) }
    if state & 8 != 0 { modifiers.insert(.alt) }
    if state & 16 != 0 { modifiers.insert(.control) }
    let buttons: [MouseEvent.Button] = [.left, .middle, .right, .none]
    let kind: MouseEvent.Kind
    var button = buttons[state & 3]
    switch state & 0xC0 {
    case 0x40:
      guard state & 3 < 2 else { return }
      kind = state & 3 == 0 ? .wheelUp : .wheelDown
      button = .none
    case 0: kind = isRelease ? .release : state & 32 != 0 ? .drag : .press
    default: return
    }
    let position = Point(column: column - 1, row: row - 1)
    events.append(.mouse(MouseEvent(kind, button, at: position, modifiers: modifiers)))
  }
}

// MARK: - Paste

extension InputParser {
  private static let pasteStart: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x30, 0x7E]
  private static let pasteEnd: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]

  private mutating func paste(_ bytes: ArraySlice<UInt8>) -> Step {
    if bytes[bytes.startIndex] == 0x1B {
      let head = bytes.prefix(Self.pasteEnd.count)
      if head.elementsEqual(Self.pasteEnd) {
        mode = .ground
        deliverPaste(all: true)
        return .took(head.count)
      }
      // A second start inside a paste is part of what somebody copied from a terminal.
      if head.elementsEqual(Self.pasteStart) { return .took(head.count) }
      if head.elementsEqual(Self.pasteEnd.prefix(head.count))
        || head.elementsEqual(Self.pasteStart.prefix(head.count))
      {
        return .wait
      }
      return .took(1)
    }
    let room = Self.pasteChunk - pasted.count
    let part = bytes.prefix(room).prefix { $0 != 0x1B }
    pasted.append(contentsOf: part)
    pasteStalled = false
    if pasted.count >= Self.pasteChunk { deliverPaste(all: false) }
    return .took(part.count)
  }

  /// Gives what was pasted so far. A character that may be cut, and a carriage return that may be half of a
  /// line break, wait for the rest unless `all`.
  private mutating func deliverPaste(all: Bool) {
    var kept: [UInt8] = []
    if !all {
      let tail = pasted.suffix(3)
      if let lead = tail.lastIndex(where: { $0 & 0xC0 != 0x80 }) {
        let needed = pasted[lead] >= 0xF0 ? 4 : pasted[lead] >= 0xE0 ? 3 : pasted[lead] >= 0xC0 ? 2 : 1
        if pasted.count - lead < needed || pasted[lead] == 0x0D { kept = Array(pasted[lead...]) }
      }
      pasted.removeLast(kept.count)
    }
    let bytes = pasted
    pasted = kept
    let text = Self.cleaned(bytes)
    if !text.isEmpty { events.append(.paste(text)) }
  }

  private static func cleaned(_ bytes: [UInt8]) -> String {
    var view = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x0D: view.append("\n")
      case 0x0A: if previous != "\r" { view.append("\n") }
      case 0x09: view.append("\t")
      case 0..<0x20, 0x7F..<0xA0: break
      default: view.append(scalar)
      }
      previous = scalar
    }
    return String(view)
  }
}
