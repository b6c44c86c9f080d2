import Configuration
import Domain
import Foundation
import Testing

/// `assistance/` and the part `assistance:` of a zone.
@Suite struct AssistanceWordsTests {
  @Test func `the project's own words are read, and those of a zone beside them`() throws {
    let folder = ResourceFolder(ResourcesTests.folder)
    let set = try folder.load()
    #expect(try folder.loadWords() == set.words)
    #expect(Set(set.words.risks.map(\.kind)) == Set(RiskKind.allCases))
    #expect(Set(set.words.urgency.map(\.kind)) == Set(UrgencyKind.allCases))
    #expect(Set(set.words.modifiers.map(\.modifier)) == Set(AssistanceWords.Modifier.allCases))
    #expect(Set(set.words.forbidden.map(\.severity)) == Set(FindingSeverity.allCases))
    let zone = try #require(set.zones.first { $0.id == "billing-dispute" })
    #expect(
      zone.assistance.threshold == 0.5 && zone.assistance.raiseMood == 3 && zone.assistance.raiseRisk == .high
    )
    #expect(zone.assistance.facts.map(\.kind) == [.amount, .timing, .contact])
    #expect(!zone.assistance.words.risks.isEmpty)
  }

  @Test(arguments: [
    ("feelings:\n  - { strength: 0, words: { en: [bad] } }\n", 2),
    ("feelings:\n  - { strength: 4, words: { en: [bad] } }\n", 2),
    ("feelings:\n  - { strength: 1 }\n", 2),
    ("feelings:\n  - strength: 1\n    words: { en: [\"#bad\"] }\n", 3),
    ("feelings:\n  - strength: 1\n    words: { en: [bad…] }\n", 3),
    ("feelings:\n  - strength: 1\n    words: { en: [] }\n", 3),
    ("modifiers:\n  louder: { en: [very] }\n", 2),
    ("urgency:\n  - { kind: hurry, strength: 1, words: { en: [x] } }\n", 2),
    ("risks:\n  - { kind: threat, severity: huge, words: { en: [x] } }\n", 2),
    ("forbidden:\n  - { severity: fatal, words: { fr: [x] } }\n", 2), ("moods: []\n", 1),
  ])
  func `a mistake is named with its line`(_ text: String, _ line: Int) throws {
    let folder = try TemporaryFolder(Smallest.files)
    try folder.write("assistance/mood.yaml", Data(text.utf8))
    let problems = ResourceFolder(folder.path).check().filter { $0.file == "assistance/mood.yaml" }
    #expect(Set(problems.map(\.line)) == [line], "\(problems)")
  }

  @Test func `a zone stored before there was assistance has the usual one`() throws {
    var zone = try ResourceFolder(ResourcesTests.folder).load().zones[0]
    zone.assistance = Zone.Assistance(threshold: 0.7, raiseMood: 2)
    let data = try JSONEncoder().encode(zone)
    #expect(try JSONDecoder().decode(Zone.self, from: data) == zone)
    var json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    json["assistance"] = nil
    zone.assistance = Zone.Assistance()
    #expect(try JSONDecoder().decode(Zone.self, from: JSONSerialization.data(withJSONObject: json)) == zone)
    #expect(try JSONDecoder().decode(Zone.Assistance.self, from: Data("{}".utf8)) == Zone.Assistance())
  }
}
