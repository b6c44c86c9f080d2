import Domain
import Terminal
import TestSupport
import Testing

@Suite struct `Safe text` {
  @Test func `a line break is a space and two bytes of one break are one`() {
    #expect(SafeText("a\nb\r\nc\rd\u{2028}e\tf").string == "a b c d e f")
  }

  @Test func `controls become visible and format characters go`() {
    #expect(SafeText("a\u{1B}[31mb").string == "a\u{FFFD}[31mb")
    #expect(SafeText("\u{0}\u{7F}\u{9B}x").string == "\u{FFFD}\u{FFFD}\u{FFFD}x")
    #expect(SafeText("\u{202E}evil\u{2066}\u{200B}\u{FEFF}\u{61C}\u{E0041}").string == "evil")
    #expect(SafeText("\u{E000}\u{FFFF}\u{378}").string == "\u{FFFD}\u{FFFD}\u{FFFD}")
  }

  @Test func `a character carries at most three marks and none stands alone`() {
    let zalgo = "a" + String(repeating: "\u{301}", count: 50)
    #expect(SafeText(zalgo).string.unicodeScalars.count == 4)
    #expect(SafeText("\u{301}a").string == "a")
  }

  @Test func `lines keep empty ones and expand tabs`() {
    #expect(SafeText.lines("a\n\nb\tc\r\n").map(\.string) == ["a", "", "b   c", ""])
    #expect(SafeText.lines("").map(\.string) == [""])
    #expect(SafeText.lines("工\tx").map(\.string) == ["工  x"])
  }

  @Test func `equality is of what is drawn, not of canonical equivalence`() {
    #expect(SafeText("é") != SafeText("e\u{301}"))
    #expect(SafeText("é").hashValue == SafeText("é").hashValue)
  }

  @Test func `cutting never splits a wide character`() {
    let text: SafeText = "a工b"
    #expect(text.prefix(columns: 2).string == "a")
    #expect(text.dropping(columns: 2).string == " b")
    #expect(text.dropping(columns: 1).string == "工b")
    #expect(text.truncated(toColumns: 3).string == "a…")
    #expect(text.truncated(toColumns: 4).string == "a工b")
    #expect(text.truncated(toColumns: 0).string == "")
    #expect(text.padded(toColumns: 6, alignment: .trailing).string == "  a工b")
    #expect(text.fitted(toColumns: 3).width == 3)
    #expect(SafeText("工单").fitted(toColumns: 3).width == 3)
  }

  @Test func `words stay whole and punctuation does not begin a line`() {
    #expect(SafeText("hello big world").wrapped(columns: 9).map(\.string) == ["hello big", "world"])
    #expect(SafeText("hello").wrapped(columns: 2).map(\.string) == ["he", "ll", "o"])
    #expect(SafeText("我上个月扣了，多扣").wrapped(columns: 12).map(\.string) == ["我上个月扣", "了，多扣"])
    #expect(SafeText("他说（好的）吧").wrapped(columns: 6).map(\.string) == ["他说", "（好", "的）吧"])
    #expect(SafeText("订单A12345已退").wrapped(columns: 10).map(\.string) == ["订单A12345", "已退"])
    #expect(SafeText("").wrapped(columns: 5).map(\.string) == [""])
    #expect(SafeText("工单").wrapped(columns: 1).count == 2)
  }
}

