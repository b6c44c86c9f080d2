import Domain
import Yams

extension ResourceReader {
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
