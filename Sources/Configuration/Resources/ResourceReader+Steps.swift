import Domain
import Yams

/// Steps of a zone's procedure with the conditions under which they are needed and what shows that they were done.
extension ResourceReader {
  func step(_ node: Node, _ reading: Reading, zone: String, form: [FormField]) -> Zone.Step? {
    guard let fields = reading.fields(node, keys: ["id", "name", "help", "when", "done_by", "required"])
    else {
      return nil
    }
    let id = fields.identifier("id")
    if let id { log.define(.step, "\(zone)/\(id)", at: reading.place(of: node)) }
    let help = fields.optionalLocalized("help")
    let conditions = fields.values["when"].flatMap { self.conditions($0, reading, zone: zone, form: form) }
    let evidence = fields.items("done_by").compactMap { self.evidence($0, reading, zone: zone) }
    let isRequired = fields.values["required"].map(reading.flag) ?? false
    guard let name = fields.localized("name"), let id, let isRequired else { return nil }
    return Zone.Step(
      id: id, name: name, help: help, when: conditions, doneBy: evidence, isRequired: isRequired)
  }

  private func conditions(_ node: Node, _ reading: Reading, zone: String, form: [FormField])
    -> StepConditions?
  {
    guard
      let fields = reading.fields(
        node,
        keys: ["finding", "no_finding", "field", "category", "channel", "tag", "mood", "risk"])
    else { return nil }
    var result = StepConditions()
    func rules(_ key: String) -> [String] {
      fields.listed(key).compactMap { node in
        guard let id = reading.identifier(node) else { return nil }
        log.use(.rule, "\(zone)/\(id)", at: reading.place(of: node))
        return id
      }
    }
    result.findings = rules("finding")
    result.withoutFindings = rules("no_finding")
    result.categories = fields.listed("category").compactMap { log.category($0, reading) }
    result.channels = fields.listed("channel").compactMap { reading.oneOf($0, Channel.self) }
    result.tags = fields.listed("tag").compactMap { reading.text($0, limit: 100) }
    result.moodAtLeast = fields.values["mood"].flatMap { reading.number($0, in: 0...3) }
    result.riskAtLeast = fields.values["risk"].flatMap { reading.oneOf($0, RiskSeverity.self) }
    for pair in fields.values["field"].map(reading.pairs) ?? [] {
      guard let field = form.first(where: { $0.id == pair.key }) else {
        reading.add(.unknown(.field, pair.key), at: pair.keyNode)
        continue
      }
      result.fields[pair.key] = values(pair.value, of: field, reading)
    }
    return result
  }

  /// `filled`, a value or a list of values in the form in which they are stored.
  private func values(_ node: Node, of field: FormField, _ reading: Reading) -> [String] {
    if case .scalar(let scalar) = node, scalar.string == "filled" { return [] }
    let nodes: [Node]
    if case .sequence(let sequence) = node { nodes = Array(sequence) } else { nodes = [node] }
    return nodes.compactMap { node in
      guard let text = reading.text(node) else { return nil }
      guard let value = try? field.canonical(text) else {
        reading.add(
          field.kind == .choice
            ? .notOneOf(reading.shortened(text), allowed: field.choices.map(\.id))
            : .invalidValue(reading.shortened(text)), at: node)
        return nil
      }
      return value
    }
  }

  private func evidence(_ node: Node, _ reading: Reading, zone: String) -> StepEvidence? {
    let words = ["verified", "refund", "reply", "note", "disclosure", "transfer", "reminder"]
    let known =
      words + StepSight.allCases.map(\.rawValue) + ["{ field: … }", "{ reply: […] }", "{ note: […] }"]
    guard case .mapping = node else {
      guard let word = reading.text(node, limit: 100) else { return nil }
      switch word {
      case "verified": return .verified
      case "refund": return .refund
      case "reply": return .reply([])
      case "note": return .note([])
      case "disclosure": return .disclosure
      case "transfer": return .transferred
      case "reminder": return .reminder
      default:
        if let sight = StepSight(rawValue: word) { return .shown(sight) }
        reading.add(.notOneOf(reading.shortened(word), allowed: known), at: node)
        return nil
      }
    }
    guard let fields = reading.fields(node, keys: ["field", "reply", "note"]) else { return nil }
    guard fields.values.count == 1 else {
      reading.add(.notOneOf("", allowed: known), at: node)
      return nil
    }
    if let node = fields.values["field"], let id = reading.identifier(node) {
      log.use(.field, "\(zone)/\(id)", at: reading.place(of: node))
      return .field(id)
    }
    func texts(_ key: String) -> [String]? {
      fields.values[key] == nil ? nil : fields.listed(key).compactMap { reading.text($0) }
    }
    if let texts = texts("reply") { return .reply(texts) }
    return texts("note").map { .note($0) }
  }
}
