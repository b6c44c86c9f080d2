import ArgumentParser
import Assist
import Domain

/// What the desk reads in one text, with the reason for it.
struct AssistInspect: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("inspect", "assist.inspect") }

  @OptionGroup var global: GlobalOptions
  @Option(help: .words("assist.model", value: "path"), completion: .file()) var model: String
  @Option(help: .words("assist.threshold", value: "0…1")) var threshold = 0.5

  func perform(_ context: CommandContext) throws {
    guard (0...1).contains(threshold) else {
      throw CommandFailure.invalid(option: "--threshold", value: String(threshold), allowed: [])
    }
    let model = try ModelFile.open(model)
    let text = try Input.text("-")
    let answer = model.answer(text)
    let isOutOfScope =
      answer.scope < model.scopeThreshold || answer.label == LabelledText.outOfScope
    let isSure = !isOutOfScope && Double(answer.confidence) >= threshold
    let evidence = model.evidence(for: answer.label, in: text)
    if context.output.isJSON {
      context.output.put([
        "category": isSure ? .text(answer.label) : .null, "confidence": .real(Double(answer.confidence)),
        "abstained": JSON(!isSure), "out_of_scope": JSON(isOutOfScope),
        "scope": .real(Double(answer.scope)), "scope_threshold": .real(Double(model.scopeThreshold)),
        "candidates": .array(
          answer.ranking.map {
            ["label": .text($0.label), "confidence": .real(Double($0.confidence))]
          }),
        "reasons": .array(
          evidence.map {
            [
              "text": .text(Masking.text($0.text)), "start": JSON($0.start), "end": JSON($0.end),
              "share": .real(Double($0.share)),
            ]
          }),
      ])
    } else {
      say(answer, isOutOfScope: isOutOfScope, isSure: isSure, evidence, context)
    }
  }

  private func say(
    _ answer: TextModel.Answer, isOutOfScope: Bool, isSure: Bool, _ evidence: [TextModel.Evidence],
    _ context: CommandContext
  ) {
    let strings = context.strings
    let percent = Int((answer.confidence * 100).rounded())
    let key = isOutOfScope ? "outside" : isSure ? "sure" : "notSure"
    context.output.say(strings("cli.assist.\(key)", ["label": answer.label, "percent": percent]))
    if !evidence.isEmpty {
      context.output.say(
        strings("cli.assist.because", ["words": strings.list(evidence.map { Masking.text($0.text) })]))
    }
  }
}
