import Domain
import Yams

extension ResourceReader {
  /// `macros.yaml`: checked against the zones and templates that were read before.
  mutating func readMacros() {
    guard let file = yaml("macros.yaml", isRequired: false),
      let fields = file.reading.fields(file.root, keys: ["macros"])
    else { return }
    var seen: Set<String> = []
    for node in fields.requiredItems("macros") {
      guard let macro = macro(node, file.reading) else { continue }
      guard seen.insert(macro.id).inserted else {
        file.reading.add(.duplicateKey(macro.id), at: node)
        continue
      }
      set.macros.append(macro)
    }
  }

  private func macro(_ node: Node, _ reading: Reading) -> Macro? {
    guard
      let fields = reading.fields(
        node,
        keys: [
          "id", "name", "key", "zones", "fields", "category", "priority", "add_tags", "remove_tags", "steps",
          "reply", "note", "hold", "transfer", "close",
        ])
    else { return nil }
    guard let id = fields.identifier("id"), let name = fields.localized("name") else { return nil }
    var macro = Macro(id: id, name: name)
    macro.key = fields.values["key"] == nil ? nil : fields.text("key", limit: 40)
    macro.zones = fields.items("zones").compactMap { node in
      guard let zone = reading.identifier(node) else { return nil }
      log.use(.zone, zone, at: reading.place(of: node))
      return ZoneID(zone)
    }
    let zones = macro.zones.isEmpty ? set.zones : set.zones.filter { macro.zones.contains($0.id) }
    macro.fields = values(fields, zones, reading)
    if fields.values["category"] != nil, let category = fields.identifier("category", allowsSlash: true) {
      macro.category = CategoryID(category)
      if !set.categories.contains(where: { $0.id.text == category && $0.zone != nil }),
        let node = fields.values["category"]
      {
        reading.add(.unknown(.category, category), at: node)
      }
    }
    if let node = fields.values["priority"], let word = reading.text(node) {
      let known = Ticket.Priority.allCases.map { "\($0)" }
      if let index = known.firstIndex(of: word) {
        macro.priority = Ticket.Priority.allCases[index]
      } else {
        reading.add(.notOneOf(word, allowed: known), at: node)
      }
    }
    macro.addTags = fields.items("add_tags").compactMap { reading.text($0, limit: 100) }
    macro.removeTags = fields.items("remove_tags").compactMap { reading.text($0, limit: 100) }
    macro.steps = fields.items("steps").compactMap { node in
      guard let step = reading.identifier(node) else { return nil }
      if !zones.isEmpty, !zones.contains(where: { $0.steps.contains { $0.id == step } }) {
        reading.add(.unknown(.step, step), at: node)
      }
      return step
    }
    macro.reply = text("reply", fields, zones, reading)
    macro.note = text("note", fields, zones, reading)
    macro.hold = hold(fields, reading)
    macro.transfer = transfer(fields, reading)
    if fields.values["close"] != nil, let template = fields.identifier("close") {
      macro.close = TemplateID(template)
      if !set.templates.contains(where: {
        template == $0.id.text && (macro.zones.isEmpty || macro.zones.contains($0.zone))
      }),
        let node = fields.values["close"]
      {
        reading.add(.unknown(.template, template), at: node)
      }
    }
    let isEmpty =
      macro.fields.isEmpty && macro.category == nil && macro.priority == nil && macro.addTags.isEmpty
      && macro.removeTags.isEmpty && macro.steps.isEmpty && macro.reply == nil && macro.note == nil
      && macro.hold == nil && macro.transfer == nil && macro.close == nil
    if isEmpty { reading.add(.listEmpty(id), at: node) }
    return macro
  }

  /// Values in stored form; a field has to be in one of the zones at least.
  private func values(_ fields: Fields, _ zones: [Zone], _ reading: Reading) -> [String: String] {
    guard let node = fields.values["fields"] else { return [:] }
    var values: [String: String] = [:]
    for pair in reading.pairs(node) {
      guard let text = reading.text(pair.value, limit: FormField.longestValue) else { continue }
      guard let field = zones.lazy.compactMap({ $0.field(pair.key) }).first else {
        reading.add(.unknown(.field, pair.key), at: pair.keyNode)
        continue
      }
      do {
        values[pair.key] = try field.canonical(text)
      } catch {
        reading.add(.invalidValue(reading.shortened(text)), at: pair.value)
      }
    }
    return values
  }

  private func text(_ key: String, _ fields: Fields, _ zones: [Zone], _ reading: Reading) -> LocalizedText? {
    guard let node = fields.values[key] else { return nil }
    for text in reading.pairsQuietly(node) { checkSlots(text, reading, zone: zones.first, choices: []) }
    return fields.localized(key, limit: Self.longestTemplate)
  }

  private func hold(_ fields: Fields, _ reading: Reading) -> Macro.Hold? {
    guard let node = fields.values["hold"], let parts = reading.fields(node, keys: ["reason", "for"]),
      let reason = parts.localized("reason")
    else { return nil }
    return Macro.Hold(
      reason: reason, minutes: parts.values["for"].flatMap { reading.duration($0) }.map { max(1, $0 / 60) })
  }

  private func transfer(_ fields: Fields, _ reading: Reading) -> Macro.Transfer? {
    guard let node = fields.values["transfer"],
      let parts = reading.fields(node, keys: ["zone", "team", "note"]), let note = parts.localized("note")
    else { return nil }
    let zone = parts.values["zone"] == nil ? nil : parts.identifier("zone")
    if let zone, let node = parts.values["zone"] { log.use(.zone, zone, at: reading.place(of: node)) }
    let team = parts.values["team"] == nil ? nil : parts.identifier("team")
    if let team, let node = parts.values["team"], !set.teams.contains(where: { $0.id.text == team }) {
      reading.add(.unknown(.team, team), at: node)
    }
    if zone == nil, team == nil { reading.add(.missingKey("zone"), at: node) }
    return Macro.Transfer(zone: zone.map { ZoneID($0) }, team: team.map { TeamID($0) }, note: note)
  }
}
