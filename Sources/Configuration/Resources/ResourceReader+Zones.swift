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
            "dispositions", "diagnosis", "open_steps", "assistance", "verification", "language",
          ])
      else { continue }
      if var zone = zone(fields, file: name) {
        readDiagnosis(fields, of: &zone)
        set.zones.append(zone)
      }
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
    let steps = fields.items("steps").compactMap { step($0, reading, zone: zone, form: form) }
    let dispositions = fields.requiredItems("dispositions").compactMap {
      disposition($0, reading, zone: zone)
    }
    let openSteps = fields.values["open_steps"].map { reading.oneOf($0, Zone.OpenSteps.self) } ?? .warn
    let assistance = fields.values["assistance"].map {
      self.assistance($0, reading, dispositions: dispositions)
    }
    let language = fields.values["language"].flatMap { reading.oneOf($0, Language.self) }
    let verification = fields.values["verification"].flatMap { self.verification($0, reading) }
    guard let id, let name, let skill, let calendar, let limits, let pause, let serviceLevel, let openSteps
    else {
      return nil
    }
    var result = Zone(
      id: ZoneID(id), name: name, skill: skill, calendar: CalendarID(calendar), timeLimits: limits,
      pause: pause,
      serviceLevel: serviceLevel, fields: form, steps: steps, dispositions: dispositions,
      verification: verification)
    result.openSteps = openSteps
    result.language = language
    if let assistance { result.assistance = assistance }
    return result
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
      let fields = reading.fields(
        node,
        keys: [
          "id", "name", "type", "required", "choices", "help", "reads", "says", "suggestions", "demand",
        ])
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
    var suggestions: [FormField.Choice] = []
    if let node = fields.values["suggestions"] {
      if kind == .text, let id {
        suggestions = self.choices(fields, "suggestions", field: "\(zone)/\(id)")
      } else {
        reading.add(.suggestionsNotAllowed(id ?? ""), at: node)
      }
    }
    var isDemand: Bool?
    if let node = fields.values["demand"] {
      isDemand = reading.flag(node)
      if kind != .choice { reading.add(.demandNotAllowed(id ?? ""), at: node) }
    }
    let reader = fields.values["reads"].flatMap { node in kind.flatMap { self.reader(node, of: $0, reading) }
    }
    guard let id, let name, let kind, let isRequired else { return nil }
    return FormField(
      id: id, name: name, kind: kind, isRequired: isRequired, choices: choices, help: help, reads: reader,
      says: fields.words("says"), suggestions: suggestions, isDemand: isDemand)
  }

  private func reader(_ node: Node, of kind: FormField.Kind, _ reading: Reading) -> FormField.Reader? {
    let allowed = FormField.Reader.allowed(for: kind)
    guard let text = reading.text(node) else { return nil }
    if let reader = allowed.first(where: { $0.rawValue == text }) { return reader }
    reading.add(.notOneOf(reading.shortened(text), allowed: allowed.map(\.rawValue)), at: node)
    return nil
  }

  private func choices(_ fields: Fields, _ key: String = "choices", field: String) -> [FormField.Choice] {
    let reading = fields.reading
    return fields.items(key).compactMap { node in
      guard let fields = reading.fields(node, keys: ["id", "name", "says"]) else { return nil }
      let id = fields.identifier("id")
      if let id { log.define(.choice, "\(field)/\(id)", at: reading.place(of: node)) }
      guard let name = fields.localized("name"), let id else { return nil }
      return FormField.Choice(id: id, name: name, says: fields.words("says"))
    }
  }

  private func disposition(_ node: Node, _ reading: Reading, zone: String) -> Zone.Disposition? {
    guard let fields = reading.fields(node, keys: ["id", "name"]) else { return nil }
    let id = fields.identifier("id")
    if let id { log.define(.disposition, "\(zone)/\(id)", at: reading.place(of: node)) }
    guard let name = fields.localized("name"), let id else { return nil }
    return Zone.Disposition(id: id, name: name)
  }
}
