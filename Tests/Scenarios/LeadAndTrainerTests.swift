import Domain
import Foundation
import Store
import Terminal
import TestSupport
import Testing

@Suite struct `Monitor and sandbox` {
  @Test func `the monitor shows the floor as it is and looks into a ticket`() throws {
    let home = try DemoHome()
    let monitor = try Desk.open(home, as: "tangyue", mode: "monitor")
    try monitor.sees("坐席")
    try monitor.sees("林晓")
    let desk = try Desk.open(home)
    try desk.takeNext()
    try monitor.terminal.wait(for: "林晓 on a contact") { screen in
      screen.cells.indices.contains { screen.line($0).contains("林晓") && screen.line($0).contains("通话") }
    }
    monitor.press("Tab", "3")
    try monitor.sees("国际漫游包多扣 38 元")
    monitor.press("Home", "Enter")
    try monitor.terminal.wait(for: "what was said") { $0.text.contains("客户") }
    monitor.press("Esc", "F12")
    try monitor.sees("Seats")
    monitor.press("q")
    #expect(try monitor.terminal.exitStatus() == .exited(0))
    monitor.expectRestored()
    try desk.quit()
  }

  @Test func `who may not watch is told so`() throws {
    let home = try DemoHome()
    let desk = try Desk(
      home: home.path, arguments: ["monitor", "--agent", "linxiao"],
      environment: ["AGENTDESK_LANG": "zh-Hans"])
    #expect(try desk.terminal.exitStatus() == .exited(1))
    try desk.sees("林晓 没有查看现场的权限")
    desk.expectRestored()
  }

  @Test(arguments: [("zh-Hans", "我上个月国际漫游包扣了两次"), ("en", "Music membership")])
  func `without a name the sandbox begins with the easiest practice in my language`(
    _ language: String, _ opening: String
  ) throws {
    let home = try DemoHome()
    let desk = try Desk(
      home: home.path, arguments: ["sandbox", "--agent", "linxiao"],
      environment: ["AGENTDESK_LANG": language])
    try desk.sees(opening, seconds: 60)
    desk.press("Ctrl-C")
    try desk.terminal.wait(for: "the question or the end") {
      !$0.isAlternate || $0.contains("退出？") || $0.contains("Quit?")
    }
    desk.press("Enter")
    #expect(try desk.terminal.exitStatus() == .exited(0))
  }

  @Test func `in the sandbox a customer answers, closing gives a score, and the real store is untouched`()
    throws
  {
    let home = try DemoHome()
    let before = try Data(contentsOf: URL(fileURLWithPath: home.store))
    let desk = try Desk(
      home: home.path, arguments: ["sandbox", "--agent", "linxiao", "--scenario", "broadband-red-light"],
      environment: ["AGENTDESK_LANG": "zh-Hans"])
    try desk.sees("练习台", seconds: 60)
    try desk.takeNext()
    desk.press("Ctrl-R")
    desk.type("您好，请核对机主姓名和证件后四位。")
    desk.press("Ctrl-S")
    try desk.sees("尾号")
    #expect(desk.screen.contains("练习台"))
    desk.press("F8")
    try desk.sees("手写")
    desk.press("F2")
    desk.type("已为您远程修复，谢谢来电。")
    desk.press("F8")
    try desk.sees("先填「装机地址」，不能结案")
    desk.type("望江苑 3 栋 1203")
    desk.press("Enter")
    try desk.sees("▸ 故障现象")
    desk.press("1")
    try desk.sees("▸ 联系电话")
    desk.type("13900005316")
    desk.press("Enter")
    try desk.sees("▸ 结案码")
    desk.press("1")
    try desk.sees("已齐，可以结案")
    desk.press("F8")
    try desk.sees("练习成绩")
    #expect(desk.screen.contains("分"))
    #expect(desk.screen.contains("练习台"), "the banner is on every screen")
    desk.press("q")
    #expect(try desk.terminal.exitStatus() == .exited(0))
    desk.expectRestored()
    #expect(try Data(contentsOf: URL(fileURLWithPath: home.store)) == before)
    let left = try? FileManager.default.contentsOfDirectory(atPath: home.path + "/sandbox")
    #expect(left?.isEmpty != false, "the practice store goes with the practice")
  }

  @Test func `nothing of a practice stays, and what a killed one left goes with the next`() throws {
    let home = try DemoHome()
    func everything() -> Set<String> {
      Set(FileManager.default.enumerator(atPath: home.path)?.compactMap { $0 as? String } ?? [])
        .filter { $0.contains("sandbox") || $0.contains("replicas/") }
    }
    func practice() throws -> Desk {
      let desk = try Desk(
        home: home.path, arguments: ["sandbox", "--agent", "linxiao"],
        environment: ["AGENTDESK_LANG": "zh-Hans"])
      try desk.sees("练习台", seconds: 60)
      return desk
    }
    let before = everything()
    let killed = try practice()
    killed.terminal.kill(SIGKILL)
    _ = try killed.terminal.exitStatus()
    let left = everything().subtracting(before)
    #expect(left.contains { $0.hasSuffix(".replica") }, "the test sees what a killed practice leaves")
    let second = try practice()
    let now = everything()
    for path in left where path.hasSuffix(".replica") { #expect(!now.contains(path), "\(path)") }
    second.press("Ctrl-C")
    try second.sees("退出？")
    second.press("Enter")
    #expect(try second.terminal.exitStatus() == .exited(0))
    #expect(everything().subtracting(before).filter { $0 != "sandbox" } == [])
  }

  @Test func `the record of a practice has what its customer says when asked who they are`() throws {
    let home = try DemoHome()
    let desk = try Desk(
      home: home.path, arguments: ["sandbox", "--agent", "linxiao", "--scenario", "unwanted-service"],
      size: Size(columns: 160, rows: 50), environment: ["AGENTDESK_LANG": "en"])
    try desk.sees("Music membership", seconds: 60)
    desk.press("F5")
    try desk.sees("6193")
    #expect(desk.screen.contains("ID card"))
    #expect(desk.screen.contains("8842"))
    desk.press("Ctrl-R")
    desk.type("May I have your full name and the last digits of your ID?")
    desk.press("Ctrl-S")
    try desk.sees("ID card ends in 6193")
    desk.terminal.terminate()
  }
}
