import Domain
import Terminal
import Testing

@testable import Desk

/// Keys through the real parser, from the queue to a closed ticket.
@Suite struct `Working a ticket` {
  /// An agent of one zone, whose next contact is the double charge.
  private static func billingDesk(language: Language = .chinese) -> ScriptedDesk {
    ScriptedDesk(language: language, me: "zhaomin")
  }

  @Test(arguments: Language.allCases)
  func `from queue to closed with a template in at most 12 keys`(_ language: Language) throws {
    var desk = Self.billingDesk(language: language)
    desk.press("F5", "F8", "Enter", "Enter", "Enter", "Enter")
    let ticket = try #require(desk.world.tickets["t0"])
    #expect(ticket.state == .closed)
    #expect(desk.keys <= 12)
    #expect(ticket.disposition == "refunded")
    #expect(ticket.fields["item"] == "国际漫游包")
    #expect(ticket.fields["amount"] == "38.00")
    #expect(ticket.fields["period"] == "2026-10")
    #expect(ticket.fields["remedy"] == "refund")
    let closing = try #require(ticket.closing)
    #expect(closing.mode == .template)
    #expect(closing.keys == desk.keys - 2)
    #expect(closing.text.contains("38.00"))
    #expect(closing.text.contains("工单号 2611-0417"))
    #expect(!closing.text.contains("【"))
    #expect(desk.model.open == nil)
    #expect(desk.model.me.presence.state == .ready)
  }

  @Test func `what it cost is measured from opening the form to closing`() throws {
    var desk = Self.billingDesk()
    desk.press("F5")
    desk.wait(seconds: 30)
    desk.press("F8")
    desk.wait(seconds: 7)
    desk.press("Enter", "Enter", "Enter", "Enter")
    #expect(desk.world.tickets["t0"]?.closing?.milliseconds == 7000)
    #expect(desk.world.tickets["t0"]?.closing?.keys == 4)
  }

