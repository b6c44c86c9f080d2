import Domain
import TestSupport
import Testing

@Suite struct `Finding` {
  @Test(arguments: ["tuikuan", "退款", "tk", "refund"])
  func `knowledge is found by words, pinyin and initials, and goes into the reply`(query: String) throws {
    let home = try DemoHome()
    let desk = try Desk.open(home, language: query == "refund" ? .english : .chinese)
    let isEnglish = query == "refund"
    desk.press("F5")
    try desk.sees(isEnglish ? "Claimed" : "已领取")
    let number = try desk.openTicket()
    desk.press("F6")
    desk.type(query)
    try desk.terminal.wait(for: "articles about refunds") { screen in
      isEnglish
        ? screen.contains(" articles ─") && screen.contains("▌Refund")
        : screen.contains(" 篇 ─") && screen.contains("退款")
    }
    desk.press("Enter")
    try desk.sees(isEnglish ? "Enter Passage to reply" : "Enter 段落放进回复")
    desk.press("Down", "Down", "Enter")
    try desk.sees(isEnglish ? "Ctrl-S Send" : "Ctrl-S 发送")
    desk.press("Ctrl-S")
    try desk.sees(isEnglish ? "Reply" : "回复已记录")
    let detail = try home.ticket(number, is: "answered") { detail in
      detail.entries.contains { $0.kind == .reply }
    }
    #expect(detail.entries.contains { $0.kind == .reply && $0.body.count > 5 })
    try desk.quit()
  }

  @Test func `what is not in the knowledge base is said and kept for those who write articles`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    desk.press("F6")
    desk.type("龘靐齉爩")
    try desk.sees("没有找到。会记下来")
    desk.press("Esc")
    try home.wait(for: "the missed search") { replica in
      try replica.missedSearches().contains { $0.query == "龘靐齉爩" } ? true : nil
    }
    try desk.quit()
  }

  /// The customer of the first ticket of the demo: 王慧芳, 16900002071.
  @Test(arguments: [
    ("16900002071", "王*芳"), ("2071", "王*芳"), ("王慧芳", "王*芳"), ("wanghuifang", "王*芳"), ("whf", "王*芳"),
    ("漫游包多扣", "国际漫游包多扣"),
  ])
  func `one key finds customers and tickets, whatever is known of them`(query: String, found: String) throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    desk.press("F3")
    desk.type(query)
    try desk.terminal.wait(for: "\(query) to find \(found)") { screen in
      // Below the box of the search; the queue behind it does not count.
      screen.cells.indices.contains { row in
        let line = screen.line(row)
        return line.contains(found) && line.contains("│") && row > 3 && screen.contains("Esc 返回")
      }
    }
    desk.press("Esc")
    try desk.quit()
  }

  @Test func `a ticket is found by its number and opens`() throws {
    let home = try DemoHome()
    let number = try home.look { replica in
      let request = QueueRequest(query: QueueQuery(scope: .done), edge: .first, limit: 1)
      return try #require(try replica.queuePage(request).rows.first?.number)
    }
    let desk = try Desk.open(home)
    desk.press("F3")
    desk.type(number)
    try desk.sees("▌\(number)")
    desk.press("Enter")
    #expect(try desk.openTicket() == number)
    try desk.quit()
  }

  @Test func `the queue narrows as I type, and Esc brings it back`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    desk.press("/")
    desk.type("漫游")
    try desk.seesNoMore("要求退订视频会员")
    try desk.sees("国际漫游包多扣 38 元")
    desk.press("Esc")
    try desk.sees("要求退订视频会员")
    desk.press("/")
    desk.type("没有这样的工单")
    try desk.sees("没有符合的工单")
    desk.press("Esc")
    try desk.sees("国际漫游包多扣 38 元")
    try desk.quit()
  }
}
