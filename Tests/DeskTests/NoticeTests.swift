import Configuration
import Domain
import Terminal
import Testing

@testable import Desk

/// What the lower edge says, and that it never takes the place of the keys.
@Suite struct `Notices` {
  private static func desk(_ columns: Int = 120) -> ScriptedDesk {
    ScriptedDesk(size: Size(columns: columns, rows: 24), me: "zhaomin")
  }

  @Test(arguments: [60, 80, 99, 100, 120, 160])
  func `a notice leaves keys beside or below it`(_ columns: Int) throws {
    var desk = Self.desk(columns)
    desk.press("F5")
    let said = try #require(desk.model.notice?.text.string)
    #expect(desk.screen.contains(said.prefix(4)))
    let footer = desk.frame.text(row: desk.model.size.rows - 1)
    #expect(footer.contains("F8"))
    desk.press("r")
    #expect(desk.frame.text(row: desk.model.size.rows - 1).contains("Ctrl-S"))
  }

  @Test func `the longest sentence stands above the keys at 80 columns, and only a page of text is cut`() {
    var desk = Self.desk(80)
    desk.press("F5")
    desk.model.say(String(repeating: "很长的一句话，", count: 20) + "完", .danger)
    let frame = desk.frame
    let footer = frame.text(row: 23)
    #expect(footer.contains("F8 "))
    #expect(footer.contains("F2 "))
    #expect((19...22).contains { frame.text(row: $0).contains("完") })
    desk.model.say(String(repeating: "很长的一句话，", count: 40) + "完", .danger)
    #expect(desk.frame.text(row: 22).contains("…") && desk.frame.text(row: 23).contains("F8 "))
  }

  @Test func `a notice goes when what it speaks of has changed`() {
    var desk = Self.desk()
    desk.press("F5", "F8", "F8")
    #expect(desk.model.notice?.kind == .warning)
    desk.press("Enter")
    #expect(desk.model.notice?.kind != .warning)
    // A reason is said for the row it was asked about.
    var other = ScriptedDesk()
    other.press("F8")
    #expect(other.model.notice?.kind == .warning)
    other.press("Down")
    #expect(other.model.notice == nil)
  }

  @Test func `what can be undone is offered until it is undone`() {
    var desk = Self.desk()
    desk.press("F5")
    #expect(desk.model.notice?.text.string.hasSuffix("u 撤销") == true)
    desk.press("u")
    #expect(desk.model.notice?.text.string.contains("u 撤销") != true)
  }

  @Test func `a key without meaning says so, once, and the scopes work from a ticket`() {
    var desk = Self.desk()
    desk.press("F5")
    desk.wait(seconds: 8)
    desk.press("X")
    #expect(desk.model.notice?.text.string == "这里没有 X 键，F1 看所有按键")
    desk.model.notice = nil
    desk.press("X")
    #expect(desk.model.notice == nil)
    desk.wait(seconds: 3)
    desk.press("Space")
    #expect(desk.model.notice?.text.string.contains("工单列表里的键") == true)
    #expect(desk.model.queue.marks.isEmpty)
    desk.press("2")
    #expect(desk.model.scope == .mine)
    #expect(desk.model.focus == .queue)
  }

  @Test func `the key that closed does not begin to close the next ticket`() {
    var desk = Self.desk()
    desk.press("F5", "F8", "Enter", "Enter", "Enter", "F8", "F8")
    #expect(desk.world.tickets["t0"]?.state == .closed)
    #expect(desk.model.open == nil)
    #expect(desk.model.notice?.text.string.contains("刚刚结案") == true)
    // Another key in between, and it means what it says.
    desk.press("Down", "F8")
    #expect(desk.model.notice?.text.string.contains("刚刚结案") != true)
  }

  @Test func `a close that is undone is on the screen again`() {
    var desk = Self.desk()
    desk.press("F5", "F8", "Enter", "Enter", "Enter", "F8")
    #expect(desk.model.open == nil)
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.model.open?.id == "t0")
  }
}

@Suite struct `What is typed in a dialog` {
  @Test func `a path that leads nowhere stays, with the sentence under it`() {
    var desk = ScriptedDesk(me: "zhaomin")
    desk.press("F5", "A")
    desk.type("~/账单.pdf")
    desk.press("Enter", "Enter")
    let asked = desk.effects.filter { if case .attach = $0 { true } else { false } }
    #expect(asked == [.attach(path: "~/账单.pdf", ticket: "t0")])
    desk.send(.attachmentFailed("找不到 ~/账单.pdf"))
    #expect(desk.screen.contains("找不到 ~/账单.pdf"))
    #expect(desk.screen.contains("~/账单.pdf"))
    desk.type("q")
    #expect(!desk.screen.contains("找不到 ~/账单.pdf"))
    desk.press("Enter")
    desk.send(
      .attachmentStored(
        StoredFile(ticket: "t0", name: "账单.pdf", mediaType: "application/pdf", byteCount: 9, digest: "d")))
    #expect(desk.model.overlays.isEmpty)
    #expect(desk.world.attachments.map(\.name) == ["账单.pdf"])
  }

  @Test func `typing over a proposed time replaces it`() throws {
    var desk = ScriptedDesk(me: "zhaomin")
    desk.press("F5", "R")
    desk.type("2h")
    desk.press("Tab", "Enter")
    let ticket = try #require(desk.world.tickets["t0"])
    #expect(ticket.reminder?.at == Fixture.now.advanced(seconds: 7200))
    desk.press("R", "Enter", "Enter")
    #expect(desk.world.tickets["t0"]?.reminder?.at == Fixture.now.advanced(seconds: 1800))
  }

  @Test func `a hint stands once`() {
    var desk = ScriptedDesk(me: "zhaomin")
    desk.press("F5", "A")
    #expect(desk.screen.components(of: "主目录") == 1)
  }

