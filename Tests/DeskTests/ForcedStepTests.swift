import Domain
import Terminal
import Testing

@testable import Desk

/// A step that the verification shows is not ticked without it; answers that were wrong are seen.
@Suite struct `Steps and questions of a verification` {
  private static func desk(locked: Bool = false) -> ScriptedDesk {
    var world = Fixture.world()
    for index in world.configuration.zones.indices
    where world.configuration.zones[index].id == "billing-dispute" {
      world.configuration.zones[index].steps = [
        Zone.Step(id: "v", name: LocalizedText(chinese: "核身", english: "Verify"), doneBy: [.verified])
      ]
    }
    world.configuration.macros = [
      Macro(id: "m", name: LocalizedText(chinese: "勾选", english: "Tick"), key: "Alt-7", steps: ["v"])
    ]
    var desk = ScriptedDesk(world: world)
    desk.openFirst()
    if desk.model.open?.ticket?.owner == nil { desk.press("c") }
    guard locked else { return desk }
    desk.press("Alt-;")
    for answer in ["张三", "李四", "王五"] {
      desk.press("1")
      desk.type(answer)
      desk.press("Enter")
    }
    desk.press("Esc")
    return desk
  }

  @Test func `a locked verification cannot be got round by ticking its step`() {
    var desk = Self.desk(locked: true)
    #expect(desk.model.openContact?.verification?.lockedAt != nil)
    desk.press("F4", "Enter")
    #expect(desk.world.tickets["t0"]?.steps == [])
    #expect(desk.screen.contains("「核身」不能勾选：本次接触的核身已锁定"))
    // What is left out on purpose has a reason.
    desk.press("F4", "Down", "Enter")
    desk.type("客户本人到店")
    desk.press("Enter")
    #expect(desk.world.tickets["t0"]?.skippedSteps["v"] == "客户本人到店")
  }

  @Test func `before the questions it says why and asks them`() {
    var desk = Self.desk()
    desk.press("F4", "Enter")
    #expect(desk.world.tickets["t0"]?.steps == [])
    #expect(desk.model.notice?.text.string.hasPrefix("b 核身") == true)
    if case .verification? = desk.model.overlays.last {} else { Issue.record("the questions are not shown") }
    for (digit, answer) in [("1", "王秀芳"), ("2", "4527")] {
      desk.press(digit)
      desk.type(answer)
      desk.press("Enter")
    }
    desk.press("Esc")
    #expect(desk.model.stepReadings.first?.state.isDone == true)
  }

  @Test func `a macro does not tick it either`() {
    var desk = Self.desk(locked: true)
    desk.press("Alt-7")
    #expect(desk.world.tickets["t0"]?.steps == [])
    #expect(desk.screen.contains("不能勾选"))
  }

  @Test func `a question that was answered wrong says so, and open ones do not`() throws {
    var desk = Self.desk()
    desk.press("Alt-;", "1")
    desk.type("张三")
    desk.press("Enter")
    func line(_ name: String) throws -> String {
      try #require(desk.screen.split(separator: "\n").first { $0.contains(name) }.map(String.init))
    }
    let names = desk.model.verificationRows.compactMap { row -> String? in
      if case .question(let question) = row {
        desk.model.words.text("verification.question.\(question.rawValue)")
      } else {
        nil
      }
    }
    #expect(try line("1 ✗ \(names[0])").contains("答错"))
    #expect(try !line("2 ○ \(names[1])").contains("答错"))
    desk.press("1")
    desk.type("王秀芳")
    desk.press("Enter")
    #expect(try !line("1 ✓ \(names[0])").contains("答错"))
  }
}
