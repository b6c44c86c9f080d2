import Domain

/// A piece of a text that must not leave this desk.
struct OutgoingFind: Hashable, Sendable {
  /// What it is, as its placeholder says.
  enum Kind: String, CaseIterable, Sendable {
    case phone, idCard, bankCard, email, plate, name, address, number, code, account, secret, link, birthday
  }

  var kind: Kind
  /// Code points, half-open.
  var start: Int
  var end: Int
  /// In one form: equal values have one placeholder.
  var value: String
  /// What a person sees in its place.
  var shown: String
}

/// Something that is known of the customer, or of whoever works here, and must not leave in any text.
package struct KnownValue: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case name, address, order, plate
    case identity(Identity.Kind)
  }

  package var kind: Kind
  package var value: String
  /// What a person sees in its place.
  package var shown: String

  package init(_ kind: Kind, _ value: String, shown: String) {
    self.kind = kind
    self.value = value
    self.shown = shown
  }

  var found: OutgoingFind.Kind {
    switch kind {
    case .name: .name
    case .address: .address
    case .order: .code
    case .plate: .plate
    case .identity(.phone): .phone
    case .identity(.email): .email
    case .identity(.idCard): .idCard
    case .identity(.bankCard): .bankCard
    case .identity(.wechat), .identity(.app), .identity(.account): .account
    }
  }
}
