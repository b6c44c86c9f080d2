import Configuration
import Domain
import Foundation
import TestSupport
import Testing

/// A rule that a zone takes over from another one.
@Suite struct BorrowedRuleTests {
  @Test func `a zone may use the rule of another one, and not one that is not there`() throws {
    let folder = try TemporaryFolder(Smallest.files)
    try folder.write("zones/billing.yaml", Data((Smallest.zone + "\n" + RuleProblemTests.rule).utf8))
    let second = Smallest.zone.replacingOccurrences(of: "id: billing", with: "id: care")
    try folder.write("zones/care.yaml", Data((second + "\ndiagnosis:\n  - use: billing/twice\n").utf8))
    let set = try ResourceFolder(folder.path).load()
    let borrowed = try #require(set.zones.first { $0.id == "care" }?.diagnosis.first)
    #expect(borrowed.id == "twice" && borrowed.suggestion.refund != nil && borrowed.suggestion.step == nil)
    try folder.write("zones/care.yaml", Data((second + "\ndiagnosis:\n  - use: billing/thrice\n").utf8))
    let problems = ResourceFolder(folder.path).check()
    #expect(problems.map(\.kind) == [.unknown(.rule, "billing/thrice")], "\(problems)")
  }

  /// A zone with one more field in its form.
  private func zone(_ id: String, field: String?, then diagnosis: String) -> Data {
    var text = Smallest.zone.replacingOccurrences(of: "id: billing", with: "id: \(id)")
    if let field {
      text = text.replacingOccurrences(
        of: "dispositions:",
        with: "  - { id: plan, name: { zh-Hans: 项, en: Item }, \(field) }\ndispositions:")
    }
    return Data((text + "\ndiagnosis:\n" + diagnosis).utf8)
  }

  private static let choice =
    "type: choice, choices: [{ id: one, name: { zh-Hans: 一, en: One } }, { id: two, name: { zh-Hans: 二, en: Two } }]"
  private static let otherChoice = choice.replacingOccurrences(of: "id: two", with: "id: three")

  static let forms: [(lender: String, when: String, borrower: String?, problems: [RuleProblem])] = [
    ("type: text", "plan: abc", "type: text", []),
    ("type: text", "plan: abc", "type: money", [.borrowedFieldDiffers("plan", .text, found: .money)]),
    ("type: text", "plan: abc", nil, [.borrowedFieldMissing("plan", .text)]),
    (
      "type: date", "plan: { before: today }", "type: text",
      [.borrowedFieldDiffers("plan", .date, found: .text)]
    ),
    (
      "type: text", "as: f\n      - find: message\n        text: { mentions: f.plan }", "type: money",
      [.borrowedFieldDiffers("plan", .text, found: .money)]
    ),
    (
      "type: money", "plan: { exists: true }\n    amount: form.plan", nil,
      [.borrowedFieldMissing("plan", .money)]
    ),
    (
      "type: money", "period: a\n    says: { zh-Hans: \"{form.plan}\", en: Is }", "type: date",
      [.borrowedFieldDiffers("plan", .money, found: .date)]
    ),
    (choice, "plan: one", otherChoice, []),
    (choice, "plan: [one, two]", otherChoice, [.borrowedChoiceMissing("two", field: "plan")]),
  ]

  @Test(arguments: forms.indices)
  func `what it asks of the form has to be the same in the zone that uses it`(_ index: Int) throws {
    let form = Self.forms[index]
    let folder = try TemporaryFolder(Smallest.files)
    let rule = """
        - id: lent
          name: { zh-Hans: 借出, en: Lent }
          when:
            - find: form
              \(form.when)

      """
    try folder.write("zones/billing.yaml", zone("billing", field: form.lender, then: rule))
    try folder.write("zones/care.yaml", zone("care", field: form.borrower, then: "  - use: billing/lent\n"))
    let problems = ResourceFolder(folder.path).check()
    #expect(problems.map(\.kind) == form.problems.map { .rule($0) }, "\(problems)")
    for problem in problems {
      #expect(problem.file == "zones/care.yaml" && problem.line == (form.borrower == nil ? 14 : 15))
      for language in Language.allCases {
        let strings = StringCatalogue.load(language, resources: ResourcesTests.folder).strings
        #expect(!problem.sentence(in: strings).contains("configuration."))
      }
    }
  }

  /// Zones are read in the order of their names: the answer must not depend on it.
  @Test(arguments: ["aid", "zest"])
  func `it cannot be taken over from a zone that has it from another one itself`(_ id: String) throws {
    let folder = try TemporaryFolder(Smallest.files)
    try folder.write("zones/billing.yaml", Data((Smallest.zone + "\n" + RuleProblemTests.rule).utf8))
    try folder.write("zones/care.yaml", zone("care", field: nil, then: "  - use: billing/twice\n"))
    try folder.write("zones/\(id).yaml", zone(id, field: nil, then: "  - use: care/twice\n"))
    let problems = ResourceFolder(folder.path).check()
    #expect(
      problems.map(\.kind) == [.rule(.borrowsBorrowed("care/twice", from: "billing/twice"))], "\(problems)")
    #expect(problems.first?.file == "zones/\(id).yaml")
  }
}
