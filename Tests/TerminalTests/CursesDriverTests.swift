import Domain
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Terminal

/// The real driver in a pseudo-terminal, seen through an emulator.
@Suite struct `Drawing through ncurses` {
  /// What must agree is what a person sees: characters, backgrounds, and what attributes do to a blank.
  private static func difference(_ frame: Frame, _ screen: EmulatedScreen, colours: Bool) -> String? {
    guard screen.size == frame.size else { return "size \(screen.size) instead of \(frame.size)" }
    for row in 0..<frame.size.rows {
      for column in 0..<frame.size.columns {
        let wanted = frame[column, row]
        let seen = screen.cells[row][column]
        if Array(wanted.string.unicodeScalars) != Array(seen.text.unicodeScalars) {
          return "\(column),\(row) shows “\(seen.text)” instead of “\(wanted.string)”"
        }
        guard colours else { continue }
        let look = Theme.dark.appearance(of: wanted.style, depth: .indexed)
        let isBlank = wanted.string == " " || wanted.isRightHalf
        if seen.attributes.background != look.background.map(Int.init)
          || seen.attributes.flags.contains(7) != look.modifiers.contains(.reverse)
          || seen.attributes.flags.contains(4) != look.modifiers.contains(.underline)
        {
          return "\(column),\(row) “\(wanted.string)” has \(seen.attributes) for \(look)"
        }
        guard !isBlank else { continue }
        if seen.attributes.foreground != look.foreground.map(Int.init)
          || seen.attributes.flags.contains(1) != look.modifiers.contains(.bold)
          || seen.attributes.flags.contains(3) != look.modifiers.contains(.italic)
          || seen.attributes.flags.contains(2) != !look.modifiers.isDisjoint(with: [.dim, .strikethrough])
        {
          return "\(column),\(row) “\(wanted.string)” has \(seen.attributes) for \(look)"
        }
      }
    }
    if let cursor = frame.cursor {
      if !screen.isCursorVisible { return "the cursor is hidden" }
      if screen.cursor != cursor { return "the cursor is at \(screen.cursor) instead of \(cursor)" }
    }
    return nil
  }

  private static func fuzz(term: String, seed: UInt64, frames: Int, colours: Bool, resizing: Bool = true)
    throws
  {
    var size = Size(columns: 47, rows: 13)
    let terminal = try Probe.start("fuzz", "\(seed)", size: size, environment: ["TERM": term])
    try terminal.wait(for: "the first frame") { $0.title == "frame 0" }
    var fuzzer = FrameFuzzer(seed: seed)
    var random = SplitMix64(seed &+ 1)
    for number in 1...frames {
      if resizing, number.isMultiple(of: 25) {
        size = Size(
          columns: Int.random(in: 1...90, using: &random), rows: Int.random(in: 1...30, using: &random))
        let before = terminal.screen.size
        let title = "size \(size.columns)x\(size.rows)"
        terminal.resize(to: size)
        // The kernel says nothing when the size stays the same.
        if size != before { try terminal.wait(for: title) { $0.title == title } }
      }
      terminal.type("n")
      try terminal.wait(for: "frame \(number)") { $0.title == "frame \(number)" }
      let frame = fuzzer.next(size: size)
      let screen = terminal.screen
      if let difference = difference(frame, screen, colours: colours) {
        Issue.record(
          "\(term), seed \(seed), frame \(number), \(size): \(difference)\n\(screen.text)\n\(frame.golden())")
        return
      }
    }
    #expect(terminal.screen.unknown.isEmpty)
    terminal.type("q")
    #expect(try terminal.exitStatus() == .exited(0))
  }

  /// `TERMINAL_FUZZ_SEEDS=100-300` runs others than the usual ones.
  private static let seeds: ClosedRange<UInt64> = {
    let ends = ProcessInfo.processInfo.environment["TERMINAL_FUZZ_SEEDS"]?.split(separator: "-").compactMap {
      UInt64($0)
    }
    guard let ends, ends.count == 2, ends[0] <= ends[1] else { return 1...6 }
    return ends[0]...ends[1]
  }()

  @Test(arguments: seeds)
  func `what is on the screen after any change is what a full repaint would show`(seed: UInt64) throws {
    try Self.fuzz(term: "xterm-256color", seed: seed, frames: 150, colours: true)
  }

  @Test(arguments: ["tmux-256color", "screen-256color", "rxvt-unicode-256color"])
  func `other terminals show the same`(term: String) throws {
    try Self.fuzz(term: term, seed: 11, frames: 100, colours: false)
  }

  @Test func `typing costs few bytes, and so does the next row`() throws {
    let terminal = try Probe.start("desk", size: Size(columns: 120, rows: 40))
    try terminal.waitFor("AgentDesk")
    try terminal.waitForIdle()
    #expect(terminal.output.count <= 8 * 1024)
    func cost(_ act: () -> Void) throws -> Int {
      terminal.clearOutput()
      act()
      try terminal.waitForIdle()
      return terminal.output.count
    }
    #expect(try cost { terminal.type("a") } <= 8)
    #expect(try cost { terminal.type("工") } <= 12)
    #expect(try cost { terminal.send("Down") } <= 200)
    #expect(try cost { terminal.send("PgDn") } <= 8 * 1024)
    #expect(try cost { terminal.send("Left") } == 0)
  }

  @Test(arguments: [(1, 1), (2, 1), (1, 5), (300, 100)])
  func `every size of a terminal is drawn`(columns: Int, rows: Int) throws {
    let terminal = try Probe.start("desk", size: Size(columns: columns, rows: rows))
    try terminal.wait(for: "a screen") { $0.isAlternate }
    terminal.send("Down")
    terminal.resize(to: Size(columns: 60, rows: 15))
    try terminal.waitFor("AgentDesk")
    terminal.resize(to: Size(columns: 1, rows: 1))
    terminal.resize(to: Size(columns: 100, rows: 20))
    try terminal.wait(for: "the new size") { $0.line(19).contains("┘") }
    terminal.send("Ctrl-C")
    #expect(try terminal.exitStatus() == .exited(0))
  }

