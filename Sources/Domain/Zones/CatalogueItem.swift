/// Something that is sold, or a charge that a bill may carry: `Resources/catalogue.yaml`.
package struct CatalogueItem: Hashable, Codable, Sendable, Identifiable {
  package enum Kind: String, Codable, CaseIterable, Sendable {
    /// Paid for every month.
    case plan, broadband, service
    /// Paid for once each time.
    case package
    /// A line of a bill that nobody orders: usage, a late fee.
    case charge
  }

  package var id: String
  package var name: LocalizedText
  /// Other ways in which people write it, in either language.
  package var aliases: [String]
  package var kind: Kind
  /// A month, or each time; nil where it is not always the same.
  package var fee: Money?
  /// Items of one group take each other's place: the plan above and the plan below.
  package var group: String?

  package init(
    id: String, name: LocalizedText, aliases: [String] = [], kind: Kind, fee: Money? = nil,
    group: String? = nil
  ) {
    self.id = id
    self.name = name
    self.aliases = aliases
    self.kind = kind
    self.fee = fee
    self.group = group
  }
}
