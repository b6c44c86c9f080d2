import Domain
import Foundation
import TestSupport
import Testing

@Suite struct `Two terminals on one store` {
  @Test func `a claim in one is seen in the other, and who has the ticket open`() throws {
    let home = try DemoHome()
    let mine = try Desk.open(home)
    let hers = try Desk.open(home, as: "chenyu")
    try hers.sees("国际漫游包多扣 38 元")
    hers.press("Enter")
    try hers.sees("#2611")
    let number = try hers.openTicket()
    try mine.takeNext()
    #expect(try mine.openTicket() == number)
    try mine.sees("陈雨 也在看")
    try hers.sees("林晓 也在看")
    try hers.sees("· 林晓 ·")
    mine.press("Ctrl-R")
    mine.type("您好")
    try hers.sees("林晓 正在输入")
    try mine.quit()
    try hers.seesNoMore("林晓 正在输入")
    try hers.quit()
  }

  @Test func `both claim the same ticket: one owns it and the other is told who`() throws {
    let home = try DemoHome()
    let desks = [try Desk.open(home), try Desk.open(home, as: "chenyu")]
    for desk in desks {
      try desk.sees("国际漫游包多扣 38 元")
      desk.press("Enter")
      try desk.sees("领取")
    }
    let number = try desks[0].openTicket()
    #expect(try desks[1].openTicket() == number)
    for desk in desks { desk.press("c") }
    for desk in desks {
      try desk.terminal.wait(for: "an answer to the claim") { screen in
        screen.contains("已领取") || screen.contains("正在处理") || screen.contains("别人在处理")
          || screen.contains("已经领取了") || screen.contains("接走了")
      }
    }
    let owner = try #require(try home.ticket(number, is: "owned") { $0.ticket.owner != nil }.ticket.owner)
    #expect(owner == "linxiao" || owner == "chenyu")
    let name = owner == "linxiao" ? "林晓" : "陈雨"
    for desk in desks { try desk.sees("· \(name) ·") }
    let loser = desks[owner == "linxiao" ? 1 : 0]
    #expect(!loser.screen.contains("已领取"))
    for desk in desks { try desk.quit() }
  }

  @Test func `a closed ticket leaves the queue of the other`() throws {
    let home = try DemoHome()
    let mine = try Desk.open(home)
    let hers = try Desk.open(home, as: "chenyu")
    try hers.sees("国际漫游包多扣 38 元")
    try mine.takeNext()
    try hers.seesNoMore("国际漫游包多扣 38 元")
    mine.press("F8")
    try mine.sees("2.0 模板")
    mine.press("F8")
    try mine.sees("已结案")
    hers.press("5")
    try hers.sees("国际漫游包多扣 38 元")
    try hers.quit()
    try mine.quit()
  }

  @Test func `F5 in both at once gives each another ticket`() throws {
    let home = try DemoHome()
    let desks = [try Desk.open(home), try Desk.open(home, as: "chenyu")]
    for desk in desks { desk.press("F5") }
    var numbers: Set<String> = []
    for desk in desks {
      try desk.sees("已领取")
      numbers.insert(try desk.openTicket())
    }
    #expect(numbers.count == 2)
    for desk in desks { try desk.quit() }
  }

  @Test func `the same agent may sit at two terminals`() throws {
    let home = try DemoHome()
    let first = try Desk.open(home)
    let second = try Desk.open(home)
    let number = try first.takeNext()
    second.press("2")
    try second.sees("国际漫游包多扣 38 元")
    try first.quit()
    try second.quit()
    #expect(try home.ticket(number).ticket.owner == "linxiao")
  }
}
