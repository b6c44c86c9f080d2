import Configuration
import Domain
import Foundation
import TestSupport
import Testing

/// What cannot be meant in macros.yaml is a problem with its line.
@Suite struct MacroProblemTests {
  private static let macro = """
    macros:
      - id: wait
        name: { zh-Hans: 等, en: Wait }
        key: Alt-7
        zones: [billing]
        fields: { period: 2026-10 }
        category: bill/wrong
        priority: urgent
        add_tags: [等凭证]
        note: { zh-Hans: "账期 {{fields.period}}", en: "Period {{fields.period}}" }
        hold: { reason: { zh-Hans: 等, en: Waiting }, for: 24h }
        transfer: { team: care, note: { zh-Hans: 转, en: Over } }
        close: closed

    """

  private static func checked(_ text: String) throws -> (
    problems: [ConfigurationProblem], set: ConfigurationSet?
  ) {
    let folder = try TemporaryFolder(Smallest.files)
    try folder.write("macros.yaml", Data(text.utf8))
    let reading = ResourceFolder(folder.path)
    return (reading.check(), try? reading.load())
  }

  @Test func `a macro that means something is read`() throws {
    let (problems, set) = try Self.checked(Self.macro)
    #expect(problems.isEmpty, "\(problems)")
    let macro = try #require(set?.macros.first)
    #expect(macro.id == "wait" && macro.key == "Alt-7" && macro.zones == ["billing"])
    #expect(macro.fields == ["period": "2026-10"] && macro.category == "bill/wrong")
    #expect(macro.priority == .urgent && macro.addTags == ["等凭证"] && macro.close == "closed")
    #expect(macro.hold?.minutes == 24 * 60 && macro.transfer?.team == "care")
    #expect(macro.note?.english == "Period {{fields.period}}")
  }

  @Test(
    arguments: [
      ("zones: [billing]", "zones: [biling]", 5, .unknown(.zone, "biling")),
      ("{ period: 2026-10 }", "{ perod: 2026-10 }", 6, .unknown(.field, "perod")),
      ("category: bill/wrong", "category: bill/gone", 7, .unknown(.category, "bill/gone")),
      // A branch of the tree closes nothing.
      ("category: bill/wrong", "category: bill", 7, .unknown(.category, "bill")),
      (
        "priority: urgent", "priority: soon", 8,
        .notOneOf("soon", allowed: Ticket.Priority.allCases.map { "\($0)" })
      ),
      ("add_tags: [等凭证]", "steps: [look]", 9, .unknown(.step, "look")),
      (
        "en: \"Period {{fields.period}}\"", "en: \"Period {{fields.perod}}\"", 10,
        .unknownSlot("fields.perod")
      ),
      ("for: 24h", "for: soon", 11, .invalidDuration("soon")),
      ("team: care", "team: gone", 12, .unknown(.team, "gone")),
      ("{ team: care, note:", "{ note:", 12, .missingKey("zone")),
      ("close: closed", "close: gone", 13, .unknown(.template, "gone")),
      ("id: wait", "id: Wait a bit", 2, .invalidIdentifier("Wait a bit")),
      (", en: Wait }", " }", 3, .missingLanguage(.english)),
    ] as [(String, String, Int, ConfigurationProblem.Kind)])
  func `every mistake is told with its line`(
    _ find: String, _ replace: String, _ line: Int, _ kind: ConfigurationProblem.Kind
  ) throws {
    try #require(Self.macro.contains(find))
    let problems = try Self.checked(Self.macro.replacingOccurrences(of: find, with: replace)).problems
    let problem = try #require(problems.first { $0.kind == kind }, "\(problems)")
    #expect(problem.line == line && problem.file == "macros.yaml")
  }

  @Test func `a key that means nothing here is told with those that do`() throws {
    let problems = try Self.checked(Self.macro.replacingOccurrences(of: "priority:", with: "prority:"))
      .problems
    let isTold = problems.contains { problem in
      if case .unknownKey("prority", let known) = problem.kind { known.contains("priority") } else { false }
    }
    #expect(isTold, "\(problems)")
  }

  @Test func `a macro that does nothing, and a second one of the same name, are told`() throws {
    let empty = "macros:\n  - { id: nothing, name: { zh-Hans: 无, en: None } }\n"
    #expect(try Self.checked(empty).problems.map(\.kind) == [.listEmpty("nothing")])
    let twice = Self.macro + Self.macro.replacingOccurrences(of: "macros:\n", with: "")
    #expect(try Self.checked(twice).problems.map(\.kind).contains(.duplicateKey("wait")))
  }

  @Test(arguments: ["", "macros:", "macros: 3", "macros: [1, [], {}]", "- x", "macros:\n  - id: [", "\u{0}"])
  func `nonsense is told and never crashes`(_ text: String) throws {
    #expect(try !Self.checked(text).problems.isEmpty)
  }
}
