/// What a person or the terminal did.
package enum InputEvent: Hashable, Sendable {
  /// A key; each typed scalar is one.
  case key(Key)
  /// Pasted text: line breaks are U+000A, no other control than tab. A long paste arrives in several events.
  case paste(String)
  case mouse(MouseEvent)
  case focusGained
  case focusLost
  case resize(Size)
}

package struct MouseEvent: Hashable, Sendable {
  package enum Kind: Hashable, Sendable { case press, release, drag, wheelUp, wheelDown }
  package enum Button: Hashable, Sendable { case left, middle, right, none }

  package var kind: Kind
  package var button: Button
  package var position: Point
  package var modifiers: Key.Modifiers

  package init(_ kind: Kind, _ button: Button, at position: Point, modifiers: Key.Modifiers = []) {
    self.kind = kind
    self.button = button
    self.position = position
    self.modifiers = modifiers
  }
}
