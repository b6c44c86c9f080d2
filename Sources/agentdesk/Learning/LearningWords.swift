import Domain

/// What became of an attempt to learn, in sentences and as JSON.
struct LearningWords {
  let strings: StringCatalogue

  init(_ strings: StringCatalogue) { self.strings = strings }

  func sentence(_ finding: LearnedModel.Finding) -> String {
    strings("reason.learning.\(finding.key)", values: finding.values)
  }

  /// On one line: adopted as which version, or not, and why.
  func sentence(_ event: LearnedModel.Event) -> String {
    let why = event.attempt.findings.first.map(sentence) ?? ""
    if let version = event.version {
      return strings("cli.assist.adopted", ["version": version, "why": why])
    }
    return strings("cli.assist.refused", ["why": why])
  }

  func lines(_ attempt: LearnedModel.Attempt) -> [String] {
    let figures = attempt.figures
    return [
      strings(
        "cli.assist.figures",
        [
          "texts": attempt.texts, "labels": attempt.labels, "held": figures.texts,
          "right": figures.right,
        ])
    ] + attempt.findings.map { "- " + sentence($0) }
  }
}

/// The same with both languages, for programs.
struct LearningJSON {
  /// Chinese and English.
  let words: [LearningWords]

  init(_ context: CommandContext) {
    words = Language.allCases.map {
      LearningWords(
        $0 == context.language
          ? context.strings : CatalogueShelf(resources: context.resources)[$0])
    }
  }

  func pairs(_ attempt: LearnedModel.Attempt) -> [JSON.Pair] {
    let figures = attempt.figures
    return [
      JSON.Pair("based_on", JSON(attempt.basedOn)), JSON.Pair("texts", JSON(attempt.texts)),
      JSON.Pair("labels", JSON(attempt.labels)),
      JSON.Pair("learned_until", Moments.json(attempt.learnedUntil)),
      JSON.Pair("held_out", JSON(figures.texts)), JSON.Pair("right", JSON(figures.right)),
      JSON.Pair("accuracy", .real(figures.accuracy)),
      JSON.Pair("accuracy_before", figures.accuracyBefore.map(JSON.real) ?? .null),
      JSON.Pair("macro_f1", .real(figures.macroF1)),
      JSON.Pair("calibration_error", .real(figures.calibrationError)),
      JSON.Pair(
        "files",
        .array(
          attempt.files.map {
            ["use": .text($0.use.rawValue), "digest": .text($0.digest), "bytes": JSON($0.byteCount)]
          })),
      JSON.Pair("reasons", .array(attempt.findings.map(reason))),
    ]
  }

  func pairs(_ event: LearnedModel.Event) -> [JSON.Pair] {
    [
      JSON.Pair("version", JSON(event.version)), JSON.Pair("adopted", JSON(event.version != nil)),
      JSON.Pair("at", Moments.json(event.at)), JSON.Pair("by", .text(event.by.text)),
    ] + pairs(event.attempt)
  }

  private func reason(_ finding: LearnedModel.Finding) -> JSON {
    .object(
      [
        JSON.Pair("key", .text(finding.key)),
        JSON.Pair(
          "values",
          .object(finding.values.sorted { $0.key < $1.key }.map { JSON.Pair($0.key, .text($0.value)) })),
      ]
        + words.map { JSON.Pair($0.strings.language.rawValue, .text($0.sentence(finding))) })
  }
}
