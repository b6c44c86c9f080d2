import Domain
import Terminal
import Testing

@testable import Desk

/// What somebody meets who uses the desk for the first time: nothing happens unseen, nothing goes to the wrong person, and
/// what is undone is what was done last.
@Suite struct `Nothing happens unseen` {
  private static func billingDesk(
    _ size: Size = Size(columns: 120, rows: 40), language: Language = .chinese
  ) -> ScriptedDesk {
    ScriptedDesk(size: size, language: language, me: "zhaomin")
  }

  private static func isShown(_ pane: DeskModel.Pane, in model: DeskModel) -> Bool {
    let layout = Layout(model)
    return switch pane {
    case .queue: layout.queue != nil
    case .ticket: layout.ticket != nil
    case .customer, .knowledge: layout.side != nil && model.side == pane
    }
  }

  // MARK: - Panes

  @Test func `the list is on the screen when keys go to it, whatever was open at the right`() {
    var desk = Self.billingDesk()
    desk.press("F5", "F6")
    desk.type("国际漫游")
    desk.press("Enter", "Enter", "Esc", "Esc")
    #expect(desk.model.focus == .queue)
    #expect(Self.isShown(.queue, in: desk.model))
    #expect(desk.screen.contains("我的"))
  }

  @Test(arguments: [60, 80, 99, 100, 120, 139, 140, 160])
  func `a window of any width shows the pane that has the focus`(_ columns: Int) {
    for keys in [["F5", "i"], ["F5", "F6"], ["F5", "i", "Tab", "Tab"], ["F5"], ["F5", "i", "Esc", "Esc"]] {
      var desk = Self.billingDesk(Size(columns: 160, rows: 40))
      for key in keys { desk.press(key) }
      desk.resize(columns, 40)
      #expect(Self.isShown(desk.model.focus, in: desk.model), "\(keys) at \(columns)")
      for key in ["Tab", "Tab", "BackTab", "Esc", "Esc"] {
        desk.press(key)
        #expect(Self.isShown(desk.model.focus, in: desk.model), "\(keys), then \(key) at \(columns)")
      }
    }
  }

  // MARK: - Merging

  @Test func `a merge offers the tickets of the same customer first and names what is merged`() {
    var desk = Self.billingDesk()
    desk.press("F5", "M")
    #expect(desk.screen.contains("把 #2611-0417 并入"))
    guard case .find(let pane) = desk.model.overlays.last else {
      Issue.record("no list is open")
      return
    }
    #expect(!pane.hits.isEmpty)
    for hit in pane.hits {
      guard case .ticket(let id) = hit.target else { continue }
      #expect(desk.world.tickets[id]?.customer == "c0")
      #expect(id != "t0")
    }
  }

  @Test(arguments: Language.allCases)
  func `another customer's ticket is merged only after a question that names both`(_ language: Language) {
    var desk = Self.billingDesk(language: language)
    desk.press("F5", "M")
    desk.type("0418")
    desk.press("Enter")
    #expect(desk.screen.contains("王*芳") && desk.screen.contains("李*"))
    #expect(desk.screen.contains("#2611-0417") && desk.screen.contains("#2611-0418"))
    // Enter is the answer that changes nothing.
    desk.press("Enter")
    #expect(desk.world.tickets["t0"]?.mergedInto == nil)
    #expect(desk.model.overlays.isEmpty)
    desk.press("M")
    desk.type("0418")
    desk.press("Enter", "F8")
    #expect(desk.world.tickets["t0"]?.mergedInto == "t1")
    #expect(desk.model.open?.id == "t1")
  }

