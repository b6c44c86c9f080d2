/// What is on record of a customer, in clear, for comparing and for nothing else: it answers yes or no and is never shown,
/// written or sent.
package struct VerificationRecord: Sendable {
  private let names: [String]
  private let addresses: [String]
  private let identities: [Identity]
  private let lastBill: Money?

  /// - Parameters:
  ///   - customers: the customer and the records merged into them.
  ///   - lastBill: the total of the newest bill; nil where there is none.
  package init(customers: [Customer], identities: [Identity], lastBill: Money?) {
    names = customers.map(\.name)
    addresses = customers.map(\.address)
    self.identities = identities
    self.lastBill = lastBill
  }

  /// Whether `answer` says what is on record. Where nothing is on record it is false, as a wrong answer is: from outside the
  /// two must look the same.
  package func matches(_ answer: String, to question: VerificationQuestion) -> Bool {
    guard !answer.isEmpty, answer.utf8.count <= 1000 else { return false }
    switch question {
    case .name:
      let said = SpokenForm.letters(answer)
      return !said.isEmpty && names.contains { SpokenForm.letters($0) == said }
    case .idCard:
      let said = SpokenForm.digits(answer)
      return identities.contains { identity in
        identity.kind == .idCard && identity.normalized.utf8.count >= 4
          && (said == identity.normalized || said.utf8.count == 4 && identity.normalized.hasSuffix(said))
      }
    case .phone:
      let said = Identity.normalize(SpokenForm.digits(answer), kind: .phone)
      return said.utf8.count >= 5
        && identities.contains { $0.kind == .phone && $0.normalized == said }
    case .address:
      return addresses.contains { Self.isAddress(answer, $0) }
    case .lastBill:
      return lastBill.map { SpokenForm.money(answer) == $0 } ?? false
    }
  }

  /// Province, city, district and town may be left out, as people do; what stands behind them may not.
  private static func isAddress(_ answer: String, _ record: String) -> Bool {
    let said = SpokenForm.numbers(SpokenForm.letters(answer))
    let known = SpokenForm.numbers(SpokenForm.letters(record))
    guard !said.isEmpty, !known.isEmpty else { return false }
    if said == known { return true }
    guard said.contains(where: \.isNumber), said.count >= 4 else { return false }
    return AdministrativeParts.suffixes(of: known).contains { $0 == said[...] }
  }
}
