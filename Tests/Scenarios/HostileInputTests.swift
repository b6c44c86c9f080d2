import Domain
import TestSupport
import Testing

@Suite struct `Hostile input` {
  private static func replying(_ home: DemoHome) throws -> (desk: Desk, number: String) {
    let desk = try Desk.open(home)
    let number = try desk.takeNext()
    desk.press("Ctrl-R")
    try desk.sees("Ctrl-S 发送")
    return (desk, number)
  }

  private static func reply(_ home: DemoHome, _ number: String) throws -> String {
    let detail = try home.ticket(number, is: "answered") { $0.entries.contains { $0.kind == .reply } }
    return try #require(detail.entries.last { $0.kind == .reply }).body
  }

  @Test func `a paste of a megabyte asks first, and Esc is the way out`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.replying(home)
    desk.type("开头，")
    let line = "很长的一行文字，来自剪贴板。"
    desk.terminal.paste(String(repeating: line, count: (1 << 20) / line.utf8.count))
    try desk.sees("粘贴很长的文字？")
    desk.press("Esc")
    try desk.seesNoMore("粘贴很长的文字？")
    desk.type("结尾。")
    try desk.sees("开头，结尾。")
    desk.press("Ctrl-S")
    try desk.sees("回复已记录")
    #expect(try Self.reply(home, number) == "开头，结尾。")
    try desk.quit()
  }

  @Test func `a paste of a megabyte can be taken, and what the store does not carry stays with me`() throws {
    let home = try DemoHome()
    let (desk, _) = try Self.replying(home)
    let line = "很长的一行文字，来自剪贴板。"
    desk.terminal.paste(String(repeating: line, count: (1 << 20) / line.utf8.count) + "最后的话")
    try desk.sees("粘贴很长的文字？")
    desk.press("Enter")
    try desk.sees("最后的话", seconds: 60)
    desk.type("，还能写")
    try desk.sees("最后的话，还能写", seconds: 60)
    desk.press("Esc")
    try desk.sees("已留作草稿", seconds: 60)
    desk.press("Ctrl-R")
    try desk.sees("最后的话，还能写", seconds: 60)
    try desk.quit()
  }

  @Test func `control characters of a paste are dropped and the rest arrives`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.replying(home)
    desk.terminal.paste("红\u{1B}[31m色\u{07}\u{00}\u{9B}2J字\u{202E}反\u{200B}向\r\n第二行\t完")
    try desk.sees("第二行")
    desk.press("Ctrl-S")
    try desk.sees("回复已记录")
    let body = try Self.reply(home, number)
    #expect(
      body.unicodeScalars.allSatisfy {
        $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value)
      })
    for part in ["红", "色", "字", "第二行", "完"] { #expect(body.contains(part)) }
    #expect(desk.screen.unknown.isEmpty, "\(desk.screen.unknown)")
    try desk.quit()
  }

  @Test func `bytes that are no text and keys that nobody knows change nothing`() throws {
    let home = try DemoHome()
    let (desk, number) = try Self.replying(home)
    desk.type("前")
    for bytes: [UInt8] in [
      [0xFF, 0xFE], [0xC3, 0x28], [0xE4, 0xB8], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x00],
      Array("\u{1B}[999;999;999~".utf8), Array("\u{1B}]52;c;aGFsbG8=\u{07}".utf8),
      Array("\u{1B}P1$r0m\u{1B}\\".utf8), Array("\u{1B}[?1;2c".utf8), Array("\u{1B}[12;40R".utf8),
      Array("\u{1B}[<64;10;10M".utf8), Array("\u{1B}_Gi=1;OK\u{1B}\\".utf8),
    ] {
      desk.send(bytes)
      try desk.terminal.waitForIdle(quietMilliseconds: 40)
    }
    desk.type("后")
    try desk.terminal.wait(for: "both characters") { $0.contains("前") && $0.contains("后") }
    desk.press("Ctrl-S")
    try desk.sees("回复已记录")
    let body = try Self.reply(home, number)
    #expect(body.hasPrefix("前") && body.hasSuffix("后"))
    #expect(body.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    try desk.quit()
  }

  @Test func `half a character and its other half a moment later are one character`() throws {
    let home = try DemoHome()
    let (desk, _) = try Self.replying(home)
    let bytes = Array("退".utf8)
    for byte in bytes {
      desk.send([byte])
      try desk.terminal.waitForIdle(quietMilliseconds: 40)
    }
    desk.type("费")
    try desk.sees("退费")
    try desk.quit()
  }

  @Test func `what a customer writes is drawn harmless`() throws {
    let home = try DemoHome()
    let number = try home.look { replica in
      let request = QueueRequest(query: QueueQuery(scope: .waiting), edge: .first, limit: 1)
      return try #require(try replica.queuePage(request).rows.first?.number)
    }
    let id = try home.ticket(number).ticket.id
    let evil =
      "看这里\u{1B}]0;改了标题\u{07}\u{1B}[2J\u{1B}[31m红\u{9B}1;1H\u{202E}倒\u{2066}序\u{0000}\u{7F}结束👨‍👩‍👧‍👦"
      + String(repeating: "e\u{0301}\u{0302}\u{0303}\u{0304}\u{0305}", count: 50)
    try home.act(.ticket(id, .receive(message: evil, contact: nil)))
    let desk = try Desk.open(home)
    try desk.takeNext()
    #expect(try desk.openTicket() == number)
    try desk.sees("看这里")
    try desk.sees("结束")
    #expect(!desk.screen.title.contains("改了标题"))
    #expect(desk.screen.unknown.isEmpty, "\(desk.screen.unknown)")
    for scalar in desk.screen.text.unicodeScalars {
      #expect(!["\u{202E}", "\u{2066}", "\u{200D}"].contains(scalar))
    }
    // The frame around the panes is whole: nothing was moved or wiped.
    #expect(desk.screen.line(1).hasPrefix("┌") && desk.screen.line(38).hasPrefix("└"))
    try desk.quit()
  }

  @Test func `a message of a megabyte is opened, and its end can be read`() throws {
    let home = try DemoHome()
    let number = try home.look { replica in
      let request = QueueRequest(query: QueueQuery(scope: .waiting), edge: .first, limit: 1)
      return try #require(try replica.queuePage(request).rows.first?.number)
    }
    let id = try home.ticket(number).ticket.id
    let line = "一条很长的消息，来自客户。"
    let long = String(repeating: line, count: (1 << 20) / line.utf8.count) + "终于说完了"
    try home.act(.ticket(id, .receive(message: long, contact: nil)))
    let desk = try Desk.open(home)
    desk.press("F5")
    try desk.sees("已领取", seconds: 60)
    try desk.sees("看全文")
    desk.press("F")
    try desk.sees("Esc 返回", seconds: 60)
    desk.press("End")
    try desk.sees("终于说完了", seconds: 60)
    desk.press("Esc")
    try desk.quit()
  }
}
