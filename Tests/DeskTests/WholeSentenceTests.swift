import Domain
import Foundation
import Terminal
import Testing

@testable import Desk

/// What the status line says is read to its end: the key and what to do stand in it.
@Suite struct `Sentences of the status line` {
  /// Every sentence that may be said there, of every catalogue.
  private static func isSaid(_ key: String) -> Bool {
    let prefixes = [
      "desk.notice.", "desk.done.", "desk.reason.", "desk.undo.", "desk.macro.", "desk.step.", "desk.reply.",
      "desk.closing.stopped", "desk.closing.fatal", "desk.closing.no-text", "desk.closing.broken",
      "desk.closing.steps-", "desk.reading.nothing", "desk.machine.", "refusal.", "refund.done.",
      "refund.no-note",
      "raised.done.", "raised.notice", "verification.done.", "verification.no-contact", "verification.locked",
      "verification.change.", "gateway.", "error.store.", "runtime.", "problem.",
    ]
    return prefixes.contains { key.hasPrefix($0) } && !key.hasPrefix("gateway.prompt")
  }

  /// Values as long as they plausibly are.
  private static let values = [
    "count": "128", "key": "Ctrl-Right", "help": "F1", "number": "#2611-0417", "name": "Wang Xiufang",
    "agent": "陈雨", "path": "/var/lib/agentdesk/store.db", "address": "ssh://desk.example.com",
    "why": "库无法连接。",
    "amount": "12,345.67", "line": "12", "seen": "8123", "found": "8120", "seenHash": "9f31c0d2",
    "foundHash": "b2d7aa01", "steps": "核身、查账单、追溯订购", "detail": "nobody listens there",
  ]

  private static func filled(_ text: String) -> String {
    text.replacing(/\{([A-Za-z]+)(\|[^}]*)?\}/) { match in
      if let forms = match.output.2 { return String(forms.split(separator: "|").last ?? "") }
      return values[String(match.output.1)] ?? "some value of it"
    }
  }

  private static let sentences: [(Language, String, String)] = Language.allCases.flatMap { language in
    (Fixture.catalogues[language]?.texts ?? [:]).filter { isSaid($0.key) }.sorted { $0.key < $1.key }
      .map { (language, $0.key, filled($0.value)) }
  }

  private static func squeezed(_ text: String) -> String {
    text.filter { !$0.isWhitespace && !"│└┘┴─├┤".contains($0) }
  }

  private static func desks(_ language: Language, _ size: Size) -> [(String, ScriptedDesk)] {
    var queue = ScriptedDesk(size: size, language: language)
    queue.press("Down")
    var ticket = ScriptedDesk(size: size, language: language)
    ticket.openFirst()
    var reply = ticket
    reply.press("r")
    reply.type("您好，请稍等")
    var closing = ticket
    closing.press("F8")
    return [("queue", queue), ("ticket", ticket), ("reply", reply), ("closing", closing)]
  }

  @Test(arguments: Language.allCases, [Size(columns: 80, rows: 24), Size(columns: 120, rows: 40)])
  func `are never cut, and the keys stay below them`(_ language: Language, _ size: Size) {
    let desks = Self.desks(language, size)
    #expect(Self.sentences.count > 300)
    for (_, key, text) in Self.sentences.filter({ $0.0 == language }) {
      for (place, desk) in desks {
        var desk = desk
        let before = desk.model.footerActions.compactMap { desk.model.actions.shortKey($0)?.description }
          .first
        desk.model.say(text, .danger)
        let frame = desk.frame
        let rows = (0..<size.rows).map { frame.text(row: $0) }
        let shown = Self.squeezed(rows.joined())
        #expect(
          shown.contains(Self.squeezed(text)),
          "\(key) in the \(place): \(rows.suffix(Painter.longestNotice + 1).joined(separator: "\n"))")
        #expect(before.map { rows[size.rows - 1].contains($0) } == true, "\(key) in the \(place)")
      }
    }
  }

  @Test func `above the caret where somebody types at the lower edge`() throws {
    var desk = ScriptedDesk(size: Size(columns: 80, rows: 24))
    desk.openFirst()
    desk.press("r")
    desk.type("您好，我在看您的账单")
    desk.model.say(String(repeating: "库无法连接，", count: 12), .danger)
    let caret = try #require(desk.frame.cursor)
    #expect(desk.frame.text(row: caret.row).contains("您好，我在看您的账单"))
  }

  @Test func `the key of what has to come first stands first`() {
    var desk = ScriptedDesk(size: Size(columns: 80, rows: 24), language: .english)
    desk.openFirst()
    desk.press("F7", "Enter")
    #expect(desk.model.notice?.text.string.hasPrefix("b Verify · ") == true)
  }

  @Test(arguments: Language.allCases)
  func `what stays wrong stands on two lines, the key first`(_ language: Language) throws {
    var desk = ScriptedDesk(size: Size(columns: 80, rows: 24), language: language)
    let full = try #require(Fixture.catalogues[language]?.texts["error.store.diskFull"])
    let text = Self.filled(full)
    desk.send(
      .storeTrouble(
        StandingTrouble(
          line: LocalizedText(chinese: text, english: text), text: LocalizedText(chinese: text, english: text)
        )))
    #expect(desk.frame.text(row: 1).hasPrefix(" ! W "))
    let shown = Self.squeezed(desk.frame.text(row: 1) + desk.frame.text(row: 2))
    #expect(shown.contains(Self.squeezed(text)))
  }

  @Test(arguments: Language.allCases)
  func `whoever is locked out reads all of it in the pane of the questions`(_ language: Language) {
    var desk = ScriptedDesk(size: Size(columns: 80, rows: 24), language: language)
    desk.openFirst()
    if desk.model.open?.ticket?.owner == nil { desk.press("c") }
    desk.press("Alt-;")
    for answer in ["张三", "李四", "王五"] {
      desk.press("1")
      desk.type(answer)
      desk.press("Enter")
    }
    for key in ["verification.locked", "verification.never"] {
      for line in desk.model.words(key).wrapped(columns: 68) {
        #expect(desk.screen.contains(line.string), "\(line.string)")
      }
    }
  }
}
