import Terminal
import Testing

@Suite struct `Keys` {
  @Test(arguments: [
    "Ctrl-P", "F8", "Alt-Enter", "Ctrl-Alt-Delete", "Shift-F5", "Esc", "Space", "Ctrl-Space", "j", "G", "?",
    "/", "PgDn",
    "BackTab", "Alt-x", "Alt-X", "：", "Ctrl-]", "-", "Ctrl--", "F20",
  ])
  func `a name is read back as it is written`(name: String) {
    #expect(Key(name: name)?.description == name)
  }

  @Test func `names are read in the ways people write them`() {
    #expect(Key(name: "ctrl-p") == .control("p"))
    #expect(Key(name: "Shift-Tab") == .backTab)
    #expect(Key(name: "escape") == .escape)
    #expect(Key(name: "f12") == .function(12))
    #expect(Key(name: "PageDown") == .pageDown)
    for name in ["", "Ctrl-", "F0", "F99", "Hyper-x", "ab", "Ctrl-Ctrl-x", " "] {
      #expect(Key(name: name) == nil)
    }
  }
}