  @Test func `commands are found by pinyin and by initials`() {
    for typed in ["jiean", "jie", "ja"] {
      var desk = ScriptedDesk(me: "zhaomin")
      desk.press("F5", "Ctrl-P")
      desk.type(typed)
      guard case .picker(let picker) = desk.model.overlays.last else { return }
      let found = picker.matches.prefix(6).map { picker.items[$0].id }
      #expect(found.contains(ActionID.close.rawValue), "\(typed)")
    }
  }

  @Test func `a draft is listed with its ticket and opened with its text`() throws {
    let draft = Draft(ticket: "t0", slot: .reply, body: "您好，已为您核实", savedAt: Fixture.now)
    var desk = ScriptedDesk(me: "zhaomin", drafts: [draft])
    desk.press("D")
    let number = try #require(desk.world.tickets["t0"]?.number)
    #expect(desk.screen.contains("#\(number) 王*芳 · ") || desk.screen.contains("#\(number) 王** · "))
    desk.press("Enter")
    #expect(desk.model.open?.id == "t0")
    #expect(desk.model.open?.composer?.editor.text == "您好，已为您核实")
  }
}

@Suite struct `What waits for a time` {
  @Test func `the time a ticket comes back has an arrow, and another day is a date`() throws {
    var desk = ScriptedDesk(me: "zhaomin")
    desk.press("F5", "h")
    desk.type("等客户回电")
    desk.press("Tab")
    desk.type("15:30")
    desk.press("Enter")
    desk.press("4")
    #expect(desk.screen.contains("→15:30"))
    #expect(desk.screen.contains("挂起至 11-21 15:30"))
    let model = desk.model
    #expect(model.wakeText(Fixture.now.advanced(seconds: 86_400)) == "11-22")
  }
}

@Suite struct `The order of templates` {
  @Test func `a refusal is never what is closed with unless somebody chooses it`() {
    let refusals: Set<String> = ["declined", "rejected", "refused"]
    for zone in Fixture.configuration.zones {
      let templates = Fixture.configuration.templates.filter { $0.zone == zone.id }
      let categories = Fixture.configuration.categories.filter { $0.zone == zone.id }.map { Optional($0.id) }
      for category in categories + [nil] {
        let first = templates.ranked(for: category).first
        #expect(
          first.map { refusals.contains($0.disposition) } != true,
          "\(zone.id) \(String(describing: category))")
      }
    }
  }
}

@Suite struct `The score of a practice` {
  private static func sheet(
    customerSays: String, asked: Bool, revealedAfter: Int64, passedAfter: Int64? = nil
  ) throws -> ScoreSheet {
    let scenarios = try ResourceFolder(Fixture.resources).loadPractice().scenarios
    let scenario = try #require(scenarios.first { $0.id == "double-charge" })
    let ticket = Ticket(
      id: "t", customer: "c", zone: scenario.zone, subject: "重复扣费", channel: .phone, createdAt: Fixture.now,
      createdBy: "system")
    func entry(
      _ id: EntryID, _ second: Int64, _ author: TimelineEntry.Author, _ kind: TimelineEntry.Kind,
      _ body: String
    )
      -> TimelineEntry
    {
      TimelineEntry(
        id: id, ticket: "t", at: Fixture.now.advanced(seconds: second), author: author, kind: kind, body: body
      )
    }
    var entries = [entry("e0", 0, .customer, .customerMessage, scenario.opening)]
    if asked { entries.append(entry("e1", 5, .agent(Fixture.me), .reply, "请报证件后四位")) }
    entries.append(entry("e2", 10, .customer, .customerMessage, customerSays))
    if let passedAfter {
      entries.append(entry("e3", passedAfter, .agent(Fixture.me), .verification(.passed), ""))
    }
    let record = PracticeRecord(
      ticket: ticket, entries: entries, revealedAt: [Fixture.now.advanced(seconds: revealedAfter)],
      clock: .china, itemName: { $0 })
    return record.assess(scenario)
  }

  private static func isVerified(_ sheet: ScoreSheet) -> Bool {
    sheet.items.first { $0.id == "verified" }?.isMet == true && !sheet.fatal.contains { $0.id == "disclosed" }
  }

  @Test func `who asked for the identity and got it has verified`() throws {
    #expect(Self.isVerified(try Self.sheet(customerSays: "尾号 4028", asked: true, revealedAfter: 20)))
    #expect(!Self.isVerified(try Self.sheet(customerSays: "尾号 4028", asked: true, revealedAfter: 7)))
    #expect(!Self.isVerified(try Self.sheet(customerSays: "尾号 9999", asked: true, revealedAfter: 20)))
    #expect(!Self.isVerified(try Self.sheet(customerSays: "尾号 4028", asked: false, revealedAfter: 20)))
    // So has who asked the zone's questions.
    for (passed, isVerified) in [(15, true), (25, false)] as [(Int64, Bool)] {
      let sheet = try Self.sheet(
        customerSays: "我是机主", asked: false, revealedAfter: 20, passedAfter: passed)
      #expect(Self.isVerified(sheet) == isVerified)
    }
  }
}

@Suite struct `Tables in articles` {
  @Test func `columns where they fit, otherwise a list under each row`() {
    let table = "| 代码 | 含义 |\n| --- | --- |\n| `691` | 账号密码不对 |\n| 678 | 线路没有响应，先看光猫的灯 |"
    #expect(
      Markdown.blocks(table) == [
        .table([["代码", "含义"], ["691", "账号密码不对"], ["678", "线路没有响应，先看光猫的灯"]])
      ])
    #expect(Markdown.blocks("先说。\n\(table)\n再说。").count == 3)
  }
}

extension String {
  fileprivate func components(of part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
