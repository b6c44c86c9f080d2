import Domain
import Yams

/// The names of one diagnosis rule while it is read from top to bottom, and what they may be compared with.
final class RuleScope {
  private struct Row {
    var name: String
    var kind: RecordKind
    var verb: DiagnosisRule.Verb
    /// Nil where the rule did not choose the name.
    var node: Node?
  }

  let reading: Reading
  private let zone: Zone
  private var rows: [Row] = []
  private var used: Set<String> = []
  /// The name whose conditions are read: what is missing is spoken of there and nowhere else, for it never has a value.
  private var current: String?
  private(set) var catalogueUses: [(item: String, place: ProblemLog.Place)] = []
  private(set) var nameUses:
    [(reference: ConfigurationProblem.Reference, name: String, place: ProblemLog.Place)] = []

  init(reading: Reading, zone: Zone) {
    self.reading = reading
    self.zone = zone
  }

  func use(_ name: String) { used.insert(name) }

  /// Names that a value may come from.
  var rowNames: [String] { rows.filter { $0.verb != .missing }.map(\.name) }

  func reportUnused() {
    for row in rows {
      if let node = row.node, !used.contains(row.name) { reading.add(.rule(.unusedName(row.name)), at: node) }
    }
  }

  // MARK: - Patterns

  func pattern(_ node: Node) -> DiagnosisRule.Pattern? {
    let pairs = reading.pairs(node)
    guard !pairs.isEmpty else { return nil }
    let verbs = pairs.filter { DiagnosisRule.Verb(rawValue: $0.key) != nil }
    guard let first = verbs.first, let verb = DiagnosisRule.Verb(rawValue: first.key) else {
      reading.add(.rule(.noVerb(known: DiagnosisRule.Verb.allCases.map(\.rawValue))), at: node)
      return nil
    }
    if verbs.count > 1 { reading.add(.rule(.severalVerbs(verbs[1].key)), at: verbs[1].keyNode) }
    guard let (kind, name, isChosen) = subject(first, verb, pairs) else { return nil }
    if verb != .check {
      rows.append(
        Row(name: name, kind: kind, verb: verb, node: isChosen ? pairs.first { $0.key == "as" }?.value : nil))
    }
    var pattern = DiagnosisRule.Pattern(verb: verb, record: kind, name: name, line: reading.line(of: node))
    current = name
    defer { current = nil }
    var keys: Set<String> = []
    for pair in pairs {
      if !keys.insert(pair.key).inserted { reading.add(.duplicateKey(pair.key), at: pair.keyNode) }
      switch pair.key {
      case first.key, "as": break
      case "pick" where verb == .find:
        pattern.pick = reading.oneOf(pair.value, DiagnosisRule.Pick.self)
        if kind.dateProperty == nil { reading.add(.rule(.cannotPick(kind)), at: pair.keyNode) }
      case "at_least" where verb == .collect:
        pattern.atLeast = reading.number(pair.value, in: 1...10_000) ?? 1
      default:
        if DiagnosisRule.Verb(rawValue: pair.key) == nil { pattern.conditions += conditions(pair, kind) }
      }
    }
    checkBounds(pattern, at: node)
    return pattern
  }

  private func checkBounds(_ pattern: DiagnosisRule.Pattern, at node: Node) {
    for (property, conditions) in Dictionary(grouping: pattern.conditions, by: \.property) {
      guard let type = pattern.record.type(of: property, in: zone.fields) else { continue }
      var bounds = RuleBounds(of: type)
      for condition in conditions { bounds.add(condition) }
      if bounds.isEmpty { reading.add(.rule(.nothingFits(property)), at: node) }
    }
  }

