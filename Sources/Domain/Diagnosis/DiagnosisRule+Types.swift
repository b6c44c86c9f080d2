extension PropertyType {
  /// Whether a value of this type can be moved by a term. `other` is the type of what the term refers to, where it does.
  package func canMove(by term: DiagnosisRule.Expression.Term, of other: PropertyType?) -> Bool {
    switch (self, term) {
    case (.money, .money), (.money, .percent), (.number, .number), (.number, .percent), (.date, .days),
      (.date, .months), (.month, .months):
      true
    case (_, .reference): (self == .money || self == .number) && other == self
    default: false
    }
  }

  /// Whether a property of this type can be compared with a value of the other: texts with texts, days with months.
  package func isComparable(with other: PropertyType) -> Bool {
    // Several texts are no value.
    if other == .texts { return false }
    return self == other || isText && other.isText
      || self == .month && other == .date || self == .date && other == .month
  }
}

extension DiagnosisRule.Reference {
  /// `charge.title`, `usual.count`, `usual.mean.total`; nil for anything else.
  package init?(written text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    switch parts.count {
    case 2:
      let isCount = parts[1] == Aggregate.count.rawValue
      self.init(parts[0], aggregate: isCount ? .count : nil, isCount ? "" : parts[1])
    case 3:
      guard let aggregate = Aggregate(rawValue: parts[1]) else { return nil }
      self.init(parts[0], aggregate: aggregate, parts[2])
    default: return nil
    }
  }
}

extension DiagnosisRule {
  /// The fields of the form that the rule speaks of: in conditions, values, amounts and slots. The zone of the ticket has them,
  /// and a zone that uses the rule of another one may have them as something else, or not at all.
  package var formFields: Set<String> {
    let names = Set(patterns.filter { $0.record == .form }.map(\.name))
    var found: Set<String> = []
    func note(_ reference: Reference) {
      if names.contains(reference.name), !reference.property.isEmpty { found.insert(reference.property) }
    }
    func note(_ expression: Expression?) {
      for case .reference(let reference)? in [expression?.base, expression?.operand] { note(reference) }
    }
    for pattern in patterns {
      for condition in pattern.conditions {
        if pattern.record == .form { found.insert(condition.property) }
        if case .expression(let expression) = condition.operand { note(expression) }
      }
    }
    note(amount)
    note(suggestion.refund?.amount)
    for case .expression(let expression) in suggestion.fields.values { note(expression) }
    for text in [says?.chinese, says?.english].compactMap(\.self) {
      for slot in RuleSentence.slots(of: text) { if let slot = Reference(written: slot) { note(slot) } }
    }
    return found
  }

  /// Texts that a field of the form has to be, or must not be.
  package func formTexts(of field: String) -> [String] {
    patterns.filter { $0.record == .form }.flatMap(\.conditions).flatMap { condition -> [String] in
      guard condition.property == field, condition.comparison == .is || condition.comparison == .isNot,
        case .texts(let texts) = condition.operand
      else { return [] }
      return texts
    }
  }
}
