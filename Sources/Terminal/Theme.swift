/// How many colours a terminal has.
package enum ColourDepth: Int, CaseIterable, Comparable, Sendable {
  case none = 0
  case eight = 8
  case sixteen = 16
  case indexed = 256

  package static func < (left: ColourDepth, right: ColourDepth) -> Bool { left.rawValue < right.rawValue }

  /// The depth that a terminal description promises.
  package init(colours: Int) {
    self = colours >= 256 ? .indexed : colours >= 16 ? .sixteen : colours >= 8 ? .eight : .none
  }

  /// The name used in configuration: `none`, `8`, `16`, `256`.
  package init?(name: String) {
    switch name {
    case "none": self = .none
    case "8": self = .eight
    case "16": self = .sixteen
    case "256": self = .indexed
    default: return nil
    }
  }
}

/// What a theme gives the driver for a style.
package struct Appearance: Hashable, Sendable {
  /// Palette numbers; nil is the terminal's own colour.
  package var foreground: UInt8?
  package var background: UInt8?
  package var modifiers: Modifiers
}

/// Colours and attributes for each role.
package struct Theme: Hashable, Sendable {
  package struct Entry: Hashable, Sendable {
    package var foreground: Colour?
    package var background: Colour?
    package var modifiers: Modifiers

    package init(_ foreground: Colour? = nil, on background: Colour? = nil, _ modifiers: Modifiers = []) {
      self.foreground = foreground
      self.background = background
      self.modifiers = modifiers
    }
  }

  package let name: String
  /// Made for dark text on a light background; pictures are painted so.
  package let isLight: Bool
  private let entries: [Entry]

  /// Roles that are not named look like `base`'s.
  package init(name: String, entries: [Role: Entry], base: Theme? = nil, isLight: Bool? = nil) {
    self.name = name
    self.isLight = isLight ?? base?.isLight ?? false
    self.entries = Role.allCases.map { entries[$0] ?? base?[$0] ?? Entry() }
  }

  package subscript(role: Role) -> Entry { entries[Int(role.rawValue)] }

  package func appearance(of style: Style, depth: ColourDepth) -> Appearance {
    let entry = self[style.role]
    let modifiers = entry.modifiers.union(style.modifiers)
    switch depth {
    case .none:
      return Appearance(
        foreground: nil, background: nil, modifiers: style.role.monochrome.union(style.modifiers))
    case .eight:
      // Eight colours have no bright half; bold stands for it, as those terminals draw it. Bold black would
      // be black in half of them: grey is the terminal's own colour, dimmed.
      let foreground = entry.foreground?.basic
      let background = entry.background.map { $0.basic & 7 }
      if foreground == 8, background == nil {
        return Appearance(foreground: nil, background: nil, modifiers: modifiers.union(.dim))
      }
      let isBright = (foreground ?? 0) >= 8
      return Appearance(
        foreground: foreground.map { $0 & 7 }, background: background,
        modifiers: isBright ? modifiers.union(.bold) : modifiers)
    case .sixteen:
      return Appearance(
        foreground: entry.foreground?.basic, background: entry.background?.basic, modifiers: modifiers)
    case .indexed:
      return Appearance(
        foreground: entry.foreground?.indexed, background: entry.background?.indexed, modifiers: modifiers)
    }
  }
}

extension Role {
  /// What sets the role apart where there is no colour at all.
  package var monochrome: Modifiers {
    switch self {
    case .selection, .banner, .statusBar, .statusGood: .reverse
    case .statusWarning: [.reverse, .underline]
    case .statusDanger: [.reverse, .bold]
    case .selectionUnfocused, .tabActive, .highlight: [.underline]
    case .missing: [.underline, .bold]
    case .title, .accent, .borderFocused, .danger, .mark, .key, .badge: .bold
    case .warning: .underline
    case .muted, .placeholder, .disabled, .systemText, .border, .tabInactive: .dim
    case .systemFilled, .noteText: .italic
    case .text, .success, .info, .input, .inputFocused, .keyLabel, .customerText, .agentText: []
    }
  }
}

// MARK: - Reading themes

/// What is wrong in a theme, with the key that a person wrote.
package enum ThemeError: Error, Hashable, Sendable {
  case unknownRole(key: String)
  case unknownColour(key: String, value: String)
  case unknownAttribute(key: String, value: String)
}

