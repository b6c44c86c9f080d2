import Assist
import Domain
import Terminal
import Testing

@testable import Desk

/// Refunding and verifying with keys alone, in both languages and on every size.
@Suite struct `Refunds on the screen` {
  /// The first ticket, claimed, with a customer on the line.
  private static func desk(
    _ language: Language = .chinese, size: Size = Size(columns: 120, rows: 40), me: AgentID = Fixture.me,
    reader: TicketReader? = nil
  ) -> ScriptedDesk {
    var desk = ScriptedDesk(size: size, language: language, me: me, reader: reader)
    desk.openFirst()
    if desk.model.open?.ticket?.owner == nil { desk.press("c") }
    return desk
  }

  private static func verify(_ desk: inout ScriptedDesk) {
    desk.press("Alt-;", "1")
    desk.type("王秀芳")
    desk.press("Enter", "2")
    desk.type("４５２七")
    desk.press("Enter", "Esc")
  }

  private static func refund(_ desk: inout ScriptedDesk, _ amount: String, _ reason: String = "重复扣费") {
    desk.press("F7", "Enter")
    desk.type(amount)
    desk.press("Enter")
    desk.type(reason)
    desk.press("Enter")
  }

  @Test func `wait for the verification, then take the keys F7, Enter, Enter, a reason, Enter`() throws {
    var desk = Self.desk()
    desk.press("F7", "Enter")
    #expect(desk.screen.contains("请先核身"))
    desk.press("Esc")
    Self.verify(&desk)
    #expect(desk.screen.contains("核身通过"))
    desk.press("F7", "Enter", "Enter")
    desk.type("重复扣费")
    desk.press("Enter")
    let bill = try #require(desk.world.bill("b0"))
    #expect(bill.refunds.map(\.amount) == [Money(cents: 3800)])
    // Nothing was chosen and the form names nothing yet: the first line, and all that it has to give.
    #expect(bill.refunds[0].line == 0)
    #expect(bill.refunds[0].state == .granted)
    #expect(desk.screen.contains("已批准") && desk.screen.contains("可退 0.00"))
    // One key takes it back while it is not paid.
    desk.press("Esc", "u")
    #expect(desk.world.bill("b0")?.refunds[0].state == .withdrawn)
  }

