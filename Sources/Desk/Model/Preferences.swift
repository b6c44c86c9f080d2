import Domain

/// What a person chose in the settings and may change while the screens are open.
package struct Preferences: Equatable, Sendable {
  /// Key names by action id.
  package var keys: [String: [String]]
  /// How somebody who looks at another window is told.
  package var ringsBell: Bool
  package var changesTitle: Bool
  /// Characters above which a paste asks first.
  package var pasteLimit: Int
  /// What the language model may be asked for; empty: there is none.
  package var modelUses: Set<ModelUse>

  package init(
    keys: [String: [String]] = [:], ringsBell: Bool = true, changesTitle: Bool = true, pasteLimit: Int = 4000,
    modelUses: Set<ModelUse> = []
  ) {
    self.keys = keys
    self.ringsBell = ringsBell
    self.changesTitle = changesTitle
    self.pasteLimit = pasteLimit
    self.modelUses = modelUses
  }
}
