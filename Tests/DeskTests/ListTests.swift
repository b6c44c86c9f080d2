import Domain
import Terminal
import Testing

@testable import Desk

@Suite struct `The queue` {
  @Test func `narrows as you type, says what is found, and Esc brings all back`() {
    var desk = ScriptedDesk()
    desk.press("/")
    desk.type("授权")
    #expect(desk.model.queue.rows.allSatisfy { $0.subject.contains("授权") })
    #expect(desk.screen.contains("\(desk.model.queue.rows.count) 条"))
    desk.press("Enter", "n", "n")
    #expect(desk.model.queue.selected == 2)
    desk.press("N")
    #expect(desk.model.queue.selected == 1)
    desk.press("Esc")
    #expect(desk.model.queue.rows.count == 40)
  }

  @Test func `letters are text while filtering`() {
    var desk = ScriptedDesk()
    desk.press("/")
    desk.type("qcu?")
    #expect(desk.model.filter?.text == "qcu?")
    #expect(desk.model.overlays.isEmpty)
  }

  @Test func `moves by every key that a list has`() {
    var desk = ScriptedDesk()
    desk.press("j", "Down", "k")
    #expect(desk.model.queue.selected == 1)
    desk.press("G")
    #expect(desk.model.queue.selected == 39)
    desk.press("Home", "PgDn")
    #expect(desk.model.queue.selected == desk.model.queue.height - 1)
    desk.press("g", "Ctrl-D", "Ctrl-U")
    #expect(desk.model.queue.selected == 0)
  }

  @Test func `marks, ranges, and one action for all of them`() {
    var desk = ScriptedDesk()
    desk.press("Space", "V", "Down", "Down", "V")
    #expect(desk.model.queue.marks.count == 4)
    #expect(desk.screen.contains("已选 4"))
    desk.press("c")
    #expect(desk.world.tickets.values.filter { $0.owner == Fixture.me }.count == 4)
    #expect(desk.model.queue.marks.isEmpty)
  }

  @Test func `one undo takes an action on many back, and the one before stays`() {
    var desk = ScriptedDesk()
    desk.press("p", "1")
    let first = desk.world.tickets.values.first { $0.priority == .urgent && $0.id != "t2" }?.id
    desk.press("Space", "Space", "Space", "#")
    desk.type("夜间")
    desk.press("Enter")
    #expect(desk.world.tickets.values.filter { $0.tags == ["夜间"] }.count == 3)
    #expect(desk.model.notice?.text.string.hasSuffix("u 撤销") == true)
    desk.press("u")
    #expect(desk.world.tickets.values.allSatisfy { $0.tags.isEmpty })
    #expect(desk.model.notice?.text.string == "已撤销 3 单的加标签")
    #expect(first == nil || desk.world.tickets[first!]?.priority == .urgent)
    desk.press("u")
    #expect(desk.model.undo.isEmpty)
  }

  @Test func `an action on many keeps what each ticket was before`() {
    var desk = ScriptedDesk()
    let before = desk.world.tickets.mapValues(\.priority)
    desk.press("V", "Down", "Down", "Down", "V", "p", "4")
    #expect(desk.world.tickets.values.filter { $0.priority == .low }.count == 4)
    desk.press("u")
    #expect(desk.world.tickets.mapValues(\.priority) == before)
    desk.press("Space", "Space", "c")
    #expect(desk.world.tickets.values.filter { $0.owner == Fixture.me }.count == 2)
    desk.press("u")
    #expect(desk.world.tickets.values.allSatisfy { $0.owner == nil })
  }