  @Test func `are not proposed again once they are saved, here and on the next ticket`() throws {
    var desk = Self.desk(reader: Fixture.reader)
    Self.verify(&desk)
    let wanted = try #require(desk.model.open?.reading?.findings.first?.suggestion.refund)
    desk.press("F7", "Enter", "Enter")
    desk.type("重复扣费")
    desk.press("Enter", "Esc")
    let refund = try #require(desk.world.bill(wanted.bill)?.refunds.first)
    // What was found still explains what was done.
    let finding = try #require(desk.model.open?.reading?.findings.first)
    #expect(finding.suggestion.refund == nil && finding.suggestion.template != nil)
    desk.press("F7")
    guard case .refund(let pane)? = desk.model.overlays.last else {
      Issue.record("no refunds")
      return
    }
    #expect(pane.selected == .line(wanted.bill, refund.line))
    let first = try #require(desk.world.tickets["t0"])
    let other = try #require(
      desk.world.tickets.values.first {
        $0.customer == first.customer && $0.zone == first.zone && $0.id != "t0"
      })
    let clear = try #require(desk.world.clear(other.id))
    let again = Fixture.reader.read(ReadingInput(clear, clock: .china, now: Fixture.now))
    #expect(!again.findings.contains { $0.rule == finding.rule })
  }

  @Test func `that the store refused keep their amount and reason, with the ticket`() {
    let request = RefundRequest(
      line: 0, charged: Money(cents: 3800), amount: Money(cents: 1250), ticket: "t0", reason: "重复扣费")
    let action = Action.bill("b0", .refund(request))
    #expect(action.typedText == "12.50 · 重复扣费")
    #expect(action.ticketOfText == "t0")
    let together = TicketAction.together([
      .setCategory("billing/duplicate-charge", zone: "billing-dispute"), .reply("已为您处理"),
    ])
    #expect(together.typedText == "已为您处理")
  }

  @Test func `say under the amount what cannot be`() {
    var desk = Self.desk()
    Self.verify(&desk)
    desk.press("F7", "Enter")
    for (text, sentence) in [
      ("38.01", "最多还能退 38.00"), ("0", "必须大于零"), ("abc", "请输入金额"), ("38.001", "请输入金额"),
    ] {
      desk.type(text)
      desk.press("Enter")
      #expect(desk.screen.contains(sentence), "\(text)")
      for _ in text { desk.press("Backspace") }
    }
    #expect(desk.world.bill("b0")?.refunds == [])
  }

  @Test func `above the limit wait for a lead, who is asked once more before money leaves`() throws {
    var desk = Self.desk()
    Self.verify(&desk)
    desk.press("F7", "Down", "Down", "Enter")
    desk.type("129")
    desk.press("Enter")
    desk.type("套餐未生效")
    desk.press("Enter")
    #expect(desk.world.bill("b0")?.refunds.first?.state == .requested)
    #expect(desk.screen.contains("待审批"))
    desk.press("Esc", "H")
    #expect(desk.screen.contains("没有审批退费的权限"))

    var lead = ScriptedDesk(world: desk.world, me: "tangyue")
    lead.press("H")
    #expect(lead.screen.contains("129.00 / 129.00") && lead.screen.contains("套餐未生效"))
    var other = lead
    lead.press("F8")
    #expect(lead.world.bill("b0")?.refunds.first?.state == .requested)
    for part in ["129.00", "王*", "#2611-0417", "套餐未生效", "Enter 批准"] {
      #expect(lead.screen.contains(part), "\(part)")
    }
    lead.press("Esc")
    #expect(lead.world.bill("b0")?.refunds.first?.state == .requested)
    lead.press("F8", "F8")
    #expect(lead.world.bill("b0")?.refunds.first?.state == .requested)
    lead.press("Enter")
    #expect(lead.world.bill("b0")?.refunds.first?.state == .granted)
    #expect(lead.screen.contains("没有等待班长处理的事"))
    other.press("F4")
    other.type("降档次月生效，按规则收取")
    other.press("Enter")
    #expect(other.world.bill("b0")?.refunds.first?.state == .declined)
    #expect(other.world.bill("b0")?.refunds.first?.decision == "降档次月生效，按规则收取")
  }

  @Test func `begin at the line chosen in the customer pane, which shows what was paid back`() {
    var desk = Self.desk(size: Size(columns: 160, rows: 50))
    Self.verify(&desk)
    desk.press("Ctrl-K")
    while desk.model.customer.map({ $0.lines[$0.selected].target }) != .bill("b1") { desk.press("Down") }
    desk.press("F7", "Enter", "Enter")
    desk.type("误收")
    desk.press("Enter")
    #expect(desk.world.bill("b1")?.refunds.count == 1)
    desk.press("Esc", "Enter")
    let lines = desk.model.customer?.lines.map { $0.spans.map(\.text.string).joined() } ?? []
    #expect(lines.contains { $0.contains("↩ 129.00 待审批") })
  }

  @Test func `have a note for the customer in both languages, and in the reply`() throws {
    var desk = Self.desk()
    Self.verify(&desk)
    Self.refund(&desk, "38")
    desk.press("Down", "F6")
    let copied = desk.effects.compactMap { effect -> String? in
      if case .copyToClipboard(let text) = effect { text } else { nil }
    }
    let note = try #require(copied.last)
    #expect(note.contains("退费 38.00 元") && note.contains("refund of 38.00 yuan") && note.contains("3 days"))
    desk.press("F5")
    #expect(desk.model.open?.composer?.kind == .reply)
    #expect(desk.model.open?.composer?.editor.text.contains("办理退费 38.00 元") == true)
  }

  @Test func `verification says the same of a wrong answer and of an unknown one, and locks`() throws {
    var desk = Self.desk()
    desk.world.identities["k0"] = nil
    desk.press("Alt-;")
    var states: [String] = []
    for (digit, answer) in [("2", "0000"), ("1", "王秀")] {
      desk.press(digit)
      desk.type(answer)
      desk.press("Enter")
      states.append(desk.screen.split(separator: "\n").first { $0.contains("还可答错") }.map(String.init) ?? "")
    }
    #expect(states[0].contains("还可答错 2 次") && states[1].contains("还可答错 1 次"))
    desk.press("3")
    desk.type("13800000000")
    desk.press("Enter")
    #expect(desk.screen.contains("已锁定"))
    desk.press("1")
    #expect(desk.screen.contains("本次接触的核身已锁定"))
    // What was said is in no operation and in no timeline; what is on record is nowhere.
    let said = "\(desk.effects.filter { if case .verify = $0 { false } else { true } })\(desk.world.entries)"
    #expect(!said.contains("13800000000") && !said.contains("王秀\""))
    #expect(!desk.screen.contains("330106198503124527"))
  }

  @Test func `somebody else is turned away after the script was shown, and not by Enter alone`() {
    var desk = Self.desk()
    desk.press("Alt-;", "5")
    #expect(desk.screen.contains("机主本人"))
    desk.press("Enter")
    #expect(desk.model.openContact?.verification == nil)
    desk.press("5", "F8")
    #expect(desk.model.openContact?.verification?.refused == .thirdParty)
  }

  static let scenes: [Scene] = [
    Scene(name: "refund") { desk in
      desk.openFirst()
      if desk.model.open?.ticket?.owner == nil { desk.press("c") }
      verify(&desk)
      refund(&desk, "12.5", "重复扣费")
      desk.press("Down", "Down")
    },
    Scene(name: "refund-amount") { desk in
      desk.openFirst()
      if desk.model.open?.ticket?.owner == nil { desk.press("c") }
      verify(&desk)
      desk.press("F7", "Enter")
      desk.type("39")
      desk.press("Enter")
    },
    Scene(name: "verification") { desk in
      desk.openFirst()
      if desk.model.open?.ticket?.owner == nil { desk.press("c") }
      desk.press("Alt-;", "1")
      desk.type("王秀芳")
      desk.press("Enter")
    },
  ]

  @Test(arguments: scenes, Language.allCases)
  func `every screen looks as it was recorded`(_ scene: Scene, _ language: Language) throws {
    for size in Screens.sizes {
      let golden = Screens.desk(scene, language, size).frame.golden()
      try Screens.compare(
        golden, "\(scene.name)-\(language.rawValue)-\(size.columns)x\(size.rows).txt")
    }
  }
}

