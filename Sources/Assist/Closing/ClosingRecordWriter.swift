import Domain

/// Makes the record for the file from the facts that the reply was made of.
package struct ClosingRecordWriter: Sendable {
  /// What is known when a ticket is closed. Texts are masked.
  package struct Facts: Sendable {
    package var subject: String
    package var category: LocalizedText?
    /// What the customer asked for, where a field of the form says it.
    package var demand: LocalizedText?
    package var findings: [LocalizedText]
    /// Names of the steps that were done.
    package var steps: [LocalizedText]
    /// Refunds, verification and whatever else was done, as sentences.
    package var deeds: [LocalizedText]
    package var disposition: LocalizedText
    package var template: LocalizedText?
    /// What the customer reads.
    package var reply: String
    package var now: Timestamp
    package var clock: WallClock
    /// Of the zone.
    package var workingDays: WorkingDays

    package init(
      subject: String, category: LocalizedText?, demand: LocalizedText? = nil, findings: [LocalizedText] = [],
      steps: [LocalizedText] = [], deeds: [LocalizedText] = [], disposition: LocalizedText,
      template: LocalizedText? = nil, reply: String, now: Timestamp, clock: WallClock,
      workingDays: WorkingDays = .mondayToFriday
    ) {
      self.subject = subject
      self.category = category
      self.demand = demand
      self.findings = findings
      self.steps = steps
      self.deeds = deeds
      self.disposition = disposition
      self.template = template
      self.reply = reply
      self.now = now
      self.clock = clock
      self.workingDays = workingDays
    }
  }

  private let catalogues: [Language: StringCatalogue]

  package init(catalogues: [Language: StringCatalogue]) { self.catalogues = catalogues }

  package func record(_ facts: Facts) -> ClosingRecord {
    let subject = facts.subject.trimmed
    let wanted = localized { catalogue, language in
      var parts: [String] = []
      if let category = facts.category { parts.append(category[language]) }
      if !subject.isEmpty { parts.append(subject) }
      if let demand = facts.demand {
        parts.append(catalogue("record.demand", ["demand": demand[language]]))
      }
      return parts.joined(separator: language == .chinese ? "；" : "; ")
    }
    var done = facts.deeds
    if !facts.steps.isEmpty {
      done.insert(
        localized { catalogue, language in
          catalogue(
            "record.steps",
            ["names": facts.steps.map { $0[language] }.joined(separator: language == .chinese ? "、" : ", ")])
        }, at: 0)
    }
    let promise = PromiseReader.first(
      in: facts.reply, at: facts.now, clock: facts.clock, workingDays: facts.workingDays)
    return ClosingRecord(
      wanted: wanted, found: facts.findings, done: done,
      outcome: localized { catalogue, language in
        facts.template.map {
          catalogue(
            "record.outcome", ["disposition": facts.disposition[language], "template": $0[language]])
        } ?? facts.disposition[language]
      },
      promise: promise.map { promise in
        localized { catalogue, _ in
          catalogue("record.promise", ["words": promise.text, "day": promise.day.description])
        }
      }, due: promise?.day)
  }

  /// What is in one language alone stands in the other as it is: a file with a gap says less than one with a foreign word.
  private func localized(_ make: (StringCatalogue, Language) -> String) -> LocalizedText {
    let texts = catalogues.mapValues { make($0, $0.language) }
    let fallback = texts.values.first ?? ""
    return LocalizedText(
      chinese: texts[.chinese] ?? fallback, english: texts[.english] ?? fallback)
  }
}
