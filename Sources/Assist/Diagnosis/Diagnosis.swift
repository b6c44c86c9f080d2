import Domain

/// Checks over the customer's records: what is probably wrong, with its evidence (辅助诊断). Pure.
package enum Diagnosis {
  /// What the zone's rules find, what the ticket speaks of first, then by strength and amount.
  ///
  /// - Parameter rules: those of the ticket's zone where none are given.
  package static func findings(
    _ input: ReadingInput, rules: [DiagnosisRule]? = nil, outages: [Outage] = [],
    catalogue: [CatalogueItem] = []
  ) -> [Finding] {
    let rules = rules ?? input.zone?.diagnosis ?? []
    guard !rules.isEmpty else { return [] }
    let tables = RecordTables(input, outages: outages, catalogue: catalogue)
    let said = SaidInTicket(input)
    var found: [(order: Int, finding: Finding)] = []
    for (order, rule) in rules.enumerated() {
      let search = RuleSearch(rule, in: tables)
      search.run()
      for match in search.matches {
        let finding = finding(of: match, search, tables, said)
        if rule.suggestion.refund == nil {
          found.append((order, finding))
        } else if let open = unsettled(finding, input) {
          found.append((order, open))
        }
      }
    }
    return found.sorted { left, right in
      let (a, b) = (left.finding, right.finding)
      if a.isAboutTicket != b.isAboutTicket { return a.isAboutTicket }
      if a.strength != b.strength { return a.strength < b.strength }
      if left.order != right.order { return left.order < right.order }
      // Rows are found oldest first; people speak of the newest.
      return a.id > b.id
    }.map(\.finding)
  }

  /// For each rule what it found, or how far it came.
  package static func explanations(
    _ input: ReadingInput, rules: [DiagnosisRule]? = nil, outages: [Outage] = [],
    catalogue: [CatalogueItem] = []
  ) -> [RuleExplanation] {
    let tables = RecordTables(input, outages: outages, catalogue: catalogue)
    let said = SaidInTicket(input)
    return (rules ?? input.zone?.diagnosis ?? []).map { rule in
      let search = RuleSearch(rule, in: tables, isExplaining: true)
      search.run()
      return RuleExplanation(
        rule: rule.id, name: rule.name,
        findings: search.matches.map { finding(of: $0, search, tables, said) },
        miss: search.miss.flatMap { miss in
          rule.patterns.indices.contains(miss.part)
            ? RuleExplanation.Stop(pattern: miss.part, of: rule.patterns[miss.part], miss: miss.miss) : nil
        })
    }
  }

  /// What was given back already is not given back again: a finding that another ticket settled is none any more, and one that
  /// this ticket settled only explains what was done.
  private static func unsettled(_ finding: Finding, _ input: ReadingInput) -> Finding? {
    let refunds = finding.evidence.flatMap { evidence -> [Refund] in
      guard case .billLine(let id, _, _, let line, _, _, _) = evidence.row else { return [] }
      return input.customer?.bills.first { $0.id == id }?.liveRefunds(ofLine: line) ?? []
    }
    let wanted = finding.amount ?? finding.suggestion.refund?.amount ?? Money(cents: 0)
    let given = refunds.reduce(Money(cents: 0)) { $0 + $1.amount }
    guard !refunds.isEmpty, given >= wanted else { return finding }
    guard refunds.contains(where: { $0.ticket == input.ticket.id }) else { return nil }
    var finding = finding
    finding.suggestion.refund = nil
    return finding
  }

  // MARK: - One finding

  private static func finding(
    of match: RuleSearch.Match, _ search: RuleSearch, _ tables: RecordTables, _ said: SaidInTicket
  ) -> Finding {
    let rule = search.rule
    let evidence = evidence(of: match, search, tables)
    let amount = amount(of: match, search, tables)
    let about = search.names.firstIndex(of: rule.about) ?? 0
    let row = match.rows.indices.contains(about) ? match.rows[about] : -1
    let isOfCategory = tables.input.ticket.category.map(rule.categories.contains) ?? false
    return Finding(
      rule: rule.id, id: "\(rule.id)/\(padded(max(0, row), 6))", name: rule.name,
      says: LocalizedText(
        chinese: sentence(.chinese, match, search, tables), english: sentence(.english, match, search, tables)
      ),
      strength: rule.strength, amount: amount, evidence: evidence,
      suggestion: suggestion(of: match, search, tables),
      isAboutTicket: isOfCategory || said.names(evidence, amount: amount))
  }

  /// Rows of a collection that are listed; it may have a thousand.
  private static let mostOfCollection = 6

  private static func evidence(
    of match: RuleSearch.Match, _ search: RuleSearch, _ tables: RecordTables
  ) -> [Finding.Evidence] {
    var result: [Finding.Evidence] = []
    for pattern in search.rule.patterns where pattern.verb == .find || pattern.verb == .collect {
      guard let slot = search.names.firstIndex(of: pattern.name) else { continue }
      let rows =
        pattern.verb == .find
        ? [match.rows[slot]] : Array(match.groups[slot].suffix(mostOfCollection).reversed())
      let items = rows.filter { $0 >= 0 }.map {
        Finding.Evidence(name: pattern.name, row: tables.evidence(pattern.record, $0))
      }
      if pattern.name == search.rule.about { result = items + result } else { result += items }
    }
    return result
  }

  private static func amount(
    of match: RuleSearch.Match, _ search: RuleSearch, _ tables: RecordTables
  ) -> Money? {
    let rule = search.rule
    let cents: Int64
    if let expression = rule.amount {
      guard let value = search.value(expression), value.type == .money else { return nil }
      cents = search.number(value, in: match)
    } else {
      guard let pattern = rule.patterns.first(where: { $0.name == rule.about }), pattern.verb == .find,
        let property = pattern.record.amountProperty,
        let value = search.value(DiagnosisRule.Expression(.reference(.init(rule.about, property))))
      else { return nil }
      cents = search.number(value, in: match)
    }
    guard cents != RecordTables.none else { return nil }
    return Money(cents: cents.magnitude > UInt64(Int64.max) ? .max : Int64(cents.magnitude))
  }

  private static func suggestion(
    of match: RuleSearch.Match, _ search: RuleSearch, _ tables: RecordTables
  ) -> Finding.Suggestion {
    let wanted = search.rule.suggestion
    var result = Finding.Suggestion(
      template: wanted.template, step: wanted.step, article: wanted.article,
      offer: wanted.offer.map { OfferID($0) }, category: wanted.category)
    if let refund = wanted.refund, let slot = search.names.firstIndex(of: refund.line), match.rows[slot] >= 0,
      case .billLine(let bill, _, _, let line, _, let charged, _) = tables.evidence(
        .billLine, match.rows[slot])
    {
      let cents: Int64 =
        refund.amount.map { expression in
          guard let value = search.value(expression), value.type == .money else { return RecordTables.none }
          return search.number(value, in: match)
        } ?? charged.cents
      let most = tables.refundable(match.rows[slot]).cents
      if cents != RecordTables.none, cents > 0, most > 0 {
        result.refund = .init(bill: bill, line: line, amount: Money(cents: min(cents, most)))
      }
    }
    for (id, value) in wanted.fields {
      guard let field = tables.input.zone?.field(id) else { continue }
      let text: String? =
        switch value {
        case .text(let text): text
        case .expression(let expression): shown(expression, match, search, tables)
        }
      if let text, let canonical = try? field.canonical(text), !canonical.isEmpty {
        result.fields[id] = canonical
      }
    }
    return result
  }

  // MARK: - Words

  private static func sentence(
    _ language: Language, _ match: RuleSearch.Match, _ search: RuleSearch, _ tables: RecordTables
  ) -> String {
    let rule = search.rule
    guard let says = rule.says else { return rule.name[language] }
    let text = RuleSentence.filled(says[language]) { slot in
      guard let reference = DiagnosisRule.Reference(written: slot) else { return nil }
      return shown(DiagnosisRule.Expression(.reference(reference)), match, search, tables) ?? "—"
    }
    return Masking.text(text)
  }

  private static func shown(
    _ expression: DiagnosisRule.Expression, _ match: RuleSearch.Match, _ search: RuleSearch,
    _ tables: RecordTables
  ) -> String? {
    guard let value = search.value(expression) else { return nil }
    let number = search.number(value, in: match)
    guard number != RecordTables.none else { return nil }
    switch value.type {
    case .money: return Money(cents: number).description
    case .date: return CivilDate(daysSinceEpoch: Int(number)).description
    case .month: return "\(padded(Int(number) / 12, 4))-\(padded(Int(number) % 12 + 1, 2))"
    case .number: return String(number)
    case .flag: return number == 0 ? "false" : "true"
    case .text, .choice: return tables.texts.text(number)
    case .texts: return nil
    }
  }
}

