import Configuration
import Domain
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