  private func subject(_ pair: Reading.Pair, _ verb: DiagnosisRule.Verb, _ pairs: [Reading.Pair]) -> (
    RecordKind, String, Bool
  )? {
    guard let word = reading.text(pair.value, limit: 100) else { return nil }
    if verb == .check {
      guard let row = rows.last(where: { $0.name == word && $0.verb == .find }) else {
        reading.add(
          .rule(.unknownName(word, known: rows.filter { $0.verb == .find }.map(\.name))), at: pair.value)
        return nil
      }
      used.insert(word)
      return (row.kind, word, false)
    }
    guard let kind = RecordKind(rawValue: word) else {
      reading.add(
        .notOneOf(reading.shortened(word), allowed: RecordKind.allCases.map(\.rawValue)), at: pair.value)
      return nil
    }
    if let chosen = pairs.first(where: { $0.key == "as" }) {
      guard let name = reading.identifier(chosen.value) else { return nil }
      if rows.contains(where: { $0.name == name }) || name == "today" {
        reading.add(.rule(.nameTaken(name)), at: chosen.value)
        return nil
      }
      return (kind, name, true)
    }
    // A second one without a name cannot be spoken of; it needs none.
    let taken = rows.filter { $0.kind == kind }.count
    return (kind, taken == 0 ? word : "\(word)#\(taken + 1)", false)
  }

  // MARK: - Conditions

  private func conditions(_ pair: Reading.Pair, _ kind: RecordKind) -> [DiagnosisRule.Condition] {
    guard let type = kind.type(of: pair.key, in: zone.fields) else {
      let known = kind == .form ? zone.fields.map(\.id) : kind.properties.map(\.name)
      reading.add(.rule(.unknownProperty(pair.key, of: kind, known: known)), at: pair.keyNode)
      return []
    }
    guard case .mapping = pair.value else {
      return condition(pair.key, .is, pair.value, type, kind).map { [$0] } ?? []
    }
    return reading.pairs(pair.value).compactMap { item in
      guard let comparison = DiagnosisRule.Comparison(rawValue: item.key) else {
        reading.add(
          .notOneOf(reading.shortened(item.key), allowed: type.comparisons.map(\.rawValue)), at: item.keyNode)
        return nil
      }
      guard type.comparisons.contains(comparison) else {
        reading.add(
          .rule(
            .wrongComparison(
              comparison.rawValue, property: pair.key, type, fitting: type.comparisons.map(\.rawValue))),
          at: item.keyNode)
        return nil
      }
      return condition(pair.key, comparison, item.value, type, kind)
    }
  }

  private func condition(
    _ property: String, _ comparison: DiagnosisRule.Comparison, _ node: Node, _ type: PropertyType,
    _ kind: RecordKind
  ) -> DiagnosisRule.Condition? {
    let line = reading.line(of: node)
    func made(_ operand: DiagnosisRule.Operand) -> DiagnosisRule.Condition {
      DiagnosisRule.Condition(property, comparison, operand, line: line)
    }
    switch comparison {
    case .exists: return reading.flag(node).map { made(.flag($0)) }
    case .sameAs: return expression(node, fits: type, exactly: true).map { made(.expression($0)) }
    case .mentions, .mentionedIn: return expression(node, fits: .text).map { made(.expression($0)) }
    default: break
    }
    if type == .flag { return reading.flag(node).map { made(.flag($0)) } }
    guard type.isText else { return expression(node, fits: type).map { made(.expression($0)) } }
    let nodes: [Node]
    if case .sequence(let sequence) = node { nodes = Array(sequence) } else { nodes = [node] }
    if nodes.isEmpty { reading.add(.listEmpty(comparison.rawValue), at: node) }
    let texts = nodes.compactMap { node -> String? in
      guard let text = reading.text(node) else { return nil }
      if case .choice(let known) = type, comparison == .is || comparison == .isNot, !known.contains(text) {
        reading.add(.notOneOf(reading.shortened(text), allowed: known), at: node)
        return nil
      }
      if comparison == .is || comparison == .isNot { note(text, property, kind, at: node) }
      return text
    }
    return texts.count == nodes.count && !texts.isEmpty ? made(.texts(texts)) : nil
  }

