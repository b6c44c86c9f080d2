import Configuration
import Domain
import Foundation
import TestSupport
import Testing

/// What cannot be meant in a diagnosis rule is a problem with its line.
@Suite struct RuleProblemTests {
  static let rule = """
    steps:
      - { id: look, name: { zh-Hans: 看, en: Look }, required: true, when: { finding: twice }, done_by: [bill, { field: period }] }
    diagnosis:
      - id: twice
        name: { zh-Hans: 重复, en: Twice }
        when:
          - find: bill_line
            as: first
            amount: { above: 0, below: 100 }
          - find: bill_line
            as: second
            title: { same_as: first.title }
            period: { is: first.period }
          - collect: bill
            as: usual
            at_least: 3
          - { check: second, amount: { above: usual.mean.total - 90% } }
          - { missing: order, as: gone, title: { same_as: first.title }, placed_on: { after: gone.placed_on - 1mo } }
        about: second
        says: { zh-Hans: "{second.title}", en: "{second.title}" }
        suggest: { refund: second, step: look, fields: { period: { from: second.period } } }

    """

  static func problems(replacing find: String, _ replacement: String) throws -> [ConfigurationProblem] {
    #expect(rule.contains(find))
    let folder = try TemporaryFolder(Smallest.files)
    let zone = Smallest.zone + "\n" + rule.replacingOccurrences(of: find, with: replacement)
    try folder.write("zones/billing.yaml", Data(zone.utf8))
    return ResourceFolder(folder.path).check()
  }

  @Test func `a rule that means something has no problem`() throws {
    #expect(try Self.problems(replacing: "id: twice", "id: twice").isEmpty)
  }

  static let mistakes: [(find: String, replace: String, line: Int, kind: RuleProblem)] = [
    (
      "- find: bill_line\n        as: first", "- look: bill_line\n        as: first", 19,
      .noVerb(known: ["find", "collect", "missing", "check"])
    ),
    ("        as: first", "        missing: bill\n        as: first", 20, .severalVerbs("missing")),
    ("first.title }", "frist.title }", 24, .unknownName("frist", known: ["first", "second", "today"])),
    ("as: second", "as: first", 23, .nameTaken("first")),
    (
      "title: { same_as: first.title }", "titel: { same_as: first.title }", 24,
      .unknownProperty(
        "titel", of: .billLine,
        known: ["title", "amount", "charged_on", "period", "bill", "paid", "catalogue", "refundable"])
    ),
    (
      "same_as: first.title", "above: 3", 24,
      .wrongComparison(
        "above", property: "title", .text,
        fitting: [
          "is", "is_not", "contains", "contains_not", "begins", "ends", "same_as", "mentions", "mentioned_in",
          "exists",
        ])
    ),
    (
      "{ is: first.period }", "{ is: first.amount }", 25, .notComparable(.month, with: .money, "first.amount")
    ),
    ("{ is: first.period }", "{ is: first.period - 30% }", 25, .cannotMove(.month, by: "30%")),
    ("{ is: first.period }", "{ is: first.period minus one }", 25, .notExpression("first.period minus one")),
    ("above: 0, below: 100", "above: 100, below: 100", 19, .nothingFits("amount")),
    (
      "usual.mean.total", "usual.total", 29,
      .collectionNeedsAggregate("usual", known: ["count", "sum", "mean", "newest", "oldest"])
    ),
    ("refund: second", "refund: usual", 33, .refundNeedsLine("usual", known: ["first", "second"])),
    (
      "    about: second", "    about: third", 31, .unknownName("third", known: ["first", "second", "usual"])
    ),
    ("as: usual", "as: other\n      - find: order\n        as: usual", 27, .unusedName("other")),
    (
      "- collect: bill",
      "- find: outage\n        as: cut\n      - find: message\n        text: { mentions: cut.services }\n      - collect: bill",
      29, .severalTexts("cut.services")
    ),
    (
      "- collect: bill", "- find: ticket\n        priority: { above: 30d }\n      - collect: bill", 27,
      .notExpression("30d")
    ),
    (
      "- collect: bill", "- find: ticket\n        priority: { is: 30% + 1 }\n      - collect: bill", 27,
      .notExpression("30% + 1")
    ),
    (
      "    says: { zh-Hans: \"{second", "    amount: gone.amount\n    says: { zh-Hans: \"{second", 32,
      .unknownName("gone", known: ["first", "second", "usual", "today"])
    ),
    (
      "says: { zh-Hans: \"{second", "says: { zh-Hans: \"{gone", 32,
      .unknownName("gone", known: ["first", "second", "usual", "today"])
    ),
    (
      "{ from: second.period }", "{ from: gone.title }", 33,
      .unknownName("gone", known: ["first", "second", "usual", "today"])
    ),
  ]

