import Domain
import Yams

extension ResourceReader {
  mutating func readZones() {
    for (name, file) in yamlFiles(in: "zones", isRequired: true, defining: .zone) {
      guard
        let fields = file.reading.fields(
          file.root,
          keys: [
            "id", "name", "skill", "calendar", "time_limits", "pause", "service_level", "fields", "steps",
            "dispositions",
          ])
      else { continue }
      if let zone = zone(fields, file: name) { set.zones.append(zone) }
    }
    if set.zones.isEmpty, log.problems.isEmpty { log.add(.folderMissing, file: "zones", line: nil) }
  }

  private func zone(_ fields: Fields, file: String) -> Zone? {
    let reading = fields.reading
    let id = identifier(fields, file: file)
    let name = fields.localized("name")
    let skill = fields.identifier("skill")
    let calendar = fields.identifier("calendar")
    if let calendar, let node = fields.values["calendar"] {
      log.use(.calendar, calendar, at: reading.place(of: node))
    }
    let limits = fields.values["time_limits"].map { timeLimits($0, reading) } ?? Zone.TimeLimits()
    let pause = fields.values["pause"].map { reading.oneOf($0, Zone.PausePolicy.self) } ?? .shift
    let serviceLevel =
      fields.values["service_level"].map { self.serviceLevel($0, reading) } ?? Zone.ServiceLevel()
    if let id { log.define(.zone, id, at: reading.place(of: fields.node)) }
    let zone = id ?? file
    let form = fields.items("fields").compactMap { field($0, reading, zone: zone) }
    let steps = fields.items("steps").compactMap { step($0, reading, zone: zone) }
    let dispositions = fields.requiredItems("dispositions").compactMap {
      disposition($0, reading, zone: zone)
    }
    guard let id, let name, let skill, let calendar, let limits, let pause, let serviceLevel else {
      return nil
    }
    return Zone(
      id: ZoneID(id), name: name, skill: skill, calendar: CalendarID(calendar), timeLimits: limits,
      pause: pause,
      serviceLevel: serviceLevel, fields: form, steps: steps, dispositions: dispositions)
  }

  private func timeLimits(_ node: Node, _ reading: Reading) -> Zone.TimeLimits? {
    guard let fields = reading.fields(node, keys: ["first_response", "next_reply", "resolution"]) else {
      return nil
    }
    return Zone.TimeLimits(
      firstResponse: fields.values["first_response"].flatMap(reading.duration),
      nextReply: fields.values["next_reply"].flatMap(reading.duration),
      resolution: fields.values["resolution"].flatMap(reading.duration))
  }

  private func serviceLevel(_ node: Node, _ reading: Reading) -> Zone.ServiceLevel? {
    guard let fields = reading.fields(node, keys: ["threshold", "formula"]) else { return nil }
    guard let threshold = fields.required("threshold").flatMap(reading.duration),
      let formula = fields.oneOf("formula", ServiceLevelFormula.self)
    else { return nil }
    return Zone.ServiceLevel(thresholdSeconds: threshold, formula: formula)
  }

  private func field(_ node: Node, _ reading: Reading, zone: String) -> FormField? {
    guard
      let fields = reading.fields(node, keys: ["id", "name", "type", "required", "choices", "help"])
    else { return nil }
    let id = fields.identifier("id")
    if let id { log.define(.field, "\(zone)/\(id)", at: reading.place(of: node)) }
    let name = fields.localized("name")
    let kind = fields.oneOf("type", FormField.Kind.self)
    let isRequired = fields.values["required"].map(reading.flag) ?? false
    let help = fields.optionalLocalized("help")
    var choices: [FormField.Choice] = []
    if let kind, let id {
      if kind == .choice {
        choices = self.choices(fields, field: "\(zone)/\(id)")
        if choices.isEmpty { reading.add(.choicesMissing(id), at: node) }
      } else if let extra = fields.values["choices"] {
        reading.add(.choicesNotAllowed(id), at: extra)
      }
    }
    guard let id, let name, let kind, let isRequired else { return nil }
    return FormField(id: id, name: name, kind: kind, isRequired: isRequired, choices: choices, help: help)
  }

  private func choices(_ fields: Fields, field: String) -> [FormField.Choice] {
    let reading = fields.reading
    return fields.items("choices").compactMap { node in
      guard let fields = reading.fields(node, keys: ["id", "name"]) else { return nil }
      let id = fields.identifier("id")
      if let id { log.define(.choice, "\(field)/\(id)", at: reading.place(of: node)) }
      guard let name = fields.localized("name"), let id else { return nil }
      return FormField.Choice(id: id, name: name)
    }
  }

  private func step(_ node: Node, _ reading: Reading, zone: String) -> Zone.Step? {
    guard let fields = reading.fields(node, keys: ["id", "name", "help"]) else { return nil }
    let id = fields.identifier("id")
    if let id { log.define(.step, "\(zone)/\(id)", at: reading.place(of: node)) }
    let help = fields.optionalLocalized("help")
    guard let name = fields.localized("name"), let id else { return nil }
    return Zone.Step(id: id, name: name, help: help)
  }

  private func disposition(_ node: Node, _ reading: Reading, zone: String) -> Zone.Disposition? {
    guard let fields = reading.fields(node, keys: ["id", "name"]) else { return nil }
    let id = fields.identifier("id")
    if let id { log.define(.disposition, "\(zone)/\(id)", at: reading.place(of: node)) }
    guard let name = fields.localized("name"), let id else { return nil }
    return Zone.Disposition(id: id, name: name)
  }
}
