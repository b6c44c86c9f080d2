import Domain
import Terminal
import TestSupport
import Testing

@Suite struct `Input parser` {
  private static func events(_ bytes: [UInt8]) -> [InputEvent] {
    var parser = InputParser()
    var events = parser.feed(bytes)
    while parser.needsTimeout {
      let more = parser.flush()
      if more.isEmpty && !parser.needsTimeout { break }
      events += more
      if more.isEmpty { break }
    }
    return events
  }

  private static func events(_ text: String) -> [InputEvent] { events(Array(text.utf8)) }
  private static func key(_ text: String) -> Key? {
    guard case .key(let key) = events(text).first, events(text).count == 1 else { return nil }
    return key
  }

  @Test(arguments: [
    ("\u{1B}[A", "Up"), ("\u{1B}OA", "Up"), ("\u{1B}[1;5A", "Ctrl-Up"), ("\u{1B}[1;3B", "Alt-Down"),
    ("\u{1B}Oa", "Ctrl-Up"),
    ("\u{1B}[a", "Shift-Up"), ("\u{1B}\u{1B}[C", "Alt-Right"), ("\u{1B}\u{1B}OC", "Alt-Right"),
    ("\u{1B}[H", "Home"),
    ("\u{1B}[1~", "Home"), ("\u{1B}[7~", "Home"), ("\u{1B}OF", "End"), ("\u{1B}[4~", "End"),
    ("\u{1B}[8~", "End"),
    ("\u{1B}[2~", "Insert"), ("\u{1B}[3~", "Delete"), ("\u{1B}[3;5~", "Ctrl-Delete"),
    ("\u{1B}[3^", "Ctrl-Delete"),
    ("\u{1B}[3$", "Shift-Delete"), ("\u{1B}[3@", "Ctrl-Shift-Delete"), ("\u{1B}[5~", "PgUp"),
    ("\u{1B}[6~", "PgDn"),
    ("\u{1B}OP", "F1"), ("\u{1B}[11~", "F1"), ("\u{1B}[[A", "F1"), ("\u{1B}[P", "F1"),
    ("\u{1B}[1;2P", "Shift-F1"),
    ("\u{1B}O2P", "Shift-F1"), ("\u{1B}[15~", "F5"), ("\u{1B}[[E", "F5"), ("\u{1B}[24~", "F12"),
    ("\u{1B}[24;6~", "Ctrl-Shift-F12"),
    ("\u{1B}[34~", "F20"), ("\u{1B}[Z", "BackTab"), ("\u{1B}[9;2u", "BackTab"), ("\t", "Tab"),
    ("\r", "Enter"),
    ("\u{1B}\r", "Alt-Enter"), ("\u{1B}[13;5u", "Ctrl-Enter"), ("\u{1B}[27;5;13~", "Ctrl-Enter"),
    ("\u{7F}", "Backspace"),
    ("\u{8}", "Backspace"), ("\u{1B}\u{7F}", "Alt-Backspace"), ("\u{1}", "Ctrl-A"), ("\u{1A}", "Ctrl-Z"),
    ("\u{0}", "Ctrl-Space"),
    ("\u{1D}", "Ctrl-]"), ("\u{1F}", "Ctrl-_"), ("\n", "Ctrl-J"), ("\u{1B}x", "Alt-x"), ("\u{1B}X", "Alt-X"),
    ("\u{1B}中", "Alt-中"),
    ("\u{1B}[97;5u", "Ctrl-A"), ("\u{1B}[97;2u", "A"), ("\u{1B}[49:33;2u", "!"), ("\u{1B}[57364u", ""),
    ("\u{1B}OM", "Enter"),
    ("\u{1B}Oj", "*"), ("\u{1B}Oy", "9"), ("\u{1B}", "Esc"), ("\u{1B}[", "Alt-["), ("\u{1B}O", "Alt-O"),
    ("\u{1B}]", "Alt-]"),
    ("中", "中"), ("x", "x"), (" ", "Space"),
  ])
  func `a sequence is the key that it stands for`(bytes: String, name: String) {
    #expect(Self.key(bytes)?.description ?? "" == (name))
  }

