import Domain
import Terminal
import Testing

@testable import Desk

@Suite struct `Nothing typed is lost` {
  @Test func `what is typed is a draft within a second`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("r")
    desk.type("您好，已经")
    #expect(desk.drafts.isEmpty)
    desk.wait(seconds: 1)
    #expect(desk.drafts[DraftKey(ticket: "t0", slot: .reply)]?.body == "您好，已经")
    let count = desk.effects.count
    desk.wait(seconds: 1)
    #expect(!desk.effects[count...].contains { if case .saveDraft = $0 { true } else { false } })
  }

  @Test func `after a crash the draft is offered and continued`() {
    let draft = Draft(ticket: "t0", slot: .reply, body: "您好，已经", savedAt: Fixture.now)
    var desk = ScriptedDesk(drafts: [draft])
    #expect(desk.model.notice?.text.string.contains("1 份草稿") == true)
    desk.press("D", "Enter")
    #expect(desk.model.open?.id == "t0")
    #expect(desk.model.open?.composer?.editor.text == "您好，已经")
    desk.type("查到")
    desk.press("Ctrl-S")
    #expect(desk.drafts.isEmpty)
    #expect(desk.world.entries.last { $0.kind == .reply }?.body == "您好，已经查到")
  }

  @Test func `Esc keeps the text, and reply and note are apart`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("r")
    desk.type("给客户")
    desk.press("Esc", "a")
    desk.type("给同事")
    desk.press("Esc", "r")
    #expect(desk.model.open?.composer?.editor.text == "给客户")
    desk.press("Esc", "a")
    #expect(desk.model.open?.composer?.editor.text == "给同事")
  }

  @Test func `another ticket, another language, another size: the text is still there`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("r")
    desk.type("半句话")
    desk.press("F12")
    #expect(desk.model.language == .english)
    desk.resize(1, 1)
    desk.resize(80, 24)
    #expect(desk.screen.contains("半句话"))
    desk.press("F5")
    #expect(desk.model.open?.id != "t0")
    #expect(desk.drafts[DraftKey(ticket: "t0", slot: .reply)]?.body == "半句话")
  }

  @Test func `a refused reply comes back to where it was typed`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("r")
    desk.type("请稍等")
    desk.world.tickets["t0"]?.state = .closed
    desk.press("Ctrl-S")
    #expect(desk.model.open?.composer?.editor.text == "请稍等")
    #expect(desk.drafts[DraftKey(ticket: "t0", slot: .reply)]?.body == "请稍等")
    #expect(desk.model.notice?.kind == .danger)
  }

  @Test func `a text that could not be saved comes back`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("a")
    desk.type("磁盘")
    // The disk is full: the runner says so instead of `saved`.
    let effects = update(&desk.model, .input(.key(.control("s"))))
    guard case .save(let operation, _)? = effects.first(where: { if case .save = $0 { true } else { false } })
    else {
      Issue.record("nothing was saved")
      return
    }
    desk.send(.failed(operation.id, "磁盘已满"))
    #expect(desk.model.open?.composer?.editor.text == "磁盘")
    #expect(desk.screen.contains("磁盘已满"))
  }

  @Test func `the end of the program keeps what is younger than a second`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("r")
    desk.type("没写完")
    desk.send(.closing)
    #expect(desk.drafts[DraftKey(ticket: "t0", slot: .reply)]?.body == "没写完")
  }

  @Test func `an unfinished closing by hand is a draft and comes back`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("F8", "F2")
    desk.type("核实后已退")
    desk.press("Esc")
    #expect(desk.model.open?.closing == nil)
    desk.press("F8")
    #expect(desk.model.open?.closing?.mode == .blank)
    #expect(desk.model.open?.closing?.text.text == "核实后已退")
  }

  @Test func `a field half typed while closing is a draft and comes back in its line`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("F8", "Tab", "Esc", "Down", "Enter")
    desk.press("Backspace")
    desk.type("38.")
    desk.wait(seconds: 1)
    let draft = desk.drafts.values.first { $0.slot == .form }
    #expect(draft?.body.contains("38.") == true)
    desk.press("Esc", "F8", "Tab", "Esc", "Down", "Enter")
    #expect(desk.model.open?.closing?.editor?.text == "38.")
  }

  @Test func `a new ticket that was given up is a draft`() {
    var desk = ScriptedDesk()
    desk.press("Insert")
    desk.type("1390000")
    desk.press("Esc", "Insert")
    guard case .dialog(let dialog) = desk.model.overlays.last else {
      Issue.record("no dialog")
      return
    }
    #expect(dialog.value("phone") == "1390000")
  }

  @Test func `a paste is literal, and a large one asks first`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("r")
    desk.send(.input(.paste("第一行\nq\u{1B}[2J\u{7}第二行")))
    #expect(desk.model.open?.composer?.editor.text == "第一行\nq[2J第二行")
    let long = String(repeating: "长", count: 20_001)
    desk.send(.input(.paste(long)))
    #expect(desk.model.overlays.count == 1)
    #expect(desk.model.open?.composer?.editor.text.count == 11)
    // A very long paste arrives in pieces: one question.
    desk.send(.input(.paste("尾")))
    #expect(desk.model.overlays.count == 1)
    desk.press("Enter")
    #expect(desk.model.open?.composer?.editor.text.hasSuffix("长尾") == true)
  }

  @Test func `the external editor brings its text back to the same place`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("r")
    desk.type("初稿")
    desk.press("Ctrl-O")
    #expect(desk.effects.contains(.openEditor("初稿")))
    desk.send(.editorReturned("定稿\n第二段"))
    #expect(desk.model.open?.composer?.editor.text == "定稿\n第二段")
    #expect(desk.drafts[DraftKey(ticket: "t0", slot: .reply)]?.body == "定稿\n第二段")
  }
}

