import Domain
import Foundation
import Terminal
import Testing

@testable import Desk

/// A moment of the workspace that a reviewer can read as text.
struct Scene: Sendable, CustomTestStringConvertible {
  let name: String
  let script: @Sendable (inout ScriptedDesk) -> Void

  var testDescription: String { name }

  static let all: [Scene] = [
    Scene(name: "queue") { $0.press("Down", "Down") },
    Scene(name: "marked") { $0.press("Space", "Space", "Down", "Space") },
    Scene(name: "ticket") { $0.openFirst() },
    Scene(name: "form") { desk in
      desk.openFirst()
      desk.press("F2", "Down", "Down")
      desk.type("三十")
      desk.press("Enter")
    },
    Scene(name: "reply") { desk in
      desk.openFirst()
      desk.press("r")
      desk.type("您好，重复的一笔 38.00 元今天退回话费账户。\r如有疑问请回复本消息。")
    },
    Scene(name: "reply-stopped") { desk in
      desk.openFirst()
      desk.press("r")
      desk.type("您好，我们会尽快处理。\r我的号码是 13800138000。")
      desk.press("Ctrl-S")
    },
    Scene(name: "closing") { desk in
      desk.openFirst()
      desk.press("F8")
    },
    Scene(name: "closing-template") { desk in
      desk.openFirst()
      desk.press("F8", "F3", "Enter", "Esc")
    },
    Scene(name: "reading") { desk in
      desk.openFirst()
      desk.press("Alt-9")
    },
    Scene(name: "knowledge") { desk in
      desk.openFirst()
      desk.press("F6")
      desk.type(desk.model.language == .chinese ? "漫游" : "refund")
    },
    Scene(name: "article") { desk in
      desk.openFirst()
      desk.press("F6")
      desk.type(desk.model.language == .chinese ? "重复" : "refund")
      desk.press("Enter", "Down", "Down")
    },
    Scene(name: "find") { desk in
      desk.press("F3")
      desk.type("漫游")
    },
    Scene(name: "palette") { desk in
      desk.openFirst()
      desk.press("Ctrl-P")
      desk.type("tra")
    },
    Scene(name: "help") { $0.press("?") },
    Scene(name: "customer") { desk in
      desk.openFirst()
      desk.press("Ctrl-K", "Down", "Down", "Down", "Down", "Down", "Enter")
    },
    Scene(name: "offline") { desk in
      desk.openFirst()
      desk.send(
        .syncStatus(SyncStatus(queued: 3, refused: 0, offlineSince: Fixture.now.advanced(seconds: -131))))
      desk.send(.viewers([Viewer(agent: Fixture.colleague, ticket: "t0", isTyping: true)]))
      desk.wait(seconds: 10)
    },
    Scene(name: "results") { desk in
      Fixture.addHistory(to: &desk.world)
      desk.press("F10")
    },
    Scene(name: "machine-draft") { desk in
      desk.send(.preferencesChanged(Preferences(modelUses: Set(ModelUse.allCases)), problem: nil))
      desk.openFirst()
      desk.press("r", "Alt-,")
      desk.type("您好，")
      desk.send(
        .modelAnswered(
          token: 1, .written("已为您核实，2026-10 账单中「国际漫游包」确有两笔 38.00 元。\n重复的一笔将退回话费账户，请您留意短信。")))
    },
    Scene(name: "welcome") { _ in },
  ]
}

extension ScriptedDesk {
  /// The ticket that was charged twice, claimed and open.
  mutating func openFirst() {
    press("Down", "c")
    if model.focus != .ticket { press("Enter") }
    wait(seconds: 10)
  }
}

@Suite struct `Screens` {
  static let sizes = [
    Size(columns: 160, rows: 50), Size(columns: 120, rows: 40), Size(columns: 80, rows: 24),
    Size(columns: 60, rows: 15),
  ]
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Screens")

