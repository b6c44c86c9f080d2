import Domain

/// One round of learning from closed tickets: a candidate is trained on the older closes and measured on the newest ones,
/// beside the model that desks read with now, which has not seen those either. What was measured is what is adopted.
package struct LearningRound {
  package struct Options: Hashable, Sendable {
    /// Fewer closes teach nothing.
    package var fewest = 100
    /// The newest closes that are looked at.
    package var most = 20_000
    /// Whether labels are compared between people; not where a program gave them all.
    package var comparesPeople = true
    /// The part that is held back, and its bounds.
    var heldBack = 0.2
    var fewestHeld = 20
    var mostHeld = 2000

    package init() {}
  }

  package enum Outcome: Sendable {
    /// Nothing was tried: it needs so many closes more.
    case tooFew(have: Int, needed: Int)
    /// The present model knows every close that would be learned from.
    case nothingNew
    case adopted(LearnedModel.Attempt, [Trained])
    case refused(LearnedModel.Attempt)
  }

  /// The bytes of a file of the attempt.
  package struct Trained: Sendable {
    package var use: LearnedModel.File.Use
    package var bytes: [UInt8]
  }

  /// It is worse where a model as good as the present one would lose so many texts less often than this.
  private static let surely = 0.1
  /// In one category, divided by how many are looked at.
  private static let surelyInOne = 0.05
  /// Less than this many texts of a category decide nothing about it.
  private static let fewestInOne = 5
  /// However few texts there are, so many points less are too many.
  private static let mostLost = 0.02

  private let tickets: [ClosedTicket]
  private let present: (model: LearnedModel, reading: ReadingModels)?
  private let options: Options
  /// SHA-256 in hexadecimal digits.
  private let digest: ([UInt8]) -> String

  /// - Parameters:
  ///   - tickets: closed ones, in any order.
  ///   - categories: the tree; tickets of categories that are no leaf of it any more teach nothing.
  ///   - present: what desks read with now, without a reading where its files are broken; nil while there is nothing.
  package init(
    _ tickets: [ClosedTicket], categories: [Domain.Category],
    present: (model: LearnedModel, reading: ReadingModels)?, options: Options = Options(),
    digest: @escaping ([UInt8]) -> String
  ) {
    let leaves = Set(categories.filter { $0.zone != nil }.map(\.id))
    self.tickets = Array(
      tickets.filter { leaves.contains($0.category) }
        .sorted { ($0.closedAt, $0.id.text) < ($1.closedAt, $1.id.text) }.suffix(options.most))
    self.present = present
    self.options = options
    self.digest = digest
  }

  /// - Throws: `ModelTraining.Problem` where there is nothing to tell apart.
  package func run() throws -> Outcome {
    guard tickets.count >= options.fewest else {
      return .tooFew(have: tickets.count, needed: options.fewest)
    }
    let border = border
    let newest = tickets.count - border
    guard newest >= options.fewestHeld, border >= options.fewestHeld else {
      return .tooFew(have: newest, needed: options.fewestHeld)
    }
    if let until = present?.model.current?.attempt.learnedUntil, present?.reading.category != nil,
      tickets[border - 1].closedAt <= until
    {
      return .nothingNew
    }
    let texts = tickets.map { LabelledText(text: TicketText($0).text, label: $0.category.text) }
    let guarded = try LabelGuard(
      tickets, texts: texts, newest: newest, comparesPeople: options.comparesPeople)
    let kept = (0..<border).filter { guarded.weights[$0] > 0 }
    let held = (border..<tickets.count).filter { guarded.weights[$0] > 0 }
    let category = try ModelTraining.learned.model(
      from: kept.map { texts[$0] }, weights: kept.map { guarded.weights[$0] })
    let answers = held.map { (texts[$0].label, category.answer(texts[$0].text)) }
    let before = present?.reading.category.map { model in held.map { model.label(of: texts[$0].text) } }
    let measured = Measured(answers, before: before)
    let (verdict, isBetter) = Self.verdict(measured, answers.map(\.0))
    var trained = [Trained(use: .category, bytes: category.bytes)]
    var findings = [verdict] + guarded.findings
    if isBetter {
      let (priority, finding) = try priority(kept: kept, held: held, texts)
      if let priority { trained.append(Trained(use: .priority, bytes: priority.bytes)) }
      findings.append(finding)
    }
    let attempt = LearnedModel.Attempt(
      basedOn: present?.model.version ?? 0,
      files: trained.map {
        LearnedModel.File(use: $0.use, digest: digest($0.bytes), byteCount: Int64($0.bytes.count))
      },
      texts: Int64(kept.count), labels: Int64(category.labels.count),
      learnedUntil: tickets[border - 1].closedAt, figures: measured.figures,
      findings: Array(findings.prefix(30)))
    return isBetter ? .adopted(attempt, trained) : .refused(attempt)
  }

  /// The first close that is held back: neither model may have seen it.
  private var border: Int {
    let count = min(
      options.mostHeld, max(options.fewestHeld, Int(Double(tickets.count) * options.heldBack)))
    var border = max(0, tickets.count - count)
    if let until = present?.model.current?.attempt.learnedUntil {
      while border < tickets.count, tickets[border].closedAt <= until { border += 1 }
    }
    return border
  }

  // MARK: - Verdict

  private struct Measured {
    var figures: LearnedModel.Figures
    /// Nil where there was no model before.
    var comparison: PairedComparison?
    var byLabel: [String: PairedComparison] = [:]

    init(_ answers: [(label: String, answer: TextModel.Answer)], before: [String]?) {
      let evaluation = Evaluation(answers)
      let right = answers.count { $0.label == $0.answer.label }
      var rightBefore: Int64?
      if let before {
        var whole = PairedComparison()
        rightBefore = 0
        for (answer, old) in zip(answers, before) {
          let (isRight, wasRight) = (answer.label == answer.answer.label, answer.label == old)
          rightBefore? += wasRight ? 1 : 0
          guard isRight != wasRight else { continue }
          if isRight { whole.won += 1 } else { whole.lost += 1 }
          if isRight {
            byLabel[answer.label, default: PairedComparison()].won += 1
          } else {
            byLabel[answer.label, default: PairedComparison()].lost += 1
          }
        }
        comparison = whole
      }
      figures = LearnedModel.Figures(
        texts: Int64(answers.count), right: Int64(right), rightBefore: rightBefore,
        macroF1: evaluation.macroF1, calibrationError: evaluation.calibrationError)
    }
  }

  private static func verdict(_ measured: Measured, _ labels: [String]) -> (LearnedModel.Finding, Bool) {
    let figures = measured.figures
    let after = point(figures.accuracy)
    guard let comparison = measured.comparison, let before = figures.accuracyBefore else {
      let most = Dictionary(grouping: labels, by: \.self).values.map(\.count).max() ?? 0
      let guess = Double(most) / Double(max(1, labels.count))
      let isBetter = PairedComparison.least(Int(figures.right), of: Int(figures.texts)) > guess
      return (
        LearnedModel.Finding(
          isBetter ? "first" : "guessing", ["after": after, "before": point(guess)]), isBetter
      )
    }
    let values = [
      "before": point(before), "after": after, "won": String(comparison.won),
      "lost": String(comparison.lost), "percent": point(comparison.chanceOfLosing),
    ]
    if comparison.lost > comparison.won,
      comparison.chanceOfLosing < surely || figures.accuracy < before - mostLost
    {
      return (LearnedModel.Finding("worse", values), false)
    }
    let suspects = measured.byLabel.filter { $0.value.won + $0.value.lost >= fewestInOne }
    let worst = suspects.min { ($0.value.chanceOfLosing, $0.key) < ($1.value.chanceOfLosing, $1.key) }
    if let worst, worst.value.chanceOfLosing < surelyInOne / Double(suspects.count) {
      return (
        LearnedModel.Finding(
          "worseIn",
          [
            "label": worst.key, "won": String(worst.value.won), "lost": String(worst.value.lost),
            "before": point(before), "after": after,
          ]), false
      )
    }
    return (LearnedModel.Finding("better", values), true)
  }

  /// A share as a percentage with one decimal.
  private static func point(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  // MARK: - Priority

  /// A second model for the priority that people set; nil where it is no better than always saying the most frequent one.
  private func priority(kept: [Int], held: [Int], _ texts: [LabelledText]) throws -> (
    TextModel?, LearnedModel.Finding
  ) {
    let labelled = texts.indices.map {
      LabelledText(text: texts[$0].text, label: tickets[$0].priority.label)
    }
    let none = LearnedModel.Finding("noPriority")
    let counts = Dictionary(grouping: kept, by: { labelled[$0].label }).mapValues(\.count)
    guard counts.count > 1, let usual = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key
    else { return (nil, none) }
    let model = try ModelTraining.learned.model(from: kept.map { labelled[$0] })
    var comparison = PairedComparison()
    var right = 0
    for index in held {
      let label = labelled[index].label
      let isRight = model.label(of: labelled[index].text) == label
      if isRight { right += 1 }
      if isRight != (label == usual) {
        if isRight { comparison.won += 1 } else { comparison.lost += 1 }
      }
    }
    let chance = PairedComparison.tail(
      atLeast: comparison.won, of: comparison.won + comparison.lost, each: 0.5)
    guard comparison.won > comparison.lost, chance < 0.05 else { return (nil, none) }
    return (
      model,
      LearnedModel.Finding(
        "priority", ["after": Self.point(Double(right) / Double(max(1, held.count)))])
    )
  }
}

extension TicketText {
  package init(_ ticket: ClosedTicket) {
    self.init(subject: ticket.subject, messages: ticket.messages.enumerated().map { ($0, $1) })
  }
}
