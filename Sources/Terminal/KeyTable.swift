/// Which key each sequence of the terminals stands for.
enum KeyTable {
  /// xterm's modifier parameter: one more than a set of bits. Meta counts as Alt; locks do not count.
  static func modifiers(_ parameter: Int) -> Key.Modifiers {
    let bits = max(0, parameter - 1)
    var modifiers: Key.Modifiers = []
    if bits & 1 != 0 { modifiers.insert(.shift) }
    if bits & 2 != 0 || bits & 32 != 0 { modifiers.insert(.alt) }
    if bits & 4 != 0 { modifiers.insert(.control) }
    return modifiers
  }

  static let arrows: [Key.Code] = [.up, .down, .right, .left]

  /// CSI with a letter.
  static let lettered: [UInt8: Key.Code] = [
    0x41: .up, 0x42: .down, 0x43: .right, 0x44: .left, 0x46: .end, 0x48: .home,
    0x50: .function(1), 0x51: .function(2), 0x52: .function(3), 0x53: .function(4), 0x5A: .backTab,
  ]

  /// CSI number ~, with rxvt's Home and End.
  static let numbered: [Int: Key.Code] = [
    1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
    11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
    17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
    23: .function(11), 24: .function(12), 25: .function(13), 26: .function(14), 28: .function(15),
    29: .function(16), 31: .function(17), 32: .function(18), 33: .function(19), 34: .function(20),
  ]

  /// SS3: cursor keys, PF keys, the keypad in application mode, rxvt's Ctrl with an arrow.
  static let shifted: [UInt8: Key] = {
    var table: [UInt8: Key] = [
      0x41: .up, 0x42: .down, 0x43: .right, 0x44: .left, 0x46: .end, 0x48: .home,
      0x50: .function(1), 0x51: .function(2), 0x52: .function(3), 0x53: .function(4),
      0x4D: .enter, 0x49: .tab, 0x58: Key("="), 0x5A: .backTab,
      0x61: Key(.up, .control), 0x62: Key(.down, .control), 0x63: Key(.right, .control),
      0x64: Key(.left, .control),
    ]
    // j to y are * + , - . / 0 to 9.
    for (index, character) in "*+,-./0123456789".enumerated() { table[0x6A + UInt8(index)] = Key(character) }
    return table
  }()

  /// CSI u: keys that are not characters, with the numbers of the keypad.
  static let unicode: [Int: Key.Code] = {
    var table: [Int: Key.Code] = [
      8: .backspace, 9: .tab, 13: .enter, 27: .escape, 127: .backspace,
      57414: .enter, 57417: .left, 57418: .right, 57419: .up, 57420: .down, 57421: .pageUp, 57422: .pageDown,
      57423: .home, 57424: .end, 57425: .insert, 57426: .delete,
    ]
    for number in 13...35 { table[57376 + number - 13] = .function(number) }
    for (index, character) in "0123456789./*-+".enumerated() { table[57399 + index] = .character(character) }
    return table
  }()
}

extension Key {
  /// Shift with Tab is one key, whichever way a terminal says it.
  var normalized: Key {
    guard code == .tab || code == .backTab, modifiers.contains(.shift) || code == .backTab else {
      return self
    }
    return Key(.backTab, modifiers.subtracting(.shift))
  }
}