/// What a rule made of a reading: its findings, or where it stopped.
package struct RuleExplanation: Hashable, Sendable, Identifiable {
  package struct Stop: Hashable, Sendable {
    /// From 0.
    package var pattern: Int
    package var verb: DiagnosisRule.Verb
    package var record: RecordKind
    package var name: String
    /// In the zone's file; 0 where it is not from one.
    package var line: Int
    package var reason: Reason

    init(pattern: Int, of part: DiagnosisRule.Pattern, miss: RuleSearch.Miss) {
      self.pattern = pattern
      verb = part.verb
      record = part.record
      name = part.name
      line = part.line
      switch miss {
      case .noRecord: reason = Reason("diagnosis.noRecord", ["record": part.record.rawValue])
      case .nothingFits(let rows, let condition):
        line = condition.line > 0 ? condition.line : part.line
        reason = Reason(
          "diagnosis.nothingFits",
          [
            "record": part.record.rawValue, "count": String(rows), "property": condition.property,
            "comparison": condition.comparison.rawValue,
          ])
      case .tooFew(let found, let needed):
        reason = Reason(
          "diagnosis.tooFew",
          ["record": part.record.rawValue, "found": String(found), "needed": String(needed)])
      case .thereIsOne(let row):
        reason = Reason("diagnosis.thereIsOne", ["record": part.record.rawValue, "row": row.shown])
      case .tooMuch: reason = Reason("diagnosis.tooMuch", ["count": String(RuleSearch.mostWork)])
      }
    }
  }

  package var rule: String
  package var name: LocalizedText
  package var findings: [Finding]
  /// Nil where it found something.
  package var stop: Stop?

  package var id: String { rule }

  init(rule: String, name: LocalizedText, findings: [Finding], miss: Stop?) {
    self.rule = rule
    self.name = name
    self.findings = findings
    stop = miss
  }
}