  @Test func `a terminal that does not say its size is drawn once it does`() throws {
    let terminal = try Probe.start(size: .zero)
    terminal.type("x")
    terminal.resize(to: Size(columns: 40, rows: 5))
    try terminal.waitFor("40x5")
    try terminal.waitFor("key(x)")
  }

  @Test func `a locale that is not UTF-8 still shows Chinese`() throws {
    for locale in ["C", "POSIX", "zh_CN.GB2312", "nonsense"] {
      let terminal = try Probe.start("desk", environment: ["LC_ALL": locale, "LANG": locale])
      try terminal.waitFor("林晓")
    }
  }

  @Test func `LINES and COLUMNS of the environment do not win over the window`() throws {
    let terminal = try Probe.start(environment: ["LINES": "10", "COLUMNS": "20"])
    try terminal.waitFor("ready 80x24")
  }

  @Test func `an unknown terminal is treated as xterm`() throws {
    let terminal = try Probe.start("desk", environment: ["TERM": "no-such-terminal"])
    try terminal.waitFor("林晓")
    terminal.send("Ctrl-C")
    #expect(try terminal.exitStatus() == .exited(0))
  }

  @Test(arguments: ["linux", "vt100", "xterm", "ansi", "screen", "rxvt"])
  func `old terminals show the characters`(term: String) throws {
    let terminal = try Probe.start("desk", environment: ["TERM": term])
    try terminal.waitFor("林晓 1024")
    try terminal.waitForIdle()
    terminal.send("Down")
    terminal.type("工单 ok")
    try terminal.waitFor("回复 工单 ok")
  }

  @Test func `characters of ambiguous width are two columns where the terminal draws them so`() throws {
    let terminal = try PseudoTerminal(size: Size(columns: 90, rows: 10), ambiguousIsWide: true)
    try terminal.run([Probe.path, "desk"], environment: ["PROBE_WIDE": "1"])
    try terminal.waitFor("林晓")
    terminal.type("“…”●é")
    try terminal.waitFor("回复 “…”●é")
    let screen = terminal.screen
    // Boxes of characters that every terminal draws in one column, closed on every row.
    for row in 2..<9 {
      #expect(
        screen.cells[row][0].text == "|" && screen.cells[row][31].text == "|"
          && screen.cells[row][89].text == "|")
    }
    // 回复, a space, four wide characters and é, which is ambiguous, too.
    #expect(screen.cursor == Point(column: 33 + 5 + 10, row: 2))
  }

  @Test(.enabled(if: access("/usr/bin/tmux", X_OK) == 0, "tmux is not installed"))
  func `tmux sees the same screen as the emulator`() throws {
    let socket = FileManager.default.temporaryDirectory.appendingPathComponent("tmux-\(UUID())").path
    let tmux = ["tmux", "-u", "-S", socket, "-f", "/dev/null"]
    let terminal = try PseudoTerminal(
      tmux + ["new-session", "-x", "100", "-y", "21", Probe.path, "desk"], size: Size(columns: 100, rows: 21))
    try terminal.waitFor("AgentDesk")
    terminal.send("Down")
    terminal.type("多扣38元 🙂 é ｱﾊﾟｰﾄ 한글 e\u{301} ไทย")
    try terminal.waitFor("ไทย")
    try terminal.waitForIdle()
    let captured = try PseudoTerminal(
      ["sh", "-c", (tmux + ["capture-pane", "-p"]).joined(separator: " ") + "; echo captured"],
      size: Size(columns: 100, rows: 24))
    try captured.waitFor("captured")
    for row in 0..<20 { #expect(captured.screen.line(row) == terminal.screen.line(row)) }
    terminal.send("Ctrl-C")
    try terminal.exitStatus()
  }

  @Test func `a terminal that cannot be addressed is refused and left alone`() throws {
    let terminal = try Probe.start(environment: ["TERM": "dumb"])
    try terminal.waitFor("noCursorAddressing")
    #expect(!terminal.output.contains(0x1B))
    #expect(try terminal.exitStatus() == .exited(91))
  }

  @Test func `without colours nothing but attributes is sent`() throws {
    for (environment, depth) in [
      (["NO_COLOR": "1"], "none"), (["TERM": "xterm"], "eight"), (["NO_COLOR": ""], "indexed"),
    ] {
      let terminal = try Probe.start(environment: environment)
      try terminal.waitFor("ready 80x24 \(depth)")
      let screen = terminal.screen
      let coloured = screen.cells.joined().contains {
        $0.attributes.foreground != nil || $0.attributes.background != nil
      }
      #expect(coloured == (depth != "none"))
      #expect(screen.cells[0][0].attributes.flags.contains(1))
    }
  }

  @Test func `titles and the clipboard carry text and nothing else`() throws {
    let terminal = try Probe.start()
    try terminal.waitFor("ready")
    terminal.type("TB")
    try terminal.wait(for: "title and clipboard") { $0.title == "title 标题" && $0.clipboard != nil }
    #expect(terminal.screen.clipboard == Data("copied 复制".utf8).base64EncodedString())
  }
}

@Suite struct `Base 64` {
  @Test func `is that of the standard`() {
    for count in 0..<20 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 83 &+ 7) }
      #expect(String(decoding: Base64.encoded(bytes), as: UTF8.self) == Data(bytes).base64EncodedString())
    }
  }
}
