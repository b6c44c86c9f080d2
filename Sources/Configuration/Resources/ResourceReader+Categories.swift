import Domain
import Yams

extension ResourceReader {
  static let deepestCategory = 5

  mutating func readCategories() {
    guard let file = yaml("categories.yaml", isRequired: true),
      let fields = file.reading.fields(file.root, keys: ["categories"])
    else { return }
    for node in fields.requiredItems("categories") {
      readCategory(node, file.reading, parent: nil, depth: 1)
    }
  }

  private mutating func readCategory(_ node: Node, _ reading: Reading, parent: String?, depth: Int) {
    guard let fields = reading.fields(node, keys: ["id", "name", "zone", "children"]) else { return }
    let id = fields.identifier("id", allowsSlash: true)
    if let id {
      log.define(.category, id, at: reading.place(of: node))
      if let parent, !id.hasPrefix(parent + "/") {
        reading.add(.childOutsideParent(id, parent: parent), at: node)
      }
    }
    let name = fields.localized("name")
    let zone = fields.values["zone"].flatMap { reading.identifier($0) }
    if let zone, let node = fields.values["zone"] { log.use(.zone, zone, at: reading.place(of: node)) }
    let children = fields.items("children")
    if children.isEmpty, fields.values["zone"] == nil {
      reading.add(.leafWithoutZone(id ?? ""), at: node)
    } else if !children.isEmpty, let zone = fields.values["zone"] {
      reading.add(.branchHasZone(id ?? ""), at: zone)
    }
    if let id, let name {
      set.categories.append(
        Category(
          id: CategoryID(id), name: name, parent: parent.map { CategoryID($0) }, zone: zone.map { ZoneID($0) }
        ))
    }
    guard depth < Self.deepestCategory || children.isEmpty else {
      reading.add(.nestedTooDeeply(limit: Self.deepestCategory), at: node)
      return
    }
    for child in children { readCategory(child, reading, parent: id ?? parent, depth: depth + 1) }
  }

  func checkCategoriesOfTemplates() {
    let zones = Dictionary(set.categories.map { ($0.id.text, $0.zone?.text) }) { first, _ in first }
    for use in categoriesOfTemplates {
      guard let zone = zones[use.category] else {
        log.add(.unknown(.category, use.category), file: use.place.file, line: use.place.line)
        continue
      }
      // A branch stands for all of its leaves, which may belong to several zones.
      if let zone, zone != use.zone {
        log.add(.categoryOfOtherZone(use.category, zone: zone), file: use.place.file, line: use.place.line)
      }
    }
  }

  mutating func readSynonyms() {
    guard let file = yaml("synonyms.yaml", isRequired: false),
      let fields = file.reading.fields(file.root, keys: ["synonyms"])
    else { return }
    for node in fields.items("synonyms") {
      let words = file.reading.items(node).compactMap { file.reading.text($0, limit: 60) }
      if words.count < 2, case .sequence(let sequence) = node, sequence.count < 2 {
        file.reading.add(.listEmpty("synonyms"), at: node)
      }
      set.synonyms.append(words)
    }
  }
}
