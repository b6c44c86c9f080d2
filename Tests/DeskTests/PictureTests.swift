import Domain
import Foundation
import Terminal
import Testing

@testable import Desk

/// The pictures of the README and the guide are drawn from the same scenes as the recorded screens; a picture that no longer
/// shows what the program draws fails here. Draw them anew with `make docs`.
@Suite struct `Pictures` {
  static let pictures: [(name: String, scene: String, size: Size, theme: Theme)] = [
    ("workspace", "ticket", Size(columns: 150, rows: 40), .dark),
    ("closing", "closing", Size(columns: 110, rows: 30), .dark),
    ("knowledge", "knowledge", Size(columns: 150, rows: 40), .light),
    ("queue", "marked", Size(columns: 80, rows: 24), .dark),
  ]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/pictures")

  @Test(arguments: Language.allCases)
  func `every picture in docs shows what the program draws`(_ language: Language) throws {
    let suffix = language == .chinese ? "zh" : "en"
    for picture in Self.pictures {
      let scene = try #require(Scene.all.first { $0.name == picture.scene })
      let svg = Screens.desk(scene, language, picture.size).frame.svg(
        theme: picture.theme, title: "AgentDesk")
      let file = Self.folder.appendingPathComponent("\(picture.name)-\(suffix).svg")
      if ProcessInfo.processInfo.environment["RECORD_PICTURES"] != nil {
        try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
        try svg.write(to: file, atomically: true, encoding: .utf8)
        continue
      }
      let drawn = try String(contentsOf: file, encoding: .utf8)
      #expect(svg == drawn, "\(file.lastPathComponent) is stale: run `make docs` and look at it")
    }
  }
}
