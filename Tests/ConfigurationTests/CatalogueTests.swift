import Configuration
import Domain
import Foundation
import TestSupport
import Testing

/// `catalogue.yaml`, and what fields of a zone say about reading.
@Suite struct CatalogueTests {
  private func problems(_ name: String, _ text: String) throws -> [String] {
    var files = Smallest.files
    files[name] = text
    let folder = try TemporaryFolder(files)
    return ResourceFolder(folder.path).check().filter { $0.file == name }.map { "\($0.line ?? 0) \($0.kind)" }
  }

  private func zone(_ more: String) -> String {
    Smallest.zone.replacing("    required: true", with: "    required: true\n\(more)", maxReplacements: 1)
  }

  @Test func `items are read in the order of the file`() throws {
    var files = Smallest.files
    files["catalogue.yaml"] = """
      catalogue:
        - { id: pack, name: { zh-Hans: 漫游包, en: Roaming pack }, kind: package, fee: 3800, aliases: [出境包, roaming] }
        - { id: late, name: { zh-Hans: 违约金, en: Late fee }, kind: charge }
      """
    let folder = try TemporaryFolder(files)
    let set = try ResourceFolder(folder.path).load()
    #expect(
      set.catalogue == [
        CatalogueItem(
          id: "pack", name: LocalizedText(chinese: "漫游包", english: "Roaming pack"),
          aliases: ["出境包", "roaming"],
          kind: .package, fee: Money(cents: 3800)),
        CatalogueItem(id: "late", name: LocalizedText(chinese: "违约金", english: "Late fee"), kind: .charge),
      ])
  }

  @Test func `mistakes are told with their lines`() throws {
    let found = try problems(
      "catalogue.yaml",
      """
      catalogue:
        - { id: pack, name: { zh-Hans: 漫游包, en: Roaming pack }, kind: packet }
        - { id: late, name: { zh-Hans: 违约金 }, kind: charge, fee: 3.8 }
        - { id: one, name: { zh-Hans: 一, en: One }, kind: plan, price: 5 }
        - { id: one, name: { zh-Hans: 二, en: Two }, kind: plan }
      """)
    for line in ["2 ", "3 ", "4 ", "5 "] {
      #expect(found.contains { $0.hasPrefix(line) }, "\(line) \(found)")
    }
    #expect(found.contains { $0.hasPrefix("2 notOneOf") })
    #expect(found.contains { $0.hasPrefix("3 missingLanguage") })
    #expect(found.contains { $0.hasPrefix("4 unknownKey") })
    #expect(found.contains { $0.hasPrefix("5 duplicateIdentifier") })
  }

  @Test func `a field says what fills it, and which words`() throws {
    var files = Smallest.files
    files[ProblemTests.zone] = zone(
      "    reads: period\n    says: [账期]\n    suggestions:\n      - { id: now, name: { zh-Hans: 本月, en: This month }, says: [这个月] }"
    )
    let folder = try TemporaryFolder(files)
    let field = try #require(try ResourceFolder(folder.path).load().zones.first?.fields.first)
    #expect(field.reads == .period)
    #expect(field.says == ["账期"])
    #expect(field.suggestions.map(\.says) == [["这个月"]])
  }

  @Test func `what cannot fill a field is refused`() throws {
    #expect(
      try problems(ProblemTests.zone, zone("    reads: magic")).contains { $0.contains("notOneOf(\"magic\"") }
    )
    #expect(
      try problems(
        ProblemTests.zone,
        Smallest.zone.replacing("type: text", with: "type: money\n    reads: period", maxReplacements: 1)
      )
      .contains { $0.contains("notOneOf(\"period\", allowed: [\"none\", \"amount\"])") })
    #expect(
      try problems(
        ProblemTests.zone,
        Smallest.zone.replacing(
          "type: text", with: "type: date\n    suggestions: [{ id: a, name: { zh-Hans: 一, en: One } }]",
          maxReplacements: 1)
      ).contains { $0.contains("suggestionsNotAllowed") })
  }

  @Test func `a choice may be what the customer wants, a zone may have a language, and nothing else may`()
    throws
  {
    #expect(
      try problems(ProblemTests.zone, zone("    demand: true")).contains { $0.contains("demandNotAllowed") })
    #expect(
      try problems(ProblemTests.zone, Smallest.zone + "\nlanguage: fr\n").contains {
        $0.contains("notOneOf(\"fr\"")
      })
    var files = Smallest.files
    files[ProblemTests.zone] = Smallest.zone + "\nlanguage: en\n"
    let folder = try TemporaryFolder(files)
    let zone = try #require(try ResourceFolder(folder.path).load().zones.first)
    #expect(zone.language == .english)
  }

  @Test func `a field that was written before texts were read still decodes`() throws {
    let field = try JSONText.field(
      #"{"id":"a","name":{"zh-Hans":"一","en":"One"},"kind":"choice","isRequired":true,"choices":[{"id":"x","name":{"zh-Hans":"甲","en":"X"}}]}"#
    )
    #expect(field.reads == nil && field.says.isEmpty && field.suggestions.isEmpty)
    #expect(field.choices.first?.says == [])
  }
}

private enum JSONText {
  static func field(_ text: String) throws -> FormField {
    try JSONDecoder().decode(FormField.self, from: Data(text.utf8))
  }
}