@Suite struct `The text editor` {
  @Test func `moves and deletes whole characters`() {
    var editor = TextEditor("", isMultiline: true)
    editor.insert("e\u{301}👨‍👩‍👧中")
    editor.moveLeft()
    editor.deleteBackward()
    #expect(editor.text == "e\u{301}中")
    editor.deleteBackward()
    #expect(editor.text == "中")
    #expect(editor.caret == 0)
  }

  @Test func `a combining mark typed alone joins the character before it`() {
    var editor = TextEditor()
    editor.insert("e")
    editor.insert("\u{301}")
    #expect(editor.caret == editor.text.utf8.count)
    editor.deleteBackward()
    #expect(editor.text.isEmpty)
  }

  @Test func `words are Latin words and runs of Chinese`() {
    var editor = TextEditor("退费 refund 38.00 元")
    editor.moveWordLeft()
    editor.moveWordLeft()
    editor.moveWordLeft()
    editor.moveWordLeft()
    editor.deleteWordBackward()
    #expect(editor.text == "退费 38.00 元")
  }

  @Test func `lines as they are shown are what up and down move by`() {
    var editor = TextEditor("一二三四五六七八九十\nabc", isMultiline: true, columns: 10)
    #expect(editor.caretPosition() == Point(column: 3, row: 2))
    editor.moveVertically(-1)
    #expect(editor.caretPosition().row == 1)
    editor.moveVertically(-1)
    #expect(editor.caretPosition().row == 0)
    editor.moveVertically(-1)
    #expect(editor.caret == 0)
  }

  @Test func `controls are dropped, one line stays one line`() {
    var editor = TextEditor()
    editor.insert("a\u{0}b\nc\u{9B}d")
    #expect(editor.text == "ab cd")
  }

  private func typed(_ text: String, multiline: Bool = true) -> TextEditor {
    var editor = TextEditor("", isMultiline: multiline)
    for character in text { editor.insert(String(character)) }
    return editor
  }

  @Test func `undo goes back by words and pastes, redo comes forward again`() {
    var editor = typed("please refund 退费了，谢谢")
    editor.insert(" 单号 B202610")
    let steps = ["please refund 退费了，谢谢", "please refund 退费了，", "please refund ", "please ", ""]
    for step in steps {
      editor.undo()
      #expect(editor.text == step)
      #expect(editor.caret == step.utf8.count)
    }
    let isMore = editor.undo()
    #expect(!isMore)
    for step in steps.reversed().dropFirst() {
      editor.redo()
      #expect(editor.text == step)
    }
    editor.redo()
    #expect(editor.text == "please refund 退费了，谢谢 单号 B202610")
    let isRest = editor.redo()
    #expect(!isRest)
  }