/// The floor's list asks once more, too.
@Suite struct `A refund on the floor` {
  @Test func `is approved only with Enter on the question`() throws {
    var world = Fixture.floor()
    let rules = try #require(world.configuration.refunds)
    #expect(rules.limit(of: world.agents[Fixture.me]!).refund < Money(cents: 12900))
    world.configuration.zones = world.configuration.zones.map { zone in
      var zone = zone
      zone.verification = nil
      return zone
    }
    for action in [
      Action.ticket("t0", .claim),
      .bill(
        "b0",
        .refund(
          RefundRequest(
            line: 2, charged: Money(cents: 12900), amount: Money(cents: 12900), ticket: "t0", reason: "套餐未生效")
        )),
    ] {
      let id = OperationID("q\(action.aggregate.text.prefix(1))")
      #expect(
        world.run(Operation(id: id, actor: Fixture.me, at: Fixture.now, action: action), at: Fixture.now)
          == .accepted)
    }
    var monitor = ScriptedMonitor(size: Size(columns: 120, rows: 40), language: .english, world: world)
    monitor.type("H")
    monitor.type("\u{1B}[19~")
    #expect(monitor.world.bill("b0")?.refunds.first?.state == .requested)
    for part in ["Approve this refund?", "129.00", "王*", "套餐未生效"] {
      #expect(monitor.screen.contains(part), "\(part)")
    }
    monitor.type("\u{1B}")
    #expect(monitor.world.bill("b0")?.refunds.first?.state == .requested)
    monitor.type("\u{1B}[19~")
    monitor.type("\r")
    #expect(monitor.world.bill("b0")?.refunds.first?.state == .granted)
  }
}