  @Test func `a missing slot stops the close and says which`() {
    var desk = Self.billingDesk()
    desk.press("F5", "F8", "F8")
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.model.notice?.text.string == "还缺 4 项，先填「争议项目」，不能结案")
    #expect(desk.model.open?.closing?.focus == .stop(0))
  }

  @Test func `Tab visits only what is missing`() {
    var desk = Self.billingDesk()
    desk.press("F5", "F8", "Tab", "Enter")
    // The bill line answered three of four; only the choice is left, and its list is open.
    guard case .picker(let picker) = desk.model.overlays.last else {
      Issue.record("no list is open")
      return
    }
    #expect(picker.title.string == "诉求")
    desk.press("Esc")
    #expect(desk.model.missingStops == [.field("remedy")])
    desk.press("Tab")
    desk.press("2")
    #expect(desk.world.tickets["t0"]?.fields["remedy"] == "explain")
    #expect(desk.model.missingStops.isEmpty)
    #expect(desk.model.open?.closing?.focus == .templates)
  }

  @Test func `choices of a template are picked and stand in the text`() throws {
    var desk = Self.billingDesk()
    desk.press("F5", "F8", "2", "Enter", "Enter", "Enter", "3", "Enter")
    let closing = try #require(desk.world.tickets["t0"]?.closing)
    #expect(closing.template == "duplicate-charge-original-route")
    #expect(closing.text.contains("10 个工作日"))
  }

  @Test func `by hand is one key away and needs its outcome code`() throws {
    var desk = Self.billingDesk()
    desk.press("F5", "F2", "Enter", "Enter", "Enter", "Enter", "Esc", "F8", "F2")
    desk.type("已电话说明，客户认可。")
    desk.press("F8")
    #expect(desk.world.tickets["t0"]?.state == .open)
    if case .stop = desk.model.open?.closing?.focus {
    } else {
      Issue.record("it does not lead to what is missing")
    }
  }

  @Test func `a close that the store refuses keeps everything typed`() throws {
    var desk = Self.billingDesk()
    desk.press("F5", "F8", "Enter", "Enter", "Enter")
    // The customer writes at the same moment: the closer has not seen it.
    let message = Operation(
      id: "x1", actor: "system", at: Fixture.now,
      action: .ticket("t0", .receive(message: "还有一笔也不对", contact: nil)))
    #expect(desk.world.run(message, at: Fixture.now) == .accepted)
    desk.press("Enter")
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.model.notice?.text.string.contains("别人刚改过") == true)
    #expect(desk.screen.contains("还有一笔也不对"))
  }

  @Test func `a close says of which articles something was used`() {
    var desk = Self.billingDesk()
    desk.press("F5")
    let use = ArticleUse(article: "a", language: .chinese, question: "漫游费多扣", kind: .closed)
    desk.model.usedArticles.add(use, on: "t0")
    desk.press("F8", "Enter", "Enter", "Enter")
    #expect(desk.world.articleUses.isEmpty)
    desk.press("Enter")
    #expect(desk.world.tickets["t0"]?.state == .closed)
    #expect(desk.world.articleUses == [use])
    // The ticket is open again: the article has answered nothing, until the ticket is closed once more.
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.world.articleUses == [use, use.takenBack])
    desk.press("F8", "Enter", "Enter", "Enter", "Enter")
    #expect(desk.world.tickets["t0"]?.state == .closed)
    #expect(desk.world.articleUses == [use, use.takenBack, use])
  }

  @Test func `a close that the store refuses says nothing of articles`() {
    var desk = Self.billingDesk()
    let use = ArticleUse(article: "a", language: .chinese, question: "漫游费多扣", kind: .closed)
    desk.press("F5")
    desk.model.usedArticles.add(use, on: "t0")
    desk.press("F8", "Enter", "Enter", "Enter")
    let message = Operation(
      id: "x1", actor: "system", at: Fixture.now,
      action: .ticket("t0", .receive(message: "还有一笔也不对", contact: nil)))
    #expect(desk.world.run(message, at: Fixture.now) == .accepted)
    desk.press("Enter")
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.world.articleUses == [use, use.takenBack])
    #expect(desk.model.usedArticles["t0"] == [use])
  }

  @Test func `articles that were used on a ticket are remembered while others are open, up to a bound`() {
    var used = UsedArticles()
    func use(_ number: Int) -> ArticleUse {
      ArticleUse(article: ArticleID("a\(number)"), language: .chinese, question: "漫游费多扣", kind: .closed)
    }
    for number in 0..<300 { used.add(use(number), on: TicketID("t\(number)")) }
    used.add(use(299), on: "t299")
    #expect(used["t299"] == [use(299)])
    #expect(used["t0"].isEmpty && !used["t44"].isEmpty)
    #expect(used.take("t299") == [use(299)] && used["t299"].isEmpty)
  }

  @Test func `closing is undone by opening again`() {
    var desk = Self.billingDesk()
    desk.press("F5", "F8", "Enter", "Enter", "Enter", "Enter")
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.world.tickets["t0"]?.owner == "zhaomin")
  }

  @Test func `a solved ticket may be objected to`() {
    var desk = Self.billingDesk()
    desk.press("F5", "s", "Enter", "Enter", "Enter", "Enter")
    #expect(desk.world.tickets["t0"]?.state == .solved)
  }

  @Test func `a claim counts only with the answer of the store`() {
    var desk = Self.billingDesk()
    desk.isSlow = true
    desk.press("F5")
    #expect(desk.model.open == nil)
    desk.send(.tick(desk.model.now.advanced(seconds: 1)))
    #expect(desk.screen.contains("等待共享库答复"))
    // Pressing again must not claim two.
    desk.press("F5")
    desk.isSlow = false
    desk.release()
    #expect(desk.model.open?.id == "t0")
    #expect(desk.world.tickets.values.filter { $0.owner == "zhaomin" }.count == 1)
  }

  @Test func `who comes second gets the next one`() throws {
    var desk = Self.billingDesk()
    let rival = Operation(id: "r1", actor: "yaoxin", at: Fixture.now, action: .ticket("t0", .claim))
    // The colleague claims after the list was read.
    desk.isSlow = true
    #expect(desk.world.run(rival, at: Fixture.now) == .accepted)
    desk.isSlow = false
    desk.press("F5")
    #expect(desk.world.tickets["t0"]?.owner == "yaoxin")
    let mine = try #require(desk.model.open?.id)
    #expect(desk.world.tickets[mine]?.owner == "zhaomin")
  }

  @Test func `a claim that waited for the store is told when it is answered, and opens nothing`() throws {
    var desk = Self.billingDesk()
    desk.isOffline = true
    desk.press("F5")
    desk.send(.syncStatus(SyncStatus(queued: 1, offlineSince: Fixture.now)))
    let claim = try #require(
      desk.effects.compactMap { if case .submit(let one) = $0 { one } else { nil } }.last)
    desk.press("F5")
    #expect(desk.effects.filter { if case .submit = $0 { true } else { false } }.count == 1)
    #expect(desk.model.notice?.text.string.contains("已有一单在申请领取") == true)
    desk.press("Esc", "Down", "Enter")
    let other = try #require(desk.model.open?.id)
    #expect(other != "t0")
    desk.isOffline = false
    desk.send(.syncStatus(SyncStatus()))
    desk.send(.outcome(claim.id, .accepted))
    #expect(desk.model.notice?.text.string == "库已恢复：#2611-0417 归你了")
    #expect(desk.model.open?.id == other)
    #expect(desk.model.underWay.isEmpty)
  }

  @Test func `a note is undone by striking it, and stays`() {
    var desk = Self.billingDesk()
    desk.press("F5", "a")
    desk.type("客户赶时间")
    desk.press("Ctrl-S")
    #expect(desk.screen.contains("客户赶时间"))
    desk.press("u")
    #expect(desk.world.entries.last { $0.kind == .note }?.struckAt != nil)
    #expect(desk.screen.contains("已划去"))
  }

  @Test func `a reply can be taken back for ten seconds and its text is kept`() {
    var desk = Self.billingDesk()
    desk.press("F5", "r")
    desk.type("稍等")
    desk.press("Ctrl-S")
    #expect(desk.screen.contains("未发出"))
    desk.press("B")
    #expect(desk.screen.contains("已撤回"))
    desk.press("r")
    #expect(desk.model.open?.composer?.editor.text == "稍等")
    desk.press("Ctrl-S")
    desk.wait(seconds: 11)
    desk.press("B")
    #expect(desk.model.notice?.text.string == "没有可撤回的回复")
  }

  @Test func `hold with a reason and a time, and resume`() {
    var desk = Self.billingDesk()
    desk.press("F5", "h")
    desk.type("等后台核查")
    desk.press("Enter")
    desk.type("明天 9:00")
    desk.press("Enter")
    let ticket = desk.world.tickets["t0"]
    #expect(ticket?.state == .pending)
    #expect(ticket?.pendingReason == "等后台核查")
    #expect(
      ticket?.pendingUntil
        == WallClock.china.moment(CivilDate(year: 2026, month: 11, day: 22)!, secondOfDay: 9 * 3600))
    desk.press("h")
    #expect(desk.world.tickets["t0"]?.state == .open)
  }

  @Test func `transfer needs a note for whoever gets it`() {
    var desk = Self.billingDesk()
    desk.press("F5", "T")
    desk.type("陈雨")
    desk.press("Enter", "Enter")
    #expect(desk.world.tickets["t0"]?.owner == "zhaomin")
    desk.type("客户要退两笔")
    desk.press("Enter")
    #expect(desk.world.tickets["t0"]?.owner == "chenyu")
    #expect(desk.model.open == nil)
  }

  @Test func `a category is found by typing and takes the zone with it`() {
    var desk = Self.billingDesk()
    desk.press("F5", "t")
    desk.type("掉线")
    desk.press("Enter")
    #expect(desk.world.tickets["t0"]?.zone == "broadband-fault")
    #expect(desk.screen.contains("宽带电视/频繁掉线"))
  }

  @Test func `a bad value stays where it was typed, with a sentence`() {
    var desk = Self.billingDesk()
    desk.press("F5", "F2", "Down", "Down")
    desk.type("三十")
    desk.press("Tab")
    #expect(desk.model.open?.form.problem == "争议金额：要填金额，如 38 或 38.50")
    #expect(desk.model.open?.form.editor?.text == "三十")
    desk.press("Backspace", "Backspace")
    desk.type("３８")
    desk.press("Tab")
    #expect(desk.world.tickets["t0"]?.fields["amount"] == "38.00")
  }

  @Test func `a value on its way to the disk stays on the screen when the ticket is read again`() throws {
    var desk = Self.billingDesk()
    desk.press("F5", "F2", "Down", "Down")
    desk.isDiskSlow = true
    desk.type("38")
    desk.press("Tab")
    let old = try #require(desk.world.detail("t0", limit: 50))
    #expect(old.ticket.fields["amount"] == nil)
    desk.send(.ticketLoaded("t0", old))
    #expect(desk.model.open?.ticket?.fields["amount"] == "38.00")
    desk.press("F8")
    #expect(!desk.model.missingStops.contains(.field("amount")))
    desk.finishSaving()
    #expect(desk.world.tickets["t0"]?.fields["amount"] == "38.00")
  }

  @Test(arguments: [false, true])
  func `a line that nothing was typed in is not saved over what came since`(_ isClosing: Bool) {
    var desk = Self.billingDesk()
    desk.press("F5")
    if isClosing {
      desk.press("F8", "Tab", "Esc", "Down")
    } else {
      desk.press("F2", "Down", "Down", "Enter")
    }
    let editor = isClosing ? desk.model.open?.closing?.editor : desk.model.open?.form.editor
    guard editor == nil || editor?.text == "" else {
      Issue.record("the line begins empty")
      return
    }
    if isClosing { desk.press("Enter") }
    desk.world.tickets["t0"]?.fields["amount"] = "12.00"
    desk.send(.storeChanged)
    desk.press(isClosing ? "Up" : "Tab")
    #expect(desk.world.tickets["t0"]?.fields["amount"] == "12.00")
  }

  @Test func `steps of the procedure are marked in order`() {
    var desk = Self.billingDesk()
    desk.press("F5", "F4", "Enter")
    // The first is shown by the verification, which it asks for.
    for (digit, answer) in [("1", "王秀芳"), ("2", "4527")] {
      desk.press(digit)
      desk.type(answer)
      desk.press("Enter")
    }
    desk.press("Esc", "F4", "Enter")
    #expect(desk.world.tickets["t0"]?.steps == ["read-bill"])
    #expect(desk.screen.contains("✓核身 ✓查账单 ▸追溯订购"))
  }

  @Test func `a new ticket during a call knows the customer by the phone`() throws {
    var desk = Self.billingDesk()
    desk.press("Insert")
    desk.type("13812342072")
    desk.press("Tab")
    #expect(desk.screen.contains("已有客户 李*"))
    desk.press("Tab", "Tab", "Tab")
    desk.type("光猫红灯")
    desk.press("Tab")
    desk.type("晚上掉线")
    desk.press("Ctrl-S")
    let id = try #require(desk.model.open?.id)
    let ticket = try #require(desk.world.tickets[id])
    #expect(ticket.customer == "c1")
    #expect(ticket.owner == "zhaomin")
    #expect(ticket.subject == "光猫红灯")
    #expect(desk.screen.contains("晚上掉线"))
  }

  @Test func `a new customer is made with the ticket`() throws {
    var desk = Self.billingDesk()
    desk.press("Insert")
    desk.type("13900001111")
    desk.press("Tab")
    desk.type("周正")
    desk.press("Tab", "Tab", "Tab")
    desk.type("查账单")
    desk.press("Ctrl-S")
    let id = try #require(desk.model.open?.id)
    let customer = try #require(desk.world.tickets[id]?.customer)
    #expect(desk.world.customers[customer]?.name == "周正")
    #expect(desk.world.holder(of: .phone, normalized: "13900001111") == customer)
  }

  @Test func `revealing needs a reason, is recorded, and ends with the pane`() {
    var desk = Self.billingDesk()
    desk.press("F5", "Ctrl-K", "r", "Enter")
    #expect(desk.world.disclosures.isEmpty)
    desk.type("核身")
    desk.press("Enter")
    #expect(desk.world.disclosures.map(\.field) == ["name"])
    #expect(desk.world.disclosures.map(\.reason) == ["核身"])
    #expect(desk.screen.contains("王秀芳"))
    desk.press("r")
    #expect(!desk.screen.contains("王秀芳"))
  }

  @Test func `presence asks for a reason and is an operation`() {
    var desk = Self.billingDesk()
    desk.press("F9")
    desk.type("用餐")
    desk.press("Enter")
    #expect(desk.world.agents["zhaomin"]?.presence.state == .notReady)
    #expect(desk.world.agents["zhaomin"]?.presence.reason == "meal")
    #expect(desk.screen.contains("■ 用餐"))
  }

  @Test
  func `my results open by a key that an input method lets through, follow what is done, and Esc goes back`()
  {
    var desk = Self.billingDesk()
    desk.press("F5", "F8", "Enter", "Enter", "Enter", "Enter", "F10")
    func closes() -> Int? {
      if case .results(let page) = desk.model.overlays.last { page.results?.today.closes } else { nil }
    }
    #expect(closes() == 1)
    #expect(desk.screen.contains("结案数"))
    // Somebody in another window of mine closes more: the page catches up, at most every two seconds.
    Fixture.addHistory(to: &desk.world)
    for (id, entry) in desk.world.entries.enumerated() where entry.author == .agent(Fixture.me) {
      desk.world.entries[id].author = .agent("zhaomin")
    }
    desk.send(.storeChanged)
    #expect(closes() == 1)
    desk.wait(seconds: 2)
    #expect(closes() == 6)
    desk.press("Down", "End", "Home", "Esc")
    #expect(desk.model.overlays.isEmpty)
    desk.press("Ctrl-P")
    desk.type("业绩")
    desk.press("Enter")
    #expect(closes() == 6)
    desk.press("F10")
    #expect(desk.model.overlays.isEmpty)
  }

  @Test func `two tickets are linked, split and merged`() {
    var desk = Self.billingDesk()
    desk.press("F5", "l")
    desk.type("0422")
    desk.press("Enter")
    #expect(desk.world.tickets["t0"]?.links.map(\.ticket) == ["t5"])
    desk.press("S", "Tab")
    desk.type("另一件事")
    desk.press("Ctrl-S")
    #expect(desk.world.tickets["t0"]?.links.contains { $0.relation == .splitInto } == true)
    #expect(desk.model.open?.ticket?.subject == "另一件事")
    desk.press("M")
    desk.type("0417")
    desk.press("Enter")
    #expect(desk.model.open?.id == "t0")
    #expect(desk.world.tickets.values.contains { $0.mergedInto == "t0" })
  }

  @Test(arguments: Language.allCases)
  func `a merge says on each side what happened to it`(_ language: Language) {
    var desk = Self.billingDesk(language: language)
    desk.press("F5", "M")
    desk.type("0422")
    desk.press("Enter", "F8")
    #expect(desk.model.open?.id == "t5")
    func lines() -> String {
      (desk.model.open?.conversation.lines ?? []).map { $0.spans.map(\.text.string).joined() }.joined(
        separator: "\n")
    }
    // The absorbing ticket also shows the timeline of the other, and says whose entry that is.
    #expect(lines().contains(language == .chinese ? "合并了 #2611-0417" : "Absorbed #2611-0417"))
    #expect(
      lines().contains(
        language == .chinese ? "#2611-0417：并入 #2611-0422" : "#2611-0417: Merged into #2611-0422"))
    desk.press("F3")
    desk.type("0417")
    desk.press("Enter")
    #expect(desk.model.open?.id == "t0")
    #expect(lines().contains(language == .chinese ? "并入 #2611-0422" : "Merged into #2611-0422"))
    #expect(!lines().contains(language == .chinese ? "合并了" : "Absorbed"))
  }
}

