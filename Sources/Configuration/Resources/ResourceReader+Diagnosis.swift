import Domain
import Yams

/// What has to wait until all files have been read.
struct PendingRules {
  var borrowed: [BorrowedRule] = []
  var templates: [(template: String, zone: ZoneID, place: ProblemLog.Place)] = []
  var articles: [(article: String, place: ProblemLog.Place)] = []
  var catalogue: [(item: String, place: ProblemLog.Place)] = []
}

extension ResourceReader {
  mutating func readDiagnosis(_ fields: Fields, of zone: inout Zone) {
    guard let node = fields.values["diagnosis"] else { return }
    let reading = fields.reading
    for node in reading.items(node) {
      if let own = rule(node, reading, zone: zone) {
        zone.diagnosis.append(own)
      } else if case .mapping(let mapping) = node, mapping["use"] != nil {
        borrow(node, reading, zone: zone)
      }
    }
  }

  private mutating func borrow(_ node: Node, _ reading: Reading, zone: Zone) {
    guard let fields = reading.fields(node, keys: ["use", "suggest"]),
      let name = fields.identifier("use", allowsSlash: true)
    else { return }
    let suggestion = fields.values["suggest"].map {
      self.suggestion($0, reading, zone: zone, scope: nil)
    }
    let borrowed = BorrowedRule(
      zone: zone.id, index: zone.diagnosis.count + pending.borrowed.count { $0.zone == zone.id }, name: name,
      suggestion: suggestion, place: reading.place(of: node))
    log.define(.rule, "\(zone.id)/\(borrowed.rule)", at: borrowed.place)
    pending.borrowed.append(borrowed)
  }

  /// Nil also for `use:`, which is no problem.
  private mutating func rule(_ node: Node, _ reading: Reading, zone: Zone) -> DiagnosisRule? {
    if case .mapping(let mapping) = node, mapping["use"] != nil { return nil }
    guard
      let fields = reading.fields(
        node,
        keys: ["id", "name", "says", "strength", "categories", "when", "about", "amount", "suggest"])
    else { return nil }
    let id = fields.identifier("id")
    if let id { log.define(.rule, "\(zone.id)/\(id)", at: reading.place(of: node)) }
    let name = fields.localized("name")
    let strength =
      fields.values["strength"].map { reading.oneOf($0, DiagnosisRule.Strength.self) } ?? .likely
    let categories = self.categories(fields, "categories")
    let scope = RuleScope(reading: reading, zone: zone)
    var patterns: [DiagnosisRule.Pattern] = []
    for node in fields.requiredItems("when") {
      if let pattern = scope.pattern(node) { patterns.append(pattern) }
    }
    pending.catalogue += scope.catalogueUses.map { ($0.item, $0.place) }
    for use in scope.nameUses { log.use(use.reference, use.name, at: use.place) }
    if let first = patterns.first, first.verb == .missing, let node = fields.values["when"] {
      reading.add(.rule(.beginsWithNothing), at: reading.items(node).first ?? node)
    }
    let about = self.about(fields, patterns, scope)
    let amount = fields.values["amount"].flatMap { scope.expression($0, fits: .money) }
    let says = fields.optionalLocalized("says")
    if let node = fields.values["says"] { scope.checkSlots(node) }
    let suggestion =
      fields.values["suggest"].map { self.suggestion($0, reading, zone: zone, scope: scope) }
      ?? DiagnosisRule.Suggestion()
    scope.reportUnused()
    guard let id, let name, let strength, let about, !patterns.isEmpty else { return nil }
    return DiagnosisRule(
      id: id, name: name, says: says, strength: strength, categories: categories, patterns: patterns,
      about: about, amount: amount, suggestion: suggestion)
  }

  private func about(_ fields: Fields, _ patterns: [DiagnosisRule.Pattern], _ scope: RuleScope) -> String? {
    guard let node = fields.values["about"] else {
      let first = patterns.first { $0.verb == .find || $0.verb == .collect }?.name
      if let first { scope.use(first) }
      return first ?? patterns.first?.name
    }
    guard let name = fields.reading.text(node, limit: 100) else { return nil }
    guard let pattern = patterns.first(where: { $0.name == name }), pattern.verb != .missing else {
      fields.reading.add(.rule(.unknownName(name, known: scope.rowNames)), at: node)
      return nil
    }
    scope.use(name)
    return name
  }

  private mutating func suggestion(_ node: Node, _ reading: Reading, zone: Zone, scope: RuleScope?)
    -> DiagnosisRule.Suggestion
  {
    var result = DiagnosisRule.Suggestion()
    guard
      let fields = reading.fields(
        node, keys: ["refund", "template", "step", "article", "offer", "category", "fields"])
    else { return result }
    if let node = fields.values["refund"] {
      result.refund = scope?.refund(node)
      if scope == nil { reading.add(.rule(.borrowedHasNoRows), at: node) }
    }
    if let node = fields.values["template"], let id = reading.identifier(node) {
      result.template = TemplateID(id)
      pending.templates.append((id, zone.id, reading.place(of: node)))
    }
    if let node = fields.values["step"], let id = reading.identifier(node) {
      result.step = id
      log.use(.step, "\(zone.id)/\(id)", at: reading.place(of: node))
    }
    if let node = fields.values["article"], let id = reading.identifier(node) {
      result.article = ArticleID(id)
      pending.articles.append((id, reading.place(of: node)))
    }
    if let node = fields.values["offer"], let id = reading.identifier(node) {
      result.offer = id
      log.use(.offer, id, at: reading.place(of: node))
    }
    result.category = fields.values["category"].flatMap { log.category($0, reading) }
    for pair in fields.values["fields"].map(reading.pairs) ?? [] {
      guard let field = zone.field(pair.key) else {
        reading.add(.unknown(.field, pair.key), at: pair.keyNode)
        continue
      }
      if let value = suggestedValue(pair.value, field, reading, scope) { result.fields[pair.key] = value }
    }
    return result
  }

  /// A value in the form in which it is stored, or `{ from: charge.amount }`.
  private func suggestedValue(_ node: Node, _ field: FormField, _ reading: Reading, _ scope: RuleScope?)
    -> DiagnosisRule.Suggestion.Value?
  {
    if case .mapping = node {
      guard let fields = reading.fields(node, keys: ["from"]), let node = fields.required("from") else {
        return nil
      }
      guard let scope else {
        reading.add(.rule(.borrowedHasNoRows), at: node)
        return nil
      }
      return scope.expression(node, fits: field.kind == .text ? nil : field.propertyType).map {
        .expression($0)
      }
    }
    guard let text = reading.text(node) else { return nil }
    do {
      return .text(try field.canonical(text))
    } catch {
      reading.add(.invalidValue(text), at: node)
      return nil
    }
  }

  func categories(_ fields: Fields, _ key: String) -> [CategoryID] {
    fields.items(key).compactMap { log.category($0, fields.reading) }
  }
}