  @Test func `u takes a merge apart again and puts the ticket back where it was`() throws {
    var desk = Self.billingDesk()
    desk.press("F5", "M")
    desk.press("Enter")
    #expect(desk.world.tickets["t0"]?.mergedInto != nil)
    let other = try #require(desk.model.open?.id)
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.mergedInto == nil)
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.world.tickets["t0"]?.owner == "zhaomin")
    #expect(desk.model.notice?.text.string.contains("#2611-0417") == true)
    #expect(desk.model.open?.id == "t0")
    // One that nobody had is nobody's again.
    desk.press("F3")
    desk.type(try #require(desk.world.tickets[other]?.number))
    desk.press("Enter")
    #expect(desk.model.open?.id == other)
    desk.press("M")
    desk.type("0417")
    #expect(desk.world.tickets[other]?.owner == nil)
    desk.press("Enter")
    #expect(desk.world.tickets[other]?.mergedInto == "t0")
    desk.press("u")
    #expect(desk.world.tickets[other]?.mergedInto == nil)
    #expect(desk.world.tickets[other]?.owner == nil)
    #expect(desk.world.tickets[other]?.state == .new)
  }

  @Test func `a ticket that is done is merged only after one was told that it cannot be undone`() {
    var desk = Self.billingDesk()
    desk.press("F5", "F8", "Enter", "Enter", "Enter", "Enter")
    desk.press("F3")
    desk.type("0417")
    desk.press("Enter", "M")
    desk.press("Enter")
    #expect(desk.screen.contains("不能撤销"))
    desk.press("F8")
    #expect(desk.world.tickets["t0"]?.mergedInto != nil)
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.mergedInto != nil)
    #expect(desk.model.notice?.text.string.contains("不能撤销") == true)
  }

  // MARK: - Undo

  @Test func `after a transfer u changes nothing older and says why`() {
    var desk = Self.billingDesk()
    desk.press("F5", "a")
    desk.type("先记一笔")
    desk.press("Ctrl-S", "T", "Enter")
    desk.type("请处理")
    desk.press("Enter")
    #expect(desk.model.notice?.text.string.contains("已转出") == true)
    let before = desk.world.tickets
    desk.press("u")
    #expect(desk.world.tickets == before)
    #expect(desk.world.entries.allSatisfy { $0.struckAt == nil })
    #expect(desk.model.notice?.text.string.contains("不能撤销") == true)
  }

  @Test func `my own later operations do not count as somebody else's`() {
    var desk = Self.billingDesk()
    desk.press("F5", "p", "1", "p", "3")
    desk.press("J")
    desk.type("改过的标题")
    desk.press("Enter", "u")
    #expect(desk.model.notice?.text.string == "已撤销 #2611-0417 的改主题")
    #expect(desk.world.tickets["t0"]?.subject == "多扣了38元国际漫游包")
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.priority == .urgent)
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.priority == .high)
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.owner == nil)
    #expect(desk.model.notice?.text.string.contains("#2611-0417") == true)
  }

  @Test func `what somebody else changed since is still not undone over their head`() {
    var desk = Self.billingDesk()
    desk.press("F5", "p", "1")
    let change = Operation(
      id: "x1", actor: "yaoxin", at: desk.model.now, action: .ticket("t0", .setPriority(.low)))
    #expect(desk.world.run(change, at: desk.model.now) == .accepted)
    desk.send(.storeChanged)
    desk.press("a")
    desk.type("看到了")
    desk.press("Ctrl-S", "u", "u")
    #expect(desk.world.tickets["t0"]?.priority == .low)
    #expect(desk.model.notice?.text.string.contains("别人刚改过") == true)
  }

  @Test func `text that was thrown away comes back with u`() {
    var desk = Self.billingDesk()
    desk.press("F5", "r")
    desk.type("您好，正在为您查询")
    desk.press("Alt-q")
    #expect(desk.model.open?.composer == nil)
    #expect(desk.model.notice?.text.string.contains("文字已丢弃") == true)
    desk.press("u")
    #expect(desk.model.open?.composer?.editor.text == "您好，正在为您查询")
    #expect(desk.drafts[DraftKey(ticket: "t0", slot: .reply)]?.body == "您好，正在为您查询")
  }

  // MARK: - Keys

  @Test(arguments: ["Alt-q", "Alt-Q"]) func `Alt means the same in either case`(_ key: String) {
    var desk = Self.billingDesk()
    desk.press("F5", "a")
    desk.type("不要了")
    desk.press(key)
    #expect(desk.model.open?.composer == nil)
  }

  @Test func `settings that bind both cases of a letter keep them apart`() {
    let actions = ActionRegistry(keys: ["drafts": ["Alt-d"], "theme": ["Alt-D"]])
    #expect(actions.actions(for: .alt("d"), in: [.everywhere], isTyping: false) == [.drafts])
    #expect(actions.actions(for: .alt("D"), in: [.everywhere], isTyping: false) == [.theme])
  }

  @Test func `the line at the bottom names the keys of what is in front`() {
    var desk = Self.billingDesk()
    desk.press("F5", "F6")
    desk.type("国际漫游")
    desk.press("Enter")
    desk.press("Insert")
    let last = desk.frame.text(row: desk.model.size.rows - 1)
    #expect(last.contains("Ctrl-S 确定") && last.contains("Esc 返回"))
    #expect(!last.contains("插入"))
    desk.press("Esc", "F3")
    #expect(desk.frame.text(row: desk.model.size.rows - 1).contains("Enter 打开"))
  }

  @Test func `eighty columns in English show what is mine and whether it is synced`() {
    var desk = ScriptedDesk(size: Size(columns: 80, rows: 24), language: .english)
    #expect(desk.frame.text(row: 0).contains("Mine 0"))
    #expect(desk.frame.text(row: 0).contains("Synced ✓"))
    desk.press("F5")
    #expect(desk.frame.text(row: 0).contains("Mine 1"))
    #expect(desk.frame.text(row: 0).contains("Synced ✓"))
  }

  // MARK: - New tickets

  @Test func `in the list a new ticket is for a caller, or for the customer of the selected row`() throws {
    var desk = Self.billingDesk()
    desk.press("F3")
    desk.type("0422")
    desk.press("Enter", "Esc", "Home")
    let row = try #require(desk.model.queue.selectedRow)
    #expect(desk.model.open?.ticket?.customer == "c5")
    #expect(row.customer == "c0")
    desk.press("Insert", "BackTab")
    // From somebody else to the row's customer; phone and name are not asked then.
    desk.press("Left", "Tab", "Tab", "Tab")
    desk.type("又来电")
    desk.press("Ctrl-S")
    let id = try #require(desk.model.open?.id)
    #expect(desk.world.tickets[id]?.customer == row.customer)
  }

  @Test func `during a call somebody else can be chosen`() throws {
    var desk = Self.billingDesk()
    desk.press("F5", "Insert", "BackTab", "Right", "Tab")
    desk.type("13900002222")
    desk.press("Tab")
    desk.type("钱多")
    desk.press("Tab", "Tab", "Tab")
    desk.type("新来电")
    desk.press("Ctrl-S")
    let id = try #require(desk.model.open?.id)
    let customer = try #require(desk.world.tickets[id]?.customer)
    #expect(desk.world.customers[customer]?.name == "钱多")
  }

  @Test func `a known number is recognized even when it was the last thing typed`() throws {
    var desk = Self.billingDesk()
    desk.press("Insert", "Tab", "Tab", "Tab", "Tab")
    desk.type("来电")
    desk.press("BackTab", "BackTab", "BackTab", "BackTab")
    desk.type("13812342072")
    desk.press("Ctrl-S")
    let id = try #require(desk.model.open?.id)
    #expect(desk.world.tickets[id]?.customer == "c1")
  }

  @Test(arguments: ["赵新客", "12", "1381234207a"])
  func `a phone that is none is refused in the dialog, and what was typed stays`(_ text: String) {
    var desk = Self.billingDesk()
    let before = desk.world.tickets.count
    desk.press("Insert")
    desk.type(text)
    desk.press("Tab", "Tab", "Tab", "Tab")
    desk.type("查账单")
    desk.press("Ctrl-S")
    #expect(desk.world.tickets.count == before)
    #expect(desk.screen.contains("不是电话号码"))
    guard case .dialog(let dialog) = desk.model.overlays.last else {
      Issue.record("the dialog is gone")
      return
    }
    #expect(dialog.value("phone") == text)
    #expect(dialog.value("subject") == "查账单")
  }

  @Test func `customers of the typed name can be chosen, and nobody is taken by the name alone`() throws {
    var desk = Self.billingDesk()
    desk.press("Insert", "Tab")
    desk.type("李明")
    desk.press("Tab")
    #expect(desk.screen.contains("有 1 位同名客户"))
    desk.press("Tab", "Tab")
    desk.type("再报障")
    desk.press("BackTab", "BackTab", "BackTab", "BackTab", "BackTab", "Left", "Ctrl-S")
    let id = try #require(desk.model.open?.id)
    #expect(desk.world.tickets[id]?.customer == "c1")
  }

  @Test func `a ticket that could not be made comes back as its dialog`() {
    var desk = Self.billingDesk()
    desk.press("Insert")
    desk.type("13900003333")
    desk.press("Tab", "Tab", "Tab", "Tab")
    desk.type("查账单")
    // Somebody is faster with the same number.
    let rival = Customer(id: "rival", name: "周全")
    let phone = Identity(id: "rival-phone", customer: "rival", kind: .phone, value: "13900003333")
    let operation = Operation(
      id: "x1", actor: "yaoxin", at: desk.model.now,
      action: .customer("rival", .create(rival, identities: [phone])))
    #expect(desk.world.run(operation, at: desk.model.now) == .accepted)
    desk.press("Ctrl-S")
    #expect(desk.model.open == nil)
    guard case .dialog(let dialog) = desk.model.overlays.last else {
      Issue.record("the dialog is gone")
      return
    }
    #expect(dialog.value("subject") == "查账单")
    #expect(dialog.value("phone") == "13900003333")
  }

  @Test func `a search without a hit offers a new customer`() {
    var desk = Self.billingDesk()
    desk.press("F3")
    desk.type("13977778888")
    #expect(desk.screen.contains("新客户「13977778888」"))
    desk.press("Enter")
    guard case .dialog(let dialog) = desk.model.overlays.last else {
      Issue.record("no dialog is open")
      return
    }
    #expect(dialog.value("phone") == "13977778888")
    #expect(dialog.value("customer").isEmpty)
  }

  // MARK: - Colleagues

  private static func openedByTwo() -> ScriptedDesk {
    var desk = billingDesk()
    desk.press("Enter")
    return desk
  }

  private static func rivalClaims(_ desk: inout ScriptedDesk) {
    let claim = Operation(id: "r1", actor: "yaoxin", at: desk.model.now, action: .ticket("t0", .claim))
    #expect(desk.world.run(claim, at: desk.model.now) == .accepted)
    desk.send(.storeChanged)
  }

  @Test func `who takes the ticket in front of me is named, and so is the owner when I try`() {
    var desk = Self.openedByTwo()
    Self.rivalClaims(&desk)
    let name = desk.model.directory.agentName("yaoxin", in: .chinese)
    #expect(desk.model.notice?.text.string == "\(name) 接走了 #2611-0417")
    desk.press("c")
    #expect(desk.model.notice?.text.string == "\(name) 已经领取了")
  }

  @Test func `a reply on somebody else's ticket does not go out, and becomes a note if I want`() {
    var desk = Self.openedByTwo()
    desk.press("r")
    desk.type("马上为您查")
    Self.rivalClaims(&desk)
    desk.press("Ctrl-S")
    #expect(!desk.world.entries.contains { $0.kind == .reply })
    let name = desk.model.directory.agentName("yaoxin", in: .chinese)
    #expect(desk.screen.contains("\(name) 在办这一单"))
    desk.press("Enter")
    #expect(desk.model.open?.composer?.kind == .note)
    desk.press("Ctrl-S")
    #expect(desk.world.entries.contains { $0.kind == .note && $0.body == "马上为您查" })
    #expect(!desk.world.entries.contains { $0.kind == .reply })
    desk.press("r", "Esc")
    #expect(desk.model.open?.composer == nil)
  }

  @Test func `a reply on a ticket that nobody has takes it in the same gesture`() {
    var desk = Self.openedByTwo()
    desk.press("r")
    desk.type("您好")
    desk.press("Ctrl-S")
    #expect(desk.world.tickets["t0"]?.owner == "zhaomin")
    #expect(desk.world.entries.contains { $0.kind == .reply && $0.body == "您好" })
  }

  @Test func `while the store is away such a reply stays where it was typed`() {
    var desk = Self.openedByTwo()
    desk.isOffline = true
    desk.press("r")
    desk.type("您好")
    desk.press("Ctrl-S")
    #expect(!desk.world.entries.contains { $0.kind == .reply })
    #expect(desk.model.open?.composer?.editor.text == "您好")
    desk.press("Ctrl-S")
    #expect(desk.model.open?.composer?.editor.text == "您好")
    #expect(desk.screen.contains("不归你"))
    desk.isOffline = false
    let claim = desk.effects.compactMap { if case .submit(let one) = $0 { one } else { nil } }.last
    desk.send(.outcome(claim!.id, .accepted))
    desk.press("Ctrl-S")
    #expect(desk.world.entries.contains { $0.kind == .reply && $0.body == "您好" })
  }
}

@Suite struct `Pieces of a status line` {
  private func segment(_ width: Int, _ rank: Int) -> Segment {
    Segment(spans: [Span(SafeText(String(repeating: "x", count: width)))], rank: rank)
  }

  @Test func `what fits exactly is shown, and the least important goes first`() {
    let segments = [segment(5, 2), segment(4, 0), segment(3, 1)]
    // 5 + 3 + 4 + 3 + 3 with two separators.
    #expect(Segment.fitting(segments, columns: 18).map(\.rank) == [2, 0, 1])
    #expect(Segment.fitting(segments, columns: 17).map(\.rank) == [0, 1])
    #expect(Segment.fitting(segments, columns: 9).map(\.rank) == [0])
    #expect(Segment.fitting(segments, columns: 3).map(\.rank) == [1])
  }
}
