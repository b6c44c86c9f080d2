import Configuration
import Domain
import Foundation
import TestSupport
import Testing

/// One mistake in an otherwise good folder, and what must be said about it.
struct Mistake: CustomTestStringConvertible, Sendable {
  var file: String
  var find: String
  var replace: String
  var line: Int?
  var kind: ConfigurationProblem.Kind
  /// Where the problem is shown when that is not the changed file.
  var shownIn: String?

  var testDescription: String { "\(file): \(kind)" }
}

@Suite struct ProblemTests {
  static let zone = "zones/billing.yaml"
  static let templates = "templates/billing.yaml"
  static let calendar = "calendars/office.yaml"
  static let article = "knowledge/zh-Hans/rules.md"

  static let mistakes: [Mistake] = [
    Mistake(
      file: zone, find: "skill: billing", replace: "skil: billing", line: 3,
      kind: .unknownKey(
        "skil",
        known: [
          "id", "name", "skill", "calendar", "time_limits", "pause", "service_level", "fields", "steps",
          "dispositions", "diagnosis", "open_steps", "assistance", "verification", "language",
        ])),
    Mistake(file: zone, find: "calendar: office\n", replace: "", line: 1, kind: .missingKey("calendar")),
    Mistake(
      file: zone, find: "calendar: office", replace: "calendar: mars", line: 4,
      kind: .unknown(.calendar, "mars")),
    Mistake(
      file: zone, find: "id: billing\n", replace: "id: billings\n", line: 1,
      kind: .identifierIsNotFileName("billings", expected: "billing")),
    Mistake(
      file: zone, find: "skill: billing", replace: "skill: Billing!", line: 3,
      kind: .invalidIdentifier("Billing!")),
    Mistake(file: zone, find: "20m", replace: "20 min", line: 5, kind: .invalidDuration("20 min")),
    Mistake(file: zone, find: "20m", replace: "-3m", line: 5, kind: .invalidDuration("-3m")),
    Mistake(
      file: zone, find: "20m", replace: "999999999999999999d", line: 5,
      kind: .invalidDuration("999999999999999999d")),
    Mistake(file: zone, find: ", en: Period", replace: "", line: 8, kind: .missingLanguage(.english)),
    Mistake(file: zone, find: ", en: Period", replace: ", en: 账期", line: 8, kind: .notTranslated("账期")),
    Mistake(
      file: zone, find: "type: text", replace: "type: txt", line: 9,
      kind: .notOneOf("txt", allowed: ["text", "choice", "money", "date", "phone", "order", "bill_line"])),
    Mistake(
      file: zone, find: "type: text", replace: "type: choice", line: 7, kind: .choicesMissing("period")),
    Mistake(
      file: zone, find: "required: true", replace: "required: yes", line: 10, kind: .notTrueOrFalse("yes")),
    Mistake(
      file: zone, find: "    required: true",
      replace: "    required: true\n  - id: period\n    name: {zh-Hans: 二, en: Two}\n    type: text",
      line: 11, kind: .duplicateIdentifier("billing/period", firstFile: zone, firstLine: 7)),
    Mistake(
      file: zone, find: "skill: billing", replace: "skill: billing\nskill: other", line: 3,
      kind: .duplicateKey("skill")),
    Mistake(
      file: zone, find: "name: { zh-Hans: 计费, en: Billing }", replace: "name: Billing", line: 2,
      kind: .notMapping),
    Mistake(file: zone, find: "skill: billing", replace: "skill: [a]", line: 3, kind: .notText),
    Mistake(file: zone, find: "skill: billing", replace: "skill: ''", line: 3, kind: .textMissing),
    Mistake(
      file: zone, find: "skill: billing", replace: "skill: \"a\\u202Eb\"", line: 3,
      kind: .unsafeCharacter("U+202E")),
    Mistake(
      file: zone, find: "skill: billing", replace: "skill: bil\u{200B}ling", line: 3,
      kind: .unsafeCharacter("U+200B")),
    Mistake(
      file: zone, find: "skill: billing", replace: "skill: b\u{1B}[31m", line: 3,
      kind: .unsafeCharacter("U+001B")),
    Mistake(
      file: zone, find: "skill: billing", replace: "skill: &a billing\npause: *a", line: 4,
      kind: .aliasUsed(name: "a")),
    Mistake(
      file: zone, find: "skill: billing", replace: "skill: " + String(repeating: "[", count: 3000), line: 3,
      kind: .nestedTooDeeply(limit: 48)),
    Mistake(
      file: zone, find: "skill: billing", replace: "skill:\n" + String(repeating: "- ", count: 3000), line: 4,
      kind: .nestedTooDeeply(limit: 48)),
    Mistake(
      file: zone, find: "skill: billing", replace: "skill: \"billing", line: 3,
      kind: .syntax("found unexpected end of stream")),
    Mistake(
      file: "categories.yaml", find: "zone: billing", replace: "zone: nowhere", line: 5,
      kind: .unknown(.zone, "nowhere")),
    Mistake(
      file: "categories.yaml", find: ", zone: billing", replace: "", line: 5,
      kind: .leafWithoutZone("bill/wrong")),
    Mistake(
      file: "categories.yaml", find: "id: bill/wrong", replace: "id: fee/wrong", line: 5,
      kind: .childOutsideParent("fee/wrong", parent: "bill")),
    Mistake(
      file: templates, find: "disposition: done", replace: "disposition: gone", line: 5,
      kind: .unknown(.disposition, "gone")),
    Mistake(
      file: templates, find: "categories: [bill/wrong]", replace: "categories: [bill/none]", line: 6,
      kind: .unknown(.category, "bill/none")),
    Mistake(
      file: templates, find: "{{choice.arrival}}", replace: "{{choice.departure}}", line: 13,
      kind: .unknownSlot("choice.departure")),
    Mistake(
      file: templates, find: "{{ fields.period }}", replace: "{{ fields.nothing }}", line: 15,
      kind: .unknownSlot("fields.nothing")),
    Mistake(
      file: templates, find: "{{customer.name}}", replace: "{{#customer}}x{{/customer}}", line: 15,
      kind: .unknownSlot("#customer")),
    Mistake(
      file: templates, find: "{{customer.name}}", replace: "{{customer.name", line: 15, kind: .slotNotClosed),
    Mistake(
      file: calendar, find: "13:00-24:00", replace: "11:00-24:00", line: 4,
      kind: .overlappingIntervals("08:00-12:00", "11:00-24:00")),
    Mistake(
      file: calendar, find: "08:00-12:00", replace: "12:00-08:00", line: 4,
      kind: .invalidInterval("12:00-08:00")),
    Mistake(
      file: calendar, find: "08:00-12:00", replace: "08:00-24:30", line: 4,
      kind: .invalidInterval("08:00-24:30")),
    Mistake(
      file: calendar, find: "2026-02-17", replace: "2026-02-30", line: 7, kind: .invalidDate("2026-02-30")),
    Mistake(
      file: calendar, find: "2026-02-17", replace: "2036-02-17", line: 7,
      kind: .dateOutsideYear("2036-02-17", year: 2026)),
    Mistake(
      file: calendar, find: "Asia/Shanghai", replace: "Asia/Nowhere", line: 2,
      kind: .unknownTimeZone("Asia/Nowhere")),
    Mistake(file: article, find: "---\nid", replace: "id", line: 1, kind: .frontMatterMissing),
    Mistake(
      file: article, find: "zone: billing", replace: "zone: billin", line: 5, kind: .unknown(.zone, "billin")),
    Mistake(
      file: article, find: "language: zh-Hans", replace: "language: en", line: 4,
      kind: .wrongLanguage("en", expected: "zh-Hans")),
    Mistake(
      file: article, find: "2027-12-31", replace: "next year", line: 7, kind: .invalidDate("next year")),
    Mistake(file: article, find: "正文。", replace: "  ", line: 10, kind: .textMissing),
    Mistake(
      file: "people.yaml", find: "team: care", replace: "team: cure", line: 4, kind: .unknown(.team, "cure")),
    Mistake(
      file: "people.yaml", find: "roles: [agent]", replace: "roles: [boss]", line: 4,
      kind: .notOneOf("boss", allowed: Role.allCases.map(\.rawValue))),
    Mistake(file: "synonyms.yaml", find: "[退费, 退款]", replace: "[退费]", line: 2, kind: .listEmpty("synonyms")),
    Mistake(
      file: "synonyms.yaml", find: Smallest.synonyms, replace: "# nothing yet\n", line: nil, kind: .emptyFile),
  ]