@Suite struct `Safe text of any bytes` {
  private static func text(_ random: inout SplitMix64) -> String {
    let kinds: [ClosedRange<UInt32>] = [
      0...0x1F, 0x20...0x7E, 0x7F...0x9F, 0x300...0x36F, 0x4E00...0x9FFF, 0x2000...0x206F, 0x1100...0x11FF,
      0xAC00...0xD7A3,
      0x1F1E6...0x1F1FF, 0x1F300...0x1FAFF, 0x1F3FB...0x1F3FF, 0x200B...0x200F, 0xFE00...0xFE0F,
      0xE000...0xE010,
      0xE0000...0xE007F, 0x10000...0x10FFFF,
    ]
    var view = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0..<40, using: &random) {
      let kind = kinds.randomElement(using: &random) ?? 0x20...0x7E
      if let scalar = Unicode.Scalar(UInt32.random(in: kind, using: &random)) { view.append(scalar) }
    }
    return String(view)
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0x61C,
      0xE0000...0xE0FFF,
      0xE000...0xF8FF, 0xFE00...0xFE0F:
      false
    default: true
    }
  }

  @Test func `holds no control, is stable, and counts its columns`() {
    var random = SplitMix64(1)
    for round in 0..<20_000 {
      let outside =
        round.isMultiple(of: 2)
        ? Self.text(&random)
        : String(
          decoding: (0..<Int.random(in: 0..<60, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
          },
          as: UTF8.self)
      let safe = SafeText(outside)
      let again = SafeText(safe.string)
      guard safe == again, safe.width == safe.clusters.map(\.width).reduce(0, +),
        safe.string.unicodeScalars.allSatisfy(Self.isHarmless),
        safe.clusters.allSatisfy({ 1...2 ~= $0.width && $0.scalars.count <= 4 })
      else {
        Issue.record("\(Array(outside.unicodeScalars.map(\.value)))")
        return
      }
    }
  }

  @Test func `two joined texts are the text of the joined`() {
    var random = SplitMix64(2)
    for _ in 0..<5_000 {
      let left = SafeText(Self.text(&random))
      let right = SafeText(Self.text(&random))
      #expect(SafeText((left + right).string) == left + right)
    }
  }

  @Test func `wrapping keeps every character and every width`() {
    var random = SplitMix64(3)
    for _ in 0..<5_000 {
      let text = SafeText(Self.text(&random) + " 我说，hello-world (好) " + Self.text(&random))
      let columns = Int.random(in: 2...20, using: &random)
      let lines = text.wrapped(columns: columns)
      // The spaces at a break go; one with a mark is a character.
      let spaces: [Cluster] = [.space, SafeText("　").clusters[0]]
      #expect(
        lines.flatMap(\.clusters).filter { !spaces.contains($0) }
          == text.clusters.filter { !spaces.contains($0) })
      #expect(lines.allSatisfy { $0.width <= columns })
      #expect(lines.allSatisfy { line in line.width == line.clusters.map(\.width).reduce(0, +) })
    }
  }

  @Test func `a text is wrapped only as far as somebody looks, and like the whole`() {
    let long = String(repeating: "我上个月国际漫游包扣了两次, please refund it. ", count: 2_000)
    let source = long + "\n\nend\n"
    var layout = TextLayout(source, columns: 40)
    #expect(layout.lines(0..<10).count == 10)
    #expect(!layout.isComplete)
    #expect(layout.known.count == 10)
    layout.finish()
    #expect(layout.known.map(\.text) == SafeText.lines(source).flatMap { $0.wrapped(columns: 40) })
  }

  @Test func `a caret goes to its place in a wrapped text and back`() {
    var random = SplitMix64(4)
    for _ in 0..<300 {
      let source = "工单 " + Self.text(&random).filter { $0 != "\t" } + "\nabc 多扣38元\n"
      var layout = TextLayout(source, columns: 9)
      layout.finish()
      let bytes = Array(source.utf8)
      #expect(layout.known.first?.source.lowerBound == 0)
      for (line, next) in zip(layout.known, layout.known.dropFirst()) {
        #expect(line.source.upperBound <= next.source.lowerBound)
        if !next.startsParagraph { #expect(line.source.upperBound == next.source.lowerBound) }
      }
      let end = layout.position(ofOffset: bytes.count)
      #expect(end.row == layout.known.count - 1)
      #expect(layout.offset(at: end) == bytes.count)
    }
    var layout = TextLayout("hello 工单\nworld", columns: 20)
    #expect(layout.position(ofOffset: 6) == Point(column: 6, row: 0))
    #expect(layout.position(ofOffset: 9) == Point(column: 8, row: 0))
    #expect(layout.offset(at: Point(column: 7, row: 0)) == 6)
    #expect(layout.offset(at: Point(column: 8, row: 0)) == 9)
    #expect(layout.position(ofOffset: 13) == Point(column: 0, row: 1))
    #expect(layout.offset(at: Point(column: 0, row: 1)) == 13)
  }
}

@Suite struct `Numbers in wrapped text` {
  @Test func `of tickets, orders and days are never broken at their hyphen`() {
    #expect(
      SafeText("工单 2611-0192，我们优先").wrapped(columns: 11).map(\.string) == ["工单", "2611-0192，", "我们优先"])
    #expect(
      SafeText("order D20261002-7731 came").wrapped(columns: 17).map(\.string) == [
        "order", "D20261002-7731", "came",
      ])
    // Words with a hyphen still are.
    #expect(SafeText("a pay-back today").wrapped(columns: 7).map(\.string) == ["a pay-", "back", "today"])
    // What is longer than the line is cut all the same.
    #expect(SafeText("2611-0192").wrapped(columns: 5).map(\.string) == ["2611-", "0192"])
  }
}
