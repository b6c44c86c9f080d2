import Domain
import Yams

extension ResourceReader {
  /// `catalogue.yaml`: what is sold and what a bill may carry.
  mutating func readCatalogue() {
    guard let file = yaml("catalogue.yaml", isRequired: false),
      let fields = file.reading.fields(file.root, keys: ["catalogue"])
    else { return }
    set.catalogue = fields.items("catalogue").compactMap { item($0, file.reading) }
  }

  private func item(_ node: Node, _ reading: Reading) -> CatalogueItem? {
    guard let fields = reading.fields(node, keys: ["id", "name", "aliases", "kind", "fee", "group"]) else {
      return nil
    }
    let id = fields.identifier("id")
    if let id { log.define(.catalogueItem, id, at: reading.place(of: node)) }
    let name = fields.localized("name", limit: 100)
    let kind = fields.oneOf("kind", CatalogueItem.Kind.self)
    let fee = fields.values["fee"].flatMap { reading.number($0, in: 0...100_000_000) }
    let group = fields.values["group"].flatMap { reading.identifier($0) }
    guard let id, let name, let kind else { return nil }
    return CatalogueItem(
      id: id, name: name, aliases: fields.words("aliases"), kind: kind,
      fee: fee.map { Money(cents: Int64($0)) }, group: group)
  }
}
