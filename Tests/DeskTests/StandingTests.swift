import Domain
import Terminal
import Testing

@testable import Desk

/// What stays true until somebody does something about it stands on a line of its own.
@Suite struct `What stays wrong` {
  private static let sizes = [Size(columns: 80, rows: 24), Size(columns: 160, rows: 50)]
  private static let trouble = StandingTrouble(
    line: LocalizedText(
      chinese: "库的审计日志被改动过：已停止收发。", english: "The store's log was changed: nothing is sent or taken."),
    text: LocalizedText(
      chinese: "本坐席记得：第 812 条，9f31c0\n库里现在是：第 640 条，b2d7aa",
      english: "This desk remembers: entry 812, 9f31c0\nThe store shows now: entry 640, b2d7aa"))

  private static func deactivated(_ size: Size, _ language: Language) throws -> ScriptedDesk {
    var desk = ScriptedDesk(size: size, language: language)
    desk.press("Down", "c")
    if desk.model.focus != .ticket { desk.press("Enter") }
    desk.wait(seconds: 10)
    var me = try #require(desk.world.agents[Fixture.me])
    me.isActive = false
    desk.world.agents[Fixture.me] = me
    desk.send(.meChanged(me))
    desk.effects = []
    return desk
  }

  @Test(arguments: Language.allCases, sizes)
  func `whoever is no longer active is told so for as long as the desk is open, and is offered nothing`(
    _ language: Language, _ size: Size
  ) throws {
    var desk = try Self.deactivated(size, language)
    let sentence = desk.model.words("desk.standing.not-active").string
    #expect(desk.screen.contains(sentence))
    for id in [ActionID.close, .reply, .note, .claimNext, .editForm] {
      #expect(!desk.frame.text(row: size.rows - 1).contains(desk.model.words.text(id.key)), "\(id)")
    }
    desk.press("r", "F8", "F5", "a", "c", "h", "F2", "Insert")
    #expect(desk.model.open?.composer == nil)
    #expect(desk.model.open?.closing == nil)
    #expect(desk.model.overlays.isEmpty)
    let written = desk.effects.filter {
      switch $0 {
      case .save, .submit: true
      default: false
      }
    }
    #expect(written.isEmpty)
    desk.wait(seconds: 60)
    #expect(desk.screen.contains(sentence))
  }

  @Test func `whoever is no longer active reads what is here`() throws {
    var desk = try Self.deactivated(Size(columns: 120, rows: 40), .chinese)
    desk.press("Esc", "Down", "Enter")
    #expect(desk.model.open?.id == "t0" || desk.model.open != nil)
    desk.press("3")
    #expect(desk.model.scope == .open)
    desk.press("?")
    #expect(desk.model.overlays.count == 1)
  }

  @Test func `every action either reads or asks for somebody who is active`() {
    var desk = ScriptedDesk()
    desk.model.me.isActive = false
    for id in ActionID.allCases where !id.isReading {
      #expect(desk.model.reason(against: id) == "desk.reason.not-active", "\(id)")
    }
  }

  @Test(arguments: Language.allCases, sizes)
  func `what is wrong with the exchange stays on the screen, with a key that shows all of it`(
    _ language: Language, _ size: Size
  ) throws {
    var desk = ScriptedDesk(size: size, language: language)
    desk.send(.storeTrouble(Self.trouble))
    desk.send(.syncStatus(SyncStatus(queued: 3, offlineSince: Fixture.now, isHalted: true)))
    desk.wait(seconds: 60)
    let line = desk.frame.text(row: 1)
    #expect(line.contains(Self.trouble.line[language].prefix(12)))
    #expect(line.contains("W "), "\(line)")
    #expect(desk.frame.text(row: 0).contains(language == .chinese ? "停止" : "topped"))
    // What somebody does is said as always.
    desk.press("Down", "W")
    #expect(desk.screen.contains("812"))
    #expect(desk.screen.contains("640"))
    desk.press("F12")
    #expect(desk.screen.contains(language == .chinese ? "This desk remembers" : "本坐席记得"))
    desk.send(.storeTrouble(nil))
    #expect(desk.model.overlays.isEmpty)
    #expect(desk.model.standing == nil)
    desk.press("W")
    #expect(desk.model.overlays.isEmpty)
  }

  @Test func `a long sentence leaves the key that shows all of it`() {
    var desk = ScriptedDesk(size: Size(columns: 80, rows: 24), language: .english)
    let long = String(repeating: "Something is wrong with the store. ", count: 8)
    let text = LocalizedText(chinese: long, english: long)
    desk.send(.storeTrouble(StandingTrouble(line: text, text: text)))
    #expect(desk.frame.text(row: 1).contains("W What is wrong"))
    #expect(desk.frame.text(row: 2).contains("…"))
  }

