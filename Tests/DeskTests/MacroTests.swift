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

  @Test func `after its reply has left one undo takes back everything else, and says what stays`() throws {
    var desk = Self.desk(Self.several)
    let before = try #require(desk.world.tickets["t0"])
    desk.press("Alt-7")
    desk.wait(seconds: 11)
    desk.press("u")
    let ticket = try #require(desk.world.tickets["t0"])
    #expect(ticket.state == .open)
    #expect(ticket.fields["amount"] == nil && ticket.tags.isEmpty)
    #expect(ticket.priority == before.priority)
    #expect(desk.world.entries.contains { $0.kind == .reply && $0.struckAt == nil })
    #expect(desk.model.notice?.text.string == "已撤销 #2611-0417 的几件事；回复已经发出，撤不回")
  }

  @Test func `after other work it is undone in its turn`() throws {
    var desk = Self.desk(Self.several)
    desk.press("Alt-7")
    desk.wait(seconds: 4)
    desk.press("a")
    desk.type("备注")
    desk.press("Ctrl-S")
    desk.wait(seconds: 20)
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.tags == ["等凭证"])
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.tags == [])
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.screen.contains("撤不回"))
  }

  @Test func `where somebody else worked on it since it says so and changes nothing`() throws {
    var desk = Self.desk(Self.several)
    desk.press("Alt-7")
    let rival = Operation(
      id: "r1", actor: "tangyue", at: desk.model.now, action: .ticket("t0", .setPriority(.low)))
    #expect(desk.world.run(rival, at: desk.model.now) == .accepted)
    desk.send(.storeChanged)
    desk.wait(seconds: 11)
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.tags == ["等凭证"])
    #expect(desk.model.notice?.text.string.contains("别人刚改过") == true)
  }

  @Test func `a reply that has left is not passed over for something older`() {
    var desk = Self.desk(Self.several)
    desk.press("p", "Enter")
    let priority = desk.world.tickets["t0"]?.priority
    desk.press("r")
    desk.type("您好")
    desk.press("Ctrl-S")
    desk.wait(seconds: 11)
    desk.press("u", "u")
    #expect(desk.world.tickets["t0"]?.priority == priority)
    #expect(desk.screen.contains("回复已经发出，不能撤回"))
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

  @Test func `a macro that closes says of which articles something was used, and takes it back`() {
    var macro = Self.several
    macro.reply = nil
    macro.hold = nil
    macro.fields = ["period": "2026-10", "item": "国际漫游包", "amount": "38.00", "remedy": "refund"]
    macro.close = "duplicate-charge-refunded"
    var desk = Self.desk(macro)
    let use = ArticleUse(article: "a", language: .chinese, question: "漫游费多扣", kind: .closed)
    desk.model.usedArticles.add(use, on: "t0")
    desk.press("Alt-7")
    #expect(desk.world.tickets["t0"]?.state == .closed)
    #expect(desk.world.articleUses == [use])
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.world.articleUses == [use, use.takenBack])
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