  @Test func `the smallest folder has no problem and is read whole`() throws {
    let folder = try TemporaryFolder(Smallest.files)
    let set = try ResourceFolder(folder.path).load()
    #expect(set.zones.map(\.id) == ["billing"])
    #expect(set.zones.first?.timeLimits.firstResponse == 1200)
    #expect(set.categories.map(\.parent) == [nil, "bill"])
    #expect(set.templates.first?.choices.first?.options.first?.english == "today")
    #expect(set.calendars.first?.weekdays[0].last == WorkingCalendar.Interval(start: 46800, end: 86400))
    #expect(set.articles.first?.validUntil == CivilDate(year: 2027, month: 12, day: 31))
    #expect(set.articles.first?.body == "正文。")
    #expect(set.agents.first?.name == LocalizedText(chinese: "林", english: "Lin"))
    #expect(set.synonyms == [["退费", "退款"]])
  }

  @Test(arguments: mistakes)
  func `every mistake is told with its file and line`(_ mistake: Mistake) throws {
    var files = Smallest.files
    let good = try #require(files[mistake.file])
    #expect(good.contains(mistake.find))
    files[mistake.file] = good.replacingOccurrences(of: mistake.find, with: mistake.replace)
    let folder = try TemporaryFolder(files)
    let problems = ResourceFolder(folder.path).check()
    let expected = ConfigurationProblem(
      file: mistake.shownIn ?? mistake.file, line: mistake.line, kind: mistake.kind)
    #expect(problems.contains(expected), "\(problems)")
    for language in Language.allCases {
      let strings = StringCatalogue.load(language, resources: ResourcesTests.folder).strings
      let sentence = expected.sentence(in: strings)
      #expect(!sentence.hasPrefix("configuration."))
      #expect(!sentence.contains("{value}") && !sentence.contains("{key}") && !sentence.contains("{limit}"))
    }
  }

