import Domain
import Terminal
import Testing

@testable import Desk

@Suite struct `Macros` {
  static func desk(_ macro: Macro) -> ScriptedDesk {
    var world = Fixture.world()
    world.configuration.macros = [macro]
    var desk = ScriptedDesk(world: world)
    desk.openFirst()
    return desk
  }

  static let several = Macro(
    id: "several", name: LocalizedText(chinese: "几件事", english: "Several"), key: "Alt-7",
    zones: ["billing-dispute"], fields: ["amount": "38.00"], priority: .urgent, addTags: ["等凭证"],
    reply: LocalizedText(chinese: "工单号 {{ticket.number}}", english: "Ticket {{ticket.number}}"),
    hold: Macro.Hold(reason: LocalizedText(chinese: "等凭证", english: "Proof"), minutes: 60))

  @Test func `a key does all of it as one operation, and one undo takes all of it back`() throws {
    var desk = Self.desk(Self.several)
    let before = try #require(desk.world.tickets["t0"])
    desk.press("Alt-7")
    var ticket = try #require(desk.world.tickets["t0"])
    #expect(ticket.state == .pending)
    #expect(ticket.fields["amount"] == "38.00")
    #expect(ticket.priority == .urgent)
    #expect(ticket.tags == ["等凭证"])
    #expect(desk.world.entries.contains { $0.kind == .reply && $0.body == "工单号 \(before.number!)" })
    let operations = desk.effects.filter {
      if case .save(let operation, _) = $0, case .ticket(_, .together) = operation.action {
        true
      } else {
        false
      }
    }
    #expect(operations.count == 1)
    desk.press("u")
    ticket = try #require(desk.world.tickets["t0"])
    #expect(ticket.state == .open)
    #expect(ticket.fields["amount"] == nil)
    #expect(ticket.priority == before.priority)
    #expect(ticket.tags.isEmpty)
    #expect(desk.world.entries.contains { $0.kind == .reply && $0.struckAt != nil })
  }

  @Test func `the palette shows what it will do before it does it`() {
    var desk = Self.desk(Self.several)
    desk.press("Ctrl-P")
    desk.type("几件事")
    desk.press("Enter")
    #expect(desk.screen.contains("#等凭证"))
    #expect(desk.world.tickets["t0"]?.tags.isEmpty == true)
    desk.press("Enter")
    #expect(desk.world.tickets["t0"]?.tags == ["等凭证"])
  }

  @Test func `where a part of it cannot be done nothing is, and the sentence says why`() {
    var macro = Self.several
    macro.close = "duplicate-charge-refunded"
    var desk = Self.desk(macro)
    desk.press("Alt-7")
    #expect(desk.world.tickets["t0"]?.tags.isEmpty == true)
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.screen.contains("什么都没有做"))
  }

  @Test func `a reply of a macro is checked as one that is written by hand`() {
    var macro = Self.several
    macro.reply = LocalizedText(chinese: "请拨打 13812342071", english: "Call 13812342071")
    var desk = Self.desk(macro)
    desk.press("Alt-7")
    #expect(desk.world.tickets["t0"]?.tags.isEmpty == true)
    #expect(desk.screen.contains("手机号 138****2071 不能写全"))
  }

  @Test func `the store refuses all of it when it refuses one`() {
    // Nothing can be held that is held.
    var desk = Self.desk(Self.several)
    desk.press("Alt-7")
    desk.world.tickets["t0"]?.tags = []
    desk.press("Alt-7")
    #expect(desk.world.tickets["t0"]?.tags.isEmpty == true)
  }

  @Test func `in another zone it is not offered`() {
    var macro = Self.several
    macro.zones = ["broadband-fault"]
    var desk = Self.desk(macro)
    desk.press("Alt-7")
    #expect(desk.world.tickets["t0"]?.tags.isEmpty == true)
    desk.press("Ctrl-P")
    #expect(!desk.screen.contains("几件事"))
  }
}
