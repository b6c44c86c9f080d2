import ArgumentParser
import Assist
import Domain

/// What the desk reads in one text, with the reason for it.
struct AssistInspect: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("inspect", "assist.inspect") }

  @OptionGroup var global: GlobalOptions
  @Option(help: .words("assist.modelToAsk", value: "path"), completion: .file()) var model: String?
  @Option(help: .words("assist.threshold", value: "0…1")) var threshold: Double?
  @Option(help: .words("assist.zone", value: "id")) var zone: String?
  @Option(help: .words("assist.at", value: "moment")) var at: String?

  func perform(_ context: CommandContext) throws {
    guard (0...1).contains(threshold ?? 0) else {
      throw CommandFailure.invalid(option: "--threshold", value: String(threshold ?? 0), allowed: [])
    }
    let model = try model.map { try ModelFile.open($0) }
    let text = try Input.text("-")
    let category = model.map { InspectedCategory($0, text, threshold: threshold ?? 0.5) }
    let reading = model == nil ? try InspectedReading(context, text, threshold: threshold) : nil
    let finds = try InspectedFinds(text, context, zone: zone, at: try moment())
    let mood = try InspectedMood(text, context)
    if context.output.isJSON {
      let pairs = category?.pairs ?? reading?.pairs ?? [JSON.Pair("category", .null)]
      context.output.put(.object(pairs + finds.pairs + mood.pairs))
    } else {
      (category?.lines(context.strings) ?? reading?.lines ?? []).forEach(context.output.say)
      finds.lines.forEach(context.output.say)
      mood.lines.forEach(context.output.say)
    }
  }

  /// `2026-11-22`, `2026-11-22 14:30`, `2026-11-22T14:30`, as the clock of this machine shows it.
  private func moment() throws -> Timestamp {
    guard let at else { return .now }
    let parts = at.split(whereSeparator: { $0 == " " || $0 == "T" })
    let time = parts.dropFirst().first?.split(separator: ":").map { Int($0) } ?? [12, 0]
    guard let first = parts.first, let date = CivilDate(first), parts.count <= 2,
      (2...3).contains(time.count),
      let hour = time[0], let minute = time[1], (0...23).contains(hour), (0...59).contains(minute)
    else { throw CommandFailure.invalid(option: "--at", value: at, allowed: []) }
    return WallClock.local.moment(date, secondOfDay: hour * 3600 + minute * 60)
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
