import Terminal
import Testing

@Suite struct `Widths` {
  @Test func `every scalar takes none, one or two columns`() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let width = Width.of(scalar)
      if width < 0 || width > 2 { Issue.record("U+\(String(value, radix: 16)) has \(width) columns") }
    }
  }

  @Test(arguments: [
    ("a", 1), ("~", 1), ("é", 1), ("工", 2), ("，", 2), ("한", 2), ("🙂", 2), ("ｱ", 1), ("─", 1), ("…", 1),
    ("●", 1),
    ("\u{20000}", 2), ("\u{31350}", 2), ("\u{1FAE8}", 2), ("\u{FFFD}", 1), ("　", 2),
  ])
  func `known characters have the columns that terminals give them`(text: String, columns: Int) {
    #expect(SafeText(text).width == columns)
  }

  @Test func `a mark adds no column`() {
    #expect(SafeText("e\u{301}").width == 1)
    #expect(SafeText("ก\u{E33}\u{E49}").width == 2)
  }

  @Test func `clusters are normalized to what every terminal draws alike`() {
    #expect(SafeText("❤\u{FE0F}").string == "❤")
    #expect(SafeText("👨\u{200D}👩\u{200D}👧!").string == "👨!")
    #expect(SafeText("👍🏽").string == "👍")
    #expect(SafeText("❤\u{FE0F}\u{200D}🔥").string == "❤")
    #expect(SafeText("🇨🇳").string == "CN")
    #expect(SafeText("1\u{FE0F}\u{20E3}").string == "1")
    #expect(SafeText("\u{1112}\u{1161}\u{11AB}").string.unicodeScalars.map(\.value) == [0xD55C])
    #expect(SafeText("\u{1161}").string == "\u{FFFD}")
    #expect(SafeText("a\u{200D}b").string == "ab")
  }
}
