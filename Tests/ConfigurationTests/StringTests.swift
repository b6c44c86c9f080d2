import Domain
import Foundation
import TestSupport
import Testing

@testable import Configuration

@Suite struct StringTests {
  static let strings = ResourcesTests.folder + "/strings"

  static let files: [String] = Language.allCases.flatMap { language in
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: "\(strings)/\(language.rawValue)")) ?? []
    return names.sorted().map { "\(language.rawValue)/\($0)" }
  }

  @Test(arguments: files)
  func `the short reader takes the project's catalogues and reads what the parser reads`(_ file: String)
    throws
  {
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(Self.strings)/\(file)")))
    let log = ProblemLog()
    let whole = StringCatalogue.readWhole(bytes, name: file, log)
    #expect(log.problems == [])
    #expect(!whole.isEmpty)
    #expect(FlatYAML.parse(bytes) == whole)
  }

  @Test(arguments: [
    "a: b", "a: b\n", "a:\n  b: c\n  d: e\nf: g", "a: 'it''s'", "a: \"x\\ny \\\"q\\\"\"",
    "a: |\n  one\n  two\n\nb: c",
    "a:\n    b: c\n    d:\n        e: f\ng: h", "a: x # comment", "a: [1, 2]", "a: {b: c}", "a: &x b",
    "a:\nb: c", "a: >\n  x",
    "a: b: c", "- a", "a: b\n  c: d", "a: b\n c", "a", "a: ~", "\"a\": b", "a: 'b", "a:b",
    "a: |\n  x\n    y\n  z",
    "a: b\na: c", "a:\n  b: c\n d: e", "a: http://x", "a: 50%", "a: -", "a: x:", "a: |2\n  x", "a: \"\\x41\"",
    "a: null",
    "a:\n  - b", "? a\n: b", "a: b\n---\nc: d", "a: b\n...\n", "\ta: b", "a: \tb", "a: b\r\nc: d\r\n",
    "a: |\n\n  x",
    "a: 'x' y", "a: \"x\" y", "a: |\n  x\n \n", "a: |\n  x", "a: 1", "a: true", "#\n", "", "  a: b", "a: @b",
    "a: b #",
  ])
  func `the short reader is right or silent`(_ text: String) {
    guard let short = FlatYAML.parse(Array(text.utf8)) else { return }
    let log = ProblemLog()
    let whole = StringCatalogue.readWhole(Array(text.utf8), name: "x.yaml", log)
    #expect(short == whole, "\(log.problems)")
  }

  @Test(arguments: 0..<2000)
  func `the short reader is right or silent on changed catalogues`(_ seed: Int) {
    var random = SplitMix64(UInt64(seed))
    var bytes = Array(
      "a:\n  b: one\n  c: \"two\"\n  d: 'three'\n  e: |\n    four\n    five\nf: 六\ng:\n  h: x\n".utf8)
    for _ in 0...Int.random(in: 0...2, using: &random) {
      let index = Int.random(in: 0..<bytes.count, using: &random)
      if Bool.random(using: &random) {
        bytes[index] = Array(" \n:'\"|-#abc".utf8).randomElement(using: &random) ?? 0x20
      } else {
        bytes.remove(at: index)
      }
    }
    guard String(validating: bytes, as: UTF8.self) != nil, let short = FlatYAML.parse(bytes) else { return }
    let log = ProblemLog()
    let whole = StringCatalogue.readWhole(bytes, name: "x.yaml", log)
    #expect(
      short == whole || (short.isEmpty && whole.isEmpty),
      "\(String(decoding: bytes, as: UTF8.self)) \(log.problems)")
  }

  @Test func `both languages have the same words with the same values`() {
    let catalogues = Language.allCases.map { StringCatalogue.load($0, resources: ResourcesTests.folder) }
    #expect(catalogues.flatMap(\.problems) == [])
    let (chinese, english) = (catalogues[0].strings.texts, catalogues[1].strings.texts)
    // English alone needs a form for one thing.
    let needed = Set(english.keys.filter { !$0.hasSuffix(".one") })
    #expect(Set(chinese.keys.filter { !$0.hasSuffix(".one") }).symmetricDifference(needed).sorted() == [])
    for (key, text) in chinese {
      guard let other = english[key] else { continue }
      #expect(Self.slots(text) == Self.slots(other), "\(key)")
    }
  }

  private static func slots(_ text: String) -> Set<Substring> {
    Set(text.matches(of: /\{([A-Za-z]+)\}/).map(\.output.1))
  }
}