  @Test func `undo before the rest is on the disk takes that back, too`() throws {
    var desk = ScriptedDesk()
    desk.press("Space", "Space", "#")
    desk.type("急")
    // The answers come late: the first is saved, undo is pressed, then the second is.
    var model = desk.model
    let saves = update(&model, .input(.key(.enter))).compactMap { effect -> OperationID? in
      if case .save(let operation, _) = effect { operation.id } else { nil }
    }
    try #require(saves.count == 2)
    _ = update(&model, .saved(saves[0]))
    let undone = update(&model, .input(.key(Key("u"))))
    let late = update(&model, .saved(saves[1]))
    for effects in [undone, late] {
      #expect(
        effects.contains {
          if case .save(let operation, _) = $0, case .ticket(_, .removeTag("急")) = operation.action {
            true
          } else {
            false
          }
        })
    }
    #expect(model.undo.isEmpty)
  }

  @Test func `what the store refused of an action on many is not undone`() throws {
    var desk = ScriptedDesk()
    desk.isSlow = true
    desk.press("Space", "Space", "#")
    desk.type("急")
    desk.press("Enter")
    let refused = try #require(desk.model.undo.last?.steps.first?.operation)
    desk.send(.outcome(refused, .refused(.ticketMissing)))
    #expect(desk.model.undo.last?.steps.count == 1)
  }

  @Test func `what a row that is not open holds is found out, not taken from the ticket that is`() {
    var desk = ScriptedDesk()
    // The procedure of the row's own zone.
    desk.press("F4")
    #expect(desk.model.open?.id == "t2")
    #expect(desk.screen.contains("□") || desk.screen.contains("○"))
    desk.press("Esc", "#")
    desk.type("退订")
    desk.press("Enter", "Esc")
    #expect(desk.model.focus == .queue)
    // The open ticket has a tag, the row below has none: it is opened and says so.
    desk.press("Home", "Down", "-")
    #expect(desk.model.open?.id == "t0")
    #expect(desk.model.overlays.isEmpty)
    #expect(desk.model.notice?.text.string == "没有标签")
    // And the other way round.
    desk.press("Esc", "Home", "-")
    #expect(desk.model.open?.id == "t2")
    #expect(desk.model.overlays.count == 1)
  }

  @Test(arguments: Language.allCases)
  func `what needs an open ticket says so`(_ language: Language) {
    var desk = ScriptedDesk(language: language)
    desk.press("E")
    #expect(
      desk.model.notice?.text.string
        == (language == .chinese ? "请先按 Enter 打开工单" : "open the ticket first: Enter"))
  }

  @Test func `closing many closes those that lack nothing and names what the others lack`() {
    var world = Fixture.world()
    for (index, id) in [TicketID("t0"), "t6", "t11"].enumerated() {
      _ = world.run(
        Operation(
          id: OperationID("c\(index)"), actor: Fixture.me, at: Fixture.now, action: .ticket(id, .claim)),
        at: Fixture.now)
    }
    let full = ["period": "2026-10", "item": "国际漫游包", "amount": "38", "remedy": "refund"]
    for id in [TicketID("t0"), "t5"] {
      _ = world.run(
        Operation(
          id: OperationID("f\(id)"), actor: Fixture.me, at: Fixture.now, action: .ticket(id, .setFields(full))
        ),
        at: Fixture.now)
    }
    var desk = ScriptedDesk(world: world)
    let use = ArticleUse(article: "a", language: .chinese, question: "漫游费多扣", kind: .closed)
    let other = ArticleUse(article: "b", language: .chinese, question: "晚上掉线", kind: .closed)
    desk.model.usedArticles.add(use, on: "t0")
    desk.model.usedArticles.add(other, on: "t6")
    desk.press("2", "Space", "Space", "Space", "F8")
    desk.type("重复扣费退费")
    desk.press("Enter")
    #expect(desk.screen.contains("可结案 1，缺内容 2"))
    #expect(desk.screen.contains("缺 "))
    desk.press("Enter")
    #expect(desk.world.tickets["t0"]?.state == .closed)
    #expect(desk.world.tickets.values.filter { $0.state == .closed }.count == 1)
    #expect(desk.model.queue.marks.count == 2)
    // What helped with the one that was closed counts, and no more than that.
    #expect(desk.world.articleUses == [use])
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.world.articleUses == [use, use.takenBack])
  }

  @Test func `scopes show what they name`() {
    var desk = ScriptedDesk()
    desk.press("F5", "Esc", "2")
    #expect(desk.model.queue.rows.count == 1)
    desk.press("Ctrl-Right")
    #expect(desk.model.scope == .open)
    #expect(desk.model.queue.rows.count == 40)
    desk.press("5")
    #expect(desk.screen.contains("还没有已结的工单"))
  }

  @Test func `who else has a ticket open is seen in the list and in the ticket`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.send(.viewers([Viewer(agent: Fixture.colleague, ticket: "t0", isTyping: true)]))
    #expect(desk.screen.contains("◆ 陈雨 正在输入"))
    desk.press("Esc", "2")
    #expect(desk.frame.text(row: 3).contains("◆"))
  }

  @Test func `the customer's new message is announced once and only to who is away`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("Esc")
    desk.send(.input(.focusLost))
    let operation = Operation(
      id: "m1", actor: "system", at: Fixture.now, action: .ticket("t0", .receive(message: "在吗", contact: nil))
    )
    _ = desk.world.run(operation, at: Fixture.now)
    desk.model.open = nil
    desk.send(.storeChanged)
    desk.send(.storeChanged)
    #expect(desk.driver.events.filter { $0 == .bell }.count == 1)
    desk.press("2")
    #expect(desk.screen.contains("●"))
  }

  @Test func `the number of a ticket goes to the clipboard of the terminal`() throws {
    var desk = ScriptedDesk()
    desk.openFirst()
    let number = try #require(desk.model.open?.ticket?.number)
    desk.press("y")
    #expect(desk.driver.events.contains(.clipboard(number)))
  }

  @Test func `a reminder is announced once, whatever list is shown`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("R", "Enter")
    desk.type("回电")
    desk.press("Enter", "Esc")
    desk.wait(seconds: 29 * 60)
    #expect(desk.model.notice == nil)
    desk.wait(seconds: 80)
    #expect(desk.model.notice?.text.string == "提醒到时：#2611-0417 多扣了38元国际漫游包")
    desk.wait(seconds: 30)
    desk.wait(seconds: 30)
    #expect(desk.model.notice == nil)
  }

  /// A list of a million: what is held stays small, and held-down keys arrive where they should.
  @Test func `a long list is held in pages`() {
    var list = QueueList(query: QueueQuery(scope: .waiting))
    list.height = 35
    func answer(_ effects: [DeskEffect]) {
      var effects = effects
      while !effects.isEmpty {
        guard case .loadQueue(let request) = effects.removeFirst() else { continue }
        let page = Self.page(request, of: 1_000_000)
        effects += list.take(page, drawn: Self.drawn(page))
        #expect(list.rows.count <= QueueList.longest)
      }
    }
    func reload(_ change: (inout QueueList) -> [DeskEffect]) { answer(change(&list)) }
    reload { $0.reload($0.query) }
    for _ in 0..<300 { reload { $0.move(34) } }
    #expect(list.selectedRow?.id == "t10200")
    reload { $0.moveToEnd() }
    #expect(list.selectedRow?.id == "t999999")
    for _ in 0..<100 { reload { $0.move(-34) } }
    #expect(list.selectedRow?.id == "t996599")
    reload { $0.moveToStart() }
    #expect(list.selectedRow?.id == "t0")
  }

  @Test func `keys that come before the page do not get lost`() {
    var list = QueueList(query: QueueQuery(scope: .waiting))
    list.height = 10
    var waiting = list.reload(list.query)
    func next() {
      guard case .loadQueue(let request) = waiting.removeFirst() else { return }
      let page = Self.page(request, of: 10_000)
      waiting += list.take(page, drawn: Self.drawn(page))
    }
    next()
    for _ in 0..<50 { waiting += list.move(9) }
    while !waiting.isEmpty { next() }
    #expect(list.selectedRow?.id == "t450")
  }

  private static func drawn(_ page: QueuePage) -> [RowText] {
    page.rows.map { _ in
      RowText(
        subject: .empty, customer: .empty, channel: .empty, number: .empty, zone: .empty, owner: .empty,
        since: nil,
        fixed: nil)
    }
  }

  private static func page(_ request: QueueRequest, of count: Int) -> QueuePage {
    let range: Range<Int>
    switch request.edge {
    case .first: range = 0..<min(count, request.limit)
    case .last: range = max(0, count - request.limit)..<count
    case .after(let key): range = Int(key.row) + 1..<min(count, Int(key.row) + 1 + request.limit)
    case .from(let key): range = Int(key.row)..<min(count, Int(key.row) + request.limit)
    case .before(let key): range = max(0, Int(key.row) - request.limit)..<Int(key.row)
    }
    let rows = range.map { index in
      QueueRow(
        key: QueueKey(priority: 3, moment: 0, row: Int64(index)), id: TicketID("t\(index)"), number: nil,
        customer: "c", customerName: "", customerLevel: .standard, zone: "z", category: nil, subject: "",
        preview: "",
        channel: .phone, state: .new, priority: .normal, owner: nil, waitingSince: nil,
        createdAt: Timestamp(seconds: 0), updatedAt: Timestamp(seconds: 0), pendingUntil: nil,
        isUnread: false,
        reminderAt: nil, isWaitingForStore: false)
    }
    return QueuePage(
      request: request, rows: rows, hasBefore: range.lowerBound > 0, hasAfter: range.upperBound < count)
  }
}

