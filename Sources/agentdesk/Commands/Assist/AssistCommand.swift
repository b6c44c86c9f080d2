import ArgumentParser
import Assist
import Domain
import Foundation

struct AssistCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words(
      "assist", "group.assist",
      subcommands: [
        AssistTrain.self, AssistEvaluate.self, AssistInspect.self, AssistLearn.self, AssistStatus.self,
        AssistHistory.self, AssistDraft.self, AssistSummary.self, SentimentCommand.self,
      ])
  }
}

struct AssistTrain: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("train", "assist.train") }

  @OptionGroup var global: GlobalOptions
  @Option(help: .words("assist.data", value: "file"), completion: .file()) var data: String
  @Option(help: .words("assist.modelTo", value: "path"), completion: .file()) var model: String

  func perform(_ context: CommandContext) throws {
    let file = try LabelledFile(data, context.output)
    let start = ContinuousClock.now
    let trained = try file.model(scratch: Self.folder(of: model))
    let seconds = (ContinuousClock.now - start).seconds
    try ModelFile.write(trained.bytes, to: model)
    if context.output.isJSON {
      context.output.put([
        "model": .text(model), "texts": JSON(trained.texts), "labels": JSON(trained.labels.count),
        "features": JSON(trained.features), "bytes": JSON(trained.size), "train_seconds": .real(seconds),
        "rejected": JSON(file.rejected),
      ])
    } else {
      context.output.say(
        context.strings(
          "cli.assist.trained",
          [
            "count": trained.texts, "labels": trained.labels.count, "path": model,
            "bytes": trained.size,
          ]))
    }
    try file.finish()
  }

  /// Where a path leads; here for one without a folder.
  private static func folder(of path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }
}

struct AssistEvaluate: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("evaluate", "assist.evaluate") }

  @OptionGroup var global: GlobalOptions
  @Option(help: .words("assist.train", value: "file"), completion: .file()) var train: String?
  @Option(help: .words("assist.model", value: "path"), completion: .file()) var model: String?
  @Option(help: .words("assist.test", value: "file"), completion: .file()) var test: String

  func perform(_ context: CommandContext) throws {
    guard (train == nil) != (model == nil) else { throw CommandFailure.oneOf(["--train", "--model"]) }
    let training = try train.map { try LabelledFile($0, context.output) }
    let texts = try LabelledFile(test, context.output, isHeld: true)
    let start = ContinuousClock.now
    let model =
      try training.map { try $0.model(scratch: NSTemporaryDirectory()) } ?? ModelFile.open(model ?? "")
    let seconds = (ContinuousClock.now - start).seconds
    let measured = MeasuredAnswers(model, texts.texts)
    let evaluation = Evaluation(measured.answers)
    let figures: [JSON.Pair] = [
      JSON.Pair("accuracy", .real(evaluation.accuracy)), JSON.Pair("macro_f1", .real(evaluation.macroF1)),
      JSON.Pair("auroc", evaluation.outOfScopeAUROC.map(JSON.real) ?? .null),
      JSON.Pair("calibration_error", .real(evaluation.calibrationError)),
      JSON.Pair("train_seconds", training == nil ? .null : .real(seconds)),
      JSON.Pair("p50_us", .real(measured.microseconds(0.5))),
      JSON.Pair("p99_us", .real(measured.microseconds(0.99))),
      JSON.Pair("train_texts", JSON(model.texts)), JSON.Pair("test_texts", JSON(texts.texts.count)),
      JSON.Pair("labels", JSON(model.labels.count)), JSON.Pair("model_bytes", JSON(model.size)),
      JSON.Pair("rejected", JSON((training?.rejected ?? 0) + texts.rejected)),
    ]
    if context.output.isJSON {
      context.output.put(.object(figures))
    } else {
      for figure in figures { context.output.say("\(figure.key)\t\(figure.value)") }
    }
    try training?.finish()
    try texts.finish()
  }
}

/// What a model says to each text, one after the other, and how long each took.
struct MeasuredAnswers {
  private(set) var answers: [(label: String, answer: TextModel.Answer)] = []
  private var times: [Double] = []

  init(_ model: TextModel, _ texts: [LabelledText]) {
    // The first texts bring the model into the processor's caches, where a desk that is open has it.
    for text in texts.prefix(50) { _ = model.answer(text.text) }
    answers.reserveCapacity(texts.count)
    for text in texts {
      let start = ContinuousClock.now
      let answer = model.answer(text.text)
      times.append((ContinuousClock.now - start).seconds * 1e6)
      answers.append((text.label, answer))
    }
    times.sort()
  }

  func microseconds(_ part: Double) -> Double {
    times.isEmpty ? 0 : times[min(times.count - 1, Int(Double(times.count) * part))]
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
