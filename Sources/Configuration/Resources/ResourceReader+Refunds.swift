import Domain
import Yams

extension ResourceReader {
  /// `refunds.yaml`: who may pay back how much.
  mutating func readRefunds() {
    guard let file = yaml("refunds.yaml", isRequired: false),
      let fields = file.reading.fields(file.root, keys: ["withdraw_within", "paid_within_days", "limits"])
    else { return }
    let reading = file.reading
    let seconds = fields.required("withdraw_within").flatMap(reading.duration)
    let days = fields.required("paid_within_days").flatMap { reading.number($0, in: 0...90) }
    var limits: [Role: RefundRules.Limit] = [:]
    for pair in fields.required("limits").map(reading.pairs) ?? [] {
      guard let role = reading.oneOf(pair.keyNode, Role.self),
        let values = reading.fields(pair.value, keys: ["once", "day"])
      else { continue }
      let once = values.required("once").flatMap(reading.limit)
      let day = values.required("day").flatMap(reading.limit)
      guard let once, let day else { continue }
      if once > day, let node = values.values["day"] { reading.add(.invalidValue(day.description), at: node) }
      limits[role] = RefundRules.Limit(refund: once, day: day)
    }
    if let seconds, let days {
      set.refunds = RefundRules(limits: limits, withdrawSeconds: seconds, paymentDays: days)
    }
  }

  /// The section `verification:` of a zone.
  func verification(_ node: Node, _ reading: Reading) -> Zone.Verification? {
    guard let fields = reading.fields(node, keys: ["questions", "needed", "attempts", "gates"]) else {
      return nil
    }
    var questions: [VerificationQuestion] = []
    for item in fields.requiredItems("questions") {
      guard let question = reading.oneOf(item, VerificationQuestion.self) else { continue }
      if questions.contains(question) { reading.add(.duplicateKey(question.rawValue), at: item) }
      questions.append(question)
    }
    // More than there are questions could never be passed.
    let needed = fields.required("needed").flatMap { reading.number($0, in: 1...max(1, questions.count)) }
    let attempts = fields.required("attempts").flatMap { reading.number($0, in: 1...10) }
    let gates = fields.requiredItems("gates").compactMap { reading.oneOf($0, Zone.Verification.Gate.self) }
    guard let needed, let attempts else { return nil }
    return Zone.Verification(questions: questions, needed: needed, attempts: attempts, gates: gates)
  }
}

extension Reading {
  /// An amount in yuan that is not negative.
  fileprivate func limit(_ node: Node) -> Money? {
    guard let text = text(node) else { return nil }
    guard let money = Money(text), money.cents >= 0 else {
      add(.invalidValue(shortened(text)), at: node)
      return nil
    }
    return money
  }
}
