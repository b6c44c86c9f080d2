/// One key as a person names it.
package struct Key: Hashable, Sendable {
  package enum Code: Hashable, Sendable {
    /// A typed character. With control it is lower case; with shift alone it is what shift makes of it.
    case character(Character)
    case enter, tab, backTab, backspace, delete, escape
    case up, down, left, right, home, end, pageUp, pageDown, insert
    /// F1 is 1.
    case function(Int)
  }

  package struct Modifiers: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let shift = Modifiers(rawValue: 1)
    package static let alt = Modifiers(rawValue: 2)
    package static let control = Modifiers(rawValue: 4)
  }

  package var code: Code
  package var modifiers: Modifiers

  package init(_ code: Code, _ modifiers: Modifiers = []) {
    self.code = code
    self.modifiers = modifiers
  }

  package init(_ character: Character) {
    self.init(.character(character))
  }

  package static func control(_ character: Character) -> Key { Key(.character(character), .control) }
  package static func alt(_ character: Character) -> Key { Key(.character(character), .alt) }
  package static func function(_ number: Int) -> Key { Key(.function(number)) }

  package static let enter = Key(.enter)
  package static let tab = Key(.tab)
  package static let backTab = Key(.backTab)
  package static let backspace = Key(.backspace)
  package static let delete = Key(.delete)
  package static let escape = Key(.escape)
  package static let up = Key(.up)
  package static let down = Key(.down)
  package static let left = Key(.left)
  package static let right = Key(.right)
  package static let home = Key(.home)
  package static let end = Key(.end)
  package static let pageUp = Key(.pageUp)
  package static let pageDown = Key(.pageDown)
  package static let insert = Key(.insert)
  package static let space = Key(.character(" "))
}

// MARK: - Names

extension Key: CustomStringConvertible {
  private static let names: [(name: String, code: Code)] = [
    ("Enter", .enter), ("Tab", .tab), ("BackTab", .backTab), ("Backspace", .backspace), ("Delete", .delete),
    ("Esc", .escape), ("Up", .up), ("Down", .down), ("Left", .left), ("Right", .right), ("Home", .home),
    ("End", .end), ("PgUp", .pageUp), ("PgDn", .pageDown), ("Insert", .insert), ("Space", .character(" ")),
  ]
  private static let otherNames: [(name: String, code: Code)] = [
    ("Return", .enter), ("Escape", .escape), ("Del", .delete), ("Ins", .insert), ("PageUp", .pageUp),
    ("PageDown", .pageDown), ("Shift-Tab", .backTab),
  ]
  private static let prefixes: [(name: String, value: Modifiers)] = [
    ("Ctrl-", .control), ("Alt-", .alt), ("Shift-", .shift),
  ]

  /// The name in configuration files and in the footer: `Ctrl-P`, `F8`, `Alt-Enter`, `j`.
  package var description: String {
    var text = Self.prefixes.filter { modifiers.contains($0.value) }.map(\.name).joined()
    if let named = Self.names.first(where: { $0.code == code }) { return text + named.name }
    switch code {
    case .character(let character):
      text += modifiers.contains(.control) ? character.uppercased() : "\(character)"
    case .function(let number): text += "F\(number)"
    default: break
    }
    return text
  }

  /// Reads such a name; upper and lower case matter only for single characters without Ctrl.
  package init?(name: String) {
    var rest = Substring(name)
    var modifiers: Modifiers = []
    func hasPrefix(_ prefix: String) -> Bool {
      rest.count > prefix.count && rest.prefix(prefix.count).lowercased() == prefix.lowercased()
    }
    if rest.lowercased() == "shift-tab" {
      self = .backTab
      return
    }
    while let prefix = Self.prefixes.first(where: { hasPrefix($0.name) }) {
      if modifiers.contains(prefix.value) { return nil }
      modifiers.insert(prefix.value)
      rest = rest.dropFirst(prefix.name.count)
    }
    let lowered = rest.lowercased()
    if let named = (Self.names + Self.otherNames).first(where: { $0.name.lowercased() == lowered }) {
      self.init(named.code, modifiers)
    } else if lowered.first == "f", lowered.count > 1, let number = Int(lowered.dropFirst()), 1...35 ~= number
    {
      self.init(.function(number), modifiers)
    } else if rest.count == 1, let character = rest.first, !character.isWhitespace {
      if modifiers.contains(.control) {
        self.init(.character(Character(lowered)), modifiers)
      } else {
        self.init(.character(character), modifiers)
      }
    } else {
      return nil
    }
  }
}
