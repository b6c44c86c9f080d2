import Domain

/// A rule that a zone takes over from another one, until all zones have been read.
struct BorrowedRule {
  var zone: ZoneID
  /// Its place in the zone's list.
  var index: Int
  /// `ZONE/RULE`, as it is written.
  var name: String
  var suggestion: DiagnosisRule.Suggestion?
  var place: ProblemLog.Place
}

extension ResourceReader {
  /// Copies what zones use of others, and checks what could not be known before.
  mutating func finishDiagnosis() {
    copyBorrowedRules()
    for use in pending.templates
    where !set.templates.contains(where: { $0.id.text == use.template && $0.zone == use.zone }) {
      log.add(.unknown(.template, use.template), file: use.place.file, line: use.place.line)
    }
    let articles = Set(set.articles.map(\.id.text))
    for use in pending.articles where !articles.contains(use.article) {
      log.add(.unknown(.article, use.article), file: use.place.file, line: use.place.line)
    }
    let items = Set(set.catalogue.map(\.id))
    for use in pending.catalogue where !items.contains(use.item) {
      log.add(.unknown(.catalogueItem, use.item), file: use.place.file, line: use.place.line)
    }
  }

  /// Only rules that a zone has of its own can be taken over: whether one that is itself borrowed is there yet would depend on the
  /// order of the zones.
  private mutating func copyBorrowedRules() {
    var own: [String: (rule: DiagnosisRule, lender: Zone)] = [:]
    for zone in set.zones {
      for rule in zone.diagnosis { own["\(zone.id)/\(rule.id)"] = (rule, zone) }
    }
    let sources = Dictionary(
      pending.borrowed.map { ("\($0.zone)/\($0.rule)", $0.name) }, uniquingKeysWith: { first, _ in first })
    for borrowed in pending.borrowed.sorted(by: { ($0.zone, $0.index) < ($1.zone, $1.index) }) {
      guard let (rule, lender) = own[borrowed.name],
        let target = set.zones.firstIndex(where: { $0.id == borrowed.zone })
      else {
        let source = sources[borrowed.name]
        report(
          source.map { .rule(.borrowsBorrowed(borrowed.name, from: $0)) } ?? .unknown(.rule, borrowed.name),
          at: borrowed.place)
        continue
      }
      let copy = copied(rule, for: borrowed)
      checkForm(of: copy, from: lender, in: set.zones[target], at: borrowed.place)
      let end = set.zones[target].diagnosis.count
      set.zones[target].diagnosis.insert(copy, at: min(borrowed.index, end))
    }
  }

  private func report(_ kind: ConfigurationProblem.Kind, at place: ProblemLog.Place) {
    log.add(kind, file: place.file, line: place.line)
  }

  /// Templates, steps and fields are the other zone's own; a refund and an article are not.
  private func copied(_ rule: DiagnosisRule, for borrowed: BorrowedRule) -> DiagnosisRule {
    var copy = rule
    let other = rule.suggestion
    copy.suggestion = DiagnosisRule.Suggestion(
      refund: other.refund, article: other.article, offer: other.offer)
    if let own = borrowed.suggestion {
      copy.suggestion.template = own.template
      copy.suggestion.step = own.step
      copy.suggestion.article = own.article ?? other.article
      copy.suggestion.offer = own.offer ?? other.offer
      copy.suggestion.category = own.category
      copy.suggestion.fields = own.fields
    }
    return copy
  }

  /// The rule was read with the form of its own zone: what it asks of a form has to be the same in this one.
  private func checkForm(
    of rule: DiagnosisRule, from lender: Zone, in zone: Zone, at place: ProblemLog.Place
  ) {
    for id in rule.formFields.sorted() {
      guard let wanted = lender.field(id)?.propertyType else { continue }
      guard let field = zone.field(id) else {
        report(.rule(.borrowedFieldMissing(id, wanted)), at: place)
        continue
      }
      guard field.propertyType.word == wanted.word else {
        report(.rule(.borrowedFieldDiffers(id, wanted, found: field.propertyType)), at: place)
        continue
      }
      guard case .choice(let choices) = field.propertyType else { continue }
      for text in rule.formTexts(of: id) where !choices.contains(text) {
        report(.rule(.borrowedChoiceMissing(text, field: id)), at: place)
      }
    }
  }
}

extension BorrowedRule {
  /// The part behind the zone, which is what it is called in this zone too.
  var rule: String { name.split(separator: "/").last.map(String.init) ?? name }
}