  @Test(arguments: Language.allCases)
  func `a restore is news and no error`(_ language: Language) throws {
    var desk = ScriptedDesk(language: language)
    desk.send(.storeRestored(revision: 417))
    let notice = try #require(desk.model.notice)
    #expect(notice.kind == .warning)
    #expect(notice.text.string.contains("417"))
    desk.wait(seconds: 25)
    #expect(desk.model.notice != nil)
  }
}

@Suite struct `Small things that were said wrongly or not at all` {
  @Test(arguments: Language.allCases)
  func `Enter on an empty line that is needed says so and stays there`(_ language: Language) throws {
    var desk = ScriptedDesk(language: language, me: "zhaomin")
    desk.press("F5")
    for key in ["h", "#", "A"] {
      desk.press(key, "Enter")
      guard case .dialog(let dialog) = desk.model.overlays.last else {
        Issue.record("\(key): no question")
        continue
      }
      #expect(dialog.focus == 0, "\(key)")
      let problem = try #require(dialog.fields[0].problem, "\(key)")
      #expect(desk.screen.contains(problem), "\(key)")
      desk.press("Esc")
    }
    // A time that is none is said at once as well.
    desk.press("R")
    desk.type("soon")
    desk.press("Enter")
    guard case .dialog(let dialog) = desk.model.overlays.last else { return }
    #expect(dialog.fields[0].problem != nil)
    #expect(dialog.focus == 0)
  }

  @Test func `one key is one key`() {
    let words = Fixture.catalogues[.english]!
    let values: KeyValuePairs<String, any CustomStringConvertible> = [
      "number": "2611-0417", "keys": 1, "seconds": "2.0",
    ]
    #expect(words("desk.done.closed", values) == "#2611-0417 closed · 1 key 2.0 s")
    #expect(words("desk.done.closed", ["number": "1", "keys": 7, "seconds": "2.0"]).contains("7 keys"))
    #expect(words("sandbox.points", ["points": 1]) == "1 point")
    #expect(words("cli.store.sound", ["rows": 1, "operations": 2]) == "Sound: 1 row, 2 operations.")
  }

  /// A number directly before a plural has a form for one, whatever the sentence.
  @Test func `every English number can be one`() throws {
    let english = Fixture.catalogues[.english]!.texts
    let counted = try Regex(
      #"\{(count|tickets|rows|points|keys|days|operations|entries|witnesses|tombstones)\} (\w+ )?(tickets|keys|days|rows|operations|entries|findings|witnesses|points|problems|articles|characters|changes|drafts|revisions)\b"#
    )
    for (key, text) in english where !key.hasSuffix(".one") && english[key + ".one"] == nil {
      #expect(text.firstMatch(of: counted) == nil, "\(key): \(text)")
    }
  }

  @Test(arguments: Language.allCases)
  func `why a command cannot be done is read to its end at 80 columns`(_ language: Language) {
    var desk = ScriptedDesk(size: Size(columns: 80, rows: 24), language: language)
    desk.model.me.roles = []
    desk.press("Ctrl-P")
    guard case .picker(let picker) = desk.model.overlays.last else {
      Issue.record("no palette")
      return
    }
    var seen = ""
    for _ in 0..<12 {
      seen += desk.screen
      desk.press("PgDn")
    }
    for item in picker.items where !item.isEnabled {
      #expect(seen.contains(item.detail.string), "\(item.id): \(item.detail)")
    }
  }

  @Test func `a list has one bar`() {
    var desk = ScriptedDesk(size: Size(columns: 120, rows: 40))
    desk.press("Enter", "Esc", "Down", "Down")
    #expect(desk.model.open != nil)
    let bars = (0..<40).filter { desk.frame.text(row: $0).contains("▌") }
    #expect(bars.count == 1)
  }

  @Test func `a close that is undone brings back the contact it ended, and what was before it`() {
    var desk = ScriptedDesk(me: "zhaomin")
    desk.press("F5")
    #expect(desk.model.me.presence.state == .onContact)
    desk.press("F8", "Enter", "Enter", "Enter", "F8")
    #expect(desk.model.me.presence.state == .ready)
    desk.press("u")
    #expect(desk.world.tickets["t0"]?.state == .open)
    #expect(desk.model.me.presence.state == .onContact)
    #expect(desk.world.agents["zhaomin"]?.presence.state == .onContact)
  }

  @Test func `what was typed while nothing could be saved is saved as soon as something can be`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.send(.syncStatus(SyncStatus(cannotSave: true)))
    let full = LocalizedText(chinese: "磁盘已满", english: "full")
    desk.send(.storeTrouble(StandingTrouble(line: full, text: full)))
    #expect(desk.screen.contains("W 出了什么问题"))
    desk.press("a")
    desk.type("还没写完")
    desk.wait(seconds: 2)
    #expect(desk.screen.contains("Alt-6 出了什么问题"))
    // What the disk did not take.
    desk.drafts = [:]
    desk.send(.syncStatus(SyncStatus()))
    #expect(desk.drafts[DraftKey(ticket: "t0", slot: .note)]?.body == "还没写完")
  }
}