  @Test func `what was deleted comes back where it was, and typing on forgets what was undone`() {
    var editor = TextEditor("退费 38.00 元 👨‍👩‍👧 e\u{301}", isMultiline: true)
    let whole = editor.text
    for _ in 0..<4 { editor.deleteBackward() }
    for _ in 0..<9 where editor.undo() {}
    #expect(editor.text == whole)
    #expect(editor.caret == whole.utf8.count)
    editor.moveToStart()
    editor.deleteForward()
    editor.deleteForward()
    #expect(editor.text.hasPrefix(" 38"))
    editor.undo()
    #expect(editor.text == whole)
    editor.insert("x")
    let isRest = editor.redo()
    #expect(!isRest)
    editor.replaceAll("定稿")
    editor.undo()
    #expect(editor.text == "退费x" + whole.dropFirst(2))
  }

  @Test func `the keys for it mean it everywhere that something is typed`() {
    var desk = ScriptedDesk()
    desk.openFirst()
    desk.press("r")
    desk.type("您好 refund")
    desk.type("\u{1F}")
    #expect(desk.model.open?.composer?.editor.text == "您好 ")
    desk.type("\u{1B}/")
    #expect(desk.model.open?.composer?.editor.text == "您好 refund")
    desk.press("Esc", "Esc", "/")
    desk.type("abc")
    desk.type("\u{1F}")
    #expect(desk.model.filter?.text.isEmpty == true)
    #expect(desk.model.queue.rows.count == 39)
  }

  @Test func `a megabyte is not kept twice, and a long day does not grow`() {
    let megabyte = String(repeating: "客户来电 ", count: 1 << 16)
    var editor = TextEditor("", isMultiline: true)
    editor.insert(megabyte)
    #expect(editor.history.byteCount == 0)
    for _ in 0..<20 { editor.insert("a ") }
    #expect(editor.history.byteCount == 0)
    // The newest is kept whatever its size, older ones within the limit.
    for _ in 0..<4 {
      editor.replaceAll("短")
      editor.replaceAll(megabyte)
    }
    editor.replaceAll("")
    #expect(editor.history.byteCount <= megabyte.utf8.count + EditHistory.largest)
    editor.undo()
    #expect(editor.text == megabyte)
  }

  /// Whatever was typed, undoing all of it leads to the beginning and redoing all of it to the end.
  @Test(arguments: 1...40) func `back and forth is exact`(_ seed: UInt64) {
    var random = SplitMix64(seed)
    var editor = TextEditor("开始", isMultiline: true, columns: 9)
    let pieces = [
      "a", "中", "\n", " ", "\u{301}", "👍", "\u{200D}", "👩", "，", "\u{1F1E8}", "\u{1F1F3}", "粘贴 paste",
    ]
    for _ in 0..<200 {
      switch Int.random(in: 0..<8, using: &random) {
      case 0...3: editor.insert(pieces.randomElement(using: &random)!)
      case 4: editor.deleteBackward()
      case 5: editor.deleteForward()
      case 6: editor.deleteWordBackward()
      default:
        for _ in 0..<Int.random(in: 0..<5, using: &random) { editor.moveLeft() }
      }
    }
    let end = editor.text
    var count = 0
    while editor.undo() { count += 1 }
    #expect(editor.text == "开始")
    for _ in 0..<count { editor.redo() }
    #expect(Array(editor.text.utf8) == Array(end.utf8))
  }

  /// Random keys against a plain model of a text with a caret.
  @Test(arguments: 1...40) func `agrees with a list of characters`(_ seed: UInt64) {
    var random = SplitMix64(seed)
    var editor = TextEditor("", isMultiline: true, columns: 7)
    var characters: [Character] = []
    var caret = 0
    let letters: [Character] = ["a", "中", "\n", " ", "é", "👍", "，"]
    for _ in 0..<300 {
      switch Int.random(in: 0..<7, using: &random) {
      case 0...2:
        let letter = letters.randomElement(using: &random)!
        editor.insert(String(letter))
        characters.insert(letter, at: caret)
        caret += 1
      case 3:
        editor.deleteBackward()
        if caret > 0 {
          caret -= 1
          characters.remove(at: caret)
        }
      case 4:
        editor.deleteForward()
        if caret < characters.count { characters.remove(at: caret) }
      case 5:
        editor.moveLeft()
        caret = max(0, caret - 1)
      default:
        editor.moveRight()
        caret = min(characters.count, caret + 1)
      }
      #expect(editor.text == String(characters))
      #expect(editor.caret == String(characters[..<caret]).utf8.count)
    }
  }
}