@Suite struct `What a customer wrote` {
  /// A cut digit is another amount.
  @Test(arguments: [
    (60, 20), (79, 20), (80, 24), (81, 24), (90, 30), (100, 30), (120, 40), (139, 40), (160, 50),
  ])
  func `is never wider than the pane`(columns: Int, rows: Int) throws {
    for language in Language.allCases {
      for more in 0..<4 {
        var desk = ScriptedDesk(size: Size(columns: columns + more, rows: rows), language: language)
        desk.press("F5")
        for side in ["", "F2"] {
          if !side.isEmpty { desk.press(side) }
          let open = try #require(desk.model.open)
          guard let rect = Layout(desk.model).ticket else { continue }
          let room = TicketLayout(desk.model, in: rect).conversation.columns - 1
          #expect(!open.conversation.lines.isEmpty)
          for line in open.conversation.lines {
            #expect(line.spans.reduce(0) { $0 + $1.text.width } <= room)
          }
        }
      }
    }
  }

  @Test func `a reply is called unsent only while it can be taken back`() {
    var desk = ScriptedDesk()
    desk.press("F5", "r")
    desk.type("马上为您核实")
    desk.press("Ctrl-S")
    let mark = desk.model.words.text("desk.ticket.not-sent-yet")
    #expect(desk.screen.contains(mark.filter { !$0.isWhitespace }) || desk.screen.contains(mark))
    desk.wait(seconds: 11)
    #expect(!desk.screen.contains(mark))
  }
}