  @Test(arguments: mistakes.indices)
  func `a mistake in a rule is told with its line`(_ index: Int) throws {
    let mistake = Self.mistakes[index]
    let problems = try Self.problems(replacing: mistake.find, mistake.replace)
    let found = problems.filter { $0.kind == .rule(mistake.kind) && $0.line == mistake.line }
    #expect(!found.isEmpty, "\(problems)")
    for language in Language.allCases {
      let strings = StringCatalogue.load(language, resources: ResourcesTests.folder).strings
      for problem in found { #expect(!problem.sentence(in: strings).contains("configuration.")) }
    }
  }

  @Test(
    arguments: [
      ("step: look", "step: gone", ConfigurationProblem.Kind.unknown(.step, "billing/gone")),
      ("step: look", "template: gone", .unknown(.template, "gone")),
      ("step: look", "article: gone", .unknown(.article, "gone")),
      ("step: look", "offer: gone", .unknown(.offer, "gone")),
      ("fields: { period:", "fields: { perod:", .unknown(.field, "perod")),
      ("finding: twice", "finding: thrice", .unknown(.rule, "billing/thrice")),
      ("at_least: 3", "at_least: 0", .numberOutOfRange(low: 1, high: 10_000)),
      (
        "- find: bill_line\n        as: second", "- find: bil_line\n        as: second",
        .notOneOf("bil_line", allowed: RecordKind.allCases.map(\.rawValue))
      ),
      (
        "{second.title}\", en", "{secnd.title}\", en",
        .rule(.unknownName("secnd", known: ["first", "second", "usual", "today"]))
      ),
    ] as [(String, String, ConfigurationProblem.Kind)])
  func `names of other things are checked`(
    _ find: String, _ replace: String, _ kind: ConfigurationProblem.Kind
  )
    throws
  {
    let problems = try Self.problems(replacing: find, replace)
    #expect(problems.contains { $0.kind == kind }, "\(problems)")
  }

  @Test(
    arguments: [
      ("charged_on: { on_or_after: 2026-10, before: 2026-11-15 }", nil),
      ("charged_on: { on_or_before: 2026-10, after: 2026-10-30 }", nil),
      ("charged_on: { after: 2026-10, on_or_before: 2026-10-31 }", "charged_on"),
      ("charged_on: { on_or_after: 2026-11-01, before: 2026-11 }", "charged_on"),
      ("charged_on: { is: 2026-02, after: 2026-02-28 }", "charged_on"),
      ("charged_on: { is: 2028-02, after: 2028-02-28 }", nil),
      ("period: { on_or_after: 2026-10-20, before: 2026-11 }", nil),
      ("period: { after: 2026-10-20, before: 2026-11 }", "period"),
    ] as [(String, String?)])
  func `days and months bound each other as they are compared`(_ bounds: String, _ empty: String?) throws {
    let problems = try Self.problems(replacing: "amount: { above: 0, below: 100 }", bounds)
    #expect(problems.map(\.kind) == (empty.map { [.rule(.nothingFits($0))] } ?? []), "\(problems)")
  }

  @Test func `outages and offers are read, and what is wrong in them is told`() throws {
    let folder = try TemporaryFolder(Smallest.files)
    let outages = """
      outages:
        - id: cut
          areas: [{ city: 云州, places: 望江苑 }]
          services: [broadband]
          from: 2026-11-21 08:20
          until: 2026-11-21 12:00
          cause: { zh-Hans: 断纤, en: Fibre break }
      """
    let offers = """
      consent: { refused_by: [不接受营销] }
      offers:
        - id: data
          name: { zh-Hans: 流量, en: Data }
          text: { zh-Hans: 要吗, en: Want it? }
          when: { tags: [a], customer_for: 12mo, contract_ends_within: -30d, mean_bill: { at_least: 80 } }
          once_in: 90d
          tags: { declined: { add: [b] } }
      """
    try folder.write("outages.yaml", Data(outages.utf8))
    try folder.write("offers.yaml", Data(offers.utf8))
    let set = try ResourceFolder(folder.path).load()
    // By the clock of the calendars, wherever the folder is loaded.
    let begins = WallClock.china.moment(CivilDate("2026-11-21")!, secondOfDay: 8 * 3600 + 20 * 60)
    #expect(set.outages.first?.from == begins)
    #expect(set.outages.first?.areas == [Outage.Area(city: "云州", places: ["望江苑"])])
    #expect(set.offers.offers.first?.conditions.contractEndsWithinDays == -30)
    #expect(set.offers.offers.first?.addsTags[.declined] == ["b"])
    let wrong: [(String, String, String, String, Int, ConfigurationProblem.Kind)] = [
      ("outages.yaml", outages, "08:20", "8.20", 5, .invalidMoment("2026-11-21 8.20")),
      ("outages.yaml", outages, "12:00", "07:00", 6, .endsBeforeItBegins),
      (
        "outages.yaml", outages, "outages:", "time_zone: Asia/Nowhere\noutages:", 1,
        .unknownTimeZone("Asia/Nowhere")
      ),
      ("outages.yaml", outages, "[{ city: 云州, places: 望江苑 }]", "[{}]", 3, .missingKey("city")),
      ("offers.yaml", offers, "12mo", "a year", 6, .invalidCount("a year", example: "12mo")),
      (
        "offers.yaml", offers, "declined", "refused", 8,
        .notOneOf("refused", allowed: ["accepted", "declined", "later"])
      ),
      (
        "offers.yaml", offers, "{ at_least: 80 }", "{ at_least: 80, at_most: 20 }", 6,
        .rule(.nothingFits("mean_bill"))
      ),
    ]
    for (file, text, find, replacement, line, kind) in wrong {
      try folder.write("outages.yaml", Data(outages.utf8))
      try folder.write("offers.yaml", Data(offers.utf8))
      try folder.write(file, Data(text.replacingOccurrences(of: find, with: replacement).utf8))
      let problems = ResourceFolder(folder.path).check()
      #expect(problems.contains { $0.file == file && $0.line == line && $0.kind == kind }, "\(problems)")
    }
  }

  @Test func `outages are told by the clock that their file names, where calendars have more than one`()
    throws
  {
    let folder = try TemporaryFolder(Smallest.files)
    let outages = """
      outages:
        - { id: cut, areas: [{ city: 云州 }], services: [tv], from: 2026-07-01 08:20, cause: { zh-Hans: 断, en: Cut } }
      """
    let other = Smallest.calendar.replacingOccurrences(of: "id: office", with: "id: abroad")
      .replacingOccurrences(of: "Asia/Shanghai", with: "America/New_York")
    try folder.write("calendars/abroad.yaml", Data(other.utf8))
    try folder.write("outages.yaml", Data(outages.utf8))
    let problems = ResourceFolder(folder.path).check()
    #expect(problems.map(\.kind) == [.missingKey("time_zone")] && problems.first?.file == "outages.yaml")
    try folder.write("outages.yaml", Data(("time_zone: America/New_York\n" + outages).utf8))
    // Daylight saving time: four hours behind UTC.
    let begins = WallClock.utc.moment(CivilDate("2026-07-01")!, secondOfDay: 12 * 3600 + 20 * 60)
    #expect(try ResourceFolder(folder.path).load().outages.map(\.from) == [begins])
  }
}
