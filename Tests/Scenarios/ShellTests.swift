import Foundation
import Terminal
import TestSupport
import Testing

@Suite struct `Other programs in the same terminal` {
  @Test func `Ctrl-Z gives the terminal back, and fg brings the same screen with what I was typing`() throws {
    let home = try DemoHome()
    let shell = try PseudoTerminal(
      ["bash", "--norc", "--noprofile", "-i"],
      environment: [
        "PS1": "prompt> ", "AGENTDESK_HOME": home.path, "HOME": home.path, "AGENTDESK_LANG": "zh-Hans",
      ])
    try shell.waitFor("prompt>")
    shell.type("\(Desk.program) --agent linxiao\r")
    try shell.waitFor("国际漫游包多扣 38 元")
    shell.send("F5")
    try shell.waitFor("已领取")
    shell.send("Ctrl-R")
    shell.type("挂到后台之前")
    try shell.waitFor("挂到后台之前")
    shell.send("Ctrl-Z")
    try shell.waitFor("Stopped")
    #expect(!shell.screen.isAlternate)
    #expect(shell.screen.isCursorVisible)
    shell.type("echo one$((1+1))three\r")
    try shell.waitFor("one2three")
    shell.type("fg\r")
    try shell.waitFor("挂到后台之前")
    #expect(shell.screen.isAlternate)
    shell.type("，和之后")
    try shell.waitFor("挂到后台之前，和之后")
    shell.send("Ctrl-C")
    try shell.waitFor("退出？")
    shell.send("Enter")
    try shell.wait(for: "the shell") { !$0.isAlternate }
    shell.type("exit\r")
    #expect(try shell.exitStatus() == .exited(0))
  }

  private static func script(_ home: DemoHome, _ text: String) throws -> String {
    let path = home.path + "/editor.sh"
    try ("#!/bin/sh\n" + text).write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  @Test func `my editor gets the text, and what it writes comes back into the same field`() throws {
    let home = try DemoHome()
    let editor = try Self.script(
      home, "cp \"$1\" '\(home.path)/seen'; printf '\\n编辑器写的第二行\\n' >> \"$1\"\n")
    let desk = try Desk.open(home, environment: ["EDITOR": editor])
    let number = try desk.takeNext()
    desk.press("Ctrl-R")
    desk.type("在屏幕上写的第一行")
    try desk.sees("在屏幕上写的第一行")
    desk.press("Ctrl-O")
    try desk.sees("编辑器写的第二行")
    #expect(try String(contentsOfFile: home.path + "/seen", encoding: .utf8) == "在屏幕上写的第一行")
    desk.press("Ctrl-S")
    try desk.sees("回复已记录")
    try home.ticket(number, is: "answered") { detail in
      detail.entries.contains { $0.kind == .reply && $0.body == "在屏幕上写的第一行\n编辑器写的第二行" }
    }
    try desk.quit()
  }

  @Test(arguments: ["rm -f \"$1\"; exit 0\n", "exit 3\n", "kill -9 $$\n"])
  func `an editor that fails takes nothing away`(script: String) throws {
    let home = try DemoHome()
    let editor = try Self.script(home, script)
    let desk = try Desk.open(home, environment: ["EDITOR": editor])
    try desk.takeNext()
    desk.press("Ctrl-R")
    desk.type("不能丢的文字")
    try desk.sees("不能丢的文字")
    desk.press("Ctrl-O")
    try desk.terminal.waitForIdle()
    desk.type("，还在")
    try desk.sees("不能丢的文字，还在")
    try desk.quit()
  }

  @Test func `an editor that is not installed takes nothing away`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home, environment: ["EDITOR": "/no/such/editor"])
    try desk.takeNext()
    desk.press("Ctrl-R")
    desk.type("不能丢的文字")
    desk.press("Ctrl-O")
    desk.type("，还在")
    try desk.sees("不能丢的文字，还在")
    try desk.quit()
  }

  @Test func `quitting asks, and staying is one key`() throws {
    let home = try DemoHome()
    let desk = try Desk.open(home)
    desk.press("q")
    try desk.sees("退出？")
    desk.press("Esc")
    try desk.seesNoMore("退出？")
    desk.press("Ctrl-Q")
    try desk.sees("退出？")
    desk.press("n")
    try desk.seesNoMore("退出？")
    try desk.quit()
  }
}
