import ArgumentParser
import Assist
import Foundation

/// Trains with one file and labels another, for comparisons with other programs in one run.
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Trains a classifier and measures it: prints one JSON object.",
    discussion: "Lines are LABEL<TAB>TEXT. The language is not asked for: each text is read as what it is.")

  @Argument(help: "Labelled texts to learn from.") var train: String
  @Argument(help: "Labelled texts to be judged with.") var test: String

  func run() throws {
    let training = try Self.texts(train)
    let texts = try Self.texts(test)
    let began = monotonicMilliseconds()
    let model = try ModelTraining().model(from: training)
    let trained = monotonicMilliseconds() - began
    // Opened from its bytes, as every desk opens it: what is measured is what the file holds.
    let opened = try TextModel(model.bytes)
    var latencies = Samples()
    var answers: [(label: String, answer: TextModel.Answer)] = []
    for text in texts {
      let start = monotonicMilliseconds()
      let answer = opened.answer(text.text)
      latencies.append(monotonicMilliseconds() - start)
      answers.append((text.label, answer))
    }
    let evaluation = Evaluation(answers)
    let result = Result(
      trainSeconds: trained / 1000, accuracy: evaluation.accuracy, macroF1: evaluation.macroF1,
      auroc: evaluation.outOfScopeAUROC, calibrationError: evaluation.calibrationError,
      oneMilliseconds: Quantiles(
        p50: latencies.p50 ?? 0, p95: latencies.p95 ?? 0, p99: latencies.p99 ?? 0),
      perSecond: Double(texts.count) / max(1e-9, latencies.values.reduce(0, +) / 1000),
      modelMegabytes: Double(model.size) / 1e6, features: model.features)
    print(try JSON.text(result))
  }

  private struct Quantiles: Encodable {
    var p50: Double
    var p95: Double
    var p99: Double
  }

  private struct Result: Encodable {
    var trainSeconds: Double
    var accuracy: Double
    var macroF1: Double
    var auroc: Double?
    var calibrationError: Double
    var oneMilliseconds: Quantiles
    var perSecond: Double
    var modelMegabytes: Double
    var features: Int

    private enum CodingKeys: String, CodingKey {
      case trainSeconds = "train_s"
      case accuracy, auroc, features
      case macroF1 = "macro_f1"
      case calibrationError = "calibration_error"
      case oneMilliseconds = "one_ms"
      case perSecond = "per_s"
      case modelMegabytes = "model_mb"
    }
  }

  private static func texts(_ path: String) throws -> [LabelledText] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    return lines.compactMap { line in
      line.firstIndex(of: "\t").map {
        LabelledText(text: String(line[line.index(after: $0)...]), label: String(line[..<$0]))
      }
    }
  }
}