  @Test func `all problems of all files are collected, by file and line`() throws {
    var files = Smallest.files
    files[Self.zone] = Smallest.zone.replacingOccurrences(of: "20m", with: "x").replacingOccurrences(
      of: "skill: billing", with: "skill: ''")
    files[Self.calendar] = Smallest.calendar.replacingOccurrences(of: "08:00-12:00", with: "8")
    let folder = try TemporaryFolder(files)
    let problems = ResourceFolder(folder.path).check()
    #expect(
      problems.map { "\($0.file):\($0.line ?? 0)" } == [
        "calendars/office.yaml:4", "zones/billing.yaml:3", "zones/billing.yaml:5",
      ])
  }

  @Test func `an alias that would grow without end is refused at once`() throws {
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      bomb +=
        "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
        + "]\n"
    }
    bomb += "? *a11\n: x\n"
    var files = Smallest.files
    files[Self.zone] = bomb
    let folder = try TemporaryFolder(files)
    let problems = ResourceFolder(folder.path).check().filter { $0.file == Self.zone }
    #expect(problems == [ConfigurationProblem(file: Self.zone, line: 2, kind: .aliasUsed(name: "a0"))])
  }

  @Test func `bytes that are not UTF-8 are told with their line`() throws {
    let folder = try TemporaryFolder(Smallest.files)
    try folder.write(Self.zone, Data("id: billing\nname: ".utf8) + Data([0xFF, 0xFE, 0x0A]))
    #expect(
      ResourceFolder(folder.path).check().contains(
        ConfigurationProblem(file: Self.zone, line: 2, kind: .notUTF8)))
  }

  @Test func `a file that is too large is not read`() throws {
    let folder = try TemporaryFolder(Smallest.files)
    try folder.write(Self.zone, Data(repeating: 0x20, count: 3 << 20))
    #expect(
      ResourceFolder(folder.path).check().contains(
        ConfigurationProblem(file: Self.zone, line: nil, kind: .fileTooLarge(limit: 2 << 20))))
  }

  @Test func `a file with another ending is told and not left out`() throws {
    let folder = try TemporaryFolder(Smallest.files)
    try folder.write("zones/other.yml", Data("id: other\n".utf8))
    #expect(
      ResourceFolder(folder.path).check() == [
        ConfigurationProblem(file: "zones/other.yml", line: nil, kind: .unexpectedFile)
      ])
  }

  @Test(arguments: 0..<400)
  func `broken files never crash and never pass as another set`(_ seed: Int) throws {
    var random = SplitMix64(UInt64(seed))
    var files = Smallest.files
    let name = try #require(files.keys.sorted().randomElement(using: &random))
    var bytes = Array(try #require(files[name]).utf8)
    for _ in 0...Int.random(in: 0...4, using: &random) {
      let index = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0...3, using: &random) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: index)
      case 2:
        bytes.insert(
          contentsOf: Array("[]{}:&*!|>'\"%@`-?#\n\t ".utf8).shuffled(using: &random).prefix(3), at: index)
      default: bytes.removeSubrange(index..<min(bytes.count, index + 20))
      }
    }
    files[name] = nil
    let folder = try TemporaryFolder(files)
    try folder.write(name, Data(bytes))
    let resources = ResourceFolder(folder.path)
    let problems = resources.check()
    #expect((try? resources.load()) == nil || problems.isEmpty)
  }
}
