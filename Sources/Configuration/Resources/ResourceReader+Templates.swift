import Domain
import Yams

extension ResourceReader {
  static let longestTemplate = 20_000

  mutating func readTemplates() {
    for (name, file) in yamlFiles(in: "templates", isRequired: false) {
      let reading = file.reading
      guard let fields = reading.fields(file.root, keys: ["zone", "templates"]) else { continue }
      let zone = fields.identifier("zone")
      if let zone, let node = fields.values["zone"] {
        if zone != name { reading.add(.identifierIsNotFileName(zone, expected: name), at: node) }
        log.use(.zone, zone, at: reading.place(of: node))
      }
      for node in fields.requiredItems("templates") {
        if let template = template(node, reading, zone: zone ?? name) { set.templates.append(template) }
      }
    }
  }

  private mutating func template(_ node: Node, _ reading: Reading, zone: String) -> ClosingTemplate? {
    guard
      let fields = reading.fields(
        node, keys: ["id", "name", "disposition", "categories", "choices", "text"])
    else { return nil }
    let id = fields.identifier("id")
    if let id { log.define(.template, id, at: reading.place(of: node)) }
    let name = fields.localized("name")
    let disposition = fields.identifier("disposition")
    let known = set.zones.first { $0.id.text == zone }
    if let disposition, let known, !known.dispositions.contains(where: { $0.id == disposition }),
      let node = fields.values["disposition"]
    {
      reading.add(.unknown(.disposition, disposition), at: node)
    }
    var categories: [CategoryID] = []
    for node in fields.items("categories") {
      guard let category = reading.identifier(node, allowsSlash: true) else { continue }
      categories.append(CategoryID(category))
      categoriesOfTemplates.append((category, zone, reading.place(of: node)))
    }
    let choices = self.choices(fields)
    let text = fields.localized("text", limit: Self.longestTemplate)
    if let texts = fields.values["text"].map(reading.pairsQuietly) {
      for node in texts { checkSlots(node, reading, zone: known, choices: choices.map(\.id)) }
    }
    guard let id, let name, let disposition, let text else { return nil }
    return ClosingTemplate(
      id: TemplateID(id), zone: ZoneID(zone), name: name, disposition: disposition, categories: categories,
      choices: choices, text: text)
  }

  private func choices(_ fields: Fields) -> [ClosingTemplate.Choice] {
    let reading = fields.reading
    guard let node = fields.values["choices"] else { return [] }
    return reading.pairs(node).compactMap { pair in
      guard reading.identifier(pair.keyNode) != nil,
        let fields = reading.fields(pair.value, keys: ["name", "options"])
      else { return nil }
      let name = fields.localized("name")
      let options = fields.requiredItems("options").compactMap { reading.text($0, both: 500) }
      guard let name else { return nil }
      return ClosingTemplate.Choice(id: pair.key, name: name, options: options)
    }
  }

  private static let knownSlots: Set<String> = [
    "ticket.number", "ticket.subject", "ticket.category", "ticket.created", "customer.name",
    "customer.salutation", "customer.phone", "customer.level", "customer.city", "agent.name", "agent.number",
    "agent.team", "zone.name", "disposition.name", "date.today", "date.now",
    "refund.amount", "refund.item", "refund.period", "refund.date",
  ]

  /// Mustache without sections: names only, so that what the agent previews is what the file says.
  func checkSlots(_ node: Node, _ reading: Reading, zone: Zone?, choices: [String]) {
    guard case .scalar(let scalar) = node else { return }
    // In a block the text begins on the line after its mark.
    let start = reading.line(of: node) + (scalar.style == .literal || scalar.style == .folded ? 1 : 0)
    var line = start
    var rest = scalar.string[...]
    while let open = rest.firstRange(of: "{{") {
      line += rest[..<open.lowerBound].count { $0 == "\n" }
      let after = rest[open.upperBound...]
      guard let close = after.firstRange(of: "}}") else {
        log.add(.slotNotClosed, file: reading.file, line: line)
        return
      }
      let slot = String(after[..<close.lowerBound]).trimmed
      if !isKnown(slot, zone: zone, choices: choices) {
        log.add(.unknownSlot(reading.shortened(slot)), file: reading.file, line: line)
      }
      line += after[..<close.lowerBound].count { $0 == "\n" }
      rest = after[close.upperBound...]
    }
  }

  private func isKnown(_ slot: String, zone: Zone?, choices: [String]) -> Bool {
    if Self.knownSlots.contains(slot) { return true }
    let parts = slot.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[1].isEmpty else { return false }
    switch parts[0] {
    // Where the zone itself could not be read, that is the problem to repair first.
    case "fields": return zone.map { $0.field(parts[1]) != nil } ?? true
    case "choice": return choices.contains(parts[1])
    case "input":
      return parts[1].utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
      }
    default: return false
    }
  }
}

extension Reading {
  /// The values of a mapping, without a word about anything else: somebody else reads it as well.
  func pairsQuietly(_ node: Node) -> [Node] {
    if case .mapping(let mapping) = node { return mapping.map(\.value) }
    return []
  }
}
