import Foundation
import Testing

@testable import Terminal

@Suite struct `Themes` {
  @Test(arguments: Theme.builtIn, ColourDepth.allCases)
  func `what must not be missed is never told by colour alone`(theme: Theme, depth: ColourDepth) {
    let text = theme.appearance(of: .text, depth: depth)
    for role in [Role.selection, .missing, .banner, .highlight, .danger, .statusBar, .selectionUnfocused] {
      let seen = theme.appearance(of: Style(role), depth: depth)
      #expect(seen != text, "\(role.name)")
      if depth == .none { #expect(!seen.modifiers.isEmpty, "\(role.name)") }
    }
  }

  @Test(arguments: Theme.builtIn)
  func `typed text has the terminal's own colours, because each key draws it`(theme: Theme) {
    for depth in ColourDepth.allCases {
      #expect(
        theme.appearance(of: Style(.inputFocused), depth: depth)
          == Appearance(foreground: nil, background: nil, modifiers: []))
    }
  }

  @Test(arguments: Theme.builtIn)
  func `no colour is beyond the depth`(theme: Theme) {
    for role in Role.allCases {
      let basic = theme.appearance(of: Style(role), depth: .sixteen)
      #expect((basic.foreground ?? 0) < 16 && (basic.background ?? 0) < 16)
      let eight = theme.appearance(of: Style(role), depth: .eight)
      #expect((eight.foreground ?? 0) < 8 && (eight.background ?? 0) < 8)
      let none = theme.appearance(of: Style(role), depth: .none)
      #expect(none.foreground == nil && none.background == nil)
      // Text on its own colour cannot be read.
      for seen in [basic, eight] where seen.background != nil {
        #expect(seen.foreground != seen.background, "\(theme.name) \(role.name)")
      }
    }
  }

  @Test func `a theme is read from names and keeps the base for the rest`() throws {
    let theme = try Theme.parse(
      name: "mine",
      words: [
        "danger": .init(foreground: "#ff0000", background: "default", attributes: ["bold", "underline"]),
        "badge": .init(foreground: "214/yellow"),
      ])
    #expect(theme[.danger].foreground?.indexed == 196)
    #expect(theme[.danger].background == nil)
    #expect(theme[.danger].modifiers == [.bold, .underline])
    #expect(theme[.badge].foreground?.basic == 3)
    #expect(theme[.selection] == Theme.dark[.selection])
  }

  @Test func `the page lists every role`() throws {
    let folder = #filePath.dropLast("Tests/TerminalTests/ThemeTests.swift".count)
    let page = try String(contentsOfFile: folder + "docs/settings.md", encoding: .utf8)
    for role in Role.allCases { #expect(page.contains("`\(role.name)`"), "\(role.name)") }
  }

  @Test func `an error in a theme names the key`() {
    #expect(throws: ThemeError.unknownRole(key: "dangr")) {
      try Theme.parse(name: "x", words: ["dangr": .init()])
    }
    #expect(throws: ThemeError.unknownColour(key: "danger.foreground", value: "reddish")) {
      try Theme.parse(name: "x", words: ["danger": .init(foreground: "reddish")])
    }
    #expect(throws: ThemeError.unknownAttribute(key: "danger.attributes", value: "blink")) {
      try Theme.parse(name: "x", words: ["danger": .init(attributes: ["blink"])])
    }
  }

  @Test func `every role has a name that finds it`() {
    for role in Role.allCases { #expect(Role(name: role.name) == role) }
    #expect(Role(name: "nothing") == nil)
  }
}
