import Assist
import Domain
import Testing

/// Rules whose parts do not fit each other, as one that was written for the form of another zone: no reader of files has checked
/// what an older store holds.
@Suite struct RuleTypeTests {
  private func rule(_ conditions: [DiagnosisRule.Condition], of record: RecordKind = .form) -> DiagnosisRule {
    DiagnosisRule(
      id: "r", name: LocalizedText(chinese: "规则", english: "Rule"),
      says: LocalizedText(chinese: "{form.x}", english: "{form.x}"),
      patterns: [
        .init(record: .form, name: "form", conditions: record == .form ? conditions : []),
        .init(record: .message, name: "message", conditions: record == .message ? conditions : []),
      ], about: "message", amount: .init(.reference(.init("form", "x"))))
  }

  private func findings(_ rule: DiagnosisRule, _ kind: FormField.Kind, _ value: String) -> [Finding] {
    var zone = ReadingSupport.set.zones[0]
    zone.fields = [
      FormField(id: "x", name: LocalizedText(chinese: "项", english: "Item"), kind: kind, isRequired: false)
    ]
    let ticket = ReadingSupport.ticket { $0.fields["x"] = value }
    return Diagnosis.findings(
      ReadingSupport.input(["> 38.00 abc"], ticket: ticket, zone: zone), rules: [rule])
  }

  private static let values: [(FormField.Kind, String)] = [
    (.money, "38.00"), (.money, "-0.01"), (.date, "2026-11-18"), (.text, "abc"),
  ]

  @Test(arguments: values.indices)
  func `a text that is wanted of something else fits nothing`(_ index: Int) {
    let (kind, value) = Self.values[index]
    let comparisons: [DiagnosisRule.Comparison] = [
      .is, .isNot, .contains, .containsNot, .begins, .ends,
    ]
    for comparison in comparisons {
      let found = findings(rule([.init("x", comparison, .texts(["abc"]))]), kind, value)
      let fits = comparison != .isNot && comparison != .containsNot
      #expect(found.count == (kind == .text && fits ? 1 : 0), "\(comparison)")
    }
  }

  @Test(arguments: values.indices)
  func `what is no text is mentioned nowhere`(_ index: Int) {
    let (kind, value) = Self.values[index]
    let other = DiagnosisRule.Operand.expression(.init(.reference(.init("form", "x"))))
    #expect(
      findings(rule([.init("text", .mentions, other)], of: .message), kind, value).count
        == (kind == .text ? 1 : 0))
    #expect(findings(rule([.init("text", .sameAs, other)], of: .message), kind, value).isEmpty)
    #expect(findings(rule([.init("text", .mentionedIn, other)], of: .message), kind, value).isEmpty)
  }

  @Test func `a text is neither moved nor an amount`() throws {
    var moved = rule([])
    moved.amount = .init(.reference(.init("form", "x")), .percent(30))
    let finding = try #require(findings(moved, .text, "abc").first)
    #expect(finding.amount == nil && finding.says.chinese == "abc")
    #expect(try #require(findings(rule([]), .text, "abc").first).amount == nil)
    #expect(try #require(findings(moved, .money, "10.00").first).amount == Money(cents: 1300))
  }

  @Test func `a long text that is looked for in many rows stops the rule, not the desk`() throws {
    let bill = Bill(
      id: "b", number: "B1", customer: "c", period: "2026-10",
      lines: (0..<4000).map {
        Bill.Line(
          title: "title \($0)", amount: Money(cents: 1), chargedOn: CivilDate(year: 2026, month: 10, day: 3)!)
      })
    let rule = DiagnosisRule(
      id: "r", name: LocalizedText(chinese: "规则", english: "Rule"),
      patterns: [
        .init(record: .message, name: "message"),
        .init(
          record: .billLine, name: "line",
          conditions: [
            .init("title", .mentionedIn, .expression(.init(.reference(.init("message", "text")))))
          ]),
      ], about: "line")
    func stop(_ text: String) throws -> String? {
      let input = ReadingSupport.input(
        ["> " + text], zone: ReadingSupport.set.zones[0],
        customer: ReadingSupport.customer { $0.bills = [bill] })
      return try #require(Diagnosis.explanations(input, rules: [rule]).first).stop?.reason.key
    }
    #expect(try stop(String(repeating: "没有。", count: 200)) == "diagnosis.nothingFits")
    #expect(try stop(String(repeating: "没有。", count: 20_000)) == "diagnosis.tooMuch")
  }
}