@Suite struct `Looking things up` {
  @Test func `knowledge suggests for the ticket, then searches as you type`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("F6")
    #expect(desk.screen.contains("与本单有关"))
    desk.type("漫游")
    #expect(desk.model.knowledge.hits.contains { $0.title.contains("漫游") })
    #expect(desk.screen.contains("篇"))
  }

  @Test func `a passage goes into the reply at the caret`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("r")
    desk.type("您好：")
    desk.press("F6")
    desk.type("重复")
    desk.press("Enter", "Down")
    let chosen = desk.model.knowledge.passages[desk.model.knowledge.passage]
    #expect(desk.model.knowledge.passage > 0)
    #expect(!Markdown.isHeading(chosen))
    let passage = Markdown.plain(chosen)
    desk.press("Enter")
    #expect(desk.model.open?.composer?.editor.text == "您好：" + passage)
    #expect(desk.model.focus == .ticket)
  }

  @Test func `a search that found nothing is kept once`() {
    var desk = ScriptedDesk()
    desk.press("F6")
    desk.type("不存在的词")
    desk.wait(seconds: 4)
    desk.wait(seconds: 4)
    desk.press("Esc")
    #expect(desk.world.missedSearches == ["不存在的词"])
  }

  @Test func `what an article answered is recorded once, for what was typed and without personal data`()
    throws
  {
    var world = Fixture.world()
    world.tickets["t0"]?.subject = "漫游 13812342071"
    var desk = ScriptedDesk(world: world)
    desk.openFirst()
    desk.press("F6")
    desk.type("漫游")
    desk.press("Enter")
    #expect(desk.world.articleUses.map(\.kind) == [.opened])
    #expect(desk.world.articleUses.first?.question == "漫游")
    desk.press("Esc", "Enter")
    #expect(desk.world.articleUses.count == 1)
    desk.press("Down", "Enter")
    let article = try #require(desk.model.knowledge.article)
    #expect(desk.world.articleUses.map(\.kind) == [.opened, .inserted])
    let used = desk.model.usedArticles["t0"]
    #expect(used.map(\.article) == [article.id])
    #expect(used.map(\.kind) == [.closed])
    #expect(used[0].question.contains("漫游"))
    #expect(!used[0].question.contains("13812342071"))
  }

  @Test func `find anything opens tickets and customers`() {
    var desk = ScriptedDesk()
    desk.press("F3")
    desk.type("2071")
    #expect(desk.screen.contains("138****2071"))
    desk.press("Enter")
    #expect(desk.model.focus == .customer)
    #expect(desk.model.customer?.id == "c0")
    desk.press("F3")
    desk.type("0418")
    desk.press("Enter")
    #expect(desk.model.open?.id == "t1")
  }

  @Test func `who moved in the first part of what was found stays there when the rest comes`() {
    func pane(_ desk: ScriptedDesk) -> FindPane? {
      if case .find(let pane)? = desk.model.overlays.last { pane } else { nil }
    }
    let hits = (0..<5).map {
      FindHit(target: .customer(CustomerID("c\($0)")), evidence: .name, title: "王*", detail: "")
    }
    var desk = ScriptedDesk()
    desk.press("F3")
    desk.type("王")
    let token = desk.model.searchToken
    desk.send(.found(token: token, Array(hits.prefix(3))))
    desk.press("Down", "Down")
    desk.send(.found(token: token, hits))
    #expect(pane(desk)?.selected == 2)
    #expect(pane(desk)?.hits.count == 5)
    desk.type("芳")
    desk.send(.found(token: desk.model.searchToken, hits))
    #expect(pane(desk)?.selected == 0)
  }

  @Test func `what was found says how far the store has looked, and only where that is not everywhere`() {
    let hit = FindHit(target: .ticket("t9"), evidence: .words, title: "2609-0007", detail: "光猫")
    var desk = ScriptedDesk()
    desk.press("F3")
    desk.type("光猫")
    let token = desk.model.searchToken
    desk.send(.found(token: token, [hit], .upTo(Timestamp(seconds: 1_790_000_000))))
    #expect(desk.screen.contains("2609-0007") && desk.screen.contains("只查到 2026-"))
    desk.send(.found(token: token, [hit], .unavailable))
    #expect(desk.screen.contains("现在无法向库查询") && !desk.screen.contains("只查到"))
    desk.send(.found(token: token, [hit]))
    #expect(desk.screen.contains("2609-0007") && !desk.screen.contains("旧工单中的文字"))
  }

  @Test func `a ticket of which only a line is here says so`() throws {
    var desk = ScriptedDesk()
    desk.press("F3")
    desk.type("0418")
    desk.press("Enter")
    let id = try #require(desk.model.open?.id)
    var detail = try #require(desk.model.open?.detail)
    #expect(!desk.screen.contains("尚未取到"))
    detail.isPartial = true
    desk.send(.ticketLoaded(id, detail))
    #expect(desk.screen.contains("尚未取到"))
    detail.isPartial = false
    desk.send(.ticketLoaded(id, detail))
    #expect(!desk.screen.contains("尚未取到"))
  }

  @Test func `nobody becomes a new customer while the store is still being asked`() {
    var desk = ScriptedDesk()
    desk.press("F3")
    desk.type("欧阳某某")
    desk.send(.found(token: desk.model.searchToken, [], .asking))
    #expect(!desk.screen.contains("没有找到"))
    desk.press("Enter")
    guard case .find? = desk.model.overlays.last else { return #expect(Bool(false), "the search is gone") }
    desk.send(.found(token: desk.model.searchToken, [], .unavailable))
    #expect(desk.screen.contains("没有找到") && desk.screen.contains("现在无法向库查询"))
  }

  @Test func `the palette knows both languages and says why not`() {
    var desk = ScriptedDesk()
    desk.press("Ctrl-P")
    desk.type("undo")
    #expect(desk.screen.contains("没有可撤销的"))
    desk.press("Enter")
    #expect(desk.model.overlays.count == 1)
    desk.press("Esc", "Ctrl-P")
    desk.type("接下")
    desk.press("Enter")
    #expect(desk.model.open != nil)
  }

  @Test func `full-width question mark opens help in command state`() {
    var desk = ScriptedDesk()
    desk.type("？")
    guard case .help = desk.model.overlays.last else {
      Issue.record("no help")
      return
    }
    desk.press("Esc")
    desk.type("：")
    guard case .picker = desk.model.overlays.last else {
      Issue.record("no palette")
      return
    }
  }
}

