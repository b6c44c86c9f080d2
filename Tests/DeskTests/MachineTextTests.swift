import Domain
import Terminal
import Testing

@testable import Desk

@Suite struct `The language model on the screen` {
  private static func desk(_ uses: Set<ModelUse> = Set(ModelUse.allCases)) -> ScriptedDesk {
    var desk = ScriptedDesk()
    desk.send(.preferencesChanged(Preferences(modelUses: uses), problem: nil))
    desk.openFirst()
    return desk
  }

  private static func asked(_ desk: ScriptedDesk) -> [DeskEffect] {
    desk.effects.filter { if case .askModel = $0 { true } else { false } }
  }

  private func answer(_ desk: inout ScriptedDesk, _ text: String, token: Int = 1) {
    desk.send(.modelAnswered(token: token, .written(text)))
  }

  @Test func `where none is set up nothing is asked, and why is said`() {
    var desk = Self.desk([])
    desk.press("Alt-,")
    #expect(Self.asked(desk).isEmpty)
    #expect(desk.screen.contains("没有为此设置语言模型"))
    var summaries = Self.desk([.summary])
    summaries.press("Alt-,")
    #expect(Self.asked(summaries).isEmpty)
    summaries.press("Alt-/")
    #expect(Self.asked(summaries) == [.askModel(token: 1, ticket: "t0", use: .summary)])
  }

  @Test func `a draft stands beside what was typed meanwhile, and one key puts it behind`() {
    var desk = Self.desk()
    desk.press("Alt-,")
    #expect(Self.asked(desk) == [.askModel(token: 1, ticket: "t0", use: .draft)])
    desk.press("r")
    desk.type("您好，")
    answer(&desk, "已核实重复扣费38元。")
    #expect(desk.model.open?.composer?.editor.text == "您好，")
    #expect(desk.screen.contains("机器起草的回复"))
    #expect(desk.screen.contains("已核实重复扣费38元。"))
    desk.press("Alt-.")
    #expect(desk.model.open?.composer?.editor.text == "您好，\n已核实重复扣费38元。")
    #expect(!desk.screen.contains("机器起草的回复"))
    #expect(desk.screen.contains("机器起草"))
  }

  @Test func `the mark stays through editing, sending and taking back`() throws {
    var desk = Self.desk()
    desk.press("Alt-,")
    answer(&desk, "您好，已核实。")
    desk.press("Alt-.")
    desk.type("请放心。")
    desk.press("Ctrl-S")
    let reply = try #require(desk.world.entries.last { $0.kind == .reply })
    #expect(reply.body == "您好，已核实。请放心。")
    #expect(reply.isMachineDrafted == true)
    #expect(desk.screen.contains("（机器起草）"))
    desk.press("B")
    #expect(desk.model.drafts[DraftKey(ticket: "t0", slot: .reply)]?.isMachineDrafted == true)
    desk.press("r")
    #expect(desk.model.open?.composer?.isMachineDrafted == true)
  }

  @Test func `the mark is kept with the draft, and goes with the last character`() {
    var desk = Self.desk()
    desk.press("Alt-,")
    answer(&desk, "好")
    desk.press("Alt-.")
    #expect(desk.drafts[DraftKey(ticket: "t0", slot: .reply)]?.isMachineDrafted == true)
    desk.press("Backspace")
    #expect(desk.model.open?.composer?.isMachineDrafted == false)
    desk.type("我自己写的")
    desk.press("Ctrl-S")
    #expect(desk.world.entries.last { $0.kind == .reply }?.isMachineDrafted == nil)
  }

  @Test func `what a person writes alone has no mark`() {
    var desk = Self.desk()
    desk.press("Alt-,")
    answer(&desk, "机器的话")
    desk.press("Esc")
    #expect(desk.model.open?.machine == nil)
    desk.press("r")
    desk.type("我的话")
    desk.press("Ctrl-S")
    let reply = desk.world.entries.last { $0.kind == .reply }
    #expect(reply?.body == "我的话" && reply?.isMachineDrafted == nil)
  }

