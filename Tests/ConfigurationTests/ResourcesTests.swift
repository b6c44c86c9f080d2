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
}
