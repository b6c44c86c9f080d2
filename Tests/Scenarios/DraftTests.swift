import Domain
import Foundation
import Glibc
import Terminal
import TestSupport
import Testing

/// What was typed is worth more than the program that it was typed into.
@Suite struct `Nothing typed is lost` {
  private static let text = "您好，多扣的 38 元今天退回，请您留意短信，晚上八点前到账。"

  private static func replying(_ home: DemoHome) throws -> (desk: Desk, number: String) {
    let desk = try Desk.open(home)
    let number = try desk.takeNext()
    desk.press("Ctrl-R")
    try desk.sees("回复 王*芳")
    desk.type(text)
    try desk.sees("您好，多扣的 38 元")
    return (desk, number)
  }

  /// The draft as it lies on the disk, which is what survives.
  private static func waitForDraft(_ home: DemoHome, _ text: String = text) throws {
    let folder = home.replicas()
    let limit = Date(timeIntervalSinceNow: PseudoTerminal.patience)
    while Date() < limit {
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
        let bytes = (try? Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))) ?? Data()
        if bytes.range(of: Data(text.utf8)) != nil { return }
      }
      // Nothing tells when another process has written a file of its own.
      usleep(50_000)
    }
    Issue.record("the draft never reached the disk")
  }

  private static func restored(_ home: DemoHome, _ number: String) throws {
    let again = try Desk.open(home)
    try again.sees("份草稿没有写完")
    again.press("Alt-D")
    try again.sees("▌1 #\(number)")
    again.press("Enter")
    try again.sees("#\(number)")
    try again.sees("您好，多扣的 38 元")
    again.press("Ctrl-S")
    try again.sees("回复已记录")
    try home.ticket(number, is: "answered") { detail in
      detail.entries.contains { $0.kind == .reply && $0.body == text }
    }
    try again.quit()
  }

  @Test func `when the program is killed, the draft is offered and restored`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.replying(home)
    try Self.waitForDraft(home)
    desk.terminal.kill(SIGKILL)
    #expect(try desk.terminal.exitStatus() == .signalled(SIGKILL))
    try Self.restored(home, number)
  }

  @Test(arguments: [SIGTERM, SIGHUP])
  func `when it is told to end in the middle of a word, it saves first`(signal: Int32) throws {
    let home = try DemoHome()
    let (desk, number) = try Self.replying(home)
    desk.terminal.kill(signal)
    #expect(try desk.terminal.exitStatus() == .exited(0))
    desk.expectRestored()
    try Self.restored(home, number)
  }

  @Test func `when I quit in the middle of a sentence`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.replying(home)
    try desk.quit()
    try Self.restored(home, number)
  }

  @Test func `through Esc, another ticket, another language and another size`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.replying(home)
    desk.press("Esc")
    try desk.sees("已留作草稿")
    try desk.sees("✎ 草稿：回复")
    desk.press("Esc", "Down", "Down", "Enter")
    try desk.terminal.wait(for: "another ticket") { !$0.line(1).contains(number) && $0.line(1).contains("#") }
    desk.press("Ctrl-R")
    try desk.sees("Ctrl-S 发送")
    desk.type("另一张工单的回复")
    try desk.sees("另一张工单的回复")
    desk.press("F12")
    try desk.sees("Ctrl-S Send")
    try desk.sees("另一张工单的回复")
    desk.terminal.resize(to: Size(columns: 80, rows: 24))
    try desk.terminal.wait(for: "the smaller screen") { $0.contains("另一张工单的回复") && !$0.contains("┌") }
    desk.press("F12")
    try desk.sees("Ctrl-S 发送")
    desk.press("Esc")
    desk.terminal.resize(to: Size(columns: 120, rows: 40))
    try desk.sees("┌")
    desk.press("Alt-D")
    try desk.sees("您好，多扣的 38 元")
    try desk.sees("另一张工单的回复")
    desk.press("Esc")
    try desk.quit()
  }

  @Test func `a note, a closing by hand, a value half typed in the form and a new ticket are kept, too`()
    throws
  {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    try desk.takeNext()
    desk.press("a")
    try desk.sees("备注 · 客户看不到")
    desk.type("写了一半的备注")
    desk.press("Esc", "F8", "F2")
    try desk.sees("1.0 手写")
    desk.type("写了一半的结案")
    desk.press("Esc", "F2", "Down", "Down", "Enter")
    desk.press("Ctrl-U")
    desk.type("三十八")
    try desk.sees("三十八")
    desk.press("Esc", "Insert", "Tab", "Tab")
    try desk.sees("客户说")
    desk.type("写了一半的主题")
    try desk.sees("写了一半的主题")
    try Self.waitForDraft(home, "写了一半的主题")
    try Self.waitForDraft(home, "写了一半的备注")
    try Self.waitForDraft(home, "写了一半的结案")
    try Self.waitForDraft(home, "三十八")
    desk.terminal.kill(SIGKILL)
    _ = try desk.terminal.exitStatus()

    let again = try Desk.open(home)
    try again.sees("有 4 份草稿没有写完")
    again.press("Alt-D")
    try again.sees("写了一半的备注")
    for kind in ["新工单", "表单", "结案", "备注"] { #expect(again.screen.contains(kind), "\(kind)") }
    again.press("Esc")
    try again.quit()
  }
}
