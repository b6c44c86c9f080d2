import Domain
import Terminal
import Testing

@testable import Desk

/// A lead attends to what was raised on tickets, in the workspace and on the floor.
@Suite struct `Raised to a lead on the screen` {
  private static func world() -> MemoryDesk {
    var world = Fixture.floor()
    let raises: [(TicketID, Ticket.Alert.Kind, RiskSeverity, Reason)] = [
      ("t1", .escalation, .high, Reason("risk.escalation", ["word": "12315"])),
      ("t2", .mood, .medium, Reason("risk.threat", ["word": "投诉到底"])),
    ]
    for (index, raise) in raises.enumerated() {
      let at = Fixture.now.advanced(seconds: Int64(index) - 60)
      let outcome = world.run(
        Operation(
          id: OperationID("r\(index)"), actor: Fixture.colleague, at: at,
          action: .ticket(raise.0, .raise(raise.1, raise.2, raise.3))), at: at)
      precondition(outcome == .accepted, "\(outcome)")
    }
    return world
  }

  private static func lead(_ language: Language = .chinese, size: Size = Size(columns: 120, rows: 40))
    -> ScriptedDesk
  {
    var desk = ScriptedDesk(world: world(), size: size, language: language, me: "tangyue")
    desk.press("H")
    return desk
  }

  private static func floor(_ language: Language = .chinese, size: Size = Size(columns: 120, rows: 40))
    -> ScriptedMonitor
  {
    var monitor = ScriptedMonitor(size: size, language: language, world: world())
    monitor.type("H")
    return monitor
  }

  @Test func `one key looks after it, and one takes it back`() throws {
    var desk = Self.lead()
    #expect(desk.screen.contains("升级投诉") || desk.screen.contains("12315"))
    desk.press("F8")
    #expect(desk.world.tickets["t1"]?.alerts.first?.attendedBy == "tangyue")
    #expect(!desk.screen.contains("12315") && desk.screen.contains("投诉到底"))
    desk.press("u")
    #expect(desk.world.tickets["t1"]?.openAlert?.kind == .escalation)
    #expect(desk.screen.contains("12315"))
    // Nothing older is taken back in its place.
    desk.press("u")
    #expect(desk.screen.contains("没有可撤销的"))
  }

  @Test func `what was attended to stays away while the disk is slow`() {
    var desk = Self.lead()
    desk.isDiskSlow = true
    desk.press("F8")
    #expect(!desk.screen.contains("12315"))
    #expect(desk.model.raised.count == 1)
    desk.finishSaving()
    #expect(desk.model.raised.count == 1 && !desk.screen.contains("12315"))
  }

  @Test func `with a word that only colleagues read`() {
    var desk = Self.lead()
    desk.press("F4")
    desk.type("先安抚，我来联系客户")
    desk.press("Enter")
    #expect(desk.world.tickets["t1"]?.openAlert == nil)
    #expect(desk.world.entries.contains { $0.kind == .coaching && $0.body == "先安抚，我来联系客户" })
    desk.press("u")
    #expect(desk.world.tickets["t1"]?.openAlert?.kind == .escalation)
  }

  @Test func `Enter opens the ticket`() {
    var desk = Self.lead()
    desk.press("Down", "Enter")
    #expect(desk.model.open?.id == "t2")
  }

  @Test func `an agent has no such list`() {
    var desk = ScriptedDesk(world: Self.world())
    desk.press("H")
    #expect(desk.model.overlays.isEmpty)
  }

  @Test func `the floor has the same keys`() {
    var monitor = Self.floor()
    #expect(monitor.screen.contains("12315"))
    monitor.type("\u{1B}[19~")
    #expect(monitor.world.tickets["t1"]?.openAlert == nil)
    #expect(!monitor.screen.contains("12315") && monitor.screen.contains("投诉到底"))
    monitor.type("u")
    #expect(monitor.world.tickets["t1"]?.openAlert?.kind == .escalation)
    // F4: a word for whoever works on it; Esc leaves it.
    monitor.type("\u{1B}OS")
    monitor.type("我来处理")
    #expect(monitor.screen.contains("我来处理"))
    monitor.type("\r")
    #expect(monitor.world.entries.contains { $0.kind == .coaching && $0.body == "我来处理" })
    #expect(monitor.world.tickets["t1"]?.openAlert == nil)
    monitor.type("\r")
    #expect(monitor.model.look?.id == "t2")
  }

  @Test(arguments: Language.allCases)
  func `every screen looks as it was recorded`(_ language: Language) throws {
    for size in Screens.sizes {
      let name = "\(language.rawValue)-\(size.columns)x\(size.rows).txt"
      try Screens.compare(Self.lead(language, size: size).frame.golden(), "raised-\(name)")
      try Screens.compare(Self.floor(language, size: size).frame.golden(), "monitor-raised-\(name)")
    }
  }

  @Test(arguments: Language.allCases)
  func `names of customers are masked`(_ language: Language) {
    for text in [Self.lead(language).screen, Self.floor(language).screen] {
      #expect(!text.contains("李明") && !text.contains("陈建伟"))
    }
  }
}