  @Test func `a summary becomes a note for colleagues`() {
    var desk = Self.desk()
    desk.press("Alt-/")
    answer(&desk, "客户要求退还重复扣费。")
    #expect(desk.screen.contains("机器写的概括"))
    desk.press("Alt-.", "Ctrl-S")
    let note = desk.world.entries.last { $0.kind == .note }
    #expect(note?.body == "客户要求退还重复扣费。" && note?.isMachineDrafted == true)
    #expect(!desk.world.entries.contains { $0.kind == .reply && $0.isMachineDrafted == true })
  }

  @Test func `a closing text that a machine began says so on the ticket`() {
    var desk = Self.desk()
    desk.press("F8")
    desk.press("Alt-,")
    answer(&desk, "您好，重复的一笔已退回。")
    #expect(desk.screen.contains("您好，重复的一笔已退回。"))
    desk.press("Alt-.")
    #expect(desk.model.open?.closing?.mode == .blank)
    #expect(desk.model.open?.closing?.text.text == "您好，重复的一笔已退回。")
    #expect(desk.model.open?.closing?.isMachineDrafted == true)
    desk.press("Esc", "F8")
    #expect(desk.model.open?.closing?.isMachineDrafted == true)
  }

  @Test func `Esc gives up, and an answer that comes too late is nothing`() {
    var desk = Self.desk()
    desk.press("r")
    desk.type("正在写")
    desk.press("Alt-,", "Esc")
    #expect(desk.effects.contains(.cancelModel))
    answer(&desk, "太晚了")
    #expect(!desk.screen.contains("太晚了"))
    #expect(desk.model.open?.composer?.editor.text == "正在写")
    desk.press("Alt-,")
    answer(&desk, "旧的", token: 1)
    #expect(!desk.screen.contains("旧的"))
    answer(&desk, "新的", token: 2)
    #expect(desk.screen.contains("新的"))
  }

  @Test func `leaving the ticket gives up as well`() {
    var desk = Self.desk()
    desk.press("Alt-,", "F5")
    #expect(desk.model.open?.id != "t0")
    #expect(desk.effects.contains(.cancelModel))
    answer(&desk, "给别人的")
    #expect(!desk.screen.contains("给别人的"))
  }

  @Test func `a failure is one line, and typing goes on`() {
    var desk = Self.desk()
    desk.press("Alt-,", "r")
    desk.type("您好")
    desk.send(.modelAnswered(token: 1, .failed("语言模型在 20 秒内没有回答。")))
    #expect(desk.screen.contains("语言模型在 20 秒内没有回答。"))
    desk.type("，请稍等")
    #expect(desk.model.open?.composer?.editor.text == "您好，请稍等")
    desk.press("Alt-,")
    #expect(Self.asked(desk).count == 2)
  }

  @Test func `a wait is shown after 300 ms, and a second question waits for the first`() {
    var desk = Self.desk()
    desk.press("Alt-,")
    desk.model.notice = Notice(text: "刚才领取了", kind: .success, until: desk.model.now.advanced(seconds: 60))
    let asked = desk.model.now
    desk.send(.tick(Timestamp(milliseconds: asked.milliseconds + 200)))
    #expect(!desk.screen.contains("正在请教语言模型…"))
    #expect(desk.model.wakesAt.map { $0.milliseconds <= asked.milliseconds + 300 } == true)
    desk.send(.tick(Timestamp(milliseconds: asked.milliseconds + 300)))
    #expect(desk.screen.contains("正在请教语言模型…"))
    desk.press("Alt-/")
    #expect(Self.asked(desk).count == 1)
  }

  @Test func `hostile text of a machine is just text`() {
    var desk = Self.desk()
    desk.press("Alt-,")
    answer(&desk, "\u{1B}[2J\u{202E}您好\u{7}" + String(repeating: "很长的一段话。", count: 300))
    for size in [(160, 50), (80, 24), (60, 15), (20, 4)] {
      desk.resize(size.0, size.1)
      #expect(!desk.screen.contains("\u{1B}") && !desk.screen.contains("\u{202E}"))
    }
    desk.resize(120, 40)
    desk.press("Alt-.")
    #expect(desk.model.open?.composer?.editor.text.hasPrefix("[2J") == true)
  }
}
