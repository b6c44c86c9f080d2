import ArgumentParser
import Assist
import Domain

/// What the desk reads in one text, with the reason for it.
struct AssistInspect: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("inspect", "assist.inspect") }

  @OptionGroup var global: GlobalOptions
  @Option(help: .words("assist.modelToAsk", value: "path"), completion: .file()) var model: String?
  @Option(help: .words("assist.threshold", value: "0…1")) var threshold: Double?

  func perform(_ context: CommandContext) throws {
    guard (0...1).contains(threshold ?? 0) else {
      throw CommandFailure.invalid(option: "--threshold", value: String(threshold ?? 0), allowed: [])
    }
    let model = try model.map { try ModelFile.open($0) }
    let text = try Input.text("-")
    let category = model.map { InspectedCategory($0, text, threshold: threshold ?? 0.5) }
    let reading = model == nil ? try InspectedReading(context, text, threshold: threshold) : nil
    let fields = InspectedField.all(in: text, context.strings)
    if context.output.isJSON {
      let pairs = category?.pairs ?? reading?.pairs ?? [JSON.Pair("category", .null)]
      context.output.put(.object(pairs + [JSON.Pair("fields", .array(fields.map(\.json)))]))
    } else {
      (category?.lines(context.strings) ?? reading?.lines ?? []).forEach(context.output.say)
      for field in fields { context.output.say("\(field.name)\t\(field.value)\t\(field.reason)") }
      if category == nil, reading == nil, fields.isEmpty {
        context.output.say(context.strings("cli.assist.nothing"))
      }
    }
  }
}

/// A value that stands in the text; personal data only masked.
private struct InspectedField {
  var kind: String
  var name: String
  var value: String
  var start: Int
  var end: Int
  var reason: String

  /// In the order of the text.
  static func all(in text: String, _ strings: StringCatalogue) -> [InspectedField] {
    let found = PersonalData.find(in: text)
    let personal = found.map { data in
      let kind = data.kind.rawValue
      return InspectedField(
        kind: kind, name: strings("cli.privacy.kind.\(kind)"), value: data.masked, start: data.start,
        end: data.end, reason: strings("cli.privacy.reason.\(kind)"))
    }
    let scalars = Array(text.unicodeScalars)
    // What is a number of somebody's is no amount, whatever stands behind it.
    let amounts = AmountReader.find(in: text).filter { amount in
      !found.contains { $0.start < amount.end && amount.start < $0.end }
    }.map { amount in
      InspectedField(
        kind: "amount", name: strings("cli.assist.amount"), value: amount.amount.description,
        start: amount.start, end: amount.end,
        reason: strings(
          "cli.assist.written",
          ["words": String(String.UnicodeScalarView(scalars[amount.start..<amount.end]))]))
    }
    return (personal + amounts).sorted { $0.start < $1.start }
  }

  var json: JSON {
    [
      "kind": .text(kind), "value": .text(value), "start": JSON(start), "end": JSON(end),
      "reason": .text(reason),
    ]
  }
}

private struct InspectedCategory {
  let model: TextModel
  let answer: TextModel.Answer
  let isOutOfScope: Bool
  let isSure: Bool
  /// Personal data masked, also where only a part of it is shown.
  let evidence: [TextModel.Evidence]

  init(_ model: TextModel, _ text: String, threshold: Double) {
    self.model = model
    answer = model.answer(text)
    isOutOfScope = answer.scope < model.scopeThreshold || answer.label == LabelledText.outOfScope
    isSure = !isOutOfScope && Double(answer.confidence) >= threshold
    let personal = PersonalData.find(in: text)
    evidence = model.evidence(for: answer.label, in: text).map { part in
      guard let data = personal.first(where: { $0.start < part.end && part.start < $0.end }) else {
        return part
      }
      var part = part
      part.text = data.masked
      return part
    }
  }

  var pairs: [JSON.Pair] {
    [
      JSON.Pair("category", isSure ? .text(answer.label) : .null),
      JSON.Pair("confidence", .real(Double(answer.confidence))), JSON.Pair("abstained", JSON(!isSure)),
      JSON.Pair("out_of_scope", JSON(isOutOfScope)), JSON.Pair("scope", .real(Double(answer.scope))),
      JSON.Pair("scope_threshold", .real(Double(model.scopeThreshold))),
      JSON.Pair(
        "candidates",
        .array(
          answer.ranking.map { ["label": .text($0.label), "confidence": .real(Double($0.confidence))] })),
      JSON.Pair(
        "reasons",
        .array(
          evidence.map {
            [
              "text": .text($0.text), "start": JSON($0.start), "end": JSON($0.end),
              "share": .real(Double($0.share)),
            ]
          })),
    ]
  }

  func lines(_ strings: StringCatalogue) -> [String] {
    let percent = Int((answer.confidence * 100).rounded())
    let key = isOutOfScope ? "outside" : isSure ? "sure" : "notSure"
    let lines = [strings("cli.assist.\(key)", ["label": answer.label, "percent": percent])]
    guard !evidence.isEmpty else { return lines }
    let words = strings.list(evidence.map(\.text))
    return lines + [strings("cli.assist.because", ["words": words])]
  }
}
