import Domain
import Terminal
import TestSupport
import Testing

@Suite struct `From the queue to a closed ticket` {
  @Test(arguments: [Language.chinese, .english])
  func `what the desk has read closes with three keys where nothing is missing`(language: Language)
    throws
  {
    let home = try DemoHome()
    let desk = try Desk.open(home, language: language)
    let (claimed, template, closed) =
      language == .chinese
      ? ("已领取", "3.0 智能", "已结案") : ("Claimed", "3.0 assisted", "closed")
    desk.press("F5")
    try desk.sees(claimed)
    let number = try desk.openTicket()
    // Whoever is quicker than the reading closes with a template.
    try desk.sees(language == .chinese ? "诊断" : "Diagnosis")
    desk.press("F8")
    try desk.sees(template)
    desk.press("F8")
    try desk.sees("#\(number) \(closed)")
    #expect(desk.keyCount <= 12)
    #expect(desk.keyCount == 3, "everything that this ticket needs was filled in")
    let ticket = try home.ticket(number, is: "closed") { $0.ticket.state == .closed }.ticket
    #expect(ticket.owner == "linxiao")
    #expect(ticket.disposition == "refunded")
    let closing = try #require(ticket.closing)
    #expect(closing.mode == .assisted)
    #expect(closing.template == "duplicate-charge-refunded")
    #expect(closing.text.contains("38.00") && closing.text.contains(number))
    #expect(!closing.text.contains("{{"))
    try desk.quit()
  }

  @Test func `the text speaks the language of the customer, whatever the language of the screen`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    desk.press("Down", "Down", "c")
    try desk.sees("已领取")
    let number = try desk.openTicket()
    desk.press("F8")
    try desk.sees("2.0 模板")
    try desk.sees("Dear")
    desk.press("Esc")
    try desk.sees("F2 填表")
    #expect(try home.ticket(number).ticket.state == .open)
    try desk.quit()
  }

  @Test func `a missing field stops the close with the reason, Tab leads to it, and filling it closes`()
    throws
  {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    let number = try desk.takeNext()
    desk.press("F2")
    desk.press("Delete")
    try desk.sees("已填 账期")
    desk.press("F8")
    try desk.sees("还缺 1 项")
    try desk.sees("【账期】")
    desk.press("F8")
    try desk.sees("还缺 1 项，先填「账期」，不能结案")
    #expect(try home.ticket(number).ticket.state == .open)
    desk.press("Up", "Tab")
    try desk.sees("▸ 账期")
    desk.type("2026-10")
    desk.press("Enter")
    try desk.sees("已齐，可以结案")
    desk.press("F8")
    try desk.sees("#\(number) 已结案")
    #expect(desk.keyCount <= 24)
    let ticket = try home.ticket(number, is: "closed") { $0.ticket.state == .closed }.ticket
    #expect(ticket.fields["period"] == "2026-10")
    #expect(ticket.closing?.text.contains("2026-10") == true)
    try desk.quit()
  }

  @Test func `a value that is none is told at once and nothing is closed`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    let number = try desk.takeNext()
    desk.press("F2", "Down", "Down", "Enter")
    desk.press("Ctrl-U")
    desk.type("三十八块")
    desk.press("Enter")
    try desk.sees("! ")
    try desk.sees("三十八块")
    #expect(try home.ticket(number).ticket.fields["amount"] == "38.00")
    desk.press("Ctrl-U")
    desk.type("38.5")
    desk.press("Enter")
    try desk.sees("38.50")
    try home.ticket(number, is: "changed") { $0.ticket.fields["amount"] == "38.50" }
    try desk.quit()
  }

  @Test func `by hand the outcome is asked for, and an empty text closes nothing`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    let number = try desk.takeNext()
    desk.press("F8")
    try desk.sees("2.0 模板")
    desk.press("F2")
    try desk.sees("1.0 手写")
    desk.press("F4", "1")
    try desk.sees("结案码 已退费")
    desk.press("F8")
    try desk.sees("没有内容，不能结案")
    desk.type("已向客户解释并退费。")
    try desk.sees("已向客户解释并退费。")
    desk.press("F8")
    try desk.sees("#\(number) 已结案")
    let ticket = try home.ticket(number, is: "closed") { $0.ticket.state == .closed }.ticket
    #expect(ticket.closing?.mode == .blank)
    #expect(ticket.closing?.text == "已向客户解释并退费。")
    #expect(ticket.disposition == "refunded")
    try desk.quit()
  }

  @Test func `what was typed by hand and the template are both kept when I go from one to the other`() throws
  {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    try desk.takeNext()
    desk.press("F8", "F2")
    try desk.sees("1.0 手写")
    desk.type("手写的文字")
    try desk.sees("手写的文字")
    desk.press("F2")
    try desk.sees("2.0 模板")
    desk.press("F2")
    try desk.sees("手写的文字")
    desk.press("Esc", "F8")
    try desk.sees("手写的文字")
    try desk.quit()
  }

  @Test func `undo opens a closed ticket again`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    let number = try desk.takeNext()
    desk.press("F8")
    try desk.sees("2.0 模板")
    desk.press("F8")
    try desk.sees("已结案")
    try home.ticket(number, is: "closed") { $0.ticket.state == .closed }
    desk.press("u")
    try desk.sees("已撤销")
    try home.ticket(number, is: "open again") { $0.ticket.state == .open && $0.ticket.reopenCount == 1 }
    try desk.quit()
  }
}