extension Finding.Evidence.Row {
  /// One line of facts: `B2026100001 2026-10 国际漫游包 38.00 2026-10-12`. Masked.
  package var shown: String {
    switch self {
    case .bill(_, let number, let period, let total): "\(number) \(period) \(total)"
    case .billLine(_, let number, let period, _, let title, let amount, let chargedOn):
      Masking.text("\(number) \(period) \(title) \(amount) \(chargedOn)")
    case .order(_, let number, let title, let placedOn): Masking.text("\(number) \(title) \(placedOn)")
    case .product(_, let name, let until): Masking.text(name) + (until.map { " → \($0)" } ?? "")
    case .outage(let id, let area, _, _): "\(id) \(area)"
    case .ticket(_, let number, let subject, _): (number.map { "#\($0) " } ?? "") + Masking.text(subject)
    case .message(let index): "#\(index + 1)"
    case .customer, .thisTicket, .form: "—"
    }
  }
}

/// What the ticket's own texts and form name, so that what it is about comes first.
private struct SaidInTicket {
  private let texts: [[UInt8]]
  private let amounts: Set<Int64>

  init(_ input: ReadingInput) {
    let said = [input.ticket.subject] + input.messages.filter(\.isFromCustomer).map(\.text)
    texts = (said + input.ticket.fields.values).map(TextPool.fold)
    let form = (input.zone?.fields ?? []).filter { $0.kind == .money }.compactMap {
      Money(input.ticket.fields[$0.id] ?? "")?.cents
    }
    amounts = Set(form + said.flatMap { AmountReader.find(in: $0).map(\.amount.cents) })
  }

  func names(_ evidence: [Finding.Evidence], amount: Money?) -> Bool {
    if let amount, amounts.contains(amount.cents) { return true }
    return evidence.contains { item in
      switch item.row {
      case .billLine(_, _, _, _, let title, _, _): return isSaid(title)
      case .order(_, let number, _, _): return isSaid(number)
      case .product(_, let name, _): return isSaid(name)
      case .outage: return true
      default: return false
      }
    }
  }

  /// Words of one character name nothing.
  private func isSaid(_ words: String) -> Bool {
    let wanted = TextPool.fold(words)
    return wanted.count >= 4 && texts.contains { TextPool.contains($0, wanted) }
  }
}