extension Theme {
  /// One role as a file writes it.
  package struct Words: Hashable, Sendable {
    package var foreground: String?
    package var background: String?
    package var attributes: [String]

    package init(foreground: String? = nil, background: String? = nil, attributes: [String] = []) {
      self.foreground = foreground
      self.background = background
      self.attributes = attributes
    }
  }

  /// A theme from names: roles as in `Role.name`, colours as in `Colour.init(name:)`, attributes as in
  /// `Modifiers.names`. The error names the key as `role.foreground`. Keys are read in order, so that the
  /// same file always names the same first error.
  package static func parse(
    name: String, words: [String: Words], base: Theme = .dark
  ) throws(ThemeError) -> Theme {
    var entries: [Role: Entry] = [:]
    for (key, word) in words.sorted(by: { $0.key < $1.key }) {
      guard let role = Role(name: key) else { throw .unknownRole(key: key) }
      var entry = Entry()
      entry.foreground = try colour(word.foreground, key: key + ".foreground")
      entry.background = try colour(word.background, key: key + ".background")
      for attribute in word.attributes {
        guard let modifier = Modifiers(name: attribute) else {
          throw .unknownAttribute(key: key + ".attributes", value: attribute)
        }
        entry.modifiers.insert(modifier)
      }
      entries[role] = entry
    }
    return Theme(name: name, entries: entries, base: base)
  }

  private static func colour(_ name: String?, key: String) throws(ThemeError) -> Colour? {
    guard let name, name != "default" else { return nil }
    guard let colour = Colour(name: name) else { throw .unknownColour(key: key, value: name) }
    return colour
  }
}

// MARK: - Colours

/// A colour for terminals of 256 and of 16 colours.
package struct Colour: Hashable, Sendable {
  package let indexed: UInt8
  /// 0-15.
  package let basic: UInt8

  /// A palette number; the nearest of the sixteen is found.
  package init(_ indexed: UInt8, basic: UInt8? = nil) {
    self.indexed = indexed
    self.basic = basic ?? Self.nearestBasic(Self.components(indexed))
  }

  private static let names = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
    "gray", "bright-red", "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
    "bright-white",
  ]

  /// `red`, `bright-red`, `gray`, a palette number `0`-`255`, `#rrggbb` (the nearest of the palette), or two of
  /// them as `214/yellow`: for 256 and for 16 colours.
  package init?(name: String) {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2 {
      guard let rich = Colour(name: String(parts[0])), let plain = Colour(name: String(parts[1])) else {
        return nil
      }
      self.init(rich.indexed, basic: plain.basic)
    } else if let index = Self.names.firstIndex(of: name.lowercased()) {
      self.init(UInt8(index), basic: UInt8(index))
    } else if let number = UInt8(name) {
      self.init(number)
    } else if name.first == "#", name.utf8.count == 7, let value = UInt32(name.dropFirst(), radix: 16) {
      let wanted = (Int(value >> 16), Int(value >> 8 & 255), Int(value & 255))
      let nearest = (16...255).min {
        Self.distance(Self.components($0), wanted) < Self.distance(Self.components($1), wanted)
      }
      self.init(nearest ?? 15)
    } else {
      return nil
    }
  }

  /// Red, green and blue of the xterm palette, 0-255.
  package static func components(_ index: UInt8) -> (Int, Int, Int) {
    switch index {
    case 0..<16:
      let basic = [
        (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205),
        (229, 229, 229),
        (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
        (255, 255, 255),
      ]
      return basic[Int(index)]
    case 16..<232:
      let levels = [0, 95, 135, 175, 215, 255]
      let value = Int(index) - 16
      return (levels[value / 36], levels[value / 6 % 6], levels[value % 6])
    default:
      let level = 8 + (Int(index) - 232) * 10
      return (level, level, level)
    }
  }

  private static func nearestBasic(_ wanted: (Int, Int, Int)) -> UInt8 {
    (0..<16).min { distance(components($0), wanted) < distance(components($1), wanted) } ?? 7
  }

  private static func distance(_ left: (Int, Int, Int), _ right: (Int, Int, Int)) -> Int {
    let red = left.0 - right.0
    let green = left.1 - right.1
    let blue = left.2 - right.2
    return 2 * red * red + 4 * green * green + 3 * blue * blue
  }
}
