import Assist
import Domain
import Terminal
import Testing

@testable import Desk

/// What is typed stays where it was typed, and what stands on the screen is what is checked and sent.
@Suite struct `The right place for a text` {
  private static let reply = DraftKey(ticket: "t0", slot: .reply)

  private static func desk(_ uses: Set<ModelUse> = []) -> ScriptedDesk {
    var desk = ScriptedDesk()
    desk.send(.preferencesChanged(Preferences(modelUses: uses), problem: nil))
    desk.openFirst()
    return desk
  }

  /// A closing by hand with everything that it needs.
  private static func closing(_ text: String) -> ScriptedDesk {
    var world = Fixture.world()
    world.tickets["t0"]?.owner = Fixture.me
    world.tickets["t0"]?.state = .open
    world.tickets["t0"]?.fields = [
      "period": "2026-10", "item": "国际漫游包", "amount": "38.00", "remedy": "refund",
    ]
    var desk = ScriptedDesk(world: world)
    _ = desk.model.openTicket("t0")
    desk.send(.ticketLoaded("t0", world.detail("t0", limit: 50)))
    desk.press("F8", "F2")
    desk.type(text)
    desk.press("Tab", "Enter")
    return desk
  }

  @Test func `a closing text that came back from the editor is the one that is sent`() throws {
    var desk = Self.closing("先前的文字")
    desk.send(.editorReturned("后来的文字"))
    #expect(desk.model.open?.closing?.filled.text == "后来的文字")
    desk.press("F8")
    #expect(desk.world.tickets["t0"]?.state == .closed)
    let closed = try #require(
      desk.world.entries.last { if case .closed = $0.kind { $0.ticket == "t0" } else { false } })
    #expect(closed.body == "后来的文字")
  }

  @Test func `knowledge that is put into a closing text is checked with it`() {
    var desk = Self.closing("您好。")
    _ = desk.model.insertIntoReply("请拨打 13812342071。")
    #expect(desk.model.open?.closing?.filled.text.contains("13812342071") == true)
    #expect(desk.model.open?.closing?.quality.first?.severity == .fatal)
  }

  @Test func `a closing that nobody has read yet is checked all the same`() {
    var desk = Self.closing("您好，请拨打 13812342071 联系我。")
    #expect(desk.model.open?.reading == nil)
    desk.press("F8")
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.model.notice?.kind == .danger)
  }

  @Test func `the editor's text goes into the dialog that asked for it`() throws {
    var desk = Self.desk()
    desk.press("r")
    desk.type("给客户的回复")
    desk.press("Insert")
    guard case .dialog(let asked)? = desk.model.overlays.last else {
      Issue.record("no dialog")
      return
    }
    desk.send(.editorReturned("新来电"))
    guard case .dialog(let dialog)? = desk.model.overlays.last else {
      Issue.record("no dialog any more")
      return
    }
    #expect(dialog.fields[asked.focus].editor.text == "新来电")
    #expect(desk.model.open?.composer?.editor.text == "给客户的回复")
  }

  @Test func `F2 keeps the reply that is being written`() {
    var desk = Self.desk()
    desk.press("r")
    desk.type("你好")
    desk.press("F2")
    #expect(desk.model.open?.composer == nil)
    #expect(desk.drafts[Self.reply]?.body == "你好")
  }

  @Test func `a contact that arrives waits until what is open on top is done`() throws {
    var desk = Self.desk()
    if desk.model.open?.ticket?.owner == nil { desk.press("c") }
    desk.isSlow = true
    desk.press("F5", "Alt-;", "1")
    #expect(!desk.model.overlays.isEmpty)
    desk.type("王秀芳")
    desk.isSlow = false
    desk.release()
    // The answer was given by the customer of the first ticket.
    #expect(desk.model.open?.id == "t0")
    desk.press("Enter")
    #expect(desk.model.openContact?.verification?.right.count == 1)
    desk.press("Esc")
    let next = try #require(desk.model.open?.id)
    #expect(next != "t0" && desk.world.tickets[next]?.owner == Fixture.me)
  }

  @Test func `a reply that is refused comes back before what is written meanwhile`() {
    var desk = Self.desk()
    desk.press("r")
    desk.type("第一条")
    desk.isDiskSlow = true
    desk.press("Ctrl-S", "r")
    desk.type("第二条")
    desk.world.tickets["t0"]?.state = .closed
    desk.finishSaving()
    #expect(desk.model.open?.composer?.editor.text == "第一条\n第二条")
    desk.wait(seconds: 2)
    #expect(desk.drafts[Self.reply]?.body == "第一条\n第二条")
  }

  @Test func `the model's draft waits while a wrong value stands in a line`() {
    var desk = Self.desk([.draft])
    if desk.model.open?.ticket?.owner == nil { desk.press("c") }
    desk.press("Alt-,")
    desk.send(.modelAnswered(token: 1, .written("您好，已核实。")))
    desk.press("F8")
    let stops = desk.model.open?.closing?.stops ?? []
    guard let amount = stops.firstIndex(of: .field("amount")) else {
      Issue.record("no amount is asked for")
      return
    }
    _ = desk.model.focusStop(amount)
    desk.press("Ctrl-U")
    desk.type("abc")
    desk.press("Alt-.")
    #expect(desk.model.open?.closing?.mode != .blank)
    #expect(desk.model.open?.closing?.editor?.text == "abc")
    #expect(desk.model.open?.machine?.text == "您好，已核实。")
  }

  @Test func `the mark of the model comes back with its text`() {
    var desk = Self.desk([.draft])
    desk.press("Alt-,")
    desk.send(.modelAnswered(token: 1, .written("好")))
    desk.press("Alt-.", "Backspace")
    #expect(desk.model.open?.composer?.isMachineDrafted == false)
    desk.type("\u{1F}")
    #expect(desk.model.open?.composer?.editor.text == "好")
    #expect(desk.model.open?.composer?.isMachineDrafted == true)
    desk.press("Alt-/")
    desk.type("我自己写的")
    #expect(desk.model.open?.composer?.editor.text == "我自己写的")
    #expect(desk.model.open?.composer?.isMachineDrafted == false)
  }

  @Test func `nobody waits for an answer that was given up with the ticket`() {
    var desk = Self.desk([.draft])
    desk.press("Alt-,")
    for id in desk.world.tickets.keys where id != "t0" { desk.world.tickets[id]?.state = .closed }
    desk.press("F5")
    #expect(desk.model.open?.machine == nil)
    desk.press("Alt-,")
    #expect(
      desk.effects.filter { if case .askModel = $0 { true } else { false } }.count == 2)
  }
}
