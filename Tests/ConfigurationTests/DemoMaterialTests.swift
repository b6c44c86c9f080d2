import Configuration
import DemoWorld
import Domain
import Foundation
import Testing

@Suite struct DemoMaterialTests {
  private static let shipped =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Resources").path

  @Test func `the shipped material loads`() throws {
    let material = try ResourceFolder(Self.shipped).loadDemoMaterial()
    #expect(material.zones.count >= 8)
    #expect(
      material.services.contains { $0.id == "roaming-pack" && $0.fee == Money(cents: 3800) && !$0.isMonthly })
    #expect(material.channels.contains { $0.channel == .phone && !$0.greeting.chinese.isEmpty })
  }

  @Test(arguments: [
    Mistake(
      file: "demo/tour.yaml", find: "sex: female", replace: "sex: lady", line: nil,
      kind: .notOneOf("lady", allowed: ["female", "male"])),
    Mistake(
      file: "demo/tour.yaml", find: "{product}多扣", replace: "{produkt}多扣", line: nil,
      kind: .unknownSlot("produkt")),
    Mistake(
      file: "demo/plans.yaml", find: "cycle: once", replace: "cycle: twice", line: nil,
      kind: .notOneOf("twice", allowed: ["monthly", "once"])),
    Mistake(
      file: "demo/plans.yaml", find: "fee: 3800", replace: "fee: 38.00", line: nil, kind: .notNumber("38.00")),
    Mistake(
      file: "demo/messages/billing-dispute.yaml", find: "facts: duplicate_charge", replace: "facts: triple",
      line: nil, kind: .notOneOf("triple", allowed: DemoMaterial.Fact.allCases.map(\.rawValue))),
    Mistake(
      file: "demo/channels.yaml", find: "  wechat:", replace: "  pigeon:", line: nil,
      kind: .notOneOf("pigeon", allowed: Channel.allCases.map(\.rawValue))),
    Mistake(
      file: "demo/names.yaml", find: "surnames:", replace: "families:", line: nil,
      kind: .unknownKey(
        "families",
        known: ["surnames", "given_female", "given_male", "english_female", "english_male", "english_last"])),
  ])
  func `a mistake is named with its line`(mistake: Mistake) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Self.shipped + "/demo", toPath: folder.path + "/demo")
    let text = try String(contentsOfFile: "\(folder.path)/\(mistake.file)", encoding: .utf8)
    let range = try #require(text.range(of: mistake.find))
    try folder.write(mistake.file, Data(text.replacingCharacters(in: range, with: mistake.replace).utf8))
    let line = text[..<range.lowerBound].count { $0 == "\n" } + 1
    let problems = #expect(throws: ConfigurationProblems.self) {
      _ = try ResourceFolder(folder.path).loadDemoMaterial()
    }
    let found = try #require(problems).problems.first { $0.kind == mistake.kind }
    #expect(found?.file == mistake.file, "\(problems?.problems.first.map { "\($0)" } ?? "")")
    #expect(found?.line == line)
  }

  @Test func `a folder without material says which files are missing`() throws {
    let folder = try TemporaryFolder(Smallest.files)
    let problems = #expect(throws: ConfigurationProblems.self) {
      _ = try ResourceFolder(folder.path).loadDemoMaterial()
    }
    #expect(
      try #require(problems).problems.contains { $0.file == "demo/names.yaml" && $0.kind == .fileMissing })
  }
}