  @Test func `releases of keys and unknown sequences are swallowed`() {
    for text in [
      "\u{1B}[97;1:3u", "\u{1B}[1;1:3A", "\u{1B}[?1;2c", "\u{1B}[>0;276;0c", "\u{1B}[?2026;2$y",
      "\u{1B}[12;40R\u{1B}[8;40;120t",
      "\u{1B}]11;rgb:0000/0000/0000\u{7}", "\u{1B}]11;rgb:00/00/00\u{1B}\\", "\u{1B}P1$r0m\u{1B}\\",
      "\u{1B}_Gi=1;OK\u{1B}\\",
      "\u{1B}[201~", "\u{1B}[99~", "\u{1B}[" + String(repeating: "1;", count: 5_000) + "m",
      "\u{1B}]52;c;" + String(repeating: "A", count: 100_000) + "\u{7}",
    ] {
      let events = Self.events(text + "k")
      let keys = events.filter { $0 != .key(.function(3)) }
      #expect(keys == [.key(Key("k"))], "\(text.prefix(20).debugDescription)")
    }
  }

  @Test func `a paste is one literal text`() {
    #expect(
      Self.events("\u{1B}[200~a\r\nb\rc\td\u{1B}[31m\u{0}工\u{9B}\u{1B}[201~x") == [
        .paste("a\nb\nc\td[31m工"), .key(Key("x")),
      ])
    #expect(Self.events("\u{1B}[200~a\u{1B}[200~b\u{1B}[201~") == [.paste("ab")])
    #expect(Self.events("\u{1B}[200~\u{1B}[201~q") == [.key(Key("q"))])
  }

  @Test func `a paste without end gives what came, in bounded pieces, and Esc leads out`() {
    var parser = InputParser()
    #expect(parser.feed(Array("\u{1B}[200~half".utf8)).isEmpty)
    #expect(parser.flush() == [.paste("half")])
    #expect(parser.feed(Array("q".utf8)).isEmpty)
    #expect(parser.flush() == [.paste("q")])
    #expect(parser.feed([0x1B]).isEmpty)
    #expect(parser.flush() == [.key(.escape)])
    #expect(parser.feed(Array("q".utf8)) == [.key(Key("q"))])

    let long = String(repeating: "工单abc\r\n", count: 400_000)
    var events = parser.feed(Array("\u{1B}[200~".utf8))
    for start in stride(from: 0, to: long.utf8.count, by: 65_536) {
      events += parser.feed(long.utf8.dropFirst(start).prefix(65_536))
    }
    events += parser.feed(Array("\u{1B}[201~".utf8))
    let pieces = events.map { if case .paste(let text) = $0 { text } else { "?" } }
    #expect(pieces.count > 1)
    #expect(pieces.allSatisfy { $0.utf8.count <= InputParser.pasteChunk })
    #expect(pieces.joined() == long.replacing("\r\n", with: "\n"))
  }

  @Test func `the mouse is understood in both encodings`() {
    #expect(Self.events("\u{1B}[<0;3;5M") == [.mouse(.init(.press, .left, at: Point(column: 2, row: 4)))])
    #expect(Self.events("\u{1B}[<0;3;5m") == [.mouse(.init(.release, .left, at: Point(column: 2, row: 4)))])
    #expect(
      Self.events("\u{1B}[<65;300;200M") == [
        .mouse(.init(.wheelDown, .none, at: Point(column: 299, row: 199)))
      ])
    #expect(
      Self.events("\u{1B}[<20;1;1M") == [
        .mouse(.init(.press, .left, at: .zero, modifiers: [.shift, .control]))
      ])
    #expect(Self.events("\u{1B}[M !!") == [.mouse(.init(.press, .left, at: .zero))])
    #expect(
      Self.events([0x1B, 0x5B, 0x4D, 0x23, 0xFF, 0x21]) == [
        .mouse(.init(.release, .none, at: Point(column: 222, row: 0)))
      ])
    #expect(Self.events("\u{1B}[<0;0;0M\u{1B}[<1;2M").isEmpty)
  }

  @Test func `focus is reported`() {
    #expect(Self.events("\u{1B}[I\u{1B}[O") == [.focusGained, .focusLost])
  }

  @Test func `bytes that are not UTF-8 are shown, not lost`() {
    let bad: InputEvent = .key(Key("\u{FFFD}"))
    #expect(Self.events([0xFF, 0x61]) == [bad, .key(Key("a"))])
    #expect(Self.events([0xE5, 0xB7, 0x61]) == [bad, .key(Key("a"))])
    #expect(Self.events([0xC0, 0x80]) == [bad, bad])
    #expect(Self.events([0xED, 0xA0, 0x80]) == [bad, bad, bad])
    #expect(Self.events([0xE5]) == [bad])
    #expect(Self.events([0xC2, 0x9B, 0x61]) == [.key(Key("a"))])
  }

  @Test func `Esc is decided by time, and a key behind it at once is Alt`() {
    var parser = InputParser()
    #expect(parser.feed([0x1B]).isEmpty)
    #expect(parser.needsTimeout && parser.holdsLoneEscape)
    #expect(parser.flush() == [.key(.escape)])
    #expect(!parser.needsTimeout)
    #expect(parser.feed([0x1B, 0x1B]).isEmpty)
    #expect(parser.flush() == [.key(.escape), .key(.escape)])
    #expect(parser.feed([0x1B, 0x1B, 0x61]) == [.key(.escape), .key(.alt("a"))])
  }

  /// Everything that the parser knows, one behind the other.
  private static let corpus: [UInt8] =
    Array(
      "a中🙂\u{1B}[A\u{1B}OB\u{1B}[1;5C\u{1B}[[B\u{1B}[3$\u{1B}[3^x\u{1B}\u{1B}[Dq\u{1B}x\u{1B}中\u{1B}[<0;12;7M\u{1B}[M !!z\u{1B}[I\u{1B}[O"
        .utf8)
    + Array(
      "\u{1B}[200~工单\r\nb\u{1B}[200~\u{1B}[2\r\u{1B}[201~\u{1B}]0;t\u{1B}\\k\u{1B}]0;t\u{7}\u{1B}P1$r\u{1B}\\\u{1B}[97;5u"
        .utf8)
    + [0xFF, 0xE5, 0xB7, 0x62, 0xF0, 0x9F, 0x99]
    + Array("e\u{1B}[?1;2c\u{1B}[27;5;9~\u{1B}O5PZ\u{1B}[12;".utf8) + [0x07]
    + Array("y".utf8)

  @Test func `every cut of the input gives the same events`() {
    var whole = InputParser()
    let expected = whole.feed(Self.corpus)
    #expect(expected.count > 30)
    for cut in 1..<Self.corpus.count {
      for second in cut..<Self.corpus.count {
        var parser = InputParser()
        let events =
          parser.feed(Self.corpus[..<cut]) + parser.feed(Self.corpus[cut..<second])
          + parser.feed(Self.corpus[second...])
        if events != expected {
          Issue.record("cut at \(cut) and \(second)")
          return
        }
      }
    }
    var bytewise = InputParser()
    #expect(Self.corpus.flatMap { bytewise.feed([$0]) } == expected)
  }

  @Test func `random bytes in random pieces never depend on the pieces, and memory is bounded`() {
    var random = SplitMix64(5)
    let pieces: [[UInt8]] = [
      [0x1B], [0x5B], [0x4F], Array("[200~".utf8), Array("[201~".utf8), Array("\u{1B}[201~".utf8),
      Array("1;5".utf8), [0x4D], [0x9B],
      Array("工".utf8), [0x5D], [0x07], [0x3C], [0x75], [0x7E],
    ]
    for seed in 0..<3_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 1..<40, using: &random) {
        bytes +=
          Bool.random(using: &random)
          ? [UInt8.random(in: 0...255, using: &random)] : pieces.randomElement(using: &random) ?? []
      }
      var whole = InputParser()
      let expected = whole.feed(bytes)
      var parser = InputParser()
      var events: [InputEvent] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...rest.count, using: &random)
        events += parser.feed(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
      let flushed = parser.flush()
      if events != expected || flushed != whole.flush() {
        Issue.record("round \(seed): \(bytes)")
        return
      }
    }
  }

  @Test func `an escape sequence that is cut by silence never leaks as text`() {
    for text in [
      "\u{1B}[1;", "\u{1B}[<0;1", "\u{1B}]0;abc", "\u{1B}P1$", "\u{1B}[[", "\u{1B}[M !", "\u{1B}O5",
    ] {
      var parser = InputParser()
      #expect(parser.feed(Array(text.utf8)).isEmpty, "\(text.debugDescription)")
      #expect(parser.needsTimeout)
      #expect(parser.flush().isEmpty, "\(text.debugDescription)")
      #expect(parser.feed(Array("a".utf8)) == [.key(Key("a"))])
    }
  }
}
