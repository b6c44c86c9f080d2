import Domain
import Foundation
import Store
import TestSupport
import Testing

/// Each thing that can be done to a ticket, by its keys, and what the store holds afterwards.
@Suite struct `Working a ticket` {
  private static func claimed(_ home: DemoHome, environment: [String: String] = [:]) throws -> (
    desk: Desk, number: String
  ) {
    let desk = try Desk.open(home, environment: environment)
    try desk.takeNext()
    return (desk, try desk.openTicket())
  }

  @Test func `hold with a reason and a time, and resume`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.claimed(home)
    desk.press("h")
    try desk.sees("原因")
    desk.press("Tab", "Enter")
    try desk.sees("请填「原因」")
    desk.type("等客户发截图")
    desk.press("Tab")
    desk.type("前天以后")
    desk.press("Enter")
    try desk.sees("看不懂这个时间")
    desk.press("Ctrl-U")
    desk.type("2h")
    desk.press("Enter")
    try desk.sees("已挂起")
    let held = try home.ticket(number, is: "on hold") { $0.ticket.state == .pending }.ticket
    #expect(held.pendingReason == "等客户发截图")
    let wait = try #require(held.pendingUntil) - held.updatedAt
    #expect((7_100_000...7_300_000).contains(wait))
    try desk.sees("挂起至")
    desk.press("h")
    try desk.sees("已恢复处理")
    try home.ticket(number, is: "open") { $0.ticket.state == .open && $0.ticket.pendingUntil == nil }
    try desk.quit()
  }

  @Test func `release puts it back for others, and undo takes it again`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.claimed(home)
    desk.press("Z")
    try desk.sees("已放回队列")
    try home.ticket(number, is: "nobody's") { $0.ticket.owner == nil }
    desk.press("u")
    try desk.sees("已撤销 #\(number) 的放回")
    try home.ticket(number, is: "mine again") { $0.ticket.owner == "linxiao" }
    try desk.quit()
  }

  @Test func `transfer to a colleague with a note, who has it at once`() throws {
    let home = try DemoHome()
    let colleague = try Desk.open(home, as: "chenyu")
    colleague.press("2")
    let (desk, number) = try Self.claimed(home)
    desk.press("T")
    try desk.sees("转出")
    desk.type("陈雨")
    try desk.sees("▌陈雨 1025")
    desk.press("Enter")
    try desk.sees("说明")
    desk.type("客户点名要你处理")
    desk.press("Enter")
    try desk.sees("已转出")
    let detail = try home.ticket(number, is: "hers") { $0.ticket.owner == "chenyu" }
    #expect(detail.entries.contains { $0.body == "客户点名要你处理" })
    try colleague.sees("国际漫游包多扣 38 元")
    try colleague.quit()
    try desk.quit()
  }

  @Test func `a note stays inside, undo strikes it, and it is still there to read`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.claimed(home)
    desk.press("a")
    try desk.sees("备注 · 客户看不到")
    desk.type("客户情绪激动，先安抚")
    desk.press("Ctrl-S")
    try desk.sees("已备注")
    try home.ticket(number, is: "noted") { detail in
      detail.entries.contains { $0.kind == .note && $0.body == "客户情绪激动，先安抚" && $0.struckAt == nil }
    }
    desk.press("u")
    try desk.sees("已撤销")
    try desk.sees("（已划去）")
    try home.ticket(number, is: "struck") { detail in
      detail.entries.contains { $0.kind == .note && $0.body == "客户情绪激动，先安抚" && $0.struckAt != nil }
    }
    try desk.quit()
  }

  @Test func `a reply can be taken back at once, and its words can be corrected and sent`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.claimed(home)
    desk.press("Ctrl-R")
    desk.type("您好，38 元明天到帐")
    desk.press("Ctrl-S")
    try desk.sees("回复已记录")
    desk.press("B")
    try desk.sees("回复已撤回")
    desk.press("Ctrl-R")
    try desk.sees("Ctrl-S 发送")
    try desk.sees("您好，38 元明天到帐")
    desk.press("Backspace")
    desk.type("账")
    desk.press("Ctrl-S")
    try desk.sees("回复已记录")
    try home.ticket(number, is: "answered once") { detail in
      let replies = detail.entries.filter { $0.kind == .reply }
      return replies.count == 2 && replies.filter { $0.struckAt == nil }.map(\.body) == ["您好，38 元明天到账"]
    }
    try desk.quit()
  }

  @Test func `personal data is shown with a reason only, and copied nowhere by itself`() throws {
    let home = try DemoHome()
    let (desk, _) = try Self.claimed(home)
    desk.press("i")
    try desk.sees("169****2071")
    #expect(!desk.screen.contains("16900002071") && !desk.screen.contains("王慧芳"))
    desk.press("Down", "Down", "r")
    try desk.sees("会记录：谁、何时、为什么")
    desk.press("Enter")
    try desk.sees("请填「原因」")
    #expect(!desk.screen.contains("16900002071"))
    desk.type("核对机主身份")
    desk.press("Enter")
    try desk.sees("16900002071")
    desk.press("r")
    try desk.seesNoMore("16900002071")
    try desk.quit()
  }

  @Test func `reminder, tags, priority, subject and steps`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.claimed(home)
    desk.press("R")
    try desk.sees("提醒什么")
    desk.press("Enter")
    desk.type("回访客户")
    desk.press("Enter")
    try desk.sees("已设提醒")
    try home.ticket(number, is: "to be remembered") {
      $0.ticket.reminder?.text == "回访客户" && $0.ticket.reminder?.agent == "linxiao"
    }
    desk.press("#")
    desk.type("漫游")
    desk.press("Enter")
    try desk.sees("已加标签")
    try home.ticket(number, is: "tagged") { $0.ticket.tags == ["漫游"] }
    desk.press("-")
    try desk.sees("▌1 漫游")
    desk.press("Enter")
    try desk.sees("已去标签 漫游")
    try home.ticket(number, is: "not tagged") { $0.ticket.tags.isEmpty }
    desk.press("p")
    try desk.sees("Esc 返回")
    desk.press("4")
    try desk.sees("优先级已改")
    try home.ticket(number, is: "low") { $0.ticket.priority == .low }
    desk.press("J")
    try desk.sees("改主题")
    desk.press("Ctrl-U")
    desk.type("漫游包重复扣费")
    desk.press("Enter")
    try desk.sees("主题已改")
    try home.ticket(number, is: "renamed") { $0.ticket.subject == "漫游包重复扣费" }
    desk.press("F4")
    try desk.sees("Esc 返回")
    // Nobody ticks by hand that somebody was verified: the questions open.
    desk.press("Enter")
    try desk.sees("还需答对 2 项")
    desk.press("Esc", "F4")
    try desk.sees("Esc 返回")
    desk.type("定性")
    desk.press("Enter")
    try desk.sees("完成步骤 定性")
    try home.ticket(number, is: "a step further") { $0.ticket.steps.contains("judge") }
    desk.press("u")
    try desk.sees("已撤销")
    try home.ticket(number, is: "a step back") { !$0.ticket.steps.contains("judge") }
    try desk.quit()
  }

  @Test func `another category brings its zone and its form`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.claimed(home)
    desk.press("t")
    desk.type("视频会员退订")
    try desk.terminal.wait(for: "the category") { $0.text.contains(/▌ *视频会员退订/) }
    desk.press("Enter")
    try desk.sees("分类已改")
    try desk.sees("表单 业务退订")
    let ticket = try home.ticket(number, is: "in the other zone") { $0.ticket.zone == "unsubscribe" }.ticket
    #expect(ticket.category == "subscriptions/video")
    try desk.quit()
  }

  @Test func `link to another ticket and back`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.claimed(home)
    let other = try Self.earlier(home, number)
    desk.press("l")
    desk.type(other)
    try desk.sees("▌\(other)")
    desk.press("Enter")
    try desk.sees("已关联")
    let otherID = try home.ticket(other).ticket.id
    try home.ticket(number, is: "linked") { $0.ticket.links.map(\.ticket) == [otherID] }
    desk.press("K")
    try desk.sees("#\(other)")
    desk.press("Enter")
    try desk.sees("已取消关联")
    try home.ticket(number, is: "not linked") { $0.ticket.links.isEmpty }
    try desk.quit()
  }

  /// Another ticket of the same customer.
  private static func earlier(_ home: DemoHome, _ number: String) throws -> String {
    let detail = try home.ticket(number)
    return try #require(detail.customer?.visits.first { $0.number != number }?.number)
  }

  @Test func `merge into another ticket: nothing of either is lost`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.claimed(home)
    let other = try Self.earlier(home, number)
    desk.press("M")
    desk.type(other)
    try desk.sees("▌\(other)")
    desk.press("Enter")
    try desk.sees("已并入")
    #expect(try desk.openTicket() == other)
    let otherID = try home.ticket(other).ticket.id
    try home.ticket(number, is: "merged") { $0.ticket.mergedInto == otherID }
    let whole = try home.ticket(other)
    #expect(whole.entries.contains { $0.body.contains("国际漫游包就买了一次") })
    try desk.quit()
  }

  @Test func `split a second concern off`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.claimed(home)
    desk.press("S")
    try desk.sees("拆单")
    desk.press("Tab")
    desk.type("顺便问宽带续约")
    desk.press("Ctrl-S")
    try desk.sees("已拆出新工单")
    try desk.sees("顺便问宽带续约")
    let source = try home.ticket(number, is: "split") { !$0.ticket.links.isEmpty }.ticket
    let link = try #require(source.links.first)
    #expect(link.relation == .splitInto)
    let new = try home.wait(for: "the new ticket") { try $0.ticket(link.ticket) }
    #expect(new.subject == "顺便问宽带续约" && new.customer == source.customer && new.owner == "linxiao")
    try desk.quit()
  }

  @Test func `attach a file, and open it with my own program`() throws {
    let home = try DemoHome()
    let file = home.path + "/账单 截图.txt"
    try "附件的内容".write(toFile: file, atomically: true, encoding: .utf8)
    let pager = home.path + "/pager.sh"
    try "#!/bin/sh\n/bin/cp \"$1\" '\(home.path)/opened'\n".write(
      toFile: pager, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: pager)
    // Without mailcap and without a desktop a text goes to the pager.
    let (desk, number) = try Self.claimed(
      home, environment: ["PAGER": pager, "PATH": home.path + "/bin"])
    desk.press("A")
    try desk.sees("文件路径")
    desk.type("/no/such/file")
    desk.press("Enter")
    // The path stays where it can be mended.
    try desk.sees("读不了 /no/such/file")
    desk.press("Ctrl-U")
    desk.terminal.paste(file)
    desk.press("Enter")
    try desk.sees("已附 账单 截图.txt")
    let attachment = try #require(
      try home.ticket(number, is: "with an attachment") { !$0.attachments.isEmpty }.attachments.first)
    #expect(attachment.name == "账单 截图.txt" && attachment.byteCount == 15)
    desk.press("o")
    try desk.sees("▌1 账单 截图.txt")
    desk.press("Enter")
    try desk.seesNoMore("▌1 账单 截图.txt")
    try desk.terminal.waitForIdle(quietMilliseconds: 200)
    #expect(try String(contentsOfFile: home.path + "/opened", encoding: .utf8) == "附件的内容")
    try desk.quit()
  }

  @Test func `a new customer, contact and ticket during a call`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    desk.press("Insert")
    try desk.sees("客户说")
    desk.type("19900001234")
    desk.press("Tab")
    desk.type("诸葛小明")
    desk.press("Tab", "Tab", "Tab")
    desk.type("手机无法上网")
    desk.press("Tab")
    desk.type("今天早上开始没有网络")
    desk.press("Ctrl-S")
    try desk.sees("已新建工单")
    let number = try desk.openTicket()
    let detail = try home.ticket(number)
    #expect(detail.ticket.subject == "手机无法上网" && detail.ticket.owner == "linxiao")
    #expect(detail.entries.contains { $0.kind == .customerMessage && $0.body == "今天早上开始没有网络" })
    #expect(detail.contacts.count == 1)
    let customer = try home.look { try $0.customer(holding: .phone, "19900001234") }
    #expect(customer == detail.ticket.customer)
    #expect(!desk.screen.contains("诸葛小明"), "a name is masked from the first screen on")
    try desk.quit()
  }

  @Test func `the phone number of somebody who is known finds the customer`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    desk.press("Insert")
    try desk.sees("客户说")
    desk.type("16900002071")
    desk.press("Tab")
    try desk.sees("已有客户 王*芳，用这位")
    desk.press("Tab", "Tab", "Tab")
    desk.type("又来问漫游费")
    desk.press("Ctrl-S")
    try desk.sees("已新建工单")
    let number = try desk.openTicket()
    let known = try home.look { try $0.customer(holding: .phone, "16900002071") }
    #expect(try home.ticket(number).ticket.customer == known)
    try desk.quit()
  }

  @Test func `many at once: mark, then any action`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    try desk.sees("国际漫游包多扣 38 元")
    desk.press("Space", "Space")
    try desk.sees("队列 · 已选 2")
    desk.press("#")
    desk.type("批量")
    desk.press("Enter")
    try desk.sees("已加标签")
    try home.wait(for: "two tagged tickets") { replica in
      let request = QueueRequest(query: QueueQuery(scope: .waiting), edge: .first, limit: 50)
      let tagged = try replica.queuePage(request).rows.filter {
        try replica.ticket($0.id)?.tags.contains("批量") == true
      }
      return tagged.count == 2 ? true : nil
    }
    try desk.quit()
  }

  @Test func `presence is mine to say, and a claim and a close say it for me`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    func presence(_ state: Presence.State) throws {
      try home.wait(for: "\(state)") { try $0.agent("linxiao")?.presence.state == state ? true : nil }
    }
    try desk.takeNext()
    try desk.sees("▶ 通话")
    try presence(.onContact)
    desk.press("F8")
    try desk.sees("2.0 模板")
    desk.press("F8")
    try desk.sees("已结案")
    try desk.sees("● 就绪")
    try presence(.ready)
    desk.press("F9")
    try desk.sees("Esc 返回")
    desk.press("3")
    try desk.sees("■")
    try presence(.notReady)
    try desk.quit()
    try presence(.offline)
  }

  @Test func `every action is in the palette under its name, and says why it cannot be done`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.claimed(home)
    try desk.command("挂起")
    try desk.sees("原因")
    desk.type("从命令里挂起")
    desk.press("Tab", "Enter")
    try desk.sees("已挂起")
    try home.ticket(number, is: "on hold") { $0.ticket.state == .pending }
    desk.press("Ctrl-P")
    desk.type("重开")
    try desk.sees("还没结")
    desk.press("Esc")
    try desk.quit()
  }

  @Test func `a letter typed with a Chinese input method on counts as the key`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    desk.type("？")
    try desk.sees("┌ 帮助")
    desk.press("Esc")
    try desk.seesNoMore("┌ 帮助")
    desk.type("：")
    try desk.sees("输入以筛选")
    desk.press("Esc")
    desk.type("２")
    try desk.seesNoMore("国际漫游包多扣 38 元")
    try desk.quit()
  }
}