@Suite struct `Pure update` {
  private static let names = [
    "F1", "F2", "F3", "F4", "F5", "F6", "F8", "F9", "F12", "Enter", "Tab", "BackTab", "Esc", "Up", "Down",
    "Right", "Left",
    "Home", "End", "PgUp", "PgDn", "Space", "Backspace", "Delete", "Insert", "Ctrl-P", "Ctrl-K", "Ctrl-S",
    "Ctrl-R",
    "Ctrl-N", "Ctrl-T", "Ctrl-W", "Ctrl-X", "Ctrl-Y", "Ctrl-G", "Ctrl-E", "Ctrl-D", "Ctrl-U", "Ctrl-O", "a",
    "c", "h", "r",
    "u", "v", "x", "T", "p", "s", "O", "l", "M", "S", "m", "Z", "1", "2", "3", "V", "/", "n", "中", "38",
  ]

  /// Random keys at random sizes: nothing crashes, every key of an operation is new, and a second run does the same.
  @Test(arguments: 1...10) func `random keys replay exactly`(_ seed: UInt64) {
    func run() -> ([DeskEffect], Frame) {
      var random = SplitMix64(seed)
      var desk = ScriptedDesk(language: seed % 2 == 0 ? .english : .chinese)
      for step in 0..<160 {
        desk.press(Self.names.randomElement(using: &random)!)
        if step % 17 == 0 { desk.wait(seconds: 1) }
        if step % 41 == 0 {
          desk.resize(Int.random(in: 1...170, using: &random), Int.random(in: 1...50, using: &random))
        }
        _ = desk.frame
      }
      desk.resize(120, 40)
      return (desk.effects, desk.frame)
    }
    let (effects, frame) = run()
    let (again, frameAgain) = run()
    #expect(effects == again)
    #expect(frame == frameAgain)
    let operations = effects.compactMap { effect -> OperationID? in
      switch effect {
      case .save(let operation, _), .submit(let operation), .reveal(let operation, _, _): operation.id
      default: nil
      }
    }
    #expect(Set(operations).count == operations.count)
  }

  @Test(arguments: [
    "30m", "2h", "1d", "15:30", "明天 9:00", "tomorrow", "11-25 10:00", "2026-12-01", "３０m", "昨天", "25:00",
    "9999999h", "",
  ])
  func `times are read as people write them`(_ text: String) {
    let moment = MomentParser.parse(text, now: Fixture.now, clock: .china)
    let good = ["30m", "2h", "1d", "15:30", "明天 9:00", "tomorrow", "11-25 10:00", "2026-12-01"]
    #expect((moment != nil) == good.contains(text))
    if let moment { #expect(moment > Fixture.now) }
  }
}
