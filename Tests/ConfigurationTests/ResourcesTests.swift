import Configuration
import Domain
import Foundation
import Testing

@Suite struct ResourcesTests {
  static let folder =
    String(#filePath.dropLast("/Tests/ConfigurationTests/ResourcesTests.swift".count)) + "/Resources"

  @Test func `the project's own resources have no problem`() {
    let strings = StringCatalogue.load(.english, resources: Self.folder).strings
    let problems = ResourceFolder(Self.folder).check().map { $0.description(in: strings) }
    #expect(problems == [])
  }
}

@Suite struct PracticeTests {
  @Test func `the easiest practice comes first, and both languages have one`() throws {
    let (set, scenarios) = try ResourceFolder(ResourcesTests.folder).loadPractice()
    #expect(!set.zones.isEmpty && !set.articles.isEmpty)
    #expect(scenarios.map(\.difficulty) == scenarios.map(\.difficulty).sorted())
    #expect(scenarios.first { $0.language == .chinese }?.id == "double-charge")
    #expect(scenarios.first { $0.language == .english }?.id == "unwanted-service")
  }

  @Test(
    arguments: [("difficulty: 2\n", "", nil), ("difficulty: 2", "difficulty: 6", 6)]
      as [(String, String, Int?)])
  func `a practice says how hard it is`(_ find: String, _ replace: String, _ line: Int?) throws {
    let name = "scenarios/double-charge.yaml"
    let text = try String(contentsOfFile: "\(ResourcesTests.folder)/\(name)", encoding: .utf8)
    #expect(text.contains(find))
    let folder = try TemporaryFolder(Smallest.files)
    try folder.write(name, Data(text.replacingOccurrences(of: find, with: replace).utf8))
    let kinds = ResourceFolder(folder.path).check().filter { $0.file == name }
    let expected: ConfigurationProblem.Kind =
      line == nil ? .missingKey("difficulty") : .numberOutOfRange(low: 1, high: 5)
    #expect(kinds.contains { $0.kind == expected && (line == nil || $0.line == line) }, "\(kinds)")
  }

  /// Four digits that a customer says of themselves are in the record: at the end of the identity card or of the phone.
  @Test func `customers of practices speak of their own records`() throws {
    for scenario in try ResourceFolder(ResourcesTests.folder).loadPractice().scenarios {
      let person = scenario.person
      #expect(person.identityCard.hasSuffix(person.identityLastFour))
      #expect(person.identityCard.count == 18)
      for turn in scenario.turns {
        for text in turn.say {
          for match in text.matches(of: /\b\d{3}[\dX]\b/).map({ String($0.output) })
          where !["1203"].contains(match) {
            #expect(
              person.identityCard.hasSuffix(match) || person.phone.hasSuffix(match),
              "\(scenario.id) \(turn.id): \(text)")
            if person.identityCard.hasSuffix(match) {
              #expect(text.contains("身份证") || text.contains("ID card"), "\(scenario.id): \(text)")
            }
          }
        }
      }
    }
  }
}