  /// Names of things that other files define.
  private func note(_ text: String, _ property: String, _ kind: RecordKind, at node: Node) {
    let place = reading.place(of: node)
    switch property {
    case "catalogue": catalogueUses.append((text, place))
    case "category" where kind != .form: nameUses.append((.category, text, place))
    case "zone" where kind != .form: nameUses.append((.zone, text, place))
    default: break
    }
  }

  // MARK: - Expressions

  /// `fits` nil: of any type.
  func expression(_ node: Node, fits type: PropertyType?, exactly: Bool = false) -> DiagnosisRule.Expression?
  {
    guard let text = reading.text(node, limit: 200) else { return nil }
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 1 || words.count == 3 && (words[1] == "+" || words[1] == "-") else {
      reading.add(.rule(.notExpression(reading.shortened(text))), at: node)
      return nil
    }
    guard let base = term(words[0], expecting: type, at: node), let found = self.type(of: base) else {
      return nil
    }
    switch base {
    case .days, .months, .percent:
      // They move a value and are none.
      reading.add(.rule(.notExpression(reading.shortened(text))), at: node)
      return nil
    default: break
    }
    var result = DiagnosisRule.Expression(base)
    if words.count == 3 {
      guard let operand = term(words[2], expecting: found, at: node) else { return nil }
      guard found.canMove(by: operand, of: self.type(of: operand)) else {
        reading.add(.rule(.cannotMove(found, by: words[2])), at: node)
        return nil
      }
      result.isMinus = words[1] == "-"
      result.operand = operand
    }
    guard let type else { return result }
    guard exactly ? type == found || type.isText && found.isText : type.isComparable(with: found) else {
      reading.add(.rule(.notComparable(type, with: found, reading.shortened(text))), at: node)
      return nil
    }
    if type.isText, case .reference = base {
    } else if type.isText {
      reading.add(.rule(.notExpression(reading.shortened(text))), at: node)
      return nil
    }
    return result
  }

  private func term(_ word: String, expecting type: PropertyType?, at node: Node)
    -> DiagnosisRule.Expression.Term?
  {
    if word == "today" { return .reference(.today) }
    if let first = word.unicodeScalars.first,
      first.properties.numericType != nil || first == "-" || first == "¥"
    {
      if let value = literal(word, expecting: type) { return value }
      reading.add(.rule(.notExpression(reading.shortened(word))), at: node)
      return nil
    }
    return reference(word, at: node).map { .reference($0) }
  }

  private func literal(_ word: String, expecting type: PropertyType?) -> DiagnosisRule.Expression.Term? {
    func number(before ending: String) -> Int? {
      word.hasSuffix(ending)
        ? Int(word.dropLast(ending.count)).flatMap { (0...100_000).contains($0) ? $0 : nil } : nil
    }
    if let percent = number(before: "%") { return .percent(percent) }
    if let months = number(before: "mo") { return .months(months) }
    if let days = number(before: "d") { return .days(days) }
    if type == .money, let money = Money(word) { return .money(money.cents) }
    if let date = CivilDate(word) { return .date(date) }
    let parts = word.split(separator: "-")
    if parts.count == 2, parts[0].count == 4, let date = CivilDate(word + "-01") {
      return .month(date.year * 12 + date.month - 1)
    }
    if type == .number { return Int64(word).map { .number($0) } }
    return Money(word).map { .money($0.cents) }
  }

  private func type(of term: DiagnosisRule.Expression.Term) -> PropertyType? {
    switch term {
    case .money: return .money
    case .number: return .number
    case .date: return .date
    case .month: return .month
    case .days, .months, .percent: return .number
    case .reference(let reference):
      if reference == .today { return .date }
      guard let row = rows.first(where: { $0.name == reference.name }) else { return nil }
      if reference.aggregate == .count { return .number }
      return row.kind.type(of: reference.property, in: zone.fields)
    }
  }

