import Assist
import Desk
import Domain

/// What was read in a ticket, for people and for programs. Values of the form are masked.
struct ReadingPage {
  let ticket: Ticket
  let reading: TicketReading
  let zone: Zone?
  let catalogue: [CatalogueItem]
  let templates: [ClosingTemplate]
  let directory: Directory
  let strings: StringCatalogue

  private struct Filled {
    var field: FormField
    var value: String
    var proposal: Proposal
  }

  private var form: [Filled] {
    let fields = zone?.fields ?? []
    let proposals = reading.proposals(for: ticket, fields: fields)
    return fields.compactMap { field in
      proposals[field.id].map {
        let reader = FieldReader.usual(field, catalogue)
        return Filled(
          field: field, value: InspectedFinds.shown($0.value, field, reader, strings.language), proposal: $0)
      }
    }
  }

  // MARK: - For programs

  var json: JSON {
    let first: [JSON.Pair] = [
      JSON.Pair("id", .text(ticket.id.text)), JSON.Pair("number", JSON(ticket.number)),
      JSON.Pair("version", JSON(ticket.version)), JSON.Pair("language", .text(ticket.language.rawValue)),
      JSON.Pair("category", category),
      JSON.Pair("form", .array(form.map(json))),
    ]
    let rest: [JSON.Pair] = [
      JSON.Pair("findings", .array(reading.findings.map(json))),
      JSON.Pair("steps", .array(reading.steps.map(json))),
      JSON.Pair(
        "offers",
        .array(
          reading.offers.map {
            [
              "offer": .text($0.id.text), "text": .text($0.text[strings.language]),
              "acceptance": $0.acceptance.map { JSON.real($0) } ?? .null, "answers": JSON($0.answers),
              "reasons": .array($0.reasons.map(sentence)),
            ]
          })),
      JSON.Pair(
        "advice",
        .array(
          reading.advice.map {
            [
              "kind": .text($0.kind.rawValue), "category": JSON($0.category?.text),
              "reason": sentence($0.reason),
            ]
          })),
      JSON.Pair(
        "closings",
        .array(
          reading.closings.map {
            [
              "template": .text($0.template.text), "score": .real($0.score),
              "reasons": .array($0.reasons.map(sentence)),
            ]
          })),
      JSON.Pair("similar", .array(reading.similar.map(json))),
    ]
    return .object(first + InspectedMood(reading.mood, reading.risk, strings).pairs + rest)
  }

  private var category: JSON {
    guard let category = reading.category else { return .null }
    return [
      "category": JSON(category.category?.text), "zone": JSON(category.zone?.text),
      "confidence": .real(category.confidence), "threshold": .real(category.threshold),
      "out_of_scope": JSON(category.isOutOfScope),
      "priority": JSON(category.priority.priority?.label),
      "words": .array(category.words.map { ["text": .text($0.text), "share": .real($0.share)] }),
      "reasons": .array(category.reasons.map(sentence)),
    ]
  }

  private func json(_ filled: Filled) -> JSON {
    [
      "field": .text(filled.field.id), "value": .text(filled.value),
      "confidence": .real(filled.proposal.confidence), "message": JSON(filled.proposal.place?.message),
      "start": JSON(filled.proposal.place?.start), "end": JSON(filled.proposal.place?.end),
      "reason": sentence(filled.proposal.reason),
    ]
  }

  private func json(_ finding: Finding) -> JSON {
    let suggestion = finding.suggestion
    let refund: JSON =
      suggestion.refund.map {
        ["bill": .text($0.bill.text), "line": JSON($0.line), "amount": .text($0.amount.description)]
      } ?? .null
    return [
      "id": .text(finding.id), "rule": .text(finding.rule), "text": .text(finding.says[strings.language]),
      "amount": JSON(finding.amount?.description), "strength": .text(finding.strength.rawValue),
      "about_ticket": JSON(finding.isAboutTicket), "template": JSON(suggestion.template?.text),
      "article": JSON(suggestion.article?.text), "step": JSON(suggestion.step),
      "offer": JSON(suggestion.offer?.text), "category": JSON(suggestion.category?.text), "refund": refund,
    ]
  }

  private func json(_ step: StepReading) -> JSON {
    let reason: JSON =
      switch step.state {
      case .doneByEvidence(let reason, _), .notNeeded(let reason): sentence(reason)
      case .skipped(let words): .text(Masking.text(words))
      case .doneByHand, .next, .waiting: step.because.map(sentence) ?? .null
      }
    return ["step": .text(step.id), "state": .text(step.state.word), "reason": reason]
  }

  private func json(_ similar: SimilarTicket) -> JSON {
    [
      "id": .text(similar.id.text), "number": JSON(similar.number), "subject": .text(similar.subject),
      "disposition": JSON(similar.disposition), "template": JSON(similar.template?.text),
      "solved_at": Moments.json(similar.solvedAt), "score": .real(similar.score),
      "reason": sentence(similar.reason),
    ]
  }

  private func sentence(_ reason: Reason) -> JSON { .text(strings.sentence(for: reason)) }

  // MARK: - For people

  /// One line each, the kind before a tab.
  var lines: [String] {
    var lines: [String] = []
    func add(_ kind: String, _ text: String, _ reasons: [Reason] = []) {
      let why = strings.list(reasons.map { strings.sentence(for: $0) })
      lines.append("\(strings("desk.reading.\(kind)"))\t\(text)" + (why.isEmpty ? "" : "\t\(why)"))
    }
    if let category = reading.category {
      let name = category.category.map { directory.categoryName($0, in: strings.language) }
      add("category", name ?? strings("desk.reading.unsure"), category.reasons)
    }
    for filled in form {
      add("field", "\(filled.field.name[strings.language]) \(filled.value)", [filled.proposal.reason])
    }
    lines += InspectedMood(reading.mood, reading.risk, strings).lines
    for finding in reading.findings { add("finding", finding.says[strings.language]) }
    for step in reading.steps where step.state == .next {
      add("step", step.name[strings.language], [step.because].compactMap { $0 })
    }
    for offer in reading.offers { add("offer", offer.name[strings.language], offer.reasons) }
    for advice in reading.advice { add("advice", strings.sentence(for: advice.reason)) }
    for closing in reading.closings.prefix(5) {
      let template = templates.first { $0.id == closing.template }
      add("template", template?.name[strings.language] ?? closing.template.text, closing.reasons)
    }
    for similar in reading.similar {
      add("similar", "#\(similar.number ?? similar.id.text) \(similar.subject)", [similar.reason])
    }
    return lines
  }
}

extension StepReading.State {
  /// The word that JSON uses.
  fileprivate var word: String {
    switch self {
    case .doneByHand: "done"
    case .doneByEvidence: "shown"
    case .next: "next"
    case .waiting: "waiting"
    case .notNeeded: "not_needed"
    case .skipped: "skipped"
    }
  }
}
