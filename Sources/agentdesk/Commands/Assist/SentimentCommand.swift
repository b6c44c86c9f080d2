import ArgumentParser
import Assist
import Configuration
import Domain

struct SentimentCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    .words("sentiment", "group.sentiment", subcommands: [SentimentEvaluate.self])
  }
}

/// Measures how well feeling is told: by what texts of the same kind teach, or by the words of the desk alone.
struct SentimentEvaluate: HeadlessCommand {
  static var configuration: CommandConfiguration { .words("evaluate", "sentiment.evaluate") }

  @OptionGroup var global: GlobalOptions
  @Option(help: .words("sentiment.train", value: "file"), completion: .file()) var train: String?
  @Option(help: .words("assist.test", value: "file"), completion: .file()) var test: String

  func perform(_ context: CommandContext) throws {
    let training = try train.map { try LabelledFile($0, context.output) }
    let texts = try LabelledFile(test, context.output)
    let rejected = (training?.rejected ?? 0) + texts.rejected
    var figures: [JSON.Pair]
    if let training {
      figures = try taught(training.texts, texts.texts)
    } else {
      figures = try byWords(texts.texts, context)
    }
    figures.append(JSON.Pair("rejected", JSON(rejected)))
    if context.output.isJSON {
      context.output.put(.object(figures))
    } else {
      for figure in figures { context.output.say("\(figure.key)\t\(figure.value)") }
    }
    try training?.finish()
    try texts.finish()
  }

  private func taught(_ training: [LabelledText], _ texts: [LabelledText]) throws -> [JSON.Pair] {
    let start = ContinuousClock.now
    let model = try SentimentTraining().model(from: training)
    let seconds = (ContinuousClock.now - start).seconds
    let measured = MeasuredAnswers(model, texts)
    let evaluation = Evaluation(measured.answers)
    return [
      JSON.Pair("accuracy", .real(evaluation.accuracy)), JSON.Pair("macro_f1", .real(evaluation.macroF1)),
      JSON.Pair("calibration_error", .real(evaluation.calibrationError)),
      JSON.Pair("train_seconds", .real(seconds)), JSON.Pair("p50_us", .real(measured.microseconds(0.5))),
      JSON.Pair("p99_us", .real(measured.microseconds(0.99))), JSON.Pair("train_texts", JSON(model.texts)),
      JSON.Pair("test_texts", JSON(texts.count)), JSON.Pair("labels", JSON(model.labels.count)),
    ]
  }

  private func byWords(_ texts: [LabelledText], _ context: CommandContext) throws -> [JSON.Pair] {
    let words = ReadingWords(try ResourceFolder(context.resources).loadWords())
    let sentiments = try texts.map { text in
      guard let sentiment = MoodSentiment.Label(text.label) else {
        throw CommandFailure.sentimentLabel(text.label)
      }
      return sentiment
    }
    let reader = MoodSentiment(words: words, hasNeutral: sentiments.contains(.neutral))
    var times: [Double] = []
    var answers: [(label: MoodSentiment.Label, given: MoodSentiment.Label)] = []
    var undecided = 0
    for (text, label) in zip(texts, sentiments) {
      let start = ContinuousClock.now
      let answer = reader.read(text.text)
      times.append((ContinuousClock.now - start).seconds * 1e6)
      if !answer.isDecided { undecided += 1 }
      answers.append((label, answer.label))
    }
    times.sort()
    func microseconds(_ part: Double) -> Double {
      times.isEmpty ? 0 : times[min(times.count - 1, Int(Double(times.count) * part))]
    }
    let figures = LabelFigures(answers)
    return [
      JSON.Pair("accuracy", .real(figures.accuracy)), JSON.Pair("macro_f1", .real(figures.macroF1)),
      JSON.Pair("undecided", JSON(undecided)), JSON.Pair("train_seconds", .null),
      JSON.Pair("p50_us", .real(microseconds(0.5))), JSON.Pair("p99_us", .real(microseconds(0.99))),
      JSON.Pair("test_texts", JSON(texts.count)), JSON.Pair("labels", JSON(Set(sentiments).count)),
    ]
  }
}
