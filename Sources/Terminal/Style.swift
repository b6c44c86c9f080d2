/// What a piece of the screen means. Views choose roles; a `Theme` turns them into colours at draw time.
package enum Role: UInt8, CaseIterable, Sendable {
  case text, muted, title, accent
  case border, borderFocused
  case statusBar, statusGood, statusWarning, statusDanger
  case success, warning, danger, info
  /// The selected row of the pane that has the focus, and of one that has not.
  case selection, selectionUnfocused
  /// A row marked for a bulk action.
  case mark
  /// A search hit.
  case highlight
  /// A slot of a template that has no value yet.
  case missing
  case input, inputFocused, placeholder
  /// A field that the system filled.
  case systemFilled
  case badge
  /// A key and its meaning in the footer.
  case key, keyLabel
  case disabled
  case customerText, agentText, systemText, noteText
  case banner
  case tabActive, tabInactive
}

extension Role {
  /// The name used in theme files.
  package var name: String { String(describing: self) }

  package init?(name: String) {
    guard let role = Role.allCases.first(where: { $0.name == name }) else { return nil }
    self = role
  }
}

package struct Modifiers: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bold = Modifiers(rawValue: 1)
  package static let dim = Modifiers(rawValue: 2)
  package static let underline = Modifiers(rawValue: 4)
  package static let reverse = Modifiers(rawValue: 8)
  /// Few terminals strike through: where the library cannot, it is drawn dim, so say it in words as well.
  package static let strikethrough = Modifiers(rawValue: 16)
  package static let italic = Modifiers(rawValue: 32)

  static let named: [(name: String, value: Modifiers)] = [
    ("bold", .bold), ("dim", .dim), ("underline", .underline), ("reverse", .reverse),
    ("strikethrough", .strikethrough), ("italic", .italic),
  ]

  /// The names used in theme files and golden screens, in a fixed order.
  package var names: [String] { Self.named.filter { contains($0.value) }.map(\.name) }

  package init?(name: String) {
    guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
    self = found.value
  }
}

package struct Style: Hashable, Sendable {
  package var role: Role
  package var modifiers: Modifiers

  package init(_ role: Role = .text, _ modifiers: Modifiers = []) {
    self.role = role
    self.modifiers = modifiers
  }

  package static let text = Style(.text)

  package func adding(_ more: Modifiers) -> Style { Style(role, modifiers.union(more)) }
}
