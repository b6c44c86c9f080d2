import Domain
import Glibc
import Terminal
import TestSupport
import Testing

@Suite struct `Any size` {
  @Test(arguments: [(160, 50), (120, 40), (100, 30), (80, 24), (60, 15)])
  func `a ticket can be worked to its end`(columns: Int, rows: Int) throws {
    let home = try DemoHome()
    let desk = try Desk.open(home, size: Size(columns: columns, rows: rows))
    try desk.sees("国际漫游包")
    try desk.takeNext()
    desk.press("F8")
    try desk.sees("2.0 模板")
    desk.press("F8")
    try desk.sees("已结案")
    #expect(desk.screen.unknown.isEmpty, "\(desk.screen.unknown)")
    try desk.quit()
  }

  @Test(arguments: [(59, 15), (60, 14), (59, 14), (20, 5), (1, 1)])
  func `a window that is too small says so where there is room, and comes back as it was`(
    columns: Int, rows: Int
  ) throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    try desk.takeNext()
    desk.press("Ctrl-R")
    desk.type("写到一半")
    try desk.sees("写到一半")
    let small = Size(columns: columns, rows: rows)
    desk.terminal.resize(to: small)
    try desk.terminal.wait(for: "the small screen") { $0.size == small && !$0.contains("写到一半") }
    if columns >= 20 { try desk.sees("窗口太小") }
    desk.type("，再写")
    try desk.terminal.waitForIdle()
    desk.terminal.resize(to: Size(columns: 120, rows: 40))
    try desk.sees("写到一半，再写")
    try desk.quit()
  }

  @Test func `the program starts in a window that is too small`() throws {
    let home = try DemoHome()
    let desk = try Desk(home: home.path, arguments: ["--agent", "linxiao"], size: Size(columns: 20, rows: 5))
    try desk.sees("窗口太小")
    desk.terminal.resize(to: Size(columns: 120, rows: 40))
    try desk.sees("国际漫游包多扣 38 元")
    try desk.quit()
  }

  @Test func `many changes of size while typing lose no character`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    try desk.takeNext()
    desk.press("Ctrl-R")
    var typed = ""
    for (index, columns) in [160, 140, 139, 100, 99, 80, 79, 60, 59, 30, 2, 1, 61, 120].enumerated() {
      let piece = "第\(index)段，"
      desk.type(piece)
      typed += piece
      desk.terminal.resize(to: Size(columns: columns, rows: columns < 10 ? 1 : 40 - index))
    }
    try desk.terminal.waitForIdle()
    desk.terminal.resize(to: Size(columns: 160, rows: 50))
    try desk.sees("第13段，")
    let number = try desk.openTicket()
    desk.press("Ctrl-S")
    try desk.sees("回复已记录")
    try home.ticket(number, is: "answered") { detail in detail.entries.contains { $0.body == typed } }
    try desk.quit()
  }
}