  /// `charge.title`, `usual.count`, `usual.mean.total`.
  private func reference(_ word: String, at node: Node) -> DiagnosisRule.Reference? {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count) else {
      reading.add(.rule(.notExpression(reading.shortened(word))), at: node)
      return nil
    }
    guard let row = rows.first(where: { $0.name == parts[0] }),
      row.verb != .missing || row.name == current
    else {
      reading.add(.rule(.unknownName(parts[0], known: rowNames + ["today"])), at: node)
      return nil
    }
    used.insert(row.name)
    var reference = DiagnosisRule.Reference(row.name, parts[parts.count - 1])
    if row.verb == .collect {
      let known = DiagnosisRule.Reference.Aggregate.allCases.map(\.rawValue)
      guard let aggregate = DiagnosisRule.Reference.Aggregate(rawValue: parts[1]),
        (aggregate == .count) == (parts.count == 2)
      else {
        reading.add(.rule(.collectionNeedsAggregate(row.name, known: known)), at: node)
        return nil
      }
      reference.aggregate = aggregate
      if aggregate == .count {
        reference.property = ""
        return reference
      }
    } else if parts.count == 3 {
      reading.add(.rule(.notExpression(reading.shortened(word))), at: node)
      return nil
    }
    guard let type = row.kind.type(of: reference.property, in: zone.fields) else {
      let known = row.kind == .form ? zone.fields.map(\.id) : row.kind.properties.map(\.name)
      reading.add(.rule(.unknownProperty(reference.property, of: row.kind, known: known)), at: node)
      return nil
    }
    guard type != .texts else {
      reading.add(.rule(.severalTexts(reading.shortened(word))), at: node)
      return nil
    }
    let isSummed = reference.aggregate == .sum || reference.aggregate == .mean
    guard !isSummed || type == .money || type == .number else {
      reading.add(
        .rule(.wrongComparison(parts[1], property: reference.property, type, fitting: ["newest", "oldest"])),
        at: node)
      return nil
    }
    return reference
  }

  // MARK: - Parts beside the patterns

  func refund(_ node: Node) -> DiagnosisRule.Suggestion.Refund? {
    var lineNode = node
    var amountNode: Node?
    if case .mapping = node {
      guard let fields = reading.fields(node, keys: ["line", "amount"]), let line = fields.required("line")
      else {
        return nil
      }
      lineNode = line
      amountNode = fields.values["amount"]
    }
    guard let name = reading.text(lineNode, limit: 100) else { return nil }
    guard let row = rows.first(where: { $0.name == name }), row.verb == .find, row.kind == .billLine else {
      let known = rows.filter { $0.verb == .find && $0.kind == .billLine }.map(\.name)
      reading.add(.rule(.refundNeedsLine(name, known: known)), at: lineNode)
      return nil
    }
    used.insert(name)
    return DiagnosisRule.Suggestion.Refund(
      line: name, amount: amountNode.flatMap { expression($0, fits: .money) })
  }

  /// Slots of a sentence, such as `{charge.title}`.
  func checkSlots(_ node: Node) {
    for text in reading.pairsQuietly(node) {
      guard case .scalar(let scalar) = text else { continue }
      for slot in RuleSentence.slots(of: scalar.string) { _ = reference(slot, at: text) }
    }
  }
}

extension PropertyType {
  /// What may be asked of such a property, in the order of the manual.
  var comparisons: [DiagnosisRule.Comparison] {
    switch self {
    case .text, .choice:
      [.is, .isNot, .contains, .containsNot, .begins, .ends, .sameAs, .mentions, .mentionedIn, .exists]
    case .texts: [.is, .isNot, .contains, .containsNot, .begins, .ends, .exists]
    case .money, .number: [.is, .isNot, .above, .below, .atLeast, .atMost, .sameAs, .exists]
    case .date, .month: [.is, .isNot, .before, .after, .onOrBefore, .onOrAfter, .sameAs, .exists]
    case .flag: [.is, .isNot, .sameAs, .exists]
    }
  }
}
