import Domain
import Foundation
import Store
import Terminal
import TestSupport
import Testing

/// What a person at a desk is told when something does not pass by itself.
@Suite struct `What does not pass by itself` {
  @Test func `a desk whose agent is deactivated says so and offers nothing more`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home, size: Size(columns: 80, rows: 24))
    try desk.takeNext()
    try home.act(.agent("linxiao", .setActive(false)))
    try desk.sees("你的账号已停用：可以查看，不能再办理。请联系管理员。")
    desk.press("Ctrl-R")
    try desk.terminal.waitForIdle(quietMilliseconds: 200, seconds: 5)
    #expect(!desk.screen.contains("客户会收到"))
    #expect(!desk.screen.line(23).contains("结案"))
    try desk.quit()
  }

  @Test(arguments: [Size(columns: 80, rows: 24), Size(columns: 160, rows: 50)])
  func
    `a desk opens on a store whose log is not the one it knows, says what is wrong, and keeps what is typed`(
      _ size: Size
    ) throws
  {
    let home = try DemoHome()
    // The store as it is now, without what lies in its write-ahead log.
    let store = try SharedStore(path: home.store)
    store.close()
    let files = FileManager.default
    let old = home.path + "/old.store"
    try files.copyItem(atPath: home.store, toPath: old)
    let desk = try Desk.open(home)
    let number = try desk.takeNext()
    try home.ticket(number, is: "mine") { $0.ticket.owner == "linxiao" }
    try desk.quit()
    for suffix in ["", "-wal", "-shm"] { try? files.removeItem(atPath: home.store + suffix) }
    try files.moveItem(atPath: old, toPath: home.store)
    let again = try Desk.open(home, size: size)
    try again.sees("库的审计日志被改动过：已停止收发。")
    again.press("W")
    try again.sees("本坐席记得：第 ")
    try again.sees("库里现在是：第 ")
    try again.sees("agentdesk store audit verify")
    again.press("Esc")
    try again.seesNoMore("本坐席记得：第 ")
    again.press("2", "Enter")
    _ = try again.openTicket()
    again.press("a")
    again.type("已留在本机")
    again.press("Ctrl-S")
    try again.sees("已备注")
    try again.sees("停止")
    try again.quit()
    let status = try ProgramHome().run([
      "sync", "status", "--json", "--lang", "en", "--store", "file:" + home.store, "--replica",
      home.replicas() + "/linxiao.replica",
    ])
    let facts = try #require(status.lines.first, "\(status.errors)")
    #expect((facts["queued"] as? Int).map { $0 >= 1 } == true)
    let told = try #require((facts["desks"] as? [[String: Any]])?.first)
    #expect(told["halted"] as? Bool == true)
    #expect((facts["message"] as? String)?.contains("This desk remembers entry") == true)
  }
}