  static func desk(_ scene: Scene, _ language: Language, _ size: Size) -> ScriptedDesk {
    let welcome = Welcome(
      secondTerminal: ["agentdesk", "--agent", "chenyu"],
      switchAgent: ["agentdesk", "--agent", "NAME"],
      folder: "~/.local/share/agentdesk")
    var desk = ScriptedDesk(
      size: size, language: language, welcome: scene.name == "welcome" ? welcome : nil,
      reader: Fixture.reader)
    scene.script(&desk)
    return desk
  }

  /// Record with `RECORD_SCREENS=1 swift test --filter Screens`, then read what changed.
  @Test(arguments: Scene.all, Language.allCases)
  func `every screen looks as it was recorded`(_ scene: Scene, _ language: Language) throws {
    for size in Self.sizes {
      let golden = Self.desk(scene, language, size).frame.golden()
      try Self.compare(golden, "\(scene.name)-\(language.rawValue)-\(size.columns)x\(size.rows).txt")
    }
  }

  /// Compares with what was recorded under `name`, or records it.
  static func compare(_ golden: String, _ name: String) throws {
    let file = folder.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["RECORD_SCREENS"] != nil {
      try golden.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let recorded = try String(contentsOf: file, encoding: .utf8)
    guard golden != recorded else { return }
    let rows = zip(golden.split(separator: "\n"), recorded.split(separator: "\n"))
    let first = rows.first { $0.0 != $0.1 }
    Issue.record("\(name) differs:\n\(first?.0 ?? "")\n\(first?.1 ?? "")")
  }

  @Test(arguments: Scene.all, Language.allCases)
  func `no colour is needed: what is chosen or missing also has a mark or an attribute`(
    _ scene: Scene, _ language: Language
  ) {
    let theme = Theme.dark
    for size in Self.sizes {
      let frame = Self.desk(scene, language, size).frame
      for row in 0..<size.rows {
        for column in 0..<size.columns {
          let style = frame[column, row].style
          guard [.selection, .missing, .mark, .highlight, .tabActive, .statusDanger].contains(style.role)
          else { continue }
          let plain = theme.appearance(of: .text, depth: .none)
          let shown = theme.appearance(of: style, depth: .none)
          #expect(shown != plain, "\(style.role) cannot be told from text without colour")
          return
        }
      }
    }
  }

  @Test(arguments: Scene.all)
  func `masked values never stand on a screen in clear`(_ scene: Scene) {
    for language in Language.allCases {
      for size in Self.sizes {
        let text = Self.desk(scene, language, size).screen
        for secret in ["13812342071", "330106198503124527", "王秀芳", "文三路", "wx_xiufang88"] {
          #expect(!text.contains(secret))
        }
      }
    }
  }

  @Test func `a size that is too small says so, and 1 by 1 draws`() {
    var desk = ScriptedDesk()
    desk.resize(59, 14)
    #expect(desk.screen.contains("59×14"))
    for size in [(1, 1), (2, 2), (0, 0), (60, 14), (59, 40), (3, 200)] {
      desk.resize(size.0, size.1)
      #expect(desk.frame.size == Size(columns: size.0, rows: size.1))
    }
  }

  @Test(arguments: Scene.all)
  func `every size draws, and coming back shows the same`(_ scene: Scene) {
    var desk = Self.desk(scene, .chinese, Size(columns: 120, rows: 40))
    let before = desk.frame
    for columns in stride(from: 1, through: 200, by: 23) {
      for rows in stride(from: 1, through: 60, by: 13) {
        desk.resize(columns, rows)
        _ = desk.frame
      }
    }
    desk.resize(120, 40)
    #expect(desk.frame == before)
  }

  @Test func `a view at another size than the model's draws at that size`() {
    let desk = ScriptedDesk(size: Size(columns: 120, rows: 40))
    var other = desk
    other.resize(80, 24)
    #expect(view(desk.model, size: Size(columns: 80, rows: 24)) == other.frame)
  }
}
